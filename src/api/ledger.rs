//! What all clients of one business in this process know of its chats: the newest message of
//! each, and the sends whose messages have not been seen in a history yet.
//!
//! The service does not return the id of what was sent, so that the same text sent twice in a
//! row can be told apart only by whoever remembers both sends.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::outcome::Content;

/// An acknowledged send older than this is told apart from a new one by its time.
const KEEP_MS: i64 = 10 * 60 * 1000;
/// As far as clocks can be apart that are taken for the same.
const OVERLAP_MS: i64 = 60 * 1000;
/// Knowing fewer chats only makes a search longer.
const MOST_CHATS: usize = 50_000;

#[derive(Debug, Default)]
pub(crate) struct Ledger {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    // Outlives its clients, and so is no `HashMap`, in which leak checkers find no pointers.
    newest: BTreeMap<i64, i64>,
    sends: BTreeMap<i64, Vec<Send>>,
    next_ticket: u64,
}

/// A send whose message has not been seen in a history yet.
#[derive(Debug, Clone)]
pub(crate) struct Send {
    pub ticket: Ticket,
    pub content: Content,
    /// Local time, in milliseconds since 1970.
    pub started: i64,
    /// After this moment the message was not written any more; `None` while the send runs.
    pub ended: Option<i64>,
    /// The service said that it was written.
    pub acknowledged: bool,
    /// The newest message that was known before the send; 0 where none was.
    pub baseline: i64,
    /// The id of its message, once it is known.
    pub message_id: Option<i64>,
}

/// Names one send.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Ticket(u64);

impl Ledger {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether a client that is opened later must know the sends that are noted here. `now` is
    /// local time, in milliseconds since 1970.
    pub(crate) fn is_worth_keeping(&self, now: i64) -> bool {
        let mut state = self.lock();
        state.sends.retain(|_, sends| {
            forget_old(sends, now);
            !sends.is_empty()
        });
        !state.sends.is_empty()
    }

    /// Notes that a message of a chat has been seen.
    pub(crate) fn seen(&self, chat_id: i64, message_id: i64) {
        let mut state = self.lock();
        if state.newest.len() >= MOST_CHATS && !state.newest.contains_key(&chat_id) {
            state.newest.clear();
        }
        let newest = state.newest.entry(chat_id).or_default();
        *newest = (*newest).max(message_id);
    }

    /// Notes that a send begins. `known` is the newest message that the caller knows.
    pub(crate) fn begin(
        &self,
        chat_id: i64,
        content: &Content,
        known: Option<i64>,
        now: i64,
    ) -> Send {
        let mut state = self.lock();
        let newest = state.newest.get(&chat_id).copied().unwrap_or(0);
        state.next_ticket += 1;
        let send = Send {
            ticket: Ticket(state.next_ticket),
            content: content.clone(),
            started: now,
            ended: None,
            acknowledged: false,
            baseline: newest.max(known.unwrap_or(0)),
            message_id: None,
        };
        state.sends.retain(|_, sends| {
            forget_old(sends, now);
            !sends.is_empty()
        });
        state.sends.entry(chat_id).or_default().push(send.clone());
        send
    }

    /// Notes that the attempt that counts began later: earlier ones certainly did not arrive.
    pub(crate) fn restart(&self, chat_id: i64, ticket: Ticket, now: i64) {
        self.change(chat_id, ticket, |send| {
            send.started = now;
            send.ended = None;
        });
    }

    /// Notes that the service said that the message was written.
    pub(crate) fn acknowledge(&self, chat_id: i64, ticket: Ticket, now: i64) {
        self.change(chat_id, ticket, |send| {
            send.acknowledged = true;
            send.ended = Some(now);
        });
    }

    /// Notes that nobody knows, and that after `until` nothing is written any more.
    pub(crate) fn leave_open(&self, chat_id: i64, ticket: Ticket, until: i64) {
        self.change(chat_id, ticket, |send| send.ended = Some(until));
    }

    /// Notes which message it is: no other send can be that one.
    pub(crate) fn identify(&self, chat_id: i64, ticket: Ticket, message_id: i64, now: i64) {
        self.change(chat_id, ticket, |send| {
            send.message_id = Some(message_id);
            send.ended = Some(now);
        });
    }

    /// Forgets a send that did not arrive.
    pub(crate) fn forget(&self, chat_id: i64, ticket: Ticket) {
        let mut state = self.lock();
        if let Some(sends) = state.sends.get_mut(&chat_id) {
            sends.retain(|send| send.ticket != ticket);
        }
    }

    /// The other sends of the same content to the same chat.
    pub(crate) fn others(&self, chat_id: i64, than: &Send) -> Vec<Send> {
        let state = self.lock();
        let sends = state.sends.get(&chat_id).map_or(&[][..], Vec::as_slice);
        sends
            .iter()
            .filter(|send| send.ticket != than.ticket && send.content == than.content)
            .cloned()
            .collect()
    }

    fn change(&self, chat_id: i64, ticket: Ticket, change: impl FnOnce(&mut Send)) {
        let mut state = self.lock();
        let sends = state.sends.get_mut(&chat_id);
        if let Some(send) = sends.and_then(|s| s.iter_mut().find(|s| s.ticket == ticket)) {
            change(send);
        }
    }
}

/// Forgets what ended long ago, but nothing that ended while a send was under way which is still
/// remembered: whoever searches back to the beginning of that one finds their messages.
fn forget_old(sends: &mut Vec<Send>, now: i64) {
    let mut horizon = now - KEEP_MS;
    let remembered = |send: &Send, horizon| send.ended.is_none_or(|ended| ended > horizon);
    loop {
        let begun = sends.iter().filter(|send| remembered(send, horizon)).map(|send| send.started);
        let further = begun.min().map_or(horizon, |begun| horizon.min(begun - OVERLAP_MS));
        if further == horizon {
            break;
        }
        horizon = further;
    }
    sends.retain(|send| remembered(send, horizon));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sends_are_remembered_until_their_message_is_known() {
        let ledger = Ledger::default();
        let text = Content::text(" Да ");
        ledger.seen(1, 40);
        ledger.seen(1, 30);
        let first = ledger.begin(1, &text, None, 1_000);
        assert_eq!(first.baseline, 40);
        ledger.acknowledge(1, first.ticket, 1_100);
        let second = ledger.begin(1, &Content::text("Да"), Some(50), 2_000);
        assert_eq!(second.baseline, 50);
        let others = ledger.others(1, &second);
        assert_eq!(others.len(), 1);
        assert!(others[0].acknowledged && others[0].ended == Some(1_100));
        assert!(ledger.others(2, &second).is_empty());
        ledger.forget(1, first.ticket);
        assert!(ledger.others(1, &second).is_empty());
    }

    #[test]
    fn old_sends_are_forgotten_but_never_a_running_one() {
        let ledger = Ledger::default();
        let text = Content::text("Да");
        let old = ledger.begin(1, &text, None, 0);
        ledger.acknowledge(1, old.ticket, 1);
        let running = ledger.begin(1, &text, None, KEEP_MS);
        let meanwhile = ledger.begin(1, &text, None, KEEP_MS + 1);
        ledger.acknowledge(1, meanwhile.ticket, KEEP_MS + 2);
        let late = ledger.begin(1, &text, None, 9 * KEEP_MS);
        let tickets = |of: &Send| -> Vec<Ticket> {
            ledger.others(1, of).iter().map(|send| send.ticket).collect()
        };
        assert_eq!(tickets(&late), [running.ticket, meanwhile.ticket]);
        ledger.acknowledge(1, running.ticket, 9 * KEEP_MS);
        ledger.acknowledge(1, late.ticket, 9 * KEEP_MS + 1);
        assert!(tickets(&ledger.begin(1, &text, None, 11 * KEEP_MS)).is_empty());
    }
}
