//! Chats and messages one by one, with one page in memory at a time.

use std::iter::FusedIterator;
use std::sync::Arc;
use std::vec;

use crate::api::answers::{endless_list, read_answer};
use crate::api::operations;
use crate::api::options::{CHATS_PER_PAGE, ChatsOptions, HistoryOptions, MESSAGES_PER_PAGE};
use crate::api::pages::PageWalk;
use crate::api::session::Session;
use crate::error::Error;
use crate::language::Language;
use crate::model::{Chat, ChatMessage, ChatMessagesResult, ChatsResult, Paging};
use crate::pipeline::Operation;
use crate::sentences::sync::circle_of_pages;

/// The items of the current page, and where the next one is.
#[derive(Debug)]
struct Pages<T> {
    walk: PageWalk,
    items: vec::IntoIter<T>,
    failed: bool,
}

impl<T> Pages<T> {
    fn new(walk: PageWalk) -> Self {
        Pages { walk, items: Vec::new().into_iter(), failed: false }
    }

    fn next(
        &mut self,
        mut fetch: impl FnMut(Option<&str>) -> Result<(Vec<T>, Option<Paging>), Error>,
        operation: &'static Operation,
        language: Language,
    ) -> Option<Result<T, Error>> {
        loop {
            if let Some(item) = self.items.next() {
                return Some(Ok(item));
            }
            if self.failed {
                return None;
            }
            let page = fetch(self.walk.current()?).and_then(|(items, paging)| {
                self.walk
                    .advance(paging.and_then(|paging| paging.next_page_token))
                    .map_err(|_| endless_list(operation, circle_of_pages()))?;
                Ok(items)
            });
            match page {
                Ok(items) => self.items = items.into_iter(),
                Err(error) => {
                    self.failed = true;
                    return Some(Err(error.in_language(language)));
                }
            }
        }
    }
}

/// Iterator over chats; made by [`Client::chats`](crate::Client::chats).
#[derive(Debug)]
#[must_use = "iterators do nothing until they are asked for their items"]
pub struct Chats {
    session: Arc<Session>,
    options: ChatsOptions,
    pages: Pages<Chat>,
}

impl Chats {
    pub(crate) fn new(session: Arc<Session>, options: &ChatsOptions) -> Self {
        let mut options = options.clone();
        options.limit.get_or_insert(CHATS_PER_PAGE);
        let walk = PageWalk::from(options.page_token.take());
        Chats { session, options, pages: Pages::new(walk) }
    }
}

impl Iterator for Chats {
    type Item = Result<Chat, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        let (session, options) = (&self.session, &mut self.options);
        self.pages.next(
            |token| {
                options.page_token = token.map(str::to_owned);
                let answer = session.get_chats(options)?;
                let page: ChatsResult = read_answer(&operations::GET_CHATS, &answer)?;
                Ok((page.chats, page.paging))
            },
            &operations::GET_CHATS,
            session.language(),
        )
    }
}

/// Iterator over the messages of a chat; made by [`Client::messages`](crate::Client::messages).
#[derive(Debug)]
#[must_use = "iterators do nothing until they are asked for their items"]
pub struct Messages {
    session: Arc<Session>,
    chat_id: i64,
    after: i64,
    options: HistoryOptions,
    pages: Pages<ChatMessage>,
}

impl Messages {
    pub(crate) fn new(session: Arc<Session>, chat_id: i64) -> Self {
        let options =
            HistoryOptions { limit: Some(MESSAGES_PER_PAGE), ..HistoryOptions::default() };
        Messages { session, chat_id, after: 0, options, pages: Pages::new(PageWalk::from(None)) }
    }

    /// Only messages that are newer than this one.
    pub fn after(mut self, message_id: i64) -> Self {
        self.after = message_id;
        self.options.message_id_from = (message_id != 0).then_some(message_id);
        self
    }

    /// Messages per page, 1 to 100; default 100.
    pub fn page_size(mut self, messages: u32) -> Self {
        self.options.limit = Some(messages.into());
        self
    }
}

impl Iterator for Messages {
    type Item = Result<ChatMessage, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        let (session, chat_id, after) = (&self.session, self.chat_id, self.after);
        let options = &mut self.options;
        self.pages.next(
            |token| {
                options.page_token = token.map(str::to_owned);
                let budget = session.budget(options.call_timeout);
                let answer = session.get_chat_history(chat_id, options, &budget)?;
                let mut page: ChatMessagesResult =
                    read_answer(&operations::GET_CHAT_HISTORY, &answer)?;
                page.messages.retain(|message| message.message_id > after);
                Ok((page.messages, page.paging))
            },
            &operations::GET_CHAT_HISTORY,
            session.language(),
        )
    }
}

/// Nothing comes after the last item, nor after an error.
impl FusedIterator for Chats {}

impl FusedIterator for Messages {}
