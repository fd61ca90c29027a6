//! What may be done while calls are under way.

use std::ptr;

use libc::c_char;
use ymchat_core::internal::invalid_argument;

use super::super::guard::{guard, guard_silently};
use super::super::handles;
use super::super::sentences;
use super::super::types::*;

/// ==== While calls are under way ====
/// These may be called from any thread.
/// ====
///
/// Ends every call that is blocked in the client, from any thread: waits, back-offs, page loops
/// and sockets. They return YMCHAT_CANCELLED within 250 ms. Later calls are not touched, except in a
/// scope: see ymchat_client_scope.
///
/// A send that is cancelled after the request had gone out may have arrived: its error document
/// says "outcome": "unknown" then, and "notSent" otherwise.
///
/// @param client The client, or a scope.
/// @return YMCHAT_OK or YMCHAT_INVALID_ARGUMENT.
#[unsafe(no_mangle)]
pub extern "C" fn ymchat_client_cancel(client: *const ymchat_client) -> ymchat_status {
    const OPERATION: &str = "client_cancel";
    guard_silently(OPERATION, || {
        handles::client(OPERATION, client)?.cancel();
        Ok(())
    })
}

/// Makes a scope: another handle of the same client, for calls that are to be stopped together,
/// such as those of one thread or one job. It costs next to nothing, and serves wherever a client
/// does; settings, connections, limits and statistics are those of the client.
///
/// ymchat_client_cancel of a scope ends its calls and no others, and it is for good: every call
/// that begins in the scope later returns YMCHAT_CANCELLED at once, and sends nothing. So it does
/// not matter whether the cancel comes before the call, during it, or between two calls. To go on,
/// use the client, or make another scope.
///
/// ymchat_client_cancel of the client ends the calls that are under way in its scopes, too, and
/// ymchat_client_free of the client ends its scopes: their handles are stale then, and need not be
/// freed. A scope of a scope is cancelled and freed with it.
///
/// @param client    The client, or a scope.
/// @param out_scope Receives the scope, to be freed with ymchat_client_free; NULL on failure. Must
///                  not be NULL.
/// @return YMCHAT_OK or YMCHAT_INVALID_ARGUMENT.
///
/// # Safety
/// Each pointer is NULL, or as is said above.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ymchat_client_scope(
    client: *const ymchat_client,
    out_scope: *mut *mut ymchat_client,
) -> ymchat_status {
    const OPERATION: &str = "client_scope";
    guard_silently(OPERATION, || {
        if out_scope.is_null() {
            return Err(invalid_argument(OPERATION, sentences::is_null("out_scope")));
        }
        // SAFETY: not NULL, so a place for a pointer, as the caller promises.
        unsafe { out_scope.write_unaligned(ptr::null_mut()) };
        let scope = handles::insert_scope(OPERATION, client)?;
        // SAFETY: as above.
        unsafe { out_scope.write_unaligned(scope) };
        Ok(())
    })
}

/// What the client has done, and what is known of the quotas.
///
/// Result: {"operations": [{"operation", "attempts", "repeats", "limited" (answers 420), "waits",
/// "waitedMs", "quotaLimit", "quotaRemaining", "quotaResetsInMs"?}], "sends": {"sent",
/// "confirmed", "unknown", "notSent"}}.
///
/// @return YMCHAT_OK or YMCHAT_INVALID_ARGUMENT.
///
/// # Safety
/// Each pointer is NULL, or as is said above.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ymchat_client_stats(
    client: *const ymchat_client,
    out_json: *mut *mut c_char,
) -> ymchat_status {
    let operation = "client_stats";
    // SAFETY: as the caller promises.
    unsafe { guard(operation, out_json, || Ok(handles::client(operation, client)?.stats())) }
}
