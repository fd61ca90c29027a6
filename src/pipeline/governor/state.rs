//! Who has a place, and who waits for one. Pure but for waking: time comes in as an argument.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::account::{Account, Holder, Place, Room};
use super::quota::{Availability, Reported};

/// More accounts without a client are not remembered.
const MAX_IDLE_ACCOUNTS: usize = 1_000;

/// By what a service knows a client.
#[derive(Debug)]
pub(super) struct Identity {
    pub business: Option<i64>,
    pub credentials: Vec<u64>,
    pub max_parallel: u32,
}

impl Identity {
    fn holders(&self) -> impl Iterator<Item = Holder> {
        let business = self.business.map(Holder::Business);
        business.into_iter().chain(self.credentials.iter().copied().map(Holder::Credential))
    }
}

/// The accounts that a request is counted in.
pub(super) type Holders = Arc<[Holder]>;

/// A request that waits, or has just come.
#[derive(Debug, Clone)]
pub(super) struct Waiter {
    pub request: u64,
    pub operation: usize,
    pub holders: Holders,
    pub max_parallel: u32,
    pub without_business: bool,
    pub deadline: Duration,
    pub seat: Arc<Seat>,
}

/// Where a waiter is told what was decided.
#[derive(Debug, Default)]
pub(super) struct Seat {
    changed: Condvar,
    /// Somebody waits: waking nobody would be a system call all the same.
    taken: AtomicBool,
    decision: Mutex<Decision>,
}

/// Why a request is not sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NotAdmitted {
    Cancelled,
    /// The quota is free again only after the call's time.
    QuotaUsedUp {
        wait: Duration,
    },
    /// Requests that nobody waits for any more may be at work in every place until after the call's
    /// time.
    PlacesHeld {
        wait: Duration,
    },
    /// Others took every place until the call's time was over.
    NoPlace,
}

/// What became of a waiter.
#[derive(Debug, Clone, Copy)]
pub(super) enum Decision {
    /// It may go; its place was taken at this moment.
    Go(Duration),
    No(NotAdmitted),
    /// It waits; the time alone may change that at this moment.
    Later {
        wake: Duration,
        for_quota: bool,
    },
}

impl Default for Decision {
    fn default() -> Self {
        Decision::Later { wake: Duration::ZERO, for_quota: false }
    }
}

impl Seat {
    pub(super) fn decision(&self) -> Decision {
        *self.decision.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits by the machine's clock until there is a decision, or [`State::wake_all`].
    pub(super) fn wait<'a>(
        &self,
        state: MutexGuard<'a, State>,
        wait: Duration,
    ) -> MutexGuard<'a, State> {
        self.taken.store(true, Ordering::Relaxed);
        self.changed.wait_timeout(state, wait).unwrap_or_else(PoisonError::into_inner).0
    }

    fn wake(&self) {
        if self.taken.load(Ordering::Relaxed) {
            self.changed.notify_one();
        }
    }

    fn decide(&self, decision: Decision) {
        *self.decision.lock().unwrap_or_else(PoisonError::into_inner) = decision;
    }
}

#[derive(Debug)]
pub(super) struct State {
    /// The documented quotas, by the operation's index.
    per_hour: Vec<u32>,
    /// Outlives its clients, and so is no `HashMap`, in which leak checkers find no pointers.
    accounts: BTreeMap<Holder, Account>,
    queue: VecDeque<Waiter>,
    last_request: u64,
}

impl State {
    pub(super) fn new(per_hour: Vec<u32>) -> Self {
        State { per_hour, accounts: BTreeMap::new(), queue: VecDeque::new(), last_request: 0 }
    }

    fn account(&mut self, holder: Holder, now: Duration) -> &mut Account {
        let per_hour = &self.per_hour;
        self.accounts.entry(holder).or_insert_with(|| Account::new(per_hour, now))
    }

    /// A client is opened.
    pub(super) fn enter(&mut self, identity: &Identity, now: Duration) {
        for holder in identity.holders() {
            self.account(holder, now).enter(identity.max_parallel);
        }
        if let Some(business) = identity.business {
            for credential in &identity.credentials {
                self.link(business, *credential, now);
            }
        }
    }

    /// Notes that a credential belongs to a business: what clients without a business have under
    /// way with it counts for this one too.
    fn link(&mut self, business: i64, credential: u64, now: Duration) {
        let (business, credential_holder) =
            (Holder::Business(business), Holder::Credential(credential));
        if self.account(business, now).credentials.contains(&credential) {
            return;
        }
        let places = self.account(credential_holder, now).places.clone();
        let account = self.account(business, now);
        account.credentials.push(credential);
        for place in places.into_iter().filter(|place| place.without_business) {
            if account.places.iter().all(|known| known.request != place.request) {
                account.places.push(place);
            }
        }
        for waiter in self.queue.iter_mut().filter(|waiter| waiter.without_business) {
            if waiter.holders.contains(&credential_holder) && !waiter.holders.contains(&business) {
                waiter.holders = waiter.holders.iter().copied().chain([business]).collect();
            }
        }
    }

    /// A client is closed.
    pub(super) fn leave(&mut self, identity: &Identity, now: Duration) {
        for holder in identity.holders() {
            self.account(holder, now).leave(now);
        }
    }

    /// Forgets the accounts that do not matter any more.
    pub(super) fn sweep(&mut self, now: Duration) {
        self.accounts.retain(|_, account| {
            let matters = account.matters_until(now) > now;
            matters || account.clients > 0 || !account.places.is_empty()
        });
        while self.accounts.values().filter(|account| account.clients == 0).count()
            > MAX_IDLE_ACCOUNTS
        {
            let idle = self.accounts.iter().filter(|(_, account)| account.clients == 0);
            let longest = idle.min_by_key(|(_, account)| account.idle_since);
            let Some(holder) = longest.map(|(holder, _)| *holder) else { return };
            self.accounts.remove(&holder);
        }
    }

    pub(super) fn has_clients(&self) -> bool {
        self.accounts.values().any(|account| account.clients > 0)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.accounts.is_empty()
    }

    /// The accounts that a request which names no business is counted in. Nobody outside knows
    /// whether the service counts it for the credential or for its business, so it counts for both.
    pub(super) fn holders_of(&self, identity: &Identity) -> Holders {
        let own = identity.holders();
        if identity.business.is_some() {
            return own.collect();
        }
        let belongs = |account: &Account| {
            account.credentials.iter().any(|known| identity.credentials.contains(known))
        };
        let businesses = self.accounts.iter().filter(|(_, account)| belongs(account));
        own.chain(businesses.map(|(holder, _)| *holder)).collect()
    }

    pub(super) fn next_request(&mut self) -> u64 {
        self.last_request += 1;
        self.last_request
    }

    /// Stands in the queue.
    pub(super) fn push(&mut self, waiter: Waiter) {
        self.queue.push_back(waiter);
    }

    /// Leaves the queue without having been served.
    pub(super) fn withdraw(&mut self, request: u64) {
        self.queue.retain(|waiter| waiter.request != request);
    }

    /// Decides about everybody in the queue, in its order: nobody who can go waits behind one who
    /// cannot, and nobody who could go is overtaken.
    pub(super) fn dispatch(&mut self, now: Duration) {
        if self.queue.is_empty() {
            return;
        }
        let mut queue = std::mem::take(&mut self.queue);
        let mut ahead = Ahead::default();
        queue.retain(|waiter| {
            let decision = self.decide(waiter, &ahead, now);
            waiter.seat.decide(decision);
            if let Decision::Later { .. } = decision {
                ahead.add(waiter);
                return true;
            }
            waiter.seat.wake();
            false
        });
        self.queue = queue;
    }

    fn decide(&mut self, waiter: &Waiter, ahead: &Ahead, now: Duration) -> Decision {
        let (mut free, mut wake, mut for_quota) = (true, waiter.deadline, false);
        // The latest of the moments before which it certainly cannot go.
        let (mut not_before, mut by_quota) = (now, false);
        for holder in waiter.holders.iter() {
            let account = self.account(*holder, now);
            account.refresh(now);
            let quota = &mut account.quotas[waiter.operation];
            if let Availability::At(at) = quota.availability(now, 0) {
                (free, for_quota) = (false, true);
                wake = wake.min(at);
            }
            // Those ahead will be served first.
            let ahead = ahead.count(*holder, waiter.operation);
            if let Availability::At(at) = quota.availability(now, ahead)
                && at >= not_before
            {
                (not_before, by_quota) = (at, true);
            }
            match account.room(waiter.max_parallel) {
                Room::Now => {}
                Room::AfterAnother => free = false,
                Room::At(at) => {
                    free = false;
                    if at > not_before {
                        (not_before, by_quota) = (at, false);
                    }
                }
            }
            wake = account.next_place().map_or(wake, |at| wake.min(at));
        }
        if free {
            self.take(waiter, now);
            return Decision::Go(now);
        }
        let wait = not_before.saturating_sub(now);
        if not_before > waiter.deadline {
            let denied = if by_quota {
                NotAdmitted::QuotaUsedUp { wait }
            } else {
                NotAdmitted::PlacesHeld { wait }
            };
            return Decision::No(denied);
        }
        if now >= waiter.deadline {
            return Decision::No(NotAdmitted::NoPlace);
        }
        Decision::Later { wake, for_quota }
    }

    fn take(&mut self, waiter: &Waiter, now: Duration) {
        let place = Place {
            request: waiter.request,
            max_parallel: waiter.max_parallel,
            without_business: waiter.without_business,
            until: None,
        };
        for holder in waiter.holders.iter() {
            let account = self.account(*holder, now);
            account.places.push(place);
            account.quotas[waiter.operation].take(now);
        }
    }

    /// The accounts where a request has its place: those of its holders and, where its client has no
    /// business, those that were linked since.
    fn each_account(
        &mut self,
        holders: &Holders,
        without_business: bool,
        mut change: impl FnMut(&mut Account),
    ) {
        if without_business {
            self.accounts.values_mut().for_each(change);
            return;
        }
        for holder in holders.iter() {
            if let Some(account) = self.accounts.get_mut(holder) {
                change(account);
            }
        }
    }

    /// A request is over.
    pub(super) fn release(&mut self, request: u64, holders: &Holders, without_business: bool) {
        self.each_account(holders, without_business, |account| {
            account.places.retain(|place| place.request != request);
        });
    }

    /// Nobody waits for a request any more, and the service may work on it until a moment.
    pub(super) fn abandon(
        &mut self,
        request: u64,
        holders: &Holders,
        without_business: bool,
        until: Duration,
    ) {
        self.each_account(holders, without_business, |account| {
            let place = account.places.iter_mut().find(|place| place.request == request);
            if let Some(place) = place {
                place.until = Some(until);
            }
        });
    }

    /// A request that was taken at a moment did not arrive: it does not count against the quota.
    pub(super) fn give_back(&mut self, operation: usize, holders: &Holders, taken: Duration) {
        for holder in holders.iter() {
            if let Some(account) = self.accounts.get_mut(holder) {
                account.quotas[operation].give_back(taken);
            }
        }
    }

    pub(super) fn learn(
        &mut self,
        operation: usize,
        holders: &Holders,
        now: Duration,
        reported: Reported,
    ) {
        for holder in holders.iter() {
            self.account(*holder, now).quotas[operation].learn(now, reported);
        }
    }

    pub(super) fn block_quota(
        &mut self,
        operation: usize,
        holders: &Holders,
        now: Duration,
        until: Duration,
    ) {
        for holder in holders.iter() {
            self.account(*holder, now).quotas[operation].block(until);
        }
    }

    pub(super) fn too_many_at_once(
        &mut self,
        holders: &Holders,
        now: Duration,
        allowed: Option<u32>,
    ) {
        for holder in holders.iter() {
            self.account(*holder, now).too_many_at_once(allowed, now);
        }
    }

    /// What is known of an operation's quota: that of the account with the least left.
    pub(super) fn report(
        &mut self,
        operation: usize,
        holders: &Holders,
        now: Duration,
    ) -> Reported {
        let reports =
            holders.iter().map(|holder| self.account(*holder, now).quotas[operation].report(now));
        let reports: Vec<Reported> = reports.collect();
        reports.into_iter().min_by_key(|report| report.remaining).unwrap_or_default()
    }

    /// Has everybody who waits look at its call.
    pub(super) fn wake_all(&self) {
        self.queue.iter().for_each(|waiter| waiter.seat.wake());
    }

    pub(super) fn has_waiters(&self) -> bool {
        !self.queue.is_empty()
    }
}

/// How many wait for a quota before somebody's turn.
#[derive(Debug, Default)]
struct Ahead(HashMap<(Holder, usize), u32>);

impl Ahead {
    fn add(&mut self, waiter: &Waiter) {
        for holder in waiter.holders.iter() {
            *self.0.entry((*holder, waiter.operation)).or_default() += 1;
        }
    }

    fn count(&self, holder: Holder, operation: usize) -> u32 {
        self.0.get(&(holder, operation)).copied().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests;
