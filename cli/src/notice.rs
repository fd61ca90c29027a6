//! What goes to stderr.

use std::fmt::Arguments;
use std::io::{Write, stderr};

use ymchat::Language;

use crate::sentences::{Sentence, notes};

/// A line on stderr. Where nobody reads it, there is nobody to tell; `eprintln!` would panic.
pub fn say(line: Arguments<'_>) {
    let _ = stderr().write_all(format!("{line}\n").as_bytes());
}

/// A sentence on stderr, with the name of the program before it.
pub fn note(what: &Sentence, language: Language) {
    say(format_args!("{}", notes::of_the_program(what).in_language(language)));
}
