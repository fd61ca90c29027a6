//! What the service may write, and what becomes of it in the typed API.

use std::time::{Duration, UNIX_EPOCH};

use serde_json::{Value, json};
use ymchat::{
    CampaignsOptions, Chat, ChatMessage, ChatStatus, ChatType, ChatsOptions, ContextType,
    DeliveryStatus, FindingKind, HistoryOptions, MessagesOptions, SendOutcome, Sender,
};

use crate::common::builder;
use crate::common::serve::{Server, reply};

/// The answer with this text as its result, to a client.
fn answering(result: &str) -> (Server, ymchat::Client) {
    let server = Server::answers([reply(200, format!(r#"{{"status":"OK","result":{result}}}"#))]);
    let client = builder(server.url()).build().unwrap();
    (server, client)
}

fn history(message: &str) -> ChatMessage {
    let (_server, client) = answering(&format!(r#"{{"messages":[{message}]}}"#));
    let mut page = client.get_chat_history(5, &HistoryOptions::new()).unwrap();
    assert_eq!(page.messages.len(), 1);
    page.messages.remove(0)
}

fn chat(result: &str) -> Chat {
    let (_server, client) = answering(result);
    client.get_chat(5).unwrap()
}

#[test]
fn the_documentations_own_example_is_read() {
    let (_server, client) = answering(
        r#"{
            "orderId": 0,
            "context": {
                "type": "ORDER",
                "customer": {"name": "example", "publicId": "example"},
                "campaignId": 1,
                "orderId": 1,
                "returnId": 1
            },
            "messages": [{
                "messageId": 1,
                "createdAt": "2017-11-21T00:00:00+03:00",
                "sender": "PARTNER",
                "message": "example",
                "payload": [null]
            }],
            "paging": {"nextPageToken": "example"}
        }"#,
    );
    let page = client.get_chat_history(5, &HistoryOptions::new()).unwrap();
    assert_eq!(page.order_id, Some(0));
    let context = page.context.unwrap();
    assert_eq!(context.context_type, ContextType::Order);
    assert_eq!(
        (context.campaign_id, context.order_id, context.return_id),
        (Some(1), Some(1), Some(1))
    );
    assert_eq!(context.customer.unwrap().public_id.as_deref(), Some("example"));
    let message = &page.messages[0];
    assert_eq!((message.message_id, &message.sender), (1, &Sender::Partner));
    assert_eq!(message.message.as_deref(), Some("example"));
    assert!(message.payload.is_empty());
    assert_eq!(page.paging.unwrap().next_page_token.as_deref(), Some("example"));
}

#[test]
fn a_payload_may_be_anything_that_the_service_has_been_seen_to_send() {
    let message = |payload: &str| {
        history(&format!(
            r#"{{"messageId":1,"createdAt":"2026-01-01T00:00:00Z","sender":"CUSTOMER"{payload}}}"#
        ))
    };
    for nothing in ["", r#","payload":null"#, r#","payload":[]"#, r#","payload":[null,null]"#] {
        assert!(message(nothing).payload.is_empty(), "{nothing}");
    }
    let empty = message(r#","payload":[{}]"#).payload;
    assert_eq!((empty.len(), empty[0].name.as_str(), empty[0].size), (1, "", None));
    let mixed = message(
        r#","payload":[null,{"name":"фото.jpg","url":"https://f/1","size":2147483648,"kind":"x"}]"#,
    );
    assert_eq!(mixed.message, None);
    assert_eq!(mixed.payload.len(), 1);
    let file = &mixed.payload[0];
    assert_eq!((file.name.as_str(), file.url.as_str()), ("фото.jpg", "https://f/1"));
    assert_eq!(file.size, Some(2_147_483_648));
    assert_eq!(file.other.get("kind"), Some(&json!("x")));
}

#[test]
fn values_that_are_not_known_yet_survive_reading_and_writing() {
    let text = r#"{"chatId":5,"context":{"type":"GIFT","customer":{"age":7},"shop":[1]},
        "type":"VIDEO","status":"WAITING_FOR_ROBOT","mood":{"now":"good"}}"#;
    let chat = chat(text);
    assert_eq!(chat.status, Some(ChatStatus::Unknown("WAITING_FOR_ROBOT".into())));
    assert_eq!(chat.chat_type, Some(ChatType::Unknown("VIDEO".into())));
    assert_eq!(chat.other["mood"]["now"], "good");
    let context = chat.context.as_ref().unwrap();
    assert_eq!(context.context_type, ContextType::Unknown("GIFT".into()));
    assert_eq!(context.other["shop"], json!([1]));
    assert_eq!(context.customer.as_ref().unwrap().other["age"], 7);
    let given: Value = serde_json::from_str(text).unwrap();
    assert_eq!(serde_json::to_value(&chat).unwrap(), given);

    let message = history(
        r#"{"messageId":1,"createdAt":"x","sender":"ROBOT","reactions":["👍"],"message":"a"}"#,
    );
    assert_eq!(message.sender, Sender::Unknown("ROBOT".into()));
    assert_eq!(message.sender.to_string(), "ROBOT");
    assert_eq!(message.other["reactions"], json!(["👍"]));
}

#[test]
fn unknown_members_of_lists_campaigns_and_keys_survive() {
    let (_server, client) = answering(r#"{"chats":[],"total":3,"paging":{"prevPageToken":"p"}}"#);
    let page = client.get_chats(&ChatsOptions::new()).unwrap();
    assert_eq!(page.other["total"], 3);
    assert_eq!(page.paging.unwrap().other["prevPageToken"], "p");
    let (_server, client) =
        answering(r#"{"apiKey":{"name":"n","authScopes":["NEW"],"x":1},"y":2}"#);
    let info = client.get_token_info().unwrap();
    assert_eq!(info.other["y"], 2);
    let key = info.api_key.unwrap();
    assert_eq!((key.auth_scopes, &key.other["x"]), (vec!["NEW".to_owned()], &json!(1)));
    let server = Server::answers([reply(
        200,
        r#"{"campaigns":[{"id":1,"domain":"d","business":{"id":9007199254740993,"name":"b","k":1},
            "placementType":"FBS","apiAvailability":"NEW_ONE","z":0}],"paging":{}}"#,
    )]);
    let client = builder(server.url()).build().unwrap();
    let campaigns = client.get_campaigns(&CampaignsOptions::new()).unwrap();
    let shop = &campaigns.campaigns[0];
    assert_eq!(shop.api_availability.as_deref(), Some("NEW_ONE"));
    assert_eq!(shop.other["z"], 0);
    let business = shop.business.as_ref().unwrap();
    assert_eq!((business.id, &business.other["k"]), (Some(9_007_199_254_740_993), &json!(1)));
}

#[test]
fn ids_beyond_what_a_double_can_hold_are_exact() {
    let chat = chat(r#"{"chatId":9223372036854775807,"orderId":9007199254740993}"#);
    assert_eq!((chat.chat_id, chat.order_id), (i64::MAX, Some(9_007_199_254_740_993)));
    let message =
        history(r#"{"messageId":9007199254740995,"createdAt":"x","sender":"MARKET","message":""}"#);
    assert_eq!(message.message_id, 9_007_199_254_740_995);
    let server = Server::answers(
        [r#"{"messages":[{"messageId":9007199254740994,"createdAt":"x","sender":"A"},
            {"messageId":9007199254740993,"createdAt":"x","sender":"A"}]}"#]
        .map(|result| reply(200, format!(r#"{{"status":"OK","result":{result}}}"#))),
    );
    let client = builder(server.url()).build().unwrap();
    let newer =
        client.get_messages_since(5, 9_007_199_254_740_992, &MessagesOptions::new()).unwrap();
    let ids: Vec<_> = newer.iter().map(|message| message.message_id).collect();
    assert_eq!(ids, [9_007_199_254_740_993, 9_007_199_254_740_994]);
}

#[test]
fn dates_are_read_with_and_without_fractions_and_kept_as_text() {
    // 2026-01-02T03:04:05+03:00
    let seconds = UNIX_EPOCH + Duration::from_secs(1_767_312_245);
    for (text, expected) in [
        ("2026-01-02T03:04:05+03:00", Some(seconds)),
        ("2026-01-02T00:04:05Z", Some(seconds)),
        ("2026-01-02T03:04:05.5+03:00", Some(seconds + Duration::from_millis(500))),
        ("2026-01-02T03:04:05.123456789+03:00", Some(seconds + Duration::from_nanos(123_456_789))),
        ("2026-01-02", None),
        ("yesterday", None),
    ] {
        let message =
            history(&format!(r#"{{"messageId":1,"createdAt":"{text}","sender":"SUPPORT"}}"#));
        assert_eq!(message.created_at.as_str(), text);
        assert_eq!(message.created_at.to_system_time(), expected, "{text}");
    }
}

#[test]
fn what_is_optional_may_be_absent_or_null() {
    for text in [
        r#"{"chatId":5}"#,
        r#"{"chatId":5,"orderId":null,"context":null,"type":null,"status":null,"createdAt":null}"#,
        r#"{"chatId":5,"context":{"type":"DIRECT","customer":null,"orderId":null}}"#,
    ] {
        let chat = chat(text);
        assert_eq!((chat.chat_id, chat.status), (5, None), "{text}");
    }
    let (_server, client) = answering(r#"{"messages":[],"paging":null,"context":null}"#);
    assert_eq!(client.get_chat_history(5, &HistoryOptions::new()).unwrap().paging, None);
}

/// Half a surrogate pair: what a program leaves that cuts a text between the halves of an emoji.
#[test]
fn half_a_surrogate_pair_becomes_the_replacement_character() {
    for (written, read) in [
        (r"\ud83d", "\u{fffd}"),
        (r"Привет \uD83D", "Привет \u{fffd}"),
        (r"\ude42 до", "\u{fffd} до"),
        (r"\ude42\ud83d", "\u{fffd}\u{fffd}"),
        (r"\ud83d\ud83d\ude42", "\u{fffd}🙂"),
        (r"\ud83d\n\ud83d\u0041", "\u{fffd}\n\u{fffd}A"),
        (r"\\ud83d", r"\ud83d"),
        (r"\\\ud83d\\", "\\\u{fffd}\\"),
        (r"\ud83d\ude42", "🙂"),
    ] {
        let message = format!(
            r#"{{"messageId":1,"createdAt":"2026-01-01T00:00:00Z","sender":"CUSTOMER","message":"{written}","new\udfff":1}}"#
        );
        let message = history(&message);
        assert_eq!(message.message.as_deref(), Some(read), "{written}");
        assert_eq!(message.other["new\u{fffd}"], 1, "{written}");
    }
}

#[test]
fn half_a_surrogate_pair_does_not_hide_the_words_of_a_refusal() {
    let body = r#"{"status":"ERROR","errors":[{"code":"BAD\ud83d","message":"wrong \ude42"}]}"#;
    for http_status in [200, 400, 500] {
        let server = Server::answers([reply(http_status, body)]);
        let client = builder(server.url()).max_attempts(1).build().unwrap();
        let error = client.get_chat(5).unwrap_err();
        assert_eq!(error.errors()[0].code, "BAD\u{fffd}", "HTTP {http_status}");
        assert_eq!(error.errors()[0].message.as_deref(), Some("wrong \u{fffd}"));
    }
}

/// What programs print is what stands in the JSON.
#[test]
fn words_are_shown_as_in_the_json() {
    for outcome in [SendOutcome::Sent, SendOutcome::Confirmed] {
        assert_eq!(serde_json::to_value(outcome).unwrap(), outcome.to_string());
    }
    for outcome in [DeliveryStatus::NotSent, DeliveryStatus::Unknown] {
        assert_eq!(serde_json::to_value(outcome).unwrap(), outcome.to_string());
    }
    let kinds = FindingKind::ALL.iter().map(|kind| kind.to_string());
    assert_eq!(kinds.collect::<Vec<_>>(), ["link", "email", "phone", "messenger"]);
}
