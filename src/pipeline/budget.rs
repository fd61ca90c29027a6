//! How long a call may take, and who may end it earlier.

use std::fmt;
use std::time::Duration;

use crate::cancel::CancelToken;

/// The time and the patience of one call, over all its requests.
#[derive(Debug, Clone)]
pub(crate) struct Budget {
    pub(super) deadline: Duration,
    /// All the time that the call has: `callTimeoutMs`.
    pub(super) timeout: Duration,
    pub cancel: CancelToken,
}

impl Budget {
    pub(super) fn limit_of_call(&self) -> TimeLimit {
        TimeLimit::new("callTimeoutMs", self.timeout)
    }
}

/// A configured time, as sentences name it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TimeLimit {
    name: &'static str,
    value: Duration,
}

impl TimeLimit {
    pub(crate) fn new(name: &'static str, value: Duration) -> Self {
        TimeLimit { name, value }
    }
}

impl fmt::Display for TimeLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({} ms)", self.name, crate::clock::millis(self.value))
    }
}
