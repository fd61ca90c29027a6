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
    summary_from_both_ends(json).unwrap_or_else(|| {
        let mut walk = MemberWalk::default();
        walk.pass(json, 0, json.len());
        walk.summary
    })
}

/// The same for most pages, much faster: the greatest id is that of the first or of the last
/// message, and nothing but messages stands between these two. `None` where that is not certain.
fn summary_from_both_ends(json: &[u8]) -> Option<PageSummary> {
    let mut hits = message_ids(json);
    let first = hits.next()?;
    let (mut last, mut newest) = (first, first);
    for hit in hits {
        last = hit;
        if hit.1 > newest.1 {
            newest = hit;
        }
    }
    // One between them may belong to something within a message.
    if newest.0 != first.0 && newest.0 != last.0 {
        return None;
    }
    let mut walk = MemberWalk::default();
    walk.pass(json, 0, first.0);
    if walk.depth != 3 || walk.member != b"messages" {
        return None;
    }
    // An array that ends before another member may be `messages`.
    let between = &json[first.0..last.0];
    let ends_before_comma =
        |at: usize| between[at + 1..].trim_ascii_start().first().is_none_or(|next| *next == b',');
    if memchr::memchr_iter(b']', between).any(ends_before_comma) {
        return None;
    }
    walk.pass(json, last.0, json.len());
    // Otherwise the last one was not as deep as the first one.
    (walk.depth == 0).then(|| {
        walk.summary.newest = Some(newest.1);
        walk.summary
    })
}

/// The places and the values of all members `messageId` with a number, wherever they stand. Within
/// a string the quotes would be escaped.
fn message_ids(json: &[u8]) -> impl Iterator<Item = (usize, i64)> {
    const MEMBER: &[u8] = b"\"messageId\"";
    // The rarest of its letters.
    const CAPITAL: usize = 8;
    memchr::memchr_iter(MEMBER[CAPITAL], json).filter_map(|capital| {
        let at = capital.checked_sub(CAPITAL)?;
        let rest = json[at..].strip_prefix(MEMBER)?;
        Some((at, number(member_value(rest)?)?))
    })
}

/// A walk over the members of the outermost levels.
#[derive(Default)]
struct MemberWalk<'a> {
    depth: i32,
    /// The member of the outermost object that is being read.
    member: &'a [u8],
    summary: PageSummary,
}

impl<'a> MemberWalk<'a> {
    /// Goes over a part of the text, which begins and ends between two of its tokens.
    fn pass(&mut self, json: &'a [u8], from: usize, to: usize) {
        let mut at = from;
        while at < to {
            match json[at] {
                b'{' | b'[' => self.depth += 1,
                b'}' | b']' => self.depth -= 1,
                b'"' => {
                    let end = string_end(json, at);
                    self.string(&json[at + 1..end], &json[end + 1..]);
                    at = end;
                }
                _ => {}
            }
            at += 1;
        }
    }

    fn string(&mut self, text: &'a [u8], rest: &[u8]) {
        // `[ 1 ]{ 2` is `messages: [ { …`, and `{ 1 }{ 2` is `paging: { …`.
        let value = match self.depth {
            1..=3 => member_value(rest),
            _ => None,
        };
        let Some(value) = value else { return };
        match self.depth {
            1 => self.member = text,
            2 if self.member == b"paging" && text == b"nextPageToken" => {
                self.summary.has_next = value.starts_with(b"\"") && !value.starts_with(b"\"\"");
            }
            _ => {}
        }
        let is_item = self.depth == 3 && self.member == b"messages";
        if text == b"messageId" && (self.depth == 1 || is_item) {
            self.summary.newest = self.summary.newest.max(number(value));
        }
    }
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
    use proptest::prelude::*;
    use serde_json::Value;

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

    /// A value that may hold members of any name, nested or not.
    fn any_value() -> impl Strategy<Value = Value> {
        let name = || prop::sample::select(vec!["messageId", "messages", "paging", "text", "]},"]);
        let leaf = prop_oneof![
            (0..20_i64).prop_map(Value::from),
            name().prop_map(Value::from),
            Just(Value::from("\"messageId\":99],")),
            Just(Value::Null),
        ];
        leaf.prop_recursive(3, 12, 4, move |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::vec((name(), inner), 0..4).prop_map(object),
            ]
        })
    }

    fn object(members: Vec<(&str, Value)>) -> Value {
        members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }

    /// Members in the order in which they are given, as a service writes them.
    fn written(members: &[(&str, Value)], space: &str) -> String {
        let members: Vec<String> = members
            .iter()
            .map(|(name, value)| format!("\"{name}\"{space}:{space}{value}"))
            .collect();
        format!("{{{space}{}{space}}}", members.join(&format!("{space},{space}")))
    }

    proptest! {
        #![proptest_config(ProptestConfig {
            failure_persistence: None, cases: 4000, ..ProptestConfig::default()
        })]

        /// Whatever stands before, between, within and behind the messages.
        #[test]
        fn both_ways_to_the_newest_message_agree(
            before in prop::collection::vec(any_value(), 0..2),
            messages in prop::collection::vec(
                (0..20_i64, prop::collection::vec(any_value(), 0..3)), 0..5,
            ),
            token in prop::option::of("[a-z]{0,2}"),
            after in prop::collection::vec(any_value(), 0..2),
            spaced in any::<bool>(),
        ) {
            let space = if spaced { " " } else { "" };
            let items: Vec<String> = messages
                .iter()
                .map(|(id, others)| {
                    let mut members = vec![("messageId", Value::from(*id))];
                    members.extend(others.iter().map(|other| ("quoted", other.clone())));
                    written(&members, space)
                })
                .collect();
            let list = format!("[{}]", items.join(&format!("{space},{space}")));
            let paging = token.as_ref().map(|token| serde_json::json!({"nextPageToken": token}));
            let mut members: Vec<String> =
                before.iter().map(|value| format!("\"context\":{value}")).collect();
            members.push(format!("\"messages\"{space}:{list}"));
            members.extend(paging.map(|paging| format!("\"paging\":{paging}")));
            members.extend(after.iter().map(|value| format!("\"threads\":{value}")));
            let json = format!("{{{}}}", members.join(&format!("{space},{space}")));

            let newest = messages.iter().map(|(id, _)| *id).max();
            let has_next = token.is_some_and(|token| !token.is_empty());
            let expected = PageSummary { newest, has_next };
            prop_assert_eq!(newest_message(json.as_bytes()), expected, "{}", json);
            if let Some(fast) = summary_from_both_ends(json.as_bytes()) {
                prop_assert_eq!(fast, expected, "{}", json);
            }
        }
    }

    #[test]
    fn ordinary_pages_are_read_from_both_ends() {
        let page = |ids: &[i64]| {
            let items: Vec<String> = ids
                .iter()
                .map(|id| {
                    format!(r#"{{"messageId":{id},"message":"]","payload":[{{"url":"u"}}]}}"#)
                })
                .collect();
            format!(
                r#"{{"context":{{"type":"ORDER"}},"messages":[{}],"paging":{{"nextPageToken":"x"}}}}"#,
                items.join(",")
            )
        };
        for ids in [&[1, 2, 3][..], &[3, 2, 1], &[5]] {
            let newest = ids.iter().max().copied();
            let summary = summary_from_both_ends(page(ids).as_bytes());
            assert_eq!(summary, Some(PageSummary { newest, has_next: true }), "{ids:?}");
        }
    }
}
