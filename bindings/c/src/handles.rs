//! The set of live handles.
//!
//! A handle is a number in the shape of a pointer; it is looked up, never dereferenced. Numbers
//! are not used twice, so that a stale handle stays stale, and they are odd, so that no pointer
//! from anywhere else is taken for one.
//!
//! The child of a fork begins with an empty set: its parent's handles are stale in it.

use std::collections::HashMap;
use std::ops::Deref;
use std::ptr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::Duration;

use ymchat_core::{Error, PerProcess, RawClient};

use super::types::ymchat_client;

static LIVE: PerProcess<RwLock<HashMap<usize, Arc<Entry>>>> = PerProcess::new();
static NEXT: AtomicUsize = AtomicUsize::new(1);

struct Entry {
    client: RawClient,
    visits: Arc<Visits>,
}

/// The calls that are inside a client.
#[derive(Default)]
struct Visits {
    state: Mutex<State>,
    left: Condvar,
}

#[derive(Default)]
struct State {
    count: usize,
    /// Somebody waits for the last of them to leave.
    ending: bool,
}

impl Visits {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A call that is inside a client: as long as it lasts, the client is not dropped.
pub(super) struct Visit {
    // Dropped first: whoever waits for the last visit drops the client itself, and nobody else may
    // do so after that.
    entry: Arc<Entry>,
    _leaving: Leaving,
}

impl Deref for Visit {
    type Target = RawClient;

    fn deref(&self) -> &RawClient {
        &self.entry.client
    }
}

/// Counts a call until it is dropped.
struct Leaving(Arc<Visits>);

impl Drop for Leaving {
    fn drop(&mut self) {
        let mut state = self.0.state();
        state.count -= 1;
        // Waking nobody would be a system call all the same.
        if state.ending {
            self.0.left.notify_all();
        }
    }
}

/// A number that no handle of whatever kind has had yet.
pub(super) fn next_number() -> usize {
    NEXT.fetch_add(2, Ordering::Relaxed)
}

pub(super) fn insert(client: RawClient) -> *mut ymchat_client {
    let handle = next_number();
    let entry = Arc::new(Entry { client, visits: Arc::default() });
    let mut live = LIVE.get().write().unwrap_or_else(PoisonError::into_inner);
    live.insert(handle, entry);
    ptr::without_provenance_mut(handle)
}

/// The client of a handle. While this is kept, the client lives.
pub(super) fn client(
    operation: &'static str,
    handle: *const ymchat_client,
) -> Result<Visit, Error> {
    enter(handle).ok_or_else(|| unknown(operation, handle))
}

fn enter(handle: *const ymchat_client) -> Option<Visit> {
    let live = LIVE.get().read().unwrap_or_else(PoisonError::into_inner);
    let entry = live.get(&handle.addr())?;
    // Counted under the lock: whoever removes the handle afterwards waits for this call.
    entry.visits.state().count += 1;
    Some(Visit { entry: Arc::clone(entry), _leaving: Leaving(Arc::clone(&entry.visits)) })
}

/// Ends a client: calls that are inside are cancelled and waited for. When this returns, no
/// thread is in the library on behalf of the client, and the plug-in may be unloaded.
pub(super) fn remove(operation: &'static str, handle: *mut ymchat_client) -> Result<(), Error> {
    let entry = {
        let mut live = LIVE.get().write().unwrap_or_else(PoisonError::into_inner);
        let entry = live.remove(&handle.addr());
        if live.is_empty() {
            // Nothing is left behind in a host that unloads the library.
            *live = HashMap::new();
        }
        entry
    };
    let entry = entry.ok_or_else(|| unknown(operation, handle))?;
    let mut state = entry.visits.state();
    state.ending = true;
    while state.count > 0 {
        // Again and again: a call may have entered, but not yet begun what can be cancelled.
        entry.client.cancel();
        let waited = entry.visits.left.wait_timeout(state, Duration::from_millis(20));
        state = waited.unwrap_or_else(PoisonError::into_inner).0;
    }
    drop(state);
    Ok(())
}

fn unknown(operation: &'static str, handle: *const ymchat_client) -> Error {
    Error::invalid_argument(
        operation,
        if handle.is_null() {
            "client is NULL"
        } else {
            "client is not a live handle: it was freed, it is of the process that this one was \
             forked from, or it never came from ymchat_client_new"
        },
    )
}
