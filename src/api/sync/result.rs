//! What sync returns, with types.

use serde::{Deserialize, Serialize};

use crate::model::{Chat, ChatMessage};

/// What is new.
///
/// Store `since` together with what you make of the messages, in one transaction: then each
/// message is processed once, whatever fails between two calls.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SyncResult {
    /// The token for the next call: ASCII, at most 64 KiB.
    pub since: String,
    /// The chats that have something new, ascending by their ids.
    pub chats: Vec<SyncChat>,
    /// Whether there is more to fetch at once.
    pub more: bool,
}

/// A chat with its new messages.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SyncChat {
    /// The chat. Where `chatIds` named it, it is what its history says: `chatId`, `context` and
    /// `orderId`.
    pub chat: Chat,
    /// The new messages, ascending by their ids.
    pub messages: Vec<ChatMessage>,
}

/// How far a sync has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct SyncProgress {
    /// Chats that were looked at.
    pub chats: u64,
    /// New messages that were found.
    pub messages: u64,
}
