//! The program as its users run it, against the simulated Market.

#[path = "../../../tests/common/program.rs"]
mod program;
#[path = "../../../tests/common/serve.rs"]
#[allow(dead_code)]
mod serve;
#[path = "../../../tests/common/tls.rs"]
#[allow(dead_code)]
mod tls;

mod chats;
mod credentials;
mod doctor;
mod help;
mod interrupts;
mod reading;
mod receiving;
mod russian;
mod sending;
mod support;
mod syncing;
mod terminal;
mod transcripts;
