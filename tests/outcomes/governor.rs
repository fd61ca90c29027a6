//! The limits: kept before a request is sent, learnt from the service, shared by those who share
//! them, and fair.

use std::net::TcpStream;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use ymchat::internal::{Clock, SystemClock, TestSettings};
use ymchat::{
    CampaignsOptions, ChatContextRef, ChatsOptions, Client, DeliveryStatus, Error, HistoryOptions,
    Status,
};
use ymchat_sandbox::{Fault, FaultKind, Operation, Sandbox};

use crate::support::{
    Builder, Server, SimulatedClock, answer, builder, http_date, ms, new_chat, read_request, s,
    serve,
};

const DAY: Duration = s(24 * 3_600);
const ANY: &str = r#"{"status":"OK","result":{"chatId":7,"chats":[],"messages":[],"messageId":1,
    "createdAt":"2026-01-01T00:00:00Z","sender":"PARTNER","type":"CHAT","status":"NEW",
    "apiKey":{"name":"k","authScopes":[]}},"campaigns":[]}"#;

/// Answers each request by `reply`, which gets its number and its text, on connections that stay
/// open: the headers and the status line go before `ANY` or another body.
fn scripted(
    reply: impl Fn(usize, &str) -> (String, String, String) + Send + Sync + 'static,
) -> Server {
    let number = AtomicUsize::new(0);
    serve(move |mut stream: TcpStream, _| {
        let _ = stream.set_nodelay(true);
        while let Ok(request) = read_request(&mut stream) {
            let number = number.fetch_add(1, Ordering::SeqCst);
            let (status, headers, body) = reply(number, &String::from_utf8_lossy(&request));
            let text = format!(
                "HTTP/1.1 {status}\r\nContent-Length: {}\r\n{headers}\r\n{body}",
                body.len()
            );
            if std::io::Write::write_all(&mut stream, text.as_bytes()).is_err() {
                return;
            }
        }
    })
}

fn ok() -> (String, String, String) {
    ("200 OK".into(), String::new(), ANY.into())
}

fn limited(headers: String, message: &str) -> (String, String, String) {
    let body = format!(r#"{{"status":"ERROR","errors":[{{"code":"X","message":"{message}"}}]}}"#);
    ("420 Enhance Your Calm".into(), headers, body)
}

const HOURLY: &str = "Hit rate limit of 1000 requests per hour";

fn refused<T: std::fmt::Debug>(result: Result<T, Error>) -> Duration {
    let error = result.unwrap_err();
    assert_eq!(error.status(), Status::RateLimited, "{error}");
    assert!(error.is_retryable());
    error.retry_after().expect("when to come back")
}

#[test]
fn the_documented_quotas_hold_in_any_hour() {
    type Call = fn(&Client) -> Option<Error>;
    let calls: [(usize, Call); 9] = [
        (5_000, |client| client.get_chats(&ChatsOptions::new()).err()),
        (1_000, |client| client.get_chat(7).err()),
        (10_000, |client| client.get_chat_history(7, &HistoryOptions::new()).err()),
        (1_000, |client| client.get_chat_message(7, 1).err()),
        (1_000, |client| client.send_message(7, "Да").err()),
        (1_000, |client| client.send_file(7, "a.png", b"png").err()),
        (1_000, |client| client.create_chat(ChatContextRef::Order(5)).err()),
        (1_000, |client| client.get_campaigns(&CampaignsOptions::new()).err()),
        (100, |client| client.get_token_info().err()),
    ];
    for (per_hour, call) in calls {
        let clock = SimulatedClock::new();
        let (times, at) = (Arc::new(Mutex::new(Vec::new())), Arc::clone(&clock));
        let noted = Arc::clone(&times);
        let server = scripted(move |_, _| {
            noted.lock().unwrap().push(at.now());
            ok()
        });
        let client = server.builder().clock(clock.clone()).call_timeout(DAY).build().unwrap();
        // The smallest one goes through three windows.
        let rounds = if per_hour == 100 { 250 } else { per_hour + 50 };
        for _ in 0..rounds {
            assert!(call(&client).is_none());
        }
        let times = times.lock().unwrap();
        for window in times.windows(per_hour + 1) {
            assert!(window[per_hour] - window[0] >= s(3_600));
        }
        let whole = *times.last().unwrap() - times[0];
        assert!(whole < s(3 * 3_600), "nor is it waited longer than needed: {whole:?}");
    }
}

#[test]
fn the_services_count_is_the_truth() {
    let clock = SimulatedClock::new();
    let at = Arc::clone(&clock);
    // The wrong weekday, as in the documentation's own sample.
    let server = scripted(move |number, _| {
        let until =
            http_date(&(at.wall() + s(600))).replace("Date: ", "X-RateLimit-Resource-Until: ");
        let day = until.find(": ").unwrap() + 2;
        let until = format!("{}Xyz{}", &until[..day], &until[day + 3..]).replace("Xyz", "Thu");
        let left = [2, 1, 0][number.min(2)];
        let headers = format!(
            "{}{until}X-RateLimit-Resource-Limit: 1000\r\nX-RateLimit-Resource-Remaining: {left}\r\n",
            http_date(&at.wall()),
        );
        ("200 OK".into(), headers, ANY.into())
    });
    let client = server.builder().clock(clock.clone()).build().unwrap();
    for _ in 0..3 {
        client.get_chat(7).unwrap();
    }
    // At once, without a request, and with the time.
    let (start, hurried) = (clock.now(), clock.moved());
    let wait = refused(client.get_chat(7));
    assert!(wait > s(590) && wait <= s(601), "{wait:?}");
    assert!(clock.now() - start < ms(200) && clock.moved() == hurried);
    // Another operation has a quota of its own.
    client.get_chats(&ChatsOptions::new()).unwrap();
    // Whoever has the time waits for it, and succeeds.
    let patient = server.builder().clock(clock.clone()).call_timeout(s(1_200)).build().unwrap();
    patient.get_chat(7).unwrap();
    // Where the machine is busy, a part of the wait passes by itself.
    let waited = clock.now() - start;
    assert!(waited > s(590) && waited < s(603), "{waited:?}");
    let stats = patient.stats();
    let chat = stats.operations.iter().find(|entry| entry.operation == "getChat").unwrap();
    assert!(chat.waits == 1 && (590_000..603_000).contains(&chat.waited_ms), "{chat:?}");
}

#[test]
fn another_program_may_use_up_the_quota() {
    let sandbox = Arc::new(Sandbox::start().unwrap());
    let clock = SimulatedClock::with(&sandbox);
    let client = builder(&sandbox).clock(clock.clone()).build().unwrap();
    let chat = new_chat(&sandbox);
    client.send_message(chat, "Раз").unwrap();
    sandbox.set_quota_used(Operation::SendMessageToChat, 1_000).unwrap();
    let error = client.send_message(chat, "Два").unwrap_err();
    assert_eq!((error.outcome(), error.http_status()), (Some(DeliveryStatus::NotSent), Some(420)));
    let wait = refused::<()>(Err(error));
    assert!(wait > s(3_500) && wait <= s(3_602), "{wait:?}");
    // From now on nothing is even sent, by any client of the business.
    let other = builder(&sandbox).clock(clock.clone()).build().unwrap();
    let error = other.send_message(chat, "Три").unwrap_err();
    assert_eq!((error.attempts(), error.outcome()), (0, Some(DeliveryStatus::NotSent)));
    let left = refused::<()>(Err(error));
    assert!(left > s(3_500) && left <= wait, "{left:?}");
    assert_eq!(sandbox.traffic().of(Operation::SendMessageToChat).count(), 2);
    clock.advance(left);
    other.send_message(chat, "Четыре").unwrap();
}

#[test]
fn each_way_to_say_when_to_come_back() {
    let clock = SimulatedClock::new();
    let date = |ahead: i64| {
        let now = std::time::SystemTime::now();
        let at = if ahead < 0 { now - s(ahead.unsigned_abs()) } else { now + s(ahead as u64) };
        http_date(&at).replace("Date: ", "").trim().to_owned()
    };
    let wrong_day = {
        let text = date(20);
        if text.starts_with("Thu") {
            text.replace("Thu", "Fri")
        } else {
            format!("Thu{}", &text[3..])
        }
    };
    let table = [
        ("in the past", format!("X-RateLimit-Resource-Until: {}\r\n", date(-90)), ms(0), ms(1_500)),
        ("absent", String::new(), ms(0), ms(1_500)),
        ("nonsense", "X-RateLimit-Resource-Until: soon\r\n".into(), ms(0), ms(1_500)),
        ("ahead", format!("X-RateLimit-Resource-Until: {}\r\n", date(20)), s(15), s(22)),
        ("wrong weekday", format!("X-RateLimit-Resource-Until: {wrong_day}\r\n"), s(15), s(22)),
        ("seconds", "Retry-After: 7\r\n".into(), s(7), s(8)),
        ("a date", format!("Retry-After: {}\r\n", date(20)), s(15), s(22)),
        ("beyond belief", "Retry-After: 4294967295\r\n".into(), ms(0), ms(1_500)),
    ];
    for (what, headers, least, most) in table {
        let server = scripted(move |number, _| {
            // The service's own clock is not told: the local one is taken.
            if number == 0 { limited(headers.clone(), HOURLY) } else { ok() }
        });
        let clock = SimulatedClock::new();
        let client = server.builder().clock(clock.clone()).build().unwrap();
        let start = clock.now();
        client.send_message(7, "Да").unwrap_or_else(|e| panic!("{what}: {e}"));
        let waited = clock.now() - start;
        assert!(waited >= least && waited <= most, "{what}: {waited:?}");
    }
    // Longer than the call may take: at once, with the time.
    let too_many = scripted(|_, _| {
        ("429 Too Many Requests".into(), "Retry-After: 80\r\n".into(), String::new())
    });
    let client = too_many.builder().clock(clock.clone()).build().unwrap();
    assert_eq!(refused(client.get_chat(7)), s(80));
    let server = scripted(|_, _| limited("Retry-After: 90\r\n".into(), HOURLY));
    let client = server.builder().clock(clock.clone()).build().unwrap();
    let before = clock.moved();
    assert_eq!(refused(client.get_chat(7)), s(90));
    assert_eq!(clock.moved(), before);
    // Without a time, the advice is the back-off's longest, never nothing.
    let server = scripted(|_, _| limited(String::new(), HOURLY));
    let client = server.builder().clock(clock.clone()).build().unwrap();
    let wait = refused(client.get_chat(7));
    assert!(wait >= s(8), "{wait:?}");
}

/// How many requests a server has at once.
struct Crowd {
    now: AtomicUsize,
    most: AtomicUsize,
    arrived: Mutex<Vec<String>>,
}

impl Crowd {
    fn new() -> Arc<Self> {
        Arc::new(Crowd {
            now: AtomicUsize::new(0),
            most: AtomicUsize::new(0),
            arrived: Mutex::default(),
        })
    }

    fn stay(&self, request: &str, time: Duration) {
        let now = self.now.fetch_add(1, Ordering::SeqCst) + 1;
        self.most.fetch_max(now, Ordering::SeqCst);
        self.arrived.lock().unwrap().push(request.lines().next().unwrap().to_owned());
        std::thread::sleep(time);
        self.now.fetch_sub(1, Ordering::SeqCst);
    }

    fn most(&self) -> usize {
        self.most.swap(0, Ordering::SeqCst)
    }
}

fn crowded(crowd: &Arc<Crowd>, refuse_first: Option<&'static str>) -> Server {
    let crowd = Arc::clone(crowd);
    scripted(move |number, request| match refuse_first {
        Some(message) if number == 0 => limited(String::new(), message),
        _ => {
            crowd.stay(request, ms(15));
            ok()
        }
    })
}

fn all_at_once(client: &Client, threads: usize) {
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| (0..3).for_each(|_| drop(client.get_chat(7).unwrap())));
        }
    });
}

#[test]
fn the_number_of_places_is_learnt_from_the_refusal() {
    let crowd = Crowd::new();
    let server = crowded(&crowd, Some("Hit rate limit of 2 parallel requests for businessId 5"));
    let clock = SimulatedClock::movable();
    let client = server.builder().clock(clock.clone()).build().unwrap();
    client.get_chat(7).unwrap();
    for _ in 0..4 {
        all_at_once(&client, 8);
        assert!(crowd.most() <= 2, "two is what it allows, also a minute later");
        clock.advance(s(60));
    }
    all_at_once(&client, 8);
    assert_eq!(crowd.most(), 2, "nor fewer for ever");
}

#[test]
fn without_a_number_the_places_come_back_one_by_one() {
    let crowd = Crowd::new();
    let server = crowded(&crowd, Some("Too many parallel requests"));
    let clock = SimulatedClock::movable();
    let client = server.builder().clock(clock.clone()).build().unwrap();
    client.get_chat(7).unwrap();
    let mut seen = Vec::new();
    for _ in 0..5 {
        all_at_once(&client, 8);
        seen.push(crowd.most());
        clock.advance(s(11));
    }
    assert_eq!(seen, [1, 2, 3, 4, 4]);
}

#[test]
fn clients_of_one_business_share_the_places_and_no_others() {
    let crowd = Crowd::new();
    let server = crowded(&crowd, None);
    let open = |business| server.builder().business_id(business).build().unwrap();
    let (one, two, other) = (open(5), open(5), open(6));
    std::thread::scope(|scope| {
        scope.spawn(|| all_at_once(&one, 8));
        scope.spawn(|| all_at_once(&two, 8));
    });
    assert_eq!(crowd.most(), 4);
    std::thread::scope(|scope| {
        scope.spawn(|| all_at_once(&one, 8));
        scope.spawn(|| all_at_once(&other, 8));
    });
    let most = crowd.most();
    assert!(most > 4 && most <= 8, "{most}");
    // Nor do clients of another address.
    let elsewhere = crowded(&crowd, None);
    let there = elsewhere.builder().build().unwrap();
    std::thread::scope(|scope| {
        scope.spawn(|| all_at_once(&one, 8));
        scope.spawn(|| all_at_once(&there, 8));
    });
    let most = crowd.most();
    assert!(most > 4 && most <= 8, "{most}");
}

#[test]
fn a_client_may_allow_itself_less() {
    let crowd = Crowd::new();
    let server = crowded(&crowd, None);
    let modest = server.builder().max_parallel(1).build().unwrap();
    all_at_once(&modest, 6);
    assert_eq!(crowd.most(), 1);
    // Beside one that takes more, both come to their end.
    let usual = server.builder().build().unwrap();
    std::thread::scope(|scope| {
        scope.spawn(|| all_at_once(&modest, 4));
        scope.spawn(|| all_at_once(&usual, 8));
    });
    assert!(crowd.most() <= 4);
}

#[test]
fn who_waits_for_a_quota_does_not_hold_up_the_others() {
    let sandbox = Sandbox::builder().quota(Operation::GetChat, 1).start().unwrap();
    let client = builder(&sandbox).call_timeout(s(7_200)).build().unwrap();
    let chat = new_chat(&sandbox);
    client.get_chat(chat).unwrap();
    std::thread::scope(|scope| {
        let waiting: Vec<_> = (0..6).map(|_| scope.spawn(|| client.get_chat(chat))).collect();
        std::thread::sleep(ms(60));
        let start = Instant::now();
        client.get_chats(&ChatsOptions::new()).unwrap();
        assert!(start.elapsed() < ms(500));
        client.cancel_handle().cancel();
        for call in waiting {
            assert_eq!(call.join().unwrap().unwrap_err().status(), Status::Cancelled);
        }
    });
}

/// The service works on a request for up to ten seconds, whether its client waits or not.
#[test]
fn what_the_service_may_still_work_on_keeps_its_place() {
    const GATEWAY: &str = "<html>the service does not answer</html>";
    type Reply = fn(&mut TcpStream);
    let table: [(&str, Reply, bool); 9] = [
        ("timed out", |stream| drop(std::io::Read::read(stream, &mut [0])), true),
        ("cancelled", |stream| drop(std::io::Read::read(stream, &mut [0])), true),
        ("broken", |_| (), true),
        ("cut", |stream| drop(std::io::Write::write_all(stream, b"HTTP/1.1 200 OK\r\n")), true),
        ("too long", |stream| drop(answer(stream, "200 OK", "", &"x".repeat(3_000))), true),
        ("502", |stream| drop(answer(stream, "502 Bad Gateway", "", ANY)), true),
        ("504", |stream| drop(answer(stream, "504 Gateway Timeout", "", ANY)), true),
        ("a page", |stream| drop(answer(stream, "200 OK", "", GATEWAY)), true),
        ("503", |stream| drop(answer(stream, "503 Busy", "", ANY)), false),
    ];
    for (what, reply, keeps) in table {
        let arrived = Arc::new(AtomicUsize::new(0));
        let seen = Arc::clone(&arrived);
        let server = serve(move |mut stream, _| {
            if read_request(&mut stream).is_ok() {
                seen.fetch_add(1, Ordering::SeqCst);
                reply(&mut stream);
            }
        });
        let clock = SimulatedClock::movable();
        // A client for each call, as some programs have it.
        let open = || {
            let times = if what == "timed out" { ms(800) } else { s(9) };
            let client = server.builder().clock(clock.clone()).max_attempts(1);
            client.attempt_timeout(times).call_timeout(s(9)).max_response_bytes(1_024)
        };
        let arrived = || arrived.load(Ordering::SeqCst);
        std::thread::scope(|scope| {
            for _ in 0..4 {
                let client = Arc::new(open().build().unwrap());
                let calling = Arc::clone(&client);
                scope.spawn(move || calling.get_chat(7).unwrap_err());
                if what == "cancelled" {
                    scope.spawn(move || {
                        while arrived() < 4 {
                            std::thread::sleep(ms(1));
                        }
                        client.cancel_handle().cancel();
                    });
                }
            }
        });
        assert_eq!(arrived(), 4, "{what}");
        if !keeps {
            open().build().unwrap().get_chat(7).unwrap_err();
            assert_eq!(arrived(), 5, "{what}");
            continue;
        }
        let error = open().call_timeout(ms(40)).build().unwrap().get_chat(7).unwrap_err();
        assert_eq!((arrived(), error.attempts()), (4, 0), "{what}: {error}");
        assert!(error.to_string().contains("callTimeoutMs (40 ms)"), "{error}");
        let wait = refused::<()>(Err(error));
        assert!(wait > ms(40) && wait <= s(10), "{what}: {wait:?}");
        clock.advance(s(10));
        open().build().unwrap().get_chat(7).unwrap_err();
        assert_eq!(arrived(), 5, "{what}");
    }
}

#[test]
fn what_is_known_of_a_quota_outlives_its_clients() {
    let sandbox = Arc::new(Sandbox::builder().quota(Operation::GetChat, 5).start().unwrap());
    let clock = SimulatedClock::with(&sandbox);
    let chat = new_chat(&sandbox);
    let once = || builder(&sandbox).clock(clock.clone()).build().unwrap().get_chat(chat);
    for _ in 0..5 {
        once().unwrap();
    }
    let wait = refused(once());
    assert_eq!(sandbox.traffic().hourly_refusals, 0);
    clock.advance(wait);
    once().unwrap();
    // The documented number, too, where the service tells nothing.
    let server = scripted(|_, _| ok());
    let clock = SimulatedClock::new();
    let once = || server.builder().clock(clock.clone()).build().unwrap().get_token_info();
    for _ in 0..100 {
        once().unwrap();
    }
    clock.advance(refused(once()));
    once().unwrap();
}

#[test]
fn what_another_clock_has_seen_is_not_taken_for_this_ones() {
    let server = scripted(|_, _| ok());
    let (one, other) = (SimulatedClock::new(), SimulatedClock::movable());
    one.advance(DAY);
    let client = server.builder().clock(one.clone()).build().unwrap();
    for _ in 0..100 {
        client.get_token_info().unwrap();
    }
    refused(client.get_token_info());
    server.builder().clock(other).build().unwrap().get_token_info().unwrap();
}

#[test]
fn the_service_is_the_same_whatever_it_is_called() {
    let crowd = Crowd::new();
    let server = crowded(&crowd, None);
    let port = server.address.port();
    let urls = ["127.0.0.1", "localhost", "LOCALHOST"].map(|host| format!("http://{host}:{port}"));
    let urls = urls.iter().flat_map(|url| [url.clone(), format!("{url}/"), format!("{url}/of/it")]);
    let clients: Vec<Client> =
        urls.map(|url| server.builder().base_url(url).build().unwrap()).collect();
    std::thread::scope(|scope| {
        for client in &clients {
            scope.spawn(|| all_at_once(client, 3));
        }
        // Each has a clock of its own, and all run alike.
        let own_clock = server.builder().clock(Arc::new(SystemClock::new())).build().unwrap();
        scope.spawn(move || all_at_once(&own_clock, 3));
        // What the key does without a business, the service may count for the business.
        let key = Client::builder().api_key("ACMA:x").base_url(server.url());
        let key = key.build().unwrap();
        scope.spawn(move || {
            for _ in 0..6 {
                key.get_campaigns(&CampaignsOptions::new()).unwrap();
            }
        });
        // Nor does another key make it another business.
        let other = server.builder().api_key("ACMA:y").build().unwrap();
        scope.spawn(move || all_at_once(&other, 3));
    });
    assert_eq!(crowd.most(), 4);
}

#[test]
fn the_longest_time_there_is_may_be_given() {
    let sandbox = Sandbox::builder().latency_ms(5).start().unwrap();
    let client = builder(&sandbox).build().unwrap();
    let chat = new_chat(&sandbox);
    let options = HistoryOptions::new().call_timeout(Duration::MAX);
    std::thread::scope(|scope| {
        for _ in 0..6 {
            scope.spawn(|| client.get_chat_history(chat, &options).unwrap());
        }
    });
    let faults = Fault::new(FaultKind::Status(503)).on(Operation::GetChatHistory);
    sandbox.add_fault(faults).unwrap();
    client.get_chat_history(chat, &options).unwrap();
}

#[test]
fn a_call_whose_time_is_over_names_its_limit() {
    let silent = serve(|mut stream, _| {
        let _ = read_request(&mut stream);
        let _ = std::io::Read::read(&mut stream, &mut [0]);
    });
    let failing = scripted(|_, _| ("503 Busy".into(), String::new(), String::new()));
    let busy = scripted(|_, _| ("503 Busy".into(), "Retry-After: 70\r\n".into(), String::new()));
    let limited = scripted(|_, _| limited("Retry-After: 70\r\n".into(), HOURLY));
    for (what, server) in
        [("silent", &silent), ("failing", &failing), ("busy", &busy), ("limited", &limited)]
    {
        let client = server.builder().call_timeout(ms(250)).max_attempts(100).build().unwrap();
        for _ in 0..2 {
            let error = client.get_chat(7).unwrap_err().to_string();
            assert!(error.contains("callTimeoutMs (250 ms)"), "{what}: {error}");
            assert!(!error.contains("attemptTimeoutMs"), "{what}: {error}");
        }
    }
    let client = silent.builder().attempt_timeout(ms(120)).max_attempts(1).build().unwrap();
    let error = client.get_chat(7).unwrap_err().to_string();
    assert!(error.contains("attemptTimeoutMs (120 ms)"), "{error}");
    assert!(!error.contains("callTimeoutMs"), "{error}");
    // Several attempts were enough: the call had time left.
    let client = failing.builder().max_attempts(2).build().unwrap();
    let error = client.get_chat(7).unwrap_err().to_string();
    assert!(!error.contains("callTimeoutMs"), "{error}");
}

/// Whatever waits, the call's time is its end.
#[test]
fn no_call_outlasts_its_time() {
    let silent = serve(|mut stream, _| {
        let _ = read_request(&mut stream);
        std::thread::sleep(s(3));
    });
    let drips = serve(|mut stream, _| {
        let _ = read_request(&mut stream);
        let _ = std::io::Write::write_all(
            &mut stream,
            b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n{",
        );
        while std::io::Write::write_all(&mut stream, b" ").is_ok() {
            std::thread::sleep(ms(5));
        }
    });
    let failing = serve(|mut stream, _| {
        let _ = read_request(&mut stream);
        let _ = answer(&mut stream, "503 Busy", "", "");
    });
    let refusing = serve(|mut stream, _| {
        let _ = read_request(&mut stream);
        let (_, _, body) = limited(String::new(), "Too many parallel requests");
        let _ = answer(&mut stream, "420 Enhance Your Calm", "", &body);
    });
    for (what, server) in
        [("silent", &silent), ("drips", &drips), ("failing", &failing), ("refusing", &refusing)]
    {
        let client = server.builder().call_timeout(ms(400)).max_attempts(100).build().unwrap();
        let start = Instant::now();
        let error = client.send_message(7, "Да").unwrap_err();
        assert!(start.elapsed() < ms(650), "{what}: {:?}", start.elapsed());
        let certain = what == "refusing";
        let expected = if certain { DeliveryStatus::NotSent } else { DeliveryStatus::Unknown };
        assert_eq!(error.outcome(), Some(expected), "{what}: {error}");
        let start = Instant::now();
        client.get_chat(7).unwrap_err();
        assert!(start.elapsed() < ms(650), "{what}: {:?}", start.elapsed());
    }
}
