//! What a client has done so far.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use serde::Serialize;

use super::operation::Operation;

/// Counters of one operation; part of [`Stats`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct OperationStats {
    /// The API's operationId.
    pub operation: &'static str,
    /// Requests that were sent, or tried to be sent.
    pub attempts: u64,
    /// Those of them that repeated an earlier one.
    pub repeats: u64,
    /// Answers 420.
    pub limited: u64,
    /// How often a limit was waited for before a request was sent.
    pub waits: u64,
    /// The time of those waits, in milliseconds.
    pub waited_ms: u64,
    /// The hourly quota: as the service last named it, or the documented one.
    pub quota_limit: u32,
    /// What is left of it, as far as is known.
    pub quota_remaining: u32,
    /// In how many milliseconds the quota is whole again; absent where the service has not said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quota_resets_in_ms: Option<u64>,
}

/// How the sends of a client ended; part of [`Stats`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct SendStats {
    /// The service acknowledged them.
    pub sent: u64,
    /// The answer was lost, and the history shows them.
    pub confirmed: u64,
    /// It is not known.
    pub unknown: u64,
    /// They certainly did not arrive.
    pub not_sent: u64,
}

/// What a client has done so far.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Stats {
    /// Operations in the order of the API's page; those that were never called, too.
    pub operations: Vec<OperationStats>,
    /// The outcomes of sends.
    pub sends: SendStats,
}

/// Where the counting is done.
#[derive(Debug)]
pub(crate) struct Counters(Mutex<Stats>);

impl Counters {
    pub(crate) fn new(operations: &[&'static Operation]) -> Self {
        let operations = operations
            .iter()
            .map(|operation| OperationStats {
                operation: operation.name,
                quota_limit: operation.per_hour,
                ..OperationStats::default()
            })
            .collect();
        Counters(Mutex::new(Stats { operations, sends: SendStats::default() }))
    }

    pub(crate) fn count(&self, operation: &Operation, change: impl FnOnce(&mut OperationStats)) {
        let mut stats = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        change(&mut stats.operations[operation.index]);
    }

    pub(crate) fn count_send(&self, change: impl FnOnce(&mut SendStats)) {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner).sends);
    }

    pub(crate) fn attempt(&self, operation: &Operation, number: u32, waited: Duration) {
        self.count(operation, |stats| {
            stats.attempts += 1;
            stats.repeats += u64::from(number > 1);
            // Less than a millisecond is no wait but the way through the queue.
            if waited >= Duration::from_millis(1) {
                stats.waits += 1;
                stats.waited_ms += crate::clock::millis(waited);
            }
        });
    }

    pub(crate) fn snapshot(&self) -> Stats {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
