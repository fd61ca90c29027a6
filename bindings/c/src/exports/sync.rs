//! What is new since the program last looked.

use std::ops::ControlFlow;

use libc::{c_char, c_void};

use super::super::floats::MaskedFloats;
use super::super::text::options;
use super::super::types::*;
use super::super::{handles, text};

/// ==== What is new ====
/// One question for the whole day: what is new since I last looked? Store the token "since" together
/// with what you make of the messages, in one transaction: then each message is processed once, and
/// none is left out, whatever fails, and wherever the program is killed. The same token gives the
/// same messages again (and what has come since, as far as "limit" reaches), the next token none of
/// them. After an error the old token is still the right one.
/// ====
///
/// What is new since a token, and the next token.
///
/// Options: "start" (with what to begin where since is empty: "waiting", everything in chats that
/// wait for an answer; "now"; "all"; or a date such as "2026-11-20T10:00:00+03:00"), "scope"
/// ("waiting": chats that are NEW, WAITING_FOR_PARTNER or WAITING_FOR_ARBITER, which bring all that
/// they have new; or "all"), "types" (CHAT, ARBITRAGE), "contextTypes" (ORDER, RETURN, DIRECT),
/// "limit" (500: messages in the result, 1 to 100000), "chatIds" (look at these chats only, such as
/// a notification names: one request for one new message), "waitMs" (0: how long to wait until
/// something is there), "callTimeoutMs" (for each look; a call lasts as long as both together).
/// Result: {"since", "chats": [{"chat", "messages"}], "more"}: chats and messages as the service
/// sent them, the messages ascending by "messageId". "more" says that there is more to fetch at
/// once. With "chatIds", a chat is what its history says of it.
///
/// @param since The token of the result before this one; NULL or "" at first. It is ASCII, at most
///              64 KiB, and belongs to one business, "scope", "types" and "contextTypes".
///
/// # Safety
/// Each pointer is NULL, or as is said above.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ymchat_sync(
    client: *const ymchat_client,
    since: *const c_char,
    options_json: *const c_char,
    out_json: *mut *mut c_char,
) -> ymchat_status {
    let operation = "sync";
    // SAFETY: as the caller promises.
    unsafe {
        handles::call(operation, client, out_json, |client| {
            let since = text::optional(operation, "since", since)?.unwrap_or_default();
            let options = options(operation, options_json)?;
            client.sync(since, options)
        })
    }
}

/// The same as ymchat_sync, telling how far it has come: for the first look at many chats.
///
/// @param progress  Is called now and then, on the calling thread, between requests. It cannot free
///                  the client (YMCHAT_INVALID_ARGUMENT, and nothing happens). NULL for none.
/// @param user_data Is handed to progress; may be NULL.
///
/// # Safety
/// Each pointer is NULL, or as is said above.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ymchat_sync_with_progress(
    client: *const ymchat_client,
    since: *const c_char,
    options_json: *const c_char,
    progress: ymchat_sync_progress,
    user_data: *mut c_void,
    out_json: *mut *mut c_char,
) -> ymchat_status {
    let operation = "sync";
    let mut floats = MaskedFloats::new();
    // SAFETY: as the caller promises.
    unsafe {
        handles::call(operation, client, out_json, |client| {
            let since = text::optional(operation, "since", since)?.unwrap_or_default();
            let options = options(operation, options_json)?;
            let Some(progress) = progress else { return client.sync(since, options) };
            client.sync_with_progress(since, options, |at| {
                // SAFETY: a function of this type, as the caller promises.
                let goes_on = floats.in_hosts_state(|| progress(user_data, at.chats, at.messages));
                if goes_on == 0 { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
            })
        })
    }
}
