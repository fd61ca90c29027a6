//! Who has a place, and who waits for one. Pure but for waking: time comes in as an argument.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::Refused;
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
pub(super) type Scope = Arc<[Holder]>;

/// A request that waits, or has just come.
#[derive(Debug, Clone)]
pub(super) struct Waiter {
    pub request: u64,
    pub operation: usize,
    pub scope: Scope,
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

/// What became of a waiter.
#[derive(Debug, Clone, Copy)]
pub(super) enum Decision {
    /// It may go; its place was taken at this moment.
    Go(Duration),
    Refused(Refused),
    /// It waits; the time alone may change that at this moment.
    Later(Duration),
}

impl Default for Decision {
    fn default() -> Self {
        Decision::Later(Duration::ZERO)
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
            if waiter.scope.contains(&credential_holder) && !waiter.scope.contains(&business) {
                waiter.scope = waiter.scope.iter().copied().chain([business]).collect();
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
    pub(super) fn scope_of(&self, identity: &Identity) -> Scope {
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
            if let Decision::Later(_) = decision {
                ahead.add(waiter);
                return true;
            }
            waiter.seat.wake();
            false
        });
        self.queue = queue;
    }

    fn decide(&mut self, waiter: &Waiter, ahead: &Ahead, now: Duration) -> Decision {
        let (mut free, mut wake) = (true, waiter.deadline);
        // The latest of the moments before which it certainly cannot go.
        let (mut not_before, mut by_quota) = (now, false);
        for holder in waiter.scope.iter() {
            let account = self.account(*holder, now);
            account.refresh(now);
            let quota = &mut account.quotas[waiter.operation];
            if let Availability::At(at) = quota.availability(now, 0) {
                free = false;
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
            let refused = if by_quota { Refused::Quota { wait } } else { Refused::Held { wait } };
            return Decision::Refused(refused);
        }
        if now >= waiter.deadline {
            return Decision::Refused(Refused::Parallel);
        }
        Decision::Later(wake)
    }

    fn take(&mut self, waiter: &Waiter, now: Duration) {
        let place = Place {
            request: waiter.request,
            max_parallel: waiter.max_parallel,
            without_business: waiter.without_business,
            until: None,
        };
        for holder in waiter.scope.iter() {
            let account = self.account(*holder, now);
            account.places.push(place);
            account.quotas[waiter.operation].take(now);
        }
    }

    /// The accounts where a request has its place: those of its scope and, where its client has no
    /// business, those that were linked since.
    fn each_account(
        &mut self,
        scope: &Scope,
        without_business: bool,
        mut change: impl FnMut(&mut Account),
    ) {
        if without_business {
            self.accounts.values_mut().for_each(change);
            return;
        }
        for holder in scope.iter() {
            if let Some(account) = self.accounts.get_mut(holder) {
                change(account);
            }
        }
    }

    /// A request is over.
    pub(super) fn release(&mut self, request: u64, scope: &Scope, without_business: bool) {
        self.each_account(scope, without_business, |account| {
            account.places.retain(|place| place.request != request);
        });
    }

    /// Nobody waits for a request any more, and the service may work on it until a moment.
    pub(super) fn abandon(
        &mut self,
        request: u64,
        scope: &Scope,
        without_business: bool,
        until: Duration,
    ) {
        self.each_account(scope, without_business, |account| {
            let place = account.places.iter_mut().find(|place| place.request == request);
            if let Some(place) = place {
                place.until = Some(until);
            }
        });
    }

    /// A request that was taken at a moment did not arrive: it does not count against the quota.
    pub(super) fn give_back(&mut self, operation: usize, scope: &Scope, taken: Duration) {
        for holder in scope.iter() {
            if let Some(account) = self.accounts.get_mut(holder) {
                account.quotas[operation].give_back(taken);
            }
        }
    }

    pub(super) fn learn(
        &mut self,
        operation: usize,
        scope: &Scope,
        now: Duration,
        reported: Reported,
    ) {
        for holder in scope.iter() {
            self.account(*holder, now).quotas[operation].learn(now, reported);
        }
    }

    pub(super) fn block_quota(
        &mut self,
        operation: usize,
        scope: &Scope,
        now: Duration,
        until: Duration,
    ) {
        for holder in scope.iter() {
            self.account(*holder, now).quotas[operation].block(until);
        }
    }

    pub(super) fn too_many_at_once(&mut self, scope: &Scope, now: Duration, allowed: Option<u32>) {
        for holder in scope.iter() {
            self.account(*holder, now).too_many_at_once(allowed, now);
        }
    }

    /// What is known of an operation's quota: that of the account with the least left.
    pub(super) fn report(&mut self, operation: usize, scope: &Scope, now: Duration) -> Reported {
        let reports =
            scope.iter().map(|holder| self.account(*holder, now).quotas[operation].report(now));
        let reports: Vec<Reported> = reports.collect();
        reports.into_iter().min_by_key(|report| report.remaining).unwrap_or_default()
    }

    /// Has everybody who waits look at its call.
    pub(super) fn wake_all(&self) {
        self.queue.iter().for_each(|waiter| waiter.seat.wake());
    }

    pub(super) fn is_waited_for(&self) -> bool {
        !self.queue.is_empty()
    }
}

/// How many wait for a quota before somebody's turn.
#[derive(Debug, Default)]
struct Ahead(HashMap<(Holder, usize), u32>);

impl Ahead {
    fn add(&mut self, waiter: &Waiter) {
        for holder in waiter.scope.iter() {
            *self.0.entry((*holder, waiter.operation)).or_default() += 1;
        }
    }

    fn count(&self, holder: Holder, operation: usize) -> u32 {
        self.0.get(&(holder, operation)).copied().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::super::account::PARALLEL;
    use super::*;

    const BUSINESS: Option<i64> = Some(5);
    const PER_HOUR: u32 = 1_000;

    const fn s(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    fn client(business: Option<i64>, credentials: &[u64], max_parallel: u32) -> Identity {
        Identity { business, credentials: credentials.to_vec(), max_parallel }
    }

    /// A service with three operations, the last of which names no business.
    struct World {
        state: State,
        now: Duration,
    }

    const READ: usize = 0;
    const OTHER: usize = 1;
    const CAMPAIGNS: usize = 2;

    impl World {
        fn new(clients: &[&Identity]) -> World {
            let mut world = World { state: State::new(vec![PER_HOUR; 3]), now: s(7_000) };
            clients.iter().for_each(|client| world.open(client));
            world
        }

        fn open(&mut self, client: &Identity) {
            self.state.enter(client, self.now);
        }

        fn ask_for(&mut self, client: &Identity, operation: usize, patience: Duration) -> Waiter {
            let scope = match client.business {
                Some(business) if operation != CAMPAIGNS => [Holder::Business(business)].into(),
                _ => self.state.scope_of(client),
            };
            let waiter = Waiter {
                request: self.state.next_request(),
                operation,
                scope,
                max_parallel: client.max_parallel,
                without_business: client.business.is_none(),
                deadline: self.now + patience,
                seat: Arc::default(),
            };
            self.state.push(waiter.clone());
            self.state.dispatch(self.now);
            waiter
        }

        fn ask(&mut self, client: &Identity, operation: usize) -> Waiter {
            self.ask_for(client, operation, s(60))
        }

        fn end(&mut self, waiter: &Waiter) {
            self.state.release(waiter.request, &waiter.scope, waiter.without_business);
            self.state.dispatch(self.now);
        }

        fn abandon(&mut self, waiter: &Waiter, ends_in: Duration) {
            let until = self.now + ends_in;
            self.state.abandon(waiter.request, &waiter.scope, waiter.without_business, until);
            self.state.dispatch(self.now);
        }

        fn pass(&mut self, time: Duration) {
            self.now += time;
            self.state.dispatch(self.now);
        }
    }

    fn went(waiter: &Waiter) -> bool {
        matches!(waiter.seat.decision(), Decision::Go(_))
    }

    fn refused(waiter: &Waiter) -> Option<Refused> {
        match waiter.seat.decision() {
            Decision::Refused(refused) => Some(refused),
            _ => None,
        }
    }

    fn which<const N: usize>(waiters: &[Waiter; N]) -> [bool; N] {
        waiters.each_ref().map(went)
    }

    #[test]
    fn whoever_came_first_goes_first() {
        let usual = client(BUSINESS, &[1], PARALLEL);
        let mut world = World::new(&[&usual]);
        let all: [Waiter; 8] = std::array::from_fn(|_| world.ask(&usual, READ));
        for ended in 0..4 {
            let served: [bool; 8] = std::array::from_fn(|number| number < 4 + ended);
            assert_eq!(which(&all), served);
            world.end(&all[ended]);
        }
        assert_eq!(which(&all), [true; 8]);
    }

    #[test]
    fn who_waits_for_a_quota_does_not_hold_up_the_others() {
        let usual = client(BUSINESS, &[1], PARALLEL);
        let mut world = World::new(&[&usual]);
        let scope: Scope = [Holder::Business(5)].into();
        world.state.block_quota(READ, &scope, world.now, world.now + s(30));
        let waiting = [READ, READ, OTHER, READ].map(|operation| world.ask(&usual, operation));
        assert_eq!(which(&waiting), [false, false, true, false]);
        world.pass(s(30));
        assert_eq!(which(&waiting), [true; 4]);
    }

    #[test]
    fn a_client_that_allows_itself_less_holds_up_nobody_and_gets_its_turn() {
        let (modest, usual) = (client(BUSINESS, &[1], 1), client(BUSINESS, &[1], PARALLEL));
        let mut world = World::new(&[&modest, &usual]);
        let first = world.ask(&modest, READ);
        let second = world.ask(&modest, READ);
        let mut others = Vec::from([(); 3].map(|()| world.ask(&usual, READ)));
        assert!(went(&first) && !went(&second) && others.iter().all(went));
        // Others are never at rest; it goes as soon as its own one is over.
        let next = world.ask(&usual, READ);
        world.end(&others.remove(0));
        assert!(went(&next) && !went(&second));
        world.end(&first);
        assert!(went(&second));
        // Also where every place is taken, and it came first.
        let (third, other) = (world.ask(&modest, READ), world.ask(&usual, READ));
        world.end(&others.remove(0));
        assert!(!went(&third) && went(&other));
        world.end(&second);
        assert!(went(&third));
    }

    #[test]
    fn clients_with_more_places_leave_those_with_fewer_theirs() {
        let (many, usual) = (client(BUSINESS, &[1], 20), client(BUSINESS, &[1], PARALLEL));
        let mut world = World::new(&[&many, &usual]);
        let taken: [Waiter; 16] = std::array::from_fn(|_| world.ask(&many, READ));
        let own: [Waiter; 5] = std::array::from_fn(|_| world.ask(&usual, READ));
        assert_eq!(which(&taken), [true; 16]);
        assert_eq!(which(&own), [true, true, true, true, false]);
    }

    #[test]
    fn what_the_service_may_work_on_takes_its_place() {
        let usual = client(BUSINESS, &[1], PARALLEL);
        let mut world = World::new(&[&usual]);
        let four: [Waiter; 4] = std::array::from_fn(|_| world.ask(&usual, READ));
        four[..3].iter().for_each(|lost| world.abandon(lost, s(10)));
        // One is still answered, perhaps soon.
        let waiting = world.ask_for(&usual, READ, s(5));
        assert!(!went(&waiting) && refused(&waiting).is_none());
        // Nor that one: now it is certain that the call's time is over before.
        world.abandon(&four[3], s(9));
        assert_eq!(refused(&waiting), Some(Refused::Held { wait: s(9) }));
        assert_eq!(
            refused(&world.ask_for(&usual, READ, s(8))),
            Some(Refused::Held { wait: s(9) }),
            "at once"
        );
        let patient = world.ask_for(&usual, READ, s(9));
        assert!(matches!(patient.seat.decision(), Decision::Later(at) if at == world.now + s(9)));
        world.pass(s(9));
        assert!(went(&patient));
    }

    #[test]
    fn a_wait_that_is_too_long_is_refused_at_once() {
        let usual = client(BUSINESS, &[1], PARALLEL);
        let mut world = World::new(&[&usual]);
        let waiting = world.ask_for(&usual, READ, s(100));
        world.end(&waiting);
        let scope: Scope = [Holder::Business(5)].into();
        world.state.block_quota(READ, &scope, world.now, world.now + s(50));
        let in_time = world.ask_for(&usual, READ, s(50));
        let too_late = world.ask_for(&usual, READ, s(49));
        assert!(refused(&in_time).is_none());
        assert_eq!(refused(&too_late), Some(Refused::Quota { wait: s(50) }));
        world.pass(s(50));
        assert!(went(&in_time));
        // At the end of its time, whatever it waited for.
        let four: [Waiter; 4] = std::array::from_fn(|_| world.ask(&usual, OTHER));
        assert_eq!(which(&four), [true, true, true, false]);
        let hasty = world.ask_for(&usual, OTHER, s(1));
        world.pass(s(1));
        assert_eq!(refused(&hasty), Some(Refused::Parallel));
    }

    #[test]
    fn a_wait_without_end_is_no_defect() {
        let usual = client(BUSINESS, &[1], PARALLEL);
        let mut world = World::new(&[&usual]);
        let scope: Scope = [Holder::Business(5)].into();
        let mut waiter = world.ask(&usual, READ);
        waiter.deadline = Duration::MAX;
        waiter.request = world.state.next_request();
        waiter.seat = Arc::default();
        world.state.block_quota(READ, &scope, world.now, Duration::MAX);
        world.state.push(waiter.clone());
        world.pass(s(1));
        assert!(!went(&waiter) && refused(&waiter).is_none());
    }

    #[test]
    fn a_business_has_its_places_whatever_key_opens_it() {
        let (one, two) = (client(BUSINESS, &[1], PARALLEL), client(BUSINESS, &[2], PARALLEL));
        let other = client(Some(6), &[1], PARALLEL);
        let mut world = World::new(&[&one, &two, &other]);
        let waiting = [&one, &two, &one, &two, &one, &other].map(|client| world.ask(client, READ));
        assert_eq!(which(&waiting), [true, true, true, true, false, true]);
    }

    #[test]
    fn without_a_business_a_client_counts_for_the_businesses_of_its_key() {
        let none = client(None, &[1], PARALLEL);
        let (five, six) = (client(BUSINESS, &[1], PARALLEL), client(Some(6), &[1], PARALLEL));
        let stranger = client(Some(7), &[2], PARALLEL);
        // In whatever order they are opened.
        for first in [true, false] {
            let mut world = World::new(&[&stranger]);
            if first {
                [&five, &six].into_iter().for_each(|client| world.open(client));
            }
            world.open(&none);
            let own: [Waiter; 3] = std::array::from_fn(|_| world.ask(&none, CAMPAIGNS));
            if !first {
                [&five, &six].into_iter().for_each(|client| world.open(client));
            }
            let waiting =
                [&five, &five, &six, &six, &none, &stranger].map(|client| world.ask(client, READ));
            assert_eq!(which(&own), [true; 3]);
            assert_eq!(which(&waiting), [true, false, true, false, false, true], "{first}");
            world.end(&own[0]);
            assert_eq!(which(&waiting), [true, true, true, true, false, true], "{first}");
        }
    }

    #[test]
    fn one_who_waits_without_a_business_learns_of_the_businesses_of_its_key() {
        let (none, five) = (client(None, &[1], PARALLEL), client(BUSINESS, &[1], PARALLEL));
        let mut world = World::new(&[&none]);
        let own: [Waiter; 5] = std::array::from_fn(|_| world.ask(&none, CAMPAIGNS));
        assert!(!went(&own[4]));
        world.open(&five);
        own[..3].iter().for_each(|over| world.end(over));
        assert!(went(&own[4]));
        let waiting: [Waiter; 3] = std::array::from_fn(|_| world.ask(&five, READ));
        assert_eq!(which(&waiting), [true, true, false]);
    }

    #[test]
    fn quotas_outlive_their_clients_for_an_hour_and_no_longer() {
        let usual = client(BUSINESS, &[1], PARALLEL);
        let mut world = World::new(&[&usual]);
        for _ in 0..PER_HOUR {
            let request = world.ask(&usual, READ);
            assert!(went(&request));
            world.end(&request);
        }
        world.state.leave(&usual, world.now);
        world.pass(s(3_000));
        world.state.sweep(world.now);
        world.open(&usual);
        assert!(matches!(refused(&world.ask(&usual, READ)), Some(Refused::Quota { .. })));
        world.state.leave(&usual, world.now);
        world.pass(s(3_700));
        world.state.sweep(world.now);
        assert!(world.state.is_empty());
    }

    #[test]
    fn places_outlive_their_clients() {
        let usual = client(BUSINESS, &[1], PARALLEL);
        let mut world = World::new(&[&usual]);
        for _ in 0..4 {
            let lost = world.ask(&usual, READ);
            world.abandon(&lost, s(10));
        }
        world.state.leave(&usual, world.now);
        world.state.sweep(world.now);
        world.open(&usual);
        let next = world.ask(&usual, READ);
        world.pass(s(9));
        assert!(!went(&next));
        world.pass(s(1));
        assert!(went(&next));
    }

    #[test]
    fn idle_accounts_are_bounded_in_number() {
        let mut world = World::new(&[]);
        for business in 0..MAX_IDLE_ACCOUNTS as i64 + 50 {
            let short = client(Some(business), &[], PARALLEL);
            world.open(&short);
            let request = world.ask(&short, READ);
            world.end(&request);
            world.pass(Duration::from_millis(1));
            world.state.leave(&short, world.now);
        }
        world.state.sweep(world.now);
        assert_eq!(world.state.accounts.len(), MAX_IDLE_ACCOUNTS);
        assert!(!world.state.accounts.contains_key(&Holder::Business(49)), "the oldest go first");
        assert!(world.state.accounts.contains_key(&Holder::Business(50)));
    }
}
