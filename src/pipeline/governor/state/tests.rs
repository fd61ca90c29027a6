//! A service with its clients, and a time that passes when it is told to.

use super::super::account::MAX_PARALLEL;
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
        let holders = match client.business {
            Some(business) if operation != CAMPAIGNS => [Holder::Business(business)].into(),
            _ => self.state.holders_of(client),
        };
        let waiter = Waiter {
            request: self.state.next_request(),
            operation,
            holders,
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
        self.state.release(waiter.request, &waiter.holders, waiter.without_business);
        self.state.dispatch(self.now);
    }

    fn abandon(&mut self, waiter: &Waiter, ends_in: Duration) {
        let until = self.now + ends_in;
        self.state.abandon(waiter.request, &waiter.holders, waiter.without_business, until);
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

fn denied(waiter: &Waiter) -> Option<NotAdmitted> {
    match waiter.seat.decision() {
        Decision::No(denied) => Some(denied),
        _ => None,
    }
}

fn which<const N: usize>(waiters: &[Waiter; N]) -> [bool; N] {
    waiters.each_ref().map(went)
}

#[test]
fn whoever_came_first_goes_first() {
    let usual = client(BUSINESS, &[1], MAX_PARALLEL);
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
    let usual = client(BUSINESS, &[1], MAX_PARALLEL);
    let mut world = World::new(&[&usual]);
    let holders: Holders = [Holder::Business(5)].into();
    world.state.block_quota(READ, &holders, world.now, world.now + s(30));
    let waiting = [READ, READ, OTHER, READ].map(|operation| world.ask(&usual, operation));
    assert_eq!(which(&waiting), [false, false, true, false]);
    world.pass(s(30));
    assert_eq!(which(&waiting), [true; 4]);
}

#[test]
fn a_client_that_allows_itself_less_holds_up_nobody_and_gets_its_turn() {
    let (modest, usual) = (client(BUSINESS, &[1], 1), client(BUSINESS, &[1], MAX_PARALLEL));
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
    let (many, usual) = (client(BUSINESS, &[1], 20), client(BUSINESS, &[1], MAX_PARALLEL));
    let mut world = World::new(&[&many, &usual]);
    let taken: [Waiter; 16] = std::array::from_fn(|_| world.ask(&many, READ));
    let own: [Waiter; 5] = std::array::from_fn(|_| world.ask(&usual, READ));
    assert_eq!(which(&taken), [true; 16]);
    assert_eq!(which(&own), [true, true, true, true, false]);
}

#[test]
fn what_the_service_may_work_on_takes_its_place() {
    let usual = client(BUSINESS, &[1], MAX_PARALLEL);
    let mut world = World::new(&[&usual]);
    let four: [Waiter; 4] = std::array::from_fn(|_| world.ask(&usual, READ));
    four[..3].iter().for_each(|lost| world.abandon(lost, s(10)));
    // One is still answered, perhaps soon.
    let waiting = world.ask_for(&usual, READ, s(5));
    assert!(!went(&waiting) && denied(&waiting).is_none());
    // Nor that one: now it is certain that the call's time is over before.
    world.abandon(&four[3], s(9));
    assert_eq!(denied(&waiting), Some(NotAdmitted::PlacesHeld { wait: s(9) }));
    assert_eq!(
        denied(&world.ask_for(&usual, READ, s(8))),
        Some(NotAdmitted::PlacesHeld { wait: s(9) }),
        "at once"
    );
    let patient = world.ask_for(&usual, READ, s(9));
    assert!(
        matches!(patient.seat.decision(), Decision::Later { wake, .. } if wake == world.now + s(9))
    );
    world.pass(s(9));
    assert!(went(&patient));
}

#[test]
fn a_wait_that_is_too_long_is_denied_at_once() {
    let usual = client(BUSINESS, &[1], MAX_PARALLEL);
    let mut world = World::new(&[&usual]);
    let waiting = world.ask_for(&usual, READ, s(100));
    world.end(&waiting);
    let holders: Holders = [Holder::Business(5)].into();
    world.state.block_quota(READ, &holders, world.now, world.now + s(50));
    let in_time = world.ask_for(&usual, READ, s(50));
    let too_late = world.ask_for(&usual, READ, s(49));
    assert!(denied(&in_time).is_none());
    assert_eq!(denied(&too_late), Some(NotAdmitted::QuotaUsedUp { wait: s(50) }));
    world.pass(s(50));
    assert!(went(&in_time));
    // At the end of its time, whatever it waited for.
    let four: [Waiter; 4] = std::array::from_fn(|_| world.ask(&usual, OTHER));
    assert_eq!(which(&four), [true, true, true, false]);
    let hasty = world.ask_for(&usual, OTHER, s(1));
    world.pass(s(1));
    assert_eq!(denied(&hasty), Some(NotAdmitted::NoPlace));
}

#[test]
fn a_wait_without_end_is_no_defect() {
    let usual = client(BUSINESS, &[1], MAX_PARALLEL);
    let mut world = World::new(&[&usual]);
    let holders: Holders = [Holder::Business(5)].into();
    let mut waiter = world.ask(&usual, READ);
    waiter.deadline = Duration::MAX;
    waiter.request = world.state.next_request();
    waiter.seat = Arc::default();
    world.state.block_quota(READ, &holders, world.now, Duration::MAX);
    world.state.push(waiter.clone());
    world.pass(s(1));
    assert!(!went(&waiter) && denied(&waiter).is_none());
}

#[test]
fn a_business_has_its_places_whatever_key_opens_it() {
    let (one, two) = (client(BUSINESS, &[1], MAX_PARALLEL), client(BUSINESS, &[2], MAX_PARALLEL));
    let other = client(Some(6), &[1], MAX_PARALLEL);
    let mut world = World::new(&[&one, &two, &other]);
    let waiting = [&one, &two, &one, &two, &one, &other].map(|client| world.ask(client, READ));
    assert_eq!(which(&waiting), [true, true, true, true, false, true]);
}

#[test]
fn without_a_business_a_client_counts_for_the_businesses_of_its_key() {
    let none = client(None, &[1], MAX_PARALLEL);
    let (five, six) = (client(BUSINESS, &[1], MAX_PARALLEL), client(Some(6), &[1], MAX_PARALLEL));
    let stranger = client(Some(7), &[2], MAX_PARALLEL);
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
    let (none, five) = (client(None, &[1], MAX_PARALLEL), client(BUSINESS, &[1], MAX_PARALLEL));
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
    let usual = client(BUSINESS, &[1], MAX_PARALLEL);
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
    assert!(matches!(denied(&world.ask(&usual, READ)), Some(NotAdmitted::QuotaUsedUp { .. })));
    world.state.leave(&usual, world.now);
    world.pass(s(3_700));
    world.state.sweep(world.now);
    assert!(world.state.is_empty());
}

#[test]
fn places_outlive_their_clients() {
    let usual = client(BUSINESS, &[1], MAX_PARALLEL);
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
        let short = client(Some(business), &[], MAX_PARALLEL);
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
