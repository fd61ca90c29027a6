//! Sends, and what belongs to them.

use libc::{c_char, size_t};
use ymchat_core::{RawClient, check_message_json};

use super::super::guard::guard;
use super::super::text::options;
use super::super::types::*;
use super::super::{handles, text};

/// ==== Writing to customers ====
/// A send arrives once, or not at all, or its status is YMCHAT_OUTCOME_UNKNOWN: its answer was lost,
/// and the chat's history does not tell. Then look into the chat before you send it again. The error
/// document of every other failed send says "outcome": "notSent".
/// ====
///
/// Sends a text (sendMessageToChat, 1000 requests an hour): once, or not at all, or the status is
/// YMCHAT_OUTCOME_UNKNOWN.
///
/// Options: "afterMessageId" (the newest message of the chat that you know), "resolve" (true: when
/// the answer is lost, the message is looked for in the history), "resend" (send it again, as often
/// as the call's time allows, when the history proves that it did not arrive; the proof takes 11
/// seconds, and a message of the chat that was known before; true: the chat is read first where
/// none is; false: never; left out: where one was known anyway), "returnMessageId" (false: look up
/// the id after a plain success), "ticket" (of ymchat_prepare_send, or of an error),
/// "callTimeoutMs" (for this call instead of the client's).
/// Result: {"outcome": "sent" or "confirmed" (found in the history), "messageId"?, "attempts"}.
/// An error document says "outcome": "notSent" where it certainly did not arrive, and "unknown"
/// where it may have; that one holds a "ticket" to go on with.
///
/// @param message      The text: 1 to 4096 UTF-16 units, not white space alone.
///
/// # Safety
/// Each pointer is NULL, or as is said above.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ymchat_send_message(
    client: *const ymchat_client,
    chat_id: i64,
    message: *const c_char,
    options_json: *const c_char,
    out_json: *mut *mut c_char,
) -> ymchat_status {
    let operation = "sendMessageToChat";
    // SAFETY: as the caller promises.
    unsafe {
        handles::call(operation, client, out_json, |client| {
            let message = text::required(operation, "message", message)?;
            let options = options(operation, options_json)?;
            client.send_message(chat_id, message, options)
        })
    }
}

/// Sends a file (sendFileToChat, 1000 requests an hour); otherwise like ymchat_send_message. A
/// lost one is looked for by its name and size.
///
/// @param file_name    The file's name, in any script, without a path.
/// @param data         The file's bytes.
/// @param data_len     How many: 1 to 5242880.
///
/// # Safety
/// Each pointer is NULL, or as is said above.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ymchat_send_file(
    client: *const ymchat_client,
    chat_id: i64,
    file_name: *const c_char,
    data: *const u8,
    data_len: size_t,
    options_json: *const c_char,
    out_json: *mut *mut c_char,
) -> ymchat_status {
    let operation = "sendFileToChat";
    // SAFETY: as the caller promises.
    unsafe {
        handles::call(operation, client, out_json, |client| {
            let file_name = text::required(operation, "file_name", file_name)?;
            let data = text::bytes(operation, "data", data, data_len, |length| {
                RawClient::check_file_size(file_name, length)
            })?;
            let options = options(operation, options_json)?;
            client.send_file(chat_id, file_name, data, options)
        })
    }
}

/// Prepares a send: gives a ticket, to be stored with your own document before the send. A send
/// with the option "ticket" arrives once, however often and by whichever process it is tried, also
/// after a crash: the history is looked at first, unless this process knows that the ticket was
/// never used. Reads the chat.
///
/// A ticket is a text of at most 512 ASCII characters, for one content in one chat. Prepare it when
/// the sends before it in this chat are settled: what the shop writes after the preparation, and
/// this process has not sent, may be taken for it where it is equal, and leaves the outcome unclear
/// where it is not. Let one program use it at a time: two that do so in the same moment may both
/// send.
///
/// Result: {"ticket"}.
///
/// @param client       The client.
/// @param chat_id      The chat, at least 1.
/// @param content_json {"message"}, or {"fileName", "fileSize"} with the size in bytes.
/// @param out_json     Receives the result or the error, to be freed with ymchat_string_free. May
///                     be NULL.
/// @return YMCHAT_OK, or any other status but YMCHAT_OUTCOME_UNKNOWN and YMCHAT_REJECTED.
///
/// # Safety
/// Each pointer is NULL, or as is said above.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ymchat_prepare_send(
    client: *const ymchat_client,
    chat_id: i64,
    content_json: *const c_char,
    out_json: *mut *mut c_char,
) -> ymchat_status {
    let operation = "prepare_send";
    // SAFETY: as the caller promises.
    unsafe {
        handles::call(operation, client, out_json, |client| {
            let content = text::required(operation, "content_json", content_json)?;
            client.prepare_send(chat_id, content)
        })
    }
}

/// Opens a chat about an order or a return, or finds the one that exists (createChat, 1000
/// requests an hour). It may be repeated safely.
///
/// Result, as the service sent it: {"chatId"}.
///
/// @param context_type "ORDER" or "RETURN"; only a customer can start a DIRECT chat.
/// @param context_id   The order's or the return's id, at least 1.
///
/// # Safety
/// Each pointer is NULL, or as is said above.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ymchat_create_chat(
    client: *const ymchat_client,
    context_type: *const c_char,
    context_id: i64,
    out_json: *mut *mut c_char,
) -> ymchat_status {
    let operation = "createChat";
    // SAFETY: as the caller promises.
    unsafe {
        handles::call(operation, client, out_json, |client| {
            let context_type = text::required(operation, "context_type", context_type)?;
            client.create_chat(context_type, context_id)
        })
    }
}

/// Looks for what the rules of the chat forbid: links to other sites, e-mail addresses, telephone
/// numbers and messengers, in Russian and English texts, plain or disguised. Needs no client. The
/// Market reads the correspondence, and hides the goods of a shop that breaks the rules.
///
/// The check is advisory: it sees neither all contacts nor contacts alone. Numbers of orders and
/// parcels, prices, dates, sizes, names of models and addresses of Yandex are none to it. With
/// "checkMessages": "reject" in the configuration, a text with findings is not sent, and the status is
/// YMCHAT_REJECTED.
///
/// Options: "kinds" (what to look for, some of "link", "email", "phone", "messenger"; all of them),
/// "allowHosts" (host names to which links are allowed, ["cdek.ru"]; with the hosts below them).
/// Result: {"ok", "findings": [{"kind", "start", "length", "startUtf8", "lengthUtf8", "text"}]}, in the
/// order of the text. "start" and "length" count UTF-16 units (characters of 1C, C#, Delphi), the other
/// two bytes of UTF-8 (characters of C), all from 0.
///
/// @param text         The text.
/// @param options_json The options, or NULL.
/// @param out_json     Receives the result or the error, to be freed with ymchat_string_free. May be
///                     NULL.
/// @return YMCHAT_OK, whatever was found, or YMCHAT_INVALID_ARGUMENT.
///
/// # Safety
/// Each pointer is NULL, or as is said above.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ymchat_check_message(
    text: *const c_char,
    options_json: *const c_char,
    out_json: *mut *mut c_char,
) -> ymchat_status {
    let operation = "check_message";
    // SAFETY: as the caller promises.
    unsafe {
        guard(operation, out_json, || {
            let text = text::required(operation, "text", text)?;
            let options = options(operation, options_json)?;
            check_message_json(text, options)
        })
    }
}
