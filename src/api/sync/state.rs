//! What a token says: which messages its owner has received.

use std::collections::BTreeMap;

/// Milliseconds since 1970 by the service's clock.
pub(crate) type Millis = i64;

/// Which chats a token is about. It is bound to them: another selection needs another token.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Selection {
    pub business: i64,
    /// All chats, or those that wait for somebody's answer.
    pub all: bool,
    /// The API's filters, sorted; empty for any.
    pub types: Vec<String>,
    pub context_types: Vec<String>,
}

/// Which messages have been received. A message of a chat with an [`Entry`] has been received
/// where the entry says so by its id; of any other chat, where it was written at or before the
/// chat's floor.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct State {
    pub selection: Selection,
    /// The floor of chats that no pass has reached; `None` is before all times.
    pub floor: Option<Millis>,
    pub pass: Option<Pass>,
    /// The chat that was read last although nothing pointed to it, and when.
    pub checked: i64,
    pub checked_at: Millis,
    /// The page with which the next walk through the list begins.
    pub resume: Option<String>,
    pub chats: BTreeMap<i64, Entry>,
}

/// A pass over the chats in ascending order of their ids, which lifts the floor of each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pass {
    /// The floor of chats up to this id is `high` already.
    pub cursor: i64,
    pub high: Millis,
    /// Over the chats that wait alone: the first pass of `start: "waiting"`.
    pub waiting: bool,
}

/// What has been received of one chat.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Entry {
    /// Every message up to this id.
    pub through: i64,
    /// And these beyond it, ascending: a lower one may still appear between them.
    pub above: Vec<i64>,
    /// `updatedAt` when the chat was read to its end; `None` where there is more to read.
    pub updated: Option<Millis>,
    /// No message that was received is newer than this.
    pub newest: Millis,
    /// When the chat must be read once more although its `updatedAt` is the same.
    pub due: Option<Millis>,
    /// That is because another message may have been written in the same second. It is too early
    /// to say that nothing can appear any more.
    pub soon: bool,
}

impl State {
    pub(crate) fn floor_of(&self, chat: i64) -> Option<Millis> {
        match &self.pass {
            Some(pass) if chat <= pass.cursor => Some(pass.high),
            _ => self.floor,
        }
    }
}
