//! What a setting may be.

use std::path::Path;
use std::time::Duration;

use crate::fields::Refusal;
use crate::secret::Secret;
use crate::sentences::configuration as words;

const DAY_MS: u64 = 86_400_000;

pub(super) fn in_range(name: &str, value: u64, least: u64, most: u64) -> Result<u64, Refusal> {
    if (least..=most).contains(&value) {
        Ok(value)
    } else {
        Err(words::out_of_range(name, least, most, value))
    }
}

pub(super) fn in_range_ms(name: &str, value: Duration) -> Result<(), Refusal> {
    in_range(name, value.as_millis().try_into().unwrap_or(u64::MAX), 1, DAY_MS).map(drop)
}

pub(super) fn credential(name: &str, secret: Option<&Secret>) -> Result<(), Refusal> {
    let Some(text) = secret.map(Secret::expose) else {
        return Ok(());
    };
    if text.is_empty() {
        return Err(words::credential_is_empty(name));
    }
    let lower = text.to_ascii_lowercase();
    for prefix in ["bearer", "api-key", "oauth", "authorization"] {
        let rest = lower.strip_prefix(prefix);
        if rest.is_some_and(|rest| rest.starts_with([' ', ':', '\t'])) {
            return Err(words::credential_with_prefix(name, prefix));
        }
    }
    if text.trim() != text {
        return Err(words::credential_with_space_around(name));
    }
    if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(words::credential_with_strange_letters(name));
    }
    Ok(())
}

/// A path for a sentence, with a space before it; nothing where the text is hardly a path: it may
/// be a credential, or the certificates themselves.
pub(super) fn shown_path(path: &Path) -> String {
    let extension = path.extension().and_then(|extension| extension.to_str());
    let named = extension.is_some_and(|e| ["pem", "crt", "cer", "cert", "ca", "txt"].contains(&e));
    match path.to_str() {
        Some(text) if named && !text.contains(char::is_control) => format!(" {text}"),
        _ => String::new(),
    }
}

pub(super) fn integration(text: &str) -> Result<(), Refusal> {
    let named = text
        .split_once('/')
        .is_some_and(|(name, version)| !name.trim().is_empty() && !version.trim().is_empty());
    if !named {
        return Err(words::integration_without_version());
    }
    if text.len() > 100 || !text.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ') {
        return Err(words::integration_too_long());
    }
    Ok(())
}
