//! Deadlines: until when an exchange may wait, and for whom.

use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
#[cfg(test)]
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, poll};

use super::error::{Cause, ErrorKind, TimeLimit};
use super::platform;
use crate::cancel::{CancelToken, POLL_INTERVAL};
#[cfg(test)]
use crate::clock::Clock;
use crate::sentences::{errors, transport as words};

/// The longest wait, a year: with it no sum of times overflows.
const MAX_WAIT: Duration = Duration::from_secs(366 * 24 * 60 * 60);

/// The time limits of one attempt.
#[derive(Debug, Clone)]
pub(crate) struct TimeLimits {
    /// The time until a connection is made.
    pub connect: Duration,
    /// The time until the whole answer has come.
    pub attempt: Duration,
    /// The time for the whole call, of which this attempt is a part.
    pub call: Duration,
    /// What is left of the call's time.
    pub call_left: Duration,
    /// The clock of a unit test, which the waits for the sockets use.
    #[cfg(test)]
    pub clock: Option<Arc<dyn Clock>>,
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

    /// When an attempt begins that begins now.
    pub(super) fn now(&self) -> Instant {
        #[cfg(test)]
        if let Some(clock) = &self.clock {
            return moment_of(&**clock);
        }
        Instant::now()
    }
}

/// A moment of a clock, which counts from the same one for every clock.
#[cfg(test)]
fn moment_of(clock: &dyn Clock) -> Instant {
    static ORIGIN: OnceLock<Instant> = OnceLock::new();
    *ORIGIN.get_or_init(Instant::now) + clock.now()
}

/// When a wait ends: at a time by the clock, or as soon as the call is cancelled.
#[derive(Debug)]
pub(super) struct Deadline {
    cancel: CancelToken,
    at: Instant,
    /// Which limit ends the wait.
    limit: TimeLimit,
    silence: Option<Silence>,
    #[cfg(test)]
    clock: Option<Arc<dyn Clock>>,
}

/// The longest silence between two parts of an answer that may take as long as the call.
#[derive(Debug)]
struct Silence {
    longest: Duration,
    began: Instant,
    /// In milliseconds since it began.
    last_part: AtomicU64,
}

impl Silence {
    fn left(&self, now: Instant) -> Duration {
        let last_part = Duration::from_millis(self.last_part.load(Ordering::Relaxed));
        let elapsed = now.saturating_duration_since(self.began);
        last_part.saturating_add(self.longest).saturating_sub(elapsed)
    }
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
        Deadline {
            cancel: cancel.clone(),
            at: now + wait.min(MAX_WAIT),
            limit,
            silence: None,
            #[cfg(test)]
            clock: limits.clock.clone(),
        }
    }

    /// The moment by the clock that the deadline is kept by.
    pub(super) fn now(&self) -> Instant {
        #[cfg(test)]
        if let Some(clock) = &self.clock {
            return moment_of(&**clock);
        }
        Instant::now()
    }

    /// Waits until one of the sockets is ready, at most for so long; gives how many are.
    pub(super) fn poll(
        &self,
        sockets: &mut [PollFd<'_>],
        wait: Duration,
    ) -> rustix::io::Result<usize> {
        #[cfg(test)]
        if let Some(clock) = &self.clock {
            let ready = poll(sockets, Some(&platform::timespec(Duration::ZERO)))?;
            if ready == 0 {
                clock.sleep(wait);
            }
            return Ok(ready);
        }
        poll(sockets, Some(&platform::timespec(wait)))
    }

    /// For an answer that may be long: the attempt's time is for the time until something comes, and
    /// then until more does.
    pub(super) fn for_parts(limits: &TimeLimits, now: Instant, cancel: &CancelToken) -> Self {
        let silence = Silence { longest: limits.attempt, began: now, last_part: AtomicU64::new(0) };
        Deadline {
            cancel: cancel.clone(),
            at: now + limits.call_left.min(MAX_WAIT),
            limit: TimeLimit::Call,
            silence: Some(silence),
            #[cfg(test)]
            clock: limits.clock.clone(),
        }
    }

    /// A part of the answer has come.
    pub(super) fn part_came(&self) {
        if let Some(silence) = &self.silence {
            let elapsed = self.now().saturating_duration_since(silence.began);
            let elapsed = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX);
            silence.last_part.store(elapsed, Ordering::Relaxed);
        }
    }

    /// How long the thread may block before it asks again; an error when it may not at all.
    pub(super) fn poll_interval(&self) -> io::Result<Duration> {
        if self.cancel.is_cancelled() {
            return Err(Cause::new(ErrorKind::Cancelled, errors::cancelled()).into());
        }
        let now = self.now();
        let mut left = self.at.saturating_duration_since(now);
        let mut limit = self.limit;
        if let Some(silence) = &self.silence
            && silence.left(now) < left
        {
            (left, limit) = (silence.left(now), TimeLimit::Attempt);
        }
        if left.is_zero() {
            return Err(Cause::new(ErrorKind::Timeout(limit), words::time_is_over()).into());
        }
        Ok(left.min(POLL_INTERVAL))
    }

    /// Whether the thread may block for [`POLL_INTERVAL`] by other means than [`Deadline::poll`].
    pub(super) fn allows_a_full_interval(&self) -> io::Result<bool> {
        #[cfg(test)]
        if self.clock.is_some() {
            return Ok(false);
        }
        Ok(self.poll_interval()? == POLL_INTERVAL)
    }
}

#[cfg(test)]
impl Deadline {
    /// So much from now.
    pub(super) fn after(wait: Duration) -> Self {
        let cancel = crate::cancel::CancelHandle::default().token();
        Deadline {
            cancel,
            at: Instant::now() + wait,
            limit: TimeLimit::Connect,
            silence: None,
            clock: None,
        }
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
                clock: None,
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
            clock: None,
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
    fn each_part_of_a_long_answer_has_the_time_of_an_attempt() {
        let token = CancelHandle::default().token();
        let limits = TimeLimits {
            connect: ms(1),
            attempt: ms(1000),
            call: ms(9000),
            call_left: ms(9000),
            clock: None,
        };
        let ended_by = |deadline: &Deadline| {
            let error = deadline.poll_interval().err()?;
            Some(Cause::of_io(error, ErrorKind::Broken).kind)
        };
        // As if it had begun so long ago.
        let deadline = |ago| Deadline::for_parts(&limits, Instant::now() - ms(ago), &token);
        assert_eq!(ended_by(&deadline(0)), None);
        assert_eq!(ended_by(&deadline(1001)), Some(ErrorKind::Timeout(TimeLimit::Attempt)));
        let deadline = deadline(5000);
        deadline.part_came();
        assert_eq!(ended_by(&deadline), None);
        let over = Deadline::for_parts(&limits, Instant::now() - ms(9001), &token);
        over.part_came();
        assert_eq!(ended_by(&over), Some(ErrorKind::Timeout(TimeLimit::Call)));
        // An answer of the API has one time for all of it.
        let whole = Deadline::for_answer(&limits, Instant::now() - ms(1001), &token);
        whole.part_came();
        assert_eq!(ended_by(&whole), Some(ErrorKind::Timeout(TimeLimit::Attempt)));
    }

    #[test]
    fn a_cancelled_call_waits_no_more() {
        let handle = CancelHandle::default();
        let limits = TimeLimits {
            connect: Duration::MAX,
            attempt: Duration::MAX,
            call: Duration::MAX,
            call_left: Duration::MAX,
            clock: None,
        };
        let deadline = Deadline::for_answer(&limits, Instant::now(), &handle.token());
        handle.cancel();
        let cause = Cause::of_io(deadline.poll_interval().unwrap_err(), ErrorKind::Broken);
        assert_eq!(cause.kind, ErrorKind::Cancelled);
    }
}
