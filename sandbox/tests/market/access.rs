//! Keys, scopes, businesses, methods, paths.

use serde_json::json;
use ymchat_sandbox::{Key, Sandbox};

use crate::client::{Client, client, one_chat, try_send};

fn token_info(sandbox: &Sandbox, headers: &[(&str, &str)]) -> crate::client::Reply {
    try_send("POST", &format!("{}/v2/auth/token", sandbox.base_url()), headers, None).unwrap()
}

#[test]
fn a_key_must_be_there_and_right() {
    let sandbox = Sandbox::start().unwrap();
    let key = sandbox.api_key().to_owned();
    let bearer = format!("Bearer {key}");
    for (headers, text) in [
        (vec![], "Authorization data is not specified"),
        (vec![("api-key", "ACMA:NOPE")], "Api-Key token is invalid"),
        (vec![("api-key", "")], "Api-Key token is invalid"),
        (vec![("api-key", sandbox.key(Key::Revoked))], "Api-Key token is invalid"),
        (vec![("api-key", sandbox.oauth_token())], "Api-Key token is invalid"),
        (vec![("api-key", bearer.as_str())], "Api-Key token prefix invalid"),
        (vec![("authorization", bearer.as_str())], "Api-Key token prefix invalid"),
        (vec![("authorization", "Bearer y0_NOPE")], "OAuth token is invalid"),
    ] {
        assert_eq!(token_info(&sandbox, &headers).error(401), text, "{headers:?}");
    }
    assert_eq!(
        token_info(&sandbox, &[("api-key", &key)]).result(),
        json!({"apiKey": {"name": "full", "authScopes": ["ALL_METHODS"]}})
    );
}

#[test]
fn an_oauth_token_opens_all_but_the_question_about_keys() {
    let sandbox = Sandbox::start().unwrap();
    let bearer = format!("Bearer {}", sandbox.oauth_token());
    let headers = [("authorization", bearer.as_str())];
    let url = client(&sandbox).url("chats");
    let body = Some(("application/json", b"{}".as_slice()));
    assert_eq!(try_send("POST", &url, &headers, body).unwrap().status, 200);
    token_info(&sandbox, &headers).error(401);
    let both = [("authorization", bearer.as_str()), ("api-key", sandbox.api_key())];
    assert_eq!(token_info(&sandbox, &both).status, 200);
}

#[test]
fn scopes_are_needed_for_reading_and_for_writing() {
    let (sandbox, chat) = one_chat(Sandbox::builder());
    for (key, reads, writes) in [
        (Key::Full, 200, 200),
        (Key::Communication, 200, 200),
        (Key::ReadOnly, 200, 403),
        (Key::NoScope, 403, 403),
        (Key::OtherBusiness, 403, 403),
    ] {
        let client = Client { sandbox: &sandbox, key: sandbox.key(key).to_owned() };
        let read = client.get(&format!("chat?chatId={chat}")).status;
        let written = client.say(chat, "Привет").status;
        let created = client.post("chats/new", json!({"context": {"type": "ORDER", "id": 5}}));
        assert_eq!((read, written, created.status), (reads, writes, writes), "{key:?}");
        let info = token_info(&sandbox, &[("api-key", sandbox.key(key))]).result();
        assert_eq!(info["apiKey"]["name"], key.name());
    }
    let read_only = Client { sandbox: &sandbox, key: sandbox.key(Key::ReadOnly).to_owned() };
    assert!(read_only.say(chat, "x").error(403).contains("Scope"));
}

#[test]
fn the_other_business_has_its_own_shops_and_no_chats() {
    let sandbox = Sandbox::start().unwrap();
    let client = Client { sandbox: &sandbox, key: sandbox.key(Key::OtherBusiness).to_owned() };
    let shops = client.get_url(&format!("{}/v2/campaigns", sandbox.base_url())).json();
    let business = shops["campaigns"][0]["business"]["id"].as_i64().unwrap();
    assert_ne!(business, sandbox.business_id());
    let url = format!("{}/v2/businesses/{business}/chats", sandbox.base_url());
    let body = Some(("application/json", b"{}".as_slice()));
    let chats = try_send("POST", &url, &[("api-key", &client.key)], body).unwrap().result();
    assert_eq!(chats, json!({"chats": [], "paging": {}}));
}

#[test]
fn paths_and_methods_are_exact() {
    let sandbox = Sandbox::start().unwrap();
    let client = client(&sandbox);
    for path in ["chats/", "chat/1", "chats/messages", "nothing", ""] {
        client.get(path).error(404);
    }
    for path in ["/v2/campaign", "/v1/campaigns", "/v2", "/v2/businesses"] {
        client.get_url(&format!("{}{path}", sandbox.base_url())).error(404);
    }
    for path in ["chats", "chats/history", "chats/new", "chats/file/send"] {
        let reply = client.get(path);
        reply.error(405);
        assert_eq!(reply.header("allow"), Some("POST"));
    }
    client.post("chat?chatId=1", json!({})).error(405);
    let put = try_send("PUT", &client.url("chats/message"), &[], None).unwrap();
    assert_eq!((put.status, put.header("allow")), (405, Some("GET, POST")));
    for business in ["0", "-3", "abc", "99999999999999999999"] {
        let url = format!("{}/v2/businesses/{business}/chat?chatId=1", sandbox.base_url());
        client.get_url(&url).error(400);
    }
}

#[test]
fn a_locked_shop_answers_423() {
    let (sandbox, chat) = one_chat(Sandbox::builder());
    sandbox.switch(|switches| switches.shop_locked = true);
    client(&sandbox).say(chat, "Привет").error(423);
    sandbox.switch(|switches| switches.shop_locked = false);
    assert_eq!(client(&sandbox).say(chat, "Привет").status, 200);
}

#[test]
fn keys_depend_on_the_seed_alone() {
    let [one, same, other] = [7, 7, 8].map(|seed| Sandbox::builder().seed(seed).start().unwrap());
    assert_eq!(one.api_key(), same.api_key());
    assert_ne!(one.api_key(), other.api_key());
    assert!(one.api_key().starts_with("ACMA:SANDBOX-FULL"), "{}", one.api_key());
}
