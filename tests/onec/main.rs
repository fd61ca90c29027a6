//! bindings/onec, the add-in for 1C:Enterprise: loaded by a host of ours, which calls it as
//! 1C:Enterprise and OneScript do, against the simulated Market.
//!
//! Neither of them can be had here. What was not run on this machine is said.
#![cfg(target_os = "linux")]

mod bsl;
mod calls;
mod conversation;
mod docs;
mod errors;
mod exports;
mod guard;
mod host;
mod lifetime;
mod memory;
mod names;
#[path = "../common/program.rs"]
mod program;
#[path = "../../bindings/onec/src/sentences.rs"]
#[allow(dead_code)]
mod sentences;
mod settings;
/// What the add-in offers, as it says itself.
#[allow(dead_code, reason = "the add-in uses the rest of it")]
#[path = "../../bindings/onec/src/table.rs"]
mod table;
