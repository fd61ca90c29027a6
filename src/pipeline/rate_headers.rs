//! The headers that speak of time and limits, read leniently: the documentation's own sample of
//! a date names the wrong weekday.

use std::time::{Duration, SystemTime};

use super::governor::MAX_WINDOW;
use crate::dates::http_date;
use http::{HeaderMap, HeaderValue};

/// The headers of one answer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct TimeHeaders {
    pub date: Option<SystemTime>,
    pub limit: Option<u32>,
    pub remaining: Option<u32>,
    pub until: Option<SystemTime>,
    retry_after: Option<RetryAfter>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum RetryAfter {
    Delay(Duration),
    At(SystemTime),
}

impl RetryAfter {
    fn read(text: &str) -> Option<Self> {
        match number(text) {
            Some(seconds) => Some(RetryAfter::Delay(Duration::from_secs(seconds.into()))),
            None => http_date(text).map(RetryAfter::At),
        }
    }
}

fn number(text: &str) -> Option<u32> {
    text.trim().parse().ok()
}

/// Reads a header that may appear several times: its first value that can be read counts.
fn first<T>(known: &mut Option<T>, value: &HeaderValue, read: impl FnOnce(&str) -> Option<T>) {
    if known.is_none() {
        *known = value.to_str().ok().and_then(read);
    }
}

impl TimeHeaders {
    pub(crate) fn read(headers: &HeaderMap) -> Self {
        let mut read = TimeHeaders::default();
        // One look at each takes half as long as five searches.
        for (name, value) in headers {
            match name.as_str() {
                "date" => first(&mut read.date, value, http_date),
                "retry-after" => first(&mut read.retry_after, value, RetryAfter::read),
                "x-ratelimit-resource-limit" => first(&mut read.limit, value, number),
                "x-ratelimit-resource-remaining" => first(&mut read.remaining, value, number),
                "x-ratelimit-resource-until" => first(&mut read.until, value, http_date),
                _ => {}
            }
        }
        read
    }

    /// How long until the quota's window ends, by the service's clock where it tells its time.
    pub(crate) fn until_window_ends(&self, local: SystemTime) -> Option<Duration> {
        let wait =
            self.until.and_then(|until| until.duration_since(self.date.unwrap_or(local)).ok());
        wait.filter(is_believable)
    }

    /// How long the service asks to wait; `None` where it says nothing, or names the past.
    pub(crate) fn retry_after(&self, local: SystemTime) -> Option<Duration> {
        let wait = match self.retry_after? {
            RetryAfter::Delay(delay) => Some(delay),
            RetryAfter::At(at) => at.duration_since(self.date.unwrap_or(local)).ok(),
        };
        wait.filter(is_believable)
    }
}

/// The service's longest limit lasts an hour. A header that says more than [`MAX_WINDOW`] is wrong.
fn is_believable(wait: &Duration) -> bool {
    *wait <= MAX_WINDOW
}

#[cfg(test)]
mod tests {
    use std::time::UNIX_EPOCH;

    use super::*;

    #[test]
    fn the_first_value_that_can_be_read_counts() {
        let mut headers = HeaderMap::new();
        for value in ["soon", "7", "8"] {
            headers.append("Retry-After", value.parse().unwrap());
        }
        let wait = TimeHeaders::read(&headers).retry_after(UNIX_EPOCH);
        assert_eq!(wait, Some(Duration::from_secs(7)));
    }

    #[test]
    fn waits_are_counted_by_the_services_clock() {
        let mut headers = HeaderMap::new();
        headers.insert("Date", "Fri, 20 Nov 2026 10:00:00 GMT".parse().unwrap());
        headers
            .insert("X-RateLimit-Resource-Until", "Mon, 20 Nov 2026 10:10:00 GMT".parse().unwrap());
        headers.insert("X-RateLimit-Resource-Remaining", " 0".parse().unwrap());
        headers.insert("X-RateLimit-Resource-Limit", "1000".parse().unwrap());
        let read = TimeHeaders::read(&headers);
        let nineties = UNIX_EPOCH + Duration::from_secs(700_000_000);
        assert_eq!(read.until_window_ends(nineties), Some(Duration::from_secs(600)));
        assert_eq!((read.limit, read.remaining), (Some(1000), Some(0)));
        assert_eq!(read.retry_after(nineties), None);
        headers.insert("Retry-After", "Fri, 20 Nov 2026 10:00:05 GMT".parse().unwrap());
        let wait = TimeHeaders::read(&headers).retry_after(nineties);
        assert_eq!(wait, Some(Duration::from_secs(5)));
        headers.insert("Retry-After", "7".parse().unwrap());
        let wait = TimeHeaders::read(&headers).retry_after(nineties);
        assert_eq!(wait, Some(Duration::from_secs(7)));
        headers
            .insert("X-RateLimit-Resource-Until", "Thu, 10 Jul 2018 00:42:42 GMT".parse().unwrap());
        assert_eq!(TimeHeaders::read(&headers).until_window_ends(nineties), None);
    }
}
