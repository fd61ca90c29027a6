use std::time::{Duration, SystemTime, UNIX_EPOCH};

use proptest::prelude::*;
use serde_json::{Value, json};

use super::network::{Network, peer_address};
use super::*;
use crate::Status;

/// 2026-03-05T06:00:01Z.
fn now() -> SystemTime {
    UNIX_EPOCH + Duration::from_millis(1_772_690_401_900)
}

fn options() -> NotificationOptions {
    NotificationOptions::new().name("Магазин \"5\"").version("2.1.0").now(now())
}

fn parsed(body: impl AsRef<[u8]>) -> ParsedNotification {
    parse_notification(body.as_ref(), &options()).unwrap()
}

fn document(body: impl AsRef<[u8]>) -> Value {
    serde_json::from_str(&parsed(body).to_json()).unwrap()
}

fn key(body: impl AsRef<[u8]>) -> String {
    parsed(body).notification.expect("accepted").key
}

#[test]
fn each_documented_type_gives_its_ids_its_key_and_the_documented_reply() {
    let table = [
        (
            json!({"notificationType": "PING", "time": "2026-03-05T09:00:00+03:00"}),
            json!({"type": "PING", "key": "PING:2026-03-05T06:00:00Z"}),
        ),
        (
            json!({"notificationType": "CHAT_CREATED", "businessId": 5, "chatId": 7,
                "createdAt": "2026-03-05T09:00:00.5+03:00"}),
            json!({"type": "CHAT_CREATED", "businessId": 5, "chatId": 7,
                "key": "CHAT_CREATED:5:7:2026-03-05T06:00:00.500000000Z"}),
        ),
        (
            json!({"notificationType": "CHAT_MESSAGE_SENT", "businessId": 5, "chatId": 7,
                "messageId": "9007199254740993", "sentAt": "2026-03-05T09:00:00Z"}),
            json!({"type": "CHAT_MESSAGE_SENT", "businessId": 5, "chatId": 7,
                "messageId": 9_007_199_254_740_993_i64,
                "key": "CHAT_MESSAGE_SENT:5:7:9007199254740993"}),
        ),
        (
            json!({"notificationType": "CHAT_ARBITRAGE_STARTED", "businessId": 5, "chatId": 7,
                "startedAt": "2026-03-05T09:00:00Z"}),
            json!({"type": "CHAT_ARBITRAGE_STARTED", "businessId": 5, "chatId": 7,
                "key": "CHAT_ARBITRAGE_STARTED:5:7:2026-03-05T09:00:00Z"}),
        ),
        (
            json!({"notificationType": "CHAT_ARBITRAGE_FINISHED", "businessId": 5, "chatId": 7,
                "finishedAt": "2026-03-05T09:00:00Z"}),
            json!({"type": "CHAT_ARBITRAGE_FINISHED", "businessId": 5, "chatId": 7,
                "key": "CHAT_ARBITRAGE_FINISHED:5:7:2026-03-05T09:00:00Z"}),
        ),
        (
            json!({"notificationType": "ORDER_CREATED", "campaignId": 3, "orderId": 9,
                "items": [{"offerId": "a", "count": 2}]}),
            // The key is the same in all versions: programs store it.
            json!({"type": "ORDER_CREATED",
                "key": "ORDER_CREATED:20c53c1717803aa88102ba8204adf1b7"}),
        ),
        (
            json!({"notificationType": "CHAT_CLOSED", "businessId": "5", "chatId": 7,
                "messageId": 8}),
            json!({"type": "CHAT_CLOSED", "businessId": 5, "chatId": 7, "messageId": 8,
                "key": "CHAT_CLOSED:31a91eb6e34551745fdd7c2305cc26b8"}),
        ),
    ];
    for (notification, mut expected) in table {
        let members = expected.as_object_mut().unwrap();
        members.insert("accepted".into(), true.into());
        members.insert("notification".into(), notification.clone());
        let mut document = document(notification.to_string());
        let reply = document.as_object_mut().unwrap().remove("reply").unwrap();
        assert_eq!(document, expected);
        assert_eq!(reply["httpStatus"], 200);
        let body: Value = serde_json::from_str(reply["body"].as_str().unwrap()).unwrap();
        assert_eq!(
            body,
            json!({"version": "2.1.0", "name": "Магазин \"5\"", "time": "2026-03-05T06:00:01Z"})
        );
    }
}

#[test]
fn the_typed_event_says_the_same() {
    let body = r#"{"notificationType":"CHAT_CREATED","businessId":5,"chatId":7,"createdAt":"x"}"#;
    assert_eq!(
        parsed(body).notification.unwrap().event,
        NotificationEvent::ChatCreated { business_id: 5, chat_id: 7, created_at: Some("x".into()) }
    );
    let body = r#"{"notificationType":"NEW","chatId":-1,"businessId":[]}"#;
    let notification = parsed(body).notification.unwrap();
    assert_eq!(notification.notification_type(), "NEW");
    assert_eq!((notification.business_id(), notification.chat_id()), (None, None));
    assert_eq!(notification.message_id(), None);
}

#[test]
fn ids_may_be_numbers_or_strings_of_digits_and_are_exact() {
    for (written, id) in [
        ("1", 1),
        ("\"1\"", 1),
        ("\"0017\"", 17),
        ("9223372036854775807", i64::MAX),
        ("\"9223372036854775807\"", i64::MAX),
    ] {
        let body = format!(
            r#"{{"notificationType":"CHAT_MESSAGE_SENT","businessId":{written},"chatId":{written},"messageId":{written}}}"#
        );
        let notification = parsed(&body).notification.expect(written);
        assert_eq!(notification.business_id(), Some(id));
        assert_eq!(notification.chat_id(), Some(id));
        assert_eq!(notification.message_id(), Some(id));
    }
}

#[test]
fn what_is_no_notification_is_refused_with_400_and_the_reason() {
    let chat = |members: &str| {
        format!(r#"{{"notificationType":"CHAT_MESSAGE_SENT","businessId":5,{members}}}"#)
    };
    let table: Vec<(Vec<u8>, &str)> = vec![
        (b"".into(), "not JSON"),
        (b"\xff".into(), "not UTF-8"),
        (b"{".into(), "not JSON"),
        (b"{}x".into(), "not JSON"),
        (b"\xef\xbb\xbf{}".into(), "not JSON"),
        (b"[]".into(), "not a JSON object"),
        (b"null".into(), "not a JSON object"),
        (b"{}".into(), "notificationType"),
        (br#"{"notificationType":null}"#.into(), "notificationType"),
        (br#"{"notificationType":""}"#.into(), "notificationType"),
        (br#"{"notificationType":["PING"]}"#.into(), "notificationType"),
        (br#"{"notificationType":"CHAT_CREATED","chatId":7}"#.into(), "businessId"),
        (br#"{"notificationType":"CHAT_CREATED","businessId":7}"#.into(), "chatId"),
        (br#"{"notificationType":"CHAT_ARBITRAGE_STARTED","businessId":7}"#.into(), "chatId"),
        (br#"{"notificationType":"CHAT_ARBITRAGE_FINISHED","businessId":7}"#.into(), "chatId"),
        (chat(r#""chatId":7"#).into(), "messageId"),
        (chat(r#""chatId":7,"messageId":null"#).into(), "messageId"),
        (chat(r#""chatId":7,"messageId":"""#).into(), "messageId"),
        (chat(r#""chatId":7,"messageId":"1x""#).into(), "messageId"),
        (chat(r#""chatId":7,"messageId":"+1""#).into(), "messageId"),
        (chat(r#""chatId":7,"messageId":1.0"#).into(), "messageId"),
        (chat(r#""chatId":7,"messageId":0"#).into(), "messageId"),
        (chat(r#""chatId":-7,"messageId":1"#).into(), "chatId"),
        (chat(r#""chatId":7,"messageId":9223372036854775808"#).into(), "messageId"),
        (chat(r#""chatId":7,"messageId":"9223372036854775808""#).into(), "messageId"),
        (("[".repeat(60_000)).into(), "not JSON"),
    ];
    for (body, reason) in table {
        let shown = String::from_utf8_lossy(&body[..body.len().min(99)]).into_owned();
        let document = document(&body);
        let reply = document["reply"]["body"].as_str().unwrap();
        assert_eq!(
            document,
            json!({"accepted": false, "type": "", "key": "", "notification": null,
                "reply": {"httpStatus": 400, "body": reply}}),
            "{shown}"
        );
        let reply: Value = serde_json::from_str(reply).unwrap();
        assert_eq!(reply["error"]["type"], "WRONG_EVENT_FORMAT");
        assert!(reply["error"]["message"].as_str().unwrap().contains(reason), "{shown}: {reply}");
        assert_eq!(reply.as_object().unwrap().len(), 1);
    }
}

#[test]
fn bodies_of_more_than_64_kib_are_refused() {
    let of_length = |length: usize| {
        let body = r#"{"notificationType":"PING"}"#;
        format!("{body}{}", " ".repeat(length - body.len()))
    };
    assert!(parsed(of_length(65_536)).accepted());
    let refused = parsed(of_length(65_537));
    assert_eq!(refused.reply.http_status, 400);
    assert!(refused.reply.body.contains("65536"), "{}", refused.reply.body);
}

#[test]
fn one_event_has_one_key_however_it_is_written() {
    for (one, other) in [
        (
            r#"{"notificationType":"CHAT_MESSAGE_SENT","businessId":5,"chatId":7,"messageId":8,"sentAt":"2026-03-05T09:00:00Z"}"#,
            r#"{ "messageId":"8","chatId":"7","businessId":5,"notificationType":"CHAT_MESSAGE_SENT"}"#,
        ),
        (
            r#"{"notificationType":"PING","time":"2026-03-05T09:00:00Z"}"#,
            r#"{"notificationType":"PING","time":"2026-03-05T12:00:00.000+03:00"}"#,
        ),
        (
            r#"{"notificationType":"NEW","a":{"b":[1,"\u044f"],"c":null}}"#,
            r#"{"a":{"c" : null,"b":[1,"я"]},"notificationType":"NEW"}"#,
        ),
    ] {
        assert_eq!(key(one), key(other));
    }
}

#[test]
fn different_events_have_different_keys() {
    let events = [
        r#"{"notificationType":"PING"}"#,
        r#"{"notificationType":"PING","time":"2026-03-05T09:00:00Z"}"#,
        r#"{"notificationType":"PING","time":"2026-03-05T09:00:00.000000001Z"}"#,
        r#"{"notificationType":"PING","time":"yesterday"}"#,
        r#"{"notificationType":"PING","time":"-"}"#,
        r#"{"notificationType":"CHAT_CREATED","businessId":5,"chatId":7}"#,
        r#"{"notificationType":"CHAT_CREATED","businessId":5,"chatId":8}"#,
        r#"{"notificationType":"CHAT_CREATED","businessId":6,"chatId":7}"#,
        r#"{"notificationType":"CHAT_CREATED","businessId":55,"chatId":7}"#,
        r#"{"notificationType":"CHAT_CREATED","businessId":5,"chatId":57}"#,
        r#"{"notificationType":"CHAT_MESSAGE_SENT","businessId":5,"chatId":7,"messageId":1}"#,
        r#"{"notificationType":"CHAT_MESSAGE_SENT","businessId":5,"chatId":7,"messageId":2}"#,
        r#"{"notificationType":"CHAT_MESSAGE_SENT","businessId":5,"chatId":71,"messageId":2}"#,
        r#"{"notificationType":"CHAT_ARBITRAGE_STARTED","businessId":5,"chatId":7}"#,
        r#"{"notificationType":"CHAT_ARBITRAGE_STARTED","businessId":5,"chatId":7,"startedAt":"2026-03-05T09:00:00Z"}"#,
        r#"{"notificationType":"CHAT_ARBITRAGE_STARTED","businessId":5,"chatId":7,"startedAt":"2026-03-06T09:00:00Z"}"#,
        r#"{"notificationType":"CHAT_ARBITRAGE_FINISHED","businessId":5,"chatId":7,"finishedAt":"2026-03-05T09:00:00Z"}"#,
        r#"{"notificationType":"NEW","a":[1,2]}"#,
        r#"{"notificationType":"NEW","a":[12]}"#,
        r#"{"notificationType":"NEW","a":["1",2]}"#,
        r#"{"notificationType":"NEW","a":[[1],2]}"#,
        r#"{"notificationType":"NEW","a":"1\",\"b\":\"2"}"#,
        r#"{"notificationType":"NEW","a":"1","b":"2"}"#,
        r#"{"notificationType":"NEWER","a":[1,2]}"#,
        r#"{"notificationType":"new type","a":[1,2]}"#,
        r#"{"notificationType":"OTHER","a":[1,2]}"#,
    ];
    let keys: std::collections::HashSet<String> = events.iter().map(key).collect();
    assert_eq!(keys.len(), events.len(), "{keys:#?}");
}

/// A reader that goes as deep as this library's must be able to read the result, which is one level
/// deeper than the notification.
#[test]
fn what_nests_deeply_is_refused_before_the_result_cannot_be_read() {
    let mut accepted = 0;
    for depth in 100..140 {
        let (open, close) = ("[".repeat(depth), "]".repeat(depth));
        let parsed = parsed(format!(r#"{{"notificationType": "X", "deep": {open}{close}}}"#));
        accepted += usize::from(parsed.accepted());
        let result = crate::JsonDocument::parse(parsed.to_json());
        assert!(result.is_ok(), "{depth} levels: {:?}", result.err());
    }
    assert!((20..40).contains(&accepted), "{accepted}");
}

#[test]
fn half_a_surrogate_pair_makes_no_notification_unreadable() {
    let body = r#"{"notificationType":"NEW\ud83d","text":"\ud83d\ude00 \ude00"}"#;
    let document = document(body);
    assert_eq!(document["type"], "NEW\u{FFFD}");
    assert_eq!(document["notification"]["text"], "😀 \u{FFFD}");
    assert!(document["key"].as_str().unwrap().starts_with("OTHER:"));
}

#[test]
fn the_notification_is_handed_on_as_it_was_sent() {
    let body = "\n{\"notificationType\":\"GOODS_CHANGED\", \"price\": 10.50, \
                 \"id\": 123456789012345678901234567890}\n";
    let parsed = parsed(body);
    assert!(parsed.to_json().contains(&format!("\"notification\":{}", body.trim())));
    assert_eq!(parsed.notification.unwrap().body, body);
}

#[test]
fn without_an_address_nothing_is_checked_and_with_one_the_documented_networks_are() {
    let status = |address: &str| {
        let options = options().remote_address(address);
        let parsed = parse_notification(br#"{"notificationType":"PING"}"#, &options).unwrap();
        assert_eq!(parsed.accepted(), parsed.reply.http_status == 200);
        parsed.reply.http_status
    };
    assert!(parsed(r#"{"notificationType":"PING"}"#).accepted());
    for address in [
        "5.45.207.0",
        "5.45.207.127",
        "141.8.142.1",
        "5.255.253.99",
        "::ffff:5.45.207.3",
        "::FFFF:052d:cf03",
        "5.45.207.3:51234",
        "[::ffff:5.45.207.3]:51234",
        " 5.45.207.3 ",
    ] {
        assert_eq!(status(address), 200, "{address}");
    }
    for address in [
        "5.45.207.128",
        "5.45.206.255",
        "141.8.143.1",
        "5.255.252.1",
        "127.0.0.1",
        "::1",
        "::5.45.207.3",
        "2001:db8::1",
        // Cannot be read: nobody knows who it is.
        "",
        "localhost",
        "unix:",
        "5.45.207.3, 10.0.0.1",
        "5.45.207",
        "05.45.207.3",
        "5.45.207.3%eth0",
        "5.45.207.3/32",
    ] {
        assert_eq!(status(address), 403, "{address}");
    }
}

#[test]
fn a_foreign_address_is_told_nothing_of_the_body() {
    let options = options().remote_address("127.0.0.1");
    for body in [&br#"{"notificationType":"PING"}"#[..], b"{"] {
        let parsed = parse_notification(body, &options).unwrap();
        assert_eq!(parsed.reply.http_status, 403);
        let reply: Value = serde_json::from_str(&parsed.reply.body).unwrap();
        assert_eq!(
            reply,
            json!({"error": {"type": "UNKNOWN",
                "message": "notifications are not taken from this address"}})
        );
    }
}

#[test]
fn allow_from_takes_the_place_of_the_documented_networks() {
    let status = |networks: &[&str], address: &str| {
        let options = options().remote_address(address).allow_from(networks.iter().copied());
        parse_notification(br#"{"notificationType":"PING"}"#, &options).unwrap().reply.http_status
    };
    for (network, inside, outside) in [
        ("10.0.0.0/8", "10.255.0.1", "11.0.0.1"),
        ("10.1.2.3/8", "10.255.0.1", "5.45.207.3"),
        ("10.1.2.3", "10.1.2.3", "10.1.2.4"),
        ("10.1.2.3/32", "::ffff:10.1.2.3", "10.1.2.2"),
        ("0.0.0.0/0", "255.255.255.255", "2001:db8::1"),
        ("::/0", "2001:db8::1", "10.0.0.1"),
        ("2001:db8::/33", "2001:db8:7fff::1", "2001:db8:8000::1"),
        ("2001:db8::1", "2001:db8::1", "2001:db8::2"),
        ("fe80::/10", "fe80::1%eth0", "fec0::1"),
        ("::ffff:10.0.0.0/104", "10.9.9.9", "11.0.0.1"),
        ("::ffff:10.0.0.0/104", "::ffff:10.9.9.9", "::10.9.9.9"),
        ("::ffff:10.1.2.3", "10.1.2.3", "10.1.2.4"),
        ("::ffff:0.0.0.0/96", "10.1.2.3", "::1"),
        ("::ffff:0.0.0.0/95", "::fffe:1:2", "10.1.2.3"),
    ] {
        assert_eq!(status(&[network], inside), 200, "{inside} in {network}");
        assert_eq!(status(&[network], outside), 403, "{outside} in {network}");
        assert_eq!(status(&["192.0.2.1", network], inside), 200, "{inside} in {network}");
    }
}

#[test]
fn only_wrong_options_are_errors_and_are_named() {
    let long = "я".repeat(101);
    for (options, name) in [
        (r#"{"nmae": "x"}"#.to_owned(), "nmae"),
        (r#"{"name": ""}"#.into(), "name"),
        (r#"{"name": " "}"#.into(), "name"),
        (r#"{"name": 5}"#.into(), "name"),
        (format!(r#"{{"name": "{long}"}}"#), "name"),
        (r#"{"version": ""}"#.into(), "version"),
        (format!(r#"{{"version": "{long}"}}"#), "version"),
        (r#"{"remoteAddress": 5}"#.into(), "remoteAddress"),
        (r#"{"allowFrom": ["10.0.0.0/8"]}"#.into(), "remoteAddress"),
        (r#"{"remoteAddress": "::1", "allowFrom": []}"#.into(), "allowFrom"),
        (r#"{"remoteAddress": "::1", "allowFrom": "::1"}"#.into(), "allowFrom"),
        (r#"{"remoteAddress": "::1", "allowFrom": [5]}"#.into(), "allowFrom"),
        (r#"{"remoteAddress": "::1", "allowFrom": ["::1", "::1/129"]}"#.into(), "item 1"),
        (r#"{"remoteAddress": "::1", "allowFrom": ["1.2.3.4/33"]}"#.into(), "item 0"),
        (r#"{"remoteAddress": "::1", "allowFrom": ["1.2.3.4/"]}"#.into(), "item 0"),
        (r#"{"remoteAddress": "::1", "allowFrom": ["1.2.3.4/+8"]}"#.into(), "item 0"),
        (r#"{"remoteAddress": "::1", "allowFrom": ["1.2.3/8"]}"#.into(), "item 0"),
        (r#"{"remoteAddress": "::1", "allowFrom": ["1.2.3.4/8/8"]}"#.into(), "item 0"),
        (r#"{"remoteAddress": "::1", "allowFrom": ["market.yandex.ru"]}"#.into(), "item 0"),
        ("[]".into(), "options"),
        ("{".into(), "options"),
    ] {
        let error = parse_notification_json(b"whatever", &options).expect_err(&options);
        assert_eq!(error.status(), Status::InvalidArgument);
        assert_eq!(error.operation(), "parse_notification");
        assert!(error.to_string().contains(name), "{options}: {error}");
    }
    let longest = "я".repeat(100);
    for options in [
        String::new(),
        "{}".into(),
        format!(r#"{{"name": "{longest}", "version": "{longest}"}}"#),
        r#"{"name": null, "remoteAddress": "5.45.207.3", "allowFrom": null}"#.into(),
    ] {
        let json = parse_notification_json(br#"{"notificationType":"PING"}"#, &options).unwrap();
        assert!(json.starts_with(r#"{"accepted":true"#), "{options}: {json}");
    }
}

#[test]
fn by_default_the_reply_names_this_library_and_the_machines_time() {
    let before = SystemTime::now();
    let json = parse_notification_json(br#"{"notificationType":"PING"}"#, "").unwrap();
    let document: Value = serde_json::from_str(&json).unwrap();
    let reply: Value = serde_json::from_str(document["reply"]["body"].as_str().unwrap()).unwrap();
    assert_eq!(reply["name"], "ymchat");
    assert_eq!(reply["version"], env!("CARGO_PKG_VERSION"));
    let time = crate::dates::iso8601(reply["time"].as_str().unwrap()).unwrap();
    assert!(time >= before - Duration::from_secs(1) && time <= SystemTime::now());
}

#[test]
fn a_clock_that_is_far_off_makes_no_panic() {
    let after = |seconds| UNIX_EPOCH.checked_add(Duration::from_secs(seconds));
    // The clock of Windows ends before the last two.
    let clocks = [UNIX_EPOCH.checked_sub(Duration::from_secs(1)), after(1 << 39)];
    for now in clocks.into_iter().chain([after(1 << 40), after(1 << 60)]).flatten() {
        let options = NotificationOptions::new().now(now);
        let parsed = parse_notification(br#"{"notificationType":"PING"}"#, &options).unwrap();
        assert!(parsed.reply.body.contains("1970-01-01T00:00:00Z"), "{}", parsed.reply.body);
    }
}

/// Objects like notifications, with some members wrong, missing or of any content.
fn like_a_notification() -> impl Strategy<Value = String> {
    let types = prop::sample::select(
        &[
            "PING",
            "CHAT_CREATED",
            "CHAT_MESSAGE_SENT",
            "CHAT_ARBITRAGE_STARTED",
            "CHAT_ARBITRAGE_FINISHED",
            "ORDER_CREATED",
            "",
            "\u{0}",
        ][..],
    );
    let value = prop_oneof![
        Just(Value::Null),
        any::<i64>().prop_map(Value::from),
        (1..i64::MAX).prop_map(|id| id.to_string().into()),
        Just(json!(-1.5)),
        any::<String>().prop_map(Value::from),
        Just(json!({"a": [1]})),
        Just(json!("2026-03-05T09:00:00+03:00")),
        Just(json!("-9999-01-01T00:00:00+23:59")),
        Just(json!("9999-12-31T23:59:60-23:59")),
    ];
    let names = prop::sample::select(
        &[
            "businessId",
            "chatId",
            "messageId",
            "time",
            "createdAt",
            "sentAt",
            "startedAt",
            "finishedAt",
            "x",
        ][..],
    );
    (types, prop::collection::vec((names, value), 0..8)).prop_map(|(notification_type, members)| {
        let mut notification = serde_json::Map::new();
        notification.insert("notificationType".into(), notification_type.into());
        notification.extend(members.into_iter().map(|(name, value)| (name.to_owned(), value)));
        Value::Object(notification).to_string()
    })
}

fn check_outcome(body: &[u8]) {
    let parsed = parsed(body);
    let document: Value = serde_json::from_str(&parsed.to_json()).unwrap();
    let reply: Value = serde_json::from_str(&parsed.reply.body).unwrap();
    assert_eq!(document["reply"]["body"], parsed.reply.body);
    match parsed.notification {
        Some(notification) => {
            let sent: Value = serde_json::from_slice(body).unwrap();
            assert_eq!(parsed.reply.http_status, 200);
            assert_eq!(document["notification"], sent);
            assert_eq!(sent["notificationType"], notification.notification_type());
            assert_eq!(key(sent.to_string()), notification.key);
            assert!(notification.key.len() <= 200, "{}", notification.key);
            assert!(notification.key.bytes().all(|byte| byte.is_ascii_graphic()));
        }
        None => {
            assert_eq!(parsed.reply.http_status, 400);
            assert_eq!(reply["error"]["type"], "WRONG_EVENT_FORMAT");
        }
    }
}

proptest! {
    #[test]
    fn whatever_comes_has_its_answer(bytes: Vec<u8>, text in like_a_notification()) {
        check_outcome(&bytes);
        check_outcome(text.as_bytes());
    }

    #[test]
    fn networks_hold_what_shares_their_prefix(network: u128, address: u128, shared in 0..=128u32, prefix in 0..=128u32) {
        // Addresses that share `shared` bits with the network.
        let mask = u128::MAX.checked_shr(shared).unwrap_or(0);
        let address = network & !mask | address & mask;
        let equal = (network ^ address).leading_zeros() >= prefix;
        let text = format!("{}/{prefix}", std::net::Ipv6Addr::from_bits(network));
        let parsed: Network = text.parse().unwrap();
        let address = std::net::Ipv6Addr::from_bits(address);
        prop_assert_eq!(parsed.contains(address.into()), equal, "{} in {}", address, text);
    }

    #[test]
    fn no_text_makes_the_addresses_panic(text: String) {
        let _ = peer_address(&text);
        let _ = text.parse::<Network>();
    }
}
