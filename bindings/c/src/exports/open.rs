//! Opening and closing a client, and what it hands out.

use std::ptr;

use libc::c_char;
use ymchat_core::RawClient;
use ymchat_core::internal::invalid_argument;

use super::super::guard::{guard, guard_silently};
use super::super::sentences;
use super::super::types::*;
use super::super::{handles, strings, text};

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
/// "language" ("en" or "ru", of the sentences in error documents),
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
            return Err(invalid_argument(OPERATION, sentences::is_null("out_client")));
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
/// A callback of this library cannot end a client that has calls under way, least of all the one that
/// called it: they might wait for each other. It is YMCHAT_INVALID_ARGUMENT, and nothing happens.
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

/// Frees a string that this library handed out: an out_json, out_text or out_key.
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
