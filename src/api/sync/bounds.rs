//! The limits and delays that sync works with.

use super::state::Millis;
use super::token;

/// The limits and delays of the machine.
#[derive(Debug, Clone)]
pub(crate) struct Bounds {
    /// The longest time after which a message that was written, and its chat's new `updatedAt`,
    /// can be seen.
    pub visibility_delay: Millis,
    /// When a chat is read again whose last message is of the current second.
    pub reread_after: Millis,
    /// The distance that a pass keeps between the floor and now, where that saves room enough.
    pub floor_lag: Millis,
    /// When a chat that the list no longer shows may be forgotten to save room.
    pub forget_hidden_after: Millis,
    /// The shortest time between two chats that are read although nothing points to them.
    pub check_interval: Millis,
    /// The size of a state, in bytes, to which no entry is added.
    pub max_state_bytes: usize,
    /// How far an existing entry may grow beyond `max_state_bytes`.
    pub entry_growth: usize,
    /// The size of a state, in bytes, that begins a pass to make it smaller.
    pub compact_above: usize,
    /// The size, in bytes, at which a pass stops forgetting chats.
    pub compact_to: usize,
    /// How many chats may wait to be read before the list is read on.
    pub max_waiting_chats: usize,
    /// How many chats that found no room are remembered.
    pub max_postponed: usize,
    /// How often one history is read again from its first page.
    pub max_restarts: u32,
    /// After this many chats that cannot be read, the cause is not in the chats.
    pub max_failed_chats: u32,
}

impl Default for Bounds {
    fn default() -> Self {
        // The rest is for the filters, the page to begin with, and one entry more.
        let max_state_bytes = token::MAX_STATE_BYTES - 5000;
        Bounds {
            visibility_delay: 120_000,
            reread_after: 3_000,
            floor_lag: 24 * 3_600_000,
            forget_hidden_after: 30 * 24 * 3_600_000,
            check_interval: 60_000,
            max_state_bytes,
            entry_growth: 2000,
            compact_above: max_state_bytes / 5 * 4,
            compact_to: max_state_bytes / 2,
            max_waiting_chats: 40,
            max_postponed: 1000,
            max_restarts: 3,
            max_failed_chats: 5,
        }
    }
}
