//! Values that come from the host and go to it, in the types of Rust.

/// A value of the host, for the length of a call.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value<'a> {
    /// Неопределено, or Null.
    Empty,
    Integer(i64),
    Real(f64),
    Flag(bool),
    Text(String),
    /// A text with half of a surrogate pair.
    BrokenText,
    Date(Date),
    Binary(&'a [u8]),
    /// A type that the add-in has no use for, by its number.
    Other(u16),
}

/// A date of the host: its local time, without a zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Date {
    /// Seconds since 1970 in UTC, by the time zone of this computer.
    pub(crate) unix_seconds: i64,
}

/// What a call gives.
#[derive(Debug)]
pub(crate) enum Answer {
    Nothing,
    Text(Vec<u8>),
    Binary(Vec<u8>),
    Integer(i32),
    Real(f64),
    Flag(bool),
}

impl From<ymchat::JsonText> for Answer {
    fn from(json: ymchat::JsonText) -> Self {
        Answer::Text(json.as_bytes().to_vec())
    }
}

impl From<String> for Answer {
    fn from(text: String) -> Self {
        Answer::Text(text.into_bytes())
    }
}
