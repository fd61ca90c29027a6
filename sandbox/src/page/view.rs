//! What the page shows, in parts that change on their own.

use std::borrow::Cow;

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::access::Key;
use crate::clock;
use crate::conversations::{StoredChat, StoredMessage};
use crate::notifications::{NotificationAttempt, NotificationLog, NotificationRecord};
use crate::state::{Shared, State};
use crate::verdict::{self, MissedBecause, TwiceBecause, Verdict};
use ymchat::{ContextType, Sender};

/// How many the page shows at most: the newest.
const MAX_CHATS: usize = 300;
const MAX_MESSAGES: usize = 300;
const MAX_REQUESTS: usize = 100;
const MAX_NOTIFICATIONS: usize = 50;

const MAX_ATTEMPTS: usize = 10;
const MAX_FINDINGS: usize = 3;

/// How many characters the page shows of a message, of a body, and of a name.
const MAX_TEXT: usize = 10_000;
const MAX_BODY: usize = 2000;
const MAX_NAME: usize = 200;

/// All parts, by their names. `chat` is the one that the page has open.
pub(super) fn parts(shared: &Shared, chat: Option<i64>) -> Vec<(&'static str, Value)> {
    let notifications = shared.newest_notifications(MAX_NOTIFICATIONS);
    let quotas = shared.quotas();
    let state = shared.lock();
    let now = state.clock.now();
    let open = chat.and_then(|id| state.conversations.chats.get(&id));
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
        ("verdict", findings(&state, now)),
    ];
    drop(state);
    parts.push(("notifications", sent(notifications)));
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

/// The beginning of a text that may be of any length.
fn start_of(text: &str, max: usize) -> Cow<'_, str> {
    match text.char_indices().nth(max) {
        Some((end, _)) => Cow::Owned(format!("{}…", &text[..end])),
        None => Cow::Borrowed(text),
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

fn customer(chat: &StoredChat) -> Option<Cow<'_, str>> {
    Some(start_of(chat.context.customer.as_ref()?.name.as_ref()?, MAX_NAME))
}

fn head(state: &State, chat: &StoredChat) -> Value {
    let about = match chat.context.context_type {
        ContextType::Return => chat.context.return_id,
        _ => chat.context.order_id,
    };
    json!({
        "chatId": chat.id.to_string(),
        "customer": customer(chat),
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
    let mut all: Vec<_> = state.conversations.chats.values().collect();
    let total = all.len();
    all.sort_by_key(|chat| std::cmp::Reverse((chat.updated_at, chat.id)));
    all.truncate(MAX_CHATS);
    let one = |chat: &StoredChat| {
        let last = chat.messages.last();
        let mut entry = head(state, chat);
        entry["messages"] = chat.messages.len().into();
        entry["last"] = last.map_or(Value::Null, |last| {
            let text = last.text.as_deref().map(|text| text.chars().take(120).collect::<String>());
            let file = last.files.first().map(|file| start_of(&file.name, MAX_NAME));
            json!({"sender": last.sender, "text": text, "file": file})
        });
        entry
    };
    json!({"total": total, "chats": all.into_iter().map(one).collect::<Vec<_>>()})
}

fn conversation(state: &State, chat: &StoredChat, now: Timestamp) -> Value {
    let left_out = chat.messages.len().saturating_sub(MAX_MESSAGES);
    let message = |stored: &StoredMessage| {
        let files = stored.files.iter().map(|file| {
            let name = start_of(&file.name, MAX_NAME);
            json!({"id": file.id, "name": name, "size": file.bytes.len()})
        });
        let text = stored.text.as_deref();
        let characters = text.map_or(0, |text| text.chars().count());
        json!({
            "messageId": stored.id.to_string(),
            "at": date(state, stored.at),
            "sender": stored.sender,
            "text": text.map(|text| start_of(text, MAX_TEXT)),
            "textLeftOut": characters.saturating_sub(MAX_TEXT),
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
        let agent = record.headers.get("user-agent").map(|agent| start_of(agent, MAX_NAME));
        json!({
            "number": record.number,
            "at": record.at,
            "operation": record.operation,
            "method": start_of(&record.method, MAX_NAME),
            "path": start_of(&record.path, MAX_BODY),
            "agent": agent,
            "key": record.key,
            "body": record.body.as_deref().map(|body| start_of(body, MAX_BODY)),
            "traceId": record.trace_id,
            "inFlight": record.in_flight,
            "fault": record.fault,
            "status": record.status,
            "acknowledged": record.acknowledged,
            "clientLeft": record.client_left,
            "createdChat": record.created_chat,
            "wroteMessage": record.wrote_message,
            "ended": record.ended,
        })
    });
    json!({
        "total": all.len() as u64 + state.traffic.forgotten,
        "requests": requests.collect::<Vec<_>>(),
        "inFlight": state.in_flight(business),
        "maxParallel": state.traffic.max_parallel_seen.get(&business).copied().unwrap_or_default(),
        "parallelLimit": state.switches.parallel_limit,
        "parallelRefusals": state.traffic.parallel_refusals,
        "hourlyRefusals": state.traffic.hourly_refusals,
    })
}

/// The verdict in figures, and the first of what it found.
fn findings(state: &State, now: Timestamp) -> Value {
    let Verdict { sent, said_twice, missed, .. } =
        verdict::judge(state.conversations.chats.values(), now);
    let name = |chat: i64| state.conversations.chats.get(&chat).and_then(customer);
    let certain = said_twice
        .iter()
        .filter(|twice| twice.because == TwiceBecause::Resent || !twice.customer_between);
    let unread = missed.iter().filter(|missed| missed.because == MissedBecause::Unread);
    let twice = said_twice.iter().take(MAX_FINDINGS).map(|twice| {
        let mut entry = json!(twice);
        entry["customer"] = json!(name(twice.chat_id));
        entry
    });
    let first_missed = missed.iter().take(MAX_FINDINGS).map(|missed| {
        let mut entry = json!(missed);
        entry["customer"] = json!(name(missed.chat_id));
        entry
    });
    json!({
        "sent": sent,
        "twice": said_twice.len(),
        "certain": certain.count(),
        "saidTwice": twice.collect::<Vec<_>>(),
        "unread": unread.count(),
        "missedChats": missed.len(),
        "missed": first_missed.collect::<Vec<_>>(),
    })
}

/// The newest notifications. Their bodies are texts: they may be anything.
fn sent(log: NotificationLog) -> Value {
    let one = |record: &NotificationRecord| {
        let body = &record.notification;
        let older = record.attempts.len().saturating_sub(MAX_ATTEMPTS);
        let attempt = |attempt: &NotificationAttempt| {
            json!({
                "at": attempt.at,
                "httpStatus": attempt.http_status,
                "body": attempt.body.as_deref().map(|body| start_of(body, MAX_NAME)),
                "problem": attempt.problem,
            })
        };
        let pretty = serde_json::to_string_pretty(body).unwrap_or_default();
        json!({
            "number": record.number,
            "type": body.get("notificationType").and_then(Value::as_str)
                .map(|name| start_of(name, MAX_NAME)),
            "chatId": body.get("chatId").and_then(Value::as_i64),
            "body": start_of(&pretty, MAX_BODY),
            "answered": record.answered,
            "nextAttemptAt": record.next_attempt_at,
            "attemptsMade": record.attempts_made,
            "attempts": record.attempts.iter().skip(older).map(attempt).collect::<Vec<_>>(),
        })
    };
    json!({
        "settings": log.settings,
        "switchedOff": log.switched_off,
        "notifications": log.notifications.iter().map(one).collect::<Vec<_>>(),
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
