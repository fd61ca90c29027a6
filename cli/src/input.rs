//! Texts from stdin.

use std::io::{Read, stdin};

use crate::failure::Failure;

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
        .map_err(|error| Failure::local(format!("The text cannot be read: {error}.")))?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(Failure::local("The text is longer than a message may be: make it shorter."));
    }
    let text = String::from_utf8(bytes)
        .map_err(|_| Failure::local("The text is not UTF-8: convert it first."))?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let text = text.strip_suffix('\n').unwrap_or(text);
    Ok(text.strip_suffix('\r').unwrap_or(text).to_owned())
}
