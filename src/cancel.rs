//! Cancelling: one counter per client for the calls that are under way, and one flag per scope for
//! those that begin later, too. Everything that waits looks at both.

use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::process;

/// The longest time for which anything waits without looking whether it was cancelled.
pub(crate) const POLL_INTERVAL: Duration = Duration::from_millis(100);

/// Cancels every call that is blocked in a client, from any thread.
///
/// Calls that are made afterwards are not touched, except in a [scope](crate::Client::scope): there
/// a cancel is for good.
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
    scope: Option<Arc<Scope>>,
}

/// Calls of a client that are cancelled together and for good.
#[derive(Debug)]
struct Scope {
    cancelled: AtomicBool,
    outer: Option<Arc<Scope>>,
}

impl Scope {
    fn is_cancelled(&self) -> bool {
        let mut scope = Some(self);
        while let Some(at) = scope {
            if at.cancelled.load(Ordering::SeqCst) {
                return true;
            }
            scope = at.outer.as_deref();
        }
        false
    }
}

/// Something that calls of the client wait for, besides [`CancelToken::sleep`].
pub(crate) trait Wake: Send + Sync {
    /// Has those who wait look whether they were cancelled.
    fn wake(&self);
}

struct Shared {
    cancelled: AtomicU64,
    /// Held by nobody for longer than it takes to begin a wait.
    lock: Mutex<()>,
    changed: Condvar,
    other: Option<Arc<dyn Wake>>,
    process: u32,
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared").field("cancelled", &self.cancelled).finish_non_exhaustive()
    }
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
            scope: None,
        }
    }

    /// A handle for a part of the calls: it cancels them alone, and for good.
    pub(crate) fn scope(&self) -> Self {
        let scope = Scope { cancelled: AtomicBool::new(false), outer: self.scope.clone() };
        CancelHandle { shared: Arc::clone(&self.shared), scope: Some(Arc::new(scope)) }
    }

    /// Ends every wait, back-off, page loop and socket wait of the client; they return
    /// [`crate::Status::Cancelled`] within 250 ms. The handle of a [scope](crate::Client::scope)
    /// does this to the calls of the scope, and every later one returns that status at once.
    ///
    /// In the child of a fork this does nothing: the calls are in the parent.
    pub fn cancel(&self) {
        if self.shared.process != process::id() {
            return;
        }
        match &self.scope {
            Some(scope) => scope.cancelled.store(true, Ordering::SeqCst),
            None => {
                self.shared.cancelled.fetch_add(1, Ordering::SeqCst);
            }
        }
        // A thread that has checked the flag, and does not wait yet, holds the lock: it must not
        // miss the wake-up.
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
            scope: self.scope.clone(),
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
    scope: Option<Arc<Scope>>,
    at_start: u64,
}

impl CancelToken {
    pub(crate) fn is_cancelled(&self) -> bool {
        self.shared.cancelled.load(Ordering::SeqCst) != self.at_start
            || self.scope.as_ref().is_some_and(|scope| scope.is_cancelled())
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
    fn a_scope_is_cancelled_for_good_and_alone() {
        let client = CancelHandle::default();
        let (scope, other) = (client.scope(), client.scope());
        let running = [client.token(), scope.token(), other.token()];
        scope.cancel();
        assert_eq!(running.map(|token| token.is_cancelled()), [false, true, false]);
        let later = [client.token(), scope.token(), other.token()];
        assert_eq!(later.map(|token| token.is_cancelled()), [false, true, false]);
    }

    #[test]
    fn cancelling_a_client_meets_the_running_calls_of_its_scopes() {
        let client = CancelHandle::default();
        let scope = client.scope();
        let running = scope.token();
        client.cancel();
        assert!(running.is_cancelled());
        assert!(!scope.token().is_cancelled());
    }

    #[test]
    fn a_scope_ends_with_the_one_that_it_was_made_of() {
        let outer = CancelHandle::default().scope();
        let (inner, sibling) = (outer.scope(), outer.scope());
        sibling.cancel();
        assert!(!inner.token().is_cancelled());
        outer.cancel();
        assert!(inner.token().is_cancelled());
        assert!(outer.scope().token().is_cancelled());
    }

    #[test]
    fn a_sleep_without_end_is_ended() {
        for handle in [CancelHandle::default(), CancelHandle::default().scope()] {
            let token = handle.token();
            std::thread::scope(|scope| {
                let sleeping = scope.spawn(|| token.sleep(Duration::MAX));
                handle.cancel();
                sleeping.join().unwrap();
            });
        }
    }
}
