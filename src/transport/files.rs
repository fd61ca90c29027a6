//! Files: exchanges with any host, whose bodies go to a receiver part by part.
//!
//! Each host has a connector of its own, which outlives the call: a look-up of its name cannot be
//! interrupted, and is waited for when the client is closed.

use std::fmt;
use std::io::{self, Read};
use std::ops::ControlFlow;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use flate2::read::MultiGzDecoder;
use http::{HeaderMap, header};
use rustls::ClientConfig;

use super::agent::Agents;
use super::answer::HttpAnswer;
use super::body::{self, Body};
use super::connector::Connector;
use super::credentials::Credentials;
use super::deadline::TimeLimits;
use super::error::{Cause, ErrorKind, Progress, TransportError};
use super::exchange::Exchange;
use super::tls::Tls;
use crate::cancel::CancelToken;
use crate::secret::Secret;
use crate::sentences::{Sentence, files, transport as words};
use crate::settings::{BaseUrl, FileUrl, ProxyServer, Settings, Trust};

/// For how many hosts connectors are kept.
const MAX_HOSTS: usize = 8;
/// How much is read of an answer that is not a file, in bytes.
const MAX_ERROR_BODY: u64 = 64 * 1024;
/// The size of the parts in which a compressed or chunked body is handed on.
const PART: usize = 32 * 1024;

/// Which credential a request for a file carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Authorization {
    Nothing,
    ApiKey,
    /// The OAuth token. The file hosts want the scheme `OAuth`, the API wants `Bearer`.
    OAuth,
}

/// A request for a file.
pub(crate) struct FileRequest<'a> {
    pub url: &'a FileUrl,
    pub authorization: Authorization,
    /// Without the credentials.
    pub headers: HeaderMap,
    /// The most that is received, whatever the receiver says; twice as much for a compressed file.
    pub max_bytes: u64,
}

/// What the bytes of a file go to.
pub(crate) trait Receiver {
    /// A file begins, or begins again after a retry. `length` is `None` where it is not known.
    fn begin(&mut self, length: Option<u64>) -> ControlFlow<()>;

    /// The next part of it.
    fn take(&mut self, part: &[u8]) -> ControlFlow<()>;
}

/// The way to the hosts of files.
pub(super) struct Files {
    agents: Agents,
    api_key: Option<Secret>,
    oauth_token: Option<Secret>,
    proxy: Option<ProxyServer>,
    trust: Trust,
    ca_pem: Option<Vec<u8>>,
    /// Made when it is needed first.
    tls: OnceLock<Result<Arc<ClientConfig>, Sentence>>,
    connectors: Mutex<Vec<Known>>,
}

impl fmt::Debug for Files {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Files")
    }
}

struct Known {
    origin: BaseUrl,
    authorization: Authorization,
    connector: Arc<Connector>,
}

impl Files {
    pub(super) fn new(settings: &Settings) -> Self {
        Files {
            agents: Agents::new(),
            api_key: settings.api_key.clone(),
            oauth_token: settings.oauth_token.clone(),
            proxy: settings.proxy.clone(),
            trust: settings.trust,
            ca_pem: settings.ca_pem.clone(),
            tls: OnceLock::new(),
            connectors: Mutex::default(),
        }
    }

    /// The way to nowhere.
    #[cfg(any(test, fuzzing))]
    pub(super) fn unconnected() -> Self {
        Files {
            agents: Agents::new(),
            api_key: None,
            oauth_token: None,
            proxy: None,
            trust: Trust::Bundled,
            ca_pem: None,
            tls: OnceLock::new(),
            connectors: Mutex::default(),
        }
    }

    pub(super) fn fetch(
        &self,
        request: FileRequest<'_>,
        receiver: &mut dyn Receiver,
        limits: &TimeLimits,
        cancel: &CancelToken,
    ) -> Result<HttpAnswer, TransportError> {
        let connector =
            self.connector(&request.url.origin, request.authorization).map_err(|message| {
                TransportError {
                    kind: ErrorKind::Tls,
                    message,
                    progress: Progress::NotConnected,
                    stale: false,
                    since_written: None,
                }
            })?;
        let exchange = Arc::new(Exchange::in_parts(&connector, limits, cancel));
        let answer =
            self.run(request, receiver, &exchange).map_err(|cause| exchange.error(cause))?;
        exchange.finish(false);
        Ok(answer)
    }

    pub(super) fn run(
        &self,
        request: FileRequest<'_>,
        receiver: &mut dyn Receiver,
        exchange: &Arc<Exchange>,
    ) -> Result<HttpAnswer, Cause> {
        let origin = &request.url.origin;
        let of_http = |error: http::Error| Cause::of_ureq(error.into());
        let mut head = http::Request::get([&*origin.text, &request.url.path_and_query].concat())
            .body(())
            .map_err(of_http)?;
        *head.headers_mut() = request.headers;
        let host = http::HeaderValue::try_from(origin.host_header())
            .map_err(|error| of_http(error.into()))?;
        head.headers_mut().insert(header::HOST, host);
        let response = self.agents.run(head, exchange).map_err(Cause::of_ureq)?;
        let (head, body) = response.into_parts();
        let status = head.status.as_u16();
        let body = if status == 200 {
            pass_on(&head.headers, body, request.max_bytes, receiver, exchange)
                .map(|()| Body::default())
        } else {
            read_short(body, exchange)
        };
        let body = body.map_err(|error| Cause::of_io(error, ErrorKind::Broken))?;
        let (progress, since_written) = exchange.progress();
        Ok(HttpAnswer { status, headers: head.headers, body, progress, since_written })
    }

    fn connector(
        &self,
        origin: &BaseUrl,
        authorization: Authorization,
    ) -> Result<Arc<Connector>, Sentence> {
        let mut known = self.connectors.lock().unwrap_or_else(PoisonError::into_inner);
        let found = known.iter().position(|known| {
            known.authorization == authorization && known.origin.has_origin_of(origin)
        });
        if let Some(place) = found {
            let last = known.remove(place);
            let connector = Arc::clone(&last.connector);
            known.push(last);
            return Ok(connector);
        }
        let tls = if origin.tls {
            let config = self.tls.get_or_init(|| Tls::config(self.trust, self.ca_pem.as_deref()));
            let tls = Tls::new(Arc::clone(config.as_ref().map_err(Sentence::clone)?), origin);
            Some(tls.map_err(|why| files::address_is_wrong(&why))?)
        } else {
            None
        };
        let shown = match authorization {
            Authorization::Nothing => None,
            Authorization::ApiKey => Some(("api-key: ", &self.api_key)),
            Authorization::OAuth => Some(("authorization: OAuth ", &self.oauth_token)),
        };
        let credentials = Credentials::of(shown, [&self.api_key, &self.oauth_token]);
        let connector = Connector::to(origin.clone(), self.proxy.clone(), tls, credentials);
        let connector = Arc::new(connector);
        if known.len() >= MAX_HOSTS
            && let Some(oldest) = known.iter().position(|known| known.connector.is_idle())
        {
            known.remove(oldest);
        }
        known.push(Known {
            origin: origin.clone(),
            authorization,
            connector: Arc::clone(&connector),
        });
        Ok(connector)
    }
}

/// Hands the bytes of a file on.
fn pass_on(
    headers: &HeaderMap,
    body: ureq::Body,
    max_bytes: u64,
    receiver: &mut dyn Receiver,
    exchange: &Exchange,
) -> io::Result<()> {
    let malformed = |message| io::Error::from(Cause::new(ErrorKind::Malformed, message));
    let is_gzip = body::is_gzip(headers);
    if !is_gzip && !is_plain(headers) {
        return Err(malformed(words::packed_otherwise()));
    }
    // ureq knows no length of an empty body.
    let is_empty = headers.get(header::CONTENT_LENGTH).is_some_and(|length| length == "0");
    let length = body.content_length().or(is_empty.then_some(0));
    if length.is_none() && !headers.contains_key(header::TRANSFER_ENCODING) {
        // Whether it is whole, nobody could tell.
        return Err(malformed(words::length_not_known()));
    }
    go_on(receiver.begin(length.filter(|_| !is_gzip)))?;
    let limit = usize::try_from(max_bytes).unwrap_or(usize::MAX);
    exchange.with_connection(|connection| {
        connection.body_begins(limit);
        Ok(())
    })?;
    match length {
        Some(length) if !is_gzip => {
            // With its share of the input.
            drop(body);
            exchange.with_connection(|connection| {
                connection
                    .pass_on_body(length, &exchange.deadline, |part| go_on(receiver.take(part)))
            })
        }
        _ if is_gzip => {
            let unpacked = MultiGzDecoder::new(body.into_reader());
            pass_on_all(unpacked, receiver, exchange).map_err(body::of_gzip)
        }
        _ => pass_on_all(body.into_reader(), receiver, exchange),
    }
}

fn pass_on_all(
    mut body: impl Read,
    receiver: &mut dyn Receiver,
    exchange: &Exchange,
) -> io::Result<()> {
    let mut part = vec![0; PART];
    loop {
        let count = body.read(&mut part)?;
        if count == 0 {
            return Ok(());
        }
        exchange.deadline.part_came();
        go_on(receiver.take(&part[..count]))?;
    }
}

fn is_plain(headers: &HeaderMap) -> bool {
    let codings = headers.get_all(header::CONTENT_ENCODING);
    codings.iter().all(|coding| {
        let coding = coding.as_bytes().trim_ascii();
        coding.is_empty() || coding.eq_ignore_ascii_case(b"identity")
    })
}

fn go_on(flow: ControlFlow<()>) -> io::Result<()> {
    match flow {
        ControlFlow::Continue(()) => Ok(()),
        ControlFlow::Break(()) => {
            Err(Cause::new(ErrorKind::Stopped, words::receiver_stopped()).into())
        }
    }
}

/// The beginning of an answer that is no file.
fn read_short(body: ureq::Body, exchange: &Exchange) -> io::Result<Body> {
    exchange.with_connection(|connection| {
        connection.body_begins(MAX_ERROR_BODY as usize);
        Ok(())
    })?;
    let mut bytes = Vec::new();
    body.into_reader().take(MAX_ERROR_BODY).read_to_end(&mut bytes)?;
    Ok(bytes.into())
}
