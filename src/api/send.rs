//! Sending exactly once, or saying honestly that the outcome is unknown.

use std::cell::Cell;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::answers::read_answer;
use super::content::Content;
use super::ledger::{Baseline, Ledger, PendingSend, TakenUp};
use super::operations;
use super::options::SendOptions;
use super::requests;
use super::send_search::{
    Finding, HistoryMessage, SendSearch, ServiceTime, known_others, may_be_mistaken,
};
use super::session::Session;
use super::ticket::{self, Ticket};
use crate::error::{Error, FailedSend, Known, Status};
use crate::message_check::{MessageCheckOptions, check_message};
use crate::model::ChatMessagesResult;
use crate::pipeline::{Budget, Operation, Request, SERVICE_TIMEOUT};
use crate::settings::CheckMessages;

/// What a history proves that is read so long after the request has ended: the service's own
/// time-out is over, and a second more.
const PROOF_AFTER: Duration = SERVICE_TIMEOUT.saturating_add(Duration::from_secs(1));
/// When a search that found nothing looks once more, because the service may still be at work.
const SECOND_LOOK: Duration = Duration::from_secs(2);
/// Another round is begun only where so much of the call's time is left: an attempt that is cut
/// short may leave an open question in place of a certain answer.
const SHORTEST_ROUND: Duration = Duration::from_secs(2);
/// The one advice where the outcome is unknown.
const ADVICE: &str = "Look into the chat before you send it again, or send it with the ticket of \
                      this error.";

/// How it is known that a send arrived.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum SendOutcome {
    /// The service acknowledged it.
    Sent,
    /// The answer was lost, and the history shows the message.
    Confirmed,
}

/// A send that arrived.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct SendResult {
    /// How that is known.
    pub outcome: SendOutcome,
    /// The message's id, where it is known: always asked for with `returnMessageId`, and nearly
    /// always known where the outcome is `confirmed`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message_id: Option<i64>,
    /// How many requests were sent for it; those that certainly did not arrive count. 0 where an
    /// earlier call with the same ticket had sent it.
    pub attempts: u32,
}

impl Session {
    pub(crate) fn send_message(
        &self,
        chat_id: i64,
        text: &str,
        options: &SendOptions,
    ) -> Result<SendResult, Error> {
        let operation = &operations::SEND_MESSAGE_TO_CHAT;
        let request = self.request(operation, |id| {
            options.check()?;
            requests::send_message(id, chat_id, text)
        })?;
        self.check_text(operation, text)?;
        self.send(operation, chat_id, &request, Content::text(text), options)
    }

    /// Refuses a text with contacts, where the configuration asks for that.
    fn check_text(&self, operation: &'static Operation, text: &str) -> Result<(), Error> {
        let rejection = match self.check_messages {
            CheckMessages::Off => None,
            CheckMessages::Reject => {
                check_message(text, &MessageCheckOptions::new())?.rejection(operation.name)
            }
        };
        rejection.map_or(Ok(()), |error| Err(error.with_outcome(FailedSend::NotSent)))
    }

    pub(crate) fn send_file(
        &self,
        chat_id: i64,
        file_name: &str,
        data: &[u8],
        options: &SendOptions,
    ) -> Result<SendResult, Error> {
        let operation = &operations::SEND_FILE_TO_CHAT;
        let random = self.pipeline.random_128();
        let request = self.request(operation, |id| {
            options.check()?;
            requests::send_file(id, chat_id, file_name, data, random)
        })?;
        let content = Content::file(file_name, data.len() as i64);
        self.send(operation, chat_id, &request, content, options)
    }

    fn send(
        &self,
        operation: &'static Operation,
        chat_id: i64,
        request: &Request,
        content: Content,
        options: &SendOptions,
    ) -> Result<SendResult, Error> {
        let business_id =
            self.business_id().map_err(|refusal| Error::invalid(operation.name, refusal))?;
        let ticket = match &options.ticket {
            None => None,
            Some(text) => Some(
                Ticket::parse(text)
                    .and_then(|ticket| {
                        ticket.check(business_id, chat_id, &content).map(|()| ticket)
                    })
                    .map_err(|refusal| Error::invalid(operation.name, refusal))?,
            ),
        };
        let budget = self.pipeline.budget(options.call_timeout);
        let call = SendCall {
            session: self,
            operation,
            business_id,
            chat_id,
            options,
            budget,
            content: Arc::new(content),
            claim_is_wrong: Cell::new(false),
        };
        let result = call.run(request, ticket);
        self.pipeline.counters().count_send(|sends| {
            *match &result {
                Ok(SendResult { outcome: SendOutcome::Sent, .. }) => &mut sends.sent,
                Ok(_) => &mut sends.confirmed,
                Err(error) if error.outcome() == Some(FailedSend::Unknown) => &mut sends.unknown,
                Err(_) => &mut sends.not_sent,
            } += 1;
        });
        result
    }
}

/// One send on its way.
struct SendCall<'a> {
    session: &'a Session,
    operation: &'static Operation,
    business_id: i64,
    chat_id: i64,
    options: &'a SendOptions,
    budget: Budget,
    content: Arc<Content>,
    /// The message that the caller knows is not in this chat.
    claim_is_wrong: Cell<bool>,
}

/// An attempt whose outcome is not known.
#[derive(Debug, Clone, Copy)]
struct LostAttempt {
    /// `None` where another process may have made it.
    began: Option<Duration>,
    service_began: Option<ServiceTime>,
    /// What the history shows after this moment is all that will come of it.
    over_at: Duration,
    /// Nobody said that the request is over.
    maybe_running: bool,
}

/// What became of an attempt whose outcome was not known.
enum Resolved {
    Present(Option<i64>),
    /// It is not there, and cannot come any more.
    ProvenAbsent,
    /// These may be it; none where it is not there yet.
    Unclear(Vec<i64>),
    NotSearched,
    Cancelled,
}

impl SendCall<'_> {
    fn ledger(&self) -> &Ledger {
        &self.session.business.ledger
    }

    fn now(&self) -> Duration {
        self.session.pipeline.now()
    }

    fn run(&self, request: &Request, ticket: Option<Ticket>) -> Result<SendResult, Error> {
        let (ledger, now) = (self.ledger(), self.now());
        let (mut send, earlier) = match &ticket {
            None => {
                let newest = ledger.newest(self.chat_id);
                (ledger.begin(self.chat_id, &self.content, newest, None, now), None)
            }
            Some(ticket) => match self.take_up(ticket, now) {
                TakenUp::New(send) => (send, None),
                TakenUp::Unknown(send) => {
                    // Whoever used it may have done so a moment ago.
                    let lost = LostAttempt {
                        began: None,
                        service_began: ticket.from.map(|from| (from, from)),
                        over_at: now + PROOF_AFTER,
                        maybe_running: true,
                    };
                    (send, Some(lost))
                }
                TakenUp::Again(send) => {
                    let lost = LostAttempt {
                        began: Some(send.started),
                        service_began: None,
                        over_at: send.ended.unwrap_or(now + PROOF_AFTER),
                        maybe_running: true,
                    };
                    (send, Some(lost))
                }
                TakenUp::Running => return Err(self.under_way(ticket)),
                TakenUp::Arrived(message_id) => {
                    let outcome = SendOutcome::Confirmed;
                    return Ok(SendResult { outcome, message_id, attempts: 0 });
                }
            },
        };
        let result = self.run_from(request, &mut send, earlier, ticket);
        ledger.change(self.chat_id, send.id, |send| send.running = false);
        result
    }

    fn take_up(&self, ticket: &Ticket, now: Duration) -> TakenUp {
        let baseline =
            ticket.baseline.map(|id| Baseline { id, read_at: None, complete_from: None });
        self.ledger().take_up(self.chat_id, &self.content, ticket.random, baseline, now)
    }

    fn run_from(
        &self,
        request: &Request,
        send: &mut PendingSend,
        earlier: Option<LostAttempt>,
        ticket: Option<Ticket>,
    ) -> Result<SendResult, Error> {
        let (ledger, pipeline) = (self.ledger(), &self.session.pipeline);
        let mut attempts = 0;
        let not_sent = |send: &PendingSend, error: Error, attempts: u32| {
            ledger.forget(self.chat_id, send.id);
            if let (Some(ticket), Some(baseline)) = (&ticket, send.baseline) {
                // It is as good as new.
                ledger.prepare(ticket.random, baseline, self.now());
            }
            error.with_attempts(attempts).with_outcome(FailedSend::NotSent)
        };
        if let Some(lost) = earlier {
            match self.resolve(send, &lost, true) {
                Resolved::Present(message_id) => return Ok(self.confirmed(send, message_id, 0)),
                Resolved::ProvenAbsent => {}
                open => return Err(self.unknown(send, ticket, None, lost.over_at, 0, open)),
            }
        } else if self.options.resend == Some(true) && ticket.is_none() {
            self.find_baseline(send).map_err(|error| not_sent(send, error, 0))?;
        }
        loop {
            send.started = self.now();
            ledger.change(self.chat_id, send.id, |known| {
                (known.started, known.ended) = (send.started, None);
            });
            let trouble = match pipeline.call(request, &self.budget) {
                Ok(answer) => return Ok(self.acknowledged(send, attempts + answer.attempts)),
                Err(trouble) => trouble,
            };
            attempts += trouble.error.attempts();
            if !trouble.maybe_arrived {
                return Err(not_sent(send, trouble.error, attempts));
            }
            let lost = LostAttempt {
                began: Some(trouble.began),
                service_began: None,
                over_at: trouble.ended + PROOF_AFTER,
                maybe_running: trouble.maybe_running,
            };
            send.started = trouble.began;
            ledger.change(self.chat_id, send.id, |known| {
                (known.started, known.ended) = (trouble.began, Some(lost.over_at));
            });
            let may_resend = self.options.resend != Some(false);
            match self.resolve(send, &lost, may_resend) {
                Resolved::Present(message_id) => {
                    return Ok(self.confirmed(send, message_id, attempts));
                }
                Resolved::ProvenAbsent if pipeline.left(&self.budget) > SHORTEST_ROUND => {
                    log::info!(
                        "{}: the history proves that nothing arrived; it is sent again",
                        self.operation.name
                    );
                }
                Resolved::ProvenAbsent => {
                    let error = trouble.error.and("The history proves that nothing arrived");
                    return Err(not_sent(send, error, attempts));
                }
                open => {
                    let cause = Some(trouble.error);
                    return Err(self.unknown(send, ticket, cause, lost.over_at, attempts, open));
                }
            }
        }
    }

    /// Has a message of the chat that was there before the send begins, and behind which no
    /// other send of the same content is left that could be taken for this one.
    fn find_baseline(&self, send: &mut PendingSend) -> Result<(), Error> {
        let others = self.ledger().others(self.chat_id, send.id);
        let read = self.find_claimed(send).and_then(|()| match send.baseline {
            Some(baseline) if !may_be_mistaken(&self.content, baseline, &others) => Ok(()),
            _ => {
                let baseline = self.session.read_baseline(self.chat_id, &self.budget)?;
                self.set_baseline(send, baseline);
                Ok(())
            }
        });
        read.map_err(|error| {
            let doing = "the chat could not be read before the send, and nothing was sent";
            error.within(self.operation.name, doing)
        })
    }

    /// Looks whether the message that the caller knows is in this chat, where nothing newer of it
    /// is known. It was there before the send, because the caller knew its id.
    fn find_claimed(&self, send: &mut PendingSend) -> Result<(), Error> {
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

    fn set_baseline(&self, send: &mut PendingSend, baseline: Baseline) {
        send.baseline = Some(baseline);
        self.ledger().change(self.chat_id, send.id, |known| known.baseline = Some(baseline));
    }

    fn arrived(&self, send: &PendingSend, message_id: Option<i64>) {
        let now = self.now();
        self.ledger().change(self.chat_id, send.id, |known| {
            known.arrived = true;
            known.ended = Some(now);
            known.message_id = message_id.or(known.message_id);
        });
    }

    fn confirmed(&self, send: &PendingSend, message_id: Option<i64>, attempts: u32) -> SendResult {
        self.arrived(send, message_id);
        SendResult { outcome: SendOutcome::Confirmed, message_id, attempts }
    }

    fn acknowledged(&self, send: &mut PendingSend, attempts: u32) -> SendResult {
        self.arrived(send, None);
        let mut message_id = None;
        if self.options.return_message_id {
            let found = LostAttempt {
                began: Some(send.started),
                service_began: None,
                over_at: self.now(),
                maybe_running: false,
            };
            // The send has succeeded: whatever becomes of the search, that stands.
            match self.find_claimed(send).and_then(|()| self.look(send, &found)) {
                Ok(Finding::Present(id)) => message_id = id,
                Ok(_) => {}
                Err(error) => log::warn!("{}: the id was not found: {error}", self.operation.name),
            }
            self.arrived(send, message_id);
        }
        SendResult { outcome: SendOutcome::Sent, message_id, attempts }
    }

    fn resolve(&self, send: &mut PendingSend, lost: &LostAttempt, may_resend: bool) -> Resolved {
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
                Ok(Finding::Present(message_id)) => return Resolved::Present(message_id),
                Ok(Finding::Absent) if looked_at >= lost.over_at => return Resolved::ProvenAbsent,
                Ok(Finding::Absent) => Resolved::Unclear(Vec::new()),
                Ok(Finding::Unclear(ids)) => Resolved::Unclear(ids),
                Err(error) if error.status() == Status::Cancelled => return Resolved::Cancelled,
                Err(error) => {
                    log::warn!("{}: the history cannot be read: {error}", self.operation.name);
                    Resolved::NotSearched
                }
            };
            looks += 1;
            let soon = looked_at + SECOND_LOOK.saturating_mul(looks);
            // Whoever wants it sent again waits for the proof; for the others one more look is
            // enough.
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

    /// Whether other sends of the same content are not over yet.
    fn others_are_open(&self, send: &PendingSend) -> bool {
        let now = self.now();
        let others = self.ledger().others(self.chat_id, send.id);
        others.sends.iter().any(|other| {
            other.content == send.content && other.ended.is_none_or(|ended| ended > now)
        })
    }

    /// Reads the history and judges it.
    fn look(&self, send: &mut PendingSend, lost: &LostAttempt) -> Result<Finding, Error> {
        let (finding, shown) = self.read_and_judge(send, lost)?;
        match send.baseline {
            // Nothing behind the baseline, and not the baseline itself: is it still there?
            Some(Baseline { id: 1.., .. }) if !shown && finding == Finding::Absent => {}
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
    ) -> Result<(Finding, bool), Error> {
        let (session, ledger) = (self.session, self.ledger());
        let before = ledger.others(self.chat_id, send.id);
        let from = send.baseline.map_or(0, |baseline| baseline.id);
        let mut history: Vec<HistoryMessage> = Vec::new();
        let (mut newest, mut shown) = (from, false);
        session.read_history(self.chat_id, from, None, &self.budget, |answer| {
            let page: ChatMessagesResult = read_answer(&operations::GET_CHAT_HISTORY, answer)?;
            for message in &page.messages {
                shown = true;
                newest = newest.max(message.message_id);
                let message = HistoryMessage::of(message);
                // Without a baseline nothing is proven by the others, and the history is long.
                if send.baseline.is_some() || message.is_ours(&self.content) {
                    history.push(message);
                }
            }
            Ok(page.paging)
        })?;
        let others = known_others(&before, ledger.others(self.chat_id, send.id));
        let verdict = SendSearch {
            content: &self.content,
            baseline: send.baseline,
            began: lost.began,
            // The answers have told the service's time, if they ever do.
            service_began: lost
                .service_began
                .or_else(|| session.pipeline.service_time(lost.began?)),
            others: &others,
        }
        .judge(&history);
        for other in verdict.shown {
            ledger.change(self.chat_id, other, |other| other.shown_by = Some(newest));
        }
        if let Finding::Present(_) = verdict.finding {
            ledger.change(self.chat_id, send.id, |send| send.shown_by = Some(newest));
        }
        Ok((verdict.finding, shown))
    }

    fn unknown(
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
            _ if cancelled => "The call was cancelled while it was looked for",
            (false, _) => "The history was not searched",
            (true, true) => "The history does not show it",
            (true, false) => "The history shows messages that may be this one, or may not",
        };
        let what = match &cause {
            Some(cause) => format!(
                "it may have arrived, or not: its answer was lost ({}). {found}",
                cause.what()
            ),
            None => {
                format!("an earlier attempt with this ticket may have arrived, or not. {found}")
            }
        };
        let cause_name =
            if cancelled { Some(Status::Cancelled) } else { cause.as_ref().map(Error::status) };
        let known = Known {
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
            .with_advice(ADVICE)
            .with_attempts(attempts)
            .with_known(known)
            .with_ticket(ticket.to_string())
            .with_outcome(FailedSend::Unknown);
        if let Some(cause) = cause {
            if let Some(http_status) = cause.http_status() {
                error = error.with_http_status(http_status);
            }
            if let Some(trace_id) = cause.trace_id() {
                error = error.with_trace_id(trace_id);
            }
            error = error.with_errors(cause.errors().to_vec());
        }
        error
    }

    fn under_way(&self, ticket: &Ticket) -> Error {
        let what = "another call of this program is sending with this ticket at this moment";
        Error::new(Status::OutcomeUnknown, self.operation.name, what)
            .with_advice("Wait for that call, then call again with the ticket.")
            .with_ticket(ticket.to_string())
            .with_outcome(FailedSend::Unknown)
    }
}
