//! The machine's part that walks through the list: which chats are read.

use super::super::chat_reading::Reason;
use super::super::exchange::{ChatItem, ChatsPage, LookError, PageError};
use super::super::state::{Entry, Millis};
use super::{Machine, Queued};
use crate::api::pages::PageLoop;

impl<E> Machine<E> {
    /// Takes a page of the list.
    pub(crate) fn chats(&mut self, result: Result<ChatsPage, PageError<E>>, now: Millis) {
        self.list.in_flight = false;
        self.begin(now);
        let page = match result {
            Ok(page) => page,
            Err(error) => return self.list_failed(error),
        };
        if self.list.walks_left == 0 || self.stopped {
            return;
        }
        let number = self.list.first_page + self.list.pages.len() as u64;
        let token = self.list.walk.current().flatten().map(str::to_owned);
        self.list.pages.push_back((token, 0));
        for item in page.chats {
            self.listed(item, number, now);
        }
        self.list.trim();
        if let Err(PageLoop) = self.list.walk.advance(page.next) {
            self.fail(LookError::PageLoop);
            self.stopped = true;
        } else if self.list.walk.current().is_none() {
            self.walk_ended();
        }
    }

    fn list_failed(&mut self, error: PageError<E>) {
        let on_later_page = self.list.walk.current().flatten().is_some();
        match error {
            PageError::Rejected(_)
                if on_later_page && self.list.restarts < self.bounds.max_restarts =>
            {
                // What was read stays read; what is listed again has nothing new.
                self.list.restarts += 1;
                self.list.restart();
            }
            PageError::TimeIsUp => self.time_is_up(),
            PageError::Gone(error)
            | PageError::Rejected(error)
            | PageError::Chat(error)
            | PageError::All(error) => {
                self.fail(LookError::Request(error));
                self.stopped = true;
            }
        }
    }

    fn walk_ended(&mut self) {
        self.list.walks_left -= 1;
        if self.list.walks_left > 0 {
            self.list.restart();
        }
    }

    fn listed(&mut self, item: ChatItem, page: u64, now: Millis) {
        let first_time = !self.touched.contains(&item.id);
        if !first_time {
            return;
        }
        let entry = self.state.chats.get(&item.id);
        if self.state.pass.is_none() || self.list.walks_left > 1 {
            self.looked += 1;
        }
        let has_news = self.has_news(&item, entry, now);
        if entry.is_some() && self.state.pass.is_some() {
            self.shown.insert(item.id, !has_news);
        }
        if !has_news {
            self.check.consider(item, self.state.checked);
        } else if entry.is_some() || self.fits(&Entry::default()) {
            self.touched.insert(item.id);
            self.list.add(page);
            let item = (item.id, item.updated, Some(item.raw));
            self.queue.push_back(Queued { item, reason: Reason::News, page: Some(page) });
        } else {
            self.postpone(item);
        }
    }

    /// Leaves a chat without room for an entry to the pass, or to another reading.
    pub(super) fn postpone(&mut self, item: ChatItem) {
        if self.state.pass.as_ref().is_none_or(|pass| item.id <= pass.cursor) {
            return self.leave_pending(item.id);
        }
        self.postponed.insert(item.id, item);
        if self.postponed.len() > self.bounds.max_postponed
            && let Some((id, _)) = self.postponed.pop_last()
        {
            self.leave_pending(id);
        }
    }

    fn has_news(&self, item: &ChatItem, entry: Option<&Entry>, now: Millis) -> bool {
        match entry {
            Some(entry) => {
                item.updated.is_none()
                    || item.updated != entry.updated
                    || entry.due.is_some_and(|due| due <= now)
            }
            // `updatedAt` may be rounded down to the second, the floor is not.
            None => match (item.updated, self.state.floor_of(item.id)) {
                (Some(updated), Some(floor)) => updated.saturating_add(999) > floor,
                _ => true,
            },
        }
    }

    /// Notes that a chat has something new that is not read in this reading.
    pub(super) fn leave_pending(&mut self, chat: i64) {
        // What is new in a chat that the pass has gone by waits for the next pass, if there is no
        // room before.
        let is_behind = self.state.pass.as_ref().is_some_and(|pass| chat <= pass.cursor);
        if !is_behind && !self.state.chats.contains_key(&chat) {
            self.pending = Some(self.pending.map_or(chat, |pending| pending.min(chat)));
        }
    }
}
