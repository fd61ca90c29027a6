//! Reading one chat: which of its messages are new, and what its entry says afterwards. Pure.

use std::collections::BTreeMap;

use super::bounds::Bounds;
use super::exchange::{MessageItem, News};
use super::state::{Entry, Millis};
use crate::api::pages::PageWalk;

/// Why a chat is read, and so which messages are new in one that has no entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reason {
    /// The list, or the caller, points to it.
    News,
    /// Nothing points to it: chats are read in turn to find what the list has not shown.
    SpotCheck,
    /// There is no room for an entry: only the messages up to the end of a pass are read.
    Slice { high: Millis },
}

/// A chat that is being read.
#[derive(Debug)]
pub(crate) struct ChatReading {
    pub chat: i64,
    pub reason: Reason,
    /// The chat's JSON, as far as it is known.
    pub raw: Option<Box<str>>,
    /// `updatedAt` as the list showed it before the reading began.
    pub listed: Option<Millis>,
    /// When the reading began. It sees every message that was visible then.
    pub started: Millis,
    /// The `messageIdFrom` of the requests.
    pub from: Option<i64>,
    pub walk: PageWalk,
    pub restarts: u32,
    floor: Option<Millis>,
    /// How many new messages are kept at most: those with the lowest ids.
    limit: usize,
    new_messages: BTreeMap<i64, (Millis, Box<str>)>,
    /// The lowest id of a new message that was not kept because of `limit`.
    lowest_dropped: Option<i64>,
    /// Messages that were received before, and when they were written.
    known: BTreeMap<i64, Millis>,
}

/// The result of a reading.
#[derive(Debug)]
pub(crate) struct Conclusion {
    pub entry: Entry,
    /// How many of the new messages are delivered.
    pub take: usize,
    /// Whether nothing is left to read.
    pub complete: bool,
}

impl ChatReading {
    pub(crate) fn new(
        (chat, listed, raw): (i64, Option<Millis>, Option<Box<str>>),
        reason: Reason,
        entry: Option<&Entry>,
        floor: Option<Millis>,
        limit: usize,
        now: Millis,
    ) -> Self {
        ChatReading {
            chat,
            reason,
            raw,
            listed,
            started: now,
            from: entry.map(|entry| entry.through).filter(|id| *id > 0),
            walk: PageWalk::from(None),
            restarts: 0,
            floor,
            limit,
            new_messages: BTreeMap::new(),
            lowest_dropped: None,
            known: BTreeMap::new(),
        }
    }

    /// Begins from the first page again.
    pub(crate) fn restart(&mut self, now: Millis) {
        self.restarts += 1;
        self.started = now;
        self.walk = PageWalk::from(None);
        self.new_messages.clear();
        self.known.clear();
        self.lowest_dropped = None;
    }

    /// Takes in a message of a page. Pages may come in any order, and overlap.
    pub(crate) fn see(&mut self, entry: Option<&Entry>, message: MessageItem) {
        let MessageItem { id, created, raw } = message;
        // A message without a readable date counts as one that was written just now.
        let created = created.unwrap_or_else(|| self.listed.unwrap_or(self.started));
        let (ignored, received) = match (entry, self.reason) {
            (Some(entry), _) => (id <= entry.through, entry.above.binary_search(&id).is_ok()),
            (None, Reason::Slice { high }) => (created > high, self.is_below_floor(created)),
            (None, _) => (false, self.is_below_floor(created)),
        };
        if ignored {
            return;
        }
        if received {
            self.known.insert(id, created);
            return;
        }
        if self.lowest_dropped.is_some_and(|cut| id >= cut) {
            return;
        }
        self.new_messages.insert(id, (created, raw));
        if self.new_messages.len() > self.limit {
            self.lowest_dropped = self.new_messages.pop_last().map(|(id, _)| id);
        }
    }

    fn is_below_floor(&self, created: Millis) -> bool {
        self.floor.is_some_and(|floor| created <= floor)
    }

    /// How many new messages were found, as far as they are kept.
    pub(crate) fn found(&self) -> usize {
        self.new_messages.len()
    }

    /// The entry after `take` of the new messages are delivered.
    pub(crate) fn conclude(
        &self,
        entry: Option<&Entry>,
        take: usize,
        bounds: &Bounds,
        now: Millis,
    ) -> Conclusion {
        let is_settled =
            |created: Millis| created.saturating_add(bounds.visibility_delay) <= self.started;
        let is_new = entry.is_none();
        let empty = Entry { newest: Millis::MIN, ..Entry::default() };
        let entry = entry.unwrap_or(&empty);
        let due_met = entry.due.is_some_and(|due| due <= self.started);
        let all_settled = due_met && !entry.soon;

        // Which messages beyond `through` are received, and which of those are settled.
        let mut marks: BTreeMap<i64, (bool, bool)> = BTreeMap::new();
        marks.extend(entry.above.iter().map(|id| (*id, (true, all_settled))));
        for (id, created) in &self.known {
            let mark = marks.entry(*id).or_insert((true, false));
            mark.1 |= is_settled(*created);
        }
        for (index, (id, (created, _))) in self.new_messages.iter().enumerate() {
            marks.insert(*id, (index < take, is_settled(*created)));
        }
        marks.extend(self.lowest_dropped.map(|cut| (cut, (false, false))));

        let (mut through, mut above, mut gap) = (entry.through, Vec::new(), false);
        for (id, (received, settled)) in marks {
            match (received, settled) {
                (false, _) => gap = true,
                (true, true) if !gap => {
                    through = id;
                    above.clear();
                }
                (true, _) => above.push(id),
            }
        }

        let complete = take == self.new_messages.len() && self.lowest_dropped.is_none();
        let changed = is_new || take > 0 || (self.listed.is_some() && self.listed != entry.updated);
        let quiet = match (changed, self.listed) {
            (true, Some(listed)) => is_settled(listed),
            (true, None) => true,
            (false, _) => all_settled || entry.due.is_none(),
        };
        let received = self.new_messages.values().take(take).map(|(created, _)| *created);
        let newest = received
            .chain(self.known.values().copied())
            .chain(self.listed)
            .max()
            .unwrap_or(entry.newest);
        let newest = newest.max(entry.newest);
        // Dates may be in whole seconds: then a message of the same second lifts nothing.
        let soon = newest % 1000 == 0 && self.started < newest.saturating_add(1000);
        let (due, soon) = if above.is_empty() && quiet {
            (None, false)
        } else if changed && soon {
            (Some(now.saturating_add(bounds.reread_after)), true)
        } else if changed || due_met {
            (Some(now.saturating_add(bounds.visibility_delay)), false)
        } else {
            (entry.due, entry.soon)
        };
        Conclusion {
            entry: Entry {
                through,
                above,
                updated: if complete { self.listed.or(entry.updated) } else { None },
                newest,
                due,
                soon,
            },
            take,
            complete,
        }
    }

    /// How many of the new messages can be delivered without an id of their own in the entry.
    pub(crate) fn settled_prefix(&self, entry: &Entry) -> usize {
        self.new_messages.range(..=entry.through).count()
    }

    /// What is delivered, ascending by id.
    pub(crate) fn into_news(self, take: usize) -> News {
        let messages = self.new_messages.into_iter().take(take).map(|(id, (_, raw))| (id, raw));
        let raw = self.raw.unwrap_or_else(|| format!("{{\"chatId\":{}}}", self.chat).into());
        News { chat: self.chat, raw, messages: messages.collect() }
    }
}
