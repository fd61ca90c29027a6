//! What a look takes does not grow with the number of chats: what is quiet is not kept.

use std::time::Duration;

use serde_json::json;
use ymchat::{SyncOptions, SyncScope, SyncStart};

use crate::common::serve::{Server, reply};
use crate::common::{builder, from_parent, peak_memory, run_child};

const PAGES: usize = 400;
const CHATS_PER_PAGE: usize = 20;
/// Of which all pages together are fifty mebibytes.
const LENGTH_OF_A_CHAT: usize = 50 * 1024 * 1024 / PAGES / CHATS_PER_PAGE;
const MOST: usize = 10 * 1024 * 1024;

fn page(number: usize) -> String {
    let first = 1 + number * CHATS_PER_PAGE;
    let chats: Vec<_> = (first..first + CHATS_PER_PAGE)
        .map(|id| {
            json!({
                "chatId": id, "type": "CHAT", "status": "FINISHED", "context": {"type": "DIRECT"},
                "createdAt": "2026-01-01T00:00:00Z", "updatedAt": "2026-01-01T00:00:00Z",
                "note": "x".repeat(LENGTH_OF_A_CHAT),
            })
        })
        .collect();
    let next = number + 1;
    let paging =
        if next < PAGES { json!({"nextPageToken": format!("p{next}")}) } else { json!({}) };
    json!({"status": "OK", "result": {"chats": chats, "paging": paging}}).to_string()
}

#[test]
fn a_look_at_many_quiet_chats_keeps_none_of_them() {
    let server = Server::start(|mut peer| {
        let Some(request) = peer.request() else { return };
        let token = request.target().split_once("pageToken=p").map_or("0", |(_, token)| token);
        let number = token.split('&').next().and_then(|digits| digits.parse().ok()).unwrap();
        let _ = peer.send(&reply(200, page(number)));
    });
    let environment = [("YMCHAT_TEST_URL", server.url()), ("YMCHAT_TEST_LOG", "0".to_owned())];
    let environment = environment.each_ref().map(|(name, value)| (*name, value.as_str()));
    run_child("memory::child_that_looks", &environment);
    assert!(server.requests().len() >= PAGES);
}

#[test]
#[ignore = "run by a_look_at_many_quiet_chats_keeps_none_of_them"]
fn child_that_looks() {
    let client = builder(from_parent("YMCHAT_TEST_URL"))
        .attempt_timeout(Duration::from_secs(200))
        .call_timeout(Duration::from_secs(200))
        .build()
        .unwrap();
    let options = SyncOptions::new().scope(SyncScope::All).start(SyncStart::Now).limit(10);
    // It begins now, and reads nothing.
    let first = client.sync("", &options).unwrap();
    peak_memory();
    let before = peak_memory();
    let news = client.sync(&first.since, &options).unwrap();
    let grown = peak_memory().saturating_sub(before);
    assert!(news.chats.is_empty() && news.since.len() <= 64 * 1024);
    assert!(grown < MOST, "{grown} bytes");
}
