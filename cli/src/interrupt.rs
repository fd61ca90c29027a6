//! Ctrl-C: the first one ends what is under way, the second one the process.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use ymchat::{Client, Language};

use crate::failure::INTERRUPTED;
use crate::notice::note;
use crate::sentences::{Sentence, failures, notes};

type Stop = Box<dyn Fn() + Send>;

/// Whether Ctrl-C was pressed, and what is to be stopped by it.
#[derive(Clone, Default)]
pub struct Interrupt {
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    happened: AtomicBool,
    stops: Mutex<Vec<Stop>>,
    pressed: Condvar,
}

impl fmt::Debug for Interrupt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Interrupt").field("happened", &self.happened()).finish_non_exhaustive()
    }
}

impl Interrupt {
    /// Takes Ctrl-C (and SIGTERM and SIGHUP) over. Where nothing is to be stopped, it ends the
    /// process at once.
    pub fn install(language: Language) -> Result<Self, Sentence> {
        let interrupt = Interrupt::default();
        let theirs = interrupt.clone();
        ctrlc::set_handler(move || theirs.handle(language))
            .map_err(|error| failures::ctrl_c_unhandled(&error))?;
        Ok(interrupt)
    }

    fn handle(&self, language: Language) {
        let again = self.shared.happened.swap(true, Ordering::SeqCst);
        let stops = self.shared.stops.lock().unwrap_or_else(PoisonError::into_inner);
        if again || stops.is_empty() {
            std::process::exit(INTERRUPTED.into());
        }
        note(&notes::ending(), language);
        self.shared.pressed.notify_all();
        for stop in stops.iter() {
            stop();
        }
    }

    /// Whether it was pressed.
    pub fn happened(&self) -> bool {
        self.shared.happened.load(Ordering::SeqCst)
    }

    /// Waits so long, or until it is pressed.
    pub fn sleep(&self, wait: Duration) {
        let until = Instant::now() + wait;
        let mut stops = self.shared.stops.lock().unwrap_or_else(PoisonError::into_inner);
        while !self.happened() {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return;
            }
            let waited = self.shared.pressed.wait_timeout(stops, left);
            stops = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Has Ctrl-C call this, from another thread.
    pub fn stops(&self, stop: impl Fn() + Send + 'static) {
        let mut stops = self.shared.stops.lock().unwrap_or_else(PoisonError::into_inner);
        stops.push(Box::new(stop));
        if self.happened() {
            stops.iter().for_each(|stop| stop());
        }
    }

    /// Has Ctrl-C cancel the calls of this client for good.
    pub fn cancels(&self, client: &Client) {
        let handle = client.cancel_handle();
        self.stops(move || handle.cancel());
    }
}
