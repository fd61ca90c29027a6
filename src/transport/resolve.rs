//! Names to addresses, without ever blocking a caller for longer than it allows.
//!
//! The system's resolver cannot be interrupted, so it runs on a thread of its own; the threads
//! are joined when the client is dropped, because a plug-in may be unloaded after that.

use std::io;
use std::net::{IpAddr, SocketAddr, ToSocketAddrs};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::deadline::Deadline;
use super::error::{Cause, ErrorKind};
use super::race;
use crate::process;
use crate::sentences::{Sentence, errors, transport as words};

/// How long an answer of the resolver is used; the system gives no time to live.
const CACHE_TIME: Duration = Duration::from_secs(60);

/// Addresses, or why there are none.
type Answer = Result<Arc<[SocketAddr]>, Sentence>;

#[derive(Debug)]
pub(super) struct Resolver {
    host: String,
    port: u16,
    /// Set where the host is an address already.
    literal: Option<IpAddr>,
    shared: Arc<Shared>,
    thread: Mutex<Option<JoinHandle<()>>>,
    process: u32,
}

#[derive(Debug, Default)]
struct Shared {
    state: Mutex<State>,
    done: Condvar,
}

#[derive(Debug, Default)]
struct State {
    running: bool,
    /// Counts the look-ups, so that a waiter recognises an answer that is newer than itself.
    round: u64,
    answer: Option<(Instant, Answer)>,
    /// The address that answered last.
    answered: Option<SocketAddr>,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Resolver {
    pub(super) fn new(host: &str, port: u16) -> Self {
        Resolver {
            host: host.to_owned(),
            port,
            literal: host.parse().ok(),
            shared: Arc::default(),
            thread: Mutex::new(None),
            process: process::id(),
        }
    }

    /// One that knows the answer already.
    #[cfg(test)]
    pub(super) fn with_answer(host: &str, addresses: Vec<SocketAddr>) -> Self {
        let resolver = Resolver::new(host, 0);
        resolver.shared.lock().answer = Some((Instant::now(), Ok(addresses.into())));
        resolver
    }

    pub(super) fn addresses(&self, deadline: &Deadline) -> io::Result<Arc<[SocketAddr]>> {
        if let Some(address) = self.literal {
            return Ok(Arc::new([SocketAddr::new(address, self.port)]));
        }
        let mut state = self.shared.lock();
        if let Some((at, Ok(addresses))) = &state.answer
            && at.elapsed() < CACHE_TIME
        {
            return Ok(Arc::clone(addresses));
        }
        let asked_in = state.round;
        if !state.running {
            self.start(&mut state).map_err(|error| {
                let message = words::no_thread(&self.host, &error);
                Cause::new(ErrorKind::Connect, message)
            })?;
        }
        loop {
            if state.round > asked_in
                && let Some((_, answer)) = &state.answer
            {
                return answer.clone().map_err(|reason| {
                    let message = words::name_not_resolved(&self.host, &reason);
                    Cause::new(ErrorKind::Connect, message).into()
                });
            }
            let wait = deadline.poll_interval()?;
            let waited = self.shared.done.wait_timeout(state, wait);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Whether no look-up is under way: then it is dropped at once.
    pub(super) fn is_idle(&self) -> bool {
        !self.shared.lock().running
    }

    /// This address is tried first from now on, as long as the host has it.
    pub(super) fn answered(&self, address: SocketAddr) {
        if self.literal.is_some() {
            return;
        }
        let mut state = self.shared.lock();
        state.answered = Some(address);
        if let Some((_, Ok(addresses))) = &mut state.answer
            && addresses.first() != Some(&address)
        {
            *addresses = race::in_order(addresses, Some(address)).into();
        }
    }

    fn start(&self, state: &mut State) -> io::Result<()> {
        let shared = Arc::clone(&self.shared);
        let (host, port) = (self.host.clone(), self.port);
        let mut slot = self.thread.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(finished) = slot.take() {
            // It has stored its answer already; this waits for its last instructions only.
            let _ = finished.join();
        }
        let thread =
            std::thread::Builder::new().name("ymchat-resolve".into()).spawn(move || {
                let answer = match (host.as_str(), port).to_socket_addrs() {
                    Ok(addresses) => {
                        let addresses: Vec<SocketAddr> = addresses.collect();
                        if addresses.is_empty() { Err(words::no_address()) } else { Ok(addresses) }
                    }
                    Err(error) => Err(errors::verbatim(&error.to_string())),
                };
                let mut state = shared.lock();
                let answer =
                    answer.map(|addresses| race::in_order(&addresses, state.answered).into());
                state.running = false;
                state.round += 1;
                state.answer = Some((Instant::now(), answer));
                shared.done.notify_all();
            })?;
        state.running = true;
        *slot = Some(thread);
        Ok(())
    }
}

impl Drop for Resolver {
    fn drop(&mut self) {
        let slot = self.thread.get_mut().unwrap_or_else(PoisonError::into_inner);
        let Some(thread) = slot.take() else { return };
        if self.process == process::id() {
            let _ = thread.join();
        } else {
            // In the child of a fork there is no such thread to wait for.
            std::mem::forget(thread);
        }
    }
}
