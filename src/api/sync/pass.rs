//! Passes: how a state stays small for any number of chats.

use std::collections::HashMap;

use super::bounds::Bounds;
use super::state::{Entry, Millis, Pass, State};
use super::token;
use crate::sorting::sort_by_number;

/// Begins a pass that makes room, where one can: up to a day ago if that frees half of the
/// entries, else up to the middle one, but never so high that something may still appear below.
pub(super) fn begin(state: &State, bounds: &Bounds, now: Millis) -> Option<Pass> {
    let mut newest: Vec<Millis> = state.chats.values().map(|entry| entry.newest).collect();
    sort_by_number(&mut newest, |newest| *newest);
    let middle = *newest.get(newest.len() / 2)?;
    let high = middle.max(now - bounds.floor_lag).min(now - bounds.visibility_delay);
    let frees = newest.first().is_some_and(|oldest| *oldest <= high);
    let lifts = state.floor.is_none_or(|floor| floor < high);
    (frees && lifts).then_some(Pass { cursor: i64::MIN, high, waiting: false })
}

/// Moves the pass on to the first chat that has something left to read; true where it is over.
/// Both walks through the list must have been made to their ends.
pub(super) fn advance(state: &mut State, pending: Option<i64>) -> bool {
    let Some(pass) = &mut state.pass else { return true };
    match pending {
        Some(pending) => {
            pass.cursor = pass.cursor.max(pending - 1);
            false
        }
        None => {
            state.floor = Some(pass.high);
            state.pass = None;
            true
        }
    }
}

/// Forgets chats that the pass has gone by and whose floor says what their entries say, those that
/// have been still for longest first, as far as room is needed.
pub(super) fn forget(state: &mut State, shown: &HashMap<i64, bool>, bounds: &Bounds, now: Millis) {
    let mut droppable: Vec<(bool, Millis, i64)> = Vec::new();
    for (chat, entry) in &state.chats {
        let below = state.floor_of(*chat).is_some_and(|floor| entry.newest <= floor);
        let has_news = shown.get(chat) == Some(&false);
        if !below || has_news || !is_settled(entry) {
            continue;
        }
        let hidden = !shown.contains_key(chat);
        droppable.push((hidden, entry.newest, *chat));
    }
    sort_by_number(&mut droppable, |(_, newest, _)| *newest);
    sort_by_number(&mut droppable, |(hidden, ..)| i64::from(*hidden));
    let mut droppable = droppable.into_iter().peekable();
    while token::size(state) > bounds.compact_to && droppable.peek().is_some() {
        let is_full = token::size(state) > bounds.compact_above;
        for _ in 0..1 + state.chats.len() / 16 {
            let Some((hidden, newest, chat)) = droppable.next() else { break };
            // A chat that the list does not show may come back with something new.
            let is_long_ago = newest <= now - bounds.forget_hidden_after;
            if !hidden || is_long_ago || is_full {
                state.chats.remove(&chat);
            }
        }
    }
}

fn is_settled(entry: &Entry) -> bool {
    entry.above.is_empty() && entry.due.is_none() && entry.updated.is_some()
}
