//! Servers that never stop: the client gives up soon, and takes no more memory than it may.

use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use flate2::{Compression, write::GzEncoder};
use ymchat::internal::TestSettings;
use ymchat::{Client, HistoryOptions, SendOptions, Status};

use crate::common::serve::{Server, reply};
use crate::common::{SimulatedClock, builder, failure, from_parent, peak_memory, run_child};

const MAX_RESPONSE: usize = 1 << 20;
/// Besides the answer itself.
const MAX_OVERHEAD: usize = 1 << 20;
/// What the kernel's buffers hold of what a client never takes, with a great deal of room.
const MAX_SENT: usize = 64 << 20;

const CHUNKED: &str = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";

/// What comes once, and what comes again and again.
fn answers() -> Vec<(&'static str, Vec<u8>, Vec<u8>)> {
    let chunked = |start: &str| [CHUNKED, start].concat().into_bytes();
    let head = |lines: &str| format!("HTTP/1.1 200 OK\r\n{lines}\r\n").into_bytes();
    let many = |part: &[u8]| part.repeat(16 * 1024 / part.len());
    vec![
        ("a status line", b"HTTP/1.1 200 O".to_vec(), many(b"K")),
        ("a header's value", b"HTTP/1.1 200 OK\r\nx: ".to_vec(), many(b"x")),
        ("headers", b"HTTP/1.1 200 OK\r\n".to_vec(), many(b"x: y\r\n")),
        ("100 Continue", Vec::new(), many(b"HTTP/1.1 100 Continue\r\n\r\n")),
        ("103 Early Hints", Vec::new(), many(b"HTTP/1.1 103 Hints\r\nx: y\r\n\r\n")),
        ("a chunk's length", chunked(""), many(b"0")),
        ("a chunk's extension", chunked("5;x="), many(b"x")),
        ("a chunk without its end", chunked("1\r\n"), many(b"x")),
        ("a trailer's value", chunked("0\r\nx: "), many(b"x")),
        ("trailers", chunked("0\r\n"), many(b"x: y\r\n")),
        ("a chunk", chunked("7fffffff\r\n"), many(b" ")),
        ("chunks of one byte", chunked(""), many(b"1\r\n \r\n")),
        ("a body without a length", head(""), many(b" ")),
        ("a bomb", head("content-encoding: gzip\r\n"), gzip(&vec![b' '; 64 << 20])),
        ("empty compressed parts", head("content-encoding: gzip\r\n"), many(&gzip(b""))),
    ]
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// Sends the end of an answer until the client has gone, and counts its bytes.
fn endless(start: Vec<u8>, rest: Vec<u8>) -> (Server, Arc<AtomicUsize>) {
    let sent = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&sent);
    let server = Server::start(move |mut peer| {
        peer.request();
        if peer.send(&start).is_err() {
            return;
        }
        while peer.send(&rest).is_ok() {
            if count.fetch_add(rest.len(), Ordering::SeqCst) > MAX_SENT {
                return;
            }
        }
    });
    (server, sent)
}

/// The time-outs are not what ends these calls, however busy the machine is.
fn client(url: &str) -> Client {
    builder(url)
        .max_attempts(1)
        .max_response_bytes(MAX_RESPONSE as u64)
        .attempt_timeout(Duration::from_secs(200))
        .call_timeout(Duration::from_secs(200))
        .build()
        .unwrap()
}

#[test]
fn an_answer_without_an_end_is_given_up_soon() {
    for (what, start, rest) in answers() {
        let (server, sent) = endless(start, rest);
        let client = client(&server.url());
        let error = failure(client.get_chat(5));
        assert_eq!(error.status(), Status::Protocol, "{what}: {error}");
        assert_eq!(server.requests().len(), 1, "{what}");
        drop(client);
        let sent = sent.load(Ordering::SeqCst);
        assert!(sent < MAX_SENT, "{what}: {sent} bytes");
    }
}

/// A page of the shop's messages, and always another one behind it.
fn page_of_shop(number: usize) -> String {
    let text = "x".repeat(40_000);
    let messages: Vec<String> = (0..100)
        .map(|n| {
            format!(
                r#"{{"messageId":{},"createdAt":"2026-01-01T00:00:00Z","sender":"PARTNER","message":"{text}"}}"#,
                1_000 + 100 * number + n
            )
        })
        .collect();
    let messages = messages.join(",");
    format!(
        r#"{{"status":"OK","result":{{"messages":[{messages}],"paging":{{"nextPageToken":"{number}"}}}}}}"#
    )
}

#[test]
fn a_history_without_an_end_is_not_searched_for_ever() {
    /// With room: each of two looks at 16 MiB takes five.
    const MANY: usize = 30;
    let pages = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&pages);
    let server = Server::start(move |mut peer| {
        let Some(request) = peer.request() else { return };
        if request.target().contains("/chats/message?") {
            // The answer to the send is lost.
            return;
        }
        let known = r#"{"status":"OK","result":{"messages":[{"messageId":1,"sender":"CUSTOMER","createdAt":"2026-01-01T00:00:00Z","message":"x"}]}}"#;
        let answer = match count.fetch_add(1, Ordering::SeqCst) {
            0 => reply(200, known),
            number if number < MANY => reply(200, page_of_shop(number)),
            _ => return,
        };
        let _ = peer.send(&answer);
    });
    let client = builder(server.url()).clock(SimulatedClock::new()).build().unwrap();
    client.get_chat_history(5, &HistoryOptions::new()).unwrap();
    let error = failure(client.send_message_with(5, "Да", &SendOptions::new().resend(false)));
    assert_eq!(error.status(), Status::OutcomeUnknown, "{error}");
    assert!(!error.known().unwrap().searched, "nothing is claimed of what was not read");
    let read = pages.load(Ordering::SeqCst);
    assert!(read < MANY, "{read} pages");
}

#[test]
#[cfg(target_os = "linux")]
fn an_answer_without_an_end_takes_no_more_memory_than_it_may() {
    let servers: Vec<_> = answers().into_iter().map(|(_, s, rest)| endless(s, rest).0).collect();
    let small = Server::answers([reply(200, r#"{"status":"OK","result":{"chatId":5}}"#)]);
    // A number takes two bytes as text, and thirty as a part of a tree.
    let error =
        format!(r#"{{"errors":[{{"code":"X"}}],"x":[{}1]}}"#, "1,".repeat(MAX_RESPONSE / 2 - 50));
    let error = Server::answers([reply(500, error)]);
    let urls: Vec<_> =
        [small.url(), error.url()].into_iter().chain(servers.iter().map(Server::url)).collect();
    // What a log takes is not the library's memory.
    let environment = [("YMCHAT_TEST_URLS", urls.join(" ")), ("YMCHAT_TEST_LOG", "0".to_owned())];
    let environment = environment.each_ref().map(|(name, value)| (*name, value.as_str()));
    let text = run_child("endless::child_that_measures", &environment);
    assert!(text.contains("1 passed"));
}

#[test]
#[cfg(target_os = "linux")]
#[ignore = "run by an_answer_without_an_end_takes_no_more_memory_than_it_may"]
fn child_that_measures() {
    let urls = from_parent("YMCHAT_TEST_URLS");
    let mut urls = urls.split(' ');
    // What the first call needs once and for all does not count.
    client(urls.next().unwrap()).get_chat(5).unwrap();
    let endless = answers().into_iter().map(|(what, ..)| (what, Status::Protocol));
    let all = [("an error with a large list", Status::Server)].into_iter().chain(endless);
    for ((what, status), url) in all.zip(urls) {
        let client = client(url);
        peak_memory();
        let before = peak_memory();
        let error = failure(client.get_chat(5));
        assert_eq!(error.status(), status, "{what}: {error}");
        let grown = peak_memory().saturating_sub(before);
        assert!(grown <= MAX_RESPONSE + MAX_OVERHEAD, "{what}: {grown} bytes");
    }
}
