//! The memory layout of the Native API.

#[cfg(windows)]
use std::ffi::c_uint;
use std::ffi::{c_int, c_long, c_ulong, c_void};

/// A unit of UTF-16: `WCHAR_T`.
pub(super) type Unit = u16;

/// The numbers of `tVariant.vt`.
pub(super) mod vt {
    pub(in crate::abi) const EMPTY: u16 = 0;
    pub(in crate::abi) const NULL: u16 = 1;
    pub(in crate::abi) const I2: u16 = 2;
    pub(in crate::abi) const I4: u16 = 3;
    pub(in crate::abi) const R4: u16 = 4;
    pub(in crate::abi) const R8: u16 = 5;
    pub(in crate::abi) const TM: u16 = 7;
    pub(in crate::abi) const BOOL: u16 = 11;
    pub(in crate::abi) const I1: u16 = 13;
    pub(in crate::abi) const UI1: u16 = 14;
    pub(in crate::abi) const UI2: u16 = 15;
    pub(in crate::abi) const UI4: u16 = 16;
    pub(in crate::abi) const I8: u16 = 17;
    pub(in crate::abi) const UI8: u16 = 18;
    pub(in crate::abi) const INT: u16 = 19;
    pub(in crate::abi) const UINT: u16 = 20;
    pub(in crate::abi) const PWSTR: u16 = 22;
    pub(in crate::abi) const BLOB: u16 = 23;
}

/// `struct tm` of the C library: glibc's has two members more than that of Windows.
#[repr(C)]
#[derive(Clone, Copy)]
pub(super) struct Tm {
    pub(super) second: c_int,
    pub(super) minute: c_int,
    pub(super) hour: c_int,
    pub(super) day: c_int,
    pub(super) month: c_int,
    pub(super) year: c_int,
    pub(super) weekday: c_int,
    pub(super) day_of_year: c_int,
    pub(super) is_summer: c_int,
    #[cfg(not(windows))]
    pub(super) offset: c_long,
    #[cfg(not(windows))]
    pub(super) zone: *const std::ffi::c_char,
}

/// A pointer to a text or to bytes, and how many units or bytes there are.
#[repr(C)]
#[derive(Clone, Copy)]
pub(super) struct Counted {
    pub(super) start: *mut c_void,
    pub(super) length: u32,
}

/// A pointer to an interface, and its GUID; nothing uses it, but it has its size.
#[repr(C)]
#[derive(Clone, Copy)]
pub(super) struct Interface {
    start: *mut c_void,
    id: [u32; 4],
}

#[repr(C)]
#[derive(Clone, Copy)]
pub(super) union Contents {
    pub(super) i1: i8,
    pub(super) i2: i16,
    pub(super) i4: i32,
    pub(super) i8: i64,
    pub(super) ui1: u8,
    pub(super) ui2: u16,
    pub(super) ui4: u32,
    pub(super) ui8: u64,
    pub(super) r4: f32,
    pub(super) r8: f64,
    pub(super) flag: u8,
    pub(super) counted: Counted,
    pub(super) interface: Interface,
    pub(super) tm: Tm,
}

/// `tVariant`.
#[repr(C)]
#[derive(Clone, Copy)]
pub(super) struct Variant {
    pub(super) contents: Contents,
    /// Of arrays; 0 otherwise.
    pub(super) elements: u32,
    pub(super) vt: u16,
}

#[cfg(all(not(windows), target_pointer_width = "64"))]
const _: () = {
    assert!(size_of::<Tm>() == 56);
    assert!(size_of::<Variant>() == 64);
    assert!(std::mem::offset_of!(Variant, elements) == 56);
    assert!(std::mem::offset_of!(Variant, vt) == 60);
};
#[cfg(windows)]
const _: () = {
    assert!(size_of::<Tm>() == 36);
    assert!(size_of::<Variant>() == 48);
    assert!(std::mem::offset_of!(Variant, elements) == 40);
    assert!(std::mem::offset_of!(Variant, vt) == 44);
    assert!(size_of::<c_long>() == 4);
};
const _: () = assert!(std::mem::offset_of!(Counted, length) == size_of::<usize>());

/// What a table of virtual functions begins with: the destructor, in the form of the platform's C++
/// compiler. Tables of the host's objects begin with slots of this size, too.
#[cfg(not(windows))]
#[repr(C)]
pub(super) struct Destructors {
    /// Destroys the object, and leaves its memory.
    pub(super) destroy: extern "C" fn(*mut c_void),
    /// Destroys and frees it.
    pub(super) delete: extern "C" fn(*mut c_void),
}

/// On Windows there is one, which frees the memory if the lowest bit of its argument says so.
#[cfg(all(windows, not(target_arch = "x86")))]
#[repr(C)]
pub(super) struct Destructors {
    pub(super) destroy: extern "C" fn(*mut c_void, c_uint) -> *mut c_void,
}

/// The destructor has no calling convention of its own in the headers: it is the compiler's.
#[cfg(all(windows, target_arch = "x86"))]
#[repr(C)]
pub(super) struct Destructors {
    pub(super) destroy: extern "thiscall" fn(*mut c_void, c_uint) -> *mut c_void,
}

#[cfg(windows)]
const _: () = assert!(size_of::<Destructors>() == size_of::<usize>());
#[cfg(not(windows))]
const _: () = assert!(size_of::<Destructors>() == 2 * size_of::<usize>());

/// `IInitDoneBase`.
#[repr(C)]
pub(super) struct InitDoneTable {
    pub(super) destructors: Destructors,
    pub(super) init: extern "system" fn(*mut c_void, *mut c_void) -> bool,
    pub(super) set_memory_manager: extern "system" fn(*mut c_void, *mut c_void) -> bool,
    pub(super) get_info: extern "system" fn(*mut c_void) -> c_long,
    pub(super) done: extern "system" fn(*mut c_void),
}

/// `ILanguageExtenderBase`.
#[repr(C)]
pub(super) struct ExtenderTable {
    pub(super) destructors: Destructors,
    pub(super) register_extension_as: extern "system" fn(*mut c_void, *mut *mut Unit) -> bool,
    pub(super) get_n_props: extern "system" fn(*mut c_void) -> c_long,
    pub(super) find_prop: extern "system" fn(*mut c_void, *const Unit) -> c_long,
    pub(super) get_prop_name: extern "system" fn(*mut c_void, c_long, c_long) -> *const Unit,
    pub(super) get_prop_val: extern "system" fn(*mut c_void, c_long, *mut Variant) -> bool,
    pub(super) set_prop_val: extern "system" fn(*mut c_void, c_long, *mut Variant) -> bool,
    pub(super) is_prop_readable: extern "system" fn(*mut c_void, c_long) -> bool,
    pub(super) is_prop_writable: extern "system" fn(*mut c_void, c_long) -> bool,
    pub(super) get_n_methods: extern "system" fn(*mut c_void) -> c_long,
    pub(super) find_method: extern "system" fn(*mut c_void, *const Unit) -> c_long,
    pub(super) get_method_name: extern "system" fn(*mut c_void, c_long, c_long) -> *const Unit,
    pub(super) get_n_params: extern "system" fn(*mut c_void, c_long) -> c_long,
    pub(super) get_param_def_value:
        extern "system" fn(*mut c_void, c_long, c_long, *mut Variant) -> bool,
    pub(super) has_ret_val: extern "system" fn(*mut c_void, c_long) -> bool,
    pub(super) call_as_proc: extern "system" fn(*mut c_void, c_long, *mut Variant, c_long) -> bool,
    pub(super) call_as_func:
        extern "system" fn(*mut c_void, c_long, *mut Variant, *mut Variant, c_long) -> bool,
}

/// `LocaleBase`, and `UserLanguageBase`, which has the same form.
#[repr(C)]
pub(super) struct LocaleTable {
    pub(super) destructors: Destructors,
    pub(super) set_locale: extern "system" fn(*mut c_void, *const Unit),
}

/// The part of the host's `IAddInDefBase` that is used. Its destructors are never called.
#[repr(C)]
pub(super) struct ConnectionTable {
    pub(super) destructors: Destructors,
    pub(super) add_error:
        extern "system" fn(*mut c_void, u16, *const Unit, *const Unit, c_long) -> bool,
}

/// The host's `IMemoryManager`.
#[repr(C)]
pub(super) struct MemoryTable {
    pub(super) destructors: Destructors,
    pub(super) alloc: extern "system" fn(*mut c_void, *mut *mut c_void, c_ulong) -> bool,
    pub(super) free: extern "system" fn(*mut c_void, *mut *mut c_void),
}
