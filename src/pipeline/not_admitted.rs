//! The errors of calls that end without another request.

use std::time::Duration;

use super::budget::Budget;
use super::governor::NotAdmitted;
use super::operation::Operation;
use crate::error::Error;
use crate::sentences::{advice, errors, network};
use crate::status::Status;

/// What a caller is told to wait who found no place among the requests of the business.
pub(super) const PLACE_RETRY: Duration = Duration::from_secs(1);

impl NotAdmitted {
    /// How long to wait, where that is known.
    pub(super) fn wait(self) -> Option<Duration> {
        match self {
            NotAdmitted::QuotaUsedUp { wait } | NotAdmitted::PlacesHeld { wait } => Some(wait),
            NotAdmitted::NoPlace | NotAdmitted::Cancelled => None,
        }
    }

    pub(super) fn error(self, operation: &Operation, budget: &Budget) -> Error {
        let name = operation.name;
        let limited = |what| Error::new(Status::RateLimited, name, what);
        let seconds = |wait: Duration| wait.as_secs().saturating_add(1);
        let limit = &budget.limit_of_call();
        match self {
            NotAdmitted::Cancelled => Error::new(Status::Cancelled, name, errors::cancelled()),
            NotAdmitted::QuotaUsedUp { wait } => {
                limited(network::quota_lasts(seconds(wait), limit))
                    .with_advice(advice::call_again_then())
                    .with_retry_after(wait)
            }
            NotAdmitted::PlacesHeld { wait } => limited(network::places_held(seconds(wait), limit))
                .with_advice(advice::call_again_then())
                .with_retry_after(wait),
            NotAdmitted::NoPlace => limited(network::no_place(limit))
                .with_advice(advice::call_again_later())
                .with_retry_after(PLACE_RETRY),
        }
    }
}
