//! What can be asked of a running sandbox, by Rust and by the admin API alike.

use std::collections::BTreeMap;
use std::sync::MutexGuard;
use std::time::SystemTime;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::conversations::{self, Draft};
use super::faults::Fault;
use super::limits::{Quota, QuotaChange};
use super::multipart::MAX_FILE;
use super::operation::Operation;
use super::record::{ChatRecord, Record, Traffic};
use super::seed;
use super::state::{Shared, State};
use super::verdict::{self, Verdict};
use ymchat::{ChatStatus, ChatType, ContextType, Sender};

/// Why the sandbox cannot do what was asked of it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Misuse {
    /// There is no chat with this id.
    #[error("there is no chat {0} in this sandbox")]
    NoSuchChat(i64),
    /// Something about the arguments, as a sentence.
    #[error("{0}")]
    Invalid(String),
}

/// A file of at most 5 MiB that comes with a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct NewFile {
    /// Its name.
    pub name: String,
    /// Its text; where there is none, and no `base64`, `size` zero bytes.
    #[serde(default)]
    pub content: Option<String>,
    /// Its bytes in Base64, where it is no text.
    #[serde(default)]
    pub base64: Option<String>,
    /// Its size in bytes, where neither of the two is given. Default: 1024.
    #[serde(default)]
    pub size: Option<usize>,
}

impl NewFile {
    /// A text file.
    pub fn new(name: impl Into<String>, content: impl Into<String>) -> Self {
        Self { name: name.into(), content: Some(content.into()), base64: None, size: None }
    }

    fn bytes(self) -> Result<(String, Bytes), Misuse> {
        let name = self.name;
        let too_large = || Misuse::Invalid(format!("file {name:?} is larger than 5 MiB"));
        let bytes = match (self.content, self.base64) {
            (Some(_), Some(_)) => {
                let text = format!("file {name:?} has both content and base64: give one of them");
                return Err(Misuse::Invalid(text));
            }
            (Some(text), None) => text.into_bytes(),
            (None, Some(base64)) => BASE64_STANDARD.decode(base64).map_err(|error| {
                Misuse::Invalid(format!("the base64 of file {name:?}: {error}"))
            })?,
            (None, None) => {
                let size = self.size.unwrap_or(1024);
                if size > MAX_FILE {
                    return Err(too_large());
                }
                vec![0; size]
            }
        };
        if bytes.len() > MAX_FILE {
            return Err(too_large());
        }
        Ok((name, bytes.into()))
    }
}

/// A message to write from outside of the API.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct NewMessage {
    /// Who writes it. Default: the customer.
    #[serde(default = "customer")]
    pub sender: Sender,
    /// The text.
    #[serde(default)]
    pub text: Option<String>,
    /// The files.
    #[serde(default)]
    pub files: Vec<NewFile>,
    /// How long the API does not show it yet, in milliseconds; `updatedAt` of its chat is lifted
    /// at once. Default: 0.
    #[serde(default)]
    pub visible_after_ms: u64,
}

fn customer() -> Sender {
    Sender::Customer
}

impl NewMessage {
    /// A text of the customer.
    pub fn text(text: impl Into<String>) -> Self {
        Self {
            sender: Sender::Customer,
            text: Some(text.into()),
            files: Vec::new(),
            visible_after_ms: 0,
        }
    }

    /// Has the API show it only after so many milliseconds, though later ones may be shown before.
    #[must_use]
    pub fn visible_after_ms(self, milliseconds: u64) -> Self {
        Self { visible_after_ms: milliseconds, ..self }
    }

    /// Has someone else write it: the Market, the support, the shop through its business.
    #[must_use]
    pub fn by(self, sender: Sender) -> Self {
        Self { sender, ..self }
    }

    /// Adds a file.
    #[must_use]
    pub fn file(mut self, file: NewFile) -> Self {
        self.files.push(file);
        self
    }
}

/// A chat to start from outside of the API.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct NewChat {
    /// What it is about. Default: DIRECT.
    #[serde(default = "direct")]
    pub context_type: ContextType,
    /// The id of the order or return; needed for those two.
    #[serde(default)]
    pub context_id: Option<i64>,
    /// The customer's public name. Default: `Покупатель`.
    #[serde(default)]
    pub customer: Option<String>,
    /// Chat or dispute. Default: CHAT.
    #[serde(rename = "type", default = "chat")]
    pub chat_type: ChatType,
    /// The status, where it is not to follow from the text.
    #[serde(default)]
    pub status: Option<ChatStatus>,
    /// The customer's first message.
    #[serde(default)]
    pub text: Option<String>,
}

fn direct() -> ContextType {
    ContextType::Direct
}

fn chat() -> ChatType {
    ChatType::Chat
}

impl NewChat {
    /// A chat that the customer starts with a question about no order.
    pub fn direct(text: impl Into<String>) -> Self {
        Self {
            context_type: ContextType::Direct,
            context_id: None,
            customer: None,
            chat_type: ChatType::Chat,
            status: None,
            text: Some(text.into()),
        }
    }

    /// A chat that the customer starts about an order.
    pub fn about_order(order_id: i64, text: impl Into<String>) -> Self {
        Self { context_type: ContextType::Order, context_id: Some(order_id), ..Self::direct(text) }
    }
}

impl Shared {
    pub(super) fn write(&self, chat: i64, message: NewMessage) -> Result<i64, Misuse> {
        if message.text.is_none() && message.files.is_empty() {
            return Err(Misuse::Invalid("a message needs a text or a file".to_owned()));
        }
        let files = message.files.into_iter().map(NewFile::bytes).collect::<Result<_, _>>()?;
        let draft = Draft { sender: message.sender, text: message.text, files, request: None };
        let mut state = self.lock();
        let now = state.clock.now();
        let written = state.write(chat, draft).ok_or(Misuse::NoSuchChat(chat))?;
        let delay = i64::try_from(message.visible_after_ms).ok().map(SignedDuration::from_millis);
        let until = delay.and_then(|delay| now.checked_add(delay).ok());
        let out_of_calendar = || Misuse::Invalid("this moment is out of the calendar".to_owned());
        state.conversations.delay(chat, written, until.ok_or_else(out_of_calendar)?);
        self.tell(state);
        Ok(written)
    }

    pub(super) fn start_chat(&self, new: NewChat) -> Result<i64, Misuse> {
        let needs_id = new.context_type != ContextType::Direct;
        if needs_id && new.context_id.is_none_or(|id| id < 1) {
            let text = format!("a chat about {} needs a contextId of 1 or more", new.context_type);
            return Err(Misuse::Invalid(text));
        }
        let name = new.customer.as_deref().unwrap_or("Покупатель");
        let campaign = seed::first_campaign(self.config.business);
        let context = conversations::context(new.context_type, new.context_id, campaign, name);
        let mut state = self.lock();
        let id = state.open_chat(context, new.chat_type).id;
        if let Some(text) = new.text {
            state.write(id, Draft::text(Sender::Customer, text));
        }
        if let (Some(status), Some(chat)) = (new.status, state.conversations.chats.get_mut(&id)) {
            chat.dispute_is_open &= status != ChatStatus::Finished;
            chat.status = status;
        }
        self.tell(state);
        Ok(id)
    }

    /// Sends what has happened as notifications.
    pub(super) fn tell(&self, mut state: MutexGuard<'_, State>) {
        state.tell(self.config.business);
        drop(state);
        self.notify();
    }

    pub(super) fn set_status(&self, chat: i64, status: ChatStatus) -> Result<(), Misuse> {
        let mut state = self.lock();
        state.conversations.set_status(chat, status).ok_or(Misuse::NoSuchChat(chat))?;
        self.tell(state);
        Ok(())
    }

    pub(super) fn hide_chat(&self, chat: i64, hidden: bool) -> Result<(), Misuse> {
        let mut state = self.lock();
        let stored = state.conversations.chats.get_mut(&chat).ok_or(Misuse::NoSuchChat(chat))?;
        stored.hidden = hidden;
        drop(state);
        self.notify();
        Ok(())
    }

    pub(super) fn add_fault(&self, fault: Fault) -> Result<(), Misuse> {
        fault.check().map_err(Misuse::Invalid)?;
        self.lock().faults.push(fault);
        self.notify();
        Ok(())
    }

    pub(super) fn set_clock(&self, to: SystemTime) -> Result<(), Misuse> {
        let to = Timestamp::try_from(to)
            .map_err(|_| Misuse::Invalid("this moment is out of the calendar".to_owned()))?;
        self.lock().clock.set(to);
        self.notify();
        Ok(())
    }

    pub(super) fn quotas(&self) -> BTreeMap<Operation, Quota> {
        let state = self.lock();
        let wrong_weekday = state.switches.wrong_weekday;
        state.limits.quotas(self.config.business, state.clock.now(), wrong_weekday)
    }

    pub(super) fn change_quota(
        &self,
        operation: Operation,
        change: QuotaChange,
    ) -> Result<(), Misuse> {
        let mut state = self.lock();
        let now = state.clock.now();
        state.limits.change(self.config.business, operation, change, now).map_err(Misuse::Invalid)
    }

    pub(super) fn clear_record(&self) {
        self.lock().traffic = Traffic::default();
        self.notify();
    }

    pub(super) fn verdict(&self) -> Verdict {
        let state = self.lock();
        verdict::judge(state.conversations.chats.values(), state.clock.now())
    }

    pub(super) fn record(&self) -> Record {
        let state = self.lock();
        Record { traffic: state.traffic.clone(), chats: self.records(&state) }
    }

    pub(super) fn chat_records(&self) -> Vec<ChatRecord> {
        self.records(&self.lock())
    }

    fn records(&self, state: &State) -> Vec<ChatRecord> {
        let style = self.style(&state.switches);
        state.conversations.chats.values().map(|chat| chat.record(&style)).collect()
    }

    pub(super) fn chat_record(&self, chat: i64) -> Result<ChatRecord, Misuse> {
        let state = self.lock();
        let stored = state.conversations.chats.get(&chat).ok_or(Misuse::NoSuchChat(chat))?;
        Ok(stored.record(&self.style(&state.switches)))
    }
}
