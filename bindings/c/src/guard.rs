//! The one boundary: every exported function is one call of [`guard`].

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr;

use libc::c_char;
use ymchat_core::internal::defect;
use ymchat_core::sentences::verbatim;
use ymchat_core::{Error, JsonText};

use super::floats::MaskedFloats;
use super::stay_loaded::stay_loaded;
use super::strings::{self, Document};
use super::types::{YMCHAT_OK, ymchat_status};

/// What an exported function hands out.
pub(super) trait Output {
    fn into_document(self) -> Option<Document>;
}

impl Output for JsonText {
    fn into_document(self) -> Option<Document> {
        Some(self.into())
    }
}

impl Output for String {
    fn into_document(self) -> Option<Document> {
        Some(self.into())
    }
}

impl Output for () {
    fn into_document(self) -> Option<Document> {
        None
    }
}

/// Runs `body` with panics caught and floating-point exceptions masked, and hands out its result or
/// its error.
///
/// # Safety
/// `out_json` is NULL, or points to a place for a pointer.
pub(super) unsafe fn guard<T: Output>(
    operation: &'static str,
    out_json: *mut *mut c_char,
    body: impl FnOnce() -> Result<T, Error>,
) -> ymchat_status {
    stay_loaded();
    let _floats = MaskedFloats::new();
    let outcome = catch_unwind(AssertUnwindSafe(body))
        .unwrap_or_else(|panic| Err(panicked(operation, panic)));
    let status = outcome.as_ref().map_or_else(|error| error.status().code(), |_| YMCHAT_OK);
    if !out_json.is_null() {
        let json = match outcome {
            Ok(output) => output.into_document(),
            Err(error) => Some(error.to_json().into()),
        };
        let text = json.map_or(ptr::null_mut(), strings::hand_out);
        // SAFETY: not NULL, so a place for a pointer, as the caller promises; a host may keep
        // it in a packed record.
        unsafe { out_json.write_unaligned(text) };
    }
    status
}

/// Like [`guard`], for functions that have no `out_json`.
pub(super) fn guard_silently(
    operation: &'static str,
    body: impl FnOnce() -> Result<(), Error>,
) -> ymchat_status {
    // SAFETY: NULL is allowed.
    unsafe { guard(operation, ptr::null_mut(), body) }
}

fn panicked(operation: &'static str, panic: Box<dyn Any + Send>) -> Error {
    let text = match (panic.downcast_ref::<&str>(), panic.downcast_ref::<String>()) {
        (Some(text), _) => (*text).to_owned(),
        (_, Some(text)) => text.clone(),
        _ => "no text".to_owned(),
    };
    // Dropping a payload may panic in its turn.
    std::mem::forget(panic);
    defect(operation, verbatim(&text))
}

#[cfg(test)]
mod tests {
    use std::ffi::CStr;

    use ymchat_core::internal::invalid_argument;

    use super::super::sentences;

    use super::*;

    /// # Safety
    /// As for [`guard`].
    unsafe fn run<T: Output>(body: impl FnOnce() -> Result<T, Error>) -> (i32, String) {
        let mut out = ptr::null_mut();
        // SAFETY: `out` is a place for a pointer.
        let status = unsafe { guard("test", &mut out, body) };
        if out.is_null() {
            return (status, String::new());
        }
        // SAFETY: a C string of ours, freed once.
        let text = unsafe { CStr::from_ptr(out) }.to_str().unwrap().to_owned();
        // SAFETY: as above.
        unsafe { strings::free(out) };
        (status, text)
    }

    #[test]
    fn a_panic_becomes_internal_with_its_text() {
        struct Nasty;
        impl Drop for Nasty {
            fn drop(&mut self) {
                panic!("dropped");
            }
        }
        // SAFETY: as `run` demands.
        unsafe {
            let (status, json) = run::<()>(|| panic!("number {}", 5));
            assert_eq!(status, 14);
            assert!(json.contains("number 5"), "{json}");
            let (status, json) = run::<()>(|| panic!("plain"));
            assert!(status == 14 && json.contains("plain"), "{json}");
            let (status, json) = run::<()>(|| std::panic::panic_any(Nasty));
            assert!(status == 14 && json.contains("INTERNAL"), "{json}");
        }
    }

    #[test]
    fn a_panic_in_a_send_leaves_its_outcome_open() {
        let mut out = ptr::null_mut();
        // SAFETY: `out` is a place for a pointer; the string is ours, and freed once.
        let json = unsafe {
            let status = guard::<()>("sendMessageToChat", &mut out, || panic!("number {}", 5));
            assert_eq!(status, 10);
            let json = CStr::from_ptr(out).to_str().unwrap().to_owned();
            strings::free(out);
            json
        };
        for part in ["number 5", r#""outcome":"unknown""#, r#""cause":"INTERNAL""#] {
            assert!(json.contains(part), "{json}");
        }
    }

    #[test]
    fn results_and_errors_are_handed_out() {
        // SAFETY: as `run` demands.
        unsafe {
            assert_eq!(run(|| Ok("{}".to_owned())), (0, "{}".into()));
            assert_eq!(run(|| Ok(())), (0, String::new()));
            let (status, json) =
                run::<()>(|| Err(invalid_argument("test", sentences::level_unknown())));
            assert!(status == 1 && json.contains("test: level must"), "{json}");
        }
        assert_eq!(
            guard_silently("test", || Err(invalid_argument("test", sentences::level_unknown()))),
            1
        );
    }

    #[cfg(target_arch = "x86_64")]
    #[test]
    fn unmasked_floating_point_exceptions_do_not_reach_the_library() {
        use std::arch::asm;

        fn mxcsr() -> u32 {
            let mut value = 0u32;
            // SAFETY: a place of four bytes.
            unsafe { asm!("stmxcsr [{}]", in(reg) &raw mut value, options(nostack)) };
            value
        }
        fn x87_control() -> u16 {
            let mut value = 0u16;
            // SAFETY: a place of two bytes.
            unsafe { asm!("fnstcw [{}]", in(reg) &raw mut value, options(nostack)) };
            value
        }
        // As Delphi does: invalid operation, division by zero and overflow raise a signal.
        let (delphi_mxcsr, delphi_x87) = (0x1900u32, 0x1372u16);
        let (before_mxcsr, before_x87) = (mxcsr(), x87_control());
        // SAFETY: valid control words, put back below.
        unsafe {
            asm!("ldmxcsr [{}]", in(reg) &raw const delphi_mxcsr, options(nostack));
            asm!("fldcw [{}]", in(reg) &raw const delphi_x87, options(nostack));
        }
        // Not what was loaded: processors differ in a reserved bit.
        let set = (mxcsr(), x87_control());
        let status = guard_silently("test", || {
            let zero = std::hint::black_box(0.0f64);
            assert!(std::hint::black_box(zero / zero).is_nan());
            Ok(())
        });
        let after = (mxcsr(), x87_control());
        // SAFETY: what was read before.
        unsafe {
            asm!("ldmxcsr [{}]", in(reg) &raw const before_mxcsr, options(nostack));
            asm!("fldcw [{}]", in(reg) &raw const before_x87, options(nostack));
        }
        assert_eq!(status, 0);
        assert_eq!(after, set);
        assert_eq!((set.0, set.1 & 0x3f), (delphi_mxcsr, delphi_x87 & 0x3f));
    }
}
