//! From what came back, or did not, to a result or an error, and to what a retry would mean.

mod limit;
#[cfg(test)]
mod tests;

use std::fmt::{self, Write};
use std::time::{Duration, SystemTime};

use super::attempt::{Answer, AttemptError};
use super::budget::TimeLimit;
use super::envelope::{self, EnvelopeStatus, Promise};
use super::error_list::{self, ListedError};
use super::operation::{Effect, Operation};
use super::rate_headers::TimeHeaders;
use super::retry::RetryClass;
use crate::error::{ApiError, Error};
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

    fn error(&self, status: Status, what: impl fmt::Display) -> Error {
        Error::new(status, self.operation.name, what.to_string())
    }

    fn failure(&self, error: Error, class: RetryClass) -> AttemptError {
        AttemptError {
            error,
            retry_class: class,
            asked: None,
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
        let message = (self.redact)(&failure.message);
        let (status, what, advice) = match failure.kind {
            ErrorKind::Connect => (
                Status::Network,
                format!("{message}. Nothing was sent"),
                "Check the network and baseUrl, then call again.",
            ),
            ErrorKind::Proxy => (
                Status::Network,
                format!("{message}. Nothing was sent"),
                "Check that the proxy runs, and that proxy names it, then call again.",
            ),
            ErrorKind::ProxyLogin => (
                Status::Network,
                format!("{message}. Nothing was sent"),
                "Set the right ones in proxy, as in http://user:password@host:port.",
            ),
            ErrorKind::Tls => (
                Status::Network,
                format!("{message}. Nothing was sent"),
                "If the server's certificate is from an authority of your own, name that \
                 authority's certificate in caFile.",
            ),
            ErrorKind::NotTls => (
                Status::Network,
                format!("{message}. Nothing was sent"),
                "Check the port in baseUrl, and whether it should begin with http://.",
            ),
            ErrorKind::Broken => (
                Status::Network,
                format!(
                    "the connection broke {}: {message}",
                    if written { "before the answer was complete" } else { "while sending" },
                ),
                "Call again.",
            ),
            ErrorKind::Timeout(limit) => {
                let (name, value) = self.limits.setting(limit);
                let limit = TimeLimit::new(name, value);
                let (what, advice) = match failure.progress {
                    Progress::NotConnected => {
                        ("no connection", "Check the network and the proxy, then call again.")
                    }
                    _ => ("no complete answer", "Call again."),
                };
                let nothing = if written { "" } else { ". Nothing was sent" };
                (Status::Timeout, format!("{what} within {limit}{nothing}"), advice)
            }
            ErrorKind::Cancelled => (Status::Cancelled, "the call was cancelled".to_owned(), ""),
            ErrorKind::TooLarge => (
                Status::Protocol,
                format!("{message}, which is what maxResponseBytes allows"),
                "Raise it, or ask for less.",
            ),
            ErrorKind::Malformed => (
                Status::Protocol,
                format!("what came back is not an HTTP answer ({message})"),
                "Is something between this machine and the service?",
            ),
            ErrorKind::Stopped => (Status::Cancelled, message, ""),
        };
        let mut error = self.error(status, what);
        if !advice.is_empty() {
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
                // Where it leads to, nobody knows, nor what was done before it was sent: a 303
                // is the usual answer to a form that was processed.
                let class = self.permanent_unless_send();
                let mut failure = self.failure(
                self.error(Status::Protocol, format_args!(
                    "the service answered with a redirect (HTTP {status}), which is not followed, \
                     because the credential would go along"
                ))
                .with_advice("Check baseUrl and the proxy.")
                .with_http_status(status),
                class,
                );
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
                    .error(Status::Server, format_args!("the Market failed (HTTP {status}{words})"))
                    .with_advice("Call again later.");
                let mut failure =
                    self.failure(error.with_http_status(status).with_errors(errors), class);
                failure.asked = self.times.retry_after(self.received_at);
                // A gateway speaks for a service that it has given up waiting for.
                failure.maybe_running = failure.maybe_arrived
                    && (matches!(status, 502 | 504)
                        || kind_of_page(incoming.body.bytes()).is_some());
                Err(failure)
            }
            _ => Err(self.failure(
                self.error(Status::Protocol, format_args!("unexpected HTTP status {status}"))
                    .with_advice("Ask the Market's support, and give the trace id.")
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
                RetryClass::Parallel => "too many requests at the same time",
                _ => "the quota of this hour is used up",
            };
            let what = format!("{what} (HTTP {code}{words}). Nothing was done");
            let error = self
                .error(Status::RateLimited, what)
                .with_advice("Wait, then call again.")
                .with_http_status(code)
                .with_errors(errors);
            return AttemptError {
                asked: limit.asked,
                allowed: limit.allowed,
                ..self.failure(error, limit.retry_class)
            };
        }
        let (status, advice) = match code {
            401 => (
                Status::Unauthorized,
                "Copy the key anew from the business account: all of it, without a prefix.",
            ),
            403 => (Status::Forbidden, self.advice_on_403(&words)),
            404 => {
                (Status::NotFound, "Check the ids: there is nothing of that id in this business.")
            }
            423 => (Status::BadRequest, "Ask the Market's support why the shop is locked."),
            _ => (Status::BadRequest, "Correct the request."),
        };
        let mut error = self
            .error(status, format_args!("the Market refused it (HTTP {code}{words})"))
            .with_advice(advice);
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
    fn advice_on_403(&self, words: &str) -> &'static str {
        let words = words.to_ascii_lowercase();
        let has_business = !matches!(self.operation.name, "getCampaigns" | "getAuthTokenInfo");
        if has_business && words.contains("resource") && words.contains("denied") {
            "Set businessId to a business that the key grants access to: get_campaigns lists them."
        } else {
            "Give the key the access \"communication\" in the business account."
        }
    }

    fn success(&self, mut incoming: HttpAnswer) -> Result<Answer, AttemptError> {
        let status = incoming.status;
        let promise = self.operation.promise;
        let nothing = matches!(promise, Promise::Nothing);
        let protocol = |what: String, class| {
            let error = self
                .error(
                    Status::Protocol,
                    format_args!("the answer is not what the API promises: {what}"),
                )
                .with_advice("Ask the Market's support, and give the trace id.");
            self.failure(error.with_http_status(status), class)
        };
        let scanned = match envelope::repair_and_scan(incoming.body.bytes_mut(), promise) {
            Ok(scanned) => scanned,
            Err(malformed) => {
                let what = match kind_of_page(incoming.body.bytes()) {
                    Some(page) => page.to_owned(),
                    None => malformed.to_string(),
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
                .error(
                    Status::BadRequest,
                    format_args!("the Market answered with an error (HTTP {status}{words})"),
                )
                .with_advice("Correct the request.");
            let error = error.with_http_status(status).with_errors(errors);
            return Err(self.failure(error, self.permanent_unless_send()));
        }
        if nothing && incoming.progress != Progress::Written {
            let what = "it came before the service had all of the request".into();
            return Err(protocol(what, self.permanent_unless_send()));
        }
        if nothing {
            return if scanned.status == EnvelopeStatus::Ok {
                Ok(Answer::new(Body::default(), 0..0, scanned.page))
            } else {
                Err(protocol("it does not say OK".into(), self.permanent_unless_send()))
            };
        }
        if let Err(wrong) = scanned.shape {
            return Err(protocol(wrong.to_string(), RetryClass::Permanent));
        }
        let result = match promise {
            Promise::Document(_) => Some(scanned.document),
            Promise::Result(_) | Promise::Nothing => scanned.result,
        };
        match result {
            Some(part) => Ok(Answer::new(incoming.body, part.range, scanned.page)),
            None => Err(protocol("`result` is missing".into(), RetryClass::Permanent)),
        }
    }

    /// The service's list of errors, and the same as words for a sentence: empty, or
    /// `: CODE: text; …`.
    fn read_errors(&self, body: &[u8]) -> (Vec<ApiError>, String) {
        const MAX_TEXT: usize = 500;
        // Not cut to its length before: a credential that is cut would not be known any more.
        const LOOKED_THROUGH: usize = 4 * MAX_TEXT;
        let clean = |text: String| -> String {
            let text: String = text.chars().take(LOOKED_THROUGH).collect();
            let text: String = (self.redact)(&text).chars().take(MAX_TEXT).collect();
            text.replace(char::is_control, " ")
        };
        let Some(listed) = error_list::read(body) else {
            let page = kind_of_page(body).map_or(String::new(), |page| format!(", {page}"));
            return (Vec::new(), page);
        };
        let errors: Vec<ApiError> = listed
            .into_iter()
            .map(|ListedError { code, message }| ApiError {
                code: code.map(clean).unwrap_or_default(),
                message: message.map(clean),
            })
            .collect();
        let mut words = String::new();
        for (index, error) in errors.iter().enumerate() {
            let separator = if index == 0 { ": " } else { "; " };
            // Writing to a string cannot fail.
            let _ = match &error.message {
                Some(message) => write!(words, "{separator}{}: {message}", error.code),
                None => write!(words, "{separator}{}", error.code),
            };
        }
        (errors, words)
    }
}

/// Whether a 4xx says for certain that the request was refused before anything was done: those
/// that the API documents, and those that HTTP defines so. A 408 or 499 speaks of a request that
/// came too slowly, or of a client that left; what was done behind them, they do not say.
fn says_that_nothing_was_done(code: u16) -> bool {
    matches!(code, 400 | 401 | 403..=407 | 411 | 413..=415 | 417 | 420 | 422 | 423 | 428 | 429 | 431)
}

/// Names what is no JSON, without quoting it: it may hold anything.
fn kind_of_page(body: &[u8]) -> Option<&'static str> {
    let start = body.trim_ascii_start();
    match start.first() {
        None => Some("an empty body"),
        Some(b'<') => Some("a page of HTML, as proxies send it"),
        Some(_) => None,
    }
}
