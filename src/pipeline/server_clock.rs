//! How far the service's clock is from ours, as an interval that is certain.

use std::time::{Duration, SystemTime};

/// Two machines behind one address need not agree to the millisecond.
const DISAGREEMENT_MS: i64 = 500;
/// How far apart clocks may be that are taken to be the same.
const ASSUMED_MS: i64 = 2000;
/// What is known loses a hundredth of the time that passes: a clock that is being corrected runs
/// that much faster or slower, and is caught up with within minutes where it was set by a second.
const DRIFT: i64 = 100;

/// Bounds, in milliseconds, for *service time − local time*.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Offset {
    pub least: i64,
    pub most: i64,
}

/// What the `Date` headers tell.
#[derive(Debug, Default)]
pub(crate) struct ServerClock {
    known: Option<Known>,
}

#[derive(Debug, Clone, Copy)]
struct Known {
    offset: Offset,
    /// When the last answer came, by the local clock.
    at: i64,
    /// One of the clocks was set before this moment: what is known does not hold for times before.
    since: i64,
}

impl ServerClock {
    /// Learns from an answer: its `Date` was written after the request was sent, and before the
    /// answer was received. The header counts in whole seconds, rounded down.
    pub(crate) fn learn(&mut self, date: SystemTime, sent: SystemTime, received: SystemTime) {
        let seen = Offset {
            least: unix_ms(date) - unix_ms(received) - DISAGREEMENT_MS,
            most: unix_ms(date) + 1000 - unix_ms(sent) + DISAGREEMENT_MS,
        };
        let at = unix_ms(received);
        self.known = Some(match self.known {
            None => Known { offset: seen, at, since: i64::MIN },
            Some(known) => {
                let aged = (at - known.at).abs() / DRIFT;
                let (least, most) = (known.offset.least - aged, known.offset.most + aged);
                if least <= seen.most && seen.least <= most {
                    let offset = Offset { least: least.max(seen.least), most: most.min(seen.most) };
                    // An answer that was overtaken by a later one does not make that one older.
                    Known { offset, at: known.at.max(at), since: known.since }
                } else {
                    // One of the clocks was set.
                    Known { offset: seen, at, since: at }
                }
            }
        });
    }

    /// `None` before the first answer with a `Date`, and where one of the clocks was set after
    /// `since`, a moment of the local clock: nobody knows what a date from then means.
    pub(crate) fn offset(&self, since: i64) -> Option<Offset> {
        self.known.filter(|known| known.since <= since).map(|known| known.offset)
    }
}

impl ServerClock {
    /// The same, but that a service which never tells its time is taken to have ours: RFC 9110
    /// demands a `Date` of every server that has a clock.
    pub(crate) fn offset_or_assumed(&self, since: i64) -> Option<Offset> {
        match self.known {
            None => Some(Offset { least: -ASSUMED_MS, most: ASSUMED_MS }),
            Some(_) => self.offset(since),
        }
    }
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

    fn at(ms: u64) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_millis(ms)
    }

    #[test]
    fn the_true_offset_always_lies_within() {
        // The service is 120.7 s ahead; the header drops the fraction.
        let ahead = 120_700;
        let mut clock = ServerClock::default();
        assert_eq!(clock.offset(0), None);
        for start in [1_000_000, 1_000_333, 1_001_250, 1_002_299] {
            let stamped = start + 40 + ahead;
            clock.learn(at(stamped / 1000 * 1000), at(start), at(start + 90));
            let offset = clock.offset(0).unwrap();
            assert!(offset.least <= ahead as i64 && ahead as i64 <= offset.most, "{offset:?}");
        }
        let offset = clock.offset(0).unwrap();
        // The clocks may have drifted apart by a hundredth of the two seconds.
        assert!(offset.most - offset.least < 1000 + 90 + 2 * DISAGREEMENT_MS - 200, "{offset:?}");
    }

    #[test]
    fn a_clock_that_was_set_is_learnt_anew() {
        let mut clock = ServerClock::default();
        clock.learn(at(10_000), at(10_000), at(10_000));
        clock.learn(at(500_000), at(20_000), at(20_000));
        let offset = clock.offset(20_000).unwrap();
        assert!(offset.least <= 480_000 && 480_000 <= offset.most, "{offset:?}");
        assert_eq!(clock.offset(19_999), None, "what was then is not known any more");
    }

    #[test]
    fn a_clock_that_runs_wrong_is_followed() {
        // The local clock gains 0.5 %, and an answer comes each 700 ms of it.
        let mut clock = ServerClock::default();
        for step in 0..5_000_u64 {
            let local = 1_000_000 + step * 700;
            let service = 1_000_000 + step * 700 * 199 / 200;
            clock.learn(at(service / 1000 * 1000), at(local), at(local + 5));
            let truth = service as i64 - local as i64;
            let offset = clock.offset(local as i64 + 5).unwrap();
            assert!(offset.least <= truth && truth <= offset.most, "{step}: {truth} {offset:?}");
        }
    }
}
