//! The Market's own clock, and how it writes a moment.

use std::time::{Duration, SystemTime};

use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Timestamp};

/// A clock that may be minutes off, be moved, and stand still.
#[derive(Debug, Clone, Default)]
pub(super) struct Clock {
    offset: SignedDuration,
    frozen_at: Option<Timestamp>,
}

impl Clock {
    pub(super) fn with_offset(seconds: i64) -> Self {
        Self { offset: SignedDuration::from_secs(seconds), frozen_at: None }
    }

    pub(super) fn now(&self) -> Timestamp {
        self.frozen_at.unwrap_or_else(|| Timestamp::now().saturating_add(self.offset).expect(RANGE))
    }

    /// Moves it by exactly so much, however often: whoever waits by it moves it in small steps.
    pub(super) fn advance(&mut self, by: Duration) {
        let by = SignedDuration::try_from(by).unwrap_or(SignedDuration::MAX);
        match &mut self.frozen_at {
            Some(at) => *at = at.saturating_add(by).expect(RANGE),
            None => self.offset = self.offset.saturating_add(by),
        }
    }

    pub(super) fn set(&mut self, to: Timestamp) {
        match &mut self.frozen_at {
            Some(at) => *at = to,
            None => self.offset = to.duration_since(Timestamp::now()),
        }
    }

    pub(super) fn freeze(&mut self, frozen: bool) {
        let now = self.now();
        self.frozen_at = frozen.then_some(now);
        self.set(now);
    }

    /// How far it is ahead of this computer's.
    pub(super) fn offset_ms(&self) -> i64 {
        i64::try_from(self.offset.as_millis()).unwrap_or(i64::MAX)
    }

    pub(super) fn is_frozen(&self) -> bool {
        self.frozen_at.is_some()
    }
}

/// `saturating_add` fails only for units whose length varies, such as months.
const RANGE: &str = "durations are of fixed length";

pub(super) fn system_time(at: Timestamp) -> SystemTime {
    at.into()
}

pub(super) fn offset(minutes: i32) -> Option<Offset> {
    Offset::from_seconds(minutes.checked_mul(60)?).ok()
}

/// ISO 8601 with an offset, as the API writes its dates.
pub(super) fn iso(at: Timestamp, utc_offset_minutes: i32, fractions: bool) -> String {
    let offset = offset(utc_offset_minutes).unwrap_or(Offset::UTC);
    let format = if fractions { "%Y-%m-%dT%H:%M:%S%.6f%:z" } else { "%Y-%m-%dT%H:%M:%S%:z" };
    at.to_zoned(TimeZone::fixed(offset)).strftime(format).to_string()
}

/// An HTTP date.
pub(super) fn http_date(at: Timestamp) -> String {
    at.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

/// An HTTP date whose weekday is wrong, as in the documentation's own sample.
pub(super) fn http_date_with_wrong_weekday(at: Timestamp) -> String {
    let tomorrow = at.saturating_add(SignedDuration::from_hours(24)).expect(RANGE);
    format!("{}{}", tomorrow.strftime("%a"), &http_date(at)[3..])
}

/// The next whole second: HTTP dates have no fractions, and must not name a moment too early.
pub(super) fn whole_second_after(at: Timestamp) -> Timestamp {
    let second = if at.subsec_nanosecond() > 0 { at.as_second() + 1 } else { at.as_second() };
    Timestamp::from_second(second).unwrap_or(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_small_steps_are_one_large_one() {
        let mut clock = Clock::default();
        for _ in 0..3_600_000 {
            clock.advance(Duration::from_millis(1));
        }
        assert_eq!(clock.offset, SignedDuration::from_hours(1));

        clock.freeze(true);
        let frozen = clock.now();
        clock.advance(Duration::from_nanos(1));
        assert_eq!(clock.now().duration_since(frozen), SignedDuration::from_nanos(1));
    }

    #[test]
    fn the_end_of_time_is_reached_and_not_passed() {
        for frozen in [false, true] {
            let mut clock = Clock::default();
            clock.freeze(frozen);
            clock.advance(Duration::MAX);
            clock.advance(Duration::MAX);
            assert_eq!(clock.now(), Timestamp::MAX);
        }
    }
}
