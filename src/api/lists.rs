//! Whole lists, page by page.

use std::collections::{HashMap, HashSet};

use super::answers::{circular, read_answer, unreadable};
use super::options::{CHATS_PER_PAGE, ChatsOptions, HistoryOptions};
use super::pages::{self, RawChats, RawMessages, Walk};
use super::session::Session;
use super::{check, operations, requests};
use crate::error::Error;
use crate::json_text::JsonText;

impl Session {
    /// All pages of chats as `{"chats": […]}`, each chat once, as it was sent last.
    pub(crate) fn get_all_chats(&self, options: &ChatsOptions) -> Result<JsonText, Error> {
        let operation = &operations::GET_CHATS;
        let budget = self.pipeline.budget(options.call_timeout);
        let mut options = options.clone();
        options.limit.get_or_insert(CHATS_PER_PAGE);
        let mut walk = Walk::from(options.page_token.take());
        // Chats move between pages while the pages are read.
        let mut places: HashMap<i64, usize> = HashMap::new();
        let mut chats: Vec<String> = Vec::new();
        while let Some(token) = walk.current() {
            options.page_token = token.map(str::to_owned);
            let request = self.request(operation, |id| requests::get_chats(id, &options))?;
            let answer = self.pipeline.call(&request, &budget)?;
            let page: RawChats = read_answer(operation, &answer)?;
            for chat in page.chats {
                let id = pages::chat_id(chat)
                    .map_err(|error| answer.label(unreadable(operation, &error)))?;
                match places.get(&id) {
                    Some(place) => chats[*place] = chat.get().to_owned(),
                    None => {
                        places.insert(id, chats.len());
                        chats.push(chat.get().to_owned());
                    }
                }
            }
            walk.advance(page.paging).map_err(|what| answer.label(circular(operation, what)))?;
        }
        Ok(list("chats", chats.iter().map(String::as_str)))
    }

    /// All messages after one as `{"messages": […]}`, ascending by id, each once.
    pub(crate) fn get_messages_since(
        &self,
        chat_id: i64,
        after: i64,
        options: &HistoryOptions,
    ) -> Result<JsonText, Error> {
        let operation = &operations::GET_CHAT_HISTORY;
        if after != 0 {
            check::id("afterMessageId", after).map_err(|refusal| {
                Error::invalid(operation.name, refusal + " (0: from the start)")
            })?;
        }
        options.check_since().map_err(|refusal| Error::invalid(operation.name, refusal))?;
        let budget = self.pipeline.budget(options.call_timeout);
        let mut messages: Vec<(i64, String)> = Vec::new();
        let mut seen = HashSet::new();
        self.read_history(chat_id, after, options.limit, &budget, |answer| {
            let page: RawMessages = read_answer(operation, answer)?;
            for message in page.messages {
                let id = pages::message_id(message)
                    .map_err(|error| answer.label(unreadable(operation, &error)))?;
                if id > after && seen.insert(id) {
                    messages.push((id, message.get().to_owned()));
                }
            }
            Ok(page.paging)
        })?;
        messages.sort_unstable_by_key(|(id, _)| *id);
        Ok(list("messages", messages.iter().map(|(_, message)| message.as_str())))
    }
}

fn list<'a>(name: &str, items: impl Iterator<Item = &'a str>) -> JsonText {
    let mut json = format!("{{\"{name}\":[");
    for (index, item) in items.enumerate() {
        if index > 0 {
            json.push(',');
        }
        json.push_str(item);
    }
    json.push_str("]}");
    JsonText::whole(json.into_bytes())
}
