//! What the record keeps, and what it must never keep.

use std::io::Write;

use serde_json::json;
use ymchat_sandbox::{Fault, FaultKind, Key, Operation, Sandbox};

use crate::client::{client, connect, one_chat, raw_send, try_send};

#[test]
fn a_request_is_recorded_with_what_matters() {
    let (sandbox, chat) = one_chat(Sandbox::builder());
    let url = client(&sandbox).url(&format!("chats/message?chatId={chat}"));
    let trace = "0af7651916cd43dd8448eb211c80319c";
    let parent = format!("00-{trace}-b7ad6b7169203331-01");
    let headers = [
        ("api-key", sandbox.api_key()),
        ("traceparent", parent.as_str()),
        ("x-market-integration", "shop/1.0"),
        ("cookie", "secret"),
    ];
    let body = r#"{"message":"Привет"}"#;
    try_send("POST", &url, &headers, Some(("application/json", body.as_bytes()))).unwrap();
    let traffic = sandbox.traffic();
    let request = &traffic.requests[0];
    assert_eq!((request.number, request.operation), (1, Some(Operation::SendMessageToChat)));
    assert_eq!(
        (request.method.as_str(), request.status, request.acknowledged),
        ("POST", Some(200), true)
    );
    assert!(url.ends_with(&request.path), "{}", request.path);
    assert_eq!((request.body.as_deref(), request.body_size), (Some(body), body.len()));
    assert_eq!(request.trace_id.as_deref(), Some(trace));
    assert_eq!((request.key.valid, request.key.key), (true, Some(Key::Full)));
    assert_eq!(request.headers["x-market-integration"], "shop/1.0");
    assert!(!request.headers.contains_key("cookie") && !request.headers.contains_key("api-key"));
    let message = &sandbox.record().chats[0].messages[1];
    assert_eq!((message.request, message.acknowledged), (Some(1), true));
    assert_eq!(request.wrote_message, Some(message.message.message_id));
}

#[test]
fn keys_are_recorded_by_name() {
    let (sandbox, chat) = one_chat(Sandbox::builder());
    let url = client(&sandbox).url(&format!("chat?chatId={chat}"));
    let bearer = format!("Bearer {}", sandbox.oauth_token());
    for header in [
        ("api-key", sandbox.key(Key::Revoked)),
        ("api-key", "ACMA:NOPE"),
        ("authorization", bearer.as_str()),
    ] {
        try_send("GET", &url, &[header], None).unwrap();
    }
    try_send("GET", &url, &[], None).unwrap();
    let traffic = sandbox.traffic();
    let seen: Vec<_> = traffic.requests.iter().map(|r| (r.key.valid, r.key.key)).collect();
    let revoked = (false, Some(Key::Revoked));
    assert_eq!(seen, [revoked, (false, None), (true, Some(Key::OAuth)), (false, None)]);
    assert!(traffic.requests[2].key.authorization_header);
    assert!(!traffic.requests[3].key.api_key_header);
}

#[test]
fn only_well_formed_trace_parents_count() {
    let (sandbox, chat) = one_chat(Sandbox::builder());
    let url = client(&sandbox).url(&format!("chat?chatId={chat}"));
    let zeros = format!("00-{}-b7ad6b7169203331-01", "0".repeat(32));
    for parent in ["", "x", "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01", &zeros] {
        try_send("GET", &url, &[("traceparent", parent)], None).unwrap();
    }
    assert!(sandbox.traffic().requests.iter().all(|request| request.trace_id.is_none()));
}

#[test]
fn no_credential_is_ever_recorded() {
    let (sandbox, chat) = one_chat(Sandbox::builder());
    let key = sandbox.api_key();
    let path = format!("chats/message?chatId={chat}&key={key}");
    let oauth = format!("OAuth {}", sandbox.oauth_token());
    let body = json!({"message": format!("мой ключ {key}")}).to_string();
    let headers = [("api-key", key), ("authorization", &oauth), ("user-agent", key)];
    let sent = Some(("application/json", body.as_bytes()));
    try_send("POST", &client(&sandbox).url(&path), &headers, sent).unwrap().result();
    let seen = format!("{:?}", sandbox.traffic()) + &json!(sandbox.traffic()).to_string();
    for secret in [key, sandbox.oauth_token()] {
        assert!(!seen.contains(secret), "{seen}");
    }
    assert!(seen.contains("<the key full>"));
}

#[test]
fn messages_tell_whether_their_sender_knows() {
    let (sandbox, chat) = one_chat(Sandbox::builder());
    let client = client(&sandbox);
    let lost = |kind| Fault::new(kind).on(Operation::SendMessageToChat).after_work();
    client.say(chat, "known");
    for kind in
        [FaultKind::Close, FaultKind::Status(500), FaultKind::TruncatedBody, FaultKind::NoResult]
    {
        sandbox.add_fault(lost(kind)).unwrap();
        let _ =
            client.try_post(&format!("chats/message?chatId={chat}"), &json!({"message": "lost"}));
    }
    client.say(chat, "known");
    let record = sandbox.record();
    let known: Vec<_> = record.chats[0].messages[1..].iter().map(|m| m.acknowledged).collect();
    assert_eq!(known, [true, false, false, false, false, true]);
    assert!(record.traffic.requests.iter().all(|request| request.handled));
    let statuses: Vec<_> = record.traffic.requests.iter().map(|request| request.status).collect();
    let expected = [Some(200), None, Some(500), Some(200), Some(200), Some(200)];
    assert_eq!(statuses, expected);
}

#[test]
fn chats_tell_which_request_created_them() {
    let sandbox = Sandbox::builder().seeded(false).start().unwrap();
    for _ in 0..2 {
        client(&sandbox).post("chats/new", json!({"context": {"type": "ORDER", "id": 8}})).result();
    }
    let record = sandbox.record();
    assert_eq!(record.chats[0].request, Some(1));
    let created: Vec<_> = record.traffic.requests.iter().map(|r| r.created_chat).collect();
    assert_eq!(created, [Some(record.chats[0].chat.chat_id), None]);
}

#[test]
fn a_request_that_never_arrives_whole_is_not_handled() {
    let (sandbox, chat) = one_chat(Sandbox::builder());
    let whole = raw_send(&sandbox, chat, "Привет");
    let mut stream = connect(&sandbox);
    stream.write_all(&whole.as_bytes()[..whole.len() - 1]).unwrap();
    drop(stream);
    client(&sandbox).say(chat, "Второе");
    assert_eq!(sandbox.traffic().requests.len(), 1);
    assert_eq!(crate::client::shop_texts(&sandbox, chat), ["Второе"]);
}

#[test]
fn connections_are_closed_unless_kept_alive() {
    let (sandbox, chat) = one_chat(Sandbox::builder());
    let reply = client(&sandbox).say(chat, "x");
    assert_eq!(reply.header("connection"), Some("close"));
    sandbox.switch(|switches| switches.keep_alive = true);
    let request = raw_send(&sandbox, chat, "x");
    let last = request.replacen("host: x", "host: x\r\nconnection: close", 1);
    let both = String::from_utf8(crate::client::raw(&sandbox, &(request + &last))).unwrap();
    assert_eq!(both.matches("HTTP/1.1 200 OK").count(), 2, "{both}");
}

#[test]
fn answers_are_compressed_where_both_want_it() {
    let (sandbox, chat) = one_chat(Sandbox::builder().switch(|all| all.gzip = true));
    let request = raw_send(&sandbox, chat, "x");
    let accepting = request.replacen("host: x", "host: x\r\naccept-encoding: gzip", 1);
    let answer =
        |request| String::from_utf8_lossy(&crate::client::raw(&sandbox, request)).into_owned();
    assert!(answer(&accepting).contains("content-encoding: gzip"));
    assert!(!answer(&request).contains("content-encoding"));
    assert_eq!(client(&sandbox).say(chat, "x").json(), json!({"status": "OK"}));
}

#[test]
fn a_sandbox_can_be_shared_by_threads() {
    fn shared<T: Send + Sync>(_: &T) {}
    shared(&Sandbox::start().unwrap());
}

#[test]
fn messages_tell_which_request_has_read_them() {
    let (sandbox, chat) = one_chat(Sandbox::builder());
    let client = client(&sandbox);
    let read_by = || {
        let chats = sandbox.record().chats;
        chats[0].messages.iter().map(|message| message.read_by).collect::<Vec<_>>()
    };
    let history = format!("chats/history?chatId={chat}&limit=2");
    // The answer that is lost or cut off is not read; neither is the list of chats.
    client.post("chats", json!({})).result();
    for kind in [FaultKind::Close, FaultKind::TruncatedBody, FaultKind::Status(502)] {
        let lost = Fault::new(kind).on(Operation::GetChatHistory).after_work();
        sandbox.add_fault(lost).unwrap();
        let _ = client.try_post(&history, &json!({}));
    }
    assert_eq!(read_by(), [None]);
    client.post(&history, json!({})).result();
    let second = sandbox.write_as_customer(chat, "И ещё").unwrap();
    sandbox.write_as_customer(chat, "И ещё раз").unwrap();
    assert_eq!(read_by(), [Some(5), None, None]);
    client.get(&format!("chats/message?chatId={chat}&messageId={second}")).result();
    assert_eq!(read_by(), [Some(5), Some(6), None]);
    client.post(&history, json!({"messageIdFrom": second})).result();
    assert_eq!(read_by(), [Some(5), Some(6), Some(7)]);
}
