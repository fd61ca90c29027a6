//! What is left of earlier requests: connections that the server keeps open, and memory.

use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::connection::{Buffers, Connection};
use super::socket::Socket;

/// Idle connections that are kept for reads, where the server keeps them open: as many as may
/// be in use at the same time.
pub(super) const MAX_IDLE: usize = 4;
/// Servers close idle connections after 15 s or more, as far as is known.
const MAX_IDLE_TIME: Duration = Duration::from_secs(10);

#[derive(Default)]
pub(super) struct ConnectionPool {
    /// The one that was used last comes last.
    idle: Mutex<Vec<(Instant, Connection)>>,
    buffers: Mutex<Vec<Buffers>>,
    /// The server closes it, too, and is not told yet that this side has done so.
    finished: Mutex<Option<Socket>>,
}

impl fmt::Debug for ConnectionPool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ConnectionPool")
    }
}

impl ConnectionPool {
    /// Keeps a connection for the next read.
    pub(super) fn keep(&self, connection: Connection, idle_since: Instant) {
        let mut idle = lock(&self.idle);
        if idle.len() == MAX_IDLE {
            idle.remove(0);
        }
        idle.push((idle_since, connection));
    }

    /// A connection that the server has not closed.
    pub(super) fn take(&self, now: Instant) -> Option<Connection> {
        let mut idle = lock(&self.idle);
        idle.retain(|(since, _)| now.saturating_duration_since(*since) < MAX_IDLE_TIME);
        while let Some((_, mut connection)) = idle.pop() {
            if connection.begin_again() {
                return Some(connection);
            }
        }
        None
    }

    /// Closes a connection, and keeps its memory.
    pub(super) fn close(&self, connection: Connection) {
        drop(self.take_apart(connection));
    }

    /// Does the same with a connection that the server closes after its answer, but puts off the
    /// end of its socket until the next answer is waited for. Nobody waits for the last packet, to
    /// send it takes a tenth of a call, and then it takes none of the caller's time. At most one
    /// socket is left so.
    pub(super) fn close_later(&self, connection: Connection) {
        let socket = self.take_apart(connection);
        let before = std::mem::replace(&mut *lock(&self.finished), socket);
        drop(before);
    }

    /// Ends the socket that [`ConnectionPool::close_later`] has left.
    pub(super) fn end_finished(&self) {
        let finished = lock(&self.finished).take();
        drop(finished);
    }

    fn take_apart(&self, connection: Connection) -> Option<Socket> {
        let (buffers, socket) = connection.into_parts();
        let mut spare = lock(&self.buffers);
        if spare.len() < MAX_IDLE {
            spare.push(buffers);
        }
        socket
    }

    pub(super) fn buffers(&self) -> Buffers {
        lock(&self.buffers).pop().unwrap_or_default()
    }
}

pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::io::Read;
    use std::net::TcpListener;

    use super::super::connection::Wire;
    use super::super::deadline::Deadline;
    use super::super::race;
    use super::*;

    /// Connections to a listener that says nothing, kept one after the other.
    fn pool(listener: &TcpListener, count: usize, now: Instant) -> ConnectionPool {
        let pool = ConnectionPool::default();
        for _ in 0..count {
            let address = listener.local_addr().unwrap();
            let connected = race::connect(&[address], &Deadline::far()).unwrap();
            let wire = Wire::Plain(connected.socket);
            pool.keep(Connection::new(wire, Buffers::default()), now);
        }
        pool
    }

    #[test]
    fn connections_that_were_idle_for_long_are_not_used() {
        let (listener, now) = (TcpListener::bind("127.0.0.1:0").unwrap(), Instant::now());
        let shortly_before = now + MAX_IDLE_TIME - Duration::from_secs(1);
        assert!(pool(&listener, 1, now).take(shortly_before).is_some());
        assert!(pool(&listener, 1, now).take(now + MAX_IDLE_TIME).is_none());
    }

    #[test]
    fn of_what_is_to_be_closed_later_one_socket_stays() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let pool = ConnectionPool::default();
        let mut peers = Vec::new();
        for _ in 0..3 {
            let address = listener.local_addr().unwrap();
            let connected = race::connect(&[address], &Deadline::far()).unwrap();
            let (peer, _) = listener.accept().unwrap();
            peer.set_nonblocking(true).unwrap();
            peers.push(peer);
            let wire = Wire::Plain(connected.socket);
            pool.close_later(Connection::new(wire, Buffers::default()));
        }
        // On the loopback an end is there as soon as it is sent.
        let mut ended = || -> Vec<bool> {
            peers.iter_mut().map(|peer| matches!(peer.read(&mut [0]), Ok(0))).collect()
        };
        assert_eq!(ended(), [true, true, false]);
        pool.end_finished();
        assert_eq!(ended(), [true, true, true]);
    }

    #[test]
    fn no_more_are_kept_than_can_be_used_at_a_time() {
        let (listener, now) = (TcpListener::bind("127.0.0.1:0").unwrap(), Instant::now());
        let pool = pool(&listener, MAX_IDLE + 2, now);
        assert_eq!(std::iter::from_fn(|| pool.take(now)).count(), MAX_IDLE);
    }
}
