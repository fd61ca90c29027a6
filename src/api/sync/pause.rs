//! How long to wait between two looks, so that waiting for news leaves quota for everything else.

use std::ops::Sub;
use std::time::Duration;

use super::state::Millis;
use crate::api::operations;
use crate::pipeline::{OperationStats, Stats};

/// The first pause.
const MIN_PAUSE: Duration = Duration::from_secs(2);
/// The longest pause, unless the quotas demand a longer one.
const MAX_PAUSE: Duration = Duration::from_secs(15);
/// Looks use one in this many of the requests that are left of a quota.
const SHARE: u64 = 2;
const HOUR: Duration = Duration::from_secs(3600);

/// Requests for pages of lists and of histories.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Requests {
    lists: u64,
    histories: u64,
}

impl Requests {
    pub(super) fn of(stats: &Stats) -> Self {
        let attempts = |name| find(stats, name).map_or(0, |entry| entry.attempts);
        Requests {
            lists: attempts(operations::GET_CHATS.name),
            histories: attempts(operations::GET_CHAT_HISTORY.name),
        }
    }
}

impl Sub for Requests {
    type Output = Requests;

    fn sub(self, earlier: Requests) -> Requests {
        Requests {
            lists: self.lists.saturating_sub(earlier.lists),
            histories: self.histories.saturating_sub(earlier.histories),
        }
    }
}

/// The pauses of one call, which become longer while nothing comes.
#[derive(Debug, Default)]
pub(super) struct Pause {
    last: Option<Duration>,
}

impl Pause {
    /// The pause after a look that took so many requests; `due` is when a chat must be read again.
    pub(super) fn next(
        &mut self,
        requests: Requests,
        stats: &Stats,
        due: Option<Millis>,
    ) -> Duration {
        let usual = self.last.map_or(MIN_PAUSE, |last| (last + last / 3).min(MAX_PAUSE));
        self.last = Some(usual);
        let due = due.and_then(|due| u64::try_from(due).ok()).map(Duration::from_millis);
        let usual = due.filter(|due| !due.is_zero()).map_or(usual, |due| usual.min(due));
        let lists = find(stats, operations::GET_CHATS.name);
        let histories = find(stats, operations::GET_CHAT_HISTORY.name);
        usual.max(fair(requests.lists, lists)).max(fair(requests.histories, histories))
    }
}

/// How long so many requests are to last.
fn fair(requests: u64, known: Option<&OperationStats>) -> Duration {
    let Some(known) = known else { return Duration::ZERO };
    let (window, left) = match known.quota_resets_in_ms {
        Some(ms) => (Duration::from_millis(ms), known.quota_remaining),
        None => (HOUR, known.quota_limit),
    };
    let share = (u64::from(left) / SHARE).max(1);
    let nanos = window.as_nanos() * u128::from(requests) / u128::from(share);
    Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX)).min(window)
}

fn find<'a>(stats: &'a Stats, operation: &str) -> Option<&'a OperationStats> {
    stats.operations.iter().find(|entry| entry.operation == operation)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stats(remaining: u32, resets: Option<u64>) -> Stats {
        let mut stats = Stats::default();
        for operation in [&operations::GET_CHATS, &operations::GET_CHAT_HISTORY] {
            stats.operations.push(OperationStats {
                operation: operation.name,
                quota_limit: operation.per_hour,
                quota_remaining: remaining,
                quota_resets_in_ms: resets,
                ..OperationStats::default()
            });
        }
        stats
    }

    fn seconds(requests: Requests, stats: &Stats) -> f64 {
        Pause::default().next(requests, stats, None).as_secs_f64()
    }

    #[test]
    fn looks_leave_half_of_each_quota() {
        let requests = |lists, histories| Requests { lists, histories };
        let fresh = stats(5000, None);
        assert_eq!(seconds(requests(1, 0), &fresh), 2.0);
        // 500 pages of 2500 in an hour.
        assert_eq!(seconds(requests(500, 0), &fresh), 720.0);
        assert_eq!(seconds(requests(0, 100), &fresh), 72.0);
        // 100 are left for ten minutes: 50 of them for looks.
        assert_eq!(seconds(requests(5, 0), &stats(100, Some(600_000))), 60.0);
        // Nothing is left.
        assert_eq!(seconds(requests(1, 0), &stats(0, Some(600_000))), 600.0);
    }

    #[test]
    fn pauses_grow_while_nothing_comes_and_end_where_something_is_due() {
        let (mut pause, fresh) = (Pause::default(), stats(5000, None));
        let quiet = Requests::default();
        let all: Vec<u64> =
            (0..12).map(|_| pause.next(quiet, &fresh, None).as_millis() as u64).collect();
        assert!(all.is_sorted() && all[0] == 2000 && all[11] == 15_000, "{all:?}");
        assert_eq!(pause.next(quiet, &fresh, Some(700)).as_millis(), 700);
        assert_eq!(pause.next(quiet, &fresh, Some(-5)).as_millis(), 15_000);
    }
}
