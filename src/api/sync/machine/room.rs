//! The machine's part that keeps the token within its size.

use super::super::state::Entry;
use super::super::token;
use super::Machine;
use super::growth::Growth;

impl<E> Machine<E> {
    pub(super) fn keep(&mut self, chat: i64, entry: Entry) {
        self.growth.since += cost(&entry);
        self.state.chats.insert(chat, entry);
    }

    /// Puts an entry into the place of the chat's old one, if that is possible without much room.
    pub(super) fn replace(&mut self, chat: i64, entry: &Entry) -> bool {
        let old = self.state.chats.insert(chat, entry.clone());
        let measured = token::size(&self.state);
        if measured <= self.bounds.max_state_bytes + self.bounds.entry_growth {
            self.growth = Growth { measured, since: 0 };
            return true;
        }
        if let Some(old) = old {
            self.state.chats.insert(chat, old);
        }
        false
    }

    /// Whether there is room for an entry.
    pub(super) fn fits(&mut self, entry: &Entry) -> bool {
        let cost = cost(entry);
        if self.growth.measured + self.growth.since + cost > self.bounds.max_state_bytes {
            self.growth = Growth { measured: token::size(&self.state), since: 0 };
        }
        let fits = self.growth.measured + self.growth.since + cost <= self.bounds.max_state_bytes;
        self.is_full |= !fits;
        fits
    }
}

/// By how much an entry makes a state larger, at most.
fn cost(entry: &Entry) -> usize {
    // Its own numbers, and the differences of the one behind it.
    80 + 10 * entry.above.len()
}
