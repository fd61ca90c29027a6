//! The shops of a key, and what it may do.

use libc::c_char;

use super::super::guard::guard;
use super::super::handles;
use super::super::text::options;
use super::super::types::*;

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
        handles::call(operation, client, out_json, |client| {
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
