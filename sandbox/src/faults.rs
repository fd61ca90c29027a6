//! Faults to order: which request they meet, and what they do to it.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::error::ErrorKind;
use super::operation::Operation;

/// Whether the operation's work is done before a fault spoils the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum When {
    /// Nothing is done: no message is written, no quota is used.
    #[default]
    Before,
    /// The request is handled as ever; only its answer is spoiled.
    After,
}

/// What goes wrong; in JSON `"close"`, `{"status": 503}`, `{"error": "tokenInvalid"}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum FaultKind {
    /// Nothing but the delays: the work is always done, the usual answer comes late.
    Slow,
    /// A documented error with its own status, code and text.
    Error(ErrorKind),
    /// Any status from 200 to 599, with the documented error body.
    Status(u16),
    /// The connection is closed without an answer.
    Close,
    /// The head promises the whole body; half of it comes, then the connection is closed.
    TruncatedBody,
    /// A chunked body that ends without its last chunk.
    TruncatedChunks,
    /// `Content-Length` is 100 bytes more than there are.
    ContentLengthTooLong,
    /// `Content-Length` is half of what there is.
    ContentLengthTooShort,
    /// A proxy's HTML page under this status.
    Html(u16),
    /// No body at all under this status.
    EmptyBody(u16),
    /// `"errors": null` under this status.
    ErrorsNull(u16),
    /// HTTP 200 with `"status": "ERROR"`.
    ErrorWith200,
    /// HTTP 200 with `"status": "OK"` and no `result`.
    NoResult,
    /// HTTP 200 with a JSON array in place of the object.
    WrongJsonKind,
    /// HTTP 200 with JSON-like bytes until the client closes the connection.
    EndlessBody,
    /// HTTP 200 with chunks of zeros until the client closes the connection.
    EndlessChunks,
    /// HTTP 302 to this address.
    Redirect(String),
    /// HTTP 200 with a small gzip body that unpacks to this many MiB of JSON-like bytes.
    GzipBomb(u32),
}

/// A fault to order: it lets `skip` requests pass, then meets `count` of them.
///
/// Faults wait in a queue. A request meets the first one that fits it and has nothing to skip;
/// that one is used up by one then. Every request counts, whether its key and data are right or
/// not. In the order of events: `delay_before_work`, the work (unless [`When::Before`]),
/// `delay_after_work`, the answer. The work is done also where the client has left meanwhile.
///
/// ```
/// use std::time::Duration;
/// use ymchat_sandbox::{Fault, FaultKind, Operation};
/// // The second send arrives, but its sender never learns of it.
/// let lost = Fault::new(FaultKind::Close).on(Operation::SendMessageToChat).skip(1).after_work();
/// // Every history takes five seconds, for ever.
/// let slow = Fault::new(FaultKind::Slow)
///     .on(Operation::GetChatHistory)
///     .delay_before_work(Duration::from_secs(5))
///     .times(u32::MAX);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct Fault {
    /// The operation to meet; `None` for any. Requests outside the API are never met.
    #[serde(default)]
    pub operation: Option<Operation>,
    /// Requests to let pass first. Default: 0.
    #[serde(default)]
    pub skip: u32,
    /// Requests to meet. Default: 1.
    #[serde(default = "one")]
    pub count: u32,
    /// Whether the work is done first. Default: before, that is, it is not.
    #[serde(default)]
    pub when: When,
    /// Milliseconds between the request's arrival and the work. Default: 0.
    #[serde(default)]
    pub delay_before_work_ms: u64,
    /// Milliseconds between the work and the answer. Default: 0.
    #[serde(default)]
    pub delay_after_work_ms: u64,
    /// What goes wrong.
    pub kind: FaultKind,
}

fn one() -> u32 {
    1
}

impl Fault {
    /// A fault that meets the next request of any operation, before its work.
    pub fn new(kind: FaultKind) -> Self {
        Self {
            operation: None,
            skip: 0,
            count: 1,
            when: When::Before,
            delay_before_work_ms: 0,
            delay_after_work_ms: 0,
            kind,
        }
    }

    /// Meets only this operation.
    #[must_use]
    pub fn on(self, operation: Operation) -> Self {
        Self { operation: Some(operation), ..self }
    }

    /// Lets this many requests pass first.
    #[must_use]
    pub fn skip(self, skip: u32) -> Self {
        Self { skip, ..self }
    }

    /// Meets this many requests.
    #[must_use]
    pub fn times(self, count: u32) -> Self {
        Self { count, ..self }
    }

    /// Has the work done first.
    #[must_use]
    pub fn after_work(self) -> Self {
        Self { when: When::After, ..self }
    }

    /// Waits before the work.
    #[must_use]
    pub fn delay_before_work(self, delay: Duration) -> Self {
        Self { delay_before_work_ms: milliseconds(delay), ..self }
    }

    /// Waits between the work and the answer.
    #[must_use]
    pub fn delay_after_work(self, delay: Duration) -> Self {
        Self { delay_after_work_ms: milliseconds(delay), ..self }
    }

    pub(super) fn does_work(&self) -> bool {
        self.when == When::After || self.kind == FaultKind::Slow
    }

    /// Refuses what could not be sent: a status outside of HTTP, a line break in a header.
    pub(super) fn check(&self) -> Result<(), String> {
        use FaultKind as K;
        match &self.kind {
            K::Status(status) | K::Html(status) | K::EmptyBody(status) | K::ErrorsNull(status)
                if !(200..=599).contains(status) =>
            {
                Err(format!("a fault's status is 200 to 599, not {status}"))
            }
            K::Redirect(to) if to.is_empty() || to.chars().any(|c| !c.is_ascii_graphic()) => {
                Err(format!("{to:?} is no address to redirect to"))
            }
            K::GzipBomb(mib) if !(1..=4096).contains(mib) => {
                Err(format!("a gzip bomb has 1 to 4096 MiB, not {mib}"))
            }
            _ => Ok(()),
        }
    }
}

fn milliseconds(delay: Duration) -> u64 {
    u64::try_from(delay.as_millis()).unwrap_or(u64::MAX)
}

/// Takes the fault that meets a request of this operation, and counts it down.
pub(super) fn take(faults: &mut Vec<Fault>, operation: Operation) -> Option<Fault> {
    for index in 0..faults.len() {
        let fault = &mut faults[index];
        if fault.operation.is_some_and(|only| only != operation) || fault.count == 0 {
            continue;
        }
        if fault.skip > 0 {
            fault.skip -= 1;
            continue;
        }
        let taken = fault.clone();
        fault.count -= 1;
        if fault.count == 0 {
            faults.remove(index);
        }
        return Some(taken);
    }
    None
}
