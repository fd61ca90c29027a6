//! Cancelling: one counter per client, looked at by everything that waits.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::process;

/// The longest time for which anything waits without looking whether it was cancelled.
pub(crate) const POLL_INTERVAL: Duration = Duration::from_millis(100);

/// Cancels every call that is blocked in a client, from any thread.
///
/// Calls that are made afterwards are not touched.
///
/// ```
/// let client = ymchat::Client::builder().api_key("ACMA:example").build()?;
/// let handle = client.cancel_handle();
/// std::thread::spawn(move || handle.cancel()).join().unwrap();
/// # Ok::<(), ymchat::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct CancelHandle {
    shared: Arc<Shared>,
}

/// Something that calls of the client wait for, besides [`CancelToken::sleep`].
pub(crate) trait Wake: Send + Sync + std::fmt::Debug {
    /// Has those who wait look whether they were cancelled.
    fn wake(&self);
}

#[derive(Debug)]
struct Shared {
    cancelled: AtomicU64,
    /// Held by nobody for longer than it takes to begin a wait.
    lock: Mutex<()>,
    changed: Condvar,
    other: Option<Arc<dyn Wake>>,
    process: u32,
}

impl CancelHandle {
    /// A handle that wakes `other` too.
    pub(crate) fn new(other: Option<Arc<dyn Wake>>) -> Self {
        CancelHandle {
            shared: Arc::new(Shared {
                cancelled: AtomicU64::new(0),
                lock: Mutex::new(()),
                changed: Condvar::new(),
                other,
                process: process::id(),
            }),
        }
    }

    /// Ends every wait, back-off, page loop and socket wait of the client; they return
    /// [`crate::Status::Cancelled`] within 250 ms.
    ///
    /// In the child of a fork this does nothing: the calls are in the parent.
    pub fn cancel(&self) {
        if self.shared.process != process::id() {
            return;
        }
        self.shared.cancelled.fetch_add(1, Ordering::SeqCst);
        // Whoever has looked before, and does not wait yet, holds the lock.
        drop(self.shared.lock.lock().unwrap_or_else(PoisonError::into_inner));
        self.shared.changed.notify_all();
        if let Some(other) = &self.shared.other {
            other.wake();
        }
    }

    /// A token for a call that begins now.
    pub(crate) fn token(&self) -> CancelToken {
        CancelToken {
            at_start: self.shared.cancelled.load(Ordering::SeqCst),
            shared: Arc::clone(&self.shared),
        }
    }
}

impl Default for CancelHandle {
    fn default() -> Self {
        CancelHandle::new(None)
    }
}

/// Tells a running call whether it was cancelled.
#[derive(Debug, Clone)]
pub(crate) struct CancelToken {
    shared: Arc<Shared>,
    at_start: u64,
}

impl CancelToken {
    pub(crate) fn is_cancelled(&self) -> bool {
        self.shared.cancelled.load(Ordering::SeqCst) != self.at_start
    }

    /// Sleeps by the machine's clock until the time is over or the call is cancelled.
    pub(crate) fn sleep(&self, wait: Duration) {
        let until = Instant::now().checked_add(wait);
        let mut guard = self.shared.lock.lock().unwrap_or_else(PoisonError::into_inner);
        while !self.is_cancelled() {
            let left = match until {
                Some(until) => until.saturating_duration_since(Instant::now()),
                None => Duration::MAX,
            };
            if left.is_zero() {
                return;
            }
            let waited = self.shared.changed.wait_timeout(guard, left);
            guard = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_calls_that_have_begun_are_cancelled() {
        let handle = CancelHandle::default();
        let before = handle.token();
        handle.cancel();
        let after = handle.token();
        assert!(before.is_cancelled());
        assert!(!after.is_cancelled());
    }

    #[test]
    fn a_sleep_without_end_is_ended() {
        let handle = CancelHandle::default();
        let token = handle.token();
        std::thread::scope(|scope| {
            let sleeping = scope.spawn(|| token.sleep(Duration::MAX));
            handle.cancel();
            sleeping.join().unwrap();
        });
    }
}
