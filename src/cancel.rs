//! Cancelling: one counter per client, looked at by everything that waits.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// The longest time for which anything waits without looking whether it was cancelled.
pub(crate) const SLICE: Duration = Duration::from_millis(100);

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
#[derive(Debug, Clone, Default)]
pub struct CancelHandle {
    cancelled: Arc<AtomicU64>,
}

impl CancelHandle {
    /// Ends every wait, back-off, page loop and socket wait of the client; they return
    /// [`crate::Status::Cancelled`] within 250 ms.
    pub fn cancel(&self) {
        self.cancelled.fetch_add(1, Ordering::SeqCst);
    }

    /// A token for a call that begins now.
    pub(crate) fn token(&self) -> CancelToken {
        CancelToken {
            cancelled: Arc::clone(&self.cancelled),
            at_start: self.cancelled.load(Ordering::SeqCst),
        }
    }
}

/// Tells a running call whether it was cancelled.
#[derive(Debug, Clone)]
pub(crate) struct CancelToken {
    cancelled: Arc<AtomicU64>,
    at_start: u64,
}

impl CancelToken {
    pub(crate) fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::SeqCst) != self.at_start
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
}
