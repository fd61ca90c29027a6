//! What became of a send whose answer was lost: looking for it, and the error where nobody knows.

use std::cell::Cell;
use std::sync::Arc;
use std::time::Duration;

use super::answers::{read_answer, read_item};
use super::content::Content;
use super::history_search::{
    HistoryMessage, HistorySearch, SHOWN_AFTER, SearchFinding, ServiceTime, known_others,
};
use super::ledger::{Baseline, Ledger, PendingSend};
use super::operations;
use super::options::SendOptions;
use super::pages::RawMessages;
use super::session::Session;
use super::ticket::{self, Ticket};
use crate::error::{DeliveryStatus, Error, SendSearch};
use crate::pipeline::{Answer, Budget, Operation, SERVICE_TIMEOUT};
use crate::sentences::{advice, sends};
use crate::status::Status;

/// The time after the end of a request from which on its absence in the history is a proof: the
/// service's own time-out, and a second more.
pub(super) const MIN_TIME_TO_ABSENCE: Duration =
    SERVICE_TIMEOUT.saturating_add(Duration::from_secs(1));
/// When a search that found nothing looks once more, because the service may still be at work.
const SECOND_LOOK: Duration = Duration::from_secs(2);
/// How much of a history is kept for the judge. A chat that has grown by more since the send
/// began leaves the outcome unknown.
const MAX_HISTORY_BYTES: usize = 16 * 1024 * 1024;

/// One send on its way.
pub(super) struct SendCall<'a> {
    pub(super) session: &'a Session,
    pub(super) operation: &'static Operation,
    pub(super) business_id: i64,
    pub(super) chat_id: i64,
    pub(super) options: &'a SendOptions,
    pub(super) budget: Budget,
    pub(super) content: Arc<Content>,
    /// Why the content must not be sent: the message check rejects it.
    pub(super) rejection: Option<Error>,
    /// The message that the caller knows is not in this chat.
    pub(super) claim_is_wrong: Cell<bool>,
}

/// An attempt whose outcome is not known.
#[derive(Debug, Clone, Copy)]
pub(super) struct LostAttempt {
    /// `None` where another process may have made it.
    pub(super) began: Option<Duration>,
    pub(super) service_began: Option<ServiceTime>,
    /// What the history shows after this moment is all that will come of it.
    pub(super) over_at: Duration,
    /// Nobody said that the request is over.
    pub(super) maybe_running: bool,
}

/// What became of an attempt whose outcome was not known.
pub(super) enum Resolved {
    Present(Option<i64>),
    /// It is not there, and cannot come any more.
    ProvenAbsent,
    /// These may be it; none where it is not there yet.
    Unclear(Vec<i64>),
    NotSearched,
    Cancelled,
}

fn too_long_a_history(answer: &Answer) -> Error {
    let what = sends::history_too_long(MAX_HISTORY_BYTES);
    let name = operations::GET_CHAT_HISTORY.name;
    answer.label(Error::new(Status::Protocol, name, what).with_advice(advice::look_into_the_chat()))
}

impl Session {
    /// The error of a send whose arguments are refused. Where an earlier attempt with its ticket may
    /// have arrived, nobody has looked for that one: to call the send not sent would be a guess.
    /// `ticket` is any text that holds it, such as options that cannot be read.
    pub(crate) fn refused_send(
        &self,
        operation: &Operation,
        chat_id: i64,
        content: &Content,
        ticket: &str,
        refusal: Error,
    ) -> Error {
        let Some(ticket) = Ticket::find_in(ticket).filter(|ticket| {
            self.business_id()
                .is_ok_and(|business_id| ticket.check(business_id, chat_id, content).is_ok())
                && !self.is_unused(ticket)
        }) else {
            return refusal;
        };
        let known = SendSearch {
            after_message_id: ticket.baseline.filter(|id| *id > 0),
            cause: Some(refusal.status().name().to_owned()),
            ..SendSearch::default()
        };
        let what = sends::refused_with_ticket(&refusal.what());
        Error::new(Status::OutcomeUnknown, operation.name, what)
            .with_advice(advice::correct_and_use_ticket())
            .with_known(known)
            .with_ticket(ticket.to_string())
            .with_outcome(DeliveryStatus::Unknown)
            .with_source(refusal)
    }

    /// Whether nothing was sent with a ticket, as far as this process can know.
    fn is_unused(&self, ticket: &Ticket) -> bool {
        // In the child of a fork another thread's lock may be held for ever.
        self.pipeline.is_of_this_process()
            && self.business.ledger.is_unused(ticket.random, self.pipeline.now())
    }
}

impl SendCall<'_> {
    pub(super) fn ledger(&self) -> &Ledger {
        &self.session.business.ledger
    }

    pub(super) fn now(&self) -> Duration {
        self.session.pipeline.now()
    }

    /// Looks whether the message that the caller knows is in this chat, where nothing newer of it
    /// is known. It was there before the send, because the caller knew its id.
    pub(super) fn find_claimed(&self, send: &mut PendingSend) -> Result<(), Error> {
        let Some(claimed) = self.options.after_message_id else { return Ok(()) };
        let known = send.baseline.is_some_and(|baseline| baseline.id >= claimed);
        if known || self.claim_is_wrong.get() {
            return Ok(());
        }
        if self.session.has_message(self.chat_id, claimed, &self.budget)? {
            let read_at = Some(self.now());
            self.set_baseline(send, Baseline { id: claimed, read_at, complete_from: None });
        } else {
            self.claim_is_wrong.set(true);
        }
        Ok(())
    }

    pub(super) fn set_baseline(&self, send: &mut PendingSend, baseline: Baseline) {
        send.baseline = Some(baseline);
        self.ledger().change(self.chat_id, send.id, |known| known.baseline = Some(baseline));
    }

    pub(super) fn resolve(
        &self,
        send: &mut PendingSend,
        lost: &LostAttempt,
        may_resend: bool,
    ) -> Resolved {
        if !self.options.resolve && !self.budget.cancel.is_cancelled() {
            return Resolved::NotSearched;
        }
        let pipeline = &self.session.pipeline;
        let mut looks = 0;
        loop {
            if self.budget.cancel.is_cancelled() {
                return Resolved::Cancelled;
            }
            let looked_at = self.now();
            let found = self.find_claimed(send).and_then(|()| self.look(send, lost));
            let open = match found {
                Ok(SearchFinding::Present(message_id)) => return Resolved::Present(message_id),
                Ok(SearchFinding::Absent) if looked_at >= lost.over_at => {
                    return Resolved::ProvenAbsent;
                }
                Ok(SearchFinding::Absent) => Resolved::Unclear(Vec::new()),
                Ok(SearchFinding::Unclear(ids)) => Resolved::Unclear(ids),
                Err(error) if error.status() == Status::Cancelled => return Resolved::Cancelled,
                Err(error) => {
                    let name = self.operation.name;
                    log::warn!("{name}: the history cannot be read: {}", error.status());
                    Resolved::NotSearched
                }
            };
            looks += 1;
            let soon = looked_at + SECOND_LOOK.saturating_mul(looks);
            // A resend needs the proof of absence, which takes longer. Without a resend one more
            // look is enough.
            let next_look = if may_resend && send.baseline.is_some() {
                if looked_at < lost.over_at {
                    if looks == 1 { soon.min(lost.over_at) } else { lost.over_at }
                } else if matches!(open, Resolved::NotSearched) || self.others_are_open(send) {
                    soon
                } else {
                    return open;
                }
            } else if lost.maybe_running && looks == 1 {
                soon
            } else {
                return open;
            };
            let pause = next_look.saturating_sub(self.now());
            if pause >= pipeline.left(&self.budget) {
                return open;
            }
            if !pipeline.sleep(pause, &self.budget.cancel) {
                return Resolved::Cancelled;
            }
        }
    }

    /// Whether other sends of the same content are not over yet, or not shown for certain.
    fn others_are_open(&self, send: &PendingSend) -> bool {
        let now = self.now();
        let others = self.ledger().others(self.chat_id, send.id);
        others.sends.iter().any(|other| {
            let settles = if other.arrived { SHOWN_AFTER } else { Duration::ZERO };
            other.content == send.content && other.ended.is_none_or(|ended| ended + settles > now)
        })
    }

    /// Reads the history and judges it.
    pub(super) fn look(
        &self,
        send: &mut PendingSend,
        lost: &LostAttempt,
    ) -> Result<SearchFinding, Error> {
        let (finding, shown) = self.read_and_judge(send, lost)?;
        match send.baseline {
            // Nothing behind the baseline, and not the baseline itself: is it still there?
            Some(Baseline { id: 1.., .. }) if !shown && finding == SearchFinding::Absent => {}
            _ => return Ok(finding),
        }
        let id = send.baseline.map_or(0, |baseline| baseline.id);
        if self.session.has_message(self.chat_id, id, &self.budget)? {
            return Ok(finding);
        }
        log::warn!("{}: the chat has lost a message that it had", self.operation.name);
        self.ledger().distrust(self.chat_id);
        send.baseline = None;
        self.ledger().change(self.chat_id, send.id, |known| known.baseline = None);
        Ok(self.read_and_judge(send, lost)?.0)
    }

    /// The finding, and whether the service has shown anything of the chat.
    fn read_and_judge(
        &self,
        send: &PendingSend,
        lost: &LostAttempt,
    ) -> Result<(SearchFinding, bool), Error> {
        let (session, ledger) = (self.session, self.ledger());
        let (before, read_from) = (ledger.others(self.chat_id, send.id), self.now());
        let from = send.baseline.map_or(0, |baseline| baseline.id);
        let mut history: Vec<HistoryMessage> = Vec::new();
        let (mut newest, mut shown, mut kept) = (from, false, 0_usize);
        session.read_history(self.chat_id, from, None, &self.budget, |answer| {
            let operation = &operations::GET_CHAT_HISTORY;
            let page: RawMessages = read_answer(operation, answer)?;
            for raw in page.messages {
                let message = HistoryMessage::of(&read_item(operation, answer, raw)?);
                shown = true;
                newest = newest.max(message.id);
                // Without a baseline nothing is proven by the others, and the history is long.
                if send.baseline.is_some() || message.is_ours(&self.content) {
                    kept = kept.saturating_add(message.bytes());
                    if kept > MAX_HISTORY_BYTES {
                        return Err(too_long_a_history(answer));
                    }
                    history.push(message);
                }
            }
            Ok(page.next)
        })?;
        let others = known_others(&before, ledger.others(self.chat_id, send.id));
        let verdict = HistorySearch {
            content: &self.content,
            baseline: send.baseline,
            began: lost.began,
            // The answers have told the service's time, if they ever do.
            service_began: lost
                .service_began
                .or_else(|| session.pipeline.service_time(lost.began?)),
            others: &others,
            read_from,
        }
        .judge(&history);
        for other in verdict.shown {
            ledger.change(self.chat_id, other, |other| other.shown_by = Some(newest));
        }
        if let SearchFinding::Present(_) = verdict.finding {
            ledger.change(self.chat_id, send.id, |send| send.shown_by = Some(newest));
        }
        Ok((verdict.finding, shown))
    }

    pub(super) fn unknown(
        &self,
        send: &PendingSend,
        ticket: Option<Ticket>,
        cause: Option<Error>,
        over_at: Duration,
        attempts: u32,
        open: Resolved,
    ) -> Error {
        let from = self.session.pipeline.service_time(send.started).map(|(after, _)| after);
        let ticket = ticket.unwrap_or_else(|| {
            let baseline = send.baseline.map(|baseline| baseline.id);
            let random = ticket::new_name();
            let Self { business_id, chat_id, content, .. } = self;
            Ticket::new(*business_id, *chat_id, baseline, from, content, random)
        });
        self.ledger().change(self.chat_id, send.id, |known| {
            known.ticket = Some(ticket.random);
            known.ended = Some(over_at);
        });
        let cancelled = matches!(open, Resolved::Cancelled);
        let (searched, candidates) = match open {
            Resolved::Unclear(ids) => (true, ids),
            _ => (false, Vec::new()),
        };
        let found = match (searched, candidates.is_empty()) {
            _ if cancelled => sends::cancelled_while_looking(),
            (false, _) => sends::not_searched(),
            (true, true) => sends::not_shown(),
            (true, false) => sends::candidates_shown(),
        };
        let what = match &cause {
            Some(cause) => sends::answer_lost(&cause.what(), &found),
            None => sends::earlier_attempt(&found),
        };
        let cause_name =
            if cancelled { Some(Status::Cancelled) } else { cause.as_ref().map(Error::status) };
        let known = SendSearch {
            searched,
            candidates,
            after_message_id: send
                .baseline
                .map(|baseline| baseline.id)
                .or(self.options.after_message_id)
                .filter(|id| *id > 0),
            cause: cause_name.map(|status| status.name().to_owned()),
        };
        let mut error = Error::new(Status::OutcomeUnknown, self.operation.name, what)
            .with_advice(advice::look_or_use_ticket())
            .with_attempts(attempts)
            .with_known(known)
            .with_ticket(ticket.to_string())
            .with_outcome(DeliveryStatus::Unknown);
        if let Some(cause) = cause {
            if let Some(http_status) = cause.http_status() {
                error = error.with_http_status(http_status);
            }
            if let Some(trace_id) = cause.trace_id() {
                error = error.with_trace_id(trace_id);
            }
            error = error.with_errors(cause.errors().to_vec()).with_source(cause);
        }
        error
    }

    pub(super) fn under_way(&self, ticket: &Ticket) -> Error {
        Error::new(Status::OutcomeUnknown, self.operation.name, sends::ticket_in_use())
            .with_advice(advice::wait_for_that_call())
            .with_ticket(ticket.to_string())
            .with_outcome(DeliveryStatus::Unknown)
    }
}
