//! JSON for programs without an exact reader: documents behind handles, and values by JSON Pointer.

use std::collections::HashMap;
use std::ptr;
use std::sync::{Arc, PoisonError, RwLock};

use libc::{c_char, size_t};
use ymchat_core::internal::invalid_argument;
use ymchat_core::{Error, JsonDocument, JsonError, json_quote};

use super::guard::guard_silently;
use super::types::ymchat_status;
use super::{handles, sentences, strings, text};

static LIVE: RwLock<Option<HashMap<usize, Arc<JsonDocument>>>> = RwLock::new(None);

/// A parsed JSON document. Opaque, like ymchat_client; it may be read by many threads at once.
#[allow(non_camel_case_types)]
#[derive(Debug)]
pub struct ymchat_json {
    _opaque: [u8; 0],
}

/// ==== Reading JSON ====
/// For programs without a JSON reader of their own, or with one that keeps numbers as doubles:
/// ids above 2^53 are exact here. A document is parsed once; then its values are read by JSON
/// Pointer (RFC 6901): "" is the whole, "/messages/0/messageId" a member of the first message; "/"
/// in a key is written "~1", and "~" is written "~0".
///
/// Each reader returns YMCHAT_OK, or YMCHAT_NOT_FOUND where nothing or null stands there, or
/// YMCHAT_INVALID_ARGUMENT: a value of another kind, a wrong pointer, a stale document. Then the
/// place for the value receives 0 or NULL.
/// ====
///
/// Parses a text of at most 64 MiB, nested at most 127 levels deep. It is copied.
///
/// @param text         The text.
/// @param out_document Receives the document, to be freed with ymchat_json_free; NULL on failure.
/// @return YMCHAT_OK, or YMCHAT_INVALID_ARGUMENT where the text is not JSON.
///
/// # Safety
/// Each pointer is NULL, or as is said above.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ymchat_json_parse(
    text: *const c_char,
    out_document: *mut *mut ymchat_json,
) -> ymchat_status {
    const OPERATION: &str = "json_parse";
    // SAFETY: as the caller promises.
    unsafe {
        give(OPERATION, out_document, ptr::null_mut(), || {
            let text = text::required(OPERATION, "text", text)?;
            let document = Arc::new(JsonDocument::parse(text)?);
            let handle = handles::next_number();
            let mut live = LIVE.write().unwrap_or_else(PoisonError::into_inner);
            live.get_or_insert_default().insert(handle, document);
            Ok(ptr::without_provenance_mut(handle))
        })
    }
}

/// The characters of a string, escapes resolved. A U+0000 in it, which would end it, and half of a
/// surrogate pair become U+FFFD.
///
/// @param document The document.
/// @param pointer  Where the value stands.
/// @param out_text Receives the text, to be freed with ymchat_string_free.
///
/// # Safety
/// Each pointer is NULL, or as is said above.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ymchat_json_text(
    document: *const ymchat_json,
    pointer: *const c_char,
    out_text: *mut *mut c_char,
) -> ymchat_status {
    const OPERATION: &str = "json_text";
    // SAFETY: as the caller promises.
    unsafe {
        read(OPERATION, document, pointer, out_text, ptr::null_mut(), |document, pointer| {
            Ok(c_string(document.text_for_c(pointer)?.into_owned()))
        })
    }
}

/// An integer, exactly. The service gives some ids as strings: those are read, too.
///
/// @param document   The document.
/// @param pointer    Where the value stands.
/// @param out_number Receives the number.
///
/// # Safety
/// Each pointer is NULL, or as is said above.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ymchat_json_int64(
    document: *const ymchat_json,
    pointer: *const c_char,
    out_number: *mut i64,
) -> ymchat_status {
    // SAFETY: as the caller promises.
    unsafe { read("json_int64", document, pointer, out_number, 0, JsonDocument::int64) }
}

/// True or false.
///
/// @param document The document.
/// @param pointer  Where the value stands.
/// @param out_flag Receives 1 or 0.
///
/// # Safety
/// Each pointer is NULL, or as is said above.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ymchat_json_bool(
    document: *const ymchat_json,
    pointer: *const c_char,
    out_flag: *mut i32,
) -> ymchat_status {
    // SAFETY: as the caller promises.
    unsafe {
        read("json_bool", document, pointer, out_flag, 0, |document, pointer| {
            document.boolean(pointer).map(i32::from)
        })
    }
}

/// How many items an array has, or how many members an object.
///
/// @param document  The document.
/// @param pointer   Where the array or object stands.
/// @param out_count Receives the number.
///
/// # Safety
/// Each pointer is NULL, or as is said above.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ymchat_json_count(
    document: *const ymchat_json,
    pointer: *const c_char,
    out_count: *mut size_t,
) -> ymchat_status {
    // SAFETY: as the caller promises.
    unsafe { read("json_count", document, pointer, out_count, 0, JsonDocument::count) }
}

/// The key of an object's member, for objects whose keys are not known before.
///
/// @param document The document.
/// @param pointer  Where the object stands.
/// @param index    Which member, from 0, in the order of the text.
/// @param out_key  Receives the key, to be freed with ymchat_string_free.
///
/// # Safety
/// Each pointer is NULL, or as is said above.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ymchat_json_key(
    document: *const ymchat_json,
    pointer: *const c_char,
    index: size_t,
    out_key: *mut *mut c_char,
) -> ymchat_status {
    const OPERATION: &str = "json_key";
    // SAFETY: as the caller promises.
    unsafe {
        read(OPERATION, document, pointer, out_key, ptr::null_mut(), |document, pointer| {
            Ok(c_string(document.key_for_c(pointer, index)?.into_owned()))
        })
    }
}

/// The value's own JSON, of whatever kind, as it stands in the document; null is "null".
///
/// @param document The document.
/// @param pointer  Where the value stands.
/// @param out_text Receives the text, to be freed with ymchat_string_free.
///
/// # Safety
/// Each pointer is NULL, or as is said above.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ymchat_json_raw(
    document: *const ymchat_json,
    pointer: *const c_char,
    out_text: *mut *mut c_char,
) -> ymchat_status {
    const OPERATION: &str = "json_raw";
    // SAFETY: as the caller promises.
    unsafe {
        read(OPERATION, document, pointer, out_text, ptr::null_mut(), |document, pointer| {
            Ok(c_string(document.raw(pointer)?.to_owned()))
        })
    }
}

/// Frees a document. What was read from it stays.
///
/// @param document The document, or NULL. A second time it is YMCHAT_INVALID_ARGUMENT, and nothing
///                 happens.
/// @return YMCHAT_OK or YMCHAT_INVALID_ARGUMENT.
#[unsafe(no_mangle)]
pub extern "C" fn ymchat_json_free(document: *mut ymchat_json) -> ymchat_status {
    const OPERATION: &str = "json_free";
    guard_silently(OPERATION, || {
        if document.is_null() {
            return Ok(());
        }
        let mut live = LIVE.write().unwrap_or_else(PoisonError::into_inner);
        let removed = live.as_mut().and_then(|live| live.remove(&document.addr()));
        if live.as_ref().is_some_and(HashMap::is_empty) {
            // Nothing is left behind in a host that unloads the library.
            *live = None;
        }
        drop(live);
        removed.map(drop).ok_or_else(|| unknown(OPERATION, document))
    })
}

/// A text as a JSON string, with its quotation marks, for options and contents that are written by
/// hand.
///
/// @param text     The text.
/// @param out_text Receives the JSON string, to be freed with ymchat_string_free; NULL on failure.
/// @return YMCHAT_OK or YMCHAT_INVALID_ARGUMENT.
///
/// # Safety
/// Each pointer is NULL, or as is said above.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ymchat_json_quote(
    text: *const c_char,
    out_text: *mut *mut c_char,
) -> ymchat_status {
    const OPERATION: &str = "json_quote";
    // SAFETY: as the caller promises.
    unsafe {
        give(OPERATION, out_text, ptr::null_mut(), || {
            Ok(c_string(json_quote(text::required(OPERATION, "text", text)?)))
        })
    }
}

fn c_string(text: String) -> *mut c_char {
    strings::hand_out(text.into())
}

/// The shape of every reader: a live document and a pointer in, a value out.
///
/// # Safety
/// `pointer` is NULL or a NUL-terminated string, `out` NULL or a place for the value.
unsafe fn read<T: Copy>(
    operation: &'static str,
    document: *const ymchat_json,
    pointer: *const c_char,
    out: *mut T,
    nothing: T,
    value: impl FnOnce(&JsonDocument, &str) -> Result<T, JsonError>,
) -> ymchat_status {
    // SAFETY: as the caller promises.
    unsafe {
        give(operation, out, nothing, || {
            let pointer = text::required(operation, "pointer", pointer)?;
            let document = {
                let live = LIVE.read().unwrap_or_else(PoisonError::into_inner);
                let found = live.as_ref().and_then(|live| live.get(&document.addr()));
                found.cloned().ok_or_else(|| unknown(operation, document))?
            };
            Ok(value(&document, pointer)?)
        })
    }
}

/// Writes the value, or `nothing` where there is none.
///
/// # Safety
/// `out` is NULL, or a place for the value.
unsafe fn give<T: Copy>(
    operation: &'static str,
    out: *mut T,
    nothing: T,
    value: impl FnOnce() -> Result<T, Error>,
) -> ymchat_status {
    guard_silently(operation, || {
        if out.is_null() {
            return Err(invalid_argument(operation, sentences::no_place()));
        }
        // SAFETY: not NULL, so a place for the value, as the caller promises; it may lie in a
        // packed record.
        unsafe { out.write_unaligned(nothing) };
        let value = value()?;
        // SAFETY: as above.
        unsafe { out.write_unaligned(value) };
        Ok(())
    })
}

fn unknown(operation: &'static str, document: *const ymchat_json) -> Error {
    let what = if document.is_null() {
        sentences::is_null("document")
    } else {
        sentences::not_a_handle("document")
    };
    invalid_argument(operation, what)
}
