//! The C ABI: C types to Rust types and back. Panics, NULLs, stale handles and invalid UTF-8
//! stop here, and nothing but this package is unsafe.

#![allow(unsafe_code)]
// The comments are those of the C header, which knows no links.
#![allow(rustdoc::bare_urls)]

mod exports;
mod floats;
mod guard;
mod handles;
mod host_log;
mod json;
mod memory;
mod sentences;
mod stay_loaded;
mod strings;
mod text;
mod types;

pub use exports::*;
pub use json::*;
pub use types::*;

// A panic that aborts would kill the host.
#[cfg(not(panic = "unwind"))]
compile_error!("ymchat must be built with panic = \"unwind\"");
