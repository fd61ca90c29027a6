//! What is known of the sends of one business, shared by its clients in this process. It outlives
//! the last of them, so that a program may open a client for each call.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::ledger::Ledger;
use crate::pipeline::ServiceId;
use crate::process::{self, PerProcess};

/// What is known of a business is kept for at least so long after its last client.
const MIN_KEEP: Duration = Duration::from_secs(10 * 60);
/// Longer than any send matters.
const MAX_KEEP: Duration = Duration::from_secs(24 * 3600);
/// More businesses without a client are not remembered.
const MAX_IDLE: usize = 1_000;

static LEDGERS: PerProcess<Mutex<Vec<Entry>>> = PerProcess::new();

#[derive(Debug)]
struct Entry {
    service: ServiceId,
    business: i64,
    ledger: Arc<Ledger>,
    clients: usize,
    /// Since when there is no client, by the service's clients' clock.
    idle_since: Duration,
}

/// A client's share in what is known of its business.
#[derive(Debug)]
pub(crate) struct SharedLedger {
    pub ledger: Arc<Ledger>,
    process: u32,
}

fn ledgers() -> MutexGuard<'static, Vec<Entry>> {
    LEDGERS.get().lock().unwrap_or_else(PoisonError::into_inner)
}

impl SharedLedger {
    /// The one of this service and business. A client without a business has one of its own.
    pub(crate) fn open(service: &ServiceId, business: Option<i64>) -> Self {
        let process = process::id();
        let Some(business) = business else {
            return SharedLedger { ledger: Arc::default(), process };
        };
        let mut ledgers = ledgers();
        sweep(&mut ledgers);
        let known = ledgers
            .iter_mut()
            .find(|entry| entry.business == business && entry.service == *service);
        if let Some(entry) = known {
            entry.clients += 1;
            return SharedLedger { ledger: Arc::clone(&entry.ledger), process };
        }
        let ledger = Arc::<Ledger>::default();
        ledgers.push(Entry {
            service: service.clone(),
            business,
            ledger: Arc::clone(&ledger),
            clients: 1,
            idle_since: Duration::ZERO,
        });
        SharedLedger { ledger, process }
    }
}

impl Drop for SharedLedger {
    fn drop(&mut self) {
        if self.process != process::id() {
            // A copy that a fork made: the parent still has its own.
            return;
        }
        let mut ledgers = ledgers();
        let own = ledgers.iter_mut().find(|entry| Arc::ptr_eq(&entry.ledger, &self.ledger));
        if let Some(entry) = own {
            entry.clients -= 1;
            entry.idle_since = entry.service.now().unwrap_or_default();
        }
        sweep(&mut ledgers);
    }
}

/// Forgets what does not matter any more.
fn sweep(ledgers: &mut Vec<Entry>) {
    ledgers.retain(|entry| {
        let Some(now) = entry.service.now() else {
            // Its clock is gone, and nobody can open it again.
            return false;
        };
        let idle = now.saturating_sub(entry.idle_since);
        entry.clients > 0
            || idle < MIN_KEEP
            || (idle < MAX_KEEP && entry.ledger.is_worth_keeping(now))
    });
    let idle = ledgers.iter().filter(|entry| entry.clients == 0).count();
    for _ in MAX_IDLE..idle {
        let idle = ledgers.iter().enumerate().filter(|(_, entry)| entry.clients == 0);
        let longest = idle.min_by_key(|(_, entry)| entry.idle_since).map(|(index, _)| index);
        longest.map(|index| ledgers.swap_remove(index));
    }
}
