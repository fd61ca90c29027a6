//! What one attempt is allowed, how far it got, and why it failed.

use std::cell::{Cell, RefCell};
use std::io;
use std::rc::Rc;
use std::time::{Duration, Instant};

use super::connection::Connection;
use crate::cancel::{CancelToken, SLICE};

/// How far a request got before its answer, or its failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Progress {
    /// No connection stood: nothing can have arrived.
    NotConnected,
    /// The end of the request was never handed to the network: it cannot have been processed.
    NotFullyWritten,
    /// All of it was handed to the network: it may have been processed.
    Written,
}

/// Why an attempt failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FailureKind {
    /// The name could not be resolved, or no address answered.
    Connect,
    /// The proxy wants another user name and password; repeating does not help.
    ProxyLogin,
    /// The peer's certificate or its TLS is not acceptable; repeating does not help.
    Tls,
    /// The connection broke.
    Broken,
    /// The time for the connection was over.
    ConnectTimeout,
    /// The time for the attempt was over.
    Timeout,
    Cancelled,
    /// The answer is longer than is allowed.
    TooLarge,
    /// What came back is no HTTP.
    Malformed,
}

/// A failed attempt.
#[derive(Debug, Clone)]
pub(crate) struct Failure {
    pub kind: FailureKind,
    pub progress: Progress,
    /// The connection had served an earlier request, and the server closed it in between: no
    /// sign that anything is wrong with the service.
    pub stale: bool,
    /// How long ago the end of the request was handed to the network, where it was.
    pub since_written: Option<Duration>,
    pub message: String,
}

/// The attempt that runs on this thread. ureq calls the connector and the connection on the
/// thread that called it, and has no way to hand them anything else.
#[derive(Debug)]
pub(super) struct Attempt {
    cancel: CancelToken,
    connect_deadline: Instant,
    deadline: Instant,
    connecting: Cell<bool>,
    pub progress: Cell<Progress>,
    pub began_at: Instant,
    pub written_at: Cell<Option<Instant>>,
    pub reused: Cell<bool>,
    pub answered: Cell<bool>,
    failure: RefCell<Option<(FailureKind, String)>>,
    /// Not one that was idle.
    pub fresh_connection: bool,
    /// The attempt's connection, when ureq has given it back.
    pub connection: RefCell<Option<Connection>>,
}

thread_local! {
    static CURRENT: RefCell<Option<Rc<Attempt>>> = const { RefCell::new(None) };
}

impl Attempt {
    pub(super) fn new(
        cancel: &CancelToken,
        connect: Duration,
        whole: Duration,
        fresh_connection: bool,
    ) -> Rc<Self> {
        let now = Instant::now();
        Rc::new(Attempt {
            cancel: cancel.clone(),
            connect_deadline: now + connect.min(whole),
            deadline: now + whole,
            connecting: Cell::new(false),
            progress: Cell::new(Progress::NotConnected),
            written_at: Cell::new(None),
            began_at: now,
            reused: Cell::new(true),
            answered: Cell::new(false),
            failure: RefCell::new(None),
            fresh_connection,
            connection: RefCell::new(None),
        })
    }

    /// Makes this the thread's attempt until the guard is dropped.
    pub(super) fn enter(self: &Rc<Self>) -> Entered {
        Entered(CURRENT.replace(Some(Rc::clone(self))))
    }

    pub(super) fn current() -> io::Result<Rc<Attempt>> {
        CURRENT.with_borrow(|current| {
            current.clone().ok_or_else(|| io::Error::other("no attempt runs on this thread"))
        })
    }

    /// Between this and [`Attempt::connected`] the shorter time of the connection counts.
    pub(super) fn start_connecting(&self) {
        self.connecting.set(true);
        self.reused.set(false);
    }

    pub(super) fn connected(&self) {
        self.connecting.set(false);
        self.progress.set(Progress::NotFullyWritten);
    }

    /// The end of the request has been handed to the network.
    pub(super) fn written(&self) {
        if self.progress.replace(Progress::Written) != Progress::Written {
            self.written_at.set(Some(Instant::now()));
        }
    }

    pub(super) fn since_written(&self) -> Option<Duration> {
        self.written_at.get().map(|at| at.elapsed())
    }

    /// How long the thread may block before it asks again; an error when it may not at all.
    pub(super) fn poll_interval(&self) -> io::Result<Duration> {
        if self.cancel.is_cancelled() {
            return Err(self.fail(FailureKind::Cancelled, "the call was cancelled"));
        }
        let left = self.left();
        if left.is_zero() {
            return Err(if self.connecting.get() {
                self.fail(FailureKind::ConnectTimeout, "no connection in time")
            } else {
                self.fail(FailureKind::Timeout, "no answer in time")
            });
        }
        Ok(left.min(SLICE))
    }

    /// The time left, for the connection or for the attempt.
    fn left(&self) -> Duration {
        let until = if self.connecting.get() { self.connect_deadline } else { self.deadline };
        until.saturating_duration_since(Instant::now())
    }

    /// Notes the cause (the first one counts) and gives ureq an error to carry up.
    pub(super) fn fail(&self, kind: FailureKind, message: impl Into<String>) -> io::Error {
        let message = message.into();
        let error = io::Error::other(message.clone());
        self.failure.borrow_mut().get_or_insert((kind, message));
        error
    }

    pub(super) fn failure(&self, otherwise: (FailureKind, String)) -> Failure {
        let (kind, message) = self.failure.borrow_mut().take().unwrap_or(otherwise);
        let stale = self.reused.get()
            && !self.answered.get()
            && self.progress.get() > Progress::NotConnected
            && kind == FailureKind::Broken;
        let since_written = self.since_written();
        Failure { kind, progress: self.progress.get(), stale, since_written, message }
    }
}

/// Puts back what was there before.
pub(super) struct Entered(Option<Rc<Attempt>>);

impl Drop for Entered {
    fn drop(&mut self) {
        CURRENT.set(self.0.take());
    }
}
