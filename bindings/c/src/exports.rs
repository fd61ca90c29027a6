//! The exported functions, each documented for the header.

use std::ffi::CStr;
use std::ops::ControlFlow;
use std::ptr;

use libc::{c_char, c_void, size_t};
use ymchat_core::internal::invalid_argument;
use ymchat_core::{
    Error, MAX_NOTIFICATION_BYTES, RawClient, check_message_json, parse_notification_json,
};

use super::floats::MaskedFloats;
use super::guard::{guard, guard_silently};
use super::types::*;
use super::{handles, host_log, strings, text};

const VERSION: &CStr = {
    match CStr::from_bytes_with_nul(concat!(env!("CARGO_PKG_VERSION"), "\0").as_bytes()) {
        Ok(version) => version,
        Err(_) => panic!("the package's version holds a NUL"),
    }
};

/// ==== Opening and closing a client ====
/// A client holds the settings and the connections. Open one when your program starts, and share it:
/// limits, and what is known of sends, belong to the business, whatever number of clients it has.
/// ====
///
/// Opens a client. Nothing is sent.
///
/// Members of the configuration (times in milliseconds):
/// "apiKey" and/or "oauthToken" (one is needed; without a "Bearer " prefix), "businessId" (at
/// least 1), "baseUrl" (https://api.partner.market.yandex.ru), "integration" ("name/version", at
/// most 100 ASCII characters), "connectTimeoutMs" (5000), "attemptTimeoutMs" (15000),
/// "callTimeoutMs" (60000: the whole call with its waits and repeats), "maxAttempts" (4),
/// "maxParallel" (4), "proxy" ("http://host:port", "socks5://host:port", or "environment"),
/// "caFile" (PEM, trusted besides "trust"), "trust" ("bundled" or "system"), "maxResponseBytes"
/// (16777216), "fileHosts" (["*.yandex.net", "*.yandex.ru", "*.yandex.com"]: the hosts that
/// ymchat_download_file shows the credentials to), "checkMessages" ("off", or "reject": texts with contacts or links are not sent),
/// "allowInsecureHttp" (false: plain http only to this machine).
///
/// @param config_json The configuration, a JSON object; an unknown member is an error.
/// @param out_client  Receives the client, to be freed with ymchat_client_free; NULL on failure.
///                    Must not be NULL.
/// @param out_json    Receives the error document on failure, NULL on success. May be NULL.
/// @return YMCHAT_OK, YMCHAT_INVALID_ARGUMENT or YMCHAT_INTERNAL.
///
/// # Safety
/// Each pointer is NULL, or as is said above.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ymchat_client_new(
    config_json: *const c_char,
    out_client: *mut *mut ymchat_client,
    out_json: *mut *mut c_char,
) -> ymchat_status {
    const OPERATION: &str = "client_new";
    let body = || {
        if out_client.is_null() {
            return Err(invalid_argument(OPERATION, "out_client is NULL"));
        }
        // SAFETY: not NULL, so a place for a pointer, as the caller promises.
        unsafe { out_client.write_unaligned(ptr::null_mut()) };
        // SAFETY: as the caller promises.
        let config = unsafe { text::required(OPERATION, "config_json", config_json) }?;
        let client = handles::insert(RawClient::from_json(config)?);
        // SAFETY: as above.
        unsafe { out_client.write_unaligned(client) };
        Ok(())
    };
    // SAFETY: as the caller promises.
    unsafe { guard(OPERATION, out_json, body) }
}

/// Ends a client. Calls that other threads have in it return YMCHAT_CANCELLED, and are waited
/// for: when this function returns, no thread is in the library on behalf of the client. It waits
/// for at most a quarter of a second, but for a look-up of a host name that is under way: the
/// operating system cannot interrupt that.
///
/// @param client The client, or NULL, which is nothing. A second time it is
///               YMCHAT_INVALID_ARGUMENT, and nothing happens.
/// @return YMCHAT_OK or YMCHAT_INVALID_ARGUMENT.
#[unsafe(no_mangle)]
pub extern "C" fn ymchat_client_free(client: *mut ymchat_client) -> ymchat_status {
    guard_silently("client_free", || {
        if client.is_null() { Ok(()) } else { handles::remove("client_free", client) }
    })
}

/// Frees a string that this library handed out in an out_json.
///
/// @param string The string, or NULL. Any other pointer, or a second time, is an error of the
///               program that cannot be detected.
///
/// # Safety
/// `string` is NULL, or came from an `out_json` of this library and was not freed yet.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ymchat_string_free(string: *mut c_char) {
    // SAFETY: as the caller promises.
    unsafe { strings::free(string) };
}

/// The name of a status, such as "NOT_FOUND"; "UNKNOWN" for a number that this version does not
/// know.
///
/// @return A static string; it must not be freed. Never NULL.
#[unsafe(no_mangle)]
pub extern "C" fn ymchat_status_name(status: ymchat_status) -> *const c_char {
    let name = match status {
        YMCHAT_OK => c"OK",
        YMCHAT_INVALID_ARGUMENT => c"INVALID_ARGUMENT",
        YMCHAT_UNAUTHORIZED => c"UNAUTHORIZED",
        YMCHAT_FORBIDDEN => c"FORBIDDEN",
        YMCHAT_NOT_FOUND => c"NOT_FOUND",
        YMCHAT_BAD_REQUEST => c"BAD_REQUEST",
        YMCHAT_RATE_LIMITED => c"RATE_LIMITED",
        YMCHAT_SERVER => c"SERVER",
        YMCHAT_NETWORK => c"NETWORK",
        YMCHAT_TIMEOUT => c"TIMEOUT",
        YMCHAT_OUTCOME_UNKNOWN => c"OUTCOME_UNKNOWN",
        YMCHAT_PROTOCOL => c"PROTOCOL",
        YMCHAT_CANCELLED => c"CANCELLED",
        YMCHAT_REJECTED => c"REJECTED",
        YMCHAT_INTERNAL => c"INTERNAL",
        _ => c"UNKNOWN",
    };
    name.as_ptr()
}

/// ==== Which business, and what may the key do? ====
/// These two work without a "businessId" in the configuration.
/// ====
///
/// One page of the shops that the credential grants access to (getCampaigns, 1000 requests an hour). Works
/// without a "businessId" in the configuration: each shop names its business.
///
/// Options: "limit" (1 to 100), "pageToken".
/// Result, as the service sent it: {"campaigns": […], "paging": {"nextPageToken"?}?}.
///
/// # Safety
/// Each pointer is NULL, or as is said above.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ymchat_get_campaigns(
    client: *const ymchat_client,
    options_json: *const c_char,
    out_json: *mut *mut c_char,
) -> ymchat_status {
    let operation = "getCampaigns";
    // SAFETY: as the caller promises.
    unsafe {
        guard(operation, out_json, || {
            let client = handles::client(operation, client)?;
            let options = options(operation, options_json)?;
            client.get_campaigns(options)
        })
    }
}

/// What the Api-Key is allowed to do (getAuthTokenInfo, 100 requests an hour). Works without a
/// "businessId" in the configuration.
///
/// Result, as the service sent it: {"apiKey": {"name", "authScopes": […]}}.
///
/// # Safety
/// Each pointer is NULL, or as is said above.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ymchat_get_token_info(
    client: *const ymchat_client,
    out_json: *mut *mut c_char,
) -> ymchat_status {
    let operation = "getAuthTokenInfo";
    // SAFETY: as the caller promises.
    unsafe { guard(operation, out_json, || handles::client(operation, client)?.get_token_info()) }
}

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
        guard(operation, out_json, || {
            let client = handles::client(operation, client)?;
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
        guard(operation, out_json, || {
            let client = handles::client(operation, client)?;
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
        guard(operation, out_json, || {
            let client = handles::client(operation, client)?;
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
        guard(operation, out_json, || {
            let client = handles::client(operation, client)?;
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
        guard(operation, out_json, || {
            let client = handles::client(operation, client)?;
            let since = text::optional(operation, "since", since)?.unwrap_or_default();
            let options = options(operation, options_json)?;
            client.sync(since, options)
        })
    }
}

/// The same as ymchat_sync, telling how far it has come: for the first look at many chats.
///
/// @param progress  Is called now and then, on the calling thread, between requests. It must not free
///                  the client. NULL for none.
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
        guard(operation, out_json, || {
            let client = handles::client(operation, client)?;
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

/// ==== Files of messages ====
/// A message names its files in "payload": [{"name", "url", "size"}].
/// ====
///
/// Brings a file to a path.
///
/// The file is received beside the path, under a name of its own (.ymchat-….part), and gets its name
/// only when it is whole and safe on the disk. Whatever fails, the path is as it was. Choose the path
/// yourself: the name in a message is what the other side has written.
///
/// Credentials are shown to the service's hosts alone ("fileHosts" of the configuration, and the
/// address of "baseUrl"), over https, the Api-Key first, and the OAuth token where that one is
/// refused. Each redirect is judged anew. A foreign host is refused, unless "allowHosts" names it; it
/// is shown nothing. Network faults and failures of the server are repeated, from the file's
/// beginning. No quota counts downloads.
///
/// Options: "overwrite" (false: a file that is there is an error), "maxBytes" (52428800: a longer file
/// is YMCHAT_PROTOCOL), "allowHosts" ([]: foreign hosts that may be asked, without credentials, such
/// as "cdn.example.org"), "callTimeoutMs" ("attemptTimeoutMs" of the configuration is how long nothing
/// may come).
/// Result: {"path", "bytes", "contentType"?}. The path is that of the call; the type is what the
/// server says.
/// YMCHAT_INVALID_ARGUMENT is also a path that exists, and one that cannot be written.
///
/// @param url  The address of the file, as the message gives it.
/// @param path Where it is to be, in a directory that exists; UTF-8 on each system.
///
/// # Safety
/// Each pointer is NULL, or as is said above.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ymchat_download_file(
    client: *const ymchat_client,
    url: *const c_char,
    path: *const c_char,
    options_json: *const c_char,
    out_json: *mut *mut c_char,
) -> ymchat_status {
    let operation = "download_file";
    // SAFETY: as the caller promises.
    unsafe {
        guard(operation, out_json, || {
            let client = handles::client(operation, client)?;
            let url = text::required(operation, "url", url)?;
            let path = text::required(operation, "path", path)?;
            let options = options(operation, options_json)?;
            client.download_file(url, path, options)
        })
    }
}

/// The same as ymchat_download_file, telling how far it has come.
///
/// @param progress  Is called for each part that is written, on the calling thread. It must not free
///                  the client. NULL for none.
/// @param user_data Is handed to progress; may be NULL.
///
/// # Safety
/// Each pointer is NULL, or as is said above.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ymchat_download_file_with_progress(
    client: *const ymchat_client,
    url: *const c_char,
    path: *const c_char,
    options_json: *const c_char,
    progress: ymchat_download_progress,
    user_data: *mut c_void,
    out_json: *mut *mut c_char,
) -> ymchat_status {
    let operation = "download_file";
    let mut floats = MaskedFloats::new();
    // SAFETY: as the caller promises.
    unsafe {
        guard(operation, out_json, || {
            let client = handles::client(operation, client)?;
            let url = text::required(operation, "url", url)?;
            let path = text::required(operation, "path", path)?;
            let options = options(operation, options_json)?;
            let Some(progress) = progress else { return client.download_file(url, path, options) };
            client.download_file_with_progress(url, path, options, |at| {
                let total = at.total.unwrap_or_default();
                // SAFETY: a function of this type, as the caller promises.
                let goes_on = floats.in_hosts_state(|| progress(user_data, at.bytes, total));
                if goes_on == 0 { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
            })
        })
    }
}

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
        guard(operation, out_json, || {
            let client = handles::client(operation, client)?;
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
        guard(operation, out_json, || {
            let client = handles::client(operation, client)?;
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
        guard(operation, out_json, || {
            let client = handles::client(operation, client)?;
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
        guard(operation, out_json, || {
            let client = handles::client(operation, client)?;
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
            return Err(invalid_argument(OPERATION, "out_scope is NULL"));
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

/// ==== Versions ====
/// YMCHAT_VERSION_NUMBER is for #if; these functions tell of the library that is loaded.
/// ====
///
/// The version of the library that is loaded, such as "0.1.0".
///
/// @return A static string; it must not be freed. Never NULL.
#[unsafe(no_mangle)]
pub extern "C" fn ymchat_version() -> *const c_char {
    VERSION.as_ptr()
}

/// The ABI of the library that is loaded; compare it with YMCHAT_ABI_VERSION, as is said there.
///
/// @return The number.
#[unsafe(no_mangle)]
pub extern "C" fn ymchat_abi_version() -> u32 {
    YMCHAT_ABI_VERSION
}

/// # Safety
/// `json` is NULL, or points to a NUL-terminated string that outlives the call.
unsafe fn options<'a>(operation: &'static str, json: *const c_char) -> Result<&'a str, Error> {
    // SAFETY: as the caller promises.
    Ok(unsafe { text::optional(operation, "options_json", json) }?.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use ymchat_core::Status;

    use super::*;

    #[test]
    fn the_versions_are_those_of_the_package() {
        let version =
            format!("{YMCHAT_VERSION_MAJOR}.{YMCHAT_VERSION_MINOR}.{YMCHAT_VERSION_PATCH}");
        assert_eq!(version, env!("CARGO_PKG_VERSION"));
        assert_eq!(VERSION.to_str(), Ok(env!("CARGO_PKG_VERSION")));
        let number =
            YMCHAT_VERSION_MAJOR * 10_000 + YMCHAT_VERSION_MINOR * 100 + YMCHAT_VERSION_PATCH;
        assert_eq!(YMCHAT_VERSION_NUMBER, number);
    }

    #[test]
    fn the_constants_are_the_statuses() {
        let constants = [
            ("OK", YMCHAT_OK),
            ("INVALID_ARGUMENT", YMCHAT_INVALID_ARGUMENT),
            ("UNAUTHORIZED", YMCHAT_UNAUTHORIZED),
            ("FORBIDDEN", YMCHAT_FORBIDDEN),
            ("NOT_FOUND", YMCHAT_NOT_FOUND),
            ("BAD_REQUEST", YMCHAT_BAD_REQUEST),
            ("RATE_LIMITED", YMCHAT_RATE_LIMITED),
            ("SERVER", YMCHAT_SERVER),
            ("NETWORK", YMCHAT_NETWORK),
            ("TIMEOUT", YMCHAT_TIMEOUT),
            ("OUTCOME_UNKNOWN", YMCHAT_OUTCOME_UNKNOWN),
            ("PROTOCOL", YMCHAT_PROTOCOL),
            ("CANCELLED", YMCHAT_CANCELLED),
            ("REJECTED", YMCHAT_REJECTED),
            ("INTERNAL", YMCHAT_INTERNAL),
        ];
        // A new status fails here until it has its constant.
        let failures = Status::ALL.iter().map(|status| (status.name(), status.code()));
        let statuses: Vec<_> = [("OK", 0)].into_iter().chain(failures).collect();
        assert_eq!(statuses, constants);
        for (name, number) in constants {
            // SAFETY: a static string.
            let text = unsafe { CStr::from_ptr(ymchat_status_name(number)) };
            assert_eq!(text.to_str(), Ok(name));
        }
    }
}
