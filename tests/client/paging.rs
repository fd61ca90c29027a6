//! Lists of several pages: in whatever order they come, nothing is lost or given twice.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicI64, Ordering};

use serde_json::{Value, json};
use ymchat::{
    Action, Chat, ChatMessage, ChatStatus, ChatsOptions, Client, Error, MessagesOptions, Status,
};
use ymchat_sandbox::{Bound, Builder, NewChat, Operation, Order, Sandbox};

use crate::common::serve::{Server, kept, reply};
use crate::common::{builder, failure, init_logging};

fn client(sandbox: &Sandbox) -> Client {
    init_logging();
    Client::builder()
        .api_key(sandbox.api_key())
        .business_id(sandbox.business_id())
        .base_url(sandbox.base_url())
        .build()
        .unwrap()
}

/// A chat with this many messages; their ids, oldest first.
fn conversation(builder: Builder, messages: usize) -> (Sandbox, i64, Vec<i64>) {
    let sandbox = builder.seeded(false).start().unwrap();
    let chat = sandbox.start_chat(NewChat::about_order(77, "0")).unwrap();
    for number in 1..messages {
        sandbox.write_as_customer(chat, &number.to_string()).unwrap();
    }
    let record = sandbox.record();
    let ids = record.chats[0].messages.iter().map(|entry| entry.message.message_id).collect();
    (sandbox, chat, ids)
}

fn ids(messages: &[ChatMessage]) -> Vec<i64> {
    messages.iter().map(|message| message.message_id).collect()
}

fn requests(sandbox: &Sandbox, operation: Operation) -> usize {
    sandbox.traffic().of(operation).count()
}

/// Every way in which a history may come.
fn worlds() -> impl Iterator<Item = Builder> {
    [Order::Ascending, Order::Descending].into_iter().flat_map(|order| {
        [Bound::Inclusive, Bound::Exclusive].into_iter().flat_map(move |bound| {
            [false, true].into_iter().map(move |empty| {
                Sandbox::builder()
                    .history_order(order)
                    .message_id_from(bound)
                    .switch(|switches| switches.empty_pages = empty)
            })
        })
    })
}

#[test]
fn messages_since_come_complete_and_in_order_from_any_world() {
    for world in worlds() {
        let (sandbox, chat, all) = conversation(world, 23);
        let client = client(&sandbox);
        let what = format!("{:?}", sandbox.switches());
        for (after, rest) in [(0, 0), (all[0], 1), (all[11], 12), (all[21], 22), (all[22], 23)] {
            for limit in [4, 23, 100] {
                let options = MessagesOptions::new().limit(limit);
                let since = client.get_messages_since(chat, after, &options).unwrap();
                assert_eq!(ids(&since), all[rest..], "after {after}, {limit} a page, {what}");
            }
        }
        // An id between two messages, as that of a message in another chat.
        let between = all[5] + 1;
        if between < all[6] {
            let since = client.get_messages_since(chat, between, &MessagesOptions::new()).unwrap();
            assert_eq!(ids(&since), all[6..], "{what}");
        }
    }
}

#[test]
fn the_iterator_gives_every_message_once_in_any_world() {
    for world in worlds() {
        let (sandbox, chat, all) = conversation(world, 13);
        let client = client(&sandbox);
        let what = format!("{:?}", sandbox.switches());
        let given: Result<Vec<_>, Error> = client.messages(chat).page_size(3).collect();
        let mut given = ids(&given.unwrap());
        if sandbox.switches().history_order == Order::Descending {
            given.reverse();
        }
        assert_eq!(given, all, "{what}");
        let after: Result<Vec<_>, Error> =
            client.messages(chat).after(all[4]).page_size(3).collect();
        let mut after = ids(&after.unwrap());
        after.sort_unstable();
        assert_eq!(after, all[5..], "{what}");
        let none: Result<Vec<_>, Error> = client.messages(chat).after(all[12]).collect();
        assert!(none.unwrap().is_empty(), "{what}");
    }
}

#[test]
fn what_is_written_between_two_pages_is_neither_lost_nor_given_twice() {
    for world in worlds() {
        let (sandbox, chat, before) = conversation(world, 12);
        let client = client(&sandbox);
        let what = format!("{:?}", sandbox.switches());
        let mut given = Vec::new();
        for message in client.messages(chat).page_size(3) {
            given.push(message.unwrap().message_id);
            if given.len() % 3 == 0 && given.len() < 12 {
                sandbox.write_as_customer(chat, "и ещё").unwrap();
            }
        }
        let unique: BTreeSet<_> = given.iter().copied().collect();
        assert_eq!(unique.len(), given.len(), "{what}");
        assert!(before.iter().all(|id| unique.contains(id)), "{what}");
        // Whatever the order: from the newest that was known, the rest is found.
        let rest = client.get_messages_since(chat, before[11], &MessagesOptions::new()).unwrap();
        assert_eq!(rest.len(), 3, "{what}");
    }
}

#[test]
fn only_the_pages_that_are_needed_are_read() {
    let (sandbox, chat, _) = conversation(Sandbox::builder(), 12);
    for number in 0..30 {
        sandbox.start_chat(NewChat::about_order(100 + number, "?")).unwrap();
    }
    let client = client(&sandbox);
    let mut messages = client.messages(chat).page_size(5);
    assert_eq!(requests(&sandbox, Operation::GetChatHistory), 0);
    for _ in 0..5 {
        messages.next().unwrap().unwrap();
    }
    assert_eq!(requests(&sandbox, Operation::GetChatHistory), 1);
    messages.next().unwrap().unwrap();
    assert_eq!(requests(&sandbox, Operation::GetChatHistory), 2);
    assert_eq!(messages.count(), 6);
    assert_eq!(requests(&sandbox, Operation::GetChatHistory), 3);

    let options = ChatsOptions::new().limit(7);
    assert_eq!(client.chats(&options).take(7).count(), 7);
    assert_eq!(requests(&sandbox, Operation::GetChats), 1);
    assert_eq!(client.chats(&options).take(8).count(), 8);
    assert_eq!(requests(&sandbox, Operation::GetChats), 3);
}

#[test]
fn all_chats_come_once_whatever_the_order_and_the_page_size() {
    for order in [Order::Ascending, Order::Descending] {
        for empty in [false, true] {
            let sandbox = Sandbox::builder()
                .seeded(false)
                .chats_order(order)
                .switch(|switches| switches.empty_pages = empty)
                .start()
                .unwrap();
            let mut all: Vec<i64> = (0..23)
                .map(|number| sandbox.start_chat(NewChat::about_order(1 + number, "?")).unwrap())
                .collect();
            if order == Order::Descending {
                all.reverse();
            }
            let client = client(&sandbox);
            for options in
                [ChatsOptions::new(), ChatsOptions::new().limit(5), ChatsOptions::new().limit(1)]
            {
                let chats = client.get_all_chats(&options).unwrap();
                assert_eq!(chats.iter().map(|chat| chat.chat_id).collect::<Vec<_>>(), all);
                let chats: Result<Vec<Chat>, Error> = client.chats(&options).collect();
                assert_eq!(chats.unwrap().iter().map(|c| c.chat_id).collect::<Vec<_>>(), all);
            }
        }
    }
}

#[test]
fn filters_and_page_size_stay_the_same_on_every_page() {
    let sandbox = Sandbox::builder().seeded(false).start().unwrap();
    for number in 0..9 {
        let chat = sandbox.start_chat(NewChat::about_order(1 + number, "?")).unwrap();
        if number % 3 == 0 {
            sandbox.set_status(chat, ChatStatus::Finished).unwrap();
        }
    }
    let client = client(&sandbox);
    let options = ChatsOptions::new().limit(2).statuses([ChatStatus::WaitingForPartner]);
    assert_eq!(client.get_all_chats(&options).unwrap().len(), 6);
    assert_eq!(client.chats(&options).count(), 6);
    let traffic = sandbox.traffic();
    for request in traffic.of(Operation::GetChats) {
        assert!(request.path.contains("limit=2"), "{}", request.path);
        assert_eq!(request.body.as_deref(), Some(r#"{"statuses":["WAITING_FOR_PARTNER"]}"#));
    }
    // One page size for all of a history's pages, too, also where none was given.
    let (sandbox, chat, _) = conversation(Sandbox::builder(), 201);
    let client = self::client(&sandbox);
    assert_eq!(client.get_messages_since(chat, 0, &MessagesOptions::new()).unwrap().len(), 201);
    let paths: Vec<_> =
        sandbox.traffic().of(Operation::GetChatHistory).map(|r| r.path.clone()).collect();
    assert_eq!(paths.len(), 3);
    assert!(paths.iter().all(|path| path.contains("limit=100")), "{paths:?}");
}

/// A client of a service whose pages come as they are given.
fn pages(pages: impl IntoIterator<Item = Value>) -> (Server, Client) {
    let answers = pages
        .into_iter()
        .map(|page| reply(200, json!({"status": "OK", "result": page}).to_string()));
    let server = Server::answers(answers);
    let client = builder(server.url()).build().unwrap();
    (server, client)
}

fn message(id: i64) -> Value {
    json!({"messageId": id, "createdAt": "2026-01-01T00:00:00Z", "sender": "CUSTOMER"})
}

fn history(ids: &[i64], token: Value) -> Value {
    let messages: Vec<_> = ids.iter().map(|id| message(*id)).collect();
    json!({"messages": messages, "paging": {"nextPageToken": token}})
}

fn chats(ids: &[i64], token: Value) -> Value {
    let chats: Vec<_> = ids.iter().map(|id| json!({"chatId": id})).collect();
    json!({"chats": chats, "paging": {"nextPageToken": token}})
}

#[test]
fn a_list_ends_with_a_missing_token_and_not_with_an_empty_page() {
    for end in [
        json!({"messages": [message(9)]}),
        json!({"messages": [message(9)], "paging": null}),
        json!({"messages": [message(9)], "paging": {}}),
        history(&[9], json!(null)),
        history(&[9], json!("")),
    ] {
        let all = [history(&[], json!("a")), history(&[3], json!("b")), history(&[], json!("c"))];
        let (server, client) = pages(all.into_iter().chain([end.clone()]));
        let since = client.get_messages_since(5, 0, &MessagesOptions::new()).unwrap();
        assert_eq!(ids(&since), [3, 9], "{end}");
        let targets: Vec<_> = server
            .requests()
            .iter()
            .map(|r| r.target().rsplit('=').next().unwrap().to_owned())
            .collect();
        assert_eq!(targets, ["100", "a", "b", "c"], "{end}");
    }
}

#[test]
fn a_token_that_comes_back_is_a_protocol_error_and_no_endless_loop() {
    let circle =
        || [history(&[1], json!("a")), history(&[2], json!("b")), history(&[3], json!("a"))];
    let check = |error: Error, server: &Server| {
        assert_eq!(error.status(), Status::Protocol, "{error}");
        assert!(!error.is_retryable() && error.to_string().contains("token"), "{error}");
        assert_eq!(server.requests().len(), 3);
    };
    let (server, client) = pages(circle());
    check(failure(client.get_messages_since(5, 0, &MessagesOptions::new())), &server);
    let (server, client) = pages(circle());
    let mut messages = client.messages(5);
    assert_eq!(messages.next().unwrap().unwrap().message_id, 1);
    assert_eq!(messages.next().unwrap().unwrap().message_id, 2);
    check(failure(messages.next().unwrap()), &server);
    assert!(messages.next().is_none());

    let circle = || [chats(&[1], json!("a")), chats(&[2], json!("b")), chats(&[3], json!("b"))];
    let (server, client) = pages(circle());
    check(failure(client.get_all_chats(&ChatsOptions::new())), &server);
    let (server, client) = pages(circle());
    let last = client.chats(&ChatsOptions::new()).last().unwrap();
    check(failure(last), &server);
}

#[test]
fn a_page_that_names_itself_is_a_circle_too() {
    let (_server, client) = pages([chats(&[1], json!("start"))]);
    let options = ChatsOptions::new().page_token("start");
    assert_eq!(failure(client.get_all_chats(&options)).status(), Status::Protocol);
    assert_eq!(failure(client.chats(&options).next().unwrap()).status(), Status::Protocol);
}

#[test]
fn messages_are_sorted_and_those_that_come_twice_are_given_once() {
    let (_server, client) = pages([
        history(&[5, 3, 9], json!("a")),
        history(&[4, 9, 2, 3], json!("b")),
        history(&[1, 8], json!(null)),
    ]);
    let since = client.get_messages_since(5, 2, &MessagesOptions::new()).unwrap();
    assert_eq!(ids(&since), [3, 4, 5, 8, 9]);
}

#[test]
fn a_chat_that_moves_between_pages_is_given_once_as_it_was_last() {
    let first = json!({"chats": [{"chatId": 1, "status": "NEW"}, {"chatId": 2}],
        "paging": {"nextPageToken": "a"}});
    let second = json!({"chats": [{"chatId": 1, "status": "FINISHED"}, {"chatId": 3}]});
    let (_server, client) = pages([first, second]);
    let chats = client.get_all_chats(&ChatsOptions::new()).unwrap();
    assert_eq!(chats.iter().map(|chat| chat.chat_id).collect::<Vec<_>>(), [1, 2, 3]);
    assert_eq!(chats[0].status, Some(ChatStatus::Finished));
}

#[test]
fn a_failure_in_the_middle_is_told_and_ends_the_iterator() {
    let page = json!({"status": "OK", "result": history(&[1, 2], json!("a"))}).to_string();
    let server = Server::answers([reply(200, page), reply(404, "")]);
    let client = builder(server.url()).build().unwrap();
    let mut messages = client.messages(5);
    assert_eq!(messages.by_ref().take(2).filter(Result::is_ok).count(), 2);
    assert_eq!(failure(messages.next().unwrap()).status(), Status::NotFound);
    assert!(messages.next().is_none() && messages.next().is_none());
    assert_eq!(server.requests().len(), 2);
}

#[test]
fn an_item_that_cannot_be_read_is_named_with_its_request() {
    let (server, client) = pages([json!({"chats": [{"chatId": 1}, {"id": 2}]})]);
    let error = failure(client.get_all_chats(&ChatsOptions::new()));
    assert_eq!((error.status(), error.attempts()), (Status::Protocol, 1), "{error}");
    assert_eq!(error.trace_id(), Some(server.requests()[0].trace_id()));
    let (server, client) = pages([json!({"messages": [{"messageId": "1"}]})]);
    let error = failure(client.get_messages_since(5, 0, &MessagesOptions::new()));
    assert_eq!((error.status(), error.attempts()), (Status::Protocol, 1), "{error}");
    assert_eq!(error.trace_id(), Some(server.requests()[0].trace_id()));
}

/// Pages without end, each with so many items of a thousand letters, and a token of its own.
fn endless(list: &'static str, id: &'static str, items: i64) -> (Server, Client) {
    let pages = AtomicI64::new(0);
    let server = Server::start(move |mut peer| {
        while peer.request().is_some() {
            let page = pages.fetch_add(1, Ordering::SeqCst);
            let item = |n: i64| {
                json!({id: page * items + n + 1, "createdAt": "2026-01-01T00:00:00Z",
                    "sender": "CUSTOMER", "message": "x".repeat(1000)})
            };
            let result = json!({
                list: (0..items).map(item).collect::<Vec<_>>(),
                "paging": {"nextPageToken": format!("page {page}")},
            });
            let body = json!({"status": "OK", "result": result}).to_string();
            if peer.send(&kept(200, body)).is_err() {
                return;
            }
        }
    });
    let client = builder(server.url()).build().unwrap();
    (server, client)
}

#[test]
fn a_list_that_never_ends_is_collected_up_to_its_bound_alone() {
    // Each item has more than a thousand bytes, and less than twice as many.
    let check = |error: Error, server: &Server, name: &str| {
        assert_eq!(error.status(), Status::Protocol, "{error}");
        assert!(!error.is_retryable() && error.action() == Action::FixRequest, "{error}");
        for part in [name, "maxTotalBytes", "100000 bytes", "an iterator or with sync"] {
            assert!(error.to_string().contains(part), "{error}");
        }
        assert_eq!(error.attempts(), 1, "of the request that was one too many");
        let requests = server.requests().len();
        assert!((5..=10).contains(&requests), "{requests} pages of ten items");
    };
    let (server, client) = endless("messages", "messageId", 10);
    let options = MessagesOptions::new().max_total_bytes(100_000);
    check(failure(client.get_messages_since(5, 0, &options)), &server, "getChatHistory");
    let (server, client) = endless("messages", "messageId", 10);
    let json = client.raw().get_messages_since(5, 0, r#"{"maxTotalBytes": 100000}"#);
    check(failure(json), &server, "getChatHistory");
    let (server, client) = endless("chats", "chatId", 10);
    let options = ChatsOptions::new().max_total_bytes(100_000);
    check(failure(client.get_all_chats(&options)), &server, "getChats");
    let (server, client) = endless("chats", "chatId", 10);
    let json = client.raw().get_all_chats(r#"{"maxTotalBytes": 100000}"#);
    check(failure(json), &server, "getChats");
}

#[test]
fn a_chat_that_comes_again_counts_once() {
    let long = |id: i64| json!({"chatId": id, "name": "x".repeat(400)});
    let page =
        |token: Value| json!({"chats": [long(1), long(2)], "paging": {"nextPageToken": token}});
    let (_server, client) = pages([page(json!("a")), page(json!("b")), page(json!(null))]);
    let options = ChatsOptions::new().max_total_bytes(1_024);
    assert_eq!(client.get_all_chats(&options).unwrap().len(), 2);
}
