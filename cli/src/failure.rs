//! How a command can fail, what is said about it, and the exit code.

use std::io;
use std::path::Path;

use ymchat::{Error, Language, Status};

use crate::notice::{note, say};
use crate::sentences::{self, Sentence, failures, notes};

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
    /// Something on this computer.
    Local(Sentence),
    /// The reader of stdout has gone.
    OutputGone,
    /// What there is to say has been said.
    Said(u8),
}

impl Failure {
    /// A sentence about a file on this computer.
    pub fn of_file(file: &Path, what: &Sentence) -> Self {
        Failure::Local(failures::of_file(&file.display(), what))
    }

    /// A document of the library that does not hold what it promises.
    pub fn answer(error: &serde_json::Error) -> Self {
        Failure::Local(failures::answer_unreadable(error))
    }

    /// A failure to write to stdout.
    pub fn output(error: io::Error) -> Self {
        // ERROR_PIPE_NOT_CONNECTED: what Windows says where the reader of a pipe has gone.
        let is_unconnected = cfg!(windows) && error.raw_os_error() == Some(233);
        match error.kind() {
            _ if is_unconnected => Failure::OutputGone,
            io::ErrorKind::BrokenPipe => Failure::OutputGone,
            _ => Failure::Local(failures::output_unwritten(&sentences::reason(&error))),
        }
    }

    /// Says on stderr what happened, as a document or for a person; returns the exit code.
    pub fn report(&self, json: bool, interrupted: bool, language: Language) -> u8 {
        match self {
            Failure::Call(error) if json => {
                say(format_args!("{}", error.clone().in_language(language).to_json()));
            }
            Failure::Call(error) => explain(error, language),
            Failure::Local(what) => note(what, language),
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

fn explain(error: &Error, language: Language) {
    note(&sentences::of_error(error), language);
    let more = [
        error.outcome().map(|outcome| notes::outcome(&outcome)),
        error.trace_id().map(notes::trace_id),
        error.ticket().map(notes::ticket),
    ];
    for line in more.iter().flatten() {
        say(format_args!("{}", line.in_language(language)));
    }
}
