//! What ureq works with: a resolver, a connector and a transport of one exchange.
//!
//! The connection stays in the exchange. ureq copies each body once more than is needed, so a body
//! of known length is read from the connection directly, after ureq has read the header and let go
//! of the transport. And only the exchange can tell then whether the connection may be used again,
//! so that ureq's own pool stays empty.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use ureq::config::Config;
use ureq::unversioned::resolver::{ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{Buffers, ConnectionDetails, Connector, NextTimeout, Transport};
use ureq::{Agent, AsSendBody};

use super::connection::MAX_HEAD;
use super::error::{Cause, ErrorKind};
use super::exchange::Exchange;
use super::pool::{MAX_IDLE, lock};

/// Any request but a file's upload fits, without its path and its credentials.
const OUTPUT_SIZE: usize = 16 * 1024;
/// Below this much room the output is sent before more is written into it.
const OUTPUT_RESERVE: usize = 4 * 1024;

/// How ureq is used here, for every exchange.
fn config() -> Config {
    Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        // These headers are in each request already; most of them are added on the way out.
        .user_agent("")
        .accept("")
        .accept_encoding("")
        // ureq would look into the environment.
        .proxy(None)
        .max_idle_connections(0)
        .max_response_header_size(MAX_HEAD)
        .build()
}

/// The agents of a client. One is made where all are in use, and then kept for later exchanges.
pub(super) struct Agents {
    config: Config,
    idle: Mutex<Vec<ExchangeAgent>>,
}

/// An agent and the exchange that it serves. ureq has no other way to hand its parts anything.
struct ExchangeAgent {
    agent: Agent,
    served: Arc<ServedExchange>,
}

impl Agents {
    pub(super) fn new() -> Self {
        Agents { config: config(), idle: Mutex::default() }
    }

    /// Runs a request of an exchange.
    pub(super) fn run(
        &self,
        request: http::Request<impl AsSendBody>,
        exchange: &Arc<Exchange>,
    ) -> Result<http::Response<ureq::Body>, ureq::Error> {
        let agent = self.take(exchange);
        let response = agent.agent.run(request);
        self.give_back(agent);
        response
    }

    #[inline(never)]
    fn take(&self, exchange: &Arc<Exchange>) -> ExchangeAgent {
        let idle = lock(&self.idle).pop();
        let agent = idle.unwrap_or_else(|| ExchangeAgent::new(&self.config));
        *lock(&agent.served.0) = Some(Arc::clone(exchange));
        agent
    }

    #[inline(never)]
    fn give_back(&self, agent: ExchangeAgent) {
        *lock(&agent.served.0) = None;
        let mut idle = lock(&self.idle);
        if idle.len() < MAX_IDLE {
            idle.push(agent);
        }
    }
}

impl fmt::Debug for Agents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Agents")
    }
}

impl ExchangeAgent {
    fn new(config: &Config) -> Self {
        let served = Arc::new(ServedExchange::default());
        let (connector, resolver) = (Arc::clone(&served), Arc::clone(&served));
        let (connector, resolver) = (ExchangeConnector(connector), ExchangeResolver(resolver));
        ExchangeAgent { agent: Agent::with_parts(config.clone(), connector, resolver), served }
    }
}

/// `None` while the agent is idle.
#[derive(Default)]
struct ServedExchange(Mutex<Option<Arc<Exchange>>>);

impl ServedExchange {
    fn get(&self) -> Result<Arc<Exchange>, ureq::Error> {
        lock(&self.0).clone().ok_or_else(|| broken(io::ErrorKind::NotConnected.into()))
    }
}

fn broken(error: io::Error) -> ureq::Error {
    Cause::of_io(error, ErrorKind::Broken).into()
}

// ureq wants to print its parts. All that hangs on an exchange, the TLS configuration included,
// would be 55 KB of code that nobody calls.

impl fmt::Debug for ExchangeResolver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ExchangeResolver")
    }
}

impl fmt::Debug for ExchangeConnector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ExchangeConnector")
    }
}

struct ExchangeResolver(Arc<ServedExchange>);

impl Resolver for ExchangeResolver {
    fn resolve(
        &self,
        _: &http::Uri,
        _: &Config,
        _: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let mut found = self.empty();
        let addresses = self.0.get()?.resolve().map_err(broken)?;
        // ureq has room for 16.
        for address in addresses.iter().take(16) {
            found.push(*address);
        }
        Ok(found)
    }
}

struct ExchangeConnector(Arc<ServedExchange>);

impl Connector for ExchangeConnector {
    type Out = ExchangeTransport;

    fn connect(
        &self,
        details: &ConnectionDetails<'_>,
        _: Option<()>,
    ) -> Result<Option<ExchangeTransport>, ureq::Error> {
        let exchange = self.0.get()?;
        let addresses: &[SocketAddr] = &details.addrs;
        exchange.connect(addresses).map_err(broken)?;
        // ureq writes the first line at once, or not at all.
        let path = details.uri.path_and_query().map_or(0, |path| path.as_str().len());
        ExchangeTransport::new(exchange, OUTPUT_SIZE + path).map(Some).map_err(broken)
    }
}

/// What ureq sees of the exchange's connection. A request is collected in it, and goes out in one
/// piece when the answer is waited for.
struct ExchangeTransport {
    exchange: Arc<Exchange>,
    /// Taken from the connection until the request is complete.
    output: Vec<u8>,
    /// How much of the output ureq may fill, in bytes; the rest is for the credentials.
    room: usize,
    /// How much of the output is still to be sent, in bytes.
    pending: usize,
    /// A share of the connection's input, and how much of it has been taken.
    input: Option<Arc<Vec<u8>>>,
    consumed: usize,
    /// ureq has taken something of what it saw last.
    progress: bool,
    is_tls: bool,
}

impl ExchangeTransport {
    fn new(exchange: Arc<Exchange>, room: usize) -> io::Result<Self> {
        let size = room + exchange.connector.credentials.len();
        let (output, is_tls) = exchange.with_connection(|connection| {
            let mut output = std::mem::take(&mut connection.buffers.output);
            output.resize(size, 0);
            Ok((output, connection.is_tls()))
        })?;
        Ok(ExchangeTransport {
            exchange,
            output,
            room,
            pending: 0,
            input: None,
            consumed: 0,
            progress: false,
            is_tls,
        })
    }
}

impl fmt::Debug for ExchangeTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ExchangeTransport")
    }
}

impl Transport for ExchangeTransport {
    fn buffers(&mut self) -> &mut dyn Buffers {
        self
    }

    fn transmit_output(&mut self, amount: usize, _: NextTimeout) -> Result<(), ureq::Error> {
        self.pending += amount;
        if self.output().len() >= OUTPUT_RESERVE {
            return Ok(());
        }
        let exchange = Arc::clone(&self.exchange);
        let length = std::mem::take(&mut self.pending);
        let sent = exchange.with_connection(|connection| {
            connection.expect_more_output()?;
            let credentials = &exchange.connector.credentials;
            connection.send(&mut self.output, length, credentials, &exchange.deadline)
        });
        sent.map_err(broken)
    }

    fn await_input(&mut self, _: NextTimeout) -> Result<bool, ureq::Error> {
        let exchange = Arc::clone(&self.exchange);
        let length = std::mem::take(&mut self.pending);
        // More is received into the same memory.
        self.input = None;
        let received = exchange.with_connection(|connection| {
            let credentials = &exchange.connector.credentials;
            if !self.output.is_empty() {
                connection.send(&mut self.output, length, credentials, &exchange.deadline)?;
                connection.request_ends(exchange.deadline.now());
                connection.buffers.output = std::mem::take(&mut self.output);
                exchange.connector.pool.end_finished();
            }
            let received = connection.receive(credentials, &exchange.deadline)?;
            let (input, consumed) = connection.input();
            (self.input, self.consumed) = (Some(Arc::clone(input)), consumed);
            Ok(received)
        });
        received.map_err(broken)
    }

    /// ureq asks before it keeps a connection, which it is not to do.
    fn is_open(&mut self) -> bool {
        false
    }

    fn is_tls(&self) -> bool {
        self.is_tls
    }
}

impl Buffers for ExchangeTransport {
    fn output(&mut self) -> &mut [u8] {
        let end = self.room.min(self.output.len());
        &mut self.output[self.pending..end]
    }

    fn input(&self) -> &[u8] {
        self.input.as_ref().map_or(&[], |input| &input[self.consumed..])
    }

    /// Only transports read into this; ours has its own way.
    fn input_append_buf(&mut self) -> &mut [u8] {
        &mut []
    }

    fn input_appended(&mut self, _: usize) {}

    fn input_consume(&mut self, amount: usize) {
        self.progress = amount > 0;
        self.consumed += amount;
        // There is a connection as long as there is a transport.
        let _ = self.exchange.with_connection(|connection| {
            connection.consume(amount);
            Ok(())
        });
    }

    fn tmp_and_output(&mut self) -> (&mut [u8], &mut [u8]) {
        // The scratch buffer is for chunked bodies, which are never sent.
        (&mut [], self.output())
    }

    fn can_use_input(&self) -> bool {
        self.progress && !self.input().is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::super::connector::Connector;
    use super::super::script::answering;
    use super::*;

    const ANSWER: &[u8] = b"HTTP/1.1 204 No Content\r\n\r\n";

    fn exchange(answer: &[u8]) -> Arc<Exchange> {
        Arc::new(Exchange::over(answering(answer), &Arc::new(Connector::unconnected())))
    }

    #[test]
    fn an_agent_serves_one_exchange_after_the_other_and_holds_on_to_none() {
        let agents = Agents::new();
        for (answer, is_answer) in [(ANSWER, true), (b"", false), (ANSWER, true)] {
            let exchange = exchange(answer);
            let request = http::Request::get("http://127.0.0.1/").body(()).unwrap();
            assert_eq!(agents.run(request, &exchange).is_ok(), is_answer);
            // An exchange that failed closes its connection when it is dropped.
            assert_eq!(Arc::strong_count(&exchange), 1, "{is_answer}");
            assert_eq!(lock(&agents.idle).len(), 1);
        }
    }

    #[test]
    fn exchanges_at_the_same_time_have_an_agent_each_and_few_are_kept() {
        let agents = Agents::new();
        let exchanges: Vec<_> = (0..=MAX_IDLE).map(|_| exchange(ANSWER)).collect();
        let taken: Vec<_> = exchanges.iter().map(|exchange| agents.take(exchange)).collect();
        for (agent, exchange) in taken.iter().zip(&exchanges) {
            assert!(Arc::ptr_eq(&agent.served.get().unwrap(), exchange));
        }
        for agent in taken {
            agents.give_back(agent);
        }
        assert_eq!(lock(&agents.idle).len(), MAX_IDLE);
    }
}
