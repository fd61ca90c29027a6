//! One request and its answer: the state that the caller shares with ureq's resolver, connector and
//! transport.

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::connection::Connection;
use super::connector::Connector;
use super::deadline::{Deadline, TimeLimits};
use super::error::{Cause, ErrorKind, Progress, TransportError};
use crate::cancel::CancelToken;

/// One exchange, on one thread. ureq wants its parts to be `Sync`, hence the lock.
#[derive(Debug)]
pub(super) struct Exchange {
    pub connector: Arc<Connector>,
    pub deadline: Deadline,
    connect_deadline: Deadline,
    began_at: Instant,
    /// Whether the request needs a new connection, not one that was idle.
    fresh_connection: bool,
    connection: Mutex<Option<Connection>>,
}

impl Exchange {
    pub(super) fn new(
        connector: &Arc<Connector>,
        fresh_connection: bool,
        limits: &TimeLimits,
        cancel: &CancelToken,
    ) -> Self {
        let began_at = limits.now();
        let deadline = Deadline::for_answer(limits, began_at, cancel);
        Exchange::within(deadline, began_at, connector, fresh_connection, limits, cancel)
    }

    /// An exchange whose answer may be long, on a connection of its own.
    pub(super) fn in_parts(
        connector: &Arc<Connector>,
        limits: &TimeLimits,
        cancel: &CancelToken,
    ) -> Self {
        let began_at = limits.now();
        let deadline = Deadline::for_parts(limits, began_at, cancel);
        Exchange::within(deadline, began_at, connector, true, limits, cancel)
    }

    fn within(
        deadline: Deadline,
        began_at: Instant,
        connector: &Arc<Connector>,
        fresh_connection: bool,
        limits: &TimeLimits,
        cancel: &CancelToken,
    ) -> Self {
        Exchange {
            connector: Arc::clone(connector),
            deadline,
            connect_deadline: Deadline::for_connecting(limits, began_at, cancel),
            began_at,
            fresh_connection,
            connection: Mutex::new(None),
        }
    }

    /// An exchange over a connection that exists already.
    #[cfg(any(test, fuzzing))]
    pub(super) fn over(wire: super::connection::Wire, connector: &Arc<Connector>) -> Self {
        let hour = Duration::from_secs(3600);
        let limits = TimeLimits {
            connect: hour,
            attempt: hour,
            call: hour,
            call_left: hour,
            #[cfg(test)]
            clock: None,
        };
        let cancel = crate::cancel::CancelHandle::default().token();
        let exchange = Exchange::new(connector, true, &limits, &cancel);
        *exchange.lock() = Some(Connection::new(wire, connector.pool.buffers()));
        exchange
    }

    fn lock(&self) -> MutexGuard<'_, Option<Connection>> {
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does something with the connection.
    pub(super) fn with_connection<T>(
        &self,
        work: impl FnOnce(&mut Connection) -> io::Result<T>,
    ) -> io::Result<T> {
        match &mut *self.lock() {
            Some(connection) => work(connection),
            None => Err(io::ErrorKind::NotConnected.into()),
        }
    }

    /// The addresses for a new connection; none are needed where there is one, or an idle one is
    /// taken.
    pub(super) fn resolve(&self) -> io::Result<Arc<[SocketAddr]>> {
        #[cfg(any(test, fuzzing))]
        if self.lock().is_some() {
            return Ok(Arc::default());
        }
        if !self.fresh_connection
            && let Some(connection) = self.connector.pool.take(self.began_at)
        {
            *self.lock() = Some(connection);
            return Ok(Arc::default());
        }
        self.connector.addresses(&self.connect_deadline)
    }

    /// Makes a connection unless there is one.
    pub(super) fn connect(&self, addresses: &[SocketAddr]) -> io::Result<()> {
        let mut connection = self.lock();
        if connection.is_none() {
            *connection = Some(self.connector.connect(addresses, &self.connect_deadline)?);
        }
        Ok(())
    }

    /// How far the request got, and how long ago its end was handed to the network.
    pub(super) fn progress(&self) -> (Progress, Option<Duration>) {
        match &*self.lock() {
            None => (Progress::NotConnected, None),
            Some(connection) => match connection.request.written_at {
                None => (Progress::NotFullyWritten, None),
                Some(at) => {
                    let since = self.deadline.now().saturating_duration_since(at);
                    (Progress::Written, Some(since))
                }
            },
        }
    }

    /// The answer is complete: keeps the connection for the next read, or closes it.
    pub(super) fn finish(&self, stays_open: bool) {
        let Some(connection) = self.lock().take() else { return };
        // It counts as idle since the request was written, which spares a look at the clock.
        let idle_since = connection.request.written_at.unwrap_or(self.began_at);
        if stays_open && connection.is_clean() && !self.fresh_connection {
            self.connector.pool.keep(connection, idle_since);
        } else if stays_open {
            self.connector.pool.close(connection);
        } else {
            self.connector.pool.close_later(connection);
        }
    }

    pub(super) fn error(&self, cause: Cause) -> TransportError {
        let (progress, since_written) = self.progress();
        let unanswered_reuse = self
            .lock()
            .as_ref()
            .is_some_and(|connection| connection.request.reused && !connection.request.answered);
        TransportError {
            stale: unanswered_reuse && cause.kind == ErrorKind::Broken,
            kind: cause.kind,
            message: cause.message,
            progress,
            since_written,
        }
    }
}
