//! The client against servers that do exactly what a test says, and against the simulated Market.

mod answers;
mod calls;
#[path = "../common/mod.rs"]
mod common;
