//! The versions of the library that is loaded.

use std::ffi::CStr;

use libc::c_char;

use super::super::types::*;

pub(super) const VERSION: &CStr = {
    match CStr::from_bytes_with_nul(concat!(env!("CARGO_PKG_VERSION"), "\0").as_bytes()) {
        Ok(version) => version,
        Err(_) => panic!("the package's version holds a NUL"),
    }
};

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
