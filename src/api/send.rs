//! Sending exactly once, or saying honestly that the outcome is unknown.

use std::cell::Cell;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::content::Content;
use super::history_search::{SearchFinding, may_be_mistaken};
use super::ledger::{Baseline, PendingSend, SendId, TicketState};
use super::lost_send::{LostAttempt, MIN_TIME_TO_ABSENCE, Resolved, SendCall};
use super::operations;
use super::options::SendOptions;
use super::requests;
use super::session::Session;
use super::ticket::Ticket;
use crate::error::{DeliveryStatus, Error};
use crate::fields::Refusal;
use crate::message_check::{MessageCheckOptions, check_message};
use crate::pipeline::{Operation, Request};
use crate::sentences::sends;
use crate::settings::CheckMessages;

/// Another round is begun only where so much of the call's time is left: an attempt that is cut
/// short may leave an open question in place of a certain answer.
const MIN_ROUND: Duration = Duration::from_secs(2);
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

impl SendOutcome {
    /// The text in JSON: `sent`, `confirmed`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Confirmed => "confirmed",
        }
    }
}

impl fmt::Display for SendOutcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
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
        let request = self.request_to_send(operation, |id| {
            options.check()?;
            requests::send_message(id, chat_id, text)
        });
        let request = request.map_err(|error| {
            let ticket = options.ticket.as_deref().unwrap_or_default();
            self.refused_send(operation, chat_id, &Content::text(text), ticket, error)
        })?;
        let rejection = self.check_text(operation, text)?;
        self.send(operation, chat_id, &request, Content::text(text), rejection, options)
    }

    /// Refuses the client of a parent process at once: what is known of its sends is behind a lock,
    /// and is asked for before the request is sent.
    fn request_to_send<'a>(
        &self,
        operation: &Operation,
        make: impl FnOnce(i64) -> Result<Request<'a>, Refusal>,
    ) -> Result<Request<'a>, Error> {
        self.pipeline.check_process(operation)?;
        self.request(operation, make)
    }

    /// Why a text with contacts must not be sent, where the configuration asks for the check.
    fn check_text(
        &self,
        operation: &'static Operation,
        text: &str,
    ) -> Result<Option<Error>, Error> {
        match self.check_messages {
            CheckMessages::Off => Ok(None),
            CheckMessages::Reject => {
                let check = check_message(text, &MessageCheckOptions::new())?;
                Ok(check.rejection(operation.name))
            }
        }
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
        let request = self.request_to_send(operation, |id| {
            options.check()?;
            requests::send_file(id, chat_id, file_name, data, random)
        });
        let content = Content::file(file_name, data.len() as i64);
        let request = request.map_err(|error| {
            let ticket = options.ticket.as_deref().unwrap_or_default();
            self.refused_send(operation, chat_id, &content, ticket, error)
        })?;
        self.send(operation, chat_id, &request, content, None, options)
    }

    fn send(
        &self,
        operation: &'static Operation,
        chat_id: i64,
        request: &Request<'_>,
        content: Content,
        rejection: Option<Error>,
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
        let budget = self.budget(options.call_timeout);
        let call = SendCall {
            session: self,
            operation,
            business_id,
            chat_id,
            options,
            budget,
            content: Arc::new(content),
            rejection,
            claim_is_wrong: Cell::new(false),
        };
        let result = call.run(request, ticket);
        self.pipeline.counters().count_send(|sends| {
            *match &result {
                Ok(SendResult { outcome: SendOutcome::Sent, .. }) => &mut sends.sent,
                Ok(_) => &mut sends.confirmed,
                Err(error) if error.outcome() == Some(DeliveryStatus::Unknown) => {
                    &mut sends.unknown
                }
                Err(_) => &mut sends.not_sent,
            } += 1;
        });
        result
    }
}

/// A call that is at work on a send. When it is dropped, the next call may go on with the send, also
/// where a panic ends this one.
struct Running<'a> {
    call: &'a SendCall<'a>,
    send: SendId,
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        let Self { call, send } = self;
        call.ledger().change(call.chat_id, *send, |send| {
            send.running = false;
            send.ended.get_or_insert_with(|| call.now() + MIN_TIME_TO_ABSENCE);
        });
    }
}

impl SendCall<'_> {
    fn run(&self, request: &Request<'_>, ticket: Option<Ticket>) -> Result<SendResult, Error> {
        let (ledger, now) = (self.ledger(), self.now());
        let (mut send, earlier) = match &ticket {
            None => {
                let newest = ledger.newest(self.chat_id);
                (ledger.begin(self.chat_id, &self.content, newest, None, now), None)
            }
            Some(ticket) => match self.claim_ticket(ticket, now) {
                TicketState::Unused(send) => (send, None),
                TicketState::Unknown(send) => {
                    // Whoever used it may have done so a moment ago.
                    let lost = LostAttempt {
                        began: None,
                        service_began: ticket.from.map(|from| (from, from)),
                        over_at: now + MIN_TIME_TO_ABSENCE,
                        maybe_running: true,
                    };
                    (send, Some(lost))
                }
                TicketState::Lost(send) => {
                    let lost = LostAttempt {
                        began: Some(send.started),
                        service_began: None,
                        over_at: send.ended.unwrap_or(now + MIN_TIME_TO_ABSENCE),
                        maybe_running: true,
                    };
                    (send, Some(lost))
                }
                TicketState::Running => return Err(self.under_way(ticket)),
                TicketState::Arrived(message_id) => {
                    let outcome = SendOutcome::Confirmed;
                    return Ok(SendResult { outcome, message_id, attempts: 0 });
                }
            },
        };
        let _running = Running { call: self, send: send.id };
        self.run_from(request, &mut send, earlier, ticket)
    }

    fn claim_ticket(&self, ticket: &Ticket, now: Duration) -> TicketState {
        let baseline =
            ticket.baseline.map(|id| Baseline { id, read_at: None, complete_from: None });
        self.ledger().claim_ticket(self.chat_id, &self.content, ticket.random, baseline, now)
    }

    fn run_from(
        &self,
        request: &Request<'_>,
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
            error.with_attempts(attempts).with_outcome(DeliveryStatus::NotSent)
        };
        if let Some(lost) = earlier {
            match self.resolve(send, &lost, true) {
                Resolved::Present(message_id) => return Ok(self.confirmed(send, message_id, 0)),
                Resolved::ProvenAbsent => {}
                open => return Err(self.unknown(send, ticket, None, lost.over_at, 0, open)),
            }
        }
        // Only now: an earlier attempt with the ticket may have arrived, rejected now or not.
        if let Some(rejection) = &self.rejection {
            return Err(not_sent(send, rejection.clone(), 0));
        }
        if self.options.resend == Some(true) && ticket.is_none() {
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
                over_at: trouble.ended + MIN_TIME_TO_ABSENCE,
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
                Resolved::ProvenAbsent if pipeline.left(&self.budget) > MIN_ROUND => {
                    log::info!(
                        "{}: the history proves that nothing arrived; it is sent again",
                        self.operation.name
                    );
                }
                Resolved::ProvenAbsent => {
                    let error = trouble.error.with_note(&sends::proven_absent());
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
        read.map_err(|error| error.within(self.operation.name, sends::chat_not_read_before))
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
                Ok(SearchFinding::Present(id)) => message_id = id,
                Ok(_) => {}
                Err(error) => {
                    let name = self.operation.name;
                    log::warn!("{name}: the id was not found: {}", error.status());
                }
            }
            self.arrived(send, message_id);
        }
        SendResult { outcome: SendOutcome::Sent, message_id, attempts }
    }
}
