//! Files of messages.

use std::ops::ControlFlow;

use libc::{c_char, c_void};

use super::super::floats::MaskedFloats;
use super::super::text::options;
use super::super::types::*;
use super::super::{handles, text};

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
        handles::call(operation, client, out_json, |client| {
            let url = text::required(operation, "url", url)?;
            let path = text::required(operation, "path", path)?;
            let options = options(operation, options_json)?;
            client.download_file(url, path, options)
        })
    }
}

/// The same as ymchat_download_file, telling how far it has come.
///
/// @param progress  Is called for each part that is written, on the calling thread. It cannot free
///                  the client (YMCHAT_INVALID_ARGUMENT, and nothing happens). NULL for none.
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
        handles::call(operation, client, out_json, |client| {
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
