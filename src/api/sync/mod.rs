//! Sync: what is new since the caller last looked. `docs/sync.md` is for users; this is for
//! maintainers.
//!
//! A token is a [`state::State`]: for every message that exists, it says whether it was received.
//! - A chat that was active lately has an entry: messages up to `through`, and those in `above`.
//! - Any other chat has a floor: messages that were written at or before that time.
//!
//! Every step keeps this true: *what the state calls received was delivered with this token or one
//! before it, or lies before the caller's start; and nothing else was.*
//! - [`chat_reading`] reads one chat. `through` moves to a message only when no lower id can appear
//!   any more: `Bounds::visibility_delay` after it was written, or after a reading that saw it. Until
//!   then the chat is `due`, and read again although its `updatedAt` is the same.
//! - [`machine`] walks through the list and reads chats with news; it takes their news in the order
//!   of the list, whatever the order of the answers, so that a token gives the same again.
//!   A state is changed by whole readings only: whatever fails, the rest of it stays true.
//! - [`pass`] lifts the floor, so that entries can be dropped. A floor may rise to `high` for a chat
//!   when nothing at or below `high` is unread in it: the list shows no news (in two whole walks,
//!   because a chat may move between two pages of one), or the chat was read since. `high` is at
//!   least `visibility_delay` ago, so nothing appears below it later. Chats are passed by ascending
//!   id, and a cursor says how far: so a state stays small while any number of chats wait.
//! - An entry is dropped when it says the same as the floor: nothing received is newer than the
//!   floor, nothing unread is older.
//! - Without room for an entry, a chat is read up to `high` only, when the cursor reaches it.
//!
//! What is assumed of the service stands in `docs/sync.md`; the model in `tests` has nothing else.
//!
//! `machine`, `chat_reading` and `pass` know neither time nor network nor threads. [`workers`] and
//! [`pages`] make the machine's requests, and [`run`] is the call.

mod bounds;
mod chat_reading;
mod exchange;
mod list;
mod machine;
mod numbers;
pub(crate) mod options;
mod pages;
mod pass;
mod pause;
pub(crate) mod result;
#[cfg(test)]
mod rounds;
pub(crate) mod run;
mod service_time;
mod state;
#[cfg(test)]
mod tests;
pub(crate) mod token;
mod workers;
