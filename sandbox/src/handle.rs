//! The work of each operation.

use bytes::Bytes;
use serde_json::{Value, json};

use super::access::Key;
use super::answer::Answer;
use super::conversations::{self, Draft};
use super::error::{ApiError, ErrorKind};
use super::faults::FaultKind;
use super::limits;
use super::operation::{Operation, Route};
use super::paging::{Cursor, List};
use super::request::Request;
use super::seed;
use super::state::{Shared, State};
use super::switches::{Bound, Order};
use super::validate::{self, Query};
use ymchat::{ChatType, Sender};

type Answered = Result<Answer, ApiError>;

/// Does what the request asks for, and answers as the Market would.
pub(super) fn handle(shared: &Shared, request: &Request, admitted: bool, number: u64) -> Answer {
    let mut state = shared.lock();
    let state = &mut *state;
    if let Some(record) = state.traffic.find(number) {
        record.handled = true;
    }
    let work = Work { shared, request, number };
    let answered = work.run(state, admitted);
    state.tell(shared.config.business);
    shared.notify();
    answered.unwrap_or_else(|error| error.answer())
}

/// A 420 that was ordered as a fault: with the text and the headers of a real one.
pub(super) fn ordered_420(shared: &Shared, request: &Request, kind: &FaultKind) -> Option<Answer> {
    let operation = request.route.operation()?;
    let business = request.route.business().unwrap_or(shared.keys.business);
    let mut state = shared.lock();
    let state = &mut *state;
    let (error, used_up) = match kind {
        FaultKind::Error(ErrorKind::ParallelLimit) => {
            (limits::too_many_parallel(business, state.switches.parallel_limit), false)
        }
        FaultKind::Error(ErrorKind::HourlyLimit) => (state.limits.exceeded(operation), true),
        _ => return None,
    };
    let mut answer = error.answer();
    label(state, &mut answer, business, operation);
    if used_up {
        answer.replace("x-ratelimit-resource-remaining", "0");
    }
    Some(answer)
}

fn label(state: &mut State, answer: &mut Answer, business: i64, operation: Operation) {
    let State { limits, switches, clock, .. } = state;
    limits.label(answer, business, operation, clock.now(), switches.wrong_weekday);
}

struct Work<'a> {
    shared: &'a Shared,
    request: &'a Request,
    number: u64,
}

impl Work<'_> {
    fn run(&self, state: &mut State, admitted: bool) -> Answered {
        let request = self.request;
        let (operation, business) = match &request.route {
            Route::Operation { operation, business, .. } => (*operation, business),
            Route::WrongMethod { allowed } => {
                let text = format!("Method {} is not supported", request.method);
                let mut answer = ApiError::new(ErrorKind::MethodNotAllowed, text).answer();
                answer.set("allow", allowed.join(", "));
                return Ok(answer);
            }
            Route::Unknown => {
                let text = format!("No handler found for {} {}", request.method, request.path);
                return Err(ApiError::not_found(text));
            }
        };
        let keys = &self.shared.keys;
        let key = keys.authenticate(&request.headers, request.is_download())?;
        if let Some(Err(text)) = business {
            return Err(ApiError::bad_request(format!(
                "businessId must be an integer greater than or equal to 1, not {text:?}"
            )));
        }
        let business = keys.business_of(key);
        let foreign = match request.route.business() {
            Some(id) => id != business,
            None => request.is_download() && business != keys.business,
        };
        if foreign {
            return Err(ErrorKind::NoAccess.into());
        }
        if !key.allows(operation.need()) {
            return Err(ErrorKind::ScopeMissing.into());
        }
        if state.switches.shop_locked {
            return Err(ErrorKind::ShopLocked.into());
        }
        let now = state.clock.now();
        let answered = if !admitted {
            state.traffic.parallel_refusals += 1;
            Err(limits::too_many_parallel(business, state.switches.parallel_limit))
        } else if let Err(exceeded) = state.limits.take(business, operation, now) {
            state.traffic.hourly_refusals += 1;
            Err(exceeded)
        } else if request.too_large {
            let text = format!("Request body of {} bytes is too large", request.body_size);
            Err(ApiError::new(ErrorKind::BodyTooLarge, text))
        } else {
            Query::parse(&request.query)
                .and_then(|query| self.operate(state, operation, key, &query))
        };
        let mut answer = answered.unwrap_or_else(|error| error.answer());
        label(state, &mut answer, business, operation);
        Ok(answer)
    }

    fn operate(
        &self,
        state: &mut State,
        operation: Operation,
        key: Key,
        query: &Query,
    ) -> Answered {
        let business = self.shared.keys.business_of(key);
        match operation {
            Operation::GetChats => self.get_chats(state, business, query),
            Operation::GetChat => self.get_chat(state, business, query),
            Operation::GetChatHistory => self.get_chat_history(state, business, query),
            Operation::GetChatMessage => self.get_chat_message(state, business, query),
            Operation::SendMessageToChat => self.send_message(state, business, query),
            Operation::SendFileToChat => self.send_file(state, business, query),
            Operation::CreateChat => self.create_chat(state, business),
            Operation::GetCampaigns => self.get_campaigns(state, business, query),
            Operation::GetAuthTokenInfo => get_auth_token_info(key),
            Operation::DownloadFile => self.download_file(state, key),
        }
    }

    /// The chats are those of the main business; the other one has none.
    fn chat_id(&self, state: &State, business: i64, query: &Query) -> Result<i64, ApiError> {
        let id = query.id("chatId")?;
        let chat = state.conversations.chats.get(&id).filter(|chat| !chat.hidden);
        let known = business == self.shared.keys.business && chat.is_some();
        if known { Ok(id) } else { Err(ApiError::not_found(format!("Chat {id} not found"))) }
    }

    fn cursor(
        &self,
        state: &State,
        query: &Query,
        list: List,
        order: Order,
        from: i64,
    ) -> Result<Cursor, ApiError> {
        match query.page_token() {
            Some(token) => state.tokens.find(token, list),
            None => Ok(Cursor::start(list, order, from)),
        }
    }

    fn get_chats(&self, state: &mut State, business: i64, query: &Query) -> Answered {
        let limit = query.limit(10, 20)?;
        let filters = validate::filters(&validate::json_object(self.request)?)?;
        let order = state.switches.chats_order;
        let cursor = self.cursor(state, query, List::Chats { business }, order, 1)?;
        let State { conversations, tokens, switches, .. } = state;
        let own = business == self.shared.keys.business;
        let ids = conversations
            .chats
            .values()
            .filter(|chat| own && !chat.hidden && chat.passes(&filters));
        let (page, next) =
            tokens.page(cursor, ids.map(|chat| chat.id), limit, switches.empty_pages);
        let style = self.shared.style(switches);
        let chats: Vec<_> = page.iter().map(|id| conversations.chats[id].model(&style)).collect();
        Ok(ok(json!({"chats": chats, "paging": paging(next)})))
    }

    fn get_chat(&self, state: &mut State, business: i64, query: &Query) -> Answered {
        let id = self.chat_id(state, business, query)?;
        Ok(ok(json!(state.conversations.chats[&id].model(&self.shared.style(&state.switches)))))
    }

    fn get_chat_history(&self, state: &mut State, business: i64, query: &Query) -> Answered {
        let limit = query.limit(50, 100)?;
        let from = validate::message_id_from(&validate::json_object(self.request)?)?.unwrap_or(0);
        let chat = self.chat_id(state, business, query)?;
        let from = match state.switches.message_id_from {
            Bound::Inclusive => from,
            Bound::Exclusive => from.saturating_add(1),
        };
        let order = state.switches.history_order;
        let cursor = self.cursor(state, query, List::History { chat }, order, from)?;
        let now = state.clock.now();
        let State { conversations, tokens, switches, .. } = state;
        let chat = &conversations.chats[&chat];
        let id = chat.id;
        let ids = chat.visible(now).map(|message| message.id);
        let (page, next) = tokens.page(cursor, ids, limit, switches.empty_pages);
        let style = self.shared.style(switches);
        let messages = page.iter().filter_map(|id| chat.message(*id));
        let messages: Vec<_> = messages.map(|message| message.json(&style)).collect();
        let mut result =
            json!({"context": chat.context, "messages": messages, "paging": paging(next)});
        if let Some(order_id) = chat.context.order_id {
            result["orderId"] = order_id.into();
        }
        self.show(state, id, page);
        Ok(ok(result))
    }

    fn get_chat_message(&self, state: &mut State, business: i64, query: &Query) -> Answered {
        let message = query.id("messageId")?;
        let chat = self.chat_id(state, business, query)?;
        let now = state.clock.now();
        let found = state.conversations.chats[&chat].message(message);
        let found = found.filter(|stored| stored.visible_at <= now);
        let style = self.shared.style(&state.switches);
        let answer = found.map(|stored| ok(stored.json(&style))).ok_or_else(|| {
            ApiError::not_found(format!("Message {message} not found in chat {chat}"))
        })?;
        self.show(state, chat, vec![message]);
        Ok(answer)
    }

    /// Notes which messages the answer has; they are read once it is handed over.
    fn show(&self, state: &mut State, chat: i64, messages: Vec<i64>) {
        if let Some(record) = state.traffic.find(self.number) {
            record.shown = Some((chat, messages));
        }
    }

    fn send_message(&self, state: &mut State, business: i64, query: &Query) -> Answered {
        let body = validate::json_object(self.request)?;
        let text = validate::message_text(&body, state.switches.trim_texts)?;
        let chat = self.chat_id(state, business, query)?;
        self.write(state, chat, Draft::text(Sender::Partner, text));
        Ok(sent())
    }

    fn send_file(&self, state: &mut State, business: i64, query: &Query) -> Answered {
        let missing = || Err(ErrorKind::UnsupportedMediaType.into());
        let file = self.request.upload.clone().unwrap_or_else(missing)?;
        let chat = self.chat_id(state, business, query)?;
        let files = vec![(file.name, file.bytes)];
        self.write(
            state,
            chat,
            Draft { sender: Sender::Partner, text: None, files, request: None },
        );
        Ok(sent())
    }

    fn write(&self, state: &mut State, chat: i64, draft: Draft) {
        let draft = Draft { request: Some(self.number), ..draft };
        let message = state.write(chat, draft);
        if let Some(record) = state.traffic.find(self.number) {
            record.wrote_message = message;
        }
        if state.switches.auto_reply {
            state.auto_reply(chat);
        }
    }

    fn create_chat(&self, state: &mut State, business: i64) -> Answered {
        let context = validate::new_chat(&validate::json_object(self.request)?)?;
        if business != self.shared.keys.business {
            return Err(ApiError::not_found(format!("Order or return {} not found", context.id)));
        }
        if let Some(existing) = state.conversations.find_about(&context) {
            return Ok(ok(json!({"chatId": existing})));
        }
        let campaign = seed::first_campaign(business);
        let context = conversations::context(
            context.context_type,
            Some(context.id),
            campaign,
            "Новый покупатель",
        );
        let chat = state.open_chat(context, ChatType::Chat);
        chat.request = Some(self.number);
        let id = chat.id;
        if let Some(record) = state.traffic.find(self.number) {
            record.created_chat = Some(id);
        }
        Ok(ok(json!({"chatId": id})))
    }

    /// At the top level and without `status`, unlike every other answer.
    fn get_campaigns(&self, state: &mut State, business: i64, query: &Query) -> Answered {
        let limit = query.limit(50, 100)?;
        let list = List::Campaigns { business };
        let cursor = self.cursor(state, query, list, Order::Ascending, 1)?;
        let campaigns = seed::campaigns(business);
        let ids = campaigns.iter().filter_map(|campaign| campaign.id);
        let (page, next) = state.tokens.page(cursor, ids, limit, state.switches.empty_pages);
        let chosen: Vec<_> = campaigns
            .iter()
            .filter(|campaign| campaign.id.is_some_and(|id| page.contains(&id)))
            .collect();
        Ok(Answer::json(200, &json!({"campaigns": chosen, "paging": paging(next)})))
    }

    fn download_file(&self, state: &mut State, key: Key) -> Answered {
        if state.switches.files_need_oauth && key != Key::OAuth {
            return Err(ErrorKind::NoAccess.into());
        }
        let id = match &self.request.route {
            Route::Operation { file: Some(id), .. } => id,
            _ => "",
        };
        let file = id.parse().ok().and_then(|id| state.conversations.file(id));
        let Some(file) = file else {
            return Err(ApiError::not_found(format!("File {id:?} not found")));
        };
        Ok(Answer::new(200, "application/octet-stream", Bytes::clone(&file.bytes)))
    }
}

fn get_auth_token_info(key: Key) -> Answered {
    if key == Key::OAuth {
        return Err(ApiError::new(ErrorKind::TokenMissing, "Api-Key token is not specified"));
    }
    let api_key = json!({"name": key.name(), "authScopes": key.scopes()});
    Ok(ok(json!({"apiKey": api_key})))
}

fn ok(result: Value) -> Answer {
    Answer::json(200, &json!({"status": "OK", "result": result}))
}

/// The id of what was sent is not returned.
fn sent() -> Answer {
    Answer::json(200, &json!({"status": "OK"}))
}

fn paging(next: Option<String>) -> Value {
    next.map_or_else(|| json!({}), |token| json!({"nextPageToken": token}))
}
