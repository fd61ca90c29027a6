//! The set of live handles.
//!
//! A handle is a number in the shape of a pointer; it is looked up, never dereferenced. Numbers
//! are not used twice, so that a stale handle stays stale, and they are odd, so that no pointer
//! from anywhere else is taken for one.
//!
//! The child of a fork begins with an empty set: its parent's handles are stale in it.

use std::cell::Cell;
use std::collections::HashMap;
use std::marker::PhantomData;
use std::ops::Deref;
use std::ptr;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, RwLock};

use libc::c_char;
use ymchat_core::internal::{PerProcess, invalid_argument};
use ymchat_core::{Error, RawClient};

use super::guard::{Output, guard};
use super::types::{ymchat_client, ymchat_status};
use super::{host_log, memory, sentences};

thread_local! {
    /// How many calls this thread is inside of. A plain value: it leaves nothing to be cleaned up in
    /// the host's threads.
    static CALLS: Cell<usize> = const { Cell::new(0) };
}

static LIVE: PerProcess<RwLock<HashMap<usize, Arc<Entry>>>> = PerProcess::new();
static NEXT: AtomicUsize = AtomicUsize::new(1);

/// A client, or a scope of one.
struct Entry {
    /// The calls of this handle. It is a scope in either case: what is freed is cancelled for good.
    calls: RawClient,
    /// What [`cancel`] cancels: the calls that are under way, or those of a scope.
    cancel: RawClient,
    /// The handle that a scope was made of.
    outer: Option<usize>,
    has_scopes: AtomicBool,
    visits: Arc<Visits>,
}

impl Entry {
    fn new(calls: RawClient, cancel: RawClient, outer: Option<usize>) -> Arc<Self> {
        let visits = Arc::default();
        Arc::new(Entry { calls, cancel, outer, has_scopes: AtomicBool::new(false), visits })
    }
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
    /// Whether a thread waits for the last of them to leave.
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
        &self.entry.calls
    }
}

impl Visit {
    /// Cancels what this handle stands for.
    pub(super) fn cancel(&self) {
        self.entry.cancel.cancel();
    }
}

/// Counts a call until it is dropped, which is on the same thread.
struct Leaving(Arc<Visits>, PhantomData<*const ()>);

impl Leaving {
    fn new(visits: &Arc<Visits>) -> Self {
        visits.state().count += 1;
        CALLS.set(CALLS.get() + 1);
        Leaving(Arc::clone(visits), PhantomData)
    }
}

impl Drop for Leaving {
    fn drop(&mut self) {
        CALLS.set(CALLS.get() - 1);
        let mut state = self.0.state();
        state.count -= 1;
        // Without this check there would be a system call even if no thread waits.
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
    let entry = Entry::new(client.scope(), client, None);
    let mut live = LIVE.get().write().unwrap_or_else(PoisonError::into_inner);
    live.insert(handle, entry);
    memory::keep_free_blocks(true);
    ptr::without_provenance_mut(handle)
}

/// A scope of a client, or of a scope.
pub(super) fn insert_scope(
    operation: &'static str,
    outer: *const ymchat_client,
) -> Result<*mut ymchat_client, Error> {
    let handle = next_number();
    // Under one lock: a thread that frees the client either finds the scope, or prevents it.
    let mut live = LIVE.get().write().unwrap_or_else(PoisonError::into_inner);
    let parent = live.get(&outer.addr()).ok_or_else(|| unknown(operation, outer))?;
    parent.has_scopes.store(true, Ordering::Relaxed);
    let scope = parent.calls.scope();
    live.insert(handle, Entry::new(scope.clone(), scope, Some(outer.addr())));
    Ok(ptr::without_provenance_mut(handle))
}

/// The client of a handle. While this is kept, the client lives.
pub(super) fn client(
    operation: &'static str,
    handle: *const ymchat_client,
) -> Result<Visit, Error> {
    enter(handle).ok_or_else(|| unknown(operation, handle))
}

/// A function of a client, which the client counts as inside. Its errors, those of its arguments
/// included, speak the client's language.
///
/// # Safety
/// As for [`guard`].
pub(super) unsafe fn call<T: Output>(
    operation: &'static str,
    handle: *const ymchat_client,
    out_json: *mut *mut c_char,
    body: impl FnOnce(&Visit) -> Result<T, Error>,
) -> ymchat_status {
    // SAFETY: as the caller promises.
    unsafe {
        guard(operation, out_json, || {
            let client = client(operation, handle)?;
            body(&client).map_err(|error| error.in_language(client.language()))
        })
    }
}

fn enter(handle: *const ymchat_client) -> Option<Visit> {
    let live = LIVE.get().read().unwrap_or_else(PoisonError::into_inner);
    let entry = live.get(&handle.addr())?;
    // Counted under the lock: whoever removes the handle afterwards waits for this call.
    Some(Visit { entry: Arc::clone(entry), _leaving: Leaving::new(&entry.visits) })
}

/// Ends a client or a scope, and the scopes that were made of it: calls that are inside are
/// cancelled and waited for. When this returns, no thread is in the library on behalf of the
/// client, and the plug-in may be unloaded.
///
/// A callback cannot end a client with calls inside: it would wait for its own call, or for one whose
/// callback waits for it.
pub(super) fn remove(operation: &'static str, handle: *mut ymchat_client) -> Result<(), Error> {
    let in_callback = CALLS.get() > 0 || host_log::is_inside();
    let (ended, is_last) = {
        let mut live = LIVE.get().write().unwrap_or_else(PoisonError::into_inner);
        let handles = with_scopes(&live, handle.addr());
        let is_busy = |at: &usize| live[at].visits.state().count > 0;
        if in_callback && handles.iter().any(is_busy) {
            return Err(invalid_argument(operation, sentences::called_by_its_callback()));
        }
        let ended: Vec<_> = handles.iter().filter_map(|at| live.remove(at)).collect();
        if live.is_empty() {
            // Nothing is left behind in a host that unloads the library.
            *live = HashMap::new();
            memory::keep_free_blocks(false);
        }
        (ended, live.is_empty())
    };
    let Some(outermost) = ended.first() else { return Err(unknown(operation, handle)) };
    // It stays cancelled, so a call that has entered, but not begun, is met as well; and so are the
    // calls of the scopes in it.
    outermost.calls.cancel();
    for entry in &ended {
        let mut state = entry.visits.state();
        state.ending = true;
        while state.count > 0 {
            state = entry.visits.left.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }
    if is_last {
        drop(ended);
        memory::release_free_blocks();
    }
    Ok(())
}

/// A live handle, first, and the scopes that were made of it.
fn with_scopes(live: &HashMap<usize, Arc<Entry>>, handle: usize) -> Vec<usize> {
    let Some(entry) = live.get(&handle) else { return Vec::new() };
    let mut all = vec![handle];
    if entry.has_scopes.load(Ordering::Relaxed) {
        let scopes = live.iter().filter(|(_, at)| at.outer == Some(handle));
        for (scope, _) in scopes {
            all.extend(with_scopes(live, *scope));
        }
    }
    all
}

fn unknown(operation: &'static str, handle: *const ymchat_client) -> Error {
    invalid_argument(
        operation,
        if handle.is_null() {
            sentences::is_null("client")
        } else {
            sentences::not_a_client("client")
        },
    )
}

#[cfg(test)]
mod tests {
    use ymchat_core::Status;

    use super::*;

    fn open() -> *mut ymchat_client {
        // Nobody answers there, and nobody has to.
        let config = r#"{"apiKey": "k", "businessId": 1, "baseUrl": "http://127.0.0.1:9"}"#;
        insert(RawClient::from_json(config).unwrap())
    }

    fn scope(outer: *mut ymchat_client) -> *mut ymchat_client {
        insert_scope("test", outer).unwrap()
    }

    fn is_live(handle: *mut ymchat_client) -> bool {
        enter(handle).is_some()
    }

    #[test]
    fn a_call_that_enters_before_the_client_is_freed_and_begins_after_it_is_cancelled() {
        for of_scope in [false, true] {
            let client = open();
            let entered = enter(if of_scope { scope(client) } else { client }).unwrap();
            let address = client.addr();
            let freeing = std::thread::spawn(move || {
                remove("test", ptr::without_provenance_mut(address)).unwrap();
            });
            let ends = std::time::Instant::now() + std::time::Duration::from_secs(60);
            // It is freed at some moment; from then on every call is cancelled, however late.
            while entered.get_chat(1).unwrap_err().status() != Status::Cancelled {
                assert!(std::time::Instant::now() < ends, "the call is not cancelled");
            }
            assert_eq!(entered.get_chat(1).unwrap_err().status(), Status::Cancelled);
            assert!(!freeing.is_finished(), "it does not wait for the call");
            drop(entered);
            freeing.join().unwrap();
        }
    }

    #[test]
    fn a_callback_does_not_end_a_client_with_calls_inside() {
        // A call that waits for itself never ends, and is to fail all the same.
        let (tell, told) = std::sync::mpsc::channel();
        let calls = std::thread::spawn(move || {
            as_in_a_callback();
            tell.send(()).unwrap();
        });
        let patience = std::time::Duration::from_secs(60);
        if told.recv_timeout(patience) == Err(std::sync::mpsc::RecvTimeoutError::Timeout) {
            panic!("the client waits for its own call");
        }
        calls.join().unwrap();
    }

    fn as_in_a_callback() {
        let (client, other) = (open(), open());
        let job = scope(client);
        // This thread is inside a call of the scope.
        let entered = enter(job).unwrap();
        for handle in [client, job] {
            let error = remove("test", handle).unwrap_err();
            assert!(error.to_string().contains("called by a callback"), "{error}");
            assert!(is_live(handle), "it is neither ended nor cancelled");
        }
        assert_ne!(entered.get_chat(1).unwrap_err().status(), Status::Cancelled);
        // Another client has no call to wait for.
        remove("test", other).unwrap();
        drop(entered);
        remove("test", client).unwrap();
        assert!(!is_live(job));
    }

    #[test]
    fn memory_is_kept_as_long_as_a_client_is_open() {
        // Other tests open clients, too, but none while this has the lock.
        let is_kept_if_any_is_open = || {
            let live = LIVE.get().write().unwrap_or_else(PoisonError::into_inner);
            assert_eq!(memory::keeps_free_blocks(), !live.is_empty());
        };
        is_kept_if_any_is_open();
        let client = open();
        let job = scope(client);
        is_kept_if_any_is_open();
        remove("test", job).unwrap();
        is_kept_if_any_is_open();
        remove("test", client).unwrap();
        is_kept_if_any_is_open();
    }

    #[test]
    fn scopes_end_with_the_client_and_not_before() {
        let (client, other) = (open(), open());
        let (first, second) = (scope(client), scope(client));
        let inner = scope(first);
        remove("test", first).unwrap();
        assert_eq!([client, first, second, inner].map(is_live), [true, false, true, false]);
        let third = scope(client);
        remove("test", client).unwrap();
        assert_eq!([client, second, third, other].map(is_live), [false, false, false, true]);
        assert!(remove("test", second).is_err() && insert_scope("test", client).is_err());
        remove("test", other).unwrap();
    }

    #[test]
    fn cancelling_a_client_is_for_once_and_cancelling_a_scope_for_good() {
        let client = open();
        let (job, other) = (scope(client), scope(client));
        for handle in [client, job] {
            enter(handle).unwrap().cancel();
        }
        let cancelled = |handle: *mut ymchat_client| {
            let error = enter(handle).unwrap().get_chat(-1).unwrap_err();
            assert_eq!(error.status(), Status::InvalidArgument);
            enter(handle).unwrap().get_chat(1).unwrap_err().status() == Status::Cancelled
        };
        assert_eq!([client, job, other].map(cancelled), [false, true, false]);
        assert!(cancelled(scope(job)));
        remove("test", client).unwrap();
    }
}
