//! The host's own objects: its connection, which takes errors, and its memory.

use std::ffi::{c_ulong, c_void};
use std::ptr;
use std::sync::atomic::{AtomicPtr, Ordering};

use super::types::{ConnectionTable, MemoryTable, Unit};

/// `ADDIN_E_FAIL`.
const FAILURE: u16 = 1006;
/// The host throws an exception where this is not 0.
const THROW: i32 = 1;

/// What the host has given to one object; NULL where it has not yet.
#[derive(Default)]
pub(super) struct Host {
    connection: AtomicPtr<c_void>,
    memory: AtomicPtr<c_void>,
}

/// Memory of the host's manager, which was not handed out yet.
pub(super) struct HostMemory<'h> {
    host: &'h Host,
    start: *mut c_void,
}

impl Host {
    /// # Safety
    /// `connection` is NULL, or an `IAddInDefBase` that lives until NULL takes its place.
    pub(super) unsafe fn set_connection(&self, connection: *mut c_void) {
        self.connection.store(connection, Ordering::Release);
    }

    /// # Safety
    /// `memory` is NULL, or an `IMemoryManager` that lives as long as this object.
    pub(super) unsafe fn set_memory(&self, memory: *mut c_void) {
        self.memory.store(memory, Ordering::Release);
    }

    /// Hands the host an error, which becomes an exception.
    pub(super) fn throw(&self, sentence: &str) {
        let connection = self.connection.load(Ordering::Acquire);
        if connection.is_null() {
            return;
        }
        let source = with_nul("YMChat");
        let text = with_nul(sentence);
        // SAFETY: the host's object, as `set_connection` demands; both texts live over the call.
        unsafe {
            let table = connection.cast::<*const ConnectionTable>().read();
            ((*table).add_error)(connection, FAILURE, source.as_ptr(), text.as_ptr(), THROW as _);
        }
    }

    /// Memory for `bytes` bytes; `None` where the host has none.
    pub(super) fn allocate(&self, bytes: usize) -> Option<HostMemory<'_>> {
        let memory = self.memory.load(Ordering::Acquire);
        let bytes = c_ulong::try_from(bytes).ok()?;
        if memory.is_null() {
            return None;
        }
        let mut start = ptr::null_mut();
        // SAFETY: the host's object, as `set_memory` demands, and a place for a pointer.
        let given = unsafe {
            let table = memory.cast::<*const MemoryTable>().read();
            ((*table).alloc)(memory, &mut start, bytes)
        };
        (given && !start.is_null()).then_some(HostMemory { host: self, start })
    }

    /// The text in memory of the host, which frees it, with a NUL behind it; and its length.
    pub(super) fn text(&self, text: &str) -> Option<(*mut Unit, u32)> {
        let length = text.encode_utf16().count();
        let counted = u32::try_from(length).ok()?;
        let memory = self.allocate(length.checked_add(1)?.checked_mul(size_of::<Unit>())?)?;
        let start = memory.hand_out().cast::<Unit>();
        for (index, unit) in text.encode_utf16().chain([0]).enumerate() {
            // SAFETY: there is room for `length` units and a NUL.
            unsafe { start.add(index).write_unaligned(unit) };
        }
        Some((start, counted))
    }

    /// The bytes in memory of the host, which frees it; and how many they are.
    pub(super) fn bytes(&self, bytes: &[u8]) -> Option<(*mut c_void, u32)> {
        let counted = u32::try_from(bytes.len()).ok()?;
        let start = self.allocate(bytes.len())?.hand_out();
        // SAFETY: there is room for as many bytes, and the host's memory is none of ours.
        unsafe { ptr::copy_nonoverlapping(bytes.as_ptr(), start.cast(), bytes.len()) };
        Some((start, counted))
    }
}

impl HostMemory<'_> {
    /// The memory, which is the host's from now on.
    pub(super) fn hand_out(self) -> *mut c_void {
        let start = self.start;
        std::mem::forget(self);
        start
    }
}

impl Drop for HostMemory<'_> {
    fn drop(&mut self) {
        let memory = self.host.memory.load(Ordering::Acquire);
        // SAFETY: what `allocate` was given, by the same manager.
        unsafe {
            let table = memory.cast::<*const MemoryTable>().read();
            ((*table).free)(memory, &mut self.start);
        }
    }
}

/// A text for a function that looks for its NUL.
fn with_nul(text: &str) -> Vec<Unit> {
    text.encode_utf16().filter(|unit| *unit != 0).chain([0]).collect()
}
