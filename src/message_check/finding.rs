//! What can be found, and where it is.

use std::fmt;

use crate::sentences::{Sentence, arguments as words};

/// What was found in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum FindingKind {
    /// A link to a site that is not the Market's.
    Link,
    /// An e-mail address.
    Email,
    /// A telephone number.
    Phone,
    /// A name in a messenger, a link to one, or an invitation to write there.
    Messenger,
}

impl FindingKind {
    /// Every kind.
    pub const ALL: &'static [FindingKind] =
        &[FindingKind::Link, FindingKind::Email, FindingKind::Phone, FindingKind::Messenger];

    /// The text in JSON: `link`, `email`, `phone`, `messenger`.
    pub fn as_str(self) -> &'static str {
        match self {
            FindingKind::Link => "link",
            FindingKind::Email => "email",
            FindingKind::Phone => "phone",
            FindingKind::Messenger => "messenger",
        }
    }

    /// For sentences.
    pub(super) fn phrase(self) -> Sentence {
        match self {
            FindingKind::Link => words::a_link(),
            FindingKind::Email => words::an_email(),
            FindingKind::Phone => words::a_phone(),
            FindingKind::Messenger => words::a_messenger(),
        }
    }
}

impl fmt::Display for FindingKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A part of a text that the rules of the chat may forbid.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding {
    /// What it is.
    pub kind: FindingKind,
    /// Where it begins, in UTF-16 code units: the index in strings of 1C, C#, Java, Delphi and
    /// JavaScript, counted from 0.
    pub start: usize,
    /// How long it is, in UTF-16 code units.
    pub length: usize,
    /// Where it begins, in bytes of UTF-8: the index in strings of Rust and C, counted from 0.
    pub start_utf8: usize,
    /// How long it is, in bytes of UTF-8.
    pub length_utf8: usize,
    /// The part itself, as it is written.
    pub text: String,
}

/// A place in the text, in bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Candidate {
    pub kind: FindingKind,
    pub start: usize,
    pub end: usize,
}
