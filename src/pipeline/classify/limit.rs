//! 420 and 429: which limit it was, and how long it lasts.

use std::time::{Duration, SystemTime};

use super::super::rate_headers::TimeHeaders;
use super::super::retry::RetryClass;

/// A limit that a request exceeded. Nothing was done for it, whichever limit it was.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Limit {
    pub retry_class: RetryClass,
    /// How long the service asks to wait.
    pub requested_wait: Option<Duration>,
    /// How many at a time the service allows, where it says so.
    pub allowed: Option<u32>,
}

impl Limit {
    /// Reads it from an answer's headers, and from the words of its body: there is no other way to
    /// tell the limits apart.
    pub(super) fn read(body: &[u8], times: &TimeHeaders, received_at: SystemTime) -> Self {
        const MAX_BODY: usize = 4096;
        let text = String::from_utf8_lossy(&body[..body.len().min(MAX_BODY)]);
        let text = text.to_ascii_lowercase();
        let requested_wait = times.retry_after(received_at);
        if text.contains("parallel") {
            let allowed = number_before(&text, "parallel");
            return Limit { retry_class: RetryClass::Parallel, requested_wait, allowed };
        }
        let requested_wait = requested_wait.or_else(|| times.until_window_ends(received_at));
        Limit { retry_class: RetryClass::Quota, requested_wait, allowed: None }
    }
}

/// The number that stands right before a word: "limit of 4 parallel requests".
fn number_before(text: &str, word: &str) -> Option<u32> {
    let before = text[..text.find(word)?].trim_end();
    let digits = before.len() - before.bytes().rev().take_while(u8::is_ascii_digit).count();
    before[digits..].parse().ok().filter(|number| *number > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_allowed_number_is_read_from_the_text() {
        let table = [
            ("hit rate limit of 4 parallel requests for x", Some(4)),
            ("hit rate limit of 2 parallel", Some(2)),
            ("parallel", None),
            ("too many parallel requests", None),
            ("0 parallel", None),
            ("99999999999 parallel", None),
        ];
        for (text, expected) in table {
            assert_eq!(number_before(text, "parallel"), expected, "{text}");
        }
    }
}
