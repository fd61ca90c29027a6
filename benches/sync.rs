//! Sync against the naive reader, who asks for the list and then for every history, one request at
//! a time: `cargo bench --bench sync`. In requests, and in round trips: the time of one request, one
//! after the other, to a simulated service that takes a fixed time for each. Of the naive reader a
//! sample of the histories is measured, and the rest reckoned.

#![allow(missing_docs)]

use std::time::{Duration, Instant};

use ymchat::{Client, MessagesOptions, Sender, SyncOptions, SyncScope, SyncStart};
use ymchat_sandbox::{NewChat, NewMessage, Sandbox};

const CHATS: usize = 10_000;
const WITH_NEWS: usize = 400;
const SERVICE_TIME: Duration = Duration::from_millis(50);
/// Histories, and requests for a chat, that are read one after the other.
const SAMPLE: usize = 100;

/// Chats of which each has an answer, so that none waits.
fn market() -> (Sandbox, Vec<i64>) {
    let sandbox = Sandbox::builder().seeded(false).start().expect("a sandbox");
    let chats: Vec<i64> = (0..CHATS)
        .map(|number| {
            let chat =
                sandbox.start_chat(NewChat::direct(format!("Вопрос {number}"))).expect("a chat");
            let answer = NewMessage::text("Ответ").by(Sender::Partner);
            sandbox.write(chat, answer).expect("a message");
            chat
        })
        .collect();
    // What was written has settled: nothing has to be looked at twice.
    sandbox.advance_clock(Duration::from_secs(3600));
    (sandbox, chats)
}

fn client(sandbox: &Sandbox) -> Client {
    Client::builder()
        .api_key(sandbox.api_key())
        .business_id(sandbox.business_id())
        .base_url(sandbox.base_url())
        .call_timeout(Duration::from_secs(600))
        .build()
        .expect("a client")
}

/// How many requests a reader makes, and how long it takes.
fn measure<T>(sandbox: &Sandbox, read: impl FnOnce() -> T) -> (usize, Duration, T) {
    sandbox.clear_record();
    sandbox.switch(|switches| switches.latency_ms = SERVICE_TIME.as_millis() as u64);
    let began = Instant::now();
    let result = read();
    let took = began.elapsed();
    sandbox.switch(|switches| switches.latency_ms = 0);
    (sandbox.record().traffic.requests.len(), took, result)
}

fn main() {
    println!(
        "{CHATS} chats, {WITH_NEWS} of them with a new message, {SERVICE_TIME:?} for each request"
    );
    let (sandbox, chats) = market();
    let client = client(&sandbox);
    let (_, took, ()) = measure(&sandbox, || {
        for chat in &chats[..SAMPLE] {
            client.get_chat(*chat).expect("a chat");
        }
    });
    let trip = took / SAMPLE as u32;
    println!("a round trip: {trip:.1?}");
    for (name, scope) in [("waiting", SyncScope::Waiting), ("all", SyncScope::All)] {
        let options = SyncOptions::new().scope(scope).start(SyncStart::Now);
        let mut since = String::new();
        // Until everything that was there has settled.
        loop {
            let news = client.sync(&since, &options).expect("a sync");
            since = news.since;
            if !news.more {
                break;
            }
        }
        sandbox.advance_clock(Duration::from_secs(3600));
        for chat in chats.iter().step_by(CHATS / WITH_NEWS) {
            sandbox.write_as_customer(*chat, "Ещё вопрос").expect("a message");
        }
        let (requests, took, news) =
            measure(&sandbox, || client.sync(&since, &options).expect("a sync"));
        let messages: usize = news.chats.iter().map(|chat| chat.messages.len()).sum();
        let trips = took.as_secs_f64() / trip.as_secs_f64();
        let bound = 1.05 * requests.div_ceil(4) as f64;
        println!(
            "sync, scope {name:<8} {requests:>6} requests {trips:>8.1} round trips, {messages} messages; \
             1.05 × ⌈requests / 4⌉ = {bound:.1}"
        );
        for chat in chats.iter().step_by(CHATS / WITH_NEWS) {
            let answer = NewMessage::text("Ответ").by(Sender::Partner);
            sandbox.write(*chat, answer).expect("a message");
        }
        sandbox.advance_clock(Duration::from_secs(3600));
    }
    let (requests, took, ()) = measure(&sandbox, || {
        for chat in &chats[..SAMPLE] {
            client.get_messages_since(*chat, 0, &MessagesOptions::new()).expect("a history");
        }
    });
    let trips = took.as_secs_f64() / trip.as_secs_f64();
    let pages = CHATS.div_ceil(20);
    println!(
        "every history        {:>6} requests {:>8.1} round trips, from {requests} that took {trips:.1}",
        pages + CHATS,
        pages as f64 + trips * CHATS as f64 / SAMPLE as f64
    );
}
