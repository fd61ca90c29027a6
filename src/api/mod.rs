//! What the operations of the API mean: their requests, their arguments, their pages, and how a
//! send whose answer was lost is found again.

pub(crate) mod answers;
pub(crate) mod check;
pub(crate) mod content;
pub(crate) mod download;
mod history;
mod history_search;
mod ledger;
mod lists;
mod lost_send;
mod multipart;
mod nfc;
pub(crate) mod operations;
pub(crate) mod options;
pub(crate) mod pages;
pub(crate) mod prepare;
pub(crate) mod requests;
pub(crate) mod send;
pub(crate) mod send_content;
pub(crate) mod session;
mod shared_ledger;
pub(crate) mod sync;
mod ticket;
