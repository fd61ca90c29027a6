//! The types and the numbers of the header.

use libc::{c_char, c_void};

/// How a call ended: one of the YMCHAT_… numbers below. They are pinned for ever.
#[allow(non_camel_case_types)]
pub type ymchat_status = i32;

/// Success; *out_json is the result.
pub const YMCHAT_OK: ymchat_status = 0;
/// An argument, an option or the configuration is wrong. Nothing was sent.
pub const YMCHAT_INVALID_ARGUMENT: ymchat_status = 1;
/// HTTP 401: no credential, or a malformed or revoked one.
pub const YMCHAT_UNAUTHORIZED: ymchat_status = 2;
/// HTTP 403: the credential grants no access to this business or this operation.
pub const YMCHAT_FORBIDDEN: ymchat_status = 3;
/// HTTP 404: no such chat or message.
pub const YMCHAT_NOT_FOUND: ymchat_status = 4;
/// Another 4xx, or an answer that says ERROR: the service rejected the request.
pub const YMCHAT_BAD_REQUEST: ymchat_status = 5;
/// A limit is used up. Wait "retryAfterMs", then call again.
pub const YMCHAT_RATE_LIMITED: ymchat_status = 6;
/// HTTP 5xx: the service failed. Call again later.
pub const YMCHAT_SERVER: ymchat_status = 7;
/// No connection, or it broke.
pub const YMCHAT_NETWORK: ymchat_status = 8;
/// No answer in time.
pub const YMCHAT_TIMEOUT: ymchat_status = 9;
/// A send that may or may not have arrived: look into the chat before it is sent again, or send it
/// with the "ticket" of the error document.
pub const YMCHAT_OUTCOME_UNKNOWN: ymchat_status = 10;
/// The answer is not what the API promises.
pub const YMCHAT_PROTOCOL: ymchat_status = 11;
/// The call was cancelled by ymchat_client_cancel or ymchat_client_free.
pub const YMCHAT_CANCELLED: ymchat_status = 12;
/// The message check rejected the text.
pub const YMCHAT_REJECTED: ymchat_status = 13;
/// A defect of this library; the message holds what is known of it.
pub const YMCHAT_INTERNAL: ymchat_status = 14;

/// The version of this header: major.
pub const YMCHAT_VERSION_MAJOR: u32 = 0;
/// The version of this header: minor.
pub const YMCHAT_VERSION_MINOR: u32 = 1;
/// The version of this header: patch.
pub const YMCHAT_VERSION_PATCH: u32 = 0;
/// The version of this header as one number, for #if: major × 10000 + minor × 100 + patch.
pub const YMCHAT_VERSION_NUMBER: u32 = 100;
/// The ABI of this header: major × 65536 + minor. A library fits if its major is the same and
/// its minor is not less; the major is that of the soname.
///
/// A release that adds functions, options or settings raises the minor; one that changes or takes
/// away what a program may rely on raises the major. The number counts releases: before the first
/// one, which has 1, it stands still. A status is never given another meaning.
pub const YMCHAT_ABI_VERSION: u32 = 1;

/// How far a sync has come: chats that were looked at, and new messages that were found. Returns 0
/// to go on; any other number ends the call with YMCHAT_CANCELLED.
#[allow(non_camel_case_types)]
pub type ymchat_sync_progress =
    Option<unsafe extern "C" fn(user_data: *mut c_void, chats: u64, messages: u64) -> i32>;

/// How far a download has come: bytes that were received, and the length of the file, 0 where it is
/// not known. Returns 0 to go on; any other number ends the call with YMCHAT_CANCELLED.
#[allow(non_camel_case_types)]
pub type ymchat_download_progress =
    Option<unsafe extern "C" fn(user_data: *mut c_void, bytes: u64, total: u64) -> i32>;

/// A line of the log: something went wrong that a person should look at.
pub const YMCHAT_LOG_ERROR: i32 = 1;
/// A line of the log: a call goes on, but without something that belongs to it.
pub const YMCHAT_LOG_WARN: i32 = 2;
/// A line of the log: a wait or a repetition, and why.
pub const YMCHAT_LOG_INFO: i32 = 3;
/// A line of the log: a request and its answer.
pub const YMCHAT_LOG_DEBUG: i32 = 4;

/// Receives a line of the log: its level, and its text in UTF-8, which lives until the function
/// returns.
#[allow(non_camel_case_types)]
pub type ymchat_log_callback =
    Option<unsafe extern "C" fn(user_data: *mut c_void, level: i32, text: *const c_char)>;

/// A client. Opaque: what the pointer holds is no address, and must not be looked at.
#[allow(non_camel_case_types)]
#[derive(Debug)]
pub struct ymchat_client {
    _opaque: [u8; 0],
}
