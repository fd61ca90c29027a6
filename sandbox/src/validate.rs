//! What a request may say, and the sentences for what it may not.

use serde_json::{Map, Value};

use super::error::{ApiError, ErrorKind};
use super::request::Request;
use ymchat::{ChatStatus, ChatType, ContextType};

/// The unit is not documented; the service is written in Java, where a string's length is this.
const MAX_MESSAGE_UTF16_UNITS: usize = 4096;

type Checked<T> = Result<T, ApiError>;

/// The parameters after the `?`. Names that the API does not know are ignored.
pub(super) struct Query(Vec<(String, String)>);

impl Query {
    pub(super) fn parse(raw: &str) -> Checked<Self> {
        let pairs = raw.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            Ok((decode(name)?, decode(value)?))
        });
        pairs.collect::<Checked<_>>().map(Self)
    }

    fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    pub(super) fn id(&self, name: &str) -> Checked<i64> {
        let Some(text) = self.get(name) else {
            return Err(ApiError::bad_request(format!("Missing required parameter '{name}'")));
        };
        text.parse().ok().filter(|id| *id >= 1).ok_or_else(|| {
            ApiError::bad_request(format!(
                "Parameter '{name}' must be an integer greater than or equal to 1, not {text:?}"
            ))
        })
    }

    pub(super) fn limit(&self, default: usize, max: usize) -> Checked<usize> {
        let Some(text) = self.get("limit") else { return Ok(default) };
        text.parse().ok().filter(|limit| (1..=max).contains(limit)).ok_or_else(|| {
            ApiError::bad_request(format!(
                "Parameter 'limit' must be an integer from 1 to {max}, not {text:?}"
            ))
        })
    }

    /// `page_token` is the older alias.
    pub(super) fn page_token(&self) -> Option<&str> {
        self.get("pageToken").or_else(|| self.get("page_token")).filter(|token| !token.is_empty())
    }
}

/// Decodes as a servlet does: `+` is a space.
fn decode(text: &str) -> Checked<String> {
    let malformed =
        || ApiError::bad_request(format!("Query has a malformed percent-encoding: {text:?}"));
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        let hex = |byte: Option<u8>| byte.and_then(|byte| char::from(byte).to_digit(16));
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => match (hex(rest.next()), hex(rest.next())) {
                (Some(high), Some(low)) => (high * 16 + low) as u8,
                _ => return Err(malformed()),
            },
            byte => byte,
        });
    }
    String::from_utf8(bytes).map_err(|_| malformed())
}

/// The body as a JSON object.
pub(super) fn json_object(request: &Request) -> Checked<Map<String, Value>> {
    if request.media_type() != "application/json" {
        let given = request.header("content-type").unwrap_or("none");
        return Err(ApiError::new(
            ErrorKind::UnsupportedMediaType,
            format!("Content type '{given}' is not supported, use 'application/json'"),
        ));
    }
    match serde_json::from_slice(&request.body) {
        Ok(Value::Object(body)) => Ok(body),
        Ok(_) => Err(ApiError::bad_request("Request body must be a JSON object")),
        Err(error) => Err(ApiError::bad_request(format!("Request body is not JSON: {error}"))),
    }
}

fn id_value(value: &Value, name: &str) -> Checked<i64> {
    value.as_i64().filter(|id| *id >= 1).ok_or_else(|| {
        ApiError::bad_request(format!("'{name}' must be an integer greater than or equal to 1"))
    })
}

/// A JSON null is as good as no member, as everywhere in the service.
fn member<'a>(body: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    body.get(name).filter(|value| !value.is_null())
}

pub(super) fn message_id_from(body: &Map<String, Value>) -> Checked<Option<i64>> {
    member(body, "messageIdFrom").map(|value| id_value(value, "messageIdFrom")).transpose()
}

/// The text of a message as it is to be stored.
pub(super) fn message_text(body: &Map<String, Value>, trim: bool) -> Checked<String> {
    let Some(value) = member(body, "message") else {
        return Err(ApiError::bad_request("Missing required field 'message'"));
    };
    let Some(text) = value.as_str() else {
        return Err(ApiError::bad_request("'message' must be a string"));
    };
    let length = text.encode_utf16().count();
    let text = if trim { text.trim() } else { text };
    if text.is_empty() || length > MAX_MESSAGE_UTF16_UNITS {
        return Err(ApiError::bad_request(format!(
            "'message' must have 1 to {MAX_MESSAGE_UTF16_UNITS} characters, not {length}"
        )));
    }
    Ok(text.to_owned())
}

/// An order or a return.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Context {
    pub(super) context_type: ContextType,
    pub(super) id: i64,
}

fn context(value: &Value) -> Checked<Context> {
    let context_type = match value.get("type").and_then(Value::as_str) {
        Some("ORDER") => ContextType::Order,
        Some("RETURN") => ContextType::Return,
        Some("DIRECT") => {
            return Err(ApiError::bad_request(
                "'context.type' must be ORDER or RETURN: only a customer can start a DIRECT chat",
            ));
        }
        _ => return Err(ApiError::bad_request("'context.type' must be ORDER or RETURN")),
    };
    let id = id_value(value.get("id").unwrap_or(&Value::Null), "context.id")?;
    Ok(Context { context_type, id })
}

pub(super) fn new_chat(body: &Map<String, Value>) -> Checked<Context> {
    match (member(body, "context"), member(body, "orderId")) {
        (Some(value), _) => context(value),
        (None, Some(id)) => {
            Ok(Context { context_type: ContextType::Order, id: id_value(id, "orderId")? })
        }
        (None, None) => Err(ApiError::bad_request("Missing required field 'context'")),
    }
}

/// The filters of getChats; `None` lets everything through.
#[derive(Debug, Default)]
pub(super) struct Filters {
    pub(super) order_ids: Option<Vec<i64>>,
    pub(super) contexts: Option<Vec<Context>>,
    pub(super) context_types: Option<Vec<ContextType>>,
    pub(super) types: Option<Vec<ChatType>>,
    pub(super) statuses: Option<Vec<ChatStatus>>,
}

pub(super) fn filters(body: &Map<String, Value>) -> Checked<Filters> {
    Ok(Filters {
        order_ids: unique(body, "orderIds", |value| id_value(value, "orderIds"))?,
        contexts: unique(body, "contexts", context)?,
        context_types: unique(body, "contextTypes", |value| {
            known(value, "contextTypes", |kind| matches!(kind, ContextType::Unknown(_)))
        })?,
        types: unique(body, "types", |value| {
            known(value, "types", |kind| matches!(kind, ChatType::Unknown(_)))
        })?,
        statuses: unique(body, "statuses", |value| {
            known(value, "statuses", |status| matches!(status, ChatStatus::Unknown(_)))
        })?,
    })
}

fn known<T: for<'a> From<&'a str>>(
    value: &Value,
    name: &str,
    is_unknown: impl Fn(&T) -> bool,
) -> Checked<T> {
    let typed = value.as_str().map(T::from).filter(|typed| !is_unknown(typed));
    typed.ok_or_else(|| ApiError::bad_request(format!("'{name}' has an unknown value {value}")))
}

fn unique<T: PartialEq>(
    body: &Map<String, Value>,
    name: &str,
    item: impl Fn(&Value) -> Checked<T>,
) -> Checked<Option<Vec<T>>> {
    let Some(value) = member(body, name) else { return Ok(None) };
    let Some(values) = value.as_array() else {
        return Err(ApiError::bad_request(format!("'{name}' must be an array")));
    };
    if values.is_empty() {
        return Err(ApiError::bad_request(format!("'{name}' must not be empty")));
    }
    let mut items = Vec::with_capacity(values.len());
    for value in values {
        let item = item(value)?;
        if items.contains(&item) {
            return Err(ApiError::bad_request(format!("'{name}' must not contain duplicates")));
        }
        items.push(item);
    }
    Ok(Some(items))
}
