//! Texts from stdin.

use std::io::{Read, stdin};

use crate::failure::Failure;
use crate::sentences::{failures, reason};

/// The service takes 4096 characters.
const MAX_BYTES: u64 = 64 * 1024;

/// The text of an argument; that of stdin for `-`, without the line end after it.
pub fn text(argument: &str) -> Result<String, Failure> {
    if argument != "-" {
        return Ok(argument.to_owned());
    }
    let mut bytes = Vec::new();
    stdin()
        .take(MAX_BYTES + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| Failure::Local(failures::text_unreadable(&reason(&error))))?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(Failure::Local(failures::text_too_long()));
    }
    let text = String::from_utf8(bytes).map_err(|_| Failure::Local(failures::text_not_utf8()))?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let text = text.strip_suffix('\n').unwrap_or(text);
    Ok(text.strip_suffix('\r').unwrap_or(text).to_owned())
}
