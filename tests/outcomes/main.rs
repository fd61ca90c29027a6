//! Never too fast, never twice, never lost: limits, repeats and the outcome of sends, against the
//! simulated Market and against servers that cut connections byte by byte.

mod bytes;
mod cancel;
mod evidence;
mod governor;
mod search;
mod send_soak;
mod soak;
mod stats;
mod support;
mod tickets;
mod tricky;
mod two_processes;
