//! How an attempt ended, for the log: without the words of the service, which may quote a message.

use std::fmt;

use super::attempt::{Answer, AttemptError};
use crate::error::Error;
use crate::status::Status;

/// `None` for success; the HTTP status where there was an answer.
#[derive(Debug, Clone, Copy)]
pub(super) struct AttemptEnd {
    status: Option<Status>,
    http_status: Option<u16>,
}

impl AttemptEnd {
    pub(super) fn of(outcome: &Result<Answer, AttemptError>, http_status: Option<u16>) -> Self {
        let status = outcome.as_ref().err().map(|failure| failure.error.status());
        AttemptEnd { status, http_status }
    }

    pub(super) fn failed(error: &Error) -> Self {
        AttemptEnd { status: Some(error.status()), http_status: error.http_status() }
    }
}

impl fmt::Display for AttemptEnd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.status.map_or("OK", Status::name))?;
        match self.http_status {
            Some(http_status) => write!(f, " (HTTP {http_status})"),
            None => Ok(()),
        }
    }
}
