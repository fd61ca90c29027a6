//! The way to the service: how a connection is made, and what is left of earlier ones.

use std::fmt;
use std::io;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::attempt::Attempt;
use super::connection::{Buffers, Connection, Wire};
use super::credentials::Credentials;
use super::proxy;
use super::resolve::Resolver;
use super::socket::Socket;
use super::tls::Tls;
use crate::config::{BaseUrl, Proxy};

/// Idle connections that are kept for reads, where the server keeps them open: as many as may
/// be in use at the same time.
const IDLE_CONNECTIONS: usize = 4;
/// Servers close idle connections after 15 s or more, as far as is known.
const IDLE_FOR: Duration = Duration::from_secs(10);

/// How the service is reached.
#[derive(Debug)]
pub(super) struct Way {
    pub base: BaseUrl,
    pub proxy: Option<Proxy>,
    pub tls: Option<Tls>,
    pub resolver: Resolver,
    pub credentials: Credentials,
    pub spare: Spare,
}

impl Way {
    /// A connection for the next request: an idle one, or another one.
    pub(super) fn connection(&self, attempt: &Attempt) -> io::Result<Connection> {
        let idle = if attempt.fresh_connection { None } else { self.spare.idle(attempt) };
        let connection = match idle {
            Some(connection) => connection,
            None => self.connect(attempt)?,
        };
        attempt.connected();
        Ok(connection)
    }

    fn connect(&self, attempt: &Attempt) -> io::Result<Connection> {
        attempt.start_connecting();
        let addresses = self.resolver.addresses(attempt)?;
        let mut socket = Socket::connect(&addresses, attempt)?;
        if let Some(proxy) = &self.proxy {
            proxy::open_tunnel(&mut socket, proxy, &self.base.host, self.base.port, attempt)?;
        }
        let wire = match &self.tls {
            None => Wire::Plain(socket),
            Some(tls) => Wire::Tls(Box::new(tls.handshake(socket, attempt)?)),
        };
        Ok(Connection::new(wire, self.spare.buffers()))
    }
}

/// What is left of earlier requests.
#[derive(Default)]
pub(super) struct Spare {
    /// The one that was used last comes last.
    idle: Mutex<Vec<(Instant, Connection)>>,
    buffers: Mutex<Vec<Buffers>>,
}

impl fmt::Debug for Spare {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Spare")
    }
}

impl Spare {
    /// Keeps a connection for the next read. It counts as idle since the request was written, which
    /// spares a look at the clock.
    pub(super) fn keep(&self, connection: Connection, attempt: &Attempt) {
        let since = attempt.written_at.get().unwrap_or(attempt.began_at);
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() == IDLE_CONNECTIONS {
            idle.remove(0);
        }
        idle.push((since, connection));
    }

    /// A connection that the server has not closed.
    fn idle(&self, attempt: &Attempt) -> Option<Connection> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.retain(|(since, _)| attempt.began_at.saturating_duration_since(*since) < IDLE_FOR);
        while let Some((_, mut connection)) = idle.pop() {
            if connection.begin_again() {
                return Some(connection);
            }
        }
        None
    }

    /// Closes a connection.
    pub(super) fn close(&self, connection: Connection) {
        let buffers = connection.into_buffers();
        let mut spare = self.buffers.lock().unwrap_or_else(PoisonError::into_inner);
        if spare.len() < IDLE_CONNECTIONS {
            spare.push(buffers);
        }
    }

    fn buffers(&self) -> Buffers {
        self.buffers.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default()
    }
}
