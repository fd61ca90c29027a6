//! Staying loaded.

/// Rust's standard library never gives its thread-local keys back: a host that unloads and loads the
/// add-in some hundred times would run out of them and be aborted. So the add-in stays loaded until
/// the process ends; on Linux its linker flags (build.rs) see to that.
#[cfg(windows)]
pub(super) fn stay_loaded() {
    use std::ffi::c_void;
    use std::ptr;
    use std::sync::Once;

    const PIN: u32 = 1;
    const FROM_ADDRESS: u32 = 4;

    // SAFETY: as Windows declares it.
    unsafe extern "system" {
        fn GetModuleHandleExW(flags: u32, address: *const c_void, module: *mut *mut c_void) -> i32;
    }

    static PINNED: Once = Once::new();
    PINNED.call_once(|| {
        let mut module = ptr::null_mut();
        let here = stay_loaded as fn() as *const c_void;
        // SAFETY: an address of this module, and a place for its handle. A failure leaves
        // everything as it was.
        unsafe { GetModuleHandleExW(PIN | FROM_ADDRESS, here, &mut module) };
    });
}

#[cfg(not(windows))]
pub(super) fn stay_loaded() {}
