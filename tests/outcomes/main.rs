//! Never too fast, never twice, never lost: limits, repeats and the outcome of sends, against the
//! simulated Market and against servers that cut connections byte by byte.

mod bytes;
mod cancel;
#[path = "../common/clock.rs"]
#[allow(dead_code)]
mod clock;
mod evidence;
mod governor;
#[path = "../common/program.rs"]
mod program;
mod search;
mod send_soak;
#[path = "../common/serve.rs"]
#[allow(dead_code)]
mod serve;
mod soak;
mod stats;
mod support;
mod tickets;
mod tricky;
mod two_processes;
