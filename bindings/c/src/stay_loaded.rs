//! A library that was called once stays in its process.
//!
//! Rust's standard library never gives its thread-local keys back, and their destructors are code
//! of this library. Windows has 1,088 keys for a process: a host that loads and unloads a plug-in
//! some 360 times would be ended with "out of TLS indexes". Elsewhere the linker says that the
//! library stays (see build.rs); a DLL has no such mark, and has to say so itself.

/// Keeps the library in its place for as long as the process lives.
#[cfg(not(windows))]
pub(crate) fn stay_loaded() {}

/// Keeps the library in its place for as long as the process lives.
#[cfg(windows)]
pub(crate) fn stay_loaded() {
    use std::ffi::c_void;
    use std::ptr;
    use std::sync::atomic::{AtomicBool, Ordering};

    // https://learn.microsoft.com/windows/win32/api/libloaderapi/nf-libloaderapi-getmodulehandleexw
    const PIN: u32 = 1;
    const FROM_ADDRESS: u32 = 4;

    #[link(name = "kernel32")]
    unsafe extern "system" {
        fn GetModuleHandleExW(flags: u32, address: *const c_void, module: *mut *mut c_void) -> i32;
    }

    static DONE: AtomicBool = AtomicBool::new(false);

    if !DONE.load(Ordering::Relaxed) {
        let mut module = ptr::null_mut();
        // SAFETY: the address is one within this module, which is loaded while its code runs, and
        // `module` is a place for a handle. It fails only where the system does not know the
        // module, because the host has mapped it by itself; then the system cannot unload it.
        unsafe { GetModuleHandleExW(PIN | FROM_ADDRESS, (&raw const DONE).cast(), &mut module) };
        DONE.store(true, Ordering::Relaxed);
    }
}
