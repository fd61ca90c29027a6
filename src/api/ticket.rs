//! Tickets: what a program stores with its own document, so that a send arrives once however
//! often it is tried, by whichever process.
//!
//! A ticket is text: `ymt1.business.chat.baseline.from.content.random.checksum`. It holds no
//! credential and no text of the message, only a salted hash of it.

use std::hash::{BuildHasher, RandomState};
use std::time::SystemTime;

use super::content::Content;
use crate::fields::Refusal;
use crate::sentences::sends as words;
use crate::sha256::hex_digest;

const VERSION: &str = "ymt1";
/// Longer texts are no tickets, and are not looked at.
const MAX_LENGTH: usize = 512;
const NONE: &str = "x";
const HASH_BYTES: usize = 16;
const CHECKSUM_BYTES: usize = 8;

/// What a ticket says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Ticket {
    pub business_id: i64,
    pub chat_id: i64,
    /// The newest message before the first attempt, 0 in an empty chat; `None` where it was not
    /// known.
    pub baseline: Option<i64>,
    /// The first attempt began at this time of the service or later, in milliseconds since 1970.
    pub from: Option<i64>,
    content: String,
    /// Names the send.
    pub random: u128,
}

impl Ticket {
    pub(crate) fn new(
        business_id: i64,
        chat_id: i64,
        baseline: Option<i64>,
        from: Option<i64>,
        content: &Content,
        random: u128,
    ) -> Self {
        let content = content_hash(content, random);
        Ticket { business_id, chat_id, baseline, from, content, random }
    }

    pub(crate) fn parse(text: &str) -> Result<Self, Refusal> {
        let damaged = words::ticket_is_damaged;
        if text.len() > MAX_LENGTH {
            return Err(damaged());
        }
        let (head, sum) = text.rsplit_once('.').ok_or_else(damaged)?;
        let (version, _) = head.split_once('.').ok_or_else(damaged)?;
        if checksum(head) != sum {
            return Err(damaged());
        }
        if version != VERSION {
            return Err(words::ticket_of_later_version(version));
        }
        let parts: Vec<&str> = head.split('.').collect();
        let &[_, business, chat, baseline, from, content, random] = &parts[..] else {
            return Err(damaged());
        };
        let number = |text: &str| text.parse::<i64>().map_err(|_| damaged());
        let optional = |text: &str| if text == NONE { Ok(None) } else { number(text).map(Some) };
        Ok(Ticket {
            business_id: number(business)?,
            chat_id: number(chat)?,
            baseline: optional(baseline)?,
            from: optional(from)?,
            content: content.to_owned(),
            random: u128::from_str_radix(random, 16).map_err(|_| damaged())?,
        })
    }

    /// The ticket that stands somewhere in a text.
    pub(crate) fn find_in(text: &str) -> Option<Self> {
        let start = text.find(VERSION)?;
        let belongs = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-');
        let rest = &text[start..];
        let end = rest.find(|c| !belongs(c)).unwrap_or(rest.len());
        Ticket::parse(&rest[..end]).ok()
    }

    /// Refuses a ticket that was prepared for something else.
    pub(crate) fn check(
        &self,
        business_id: i64,
        chat_id: i64,
        content: &Content,
    ) -> Result<(), Refusal> {
        if self.business_id != business_id {
            return Err(words::ticket_of_other_business());
        }
        if self.chat_id != chat_id {
            return Err(words::ticket_of_other_chat());
        }
        if self.content != content_hash(content, self.random) {
            return Err(match content {
                Content::Text(_) => words::ticket_of_other_text(),
                Content::File { .. } => words::ticket_of_other_file(),
            });
        }
        Ok(())
    }
}

impl std::fmt::Display for Ticket {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let optional = |id: Option<i64>| id.map_or(NONE.to_owned(), |id| id.to_string());
        let Ticket { business_id, chat_id, content, random, .. } = self;
        let (baseline, from) = (optional(self.baseline), optional(self.from));
        let head =
            format!("{VERSION}.{business_id}.{chat_id}.{baseline}.{from}.{content}.{random:032x}");
        write!(f, "{head}.{}", checksum(&head))
    }
}

/// A name that no other ticket has. The seed of a client takes no part: two processes may have the
/// same one. The keys of a hasher are the system's randomness; a fork copies them, hence the rest.
pub(crate) fn new_name() -> u128 {
    let own = (crate::process::id(), SystemTime::now());
    let half = |which: u64| u128::from(RandomState::new().hash_one((which, own)));
    half(1) << 64 | half(2)
}

/// The random part salts it: two tickets for one text have nothing in common.
fn content_hash(content: &Content, random: u128) -> String {
    hex_digest(&[&random.to_be_bytes(), content.canonical().as_bytes()], HASH_BYTES)
}

fn checksum(head: &str) -> String {
    hex_digest(&[head.as_bytes()], CHECKSUM_BYTES)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ticket(baseline: Option<i64>) -> Ticket {
        Ticket::new(5, 7, baseline, Some(-1), &Content::text("Секрет"), u128::MAX - 1)
    }

    #[test]
    fn a_ticket_is_read_as_it_was_written() {
        for baseline in [None, Some(0), Some(i64::MAX)] {
            let text = ticket(baseline).to_string();
            assert_eq!(Ticket::parse(&text), Ok(ticket(baseline)));
            assert!(text.is_ascii() && text.len() <= MAX_LENGTH, "{text}");
        }
        let longest = Ticket::new(
            i64::MIN,
            i64::MIN,
            Some(i64::MIN),
            Some(i64::MIN),
            &Content::text("Да"),
            u128::MAX,
        );
        assert!(longest.to_string().len() <= MAX_LENGTH / 2);
    }

    #[test]
    fn a_ticket_is_found_in_options_that_cannot_be_read() {
        let text = ticket(Some(40)).to_string();
        for options in
            [text.clone(), format!(r#"{{"ticket":"{text}","tickte":1}}"#), text.clone() + "\""]
        {
            assert_eq!(Ticket::find_in(&options), Some(ticket(Some(40))), "{options}");
        }
        for options in ["", "ymt1", "{\"ticket\": \"ymt1.\"}", &text[1..]] {
            assert_eq!(Ticket::find_in(options), None, "{options}");
        }
    }

    #[test]
    fn every_damage_is_noticed() {
        let text = ticket(Some(40)).to_string();
        for place in 0..text.len() {
            for other in ["0", "9", ".", "x", "é", ""] {
                let mut damaged = text.clone();
                damaged.replace_range(place..=place, other);
                if damaged != text {
                    assert!(Ticket::parse(&damaged).is_err(), "{damaged}");
                }
            }
            assert!(Ticket::parse(&text[..place]).is_err());
        }
        for text in ["", ".", "ymt1", &"9".repeat(4_000), "ymt1........"] {
            assert!(Ticket::parse(text).unwrap_err().english().contains("ticket"));
        }
    }

    #[test]
    fn a_ticket_is_for_one_content_in_one_chat() {
        let ticket = ticket(Some(40));
        assert_eq!(ticket.check(5, 7, &Content::text(" Секрет ")), Ok(()));
        let refusal = |business, chat, content| ticket.check(business, chat, &content).unwrap_err();
        assert!(refusal(6, 7, Content::text("Секрет")).english().contains("business"));
        assert!(refusal(5, 8, Content::text("Секрет")).english().contains("chat"));
        assert!(refusal(5, 7, Content::text("секрет")).english().contains("text"));
        assert!(refusal(5, 7, Content::file("Секрет", 6)).english().contains("file"));
    }
}
