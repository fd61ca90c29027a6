//! Wrong arguments: named, and nothing is sent.

use ymchat::{
    Action, CampaignsOptions, ChatContextRef, ChatStatus, ChatType, ChatsOptions, Client,
    ContextType, Error, HistoryOptions, MessagesOptions, SendOptions, Status,
};
use ymchat_sandbox::Sandbox;

use crate::common::failure;

fn client(sandbox: &Sandbox) -> Client {
    crate::common::init_logging();
    Client::builder()
        .api_key(sandbox.api_key())
        .business_id(sandbox.business_id())
        .base_url(sandbox.base_url())
        .build()
        .unwrap()
}

/// The error's sentence must hold `named`, and the Market must have seen nothing.
fn refused<T: std::fmt::Debug>(
    sandbox: &Sandbox,
    operation: &str,
    named: &str,
    result: Result<T, Error>,
) {
    let error = failure(result);
    assert_eq!(error.status(), Status::InvalidArgument, "{named}: {error}");
    assert_eq!((error.is_retryable(), error.action()), (false, Action::FixRequest), "{error}");
    assert_eq!(error.operation(), operation, "{error}");
    assert!(error.to_string().contains(named), "{named}: {error}");
    assert_eq!((error.attempts(), error.trace_id(), error.http_status()), (0, None, None));
    assert!(sandbox.traffic().requests.is_empty(), "{named}");
}

#[test]
fn wrong_chats_options_are_named_and_nothing_is_sent() {
    let sandbox = Sandbox::start().unwrap();
    let client = client(&sandbox);
    let options = ChatsOptions::new;
    for (named, wrong) in [
        ("limit", options().limit(0)),
        ("limit", options().limit(21)),
        ("pageToken", options().page_token("")),
        ("orderIds", options().order_ids([])),
        ("orderIds", options().order_ids([5, 5])),
        ("orderIds", options().order_ids([0])),
        ("orderIds", options().order_ids([-1])),
        ("contexts", options().contexts([])),
        ("contexts", options().contexts([ChatContextRef::Order(0)])),
        ("contexts", options().contexts([ChatContextRef::Order(5), ChatContextRef::Order(5)])),
        ("contextTypes", options().context_types([])),
        ("contextTypes", options().context_types([ContextType::Order, ContextType::Order])),
        ("contextTypes", options().context_types(["".into()])),
        ("types", options().types([])),
        ("types", options().types([ChatType::Chat, ChatType::Chat])),
        ("statuses", options().statuses([])),
        ("statuses", options().statuses([ChatStatus::New, "NEW".into()])),
        ("statuses", options().statuses(["waiting".into()])),
        ("statuses", options().statuses(["A\"B".into()])),
    ] {
        refused(&sandbox, "getChats", named, client.get_chats(&wrong));
        refused(&sandbox, "getChats", named, client.get_all_chats(&wrong));
        let mut chats = client.chats(&wrong);
        refused(&sandbox, "getChats", named, chats.next().unwrap());
        assert!(chats.next().is_none(), "after an error the iterator ends");
    }
    // What cannot be said in Rust.
    for context_type in ["DIRECT", "order", ""] {
        let wrong = format!(r#"{{"contexts": [{{"type": "{context_type}", "id": 5}}]}}"#);
        refused(&sandbox, "getChats", "contexts", client.raw().get_chats(&wrong));
    }
}

#[test]
fn wrong_ids_are_named_and_nothing_is_sent() {
    let sandbox = Sandbox::start().unwrap();
    let client = client(&sandbox);
    for id in [0, -1, i64::MIN] {
        let history = HistoryOptions::new();
        refused(&sandbox, "getChat", "chatId", client.get_chat(id));
        refused(&sandbox, "getChatHistory", "chatId", client.get_chat_history(id, &history));
        refused(
            &sandbox,
            "getChatHistory",
            "chatId",
            client.get_messages_since(id, 0, &MessagesOptions::new()),
        );
        refused(&sandbox, "getChatHistory", "chatId", client.messages(id).next().unwrap());
        refused(&sandbox, "getChatMessage", "chatId", client.get_chat_message(id, 1));
        refused(&sandbox, "getChatMessage", "messageId", client.get_chat_message(1, id));
        let send = SendOptions::new();
        refused(&sandbox, "sendMessageToChat", "chatId", client.send_message_with(id, "x", &send));
        refused(&sandbox, "sendFileToChat", "chatId", client.send_file_with(id, "x", b"x", &send));
        let created = client.create_chat(ChatContextRef::Order(id));
        refused(&sandbox, "createChat", "contextId", created);
        let from = HistoryOptions::new().message_id_from(id);
        let page = client.get_chat_history(1, &from);
        refused(&sandbox, "getChatHistory", "messageIdFrom", page);
        let after = SendOptions::new().after_message_id(id);
        let sent = client.send_message_with(1, "x", &after);
        refused(&sandbox, "sendMessageToChat", "afterMessageId", sent);
    }
    for after in [-1, i64::MIN] {
        let since = client.get_messages_since(1, after, &MessagesOptions::new());
        refused(&sandbox, "getChatHistory", "afterMessageId", since);
        let first = client.messages(1).after(after).next().unwrap();
        refused(&sandbox, "getChatHistory", "messageIdFrom", first);
    }
}

#[test]
fn wrong_pages_are_named_and_nothing_is_sent() {
    let sandbox = Sandbox::start().unwrap();
    let client = client(&sandbox);
    for limit in [0, 101, u32::MAX] {
        let history = HistoryOptions::new().limit(limit);
        refused(&sandbox, "getChatHistory", "limit", client.get_chat_history(1, &history));
        let all = MessagesOptions::new().limit(limit);
        refused(&sandbox, "getChatHistory", "limit", client.get_messages_since(1, 0, &all));
        let first = client.messages(1).page_size(limit).next().unwrap();
        refused(&sandbox, "getChatHistory", "limit", first);
        let campaigns = CampaignsOptions::new().limit(limit);
        refused(&sandbox, "getCampaigns", "limit", client.get_campaigns(&campaigns));
    }
    let history = HistoryOptions::new().page_token("");
    refused(&sandbox, "getChatHistory", "pageToken", client.get_chat_history(1, &history));
    let campaigns = CampaignsOptions::new().page_token("");
    refused(&sandbox, "getCampaigns", "pageToken", client.get_campaigns(&campaigns));
}

#[test]
fn options_that_get_messages_since_cannot_keep_are_not_dropped_silently() {
    let sandbox = Sandbox::start().unwrap();
    let client = client(&sandbox);
    for named in ["pageToken", "messageIdFrom"] {
        let since = client.raw().get_messages_since(1, 0, &format!(r#"{{"{named}": 5}}"#));
        refused(&sandbox, "getChatHistory", named, since);
    }
}

#[test]
fn wrong_messages_are_named_and_nothing_is_sent() {
    let sandbox = Sandbox::start().unwrap();
    let client = client(&sandbox);
    let (long, emoji) = ("я".repeat(4097), "😀".repeat(2048) + "a");
    for text in ["", " ", "\n\t \u{a0}\u{3000}", &long, &emoji] {
        let sent = client.send_message(1, text);
        refused(&sandbox, "sendMessageToChat", "message", sent);
    }
    let contradiction = SendOptions::new().resolve(false).resend(true);
    let sent = client.send_message_with(1, "x", &contradiction);
    refused(&sandbox, "sendMessageToChat", "resend", sent);
}

#[test]
fn wrong_files_are_named_and_nothing_is_sent() {
    let sandbox = Sandbox::start().unwrap();
    let client = client(&sandbox);
    let long = "я".repeat(200);
    for name in
        ["", " ", ".", "..", "a/b", "/", "C:\\a", "a\"b", "a\rb", "a\nb", "a\0b", "a\u{7f}b", &long]
    {
        let sent = client.send_file(1, name, b"x");
        refused(&sandbox, "sendFileToChat", "file name", sent);
    }
    let large = vec![0; 5 * 1024 * 1024 + 1];
    for data in [&[][..], &large] {
        let sent = client.send_file(1, "a.txt", data);
        refused(&sandbox, "sendFileToChat", "the file", sent);
    }
}

#[test]
fn a_chat_is_created_only_about_an_order_or_a_return() {
    let sandbox = Sandbox::start().unwrap();
    let client = client(&sandbox);
    for wrong in ["DIRECT", "", "order", "OR DER", "ORDERS", "SOMETHING_NEW"] {
        refused(&sandbox, "createChat", "contextType", client.raw().create_chat(wrong, 5));
    }
}

#[test]
fn without_a_business_only_what_needs_none_is_sent() {
    let sandbox = Sandbox::start().unwrap();
    let client =
        Client::builder().api_key(sandbox.api_key()).base_url(sandbox.base_url()).build().unwrap();
    let send = SendOptions::new();
    let named = "businessId";
    refused(&sandbox, "getChats", named, client.get_chats(&ChatsOptions::new()));
    refused(&sandbox, "getChats", named, client.get_all_chats(&ChatsOptions::new()));
    refused(&sandbox, "getChat", named, client.get_chat(1));
    refused(&sandbox, "getChatHistory", named, client.get_chat_history(1, &Default::default()));
    refused(&sandbox, "getChatMessage", named, client.get_chat_message(1, 1));
    refused(&sandbox, "sendMessageToChat", named, client.send_message_with(1, "x", &send));
    refused(&sandbox, "sendFileToChat", named, client.send_file_with(1, "x", b"x", &send));
    refused(&sandbox, "createChat", named, client.create_chat(ChatContextRef::Order(1)));
    assert!(!client.get_campaigns(&CampaignsOptions::new()).unwrap().campaigns.is_empty());
    assert!(client.get_token_info().unwrap().api_key.is_some());
}

#[test]
fn the_extremes_of_what_is_allowed_are_accepted() {
    let sandbox = Sandbox::start().unwrap();
    let client = client(&sandbox);
    let chat = sandbox.record().chats[0].chat.chat_id;
    let send = SendOptions::new();
    client.send_message_with(chat, &"я".repeat(4096), &send).unwrap();
    client.send_message_with(chat, &"😀".repeat(2048), &send).unwrap();
    client.send_file_with(chat, "ж", b"x", &send).unwrap();
    client.send_file_with(chat, &"я".repeat(127), &vec![7; 5 * 1024 * 1024], &send).unwrap();
    for limit in [1, 20] {
        client.get_chats(&ChatsOptions::new().limit(limit)).unwrap();
    }
    for limit in [1, 100] {
        client.get_chat_history(chat, &HistoryOptions::new().limit(limit)).unwrap();
        client.get_campaigns(&CampaignsOptions::new().limit(limit)).unwrap();
    }
    assert!(sandbox.traffic().requests.iter().all(|request| request.status == Some(200)));
}

#[test]
fn refusals_say_what_to_do_instead() {
    let sandbox = Sandbox::start().unwrap();
    let client = client(&sandbox);
    let (send, file) = ("sendMessageToChat", "sendFileToChat");
    let none_known = SendOptions::new().after_message_id(0);
    let leave_out = "afterMessageId must be at least 1, not 0; leave it out where no message";
    refused(&sandbox, send, leave_out, client.send_message_with(1, "x", &none_known));
    let from = HistoryOptions::new().message_id_from(0);
    let leave_out = "messageIdFrom must be at least 1, not 0; leave it out to begin with";
    refused(&sandbox, "getChatHistory", leave_out, client.get_chat_history(1, &from));
    let large = vec![0; 6 * 1024 * 1024];
    let sent = client.send_file(1, "Каталог.pdf", &large);
    let sizes = "the file \"Каталог.pdf\" has 6.0 MB (6291456 bytes), and the service takes at most \
                 5 MB (5242880 bytes)";
    refused(&sandbox, file, sizes, sent);
}
