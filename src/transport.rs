//! One HTTP exchange over ureq. Nothing above this file knows how bytes travel.
//!
//! ureq speaks HTTP; the connections beneath it are made here, because the layers above must
//! know how far a failed request got, must be able to cancel any wait, and want the whole
//! request in one write.

mod attempt;
mod connection;
mod credentials;
mod lending;
mod platform;
mod proxy;
mod race;
mod resolve;
mod socket;
mod tls;
mod way;

use std::io::{self, Read};
use std::sync::Arc;
use std::time::Duration;

use http::{HeaderMap, Uri, Version, header};
use ureq::Agent;

use crate::cancel::CancelToken;
use crate::config::Settings;
use attempt::Attempt;
pub(crate) use attempt::{Failure, FailureKind, Progress};
pub(crate) use connection::Body;
use credentials::Credentials;
use lending::{Lender, NoResolver};
use resolve::Resolver;
use tls::Tls;
use way::{Spare, Way};

/// Longer headers are no answer of this API.
const LONGEST_HEADERS: usize = 64 * 1024;
/// A page of messages, where the answer does not say how long it is.
const USUAL_BODY: usize = 48 * 1024;

/// A request, ready to be sent.
pub(crate) struct Outgoing<'a> {
    pub post: bool,
    /// Below the base URL, with the query.
    pub path: &'a str,
    /// Without the credentials, which are added on the way out.
    pub headers: HeaderMap,
    pub body: Option<&'a [u8]>,
    /// Never on a connection that was idle: it may be closed by the time the request arrives,
    /// and nobody could tell whether it was processed.
    pub fresh_connection: bool,
}

/// An answer, complete.
#[derive(Debug)]
pub(crate) struct Incoming {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Body,
    /// Whether all of the request was sent before the answer came.
    pub progress: Progress,
    /// How long ago the end of the request was handed to the network, where it was.
    pub since_written: Option<Duration>,
}

/// Sends requests to one base URL.
#[derive(Debug)]
pub(crate) struct Transport {
    agent: Agent,
    base: Uri,
    way: Arc<Way>,
    max_response_bytes: usize,
}

impl Transport {
    /// The error is a sentence that names the setting.
    pub(crate) fn new(settings: &Settings) -> Result<Self, String> {
        let base = settings.base.clone();
        let uri = base.text.parse::<Uri>().map_err(|error| format!("baseUrl: {error}"))?;
        let tls = if base.tls {
            Some(Tls::new(settings.trust, settings.ca_pem.as_deref(), &base.host)?)
        } else {
            None
        };
        let (host, port) = match &settings.proxy {
            Some(proxy) => (proxy.host.as_str(), proxy.port),
            None => (base.host.as_str(), base.port),
        };
        let resolver = Resolver::new(host, port);
        let credentials = Credentials::new(settings);
        let proxy = settings.proxy.clone();
        let spare = Spare::default();
        let way = Arc::new(Way { base, proxy, tls, resolver, credentials, spare });
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            // ureq would look into the environment.
            .proxy(None)
            .max_idle_connections(0)
            .max_response_header_size(LONGEST_HEADERS)
            .build();
        Ok(Transport {
            agent: Agent::with_parts(config, Lender(Arc::clone(&way)), NoResolver),
            base: uri,
            way,
            max_response_bytes: settings.max_response_bytes,
        })
    }

    /// Sends a request and waits for the whole answer, at most for `whole`, at most for
    /// `connect` until a connection stands.
    pub(crate) fn exchange(
        &self,
        outgoing: Outgoing<'_>,
        connect: Duration,
        whole: Duration,
        cancel: &CancelToken,
    ) -> Result<Incoming, Failure> {
        let attempt = Attempt::new(cancel, connect, whole, outgoing.fresh_connection);
        let _entered = attempt.enter();
        self.run(outgoing, &attempt).map_err(|error| {
            let kind = match &error {
                // The end came in the middle of a chunk, or of a compressed body.
                ureq::Error::Io(_) | ureq::Error::BodyStalled => FailureKind::Broken,
                ureq::Error::Decompress(_, error) if ended_early(error) => FailureKind::Broken,
                _ => FailureKind::Malformed,
            };
            attempt.failure((kind, error.to_string()))
        })
    }

    fn run(&self, outgoing: Outgoing<'_>, attempt: &Attempt) -> Result<Incoming, ureq::Error> {
        let mut request = http::Request::builder()
            .method(if outgoing.post { "POST" } else { "GET" })
            .uri(self.target(outgoing.path)?);
        if let Some(headers) = request.headers_mut() {
            *headers = outgoing.headers;
        }
        let response = match outgoing.body {
            Some(body) => self.agent.run(request.body(body)?),
            None if outgoing.post => self.agent.run(request.body(&[][..])?),
            None => self.agent.run(request.body(())?),
        }?;
        let (head, body) = response.into_parts();
        let body = self.read_body(body, attempt)?;
        if let Some(connection) = attempt.connection.take() {
            let stays_open = head.version == Version::HTTP_11 && !says_close(&head.headers);
            if stays_open && connection.is_clean() && !attempt.fresh_connection {
                self.way.spare.keep(connection, attempt);
            } else {
                self.way.spare.close(connection);
            }
        }
        Ok(Incoming {
            status: head.status.as_u16(),
            headers: head.headers,
            body,
            progress: attempt.progress.get(),
            since_written: attempt.since_written(),
        })
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

    fn read_body(&self, body: ureq::Body, attempt: &Attempt) -> io::Result<Body> {
        let limit = self.max_response_bytes;
        let too_large = || {
            attempt.fail(FailureKind::TooLarge, format!("the answer is longer than {limit} bytes"))
        };
        match body.content_length() {
            Some(length) if length > limit as u64 => Err(too_large()),
            Some(length) => {
                // ureq would copy it. It gives back the connection, with the header taken from it.
                drop(body);
                let connection = attempt.connection.take();
                let mut connection = connection
                    .ok_or_else(|| io::Error::other("the connection of the answer is gone"))?;
                let read = connection.read_body(length as usize, attempt)?;
                attempt.connection.replace(Some(connection));
                Ok(read)
            }
            None => {
                let mut read = Vec::with_capacity(USUAL_BODY);
                // The reader gives the decompressed bytes: the limit counts those.
                body.into_reader().take(limit as u64 + 1).read_to_end(&mut read)?;
                if read.len() > limit { Err(too_large()) } else { Ok(read.into()) }
            }
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

/// Looks through the layers: decompressing wraps the errors of what lies below it.
fn ended_early(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::UnexpectedEof
        || error.get_ref().and_then(|inner| inner.downcast_ref()).is_some_and(|inner| match inner {
            ureq::Error::Io(error) | ureq::Error::Decompress(_, error) => ended_early(error),
            other => matches!(other, ureq::Error::BodyStalled),
        })
}
