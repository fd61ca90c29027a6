//! Sync as a call: looks, and waits between them, until there is a result.

use std::sync::Arc;

use super::bounds::Bounds;
use super::exchange::{LookError, News, Outcome, Start};
use super::machine::Machine;
use super::options::{SyncOptions, check_selection};
use super::pages::PageReader;
use super::state::State;
use super::workers::{OnProgress, Work};
use super::{pause, token};
use crate::api::answers::endless_list;
use crate::api::operations;
use crate::api::session::Session;
use crate::clock::millis as millis_of;
use crate::error::Error;
use crate::json_text::JsonText;
use crate::sentences::{Sentence, advice, errors, sync as words};
use crate::status::Status;

/// In the errors of arguments; those of requests name the operation of the API.
pub(crate) const OPERATION: &str = "sync";

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
                // The next call meets the same failure, and returns it if it finds nothing new.
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
        let pages = PageReader::new(self, budget, &state);
        let machine = Machine::new(state, start, hints, limit, Bounds::default(), now);
        let work = Work::new(pages, machine);
        let goes_on = Work::lead(&work, progress);
        // The helpers have ended, and their shares with them.
        let machine = Work::into_machine(work).ok_or_else(|| {
            Error::internal(OPERATION, &errors::verbatim("a helper has outlived the call"))
        })?;
        if !goes_on {
            return Err(cancelled(errors::cancelled_by_progress()));
        }
        Ok(machine.finish(self.service_time()))
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

fn into_error(failure: LookError<Error>) -> Error {
    match failure {
        LookError::Request(error) => error,
        LookError::PageLoop => endless_list(&operations::GET_CHATS, words::circle_of_pages()),
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
    JsonText::from_text(json.into_bytes())
}
