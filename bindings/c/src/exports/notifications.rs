//! Notifications of the Market.

use libc::{c_char, c_void, size_t};
use ymchat_core::{MAX_NOTIFICATION_BYTES, parse_notification_json};

use super::super::guard::guard;
use super::super::text;
use super::super::text::options;
use super::super::types::*;

/// ==== Notifications ====
/// The Market calls a shop's HTTPS address when something happens: then one look at one chat takes the
/// place of asking all day. Your web server takes the request; this function, which needs no client,
/// says what it is and what to answer. Then ymchat_sync with "chatIds" brings the messages.
/// ====
///
/// Reads a notification of the Market, and makes the answer to it.
///
/// Whatever comes from outside is YMCHAT_OK: a body that is no notification, or is longer than 64
/// KiB, is to be answered with HTTP 400, and a notification from a foreign address with 403. Answer
/// within 10 seconds (a PING within 1), as application/json; otherwise the Market sends it again. Where
/// you could not store what you were told, answer 500, and it will come again. The same event may come
/// several times, and from two connections at once: "key" is the same then.
///
/// Options: "name" ("ymchat") and "version" (this library's) of your program, for the answer, 1 to
/// 100 characters each; "remoteAddress" (where the request came from, IPv4 or IPv6, with a port or
/// without: other addresses than the Market's are refused then), "allowFrom" (networks and addresses
/// in place of the Market's, ["10.0.0.0/8", "2001:db8::1"]).
/// Result: {"accepted", "type", "businessId"?, "chatId"?, "messageId"?, "key", "notification",
/// "reply": {"httpStatus", "body"}}. "type" is PING, CHAT_CREATED, CHAT_MESSAGE_SENT,
/// CHAT_ARBITRAGE_STARTED, CHAT_ARBITRAGE_FINISHED, or another one, which is about other things than
/// chats and is accepted, too. "key" is at most 200 characters of ASCII. "notification" is what was
/// sent. Of a refused request, "type" and "key" are empty and "notification" is null.
///
/// @param body         The body of the HTTP request; it needs no NUL at its end. NULL where body_len
///                     is 0.
/// @param body_len     Its length in bytes.
/// @param options_json The options, or NULL.
/// @param out_json     Receives the result or the error, to be freed with ymchat_string_free. May be
///                     NULL.
/// @return YMCHAT_OK, or YMCHAT_INVALID_ARGUMENT where an option or a pointer is wrong.
///
/// # Safety
/// Each pointer is NULL, or as is said above.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ymchat_parse_notification(
    body: *const c_void,
    body_len: size_t,
    options_json: *const c_char,
    out_json: *mut *mut c_char,
) -> ymchat_status {
    let operation = "parse_notification";
    // SAFETY: as the caller promises.
    unsafe {
        guard(operation, out_json, || {
            let options = options(operation, options_json)?;
            // Of a body that is refused for its length, nothing but the length is looked at.
            let too_long;
            let body = if body_len > MAX_NOTIFICATION_BYTES && !body.is_null() {
                too_long = vec![0; MAX_NOTIFICATION_BYTES + 1];
                &too_long
            } else {
                text::bytes(operation, "body", body.cast(), body_len, |_| Ok(()))?
            };
            parse_notification_json(body, options)
        })
    }
}
