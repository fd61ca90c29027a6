//! The machine's requests as requests of the API, and what it needs of their answers.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::exchange::{ChatItem, ChatsPage, Hint, HistoryPage, MessageItem};
use super::state::{Millis, State};
use crate::api::answers::{read_answer, read_item};
use crate::api::options::{CHATS_PER_PAGE, ChatsOptions, HistoryOptions, MESSAGES_PER_PAGE};
use crate::api::pages::{RawChats, RawMessages};
use crate::api::session::Session;
use crate::api::{operations, requests};
use crate::error::Error;
use crate::model::{ChatStatus, DateTime};
use crate::pipeline::{Budget, unix_ms};
use crate::status::Status;

/// Reads pages within the time of one call.
pub(super) struct PageReader {
    session: Arc<Session>,
    budget: Budget,
    filters: ChatsOptions,
}

impl PageReader {
    pub(super) fn new(session: &Arc<Session>, budget: Budget, state: &State) -> Self {
        PageReader { session: Arc::clone(session), budget, filters: filters(state) }
    }

    pub(super) fn session(&self) -> &Session {
        &self.session
    }

    pub(super) fn time_is_up(&self) -> bool {
        self.session.pipeline.left(&self.budget).is_zero()
    }

    pub(super) fn chats_page(
        &self,
        page: Option<String>,
        waiting: bool,
    ) -> Result<ChatsPage, Error> {
        let operation = &operations::GET_CHATS;
        let mut options = self.filters.clone();
        options.page_token = page;
        if waiting {
            use ChatStatus::{New, WaitingForArbiter, WaitingForPartner};
            options = options.statuses([New, WaitingForPartner, WaitingForArbiter]);
        }
        let request = self.session.request(operation, |id| requests::get_chats(id, &options))?;
        let answer = self.session.pipeline.call(&request, &self.budget)?;
        let page: RawChats = read_answer(operation, &answer)?;
        let mut chats = Vec::with_capacity(page.chats.len());
        for raw in page.chats {
            let chat: ListedChat = read_item(operation, &answer, raw)?;
            chats.push(ChatItem {
                id: chat.chat_id,
                updated: chat.updated_at.and_then(millis),
                raw: raw.get().into(),
            });
        }
        Ok(ChatsPage { chats, next: page.next })
    }

    pub(super) fn history_page(
        &self,
        chat: i64,
        from: Option<i64>,
        page: Option<String>,
    ) -> Result<HistoryPage, Error> {
        let operation = &operations::GET_CHAT_HISTORY;
        let options = HistoryOptions {
            page_token: page,
            limit: Some(MESSAGES_PER_PAGE),
            message_id_from: from,
            ..HistoryOptions::default()
        };
        let answer = self.session.get_chat_history(chat, &options, &self.budget)?;
        let page: RawMessages = read_answer(operation, &answer)?;
        let about: About = read_answer(operation, &answer)?;
        let mut messages = Vec::with_capacity(page.messages.len());
        for raw in page.messages {
            let message: ListedMessage = read_item(operation, &answer, raw)?;
            messages.push(MessageItem {
                id: message.message_id,
                created: message.created_at.and_then(millis),
                raw: raw.get().into(),
            });
        }
        Ok(HistoryPage { messages, next: page.next, about: about.chat(chat) })
    }
}

impl Session {
    /// The chats that the caller names, as far as the filters of the token let them through: a
    /// history does not say of which type its chat is.
    pub(super) fn hints(
        &self,
        ids: &[i64],
        state: &State,
        budget: &Budget,
    ) -> Result<Vec<Hint>, Error> {
        let selection = &state.selection;
        let filtered = !selection.types.is_empty() || !selection.context_types.is_empty();
        let mut hints = Vec::new();
        for id in ids {
            if !filtered {
                hints.push(Hint { chat: *id, raw: None });
                continue;
            }
            let operation = &operations::GET_CHAT;
            let request = self.request(operation, |business| requests::get_chat(business, *id))?;
            let answer = match self.pipeline.call(&request, budget).map_err(Error::from) {
                Ok(answer) => answer,
                Err(error) if error.status() == Status::NotFound => continue,
                Err(error) => return Err(error),
            };
            let chat: FilteredChat = read_answer(operation, &answer)?;
            let passes = |wanted: &[String], is: Option<String>| {
                wanted.is_empty() || is.is_some_and(|is| wanted.contains(&is))
            };
            let context = chat.context.and_then(|context| context.kind);
            if passes(&selection.types, chat.kind) && passes(&selection.context_types, context) {
                let raw = std::str::from_utf8(answer.bytes()).ok().map(Box::from);
                hints.push(Hint { chat: *id, raw });
            }
        }
        Ok(hints)
    }
}

/// The filters of the list, but for the statuses.
fn filters(state: &State) -> ChatsOptions {
    let mut options = ChatsOptions::new();
    options.limit = Some(CHATS_PER_PAGE);
    let selection = &state.selection;
    for (name, values) in [("types", &selection.types), ("contextTypes", &selection.context_types)]
    {
        if !values.is_empty() {
            let values = values.iter().cloned().map(serde_json::Value::from).collect();
            options.filters.insert(name.into(), values);
        }
    }
    options
}

#[derive(Deserialize)]
struct FilteredChat {
    #[serde(rename = "type")]
    kind: Option<String>,
    context: Option<FilteredContext>,
}

#[derive(Deserialize)]
struct FilteredContext {
    #[serde(rename = "type")]
    kind: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ListedChat {
    chat_id: i64,
    updated_at: Option<DateTime>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ListedMessage {
    message_id: i64,
    created_at: Option<DateTime>,
}

/// What a history says of its chat.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct About<'a> {
    #[serde(borrow)]
    order_id: Option<&'a RawValue>,
    #[serde(borrow)]
    context: Option<&'a RawValue>,
}

impl About<'_> {
    /// The chat's JSON, of the members that are known.
    fn chat(&self, id: i64) -> Box<str> {
        let mut json = format!("{{\"chatId\":{id}");
        for (name, value) in [("orderId", self.order_id), ("context", self.context)] {
            if let Some(value) = value {
                json.push_str(&format!(",\"{name}\":{}", value.get()));
            }
        }
        json.push('}');
        json.into()
    }
}

fn millis(date: DateTime) -> Option<Millis> {
    date.to_system_time().map(unix_ms)
}
