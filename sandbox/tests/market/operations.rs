//! Every operation: what it gives, and what it refuses.

use serde_json::{Value, json};
use ymchat::{ChatStatus, Sender};
use ymchat_sandbox::{NewChat, NewMessage, Sandbox};

use crate::client::{client, one_chat, shop_texts, try_send};

fn status(sandbox: &Sandbox, chat: i64) -> Value {
    client(sandbox).get(&format!("chat?chatId={chat}")).result()["status"].clone()
}

#[test]
fn a_conversation_changes_whose_turn_it_is() {
    let (sandbox, chat) = one_chat(Sandbox::builder());
    let client = client(&sandbox);
    assert_eq!(status(&sandbox, chat), "WAITING_FOR_PARTNER");
    let sent = client.say(chat, "  Добрый день! 🫖 \n");
    assert_eq!(sent.json(), json!({"status": "OK"}));
    assert_eq!(status(&sandbox, chat), "WAITING_FOR_CUSTOMER");
    let id = sandbox.write_as_customer(chat, "Спасибо").unwrap();
    assert_eq!(status(&sandbox, chat), "WAITING_FOR_PARTNER");
    sandbox.write(chat, NewMessage::text("Напоминание").by(Sender::Market)).unwrap();
    assert_eq!(status(&sandbox, chat), "WAITING_FOR_PARTNER");

    let ids = client.history(chat, 50);
    assert_eq!((ids.len(), ids[2]), (4, id));
    let message = |id| client.get(&format!("chats/message?chatId={chat}&messageId={id}")).result();
    assert_eq!(message(ids[1])["message"], "Добрый день! 🫖");
    assert_eq!(message(ids[1])["sender"], "PARTNER");
    assert_eq!(message(ids[3])["sender"], "MARKET");
    assert_eq!(message(id)["message"], "Спасибо");
}

#[test]
fn updated_at_is_the_time_of_the_last_message() {
    let (sandbox, chat) = one_chat(Sandbox::builder());
    sandbox.freeze_clock(true);
    sandbox.advance_clock(std::time::Duration::from_secs(3600));
    client(&sandbox).say(chat, "Позже");
    let info = client(&sandbox).get(&format!("chat?chatId={chat}")).result();
    let at = |name: &str| ymchat::DateTime::new(info[name].as_str().unwrap()).to_system_time();
    let apart = at("updatedAt").unwrap().duration_since(at("createdAt").unwrap()).unwrap();
    assert!((3599..=3660).contains(&apart.as_secs()), "{info}");
    assert!(info["updatedAt"].as_str().unwrap().ends_with("+03:00"), "{info}");
}

#[test]
fn dates_have_fractions_and_another_offset_where_wanted() {
    let (sandbox, chat) = one_chat(Sandbox::builder().fractions(true));
    sandbox.switch(|switches| switches.utc_offset_minutes = -90);
    let info = client(&sandbox).get(&format!("chat?chatId={chat}")).result();
    let text = info["createdAt"].as_str().unwrap();
    assert!(text.ends_with("-01:30") && text.len() == "2017-11-21T00:00:00.000000+03:00".len());
    assert!(ymchat::DateTime::new(text).to_system_time().is_some());
}

#[test]
fn texts_are_1_to_4096_utf16_units_and_trimmed() {
    let (sandbox, chat) = one_chat(Sandbox::builder());
    let client = client(&sandbox);
    for fits in ["x", &"я".repeat(4096), &"😀".repeat(2048)] {
        assert_eq!(client.say(chat, fits).status, 200);
    }
    for refused in ["", " \n ", &"я".repeat(4097), &"😀".repeat(2049)] {
        assert!(client.say(chat, refused).error(400).contains("1 to 4096"));
    }
    sandbox.switch(|switches| switches.trim_texts = false);
    client.say(chat, "  как есть ");
    assert_eq!(shop_texts(&sandbox, chat)[3], "  как есть ");
}

#[test]
fn bodies_are_json_objects_of_the_right_kind() {
    let (sandbox, chat) = one_chat(Sandbox::builder());
    let client = client(&sandbox);
    let path = format!("chats/message?chatId={chat}");
    for body in [json!({}), json!({"message": 5}), json!({"message": null}), json!([]), json!("x")]
    {
        client.post(&path, body).error(400);
    }
    let key = [("api-key", client.key.as_str())];
    let send = |kind: &str, body: &[u8]| {
        try_send("POST", &client.url(&path), &key, Some((kind, body))).unwrap()
    };
    send("application/json", b"{\"message\"").error(400);
    send("application/json", b"").error(400);
    send("application/json", b"{\"message\": \"\xff\"}").error(400);
    send("text/plain", br#"{"message": "x"}"#).error(415);
    send("multipart/form-data; boundary=x", br#"{"message": "x"}"#).error(415);
    assert_eq!(send("Application/JSON; charset=UTF-8", br#"{"message": "x"}"#).status, 200);
    try_send("POST", &client.url(&path), &key, None).unwrap().error(415);
    let large = format!("{{\"message\": \"{}\"}}", "x".repeat(512 * 1024));
    send("application/json", large.as_bytes()).error(413);
    assert_eq!(shop_texts(&sandbox, chat), ["x"]);
}

#[test]
fn ids_and_limits_in_the_query_are_checked() {
    let (sandbox, chat) = one_chat(Sandbox::builder());
    let client = client(&sandbox);
    for id in ["", "chatId=", "chatId=0", "chatId=-1", "chatId=x", "chatId=1e3", "chatId=1%2"] {
        client.get(&format!("chat?{id}")).error(400);
        client.post(&format!("chats/history?{id}"), json!({})).error(400);
        client.post(&format!("chats/message?{id}"), json!({"message": "x"})).error(400);
    }
    client.get(&format!("chats/message?chatId={chat}")).error(400);
    client.get(&format!("chats/message?chatId={chat}&messageId=0")).error(400);
    for (path, max) in
        [(format!("chats/history?chatId={chat}&limit="), 100), ("chats?limit=".into(), 20)]
    {
        for limit in ["0", "-1", "x", &(max + 1).to_string()] {
            assert!(client.post(&format!("{path}{limit}"), json!({})).error(400).contains("limit"));
        }
        client.post(&format!("{path}{max}"), json!({})).result();
    }
    for limit in ["0", "101"] {
        let url = format!("{}/v2/campaigns?limit={limit}", sandbox.base_url());
        client.get_url(&url).error(400);
    }
    for from in [json!(0), json!("5"), json!(1.5)] {
        let path = format!("chats/history?chatId={chat}");
        client.post(&path, json!({"messageIdFrom": from})).error(400);
    }
}

#[test]
fn unknown_chats_and_messages_are_not_found() {
    let (sandbox, chat) = one_chat(Sandbox::builder());
    let other = sandbox.start_chat(NewChat::direct("Другой чат")).unwrap();
    let client = client(&sandbox);
    let foreign = client.history(other, 50)[0];
    client.get("chat?chatId=1").error(404);
    client.post("chats/history?chatId=1", json!({})).error(404);
    client.say(1, "x").error(404);
    client.get("chats/message?chatId=1&messageId=1").error(404);
    client.get(&format!("chats/message?chatId={chat}&messageId={foreign}")).error(404);
}

#[test]
fn create_chat_returns_the_chat_that_is_there() {
    let sandbox = Sandbox::builder().seeded(false).start().unwrap();
    let client = client(&sandbox);
    let create = |body| client.post("chats/new", body).result()["chatId"].as_i64().unwrap();
    let order = create(json!({"context": {"type": "ORDER", "id": 9_007_199_254_740_993_i64}}));
    let info = client.get(&format!("chat?chatId={order}")).result();
    assert_eq!((&info["status"], &info["type"]), (&json!("NEW"), &json!("CHAT")));
    assert_eq!(info["context"]["orderId"], 9_007_199_254_740_993_i64);
    assert!(info["context"]["customer"]["name"].is_string(), "{info}");
    assert!(info["context"]["campaignId"].as_i64().is_some(), "{info}");
    assert_eq!(create(json!({"orderId": 9_007_199_254_740_993_i64})), order);
    let back = create(json!({"context": {"type": "RETURN", "id": 12}}));
    assert_ne!(back, create(json!({"context": {"type": "ORDER", "id": 12}})));
    assert_eq!(create(json!({"context": {"type": "RETURN", "id": 12}})), back);
    for body in [
        json!({}),
        json!({"context": null}),
        json!({"context": {"type": "DIRECT", "id": 1}}),
        json!({"context": {"type": "ORDER", "id": 0}}),
        json!({"context": {"type": "ORDER"}}),
        json!({"context": {"id": 1}}),
        json!({"orderId": "1"}),
    ] {
        client.post("chats/new", body).error(400);
    }
    assert_eq!(sandbox.record().chats.len(), 3);
}

#[test]
fn filters_choose_chats() {
    let sandbox = Sandbox::start().unwrap();
    let all = sandbox.record().chats;
    let client = client(&sandbox);
    let count = |filters: Value| {
        let pages = client.pages("chats?limit=20", &filters, |_| ());
        pages.iter().map(|page| page["chats"].as_array().unwrap().len()).sum::<usize>()
    };
    assert_eq!(count(json!({})), all.len());
    assert_eq!(count(json!({"statuses": null})), all.len());
    let having = |status: ChatStatus| {
        all.iter().filter(|entry| entry.chat.status == Some(status.clone())).count()
    };
    let waiting = having(ChatStatus::WaitingForPartner);
    let finished = having(ChatStatus::Finished);
    assert!(waiting > 2 && finished > 10);
    assert_eq!(count(json!({"statuses": ["WAITING_FOR_PARTNER"]})), waiting);
    assert_eq!(count(json!({"statuses": ["FINISHED", "WAITING_FOR_PARTNER"]})), waiting + finished);
    assert_eq!(count(json!({"types": ["ARBITRAGE"]})), 2);
    assert_eq!(count(json!({"contextTypes": ["RETURN"], "types": ["CHAT"]})), 1);
    assert_eq!(count(json!({"contexts": [{"type": "RETURN", "id": 3_000_517}]})), 1);
    assert_eq!(count(json!({"contexts": [{"type": "ORDER", "id": 3_000_517}]})), 0);
    assert_eq!(count(json!({"orderIds": [52_310_447_118_i64, 1]})), 1);
}

#[test]
fn filters_are_checked() {
    let sandbox = Sandbox::start().unwrap();
    for (filters, name) in [
        (json!({"statuses": []}), "statuses"),
        (json!({"statuses": ["NEW", "NEW"]}), "statuses"),
        (json!({"statuses": ["OLD"]}), "statuses"),
        (json!({"statuses": "NEW"}), "statuses"),
        (json!({"types": [7]}), "types"),
        (json!({"contextTypes": ["CHAT"]}), "contextTypes"),
        (json!({"orderIds": [0]}), "orderIds"),
        (json!({"orderIds": [1, 1]}), "orderIds"),
        (json!({"contexts": [{"type": "DIRECT", "id": 1}]}), "context"),
        (json!({"contexts": [{"type": "ORDER", "id": 1}, {"id": 1, "type": "ORDER"}]}), "contexts"),
    ] {
        let text = client(&sandbox).post("chats", filters.clone()).error(400);
        assert!(text.contains(name), "{filters}: {text}");
    }
}

#[test]
fn campaigns_stand_at_the_top_level() {
    let sandbox = Sandbox::start().unwrap();
    let client = client(&sandbox);
    let url = format!("{}/v2/campaigns", sandbox.base_url());
    let all = client.get_url(&url).json();
    assert!(all.get("status").is_none() && all.get("result").is_none(), "{all}");
    let campaigns = all["campaigns"].as_array().unwrap();
    assert_eq!((campaigns.len(), &all["paging"]), (3, &json!({})));
    for campaign in campaigns {
        assert_eq!(campaign["business"]["id"], sandbox.business_id());
        assert_eq!(campaign["apiAvailability"], "AVAILABLE");
    }
    let first = client.get_url(&format!("{url}?limit=2")).json();
    let token = crate::client::encode(first["paging"]["nextPageToken"].as_str().unwrap());
    let second = client.get_url(&format!("{url}?limit=2&page_token={token}")).json();
    assert_eq!(second["campaigns"][0], campaigns[2]);
}

#[test]
fn the_customer_answers_by_itself_where_wanted() {
    let (sandbox, chat) = one_chat(Sandbox::builder().auto_reply(true));
    let client = client(&sandbox);
    client.say(chat, "Добрый день");
    client.say(chat, "Ещё раз");
    let history = client.post(&format!("chats/history?chatId={chat}"), json!({})).result();
    let senders: Vec<_> =
        history["messages"].as_array().unwrap().iter().map(|message| &message["sender"]).collect();
    assert_eq!(senders, ["CUSTOMER", "PARTNER", "CUSTOMER", "PARTNER", "CUSTOMER"]);
    assert_eq!(status(&sandbox, chat), "WAITING_FOR_PARTNER");
}
