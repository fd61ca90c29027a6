//! The numbers by which sync works.

use super::state::Millis;
use super::token;

/// The numbers by which the machine works.
#[derive(Debug, Clone)]
pub(crate) struct Bounds {
    /// A message is visible so long after it was written, at the latest, and so is its
    /// `updatedAt`.
    pub settle: Millis,
    /// A chat is read again after so long where its last message is of this second.
    pub soon: Millis,
    /// A pass lifts the floor no higher than to so long ago, where that makes room enough.
    pub lag: Millis,
    /// A chat that the list has not shown for so long is forgotten where room is needed.
    pub hidden: Millis,
    /// No chat is read without reason more often than this.
    pub check: Millis,
    /// No entry is added to a state of so many bytes.
    pub room: usize,
    /// An entry that is there already may take so many bytes more.
    pub spare: usize,
    /// A state of so many bytes begins a pass, which makes it smaller, down to `low`.
    pub high: usize,
    pub low: usize,
    /// The list is not read on while so many chats wait to be read.
    pub queue: usize,
    /// So many chats are remembered that found no room.
    pub later: usize,
    /// Each history is walked through from its first page at most so often.
    pub restarts: u32,
    /// After so many chats that cannot be read, the fault is not the chats'.
    pub failed_chats: u32,
}

impl Default for Bounds {
    fn default() -> Self {
        // The rest is for the filters, the page to begin with, and one entry more.
        let room = token::LARGEST_STATE - 5000;
        Bounds {
            settle: 120_000,
            soon: 3_000,
            lag: 24 * 3_600_000,
            hidden: 30 * 24 * 3_600_000,
            check: 60_000,
            room,
            spare: 2000,
            high: room / 5 * 4,
            low: room / 2,
            queue: 40,
            later: 1000,
            restarts: 3,
            failed_chats: 5,
        }
    }
}
