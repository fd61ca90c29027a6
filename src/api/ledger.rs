//! What all clients of one business in this process know of its chats: the newest message of
//! each, the sends of the last minutes, and the tickets that were prepared.
//!
//! The service does not return the id of what was sent, so that the same text sent twice in a
//! row can be told apart only by whoever remembers both sends. All times are those of the
//! business's monotonic clock.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::content::Content;

/// A clock may rule out messages that are older than a send by this much; no less, because the
/// dates of messages may lag behind the clock that the service shows.
pub(crate) const MAX_CLOCK_DIFFERENCE: Duration = Duration::from_secs(10 * 60);
/// A send that ended longer ago than this is told apart from a new one by its date, also where that
/// one is minutes ahead of the clock that the service shows.
pub(crate) const KEPT_FOR: Duration = Duration::from_secs(15 * 60);
/// How long a ticket that was prepared here is known to be unused.
const PREPARED_FOR: Duration = Duration::from_secs(10 * 60);

fn is_known_to_be_unused(prepared_at: Duration, now: Duration) -> bool {
    prepared_at + PREPARED_FOR > now
}
/// Knowing fewer chats only makes a search longer.
const MAX_CHATS: usize = 50_000;
/// Knowing fewer sends leaves more outcomes unclear, and makes none wrong.
const MAX_SENDS_OF_A_CHAT: usize = 1_024;
const MAX_PREPARED: usize = 10_000;
const SWEEP_EVERY: Duration = Duration::from_secs(60);

/// A message that was in the chat before a send began: the newest that was known then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Baseline {
    /// 0 where the chat was seen to be empty.
    pub id: i64,
    /// When it had been read; `None` where another process did that.
    pub read_at: Option<Duration>,
    /// The reading that began then went to the history's end, and found nothing newer.
    pub complete_from: Option<Duration>,
}

/// Names one send of this process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SendId(u64);

/// A send whose message may not have been seen in a history yet.
#[derive(Debug, Clone)]
pub(crate) struct PendingSend {
    pub id: SendId,
    /// The random part of its ticket.
    pub ticket: Option<u128>,
    pub content: Arc<Content>,
    pub started: Duration,
    /// After this moment the message was not written any more; `None` while a request is under way.
    pub ended: Option<Duration>,
    /// A call is at work on it: sends it, or looks for it.
    pub running: bool,
    /// The message was written: the service said so, or the history showed it.
    pub arrived: bool,
    pub baseline: Option<Baseline>,
    /// The id of its message, once it is known.
    pub message_id: Option<i64>,
    /// A reading whose newest message was this one showed the send's message.
    pub shown_by: Option<i64>,
}

/// What is known of a ticket when somebody wants to send with it.
#[derive(Debug)]
pub(crate) enum TicketState {
    /// It was prepared here a moment ago, and not used since.
    Unused(PendingSend),
    /// Another process may have used it, or this one long ago.
    Unknown(PendingSend),
    /// It was used in this process, and nobody knows what became of it.
    Lost(PendingSend),
    /// A call of this process is sending with it.
    Running,
    /// It arrived; its message, where that is known.
    Arrived(Option<i64>),
}

#[derive(Debug, Default)]
pub(crate) struct Ledger {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    // Outlives its clients, and so is no `HashMap`, in which leak checkers find no pointers.
    newest: BTreeMap<i64, Baseline>,
    chats: BTreeMap<i64, Sends>,
    prepared: BTreeMap<u128, (Duration, Baseline)>,
    last_id: u64,
    next_sweep: Duration,
}

/// The sends of one chat, in the order in which they began.
#[derive(Debug, Default)]
struct Sends {
    list: VecDeque<PendingSend>,
    /// Sends that ended up to this moment may have been forgotten.
    forgotten: Option<Duration>,
}

impl Sends {
    fn forget_old(&mut self, now: Duration) {
        while let Some(send) = self.list.front()
            && !send.running
            && send.ended.is_some_and(|ended| ended + KEPT_FOR < now)
        {
            self.forget_at(0);
        }
        while self.list.len() > MAX_SENDS_OF_A_CHAT {
            // Those that run are few: a call has a place among four.
            match self.list.iter().position(|send| !send.running) {
                Some(place) => self.forget_at(place),
                None => break,
            }
        }
    }

    fn forget_at(&mut self, place: usize) {
        let ended = self.list.remove(place).and_then(|send| send.ended);
        self.forgotten = self.forgotten.max(ended);
    }

    fn find(&mut self, id: SendId) -> Option<&mut PendingSend> {
        // The one in question is nearly always among the last.
        self.list.iter_mut().rev().find(|send| send.id == id)
    }
}

/// The sends of a chat, as they are known at one moment.
#[derive(Debug, Clone, Default)]
pub(crate) struct OtherSends {
    pub sends: Vec<PendingSend>,
    /// Sends that ended up to this moment may be missing.
    pub forgotten: Option<Duration>,
}

impl Ledger {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes a message of a chat that was read; `complete_from` where the reading went to the
    /// history's end, and this one is its newest.
    pub(crate) fn seen(
        &self,
        chat_id: i64,
        message_id: i64,
        now: Duration,
        complete_from: Option<Duration>,
    ) {
        let mut state = self.lock();
        if state.newest.len() >= MAX_CHATS && !state.newest.contains_key(&chat_id) {
            state.newest.clear();
        }
        let read = Baseline { id: message_id, read_at: Some(now), complete_from };
        state
            .newest
            .entry(chat_id)
            .and_modify(|known| {
                if read.id > known.id {
                    *known = read;
                } else if read.id == known.id {
                    known.complete_from = known.complete_from.max(complete_from);
                }
            })
            .or_insert(read);
    }

    /// The newest message of a chat that this process has read.
    pub(crate) fn newest(&self, chat_id: i64) -> Option<Baseline> {
        self.lock().newest.get(&chat_id).copied()
    }

    /// Forgets the newest message of a chat, which turned out not to be there.
    pub(crate) fn distrust(&self, chat_id: i64) {
        self.lock().newest.remove(&chat_id);
    }

    /// Notes that a send begins.
    pub(crate) fn begin(
        &self,
        chat_id: i64,
        content: &Arc<Content>,
        baseline: Option<Baseline>,
        ticket: Option<u128>,
        now: Duration,
    ) -> PendingSend {
        self.lock().begin(chat_id, content, baseline, ticket, now)
    }

    /// Says what is known of a ticket, and notes that a send begins, or goes on, unless there is
    /// none to be made.
    pub(crate) fn claim_ticket(
        &self,
        chat_id: i64,
        content: &Arc<Content>,
        ticket: u128,
        baseline: Option<Baseline>,
        now: Duration,
    ) -> TicketState {
        let mut state = self.lock();
        let sends = state.chats.get_mut(&chat_id).map(|sends| sends.list.iter_mut());
        let known = sends.and_then(|mut sends| sends.find(|send| send.ticket == Some(ticket)));
        if let Some(send) = known {
            return if send.arrived {
                TicketState::Arrived(send.message_id)
            } else if send.running {
                TicketState::Running
            } else {
                send.running = true;
                TicketState::Lost(send.clone())
            };
        }
        let prepared = state.prepared.remove(&ticket);
        match prepared.filter(|(at, _)| is_known_to_be_unused(*at, now)) {
            Some((_, baseline)) => TicketState::Unused(state.begin(
                chat_id,
                content,
                Some(baseline),
                Some(ticket),
                now,
            )),
            None => {
                TicketState::Unknown(state.begin(chat_id, content, baseline, Some(ticket), now))
            }
        }
    }

    /// Notes that a ticket was prepared.
    pub(crate) fn prepare(&self, ticket: u128, baseline: Baseline, now: Duration) {
        let mut state = self.lock();
        if state.prepared.len() >= MAX_PREPARED {
            state.prepared.retain(|_, (at, _)| is_known_to_be_unused(*at, now));
        }
        // One that is not noted is treated as if another process had prepared it.
        if state.prepared.len() < MAX_PREPARED {
            state.prepared.insert(ticket, (now, baseline));
        }
    }

    /// Whether a ticket was prepared here a moment ago, and not used since.
    pub(crate) fn is_unused(&self, ticket: u128, now: Duration) -> bool {
        self.lock().prepared.get(&ticket).is_some_and(|(at, _)| is_known_to_be_unused(*at, now))
    }

    /// Changes what is known of a send.
    pub(crate) fn change(&self, chat_id: i64, id: SendId, change: impl FnOnce(&mut PendingSend)) {
        let mut state = self.lock();
        if let Some(send) = state.chats.get_mut(&chat_id).and_then(|sends| sends.find(id)) {
            change(send);
        }
    }

    /// Forgets a send that certainly did not arrive.
    pub(crate) fn forget(&self, chat_id: i64, id: SendId) {
        let mut state = self.lock();
        if let Some(sends) = state.chats.get_mut(&chat_id) {
            sends.list.retain(|send| send.id != id);
        }
    }

    /// The other sends to the same chat, of any content.
    pub(crate) fn others(&self, chat_id: i64, than: SendId) -> OtherSends {
        let state = self.lock();
        let Some(sends) = state.chats.get(&chat_id) else { return OtherSends::default() };
        let others = sends.list.iter().filter(|send| send.id != than);
        OtherSends { sends: others.cloned().collect(), forgotten: sends.forgotten }
    }

    /// Whether any of this matters: dates tell new sends from those that ended long ago.
    pub(crate) fn is_worth_keeping(&self, now: Duration) -> bool {
        let state = self.lock();
        let mut sends = state.chats.values().flat_map(|sends| &sends.list);
        sends.any(|send| send.running || send.ended.is_none_or(|ended| ended + KEPT_FOR >= now))
            || state.prepared.values().any(|(at, _)| is_known_to_be_unused(*at, now))
    }
}

impl State {
    fn begin(
        &mut self,
        chat_id: i64,
        content: &Arc<Content>,
        baseline: Option<Baseline>,
        ticket: Option<u128>,
        now: Duration,
    ) -> PendingSend {
        self.sweep(now);
        self.last_id += 1;
        let send = PendingSend {
            id: SendId(self.last_id),
            ticket,
            content: Arc::clone(content),
            started: now,
            ended: None,
            running: true,
            arrived: false,
            baseline,
            message_id: None,
            shown_by: None,
        };
        let sends = self.chats.entry(chat_id).or_default();
        sends.list.push_back(send.clone());
        sends.forget_old(now);
        send
    }

    /// Forgets the sends of chats to which nothing is sent any more.
    fn sweep(&mut self, now: Duration) {
        if now < self.next_sweep {
            return;
        }
        self.next_sweep = now + SWEEP_EVERY;
        self.chats.retain(|_, sends| {
            sends.forget_old(now);
            // Where all that was forgotten is told apart by its date, the chat may go as well.
            !sends.list.is_empty() || sends.forgotten.is_some_and(|at| at + 2 * KEPT_FOR > now)
        });
        self.prepared.retain(|_, (at, _)| is_known_to_be_unused(*at, now));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHAT: i64 = 1;

    fn s(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    fn text(text: &str) -> Arc<Content> {
        Arc::new(Content::text(text))
    }

    fn acknowledge(ledger: &Ledger, send: &PendingSend, now: Duration) {
        ledger.change(CHAT, send.id, |send| {
            (send.arrived, send.ended, send.running) = (true, Some(now), false);
        });
    }

    fn ids(others: &OtherSends) -> Vec<SendId> {
        others.sends.iter().map(|send| send.id).collect()
    }

    #[test]
    fn old_sends_are_forgotten_but_never_a_running_one() {
        let ledger = Ledger::default();
        let old = ledger.begin(CHAT, &text("Да"), None, None, s(0));
        acknowledge(&ledger, &old, s(1));
        let running = ledger.begin(CHAT, &text("Нет"), None, None, s(2));
        assert!(ledger.is_worth_keeping(KEPT_FOR * 100));
        let late = ledger.begin(CHAT, &text("Да"), None, None, KEPT_FOR * 9);
        let others = ledger.others(CHAT, late.id);
        assert_eq!((ids(&others), others.forgotten), (vec![running.id], Some(s(1))));
        acknowledge(&ledger, &running, KEPT_FOR * 9);
        acknowledge(&ledger, &late, KEPT_FOR * 9 + s(1));
        assert!(ledger.is_worth_keeping(KEPT_FOR * 10));
        assert!(!ledger.is_worth_keeping(KEPT_FOR * 10 + s(2)));
        // A send to another chat is enough to forget those of this one.
        ledger.begin(2, &text("Да"), None, None, KEPT_FOR * 10 + s(2));
        assert!(ledger.lock().chats[&CHAT].list.is_empty());
        ledger.begin(2, &text("Да"), None, None, KEPT_FOR * 20);
        assert!(!ledger.lock().chats.contains_key(&CHAT));
    }

    /// A chat with a send every second was never shortened, and each send walked over all of it.
    #[test]
    fn a_busy_chat_is_bounded() {
        let ledger = Ledger::default();
        for second in 0..20_000 {
            let send = ledger.begin(CHAT, &text("Да"), None, None, s(second));
            acknowledge(&ledger, &send, s(second));
        }
        let last = ledger.begin(CHAT, &text("Да"), None, None, s(20_000));
        let others = ledger.others(CHAT, last.id);
        assert!(others.sends.len() <= KEPT_FOR.as_secs() as usize + 1, "{}", others.sends.len());
        for _ in 0..20_000 {
            let send = ledger.begin(CHAT, &text("Да"), None, None, s(20_000));
            acknowledge(&ledger, &send, s(20_000));
        }
        let others = ledger.others(CHAT, last.id);
        assert!(others.sends.len() <= MAX_SENDS_OF_A_CHAT);
        assert_eq!(others.forgotten, Some(s(20_000)), "it is known that others are missing");
    }

    #[test]
    fn the_newest_message_only_grows_newer() {
        let ledger = Ledger::default();
        ledger.seen(CHAT, 40, s(5), None);
        ledger.seen(CHAT, 30, s(6), Some(s(6)));
        let newest = ledger.newest(CHAT).unwrap();
        assert_eq!((newest.id, newest.complete_from), (40, None));
        ledger.seen(CHAT, 40, s(8), Some(s(7)));
        let newest = ledger.newest(CHAT).unwrap();
        assert_eq!((newest.read_at, newest.complete_from), (Some(s(5)), Some(s(7))));
    }

    #[test]
    fn a_ticket_is_known_by_its_use() {
        let ledger = Ledger::default();
        let baseline = Baseline { id: 5, read_at: None, complete_from: None };
        let take =
            |ticket, now| ledger.claim_ticket(CHAT, &text("Да"), ticket, Some(baseline), now);
        ledger.prepare(7, baseline, s(0));
        assert!(ledger.is_unused(7, s(1)) && !ledger.is_unused(8, s(1)));
        let TicketState::Unused(send) = take(7, s(1)) else { panic!() };
        assert!(!ledger.is_unused(7, s(1)));
        assert!(matches!(take(7, s(2)), TicketState::Running));
        ledger.change(CHAT, send.id, |send| {
            (send.ended, send.running) = (Some(s(13)), false);
        });
        let TicketState::Lost(again) = take(7, s(3)) else { panic!() };
        assert_eq!((again.ended, again.id), (Some(s(13)), send.id));
        assert!(matches!(take(7, s(4)), TicketState::Running));
        acknowledge(&ledger, &again, s(4));
        assert!(matches!(take(7, s(5)), TicketState::Arrived(None)));
        assert!(matches!(take(8, s(5)), TicketState::Unknown(_)));
        ledger.prepare(9, baseline, s(0));
        assert!(!ledger.is_unused(9, PREPARED_FOR));
        assert!(matches!(take(9, PREPARED_FOR), TicketState::Unknown(_)));
    }
}
