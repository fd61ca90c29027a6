//! Walking through the pages of a list.

use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};

use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

/// Where a walk through pages stands.
#[derive(Debug)]
pub(crate) struct PageWalk {
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

impl PageWalk {
    /// Begins at a page, or at the first one.
    pub(crate) fn from(token: Option<String>) -> Self {
        let mut seen = Seen::default();
        if let Some(token) = &token {
            seen.insert(token);
        }
        PageWalk { next: token, seen, done: false }
    }

    /// The token of the page to read now; the outer `None` when there is no further page.
    pub(crate) fn current(&self) -> Option<Option<&str>> {
        if self.done { None } else { Some(self.next.as_deref()) }
    }

    /// Goes on to the page that the last one named. A missing token ends the walk, an empty page
    /// does not; a token that came before would let it go on for ever.
    pub(crate) fn advance(&mut self, next: Option<String>) -> Result<(), PageLoop> {
        self.next = next.filter(|token| !token.is_empty());
        match &self.next {
            None => self.done = true,
            Some(token) if self.seen.insert(token) => {}
            Some(_) => {
                self.done = true;
                return Err(PageLoop);
            }
        }
        Ok(())
    }
}

/// The same page token came twice: the walk would have no end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PageLoop;

/// One page, its items as the service sent them.
#[derive(Debug, Deserialize)]
pub(crate) struct RawChats<'a> {
    #[serde(borrow)]
    pub chats: Vec<&'a RawValue>,
    /// The token of the page after it.
    #[serde(rename = "paging", default, deserialize_with = "next_page_token")]
    pub next: Option<String>,
}

/// One page, its items as the service sent them.
#[derive(Debug, Deserialize)]
pub(crate) struct RawMessages<'a> {
    #[serde(borrow)]
    pub messages: Vec<&'a RawValue>,
    /// The token of the page after it.
    #[serde(rename = "paging", default, deserialize_with = "next_page_token")]
    pub next: Option<String>,
}

/// Where a list goes on, and nothing else of what the service may say there.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawPaging {
    next_page_token: Option<String>,
}

/// The token in a value of `paging`, which may be null.
pub(crate) fn next_page_token<'de, D: Deserializer<'de>>(
    paging: D,
) -> Result<Option<String>, D::Error> {
    Ok(Option::<RawPaging>::deserialize(paging)?.and_then(|paging| paging.next_page_token))
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

/// Whether `paging` names a next page. Where it cannot be read, there may be one.
pub(crate) fn another_follows(paging: &[u8]) -> bool {
    match next_page_token(&mut serde_json::Deserializer::from_slice(paging)) {
        Ok(token) => token.is_some_and(|token| !token.is_empty()),
        Err(_) => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_walk_ends_on_a_missing_token() {
        for last in [None, Some(String::new())] {
            let mut walk = PageWalk::from(None);
            assert_eq!(walk.current(), Some(None));
            walk.advance(Some("a".into())).unwrap();
            assert_eq!(walk.current(), Some(Some("a")));
            walk.advance(last).unwrap();
            assert_eq!(walk.current(), None);
        }
    }

    #[test]
    fn a_circle_is_an_error() {
        let mut walk = PageWalk::from(Some("start".into()));
        walk.advance(Some("a".into())).unwrap();
        walk.advance(Some("b".into())).unwrap();
        assert!(walk.advance(Some("a".into())).is_err());
        assert_eq!(walk.current(), None);
        let mut walk = PageWalk::from(Some("start".into()));
        assert!(walk.advance(Some("start".into())).is_err());
    }

    #[test]
    fn a_page_is_the_last_one_where_no_token_is_named() {
        for (paging, follows) in [
            ("{}", false),
            ("null", false),
            (r#"{"nextPageToken":null}"#, false),
            (r#"{"nextPageToken":""}"#, false),
            (r#"{"prevPageToken":"a"}"#, false),
            (r#"{"prevPageToken":"a","nextPageToken":"b"}"#, true),
            (r#"{"nextPageToken":7}"#, true),
            ("[]", true),
        ] {
            assert_eq!(another_follows(paging.as_bytes()), follows, "{paging}");
        }
    }
}
