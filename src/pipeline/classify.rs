//! Turns the outcome of an exchange into a result or an error, and says whether a retry makes sense.

mod limit;
#[cfg(test)]
mod tests;

use std::fmt::Write;
use std::time::{Duration, SystemTime};

use super::attempt::{Answer, AttemptError};
use super::budget::time_limit;
use super::envelope::{self, EnvelopeStatus, Promise, ShapeError};
use super::error_list::{self, ListedError};
use super::operation::{Effect, Operation};
use super::rate_headers::TimeHeaders;
use super::retry::RetryClass;
use crate::error::{ApiError, Error};
use crate::json_scan::{Kind, Malformed};
use crate::sentences::{Sentence, advice, errors, json, network};
use crate::status::{Action, Status};
use crate::transport::{Body, ErrorKind, HttpAnswer, Progress, TimeLimits, TransportError};
use limit::Limit;

/// The facts of one attempt.
pub(crate) struct AttemptFacts<'a> {
    pub operation: &'static Operation,
    pub received_at: SystemTime,
    pub times: &'a TimeHeaders,
    /// What the attempt was allowed to take.
    pub limits: &'a TimeLimits,
    /// Takes credentials out of words that are not ours.
    pub redact: &'a dyn Fn(&str) -> String,
}

impl AttemptFacts<'_> {
    pub(crate) fn classify(
        &self,
        outcome: Result<HttpAnswer, TransportError>,
    ) -> Result<Answer, AttemptError> {
        match outcome {
            Ok(incoming) => self.answer(incoming),
            Err(failure) => Err(self.no_answer(&failure)),
        }
    }

    fn error(&self, status: Status, what: Sentence) -> Error {
        Error::new(status, self.operation.name, what)
    }

    fn failure(&self, error: Error, class: RetryClass) -> AttemptError {
        AttemptError {
            error,
            retry_class: class,
            requested_wait: None,
            allowed: None,
            maybe_arrived: matches!(class, RetryClass::AnswerLost { .. }),
            maybe_running: false,
            began: Duration::ZERO,
            ended: Duration::ZERO,
        }
    }

    fn no_answer(&self, failure: &TransportError) -> AttemptError {
        let written = failure.progress == Progress::Written;
        let class = if written {
            RetryClass::AnswerLost { stale: failure.stale }
        } else {
            RetryClass::NotArrived { stale: failure.stale }
        };
        let message = &failure.message.map(self.redact);
        let nothing_was_sent = || network::nothing_was_sent(message);
        let (status, what, advice) = match failure.kind {
            ErrorKind::Connect => {
                (Status::Network, nothing_was_sent(), Some(advice::check_network_and_base_url()))
            }
            ErrorKind::Proxy => (Status::Network, nothing_was_sent(), Some(advice::check_proxy())),
            ErrorKind::ProxyLogin => {
                (Status::Network, nothing_was_sent(), Some(advice::set_proxy_login()))
            }
            ErrorKind::Tls => (Status::Network, nothing_was_sent(), Some(advice::name_ca_file())),
            ErrorKind::NotTls => (Status::Network, nothing_was_sent(), Some(advice::check_port())),
            ErrorKind::Broken => (
                Status::Network,
                if written {
                    network::broke_before_answer(message)
                } else {
                    network::broke_while_sending(message)
                },
                Some(advice::call_again()),
            ),
            ErrorKind::Timeout(limit) => {
                let limit = &time_limit(self.limits.setting(limit));
                let (what, advice) = match failure.progress {
                    Progress::NotConnected => {
                        (network::no_connection_within(limit), advice::check_network_and_proxy())
                    }
                    _ => (network::no_answer_within(limit), advice::call_again()),
                };
                let what = if written { what } else { network::nothing_was_sent(&what) };
                (Status::Timeout, what, Some(advice))
            }
            ErrorKind::Cancelled => (Status::Cancelled, errors::cancelled(), None),
            ErrorKind::TooLarge => (
                Status::Protocol,
                network::more_than_max_response_bytes(message),
                Some(advice::raise_it_or_ask_for_less()),
            ),
            ErrorKind::Malformed => (
                Status::Protocol,
                network::not_http(message),
                Some(advice::look_for_something_between()),
            ),
            ErrorKind::Stopped => (Status::Cancelled, message.clone(), None),
        };
        let mut error = self.error(status, what);
        if let Some(advice) = advice {
            error = error.with_advice(advice);
        }
        let class = match failure.kind {
            ErrorKind::ProxyLogin | ErrorKind::Tls | ErrorKind::NotTls => {
                error = error.with_retryable(false).with_action(Action::FixRequest);
                RetryClass::Permanent
            }
            ErrorKind::TooLarge => {
                error = error.with_action(Action::FixRequest);
                self.permanent_unless_send()
            }
            ErrorKind::Cancelled | ErrorKind::Stopped => RetryClass::Permanent,
            _ => class,
        };
        AttemptError {
            maybe_arrived: written,
            // Whatever ended the wait for the answer: a connection that breaks says nothing about
            // the service behind it, and a service that is left while it sends a long answer
            // counts the request until it notices.
            maybe_running: written,
            ..self.failure(error, class)
        }
    }

    /// A send's answer that cannot be understood leaves its outcome open; any other call is
    /// simply over.
    fn permanent_unless_send(&self) -> RetryClass {
        match self.operation.effect {
            Effect::Send => RetryClass::AnswerLost { stale: false },
            Effect::Read | Effect::Idempotent => RetryClass::Permanent,
        }
    }

    fn answer(&self, incoming: HttpAnswer) -> Result<Answer, AttemptError> {
        let status = incoming.status;
        match status {
            200..=299 => self.success(incoming),
            300..=399 => {
                // The request may have been processed before the redirect was sent: a 303 is the
                // usual answer to a form that was processed (RFC 9110, section 15.4.4).
                let class = self.permanent_unless_send();
                let error = self
                    .error(Status::Protocol, network::redirect(status))
                    .with_advice(advice::check_base_url_and_proxy());
                let mut failure = self.failure(error.with_http_status(status), class);
                failure.maybe_arrived &= incoming.progress == Progress::Written;
                Err(failure)
            }
            400..=499 => Err(self.client_error(&incoming)),
            500..=599 => {
                let class = if incoming.progress == Progress::Written {
                    RetryClass::AnswerLost { stale: false }
                } else {
                    RetryClass::NotArrived { stale: false }
                };
                let (errors, words) = self.read_errors(incoming.body.bytes());
                let error = self
                    .error(Status::Server, network::market_failed(status, &words))
                    .with_advice(advice::call_again_later());
                let mut failure =
                    self.failure(error.with_http_status(status).with_errors(errors), class);
                failure.requested_wait = self.times.retry_after(self.received_at);
                // A gateway speaks for a service that it has given up waiting for.
                failure.maybe_running = failure.maybe_arrived
                    && (matches!(status, 502 | 504)
                        || kind_of_page(incoming.body.bytes()).is_some());
                Err(failure)
            }
            _ => Err(self.failure(
                self.error(Status::Protocol, network::unexpected_status(status))
                    .with_advice(advice::ask_support())
                    .with_http_status(status),
                self.permanent_unless_send(),
            )),
        }
    }

    fn client_error(&self, incoming: &HttpAnswer) -> AttemptError {
        let code = incoming.status;
        let (errors, words) = self.read_errors(incoming.body.bytes());
        if matches!(code, 420 | 429) {
            let limit = Limit::read(incoming.body.bytes(), self.times, self.received_at);
            let what = match limit.retry_class {
                RetryClass::Parallel => network::too_many_at_once(code, &words),
                _ => network::quota_used_up(code, &words),
            };
            let error = self
                .error(Status::RateLimited, what)
                .with_advice(advice::wait_and_call_again())
                .with_http_status(code)
                .with_errors(errors);
            return AttemptError {
                requested_wait: limit.requested_wait,
                allowed: limit.allowed,
                ..self.failure(error, limit.retry_class)
            };
        }
        let (status, advice) = match code {
            401 => (Status::Unauthorized, advice::copy_the_key()),
            403 => (Status::Forbidden, self.advice_on_403(&errors)),
            404 => (Status::NotFound, advice::check_ids()),
            423 => (Status::BadRequest, advice::ask_why_locked()),
            _ => (Status::BadRequest, advice::correct_the_request()),
        };
        let mut error = self.error(status, network::refused(code, &words)).with_advice(advice);
        if code == 423 {
            error = error.with_action(Action::ContactSupport);
        }
        let class = match code {
            _ if !says_that_nothing_was_done(code) => self.permanent_unless_send(),
            _ => RetryClass::Permanent,
        };
        let mut failure = self.failure(error.with_http_status(code).with_errors(errors), class);
        failure.maybe_running = matches!(code, 408 | 499);
        failure.maybe_arrived &= incoming.progress == Progress::Written;
        failure
    }

    /// A 403 has several causes, which only its words tell apart.
    fn advice_on_403(&self, errors: &[ApiError]) -> Sentence {
        let words = in_one_line(errors).to_ascii_lowercase();
        let has_business = !matches!(self.operation.name, "getCampaigns" | "getAuthTokenInfo");
        if has_business && words.contains("resource") && words.contains("denied") {
            advice::set_business()
        } else {
            advice::give_access()
        }
    }

    fn success(&self, mut incoming: HttpAnswer) -> Result<Answer, AttemptError> {
        let status = incoming.status;
        let promise = self.operation.promise;
        let nothing = matches!(promise, Promise::Nothing);
        let protocol = |what: Sentence, class| {
            let error = self
                .error(Status::Protocol, network::broken_promise(&what))
                .with_advice(advice::ask_support());
            self.failure(error.with_http_status(status), class)
        };
        let scanned = match envelope::repair_and_scan(incoming.body.bytes_mut(), promise) {
            Ok(scanned) => scanned,
            Err(malformed) => {
                let what = match kind_of_page(incoming.body.bytes()) {
                    Some(page) => page,
                    None => sentence_of(&malformed),
                };
                let mut failure = protocol(what, RetryClass::AnswerLost { stale: false });
                // It is not the service that speaks like this.
                failure.maybe_running = true;
                return Err(failure);
            }
        };
        if scanned.status == EnvelopeStatus::Error {
            let (errors, words) = self.read_errors(incoming.body.bytes());
            let error = self
                .error(Status::BadRequest, network::answered_with_error(status, &words))
                .with_advice(advice::correct_the_request());
            let error = error.with_http_status(status).with_errors(errors);
            return Err(self.failure(error, self.permanent_unless_send()));
        }
        if nothing && incoming.progress != Progress::Written {
            let what = network::answer_before_request();
            return Err(protocol(what, self.permanent_unless_send()));
        }
        if nothing {
            return if scanned.status == EnvelopeStatus::Ok {
                Ok(Answer::new(Body::default(), 0..0, scanned.page))
            } else {
                Err(protocol(network::answer_without_ok(), self.permanent_unless_send()))
            };
        }
        if let Err(wrong) = scanned.shape {
            return Err(protocol(shape_sentence(&wrong), RetryClass::Permanent));
        }
        let result = match promise {
            Promise::Document(_) => Some(scanned.document),
            Promise::Result(_) | Promise::Nothing => scanned.result,
        };
        match result {
            Some(part) => Ok(Answer::new(incoming.body, part.range, scanned.page)),
            None => Err(protocol(network::result_is_missing(), RetryClass::Permanent)),
        }
    }

    /// The service's list of errors, and the same as words for a sentence: empty, or
    /// `: CODE: text; …`.
    fn read_errors(&self, body: &[u8]) -> (Vec<ApiError>, Sentence) {
        const MAX_TEXT: usize = 500;
        // Credentials are redacted before the text is cut to MAX_TEXT: half a credential would not
        // be recognized.
        const LOOKED_THROUGH: usize = 4 * MAX_TEXT;
        let clean = |text: String| -> String {
            let text: String = text.chars().take(LOOKED_THROUGH).collect();
            let text: String = (self.redact)(&text).chars().take(MAX_TEXT).collect();
            text.replace(char::is_control, " ")
        };
        let Some(listed) = error_list::read(body) else {
            let page = kind_of_page(body).map(|page| network::instead_of_words(&page));
            return (Vec::new(), page.unwrap_or_else(|| errors::verbatim("")));
        };
        let errors: Vec<ApiError> = listed
            .into_iter()
            .map(|ListedError { code, message }| ApiError {
                code: code.map(clean).unwrap_or_default(),
                message: message.map(clean),
            })
            .collect();
        let words = errors::verbatim(&in_one_line(&errors));
        (errors, words)
    }
}

/// What is wrong with the kind of an answer.
fn shape_sentence(wrong: &ShapeError) -> Sentence {
    match *wrong {
        ShapeError::NotAnObject { found } => json::result_of_wrong_kind(&phrase(found)),
        ShapeError::Missing(member) => json::member_missing(member),
        ShapeError::WrongKind { member, expected, found } => {
            json::member_of_wrong_kind(member, &phrase(expected), &phrase(found))
        }
    }
}

fn phrase(kind: Kind) -> Sentence {
    match kind {
        Kind::Object => json::an_object(),
        Kind::Array => json::an_array(),
        Kind::String => json::a_string(),
        Kind::Integer => json::an_integer(),
        Kind::Number => json::a_fraction(),
        Kind::Bool => json::a_boolean(),
        Kind::Null => json::null(),
    }
}

/// Why an answer is not accepted.
fn sentence_of(malformed: &Malformed) -> Sentence {
    match *malformed {
        Malformed::NotUtf8 { at } => json::answer_not_utf8(at),
        Malformed::Syntax { at, what } => json::answer_not_json(at, &json::syntax(what)),
        Malformed::HalfOfPair { at } => json::answer_half_of_pair(at),
        Malformed::TooDeep { at } => json::answer_too_deep(at),
        Malformed::Duplicate { member } => json::answer_member_twice(member),
    }
}

/// The service's own words.
fn in_one_line(errors: &[ApiError]) -> String {
    let mut words = String::new();
    for (index, error) in errors.iter().enumerate() {
        let separator = if index == 0 { ": " } else { "; " };
        // Writing to a string cannot fail.
        let _ = match &error.message {
            Some(message) => write!(words, "{separator}{}: {message}", error.code),
            None => write!(words, "{separator}{}", error.code),
        };
    }
    words
}

/// Whether a 4xx says for certain that the request was rejected before anything was done: those
/// that the API documents, and those that HTTP defines so. A 408 or 499 speaks of a request that
/// came too slowly, or of a client that left; what was done behind them, they do not say.
fn says_that_nothing_was_done(code: u16) -> bool {
    matches!(code, 400 | 401 | 403..=407 | 411 | 413..=415 | 417 | 420 | 422 | 423 | 428 | 429 | 431)
}

/// Names what is no JSON, without quoting it: it may hold anything.
fn kind_of_page(body: &[u8]) -> Option<Sentence> {
    let start = body.trim_ascii_start();
    match start.first() {
        None => Some(network::empty_body()),
        Some(b'<') => Some(network::html_page()),
        Some(_) => None,
    }
}
