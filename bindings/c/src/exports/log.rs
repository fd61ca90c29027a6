//! The log of the host.

use libc::c_void;

use super::super::guard::guard_silently;
use super::super::host_log;
use super::super::types::*;

/// ==== The log ====
/// For the day on which something is slow or refused.
/// ====
///
/// Has the library tell what it does: a line for each request (operation, attempt, status, duration,
/// trace id), for each wait and each repetition, and why. No line holds a credential or the text of
/// a message. Without a callback it costs nothing.
///
/// The callback is that of the process; a later one takes its place. When this function returns, no
/// call of the earlier one is under way, nor will there be one. The callback is called on the
/// thread that makes the request, which may be one of the library's, and on several threads at a
/// time. It must return, throw nothing, and not wait for a thread that calls this function. It may
/// call the library, which then tells nothing about that; this function it may not call
/// (YMCHAT_INVALID_ARGUMENT, and nothing changes). The child of a fork begins without a callback.
///
/// @param callback  NULL ends it.
/// @param user_data Is handed to the callback; may be NULL.
/// @param level     The least important lines that are wanted: YMCHAT_LOG_ERROR to YMCHAT_LOG_DEBUG.
///                  Not looked at where callback is NULL.
/// @return YMCHAT_OK or YMCHAT_INVALID_ARGUMENT.
#[unsafe(no_mangle)]
pub extern "C" fn ymchat_set_log_callback(
    callback: ymchat_log_callback,
    user_data: *mut c_void,
    level: i32,
) -> ymchat_status {
    const OPERATION: &str = "set_log_callback";
    guard_silently(OPERATION, || host_log::set(OPERATION, callback, user_data, level))
}
