//! One HTTP exchange over ureq. Nothing above this file knows how bytes travel.
//!
//! ureq speaks HTTP; the connections beneath it are made here, because the layers above must
//! know how far a failed request got, must be able to cancel any wait, and want the whole
//! request in one write.

mod attempt;
mod credentials;
mod proxy;
mod resolve;
mod socket;
mod tls;

use std::fmt;
use std::io::{self, Read, Write};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use ureq::Agent;
use ureq::unversioned::resolver::{ResolvedSocketAddrs, Resolver as UreqResolver};
use ureq::unversioned::transport::{
    Buffers, ConnectionDetails, Connector, NextTimeout, Transport as UreqTransport,
};

use crate::cancel::CancelToken;
use crate::config::{BaseUrl, Proxy, Settings};
use attempt::Attempt;
pub(crate) use attempt::{Failure, FailureKind, Progress};
use credentials::Credentials;
use resolve::Resolver;
use socket::Socket;
use tls::{Tls, TlsSession};

/// Idle connections that are kept for reads, where the server keeps them open: as many as may
/// be in use at the same time.
const IDLE_CONNECTIONS: usize = 4;
/// Servers close idle connections after 15 s or more, as far as is known.
const IDLE_FOR: Duration = Duration::from_secs(10);
/// Longer headers are no answer of this API.
const LONGEST_HEADERS: usize = 64 * 1024;
/// A page of 100 messages in one read.
const INPUT_SIZE: usize = 48 * 1024;
/// Any request but a file's upload fits.
const OUTPUT_SIZE: usize = 16 * 1024;
/// Below this much room the output is sent before more is written into it.
const OUTPUT_RESERVE: usize = 4 * 1024;

/// A request, ready to be sent.
pub(crate) struct Outgoing<'a> {
    pub post: bool,
    /// With scheme, host and query.
    pub url: &'a str,
    /// Without the credentials, which are added on the way out.
    pub headers: http::HeaderMap,
    pub body: Option<&'a [u8]>,
    /// Never on a connection that was idle: it may be closed by the time the request arrives,
    /// and nobody could tell whether it was processed.
    pub fresh_connection: bool,
}

/// An answer, complete.
#[derive(Debug)]
pub(crate) struct Incoming {
    pub status: u16,
    pub headers: http::HeaderMap,
    pub body: Vec<u8>,
    /// Whether all of the request was sent before the answer came.
    pub progress: Progress,
    /// How long ago the end of the request was handed to the network, where it was.
    pub since_written: Option<Duration>,
}

/// Sends requests to one base URL.
#[derive(Debug)]
pub(crate) struct Transport {
    /// Keeps idle connections.
    reads: Agent,
    /// Keeps none.
    sends: Agent,
    max_response_bytes: usize,
}

impl Transport {
    /// The error is a sentence that names the setting.
    pub(crate) fn new(settings: &Settings) -> Result<Self, String> {
        let base = settings.base.clone();
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
        let spare = Mutex::default();
        let dialer = Dialer(Arc::new(Way { base, proxy, tls, resolver, credentials, spare }));
        let agent = |idle| {
            let config = Agent::config_builder()
                .http_status_as_error(false)
                .max_redirects(0)
                .max_redirects_will_error(false)
                // ureq would look into the environment.
                .proxy(None)
                .max_idle_connections(idle)
                .max_idle_connections_per_host(idle)
                .max_idle_age(IDLE_FOR)
                .max_response_header_size(LONGEST_HEADERS)
                .build();
            Agent::with_parts(config, dialer.clone(), NoResolver)
        };
        Ok(Transport {
            reads: agent(IDLE_CONNECTIONS),
            sends: agent(0),
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
        let attempt = Attempt::new(cancel, connect, whole);
        let _entered = attempt.enter();
        let agent = if outgoing.fresh_connection { &self.sends } else { &self.reads };
        self.run(agent, outgoing, &attempt).map_err(|error| {
            let kind = match &error {
                // The end came in the middle of a chunk, or of a compressed body.
                ureq::Error::Io(_) | ureq::Error::BodyStalled => FailureKind::Broken,
                ureq::Error::Decompress(_, error) if ended_early(error) => FailureKind::Broken,
                _ => FailureKind::Malformed,
            };
            attempt.failure((kind, error.to_string()))
        })
    }

    fn run(
        &self,
        agent: &Agent,
        outgoing: Outgoing<'_>,
        attempt: &Attempt,
    ) -> Result<Incoming, ureq::Error> {
        let mut request = http::Request::builder()
            .method(if outgoing.post { "POST" } else { "GET" })
            .uri(outgoing.url);
        if let Some(headers) = request.headers_mut() {
            *headers = outgoing.headers;
        }
        let response = match outgoing.body {
            Some(body) => agent.run(request.body(body)?),
            None if outgoing.post => agent.run(request.body(&[][..])?),
            None => agent.run(request.body(())?),
        }?;
        let (head, body) = response.into_parts();
        let limit = self.max_response_bytes;
        let announced = body.content_length();
        if announced.is_some_and(|length| length > limit as u64) {
            return Err(too_large(attempt, limit).into());
        }
        let expected = announced.map_or(INPUT_SIZE, |length| length as usize);
        // One byte more for the NUL of the C string that this becomes.
        let mut bytes = Vec::with_capacity(expected + 1);
        // The reader gives the decompressed bytes: the limit counts those.
        body.into_reader().take(limit as u64 + 1).read_to_end(&mut bytes)?;
        if bytes.len() > limit {
            return Err(too_large(attempt, limit).into());
        }
        Ok(Incoming {
            status: head.status.as_u16(),
            headers: head.headers,
            body: bytes,
            progress: attempt.progress.get(),
            since_written: attempt.since_written(),
        })
    }
}

/// Looks through the layers: decompressing wraps the errors of what lies below it.
fn ended_early(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::UnexpectedEof
        || error.get_ref().and_then(|inner| inner.downcast_ref()).is_some_and(|inner| match inner {
            ureq::Error::Io(error) | ureq::Error::Decompress(_, error) => ended_early(error),
            other => matches!(other, ureq::Error::BodyStalled),
        })
}

fn too_large(attempt: &Attempt, limit: usize) -> io::Error {
    attempt.fail(FailureKind::TooLarge, format!("the answer is longer than {limit} bytes"))
}

/// How the service is reached.
#[derive(Debug)]
struct Way {
    base: BaseUrl,
    proxy: Option<Proxy>,
    tls: Option<Tls>,
    resolver: Resolver,
    credentials: Credentials,
    /// Buffers of connections that are closed: the service closes each after its answer.
    spare: Mutex<Vec<HttpBuffers>>,
}

impl Way {
    fn buffers(&self) -> HttpBuffers {
        self.spare.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default()
    }

    fn take_back(&self, mut buffers: HttpBuffers) {
        buffers.reset();
        let mut spare = self.spare.lock().unwrap_or_else(PoisonError::into_inner);
        if spare.len() < IDLE_CONNECTIONS {
            spare.push(buffers);
        }
    }
}

#[derive(Debug, Clone)]
struct Dialer(Arc<Way>);

impl Connector for Dialer {
    type Out = Connection;

    fn connect(
        &self,
        _: &ConnectionDetails,
        _: Option<()>,
    ) -> Result<Option<Connection>, ureq::Error> {
        let attempt = Attempt::current()?;
        attempt.start_connecting();
        let way = &*self.0;
        let addresses = way.resolver.addresses(&attempt)?;
        let mut socket = Socket::connect(&addresses, &attempt)?;
        if let Some(proxy) = &way.proxy {
            proxy::open_tunnel(&mut socket, proxy, &way.base.host, way.base.port, &attempt)?;
        }
        let wire = match &way.tls {
            None => Wire::Plain(socket),
            Some(tls) => Wire::Tls(Box::new(tls.handshake(socket, &attempt)?)),
        };
        attempt.connected();
        Ok(Some(Connection {
            wire,
            buffers: way.buffers(),
            way: Arc::clone(&self.0),
            head_sent: false,
            write_error: None,
            just_used: false,
        }))
    }
}

/// The connector resolves by itself, so that a look-up can be cancelled.
#[derive(Debug)]
struct NoResolver;

impl UreqResolver for NoResolver {
    fn resolve(
        &self,
        _: &http::Uri,
        _: &ureq::config::Config,
        _: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        Ok(self.empty())
    }
}

#[derive(Debug)]
enum Wire {
    Plain(Socket),
    Tls(Box<TlsSession>),
}

impl Wire {
    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        match self {
            Wire::Plain(socket) => socket.write_all(bytes),
            Wire::Tls(session) => session.write_all(bytes),
        }
    }

    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Wire::Plain(socket) => socket.read(buffer),
            Wire::Tls(session) => session.read(buffer),
        }
    }

    fn socket(&self) -> &Socket {
        match self {
            Wire::Plain(socket) => socket,
            Wire::Tls(session) => session.socket(),
        }
    }
}

/// A connection as ureq uses it: it hands over the header and the body in pieces, which are
/// collected and go out together when it turns to reading.
struct Connection {
    wire: Wire,
    buffers: HttpBuffers,
    way: Arc<Way>,
    /// The current request has its credentials.
    head_sent: bool,
    /// The server stopped taking the request; it may have said why before it did.
    write_error: Option<io::Error>,
    just_used: bool,
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The buffers hold the customers' messages.
        f.write_str("Connection")
    }
}

impl Connection {
    fn send_output(&mut self, attempt: &Attempt) -> io::Result<()> {
        let pending = std::mem::take(&mut self.buffers.pending);
        if pending == 0 || self.write_error.is_some() {
            return Ok(());
        }
        attempt.slice()?;
        let output = &self.buffers.output[..pending];
        let written = if std::mem::replace(&mut self.head_sent, true) {
            self.wire.write_all(output)
        } else {
            self.wire.write_all(&self.way.credentials.put_into(output)?)
        };
        match written {
            Err(error) if is_broken(&error) => self.write_error = Some(error),
            other => other?,
        }
        Ok(())
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.way.take_back(std::mem::take(&mut self.buffers));
    }
}

fn is_broken(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::BrokenPipe
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionAborted
    )
}

impl UreqTransport for Connection {
    fn buffers(&mut self) -> &mut dyn Buffers {
        &mut self.buffers
    }

    fn transmit_output(&mut self, amount: usize, _: NextTimeout) -> Result<(), ureq::Error> {
        self.buffers.pending += amount;
        if self.buffers.output.len() - self.buffers.pending < OUTPUT_RESERVE {
            self.wire.socket().do_not_delay()?;
            self.send_output(&*Attempt::current()?)?;
        }
        Ok(())
    }

    fn await_input(&mut self, _: NextTimeout) -> Result<bool, ureq::Error> {
        let attempt = Attempt::current()?;
        self.send_output(&attempt)?;
        if self.write_error.is_none() {
            attempt.written();
        }
        // Also where bytes keep coming: an endless answer must not outlast the attempt.
        attempt.slice()?;
        self.just_used = true;
        let read = self.wire.read(self.buffers.input_append_buf());
        match (read, self.write_error.take()) {
            (Ok(0), Some(error)) | (Err(_), Some(error)) if !attempt.answered.get() => {
                Err(attempt.fail(FailureKind::Broken, format!("the request: {error}")).into())
            }
            (Ok(count), _) => {
                if count > 0 {
                    attempt.answered.set(true);
                }
                self.buffers.input_appended(count);
                // Searching every answer would cost a fiftieth of a call, so only where ureq dumps it.
                if log::log_enabled!(target: "ureq_proto::util", log::Level::Trace) {
                    let credentials = &self.way.credentials;
                    credentials.mask(self.buffers.newest(count + credentials.overlap()));
                }
                Ok(count > 0)
            }
            (Err(error), _) => Err(error.into()),
        }
    }

    fn is_open(&mut self) -> bool {
        // What comes next is another request.
        self.head_sent = false;
        // ureq asks twice: when it puts the connection back, and when it takes it out again.
        // The second answer counts, and the first would cost a system call.
        if std::mem::take(&mut self.just_used) {
            return true;
        }
        let open = self.wire.socket().is_idle_and_open();
        if open && let Ok(attempt) = Attempt::current() {
            attempt.progress.set(Progress::NotFullyWritten);
        }
        open
    }

    fn is_tls(&self) -> bool {
        matches!(self.wire, Wire::Tls(_))
    }
}

/// ureq's two buffers. What it "transmits" stays in `output[..pending]` until it is sent.
#[derive(Default)]
struct HttpBuffers {
    output: Vec<u8>,
    pending: usize,
    input: Vec<u8>,
    filled: usize,
    consumed: usize,
    progress: bool,
}

impl HttpBuffers {
    /// As for a new connection, but for the memory.
    fn reset(&mut self) {
        (self.pending, self.filled, self.consumed, self.progress) = (0, 0, 0, false);
        // An endless header may have made it grow.
        self.input.truncate(2 * INPUT_SIZE);
    }

    /// The last bytes that came in, as far as they have not been read.
    fn newest(&mut self, count: usize) -> &mut [u8] {
        let from = self.filled.saturating_sub(count).max(self.consumed);
        &mut self.input[from..self.filled]
    }
}

impl fmt::Debug for HttpBuffers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // They hold what customers and shops write.
        f.write_str("HttpBuffers")
    }
}

impl Buffers for HttpBuffers {
    fn output(&mut self) -> &mut [u8] {
        self.output.resize(OUTPUT_SIZE, 0);
        &mut self.output[self.pending..]
    }

    fn input(&self) -> &[u8] {
        &self.input[self.consumed..self.filled]
    }

    fn input_append_buf(&mut self) -> &mut [u8] {
        if self.consumed == self.filled {
            (self.consumed, self.filled) = (0, 0);
        }
        if self.input.len() - self.filled < INPUT_SIZE / 2 {
            self.input.copy_within(self.consumed..self.filled, 0);
            self.filled -= self.consumed;
            self.consumed = 0;
            if self.input.len() - self.filled < INPUT_SIZE / 2 {
                self.input.resize(self.input.len() + INPUT_SIZE, 0);
            }
        }
        &mut self.input[self.filled..]
    }

    fn input_appended(&mut self, amount: usize) {
        self.filled += amount;
    }

    fn input_consume(&mut self, amount: usize) {
        self.progress = amount > 0;
        self.consumed += amount;
    }

    fn tmp_and_output(&mut self) -> (&mut [u8], &mut [u8]) {
        // The scratch buffer is for chunked bodies, which are never sent.
        (&mut [], &mut self.output[self.pending..])
    }

    fn can_use_input(&self) -> bool {
        self.consumed < self.filled && self.progress
    }
}
