//! One HTTP exchange over ureq. Nothing above this file knows how bytes travel.
//!
//! ureq speaks HTTP. The connections beneath it are made here, because the layers above must
//! know how far a failed request got, must be able to cancel any wait, and want the whole
//! request in one write. Each exchange has one of ureq's agents to itself, whose connector and
//! resolver know the exchange.

mod agent;
mod answer;
mod body;
mod connection;
mod connector;
mod credentials;
mod deadline;
mod error;
mod exchange;
mod files;
mod platform;
mod pool;
mod proxy;
mod race;
mod resolve;
#[cfg(any(test, fuzzing))]
pub(crate) mod script;
mod socket;
mod tls;

use std::io::{self, Read};
use std::sync::Arc;

use http::{HeaderMap, HeaderValue, Method, Uri, Version, header};
use ureq::SendBody;

use crate::cancel::CancelToken;
use crate::sentences::{Sentence, configuration as words};
use crate::settings::Settings;
use agent::Agents;
pub(crate) use answer::HttpAnswer;
pub(crate) use body::Body;
use connector::Connector;
pub(crate) use deadline::TimeLimits;
#[cfg(test)]
pub(crate) use error::TimeLimit;
use error::{Cause, ErrorKind as Kind};
pub(crate) use error::{ErrorKind, Progress, TransportError};
use exchange::Exchange;
use files::Files;
pub(crate) use files::{Authorization, FileRequest, Receiver};

/// A request, ready to be sent.
pub(crate) struct HttpRequest<'a> {
    pub method: &'a Method,
    /// Below the base URL, with the query.
    pub path: &'a str,
    /// Without the credentials and what is the same in all requests, which are added on the way
    /// out.
    pub headers: HeaderMap,
    pub body: RequestBody<'a>,
    /// Never on a connection that was idle: it may be closed by the time the request arrives,
    /// and nobody could tell whether it was processed.
    pub fresh_connection: bool,
}

/// The body of a request, in its parts: a file is lent by the caller, and never copied as a whole.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct RequestBody<'a> {
    pub start: &'a [u8],
    pub lent: &'a [u8],
    pub end: &'a [u8],
}

/// Sends requests to one base URL.
#[derive(Debug)]
pub(crate) struct Transport {
    agents: Agents,
    base: Uri,
    connector: Arc<Connector>,
    max_response_bytes: usize,
    files: Files,
}

impl Transport {
    /// The headers are those that are the same in all requests of [`Transport::exchange`]. The error
    /// is a sentence that names the setting.
    pub(crate) fn new(settings: &Settings, headers: &HeaderMap) -> Result<Self, Sentence> {
        let text = &settings.base.text;
        Ok(Transport {
            agents: Agents::new(),
            base: text.parse().map_err(|error| words::base_url_unparsed(&error))?,
            connector: Arc::new(Connector::new(settings, headers)?),
            max_response_bytes: settings.max_response_bytes,
            files: Files::new(settings),
        })
    }

    /// Sends a request and waits for the whole answer.
    pub(crate) fn exchange(
        &self,
        request: HttpRequest<'_>,
        limits: &TimeLimits,
        cancel: &CancelToken,
    ) -> Result<HttpAnswer, TransportError> {
        let fresh = request.fresh_connection;
        let exchange = Arc::new(Exchange::new(&self.connector, fresh, limits, cancel));
        self.run(request, &exchange).map_err(|cause| exchange.error(cause))
    }

    fn run(&self, request: HttpRequest<'_>, exchange: &Arc<Exchange>) -> Result<HttpAnswer, Cause> {
        let (mut head, ()) = http::Request::new(()).into_parts();
        head.method = request.method.clone();
        head.uri = self.target(request.path).map_err(|error| Cause::of_ureq(error.into()))?;
        head.headers = request.headers;
        let RequestBody { start, lent, end } = request.body;
        let response = if head.method == Method::GET {
            self.agents.run(http::Request::from_parts(head, ()), exchange)
        } else if lent.is_empty() && end.is_empty() {
            self.agents.run(http::Request::from_parts(head, start), exchange)
        } else {
            let length = start.len() + lent.len() + end.len();
            head.headers.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
            let mut parts = start.chain(lent).chain(end);
            let body = SendBody::from_reader(&mut parts);
            self.agents.run(http::Request::from_parts(head, body), exchange)
        }
        .map_err(Cause::of_ureq)?;
        let (head, body) = response.into_parts();
        let body = self
            .read_body(&head.headers, body, exchange)
            .map_err(|error| Cause::of_io(error, Kind::Broken))?;
        let (progress, since_written) = exchange.progress();
        exchange.finish(head.version == Version::HTTP_11 && !says_close(&head.headers));
        Ok(HttpAnswer {
            status: head.status.as_u16(),
            headers: head.headers,
            body,
            progress,
            since_written,
        })
    }

    /// Fetches a file: its bytes go to the receiver. The body of an answer other than 200 is in what
    /// is returned, as far as it is short.
    pub(crate) fn fetch(
        &self,
        request: FileRequest<'_>,
        receiver: &mut dyn Receiver,
        limits: &TimeLimits,
        cancel: &CancelToken,
    ) -> Result<HttpAnswer, TransportError> {
        self.files.fetch(request, receiver, limits, cancel)
    }

    /// The URL of a path below the base URL, whose parts need not be read again.
    fn target(&self, path: &str) -> Result<Uri, http::Error> {
        let path = [self.base.path().trim_end_matches('/'), path].concat();
        let mut target = Uri::builder().path_and_query(path);
        if let Some(scheme) = self.base.scheme() {
            target = target.scheme(scheme.clone());
        }
        if let Some(authority) = self.base.authority() {
            target = target.authority(authority.clone());
        }
        target.build()
    }

    fn read_body(
        &self,
        headers: &HeaderMap,
        body: ureq::Body,
        exchange: &Exchange,
    ) -> io::Result<Body> {
        let limit = self.max_response_bytes;
        exchange.with_connection(|connection| {
            connection.body_begins(limit);
            Ok(())
        })?;
        if body::is_gzip(headers) {
            return body::read_gzip(body.into_reader(), limit).map(Body::from);
        }
        match body.content_length() {
            Some(length) if length > limit as u64 => Err(body::too_large(limit).into()),
            Some(length) => {
                // With its share of the input.
                drop(body);
                exchange.with_connection(|connection| {
                    connection.read_body(length as usize, &exchange.deadline)
                })
            }
            None => body::read_to_end(body.into_reader(), limit).map(Body::from),
        }
    }
}

/// Whether the server closes the connection after this answer (RFC 9112, section 9.6).
fn says_close(headers: &HeaderMap) -> bool {
    headers
        .get_all(header::CONNECTION)
        .iter()
        .flat_map(|value| value.as_bytes().split(|byte| *byte == b','))
        .any(|option| option.trim_ascii().eq_ignore_ascii_case(b"close"))
}
