//! The places and the quotas of one account: what the service counts together.

use std::time::Duration;

use super::quota::Quota;

/// What the service allows at a time, per business.
pub(super) const MAX_PARALLEL: u32 = 4;
/// After this long without a 420 for too many at a time, one more is tried.
const RECOVERY: Duration = Duration::from_secs(10);

/// Whose requests the service counts together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Holder {
    Business(i64),
    /// A credential, by its keyed hash: for requests that name no business.
    Credential(u64),
}

/// A request that the service has, or may still have.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub request: u64,
    /// What its client allows itself.
    pub max_parallel: u32,
    /// Whether its client was opened without a business id.
    pub without_business: bool,
    /// Set once the client has given the request up: until this moment the service may still work
    /// on it.
    pub until: Option<Duration>,
}

/// Whether there is a place for one more request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Room {
    Now,
    /// As soon as another request is over.
    AfterAnother,
    /// At this moment at the earliest, even if running requests end sooner.
    At(Duration),
}

#[derive(Debug)]
pub(super) struct Account {
    /// The clients that are open.
    pub clients: u32,
    /// Since when there are none.
    pub idle_since: Duration,
    /// For a business: the credentials with which clients have opened it.
    pub credentials: Vec<u64>,
    pub places: Vec<Place>,
    /// How many at a time the service says that it allows; `None` while it has not said.
    allowed: Option<u32>,
    /// The highest `maxParallel` of a client: above the documented number, it is the
    /// configuration's word that the service allows more.
    configured: u32,
    /// Lower than what is allowed while another program uses the same account.
    parallel: u32,
    parallel_since: Duration,
    /// By the operation's index.
    pub quotas: Vec<Quota>,
}

impl Account {
    pub(super) fn new(per_hour: &[u32], now: Duration) -> Self {
        Account {
            clients: 0,
            idle_since: now,
            credentials: Vec::new(),
            places: Vec::new(),
            allowed: None,
            configured: MAX_PARALLEL,
            parallel: u32::MAX,
            parallel_since: now,
            quotas: per_hour.iter().map(|limit| Quota::new(*limit)).collect(),
        }
    }

    pub(super) fn enter(&mut self, max_parallel: u32) {
        self.clients += 1;
        self.configured = self.configured.max(max_parallel);
    }

    pub(super) fn leave(&mut self, now: Duration) {
        self.clients = self.clients.saturating_sub(1);
        self.idle_since = now;
    }

    fn allowed(&self) -> u32 {
        self.allowed.unwrap_or(self.configured)
    }

    /// Lets go of what the time has settled.
    pub(super) fn refresh(&mut self, now: Duration) {
        self.places.retain(|place| place.until.is_none_or(|until| until > now));
        if self.parallel < self.allowed() && self.recovers_at() <= now {
            self.parallel += 1;
            self.parallel_since = now;
        }
    }

    fn recovers_at(&self) -> Duration {
        self.parallel_since.saturating_add(RECOVERY)
    }

    /// Whether a client that allows itself so many may send one more.
    pub(super) fn room(&self, max_parallel: u32) -> Room {
        let running = self.places.iter().filter(|place| place.until.is_none());
        // Together with the other clients that allow themselves no more than this one: a client
        // that wants less need not wait until all the others rest.
        let of_its_kind = running.clone().filter(|place| place.max_parallel <= max_parallel);
        if of_its_kind.count() >= max_parallel as usize {
            return Room::AfterAnother;
        }
        let places = self.parallel.min(self.allowed()) as usize;
        let Some(too_many) = (self.places.len() + 1).checked_sub(places).filter(|n| *n > 0) else {
            return Room::Now;
        };
        let running = running.count();
        if running >= too_many {
            return Room::AfterAnother;
        }
        let mut ends: Vec<Duration> = self.places.iter().filter_map(|place| place.until).collect();
        ends.sort_unstable();
        let enough = ends.get(too_many - running - 1).copied();
        let soonest = match (enough, self.next_recovery()) {
            (Some(one), Some(other)) => Some(one.min(other)),
            (one, other) => one.or(other),
        };
        soonest.map_or(Room::AfterAnother, Room::At)
    }

    fn next_recovery(&self) -> Option<Duration> {
        (self.parallel < self.allowed()).then(|| self.recovers_at())
    }

    /// When the time alone gives one more place.
    pub(super) fn next_place(&self) -> Option<Duration> {
        self.places.iter().filter_map(|place| place.until).chain(self.next_recovery()).min()
    }

    /// Learns that too many requests were under way: another program uses the account too, or the
    /// service allows fewer (`allowed`).
    pub(super) fn too_many_at_once(&mut self, allowed: Option<u32>, now: Duration) {
        // Half of what is under way, so that several programs come to terms quickly.
        let running = self.places.iter().filter(|place| place.until.is_none()).count();
        let half = (running as u32 / 2).max(1);
        self.allowed = allowed.or(self.allowed);
        self.parallel = self.parallel.min(half);
        self.parallel_since = now;
    }

    /// Until when the next client has to know this one's places and quotas.
    pub(super) fn matters_until(&mut self, now: Duration) -> Duration {
        self.refresh(now);
        let places = self.places.iter().filter_map(|place| place.until).max();
        let reduced = self.next_recovery();
        let quotas = self.quotas.iter_mut().filter_map(|quota| quota.matters_until(now));
        quotas.chain(places).chain(reduced).max().unwrap_or(now)
    }
}
