//! The operations on JSON text: what the C ABI hands out, and what the typed methods read.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::time::Duration;

use super::ledger::Baseline;
use super::options::{
    CHATS_PER_PAGE, CampaignsOptions, ChatsOptions, HistoryOptions, MESSAGES_PER_PAGE,
};
use super::pages::{self, RawChats, RawMessages, Walk};
use super::requests::{self, Built};
use super::send_content::SendContent;
use super::ticket::Ticket;
use super::{check, operations};
use crate::business::Business;
use crate::config::Settings;
use crate::error::{Error, Status};
use crate::fields::Refusal;
use crate::json_text::JsonText;
use crate::pipeline::{Answer, Budget, Operation, Pipeline};

impl From<Answer> for JsonText {
    fn from(answer: Answer) -> Self {
        let (memory, start) = answer.body.into_parts();
        JsonText::new(memory, start + answer.result.start..start + answer.result.end)
    }
}

/// The name of [`Core::prepare_send`] in errors.
pub(crate) const PREPARE_SEND: &str = "prepare_send";

/// A client without types.
pub(crate) struct Core {
    pub pipeline: Pipeline,
    pub business: Business,
    business_id: Option<i64>,
}

/// The settings are texts, into any of which a credential may have been pasted by mistake.
impl fmt::Debug for Core {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Core").field("business_id", &self.business_id).finish_non_exhaustive()
    }
}

impl Core {
    /// The error is a sentence that names the setting.
    pub(crate) fn new(settings: &Settings) -> Result<Self, Refusal> {
        let pipeline = Pipeline::new(settings, &operations::ALL)?;
        let business = Business::open(pipeline.service(), settings.business_id);
        Ok(Core { pipeline, business, business_id: settings.business_id })
    }

    pub(super) fn business_id(&self) -> Result<i64, Refusal> {
        self.business_id.ok_or_else(|| {
            "the client was opened without businessId: get_campaigns lists the businesses that \
             the key grants access to"
                .into()
        })
    }

    /// Makes the request with this business, or refuses the arguments.
    pub(super) fn build(
        &self,
        operation: &Operation,
        make: impl FnOnce(i64) -> Result<Built, Refusal>,
    ) -> Result<Built, Error> {
        self.pipeline.check_process(operation)?;
        self.business_id().and_then(make).map_err(|refusal| Error::invalid(operation.name, refusal))
    }

    fn call(&self, built: &Built, budget: &Budget) -> Result<Answer, Error> {
        self.pipeline.call(&built.as_request(), budget).map_err(|trouble| trouble.error)
    }

    fn call_once(&self, built: &Built, timeout: Option<Duration>) -> Result<Answer, Error> {
        self.call(built, &self.pipeline.budget(timeout))
    }

    pub(crate) fn get_chats(&self, options: &ChatsOptions) -> Result<Answer, Error> {
        let built = self.build(&operations::GET_CHATS, |id| requests::get_chats(id, options))?;
        self.call_once(&built, options.call_timeout)
    }

    pub(crate) fn get_chat(&self, chat_id: i64) -> Result<Answer, Error> {
        let built = self.build(&operations::GET_CHAT, |id| requests::get_chat(id, chat_id))?;
        self.call_once(&built, None)
    }

    pub(crate) fn get_chat_history(
        &self,
        chat_id: i64,
        options: &HistoryOptions,
    ) -> Result<Answer, Error> {
        let budget = self.pipeline.budget(options.call_timeout);
        self.history_page(chat_id, options, &budget)
    }

    pub(super) fn history_page(
        &self,
        chat_id: i64,
        options: &HistoryOptions,
        budget: &Budget,
    ) -> Result<Answer, Error> {
        let built = self.build(&operations::GET_CHAT_HISTORY, |id| {
            requests::get_chat_history(id, chat_id, options)
        })?;
        let began = self.pipeline.now();
        let answer = self.call(&built, budget)?;
        self.note_newest(chat_id, answer.bytes(), began, options.page_token.is_none());
        Ok(answer)
    }

    /// Whether a message is in a chat; it is noted as seen where it is.
    pub(super) fn has_message(
        &self,
        chat_id: i64,
        message_id: i64,
        budget: &Budget,
    ) -> Result<bool, Error> {
        let operation = &operations::GET_CHAT_MESSAGE;
        let built =
            self.build(operation, |id| requests::get_chat_message(id, chat_id, message_id))?;
        match self.call(&built, budget) {
            Ok(answer) => {
                self.note_newest(chat_id, answer.bytes(), Duration::ZERO, false);
                Ok(pages::newest_message(answer.bytes()).newest == Some(message_id))
            }
            Err(error) if error.status() == Status::NotFound => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// A ticket for a send, as `{"ticket": …}`.
    pub(crate) fn prepare_send(
        &self,
        chat_id: i64,
        content: &SendContent,
    ) -> Result<JsonText, Error> {
        let checked = self.business_id().and_then(|business_id| {
            check::id("chatId", chat_id)?;
            content.check().map(|content| (business_id, content))
        });
        let (business_id, content) =
            checked.map_err(|refusal| Error::invalid(PREPARE_SEND, refusal))?;
        let budget = self.pipeline.budget(None);
        let baseline = self.read_baseline(chat_id, &budget).map_err(|error| {
            error.within(PREPARE_SEND, "the chat's newest message could not be read")
        })?;
        let random = self.pipeline.random_128();
        self.business.ledger.prepare(random, baseline, self.pipeline.now());
        let ticket = Ticket::new(business_id, chat_id, Some(baseline.id), None, &content, random);
        Ok(JsonText::of(&serde_json::json!({ "ticket": ticket.to_string() })))
    }

    /// The newest message of a chat, read now.
    pub(super) fn read_baseline(&self, chat_id: i64, budget: &Budget) -> Result<Baseline, Error> {
        let ledger = &self.business.ledger;
        let from = ledger.newest(chat_id).map_or(0, |newest| newest.id);
        self.read_history(chat_id, from, None, budget, |answer| {
            let page: RawMessages = read_answer(&operations::GET_CHAT_HISTORY, answer)?;
            Ok(page.paging)
        })?;
        // The reading has noted it.
        ledger.newest(chat_id).ok_or_else(|| {
            circular(&operations::GET_CHAT_HISTORY, "the history has ended without a message")
        })
    }

    pub(crate) fn get_chat_message(&self, chat_id: i64, message_id: i64) -> Result<Answer, Error> {
        let built = self.build(&operations::GET_CHAT_MESSAGE, |id| {
            requests::get_chat_message(id, chat_id, message_id)
        })?;
        let answer = self.call_once(&built, None)?;
        self.note_newest(chat_id, answer.bytes(), Duration::ZERO, false);
        Ok(answer)
    }

    /// Notes the newest message of an answer; `first` where it is the first page of its list, for
    /// which was asked at `began`.
    fn note_newest(&self, chat_id: i64, json: &[u8], began: Duration, first: bool) {
        let page = pages::newest_message(json);
        if let Some(newest) = page.newest {
            let complete_from = (first && !page.has_next).then_some(began);
            self.business.ledger.seen(chat_id, newest, self.pipeline.now(), complete_from);
        }
    }

    pub(crate) fn create_chat(&self, context_type: &str, context_id: i64) -> Result<Answer, Error> {
        let built = self.build(&operations::CREATE_CHAT, |id| {
            requests::create_chat(id, context_type, context_id)
        })?;
        self.call_once(&built, None)
    }

    pub(crate) fn get_campaigns(&self, options: &CampaignsOptions) -> Result<Answer, Error> {
        let operation = &operations::GET_CAMPAIGNS;
        let built = requests::get_campaigns(options)
            .map_err(|refusal| Error::invalid(operation.name, refusal))?;
        self.call_once(&built, None)
    }

    pub(crate) fn get_token_info(&self) -> Result<Answer, Error> {
        self.call_once(&requests::get_token_info(), None)
    }

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
            let built = self.build(operation, |id| requests::get_chats(id, &options))?;
            let answer = self.call(&built, &budget)?;
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

    /// Reads every page of a history from a message on. Neither the order of the messages nor
    /// whether the first one is among them is documented.
    pub(super) fn read_history(
        &self,
        chat_id: i64,
        from: i64,
        limit: Option<u64>,
        budget: &Budget,
        mut page: impl FnMut(&Answer) -> Result<Option<crate::Paging>, Error>,
    ) -> Result<(), Error> {
        let mut options = HistoryOptions {
            limit: Some(limit.unwrap_or(MESSAGES_PER_PAGE)),
            message_id_from: (from > 0).then_some(from),
            ..HistoryOptions::default()
        };
        let mut walk = Walk::from(None);
        let (began, mut newest) = (self.pipeline.now(), None);
        while let Some(token) = walk.current() {
            options.page_token = token.map(str::to_owned);
            let answer = self.history_page(chat_id, &options, budget)?;
            newest = newest.max(pages::newest_message(answer.bytes()).newest);
            let paging = page(&answer)?;
            walk.advance(paging)
                .map_err(|what| answer.label(circular(&operations::GET_CHAT_HISTORY, what)))?;
        }
        // Where nothing is behind a message of this chat, that one is the newest.
        let ledger = &self.business.ledger;
        let of_this_chat = || ledger.newest(chat_id).is_some_and(|known| known.id == from);
        if let Some(newest) = newest.or_else(|| (from == 0 || of_this_chat()).then_some(from)) {
            ledger.seen(chat_id, newest, self.pipeline.now(), Some(began));
        }
        Ok(())
    }
}

/// Reads a result that is known to be JSON of the promised kind.
pub(crate) fn read<'a, T: serde::Deserialize<'a>>(
    operation: &Operation,
    json: &'a [u8],
) -> Result<T, Error> {
    serde_json::from_slice(json).map_err(|error| unreadable(operation, &error))
}

/// The same, with the requests behind the answer named in the error.
pub(crate) fn read_answer<'a, T: serde::Deserialize<'a>>(
    operation: &Operation,
    answer: &'a Answer,
) -> Result<T, Error> {
    read(operation, answer.bytes()).map_err(|error| answer.label(error))
}

fn unreadable(operation: &Operation, error: &serde_json::Error) -> Error {
    Error::new(
        Status::Protocol,
        operation.name,
        format!("the answer is not what the API promises: {}", without_values(error)),
    )
    .with_http_status(200)
}

/// What serde has to say, but for the values: they are the customers', and may be anything.
fn without_values(error: &serde_json::Error) -> String {
    let text = error.to_string();
    match text.rsplit_once(", expected ") {
        _ if text.starts_with("missing field") => text,
        Some((_, expected)) => format!("expected {expected}"),
        None => format!("at line {} column {}", error.line(), error.column()),
    }
}

pub(crate) fn circular(operation: &Operation, what: &str) -> Error {
    Error::new(Status::Protocol, operation.name, what)
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
