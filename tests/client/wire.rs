//! Answers that are too long, spoiled, endless or elsewhere.

use std::io::{Read, Write};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use flate2::{Compression, write::GzEncoder};
use rustls::{ServerConnection, StreamOwned};
use ymchat::internal::TestSettings;
use ymchat::{Action, Client, DeliveryStatus, Error, SendOptions, Status};
use ymchat_sandbox::{Fault, FaultKind, Operation, Sandbox};

use crate::calls::{CALLS, Kind};
use crate::common::serve::{Peer, Server, kept, reply, reply_with};
use crate::common::tls::{Authority, TlsServer};
use crate::common::{SimulatedClock, builder, failure, from_parent, run_child};

const CHAT: &str = r#"{"status":"OK","result":{"chatId":5}}"#;

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn zipped(status: u16, body: &[u8]) -> Vec<u8> {
    reply_with(status, &["content-encoding: gzip", "connection: close"], gzip(body))
}

fn zipped_as(coding: &str, body: &[u8]) -> Vec<u8> {
    let coding = format!("Content-Encoding: {coding}");
    reply_with(200, &[&coding, "connection: close"], gzip(body))
}

/// An answer without a length: its end is the connection's end.
fn until_the_end(body: &[u8]) -> Vec<u8> {
    [b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n", body].concat()
}

fn chunked(body: &[u8]) -> Vec<u8> {
    let mut bytes =
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n".to_vec();
    for chunk in body.chunks(1000) {
        bytes.extend_from_slice(format!("{:x}\r\n", chunk.len()).as_bytes());
        bytes.extend_from_slice(chunk);
        bytes.extend_from_slice(b"\r\n");
    }
    bytes.extend_from_slice(b"0\r\n\r\n");
    bytes
}

/// The answer to one attempt of a read.
fn once(answer: impl Into<Vec<u8>>) -> Result<ymchat::Chat, Error> {
    let server = Server::answers([answer.into()]);
    small(&server).get_chat(5)
}

fn small(server: &Server) -> Client {
    builder(server.url()).max_attempts(1).max_response_bytes(10_000).build().unwrap()
}

/// A chat whose answer is this long.
fn padded(length: usize) -> Vec<u8> {
    let mut body = CHAT.as_bytes().to_vec();
    body.resize(length, b' ');
    body
}

#[test]
fn an_answer_may_be_compressed_chunked_or_end_with_its_connection() {
    for answer in [
        zipped(200, CHAT.as_bytes()),
        zipped_as("GZIP", CHAT.as_bytes()),
        zipped_as("x-gzip", CHAT.as_bytes()),
        zipped_as("X-GZip", CHAT.as_bytes()),
        chunked(CHAT.as_bytes()),
        until_the_end(CHAT.as_bytes()),
        kept(200, CHAT),
        reply_with(200, &["Content-Type: text/plain; charset=windows-1251"], CHAT),
        format!("HTTP/1.1 200\r\nContent-Length:{}\r\n\r\n{CHAT}", CHAT.len()).into_bytes(),
    ] {
        let shown = String::from_utf8_lossy(&answer[..60]).into_owned();
        assert_eq!(once(answer).expect(&shown).chat_id, 5);
    }
    let error = failure(once(zipped(404, br#"{"errors":[{"code":"NOT_FOUND"}]}"#)));
    assert_eq!((error.status(), error.errors()[0].code.as_str()), (Status::NotFound, "NOT_FOUND"));
}

#[test]
fn a_compressed_answer_from_the_sandbox_is_read_like_any_other() {
    let sandbox = Sandbox::builder().switch(|switches| switches.gzip = true).start().unwrap();
    let client = Client::builder()
        .api_key(sandbox.api_key())
        .business_id(sandbox.business_id())
        .base_url(sandbox.base_url())
        .build()
        .unwrap();
    let chats = client.get_all_chats(&Default::default()).unwrap();
    assert_eq!(chats.len(), sandbox.record().chats.len());
    assert_eq!(failure(client.get_chat(1)).errors().len(), 1);
}

/// Every way in which a body can come.
type Frame = fn(&[u8]) -> Vec<u8>;
const FRAMES: [Frame; 4] =
    [|body| reply(200, body), |body| zipped(200, body), until_the_end, chunked];

#[test]
fn an_answer_that_is_as_long_as_allowed_is_taken() {
    for frame in FRAMES {
        let answer = frame(&padded(10_000));
        let shown = String::from_utf8_lossy(&answer[..80.min(answer.len())]).into_owned();
        assert_eq!(once(answer).expect(&shown).chat_id, 5);
    }
}

#[test]
fn an_answer_that_is_longer_than_allowed_is_refused_however_it_comes() {
    for frame in FRAMES {
        for length in [10_001, 300_000] {
            let error = failure(once(frame(&padded(length))));
            assert_eq!(
                (error.status(), error.is_retryable()),
                (Status::Protocol, false),
                "{error}"
            );
            assert_eq!(error.action(), Action::FixRequest);
            assert!(error.to_string().contains("maxResponseBytes"), "{error}");
        }
    }
}

#[test]
fn a_length_that_is_announced_beyond_the_limit_is_not_waited_for() {
    let server = Server::start(|mut peer| {
        peer.request();
        let _ = peer.send(b"HTTP/1.1 200 OK\r\ncontent-length: 99999999999999\r\n\r\n{");
        // Nothing more comes until the client goes.
        peer.request();
    });
    let start = Instant::now();
    let error = failure(small(&server).get_chat(5));
    assert_eq!(error.status(), Status::Protocol, "{error}");
    assert!(start.elapsed() < Duration::from_secs(5));
    assert_eq!(server.requests().len(), 1, "and it is not repeated");
}

#[test]
fn a_send_whose_answer_is_too_long_may_have_arrived() {
    let server = Server::answers([reply(200, padded(20_000))]);
    let error =
        failure(small(&server).send_message_with(5, "x", &SendOptions::new().resolve(false)));
    assert_eq!(error.status(), Status::OutcomeUnknown, "{error}");
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn an_endless_answer_ends_at_the_limit_compressed_or_not() {
    let endless = Server::start(|mut peer| {
        peer.request();
        let _ = peer.send(b"HTTP/1.1 200 OK\r\n\r\n");
        while peer.send(&[b' '; 10_000]).is_ok() {}
    });
    assert_eq!(failure(small(&endless).get_chat(5)).status(), Status::Protocol);
    let sandbox = Sandbox::start().unwrap();
    for kind in [FaultKind::EndlessBody, FaultKind::GzipBomb(64)] {
        sandbox.add_fault(Fault::new(kind.clone()).on(Operation::GetChats)).unwrap();
        let client = Client::builder()
            .api_key(sandbox.api_key())
            .business_id(sandbox.business_id())
            .base_url(sandbox.base_url())
            .max_response_bytes(100_000)
            .build()
            .unwrap();
        let error = failure(client.get_chats(&Default::default()));
        assert_eq!((error.status(), error.attempts()), (Status::Protocol, 1), "{kind:?} {error}");
        assert!(error.to_string().contains("maxResponseBytes"), "{error}");
    }
}

#[test]
#[cfg(target_os = "linux")]
fn a_gzip_bomb_takes_no_memory() {
    // 48 MB of spaces, in 50 KB.
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    for _ in 0..48 {
        encoder.write_all(&[b' '; 1 << 20]).unwrap();
    }
    let headers = ["content-encoding: gzip", "connection: close"];
    let server = Server::answers([reply_with(200, &headers, encoder.finish().unwrap())]);
    run_child("wire::child_that_opens_a_bomb", &[("YMCHAT_TEST_URL", &server.url())]);
    assert_eq!(server.requests().len(), 1);
}

#[test]
#[ignore = "run by a_gzip_bomb_takes_no_memory"]
fn child_that_opens_a_bomb() {
    let most = || -> u64 {
        let status = std::fs::read_to_string("/proc/self/status").unwrap();
        let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse().unwrap()
    };
    let client =
        builder(from_parent("YMCHAT_TEST_URL")).max_response_bytes(1 << 20).build().unwrap();
    let before = most();
    let error = failure(client.get_chat(5));
    assert_eq!(error.status(), Status::Protocol, "{error}");
    let grown = most() - before;
    assert!(grown < 16 * 1024, "{grown} KiB for an answer of at most 1024");
}

#[test]
fn what_is_not_compressed_as_it_says_is_a_protocol_error() {
    let whole = gzip(&padded(5000));
    let headers = ["content-encoding: gzip", "connection: close"];
    let mut spoiled = whole.clone();
    let middle = spoiled.len() / 2;
    spoiled[middle] ^= 0x55;
    spoiled[middle + 1] ^= 0x55;
    for body in [CHAT.as_bytes(), &spoiled] {
        let error = failure(once(reply_with(200, &headers, body)));
        assert_eq!(error.status(), Status::Protocol, "{error}");
    }
}

#[test]
fn an_answer_that_breaks_off_is_repeated_for_a_read_and_told_for_a_send() {
    for cut in [
        reply(200, CHAT)[..90].to_vec(),
        chunked(CHAT.as_bytes())[..110].to_vec(),
        zipped(200, CHAT.as_bytes())[..100].to_vec(),
        b"HTTP/1.1 200 OK\r\ncontent-le".to_vec(),
        b"".to_vec(),
    ] {
        let first = cut.clone();
        let server = Server::start(move |mut peer| {
            peer.request();
            let _ = if peer.number == 0 { peer.send(&first) } else { peer.send(&reply(200, CHAT)) };
        });
        let client = builder(server.url()).clock(SimulatedClock::new()).build().unwrap();
        assert_eq!(client.get_chat(5).unwrap().chat_id, 5);
        assert_eq!(server.requests().len(), 2);
        let server = Server::start(move |mut peer| {
            peer.request();
            let _ = peer.send(&cut);
        });
        let error = failure(small(&server).get_chat(5));
        assert_eq!((error.status(), error.is_retryable()), (Status::Network, true), "{error}");
        let options = SendOptions::new().resolve(false);
        let error = failure(small(&server).send_message_with(5, "x", &options));
        assert_eq!(error.status(), Status::OutcomeUnknown, "{error}");
        assert_eq!(error.known().unwrap().cause.as_deref(), Some("NETWORK"), "{error}");
        assert_eq!(server.requests().len(), 2);
    }
}

#[test]
fn no_redirect_is_followed() {
    let elsewhere = Server::answers([reply(200, CHAT)]);
    for status in [300, 301, 302, 303, 304, 307, 308] {
        for call in &CALLS {
            let location = format!("location: {}/v2/x", elsewhere.url());
            let answer = reply_with(status, &[&location, "connection: close"], "");
            let server = Server::answers([answer]);
            let client = builder(server.url()).build().unwrap();
            let error = (call.make)(&client).unwrap_err();
            // A 303 is the usual answer to a form that was processed.
            let (expected, outcome) = match call.kind {
                Kind::Send => (Status::OutcomeUnknown, Some(DeliveryStatus::Unknown)),
                _ => (Status::Protocol, None),
            };
            assert_eq!(error.status(), expected, "{status} {}: {error}", call.name);
            assert_eq!(error.http_status(), Some(status));
            assert!(error.to_string().contains("redirect"), "{error}");
            assert!(!error.to_string().contains("/v2/x"), "{error}");
            assert_eq!((error.is_retryable(), error.attempts()), (false, 1), "{error}");
            assert_eq!(error.outcome(), outcome, "{status} {}", call.name);
            assert_eq!(server.requests().len(), 1);
        }
    }
    assert_eq!(elsewhere.connections(), 0, "the other host never sees anything");
}

#[test]
fn what_is_no_http_is_a_protocol_error() {
    let long = format!("HTTP/1.1 200 OK\r\nx: {}\r\n\r\n", "x".repeat(70 * 1024));
    let many = format!("HTTP/1.1 200 OK\r\n{}\r\n", "a: b\r\n".repeat(20_000));
    for garbage in [
        &b"SSH-2.0-OpenSSH_9.6\r\n\r\n"[..],
        b"\x00\x01\x02\x03\r\n\r\n",
        b"HTTP/1.1 abc OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: minus one\r\n\r\n",
        long.as_bytes(),
        many.as_bytes(),
    ] {
        let server = Server::answers([[garbage, b"connection: close"].concat()]);
        let error = failure(small(&server).get_chat(5));
        let shown = String::from_utf8_lossy(&garbage[..garbage.len().min(50)]);
        assert_eq!(error.status(), Status::Protocol, "{shown}: {error}");
        assert_eq!((error.is_retryable(), error.http_status()), (false, None), "{shown}");
        let options = SendOptions::new().resolve(false);
        let error = failure(small(&server).send_message_with(5, "x", &options));
        assert_eq!(error.status(), Status::OutcomeUnknown, "{shown}: {error}");
    }
}

#[test]
fn headers_as_long_as_they_come_in_practice_are_read() {
    let cookie = format!("set-cookie: {}", "x".repeat(20 * 1024));
    let answer = reply_with(200, &[&cookie, "connection: close"], CHAT);
    assert_eq!(once(answer).unwrap().chat_id, 5);
}

#[test]
fn an_answer_that_comes_before_the_request_is_through_is_read() {
    // A server that refuses an upload by its header, and closes.
    let server = Server::start(|mut peer| {
        let mut bytes = [0; 1024];
        let _ = peer.stream.read(&mut bytes);
        let _ = peer.send(&reply(413, r#"{"errors":[{"code":"PAYLOAD_TOO_LARGE"}]}"#));
        // Reads on for a moment: an end with bytes unread would take the answer along.
        let mut rest = Vec::new();
        let _ = peer.stream.read_to_end(&mut rest);
    });
    let data = vec![7; 5 << 20];
    let client = builder(server.url()).build().unwrap();
    let error = failure(client.send_file(5, "a.bin", &data));
    assert_eq!((error.status(), error.http_status()), (Status::BadRequest, Some(413)), "{error}");
    assert_eq!(error.outcome(), Some(DeliveryStatus::NotSent));
}

#[test]
fn a_server_that_stops_reading_an_upload_did_not_get_it() {
    let server = Server::start(|mut peer| {
        let mut bytes = [0; 1024];
        let _ = peer.stream.read(&mut bytes);
        // The end with bytes unread resets the connection.
    });
    let data = vec![7; 5 << 20];
    let client = builder(server.url()).max_attempts(1).build().unwrap();
    let error = failure(client.send_file(5, "a.bin", &data));
    assert_eq!((error.status(), error.is_retryable()), (Status::Network, true), "{error}");
    assert_eq!(error.outcome(), Some(DeliveryStatus::NotSent), "{error}");
}

/// Serves one request, and then waits for the client to close the connection.
fn serve_to_the_end<S: Read + Write>(mut peer: Peer<S>) {
    if peer.request().is_some() && peer.send(&reply(200, CHAT)).is_ok() {
        assert!(peer.request().is_none(), "no second request after an answer that says close");
    }
}

#[test]
fn a_server_that_takes_one_connection_after_the_other_is_not_kept_waiting() {
    let authority = Authority::new();
    let (file, config) = (authority.file(), Arc::new(authority.server("localhost", 2090)));
    let (turn, tls_turn) = (Mutex::new(()), Mutex::new(()));
    let plain = Server::start(move |peer| {
        let _turn = turn.lock();
        serve_to_the_end(peer);
    });
    let tls = Server::start(move |mut peer| {
        let _turn = tls_turn.lock();
        let mut session = ServerConnection::new(Arc::clone(&config)).unwrap();
        while session.is_handshaking() {
            session.complete_io(&mut peer.stream).unwrap();
        }
        serve_to_the_end(peer.over(|stream| StreamOwned::new(session, stream)));
    });
    let tls_url = format!("https://localhost:{}", tls.address.port());
    for (server, url) in [(&plain, plain.url()), (&tls, tls_url)] {
        let client = builder(url).max_attempts(1).ca_file(&file.0).build().unwrap();
        for _ in 0..3 {
            assert_eq!(client.get_chat(5).unwrap().chat_id, 5);
        }
        assert_eq!(server.connections(), 3);
    }
}

/// Sends the bytes one by one, with a pause between them, until the client has gone.
fn drip(peer: &mut impl Write, bytes: impl Iterator<Item = u8>) {
    for byte in bytes {
        if peer.write_all(&[byte]).and_then(|()| peer.flush()).is_err() {
            return;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// The attempt ends by its time, and says so. What drips would never end by itself.
fn times_out(client: &Client, milliseconds: u64) -> Error {
    let start = Instant::now();
    let error = failure(client.get_chat(5));
    let took = start.elapsed();
    assert_eq!((error.status(), error.is_retryable()), (Status::Timeout, true), "{error}");
    let limit = Duration::from_millis(milliseconds);
    assert!(took >= limit, "{took:?}: {error}");
    assert!(error.to_string().contains(&format!("({milliseconds} ms)")), "{error}");
    error
}

#[test]
fn an_answer_that_drips_for_ever_ends_with_the_attempt() {
    for head in ["HTTP/1.1 200 OK\r\nx: ", "HTTP/1.1 200 OK\r\ncontent-length: 9999\r\n\r\n"] {
        let server = Server::start(move |mut peer| {
            peer.request();
            let _ = peer.send(head.as_bytes());
            drip(&mut peer.stream, std::iter::repeat(b' '));
        });
        let attempt = Duration::from_millis(250);
        let client =
            builder(server.url()).max_attempts(1).attempt_timeout(attempt).build().unwrap();
        times_out(&client, 250);
    }
}

#[test]
fn a_tls_record_that_drips_for_ever_ends_with_the_attempt() {
    let authority = Authority::new();
    let file = authority.file();
    let server = TlsServer::start(authority.server("localhost", 2090), |mut peer| {
        peer.request();
        // A record of 16 KiB is announced, of which never a whole one comes.
        let record = [23, 3, 3, 0x40, 0].into_iter().chain(std::iter::repeat_n(7, 16_000));
        drip(&mut peer.stream.sock, record);
    });
    let client = builder(server.url("localhost"))
        .ca_file(&file.0)
        .max_attempts(1)
        .attempt_timeout(Duration::from_millis(250))
        .build()
        .unwrap();
    times_out(&client, 250);
}

#[test]
fn a_proxys_answer_that_drips_for_ever_ends_with_the_time_for_the_connection() {
    let proxy = Server::start(|mut peer| {
        peer.request();
        let answer = b"HTTP/1.1 200 OK\r\nx: ".iter().copied();
        drip(&mut peer.stream, answer.chain(std::iter::repeat(b'x')));
    });
    let client = builder("http://127.0.0.1:9")
        .proxy(proxy.url().parse().unwrap())
        .max_attempts(1)
        .connect_timeout(Duration::from_millis(250))
        .build()
        .unwrap();
    let error = times_out(&client, 250);
    assert!(error.to_string().contains("connectTimeoutMs"), "{error}");
}

#[test]
fn a_server_that_reads_a_byte_now_and_then_ends_with_the_attempt() {
    let server = Server::start(|mut peer| {
        socket2::SockRef::from(&peer.stream).set_recv_buffer_size(4096).unwrap();
        let mut bytes = [0; 2000];
        while peer.stream.read(&mut bytes).is_ok_and(|count| count > 0) {
            std::thread::sleep(Duration::from_millis(5));
        }
    });
    let client = builder(server.url())
        .max_attempts(1)
        .attempt_timeout(Duration::from_millis(250))
        .build()
        .unwrap();
    let data = vec![7; 5 << 20];
    let error = failure(client.send_file(5, "a.bin", &data));
    assert_eq!(error.status(), Status::Timeout, "{error}");
    assert_eq!(error.outcome(), Some(DeliveryStatus::NotSent), "its end was never sent");
    assert!(error.to_string().contains("attemptTimeoutMs (250 ms)"), "{error}");
}
