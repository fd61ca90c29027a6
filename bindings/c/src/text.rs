//! Texts and bytes that come in from C.

use std::ffi::CStr;
use std::slice;

use libc::c_char;

use ymchat_core::Error;
use ymchat_core::internal::invalid_argument;

use super::sentences;

/// A text that has to be there.
///
/// # Safety
/// `pointer` is NULL, or points to a NUL-terminated string that outlives the call.
pub(super) unsafe fn required<'a>(
    operation: &'static str,
    name: &str,
    pointer: *const c_char,
) -> Result<&'a str, Error> {
    // SAFETY: as the caller promises.
    unsafe { optional(operation, name, pointer) }?
        .ok_or_else(|| invalid_argument(operation, sentences::is_null(name)))
}

/// A text that may be left out.
///
/// # Safety
/// As for [`required`].
pub(super) unsafe fn optional<'a>(
    operation: &'static str,
    name: &str,
    pointer: *const c_char,
) -> Result<Option<&'a str>, Error> {
    if pointer.is_null() {
        return Ok(None);
    }
    // SAFETY: not NULL, so a NUL-terminated string, as the caller promises.
    let text = unsafe { CStr::from_ptr(pointer) };
    match text.to_str() {
        Ok(text) => Ok(Some(text)),
        Err(error) => {
            Err(invalid_argument(operation, sentences::not_utf8(name, error.valid_up_to())))
        }
    }
}

/// Bytes with a length.
///
/// # Safety
/// `data` is NULL, or points to `length` bytes that outlive the call; where `check` refuses the
/// length, nothing is read.
pub(super) unsafe fn bytes<'a>(
    operation: &'static str,
    name: &str,
    data: *const u8,
    length: usize,
    check: impl FnOnce(usize) -> Result<(), Error>,
) -> Result<&'a [u8], Error> {
    if length == 0 {
        return Ok(&[]);
    }
    if data.is_null() {
        return Err(invalid_argument(operation, sentences::null_with_length(name)));
    }
    // Before there is a slice: a wrong length must not even be claimed to Rust.
    check(length)?;
    // SAFETY: not NULL, and so many bytes, as the caller promises.
    Ok(unsafe { slice::from_raw_parts(data, length) })
}

/// The options of a call; none where they are NULL or empty.
///
/// # Safety
/// `json` is NULL, or points to a NUL-terminated string that outlives the call.
pub(super) unsafe fn options<'a>(
    operation: &'static str,
    json: *const c_char,
) -> Result<&'a str, Error> {
    // SAFETY: as the caller promises.
    Ok(unsafe { optional(operation, "options_json", json) }?.unwrap_or_default())
}
