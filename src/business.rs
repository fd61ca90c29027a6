//! What the clients of one business share in a process: the limits, and what is known of its
//! chats. It lives as long as one of them does.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use crate::api::ledger::Ledger;
use crate::api::operations;
use crate::config::Settings;
use crate::pipeline::Governor;

type Key = (String, Option<i64>);

static SHARED: Mutex<Option<HashMap<Key, Weak<Business>>>> = Mutex::new(None);

#[derive(Debug)]
pub(crate) struct Business {
    pub governor: Arc<Governor>,
    pub ledger: Ledger,
}

impl Business {
    /// The one of this base URL and business, made where no client has it open. Its clock is that
    /// of the client that comes first.
    pub(crate) fn shared(settings: &Settings) -> Arc<Business> {
        let key = (settings.base.text.clone(), settings.business_id);
        let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
        let map = shared.get_or_insert_default();
        if let Some(business) = map.get(&key).and_then(Weak::upgrade) {
            return business;
        }
        let business = Arc::new(Business {
            governor: Arc::new(Governor::new(Arc::clone(&settings.clock), &operations::ALL)),
            ledger: Ledger::default(),
        });
        map.insert(key, Arc::downgrade(&business));
        business
    }
}

impl Drop for Business {
    fn drop(&mut self) {
        let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(map) = shared.as_mut() {
            // This one's own, and whatever else is over by now.
            map.retain(|_, business| business.strong_count() > 0);
            if map.is_empty() {
                // Nothing is left behind in a host that unloads the library.
                *shared = None;
            }
        }
    }
}
