//! The way to the service: how a connection is made, and what is left of earlier ones.

use std::fmt;
use std::io;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::attempt::Attempt;
use super::connection::{Buffers, Connection, Wire};
use super::credentials::Credentials;
use super::proxy;
use super::race::{self, Connected};
use super::resolve::Resolver;
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
        let Connected { mut socket, address, .. } = race::connect(&addresses, attempt)?;
        self.resolver.answered(address);
        if let Some(proxy) = &self.proxy {
            proxy::open_tunnel(&mut socket, proxy, &self.base.host, self.base.port, attempt)?;
        }
        let wire = match &self.tls {
            None => Wire::Plain(socket),
            Some(tls) => Wire::Tls(Box::new(tls.handshake(socket, attempt)?)),
        };
        Ok(Connection::new(wire, self.spare.buffers(), &self.credentials))
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

#[cfg(test)]
mod tests {
    use std::net::TcpListener;
    use std::rc::Rc;

    use super::*;
    use crate::cancel::CancelHandle;

    /// An attempt that begins so much later than now.
    fn attempt(later: Duration) -> Rc<Attempt> {
        let minute = Duration::from_secs(60);
        let mut attempt = Attempt::new(&CancelHandle::default().token(), minute, minute, false);
        Rc::get_mut(&mut attempt).unwrap().began_at += later;
        attempt
    }

    /// Connections to a listener that says nothing, kept one after the other.
    fn spare(listener: &TcpListener, count: usize) -> Spare {
        let (spare, now) = (Spare::default(), attempt(Duration::ZERO));
        for _ in 0..count {
            let connected = race::connect(&[listener.local_addr().unwrap()], &now).unwrap();
            let (wire, credentials) = (Wire::Plain(connected.socket), Credentials::default());
            spare.keep(Connection::new(wire, Buffers::default(), &credentials), &now);
        }
        spare
    }

    #[test]
    fn connections_that_were_idle_for_long_are_not_used() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let short = attempt(IDLE_FOR - Duration::from_secs(1));
        assert!(spare(&listener, 1).idle(&short).is_some());
        assert!(spare(&listener, 1).idle(&attempt(IDLE_FOR)).is_none());
    }

    #[test]
    fn no_more_are_kept_than_can_be_used_at_a_time() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let (spare, now) = (spare(&listener, IDLE_CONNECTIONS + 2), attempt(Duration::ZERO));
        let idle = std::iter::from_fn(|| spare.idle(&now)).count();
        assert_eq!(idle, IDLE_CONNECTIONS);
    }
}
