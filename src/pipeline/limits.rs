//! The governor: no request is sent that would exceed four at a time or an hourly quota.
//!
//! It is shared by all clients of one business in the process. Whoever waits stands in a queue:
//! nobody who could go is overtaken.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::operation::Operation;
use super::quota::{Availability, Quota, Reported};
use crate::cancel::{CancelToken, SLICE};
use crate::clock::Clock;

/// What the service allows at a time, per cabinet.
const PARALLEL: u32 = 4;
/// The service gives up on a request after this long (its documented time-out). Until then a
/// request whose answer was not waited for may still be one of its four.
pub(crate) const SERVICE_TIMEOUT: Duration = Duration::from_secs(10);
/// After this long without a 420 for too many at a time, one more is tried.
const RECOVERY: Duration = Duration::from_secs(10);

#[derive(Debug)]
pub(crate) struct Governor {
    clock: Arc<dyn Clock>,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug)]
struct State {
    active: u32,
    /// Until when a request that was given up may still be worked on.
    abandoned: Vec<Duration>,
    /// How many at a time the service says that it allows; `None` while it has not said.
    allowed: Option<u32>,
    /// Lower than that while another program uses the same cabinet.
    parallel: u32,
    parallel_since: Duration,
    quotas: Vec<Quota>,
    queue: VecDeque<Waiter>,
    next_ticket: u64,
}

#[derive(Debug)]
struct Waiter {
    ticket: u64,
    operation: usize,
}

/// Why a request may not be sent.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    Cancelled,
    /// The quota is free again only after the call's time.
    Quota {
        wait: Duration,
    },
    /// Others took every place until the call's time was over.
    Parallel,
}

/// The right to send one request; the place is free again when it is dropped.
#[derive(Debug)]
pub(crate) struct Permit<'a> {
    governor: &'a Governor,
    operation: usize,
    /// How long it was waited for.
    pub waited: Duration,
}

impl Governor {
    pub(crate) fn new(clock: Arc<dyn Clock>, operations: &[&Operation]) -> Self {
        let now = clock.now();
        Governor {
            clock,
            state: Mutex::new(State {
                active: 0,
                abandoned: Vec::new(),
                allowed: None,
                parallel: u32::MAX,
                parallel_since: now,
                quotas: operations.iter().map(|operation| Quota::new(operation.per_hour)).collect(),
                queue: VecDeque::new(),
                next_ticket: 0,
            }),
            changed: Condvar::new(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for the right to send a request, at most for `patience`.
    pub(crate) fn acquire(
        &self,
        operation: &Operation,
        max_parallel: u32,
        patience: Duration,
        cancel: &CancelToken,
    ) -> Result<Permit<'_>, Refused> {
        let start = self.clock.now();
        let mut now = start;
        let deadline = start + patience;
        let mut state = self.lock();
        let ticket = state.next_ticket;
        state.next_ticket += 1;
        state.queue.push_back(Waiter { ticket, operation: operation.index });
        let result = loop {
            if cancel.is_cancelled() {
                break Err(Refused::Cancelled);
            }
            let (quota, may_go) = state.look(ticket, operation.index, max_parallel, now);
            let until = match quota {
                Availability::Now if may_go => break Ok(now),
                Availability::At(at) if at > deadline => {
                    break Err(Refused::Quota { wait: at - now });
                }
                Availability::At(at) => at,
                Availability::Now if now >= deadline => break Err(Refused::Parallel),
                Availability::Now => deadline,
            };
            let wait = until.saturating_sub(now).min(SLICE);
            state = self.wait(state, wait);
            now = self.clock.now();
        };
        state.queue.retain(|waiter| waiter.ticket != ticket);
        match result {
            Ok(now) => {
                state.active += 1;
                state.quotas[operation.index].take(now);
                // The next in the queue may be able to go as well.
                self.wake(state);
                Ok(Permit { governor: self, operation: operation.index, waited: now - start })
            }
            Err(refused) => {
                self.wake(state);
                Err(refused)
            }
        }
    }

    fn wait<'a>(&'a self, state: MutexGuard<'a, State>, wait: Duration) -> MutexGuard<'a, State> {
        if self.clock.is_simulated() {
            drop(state);
            self.clock.sleep(wait);
            std::thread::yield_now();
            return self.lock();
        }
        self.changed.wait_timeout(state, wait).unwrap_or_else(PoisonError::into_inner).0
    }

    /// Wakes those who wait, if anybody does: waking nobody is a system call all the same.
    fn wake(&self, state: MutexGuard<'_, State>) {
        let anybody = !state.queue.is_empty();
        drop(state);
        if anybody {
            self.changed.notify_all();
        }
    }

    /// Learns from the headers of an answer that came `now`.
    pub(crate) fn learn(&self, operation: &Operation, now: Duration, reported: Reported) {
        self.lock().quotas[operation.index].learn(now, reported);
    }

    /// Learns from a 420 that an hourly quota is used up for so long.
    pub(crate) fn quota_exhausted(&self, operation: &Operation, wait: Duration) {
        let now = self.clock.now();
        self.lock().quotas[operation.index].block(now + wait);
    }

    /// Learns from a 420 that too many requests were under way: another program uses the cabinet
    /// too, or the service allows fewer (`allowed`).
    pub(crate) fn too_many_at_once(&self, allowed: Option<u32>) {
        let now = self.clock.now();
        let mut state = self.lock();
        // Half of what is under way, so that several programs come to terms quickly.
        let half = (state.active / 2).max(1);
        state.allowed = allowed.or(state.allowed);
        state.parallel = state.parallel.min(half);
        state.parallel_since = now;
    }

    /// What is known of an operation's quota.
    pub(crate) fn report(&self, operation: &Operation) -> Reported {
        let now = self.clock.now();
        self.lock().quotas[operation.index].report(now)
    }

    /// The governor's own time, to which the reports refer.
    pub(crate) fn now(&self) -> Duration {
        self.clock.now()
    }
}

impl State {
    /// The quota of the operation for this ticket, and whether its turn has come.
    fn look(
        &mut self,
        ticket: u64,
        operation: usize,
        max_parallel: u32,
        now: Duration,
    ) -> (Availability, bool) {
        self.abandoned.retain(|until| *until > now);
        // A limit above the documented one is the configuration's word that there is one; the
        // service's own word counts more.
        let allowed = self.allowed.unwrap_or(max_parallel.max(PARALLEL));
        if self.parallel < allowed && now.saturating_sub(self.parallel_since) >= RECOVERY {
            self.parallel += 1;
            self.parallel_since = now;
        }
        let mut first = true;
        let mut ahead = 0;
        for index in 0..self.queue.len() {
            let waiter = &self.queue[index];
            if waiter.ticket == ticket {
                break;
            }
            let other = waiter.operation;
            if other == operation {
                ahead += 1;
            }
            // Who waits for a quota does not hold up those who wait for a place only.
            if self.quotas[other].availability(now, 0) == Availability::Now {
                first = false;
            }
        }
        let quota = self.quotas[operation].availability(now, ahead);
        let places = self.parallel.min(allowed);
        let free = self.active < max_parallel.min(places)
            && self.active + (self.abandoned.len() as u32) < places;
        (quota, first && free)
    }
}

impl Permit<'_> {
    /// Nothing arrived: the request does not count against the quota.
    pub(crate) fn give_back_quota(&self) {
        self.governor.lock().quotas[self.operation].give_back();
    }

    /// Frees the place of a request that was sent so long ago and whose answer was not waited
    /// for: the service may work on it until its own time-out.
    pub(crate) fn abandon(self, since_written: Duration) {
        let left = SERVICE_TIMEOUT.saturating_sub(since_written);
        if !left.is_zero() {
            let until = self.governor.clock.now() + left;
            self.governor.lock().abandoned.push(until);
        }
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        let mut state = self.governor.lock();
        state.active -= 1;
        self.governor.wake(state);
    }
}

#[cfg(test)]
mod tests {
    use super::super::envelope::Promise;
    use super::super::operation::Effect;
    use super::*;
    use crate::cancel::CancelHandle;
    use crate::clock::SystemClock;

    const READ: Operation = Operation {
        name: "read",
        index: 0,
        per_hour: 1_000,
        effect: Effect::Read,
        promise: Promise::Nothing,
    };

    #[test]
    fn nobody_is_overtaken() {
        const WAITERS: usize = 40;
        let governor = Governor::new(Arc::new(SystemClock::new()), &[&READ]);
        let cancel = CancelHandle::default().token();
        let acquire =
            || governor.acquire(&READ, PARALLEL, Duration::from_secs(60), &cancel).unwrap();
        let mut held: Vec<_> = (0..PARALLEL).map(|_| acquire()).collect();
        let served = Mutex::new(Vec::new());
        std::thread::scope(|scope| {
            for number in 0..WAITERS {
                let (acquire, served) = (&acquire, &served);
                scope.spawn(move || {
                    let permit = acquire();
                    // Before the place is free again, and so before anybody else is served.
                    served.lock().unwrap().push(number);
                    drop(permit);
                });
                while governor.lock().queue.len() <= number {
                    assert!(served.lock().unwrap().is_empty(), "there is no place");
                    std::thread::yield_now();
                }
            }
            drop(held.pop());
        });
        assert_eq!(*served.lock().unwrap(), (0..WAITERS).collect::<Vec<_>>());
    }

    #[test]
    fn the_first_who_could_go_is_the_next() {
        let other = Operation { name: "other", index: 1, ..READ };
        let governor = Governor::new(Arc::new(SystemClock::new()), &[&READ, &other]);
        let mut state = governor.lock();
        let operations = [READ.index, READ.index, other.index];
        state
            .queue
            .extend((0..).zip(operations).map(|(ticket, operation)| Waiter { ticket, operation }));
        let now = Duration::from_secs(7);
        let may_go = |state: &mut State| {
            [0, 1, 2].map(|ticket| state.look(ticket, operations[ticket as usize], PARALLEL, now).1)
        };
        assert_eq!(may_go(&mut state), [true, false, false]);
        state.active = PARALLEL;
        assert_eq!(may_go(&mut state), [false; 3]);
        state.active -= 1;
        // Who waits for a quota does not hold up who waits for a place only.
        state.quotas[READ.index].block(Duration::from_secs(9));
        assert!(may_go(&mut state)[2]);
    }
}
