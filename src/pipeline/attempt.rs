//! The outcome of one attempt: an answer, or an error with everything that a retry depends on.

use std::ops::Range;
use std::time::Duration;

use super::budget::Budget;
use super::envelope::PageFacts;
use super::retry::RetryClass;
use super::trace::TraceId;
use crate::error::Error;
use crate::json_text::JsonText;
use crate::sentences::network;
use crate::status::Status;
use crate::transport::Body;

/// A successful answer.
#[derive(Debug)]
pub(crate) struct Answer {
    /// The whole body, in the memory that it was received in.
    pub body: Body,
    /// Where in the body the result stands, well-formed JSON of the promised kind.
    pub result: Range<usize>,
    page: PageFacts,
    /// The trace id of the attempt that brought this answer.
    pub trace_id: TraceId,
    /// How many requests it took.
    pub attempts: u32,
}

impl Answer {
    pub(super) fn new(body: Body, result: Range<usize>, page: PageFacts) -> Self {
        Answer { body, result, page, trace_id: TraceId::default(), attempts: 1 }
    }

    /// The greatest id in the result, where the operation's shape names one.
    pub(crate) fn greatest_id(&self) -> Option<i64> {
        self.page.greatest_id
    }

    /// The text of a page's `paging`.
    pub(crate) fn paging(&self) -> Option<&[u8]> {
        self.page.paging.clone().map(|range| &self.body.bytes()[range])
    }

    /// Names the requests behind this answer in an error about what it holds.
    pub(crate) fn label(&self, error: Error) -> Error {
        error.with_trace_id(self.trace_id).with_attempts(self.attempts)
    }

    /// The result's text, in the memory that it was received in.
    pub(crate) fn into_json(self) -> JsonText {
        let (memory, start) = self.body.into_parts();
        JsonText::new(memory, start + self.result.start..start + self.result.end)
    }

    /// The result's own bytes.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.body.bytes()[self.result.clone()]
    }
}

/// A failed attempt, with everything that a retry depends on.
#[derive(Debug)]
pub(crate) struct AttemptError {
    pub error: Error,
    pub retry_class: RetryClass,
    /// How long the service asks to wait.
    pub requested_wait: Option<Duration>,
    /// For [`RetryClass::Parallel`]: how many the service allows, where it says so.
    pub allowed: Option<u32>,
    /// The request may have been processed.
    pub maybe_arrived: bool,
    /// The service has not said that the request is over: it may still work on it.
    pub maybe_running: bool,
    /// When the attempt began, on the business's monotonic clock: nothing can have arrived before.
    pub began: Duration,
    /// When it was over, for this side.
    pub ended: Duration,
}

impl AttemptError {
    pub(crate) fn before_sending(error: Error, now: Duration) -> Self {
        AttemptError {
            error,
            retry_class: RetryClass::Permanent,
            requested_wait: None,
            allowed: None,
            maybe_arrived: false,
            maybe_running: false,
            began: now,
            ended: now,
        }
    }

    /// Says that it is the last one because the call's time is over.
    pub(super) fn out_of_time(self, budget: &Budget) -> Self {
        let note = network::no_time_for_another_attempt(&budget.limit_of_call());
        AttemptError { error: self.error.with_note(&note), ..self }
    }

    /// Makes this last attempt's error the error of the call. `usual` is the time to wait where the
    /// service has not asked for one.
    pub(super) fn into_last(mut self, attempts: u32, usual: Duration) -> Self {
        let error = self.error.with_attempts(attempts);
        self.error = if error.status() == Status::RateLimited {
            error.with_retry_after(self.requested_wait.unwrap_or(usual))
        } else if let Some(requested_wait) = self.requested_wait {
            error.with_retry_after(requested_wait)
        } else {
            error
        };
        self
    }
}

impl From<AttemptError> for Error {
    fn from(failure: AttemptError) -> Self {
        failure.error
    }
}
