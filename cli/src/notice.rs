//! What goes to stderr.

use std::fmt::Arguments;
use std::io::{Write, stderr};

/// A line on stderr. Where nobody reads it, there is nobody to tell; `eprintln!` would panic.
pub fn say(line: Arguments<'_>) {
    let _ = stderr().write_all(format!("{line}\n").as_bytes());
}
