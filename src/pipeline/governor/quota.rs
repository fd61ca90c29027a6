//! The hourly quota of one operation: what the service says, and until it says anything, the
//! documented number. Pure: time comes in as an argument.

use std::collections::VecDeque;
use std::time::Duration;

/// The documented quotas are per hour.
const WINDOW: Duration = Duration::from_secs(3600);
/// The service's own word on a window's end is not believed beyond this.
pub(crate) const MAX_WINDOW: Duration = Duration::from_secs(24 * 3600);
/// Requests are counted by the minute: exact enough, and at most 60 entries.
const MINUTE: Duration = Duration::from_secs(60);

/// What an answer's `X-RateLimit-Resource-*` headers say, on the local clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Reported {
    pub limit: Option<u32>,
    pub remaining: Option<u32>,
    /// When the window ends.
    pub until: Option<Duration>,
}

/// Whether a request may be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Availability {
    Now,
    /// Not before this moment.
    At(Duration),
}

/// One operation's quota.
#[derive(Debug)]
pub(crate) struct Quota {
    limit: u32,
    /// Requests of the last hour by the minute in which they were sent.
    sent: VecDeque<(Duration, u32)>,
    server: Option<ServerWindow>,
    /// Set by a 420: nothing before this moment.
    blocked_until: Option<Duration>,
}

#[derive(Debug, Clone, Copy)]
struct ServerWindow {
    remaining: u32,
    until: Duration,
}

impl Quota {
    pub(crate) fn new(limit: u32) -> Self {
        Quota { limit, sent: VecDeque::new(), server: None, blocked_until: None }
    }

    /// Whether a request may be sent now when `ahead` others are to be sent before it.
    pub(crate) fn availability(&mut self, now: Duration, ahead: u32) -> Availability {
        self.forget(now);
        if let Some(until) = self.blocked_until {
            return Availability::At(until);
        }
        if let Some(server) = self.server {
            return if server.remaining > ahead {
                Availability::Now
            } else {
                Availability::At(server.until)
            };
        }
        let mut sent: u32 = self.sent.iter().map(|(_, count)| count).sum();
        if sent + ahead < self.limit {
            return Availability::Now;
        }
        for (minute, count) in &self.sent {
            sent -= count;
            if sent + ahead < self.limit {
                return Availability::At(*minute + MINUTE + WINDOW);
            }
        }
        // More callers wait than an hour lets through.
        Availability::At(now + WINDOW)
    }

    /// Counts a request that is about to be sent.
    pub(crate) fn take(&mut self, now: Duration) {
        let minute = minute_of(now);
        match self.sent.back_mut() {
            Some((last, count)) if *last == minute => *count += 1,
            _ => self.sent.push_back((minute, 1)),
        }
        if let Some(server) = &mut self.server {
            server.remaining = server.remaining.saturating_sub(1);
        }
    }

    /// Takes back a request that was counted at a moment, and certainly did not arrive.
    pub(crate) fn give_back(&mut self, taken: Duration) {
        let minute = minute_of(taken);
        if let Some((_, count)) = self.sent.iter_mut().find(|(known, _)| *known == minute) {
            *count = count.saturating_sub(1);
        }
        if let Some(server) = &mut self.server {
            server.remaining = server.remaining.saturating_add(1);
        }
    }

    /// Until when what is known here matters; `None` where nothing is.
    pub(crate) fn matters_until(&mut self, now: Duration) -> Option<Duration> {
        self.forget(now);
        let sent = self.sent.back().map(|(minute, _)| *minute + MINUTE + WINDOW);
        sent.into_iter()
            .chain(self.server.map(|server| server.until))
            .chain(self.blocked_until)
            .max()
    }

    /// Learns from an answer. The shop has other programs, too: the service's count is the truth.
    pub(crate) fn learn(&mut self, now: Duration, reported: Reported) {
        self.forget(now);
        // No operation has a quota of nothing; that would never be asked again.
        let limit = reported.limit.filter(|limit| *limit > 0);
        let raised = limit.is_some_and(|limit| limit != self.limit);
        if let Some(limit) = limit {
            self.limit = limit;
        }
        let (Some(remaining), Some(until)) = (reported.remaining, reported.until) else {
            return;
        };
        if until <= now || until > now.saturating_add(MAX_WINDOW) {
            return;
        }
        let remaining = match self.server {
            // Answers overtake each other, and requests are under way that this answer does not
            // count yet: within a window the number only falls.
            Some(known) if !raised && same_window(known.until, until) => {
                known.remaining.min(remaining)
            }
            _ => remaining,
        };
        self.server = Some(ServerWindow { remaining, until });
    }

    /// Learns from a 420 that the quota is used up.
    pub(crate) fn block(&mut self, until: Duration) {
        self.blocked_until = Some(self.blocked_until.map_or(until, |known| known.max(until)));
    }

    /// What is known, for the statistics: limit, remaining, end of the window.
    pub(crate) fn report(&mut self, now: Duration) -> Reported {
        self.forget(now);
        let sent: u32 = self.sent.iter().map(|(_, count)| count).sum();
        let own = self.limit.saturating_sub(sent);
        let (remaining, until) = match (self.blocked_until, self.server) {
            (Some(until), _) => (0, Some(until)),
            (None, Some(server)) => (server.remaining, Some(server.until)),
            (None, None) => (own, None),
        };
        Reported { limit: Some(self.limit), remaining: Some(remaining), until }
    }

    fn forget(&mut self, now: Duration) {
        if self.blocked_until.is_some_and(|until| until <= now) {
            self.blocked_until = None;
        }
        if self.server.is_some_and(|server| server.until <= now) {
            // A new window begins for the service, so it does here.
            self.server = None;
            self.sent.clear();
        }
        while self.sent.front().is_some_and(|(minute, _)| *minute + MINUTE + WINDOW <= now) {
            self.sent.pop_front();
        }
    }
}

fn minute_of(moment: Duration) -> Duration {
    Duration::from_secs(moment.as_secs() / 60 * 60)
}

/// The header counts in seconds and is converted between clocks.
fn same_window(one: Duration, other: Duration) -> bool {
    one.abs_diff(other) < Duration::from_secs(5)
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn s(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    fn reported(limit: u32, remaining: u32, until: u64) -> Reported {
        Reported { limit: Some(limit), remaining: Some(remaining), until: Some(s(until)) }
    }

    #[test]
    fn never_more_than_the_limit_in_any_hour() {
        let mut quota = Quota::new(10);
        let mut sent = Vec::new();
        let mut now = s(17);
        while now < s(4 * 3600) {
            match quota.availability(now, 0) {
                Availability::Now => {
                    quota.take(now);
                    sent.push(now);
                    now += s(97);
                }
                Availability::At(at) => {
                    assert!(at > now);
                    now = at;
                }
            }
        }
        assert!(sent.len() >= 30, "{}", sent.len());
        for window in sent.windows(11) {
            assert!(window[10] - window[0] >= WINDOW);
        }
    }

    #[test]
    fn the_service_has_the_last_word() {
        let mut quota = Quota::new(1000);
        quota.take(s(0));
        quota.learn(s(1), reported(1000, 2, 100));
        assert_eq!(quota.availability(s(1), 1), Availability::Now);
        assert_eq!(quota.availability(s(1), 2), Availability::At(s(100)));
        quota.take(s(2));
        quota.take(s(2));
        assert_eq!(quota.availability(s(3), 0), Availability::At(s(100)));
        assert_eq!(quota.availability(s(100), 0), Availability::Now);
    }

    #[test]
    fn a_late_answer_does_not_raise_the_count() {
        let mut quota = Quota::new(1000);
        quota.learn(s(1), reported(1000, 3, 100));
        quota.learn(s(1), reported(1000, 9, 101));
        assert_eq!(quota.report(s(1)).remaining, Some(3));
        // Another window, or another limit, begins anew.
        quota.learn(s(1), reported(2000, 9, 101));
        assert_eq!(quota.report(s(1)).remaining, Some(9));
        quota.learn(s(1), reported(2000, 50, 3701));
        assert_eq!(quota.report(s(1)).remaining, Some(50));
    }

    #[test]
    fn nonsense_in_the_headers_changes_nothing() {
        let mut quota = Quota::new(5);
        quota.learn(s(50), Reported { until: Some(s(10)), ..reported(5, 0, 0) });
        assert_eq!(quota.availability(s(50), 0), Availability::Now);
        quota.learn(s(50), reported(5, 0, 10_000_000));
        assert_eq!(quota.availability(s(50), 0), Availability::Now);
        quota.learn(s(50), Reported { remaining: Some(0), ..Reported::default() });
        assert_eq!(quota.availability(s(50), 0), Availability::Now);
    }

    #[test]
    fn a_420_blocks_until_its_time() {
        let mut quota = Quota::new(5);
        quota.block(s(20));
        quota.block(s(10));
        assert_eq!(quota.availability(s(5), 0), Availability::At(s(20)));
        assert_eq!(quota.availability(s(20), 0), Availability::Now);
    }

    #[test]
    fn what_did_not_arrive_is_not_counted() {
        let mut quota = Quota::new(1);
        quota.take(s(0));
        assert!(matches!(quota.availability(s(0), 0), Availability::At(_)));
        quota.give_back(s(0));
        assert_eq!(quota.availability(s(0), 0), Availability::Now);
        // It is taken out of the minute that it was counted in.
        let mut quota = Quota::new(2);
        quota.take(s(0));
        quota.take(s(60));
        quota.give_back(s(0));
        quota.take(s(90));
        assert_eq!(quota.availability(s(3_661), 0), Availability::At(s(3_720)));
    }

    #[test]
    fn the_highest_number_that_a_service_can_name_is_no_defect() {
        let mut quota = Quota::new(5);
        quota.learn(s(0), reported(u32::MAX, u32::MAX, 100));
        quota.give_back(s(0));
        assert_eq!(quota.report(s(0)).remaining, Some(u32::MAX));
    }

    #[test]
    fn it_matters_as_long_as_it_denies_a_request() {
        let mut quota = Quota::new(5);
        assert_eq!(quota.matters_until(s(10)), None);
        quota.take(s(70));
        assert_eq!(quota.matters_until(s(71)), Some(s(60 + 60 + 3_600)));
        quota.block(s(9_000));
        assert_eq!(quota.matters_until(s(71)), Some(s(9_000)));
        assert_eq!(quota.matters_until(s(9_000)), None);
    }
}
