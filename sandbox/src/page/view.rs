//! What the page shows, in parts that change on their own.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::access::Key;
use crate::clock;
use crate::state::{Shared, State};
use crate::talk::{StoredChat, StoredMessage};
use crate::verdict;
use ymchat::{ContextType, Sender};

/// How many the page shows at most: the newest.
const MAX_CHATS: usize = 300;
const MAX_MESSAGES: usize = 300;
const MAX_REQUESTS: usize = 100;
const MAX_NOTIFICATIONS: usize = 50;

/// How much of a body the page shows.
const MAX_BODY: usize = 2000;

/// All parts, by their names. `chat` is the one that the page has open.
pub(super) fn parts(shared: &Shared, chat: Option<i64>) -> Vec<(&'static str, Value)> {
    let notifications = shared.notification_log();
    let quotas = shared.quotas();
    let state = shared.lock();
    let now = state.clock.now();
    let open = chat.and_then(|id| state.talk.chats.get(&id));
    let mut parts = vec![
        (
            "sandbox",
            json!({
                "baseUrl": shared.base_url,
                "businessId": shared.config.business,
                "apiKey": shared.keys.secret(Key::Full),
            }),
        ),
        ("market", market(&state)),
        ("chats", chats(&state)),
        ("conversation", open.map_or(Value::Null, |chat| conversation(&state, chat, now))),
        ("traffic", traffic(&state, shared.config.business)),
        ("quotas", json!(quotas)),
        ("verdict", json!(verdict::judge(state.talk.chats.values(), now))),
    ];
    drop(state);
    let mut log = json!(notifications);
    if let Some(Value::Array(all)) = log.get_mut("notifications") {
        all.drain(..all.len().saturating_sub(MAX_NOTIFICATIONS));
    }
    parts.push(("notifications", log));
    for (_, part) in &mut parts {
        keep_exact(part);
    }
    parts
}

/// JavaScript reads numbers as doubles: greater ones go as texts.
fn keep_exact(value: &mut Value) {
    const EXACT: u64 = 1 << 53;
    match value {
        Value::Number(number) => {
            let integer = number.as_i64().map(i64::unsigned_abs).or(number.as_u64());
            if integer.is_some_and(|integer| integer >= EXACT) {
                *value = Value::String(number.to_string());
            }
        }
        Value::Array(items) => items.iter_mut().for_each(keep_exact),
        Value::Object(members) => members.values_mut().for_each(keep_exact),
        Value::Null | Value::Bool(_) | Value::String(_) => {}
    }
}

fn date(state: &State, at: Timestamp) -> String {
    clock::iso(at, state.switches.utc_offset_minutes, false)
}

fn market(state: &State) -> Value {
    json!({
        "clock": {
            "offsetMs": state.clock.offset_ms(),
            "frozenAtMs": state.clock.is_frozen().then(|| state.clock.now().as_millisecond()),
            "utcOffsetMinutes": state.switches.utc_offset_minutes,
        },
        "switches": state.switches,
        "faults": state.faults,
    })
}

fn head(state: &State, chat: &StoredChat) -> Value {
    let about = match chat.context.context_type {
        ContextType::Return => chat.context.return_id,
        _ => chat.context.order_id,
    };
    json!({
        "chatId": chat.id.to_string(),
        "customer": chat.context.customer.as_ref().and_then(|customer| customer.name.as_ref()),
        "context": chat.context.context_type,
        "contextId": about,
        "type": chat.chat_type,
        "status": chat.status,
        "disputeIsOpen": chat.dispute_is_open,
        "hidden": chat.hidden,
        "createdAt": date(state, chat.created_at),
        "updatedAt": date(state, chat.updated_at),
    })
}

fn chats(state: &State) -> Value {
    let mut all: Vec<_> = state.talk.chats.values().collect();
    let total = all.len();
    all.sort_by_key(|chat| std::cmp::Reverse((chat.updated_at, chat.id)));
    all.truncate(MAX_CHATS);
    let one = |chat: &StoredChat| {
        let last = chat.messages.last();
        let mut entry = head(state, chat);
        entry["messages"] = chat.messages.len().into();
        entry["last"] = last.map_or(Value::Null, |last| {
            let text = last.text.as_deref().map(|text| text.chars().take(120).collect::<String>());
            let file = last.files.first().map(|file| &file.name);
            json!({"sender": last.sender, "text": text, "file": file})
        });
        entry
    };
    json!({"total": total, "chats": all.into_iter().map(one).collect::<Vec<_>>()})
}

fn conversation(state: &State, chat: &StoredChat, now: Timestamp) -> Value {
    let left_out = chat.messages.len().saturating_sub(MAX_MESSAGES);
    let message = |stored: &StoredMessage| {
        let files = stored
            .files
            .iter()
            .map(|file| json!({"id": file.id, "name": file.name, "size": file.bytes.len()}));
        json!({
            "messageId": stored.id.to_string(),
            "at": date(state, stored.at),
            "sender": stored.sender,
            "text": stored.text,
            "files": files.collect::<Vec<_>>(),
            "request": stored.request,
            "acknowledged": stored.acknowledged,
            "readBy": stored.read_by,
            "visible": stored.visible_at <= now,
            "byShop": stored.sender == Sender::Partner,
        })
    };
    let mut whole = head(state, chat);
    whole["leftOut"] = left_out.into();
    whole["messages"] = chat.messages.iter().skip(left_out).map(message).collect();
    whole
}

fn traffic(state: &State, business: i64) -> Value {
    let all = &state.traffic.requests;
    let newest = all.iter().skip(all.len().saturating_sub(MAX_REQUESTS));
    let requests = newest.map(|record| {
        let mut request = json!(record);
        request["ended"] = record.ended.into();
        if let Some(body) = record.body.as_deref().filter(|body| body.len() > MAX_BODY) {
            request["body"] =
                body.chars().take(MAX_BODY).chain("…".chars()).collect::<String>().into();
        }
        request
    });
    json!({
        "total": all.len(),
        "requests": requests.collect::<Vec<_>>(),
        "inFlight": state.in_flight(business),
        "maxParallel": state.traffic.max_parallel_seen.get(&business).copied().unwrap_or_default(),
        "parallelLimit": state.switches.parallel_limit,
        "parallelRefusals": state.traffic.parallel_refusals,
        "hourlyRefusals": state.traffic.hourly_refusals,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_double_cannot_hold_goes_as_text() {
        let mut value = json!({"a": [9_007_199_254_740_993_i64, -9_007_199_254_740_993_i64, 1.5],
            "b": {"c": 9_007_199_254_740_991_i64}, "d": u64::MAX});
        keep_exact(&mut value);
        let expected = json!({"a": ["9007199254740993", "-9007199254740993", 1.5],
            "b": {"c": 9_007_199_254_740_991_i64}, "d": "18446744073709551615"});
        assert_eq!(value, expected);
    }
}
