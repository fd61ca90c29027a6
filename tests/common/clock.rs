//! The simulated clock of the tests.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime};

use ymchat::internal::Clock;
use ymchat_sandbox::Sandbox;

/// A clock that is moved by whoever waits by it, and by the test: an hour's quota and a search's
/// patience cost no time. Otherwise it runs like any other.
pub struct SimulatedClock {
    start: Instant,
    moved_ms: AtomicU64,
    waits: AtomicU64,
    /// The Market's clock is taken along.
    sandbox: Option<Arc<Sandbox>>,
    /// Waits take this part of their time; nothing where it is 0.
    one_in: u32,
    after_wait: Option<AfterWait>,
}

/// Is told how many waits there have been.
type AfterWait = Box<dyn Fn(u64) + Send + Sync>;

impl SimulatedClock {
    /// One whose waits are over at once.
    pub fn new() -> Arc<Self> {
        Self::made(None, 0, None)
    }

    /// The same, taking the Market's clock along.
    pub fn with(sandbox: &Arc<Sandbox>) -> Arc<Self> {
        Self::made(Some(sandbox), 0, None)
    }

    /// One whose waits take a part of their time, so that the service can be at work meanwhile.
    pub fn slower(sandbox: &Arc<Sandbox>, one_in: u32) -> Arc<Self> {
        Self::made(Some(sandbox), one_in, None)
    }

    /// One that tells after each wait how many there have been.
    pub fn telling(
        sandbox: &Arc<Sandbox>,
        after_wait: impl Fn(u64) + Send + Sync + 'static,
    ) -> Arc<Self> {
        Self::made(Some(sandbox), 0, Some(Box::new(after_wait)))
    }

    /// One whose waits take their time; only the test moves it.
    pub fn movable() -> Arc<Self> {
        Self::made(None, 1, None)
    }

    fn made(
        sandbox: Option<&Arc<Sandbox>>,
        one_in: u32,
        after_wait: Option<AfterWait>,
    ) -> Arc<Self> {
        Arc::new(SimulatedClock {
            start: Instant::now(),
            moved_ms: AtomicU64::new(0),
            waits: AtomicU64::new(0),
            sandbox: sandbox.map(Arc::clone),
            one_in,
            after_wait,
        })
    }

    /// How far it is ahead of the time that the test has really taken: all the waits so far, and
    /// what the test has moved it by.
    pub fn moved(&self) -> Duration {
        Duration::from_millis(self.moved_ms.load(Ordering::SeqCst))
    }

    pub fn advance(&self, by: Duration) {
        // Whole milliseconds, and never nothing: a wait must come to an end.
        let by = by.as_nanos().div_ceil(1_000_000) as u64;
        // The sandbox first: another thread must not see an hour over that the service still counts.
        if let Some(sandbox) = &self.sandbox {
            sandbox.advance_clock(Duration::from_millis(by));
        }
        self.moved_ms.fetch_add(by, Ordering::SeqCst);
    }
}

impl fmt::Debug for SimulatedClock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SimulatedClock").field("moved", &self.moved()).finish_non_exhaustive()
    }
}

impl Clock for SimulatedClock {
    fn now(&self) -> Duration {
        self.start.elapsed() + self.moved()
    }

    fn wall(&self) -> SystemTime {
        SystemTime::now() + self.moved()
    }

    fn sleep(&self, wait: Duration) {
        let real = wait.checked_div(self.one_in).unwrap_or_default();
        std::thread::sleep(real);
        if !(wait - real).is_zero() {
            self.advance(wait - real);
        }
        let waits = self.waits.fetch_add(1, Ordering::SeqCst) + 1;
        if let Some(after_wait) = &self.after_wait {
            after_wait(waits);
        }
    }

    fn is_simulated(&self) -> bool {
        self.one_in != 1
    }
}

/// The same time with a time of day that is set at each look: further on by a step, within a range
/// around the right one.
#[derive(Debug)]
pub struct SteppingClock {
    clock: Arc<SimulatedClock>,
    at: AtomicI64,
    step: i64,
    range: i64,
}

impl SteppingClock {
    /// All in seconds; it begins at `first` in the range.
    pub fn new(clock: &Arc<SimulatedClock>, first: i64, step: i64, range: i64) -> Arc<Self> {
        Arc::new(SteppingClock { clock: Arc::clone(clock), at: first.into(), step, range })
    }
}

impl Clock for SteppingClock {
    fn now(&self) -> Duration {
        self.clock.now()
    }

    fn wall(&self) -> SystemTime {
        let off = self.at.fetch_add(self.step, Ordering::SeqCst) % self.range - self.range / 2;
        let by = Duration::from_secs(off.unsigned_abs());
        if off < 0 { self.clock.wall() - by } else { self.clock.wall() + by }
    }

    fn sleep(&self, wait: Duration) {
        self.clock.sleep(wait);
    }

    fn is_simulated(&self) -> bool {
        true
    }
}
