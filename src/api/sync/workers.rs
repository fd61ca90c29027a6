//! The threads of one look: they make the machine's requests, four at a time.

use std::panic::resume_unwind;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};

use super::exchange::{Ask, PageError, Step};
use super::machine::Machine;
use super::pages::PageReader;
use super::result::SyncProgress;
use crate::error::Error;
use crate::status::Status;

/// The caller's thread is the fourth.
const HELPERS: usize = 3;

/// Is called by the thread that called sync, between requests; `false` cancels the call.
pub(crate) type OnProgress<'a> = &'a mut dyn FnMut(SyncProgress) -> bool;

/// What the threads of one look share.
pub(super) struct Work {
    pages: PageReader,
    machine: Mutex<Machine<Error>>,
    /// An answer has come, or there is nothing more to do.
    changed: Condvar,
    /// A thread of the call has panicked: its answer never comes, and nobody may wait for it.
    /// Changed while the machine is locked.
    is_broken: AtomicBool,
}

/// The threads that help the caller's; they end with it. Not [`thread::scope`]: that would leave a
/// handle behind in the caller's thread, which is the host's.
struct Helpers<'a> {
    work: &'a Arc<Work>,
    handles: Vec<JoinHandle<()>>,
}

impl Helpers<'_> {
    fn spawn(&mut self) {
        let work = Arc::clone(self.work);
        let helper = thread::Builder::new().name("ymchat-sync".into());
        // Without a thread it takes longer.
        self.handles.extend(helper.spawn(move || work.help()));
    }
}

impl Drop for Helpers<'_> {
    fn drop(&mut self) {
        if thread::panicking() {
            self.work.give_up();
        }
        for handle in self.handles.drain(..) {
            if let Err(panic) = handle.join()
                && !thread::panicking()
            {
                resume_unwind(panic);
            }
        }
    }
}

/// Ends the work where its thread panics.
struct TellsPanic<'a>(&'a Work);

impl Drop for TellsPanic<'_> {
    fn drop(&mut self) {
        if thread::panicking() {
            self.0.give_up();
        }
    }
}

impl Work {
    pub(super) fn new(pages: PageReader, machine: Machine<Error>) -> Arc<Self> {
        Arc::new(Work {
            pages,
            machine: Mutex::new(machine),
            changed: Condvar::new(),
            is_broken: AtomicBool::new(false),
        })
    }

    /// The machine, once every thread has ended. `None` where one has not.
    pub(super) fn into_machine(work: Arc<Self>) -> Option<Machine<Error>> {
        let work = Arc::into_inner(work)?;
        Some(work.machine.into_inner().unwrap_or_else(PoisonError::into_inner))
    }

    /// Lets every thread end after the request that it is making.
    fn give_up(&self) {
        let machine = self.lock();
        self.is_broken.store(true, Ordering::Relaxed);
        drop(machine);
        self.changed.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, Machine<Error>> {
        self.machine.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The caller's thread: makes requests, fetches helpers where there are more of them, and
    /// reports. False where the caller wants no more.
    pub(super) fn lead(work: &Arc<Work>, progress: &mut Option<OnProgress<'_>>) -> bool {
        let mut helpers = Helpers { work, handles: Vec::new() };
        let mut reported = None;
        let mut goes_on = true;
        loop {
            let ask = {
                let mut machine = work.lock();
                let (chats, messages) = machine.progress();
                if let Some(progress) = progress
                    && goes_on
                    && reported != Some((chats, messages))
                {
                    reported = Some((chats, messages));
                    drop(machine);
                    goes_on = progress(SyncProgress { chats, messages });
                    machine = work.lock();
                }
                if !goes_on {
                    machine.stop();
                }
                match work.step(machine) {
                    Some(next) => next,
                    None => return goes_on,
                }
            };
            let wanted = work.lock().open_requests().min(HELPERS);
            for _ in helpers.handles.len()..wanted {
                helpers.spawn();
            }
            work.perform(ask);
        }
    }

    fn help(&self) {
        let _tells = TellsPanic(self);
        while let Some(ask) = self.step(self.lock()) {
            self.perform(ask);
        }
    }

    /// The next request; waits for one if need be. `None` when there is no
    /// further one.
    fn step(&self, mut machine: MutexGuard<'_, Machine<Error>>) -> Option<Ask> {
        loop {
            if self.is_broken.load(Ordering::Relaxed) {
                return None;
            }
            if self.pages.time_is_up() {
                machine.time_is_up();
            }
            let now = self.pages.session().service_time();
            match machine.next(now) {
                Step::Ask(ask) => return Some(ask),
                Step::Done => {
                    self.changed.notify_all();
                    return None;
                }
                Step::Wait => {
                    machine = self.changed.wait(machine).unwrap_or_else(PoisonError::into_inner);
                }
            }
        }
    }

    fn perform(&self, ask: Ask) {
        match ask {
            Ask::Chats { page, waiting } => {
                let result =
                    self.pages.chats_page(page, waiting).map_err(|error| self.page_error(error));
                let now = self.pages.session().service_time();
                self.lock().chats(result, now);
            }
            Ask::History { chat, from, page } => {
                let result = self
                    .pages
                    .history_page(chat, from, page)
                    .map_err(|error| self.page_error(error));
                let now = self.pages.session().service_time();
                self.lock().history(chat, result, now);
            }
        }
        self.changed.notify_all();
    }

    fn page_error(&self, error: Error) -> PageError<Error> {
        match error.status() {
            Status::NotFound => PageError::Gone(error),
            Status::BadRequest => PageError::Rejected(error),
            Status::Server | Status::Protocol => PageError::Chat(error),
            Status::Timeout if self.pages.time_is_up() => PageError::TimeIsUp,
            _ => PageError::All(error),
        }
    }
}
