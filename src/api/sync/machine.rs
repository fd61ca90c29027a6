//! One look at all chats, as a machine without time, threads or network: it says which requests to
//! make, takes their answers in any order, and comes to a result.

mod growth;
mod listing;
mod reading;
mod room;

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};

use super::bounds::Bounds;
use super::chat_reading::{ChatReading, Reason};
use super::exchange::{Ask, ChatItem, Hint, LookError, News, Outcome, Start, Step};
use super::list::{List, SpotCheck};
use super::pass;
use super::state::{Millis, Pass, State};
use super::token;
use crate::sorting::sort_by_number;
use growth::Growth;

#[derive(Debug)]
pub(crate) struct Machine<E> {
    bounds: Bounds,
    limit: usize,
    state: State,
    start: Option<Start>,
    list: List,
    queue: VecDeque<Queued>,
    readings: HashMap<i64, ChatReading>,
    /// Chats that are being read, and whose next request can be made.
    ready: VecDeque<i64>,
    /// Chats in the order in which their reading began. Their news are taken in this order, whichever
    /// answer comes first, so that the same token gives the same messages again.
    order: VecDeque<i64>,
    /// Chats that have been read while an earlier one of `order` has not, and when.
    read: HashMap<i64, (ChatReading, Millis)>,
    read_found: usize,
    in_flight: usize,
    /// Chats that are queued, being read, or could not be read.
    touched: HashSet<i64>,
    /// Chats without an entry for which there was no room; those with the lowest ids.
    postponed: BTreeMap<i64, ChatItem>,
    /// The lowest id of a chat without an entry that has something new and was not read.
    pending: Option<i64>,
    /// Chats with an entry that the list has shown during a pass, and whether all of their news
    /// is delivered.
    shown: HashMap<i64, bool>,
    check: SpotCheck,
    growth: Growth,
    news: Vec<News>,
    found: usize,
    looked: u64,
    stopped: bool,
    /// There was no room for an entry.
    is_full: bool,
    /// A chat of which not everything was delivered.
    partial: bool,
    /// All chats are looked at, not some that the caller named.
    sweeping: bool,
    failure: Option<LookError<E>>,
    failed_chats: u32,
    out_of_time: bool,
}

/// A chat that waits to be read, and on which page the list shows it.
#[derive(Debug)]
struct Queued {
    item: (i64, Option<Millis>, Option<Box<str>>),
    reason: Reason,
    page: Option<u64>,
}

impl<E> Machine<E> {
    /// A look for what is new since `state`. With `hints`, these chats alone are looked at.
    pub(crate) fn new(
        state: State,
        start: Option<Start>,
        hints: Option<Vec<Hint>>,
        limit: usize,
        bounds: Bounds,
        now: Millis,
    ) -> Self {
        let resume = state.resume.clone().filter(|_| state.pass.is_none());
        let growth = Growth { measured: token::size(&state), since: 0 };
        let mut machine = Machine {
            bounds,
            limit,
            state,
            start,
            list: List::from(resume),
            queue: VecDeque::new(),
            readings: HashMap::new(),
            ready: VecDeque::new(),
            order: VecDeque::new(),
            read: HashMap::new(),
            read_found: 0,
            in_flight: 0,
            touched: HashSet::new(),
            postponed: BTreeMap::new(),
            pending: None,
            shown: HashMap::new(),
            check: SpotCheck::default(),
            growth,
            news: Vec::new(),
            found: 0,
            looked: 0,
            stopped: false,
            is_full: false,
            partial: false,
            sweeping: hints.is_none(),
            failure: None,
            failed_chats: 0,
            out_of_time: false,
        };
        match hints {
            Some(hints) => {
                machine.begin(now);
                for Hint { chat, raw } in hints {
                    if machine.touched.insert(chat) {
                        let item = (chat, None, raw);
                        machine.queue.push_back(Queued { item, reason: Reason::News, page: None });
                    }
                }
            }
            None => {
                // A first page comes before anything else: its answer tells the service's time.
                machine.list.walks_left = 1;
                machine.list.waiting = match (machine.start, &machine.state.pass) {
                    (Some(Start::Waiting), _) => true,
                    (_, Some(pass)) => pass.waiting,
                    _ => !machine.state.selection.all,
                };
                if machine.state.pass.is_some() {
                    machine.list.walks_left = 2;
                }
            }
        }
        machine
    }

    /// What `start` means, as soon as the service's time is known.
    fn begin(&mut self, now: Millis) {
        let Some(start) = self.start.take() else { return };
        self.state.checked_at = now;
        match start {
            Start::All => {}
            Start::Now => self.state.floor = Some(now),
            Start::At(at) => self.state.floor = Some(at.saturating_sub(1)),
            Start::Waiting => {
                let high = now - self.bounds.visibility_delay;
                self.state.pass = Some(Pass { cursor: i64::MIN, high, waiting: true });
                if self.list.walks_left > 0 {
                    self.list.walks_left = 2;
                }
            }
        }
        if start == Start::Now && self.list.walks_left > 0 {
            self.list.walks_left = 0;
        }
    }

    /// Chats that were looked at, and new messages that were found.
    pub(crate) fn progress(&self) -> (u64, u64) {
        (self.looked, self.found as u64)
    }

    /// Makes no further requests.
    pub(crate) fn stop(&mut self) {
        self.stopped = true;
    }

    /// Makes no further requests, and says so.
    pub(crate) fn time_is_up(&mut self) {
        self.stopped = true;
        self.out_of_time = true;
    }

    /// How many requests could be made now, besides those that are under way.
    pub(crate) fn open_requests(&self) -> usize {
        if self.stopped {
            return 0;
        }
        let list = self.list.walks_left > 0 && !self.list.in_flight;
        self.ready.len() + self.queue.len() + usize::from(list)
    }

    /// The next request to make. At most as many as the caller likes are under way at a time.
    pub(crate) fn next(&mut self, now: Millis) -> Step {
        let under_way = self.in_flight > 0 || self.list.in_flight;
        let idle = if under_way { Step::Wait } else { Step::Done };
        if self.stopped {
            return idle;
        }
        if let Some(chat) = self.ready.pop_front() {
            return self.ask_history(chat);
        }
        if self.list.walks_left > 0
            && !self.list.in_flight
            && self.queue.len() < self.bounds.max_waiting_chats
            && let Some(page) = self.list.walk.current()
        {
            self.list.in_flight = true;
            let page = page.map(str::to_owned);
            return Step::Ask(Ask::Chats { page, waiting: self.list.waiting });
        }
        // What is read already may fill the result.
        if self.found + self.read_found < self.limit
            && let Some(queued) = self.queue.pop_front()
        {
            return self.look_at(queued, now);
        }
        if under_way || self.list.walks_left > 0 {
            return Step::Wait;
        }
        if let Some(queued) = self.next_slice().or_else(|| self.next_check(now)) {
            return self.look_at(queued, now);
        }
        Step::Done
    }

    fn look_at(&mut self, queued: Queued, now: Millis) -> Step {
        let Queued { item: (chat, listed, raw), reason, page } = queued;
        let entry = self.state.chats.get(&chat);
        let floor = self.state.floor_of(chat);
        let limit = self.limit.saturating_sub(self.found);
        if let Some(page) = page {
            self.list.page_of_chat.insert(chat, page);
        }
        let reading = ChatReading::new((chat, listed, raw), reason, entry, floor, limit, now);
        self.readings.insert(chat, reading);
        self.order.push_back(chat);
        self.ask_history(chat)
    }

    fn ask_history(&mut self, chat: i64) -> Step {
        let Some(reading) = self.readings.get(&chat) else { return Step::Wait };
        let page = reading.walk.current().flatten().map(str::to_owned);
        self.in_flight += 1;
        Step::Ask(Ask::History { chat, from: reading.from, page })
    }

    /// Chats without room for an entry are read up to the end of the pass, one after the other by
    /// their ids: where the pass has come to is all that has to be remembered of them.
    fn next_slice(&mut self) -> Option<Queued> {
        let high = self.state.pass.as_ref().filter(|_| self.sweeping)?.high;
        let lowest_pending = self.pending;
        while let Some((id, item)) = self.postponed.pop_first() {
            if lowest_pending.is_some_and(|pending| pending <= id) {
                self.leave_pending(id);
                return None;
            }
            if !self.state.chats.contains_key(&id) {
                let item = (id, item.updated, Some(item.raw));
                return Some(Queued { item, reason: Reason::Slice { high }, page: None });
            }
        }
        None
    }

    fn next_check(&mut self, now: Millis) -> Option<Queued> {
        let is_time = now >= self.state.checked_at.saturating_add(self.bounds.check_interval);
        let may =
            self.sweeping && self.state.pass.is_none() && self.list.from_start && !self.check.done;
        if !is_time || !may {
            return None;
        }
        self.check.done = true;
        let ChatItem { id, updated, raw } = self.check.next.take().or(self.check.first.take())?;
        if self.touched.contains(&id) {
            return None;
        }
        self.state.checked = id;
        self.state.checked_at = now;
        Some(Queued { item: (id, updated, Some(raw)), reason: Reason::SpotCheck, page: None })
    }

    /// The result. No request may be under way.
    pub(crate) fn finish(mut self, now: Millis) -> Outcome<E> {
        // Those behind a chat that was not read to its end.
        for chat in std::mem::take(&mut self.order) {
            self.take_if_read(chat);
        }
        let walked = self.sweeping && self.list.walks_left == 0 && self.list.from_start;
        let unread =
            !self.queue.is_empty() || !self.readings.is_empty() || !self.postponed.is_empty();
        let cut_short = self.stopped && (unread || self.partial || self.list.walks_left > 0);
        for queued in std::mem::take(&mut self.queue) {
            self.leave_pending(queued.item.0);
        }
        for chat in self.readings.keys().copied().collect::<Vec<_>>() {
            self.leave_pending(chat);
        }
        for id in std::mem::take(&mut self.postponed).into_keys() {
            self.leave_pending(id);
        }
        if self.sweeping {
            let goes_on = cut_short && self.state.pass.is_none();
            self.state.resume = if goes_on { self.list.resume() } else { None };
        }
        let mut more = cut_short;
        if walked && self.state.pass.is_some() {
            let is_over = pass::advance(&mut self.state, self.pending);
            pass::forget(&mut self.state, &self.shown, &self.bounds, now);
            more |= !is_over && !self.news.is_empty();
        }
        let is_large = self.is_full || token::size(&self.state) > self.bounds.compact_above;
        if self.sweeping && self.state.pass.is_none() && is_large {
            self.state.pass = pass::begin(&self.state, &self.bounds, now);
            if self.state.pass.is_some() {
                self.state.resume = None;
            }
        }
        sort_by_number(&mut self.news, |news| news.chat);
        let due = self.state.chats.values().filter_map(|entry| entry.due).min();
        Outcome {
            state: self.state,
            news: self.news,
            more,
            failure: self.failure,
            out_of_time: self.out_of_time,
            due,
        }
    }
}
