//! The program as its users run it, against the simulated Market.

#[path = "../../../tests/common/serve.rs"]
#[allow(dead_code)]
mod serve;

mod chats;
mod credentials;
mod help;
mod interrupts;
mod reading;
mod receiving;
mod sending;
mod support;
mod syncing;
