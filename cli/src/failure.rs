//! How a command can fail, what is said about it, and the exit code.

use std::io;

use ymchat::{Error, Status};

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
}

impl Failure {
    /// A sentence about something on this computer.
    pub fn local(what: impl Into<String>) -> Self {
        Failure::Local(what.into())
    }

    /// A failure to write to stdout.
    pub fn output(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Failure::OutputGone,
            _ => Failure::Local(format!("The output cannot be written: {error}.")),
        }
    }

    /// Says on stderr what happened, as a document or for a person; returns the exit code.
    pub fn report(&self, json: bool, interrupted: bool) -> u8 {
        match self {
            Failure::Call(error) if json => eprintln!("{}", error.to_json()),
            Failure::Call(error) => say(error),
            Failure::Local(what) => eprintln!("ymchat: {what}"),
            Failure::OutputGone => {}
        }
        match self {
            _ if interrupted => INTERRUPTED,
            Failure::Call(error) => code(error.status()),
            Failure::Local(_) => LOCAL,
            Failure::OutputGone => OUTPUT_GONE,
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

fn say(error: &Error) {
    eprintln!("ymchat: {error}");
    if let Some(trace) = error.trace_id() {
        eprintln!("trace id: {trace}");
    }
    if let Some(ticket) = error.ticket() {
        eprintln!("ticket: {ticket}");
    }
}
