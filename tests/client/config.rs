//! The configuration's two forms mean the same. The tables of what is refused are unit tests.

use std::time::Duration;

use serde_json::json;
use ymchat::{Client, ClientBuilder, Proxy, Status, Trust};
use ymchat_sandbox::Sandbox;

use crate::common::serve::{Received, Server, reply};
use crate::common::tls::{Authority, TemporaryFile};
use crate::common::{API_KEY, OAUTH_TOKEN, PROXY_PASSWORD, failure};

const CHATS: &str = r#"{"status":"OK","result":{"chats":[]}}"#;

fn first_request(server: &Server, client: &Client) -> Received {
    client.get_chats(&Default::default()).unwrap();
    let mut request = server.requests().remove(0);
    let trace = request.trace_id().to_owned();
    request.head = request.head.replace(&trace, "");
    request.head = request.head.replace(request.header("traceparent").unwrap(), "");
    request
}

#[test]
fn json_and_builder_make_the_same_request() {
    let (one, other) = (Server::answers([reply(200, CHATS)]), Server::answers([reply(200, CHATS)]));
    let built = Client::builder()
        .api_key(API_KEY)
        .oauth_token(OAUTH_TOKEN)
        .business_id(9_007_199_254_740_993)
        .base_url(one.url() + "/m")
        .integration("erp/1.4 (1C)")
        .build()
        .unwrap();
    let config = json!({
        "apiKey": API_KEY,
        "oauthToken": OAUTH_TOKEN,
        "businessId": 9_007_199_254_740_993_i64,
        "baseUrl": other.url() + "/m",
        "integration": "erp/1.4 (1C)",
    });
    let read = Client::from_json(&config.to_string()).unwrap();
    let (one, other) = (
        first_request(&one, &built).head.replace(&one.address.to_string(), ""),
        first_request(&other, &read).head.replace(&other.address.to_string(), ""),
    );
    assert_eq!(one, other);
    assert!(one.contains("/m/v2/businesses/9007199254740993/chats"), "{one}");
}

#[test]
fn limits_from_json_are_kept() {
    let server = Server::answers([reply(500, "")]);
    let config = |more: serde_json::Value| {
        let mut config = json!({"apiKey": API_KEY, "businessId": 1, "baseUrl": server.url()});
        config.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        Client::from_json(&config.to_string()).unwrap()
    };
    let error = failure(config(json!({"maxAttempts": 1})).get_chat(1));
    assert_eq!((error.status(), error.attempts()), (Status::Server, 1));
    let long = Server::answers([reply(200, vec![b' '; 5000])]);
    let config = json!({"apiKey": API_KEY, "businessId": 1, "baseUrl": long.url(),
        "maxAttempts": 1, "maxResponseBytes": 1024});
    let error = failure(Client::from_json(&config.to_string()).unwrap().get_chat(1));
    assert!(error.to_string().contains("maxResponseBytes"), "{error}");
}

#[test]
fn a_client_that_was_opened_from_json_holds_a_conversation() {
    let sandbox = Sandbox::start().unwrap();
    let config = json!({
        "apiKey": sandbox.api_key(),
        "businessId": sandbox.business_id(),
        "baseUrl": sandbox.base_url(),
        "connectTimeoutMs": 5000, "attemptTimeoutMs": 15000, "callTimeoutMs": 60000,
        "maxAttempts": 4, "maxParallel": 4, "maxResponseBytes": 1 << 24,
        "proxy": null, "caFile": null, "trust": "bundled", "allowInsecureHttp": false,
    });
    let client = Client::from_json(&config.to_string()).unwrap();
    let chats = client.get_all_chats(&Default::default()).unwrap();
    let chat = chats[0].chat_id;
    let sent = client.send_message(chat, "Добрый день!").unwrap();
    assert_eq!(sent.attempts, 1);
    let messages = client.get_messages_since(chat, 0, &Default::default()).unwrap();
    assert_eq!(messages.last().unwrap().message.as_deref(), Some("Добрый день!"));
}

#[test]
fn what_is_refused_by_one_form_is_refused_by_the_other_in_the_same_words() {
    let missing = Authority::new().file();
    let gone = missing.0.clone();
    drop(missing);
    let no_pem = TemporaryFile::new("pem", b"hello");
    let path = |path: &std::path::Path| path.to_str().unwrap().to_owned();
    let base = || Client::builder().api_key(API_KEY);
    let table: Vec<(&str, ClientBuilder, serde_json::Value)> = vec![
        ("apiKey", Client::builder(), json!({"apiKey": null})),
        ("apiKey", base().api_key(""), json!({"apiKey": ""})),
        ("bearer", base().api_key("Bearer x"), json!({"apiKey": "Bearer x"})),
        ("line break", base().api_key("x\n"), json!({"apiKey": "x\n"})),
        ("ASCII", base().api_key("ключ"), json!({"apiKey": "ключ"})),
        ("oauthToken", base().oauth_token("a b"), json!({"oauthToken": "a b"})),
        ("businessId", base().business_id(0), json!({"businessId": 0})),
        ("https", base().base_url("http://example.org"), json!({"baseUrl": "http://example.org"})),
        ("baseUrl", base().base_url("https://u@h"), json!({"baseUrl": "https://u@h"})),
        ("baseUrl", base().base_url("https://h/?q"), json!({"baseUrl": "https://h/?q"})),
        ("integration", base().integration("erp"), json!({"integration": "erp"})),
        ("callTimeoutMs", base().call_timeout(Duration::ZERO), json!({"callTimeoutMs": 0})),
        ("maxAttempts", base().max_attempts(0), json!({"maxAttempts": 0})),
        ("maxParallel", base().max_parallel(101), json!({"maxParallel": 101})),
        ("maxResponseBytes", base().max_response_bytes(5), json!({"maxResponseBytes": 5})),
        ("proxy", base().proxy(Proxy::http("", 1)), json!({"proxy": "http://:1"})),
        ("caFile", base().ca_file(&gone), json!({"caFile": path(&gone)})),
        ("caFile", base().ca_file(&no_pem.0), json!({"caFile": path(&no_pem.0)})),
    ];
    for (named, builder, more) in table {
        let built = failure(builder.build());
        let mut config = json!({"apiKey": API_KEY});
        config.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let read = failure(Client::from_json(&config.to_string()));
        assert_eq!(built.status(), Status::InvalidArgument);
        assert_eq!(built.to_json(), read.to_json());
        assert!(built.to_string().contains(named), "{named}: {built}");
    }
}

#[test]
fn both_forms_open_with_every_setting() {
    let ca = Authority::new().file();
    let proxy = format!("http://user:{PROXY_PASSWORD}@127.0.0.1:1");
    Client::builder()
        .api_key(API_KEY)
        .oauth_token(OAUTH_TOKEN)
        .proxy(proxy.parse().unwrap())
        .ca_file(&ca.0)
        .trust(Trust::Bundled)
        .allow_insecure_http(true)
        .base_url("http://erp.lan")
        .build()
        .unwrap();
    let config = json!({
        "apiKey": API_KEY, "oauthToken": OAUTH_TOKEN, "proxy": proxy, "caFile": ca.0,
        "trust": "bundled", "allowInsecureHttp": true, "baseUrl": "http://erp.lan",
    });
    Client::from_json(&config.to_string()).unwrap();
}
