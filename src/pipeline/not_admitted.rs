//! The errors of calls that end without another request.

use std::time::Duration;

use super::budget::Budget;
use super::governor::NotAdmitted;
use super::operation::Operation;
use crate::error::Error;
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
        match self {
            NotAdmitted::Cancelled => Error::new(Status::Cancelled, name, "the call was cancelled"),
            NotAdmitted::QuotaUsedUp { wait } => Error::new(
                Status::RateLimited,
                name,
                format!(
                    "the quota of this hour is used up, and is free again in {} s, which is \
                     longer than {} allows. Nothing was sent",
                    wait.as_secs().saturating_add(1),
                    budget.limit_of_call(),
                ),
            )
            .with_advice("Call again then.")
            .with_retry_after(wait),
            NotAdmitted::PlacesHeld { wait } => Error::new(
                Status::RateLimited,
                name,
                format!(
                    "the service may still be at work on requests whose answers were lost, and \
                     they take every place for {} s, which is longer than {} allows. Nothing was \
                     sent",
                    wait.as_secs().saturating_add(1),
                    budget.limit_of_call(),
                ),
            )
            .with_advice("Call again then.")
            .with_retry_after(wait),
            NotAdmitted::NoPlace => Error::new(
                Status::RateLimited,
                name,
                format!(
                    "other requests of this business took every place until {} was over. Nothing \
                     was sent",
                    budget.limit_of_call(),
                ),
            )
            .with_advice("Call again later.")
            .with_retry_after(PLACE_RETRY),
        }
    }
}
