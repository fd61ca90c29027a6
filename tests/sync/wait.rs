//! Waiting until there is something new.

use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use ymchat::internal::{Clock, SystemClock, TestSettings};
use ymchat::{Status, SyncOptions};
use ymchat_sandbox::Sandbox;

use crate::support::{Inbox, builder, chat, client, empty_market};

/// A clock whose waits take no time, and move the Market's clock along.
#[derive(Debug)]
struct Hurried {
    real: SystemClock,
    waited: std::sync::Mutex<Vec<Duration>>,
    sandbox: Arc<Sandbox>,
    /// After so many waits a customer writes to this chat.
    writes: Option<(usize, i64)>,
}

impl Hurried {
    fn new(sandbox: &Arc<Sandbox>, writes: Option<(usize, i64)>) -> Arc<Self> {
        let (waited, sandbox) = (std::sync::Mutex::default(), Arc::clone(sandbox));
        Arc::new(Hurried { real: SystemClock::new(), waited, sandbox, writes })
    }

    fn waited(&self) -> Duration {
        self.waited.lock().unwrap().iter().sum()
    }
}

impl Clock for Hurried {
    fn now(&self) -> Duration {
        self.real.now() + self.waited()
    }

    fn wall(&self) -> SystemTime {
        SystemTime::now() + self.waited()
    }

    fn is_simulated(&self) -> bool {
        true
    }

    fn sleep(&self, wait: Duration) {
        self.sandbox.advance_clock(wait);
        let mut waited = self.waited.lock().unwrap();
        waited.push(wait);
        if let Some((count, chat)) = self.writes
            && waited.len() == count
        {
            self.sandbox.write_as_customer(chat, "Алло?").unwrap();
        }
    }
}

#[test]
fn a_call_waits_until_something_comes() {
    let sandbox = Arc::new(empty_market());
    let talk = chat(&sandbox, "Здравствуйте!");
    let clock = Hurried::new(&sandbox, Some((100, talk)));
    let client = builder(&sandbox).clock(clock.clone()).build().unwrap();
    let (mut inbox, options) = (Inbox::default(), SyncOptions::new());
    inbox.news(&client, &options);
    let new = inbox.news(&client, &options.wait(Duration::from_secs(3600)));
    assert_eq!(new.len(), 1);
    assert!(clock.waited() < Duration::from_secs(120), "{:?}", clock.waited());
}

#[test]
fn a_wait_ends_without_news_and_keeps_within_the_quotas() {
    let sandbox = Arc::new(empty_market());
    for _ in 0..90 {
        chat(&sandbox, "Здравствуйте!");
    }
    let clock = Hurried::new(&sandbox, None);
    let client = builder(&sandbox).clock(clock.clone()).build().unwrap();
    let (mut inbox, options) = (Inbox::default(), SyncOptions::new());
    inbox.news(&client, &options);
    sandbox.clear_record();
    let before = clock.waited();
    let (result, new) = inbox.call(&client, &options.wait(Duration::from_secs(3600))).unwrap();
    assert!(new.is_empty() && !result.more);
    // The rest went by while requests were made.
    assert!(clock.waited() - before >= Duration::from_secs(1800), "{:?}", clock.waited());
    // Half of the quota of getChats is 2500.
    let requests = sandbox.traffic().requests.len();
    assert!((300..=2700).contains(&requests), "{requests}");
}

#[test]
fn a_wait_is_ended_by_cancel() {
    let sandbox = empty_market();
    chat(&sandbox, "Здравствуйте!");
    let client = client(&sandbox);
    let (mut inbox, options) = (Inbox::default(), SyncOptions::new());
    inbox.news(&client, &options);
    let handle = client.cancel_handle();
    let begun = Instant::now();
    thread::scope(|scope| {
        scope.spawn(|| {
            sandbox.wait_for(Duration::from_secs(30), |traffic| traffic.requests.len() > 4);
            handle.cancel();
        });
        let error = inbox.call(&client, &options.wait(Duration::from_secs(3600))).unwrap_err();
        assert_eq!(error.status(), Status::Cancelled);
    });
    assert!(begun.elapsed() < Duration::from_secs(60), "{:?}", begun.elapsed());
}
