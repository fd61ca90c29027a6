//! The simulated Market, spoken to over plain HTTP.

mod access;
mod admin;
#[path = "../../../tests/common/program.rs"]
mod child;
mod client;
mod disputes;
mod faults;
mod files;
mod limits;
mod notifications;
mod operations;
mod page;
mod paging;
mod program;
mod recorded;
mod seeds;
mod words;
