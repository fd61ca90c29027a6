//! Time-outs are real: for the connection, for an attempt, for the whole call.

use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use socket2::{Domain, Socket, Type};
use ymchat::internal::TestSettings;
use ymchat::{
    ChatsOptions, Client, ClientBuilder, DeliveryStatus, Error, HistoryOptions, MessagesOptions,
    SendOptions, Status,
};

use crate::common::serve::{Server, reply};
use crate::common::{SimulatedClock, builder, failure};

const CHATS: &str = r#"{"status":"OK","result":{"chats":[],"paging":{"nextPageToken":"#;

const fn ms(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}

/// A server that takes requests and never answers.
fn silent() -> Server {
    Server::start(|mut peer| while peer.request().is_some() {})
}

/// The call does not end before this limit. That it ends no later either, the unit tests in
/// `src/call_time.rs` show to the nanosecond, by a clock that no busy machine can upset.
fn not_before<T>(limit: Duration, call: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let result = call();
    let took = start.elapsed();
    assert!(took >= limit, "{took:?} instead of {limit:?}");
    result
}

fn timeout<T: std::fmt::Debug>(result: Result<T, Error>) -> Error {
    let error = failure(result);
    assert_eq!((error.status(), error.is_retryable()), (Status::Timeout, true), "{error}");
    error
}

fn chats(client: &Client) -> Result<ymchat::ChatsResult, Error> {
    client.get_chats(&ChatsOptions::new())
}

#[test]
fn a_connection_that_is_not_taken_ends_with_its_own_time() {
    // A queue of one place, which is taken: the kernel leaves further clients without an answer.
    let listener = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    listener.bind(&SocketAddr::from((Ipv4Addr::LOCALHOST, 0)).into()).unwrap();
    listener.listen(0).unwrap();
    let address = listener.local_addr().unwrap().as_socket().unwrap();
    let mut waiting = Vec::new();
    while let Ok(stream) = TcpStream::connect_timeout(&address, ms(100)) {
        waiting.push(stream);
        assert!(waiting.len() < 100, "this system queues without limit");
    }
    let client = builder(format!("http://{address}"))
        .connect_timeout(ms(200))
        .max_attempts(1)
        .build()
        .unwrap();
    let error = not_before(ms(200), || timeout(chats(&client)));
    assert!(error.to_string().contains("connectTimeoutMs"), "{error}");
    let sent = not_before(ms(200), || timeout(client.send_message(5, "x")));
    assert_eq!(sent.outcome(), Some(DeliveryStatus::NotSent));
}

#[test]
fn the_time_for_the_connection_covers_tls_and_the_proxy() {
    let mute = Server::start(|mut peer| {
        let _ = std::io::copy(&mut peer.stream, &mut std::io::sink());
    });
    let port = mute.address.port();
    let base =
        || builder(format!("https://127.0.0.1:{port}")).connect_timeout(ms(200)).max_attempts(1);
    let clients = [
        base().build().unwrap(),
        base().proxy(format!("http://127.0.0.1:{port}").parse().unwrap()).build().unwrap(),
        base().proxy(format!("socks5://127.0.0.1:{port}").parse().unwrap()).build().unwrap(),
    ];
    for client in clients {
        let error = not_before(ms(200), || timeout(chats(&client)));
        assert!(error.to_string().contains("connectTimeoutMs"), "{error}");
    }
}

#[test]
fn a_refused_connection_is_no_time_out() {
    let gone = Server::answers([""]).address;
    let client = builder(format!("http://{gone}")).max_attempts(1).build().unwrap();
    let error = failure(chats(&client));
    assert_eq!((error.status(), error.is_retryable()), (Status::Network, true), "{error}");
    let sent = failure(client.send_message(5, "x"));
    assert_eq!((sent.status(), sent.outcome()), (Status::Network, Some(DeliveryStatus::NotSent)));
}

#[test]
fn a_host_without_an_address_is_named() {
    let client = builder("https://market.invalid").max_attempts(1).build().unwrap();
    let error = failure(chats(&client));
    assert_eq!((error.status(), error.attempts()), (Status::Network, 1), "{error}");
    assert!(error.to_string().contains("market.invalid"), "{error}");
}

#[test]
fn an_answer_that_does_not_come_ends_the_attempt() {
    let server = silent();
    let client = builder(server.url()).attempt_timeout(ms(200)).max_attempts(1).build().unwrap();
    let error = not_before(ms(200), || timeout(chats(&client)));
    assert!(error.to_string().contains("attemptTimeoutMs"), "{error}");
    assert_eq!((error.attempts(), error.http_status()), (1, None));
    assert_eq!(error.trace_id(), Some(server.requests()[0].trace_id()));
    let options = SendOptions::new().resolve(false);
    let sent = not_before(ms(200), || failure(client.send_message_with(5, "x", &options)));
    assert_eq!((sent.status(), sent.is_retryable()), (Status::OutcomeUnknown, false), "{sent}");
    assert_eq!(sent.known().unwrap().cause.as_deref(), Some("TIMEOUT"));
}

#[test]
fn an_attempt_that_timed_out_is_repeated_with_its_whole_time() {
    let server = silent();
    let clock = SimulatedClock::new();
    let client = builder(server.url())
        .attempt_timeout(ms(100))
        .max_attempts(3)
        .clock(clock)
        .build()
        .unwrap();
    let error = not_before(ms(300), || timeout(chats(&client)));
    assert_eq!(error.attempts(), 3);
    assert_eq!(server.requests().len(), 3);
}

#[test]
fn the_whole_call_ends_with_its_own_time() {
    let server = silent();
    let client = builder(server.url()).call_timeout(ms(200)).max_attempts(100).build().unwrap();
    not_before(ms(200), || timeout(chats(&client)));
    // With repeats and their pauses, too.
    let client = builder(server.url())
        .attempt_timeout(ms(40))
        .call_timeout(ms(300))
        .max_attempts(100)
        .build()
        .unwrap();
    let error = timeout(chats(&client));
    assert!(error.to_string().contains("callTimeoutMs (300 ms)"), "{error}");
    assert!(error.attempts() >= 1);
}

#[test]
fn the_limit_that_ended_a_call_is_named_with_its_value() {
    let base = |server: &Server| builder(server.url()).max_attempts(1);
    type Configure = fn(ClientBuilder) -> ClientBuilder;
    let table: [(Configure, &str); 4] = [
        (|b| b.attempt_timeout(ms(150)), "attemptTimeoutMs (150 ms)"),
        (|b| b.call_timeout(ms(160)), "callTimeoutMs (160 ms)"),
        (|b| b.attempt_timeout(ms(400)).call_timeout(ms(170)), "callTimeoutMs (170 ms)"),
        (|b| b.attempt_timeout(ms(180)).call_timeout(ms(400)), "attemptTimeoutMs (180 ms)"),
    ];
    for (configure, named) in table {
        // A service of its own each time: what it may be at work on keeps its places.
        let server = silent();
        let error = timeout(chats(&configure(base(&server)).build().unwrap()));
        assert!(error.to_string().contains(named), "{named}: {error}");
    }
    let server = silent();
    let client = base(&server).build().unwrap();
    let error = timeout(client.get_chats(&ChatsOptions::new().call_timeout(ms(150))));
    assert!(error.to_string().contains("callTimeoutMs (150 ms)"), "{error}");
    // The connection's own time, and that of the call where it is shorter.
    let mute = format!("https://127.0.0.1:{}", server.address.port());
    for (connect, call, named) in
        [(150, 9_000, "connectTimeoutMs (150 ms)"), (9_000, 150, "callTimeoutMs (150 ms)")]
    {
        let builder = builder(&mute).connect_timeout(ms(connect)).call_timeout(ms(call));
        let error = timeout(chats(&builder.max_attempts(1).build().unwrap()));
        assert!(error.to_string().contains(named), "{named}: {error}");
    }
}

#[test]
fn no_call_timeout_is_too_long() {
    let server = Server::answers([reply(200, format!("{CHATS}null}}}}}}"))]);
    let client = builder(server.url()).build().unwrap();
    for timeout in [Duration::MAX, Duration::MAX / 2, Duration::from_secs(1 << 40)] {
        client.get_chats(&ChatsOptions::new().call_timeout(timeout)).unwrap();
        client.get_all_chats(&ChatsOptions::new().call_timeout(timeout)).unwrap();
    }
}

#[test]
fn a_call_takes_its_own_time_instead_of_the_clients() {
    let server = silent();
    let client = builder(server.url()).max_attempts(1).build().unwrap();
    let (chats, history) =
        (ChatsOptions::new().call_timeout(ms(150)), HistoryOptions::new().call_timeout(ms(150)));
    let since = MessagesOptions::new().call_timeout(ms(150));
    not_before(ms(150), || timeout(client.get_chats(&chats)));
    not_before(ms(150), || timeout(client.get_chat_history(5, &history)));
    not_before(ms(150), || timeout(client.get_all_chats(&chats)));
    not_before(ms(150), || timeout(client.get_messages_since(5, 0, &since)));
}

#[test]
fn all_pages_together_are_one_call() {
    let server = Server::start(|mut peer| {
        if let Some(request) = peer.request() {
            std::thread::sleep(ms(10));
            let next = request.trace_id();
            let _ = peer.send(&reply(200, format!("{CHATS}\"{next}\"}}}}}}")));
        }
    });
    let client = builder(server.url()).call_timeout(ms(400)).max_attempts(1).build().unwrap();
    not_before(ms(400), || timeout(client.get_all_chats(&ChatsOptions::new())));
    assert!(server.requests().len() >= 2, "{}", server.requests().len());
}

#[test]
fn a_wait_that_would_outlast_the_call_is_told_at_once() {
    let answer = |status, headers: &[&str]| {
        let mut headers = headers.to_vec();
        headers.push("connection: close");
        crate::common::serve::reply_with(status, &headers, "")
    };
    let server = Server::answers([answer(503, &["retry-after: 3600"])]);
    let clock = SimulatedClock::new();
    let client = builder(server.url()).clock(clock.clone()).build().unwrap();
    let error = failure(chats(&client));
    assert_eq!((error.status(), error.attempts()), (Status::Server, 1), "{error}");
    assert_eq!(error.retry_after(), Some(Duration::from_secs(3600)));
    let server = Server::answers([answer(420, &["retry-after: 3600"])]);
    let client = builder(server.url()).clock(clock.clone()).build().unwrap();
    for attempts in [1, 0] {
        // The second time it is known, and nothing is sent.
        let error = failure(chats(&client));
        assert_eq!((error.status(), error.attempts()), (Status::RateLimited, attempts), "{error}");
        let wait = error.retry_after().unwrap().as_secs();
        assert!((3598..=3601).contains(&wait), "{wait}");
    }
    assert_eq!(server.requests().len(), 1);
    assert_eq!(clock.moved(), Duration::ZERO);
}

#[test]
fn a_cancelled_call_ends_soon_and_says_what_is_known() {
    let server = silent();
    let client = builder(server.url()).build().unwrap();
    let handle = client.cancel_handle();
    std::thread::scope(|scope| {
        let read = scope.spawn(|| (failure(chats(&client)), Instant::now()));
        let send = scope.spawn(|| (failure(client.send_message(5, "x")), Instant::now()));
        while server.requests().len() < 2 {
            std::thread::sleep(ms(2));
        }
        let cancelled = Instant::now();
        handle.cancel();
        let (read, ended) = read.join().unwrap();
        assert_eq!((read.status(), read.outcome()), (Status::Cancelled, None), "{read}");
        assert!(ended - cancelled < ms(300), "{:?}", ended - cancelled);
        let (send, ended) = send.join().unwrap();
        let open = (Status::OutcomeUnknown, Some(DeliveryStatus::Unknown));
        assert_eq!((send.status(), send.outcome()), open, "{send}");
        assert_eq!(send.known().unwrap().cause.as_deref(), Some("CANCELLED"));
        assert!(!send.is_retryable());
        assert!(ended - cancelled < ms(300), "{:?}", ended - cancelled);
    });
}
