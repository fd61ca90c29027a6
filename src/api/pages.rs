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

/// The newest message of a page, or an older one: the greater of the first and the last message
/// id in its text, found without parsing it. In either order of a history one of the two is the
/// newest; in no order this is still a message that exists.
///
/// Within a string of JSON the quotes would be escaped, so that only members are found.
pub(crate) fn newest_message(json: &[u8]) -> Option<i64> {
    const MEMBER: &[u8] = b"\"messageId\"";
    // The rarest of its letters: seen from the text's end, a search for the whole would go byte by
    // byte.
    const CAPITAL: usize = 8;
    let begins = |capital: usize| -> Option<usize> {
        let at = capital.checked_sub(CAPITAL)?;
        json[at..].starts_with(MEMBER).then_some(at)
    };
    let id = |at: usize| -> Option<i64> {
        let rest = json[at + MEMBER.len()..].trim_ascii_start();
        let rest = rest.strip_prefix(b":")?.trim_ascii_start();
        let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        std::str::from_utf8(&rest[..digits]).ok()?.parse().ok()
    };
    let mut capitals = memchr::memchr_iter(MEMBER[CAPITAL], json);
    let first = capitals.by_ref().find_map(begins);
    let last = capitals.rev().find_map(begins).or(first);
    first.and_then(id).max(last.and_then(id))
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
    fn the_newest_message_is_found_in_members_only() {
        let json = br#"{"messages":[{"messageId":7,"message":"\"messageId\":99"},
            {"message":"messageId", "messageId" : 9007199254740993 }]}"#;
        assert_eq!(newest_message(json), Some(9_007_199_254_740_993));
        assert_eq!(newest_message(br#"[{"messageId":8},{"messageId":7}]"#), Some(8));
        assert_eq!(newest_message(br#"{"messageId":null}"#), None);
        assert_eq!(newest_message(b"{}"), None);
    }
}
