//! What the Market's notifications say.

use serde_json::{Map, Value};
use time::format_description::well_known::Rfc3339;
use time::{OffsetDateTime, UtcOffset};

use crate::json_document::JsonDocument;
use crate::sha256::hex_digest;

/// The name of a longer type is not repeated in the key.
const MAX_TYPE: usize = 100;
/// Of a hash in a key.
const HASH_BYTES: usize = 16;

/// A longer text is no date.
const MAX_DATE: usize = 64;

/// What a notification of the Market says. Dates are as the service wrote them.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum NotificationEvent {
    /// `PING`: the Market checks that the shop answers.
    Ping {
        /// When it was sent.
        time: Option<String>,
    },
    /// `CHAT_CREATED`: read the chat with [`get_chat`](crate::Client::get_chat).
    ChatCreated {
        /// The business account.
        business_id: i64,
        /// The chat.
        chat_id: i64,
        /// When it was created.
        created_at: Option<String>,
    },
    /// `CHAT_MESSAGE_SENT`: somebody wrote, the shop itself included.
    ChatMessageSent {
        /// The business account.
        business_id: i64,
        /// The chat.
        chat_id: i64,
        /// The message.
        message_id: i64,
        /// When it was sent.
        sent_at: Option<String>,
    },
    /// `CHAT_ARBITRAGE_STARTED`: a dispute began.
    ChatArbitrageStarted {
        /// The business account.
        business_id: i64,
        /// The chat.
        chat_id: i64,
        /// When it began.
        started_at: Option<String>,
    },
    /// `CHAT_ARBITRAGE_FINISHED`: a dispute ended.
    ChatArbitrageFinished {
        /// The business account.
        business_id: i64,
        /// The chat.
        chat_id: i64,
        /// When it ended.
        finished_at: Option<String>,
    },
    /// A type that is not about chats, or that this version does not know. Its content is in
    /// [`Notification::body`].
    Unknown {
        /// `notificationType`.
        notification_type: String,
        /// `businessId`, where it is an id.
        business_id: Option<i64>,
        /// `chatId`, where it is an id.
        chat_id: Option<i64>,
        /// `messageId`, where it is an id.
        message_id: Option<i64>,
    },
}

/// A notification that was accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Notification {
    /// What it says.
    pub event: NotificationEvent,
    /// The same for the same event, however often it is sent; different for different events.
    /// Store it, and pass over what has a key that is stored. Printable ASCII, at most 200
    /// characters; the same in all versions of this library.
    pub key: String,
    /// The JSON text as it was sent. Half of a surrogate pair is replaced by `\ufffd`.
    pub body: String,
}

impl Notification {
    /// `notificationType`.
    pub fn notification_type(&self) -> &str {
        match &self.event {
            NotificationEvent::Ping { .. } => "PING",
            NotificationEvent::ChatCreated { .. } => "CHAT_CREATED",
            NotificationEvent::ChatMessageSent { .. } => "CHAT_MESSAGE_SENT",
            NotificationEvent::ChatArbitrageStarted { .. } => "CHAT_ARBITRAGE_STARTED",
            NotificationEvent::ChatArbitrageFinished { .. } => "CHAT_ARBITRAGE_FINISHED",
            NotificationEvent::Unknown { notification_type, .. } => notification_type,
        }
    }

    /// `businessId`, where the notification names one.
    pub fn business_id(&self) -> Option<i64> {
        match self.event {
            NotificationEvent::Ping { .. } => None,
            NotificationEvent::ChatCreated { business_id, .. }
            | NotificationEvent::ChatMessageSent { business_id, .. }
            | NotificationEvent::ChatArbitrageStarted { business_id, .. }
            | NotificationEvent::ChatArbitrageFinished { business_id, .. } => Some(business_id),
            NotificationEvent::Unknown { business_id, .. } => business_id,
        }
    }

    /// `chatId`, where the notification names one.
    pub fn chat_id(&self) -> Option<i64> {
        match self.event {
            NotificationEvent::Ping { .. } => None,
            NotificationEvent::ChatCreated { chat_id, .. }
            | NotificationEvent::ChatMessageSent { chat_id, .. }
            | NotificationEvent::ChatArbitrageStarted { chat_id, .. }
            | NotificationEvent::ChatArbitrageFinished { chat_id, .. } => Some(chat_id),
            NotificationEvent::Unknown { chat_id, .. } => chat_id,
        }
    }

    /// `messageId`, where the notification names one.
    pub fn message_id(&self) -> Option<i64> {
        match self.event {
            NotificationEvent::ChatMessageSent { message_id, .. } => Some(message_id),
            NotificationEvent::Unknown { message_id, .. } => message_id,
            _ => None,
        }
    }
}

/// Reads the members of a notification, or says which one is wrong.
pub(super) fn read(body: String) -> Result<Notification, String> {
    // Whoever is handed the body may use a reader that takes less than ours does.
    let value: Value = serde_json::from_str(&body).map_err(|_| "the body is not JSON")?;
    let Value::Object(members) = &value else {
        return Err("the body is not a JSON object".into());
    };
    let notification_type = match members.get("notificationType") {
        Some(Value::String(text)) if !text.is_empty() => text,
        _ => return Err("notificationType is missing, or not a text".into()),
    };
    let id = |name: &str| {
        optional_id(members, name)
            .ok_or_else(|| format!("{name} is missing, or not a positive integer"))
    };
    let event = match notification_type.as_str() {
        "PING" => NotificationEvent::Ping { time: date(members, "time") },
        "CHAT_CREATED" => NotificationEvent::ChatCreated {
            business_id: id("businessId")?,
            chat_id: id("chatId")?,
            created_at: date(members, "createdAt"),
        },
        "CHAT_MESSAGE_SENT" => NotificationEvent::ChatMessageSent {
            business_id: id("businessId")?,
            chat_id: id("chatId")?,
            message_id: id("messageId")?,
            sent_at: date(members, "sentAt"),
        },
        "CHAT_ARBITRAGE_STARTED" => NotificationEvent::ChatArbitrageStarted {
            business_id: id("businessId")?,
            chat_id: id("chatId")?,
            started_at: date(members, "startedAt"),
        },
        "CHAT_ARBITRAGE_FINISHED" => NotificationEvent::ChatArbitrageFinished {
            business_id: id("businessId")?,
            chat_id: id("chatId")?,
            finished_at: date(members, "finishedAt"),
        },
        _ => NotificationEvent::Unknown {
            notification_type: notification_type.clone(),
            business_id: optional_id(members, "businessId"),
            chat_id: optional_id(members, "chatId"),
            message_id: optional_id(members, "messageId"),
        },
    };
    // In the result it stands one level deeper, and a reader has to take that, too.
    JsonDocument::parse(format!("[{body}]")).map_err(|_| "the body nests too deep")?;
    let content = JsonDocument::parse(&*body).map_err(|_| "the body is not JSON")?;
    let key = key(&event, &content);
    Ok(Notification { event, key, body })
}

/// A positive integer, as a number or as a string of digits.
fn optional_id(members: &Map<String, Value>, name: &str) -> Option<i64> {
    let id = match members.get(name)? {
        Value::Number(number) => number.as_i64()?,
        Value::String(digits) if digits.bytes().all(|byte| byte.is_ascii_digit()) => {
            digits.parse().ok()?
        }
        _ => return None,
    };
    (id >= 1).then_some(id)
}

/// A date tells nothing that the ids do not tell, so that one in another form, or none, is no
/// reason to refuse an event.
fn date(members: &Map<String, Value>, name: &str) -> Option<String> {
    members.get(name)?.as_str().map(str::to_owned)
}

fn key(event: &NotificationEvent, content: &JsonDocument) -> String {
    match event {
        NotificationEvent::Ping { time } => format!("PING:{}", moment(time)),
        NotificationEvent::ChatCreated { business_id, chat_id, created_at } => {
            format!("CHAT_CREATED:{business_id}:{chat_id}:{}", moment(created_at))
        }
        NotificationEvent::ChatMessageSent { business_id, chat_id, message_id, .. } => {
            format!("CHAT_MESSAGE_SENT:{business_id}:{chat_id}:{message_id}")
        }
        NotificationEvent::ChatArbitrageStarted { business_id, chat_id, started_at } => {
            format!("CHAT_ARBITRAGE_STARTED:{business_id}:{chat_id}:{}", moment(started_at))
        }
        NotificationEvent::ChatArbitrageFinished { business_id, chat_id, finished_at } => {
            format!("CHAT_ARBITRAGE_FINISHED:{business_id}:{chat_id}:{}", moment(finished_at))
        }
        NotificationEvent::Unknown { notification_type, .. } => {
            let is_plain = notification_type.len() <= MAX_TYPE
                && notification_type
                    .bytes()
                    .all(|byte| matches!(byte, b'A'..=b'Z' | b'0'..=b'9' | b'_'));
            let name = if is_plain { notification_type } else { "OTHER" };
            format!("{name}:{}", hex_digest(&[content.canonical().as_bytes()], HASH_BYTES))
        }
    }
}

/// A date in UTC, so that one moment gives one key in whatever time zone it is written.
fn moment(date: &Option<String>) -> String {
    let Some(date) = date else {
        return "-".into();
    };
    let utc = Some(date)
        .filter(|date| date.len() <= MAX_DATE)
        .and_then(|date| OffsetDateTime::parse(date, &Rfc3339).ok())
        .and_then(|date| date.checked_to_offset(UtcOffset::UTC));
    match utc {
        Some(utc) => utc_text(utc),
        None => hex_digest(&[date.as_bytes()], HASH_BYTES),
    }
}

/// ISO 8601, with a fraction only where there is one.
pub(super) fn utc_text(utc: OffsetDateTime) -> String {
    let (year, month, day) = (utc.year(), u8::from(utc.month()), utc.day());
    let (hour, minute, second) = utc.to_hms();
    let fraction = match utc.nanosecond() {
        0 => String::new(),
        nanoseconds => format!(".{nanoseconds:09}"),
    };
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{fraction}Z")
}
