//! The admin API over HTTP.

use serde_json::{Value, json};
use ymchat_sandbox::{Operation, Sandbox};

use crate::client::{admin, client, one_chat};

#[test]
fn the_start_page_tells_how_to_begin() {
    let sandbox = Sandbox::start().unwrap();
    for call in ["", "/"] {
        let page = admin(&sandbox, "GET", call, Value::Null).json();
        assert_eq!(page["baseUrl"], sandbox.base_url());
        assert_eq!(page["businessId"], sandbox.business_id());
        assert_eq!(page["keys"]["full"], sandbox.api_key());
        assert_eq!(page["keys"].as_object().unwrap().len(), 7);
    }
}

#[test]
fn every_listed_call_is_there_and_documented() {
    let sandbox = Sandbox::start().unwrap();
    let page = admin(&sandbox, "GET", "", Value::Null).json();
    let chat = sandbox.record().chats[0].chat.chat_id.to_string();
    let guide = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/sandbox.md"));
    let guide = guide.unwrap();
    for call in page["calls"].as_array().unwrap() {
        let (method, path) = call.as_str().unwrap().split_once(' ').unwrap();
        let rest = path.strip_prefix("/_sandbox").unwrap().replace("{chatId}", &chat);
        let reply = admin(&sandbox, method, &rest, json!({}));
        let known = String::from_utf8_lossy(&reply.body).contains("there is no call");
        assert!(!known, "{call}");
        let written = format!("{method} {path}");
        assert!(guide.contains(&written), "docs/sandbox.md lacks {written}");
    }
    for switch in json!(sandbox.switches()).as_object().unwrap().keys() {
        assert!(guide.contains(&format!("`{switch}`")), "docs/sandbox.md lacks {switch}");
    }
    let missing = admin(&sandbox, "PUT", "/nothing", Value::Null).error(404);
    assert!(missing.contains("POST /_sandbox/chats/{chatId}/messages"), "{missing}");
}

#[test]
fn customers_write_and_start_chats() {
    let sandbox = Sandbox::builder().seeded(false).start().unwrap();
    let new =
        json!({"contextType": "ORDER", "contextId": 5, "customer": "Анна", "text": "Где заказ?"});
    let chat = admin(&sandbox, "POST", "/chats", new).json()["chatId"].as_i64().unwrap();
    let path = format!("/chats/{chat}/messages");
    let message = json!({"text": "Вот чек", "files": [{"name": "чек.txt", "content": "1 р."}]});
    let id = admin(&sandbox, "POST", &path, message).json()["messageId"].as_i64().unwrap();
    let support = json!({"text": "Мы разбираемся", "sender": "SUPPORT"});
    admin(&sandbox, "POST", &path, support).json();
    let seen =
        client(&sandbox).get(&format!("chats/message?chatId={chat}&messageId={id}")).result();
    assert_eq!(
        (&seen["sender"], &seen["payload"][0]["name"]),
        (&json!("CUSTOMER"), &json!("чек.txt"))
    );
    let info = client(&sandbox).get(&format!("chat?chatId={chat}")).result();
    assert_eq!(info["context"]["customer"]["name"], "Анна");
    let status = json!({"status": "FINISHED"});
    admin(&sandbox, "POST", &format!("/chats/{chat}/status"), status).json();
    let page = admin(&sandbox, "GET", &format!("/chats/{chat}"), Value::Null).json();
    assert_eq!(
        (page["messages"].as_array().unwrap().len(), &page["chat"]["status"]),
        (3, &json!("FINISHED"))
    );
    assert_eq!(admin(&sandbox, "GET", "/chats", Value::Null).json(), json!([page]));
}

#[test]
fn mistakes_are_named() {
    let (sandbox, chat) = one_chat(Sandbox::builder());
    for (call, body, word) in [
        ("/chats", json!({"txt": "x"}), "`txt`"),
        ("/chats", json!({"contextType": "ORDER"}), "contextId"),
        (&format!("/chats/{chat}/messages"), json!({"message": "x"}), "`message`"),
        (&format!("/chats/{chat}/messages"), json!({}), "a text or a file"),
        ("/chats/x/messages", json!({"text": "x"}), "chatId"),
        ("/switches", json!({"keepalive": true}), "`keepalive`"),
        ("/switches", json!({"keepAlive": "yes"}), "\"keepAlive\""),
        ("/switches", json!({"historyOrder": "sideways"}), "`sideways`"),
        ("/quotas", json!({"getChat": {"limits": 1}}), "`limits`"),
        ("/quotas", json!({"getChatz": {"limit": 1}}), "`getChatz`"),
        ("/quotas", json!({"downloadFile": {"limit": 1}}), "downloadFile"),
        ("/clock", json!({"advance": 1}), "`advance`"),
        ("/clock", json!({"setTo": "tomorrow"}), "setTo"),
        ("/clock", json!({"advanceSeconds": -1}), "-1"),
        ("/switches", json!({"utcOffsetMinutes": 2000}), "utcOffsetMinutes"),
        ("/faults", json!({"kind": "close", "skp": 1}), "`skp`"),
        ("/faults", json!([{"kind": "close"}, {"kind": "explode"}]), "`explode`"),
        ("/faults", json!({"kind": {"status": 99}}), "99"),
    ] {
        let text = admin(&sandbox, "POST", call, body.clone()).error(400);
        assert!(text.contains(word), "{call} {body}: {text}");
    }
    admin(&sandbox, "POST", "/chats/1/messages", json!({"text": "x"})).error(404);
    assert!(sandbox.faults().is_empty());
}

#[test]
fn switches_change_while_it_runs() {
    let sandbox = Sandbox::start().unwrap();
    let changed = json!({"historyOrder": "descending", "parallelLimit": 2});
    let all = admin(&sandbox, "POST", "/switches", changed).json();
    assert_eq!((&all["historyOrder"], &all["parallelLimit"]), (&json!("descending"), &json!(2)));
    assert_eq!(all, admin(&sandbox, "GET", "/switches", Value::Null).json());
    assert_eq!(all, json!(sandbox.switches()));
    // Nothing changes where one of them is wrong.
    admin(&sandbox, "POST", "/switches", json!({"autoReply": true, "zzz": 1})).error(400);
    assert!(!sandbox.switches().auto_reply);
}

#[test]
fn quotas_clock_and_faults_are_set() {
    let (sandbox, chat) = one_chat(Sandbox::builder());
    let quotas = json!({"getChat": {"limit": 5, "used": 5}});
    let all = admin(&sandbox, "POST", "/quotas", quotas).json();
    assert_eq!((&all["getChat"]["limit"], &all["getChats"]["limit"]), (&json!(5), &json!(5000)));
    let read = || client(&sandbox).get(&format!("chat?chatId={chat}")).status;
    assert_eq!(read(), 420);
    let clock = json!({"frozen": true, "setTo": "2030-01-01T00:00:00+03:00", "advanceSeconds": 60});
    let now = admin(&sandbox, "POST", "/clock", clock).json();
    assert!(now["now"].as_str().unwrap().starts_with("2030-01-01T00:01:0"), "{now}");
    assert_eq!(now, admin(&sandbox, "GET", "/clock", Value::Null).json());
    assert_eq!(read(), 200);
    let fault = json!({"operation": "getChat", "skip": 1, "count": 2, "kind": {"status": 503}});
    let close = json!({"operation": "createChat", "when": "after", "kind": "close"});
    admin(&sandbox, "POST", "/faults", fault).json();
    let waiting = admin(&sandbox, "POST", "/faults", json!([close])).json();
    assert_eq!((waiting.as_array().unwrap().len(), &waiting[0]["count"]), (2, &json!(2)));
    assert_eq!([read(), read()], [200, 503]);
    assert_eq!(sandbox.faults()[0].count, 1);
    admin(&sandbox, "DELETE", "/faults", Value::Null).json();
    assert_eq!(read(), 200);
}

#[test]
fn the_clock_stops_at_the_end_of_the_calendar() {
    let (sandbox, chat) = one_chat(Sandbox::builder().fractions(true));
    for _ in 0..2 {
        let far = json!({"frozen": true, "advanceSeconds": u64::MAX});
        let now = admin(&sandbox, "POST", "/clock", far).json();
        assert!(now["now"].as_str().unwrap().starts_with("9999-12-3"), "{now}");
    }
    assert_eq!(client(&sandbox).say(chat, "x").status, 200);
}

#[test]
fn the_record_is_read_and_cleared_and_everything_reset() {
    let (sandbox, chat) = one_chat(Sandbox::builder());
    client(&sandbox).say(chat, "x");
    let record = admin(&sandbox, "GET", "/record", Value::Null).json();
    assert_eq!(record["requests"][0]["operation"], "sendMessageToChat");
    assert_eq!(record["maxParallelSeen"][sandbox.business_id().to_string()], 1);
    assert_eq!(record["chats"][0]["messages"][1]["acknowledged"], true);
    assert!(record["requests"][0]["headers"].get("api-key").is_none());
    admin(&sandbox, "DELETE", "/record", Value::Null).json();
    let traffic = admin(&sandbox, "GET", "/requests", Value::Null).json();
    assert_eq!((&traffic["requests"], &traffic["maxParallelSeen"]), (&json!([]), &json!({})));
    sandbox.switch(|switches| switches.auto_reply = true);
    sandbox.set_quota(Operation::GetChat, 1).unwrap();
    admin(&sandbox, "POST", "/reset", Value::Null).json();
    assert!(sandbox.record().chats.is_empty() && !sandbox.switches().auto_reply);
    assert_eq!(sandbox.quotas()[&Operation::GetChat].limit, 1000);
    client(&sandbox).get("chat?chatId=1").error(404);
    assert_eq!(sandbox.traffic().requests[0].number, 2, "numbers go on");
}
