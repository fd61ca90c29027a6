//! The conversations that are there from the start.

use std::collections::BTreeSet;

use serde_json::json;
use ymchat_sandbox::{NewChat, Sandbox};

use crate::client::client;

pub fn longest_chat(sandbox: &Sandbox) -> i64 {
    let chats = sandbox.record().chats;
    chats.iter().max_by_key(|entry| entry.messages.len()).unwrap().chat.chat_id
}

#[test]
fn every_kind_of_chat_is_there() {
    let sandbox = Sandbox::start().unwrap();
    let chats = sandbox.record().chats;
    let seen = |name: fn(&ymchat::Chat) -> String| {
        chats.iter().map(|entry| name(&entry.chat)).collect::<BTreeSet<_>>()
    };
    assert_eq!(seen(|chat| chat.chat_type.as_ref().unwrap().to_string()).len(), 2);
    assert_eq!(seen(|chat| chat.status.as_ref().unwrap().to_string()).len(), 6);
    let contexts = seen(|chat| chat.context.as_ref().unwrap().context_type.to_string());
    assert_eq!(contexts.len(), 3);
    assert!(chats.iter().all(|entry| entry.messages.is_sorted_by_key(|m| m.message.message_id)));
    let last = chats.last().unwrap();
    assert!(last.chat.chat_id > 1 << 53 && last.messages[0].message.message_id > 1 << 53);
    let longest = chats.iter().map(|entry| entry.messages.len()).max().unwrap();
    assert!(longest > 250, "{longest}");
    let files = chats.iter().flat_map(|entry| &entry.messages).map(|m| m.message.payload.len());
    assert!(files.sum::<usize>() >= 2);
}

#[test]
fn oddities_are_sent_as_they_stand() {
    let sandbox = Sandbox::start().unwrap();
    let client = client(&sandbox);
    let chats = sandbox.record().chats;
    let all: Vec<_> = chats
        .iter()
        .map(|entry| {
            let path = format!("chats/history?chatId={}&limit=100", entry.chat.chat_id);
            client.post(&path, json!({})).result()
        })
        .collect();
    let messages: Vec<_> =
        all.iter().flat_map(|page| page["messages"].as_array().unwrap()).collect();
    assert!(messages.iter().any(|message| message["payload"] == json!([null])));
    let strange = messages.iter().find(|message| message["sender"] == "COURIER_BOT").unwrap();
    assert!(strange["reactions"].is_array());
    let file = messages.iter().find(|message| message["payload"][0]["size"].is_number()).unwrap();
    let png = client.get_url(file["payload"][0]["url"].as_str().unwrap());
    assert!(png.body.starts_with(b"\x89PNG"));
    assert!(all.iter().any(|page| page["context"]["loyalty"].is_object()));
    assert!(all.iter().any(|page| page.get("orderId").is_none()), "DIRECT has no order");
}

#[test]
fn seeds_can_be_left_out_and_are_the_same_each_time() {
    assert!(Sandbox::builder().seeded(false).start().unwrap().record().chats.is_empty());
    let ids = || {
        let chats = Sandbox::start().unwrap().record().chats;
        chats.iter().map(|entry| entry.chat.chat_id).collect::<Vec<_>>()
    };
    assert_eq!(ids(), ids());
}

#[test]
fn ids_beyond_two_to_the_53_are_in_one_chat_and_behind_a_switch() {
    const TWO_TO_53: i64 = 1 << 53;
    let sandbox = Sandbox::start().unwrap();
    let seeded = sandbox.record().chats;
    let (ordinary, great) = (seeded[0].chat.chat_id, seeded.last().unwrap().chat.chat_id);
    assert_eq!(seeded.iter().filter(|entry| entry.chat.chat_id > TWO_TO_53).count(), 1);

    let new = || sandbox.start_chat(NewChat::direct("Привет")).unwrap();
    let write = |chat| sandbox.write_as_customer(chat, "Вы здесь?").unwrap();
    let first = new();
    assert!(first < TWO_TO_53 && write(first) < TWO_TO_53 && write(ordinary) < TWO_TO_53);
    // The messages of a chat ascend.
    assert!(write(great) > TWO_TO_53);
    sandbox.switch(|switches| switches.big_ids = true);
    let second = new();
    assert!(second > great && write(ordinary) > TWO_TO_53);
    sandbox.switch(|switches| switches.big_ids = false);
    let third = new();
    assert!(first < third && third < TWO_TO_53);
    assert!(write(ordinary) > TWO_TO_53 && write(second) > TWO_TO_53 && write(third) < TWO_TO_53);
    for entry in sandbox.record().chats {
        assert!(entry.messages.is_sorted_by_key(|message| message.message.message_id));
    }

    // No id is used again after a reset.
    sandbox.reset();
    let fourth = new();
    assert!(third < fourth && fourth < TWO_TO_53, "{third} {fourth}");
}
