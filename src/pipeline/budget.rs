//! How long a call may take, and who may end it earlier.

use std::time::Duration;

use crate::cancel::CancelToken;
use crate::clock::millis;
use crate::sentences::{Sentence, network};

/// The time and the patience of one call, over all its requests.
#[derive(Debug, Clone)]
pub(crate) struct Budget {
    pub(super) deadline: Duration,
    /// All the time that the call has: `callTimeoutMs`.
    pub(super) timeout: Duration,
    pub cancel: CancelToken,
}

impl Budget {
    pub(super) fn limit_of_call(&self) -> Sentence {
        time_limit(("callTimeoutMs", self.timeout))
    }
}

/// A configured time, as sentences name it.
pub(super) fn time_limit((name, value): (&str, Duration)) -> Sentence {
    network::time_limit(name, millis(value))
}
