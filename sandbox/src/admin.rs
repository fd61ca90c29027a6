//! The admin API: JSON over HTTP under `/_sandbox`, without authorization.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use jiff::Timestamp;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use super::access::Key;
use super::answer::Answer;
use super::clock;
use super::control::{Misuse, NewChat, NewMessage};
use super::dispute::{Decision, NewDispute};
use super::error::{ApiError, ErrorKind};
use super::faults::Fault;
use super::limits::QuotaChange;
use super::operation::Operation;
use super::request::Request;
use super::state::Shared;
use ymchat::{ChatStatus, DateTime};

/// Every call, as the start page lists them.
const CALLS: [&str; 28] = [
    "GET /_sandbox",
    "GET /_sandbox/chats",
    "POST /_sandbox/chats",
    "GET /_sandbox/chats/{chatId}",
    "POST /_sandbox/chats/{chatId}/messages",
    "POST /_sandbox/chats/{chatId}/status",
    "POST /_sandbox/chats/{chatId}/hidden",
    "POST /_sandbox/chats/{chatId}/dispute",
    "POST /_sandbox/chats/{chatId}/decision",
    "GET /_sandbox/switches",
    "POST /_sandbox/switches",
    "GET /_sandbox/quotas",
    "POST /_sandbox/quotas",
    "GET /_sandbox/clock",
    "POST /_sandbox/clock",
    "GET /_sandbox/faults",
    "POST /_sandbox/faults",
    "DELETE /_sandbox/faults",
    "GET /_sandbox/verdict",
    "GET /_sandbox/record",
    "DELETE /_sandbox/record",
    "POST /_sandbox/reset",
    "GET /_sandbox/requests",
    "GET /_sandbox/notifications",
    "POST /_sandbox/notifications",
    "DELETE /_sandbox/notifications",
    "POST /_sandbox/notifications/settings",
    "POST /_sandbox/notifications/ping",
];

type Called = Result<Value, ApiError>;

impl From<Misuse> for ApiError {
    fn from(misuse: Misuse) -> Self {
        match misuse {
            Misuse::NoSuchChat(_) => Self::not_found(misuse.to_string()),
            Misuse::Invalid(text) => Self::bad_request(text),
        }
    }
}

/// Answers a call; `call` is the path after `/_sandbox`.
pub(super) fn answer(shared: &Shared, request: &Request, call: &str) -> Answer {
    let parts: Vec<_> = call.split('/').filter(|part| !part.is_empty()).collect();
    match run(shared, request, &parts) {
        Ok(value) => Answer::json(200, &value),
        Err(error) => error.answer(),
    }
}

fn run(shared: &Shared, request: &Request, parts: &[&str]) -> Called {
    match (request.method.as_str(), parts) {
        ("GET", []) => Ok(start_page(shared)),
        ("GET", ["chats"]) => Ok(json!(shared.chat_records())),
        ("POST", ["chats"]) => {
            let new: NewChat = body(request)?;
            Ok(json!({"chatId": shared.start_chat(new)?}))
        }
        ("GET", ["chats", id]) => Ok(json!(shared.chat_record(chat_id(id)?)?)),
        ("POST", ["chats", id, "messages"]) => {
            let message: NewMessage = body(request)?;
            Ok(json!({"messageId": shared.write(chat_id(id)?, message)?}))
        }
        ("POST", ["chats", id, "status"]) => {
            let StatusChange { status } = body(request)?;
            shared.set_status(chat_id(id)?, status)?;
            Ok(done())
        }
        ("POST", ["chats", id, "hidden"]) => {
            let Visibility { hidden } = body(request)?;
            shared.hide_chat(chat_id(id)?, hidden)?;
            Ok(done())
        }
        ("POST", ["chats", id, "dispute"]) => {
            let dispute: NewDispute = body(request)?;
            Ok(json!({"messageId": shared.open_dispute(chat_id(id)?, dispute)?}))
        }
        ("POST", ["chats", id, "decision"]) => {
            let decision: Decision = body(request)?;
            Ok(json!({"messageId": shared.decide_dispute(chat_id(id)?, decision)?}))
        }
        ("GET", ["switches"]) => Ok(json!(shared.lock().switches)),
        ("POST", ["switches"]) => {
            let changes: Map<String, Value> = body(request)?;
            let mut state = shared.lock();
            state.switches.merge(&changes).map_err(ApiError::bad_request)?;
            Ok(json!(state.switches))
        }
        ("GET", ["quotas"]) => Ok(json!(shared.quotas())),
        ("POST", ["quotas"]) => {
            let changes: BTreeMap<Operation, QuotaChange> = body(request)?;
            for (operation, change) in changes {
                shared.change_quota(operation, change)?;
            }
            Ok(json!(shared.quotas()))
        }
        ("GET", ["clock"]) => Ok(clock_json(shared)),
        ("POST", ["clock"]) => {
            change_clock(shared, body(request)?)?;
            Ok(clock_json(shared))
        }
        ("GET", ["faults"]) => Ok(json!(shared.lock().faults)),
        ("POST", ["faults"]) => {
            let OneOrMany(faults) = body(request)?;
            for fault in &faults {
                fault.check().map_err(ApiError::bad_request)?;
            }
            for fault in faults {
                shared.add_fault(fault)?;
            }
            Ok(json!(shared.lock().faults))
        }
        ("DELETE", ["faults"]) => {
            shared.lock().faults.clear();
            Ok(done())
        }
        ("GET", ["verdict"]) => Ok(json!(shared.verdict())),
        ("GET", ["record"]) => Ok(json!(shared.record())),
        ("GET", ["requests"]) => Ok(json!(shared.lock().traffic)),
        ("DELETE", ["record"]) => {
            shared.clear_record();
            Ok(done())
        }
        ("POST", ["reset"]) => {
            shared.reset();
            Ok(done())
        }
        ("GET", ["notifications"]) => Ok(json!(shared.notification_log())),
        ("POST", ["notifications"]) => {
            let notification: Map<String, Value> = body(request)?;
            shared.send_notification(Value::Object(notification))?;
            Ok(done())
        }
        ("DELETE", ["notifications"]) => {
            shared.lock().notifications.clear();
            Ok(done())
        }
        ("POST", ["notifications", "settings"]) => {
            let changes: Map<String, Value> = body(request)?;
            Ok(shared.change_notifications(&changes)?)
        }
        ("POST", ["notifications", "ping"]) => {
            shared.ping()?;
            Ok(done())
        }
        (method, _) => {
            let path = &request.path;
            let text = format!("there is no call {method} {path}; the calls: {}", CALLS.join(", "));
            Err(ApiError::not_found(text))
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StatusChange {
    status: ChatStatus,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Visibility {
    hidden: bool,
}

/// A fault alone, or several in a list.
struct OneOrMany(Vec<Fault>);

impl<'de> Deserialize<'de> for OneOrMany {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        use serde::de::Error;
        // Not an untagged enum: that would hide the name of an unknown field.
        let value = Value::deserialize(deserializer)?;
        let faults = if value.is_array() {
            serde_json::from_value(value)
        } else {
            serde_json::from_value(value).map(|fault| vec![fault])
        };
        faults.map(Self).map_err(D::Error::custom)
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ClockChange {
    set_to: Option<DateTime>,
    advance_seconds: Option<u64>,
    frozen: Option<bool>,
}

fn change_clock(shared: &Shared, change: ClockChange) -> Result<(), ApiError> {
    if let Some(text) = change.set_to {
        let wrong =
            || ApiError::bad_request(format!("setTo is ISO 8601 with an offset, not {text}"));
        let to: SystemTime = text.to_system_time().ok_or_else(wrong)?;
        shared.set_clock(to)?;
    }
    let mut state = shared.lock();
    if let Some(frozen) = change.frozen {
        state.clock.freeze(frozen);
    }
    if let Some(seconds) = change.advance_seconds {
        state.clock.advance(Duration::from_secs(seconds));
    }
    drop(state);
    shared.notify();
    Ok(())
}

fn clock_json(shared: &Shared) -> Value {
    let state = shared.lock();
    let now: Timestamp = state.clock.now();
    let iso = clock::iso(now, state.switches.utc_offset_minutes, true);
    json!({"now": iso, "frozen": state.clock.is_frozen()})
}

fn start_page(shared: &Shared) -> Value {
    let keys: Map<_, _> = Key::ALL
        .iter()
        .map(|key| (key.name().to_owned(), shared.keys.secret(*key).into()))
        .collect();
    json!({
        "baseUrl": shared.base_url,
        "businessId": shared.config.business,
        "keys": keys,
        "calls": CALLS,
    })
}

fn done() -> Value {
    json!({"status": "OK"})
}

fn chat_id(text: &str) -> Result<i64, ApiError> {
    text.parse().map_err(|_| ApiError::bad_request(format!("chatId is a number, not {text:?}")))
}

/// The body, whatever its content type says: curl's default is a form.
fn body<T: DeserializeOwned>(request: &Request) -> Result<T, ApiError> {
    if request.too_large {
        return Err(ErrorKind::BodyTooLarge.into());
    }
    serde_json::from_slice(&request.body)
        .map_err(|error| ApiError::bad_request(format!("the body of this call: {error}")))
}
