//! The services that this process talks to, and what it knows of their limits.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use super::state::{Identity, State};
use crate::cancel::Wake;
use crate::clock::{self, Clock, SystemClock};
use crate::process::PerProcess;
use crate::secret::Secret;
use crate::settings::{BaseUrl, Settings};

/// More services without a client are not remembered.
const MAX_IDLE_SERVICES: usize = 64;

static REGISTRY: PerProcess<Registry> = PerProcess::new();

#[derive(Default)]
struct Registry {
    /// Keyed at random, so that a hash tells nothing of its credential.
    hasher: RandomState,
    /// All times count from the same moment, also those of a service that was forgotten meanwhile.
    clock: SystemClock,
    services: Mutex<Vec<Arc<Service>>>,
}

/// One service as the requests see it, whatever the base URL calls it.
#[derive(Debug, Clone)]
pub(crate) struct ServiceId {
    host: String,
    /// `None`: the usual one of the scheme.
    port: Option<u16>,
    timeline: Timeline,
}

/// Times of different clocks cannot be compared, so that clients of different clocks share nothing.
#[derive(Debug, Clone)]
enum Timeline {
    Machine(SystemClock),
    /// A test's clock. It ends with the clients that hold it.
    Injected(Weak<dyn Clock>),
}

#[derive(Debug)]
pub(super) struct Service {
    pub id: ServiceId,
    state: Mutex<State>,
}

impl Service {
    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Wake for Service {
    fn wake(&self) {
        self.lock().wake_all();
    }
}

impl ServiceId {
    fn new(base: &BaseUrl, clock: &Arc<dyn Clock>, machine: &SystemClock) -> Self {
        let usual_port = if base.tls { 443 } else { 80 };
        let timeline = if clock::is_machine(&**clock) {
            Timeline::Machine(machine.clone())
        } else {
            Timeline::Injected(Arc::downgrade(clock))
        };
        ServiceId {
            host: one_name(&base.host),
            port: (base.port != usual_port).then_some(base.port),
            timeline,
        }
    }

    /// The time of its clients; `None` where their clock is gone, and they with it.
    pub(crate) fn now(&self) -> Option<Duration> {
        match &self.timeline {
            Timeline::Machine(clock) => Some(clock.now()),
            Timeline::Injected(clock) => clock.upgrade().map(|clock| clock.now()),
        }
    }
}

impl PartialEq for ServiceId {
    fn eq(&self, other: &Self) -> bool {
        let same_clock = match (&self.timeline, &other.timeline) {
            (Timeline::Machine(_), Timeline::Machine(_)) => true,
            (Timeline::Injected(one), Timeline::Injected(other)) => {
                std::ptr::addr_eq(one.as_ptr(), other.as_ptr())
            }
            _ => false,
        };
        same_clock && self.host == other.host && self.port == other.port
    }
}

/// One name for a host that has several: `localhost` for this machine, an address in its usual
/// form, a name without the dot at its end.
fn one_name(host: &str) -> String {
    const LOCAL: &str = "localhost";
    let name = host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase();
    if name == LOCAL || name.ends_with(".localhost") {
        return LOCAL.into();
    }
    match name.parse::<IpAddr>().map(|address| address.to_canonical()) {
        // A connection to no address in particular goes to this machine.
        Ok(address) if address.is_loopback() || address.is_unspecified() => LOCAL.into(),
        Ok(address) => address.to_string(),
        Err(_) => name,
    }
}

/// A client's membership of a service.
pub(super) struct Membership {
    pub service: Arc<Service>,
    pub clock: Arc<dyn Clock>,
    pub identity: Identity,
}

/// Enters a client.
pub(super) fn enter(settings: &Settings, per_hour: &[u32]) -> Membership {
    let registry = REGISTRY.get();
    let credentials = [&settings.api_key, &settings.oauth_token];
    let credentials = credentials.into_iter().flatten().map(Secret::expose);
    let identity = Identity {
        business: settings.business_id,
        credentials: credentials.map(|text| registry.hasher.hash_one(text)).collect(),
        max_parallel: settings.max_parallel,
    };
    let id = ServiceId::new(&settings.base, &settings.clock, &registry.clock);
    let mut services = registry.services.lock().unwrap_or_else(PoisonError::into_inner);
    sweep(&mut services);
    let service = match services.iter().find(|service| service.id == id) {
        Some(service) => Arc::clone(service),
        None => {
            let state = Mutex::new(State::new(per_hour.to_vec()));
            let service = Arc::new(Service { id, state });
            services.push(Arc::clone(&service));
            service
        }
    };
    let clock: Arc<dyn Clock> = match &service.id.timeline {
        Timeline::Machine(clock) => Arc::new(clock.clone()),
        Timeline::Injected(_) => Arc::clone(&settings.clock),
    };
    service.lock().enter(&identity, clock.now());
    Membership { service, clock, identity }
}

/// A client is closed.
pub(super) fn leave(service: &Service, identity: &Identity, now: Duration) {
    let registry = REGISTRY.get();
    let mut services = registry.services.lock().unwrap_or_else(PoisonError::into_inner);
    service.lock().leave(identity, now);
    sweep(&mut services);
}

/// Forgets what does not matter any more.
fn sweep(services: &mut Vec<Arc<Service>>) {
    let mut idle = 0;
    services.retain(|service| {
        let Some(now) = service.id.now() else { return false };
        let mut state = service.lock();
        state.sweep(now);
        idle += usize::from(!state.has_clients());
        !state.is_empty()
    });
    let mut surplus = idle.saturating_sub(MAX_IDLE_SERVICES);
    services.retain(|service| {
        let goes = surplus > 0 && !service.lock().has_clients();
        surplus -= usize::from(goes);
        !goes
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_goes_on_while_no_client_is_open() {
        let open = || {
            let client = crate::Client::builder().api_key("k").business_id(1);
            client.base_url("https://time.example").build().unwrap()
        };
        let first = open();
        while first.raw().session.pipeline.now() < Duration::from_millis(5) {
            std::thread::yield_now();
        }
        let before = first.raw().session.pipeline.now();
        drop(first);
        // Nothing was sent, so that the service has been forgotten.
        assert!(open().raw().session.pipeline.now() >= before);
    }

    #[test]
    fn one_service_has_one_name() {
        for local in [
            "localhost",
            "LOCALHOST",
            "localhost.",
            "api.localhost",
            "127.0.0.1",
            "127.9.9.9",
            "::1",
            "::ffff:127.0.0.1",
            "0.0.0.0",
            "::",
        ] {
            assert_eq!(one_name(local), "localhost", "{local}");
        }
        assert_eq!(one_name("API.Market.ru."), one_name("api.market.ru"));
        assert_eq!(one_name("2001:DB8:0::1"), one_name("2001:db8::1"));
        assert_eq!(one_name("::ffff:10.0.0.1"), one_name("10.0.0.1"));
        assert_ne!(one_name("localhost.ru"), "localhost");
        assert_ne!(one_name("10.0.0.1"), one_name("10.0.0.2"));
    }
}
