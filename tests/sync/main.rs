//! Sync against the simulated Market: what is new since the program last looked.
//!
//! That each message comes once, whatever happens, is tested by the model in `src/api/sync/tests.rs`;
//! here is what a caller sees.

mod arguments;
mod calls;
#[path = "../common/mod.rs"]
mod common;
mod faults;
#[cfg(target_os = "linux")]
mod memory;
mod panics;
mod support;
#[cfg(target_os = "linux")]
mod threads;
mod wait;
