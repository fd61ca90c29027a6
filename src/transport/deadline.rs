//! Until when something is waited for.

use std::io;
use std::time::{Duration, Instant};

use super::error::{Cause, ErrorKind, TimeLimit};
use crate::cancel::{CancelToken, POLL_INTERVAL};

/// Nothing is waited for longer, so that no sum of times overflows.
const MAX_WAIT: Duration = Duration::from_secs(366 * 24 * 60 * 60);

/// The time limits of one attempt.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TimeLimits {
    /// Until a connection stands.
    pub connect: Duration,
    /// Until the whole answer is there.
    pub attempt: Duration,
    /// For the whole call, of which this attempt is a part.
    pub call: Duration,
    /// What is left of the call's time.
    pub call_left: Duration,
}

impl TimeLimits {
    /// The name and the value of a setting.
    pub(crate) fn setting(&self, limit: TimeLimit) -> (&'static str, Duration) {
        match limit {
            TimeLimit::Connect => ("connectTimeoutMs", self.connect),
            TimeLimit::Attempt => ("attemptTimeoutMs", self.attempt),
            TimeLimit::Call => ("callTimeoutMs", self.call),
        }
    }
}

/// The end of all patience, by the clock or because the call was cancelled.
#[derive(Debug)]
pub(super) struct Deadline {
    cancel: CancelToken,
    at: Instant,
    /// Which limit ends the wait.
    limit: TimeLimit,
}

impl Deadline {
    /// For a connection that is begun now.
    pub(super) fn for_connecting(limits: &TimeLimits, now: Instant, cancel: &CancelToken) -> Self {
        let whole = Deadline::for_answer(limits, now, cancel);
        match now + limits.connect.min(MAX_WAIT) {
            at if at < whole.at => Deadline { at, limit: TimeLimit::Connect, ..whole },
            _ => whole,
        }
    }

    /// For the answer to a request whose attempt begins now.
    pub(super) fn for_answer(limits: &TimeLimits, now: Instant, cancel: &CancelToken) -> Self {
        let (wait, limit) = if limits.call_left < limits.attempt {
            (limits.call_left, TimeLimit::Call)
        } else {
            (limits.attempt, TimeLimit::Attempt)
        };
        Deadline { cancel: cancel.clone(), at: now + wait.min(MAX_WAIT), limit }
    }

    /// How long the thread may block before it asks again; an error when it may not at all.
    pub(super) fn poll_interval(&self) -> io::Result<Duration> {
        if self.cancel.is_cancelled() {
            return Err(Cause::new(ErrorKind::Cancelled, "the call was cancelled").into());
        }
        let left = self.at.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(Cause::new(ErrorKind::Timeout(self.limit), "the time is over").into());
        }
        Ok(left.min(POLL_INTERVAL))
    }
}

#[cfg(test)]
impl Deadline {
    /// So much from now.
    pub(super) fn after(wait: Duration) -> Self {
        let cancel = crate::cancel::CancelHandle::default().token();
        Deadline { cancel, at: Instant::now() + wait, limit: TimeLimit::Connect }
    }

    /// Later than any test runs.
    pub(super) fn far() -> Self {
        Deadline::after(Duration::from_secs(600))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cancel::CancelHandle;

    const fn ms(milliseconds: u64) -> Duration {
        Duration::from_millis(milliseconds)
    }

    #[test]
    fn the_limit_that_ends_a_wait_is_named() {
        use TimeLimit::{Attempt, Call, Connect};
        let token = CancelHandle::default().token();
        let table = [
            ((1, 2, 3), (Connect, Attempt)),
            ((5, 2, 3), (Attempt, Attempt)),
            ((5, 3, 2), (Call, Call)),
            ((1, 3, 2), (Connect, Call)),
            ((1, 0, 9), (Attempt, Attempt)),
            ((1, 9, 0), (Call, Call)),
        ];
        for ((connect, attempt, call_left), expected) in table {
            let limits = TimeLimits {
                connect: ms(connect),
                attempt: ms(attempt),
                call: ms(1000),
                call_left: ms(call_left),
            };
            // Long enough ago that every limit has passed.
            let now = Instant::now() - ms(100);
            let named = [
                Deadline::for_connecting(&limits, now, &token),
                Deadline::for_answer(&limits, now, &token),
            ]
            .map(|deadline| {
                Cause::of_io(deadline.poll_interval().unwrap_err(), ErrorKind::Broken).kind
            });
            assert_eq!(named, [expected.0, expected.1].map(ErrorKind::Timeout), "{limits:?}");
        }
    }

    #[test]
    fn no_limit_is_too_long_and_no_wait_goes_beyond_it() {
        let token = CancelHandle::default().token();
        let now = Instant::now();
        let mut limits = TimeLimits {
            connect: Duration::MAX,
            attempt: Duration::MAX,
            call: Duration::MAX,
            call_left: Duration::MAX,
        };
        assert_eq!(
            Deadline::for_connecting(&limits, now, &token).poll_interval().unwrap(),
            POLL_INTERVAL
        );
        limits.call_left = POLL_INTERVAL / 2;
        let interval = Deadline::for_answer(&limits, now, &token).poll_interval();
        assert!(interval.is_ok_and(|interval| interval <= POLL_INTERVAL / 2));
    }

    #[test]
    fn a_cancelled_call_waits_no_more() {
        let handle = CancelHandle::default();
        let limits = TimeLimits {
            connect: Duration::MAX,
            attempt: Duration::MAX,
            call: Duration::MAX,
            call_left: Duration::MAX,
        };
        let deadline = Deadline::for_answer(&limits, Instant::now(), &handle.token());
        handle.cancel();
        let cause = Cause::of_io(deadline.poll_interval().unwrap_err(), ErrorKind::Broken);
        assert_eq!(cause.kind, ErrorKind::Cancelled);
    }
}
