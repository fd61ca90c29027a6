//! Escapes in strings, and the repair of halves of surrogate pairs.

use super::malformed::{Malformed, unexpected};

/// The end of an escape that begins at `at`.
#[inline(always)]
pub(super) fn escape(text: &[u8], at: usize) -> Result<usize, Malformed> {
    match text.get(at + 1) {
        Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => Ok(at + 2),
        _ => unicode_escape(text, at),
    }
}

/// The end of `\uXXXX`, or of two of them that are one character together.
#[cold]
fn unicode_escape(text: &[u8], at: usize) -> Result<usize, Malformed> {
    let second = at + "\\uXXXX".len();
    match utf16_unit(text, at)? {
        0xDC00..=0xDFFF => {}
        0xD800..=0xDBFF => {
            if let Ok(0xDC00..=0xDFFF) = utf16_unit(text, second) {
                return Ok(second + "\\uXXXX".len());
            }
        }
        _ => return Ok(second),
    }
    Err(Malformed::HalfOfPair { at })
}

/// Replaces each escape that is half of a surrogate pair by `\ufffd`, which has the same length.
/// Nothing else changes in a text that is JSON apart from them.
pub(crate) fn replace_halves_of_pairs(text: &mut [u8]) {
    const ESCAPE: usize = "\\uXXXX".len();
    let mut from = 0;
    while let Some(found) = memchr::memchr(b'\\', &text[from..]) {
        let at = from + found;
        from = match escape(text, at) {
            Ok(end) => end,
            Err(Malformed::HalfOfPair { .. }) => {
                text[at..at + ESCAPE].copy_from_slice(b"\\ufffd");
                at + ESCAPE
            }
            // No JSON, which the scanner will say.
            Err(_) => return,
        };
    }
}

fn utf16_unit(text: &[u8], at: usize) -> Result<u16, Malformed> {
    let [b'\\', b'u', a, b, c, d, ..] = text[at..] else {
        return Err(unexpected(text, at, "unknown or unfinished escape"));
    };
    let mut unit = 0;
    for digit in [a, b, c, d] {
        let Some(value) = char::from(digit).to_digit(16) else {
            return Err(unexpected(text, at, "expected four hexadecimal digits"));
        };
        unit = unit << 4 | value as u16;
    }
    Ok(unit)
}
