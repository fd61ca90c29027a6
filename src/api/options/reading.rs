//! What the options of several calls have in common.

use std::time::Duration;

use crate::fields::{Fields, Refusal};
use crate::sentences::arguments as words;
use crate::sentences::fields::named;

/// How many bytes of JSON a whole list may hold: several times a chat of a hundred thousand messages.
const DEFAULT_MAX_TOTAL_BYTES: u64 = 64 * 1024 * 1024;

const WHAT: &str = "options_json";

/// An empty text means no options: an empty string of Pascal is a pointer to `""`, not NULL.
pub(crate) fn parse(json: Option<&str>) -> Result<Option<Fields>, Refusal> {
    json.filter(|text| !text.is_empty())
        .map(|text| Fields::parse(&|| named(WHAT), text))
        .transpose()
}

/// Refuses members that no option has taken.
pub(crate) fn finish(fields: Fields) -> Result<(), Refusal> {
    fields.finish(&|| named(WHAT))
}

pub(crate) fn timeout(fields: &mut Fields) -> Result<Option<Duration>, Refusal> {
    match fields.whole("callTimeoutMs")? {
        None => Ok(None),
        Some(0) => Err(words::call_timeout_is_zero()),
        Some(ms) => Ok(Some(Duration::from_millis(ms.min(86_400_000)))),
    }
}

pub(super) fn max_total_bytes(bytes: Option<u64>) -> Result<u64, Refusal> {
    match bytes {
        None => Ok(DEFAULT_MAX_TOTAL_BYTES),
        Some(bytes) if bytes >= 1024 => Ok(bytes),
        Some(bytes) => Err(words::max_total_bytes_too_small(bytes)),
    }
}
