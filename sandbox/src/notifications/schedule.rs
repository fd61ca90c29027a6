//! When an unanswered notification is sent again.

use jiff::{SignedDuration, Timestamp};

const MINUTE: SignedDuration = SignedDuration::from_mins(1);
const HOUR: SignedDuration = SignedDuration::from_hours(1);
const DAY: SignedDuration = SignedDuration::from_hours(24);

/// For so long an unanswered notification is sent again; then notifications are switched off.
const LIFE: SignedDuration = SignedDuration::from_hours(14 * 24);

/// The attempt after the one at `previous`; `None` where it would be too late. "Every minute for an
/// hour, every 15 minutes for a day, then hourly."
pub(super) fn next(first: Timestamp, previous: Timestamp) -> Option<Timestamp> {
    let age = previous.duration_since(first);
    let pause = if age < HOUR {
        MINUTE
    } else if age < DAY {
        MINUTE * 15
    } else {
        HOUR
    };
    let next = previous.checked_add(pause).ok()?;
    (next.duration_since(first) <= LIFE).then_some(next)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pauses_are_the_documented_ones() {
        let first = Timestamp::from_second(1_770_000_000).unwrap();
        let mut attempts = vec![first];
        while let Some(at) = next(first, *attempts.last().unwrap()) {
            attempts.push(at);
        }
        let within = |hours: i64| {
            let end = first.checked_add(SignedDuration::from_hours(hours)).unwrap();
            attempts.iter().filter(|at| **at <= end).count()
        };
        assert_eq!(within(1), 61);
        assert_eq!(within(24), 61 + 23 * 4);
        assert_eq!(within(48), 61 + 23 * 4 + 24);
        assert_eq!(attempts.len(), 61 + 23 * 4 + 13 * 24);
        assert_eq!(attempts.last().unwrap().duration_since(first), LIFE);
    }

    #[test]
    fn the_end_of_the_calendar_is_the_end() {
        assert_eq!(next(Timestamp::MAX, Timestamp::MAX), None);
    }
}
