//! Why an exchange failed, and what is known of the request then.

use std::error::Error;
use std::fmt;
use std::io;
use std::time::Duration;

use crate::language::Language;
use crate::sentences::{Sentence, errors, transport as words};

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

/// A limit on how long something may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TimeLimit {
    Connect,
    Attempt,
    Call,
}

/// How an exchange fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ErrorKind {
    /// The service's name could not be resolved, or no address of it answered.
    Connect,
    /// The proxy's name could not be resolved, no address of it answered, or it opened no tunnel to
    /// the service.
    Proxy,
    /// The proxy wants another user name and password; repeating does not help.
    ProxyLogin,
    /// The peer's certificate or its TLS is not acceptable; repeating does not help.
    Tls,
    /// The peer does not speak TLS; repeating does not help.
    NotTls,
    /// The connection broke.
    Broken,
    /// The time was over.
    Timeout(TimeLimit),
    Cancelled,
    /// The answer is longer than is allowed.
    TooLarge,
    /// What came back is no HTTP.
    Malformed,
    /// The receiver of the body has stopped it.
    Stopped,
}

/// A failed exchange.
#[derive(Debug, Clone)]
pub(crate) struct TransportError {
    pub kind: ErrorKind,
    pub message: Sentence,
    pub progress: Progress,
    /// The connection had served an earlier request, and the server closed it in between: no
    /// sign that anything is wrong with the service.
    pub stale: bool,
    /// How long ago the end of the request was handed to the network, where it was.
    pub since_written: Option<Duration>,
}

/// What went wrong, as it travels through the layers that know `io::Error` or `ureq::Error` only.
#[derive(Debug, Clone)]
pub(super) struct Cause {
    pub kind: ErrorKind,
    pub message: Sentence,
}

impl Cause {
    pub(super) fn new(kind: ErrorKind, message: Sentence) -> Self {
        Cause { kind, message }
    }

    /// Finds the cause in an error that may be wrapped; `otherwise` is what an error of the system
    /// means here.
    pub(super) fn of_io(error: io::Error, otherwise: ErrorKind) -> Self {
        match error.get_ref().map(Cause::within) {
            Some(Some(cause)) => cause,
            _ => Cause::new(otherwise, errors::verbatim(&error.to_string())),
        }
    }

    /// Finds the cause in what ureq returned.
    pub(super) fn of_ureq(error: ureq::Error) -> Self {
        Cause::within(&error).unwrap_or_else(|| {
            let kind = match &error {
                // The end came within a header, or within a chunk.
                ureq::Error::Io(_) | ureq::Error::BodyStalled => ErrorKind::Broken,
                _ => ErrorKind::Malformed,
            };
            Cause::new(kind, errors::verbatim(&error.to_string()))
        })
    }

    /// Looks through the layers: an error of a reader wraps that of the reader below it.
    fn within(error: &(dyn Error + Send + Sync + 'static)) -> Option<Cause> {
        if let Some(cause) = error.downcast_ref::<Cause>() {
            return Some(cause.clone());
        }
        if let Some(error) = error.downcast_ref::<io::Error>() {
            return error.get_ref().and_then(Cause::within);
        }
        match error.downcast_ref::<ureq::Error>()? {
            ureq::Error::Other(inner) => Cause::within(&**inner),
            ureq::Error::Io(inner) => inner.get_ref().and_then(Cause::within),
            ureq::Error::BodyStalled => {
                Some(Cause::new(ErrorKind::Broken, words::ended_too_early()))
            }
            other => Some(Cause::new(ErrorKind::Malformed, errors::verbatim(&other.to_string()))),
        }
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.message.in_language(Language::English))
    }
}

impl Error for Cause {}

impl From<Cause> for io::Error {
    fn from(cause: Cause) -> io::Error {
        io::Error::other(cause)
    }
}

impl From<Cause> for ureq::Error {
    fn from(cause: Cause) -> ureq::Error {
        ureq::Error::Other(Box::new(cause))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cause_is_found_through_every_layer() {
        let cause = || Cause::new(ErrorKind::Cancelled, errors::cancelled());
        let wrapped =
            io::Error::other(ureq::Error::Io(io::Error::other(ureq::Error::from(cause()))));
        for error in
            [io::Error::from(cause()), io::Error::other(ureq::Error::from(cause())), wrapped]
        {
            let found = Cause::of_io(error, ErrorKind::Broken);
            assert_eq!((found.kind, found.message), (ErrorKind::Cancelled, errors::cancelled()));
        }
        let found = Cause::of_ureq(ureq::Error::Io(cause().into()));
        assert_eq!(found.kind, ErrorKind::Cancelled);
    }

    #[test]
    fn what_has_no_cause_is_judged_by_where_it_happened() {
        let reset = || io::Error::from(io::ErrorKind::ConnectionReset);
        assert_eq!(Cause::of_io(reset(), ErrorKind::Connect).kind, ErrorKind::Connect);
        assert_eq!(Cause::of_ureq(ureq::Error::Io(reset())).kind, ErrorKind::Broken);
        assert_eq!(Cause::of_ureq(ureq::Error::BodyStalled).kind, ErrorKind::Broken);
        assert_eq!(Cause::of_ureq(ureq::Error::TlsRequired).kind, ErrorKind::Malformed);
    }
}
