//! The Market's notifications: what happened, and what to answer.

mod event;
mod network;
mod options;
#[cfg(test)]
mod tests;

use serde_json::json;
use time::OffsetDateTime;

pub use event::{Notification, NotificationEvent};
use options::Checked;
pub use options::NotificationOptions;

use crate::error::Error;
use crate::fields::Refusal;
use crate::json_document::json_quote;
use crate::json_scan::replace_halves_of_pairs;

const OPERATION: &str = "parse_notification";

/// A longer body is refused by [`parse_notification`]: read no more of a request. The documented
/// notifications have less than 1 KiB.
pub const MAX_NOTIFICATION_BYTES: usize = 64 * 1024;

/// What to do with a request that claims to be a notification.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ParsedNotification {
    /// What happened; `None` if the request is refused.
    pub notification: Option<Notification>,
    /// What to answer in either case.
    pub reply: NotificationReply,
}

/// The answer to a notification, to be sent as `Content-Type: application/json`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct NotificationReply {
    /// 200, 400 for what is no notification, 403 for one from a foreign address.
    pub http_status: u16,
    /// A JSON text.
    pub body: String,
}

impl ParsedNotification {
    /// Whether the request is a notification, from an address that may send it.
    pub fn accepted(&self) -> bool {
        self.notification.is_some()
    }

    /// The document of the C ABI: `accepted`, `type`, `businessId`, `chatId`, `messageId`, `key`,
    /// `notification`, `reply`. The ids are left out where there are none. Of a refused request
    /// `type` and `key` are empty and `notification` is null.
    pub fn to_json(&self) -> String {
        let mut document = format!("{{\"accepted\":{}", self.accepted());
        let mut add = |name: &str, value: &str| {
            document.push_str(&format!(",\"{name}\":{value}"));
        };
        match &self.notification {
            Some(notification) => {
                add("type", &json_quote(notification.notification_type()));
                for (name, id) in [
                    ("businessId", notification.business_id()),
                    ("chatId", notification.chat_id()),
                    ("messageId", notification.message_id()),
                ] {
                    if let Some(id) = id {
                        add(name, &id.to_string());
                    }
                }
                add("key", &json_quote(&notification.key));
                add("notification", notification.body.trim());
            }
            None => {
                add("type", "\"\"");
                add("key", "\"\"");
                add("notification", "null");
            }
        }
        let NotificationReply { http_status, body } = &self.reply;
        add("reply", &json!({"httpStatus": http_status, "body": body}).to_string());
        document.push('}');
        document
    }
}

/// Reads a notification of the Market, and makes the answer to it.
///
/// `body` is the body of the HTTP request, of whatever content. Answer within 10 seconds (a PING
/// within 1) with [`ParsedNotification::reply`]; otherwise the Market repeats the notification.
/// The same event may come several times: [`Notification::key`] tells.
///
/// Whatever comes from outside gives `Ok`: bodies that are no notifications, or longer than
/// 64 KiB, are to be answered with HTTP 400, those from foreign addresses with 403.
/// Types that are not about chats are accepted and handed on.
///
/// ```
/// use ymchat::{NotificationEvent, NotificationOptions, parse_notification};
///
/// let options = NotificationOptions::new().name("MyShop").remote_address("5.45.207.3");
/// let body = br#"{"notificationType": "CHAT_MESSAGE_SENT", "businessId": 5, "chatId": 7,
///                 "messageId": "9007199254740993", "sentAt": "2026-03-05T09:00:00+03:00"}"#;
/// let parsed = parse_notification(body, &options)?;
/// assert_eq!(parsed.reply.http_status, 200);
/// let notification = parsed.notification.expect("accepted");
/// assert_eq!(notification.key, "CHAT_MESSAGE_SENT:5:7:9007199254740993");
/// if let NotificationEvent::ChatMessageSent { chat_id, message_id, .. } = notification.event {
///     assert_eq!((chat_id, message_id), (7, 9_007_199_254_740_993));
/// }
/// # Ok::<(), ymchat::Error>(())
/// ```
///
/// # Errors
/// `INVALID_ARGUMENT` if one of the options is wrong; the error names it.
pub fn parse_notification(
    body: &[u8],
    options: &NotificationOptions,
) -> Result<ParsedNotification, Error> {
    let checked = options.check().map_err(invalid)?;
    Ok(parse(body, options.remote_address.as_deref(), &checked))
}

/// As [`parse_notification`], with the options as a JSON text (`""` for none) and the result as
/// one: what the C ABI has.
///
/// ```
/// let result = ymchat::parse_notification_json(
///     br#"{"notificationType": "PING", "time": "2026-03-05T09:00:00Z"}"#,
///     r#"{"name": "MyShop", "version": "1.0", "remoteAddress": "::ffff:5.45.207.3"}"#,
/// )?;
/// let result = ymchat::JsonDocument::parse(result).unwrap();
/// assert_eq!(result.int64("/reply/httpStatus"), Ok(200));
/// assert_eq!(result.text("/type").unwrap(), "PING");
/// # Ok::<(), ymchat::Error>(())
/// ```
///
/// # Errors
/// `INVALID_ARGUMENT` if one of the options is wrong or unknown; the error names it.
pub fn parse_notification_json(body: &[u8], options_json: &str) -> Result<String, Error> {
    let options = NotificationOptions::from_json(options_json).map_err(invalid)?;
    Ok(parse_notification(body, &options)?.to_json())
}

fn invalid(refusal: Refusal) -> Error {
    Error::invalid(OPERATION, refusal)
}

fn parse(body: &[u8], remote_address: Option<&str>, options: &Checked<'_>) -> ParsedNotification {
    if let Some(text) = remote_address {
        let Some(address) = network::peer_address(text) else {
            return refusal(403, "UNKNOWN", "the sender's address cannot be read");
        };
        if !options.networks.iter().any(|network| network.contains(address)) {
            return refusal(403, "UNKNOWN", "notifications are not taken from this address");
        }
    }
    match read(body) {
        Ok(notification) => {
            ParsedNotification { notification: Some(notification), reply: acceptance(options) }
        }
        Err(why) => refusal(400, "WRONG_EVENT_FORMAT", &why),
    }
}

fn read(body: &[u8]) -> Result<Notification, String> {
    if body.len() > MAX_NOTIFICATION_BYTES {
        return Err(format!("the body is longer than {MAX_NOTIFICATION_BYTES} bytes"));
    }
    // A notification that cannot be read because of one broken character would be repeated for
    // 14 days, and then switched off.
    let mut repaired = body.to_vec();
    replace_halves_of_pairs(&mut repaired);
    let body = String::from_utf8(repaired).map_err(|_| "the body is not UTF-8")?;
    event::read(body)
}

fn acceptance(options: &Checked<'_>) -> NotificationReply {
    let time = OffsetDateTime::from_unix_timestamp(unix_seconds(options))
        .unwrap_or(OffsetDateTime::UNIX_EPOCH);
    let body = json!({
        "version": options.version,
        "name": options.name,
        "time": event::utc_text(time),
    });
    NotificationReply { http_status: 200, body: body.to_string() }
}

/// 0 for a clock that was never set.
fn unix_seconds(options: &Checked<'_>) -> i64 {
    options
        .now
        .duration_since(std::time::UNIX_EPOCH)
        .ok()
        .and_then(|since| i64::try_from(since.as_secs()).ok())
        .unwrap_or(0)
}

fn refusal(http_status: u16, error_type: &str, why: &str) -> ParsedNotification {
    let body = json!({"error": {"type": error_type, "message": why}});
    ParsedNotification {
        notification: None,
        reply: NotificationReply { http_status, body: body.to_string() },
    }
}
