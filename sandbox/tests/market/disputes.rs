//! Disputes in chats that exist: opened, argued, decided.

use std::net::TcpListener;

use serde_json::{Value, json};
use ymchat::{ChatStatus, Sender};
use ymchat_sandbox::{Decision, Misuse, NewDispute, NotificationSettings, Sandbox, Winner};

use crate::client::{admin, client, one_chat};

/// Type and status, as the shop's program sees them.
fn seen(sandbox: &Sandbox, chat: i64) -> (Value, Value) {
    let chat = client(sandbox).get(&format!("chat?chatId={chat}")).result();
    (chat["type"].clone(), chat["status"].clone())
}

fn dispute(status: &str) -> (Value, Value) {
    (json!("ARBITRAGE"), json!(status))
}

#[test]
fn a_dispute_is_opened_waits_for_the_arbiter_and_ends_with_the_decision() {
    let (sandbox, chat) = one_chat(Sandbox::builder());
    assert_eq!(seen(&sandbox, chat), (json!("CHAT"), json!("WAITING_FOR_PARTNER")));
    let opened = sandbox.open_dispute(chat, NewDispute::by_customer().text("Верните деньги"));
    let opened = opened.unwrap().expect("a message");
    assert_eq!(seen(&sandbox, chat), dispute("WAITING_FOR_ARBITER"));
    // What both sides say is for the arbiter, who may ask one of them.
    client(&sandbox).say(chat, "Товар был цел");
    assert_eq!(seen(&sandbox, chat), dispute("WAITING_FOR_ARBITER"));
    sandbox.set_status(chat, ChatStatus::WaitingForPartner).unwrap();
    client(&sandbox).say(chat, "Вот фото");
    assert_eq!(seen(&sandbox, chat), dispute("WAITING_FOR_ARBITER"));
    sandbox.write_as_customer(chat, "И вот").unwrap();
    assert_eq!(seen(&sandbox, chat), dispute("WAITING_FOR_ARBITER"));

    let decided = sandbox.decide_dispute(chat, Decision::in_favour_of(Winner::Partner)).unwrap();
    assert_eq!(seen(&sandbox, chat), dispute("FINISHED"));
    let record = sandbox.record();
    let messages: Vec<_> = record.chats[0].messages.iter().map(|entry| &entry.message).collect();
    let words = |id: i64| {
        let message = messages.iter().find(|message| message.message_id == id).unwrap();
        (message.sender.clone(), message.message.as_deref().unwrap())
    };
    assert_eq!(words(opened), (Sender::Customer, "Верните деньги"));
    assert_eq!(words(decided), (Sender::Support, "Спор решён в пользу магазина."));

    // Afterwards it is a conversation like any other, and another dispute may begin.
    sandbox.write_as_customer(chat, "А гарантия?").unwrap();
    assert_eq!(seen(&sandbox, chat), dispute("WAITING_FOR_PARTNER"));
    client(&sandbox).say(chat, "Год");
    assert_eq!(seen(&sandbox, chat), dispute("WAITING_FOR_CUSTOMER"));
    assert_eq!(sandbox.open_dispute(chat, NewDispute::by_market()), Ok(None));
    assert_eq!(seen(&sandbox, chat), dispute("WAITING_FOR_ARBITER"));
}

#[test]
fn a_dispute_is_told_once_when_it_begins_and_once_when_it_ends() {
    // It is never answered, so everything that was told is remembered.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", silent.local_addr().unwrap());
    let (sandbox, chat) =
        one_chat(Sandbox::builder().notifications(NotificationSettings::to(&url)));
    sandbox.open_dispute(chat, NewDispute::by_market().text("Разберёмся")).unwrap();
    let decision = Decision::in_favour_of(Winner::Customer).text("Деньги вернутся");
    sandbox.decide_dispute(chat, decision).unwrap();
    sandbox.write_as_customer(chat, "Спасибо").unwrap();
    // The dispute has ended before.
    sandbox.set_status(chat, ChatStatus::Finished).unwrap();
    sandbox.open_dispute(chat, NewDispute::by_customer()).unwrap();
    sandbox.set_status(chat, ChatStatus::Finished).unwrap();
    let log = sandbox.notifications();
    let told = log.notifications.iter().map(|record| &record.notification);
    let told: Vec<_> = told.filter(|body| body["chatId"] == chat).collect();
    let types: Vec<_> =
        told.iter().map(|body| body["notificationType"].as_str().unwrap()).collect();
    let expected = [
        "CHAT_CREATED",
        "CHAT_MESSAGE_SENT",
        "CHAT_ARBITRAGE_STARTED",
        "CHAT_MESSAGE_SENT",
        "CHAT_MESSAGE_SENT",
        "CHAT_ARBITRAGE_FINISHED",
        "CHAT_MESSAGE_SENT",
        "CHAT_ARBITRAGE_STARTED",
        "CHAT_ARBITRAGE_FINISHED",
    ];
    assert_eq!(types, expected);
    assert!(told[2]["startedAt"].is_string() && told[5]["finishedAt"].is_string(), "{told:?}");
}

#[test]
fn the_admin_api_opens_and_decides_disputes_and_names_mistakes() {
    let (sandbox, chat) = one_chat(Sandbox::builder());
    let call =
        |name: &str, body: Value| admin(&sandbox, "POST", &format!("/chats/{chat}/{name}"), body);
    let refused = |name: &str, body: Value, word: &str| {
        let text = call(name, body).error(400);
        assert!(text.contains(word), "{text}");
    };
    refused("decision", json!({"inFavourOf": "CUSTOMER"}), "no open dispute");
    refused("dispute", json!({"by": "PARTNER"}), "`PARTNER`");
    refused("dispute", json!({"reason": "x"}), "`reason`");
    assert_eq!(seen(&sandbox, chat).0, "CHAT");
    let opened = call("dispute", json!({"by": "MARKET", "text": "Проверяем"})).json();
    assert!(opened["messageId"].is_i64(), "{opened}");
    refused("dispute", json!({}), "has an open dispute already");
    refused("decision", json!({}), "`inFavourOf`");
    refused("decision", json!({"inFavourOf": "MARKET"}), "`MARKET`");
    assert_eq!(seen(&sandbox, chat), dispute("WAITING_FOR_ARBITER"));
    let decided = call("decision", json!({"inFavourOf": "CUSTOMER"})).json();
    let page = admin(&sandbox, "GET", &format!("/chats/{chat}"), Value::Null).json();
    let last = &page["messages"][2]["message"];
    assert_eq!(last["messageId"], decided["messageId"]);
    assert_eq!(last["message"], "Спор решён в пользу покупателя.");
    refused("decision", json!({"inFavourOf": "CUSTOMER"}), "no open dispute");
    assert_eq!(call("dispute", json!({})).json(), json!({"messageId": null}));

    admin(&sandbox, "POST", "/chats/1/dispute", json!({})).error(404);
    admin(&sandbox, "POST", "/chats/1/decision", json!({"inFavourOf": "CUSTOMER"})).error(404);
    assert_eq!(sandbox.open_dispute(1, NewDispute::by_customer()), Err(Misuse::NoSuchChat(1)));
}
