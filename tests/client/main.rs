//! The client against servers that do exactly what a test says, and against the simulated Market.

mod answers;
mod api;
mod arguments;
mod bodies;
mod calls;
#[path = "../common/mod.rs"]
mod common;
mod config;
mod data;
mod download;
mod download_hosts;
mod endless;
mod exchanges;
mod language;
#[cfg(target_os = "linux")]
mod memory;
mod message_check;
mod paging;
mod proxy;
mod requests;
mod timeouts;
mod tls;
mod wire;
