//! The service's time of day at a moment of the monotonic clock, as an interval that is certain.
//!
//! The local time of day takes no part in it: somebody may set it at any moment.

use std::time::{Duration, SystemTime};

/// Two machines behind one address need not agree to the millisecond.
const DISAGREEMENT_MS: i64 = 500;
/// What is known loses a hundredth of the time that passes: a clock that is being corrected runs
/// that much faster or slower, and is caught up with within minutes where it was set by a second.
const DRIFT: i64 = 100;

/// Bounds, in milliseconds, for *service time since 1970 − monotonic time*.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Offset {
    pub least: i64,
    pub most: i64,
}

/// What the `Date` headers tell.
#[derive(Debug, Default)]
pub(crate) struct ServerClock {
    measured: Option<Measured>,
}

#[derive(Debug, Clone, Copy)]
struct Measured {
    offset: Offset,
    /// When the last answer came.
    at: i64,
    /// The service's clock was set before this moment: what is known does not hold for times
    /// before.
    since: i64,
}

impl ServerClock {
    /// Learns from an answer: its `Date` was written after the request was sent, and before the
    /// answer was received. The header counts in whole seconds, rounded down.
    pub(crate) fn learn(&mut self, date: SystemTime, sent: Duration, received: Duration) {
        let (date, sent, received) = (unix_ms(date), whole_ms(sent), whole_ms(received));
        let seen = Offset {
            least: date - received - 1 - DISAGREEMENT_MS,
            most: date + 1000 - sent + DISAGREEMENT_MS,
        };
        let at = received;
        self.measured = Some(match self.measured {
            None => Measured { offset: seen, at, since: i64::MIN },
            Some(before) => {
                let aged = (at - before.at).abs() / DRIFT;
                let (least, most) = (before.offset.least - aged, before.offset.most + aged);
                if least <= seen.most && seen.least <= most {
                    let offset = Offset { least: least.max(seen.least), most: most.min(seen.most) };
                    // An answer that was overtaken by a later one does not make that one older.
                    Measured { offset, at: before.at.max(at), since: before.since }
                } else {
                    // The clock was set.
                    Measured { offset: seen, at, since: at }
                }
            }
        });
    }

    /// `None` before the first answer with a `Date`, and where the service's clock was set after
    /// `since`: nobody knows what a date from then means.
    pub(crate) fn offset(&self, since: Duration) -> Option<Offset> {
        self.measured.filter(|before| before.since <= whole_ms(since)).map(|before| before.offset)
    }
}

/// Milliseconds of a monotonic clock.
pub(crate) fn whole_ms(time: Duration) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
}

/// Milliseconds since 1970, negative before.
pub(crate) fn unix_ms(time: SystemTime) -> i64 {
    let ms = |duration: Duration| i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
    match time.duration_since(SystemTime::UNIX_EPOCH) {
        Ok(after) => ms(after),
        Err(before) => -ms(before.duration()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(ms: u64) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_millis(ms / 1000 * 1000)
    }

    fn at(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    #[test]
    fn the_true_offset_always_lies_within() {
        let ahead = 1_700_000_120_700;
        let mut clock = ServerClock::default();
        assert_eq!(clock.offset(at(0)), None);
        for start in [1_000_000, 1_000_333, 1_001_250, 1_002_299] {
            clock.learn(date(start + 40 + ahead), at(start), at(start + 90));
            let offset = clock.offset(at(0)).unwrap();
            assert!(offset.least <= ahead as i64 && ahead as i64 <= offset.most, "{offset:?}");
        }
        let offset = clock.offset(at(0)).unwrap();
        // The clocks may have drifted apart by a hundredth of the two seconds.
        assert!(offset.most - offset.least < 1000 + 91 + 2 * DISAGREEMENT_MS - 200, "{offset:?}");
    }

    #[test]
    fn a_clock_that_was_set_is_learnt_anew() {
        let mut clock = ServerClock::default();
        clock.learn(date(1_000_000), at(10_000), at(10_000));
        clock.learn(date(1_490_000), at(20_000), at(20_000));
        let offset = clock.offset(at(20_000)).unwrap();
        assert!(offset.least <= 1_470_000 && 1_470_000 <= offset.most, "{offset:?}");
        assert_eq!(clock.offset(at(19_999)), None, "what was then is not known any more");
    }

    #[test]
    fn a_clock_that_runs_wrong_is_followed() {
        // The local clock gains 0.5 %, and an answer comes each 700 ms of it.
        let mut clock = ServerClock::default();
        for step in 0..5_000_u64 {
            let local = 1_000_000 + step * 700;
            let service = 1_000_000 + step * 700 * 199 / 200;
            clock.learn(date(service), at(local), at(local + 5));
            let truth = service as i64 - local as i64;
            let offset = clock.offset(at(local + 5)).unwrap();
            assert!(offset.least <= truth && truth <= offset.most, "{step}: {truth} {offset:?}");
        }
    }
}
