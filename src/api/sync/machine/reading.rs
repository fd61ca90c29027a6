//! The machine's part that reads histories: what is taken of them, and in which order.

use super::super::chat_reading::{ChatReading, Reason};
use super::super::exchange::{ChatItem, HistoryPage, LookError, PageError};
use super::super::state::Millis;
use super::Machine;
use crate::api::pages::PageLoop;

impl<E> Machine<E> {
    /// Takes a page of a history.
    pub(crate) fn history(
        &mut self,
        chat: i64,
        result: Result<HistoryPage, PageError<E>>,
        now: Millis,
    ) {
        self.in_flight -= 1;
        let Some(reading) = self.readings.get_mut(&chat) else { return };
        let page = match result {
            Ok(page) => page,
            Err(error) => return self.history_failed(chat, error, now),
        };
        let entry = self.state.chats.get(&chat);
        for message in page.messages {
            reading.see(entry, message);
        }
        reading.raw.get_or_insert(page.about);
        match reading.walk.advance(page.next) {
            Err(PageLoop) => {
                self.fail(LookError::PageLoop);
                self.give_up(chat);
            }
            Ok(()) if reading.walk.current().is_some() => self.ready.push_back(chat),
            Ok(()) => self.looked_at(chat, now),
        }
    }

    fn history_failed(&mut self, chat: i64, error: PageError<E>, now: Millis) {
        let Some(reading) = self.readings.get_mut(&chat) else { return };
        let on_later_page = reading.walk.current().flatten().is_some();
        let may_restart = reading.restarts < self.bounds.max_restarts;
        match error {
            // The message from which it was asked may be gone.
            PageError::Gone(_) | PageError::Rejected(_)
                if reading.from.is_some() && !on_later_page =>
            {
                reading.from = None;
                reading.restart(now);
                self.ready.push_back(chat);
            }
            PageError::Rejected(_) if on_later_page && may_restart => {
                reading.restart(now);
                self.ready.push_back(chat);
            }
            // If the chat comes back, the list shows it again.
            PageError::Gone(_) => {
                self.readings.remove(&chat);
                self.list.done(chat);
                self.take_in_order();
            }
            PageError::Rejected(error) | PageError::Chat(error) => {
                self.fail(LookError::Request(error));
                self.give_up(chat);
                self.failed_chats += 1;
                self.stopped |= self.failed_chats >= self.bounds.max_failed_chats;
            }
            // The chat counts as being read, so that the next call reads it.
            PageError::TimeIsUp => self.time_is_up(),
            PageError::All(error) => {
                self.fail(LookError::Request(error));
                self.stopped = true;
                self.give_up(chat);
            }
        }
    }

    fn give_up(&mut self, chat: i64) {
        self.readings.remove(&chat);
        self.list.done(chat);
        self.leave_pending(chat);
        self.take_in_order();
    }

    pub(super) fn fail(&mut self, failure: LookError<E>) {
        self.failure.get_or_insert(failure);
    }

    /// A chat is read to the end of its history.
    fn looked_at(&mut self, chat: i64, now: Millis) {
        let Some(reading) = self.readings.remove(&chat) else { return };
        self.read_found += reading.found();
        self.read.insert(chat, (reading, now));
        self.take_in_order();
    }

    /// Takes the news of all chats before the first one that is still being read.
    pub(super) fn take_in_order(&mut self) {
        while let Some(chat) = self.order.pop_front() {
            if self.readings.contains_key(&chat) {
                return self.order.push_front(chat);
            }
            self.take_if_read(chat);
        }
    }

    pub(super) fn take_if_read(&mut self, chat: i64) {
        if let Some((reading, now)) = self.read.remove(&chat) {
            self.read_found -= reading.found();
            self.take(chat, reading, now);
        }
    }

    fn take(&mut self, chat: i64, reading: ChatReading, now: Millis) {
        if reading.listed.is_none() {
            self.looked += 1;
        }
        let entry = self.state.chats.get(&chat);
        let most = reading.found().min(self.limit.saturating_sub(self.found));
        if most == 0 && reading.found() > 0 {
            // Others have used up the limit meanwhile.
            self.partial = true;
            return self.leave_pending(chat);
        }
        let mut conclusion = reading.conclude(entry, most, &self.bounds, now);
        let is_slice = matches!(reading.reason, Reason::Slice { .. });
        let has_entry = entry.is_some();
        let nothing_to_keep = conclusion.complete
            && !has_entry
            && (is_slice || (reading.reason == Reason::SpotCheck && reading.found() == 0));
        let keep = if nothing_to_keep {
            true
        } else if self.fits(&conclusion.entry) || (is_slice && !has_entry) {
            self.keep(chat, conclusion.entry.clone());
            true
        } else if has_entry {
            if !self.replace(chat, &conclusion.entry) {
                // Without room, what needs no id of its own.
                let prefix = reading.settled_prefix(&conclusion.entry).min(conclusion.take);
                conclusion =
                    reading.conclude(self.state.chats.get(&chat), prefix, &self.bounds, now);
                prefix > 0 && self.replace(chat, &conclusion.entry)
            } else {
                true
            }
        } else {
            false
        };
        if !keep {
            self.list.done(chat);
            return match (has_entry, reading.raw) {
                (false, Some(raw)) if self.sweeping => {
                    self.postpone(ChatItem { id: chat, updated: reading.listed, raw });
                }
                _ => self.leave_pending(chat),
            };
        }
        if is_slice
            && conclusion.complete
            && let Some(pass) = &mut self.state.pass
        {
            pass.cursor = chat;
        }
        self.partial |= !conclusion.complete;
        if conclusion.complete {
            self.postponed.remove(&chat);
            self.list.done(chat);
            self.touched.remove(&chat);
            if self.state.pass.is_some() && self.state.chats.contains_key(&chat) {
                self.shown.insert(chat, true);
            }
        }
        let news = reading.into_news(conclusion.take);
        if !news.messages.is_empty() {
            self.found += news.messages.len();
            self.news.push(news);
        }
        if self.found >= self.limit || (is_slice && !conclusion.complete) {
            self.stopped = true;
        }
    }
}
