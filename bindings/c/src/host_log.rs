//! The log, for hosts that are not written in Rust.
//!
//! The Rust library speaks through the crate `log`, and never installs a logger. This package does:
//! it has a copy of that crate of its own, which no program sees, so that no other logger loses its
//! place. It hands on what the library itself says. The crates below it dump what they send and
//! receive at the level trace, which is not to be had here.

use std::cell::Cell;
use std::ffi::CString;
use std::sync::{PoisonError, RwLock};

use libc::c_void;
use ymchat_core::Error;
use ymchat_core::internal::{PerProcess, invalid_argument};

use super::sentences;
use super::types::*;

/// The host's function, and what it wants to be handed.
#[derive(Clone, Copy)]
struct Callback {
    function: unsafe extern "C" fn(*mut c_void, i32, *const libc::c_char),
    user_data: *mut c_void,
    level: log::LevelFilter,
}

// SAFETY: the host promises that its function may be called with this pointer on any thread.
unsafe impl Send for Callback {}
// SAFETY: as above.
unsafe impl Sync for Callback {}

/// Whoever calls the function holds the lock, so that whoever changes it waits for those calls. The
/// child of a fork begins without one: a thread that held the lock does not exist there.
static CALLBACK: PerProcess<RwLock<Option<Callback>>> = PerProcess::new();

thread_local! {
    /// This thread is inside the host's function. A plain value: it leaves nothing to be cleaned up
    /// in the host's threads.
    static INSIDE: Cell<bool> = const { Cell::new(false) };
}

struct ToHost;

impl log::Log for ToHost {
    fn enabled(&self, metadata: &log::Metadata<'_>) -> bool {
        let target = metadata.target();
        target == "ymchat" || target.starts_with("ymchat::")
    }

    fn log(&self, record: &log::Record<'_>) {
        // What the library says about a call that the host's function makes would come back to it
        // for ever.
        if !self.enabled(record.metadata()) || INSIDE.get() {
            return;
        }
        let callback = CALLBACK.get().read().unwrap_or_else(PoisonError::into_inner);
        let Some(callback) = callback.as_ref().filter(|c| record.level() <= c.level) else {
            return;
        };
        let text = record.args().to_string().replace('\0', " ");
        // There is no NUL in it.
        let Ok(text) = CString::new(text) else { return };
        INSIDE.set(true);
        // SAFETY: a function of this type, as the host promises; the text lives until it returns.
        unsafe { (callback.function)(callback.user_data, record.level() as i32, text.as_ptr()) };
        INSIDE.set(false);
    }

    fn flush(&self) {}
}

/// Whether this thread is inside the host's function.
pub(super) fn is_inside() -> bool {
    INSIDE.get()
}

/// Puts a function into the place of the one that is there; when this returns, no call of that one is
/// under way.
pub(super) fn set(
    operation: &'static str,
    callback: ymchat_log_callback,
    user_data: *mut c_void,
    level: i32,
) -> Result<(), Error> {
    if INSIDE.get() {
        return Err(invalid_argument(operation, sentences::called_by_the_log()));
    }
    let new = match callback {
        None => None,
        Some(function) => {
            let level = match level {
                YMCHAT_LOG_ERROR => log::LevelFilter::Error,
                YMCHAT_LOG_WARN => log::LevelFilter::Warn,
                YMCHAT_LOG_INFO => log::LevelFilter::Info,
                YMCHAT_LOG_DEBUG => log::LevelFilter::Debug,
                _ => return Err(invalid_argument(operation, sentences::level_unknown())),
            };
            Some(Callback { function, user_data, level })
        }
    };
    // An error means that the logger was set by an earlier call.
    let _ = log::set_logger(&ToHost);
    let mut current = CALLBACK.get().write().unwrap_or_else(PoisonError::into_inner);
    log::set_max_level(new.map_or(log::LevelFilter::Off, |callback| callback.level));
    *current = new;
    Ok(())
}
