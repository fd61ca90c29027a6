//! Runs a command of the user's for a message.

use std::io::{ErrorKind, Write};
use std::process::{Command, ExitStatus, Stdio};

use crate::failure::Failure;
use crate::output::in_one_line;
use crate::sentences::{Sentence, failures, reason, reasons};

/// Gives the command the line on stdin, and waits for it. Any other end than 0 is a failure.
pub fn run(command: &str, (chat, message): (i64, i64), line: &str) -> Result<(), Failure> {
    let failure =
        |why: &Sentence| Failure::Local(failures::message_not_handled(message, chat, why));
    let mut child = shell(command)
        .env("YMCHAT_CHAT_ID", chat.to_string())
        .env("YMCHAT_MESSAGE_ID", message.to_string())
        .stdin(Stdio::piped())
        .spawn()
        .map_err(|error| failure(&reasons::command_not_run(&reason(&error))))?;
    let mut bytes = in_one_line(line.as_bytes());
    bytes.push(b'\n');
    let written = child.stdin.take().map_or(Ok(()), |mut stdin| stdin.write_all(&bytes));
    let ended = child.wait().map_err(|error| failure(&reason(&error)))?;
    if !ended.success() {
        return Err(failure(&how(ended)));
    }
    match written {
        // It has not read everything, and says that it is content.
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(failure(&reasons::command_not_fed(&reason(&error))))
        }
        _ => Ok(()),
    }
}

/// How a command has ended that did not succeed.
fn how(ended: ExitStatus) -> Sentence {
    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&ended) {
        return reasons::command_ended_by_signal(signal.into());
    }
    match ended.code() {
        Some(code) => reasons::command_ended_with_code(code.into()),
        None => reasons::command_ended(&ended),
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
