//! Pages in every order, and while messages arrive.

use std::collections::BTreeSet;

use serde_json::json;
use ymchat_sandbox::{Bound, Order, Sandbox};

use crate::client::{client, encode, message_ids, one_chat};

fn chat_of(messages: usize, sandbox: &Sandbox, chat: i64) -> Vec<i64> {
    for number in 1..messages {
        sandbox.write_as_customer(chat, &format!("Сообщение {number}")).unwrap();
    }
    let record = sandbox.record();
    let chat = record.chats.iter().find(|found| found.chat.chat_id == chat).unwrap();
    chat.messages.iter().map(|entry| entry.message.message_id).collect()
}

#[test]
fn ascending_pages_include_what_arrives_meanwhile() {
    let (sandbox, chat) = one_chat(Sandbox::builder());
    let before = chat_of(10, &sandbox, chat);
    let path = format!("chats/history?chatId={chat}&limit=3");
    let pages = client(&sandbox).pages(&path, &json!({}), |page| {
        if page < 4 {
            sandbox.write_as_customer(chat, "Ещё одно").unwrap();
        }
    });
    let ids = message_ids(&pages);
    assert!(ids.is_sorted() && ids.len() == 13, "{ids:?}");
    assert_eq!(ids[..10], before);
}

#[test]
fn descending_pages_neither_lose_nor_repeat() {
    let (sandbox, chat) = one_chat(Sandbox::builder().history_order(Order::Descending));
    let mut before = chat_of(10, &sandbox, chat);
    before.reverse();
    let path = format!("chats/history?chatId={chat}&limit=3");
    let pages = client(&sandbox).pages(&path, &json!({}), |_| {
        sandbox.write_as_customer(chat, "Новее первой страницы").unwrap();
    });
    assert_eq!(message_ids(&pages), before);
}

#[test]
fn message_id_from_is_inclusive_or_exclusive_in_both_orders() {
    for order in [Order::Ascending, Order::Descending] {
        for bound in [Bound::Inclusive, Bound::Exclusive] {
            let builder = Sandbox::builder().history_order(order).message_id_from(bound);
            let (sandbox, chat) = one_chat(builder);
            let all = chat_of(9, &sandbox, chat);
            let path = format!("chats/history?chatId={chat}&limit=2");
            let pages = client(&sandbox).pages(&path, &json!({"messageIdFrom": all[4]}), |_| ());
            let mut expected = all[if bound == Bound::Inclusive { 4 } else { 5 }..].to_vec();
            if order == Order::Descending {
                expected.reverse();
            }
            assert_eq!(message_ids(&pages), expected, "{order:?} {bound:?}");
        }
    }
}

#[test]
fn the_bound_of_the_first_page_holds_without_being_repeated() {
    let (sandbox, chat) = one_chat(Sandbox::builder().history_order(Order::Descending));
    let all = chat_of(9, &sandbox, chat);
    let client = client(&sandbox);
    let path = format!("chats/history?chatId={chat}&limit=3");
    let first = client.post(&path, json!({"messageIdFrom": all[5]})).result();
    let token = encode(first["paging"]["nextPageToken"].as_str().unwrap());
    let second = client.post(&format!("{path}&pageToken={token}"), json!({})).result();
    assert_eq!(message_ids(&[first, second.clone()]), [all[8], all[7], all[6], all[5]]);
    assert_eq!(second["paging"], json!({}));
}

#[test]
fn a_token_must_be_encoded_and_belongs_to_its_list() {
    let (sandbox, chat) = one_chat(Sandbox::builder());
    chat_of(5, &sandbox, chat);
    let other = sandbox.start_chat(ymchat_sandbox::NewChat::direct("?")).unwrap();
    let client = client(&sandbox);
    let path = format!("chats/history?chatId={chat}");
    let first = client.post(&format!("{path}&limit=2"), json!({})).result();
    let token = first["paging"]["nextPageToken"].as_str().unwrap().to_owned();
    for character in ['+', '/', '=', '&', '?', '#', ' ', '%', 'é', '"'] {
        assert!(token.contains(character), "{token} has no {character}");
    }
    let encoded = encode(&token);
    let with = |token: &str| client.post(&format!("{path}&page_token={token}&limit=3"), json!({}));
    assert_eq!(message_ids(&[with(&encoded).result()]).len(), 3);
    with(&encoded.replace("%2B", "+")).error(400);
    with("nonsense").error(400);
    with("%zz").error(400);
    client.post(&format!("chats/history?chatId={other}&pageToken={encoded}"), json!({})).error(400);
    client.post(&format!("chats?pageToken={encoded}"), json!({})).error(400);
}

#[test]
fn chats_come_in_either_order() {
    let mut lists = [Order::Ascending, Order::Descending].map(|order| {
        let sandbox = Sandbox::builder().chats_order(order).start().unwrap();
        let pages = client(&sandbox).pages("chats?limit=4", &json!({}), |_| ());
        let chats = pages.iter().flat_map(|page| page["chats"].as_array().unwrap());
        chats.map(|chat| chat["chatId"].as_i64().unwrap()).collect::<Vec<_>>()
    });
    assert_eq!(lists[0].iter().collect::<BTreeSet<_>>().len(), lists[0].len());
    lists[1].reverse();
    assert_eq!(lists[0], lists[1]);
}

#[test]
fn without_a_limit_pages_have_the_documented_size() {
    let sandbox = Sandbox::start().unwrap();
    let client = client(&sandbox);
    let chats = client.post("chats", json!({})).result();
    assert_eq!(chats["chats"].as_array().unwrap().len(), 10);
    let long = crate::seeds::longest_chat(&sandbox);
    let history = client.post(&format!("chats/history?chatId={long}"), json!({})).result();
    assert_eq!(history["messages"].as_array().unwrap().len(), 50);
}

#[test]
fn empty_pages_come_between_the_others() {
    let (sandbox, chat) = one_chat(Sandbox::builder().switch(|all| all.empty_pages = true));
    let all = chat_of(5, &sandbox, chat);
    let path = format!("chats/history?chatId={chat}&limit=2");
    let pages = client(&sandbox).pages(&path, &json!({}), |_| ());
    let sizes: Vec<_> =
        pages.iter().map(|page| page["messages"].as_array().unwrap().len()).collect();
    assert_eq!(sizes, [2, 0, 2, 0, 1]);
    assert_eq!(message_ids(&pages), all);
}
