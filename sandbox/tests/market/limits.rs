//! Quotas by the hour, and requests at once.

use std::io::Write;
use std::time::{Duration, UNIX_EPOCH};

use serde_json::json;
use ymchat_sandbox::{ErrorKind, Fault, FaultKind, Operation, Sandbox};

use crate::client::{Reply, client, connect, one_chat, raw_send, shop_texts};

const LONG: Duration = Duration::from_secs(600);

fn quota(reply: &Reply) -> (&str, &str, &str) {
    let header = |name: &str| reply.header(&format!("x-ratelimit-resource-{name}")).unwrap();
    (header("limit"), header("remaining"), header("until"))
}

#[test]
fn a_quota_runs_out_and_comes_back_with_the_hour() {
    let (sandbox, chat) = one_chat(Sandbox::builder().quota(Operation::SendMessageToChat, 2));
    sandbox.freeze_clock(true);
    sandbox.set_clock(UNIX_EPOCH + Duration::from_millis(1_531_183_362_500)).unwrap();
    let client = client(&sandbox);
    let until = "Tue, 10 Jul 2018 01:42:43 GMT";
    assert_eq!(quota(&client.say(chat, "1")), ("2", "1", until));
    assert_eq!(quota(&client.say(1, "no chat")), ("2", "0", until));
    let refused = client.say(chat, "2");
    assert_eq!(quota(&refused), ("2", "0", until));
    assert!(refused.error(420).starts_with("Hit rate limit of 2 requests per hour"));
    assert_eq!(refused.header("date"), Some("Tue, 10 Jul 2018 00:42:42 GMT"));
    assert_eq!(client.get(&format!("chat?chatId={chat}")).status, 200, "another operation");

    sandbox.advance_clock(Duration::from_secs(3600));
    assert_eq!(client.say(chat, "half a second early").status, 420);
    sandbox.advance_clock(Duration::from_secs(1));
    assert_eq!(client.say(chat, "3").status, 200);
    assert_eq!(sandbox.traffic().hourly_refusals, 2);
    assert_eq!(shop_texts(&sandbox, chat), ["1", "3"]);
}

#[test]
fn quotas_are_the_documented_ones_and_can_be_set() {
    let (sandbox, chat) = one_chat(Sandbox::builder());
    let client = client(&sandbox);
    assert_eq!(quota(&client.post("chats", json!({}))).0, "5000");
    let history = format!("chats/history?chatId={chat}");
    assert_eq!(quota(&client.post(&history, json!({}))).0, "10000");
    assert_eq!(sandbox.quotas()[&Operation::GetAuthTokenInfo].limit, 100);
    sandbox.set_quota(Operation::GetChatHistory, 10).unwrap();
    sandbox.set_quota_used(Operation::GetChatHistory, 9).unwrap();
    assert_eq!(quota(&client.post(&history, json!({}))).1, "0");
    client.post(&history, json!({})).error(420);
    sandbox.set_quota(Operation::DownloadFile, 1).unwrap_err();
    let used = &sandbox.quotas()[&Operation::GetChatHistory];
    assert_eq!((used.limit, used.used), (10, 10));
}

#[test]
fn the_weekday_can_be_wrong_as_in_the_documentation() {
    let (sandbox, chat) = one_chat(Sandbox::builder().switch(|all| all.wrong_weekday = true));
    sandbox.freeze_clock(true);
    sandbox.set_clock(UNIX_EPOCH + Duration::from_secs(1_531_183_362)).unwrap();
    let reply = client(&sandbox).say(chat, "x");
    assert_eq!(quota(&reply).2, "Wed, 10 Jul 2018 01:42:42 GMT");
    assert_eq!(reply.header("date"), Some("Tue, 10 Jul 2018 00:42:42 GMT"));
}

#[test]
fn refused_keys_use_no_quota_and_see_none() {
    let (sandbox, chat) = one_chat(Sandbox::builder());
    let stranger = crate::client::Client { sandbox: &sandbox, key: "ACMA:NOPE".to_owned() };
    let reply = stranger.say(chat, "x");
    reply.error(401);
    assert_eq!(reply.header("x-ratelimit-resource-limit"), None);
    assert_eq!(sandbox.quotas()[&Operation::SendMessageToChat].used, 0);
}

#[test]
fn a_clock_that_is_minutes_off_shows_everywhere() {
    let (sandbox, chat) = one_chat(Sandbox::builder().clock_offset_seconds(-600));
    let reply = client(&sandbox).get(&format!("chat?chatId={chat}"));
    let behind = std::time::SystemTime::now().duration_since(sandbox.now()).unwrap();
    assert!((599..=601).contains(&behind.as_secs()), "{behind:?}");
    let created = reply.result()["createdAt"].as_str().unwrap().to_owned();
    let created = ymchat::DateTime::new(created).to_system_time().unwrap();
    assert!(created <= sandbox.now());
}

/// Fills the business's places with sends that wait, and returns their connections.
fn occupy(sandbox: &Sandbox, chat: i64, places: usize) -> Vec<std::net::TcpStream> {
    let slow = Fault::new(FaultKind::Slow).on(Operation::SendMessageToChat);
    sandbox.add_fault(slow.delay_after_work(LONG).times(places as u32)).unwrap();
    let connections: Vec<_> = (0..places)
        .map(|number| {
            let mut stream = connect(sandbox);
            stream.write_all(raw_send(sandbox, chat, &number.to_string()).as_bytes()).unwrap();
            stream
        })
        .collect();
    let arrived = |traffic: &ymchat_sandbox::Traffic| {
        traffic.requests.iter().filter(|request| request.handled).count() == places
    };
    assert!(sandbox.wait_for(Duration::from_secs(20), arrived));
    connections
}

#[test]
fn a_fifth_request_at_once_is_refused() {
    let (sandbox, chat) = one_chat(Sandbox::builder());
    let business = sandbox.business_id();
    let mut held = occupy(&sandbox, chat, 4);
    assert_eq!(sandbox.traffic().max_parallel_seen[&business], 4);
    let refused = client(&sandbox).get(&format!("chat?chatId={chat}"));
    let text = refused.error(420);
    assert!(text.starts_with("Hit rate limit of 4 parallel requests"), "{text}");
    assert_eq!(quota(&refused).1, "1000", "it uses no quota");
    let shops = client(&sandbox).get_url(&format!("{}/v2/campaigns", sandbox.base_url()));
    assert_eq!(shops.status, 200, "only the business's own paths are limited");

    // A client that leaves makes room.
    drop(held.pop());
    let gone = |traffic: &ymchat_sandbox::Traffic| {
        traffic.requests.iter().any(|request| request.client_left)
    };
    assert!(sandbox.wait_for(Duration::from_secs(20), gone));
    assert_eq!(client(&sandbox).get(&format!("chat?chatId={chat}")).status, 200);
    let traffic = sandbox.traffic();
    assert_eq!((traffic.parallel_refusals, traffic.max_parallel_seen[&business]), (1, 5));
}

#[test]
fn what_is_in_flight_stays_so_through_a_reset() {
    let (sandbox, chat) = one_chat(Sandbox::builder());
    let held = occupy(&sandbox, chat, 4);
    sandbox.reset();
    client(&sandbox).get("chat?chatId=1").error(420);
    drop(held);
    let free = || client(&sandbox).get("chat?chatId=1").status == 404;
    let tries = 2000;
    assert!((0..tries).any(|_| free()), "the places are never given back");
}

#[test]
fn the_parallel_limit_is_a_switch() {
    let (sandbox, chat) = one_chat(Sandbox::builder().parallel_limit(2));
    let _held = occupy(&sandbox, chat, 2);
    assert!(client(&sandbox).say(chat, "x").error(420).contains("of 2 parallel"));
    sandbox.switch(|switches| switches.parallel_limit = 3);
    assert_eq!(client(&sandbox).say(chat, "x").status, 200);
}

#[test]
fn a_client_that_keeps_four_at_a_time_is_never_seen_with_five() {
    let (sandbox, chat) = one_chat(Sandbox::builder().latency_ms(1));
    sandbox.add_fault(Fault::new(FaultKind::TruncatedBody).skip(40).times(40)).unwrap();
    sandbox.add_fault(Fault::new(FaultKind::Close).skip(20).times(20)).unwrap();
    let full = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..4)
            .map(|_| {
                scope.spawn(|| {
                    let path = format!("chats/history?chatId={chat}");
                    let send = |_| client(&sandbox).try_post(&path, &json!({})).is_ok();
                    (0..60).map(send).filter(|answered| *answered).count()
                })
            })
            .collect();
        workers.into_iter().map(|worker| worker.join().unwrap()).sum::<usize>()
    });
    assert_eq!(full, 180);
    let traffic = sandbox.traffic();
    assert!(traffic.max_parallel_seen[&sandbox.business_id()] <= 4);
    assert_eq!(traffic.parallel_refusals, 0);
}

#[test]
fn dropping_the_sandbox_does_not_wait_for_slow_answers() {
    let (sandbox, chat) = one_chat(Sandbox::builder());
    let held = occupy(&sandbox, chat, 3);
    let idle = connect(&sandbox);
    let start = std::time::Instant::now();
    drop(sandbox);
    assert!(start.elapsed() < Duration::from_secs(2), "{:?}", start.elapsed());
    drop((held, idle));
}

#[test]
fn ordered_420s_carry_the_headers_of_real_ones() {
    let (sandbox, chat) = one_chat(Sandbox::builder());
    for kind in [ErrorKind::ParallelLimit, ErrorKind::HourlyLimit] {
        sandbox.add_fault(Fault::new(FaultKind::Error(kind))).unwrap();
    }
    let client = client(&sandbox);
    let parallel = client.say(chat, "x");
    assert_eq!((parallel.error(420).contains("of 4 parallel"), quota(&parallel).1), (true, "1000"));
    let hourly = client.say(chat, "x");
    assert_eq!((hourly.error(420).contains("of 1000 req"), quota(&hourly).1), (true, "0"));
    let traffic = sandbox.traffic();
    assert_eq!((traffic.parallel_refusals, traffic.hourly_refusals), (0, 0));
    assert_eq!(client.say(chat, "x").status, 200);
}
