//! The characters of a JSON string.

use std::borrow::Cow;

/// What a well-formed JSON string says, given with its quotation marks. Each half of a surrogate
/// pair that stands alone becomes U+FFFD.
pub(super) fn decode(quoted: &str) -> Cow<'_, str> {
    let inner = &quoted[1..quoted.len() - 1];
    let Some(first) = memchr::memchr(b'\\', inner.as_bytes()) else {
        return Cow::Borrowed(inner);
    };
    let mut decoded = String::with_capacity(inner.len());
    decoded.push_str(&inner[..first]);
    let mut rest = &inner[first..];
    // Half a pair that waits for the other half right behind it.
    let mut high = None;
    while !rest.is_empty() {
        let Some(escaped) = rest.strip_prefix('\\') else {
            if high.take().is_some() {
                decoded.push(char::REPLACEMENT_CHARACTER);
            }
            let plain = memchr::memchr(b'\\', rest.as_bytes()).unwrap_or(rest.len());
            decoded.push_str(&rest[..plain]);
            rest = &rest[plain..];
            continue;
        };
        let unit = match escaped.as_bytes().first() {
            Some(b'u') => utf16_unit(escaped),
            Some(b'b') => 0x08,
            Some(b'f') => 0x0C,
            Some(b'n') => 0x0A,
            Some(b'r') => 0x0D,
            Some(b't') => 0x09,
            Some(byte) => u16::from(*byte),
            None => break,
        };
        rest = &escaped[if escaped.starts_with('u') { "uXXXX".len() } else { 1 }..];
        let units = match (high.take(), unit) {
            (None, 0xD800..=0xDBFF) => {
                high = Some(unit);
                continue;
            }
            // The first half stands alone; this one may still have its other half.
            (Some(_), 0xD800..=0xDBFF) => {
                high = Some(unit);
                decoded.push(char::REPLACEMENT_CHARACTER);
                continue;
            }
            (first, _) => first.into_iter().chain([unit]),
        };
        decoded.extend(
            char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)),
        );
    }
    if high.is_some() {
        decoded.push(char::REPLACEMENT_CHARACTER);
    }
    Cow::Owned(decoded)
}

/// Whether a well-formed JSON string, given with its quotation marks, says `text`.
pub(super) fn is(quoted: &str, text: &str) -> bool {
    if quoted[1..quoted.len() - 1] == *text {
        return memchr::memchr(b'\\', text.as_bytes()).is_none();
    }
    // An escape is longer than what it stands for.
    quoted.len() - 2 > text.len() && decode(quoted) == text
}

/// The number of `uXXXX`.
fn utf16_unit(escaped: &str) -> u16 {
    let digits = escaped.get(1..5).unwrap_or_default();
    u16::from_str_radix(digits, 16).unwrap_or(0xFFFD)
}
