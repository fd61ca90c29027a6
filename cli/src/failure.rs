//! How a command can fail, what is said about it, and the exit code.

use std::io;

use ymchat::{Error, Language, Status};

use crate::notice::say;

/// Something on this computer.
pub const LOCAL: u8 = 1;
/// The command line is wrong; clap ends with the same number.
pub const USAGE: u8 = 2;
/// Added to the number of a [`Status`].
pub const STATUS: u8 = 10;
/// As shells report a program that SIGINT has ended.
pub const INTERRUPTED: u8 = 130;
/// As shells report a program that SIGPIPE has ended.
pub const OUTPUT_GONE: u8 = 141;

/// Why a command did not succeed.
#[derive(Debug)]
pub enum Failure {
    /// A call of the library.
    Call(Error),
    /// Something on this computer: a sentence for a person.
    Local(String),
    /// The reader of stdout has gone.
    OutputGone,
    /// What there is to say has been said.
    Said(u8),
}

impl Failure {
    /// A sentence about something on this computer.
    pub fn local(what: impl Into<String>) -> Self {
        Failure::Local(what.into())
    }

    /// A failure to write to stdout.
    pub fn output(error: io::Error) -> Self {
        // ERROR_PIPE_NOT_CONNECTED: what Windows says where the reader of a pipe has gone.
        let is_unconnected = cfg!(windows) && error.raw_os_error() == Some(233);
        match error.kind() {
            _ if is_unconnected => Failure::OutputGone,
            io::ErrorKind::BrokenPipe => Failure::OutputGone,
            _ => Failure::Local(format!("The output cannot be written: {error}.")),
        }
    }

    /// Says on stderr what happened, as a document or for a person; returns the exit code.
    pub fn report(&self, json: bool, interrupted: bool, language: Language) -> u8 {
        match self {
            Failure::Call(error) if json => {
                say(format_args!("{}", error.clone().in_language(language).to_json()));
            }
            Failure::Call(error) => explain(&error.clone().in_language(language)),
            Failure::Local(what) => say(format_args!("ymchat: {what}")),
            Failure::OutputGone | Failure::Said(_) => {}
        }
        match self {
            _ if interrupted => INTERRUPTED,
            Failure::Call(error) => code(error.status()),
            Failure::Local(_) => LOCAL,
            Failure::OutputGone => OUTPUT_GONE,
            Failure::Said(code) => *code,
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Failure::Call(error)
    }
}

/// The exit code of a status: ten more than its number, so that the codes of shells and of the
/// command line keep their meaning.
pub fn code(status: Status) -> u8 {
    STATUS + u8::try_from(status.code()).unwrap_or_default()
}

fn explain(error: &Error) {
    say(format_args!("ymchat: {error}"));
    if let Some(outcome) = error.outcome() {
        say(format_args!("outcome: {outcome}"));
    }
    if let Some(trace) = error.trace_id() {
        say(format_args!("trace id: {trace}"));
    }
    if let Some(ticket) = error.ticket() {
        say(format_args!("ticket: {ticket}"));
    }
}
