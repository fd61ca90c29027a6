//! Walking through the pages of a list.

use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::model::Paging;

/// Where a walk through pages stands.
#[derive(Debug)]
pub(crate) struct Walk {
    next: Option<String>,
    seen: Seen,
    done: bool,
}

/// The page tokens that came before, as hashes under a key that nobody knows: by chance, two tokens
/// of a walk of a thousand pages share one in 1 of 10¹³ walks. The tokens themselves would make the
/// memory of a long walk grow, and scatter over all of it.
#[derive(Debug, Default)]
struct Seen {
    hashes: HashSet<u64>,
    key: RandomState,
}

impl Seen {
    /// Whether the token is new.
    fn insert(&mut self, token: &str) -> bool {
        self.hashes.insert(self.key.hash_one(token))
    }
}

impl Walk {
    /// Begins at a page, or at the first one.
    pub(crate) fn from(token: Option<String>) -> Self {
        let mut seen = Seen::default();
        if let Some(token) = &token {
            seen.insert(token);
        }
        Walk { next: token, seen, done: false }
    }

    /// The token of the page to read now; the outer `None` when there is no further page.
    pub(crate) fn current(&self) -> Option<Option<&str>> {
        if self.done { None } else { Some(self.next.as_deref()) }
    }

    /// Goes on to the page that the last one named. A missing token ends the walk, an empty page
    /// does not; a token that came before would let it go on for ever.
    pub(crate) fn advance(&mut self, paging: Option<Paging>) -> Result<(), &'static str> {
        self.next = paging.and_then(|paging| paging.next_page_token).filter(|t| !t.is_empty());
        match &self.next {
            None => self.done = true,
            Some(token) if self.seen.insert(token) => {}
            Some(_) => {
                self.done = true;
                return Err("the list of pages goes in a circle: the same page token came twice");
            }
        }
        Ok(())
    }
}

/// One page, its items as the service sent them.
#[derive(Debug, Deserialize)]
pub(crate) struct RawChats<'a> {
    #[serde(borrow)]
    pub chats: Vec<&'a RawValue>,
    pub paging: Option<Paging>,
}

/// One page, its items as the service sent them.
#[derive(Debug, Deserialize)]
pub(crate) struct RawMessages<'a> {
    #[serde(borrow)]
    pub messages: Vec<&'a RawValue>,
    pub paging: Option<Paging>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ChatId {
    chat_id: i64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct MessageId {
    message_id: i64,
}

pub(crate) fn chat_id(item: &RawValue) -> Result<i64, serde_json::Error> {
    serde_json::from_str::<ChatId>(item.get()).map(|chat| chat.chat_id)
}

pub(crate) fn message_id(item: &RawValue) -> Result<i64, serde_json::Error> {
    serde_json::from_str::<MessageId>(item.get()).map(|message| message.message_id)
}

/// What a page of a history, or a message alone, says about the chat's newest message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct PageSummary {
    /// The greatest message id.
    pub newest: Option<i64>,
    /// Another page follows.
    pub has_next: bool,
}

/// Reads the result of getChatHistory or getChatMessage, well-formed JSON, without parsing it: of
/// a page, the members `messageId` of the items of `messages` and no others; of a message, its
/// own. Other members may be called so, too.
pub(crate) fn newest_message(json: &[u8]) -> PageSummary {
    let mut summary = PageSummary::default();
    let mut depth = 0;
    // The member of the outermost object that is being read.
    let mut member: &[u8] = b"";
    let mut at = 0;
    while at < json.len() {
        match json[at] {
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth -= 1,
            b'"' => {
                let end = string_end(json, at);
                let text = &json[at + 1..end];
                at = end;
                // `[ 1 ]{ 2` is `messages: [ { …`, and `{ 1 }{ 2` is `paging: { …`.
                let value = match depth {
                    1..=3 => member_value(&json[end + 1..]),
                    _ => None,
                };
                match (depth, value) {
                    (1, Some(value)) => {
                        member = text;
                        if text == b"messageId" {
                            summary.newest = summary.newest.max(number(value));
                        }
                    }
                    (2, Some(value)) if member == b"paging" && text == b"nextPageToken" => {
                        summary.has_next = value.starts_with(b"\"") && !value.starts_with(b"\"\"");
                    }
                    (3, Some(value)) if member == b"messages" && text == b"messageId" => {
                        summary.newest = summary.newest.max(number(value));
                    }
                    _ => {}
                }
            }
            _ => {}
        }
        at += 1;
    }
    summary
}

/// The place of the quote that ends the string that begins at `start`.
fn string_end(json: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while let Some(found) = memchr::memchr2(b'"', b'\\', &json[at..]) {
        at += found;
        if json[at] == b'"' {
            return at;
        }
        // Whatever is escaped ends nothing.
        at = (at + 2).min(json.len());
    }
    json.len() - 1
}

/// The value of the member whose name ended before `rest`; `None` where that was no name.
fn member_value(rest: &[u8]) -> Option<&[u8]> {
    Some(rest.trim_ascii_start().strip_prefix(b":")?.trim_ascii_start())
}

fn number(value: &[u8]) -> Option<i64> {
    let digits = value.iter().take_while(|byte| byte.is_ascii_digit()).count();
    std::str::from_utf8(&value[..digits]).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paging(token: &str) -> Option<Paging> {
        Some(Paging { next_page_token: Some(token.into()), ..Paging::default() })
    }

    #[test]
    fn a_walk_ends_on_a_missing_token() {
        for last in [None, Some(Paging::default()), paging("")] {
            let mut walk = Walk::from(None);
            assert_eq!(walk.current(), Some(None));
            walk.advance(paging("a")).unwrap();
            assert_eq!(walk.current(), Some(Some("a")));
            walk.advance(last).unwrap();
            assert_eq!(walk.current(), None);
        }
    }

    #[test]
    fn a_circle_is_an_error() {
        let mut walk = Walk::from(Some("start".into()));
        walk.advance(paging("a")).unwrap();
        walk.advance(paging("b")).unwrap();
        assert!(walk.advance(paging("a")).is_err());
        assert_eq!(walk.current(), None);
        let mut walk = Walk::from(Some("start".into()));
        assert!(walk.advance(paging("start")).is_err());
    }

    #[test]
    fn the_newest_message_is_read_from_its_place_alone() {
        let table: [(&str, Option<i64>, bool); 9] = [
            (
                r#"{"messages":[{"messageId":7,"message":"\"messageId\":99"},
                {"message":"messageId", "messageId" : 9007199254740993 }]}"#,
                Some(9_007_199_254_740_993),
                false,
            ),
            (r#"{"messages":[{"messageId":8},{"messageId":9},{"messageId":7}]}"#, Some(9), false),
            // Whatever a later version of the service adds.
            (
                r#"{"pinned":{"messageId":99},"messageIds":[98],"messages":[
                {"quoted":{"messageId":97},"messageId":7,"tags":[{"messageId":96}]}],
                "paging":{"nextPageToken":"x","messageId":95}}"#,
                Some(7),
                true,
            ),
            (r#"{"threads":[{"messageId":9}],"messages":[]}"#, None, false),
            (r#"{"messageId":5,"quoted":{"messageId":9}}"#, Some(5), false),
            (r#"{"messages":[{"messageId":null}],"paging":{"nextPageToken":null}}"#, None, false),
            (r#"{"messages":[],"paging":{"nextPageToken":""}}"#, None, false),
            (r#"{"messages":[{"message":"\\"},{"messageId":3}]}"#, Some(3), false),
            ("{}", None, false),
        ];
        for (json, newest, has_next) in table {
            assert_eq!(newest_message(json.as_bytes()), PageSummary { newest, has_next }, "{json}");
        }
    }
}
