//! Sync as a call: the machine's requests are made, four at a time, until it has its result.

use std::panic::resume_unwind;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::SystemTime;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::bounds::Bounds;
use super::exchange::{
    Ask, ChatItem, ChatsPage, Hint, HistoryPage, LookError, MessageItem, News, Outcome, PageError,
    Start, Step,
};
use super::machine::Machine;
use super::options::{SyncOptions, check_selection};
use super::result::SyncProgress;
use super::state::{Millis, State};
use super::{pause, token};
use crate::api::answers::{circular, read_answer, unreadable};
use crate::api::options::{CHATS_PER_PAGE, ChatsOptions, HistoryOptions, MESSAGES_PER_PAGE};
use crate::api::pages::{RawChats, RawMessages};
use crate::api::session::Session;
use crate::api::{operations, requests};
use crate::clock::millis as millis_of;
use crate::error::Error;
use crate::json_text::JsonText;
use crate::model::{ChatStatus, DateTime};
use crate::pipeline::{Answer, Budget, Operation, unix_ms};
use crate::sentences::{Sentence, advice, errors, sync as words};
use crate::status::Status;

/// In the errors of arguments; those of requests name the operation of the API.
pub(crate) const OPERATION: &str = "sync";
/// The caller's thread is the fourth.
const HELPERS: usize = 3;
/// Where the service has not told its time yet, its clock is taken to be this far behind ours: too
/// late costs a second look, too early might cost a message.
const UNKNOWN_CLOCK: Millis = 600_000;

/// Is called by the thread that called sync, between requests; `false` cancels the call.
pub(crate) type OnProgress<'a> = &'a mut dyn FnMut(SyncProgress) -> bool;

impl Session {
    /// What is new since a token, with the next token, as `{"since", "chats", "more"}`.
    pub(crate) fn sync(
        self: &Arc<Self>,
        since: &str,
        options: &SyncOptions,
        mut progress: Option<OnProgress<'_>>,
    ) -> Result<JsonText, Error> {
        self.pipeline.check_process(&operations::GET_CHATS)?;
        let (mut state, mut start) = self
            .business_id()
            .and_then(|business| begin(business, since, options))
            .map_err(|refusal| Error::invalid(OPERATION, refusal))?;
        let wait_until = self.pipeline.now().saturating_add(options.wait);
        let cancel = self.cancel_token();
        let mut pause = pause::Pause::default();
        loop {
            let before = self.requests_made();
            let unchanged = (state.clone(), start);
            let outcome = self.look(state, start, options, &mut progress)?;
            let failure = outcome.failure.map(into_error);
            let is_empty = outcome.news.is_empty();
            if let Some(error) = failure {
                if is_empty {
                    return Err(error);
                }
                // Whatever it was, the next call meets it again, and has nothing else to say.
                log::warn!("{OPERATION}: the result is not complete: {}", error.status());
                return Ok(result(&outcome.state, &outcome.news, true));
            }
            let went_on = (&outcome.state, None) != (&unchanged.0, unchanged.1);
            if outcome.out_of_time && is_empty && !went_on {
                return Err(out_of_time());
            }
            let now = self.pipeline.now();
            if !is_empty || outcome.more || now >= wait_until {
                let more = outcome.more || outcome.out_of_time;
                return Ok(result(&outcome.state, &outcome.news, more));
            }
            let requests = self.requests_made() - before;
            let due = outcome.due.map(|due| due - self.service_time());
            let stats = self.stats();
            let wait = pause.next(requests, &stats, due).min(wait_until - now);
            log::info!("{OPERATION}: nothing new, the next look follows in {} ms", millis_of(wait));
            if !self.pipeline.sleep(wait, &cancel) {
                return Err(cancelled(errors::cancelled()));
            }
            (state, start) = (outcome.state, None);
        }
    }

    /// Requests for lists and histories that this client has made.
    fn requests_made(&self) -> pause::Requests {
        pause::Requests::of(&self.stats())
    }

    /// The service's time, or a little less.
    fn service_time(&self) -> Millis {
        match self.pipeline.service_time(self.pipeline.now()) {
            Some((least, _)) => least,
            None => unix_ms(SystemTime::now()).saturating_sub(UNKNOWN_CLOCK),
        }
    }

    fn look(
        self: &Arc<Self>,
        state: State,
        start: Option<Start>,
        options: &SyncOptions,
        progress: &mut Option<OnProgress<'_>>,
    ) -> Result<Outcome<Error>, Error> {
        let budget = self.budget(options.call_timeout);
        let hints = options.chat_ids.as_ref();
        let hints = hints.map(|ids| self.hints(ids, &state, &budget)).transpose()?;
        let limit = options.limit_or_default();
        let now = self.service_time();
        let filters = filters(&state);
        let machine = Machine::new(state, start, hints, limit, Bounds::default(), now);
        let work = Arc::new(Work {
            session: Arc::clone(self),
            budget,
            filters,
            machine: Mutex::new(machine),
            changed: Condvar::new(),
            is_broken: AtomicBool::new(false),
        });
        let goes_on = Work::lead(&work, progress);
        // The helpers have ended, and their shares with them.
        let work = Arc::into_inner(work).ok_or_else(|| {
            Error::internal(OPERATION, &errors::verbatim("a helper has outlived the call"))
        })?;
        let machine = work.machine.into_inner().unwrap_or_else(PoisonError::into_inner);
        if !goes_on {
            return Err(cancelled(errors::cancelled_by_progress()));
        }
        Ok(machine.finish(self.service_time()))
    }

    /// The chats that the caller names, as far as the filters of the token let them through: a
    /// history does not say of which type its chat is.
    fn hints(&self, ids: &[i64], state: &State, budget: &Budget) -> Result<Vec<Hint>, Error> {
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

/// The state behind a token, or the first one.
fn begin(
    business: i64,
    since: &str,
    options: &SyncOptions,
) -> Result<(State, Option<Start>), Sentence> {
    options.check()?;
    let selection = options.selection(business);
    if since.is_empty() {
        return Ok((State { selection, ..State::default() }, Some(options.first())));
    }
    let state = token::decode(since).map_err(token::Damage::sentence)?;
    check_selection(&state.selection, &selection)?;
    Ok((state, None))
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

/// What the threads of one look share.
struct Work {
    session: Arc<Session>,
    budget: Budget,
    filters: ChatsOptions,
    machine: Mutex<Machine<Error>>,
    /// An answer has come, or there is nothing more to do.
    changed: Condvar,
    /// A thread of the call has panicked: its answer never comes, and nobody may wait for it.
    /// Changed while the machine is locked.
    is_broken: AtomicBool,
}

/// The threads that help the caller's; they end with it. Not [`thread::scope`]: that would leave a
/// handle behind in the caller's thread, which is the host's.
struct Helpers<'a> {
    work: &'a Arc<Work>,
    handles: Vec<JoinHandle<()>>,
}

impl Helpers<'_> {
    fn spawn(&mut self) {
        let work = Arc::clone(self.work);
        let helper = thread::Builder::new().name("ymchat-sync".into());
        // Without a thread it takes longer.
        self.handles.extend(helper.spawn(move || work.help()));
    }
}

impl Drop for Helpers<'_> {
    fn drop(&mut self) {
        if thread::panicking() {
            self.work.give_up();
        }
        for handle in self.handles.drain(..) {
            if let Err(panic) = handle.join()
                && !thread::panicking()
            {
                resume_unwind(panic);
            }
        }
    }
}

/// Ends the work where its thread panics.
struct TellsPanic<'a>(&'a Work);

impl Drop for TellsPanic<'_> {
    fn drop(&mut self) {
        if thread::panicking() {
            self.0.give_up();
        }
    }
}

impl Work {
    /// Lets every thread end after the request that it is making.
    fn give_up(&self) {
        let machine = self.lock();
        self.is_broken.store(true, Ordering::Relaxed);
        drop(machine);
        self.changed.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, Machine<Error>> {
        self.machine.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The caller's thread: makes requests, fetches helpers where there are more of them, and
    /// reports. False where the caller wants no more.
    fn lead(work: &Arc<Work>, progress: &mut Option<OnProgress<'_>>) -> bool {
        let mut helpers = Helpers { work, handles: Vec::new() };
        let mut reported = None;
        let mut goes_on = true;
        loop {
            let ask = {
                let mut machine = work.lock();
                let (chats, messages) = machine.progress();
                if let Some(progress) = progress
                    && goes_on
                    && reported != Some((chats, messages))
                {
                    reported = Some((chats, messages));
                    drop(machine);
                    goes_on = progress(SyncProgress { chats, messages });
                    machine = work.lock();
                }
                if !goes_on {
                    machine.stop();
                }
                match work.step(machine) {
                    Some(next) => next,
                    None => return goes_on,
                }
            };
            let wanted = work.lock().open_requests().min(HELPERS);
            for _ in helpers.handles.len()..wanted {
                helpers.spawn();
            }
            work.perform(ask);
        }
    }

    fn help(&self) {
        let _tells = TellsPanic(self);
        while let Some(ask) = self.step(self.lock()) {
            self.perform(ask);
        }
    }

    /// The next request; waits for one if need be. `None` when there is no
    /// further one.
    fn step(&self, mut machine: MutexGuard<'_, Machine<Error>>) -> Option<Ask> {
        loop {
            if self.is_broken.load(Ordering::Relaxed) {
                return None;
            }
            if self.session.pipeline.left(&self.budget).is_zero() {
                machine.time_is_up();
            }
            let now = self.session.service_time();
            match machine.next(now) {
                Step::Ask(ask) => return Some(ask),
                Step::Done => {
                    self.changed.notify_all();
                    return None;
                }
                Step::Wait => {
                    machine = self.changed.wait(machine).unwrap_or_else(PoisonError::into_inner);
                }
            }
        }
    }

    fn perform(&self, ask: Ask) {
        match ask {
            Ask::Chats { page, waiting } => {
                let result = self.chats_page(page, waiting).map_err(|error| self.page_error(error));
                let now = self.session.service_time();
                self.lock().chats(result, now);
            }
            Ask::History { chat, from, page } => {
                let result =
                    self.history_page(chat, from, page).map_err(|error| self.page_error(error));
                let now = self.session.service_time();
                self.lock().history(chat, result, now);
            }
        }
        self.changed.notify_all();
    }

    fn page_error(&self, error: Error) -> PageError<Error> {
        match error.status() {
            Status::NotFound => PageError::Gone(error),
            Status::BadRequest => PageError::Refused(error),
            Status::Server | Status::Protocol => PageError::Chat(error),
            Status::Timeout if self.session.pipeline.left(&self.budget).is_zero() => {
                PageError::TimeIsUp
            }
            _ => PageError::All(error),
        }
    }

    fn chats_page(&self, page: Option<String>, waiting: bool) -> Result<ChatsPage, Error> {
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
            let chat: ListedChat = part(operation, &answer, raw)?;
            chats.push(ChatItem {
                id: chat.chat_id,
                updated: chat.updated_at.and_then(millis),
                raw: raw.get().into(),
            });
        }
        Ok(ChatsPage { chats, next: page.paging.and_then(|paging| paging.next_page_token) })
    }

    fn history_page(
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
            let message: ListedMessage = part(operation, &answer, raw)?;
            messages.push(MessageItem {
                id: message.message_id,
                created: message.created_at.and_then(millis),
                raw: raw.get().into(),
            });
        }
        let next = page.paging.and_then(|paging| paging.next_page_token);
        Ok(HistoryPage { messages, next, about: about.chat(chat) })
    }
}

/// Reads an item of a page.
fn part<'a, T: Deserialize<'a>>(
    operation: &Operation,
    answer: &Answer,
    item: &'a RawValue,
) -> Result<T, Error> {
    serde_json::from_str(item.get()).map_err(|error| answer.label(unreadable(operation, &error)))
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

fn into_error(failure: LookError<Error>) -> Error {
    match failure {
        LookError::Request(error) => error,
        LookError::Circle => circular(&operations::GET_CHATS, words::circle_of_pages()),
    }
}

fn cancelled(why: Sentence) -> Error {
    Error::new(Status::Cancelled, OPERATION, why)
}

fn out_of_time() -> Error {
    Error::new(Status::Timeout, OPERATION, words::out_of_time())
        .with_advice(advice::raise_call_timeout())
}

fn result(state: &State, news: &[News], more: bool) -> JsonText {
    let mut json = format!("{{\"since\":\"{}\",\"chats\":[", token::encode(state));
    for (index, news) in news.iter().enumerate() {
        if index > 0 {
            json.push(',');
        }
        json.push_str("{\"chat\":");
        json.push_str(&news.raw);
        json.push_str(",\"messages\":[");
        for (index, (_, message)) in news.messages.iter().enumerate() {
            if index > 0 {
                json.push(',');
            }
            json.push_str(message);
        }
        json.push_str("]}");
    }
    json.push_str(&format!("],\"more\":{more}}}"));
    JsonText::whole(json.into_bytes())
}
