//! Tokens and options that are refused before anything is sent.

use ymchat::{ChatType, ContextType, Status, SyncOptions, SyncScope};
use ymchat_sandbox::Sandbox;

use crate::support::{builder, client};

#[test]
fn a_token_of_something_else_is_refused_with_a_sentence_that_says_which() {
    let sandbox = Sandbox::start().unwrap();
    let client = client(&sandbox);
    let options = SyncOptions::new().types([ChatType::Chat]);
    let token = client.sync("", &options).unwrap().since;
    assert!(token.is_ascii() && token.len() < 64 * 1024);
    sandbox.clear_record();

    let other = builder(&sandbox).business_id(77).build().unwrap();
    let mut damaged = token.clone();
    damaged.pop();
    let swapped = format!("{}{}", &token[1..], &token[..1]);
    let refused = [
        (other.sync(&token, &options), "business"),
        (client.sync(&token, &options.clone().scope(SyncScope::All)), "scope \"waiting\""),
        (client.sync(&token, &SyncOptions::new()), "types"),
        (client.sync(&token, &options.clone().context_types([ContextType::Order])), "contextTypes"),
        (client.sync(&damaged, &options), "damaged"),
        (client.sync(&swapped, &options), "damaged"),
        (client.sync("0", &options), "damaged"),
        (client.sync("Привет", &options), "damaged"),
        (client.sync(&"A".repeat(70_000), &options), "damaged"),
    ];
    for (result, word) in refused {
        let error = result.unwrap_err();
        assert_eq!(error.status(), Status::InvalidArgument);
        assert!(error.to_string().contains(word), "{word}: {error}");
    }
    assert_eq!(sandbox.traffic().requests.len(), 0);
    // The order of a filter's values does not matter.
    let both = [ChatType::Chat, ChatType::Arbitrage];
    let token = client.sync("", &SyncOptions::new().types(both.clone())).unwrap().since;
    let [chat, arbitrage] = both;
    client.sync(&token, &SyncOptions::new().types([arbitrage, chat])).unwrap();
}

#[test]
fn wrong_options_are_named() {
    let sandbox = Sandbox::start().unwrap();
    let config = format!(
        r#"{{"apiKey": "{}", "businessId": {}, "baseUrl": "{}"}}"#,
        sandbox.api_key(),
        sandbox.business_id(),
        sandbox.base_url()
    );
    let client = ymchat::RawClient::from_json(&config).unwrap();
    for (options, word) in [
        (r#"{"start": "yesterday"}"#, "start"),
        (r#"{"start": 5}"#, "start"),
        (r#"{"scope": "some"}"#, "scope"),
        (r#"{"limit": 0}"#, "limit"),
        (r#"{"limit": 100001}"#, "limit"),
        (r#"{"types": []}"#, "types"),
        (r#"{"types": ["chat"]}"#, "types"),
        (r#"{"contextTypes": [1]}"#, "contextTypes"),
        (r#"{"chatIds": []}"#, "chatIds"),
        (r#"{"chatIds": [0]}"#, "chatIds"),
        (r#"{"chatIds": ["x"]}"#, "chatIds"),
        (r#"{"waitMs": 86400001}"#, "waitMs"),
        (r#"{"callTimeoutMs": 0}"#, "callTimeoutMs"),
        (r#"{"chatsIds": [1]}"#, "chatsIds"),
    ] {
        let error = client.sync("", options).unwrap_err();
        assert_eq!(error.status(), Status::InvalidArgument, "{options}");
        assert!(error.to_string().contains(word), "{options}: {error}");
    }
    assert_eq!(sandbox.traffic().requests.len(), 0);
    client
        .sync("", r#"{"chatIds": ["4000006", 4000007], "start": "2026-11-20T10:00:00+03:00"}"#)
        .unwrap();
}

#[test]
fn a_client_without_a_business_cannot_sync() {
    let sandbox = Sandbox::start().unwrap();
    let client = ymchat::Client::builder()
        .api_key(sandbox.api_key())
        .base_url(sandbox.base_url())
        .build()
        .unwrap();
    let error = client.sync("", &SyncOptions::new()).unwrap_err();
    assert_eq!(error.status(), Status::InvalidArgument);
    assert!(error.to_string().contains("businessId"), "{error}");
}
