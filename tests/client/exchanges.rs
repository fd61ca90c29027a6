//! What each operation asks the service for: one request, one answer.

use mockito::{Matcher, Mock, Server};
use serde_json::json;
use ymchat::{
    CampaignsOptions, ChatContextRef, ChatStatus, ChatType, ChatsOptions, Client, ContextType,
    Error, HistoryOptions,
};

use crate::common::{API_KEY, OAUTH_TOKEN, builder, init_logging};

const CHAT: &str = r#"{"status":"OK","result":{"chatId":1}}"#;
const CHATS: &str = r#"{"status":"OK","result":{"chats":[]}}"#;
const MESSAGE: &str =
    r#"{"status":"OK","result":{"messageId":1,"createdAt":"x","sender":"MARKET"}}"#;
const MESSAGES: &str = r#"{"status":"OK","result":{"messages":[]}}"#;
const OK: &str = r#"{"status":"OK"}"#;

/// The call makes exactly this request, method and path with query, and takes the answer.
fn asks<T>(
    request: &str,
    detail: impl FnOnce(Mock) -> Mock,
    answer: &str,
    call: impl FnOnce(&Client) -> Result<T, Error>,
) {
    let mut server = Server::new();
    let (method, path) = request.split_once(' ').unwrap();
    let expected = detail(server.mock(method, path)).with_body(answer).create();
    let result = call(&builder(server.url()).max_attempts(1).build().unwrap());
    expected.assert();
    assert!(result.is_ok(), "{request}: {:?}", result.err());
}

/// The request has this document as its body.
fn json_body(document: serde_json::Value) -> impl FnOnce(Mock) -> Mock {
    move |mock| {
        mock.match_header("content-type", "application/json").match_body(Matcher::Json(document))
    }
}

/// The request has no body at all.
fn no_body(mock: Mock) -> Mock {
    mock.match_header("content-type", Matcher::Missing)
        .match_header("content-length", Matcher::Missing)
        .match_body("")
}

#[test]
fn get_chats_carries_page_and_filters() {
    let plain = "POST /v2/businesses/77/chats";
    asks(plain, json_body(json!({})), CHATS, |client| client.get_chats(&ChatsOptions::new()));
    let options = ChatsOptions::new()
        .limit(20)
        .page_token("eyJ+/=")
        .order_ids([1, 9_007_199_254_740_993])
        .contexts([ChatContextRef::Order(3), ChatContextRef::Return(4)])
        .context_types([ContextType::Direct])
        .types([ChatType::Arbitrage, "SOMETHING_NEW".into()])
        .statuses([ChatStatus::New, ChatStatus::WaitingForPartner]);
    let filters = json!({
        "orderIds": [1, 9_007_199_254_740_993_i64],
        "contexts": [{"type": "ORDER", "id": 3}, {"type": "RETURN", "id": 4}],
        "contextTypes": ["DIRECT"],
        "types": ["ARBITRAGE", "SOMETHING_NEW"],
        "statuses": ["NEW", "WAITING_FOR_PARTNER"],
    });
    let page = "POST /v2/businesses/77/chats?limit=20&pageToken=eyJ%2B%2F%3D";
    asks(page, json_body(filters), CHATS, |client| client.get_chats(&options));
}

#[test]
fn reads_by_id_carry_it_in_the_query_and_have_no_body() {
    let chat = "GET /v2/businesses/77/chat?chatId=9223372036854775807";
    asks(chat, no_body, CHAT, |client| client.get_chat(i64::MAX));
    let message = "GET /v2/businesses/77/chats/message?chatId=5&messageId=9007199254740993";
    asks(message, no_body, MESSAGE, |client| client.get_chat_message(5, 9_007_199_254_740_993));
}

#[test]
fn the_history_carries_its_page_and_where_to_begin() {
    let plain = "POST /v2/businesses/77/chats/history?chatId=5";
    let options = HistoryOptions::new();
    asks(plain, json_body(json!({})), MESSAGES, |client| client.get_chat_history(5, &options));
    let options = HistoryOptions::new().limit(100).page_token("a b").message_id_from(7);
    let page = "POST /v2/businesses/77/chats/history?chatId=5&limit=100&pageToken=a%20b";
    let from = json_body(json!({"messageIdFrom": 7}));
    asks(page, from, MESSAGES, |client| client.get_chat_history(5, &options));
}

#[test]
fn a_text_arrives_as_it_was_given() {
    let text = "Заказ \"№ 5\" \\ 👍🏽\r\n\t\u{0} </script>  ";
    let request = "POST /v2/businesses/77/chats/message?chatId=5";
    asks(request, json_body(json!({"message": text})), OK, |client| client.send_message(5, text));
}

#[test]
fn a_chat_is_created_about_its_order_or_return() {
    let request = "POST /v2/businesses/77/chats/new";
    for (about, context) in [
        (ChatContextRef::Order(11), json!({"type": "ORDER", "id": 11})),
        (ChatContextRef::Return(12), json!({"type": "RETURN", "id": 12})),
    ] {
        let body = json_body(json!({"context": context}));
        asks(request, body, CHAT, |client| client.create_chat(about));
    }
}

#[test]
fn campaigns_and_the_token_are_asked_for_without_a_business() {
    let options = CampaignsOptions::new().limit(100).page_token("a b");
    let campaigns = "GET /v2/campaigns?limit=100&pageToken=a%20b";
    asks(campaigns, no_body, r#"{"campaigns":[]}"#, |client| client.get_campaigns(&options));
    let empty = |mock: Mock| mock.match_header("content-length", "0").match_body("");
    let answer = r#"{"status":"OK","result":{"apiKey":{}}}"#;
    asks("POST /v2/auth/token", empty, answer, Client::get_token_info);
}

#[test]
fn the_base_url_may_have_a_path() {
    let mut server = Server::new();
    let path = "/market/v2/businesses/77/chats";
    let expected = server.mock("POST", path).with_body(CHATS).create();
    let client = builder(server.url() + "/market/").build().unwrap();
    client.get_chats(&ChatsOptions::new()).unwrap();
    expected.assert();
}

#[test]
fn a_credential_that_was_not_given_is_not_sent() {
    init_logging();
    let bearer = format!("Bearer {OAUTH_TOKEN}");
    let without = || Client::builder().business_id(1);
    for (client, key, authorization) in [
        (without().api_key(API_KEY), API_KEY.into(), Matcher::Missing),
        (without().oauth_token(OAUTH_TOKEN), Matcher::Missing, bearer.as_str().into()),
    ] {
        let mut server = Server::new();
        let expected = server
            .mock("POST", "/v2/businesses/1/chats")
            .match_header("api-key", key)
            .match_header("authorization", authorization)
            .match_header("x-market-integration", Matcher::Missing)
            .with_body(CHATS)
            .create();
        let client = client.base_url(server.url()).build().unwrap();
        client.get_chats(&ChatsOptions::new()).unwrap();
        expected.assert();
    }
}
