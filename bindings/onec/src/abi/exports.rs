//! The five functions by which the host finds the add-in. Nothing else leaves the library.

use std::ffi::{c_int, c_long};
use std::ptr;

use super::guard::guard;
use super::object::{self, Object};
use super::stay_loaded;
use super::types::Unit;
use super::values;

/// `eCanAttachAny`: inside of the host's process, and in one of its own.
const ANY: c_int = 3;
/// `eAppCapabilitiesLast` of the API that the add-in knows.
const CAPABILITIES: c_int = 3;

static CLASS: [Unit; 7] =
    [b'Y' as Unit, b'M' as Unit, b'C' as Unit, b'h' as Unit, b'a' as Unit, b't' as Unit, 0];

/// The names of the classes; one here. The text is static.
#[unsafe(no_mangle)]
pub extern "C" fn GetClassNames() -> *const Unit {
    CLASS.as_ptr()
}

/// Makes an object; 0 for a class that does not exist.
///
/// # Safety
/// `name` is NULL or a text with a NUL at its end; `out` is NULL or a place for a pointer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn GetClassObject(name: *const Unit, out: *mut *mut Object) -> c_long {
    guard(0, || {
        // SAFETY: as the caller promises.
        let name = unsafe { values::text_until_nul(name) };
        if out.is_null() || !name.is_some_and(|name| name.eq_ignore_ascii_case("YMChat")) {
            return 0;
        }
        stay_loaded::stay_loaded();
        // SAFETY: not NULL, so a place for a pointer.
        unsafe { out.write_unaligned(object::create()) };
        1
    })
}

/// Deletes an object, and takes its pointer away; -1 where there is none.
///
/// # Safety
/// `object` is NULL, or a place with NULL or with a pointer from [`GetClassObject`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn DestroyObject(object: *mut *mut Object) -> c_long {
    guard(-1, || {
        if object.is_null() {
            return -1;
        }
        // SAFETY: not NULL, so a place for a pointer, which is ours or NULL.
        unsafe {
            let held = object.read_unaligned();
            if held.is_null() {
                return -1;
            }
            object.write_unaligned(ptr::null_mut());
            object::delete(held);
        }
        0
    })
}

/// Takes what the platform can do, and says what of it the add-in knows.
#[unsafe(no_mangle)]
pub extern "C" fn SetPlatformCapabilities(_capabilities: c_int) -> c_int {
    CAPABILITIES
}

/// How the add-in may be attached.
#[unsafe(no_mangle)]
pub extern "C" fn GetAttachType() -> c_int {
    ANY
}
