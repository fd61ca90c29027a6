//! Did the shop say anything twice, or miss anyone?

use std::collections::HashMap;

use jiff::Timestamp;
use serde::Serialize;

use super::conversations::{StoredChat, StoredMessage};
use ymchat::{ChatStatus, Sender};

/// Why a message counts as said twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum TwiceBecause {
    /// The earlier one had arrived, but its request was never acknowledged, so it was sent again.
    Resent,
    /// The earlier one was acknowledged, and the same was said again.
    Repeated,
}

/// Two messages of the shop in one chat, of the same content, through different requests.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct SaidTwice {
    /// The chat.
    pub chat_id: i64,
    /// The earlier message.
    pub earlier_message_id: i64,
    /// The request that wrote it.
    pub earlier_request: u64,
    /// The later message.
    pub later_message_id: i64,
    /// The request that wrote it.
    pub later_request: u64,
    /// Why it counts.
    pub because: TwiceBecause,
    /// Whether the customer wrote between the two; then the repetition may be meant.
    pub customer_between: bool,
}

/// What the shop's program has not done yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum MissedBecause {
    /// No answer with the message was handed over whole.
    Unread,
    /// The message was read, and nothing was said after it.
    Unanswered,
}

/// A chat whose newest message of the customer was missed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Missed {
    /// The chat.
    pub chat_id: i64,
    /// The customer's newest message.
    pub message_id: i64,
    /// What is missing.
    pub because: MissedBecause,
}

/// Whether the shop's program said anything twice, or missed anyone.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Verdict {
    /// The chats that were looked at: those that the API shows.
    pub chats: usize,
    /// The messages that requests of the API have written.
    pub sent: usize,
    /// What was said twice, by chat.
    pub said_twice: Vec<SaidTwice>,
    /// Who was missed, by chat. An answer that was not written through the API counts as one of a
    /// person, who has read what was there. A finished chat needs no answer.
    pub missed: Vec<Missed>,
}

/// Looks at all chats as they stand.
pub(super) fn judge<'a>(chats: impl Iterator<Item = &'a StoredChat>, now: Timestamp) -> Verdict {
    let mut verdict = Verdict::default();
    for chat in chats {
        // What was said twice was said twice, whether the chat is hidden by now or not.
        let sent: Vec<_> = chat.messages.iter().filter(|message| is_sent(message)).collect();
        verdict.sent += sent.len();
        verdict.said_twice.extend(said_twice(chat, &sent));
        if !chat.hidden {
            verdict.chats += 1;
            verdict.missed.extend(missed(chat, now));
        }
    }
    verdict
}

fn is_sent(message: &StoredMessage) -> bool {
    message.sender == Sender::Partner && message.request.is_some()
}

/// Each message with the last one before it that says the same.
fn said_twice(chat: &StoredChat, sent: &[&StoredMessage]) -> Vec<SaidTwice> {
    let mut found = Vec::new();
    // The last of each content, by what is compared in no time.
    let mut said: HashMap<_, Vec<&StoredMessage>> = HashMap::new();
    for later in sent {
        let sizes: Vec<_> = later.files.iter().map(|file| (&file.name, file.bytes.len())).collect();
        let alike = said.entry((&later.text, sizes)).or_default();
        // A request writes one message: two messages are of two requests.
        let place = alike.iter().position(|earlier| has_the_same_files(earlier, later));
        let Some(earlier) = place.map(|place| std::mem::replace(&mut alike[place], later)) else {
            alike.push(later);
            continue;
        };
        let (Some(earlier_request), Some(later_request)) = (earlier.request, later.request) else {
            continue;
        };
        let place = |id| chat.messages.partition_point(|message| message.id < id);
        let between = &chat.messages[place(earlier.id)..place(later.id)];
        found.push(SaidTwice {
            chat_id: chat.id,
            earlier_message_id: earlier.id,
            earlier_request,
            later_message_id: later.id,
            later_request,
            because: match earlier.acknowledged {
                true => TwiceBecause::Repeated,
                false => TwiceBecause::Resent,
            },
            customer_between: between.iter().any(|message| message.sender == Sender::Customer),
        });
    }
    found
}

fn has_the_same_files(one: &StoredMessage, other: &StoredMessage) -> bool {
    one.files.iter().zip(&other.files).all(|(one, other)| one.bytes == other.bytes)
}

fn missed(chat: &StoredChat, now: Timestamp) -> Option<Missed> {
    let mut visible = chat.messages.iter().filter(|message| message.visible_at <= now);
    let newest = visible.rfind(|message| message.sender == Sender::Customer)?;
    let answers = chat.messages.iter().filter(|message| message.id > newest.id);
    let answers: Vec<_> = answers.filter(|message| message.sender == Sender::Partner).collect();
    let is_read = newest.read_by.is_some() || answers.iter().any(|answer| answer.request.is_none());
    let because = if !is_read {
        MissedBecause::Unread
    } else if answers.is_empty() && chat.status != ChatStatus::Finished {
        MissedBecause::Unanswered
    } else {
        return None;
    };
    Some(Missed { chat_id: chat.id, message_id: newest.id, because })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conversations::{self, Conversations, Draft};
    use ymchat::{ChatType, ContextType};

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;

    struct Story {
        conversations: Conversations,
        chat: i64,
        request: u64,
    }

    impl Story {
        fn new() -> Self {
            let mut conversations = Conversations::new(1);
            let context = conversations::context(ContextType::Direct, None, 1, "Анна");
            let chat = conversations.open(context, ChatType::Chat, NOW, false).id;
            Self { conversations, chat, request: 0 }
        }

        fn customer(&mut self, text: &str) -> i64 {
            let draft = Draft::text(Sender::Customer, text);
            self.conversations.write(self.chat, draft, NOW, false).unwrap()
        }

        fn write_as_shop(&mut self, draft: Draft, acknowledged: bool) -> i64 {
            self.request += 1;
            let draft = Draft { request: Some(self.request), ..draft };
            let id = self.conversations.write(self.chat, draft, NOW, false).unwrap();
            if acknowledged {
                self.conversations.acknowledge(id);
            }
            id
        }

        fn shop(&mut self, text: &str, acknowledged: bool) -> i64 {
            self.write_as_shop(Draft::text(Sender::Partner, text), acknowledged)
        }

        fn shop_file(&mut self, bytes: &'static [u8]) -> i64 {
            let files = vec![("чек.txt".to_owned(), bytes::Bytes::from_static(bytes))];
            let draft = Draft { sender: Sender::Partner, text: None, files, request: None };
            self.write_as_shop(draft, true)
        }

        fn read(&mut self, message: i64) {
            self.request += 1;
            self.conversations.read(self.chat, &[message], self.request);
        }

        fn verdict(&self) -> Verdict {
            judge(self.conversations.chats.values(), NOW)
        }

        fn missed(&self) -> Option<MissedBecause> {
            let missed = self.verdict().missed;
            assert!(missed.len() <= 1);
            missed.first().map(|missed| missed.because)
        }

        fn twice(&self) -> Vec<(TwiceBecause, bool)> {
            let found = self.verdict().said_twice;
            found.iter().map(|twice| (twice.because, twice.customer_between)).collect()
        }
    }

    #[test]
    fn what_had_arrived_unacknowledged_and_is_sent_again_is_resent() {
        let mut story = Story::new();
        let earlier = story.shop("Отправим сегодня", false);
        assert_eq!(story.twice(), []);
        let later = story.shop("Отправим сегодня", true);
        let verdict = story.verdict();
        let expected = SaidTwice {
            chat_id: story.chat,
            earlier_message_id: earlier,
            earlier_request: 1,
            later_message_id: later,
            later_request: 2,
            because: TwiceBecause::Resent,
            customer_between: false,
        };
        assert_eq!((verdict.said_twice, verdict.sent), (vec![expected], 2));
    }

    #[test]
    fn the_same_words_again_are_repeated_and_tell_whether_the_customer_wrote_between() {
        let mut story = Story::new();
        story.shop("Да", true);
        story.shop("Да", true);
        story.customer("А можно синий?");
        story.shop("Да", true);
        story.shop("да", true);
        use TwiceBecause::Repeated;
        assert_eq!(story.twice(), [(Repeated, false), (Repeated, true)]);
    }

    #[test]
    fn files_are_the_same_where_their_bytes_are() {
        let mut story = Story::new();
        story.shop_file(b"1");
        story.shop_file(b"2");
        assert_eq!(story.twice(), []);
        story.shop_file(b"1");
        assert_eq!(story.twice(), [(TwiceBecause::Repeated, false)]);
    }

    #[test]
    fn other_chats_and_what_no_request_wrote_say_nothing_twice() {
        let mut story = Story::new();
        story.conversations.write(story.chat, Draft::text(Sender::Partner, "Да"), NOW, false);
        story.shop("Да", true);
        let context = conversations::context(ContextType::Direct, None, 1, "Пётр");
        story.chat = story.conversations.open(context, ChatType::Chat, NOW, false).id;
        story.shop("Да", true);
        assert_eq!((story.twice(), story.verdict().sent), (vec![], 2));
    }

    #[test]
    fn the_newest_message_of_a_customer_is_to_be_read_and_then_answered() {
        let mut story = Story::new();
        assert_eq!(story.missed(), None);
        let first = story.customer("Где заказ?");
        let second = story.customer("Вы здесь?");
        assert_eq!(story.missed(), Some(MissedBecause::Unread));
        story.read(first);
        assert_eq!(story.missed(), Some(MissedBecause::Unread));
        story.read(second);
        assert_eq!(story.missed(), Some(MissedBecause::Unanswered));
        story.shop("Едет", true);
        assert_eq!(story.missed(), None);
        // An answer by rote to what was never read.
        story.customer("Куда?");
        story.shop("Мы ответим завтра", true);
        assert_eq!(story.missed(), Some(MissedBecause::Unread));
    }

    #[test]
    fn a_person_who_answers_has_read() {
        let mut story = Story::new();
        story.customer("Где заказ?");
        story.conversations.write(story.chat, Draft::text(Sender::Partner, "Едет"), NOW, false);
        assert_eq!(story.missed(), None);
    }

    #[test]
    fn nobody_is_missed_in_a_finished_or_hidden_chat_or_before_the_message_is_shown() {
        let mut story = Story::new();
        let message = story.customer("Спасибо!");
        story.conversations.delay(story.chat, message, NOW + jiff::SignedDuration::from_secs(1));
        assert_eq!(story.missed(), None);
        story.conversations.delay(story.chat, message, NOW);
        assert_eq!(story.missed(), Some(MissedBecause::Unread));
        story.read(message);
        story.conversations.set_status(story.chat, ChatStatus::Finished);
        assert_eq!(story.missed(), None);
        story.conversations.set_status(story.chat, ChatStatus::WaitingForPartner);
        story.conversations.chats.get_mut(&story.chat).unwrap().hidden = true;
        let verdict = story.verdict();
        assert_eq!((verdict.missed, verdict.chats), (vec![], 0));
    }
}
