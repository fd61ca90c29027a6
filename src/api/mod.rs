//! What the operations of the API mean: their requests, their arguments, their pages, and how a
//! send whose answer was lost is found again.

pub(crate) mod check;
pub(crate) mod content;
pub(crate) mod core;
pub(crate) mod ledger;
mod multipart;
pub(crate) mod operations;
pub(crate) mod options;
pub(crate) mod pages;
pub(crate) mod requests;
pub(crate) mod send;
pub(crate) mod send_content;
mod send_search;
mod ticket;
