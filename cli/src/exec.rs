//! Runs a command of the user's for a message.

use std::io::{ErrorKind, Write};
use std::process::{Command, Stdio};

use crate::failure::Failure;
use crate::output::in_one_line;

/// Gives the command the line on stdin, and waits for it. Any other end than 0 is a failure.
pub fn run(command: &str, (chat, message): (i64, i64), line: &str) -> Result<(), Failure> {
    let failure = |what: String| {
        Failure::local(format!(
            "Message {message} of chat {chat} was not handled: {what} It comes again."
        ))
    };
    let mut child = shell(command)
        .env("YMCHAT_CHAT_ID", chat.to_string())
        .env("YMCHAT_MESSAGE_ID", message.to_string())
        .stdin(Stdio::piped())
        .spawn()
        .map_err(|error| failure(format!("the command cannot be run: {error}.")))?;
    let mut bytes = in_one_line(line.as_bytes());
    bytes.push(b'\n');
    let written = child.stdin.take().map_or(Ok(()), |mut stdin| stdin.write_all(&bytes));
    let ended = child.wait().map_err(|error| failure(format!("{error}.")))?;
    if !ended.success() {
        return Err(failure(format!("the command ended with {ended}.")));
    }
    match written {
        // It has not read everything, and says that it is content.
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(failure(format!("the command could not be given it: {error}.")))
        }
        _ => Ok(()),
    }
}

#[cfg(not(windows))]
fn shell(command: &str) -> Command {
    let mut shell = Command::new("/bin/sh");
    shell.arg("-c").arg(command);
    shell
}

/// As it was typed: cmd has rules of its own for quotes.
#[cfg(windows)]
fn shell(command: &str) -> Command {
    use std::os::windows::process::CommandExt;
    let mut shell = Command::new("cmd");
    shell.arg("/D").arg("/C").raw_arg(command);
    shell
}
