//! The governor: no request is sent that would exceed four at a time or an hourly quota.
//!
//! What the service counts together, all clients in the process keep together, however they were
//! opened. The service is known by host and port, whatever the base URL calls it. A request for a
//! business is counted for that business. A request that names no business (`getCampaigns`,
//! `getAuthTokenInfo`) is counted for the credential and for its businesses: that of the client
//! or, where it has none, each one that the same credential was used with.
//!
//! What is known outlives the last client for as long as it matters. Whoever waits stands in a
//! queue: nobody who could go is overtaken.

mod account;
mod quota;
mod service;
mod state;

use std::sync::{Arc, MutexGuard};
use std::time::Duration;

use super::operation::{CountedBy, Operation};
use crate::cancel::{CancelToken, POLL_INTERVAL, Wake};
use crate::clock::{self, Clock};
use crate::process;
use crate::settings::Settings;
pub(super) use quota::{MAX_WINDOW, Reported};
pub(crate) use service::ServiceId;
use service::{Membership, Service};
pub(crate) use state::NotAdmitted;
use state::{Decision, Holders, Identity, Seat, State, Waiter};

/// The service gives up on a request after this long (its documented time-out). Until then a
/// request whose answer was not waited for may still be one of its four.
pub(crate) const SERVICE_TIMEOUT: Duration = Duration::from_secs(10);

/// Keeps the limits for one client.
#[derive(Debug)]
pub(crate) struct Governor {
    service: Arc<Service>,
    clock: Arc<dyn Clock>,
    identity: Identity,
    /// The account of the business, without that of the credential.
    business: Holders,
    process: u32,
}

/// The right to send one request; the place is free again when it is dropped.
#[derive(Debug)]
pub(crate) struct Permit<'a> {
    governor: &'a Governor,
    request: u64,
    operation: usize,
    holders: Holders,
    taken: Duration,
    /// Whether the request was given up: its place is freed later, by time alone.
    abandoned: bool,
    /// When it was given.
    pub given_at: Duration,
    /// How long it was waited for.
    pub waited: Duration,
    /// Not only for a place.
    pub waited_for_quota: bool,
}

impl Governor {
    /// Enters a client.
    pub(crate) fn open(settings: &Settings, operations: &[&'static Operation]) -> Self {
        let per_hour: Vec<u32> = operations.iter().map(|operation| operation.per_hour).collect();
        let Membership { service, clock, identity } = service::enter(settings, &per_hour);
        let business = identity.business.map(account::Holder::Business).into_iter().collect();
        Governor { service, clock, identity, business, process: process::id() }
    }

    /// Whom to wake when a call is cancelled.
    pub(crate) fn waking(&self) -> Arc<dyn Wake> {
        Arc::clone(&self.service) as Arc<dyn Wake>
    }

    /// What the limits are kept for.
    pub(crate) fn service(&self) -> &ServiceId {
        &self.service.id
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.service.lock()
    }

    fn holders(&self, state: &State, operation: &Operation) -> Holders {
        match operation.counted_by {
            CountedBy::Business if self.identity.business.is_some() => Arc::clone(&self.business),
            CountedBy::Business | CountedBy::Credential => state.holders_of(&self.identity),
        }
    }

    fn is_without_business(&self) -> bool {
        self.identity.business.is_none()
    }

    /// Waits for the right to send a request, at most for `patience`.
    pub(crate) fn acquire(
        &self,
        operation: &Operation,
        patience: Duration,
        cancel: &CancelToken,
    ) -> Result<Permit<'_>, NotAdmitted> {
        if cancel.is_cancelled() {
            return Err(NotAdmitted::Cancelled);
        }
        let start = self.clock.now();
        let mut state = self.lock();
        let waiter = Waiter {
            request: state.next_request(),
            operation: operation.index,
            holders: self.holders(&state, operation),
            max_parallel: self.identity.max_parallel,
            without_business: self.is_without_business(),
            deadline: start.saturating_add(patience),
            seat: Arc::new(Seat::default()),
        };
        state.push(waiter.clone());
        let mut now = start;
        state.dispatch(now);
        let mut waited_for_quota = false;
        let taken = loop {
            let wake = match waiter.seat.decision() {
                Decision::Go(taken) => break taken,
                Decision::No(denied) => return Err(denied),
                Decision::Later { wake, for_quota } => {
                    waited_for_quota |= for_quota;
                    wake
                }
            };
            if cancel.is_cancelled() {
                state.withdraw(waiter.request);
                // Those behind it may have been denied because of it; none of them could have started.
                return Err(NotAdmitted::Cancelled);
            }
            state = self.wait(state, &waiter.seat, wake.saturating_sub(now));
            now = self.clock.now();
            if now >= wake || !clock::is_machine(&*self.clock) {
                state.dispatch(now);
            }
        };
        drop(state);
        Ok(Permit {
            governor: self,
            request: waiter.request,
            operation: operation.index,
            holders: waiter.holders,
            taken,
            abandoned: false,
            given_at: now,
            waited: now.saturating_sub(start),
            waited_for_quota,
        })
    }

    fn wait<'a>(
        &'a self,
        state: MutexGuard<'a, State>,
        seat: &Seat,
        wait: Duration,
    ) -> MutexGuard<'a, State> {
        if self.clock.is_simulated() {
            drop(state);
            self.clock.sleep(wait.min(POLL_INTERVAL));
            std::thread::yield_now();
            return self.lock();
        }
        // A test may move its clock at any moment.
        let wait = if clock::is_machine(&*self.clock) { wait } else { wait.min(POLL_INTERVAL) };
        seat.wait(state, wait)
    }

    /// Learns from the headers of an answer that came `now`.
    pub(crate) fn learn(&self, operation: &Operation, now: Duration, reported: Reported) {
        let mut state = self.lock();
        let holders = self.holders(&state, operation);
        state.learn(operation.index, &holders, now, reported);
    }

    /// Learns from a 420 that an hourly quota is used up for so long.
    pub(crate) fn quota_exhausted(&self, operation: &Operation, wait: Duration) {
        let now = self.clock.now();
        let mut state = self.lock();
        let holders = self.holders(&state, operation);
        state.block_quota(operation.index, &holders, now, now.saturating_add(wait));
        // Who waits for it may learn now that it takes too long.
        state.dispatch(now);
    }

    /// Learns from a 420 that too many requests were under way: another program uses the business
    /// too, or the service allows fewer (`allowed`).
    pub(crate) fn too_many_at_once(&self, operation: &Operation, allowed: Option<u32>) {
        let now = self.clock.now();
        let mut state = self.lock();
        let holders = self.holders(&state, operation);
        state.too_many_at_once(&holders, now, allowed);
    }

    /// What is known of an operation's quota.
    pub(crate) fn report(&self, operation: &Operation) -> Reported {
        let now = self.clock.now();
        let mut state = self.lock();
        let holders = self.holders(&state, operation);
        state.report(operation.index, &holders, now)
    }

    /// The governor's own time, to which the reports refer.
    pub(crate) fn now(&self) -> Duration {
        self.clock.now()
    }
}

impl Drop for Governor {
    fn drop(&mut self) {
        // In the child of a fork the locks may be held for ever, and the child has begun anew.
        if self.process == process::id() {
            service::leave(&self.service, &self.identity, self.clock.now());
        }
    }
}

impl Permit<'_> {
    /// Nothing arrived: the request does not count against the quota.
    pub(crate) fn give_back_quota(&self) {
        self.governor.lock().give_back(self.operation, &self.holders, self.taken);
    }

    /// Gives up a request that was sent so long ago, and that the service may still be at work on:
    /// its place is free after the service's own time-out.
    pub(crate) fn abandon(mut self, since_written: Duration) {
        let left = SERVICE_TIMEOUT.saturating_sub(since_written);
        if left.is_zero() {
            return;
        }
        let governor = self.governor;
        let now = governor.clock.now();
        let without_business = governor.is_without_business();
        let mut state = governor.lock();
        state.abandon(self.request, &self.holders, without_business, now.saturating_add(left));
        // Who waits for a place may learn now that it takes too long.
        state.dispatch(now);
        drop(state);
        self.abandoned = true;
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        if self.abandoned {
            return;
        }
        let governor = self.governor;
        let mut state = governor.lock();
        state.release(self.request, &self.holders, governor.is_without_business());
        if state.has_waiters() {
            state.dispatch(governor.clock.now());
        }
    }
}
