//! Dates as the service writes them, read leniently.

use std::time::{Duration, SystemTime};

use time::OffsetDateTime;
use time::format_description::well_known::{Rfc2822, Rfc3339};

/// An HTTP or RFC 822 date; the weekday may be wrong (that of the documentation's own sample is),
/// and `GMT` may be missing.
pub(crate) fn http_date(text: &str) -> Option<SystemTime> {
    httpdate::parse_http_date(text).ok().or_else(|| lenient_http_date(text))
}

#[cold]
fn lenient_http_date(text: &str) -> Option<SystemTime> {
    // Whatever stands before the comma is the weekday, and says nothing new.
    let text = text.rsplit(',').next().unwrap_or(text).trim();
    OffsetDateTime::parse(text, &Rfc2822)
        .or_else(|_| OffsetDateTime::parse(&format!("{text} GMT"), &Rfc2822))
        .or_else(|_| OffsetDateTime::parse(text, &Rfc3339))
        .ok()
        .and_then(system_time)
}

/// An ISO 8601 date with an offset, as the messages carry it.
pub(crate) fn iso8601(text: &str) -> Option<SystemTime> {
    OffsetDateTime::parse(text, &Rfc3339).ok().and_then(system_time)
}

/// `None` where the system's clock cannot count so far: converting would panic.
fn system_time(date: OffsetDateTime) -> Option<SystemTime> {
    let nanos = date.unix_timestamp_nanos();
    let distance = u64::try_from(nanos.unsigned_abs() / 1_000_000_000).ok()?;
    let rest = (nanos.unsigned_abs() % 1_000_000_000) as u32;
    let distance = Duration::new(distance, rest);
    if nanos >= 0 {
        SystemTime::UNIX_EPOCH.checked_add(distance)
    } else {
        SystemTime::UNIX_EPOCH.checked_sub(distance)
    }
}

#[cfg(test)]
mod tests {
    use std::time::UNIX_EPOCH;

    use super::*;

    fn unix(text: &str) -> Option<u64> {
        http_date(text).map(|at| at.duration_since(UNIX_EPOCH).unwrap().as_secs())
    }

    #[test]
    fn http_dates_are_read_leniently() {
        // The documentation's sample: the 10th of July 2018 was a Tuesday.
        assert_eq!(unix("Thu, 10 Jul 2018 00:42:42 GMT"), Some(1_531_183_362));
        assert_eq!(unix("Tue, 10 Jul 2018 00:42:42 GMT"), Some(1_531_183_362));
        assert_eq!(unix("10 Jul 2018 00:42:42 GMT"), Some(1_531_183_362));
        assert_eq!(unix("Tue, 10 Jul 2018 03:42:42 +0300"), Some(1_531_183_362));
        assert_eq!(unix("Tue, 10 Jul 2018 00:42:42"), Some(1_531_183_362));
        assert_eq!(unix("2018-07-10T00:42:42Z"), Some(1_531_183_362));
        assert_eq!(unix("tomorrow"), None);
        assert_eq!(unix(""), None);
    }

    #[test]
    fn iso_dates_may_have_fractions_and_any_offset() {
        let at = |text| iso8601(text).map(|at| at.duration_since(UNIX_EPOCH).unwrap());
        assert_eq!(at("1970-01-01T03:00:01.5+03:00"), Some(Duration::from_millis(1500)));
        assert_eq!(at("1970-01-01T00:00:01Z"), Some(Duration::from_secs(1)));
        // The clock of Windows counts in steps of 100 ns.
        let counted = UNIX_EPOCH + Duration::new(1, 123_456_789);
        assert_eq!(
            at("1970-01-01T00:00:01.123456789123Z"),
            counted.duration_since(UNIX_EPOCH).ok()
        );
        assert_eq!(iso8601("1969-12-31T23:59:59Z"), Some(UNIX_EPOCH - Duration::from_secs(1)));
        for text in ["", "2026-11-20", "2026-11-20T10:00:00", "2026-13-01T00:00:00Z"] {
            assert_eq!(iso8601(text), None, "{text}");
        }
    }
}
