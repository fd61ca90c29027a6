//! Chats and their messages.

use libc::c_char;

use super::super::guard::guard;
use super::super::handles;
use super::super::text::options;
use super::super::types::*;

/// ==== Reading chats ====
/// Results are the service's own text. A page of a list names the next one in
/// "paging": {"nextPageToken"}; without it, it was the last. Keep "limit" the same on all pages.
/// ====
///
/// One page of chats (getChats, 5000 requests an hour).
///
/// Options: "limit" (1 to 20), "pageToken", "orderIds", "contexts" ([{"type": "ORDER" or
/// "RETURN", "id"}]), "contextTypes" (["ORDER", "RETURN", "DIRECT"]), "types" (["CHAT",
/// "ARBITRAGE"]), "statuses" (["NEW", "WAITING_FOR_PARTNER", …]), "callTimeoutMs". Arrays are not
/// empty, and hold nothing twice.
/// Result, as the service sent it: {"chats": […], "paging": {"nextPageToken"?}?}.
///
/// # Safety
/// Each pointer is NULL, or as is said above.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ymchat_get_chats(
    client: *const ymchat_client,
    options_json: *const c_char,
    out_json: *mut *mut c_char,
) -> ymchat_status {
    let operation = "getChats";
    // SAFETY: as the caller promises.
    unsafe {
        handles::call(operation, client, out_json, |client| {
            let options = options(operation, options_json)?;
            client.get_chats(options)
        })
    }
}

/// All chats, page by page, each once. The whole counts as one call for "callTimeoutMs".
///
/// Options: those of ymchat_get_chats; "limit" is the size of a page (20); "maxTotalBytes" (67108864:
/// a longer result is YMCHAT_PROTOCOL; read it page by page then).
/// Result: {"chats": […]}, each chat as the service sent it.
///
/// # Safety
/// Each pointer is NULL, or as is said above.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ymchat_get_all_chats(
    client: *const ymchat_client,
    options_json: *const c_char,
    out_json: *mut *mut c_char,
) -> ymchat_status {
    let operation = "getChats";
    // SAFETY: as the caller promises.
    unsafe {
        handles::call(operation, client, out_json, |client| {
            let options = options(operation, options_json)?;
            client.get_all_chats(options)
        })
    }
}

/// A chat (getChat, 1000 requests an hour).
///
/// Result, as the service sent it: {"chatId", "context", "type", "status", "createdAt",
/// "updatedAt", …}.
///
/// # Safety
/// Each pointer is NULL, or as is said above.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ymchat_get_chat(
    client: *const ymchat_client,
    chat_id: i64,
    out_json: *mut *mut c_char,
) -> ymchat_status {
    let operation = "getChat";
    // SAFETY: as the caller promises.
    unsafe { guard(operation, out_json, || handles::client(operation, client)?.get_chat(chat_id)) }
}

/// One page of a chat's messages (getChatHistory, 10000 requests an hour).
///
/// Options: "limit" (1 to 100), "pageToken", "messageIdFrom" (at least 1; whether that message is
/// among the result is not documented), "callTimeoutMs".
/// Result, as the service sent it: {"messages": […], "context", "paging": {"nextPageToken"?}?}.
/// The order of the messages is not documented.
///
/// # Safety
/// Each pointer is NULL, or as is said above.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ymchat_get_chat_history(
    client: *const ymchat_client,
    chat_id: i64,
    options_json: *const c_char,
    out_json: *mut *mut c_char,
) -> ymchat_status {
    let operation = "getChatHistory";
    // SAFETY: as the caller promises.
    unsafe {
        handles::call(operation, client, out_json, |client| {
            let options = options(operation, options_json)?;
            client.get_chat_history(chat_id, options)
        })
    }
}

/// All messages of a chat that are newer than one, ascending by "messageId", without duplicates
/// and without that one. The whole counts as one call for "callTimeoutMs".
///
/// Options: "limit" (the size of a page, 1 to 100; default 100), "callTimeoutMs", "maxTotalBytes"
/// (67108864: a longer result is YMCHAT_PROTOCOL; read it page by page then).
/// Result: {"messages": […]}, each message as the service sent it.
///
/// @param after_message_id The newest message that is known already; 0 for all messages.
///
/// # Safety
/// Each pointer is NULL, or as is said above.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ymchat_get_messages_since(
    client: *const ymchat_client,
    chat_id: i64,
    after_message_id: i64,
    options_json: *const c_char,
    out_json: *mut *mut c_char,
) -> ymchat_status {
    let operation = "getChatHistory";
    // SAFETY: as the caller promises.
    unsafe {
        handles::call(operation, client, out_json, |client| {
            let options = options(operation, options_json)?;
            client.get_messages_since(chat_id, after_message_id, options)
        })
    }
}

/// A message (getChatMessage, 1000 requests an hour).
///
/// Result, as the service sent it: {"messageId", "createdAt", "sender", "message"?, "payload"?}.
///
/// # Safety
/// Each pointer is NULL, or as is said above.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ymchat_get_chat_message(
    client: *const ymchat_client,
    chat_id: i64,
    message_id: i64,
    out_json: *mut *mut c_char,
) -> ymchat_status {
    let operation = "getChatMessage";
    // SAFETY: as the caller promises.
    unsafe {
        guard(operation, out_json, || {
            handles::client(operation, client)?.get_chat_message(chat_id, message_id)
        })
    }
}
