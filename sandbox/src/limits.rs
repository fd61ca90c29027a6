//! Hourly quotas and parallel requests.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::answer::Answer;
use super::clock;
use super::error::{ApiError, ErrorKind};
use super::operation::Operation;

/// An hourly quota as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Quota {
    /// Requests per hour.
    pub limit: u32,
    /// Requests counted in the current hour.
    pub used: u32,
    /// When the hour ends, as the `Until` header says it; `None` before the first request.
    pub until: Option<String>,
}

/// A change of a quota, as the admin API takes it.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct QuotaChange {
    pub(super) limit: Option<u32>,
    pub(super) used: Option<u32>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Window {
    used: u32,
    /// The hour begins with its first request, so that no test runs into a full hour by chance.
    until: Option<Timestamp>,
}

#[derive(Debug, Clone, Default)]
pub(super) struct Limits {
    changed: BTreeMap<Operation, u32>,
    windows: BTreeMap<(i64, Operation), Window>,
}

impl Limits {
    pub(super) fn change(
        &mut self,
        business: i64,
        operation: Operation,
        change: QuotaChange,
        now: Timestamp,
    ) -> Result<(), String> {
        if operation.documented_quota().is_none() {
            return Err(format!("{operation} has no hourly quota"));
        }
        if let Some(limit) = change.limit {
            self.changed.insert(operation, limit);
        }
        if let Some(used) = change.used {
            self.window(business, operation, now).used = used;
        }
        Ok(())
    }

    fn limit(&self, operation: Operation) -> Option<u32> {
        self.changed.get(&operation).copied().or(operation.documented_quota())
    }

    /// The running hour, begun if there is none.
    fn window(&mut self, business: i64, operation: Operation, now: Timestamp) -> &mut Window {
        let window = self.windows.entry((business, operation)).or_default();
        if window.until.is_none_or(|until| until <= now) {
            let end = now.saturating_add(SignedDuration::from_hours(1)).unwrap_or(now);
            *window = Window { used: 0, until: Some(clock::whole_second_after(end)) };
        }
        window
    }

    /// Counts one request.
    pub(super) fn take(
        &mut self,
        business: i64,
        operation: Operation,
        now: Timestamp,
    ) -> Result<(), ApiError> {
        let Some(limit) = self.limit(operation) else { return Ok(()) };
        let window = self.window(business, operation, now);
        if window.used >= limit {
            return Err(self.exceeded(operation));
        }
        window.used += 1;
        Ok(())
    }

    pub(super) fn exceeded(&self, operation: Operation) -> ApiError {
        let limit = self.limit(operation).unwrap_or_default();
        let resource = operation.resource();
        let text = format!("Hit rate limit of {limit} requests per hour for resource {resource}");
        ApiError::new(ErrorKind::HourlyLimit, text)
    }

    /// Every quota of a business.
    pub(super) fn quotas(
        &self,
        business: i64,
        now: Timestamp,
        wrong_weekday: bool,
    ) -> BTreeMap<Operation, Quota> {
        let quota = |operation| {
            let limit = self.limit(operation)?;
            let window = self.windows.get(&(business, operation)).copied().unwrap_or_default();
            let running = window.until.filter(|until| *until > now);
            let used = if running.is_some() { window.used } else { 0 };
            let until = running.map(|at| until_text(at, wrong_weekday));
            Some((operation, Quota { limit, used, until }))
        };
        Operation::all().filter_map(quota).collect()
    }

    /// Puts the three headers on an answer.
    pub(super) fn label(
        &mut self,
        answer: &mut Answer,
        business: i64,
        operation: Operation,
        now: Timestamp,
        wrong_weekday: bool,
    ) {
        let Some(limit) = self.limit(operation) else { return };
        let window = *self.window(business, operation, now);
        answer.set("x-ratelimit-resource-limit", limit.to_string());
        answer.set("x-ratelimit-resource-remaining", limit.saturating_sub(window.used).to_string());
        if let Some(until) = window.until {
            answer.set("x-ratelimit-resource-until", until_text(until, wrong_weekday));
        }
    }
}

fn until_text(at: Timestamp, wrong_weekday: bool) -> String {
    if wrong_weekday { clock::http_date_with_wrong_weekday(at) } else { clock::http_date(at) }
}

pub(super) fn too_many_parallel(business: i64, limit: u32) -> ApiError {
    let text = format!("Hit rate limit of {limit} parallel requests for businessId {business}");
    ApiError::new(ErrorKind::ParallelLimit, text)
}

/// Requests in flight, by business.
#[derive(Debug, Default)]
pub(super) struct InFlight {
    by_business: BTreeMap<i64, Count>,
}

#[derive(Debug, Default)]
struct Count {
    all: u32,
    admitted: u32,
}

impl InFlight {
    /// Counts a request in; says how many there are now, and whether this one is within the limit.
    pub(super) fn enter(&mut self, business: i64, limit: u32) -> (u32, bool) {
        let count = self.by_business.entry(business).or_default();
        let admitted = count.admitted < limit;
        count.all += 1;
        count.admitted += u32::from(admitted);
        (count.all, admitted)
    }

    /// All that are counted in now.
    pub(super) fn total(&self) -> u32 {
        self.by_business.values().map(|count| count.all).sum()
    }

    /// All of a business.
    pub(super) fn of(&self, business: i64) -> u32 {
        self.by_business.get(&business).map_or(0, |count| count.all)
    }

    pub(super) fn leave(&mut self, business: i64, admitted: bool) {
        if let Some(count) = self.by_business.get_mut(&business) {
            count.all -= 1;
            count.admitted -= u32::from(admitted);
        }
    }
}
