//! The host's floating-point control state.
//!
//! Delphi and Free Pascal run with floating-point exceptions unmasked: 0.0/0.0 anywhere below
//! them raises a signal that kills the host. The boundary masks them, and puts the host's state
//! back on the way out, sticky flags included.

use std::marker::PhantomData;

/// Masks floating-point exceptions until it is dropped.
pub(super) struct MaskedFloats {
    saved: state::Saved,
    /// The state belongs to the thread.
    _not_send: PhantomData<*const ()>,
}

impl MaskedFloats {
    pub(super) fn new() -> Self {
        MaskedFloats { saved: state::save_and_mask(), _not_send: PhantomData }
    }

    /// Runs a function of the host in the host's own state.
    pub(super) fn in_hosts_state<T>(&mut self, run: impl FnOnce() -> T) -> T {
        state::restore(&self.saved);
        let result = run();
        self.saved = state::save_and_mask();
        result
    }
}

impl Drop for MaskedFloats {
    fn drop(&mut self) {
        state::restore(&self.saved);
    }
}

#[cfg(any(target_arch = "x86_64", target_arch = "x86"))]
mod state {
    use std::arch::asm;

    /// All exceptions masked, round to nearest: what the C ABI starts a thread with.
    static MXCSR: u32 = 0x1f80;
    static X87_CONTROL: u16 = 0x037f;

    pub(super) struct Saved {
        mxcsr: u32,
        /// Control, status and tag words, and four more that nobody needs.
        x87: [u32; 7],
    }

    pub(super) fn save_and_mask() -> Saved {
        let mut saved = Saved { mxcsr: 0, x87: [0; 7] };
        // SAFETY: both places are large enough (4 and 28 bytes) and live; the control words that
        // are loaded are valid, and are those that Rust code expects. `fnstenv` does not wait
        // for a pending exception, so that it cannot raise one.
        unsafe {
            asm!(
                "stmxcsr [{mxcsr}]",
                "fnstenv [{x87}]",
                "ldmxcsr [{masked}]",
                "fnclex",
                "fldcw [{control}]",
                mxcsr = in(reg) &raw mut saved.mxcsr,
                x87 = in(reg) &raw mut saved.x87,
                masked = in(reg) &raw const MXCSR,
                control = in(reg) &raw const X87_CONTROL,
                options(nostack),
            );
        }
        saved
    }

    pub(super) fn restore(saved: &Saved) {
        // SAFETY: what is loaded is what `save_and_mask` stored.
        unsafe {
            asm!(
                "fnclex",
                "fldenv [{x87}]",
                "ldmxcsr [{mxcsr}]",
                mxcsr = in(reg) &raw const saved.mxcsr,
                x87 = in(reg) &raw const saved.x87,
                options(nostack),
            );
        }
    }
}

#[cfg(target_arch = "aarch64")]
mod state {
    use std::arch::asm;

    pub(super) struct Saved {
        control: u64,
        status: u64,
    }

    pub(super) fn save_and_mask() -> Saved {
        let (control, status): (u64, u64);
        // SAFETY: FPCR and FPSR may be read and written by any program; zero is the state that
        // Rust code expects: no exception traps, round to nearest.
        unsafe {
            asm!("mrs {}, fpcr", out(reg) control, options(nomem, nostack));
            asm!("mrs {}, fpsr", out(reg) status, options(nomem, nostack));
            asm!("msr fpcr, {}", in(reg) 0u64, options(nomem, nostack));
        }
        Saved { control, status }
    }

    pub(super) fn restore(saved: &Saved) {
        // SAFETY: what is written is what was read.
        unsafe {
            asm!("msr fpsr, {}", in(reg) saved.status, options(nomem, nostack));
            asm!("msr fpcr, {}", in(reg) saved.control, options(nomem, nostack));
        }
    }
}

/// No host with unmasked exceptions is known on other processors.
#[cfg(not(any(target_arch = "x86_64", target_arch = "x86", target_arch = "aarch64")))]
mod state {
    pub(super) struct Saved;

    pub(super) fn save_and_mask() -> Saved {
        Saved
    }

    pub(super) fn restore(_: &Saved) {}
}
