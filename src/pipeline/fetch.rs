//! Files: one after the other, the places to which a URL leads, and what an attempt brought.

use std::fmt;
use std::ops::ControlFlow;

use http::{HeaderMap, HeaderValue, header};

use super::attempt::AttemptError;
use super::budget::{Budget, time_limit};
use super::classify::AttemptFacts;
use super::file_access::AccessDenied;
use super::operation::Operation;
use super::rate_headers::TimeHeaders;
use super::trace::TraceId;
use super::{Pipeline, headers};
use crate::clock;
use crate::error::Error;
use crate::secret::redact;
use crate::sentences::{Sentence, advice, errors, files, network};
use crate::settings::{FileHosts, FileUrl};
use crate::status::{Action, Status};
use crate::transport::{
    Authorization, ErrorKind, FileRequest, HttpAnswer, Receiver, TimeLimits, TransportError,
};

/// Browsers follow twenty; a file needs one or two.
const MAX_REDIRECTS: u32 = 10;

/// A file to be fetched.
pub(crate) struct Fetch<'a> {
    pub operation: &'static Operation,
    pub url: &'a FileUrl,
    /// Foreign hosts that the caller allows; they are shown no credential.
    pub allowed_hosts: &'a FileHosts,
    pub max_bytes: u64,
}

/// What is known of a file that has been received.
pub(crate) struct Fetched {
    pub content_type: Option<String>,
}

/// The requests that one call has made, redirects and retries included.
#[derive(Default)]
struct RequestsMade {
    number: u32,
    last_trace_id: Option<TraceId>,
}

impl Pipeline {
    /// Whether a file may be requested from a URL at all.
    pub(crate) fn check_file_access(
        &self,
        url: &FileUrl,
        allowed: &FileHosts,
    ) -> Result<(), AccessDenied> {
        let access = self.file_access.authorizations(&url.origin, allowed).map(drop);
        access.map_err(|denied| self.redacted(denied))
    }

    /// A host is a text that somebody else wrote, or a credential in the wrong place.
    fn redacted(&self, denied: AccessDenied) -> AccessDenied {
        let redacted = |host: String| redact(&host, self.secrets.iter());
        match denied {
            AccessDenied::Foreign(host) => AccessDenied::Foreign(redacted(host)),
            AccessDenied::Unencrypted(host) => AccessDenied::Unencrypted(redacted(host)),
        }
    }

    /// Fetches a file until it has been received whole, or that is not to be expected within the
    /// budget. Each attempt begins with the first URL, because those that it leads to may be good
    /// for a moment only.
    pub(crate) fn fetch(
        &self,
        fetch: &Fetch<'_>,
        receiver: &mut dyn Receiver,
        budget: &Budget,
    ) -> Result<Fetched, Error> {
        let mut made = RequestsMade::default();
        let mut attempts = 0;
        loop {
            let failure = match self.fetch_once(fetch, receiver, budget, &mut made) {
                Ok(fetched) => return Ok(fetched),
                Err(failure) => *failure,
            };
            attempts += 1;
            if let Err(last) = self.wait_for_retry(fetch.operation, failure, attempts, budget) {
                let error = Error::from(last).with_attempts(made.number);
                return Err(match made.last_trace_id {
                    Some(trace_id) => error.with_trace_id(trace_id),
                    None => error,
                });
            }
        }
    }

    fn fetch_once(
        &self,
        fetch: &Fetch<'_>,
        receiver: &mut dyn Receiver,
        budget: &Budget,
        made: &mut RequestsMade,
    ) -> Result<Fetched, Box<AttemptError>> {
        let protocol = |what: Sentence, advice: Sentence, status| {
            let error = Error::new(Status::Protocol, fetch.operation.name, what);
            let error = error.with_advice(advice).with_http_status(status);
            Box::new(AttemptError::before_sending(
                error.with_action(Action::FixRequest),
                self.now(),
            ))
        };
        let mut url = fetch.url.clone();
        let mut status = 0;
        for _ in 0..=MAX_REDIRECTS {
            let authorizations = self
                .file_access
                .authorizations(&url.origin, fetch.allowed_hosts)
                .map_err(|denied| self.redacted(denied))
                .map_err(|denied| {
                    protocol(files::redirect_is_wrong(&denied.why()), denied.advice(), status)
                })?;
            let answer = self.ask(fetch, &url, authorizations, receiver, budget, made)?;
            status = answer.status;
            if status == 200 {
                let content_type = answer.headers.get(header::CONTENT_TYPE);
                let content_type = content_type.and_then(|value| value.to_str().ok());
                let content_type = content_type.map(|text| redact(text, self.secrets.iter()));
                return Ok(Fetched { content_type });
            }
            let location = answer.headers.get(header::LOCATION).map(HeaderValue::as_bytes);
            let location = location.and_then(|bytes| std::str::from_utf8(bytes).ok());
            let to = match location {
                Some(location) => url.join(location),
                None => Err(files::names_no_address()),
            };
            url = to.map_err(|why| {
                let what = files::redirect_is_wrong(&why);
                protocol(what, advice::check_whole_file_url(), status)
            })?;
        }
        let what = network::too_many_redirects(MAX_REDIRECTS);
        Err(protocol(what, advice::ask_support(), status))
    }

    /// Asks one place, with one credential after the other: for a file, or for where it is.
    fn ask(
        &self,
        fetch: &Fetch<'_>,
        url: &FileUrl,
        authorizations: &[Authorization],
        receiver: &mut dyn Receiver,
        budget: &Budget,
        made: &mut RequestsMade,
    ) -> Result<HttpAnswer, Box<AttemptError>> {
        let mut left = authorizations.iter().peekable();
        loop {
            let authorization = *left.next().unwrap_or(&Authorization::Nothing);
            let trace_id = TraceId::new(self.random_128());
            let limits = TimeLimits {
                connect: self.connect_timeout,
                attempt: self.attempt_timeout,
                call: budget.timeout,
                call_left: self.left(budget),
                #[cfg(test)]
                clock: self.unit_test_clock(),
            };
            let request = FileRequest {
                url,
                authorization,
                headers: self.file_headers(authorization, trace_id),
                max_bytes: fetch.max_bytes,
            };
            made.number += 1;
            made.last_trace_id = Some(trace_id);
            let began = self.now();
            let mut counted = Counted { receiver: &mut *receiver, bytes: 0 };
            let result = self.transport.fetch(request, &mut counted, &limits, &budget.cancel);
            let received = counted.bytes;
            log::debug!(
                "{}: {}, {received} bytes, {} ms, trace {trace_id}",
                fetch.operation.name,
                FileEnded(&result),
                clock::millis(self.now().saturating_sub(began))
            );
            match result {
                Ok(answer) if matches!(answer.status, 200 | 301 | 302 | 303 | 307 | 308) => {
                    return Ok(answer);
                }
                Ok(answer) if matches!(answer.status, 401 | 403) && left.peek().is_some() => {}
                Ok(answer) => return Err(self.rejected(fetch, authorization, answer, &limits)),
                Err(failure) => {
                    return Err(self.not_received(fetch, &failure, received, &limits));
                }
            }
        }
    }

    fn file_headers(&self, authorization: Authorization, trace_id: TraceId) -> HeaderMap {
        if authorization == Authorization::Nothing {
            headers::of_foreign_file()
        } else {
            self.headers.of_file(trace_id, self.random())
        }
    }

    fn classify(
        &self,
        fetch: &Fetch<'_>,
        limits: &TimeLimits,
        outcome: Result<HttpAnswer, TransportError>,
    ) -> AttemptError {
        let times = match &outcome {
            Ok(answer) => TimeHeaders::read(&answer.headers),
            Err(_) => TimeHeaders::default(),
        };
        let facts = AttemptFacts {
            operation: fetch.operation,
            received_at: self.clock.wall(),
            times: &times,
            limits,
            redact: &|text| redact(text, self.secrets.iter()),
        };
        facts.classify(outcome).err().unwrap_or_else(|| {
            // Only failures are classified.
            let error =
                Error::internal(fetch.operation.name, &errors::verbatim("a failure that is none"));
            AttemptError::before_sending(error, self.now())
        })
    }

    /// An answer that is no file.
    fn rejected(
        &self,
        fetch: &Fetch<'_>,
        authorization: Authorization,
        answer: HttpAnswer,
        limits: &TimeLimits,
    ) -> Box<AttemptError> {
        let status = answer.status;
        if !(400..=599).contains(&status) {
            let what = network::no_file(status);
            let error = Error::new(Status::Protocol, fetch.operation.name, what)
                .with_advice(advice::ask_support())
                .with_http_status(status);
            return Box::new(AttemptError::before_sending(error, self.now()));
        }
        let mut failure = self.classify(fetch, limits, Ok(answer));
        let advice = match (status, authorization) {
            (401 | 403, Authorization::Nothing) => advice::fetch_by_other_means(),
            (401 | 403, Authorization::ApiKey) => advice::set_oauth_too(),
            (404 | 410, _) => advice::read_message_again(),
            _ => return Box::new(failure),
        };
        failure.error = failure.error.with_advice(advice);
        Box::new(failure)
    }

    /// No answer, or not all of a file.
    fn not_received(
        &self,
        fetch: &Fetch<'_>,
        failure: &TransportError,
        received: u64,
        limits: &TimeLimits,
    ) -> Box<AttemptError> {
        let name = fetch.operation.name;
        let mut classified = self.classify(fetch, limits, Err(failure.clone()));
        classified.error = match failure.kind {
            ErrorKind::TooLarge => too_long(name, fetch.max_bytes),
            ErrorKind::Connect => classified.error.with_advice(advice::check_network()),
            ErrorKind::NotTls => classified.error.with_advice(advice::check_file_url()),
            ErrorKind::Timeout(limit) if received > 0 => {
                let (setting, value) = limits.setting(limit);
                let limit = &time_limit((setting, value));
                let what = if setting == "callTimeoutMs" {
                    network::file_incomplete(received, limit)
                } else {
                    network::file_stalled(received, limit)
                };
                Error::new(Status::Timeout, name, what)
                    .with_advice(advice::call_again_or_raise(setting))
            }
            _ => classified.error,
        };
        Box::new(classified)
    }
}

/// The error of a file that is longer than the caller allows.
pub(crate) fn too_long(operation: &'static str, max_bytes: u64) -> Error {
    Error::new(Status::Protocol, operation, network::file_too_long(max_bytes))
        .with_advice(advice::raise_max_bytes())
        .with_action(Action::FixRequest)
}

/// How a request for a file ended, for the log: neither its address nor its words.
struct FileEnded<'a>(&'a Result<HttpAnswer, TransportError>);

impl fmt::Display for FileEnded<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Ok(answer) => write!(f, "HTTP {}", answer.status),
            Err(failure) => write!(f, "{:?}", failure.kind),
        }
    }
}

/// Knows how much of a file has come.
struct Counted<'a> {
    receiver: &'a mut dyn Receiver,
    bytes: u64,
}

impl Receiver for Counted<'_> {
    fn begin(&mut self, length: Option<u64>) -> ControlFlow<()> {
        self.receiver.begin(length)
    }

    fn take(&mut self, part: &[u8]) -> ControlFlow<()> {
        self.bytes += part.len() as u64;
        self.receiver.take(part)
    }
}
