//! Waiting until there is something new.

use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use ymchat::internal::TestSettings;
use ymchat::{Status, SyncOptions};

use crate::common::SimulatedClock;
use crate::support::{Inbox, builder, chat, client, empty_market};

#[test]
fn a_call_waits_until_something_comes() {
    let sandbox = Arc::new(empty_market());
    let talk = chat(&sandbox, "Здравствуйте!");
    let clock = {
        let market = Arc::clone(&sandbox);
        SimulatedClock::telling(&sandbox, move |waits| {
            if waits == 100 {
                market.write_as_customer(talk, "Алло?").unwrap();
            }
        })
    };
    let client = builder(&sandbox).clock(clock.clone()).build().unwrap();
    let (mut inbox, options) = (Inbox::default(), SyncOptions::new());
    inbox.news(&client, &options);
    let new = inbox.news(&client, &options.wait(Duration::from_secs(3600)));
    assert_eq!(new.len(), 1);
    assert!(clock.moved() < Duration::from_secs(120), "{:?}", clock.moved());
}

#[test]
fn a_wait_ends_without_news_and_keeps_within_the_quotas() {
    let sandbox = Arc::new(empty_market());
    for _ in 0..90 {
        chat(&sandbox, "Здравствуйте!");
    }
    let clock = SimulatedClock::with(&sandbox);
    let client = builder(&sandbox).clock(clock.clone()).build().unwrap();
    let (mut inbox, options) = (Inbox::default(), SyncOptions::new());
    inbox.news(&client, &options);
    sandbox.clear_record();
    let before = clock.moved();
    let (result, new) = inbox.call(&client, &options.wait(Duration::from_secs(3600))).unwrap();
    assert!(new.is_empty() && !result.more);
    // The rest went by while requests were made.
    assert!(clock.moved() - before >= Duration::from_secs(1800), "{:?}", clock.moved());
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
