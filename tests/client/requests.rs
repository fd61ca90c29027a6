//! Requests as they arrive, byte by byte: headers, long tokens, files, connections.

use ymchat::internal::TestSettings;
use ymchat::{CampaignsOptions, ChatsOptions, Client, HistoryOptions, Status};

use crate::calls::{CALLS, Kind};
use crate::common::serve::{Received, Server, kept, reply};
use crate::common::{API_KEY, OAUTH_TOKEN, SimulatedClock, builder, failure};

/// Has a client make one request, and gives it as it arrived.
fn arrived(answer: &str, make: impl FnOnce(&Client)) -> Received {
    let server = Server::answers([reply(200, answer)]);
    make(&builder(server.url()).build().unwrap());
    let requests = server.requests();
    assert_eq!(requests.len(), 1);
    requests[0].clone()
}

const CHATS: &str = r#"{"status":"OK","result":{"chats":[]}}"#;
const MESSAGES: &str = r#"{"status":"OK","result":{"messages":[]}}"#;
const OK: &str = r#"{"status":"OK"}"#;

#[test]
fn the_history_carries_any_token_unharmed() {
    let token = " !\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~é я 😀\u{1}\n%41+";
    let options = HistoryOptions::new().limit(100).page_token(token).message_id_from(7);
    let request = arrived(MESSAGES, |client| drop(client.get_chat_history(5, &options).unwrap()));
    let (path, encoded) = request.target().split_once("&pageToken=").unwrap();
    assert_eq!(path, "POST /v2/businesses/77/chats/history?chatId=5&limit=100");
    assert!(encoded.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~%".contains(&b)));
    let decoded = percent_encoding::percent_decode_str(encoded).decode_utf8().unwrap();
    assert_eq!(decoded, token);
}

#[test]
fn a_long_page_token_arrives_whole_up_to_its_bound() {
    // In the percent-encoded form, in which a letter that is not ASCII is six bytes.
    for token in ["x".repeat(8_000), "y".repeat(17_000), "z".repeat(60_000), "я".repeat(10_000)] {
        let server = Server::answers([kept(200, MESSAGES)]);
        let client = builder(server.url()).max_attempts(1).build().unwrap();
        let options = HistoryOptions::new().page_token(&token).message_id_from(7);
        client.get_chat_history(5, &options).unwrap();
        client.get_chats(&ChatsOptions::new().page_token(&token)).unwrap_err();
        let requests = server.requests();
        for request in &requests {
            let sent = request.target().rsplit_once("pageToken=").unwrap().1;
            let sent = percent_encoding::percent_decode_str(sent).decode_utf8().unwrap();
            assert!(sent == token, "{} of {} bytes", sent.len(), token.len());
        }
        assert_eq!(requests[0].body, br#"{"messageIdFrom":7}"#);
        assert_eq!((requests.len(), requests[0].header("api-key")), (2, Some(API_KEY)));
    }
    let server = Server::answers([kept(200, MESSAGES)]);
    let client = builder(server.url()).build().unwrap();
    for token in ["x".repeat(60_001), "я".repeat(10_001), "x".repeat(1_000_000)] {
        let history = HistoryOptions::new().page_token(&token);
        let chats = ChatsOptions::new().page_token(&token);
        let campaigns = CampaignsOptions::new().page_token(&token);
        for error in [
            failure(client.get_chat_history(5, &history)),
            failure(client.get_chats(&chats)),
            failure(client.get_campaigns(&campaigns)),
        ] {
            assert_eq!(error.status(), Status::InvalidArgument);
            assert!(error.to_string().contains("pageToken"), "{error}");
            assert!(error.to_string().contains("60000"), "{error}");
        }
    }
    assert_eq!(server.requests().len(), 0);
}

#[test]
fn a_file_arrives_as_one_multipart_part_with_its_name() {
    let data: Vec<u8> = (0..=255).chain(*b"\r\n--boundary--\r\n").collect();
    let request = arrived(OK, |client| {
        client.send_file(5, "чек № 5 (копия).JPG", &data).unwrap();
    });
    assert_eq!(request.target(), "POST /v2/businesses/77/chats/file/send?chatId=5");
    let content_type = request.header("content-type").unwrap();
    let boundary = content_type.strip_prefix("multipart/form-data; boundary=").unwrap();
    assert!((1..=70).contains(&boundary.len()));
    let expected = [
        format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"file\"; \
             filename=\"чек № 5 (копия).JPG\"\r\nContent-Type: image/jpeg\r\n\r\n"
        )
        .as_bytes(),
        &data,
        format!("\r\n--{boundary}--\r\n").as_bytes(),
    ]
    .concat();
    assert_eq!(request.body, expected);
}

#[test]
fn the_largest_file_arrives_whole() {
    let data: Vec<u8> =
        (0..5 * 1024 * 1024_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    let request = arrived(OK, |client| {
        client.send_file(5, "a.bin", &data).unwrap();
    });
    let start = request.body.windows(4).position(|four| four == b"\r\n\r\n").unwrap() + 4;
    assert!(request.body[start..].starts_with(&data));
    assert!(!request.head.to_lowercase().contains("expect:"), "{}", request.head);
}

#[test]
fn a_file_that_is_sent_again_is_the_same_to_the_byte() {
    let server = Server::answers([reply(420, ""), reply(420, ""), reply(200, OK)]);
    let client = builder(server.url()).clock(SimulatedClock::new()).build().unwrap();
    let data: Vec<u8> = (0..100_000_u32).map(|n| (n % 251) as u8).collect();
    assert_eq!(client.send_file(5, "a.bin", &data).unwrap().attempts, 3);
    let [first, second, third] = &server.requests()[..] else { panic!("three requests") };
    assert!(first.body.windows(data.len()).any(|part| part == data));
    for again in [second, third] {
        assert_eq!(again.header("content-type"), first.header("content-type"));
        assert!(again.body == first.body);
    }
}

#[test]
fn every_operation_carries_the_same_headers_and_no_others() {
    for call in &CALLS {
        let server = Server::answers([reply(200, call.success())]);
        let client =
            builder(server.url()).oauth_token(OAUTH_TOKEN).integration("erp/1.4").build().unwrap();
        (call.make)(&client).unwrap();
        let request = &server.requests()[0];
        let mut names = vec![
            "accept",
            "accept-encoding",
            "api-key",
            "authorization",
            "host",
            "traceparent",
            "user-agent",
            "x-market-integration",
        ];
        if request.target().starts_with("POST") {
            names.push("content-length");
        }
        if !request.body.is_empty() {
            names.push("content-type");
        }
        names.sort_unstable();
        assert_eq!(request.header_names(), names, "{}", call.name);
        let bearer = format!("Bearer {OAUTH_TOKEN}");
        let agent = concat!("ymchat/", env!("CARGO_PKG_VERSION"));
        for (name, value) in [
            ("api-key", API_KEY),
            ("authorization", &bearer),
            ("x-market-integration", "erp/1.4"),
            ("user-agent", agent),
            ("accept", "application/json"),
            ("accept-encoding", "gzip"),
            ("host", &server.address.to_string()),
        ] {
            assert_eq!(request.header(name), Some(value), "{} {name}", call.name);
        }
    }
}

#[test]
fn each_attempt_has_a_fresh_valid_trace_and_the_error_names_the_last() {
    let server = Server::answers([reply(500, "")]);
    let client =
        builder(server.url()).max_attempts(4).clock(SimulatedClock::new()).build().unwrap();
    let error = client.get_chat(5).unwrap_err();
    assert_eq!((error.status(), error.attempts()), (Status::Server, 4));
    let requests = server.requests();
    assert_eq!(requests.len(), 4);
    let mut seen = Vec::new();
    for request in &requests {
        let parent = request.header("traceparent").unwrap();
        let parts: Vec<_> = parent.split('-').collect();
        let lengths: Vec<_> = parts.iter().map(|part| part.len()).collect();
        assert_eq!(lengths, [2, 32, 16, 2], "{parent}");
        assert_eq!((parts[0], parts[3]), ("00", "01"), "{parent}");
        let hex = |text: &str| {
            text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
                && text.bytes().any(|b| b != b'0')
        };
        assert!(hex(parts[1]) && hex(parts[2]), "{parent}");
        seen.push(parts[1].to_owned());
    }
    assert_eq!(error.trace_id(), seen.last().map(String::as_str));
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), 4, "each attempt has its own");
}

#[test]
fn header_and_body_of_a_small_request_arrive_together() {
    for call in &CALLS {
        let server = Server::answers([reply(200, call.success())]);
        let client = builder(server.url()).build().unwrap();
        for _ in 0..5 {
            (call.make)(&client).unwrap();
        }
        for request in server.requests() {
            assert_eq!(request.first_read, request.length(), "{}", call.name);
        }
    }
    let text = "я".repeat(4096);
    let server = Server::answers([reply(200, OK)]);
    builder(server.url()).build().unwrap().send_message(5, &text).unwrap();
    let request = &server.requests()[0];
    assert_eq!(request.first_read, request.length(), "the longest text");
}

#[test]
fn reads_share_a_connection_that_the_server_keeps_open() {
    for call in CALLS.iter().filter(|call| call.kind != Kind::Send && call.name != "createChat") {
        let server = Server::answers([kept(200, call.success())]);
        let client = builder(server.url()).build().unwrap();
        for _ in 0..3 {
            (call.make)(&client).unwrap();
        }
        assert_eq!(server.connections(), 1, "{}", call.name);
        assert_eq!(server.requests().len(), 3, "{}", call.name);
        for request in server.requests() {
            assert_eq!(request.head.matches(API_KEY).count(), 1, "{}", call.name);
        }
    }
}

#[test]
fn what_changes_something_never_travels_on_a_connection_that_was_idle() {
    for call in CALLS.iter().filter(|call| call.kind == Kind::Send || call.name == "createChat") {
        let server = Server::start(|mut peer| {
            while let Some(request) = peer.request() {
                let body = if request.target().contains("/chats/new") {
                    r#"{"status":"OK","result":{"chatId":1}}"#
                } else {
                    MESSAGES
                };
                if peer.send(&kept(200, body)).is_err() {
                    return;
                }
            }
        });
        let client = builder(server.url()).build().unwrap();
        let read = || drop(client.get_chat_history(5, &HistoryOptions::new()).unwrap());
        read();
        (call.make)(&client).unwrap();
        (call.make)(&client).unwrap();
        read();
        let connections: Vec<_> = server.requests().iter().map(|r| r.connection).collect();
        assert_eq!(connections, [0, 1, 2, 0], "{}", call.name);
    }
}

#[test]
fn an_idle_connection_that_the_server_closed_is_not_used() {
    let server = Server::start(|mut peer| {
        if peer.request().is_some() {
            // The answer says nothing of the end that follows it.
            let _ = peer.send(&kept(200, CHATS));
        }
    });
    let client = builder(server.url()).max_attempts(1).build().unwrap();
    client.get_chats(&ChatsOptions::new()).unwrap();
    // The end arrives in its own time.
    let mut again = client.get_chats(&ChatsOptions::new());
    for _ in 0..10 {
        if again.is_ok() {
            break;
        }
        again = client.get_chats(&ChatsOptions::new());
    }
    again.unwrap();
    assert!(server.connections() >= 2);
}

#[test]
fn a_connection_that_turns_out_stale_is_replaced_at_once() {
    let server = Server::start(|mut peer| {
        while peer.request().is_some() {
            let _ = peer.send(&kept(200, CHATS));
            if peer.number == 0 {
                // Its second request is read, and left without an answer.
                peer.request();
                return;
            }
        }
    });
    let clock = SimulatedClock::new();
    let client = builder(server.url()).clock(clock.clone()).build().unwrap();
    client.get_chats(&ChatsOptions::new()).unwrap();
    client.get_chats(&ChatsOptions::new()).unwrap();
    let connections: Vec<_> = server.requests().iter().map(|r| r.connection).collect();
    assert_eq!(connections, [0, 0, 1]);
    assert!(clock.moved().is_zero(), "{:?}", clock.moved());
    assert_eq!(client.stats().operations[0].repeats, 1);
}

#[test]
fn a_fresh_connection_that_breaks_is_not_called_stale() {
    let server = Server::start(|mut peer| {
        if peer.request().is_some() && peer.number > 0 {
            let _ = peer.send(&reply(200, CHATS));
        }
    });
    let clock = SimulatedClock::new();
    let client = builder(server.url()).clock(clock.clone()).seed(1).build().unwrap();
    client.get_chats(&ChatsOptions::new()).unwrap();
    assert!(!clock.moved().is_zero(), "it backs off");
}
