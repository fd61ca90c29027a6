//! What the simulated Market stores: chats, messages and files.

use std::collections::BTreeMap;

use bytes::Bytes;
use jiff::Timestamp;
use serde_json::json;

use super::ids::{Ids, is_big};
use super::notifications::News;
use super::record::{ChatRecord, MessageRecord};
use super::switches::Switches;
use super::validate::{Context, Filters};
use super::{clock, wire};
use ymchat::{
    Chat, ChatFullContext, ChatMessage, ChatStatus, ChatType, ContextType, DateTime, OtherFields,
    Sender,
};

#[derive(Debug, Clone)]
pub(super) struct StoredFile {
    pub(super) id: i64,
    pub(super) name: String,
    pub(super) bytes: Bytes,
}

#[derive(Debug, Clone)]
pub(super) struct StoredMessage {
    pub(super) id: i64,
    pub(super) at: Timestamp,
    pub(super) sender: Sender,
    pub(super) text: Option<String>,
    pub(super) files: Vec<StoredFile>,
    /// A payload of `[null]`, as in the documentation's own example.
    pub(super) null_payload: bool,
    pub(super) other: OtherFields,
    pub(super) request: Option<u64>,
    pub(super) acknowledged: bool,
    /// The first request whose answer with this message was handed over whole.
    pub(super) read_by: Option<u64>,
    /// Before this moment the API does not show the message.
    pub(super) visible_at: Timestamp,
}

#[derive(Debug, Clone)]
pub(super) struct StoredChat {
    pub(super) id: i64,
    pub(super) context: ChatFullContext,
    pub(super) chat_type: ChatType,
    pub(super) status: ChatStatus,
    pub(super) created_at: Timestamp,
    pub(super) updated_at: Timestamp,
    pub(super) messages: Vec<StoredMessage>,
    pub(super) other: OtherFields,
    pub(super) request: Option<u64>,
    /// A dispute that nobody has decided yet.
    pub(super) dispute_is_open: bool,
    /// The API does not show it.
    pub(super) hidden: bool,
}

/// A message that is about to be written.
#[derive(Debug, Clone)]
pub(super) struct Draft {
    pub(super) sender: Sender,
    pub(super) text: Option<String>,
    pub(super) files: Vec<(String, Bytes)>,
    pub(super) request: Option<u64>,
}

impl Draft {
    pub(super) fn text(sender: Sender, text: impl Into<String>) -> Self {
        Self { sender, text: Some(text.into()), files: Vec::new(), request: None }
    }
}

/// How moments and addresses are written.
pub(super) struct Style<'a> {
    pub(super) switches: &'a Switches,
    pub(super) base_url: &'a str,
}

impl Style<'_> {
    fn date(&self, at: Timestamp) -> DateTime {
        let Switches { utc_offset_minutes, fractions, .. } = *self.switches;
        DateTime::new(clock::iso(at, utc_offset_minutes, fractions))
    }
}

impl StoredMessage {
    pub(super) fn model(&self, style: &Style) -> ChatMessage {
        let payload = self.files.iter().map(|file| {
            json!({
                "name": file.name,
                "url": format!("{}/files/{}", style.base_url, file.id),
                "size": file.bytes.len(),
            })
        });
        let message = json!({
            "messageId": self.id,
            "createdAt": style.date(self.at),
            "sender": self.sender,
            "message": self.text,
            "payload": payload.collect::<Vec<_>>(),
        });
        wire::value(message, &self.other)
    }

    /// As the service sends it; the model cannot hold a null item.
    pub(super) fn json(&self, style: &Style) -> serde_json::Value {
        let mut json = serde_json::to_value(self.model(style)).expect("a message is JSON");
        if self.null_payload {
            json["payload"] = json!([null]);
        }
        json
    }
}

impl StoredChat {
    pub(super) fn model(&self, style: &Style) -> Chat {
        let chat = json!({
            "chatId": self.id,
            "orderId": self.context.order_id,
            "context": self.context,
            "type": self.chat_type,
            "status": self.status,
            "createdAt": style.date(self.created_at),
            "updatedAt": style.date(self.updated_at),
        });
        wire::value(chat, &self.other)
    }

    pub(super) fn record(&self, style: &Style) -> ChatRecord {
        let message = |stored: &StoredMessage| MessageRecord {
            message: stored.model(style),
            request: stored.request,
            acknowledged: stored.acknowledged,
            read_by: stored.read_by,
        };
        ChatRecord {
            chat: self.model(style),
            request: self.request,
            messages: self.messages.iter().map(message).collect(),
        }
    }

    /// Messages of a chat ascend: after a big id comes no ordinary one.
    fn needs_big_ids(&self) -> bool {
        is_big(self.id) || self.messages.last().is_some_and(|last| is_big(last.id))
    }

    pub(super) fn message(&self, id: i64) -> Option<&StoredMessage> {
        let place = self.messages.binary_search_by_key(&id, |message| message.id).ok()?;
        self.messages.get(place)
    }

    fn message_mut(&mut self, id: i64) -> Option<&mut StoredMessage> {
        let place = self.messages.binary_search_by_key(&id, |message| message.id).ok()?;
        self.messages.get_mut(place)
    }

    /// The messages that the API shows, ascending by id.
    pub(super) fn visible(
        &self,
        now: Timestamp,
    ) -> impl DoubleEndedIterator<Item = &StoredMessage> {
        self.messages.iter().filter(move |message| message.visible_at <= now)
    }

    fn is_about(&self, context: &Context) -> bool {
        let id = match context.context_type {
            ContextType::Return => self.context.return_id,
            _ => self.context.order_id,
        };
        self.context.context_type == context.context_type && id == Some(context.id)
    }

    pub(super) fn passes(&self, filters: &Filters) -> bool {
        fn any<T>(wanted: &Option<Vec<T>>, fits: impl Fn(&T) -> bool) -> bool {
            wanted.as_ref().is_none_or(|wanted| wanted.iter().any(fits))
        }
        any(&filters.order_ids, |id| self.context.order_id == Some(*id))
            && any(&filters.contexts, |context| self.is_about(context))
            && any(&filters.context_types, |kind| self.context.context_type == *kind)
            && any(&filters.types, |kind| self.chat_type == *kind)
            && any(&filters.statuses, |status| self.status == *status)
    }
}

/// All chats of the business, and the ids to come.
#[derive(Debug)]
pub(super) struct Conversations {
    pub(super) chats: BTreeMap<i64, StoredChat>,
    files: BTreeMap<i64, StoredFile>,
    chat_ids: Ids,
    message_ids: Ids,
    last_file: i64,
    random: fastrand::Rng,
    /// What has happened and was not told yet.
    pub(super) news: Vec<News>,
}

const AUTO_REPLIES: [&str; 4] = [
    "Спасибо за быстрый ответ! 😊",
    "Поняла, буду ждать. Хорошего дня!",
    "А можно ещё один вопрос? Есть ли такой же, но другого цвета? 🎨",
    "Отлично, спасибо большое! 👍",
];

impl Conversations {
    pub(super) fn new(seed: u64) -> Self {
        Self {
            chats: BTreeMap::new(),
            files: BTreeMap::new(),
            chat_ids: Ids::after(4_000_000),
            message_ids: Ids::after(70_000_000),
            last_file: 0,
            random: fastrand::Rng::with_seed(seed),
            news: Vec::new(),
        }
    }

    /// New chats and messages get ids that were not used before the reset.
    pub(super) fn go_on_after(&mut self, before: &Self) {
        self.chat_ids.go_on_after(&before.chat_ids);
        self.message_ids.go_on_after(&before.message_ids);
    }

    pub(super) fn file(&self, id: i64) -> Option<&StoredFile> {
        self.files.get(&id)
    }

    pub(super) fn open(
        &mut self,
        context: ChatFullContext,
        chat_type: ChatType,
        now: Timestamp,
        big_id: bool,
    ) -> &mut StoredChat {
        // Ids have gaps: other shops use them, too.
        let id = self.chat_ids.next(self.random.i64(1..10), big_id);
        self.news.push(News::ChatCreated { chat: id });
        let is_dispute = chat_type == ChatType::Arbitrage;
        if is_dispute {
            self.news.push(News::ArbitrageStarted { chat: id });
        }
        let chat = StoredChat {
            id,
            context,
            chat_type,
            status: ChatStatus::New,
            created_at: now,
            updated_at: now,
            messages: Vec::new(),
            other: OtherFields::new(),
            request: None,
            dispute_is_open: is_dispute,
            hidden: false,
        };
        self.chats.entry(id).or_insert(chat)
    }

    pub(super) fn find_about(&self, context: &Context) -> Option<i64> {
        self.chats.values().find(|chat| chat.is_about(context)).map(|chat| chat.id)
    }

    /// Hides a message until a moment.
    pub(super) fn delay(&mut self, chat: i64, message: i64, until: Timestamp) {
        let found = self.chats.get_mut(&chat).and_then(|chat| chat.message_mut(message));
        if let Some(stored) = found {
            stored.visible_at = until;
        }
    }

    /// Writes a message; `None` where there is no such chat.
    pub(super) fn write(
        &mut self,
        chat: i64,
        draft: Draft,
        now: Timestamp,
        big_id: bool,
    ) -> Option<i64> {
        let stored_chat = self.chats.get_mut(&chat)?;
        let big_id = big_id || stored_chat.needs_big_ids();
        let id = self.message_ids.next(self.random.i64(1..10), big_id);
        let mut files = Vec::with_capacity(draft.files.len());
        for (name, bytes) in draft.files {
            self.last_file += 1;
            let file = StoredFile { id: self.last_file, name, bytes };
            self.files.insert(file.id, file.clone());
            files.push(file);
        }
        match draft.sender {
            // What both sides say in a dispute is for the arbiter.
            Sender::Partner | Sender::Customer if stored_chat.dispute_is_open => {
                stored_chat.status = ChatStatus::WaitingForArbiter;
            }
            Sender::Partner => stored_chat.status = ChatStatus::WaitingForCustomer,
            Sender::Customer => stored_chat.status = ChatStatus::WaitingForPartner,
            _ => {}
        }
        stored_chat.updated_at = now;
        stored_chat.messages.push(StoredMessage {
            id,
            at: now,
            sender: draft.sender,
            text: draft.text,
            files,
            null_payload: false,
            other: OtherFields::new(),
            request: draft.request,
            acknowledged: false,
            read_by: None,
            visible_at: now,
        });
        self.news.push(News::MessageSent { chat, message: id });
        Some(id)
    }

    /// Sets a chat's status; `None` where there is no such chat.
    pub(super) fn set_status(&mut self, chat: i64, status: ChatStatus) -> Option<()> {
        let stored = self.chats.get_mut(&chat)?;
        if status == ChatStatus::Finished && std::mem::take(&mut stored.dispute_is_open) {
            self.news.push(News::ArbitrageFinished { chat });
        }
        stored.status = status;
        Some(())
    }

    /// Makes a chat a dispute; `None` where there is no such chat.
    pub(super) fn open_dispute(&mut self, chat: i64) -> Option<()> {
        let stored = self.chats.get_mut(&chat)?;
        stored.chat_type = ChatType::Arbitrage;
        stored.dispute_is_open = true;
        stored.status = ChatStatus::WaitingForArbiter;
        self.news.push(News::ArbitrageStarted { chat });
        Some(())
    }

    /// Has the customer answer, the same way in the same place each time.
    pub(super) fn auto_reply(&mut self, chat: i64, now: Timestamp, big_id: bool) {
        let Some(stored) = self.chats.get(&chat) else { return };
        let shop = stored.messages.iter().filter(|message| message.sender == Sender::Partner);
        let text = AUTO_REPLIES[shop.count().saturating_sub(1) % AUTO_REPLIES.len()];
        self.write(chat, Draft::text(Sender::Customer, text), now, big_id);
    }

    pub(super) fn acknowledge(&mut self, message: i64) {
        let mut chats = self.chats.values_mut();
        if let Some(message) = chats.find_map(|chat| chat.message_mut(message)) {
            message.acknowledged = true;
        }
    }

    /// Notes that a request has handed these messages over.
    pub(super) fn read(&mut self, chat: i64, messages: &[i64], request: u64) {
        let Some(chat) = self.chats.get_mut(&chat) else { return };
        for id in messages {
            if let Some(message) = chat.message_mut(*id) {
                message.read_by.get_or_insert(request);
            }
        }
    }
}

pub(super) fn context(
    context_type: ContextType,
    id: Option<i64>,
    campaign: i64,
    name: &str,
) -> ChatFullContext {
    let public_id: String = name.bytes().map(|byte| format!("{byte:02x}")).collect();
    let context = json!({
        "type": context_type,
        "customer": {"name": name, "publicId": public_id.chars().take(24).collect::<String>()},
        "campaignId": campaign,
        "orderId": id.filter(|_| context_type != ContextType::Direct),
        "returnId": id.filter(|_| context_type == ContextType::Return),
    });
    wire::value(context, &OtherFields::new())
}
