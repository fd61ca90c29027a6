//! Whole lists, page by page.

use std::collections::{HashMap, HashSet};

use super::answers::{endless_list, read_answer, unreadable};
use super::options::{CHATS_PER_PAGE, ChatsOptions, MessagesOptions};
use super::pages::{self, PageWalk, RawChats, RawMessages};
use super::session::Session;
use super::{check, operations, requests};
use crate::error::Error;
use crate::json_text::JsonText;
use crate::pipeline::{Answer, Operation};
use crate::sentences::advice;
use crate::sentences::arguments as words;
use crate::sentences::sync::circle_of_pages;
use crate::sorting::sort_by_number;
use crate::status::{Action, Status};

impl Session {
    /// All pages of chats as `{"chats": […]}`, each chat once, as it was sent last.
    pub(crate) fn get_all_chats(&self, options: &ChatsOptions) -> Result<JsonText, Error> {
        let operation = &operations::GET_CHATS;
        let budget = self.budget(options.call_timeout);
        let mut options = options.clone();
        let bound = options.take_max_total_bytes();
        let mut total =
            Total::new(bound.map_err(|refusal| Error::invalid(operation.name, refusal))?);
        options.limit.get_or_insert(CHATS_PER_PAGE);
        let mut walk = PageWalk::from(options.page_token.take());
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
                let place = *places.entry(id).or_insert(chats.len());
                if let Some(earlier) = chats.get(place) {
                    total.give_back(earlier);
                } else {
                    chats.push(String::new());
                }
                chats[place] = total.take(chat.get(), operation, &answer)?;
            }
            walk.advance(page.next)
                .map_err(|_| answer.label(endless_list(operation, circle_of_pages())))?;
        }
        Ok(list("chats", chats.iter().map(String::as_str)))
    }

    /// All messages after one as `{"messages": […]}`, ascending by id, each once.
    pub(crate) fn get_messages_since(
        &self,
        chat_id: i64,
        after: i64,
        options: &MessagesOptions,
    ) -> Result<JsonText, Error> {
        let operation = &operations::GET_CHAT_HISTORY;
        if after != 0 {
            check::id("afterMessageId", after).map_err(|refusal| {
                Error::invalid(operation.name, words::zero_is_from_the_start(&refusal))
            })?;
        }
        let bound = options.check().map_err(|refusal| Error::invalid(operation.name, refusal))?;
        let mut total = Total::new(bound);
        let budget = self.budget(options.call_timeout);
        let mut messages: Vec<(i64, String)> = Vec::new();
        let mut seen = HashSet::new();
        self.read_history(chat_id, after, options.limit, &budget, |answer| {
            let page: RawMessages = read_answer(operation, answer)?;
            for message in page.messages {
                let id = pages::message_id(message)
                    .map_err(|error| answer.label(unreadable(operation, &error)))?;
                if id > after && seen.insert(id) {
                    messages.push((id, total.take(message.get(), operation, answer)?));
                }
            }
            Ok(page.next)
        })?;
        sort_by_number(&mut messages, |(id, _)| *id);
        Ok(list("messages", messages.iter().map(|(_, message)| message.as_str())))
    }
}

/// What has been collected, and how much it may be.
struct Total {
    bytes: u64,
    bound: u64,
}

impl Total {
    fn new(bound: u64) -> Self {
        Total { bytes: 0, bound }
    }

    /// A copy of an item, if there is room for it.
    fn take(
        &mut self,
        item: &str,
        operation: &Operation,
        answer: &Answer,
    ) -> Result<String, Error> {
        self.bytes = self.bytes.saturating_add(item.len() as u64);
        if self.bytes <= self.bound {
            return Ok(item.to_owned());
        }
        let what = words::list_too_long(self.bound);
        let error = Error::new(Status::Protocol, operation.name, what)
            .with_advice(advice::read_in_pages())
            .with_action(Action::FixRequest)
            .with_http_status(200);
        Err(answer.label(error))
    }

    fn give_back(&mut self, item: &str) {
        self.bytes = self.bytes.saturating_sub(item.len() as u64);
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
    JsonText::from_text(json.into_bytes())
}
