//! Why a text is not accepted.

/// The text is not JSON, or not JSON that all parsers read alike.
#[derive(PartialEq, Eq, Debug, thiserror::Error)]
pub(crate) enum Malformed {
    #[error("the answer is not UTF-8 at byte {at}")]
    NotUtf8 { at: usize },
    #[error("the answer is not JSON at byte {at}: {what}")]
    Syntax { at: usize, what: &'static str },
    /// RFC 8259 allows the escape, but its meaning is undefined: most parsers refuse it.
    #[error("the answer has half of a surrogate pair at byte {at}")]
    HalfOfPair { at: usize },
    #[error("the answer nests too deep at byte {at}")]
    TooDeep { at: usize },
    /// Parsers differ on which of the two counts.
    #[error("the answer has `{member}` twice in one object")]
    Duplicate { member: &'static str },
}

#[cold]
pub(super) fn unexpected(text: &[u8], at: usize, what: &'static str) -> Malformed {
    let what = if at >= text.len() { "the text ends too early" } else { what };
    Malformed::Syntax { at, what }
}
