//! Reading the messages of a chat, and noting which one is its newest.

use std::time::Duration;

use super::answers::{endless_list, read_answer};
use super::ledger::Baseline;
use super::options::{HistoryOptions, MESSAGES_PER_PAGE};
use super::pages::{self, PageWalk, RawMessages};
use super::session::Session;
use super::{operations, requests};
use crate::error::Error;
use crate::pipeline::{Answer, Budget};
use crate::sentences::sync as words;
use crate::status::Status;

impl Session {
    /// One page of the messages of a chat.
    pub(crate) fn get_chat_history(
        &self,
        chat_id: i64,
        options: &HistoryOptions,
        budget: &Budget,
    ) -> Result<Answer, Error> {
        let request = self.request(&operations::GET_CHAT_HISTORY, |id| {
            requests::get_chat_history(id, chat_id, options)
        })?;
        let began = self.pipeline.now();
        let answer = self.pipeline.call(&request, budget)?;
        self.note_newest(chat_id, &answer, began, options.page_token.is_none());
        Ok(answer)
    }

    pub(crate) fn get_chat_message(&self, chat_id: i64, message_id: i64) -> Result<Answer, Error> {
        let request = self.request(&operations::GET_CHAT_MESSAGE, |id| {
            requests::get_chat_message(id, chat_id, message_id)
        })?;
        let answer = self.pipeline.call(&request, &self.budget(None))?;
        self.note_newest(chat_id, &answer, Duration::ZERO, false);
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
        let request =
            self.request(operation, |id| requests::get_chat_message(id, chat_id, message_id))?;
        match self.pipeline.call(&request, budget).map_err(Error::from) {
            Ok(answer) => {
                self.note_newest(chat_id, &answer, Duration::ZERO, false);
                Ok(answer.greatest_id() == Some(message_id))
            }
            Err(error) if error.status() == Status::NotFound => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// The newest message of a chat, read now.
    pub(super) fn read_baseline(&self, chat_id: i64, budget: &Budget) -> Result<Baseline, Error> {
        // In the child of a fork the lock may be held for ever.
        self.pipeline.check_process(&operations::GET_CHAT_HISTORY)?;
        let ledger = &self.business.ledger;
        let from = ledger.newest(chat_id).map_or(0, |newest| newest.id);
        self.read_history(chat_id, from, None, budget, |answer| {
            let page: RawMessages = read_answer(&operations::GET_CHAT_HISTORY, answer)?;
            Ok(page.next)
        })?;
        // The reading has noted it.
        ledger.newest(chat_id).ok_or_else(|| {
            endless_list(&operations::GET_CHAT_HISTORY, words::history_without_message())
        })
    }

    /// Notes the newest message of an answer; `first` where it is the first page of its list, for
    /// which was asked at `began`.
    fn note_newest(&self, chat_id: i64, answer: &Answer, began: Duration, first: bool) {
        if let Some(newest) = answer.greatest_id() {
            let complete = first && !answer.paging().is_some_and(pages::another_follows);
            let complete_from = complete.then_some(began);
            self.business.ledger.seen(chat_id, newest, self.pipeline.now(), complete_from);
        }
    }

    /// Reads every page of a history from a message on. Neither the order of the messages nor
    /// whether the first one is among them is documented.
    pub(super) fn read_history(
        &self,
        chat_id: i64,
        from: i64,
        limit: Option<u64>,
        budget: &Budget,
        mut page: impl FnMut(&Answer) -> Result<Option<String>, Error>,
    ) -> Result<(), Error> {
        let mut options = HistoryOptions {
            limit: Some(limit.unwrap_or(MESSAGES_PER_PAGE)),
            message_id_from: (from > 0).then_some(from),
            ..HistoryOptions::default()
        };
        let mut walk = PageWalk::from(None);
        let (began, mut newest) = (self.pipeline.now(), None);
        while let Some(token) = walk.current() {
            options.page_token = token.map(str::to_owned);
            let answer = self.get_chat_history(chat_id, &options, budget)?;
            newest = newest.max(answer.greatest_id());
            let next = page(&answer)?;
            walk.advance(next).map_err(|_| {
                answer.label(endless_list(&operations::GET_CHAT_HISTORY, words::circle_of_pages()))
            })?;
        }
        // If no message follows `from`, and `from` is a message of this chat, it is the newest one.
        let ledger = &self.business.ledger;
        let of_this_chat = || ledger.newest(chat_id).is_some_and(|known| known.id == from);
        if let Some(newest) = newest.or_else(|| (from == 0 || of_this_chat()).then_some(from)) {
            ledger.seen(chat_id, newest, self.pipeline.now(), Some(began));
        }
        Ok(())
    }
}
