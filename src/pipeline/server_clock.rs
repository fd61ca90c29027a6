//! How far the service's clock is from ours, as an interval that is certain.

use std::time::{Duration, SystemTime};

/// Two machines behind one address need not agree to the millisecond.
const DISAGREEMENT_MS: i64 = 500;

/// Bounds, in milliseconds, for *service time − local time*.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Offset {
    pub least: i64,
    pub most: i64,
}

/// What the `Date` headers tell.
#[derive(Debug, Default)]
pub(crate) struct ServerClock {
    offset: Option<Offset>,
}

impl ServerClock {
    /// Learns from an answer: its `Date` was written after the request was sent, and before the
    /// answer was received. The header counts in whole seconds, rounded down.
    pub(crate) fn learn(&mut self, date: SystemTime, sent: SystemTime, received: SystemTime) {
        let seen = Offset {
            least: unix_ms(date) - unix_ms(received) - DISAGREEMENT_MS,
            most: unix_ms(date) + 1000 - unix_ms(sent) + DISAGREEMENT_MS,
        };
        self.offset = Some(match self.offset {
            Some(known) if known.least <= seen.most && seen.least <= known.most => {
                Offset { least: known.least.max(seen.least), most: known.most.min(seen.most) }
            }
            // One of the clocks was set.
            _ => seen,
        });
    }

    /// `None` before the first answer with a `Date`.
    pub(crate) fn offset(&self) -> Option<Offset> {
        self.offset
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
        assert_eq!(clock.offset(), None);
        for start in [1_000_000, 1_000_333, 1_070_999, 1_099_001] {
            let stamped = start + 40 + ahead;
            clock.learn(at(stamped / 1000 * 1000), at(start), at(start + 90));
            let offset = clock.offset().unwrap();
            assert!(offset.least <= ahead as i64 && ahead as i64 <= offset.most, "{offset:?}");
        }
        let offset = clock.offset().unwrap();
        assert!(offset.most - offset.least < 1000 + 90 + 2 * DISAGREEMENT_MS, "{offset:?}");
    }

    #[test]
    fn a_clock_that_was_set_is_learnt_anew() {
        let mut clock = ServerClock::default();
        clock.learn(at(10_000), at(10_000), at(10_000));
        clock.learn(at(500_000), at(20_000), at(20_000));
        let offset = clock.offset().unwrap();
        assert!(offset.least <= 480_000 && 480_000 <= offset.most, "{offset:?}");
    }
}
