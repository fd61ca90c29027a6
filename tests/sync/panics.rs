//! A panic in a thread that helps a sync, whose cause may be the host's: its logger, for instance.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, SystemTime};

use ymchat::SyncOptions;
use ymchat::internal::{Clock, SystemClock, TestSettings};

use crate::support::{builder, chat, empty_market};

/// Panics when a thread that helps reads it for the n-th time.
#[derive(Debug)]
struct Brittle {
    clock: SystemClock,
    reads_left: AtomicUsize,
}

impl Clock for Brittle {
    fn now(&self) -> Duration {
        if thread::current().name() == Some("ymchat-sync") {
            let left = self.reads_left.fetch_sub(1, Ordering::Relaxed);
            assert!(left != 1, "the clock is broken");
        }
        self.clock.now()
    }

    fn wall(&self) -> SystemTime {
        self.clock.wall()
    }

    fn sleep(&self, wait: Duration) {
        self.clock.sleep(wait);
    }
}

#[test]
fn a_panic_of_a_helper_reaches_the_caller_and_nobody_waits_for_it() {
    let sandbox = empty_market();
    for _ in 0..12 {
        chat(&sandbox, "Здравствуйте!");
    }
    let mut panics = 0;
    for reads in 1..=40 {
        let clock = Brittle { clock: SystemClock::new(), reads_left: AtomicUsize::new(reads) };
        let client = builder(&sandbox).clock(Arc::new(clock)).build().unwrap();
        let (done, ended) = mpsc::channel();
        thread::spawn(move || {
            let sync = AssertUnwindSafe(|| client.sync("", &SyncOptions::new()));
            let _ = done.send(catch_unwind(sync).map(|result| result.unwrap().chats.len()));
        });
        // Generous: this is about a call that never returns.
        match ended.recv_timeout(Duration::from_secs(60)).expect("the call hangs") {
            Ok(chats) => assert_eq!(chats, 12),
            Err(panic) => {
                panics += 1;
                let text = panic.downcast_ref::<&str>().copied();
                assert_eq!(text, Some("the clock is broken"));
            }
        }
    }
    assert!(panics > 10, "the clock broke in {panics} calls alone");
}
