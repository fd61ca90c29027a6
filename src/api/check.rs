//! Arguments, checked before anything is sent. Refusals are sentences that name the argument.

use std::collections::HashSet;

use serde_json::Value;

use crate::fields::Refusal;
use crate::sentences::{Tenths, arguments as words};

/// The service counts in characters and is written in Java, so UTF-16 units: an emoji is two.
const MAX_MESSAGE_UNITS: usize = 4096;
/// The largest file that the service takes, in bytes (5 MiB).
pub const MAX_FILE_SIZE: usize = 5 * 1024 * 1024;
const MEGABYTE: u128 = 1024 * 1024;
/// What file systems allow.
const MAX_FILE_NAME_BYTES: usize = 255;

pub(crate) fn id(name: &str, value: i64) -> Result<i64, Refusal> {
    if value >= 1 { Ok(value) } else { Err(words::at_least_one(name, value)) }
}

/// An id in a list.
pub(crate) fn id_in(list: &str, value: i64) -> Result<(), Refusal> {
    if value >= 1 { Ok(()) } else { Err(words::each_at_least_one(list, value)) }
}

pub(crate) fn limit(value: u64, most: u64) -> Result<u64, Refusal> {
    if (1..=most).contains(&value) {
        Ok(value)
    } else {
        Err(words::limit_out_of_range(most, value))
    }
}

pub(crate) fn page_token(token: &str) -> Result<&str, Refusal> {
    if token.is_empty() { Err(words::page_token_is_empty()) } else { Ok(token) }
}

pub(crate) fn message(text: &str) -> Result<&str, Refusal> {
    if text.trim().is_empty() {
        return Err(words::message_is_empty());
    }
    let length = text.encode_utf16().count();
    if length > MAX_MESSAGE_UNITS {
        return Err(words::message_too_long(length, MAX_MESSAGE_UNITS));
    }
    Ok(text)
}

pub(crate) fn file(name: &str, size: usize) -> Result<(), Refusal> {
    if name.trim().is_empty() || matches!(name, "." | "..") {
        return Err(words::file_name_is_empty());
    }
    if name.len() > MAX_FILE_NAME_BYTES {
        return Err(words::file_name_too_long(MAX_FILE_NAME_BYTES));
    }
    if name.contains(['/', '\\']) {
        return Err(words::file_name_with_path());
    }
    if name.contains('"') || name.chars().any(char::is_control) {
        return Err(words::file_name_with_quote());
    }
    match size {
        0 => Err(words::file_is_empty()),
        _ => file_size(name, size),
    }
}

/// Apart from the other checks, because a wrong length must not be believed: the C boundary looks
/// at it before it takes the bytes.
pub(crate) fn file_size(name: &str, size: usize) -> Result<(), Refusal> {
    if size <= MAX_FILE_SIZE {
        return Ok(());
    }
    // Rounded; a wrong length may be any number.
    let tenths = (10 * size as u128 + MEGABYTE / 2) / MEGABYTE;
    let name: String = name.chars().take(MAX_FILE_NAME_BYTES).collect();
    Err(words::file_too_large(&format!("{name:?}"), Tenths(tenths), size, MAX_FILE_SIZE))
}

/// A value of one of the API's enumerations. The service decides whether it exists; a value that
/// this version does not know may be a new one.
pub(crate) fn enum_value<'a>(name: &str, text: &'a str) -> Result<&'a str, Refusal> {
    let plausible = !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte == b'_' || byte.is_ascii_digit());
    if plausible { Ok(text) } else { Err(words::not_a_value(name)) }
}

/// createChat takes ORDER and RETURN.
pub(crate) fn context_type(text: &str) -> Result<&str, Refusal> {
    match text {
        "ORDER" | "RETURN" => Ok(text),
        "DIRECT" => Err(words::context_type_direct()),
        _ => Err(words::context_type_unknown()),
    }
}

/// A filter's array: at least one item, none of them twice.
pub(crate) fn filter(name: &str, items: &[Value]) -> Result<(), Refusal> {
    if items.is_empty() {
        return Err(words::filter_is_empty(name));
    }
    let mut seen = HashSet::new();
    for item in items {
        if !seen.insert(item.to_string()) {
            return Err(words::item_twice(name));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_counted_in_utf16_units() {
        assert!(message(&"я".repeat(4096)).is_ok());
        assert!(message(&"я".repeat(4097)).is_err());
        assert!(message(&"😀".repeat(2048)).is_ok());
        assert!(message(&("😀".repeat(2048) + "a")).is_err());
        for blank in ["", " ", "\n\t", "\u{a0}\u{2003}"] {
            assert!(message(blank).is_err(), "{blank:?}");
        }
    }

    #[test]
    fn file_names_cannot_break_the_header() {
        for name in ["чек № 5.pdf", "a b.png", "emoji 😀.jpg", ".hidden"] {
            assert_eq!(file(name, 1), Ok(()), "{name}");
        }
        for name in
            ["", " ", ".", "..", "a/b", "a\\b", "a\"b", "a\r\nb", "a\0b", "a\u{85}b", "C:\\x.png"]
        {
            assert!(file(name, 1).is_err(), "{name:?}");
        }
        assert!(file(&"я".repeat(128), 1).is_err());
        assert!(file("a", 0).is_err());
        assert!(file("a", MAX_FILE_SIZE).is_ok());
        assert!(file("a", MAX_FILE_SIZE + 1).is_err());
    }

    #[test]
    fn a_file_that_is_too_large_is_named_with_its_size_and_the_limit() {
        let refusal = file("Каталог.pdf", 400 * 1024 * 1024).unwrap_err();
        for part in ["\"Каталог.pdf\"", "400.0 MB", "419430400 bytes", "5 MB (5242880 bytes)"]
        {
            assert!(refusal.english().contains(part), "{refusal:?}");
        }
    }

    #[test]
    fn ids_and_limits_have_their_ranges() {
        assert!(id("chatId", 1).is_ok() && id("chatId", i64::MAX).is_ok());
        assert!(id("chatId", 0).is_err() && id("chatId", i64::MIN).is_err());
        assert!(limit(1, 20).is_ok() && limit(20, 20).is_ok());
        assert!(limit(0, 20).is_err() && limit(21, 20).is_err());
    }

    #[test]
    fn a_direct_chat_cannot_be_created() {
        assert!(context_type("ORDER").is_ok() && context_type("RETURN").is_ok());
        assert!(context_type("DIRECT").unwrap_err().english().contains("customer"));
        for wrong in ["order", "", "RETURNS", "ORDER ", "SOMETHING_NEW"] {
            assert!(context_type(wrong).is_err(), "{wrong}");
        }
    }
}
