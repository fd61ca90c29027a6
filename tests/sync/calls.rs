//! What comes, and how.

use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::time::Duration;

use serde_json::Value;
use ymchat::{
    ChatStatus, ChatType, ContextType, RawClient, Sender, Status, SyncOptions, SyncScope, SyncStart,
};
use ymchat_sandbox::{Bound, NewChat, NewMessage, Operation, Order, Sandbox};

use crate::support::{Inbox, chat, client, empty_market, ids};

#[test]
fn the_first_call_brings_what_waits_and_the_next_what_is_new() {
    let sandbox = empty_market();
    let first = chat(&sandbox, "Где мой заказ?");
    let answered = chat(&sandbox, "Спасибо!");
    sandbox.write(answered, NewMessage::text("Пожалуйста").by(Sender::Partner)).unwrap();
    let client = client(&sandbox);
    let (mut inbox, options) = (Inbox::default(), SyncOptions::new());
    sandbox.advance_clock(Duration::from_secs(3600));

    let (result, new) = inbox.call(&client, &options).unwrap();
    assert_eq!(new.len(), 1);
    assert!(!result.more);
    let found = &result.chats[0];
    assert_eq!(found.chat.chat_id, first);
    assert_eq!(found.chat.status, Some(ChatStatus::WaitingForPartner));
    assert_eq!(found.messages[0].message.as_deref(), Some("Где мой заказ?"));

    assert_eq!(inbox.news(&client, &options), []);

    // A colleague answers, and the customer goes on: both messages come when the chat comes up.
    let theirs = sandbox.write(first, NewMessage::text("Завтра").by(Sender::Partner)).unwrap();
    assert_eq!(inbox.news(&client, &options), []);
    let reply = sandbox.write_as_customer(first, "Хорошо").unwrap();
    assert_eq!(inbox.news(&client, &options), [(first, theirs), (first, reply)]);
    // Of a chat that did not wait at the start, what is new since.
    let later = sandbox.write_as_customer(answered, "Ещё вопрос").unwrap();
    assert_eq!(inbox.news(&client, &options), [(answered, later)]);
    assert_eq!(inbox.news(&client, &options), []);
}

#[test]
fn the_same_token_gives_the_same_messages_again() {
    let sandbox = Sandbox::start().unwrap();
    let client = client(&sandbox);
    let options = SyncOptions::new().start(SyncStart::All).scope(SyncScope::All).limit(40);
    let mut since = String::new();
    loop {
        let once = client.sync(&since, &options).unwrap();
        let again = client.sync(&since, &options).unwrap();
        assert_eq!(ids(&once), ids(&again));
        since = again.since;
        if !once.more {
            break;
        }
    }
}

#[test]
fn everything_comes_once_in_parts_in_any_order_of_the_service() {
    for (history, chats) in
        [(Order::Ascending, Order::Descending), (Order::Descending, Order::Ascending)]
    {
        for bound in [Bound::Inclusive, Bound::Exclusive] {
            let sandbox = Sandbox::builder()
                .history_order(history)
                .chats_order(chats)
                .message_id_from(bound)
                .start()
                .unwrap();
            let client = client(&sandbox);
            let options = SyncOptions::new().start(SyncStart::All).scope(SyncScope::All).limit(25);
            let mut inbox = Inbox::default();
            loop {
                let (result, new) = inbox.call(&client, &options).unwrap();
                assert!(new.len() <= 25, "{}", new.len());
                for chat in &result.chats {
                    assert!(chat.messages.is_sorted_by_key(|message| message.message_id));
                    assert!(!chat.messages.is_empty());
                }
                if !result.more {
                    break;
                }
            }
            let all: BTreeSet<(i64, i64)> = sandbox
                .record()
                .chats
                .iter()
                .flat_map(|chat| {
                    chat.messages.iter().map(|m| (chat.chat.chat_id, m.message.message_id))
                })
                .collect();
            assert_eq!(inbox.received.into_iter().collect::<BTreeSet<_>>(), all);
        }
    }
}

#[test]
fn chats_and_messages_are_the_services_own_text() {
    let sandbox = Sandbox::start().unwrap();
    let config = format!(
        r#"{{"apiKey": "{}", "businessId": {}, "baseUrl": "{}"}}"#,
        sandbox.api_key(),
        sandbox.business_id(),
        sandbox.base_url()
    );
    let client = RawClient::from_json(&config).unwrap();
    let result = client.sync("", r#"{"start": "all", "scope": "all", "limit": 100000}"#).unwrap();
    let result: Value = serde_json::from_slice(result.as_bytes()).unwrap();
    assert_eq!(result["more"], false);
    let listed = client.get_all_chats("").unwrap();
    let listed: Value = serde_json::from_slice(listed.as_bytes()).unwrap();
    let chats = result["chats"].as_array().unwrap();
    assert_eq!(chats.len(), listed["chats"].as_array().unwrap().len());
    for chat in chats {
        assert!(listed["chats"].as_array().unwrap().contains(&chat["chat"]));
        let id = chat["chat"]["chatId"].as_i64().unwrap();
        let history = client.get_messages_since(id, 0, "").unwrap();
        let history: Value = serde_json::from_slice(history.as_bytes()).unwrap();
        assert_eq!(chat["messages"], history["messages"]);
    }
}

#[test]
fn a_start_says_what_is_new_at_first() {
    let sandbox = empty_market();
    let client = client(&sandbox);
    let old = chat(&sandbox, "давно");
    sandbox.advance_clock(Duration::from_secs(7200));
    let date = sandbox.now() - Duration::from_secs(3600);
    let recent = chat(&sandbox, "недавно");
    sandbox.advance_clock(Duration::from_secs(600));
    let chats = |start| {
        let result = client.sync("", &SyncOptions::new().start(start)).unwrap();
        result.chats.iter().map(|chat| chat.chat.chat_id).collect::<Vec<_>>()
    };
    assert_eq!(chats(SyncStart::All), [old, recent]);
    assert_eq!(chats(SyncStart::Waiting), [old, recent]);
    assert_eq!(chats(SyncStart::At(date)), [recent]);

    sandbox.clear_record();
    let mut inbox = Inbox::default();
    assert_eq!(inbox.news(&client, &SyncOptions::new().start(SyncStart::Now)), []);
    assert_eq!(sandbox.traffic().requests.len(), 1);
    sandbox.advance_clock(Duration::from_secs(60));
    let new = sandbox.write_as_customer(old, "теперь").unwrap();
    assert_eq!(inbox.news(&client, &SyncOptions::new()), [(old, new)]);
}

#[test]
fn filters_and_scope_choose_the_chats() {
    let sandbox = empty_market();
    let client = client(&sandbox);
    let order = sandbox.start_chat(NewChat::about_order(5_231_044, "Где заказ?")).unwrap();
    let direct = chat(&sandbox, "Есть вопрос");
    let finished = chat(&sandbox, "Всё");
    sandbox.set_status(finished, ChatStatus::Finished).unwrap();
    let chats = |options: SyncOptions| {
        let result = client.sync("", &options.start(SyncStart::All)).unwrap();
        result.chats.iter().map(|chat| chat.chat.chat_id).collect::<Vec<_>>()
    };
    assert_eq!(chats(SyncOptions::new()), [order, direct]);
    assert_eq!(chats(SyncOptions::new().scope(SyncScope::All)), [order, direct, finished]);
    assert_eq!(chats(SyncOptions::new().context_types([ContextType::Order])), [order]);
    assert_eq!(chats(SyncOptions::new().types([ChatType::Arbitrage])), [0; 0]);
}

#[test]
fn a_hint_costs_one_request_for_one_message() {
    let sandbox = Sandbox::start().unwrap();
    let client = client(&sandbox);
    let fresh = chat(&sandbox, "Здравствуйте!");
    let (mut inbox, options) = (Inbox::default(), SyncOptions::new());
    inbox.news(&client, &options);
    sandbox.clear_record();

    let message = sandbox.write_as_customer(fresh, "Алло?").unwrap();
    let (result, new) = inbox.call(&client, &options.clone().chat_ids([fresh])).unwrap();
    assert_eq!(new, [(fresh, message)]);
    assert!(!result.more);
    assert!(result.chats[0].chat.context.is_some(), "{:?}", result.chats[0].chat);
    assert_eq!(sandbox.traffic().requests.len(), 1);
    // A look at all chats does not bring it again, nor does the same hint.
    assert_eq!(inbox.news(&client, &options), []);
    assert_eq!(inbox.news(&client, &options.clone().chat_ids([fresh])), []);
    // A chat that does not exist any more is no error.
    assert_eq!(inbox.news(&client, &options.chat_ids([987_654_321])), []);
}

#[test]
fn a_hint_outside_of_the_filters_brings_nothing() {
    let sandbox = empty_market();
    let client = client(&sandbox);
    let order = sandbox.start_chat(NewChat::about_order(5_231_044, "Где заказ?")).unwrap();
    let direct = chat(&sandbox, "Есть вопрос");
    let options = SyncOptions::new().start(SyncStart::All).context_types([ContextType::Order]);
    let result = client.sync("", &options.chat_ids([order, direct])).unwrap();
    let chats: Vec<i64> = result.chats.iter().map(|chat| chat.chat.chat_id).collect();
    assert_eq!(chats, [order]);
    assert!(result.chats[0].chat.status.is_some());
}

#[test]
fn a_quiet_look_costs_one_request_for_each_page_of_chats() {
    let sandbox = empty_market();
    let client = client(&sandbox);
    for _ in 0..21 {
        chat(&sandbox, "Здравствуйте!");
    }
    sandbox.advance_clock(Duration::from_secs(3600));
    let (mut inbox, options) = (Inbox::default(), SyncOptions::new());
    assert_eq!(inbox.news(&client, &options).len(), 21);
    sandbox.clear_record();
    assert_eq!(inbox.news(&client, &options), []);
    assert_eq!(sandbox.traffic().requests.len(), 2);
}

#[test]
fn histories_are_read_four_at_a_time() {
    let sandbox = empty_market();
    sandbox.switch(|switches| switches.latency_ms = 20);
    let client = client(&sandbox);
    for _ in 0..20 {
        chat(&sandbox, "Здравствуйте!");
    }
    assert_eq!(Inbox::default().news(&client, &SyncOptions::new()).len(), 20);
    let traffic = sandbox.traffic();
    let most = traffic.max_parallel_seen[&sandbox.business_id()];
    assert!((2..=4).contains(&most), "{most}");
    assert_eq!(traffic.parallel_refusals, 0);
    assert_eq!(traffic.of(Operation::GetChatHistory).count(), 20);
}

#[test]
fn progress_is_told_and_can_end_the_call() {
    let sandbox = empty_market();
    let client = client(&sandbox);
    for _ in 0..30 {
        chat(&sandbox, "Здравствуйте!");
    }
    let mut steps = Vec::new();
    let options = SyncOptions::new();
    let result = client
        .sync_with_progress("", &options, |at| {
            steps.push((at.chats, at.messages));
            ControlFlow::Continue(())
        })
        .unwrap();
    assert_eq!(ids(&result).len(), 30);
    assert!(steps.is_sorted() && steps.len() > 2, "{steps:?}");
    assert!(steps.last().is_some_and(|last| last.0 == 30), "{steps:?}");

    let error = client
        .sync_with_progress("", &options, |at| {
            if at.messages > 3 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })
        .unwrap_err();
    assert_eq!(error.status(), Status::Cancelled);
}
