//! Options and texts at the C boundary: any bytes, and never a crash.
#![no_main]

use std::ffi::CString;
use std::ptr;
use std::sync::OnceLock;

use libfuzzer_sys::fuzz_target;

extern crate ymchat as ymchat_core;

#[allow(dead_code, unused_imports)]
#[path = "../../bindings/c/src/lib.rs"]
mod ffi;

/// Nobody listens there, so whatever is accepted ends at once.
const CONFIG: &str = r#"{"apiKey": "ACMA:fuzz", "businessId": 5, "maxAttempts": 1,
    "baseUrl": "http://127.0.0.1:1", "callTimeoutMs": 1000}"#;

static CLIENT: OnceLock<usize> = OnceLock::new();

fn client() -> *const ffi::ymchat_client {
    let handle = CLIENT.get_or_init(|| {
        let config = CString::new(CONFIG).unwrap();
        let mut client = ptr::null_mut();
        // SAFETY: a C string and a place for a pointer.
        unsafe { ffi::ymchat_client_new(config.as_ptr(), &mut client, ptr::null_mut()) };
        client.expose_provenance()
    });
    ptr::with_exposed_provenance(*handle)
}

fuzz_target!(|input: (Vec<u8>, Vec<u8>, i64)| {
    let (options, text, id) = input;
    let (Ok(options), Ok(text)) = (CString::new(options), CString::new(text)) else {
        return;
    };
    let mut json = ptr::null_mut();
    // SAFETY: C strings, a live handle, and places for pointers; each string is freed once.
    unsafe {
        ffi::ymchat_get_chats(client(), options.as_ptr(), &mut json);
        ffi::ymchat_string_free(json);
        ffi::ymchat_send_message(client(), id, text.as_ptr(), options.as_ptr(), &mut json);
        ffi::ymchat_string_free(json);
        ffi::ymchat_create_chat(client(), text.as_ptr(), id, &mut json);
        ffi::ymchat_string_free(json);
    }
});
