//! Is the message that was sent among those of the history? Pure: the history, the clocks and
//! the other sends come in as arguments.
//!
//! Ids prove, clocks do not. What the service returns for `messageIdFrom` of a message that was
//! read before the send began (the baseline) is newer than that message. If all messages of the
//! shop in it have another author, the send did not arrive; if one more of its content is there
//! than all other sends can account for, it did. Anything else is unclear.

use std::time::Duration;

use super::content::{Content, ShownContent, ShownMessage};
use super::ledger::{Baseline, KEPT_FOR, MAX_CLOCK_DIFFERENCE, OtherSends, PendingSend, SendId};
use crate::model::Sender;
use crate::pipeline::{unix_ms, whole_ms};
use crate::sorting::sort_by_number;

/// A history shows what was acknowledged after this time at the latest.
pub(crate) const SHOWN_AFTER: Duration = Duration::from_secs(1);

/// Bounds of a moment by the service's clock, in milliseconds since 1970.
pub(crate) type ServiceTime = (i64, i64);

/// A message of the history.
#[derive(Debug, Clone)]
pub(crate) struct HistoryMessage {
    pub id: i64,
    /// `None` where its date cannot be read.
    created: Option<ServiceTime>,
    author: Author,
    shown: ShownContent,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Author {
    Shop,
    Other,
    /// A kind of sender that this version does not know.
    Unknown,
}

impl HistoryMessage {
    pub(crate) fn of(message: &ShownMessage) -> Self {
        let author = match message.sender {
            Sender::Partner => Author::Shop,
            Sender::Unknown(_) => Author::Unknown,
            _ => Author::Other,
        };
        let created = message.created_at.to_system_time().map(|at| {
            let at = unix_ms(at);
            // Whole seconds were rounded down, however they are written.
            (at, if at % 1000 == 0 { at + 1000 } else { at + 1 })
        });
        let shown = match author {
            Author::Other => ShownContent::default(),
            Author::Shop | Author::Unknown => ShownContent::of(message),
        };
        HistoryMessage { id: message.message_id, created, author, shown }
    }

    /// How much memory it takes.
    pub(crate) fn bytes(&self) -> usize {
        size_of::<Self>().saturating_add(self.shown.bytes())
    }

    pub(crate) fn is_ours(&self, content: &Content) -> bool {
        self.author == Author::Shop && self.shown.matches(content)
    }
}

/// What the history says about a send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum SearchFinding {
    /// It arrived; the id where no other send can have it.
    Present(Option<i64>),
    /// Nothing in the history can be it.
    Absent,
    /// It may be there, or not; these messages may be it.
    Unclear(Vec<i64>),
}

/// The finding, and which other sends have been seen to be there.
#[derive(Debug)]
pub(crate) struct Verdict {
    pub finding: SearchFinding,
    pub shown: Vec<SendId>,
}

/// The search for one send.
#[derive(Debug)]
pub(crate) struct HistorySearch<'a> {
    pub content: &'a Content,
    pub baseline: Option<Baseline>,
    /// When the send began; `None` where another process may have made the first attempt.
    pub began: Option<Duration>,
    /// The same moment by the service's clock, where that is known.
    pub service_began: Option<ServiceTime>,
    /// The other sends to this chat, as they are known after the reading.
    pub others: &'a OtherSends,
    /// When the reading began.
    pub read_from: Duration,
}

/// How many messages of one content the other sends account for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Accounted {
    /// Those whose messages are certainly there.
    least: usize,
    /// The same and those that arrived a moment before the reading, which may be missing in it.
    arrived: usize,
    most: usize,
}

impl HistorySearch<'_> {
    /// Judges the whole history behind the baseline, or all of it where there is none.
    pub(crate) fn judge(&self, history: &[HistoryMessage]) -> Verdict {
        let mut history: Vec<&HistoryMessage> = history.iter().collect();
        sort_by_number(&mut history, |message| message.id);
        history.dedup_by_key(|message| message.id);
        let contradictory = contradicts_itself(&history);
        let taken = |id: i64| self.others.sends.iter().any(|send| send.message_id == Some(id));
        history.retain(|message| {
            self.baseline.is_none_or(|baseline| message.id != baseline.id)
                && message.author != Author::Other
                && !taken(message.id)
        });
        let (own, rest): (Vec<_>, Vec<_>) =
            history.into_iter().partition(|message| message.is_ours(self.content));
        let possible: Vec<&HistoryMessage> =
            own.iter().filter(|message| !self.is_ruled_out(message)).copied().collect();
        let all_known = own.len() <= self.accounted_for(self.content).least;
        let candidates =
            || if all_known { Vec::new() } else { possible.iter().map(|m| m.id).collect() };

        let finding = if contradictory {
            SearchFinding::Unclear(candidates())
        } else if self.is_present(&possible) {
            SearchFinding::Present(self.id_of(&possible))
        } else if self.is_absent(own.len(), &rest) {
            SearchFinding::Absent
        } else {
            SearchFinding::Unclear(candidates())
        };
        let present = matches!(finding, SearchFinding::Present(_));
        let shown = if contradictory { Vec::new() } else { self.shown(own.len(), &rest, present) };
        Verdict { finding, shown }
    }

    /// The other sends that have been seen to be there: all of a content that arrived, where there
    /// are as many messages of it.
    fn shown(&self, own: usize, rest: &[&HistoryMessage], present: bool) -> Vec<SendId> {
        let all_there = |send: &&PendingSend| {
            let accounted = self.accounted_for(&send.content);
            let found = if *send.content == *self.content {
                own - usize::from(present).min(own)
            } else {
                rest.iter().filter(|message| message.is_ours(&send.content)).count()
            };
            // The send itself may be the author of a message, and another's not be there yet.
            let may_be_own = *send.content == *self.content && !present;
            let certain = if may_be_own { accounted.least } else { accounted.arrived };
            certain == accounted.most && found == accounted.most
        };
        let unnamed = self.others.sends.iter().filter(|send| send.message_id.is_none());
        unnamed.filter(|send| send.arrived).filter(all_there).map(|send| send.id).collect()
    }

    /// The other sends of a content whose messages can be in the history that was read.
    fn same(&self, content: &Content) -> impl Iterator<Item = &PendingSend> {
        self.others.sends.iter().filter(move |send| {
            *send.content == *content && send.message_id.is_none() && !self.is_before(send)
        })
    }

    /// Whether a send's message is certainly not behind the baseline: a reading showed it that
    /// the baseline includes.
    fn is_before(&self, send: &PendingSend) -> bool {
        self.baseline.is_some_and(|baseline| is_before(send, baseline))
    }

    /// Whether a send's message, if there is one, is certainly behind the baseline.
    fn is_behind(&self, send: &PendingSend) -> bool {
        let Some(baseline) = self.baseline else { return true };
        baseline.id == 0
            || baseline.read_at.is_some_and(|read_at| send.started >= read_at)
            || send.baseline.is_some_and(|other| other.id >= baseline.id)
    }

    /// Whether the message of a send that arrived is certainly in the history by now.
    fn is_shown(&self, send: &PendingSend) -> bool {
        let settled = send.ended.is_some_and(|ended| ended + SHOWN_AFTER <= self.read_from);
        settled || send.shown_by.is_some()
    }

    fn accounted_for(&self, content: &Content) -> Accounted {
        let behind = || self.same(content).filter(|send| send.arrived && self.is_behind(send));
        Accounted {
            least: behind().filter(|send| self.is_shown(send)).count(),
            arrived: behind().count(),
            most: self.same(content).count(),
        }
    }

    /// Too old to be this send, however far the clocks are apart.
    fn is_ruled_out(&self, message: &HistoryMessage) -> bool {
        match (message.created, self.service_began) {
            (Some((_, created_by)), Some((began_after, _))) => {
                created_by.saturating_add(whole_ms(MAX_CLOCK_DIFFERENCE)) < began_after
            }
            _ => false,
        }
    }

    /// Not older than the send, as exactly as the clocks are known.
    fn is_new(&self, message: &HistoryMessage) -> bool {
        match (message.created, self.service_began) {
            (Some((_, created_by)), Some((began_after, _))) => created_by >= began_after,
            _ => false,
        }
    }

    fn is_present(&self, possible: &[&HistoryMessage]) -> bool {
        // Also those that ended more than ten minutes before: the dates of their messages may be
        // ahead of the clock, and then rule nothing out.
        let can_account = self.same(self.content).count();
        // Without a baseline only the clock tells that a message is new.
        let new = match self.baseline {
            Some(_) => possible.len(),
            None => possible.iter().filter(|message| self.is_new(message)).count(),
        };
        // One more: somebody else writes the same.
        new == can_account + 1 && !self.others_may_be_missing()
    }

    /// Whether a send that could account for a message here may have been forgotten.
    fn others_may_be_missing(&self) -> bool {
        let Some(forgotten) = self.others.forgotten else { return false };
        let by_date = match (self.began, self.service_began) {
            (Some(began), Some(_)) => forgotten + KEPT_FOR < began,
            _ => false,
        };
        let from = self.baseline.and_then(|baseline| baseline.complete_from);
        let by_reading = from.is_some_and(|from| forgotten + SHOWN_AFTER <= from);
        !by_date && !by_reading
    }

    fn is_absent(&self, own: usize, rest: &[&HistoryMessage]) -> bool {
        self.baseline.is_some()
            && own == self.accounted_for(self.content).least
            && self.all_accounted_for(rest)
    }

    /// Whether each message has one of the other sends as its author. One that has none may be
    /// this send: the service may have changed its text.
    fn all_accounted_for(&self, messages: &[&HistoryMessage]) -> bool {
        let mut authors: Vec<&PendingSend> = self
            .others
            .sends
            .iter()
            .filter(|send| send.message_id.is_none() && !self.is_before(send))
            .collect();
        messages.iter().all(|message| {
            match authors.iter().position(|send| message.is_ours(&send.content)) {
                Some(place) => {
                    authors.swap_remove(place);
                    true
                }
                None => false,
            }
        })
    }

    /// Which of these messages is the send's: the last one, where all others were over before it
    /// began.
    fn id_of(&self, possible: &[&HistoryMessage]) -> Option<i64> {
        let sequential = self.same(self.content).all(|other| {
            other.arrived
                && matches!((other.ended, self.began), (Some(end), Some(began)) if end <= began)
        });
        if sequential { possible.last().map(|message| message.id) } else { None }
    }
}

/// See [`HistorySearch::is_before`].
fn is_before(send: &PendingSend, baseline: Baseline) -> bool {
    let shown = send.shown_by.is_some_and(|newest| newest <= baseline.id);
    let read = match (send.ended, baseline.complete_from) {
        (Some(ended), Some(from)) => ended + SHOWN_AFTER <= from,
        _ => false,
    };
    shown || read
}

/// Whether another send can be behind the baseline that has this content.
pub(crate) fn may_be_mistaken(content: &Content, baseline: Baseline, others: &OtherSends) -> bool {
    others.sends.iter().any(|send| {
        *send.content == *content && send.message_id.is_none() && !is_before(send, baseline)
    })
}

/// Whether the ids and the dates of a history, sorted by id, contradict each other by more than
/// clocks can: that ids grow is an assumption.
fn contradicts_itself(history: &[&HistoryMessage]) -> bool {
    let mut newest = i64::MIN;
    for (created_after, created_by) in history.iter().filter_map(|message| message.created) {
        if created_by.saturating_add(whole_ms(MAX_CLOCK_DIFFERENCE)) < newest {
            return true;
        }
        newest = newest.max(created_after);
    }
    false
}

/// What is known of the other sends when the history has been read: those `before` the reading,
/// and those `after` it.
pub(crate) fn known_others(before: &OtherSends, after: OtherSends) -> OtherSends {
    let had_arrived = |send: &PendingSend| {
        before.sends.iter().any(|earlier| earlier.id == send.id && earlier.arrived)
    };
    let sends = after.sends.into_iter();
    // What arrived while the history was read may be missing in it.
    let sends = sends.map(|send| PendingSend { arrived: had_arrived(&send), ..send }).collect();
    OtherSends { sends, forgotten: after.forgotten }
}

#[cfg(test)]
mod tests;
