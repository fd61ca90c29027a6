//! Time, injected: the tests of an hour's quota take no time.

use std::any::Any;
use std::time::{Duration, Instant, SystemTime};

/// Where the library takes its time from.
///
/// The sockets keep to the machine's own clock; a clock given with
/// [`crate::internal::TestSettings::clock`] rules the waits, the quotas and the call's time. Clients share
/// their limits only with clients of the same clock.
pub trait Clock: Any + Send + Sync + std::fmt::Debug {
    /// Time since any fixed point; never goes back.
    fn now(&self) -> Duration;

    /// The time of day.
    fn wall(&self) -> SystemTime;

    /// Waits for so long, or pretends to.
    fn sleep(&self, wait: Duration);

    /// True for a clock that only pretends: whoever waits for another thread then does not
    /// sleep by it.
    fn is_simulated(&self) -> bool {
        false
    }
}

/// Whether a clock is the machine's own, whenever it was made.
pub(crate) fn is_machine(clock: &dyn Clock) -> bool {
    let clock: &dyn Any = clock;
    clock.is::<SystemClock>()
}

/// The machine's own clock.
#[derive(Debug, Clone)]
pub struct SystemClock {
    start: Instant,
}

impl SystemClock {
    /// A clock that counts from now.
    pub fn new() -> Self {
        SystemClock { start: Instant::now() }
    }
}

impl Default for SystemClock {
    fn default() -> Self {
        SystemClock::new()
    }
}

impl Clock for SystemClock {
    fn now(&self) -> Duration {
        self.start.elapsed()
    }

    fn wall(&self) -> SystemTime {
        SystemTime::now()
    }

    fn sleep(&self, wait: Duration) {
        std::thread::sleep(wait);
    }
}

/// Whole milliseconds, rounded up: whoever waits so long has waited long enough.
pub(crate) fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos().div_ceil(1_000_000)).unwrap_or(u64::MAX)
}
