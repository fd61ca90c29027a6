//! What is left of earlier requests: connections that the server keeps open, and memory.

use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::connection::{Buffers, Connection};

/// Idle connections that are kept for reads, where the server keeps them open: as many as may
/// be in use at the same time.
const MAX_IDLE: usize = 4;
/// Servers close idle connections after 15 s or more, as far as is known.
const MAX_IDLE_TIME: Duration = Duration::from_secs(10);

#[derive(Default)]
pub(super) struct ConnectionPool {
    /// The one that was used last comes last.
    idle: Mutex<Vec<(Instant, Connection)>>,
    buffers: Mutex<Vec<Buffers>>,
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
        let buffers = connection.into_buffers();
        let mut spare = lock(&self.buffers);
        if spare.len() < MAX_IDLE {
            spare.push(buffers);
        }
    }

    pub(super) fn buffers(&self) -> Buffers {
        lock(&self.buffers).pop().unwrap_or_default()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
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
    fn no_more_are_kept_than_can_be_used_at_a_time() {
        let (listener, now) = (TcpListener::bind("127.0.0.1:0").unwrap(), Instant::now());
        let pool = pool(&listener, MAX_IDLE + 2, now);
        assert_eq!(std::iter::from_fn(|| pool.take(now)).count(), MAX_IDLE);
    }
}
