//! Sending exactly once, or saying honestly that the outcome is unknown.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::core::{Core, read_answer};
use super::ledger::{Send, Ticket};
use super::operations;
use super::options::SendOptions;
use super::outcome::{Candidate, Content, Finding, Search, known_others};
use super::requests::{self, Built};
use crate::error::{Error, FailedSend, Known, Status};
use crate::model::ChatMessagesResult;
use crate::pipeline::{Budget, Operation, SERVICE_TIMEOUT, Trouble, unix_ms};

/// How long the service is given between the loss of an answer and the reading that is to prove
/// that nothing arrived.
const SETTLE: Duration = Duration::from_secs(1);
/// How long a search that found nothing waits before it looks once more, when the service may
/// still be at work.
const SECOND_LOOK: Duration = Duration::from_secs(2);

/// The one advice where the outcome is unknown.
const ADVICE: &str = "Look into the chat before you send it again.";

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
    /// How many requests were sent for it; those that certainly did not arrive count.
    pub attempts: u32,
}

/// One send on its way.
struct Sending<'a> {
    core: &'a Core,
    operation: &'static Operation,
    chat_id: i64,
    options: &'a SendOptions,
    budget: Budget,
    content: Content,
}

impl Core {
    pub(crate) fn send_message(
        &self,
        chat_id: i64,
        text: &str,
        options: &SendOptions,
    ) -> Result<SendResult, Error> {
        let operation = &operations::SEND_MESSAGE_TO_CHAT;
        let built = self
            .build(operation, |id| {
                options.check()?;
                requests::send_message(id, chat_id, text)
            })
            .map_err(not_sent)?;
        self.send(operation, chat_id, &built, Content::text(text), options)
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
        let built = self
            .build(operation, |id| {
                options.check()?;
                requests::send_file(id, chat_id, file_name, data, random)
            })
            .map_err(not_sent)?;
        let content = Content::File { name: file_name.to_owned(), size: data.len() as i64 };
        self.send(operation, chat_id, &built, content, options)
    }

    fn send(
        &self,
        operation: &'static Operation,
        chat_id: i64,
        built: &Built,
        content: Content,
        options: &SendOptions,
    ) -> Result<SendResult, Error> {
        let budget = self.pipeline.budget(None);
        let sending = Sending { core: self, operation, chat_id, options, budget, content };
        let result = sending.run(built);
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

impl Sending<'_> {
    fn now(&self) -> i64 {
        unix_ms(self.core.pipeline.clock().wall())
    }

    fn run(&self, built: &Built) -> Result<SendResult, Error> {
        let known = self.options.after_message_id;
        let ledger = &self.core.business.ledger;
        let send = ledger.begin(self.chat_id, &self.content, known, self.now());
        let mut earlier_attempts = 0;
        loop {
            let may_resend = self.options.resend && earlier_attempts == 0;
            let trouble = match self.core.pipeline.call(&built.as_request(), &self.budget) {
                Ok(answer) => {
                    return self.acknowledged(send, earlier_attempts + answer.attempts);
                }
                Err(trouble) => trouble,
            };
            let attempts = earlier_attempts + trouble.error.attempts();
            if !trouble.maybe_arrived {
                ledger.forget(self.chat_id, send.ticket);
                let error = trouble.error.with_attempts(attempts);
                return Err(error.with_outcome(FailedSend::NotSent));
            }
            let started = unix_ms(trouble.sent_at);
            ledger.restart(self.chat_id, send.ticket, started);
            let lost = Send { started, ..send.clone() };
            match self.resolve(&lost, &trouble, may_resend) {
                Resolved::Present(message_id) => {
                    match message_id {
                        Some(id) => ledger.identify(self.chat_id, send.ticket, id, self.now()),
                        // It is there, under one of several ids.
                        None => ledger.acknowledge(self.chat_id, send.ticket, self.now()),
                    }
                    let outcome = SendOutcome::Confirmed;
                    return Ok(SendResult { outcome, message_id, attempts });
                }
                Resolved::ProvenAbsent if may_resend => {
                    log::info!(
                        "{}: the history proves that nothing arrived; it is sent once more",
                        self.operation.name
                    );
                    ledger.restart(self.chat_id, send.ticket, self.now());
                    earlier_attempts = attempts;
                }
                Resolved::ProvenAbsent => {
                    return Err(self.unknown(send.ticket, trouble, attempts, Some(vec![])));
                }
                Resolved::Unclear(ids) => {
                    return Err(self.unknown(send.ticket, trouble, attempts, Some(ids)));
                }
                Resolved::NotSearched => {
                    return Err(self.unknown(send.ticket, trouble, attempts, None));
                }
                Resolved::Cancelled => {
                    let cancelled = Error::new(
                        Status::Cancelled,
                        self.operation.name,
                        "the call was cancelled after the request had been sent: it may have \
                         arrived",
                    )
                    .with_advice(ADVICE);
                    let cancelled = match trouble.error.trace_id() {
                        Some(trace_id) => cancelled.with_trace_id(trace_id),
                        None => cancelled,
                    };
                    self.leave_open(send.ticket, &trouble);
                    return Err(cancelled
                        .with_attempts(attempts)
                        .with_outcome(FailedSend::Unknown));
                }
            }
        }
    }

    fn acknowledged(&self, send: Send, attempts: u32) -> Result<SendResult, Error> {
        let ledger = &self.core.business.ledger;
        ledger.acknowledge(self.chat_id, send.ticket, self.now());
        let mut message_id = None;
        if self.options.return_message_id {
            // The send has succeeded: whatever becomes of the search, that stands.
            match self.search(&send) {
                Ok(Finding::Present(found)) => message_id = found,
                Ok(_) => {}
                Err(error) => log::warn!("{}: the id was not found: {error}", self.operation.name),
            }
            if let Some(id) = message_id {
                ledger.identify(self.chat_id, send.ticket, id, self.now());
            }
        }
        Ok(SendResult { outcome: SendOutcome::Sent, message_id, attempts })
    }

    fn resolve(&self, send: &Send, trouble: &Trouble, may_resend: bool) -> Resolved {
        if self.budget.cancel.is_cancelled() {
            return Resolved::Cancelled;
        }
        if !self.options.resolve {
            return Resolved::NotSearched;
        }
        let pipeline = &self.core.pipeline;
        let lost_at = self.now();
        let settled_at = if trouble.maybe_running {
            unix_ms(trouble.written_at) + SERVICE_TIMEOUT.as_millis() as i64
        } else {
            lost_at
        };
        let mut looks = 0;
        loop {
            let looked_at = self.now();
            let finding = match self.search(send) {
                Ok(finding) => finding,
                Err(error) if error.status() == Status::Cancelled => return Resolved::Cancelled,
                Err(error) => {
                    log::warn!("{}: the history cannot be read: {error}", self.operation.name);
                    return Resolved::NotSearched;
                }
            };
            looks += 1;
            match finding {
                Finding::Present(message_id) => return Resolved::Present(message_id),
                Finding::Unclear(ids) => return Resolved::Unclear(ids),
                Finding::Absent => {}
            }
            // A caller who wants it sent again waits for the proof; for the others one more look
            // is enough.
            let proof_at = settled_at.max(lost_at) + SETTLE.as_millis() as i64;
            let next_look = if may_resend {
                if looked_at >= proof_at {
                    return Resolved::ProvenAbsent;
                }
                proof_at
            } else if trouble.maybe_running && looks == 1 && looked_at < settled_at {
                settled_at.min(looked_at + SECOND_LOOK.as_millis() as i64)
            } else {
                return Resolved::Unclear(Vec::new());
            };
            let pause = Duration::from_millis((next_look - self.now()).max(0) as u64);
            if pause >= pipeline.left(&self.budget) {
                return Resolved::Unclear(Vec::new());
            }
            if !pipeline.sleep(pause, &self.budget.cancel) {
                return Resolved::Cancelled;
            }
        }
    }

    /// Reads the history and judges it.
    fn search(&self, send: &Send) -> Result<Finding, Error> {
        let core = self.core;
        let ledger = &core.business.ledger;
        loop {
            let before = ledger.others(self.chat_id, send);
            let offset = core.pipeline.server_offset(send.started);
            let from = Search::new(send, before.clone(), offset).baseline();
            let mut candidates = Vec::new();
            core.read_history(self.chat_id, from, None, &self.budget, |answer| {
                let page: ChatMessagesResult = read_answer(&operations::GET_CHAT_HISTORY, answer)?;
                let messages = page.messages.iter();
                candidates.extend(messages.filter_map(|m| Candidate::of(m, &self.content)));
                Ok(page.paging)
            })?;
            // The answers have told the service's time, if they ever do.
            let offset = core.pipeline.server_offset_or_assumed(send.started);
            let others = known_others(&before, ledger.others(self.chat_id, send));
            let search = Search::new(send, others, offset);
            if search.baseline() >= from {
                return Ok(search.judge(&candidates, offset));
            }
            // Another send has begun meanwhile, by somebody who knows less of the chat.
        }
    }

    fn leave_open(&self, ticket: Ticket, trouble: &Trouble) {
        let until = unix_ms(trouble.written_at) + SERVICE_TIMEOUT.as_millis() as i64;
        self.core.business.ledger.leave_open(self.chat_id, ticket, until.max(self.now()));
    }

    fn unknown(
        &self,
        ticket: Ticket,
        trouble: Trouble,
        attempts: u32,
        searched: Option<Vec<i64>>,
    ) -> Error {
        self.leave_open(ticket, &trouble);
        let cause = trouble.error;
        let found = match &searched {
            None => "The history was not searched",
            Some(ids) if ids.is_empty() => "The history does not show it",
            Some(_) => "The history shows messages that may be this one, or may not",
        };
        // Where the service has said what is wrong, that is the answer; but it does not prove that
        // nothing was done.
        let answered = cause.status() == Status::BadRequest;
        let status = if answered { cause.status() } else { Status::OutcomeUnknown };
        let error = Error::new(
            status,
            self.operation.name,
            format!("it may have arrived, or not: its answer was lost ({}). {found}", cause.what()),
        )
        .with_advice(ADVICE);
        let known = Known {
            searched: searched.is_some(),
            candidates: searched.unwrap_or_default(),
            after_message_id: self.options.after_message_id,
            cause: Some(cause.status().name().to_owned()),
        };
        let error = match cause.http_status() {
            Some(http_status) => error.with_http_status(http_status),
            None => error,
        };
        let error = match cause.trace_id() {
            Some(trace_id) => error.with_trace_id(trace_id),
            None => error,
        };
        error
            .with_errors(cause.errors().to_vec())
            .with_attempts(attempts)
            .with_known(known)
            .with_outcome(FailedSend::Unknown)
    }
}

/// Arguments that are refused have not left this library.
fn not_sent(error: Error) -> Error {
    error.with_outcome(FailedSend::NotSent)
}

/// What became of a send whose answer was lost.
enum Resolved {
    Present(Option<i64>),
    /// It is not there, and cannot come any more.
    ProvenAbsent,
    /// These may be it; none where it is not there yet.
    Unclear(Vec<i64>),
    NotSearched,
    Cancelled,
}
