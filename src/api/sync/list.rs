//! Walking through the list of chats: its pages, and where the next call continues.

use std::collections::{HashMap, VecDeque};

use super::exchange::ChatItem;
use crate::api::pages::PageWalk;

/// The walks through the list.
#[derive(Debug)]
pub(super) struct List {
    pub walk: PageWalk,
    pub in_flight: bool,
    /// How many walks to the end of the list are still to be made, this one included.
    pub walks_left: u32,
    pub from_start: bool,
    pub restarts: u32,
    /// The pages of this walk from the first one with a chat that is not read yet: each with its
    /// token, and how many such chats it has.
    pub pages: VecDeque<(Option<String>, usize)>,
    pub first_page: u64,
    pub page_of_chat: HashMap<i64, u64>,
    pub waiting: bool,
    /// Whether `pages` says where the next call can continue.
    pub in_order: bool,
}

/// The choice of the one chat that is read although nothing points to it.
#[derive(Debug, Default)]
pub(super) struct SpotCheck {
    pub next: Option<ChatItem>,
    pub first: Option<ChatItem>,
    pub done: bool,
}

impl List {
    /// Begins with a page, or with the first one.
    pub fn from(page: Option<String>) -> Self {
        List {
            from_start: page.is_none(),
            walk: PageWalk::from(page),
            in_flight: false,
            walks_left: 0,
            restarts: 0,
            pages: VecDeque::new(),
            first_page: 0,
            page_of_chat: HashMap::new(),
            waiting: false,
            in_order: true,
        }
    }

    /// Begins with the first page again.
    pub fn restart(&mut self) {
        self.walk = PageWalk::from(None);
        self.from_start = true;
        // Chats of the walk before may still be unread.
        self.in_order &= self.pages.is_empty();
        self.first_page += self.pages.len() as u64;
        self.pages.clear();
    }

    pub fn add(&mut self, page: u64) {
        let place = page.checked_sub(self.first_page).and_then(|place| usize::try_from(place).ok());
        if let Some((_, chats)) = place.and_then(|place| self.pages.get_mut(place)) {
            *chats += 1;
        }
    }

    /// A chat of a page is read.
    pub fn done(&mut self, chat: i64) {
        let Some(page) = self.page_of_chat.remove(&chat) else { return };
        let place = page.checked_sub(self.first_page).and_then(|place| usize::try_from(place).ok());
        if let Some((_, chats)) = place.and_then(|place| self.pages.get_mut(place)) {
            *chats -= 1;
        }
        self.trim();
    }

    pub fn trim(&mut self) {
        while self.pages.front().is_some_and(|(_, chats)| *chats == 0) {
            self.pages.pop_front();
            self.first_page += 1;
        }
    }

    /// The page with which the next look goes on. A token that fills the state is not kept.
    pub fn resume(&self) -> Option<String> {
        const MAX_KEPT_LENGTH: usize = 1000;
        let page = match self.pages.front() {
            Some((token, _)) => token.as_deref(),
            None => self.walk.current().flatten(),
        };
        page.filter(|page| self.in_order && page.len() <= MAX_KEPT_LENGTH).map(str::to_owned)
    }
}

impl SpotCheck {
    /// Looks for the chat with the lowest id above the one that was checked last.
    pub fn consider(&mut self, item: ChatItem, last: i64) {
        let place = if item.id > last { &mut self.next } else { &mut self.first };
        if place.as_ref().is_none_or(|known| item.id < known.id) {
            *place = Some(item);
        }
    }
}
