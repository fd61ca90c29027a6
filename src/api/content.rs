//! What was sent, and how it is compared with what the history shows.

use serde::Deserialize;

use super::nfc::nfc;
use crate::model::{DateTime, Sender};

/// What was sent, in the form in which it is compared: see [`normalized`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Content {
    Text(String),
    File { name: String, size: i64 },
}

impl Content {
    pub(crate) fn text(text: &str) -> Self {
        Content::Text(normalized(text))
    }

    pub(crate) fn file(name: &str, size: i64) -> Self {
        Content::File { name: normalized(name), size }
    }

    /// Bytes that differ for every two contents that differ.
    pub(crate) fn canonical(&self) -> String {
        match self {
            Content::Text(text) => format!("text:{text}"),
            Content::File { name, size } => format!("file:{size}:{name}"),
        }
    }
}

/// A message of the history, as far as it is compared.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ShownMessage {
    pub message_id: i64,
    pub created_at: DateTime,
    pub sender: Sender,
    message: Option<String>,
    /// The service's own documentation shows a list of nulls.
    payload: Option<Vec<Option<ShownFile>>>,
}

#[derive(Deserialize)]
struct ShownFile {
    #[serde(default)]
    name: String,
    size: Option<i64>,
}

/// What a message of the history shows, in the form in which it is compared.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct ShownContent {
    text: Option<String>,
    /// Name and size; the service may leave the size out.
    files: Vec<(String, Option<i64>)>,
}

impl ShownContent {
    pub(crate) fn of(message: &ShownMessage) -> Self {
        let files = message.payload.iter().flatten().flatten();
        let files = files.map(|file| (normalized(&file.name), file.size));
        ShownContent { text: message.message.as_deref().map(normalized), files: files.collect() }
    }

    /// How much memory the texts take.
    pub(crate) fn bytes(&self) -> usize {
        let names =
            self.files.iter().map(|(name, _)| size_of::<(String, Option<i64>)>() + name.len());
        self.text.as_ref().map_or(0, String::len) + names.sum::<usize>()
    }

    pub(crate) fn matches(&self, content: &Content) -> bool {
        match content {
            Content::Text(text) => self.text.as_ref() == Some(text),
            Content::File { name, size } => self
                .files
                .iter()
                .any(|(other, known)| other == name && known.is_none_or(|known| known == *size)),
        }
    }
}

/// A text as it is compared: in Unicode's form NFC, without what any system may trim (Java's
/// `trim` takes control characters for white space), and with each run of white space as one
/// space.
fn normalized(text: &str) -> String {
    let composed = nfc(text);
    let trimmed = composed.trim_matches(|c: char| c.is_whitespace() || c.is_control());
    let words: Vec<&str> = trimmed.split_whitespace().collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(json: serde_json::Value) -> ShownMessage {
        let mut message = serde_json::json!({
            "messageId": 1, "createdAt": "2026-01-01T00:00:00Z", "sender": "PARTNER",
        });
        message.as_object_mut().unwrap().extend(json.as_object().unwrap().clone());
        serde_json::from_value(message).unwrap()
    }

    fn shows(text: &str) -> ShownContent {
        ShownContent::of(&message(serde_json::json!({ "message": text })))
    }

    #[test]
    fn texts_are_compared_as_the_market_may_keep_them() {
        for (sent, kept) in [
            ("  Здравствуйте! \n", "Здравствуйте!"),
            ("\u{1}Да.\r\nНет.\u{a0}\r\n", "Да.\nНет."),
            ("Да  \t нет", "Да нет"),
            // й and ё in two characters each, and in one.
            ("и\u{306} е\u{308}", "\u{439} \u{451}"),
        ] {
            assert!(shows(kept).matches(&Content::text(sent)), "{sent:?} {kept:?}");
        }
        for (sent, other) in [
            ("Да", "да"),
            ("Звоните +7 900 000-00-00", "Звоните ***"),
            ("❤\u{fe0f}", "❤"),
            ("A & B", "A &amp; B"),
            ("Да", "Да."),
        ] {
            assert!(!shows(other).matches(&Content::text(sent)), "{sent:?} {other:?}");
        }
    }

    #[test]
    fn files_are_compared_by_name_and_size() {
        let payload = |size: serde_json::Value| {
            let file = serde_json::json!({"name": "чек.pdf", "url": "u", "size": size});
            ShownContent::of(&message(serde_json::json!({ "payload": [null, file] })))
        };
        let five = payload(5.into());
        assert!(five.matches(&Content::file("чек.pdf", 5)));
        assert!(!five.matches(&Content::file("чек.pdf", 6)));
        assert!(!five.matches(&Content::file("чек2.pdf", 5)));
        assert!(!five.matches(&Content::text("чек.pdf")));
        assert!(payload(serde_json::Value::Null).matches(&Content::file("чек.pdf", 6)));
    }
}
