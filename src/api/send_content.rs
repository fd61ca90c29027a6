//! What a ticket is prepared for.

use super::check;
use super::content::Content;
use crate::fields::{Fields, Refusal};
use crate::sentences::arguments as words;
use crate::sentences::fields::named;

/// What is going to be sent; for [`crate::Client::prepare_send`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SendContent<'a> {
    /// A text of 1 to 4096 UTF-16 units.
    Message(&'a str),
    /// A file, by its name and its size in bytes.
    File {
        /// The name alone, without a path.
        name: &'a str,
        /// 1 byte to 5 MB.
        size: u64,
    },
}

impl SendContent<'_> {
    pub(crate) fn check(&self) -> Result<Content, Refusal> {
        match self {
            SendContent::Message(text) => check::message(text).map(Content::text),
            SendContent::File { name, size } => {
                check::file(name, usize::try_from(*size).unwrap_or(usize::MAX))?;
                Ok(Content::file(name, *size as i64))
            }
        }
    }
}

/// The same from JSON: `{"message": …}` or `{"fileName": …, "fileSize": …}`.
#[derive(Debug)]
pub(crate) enum OwnedSendContent {
    Message(String),
    File { name: String, size: u64 },
}

impl OwnedSendContent {
    pub(crate) fn from_json(json: &str) -> Result<Self, Refusal> {
        const WHAT: &str = "content_json";
        let mut fields = Fields::parse(&|| named(WHAT), json)?;
        let parts = (fields.text("message")?, fields.text("fileName")?, fields.whole("fileSize")?);
        fields.finish(&|| named(WHAT))?;
        match parts {
            (Some(text), None, None) => Ok(OwnedSendContent::Message(text)),
            (None, Some(name), Some(size)) => Ok(OwnedSendContent::File { name, size }),
            _ => Err(words::content_is_wrong(WHAT)),
        }
    }

    pub(crate) fn as_content(&self) -> SendContent<'_> {
        match self {
            OwnedSendContent::Message(text) => SendContent::Message(text),
            OwnedSendContent::File { name, size } => SendContent::File { name, size: *size },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_a_text_or_a_file() {
        for (json, expected) in [
            (r#"{"message": "Да"}"#, Ok(Content::text("Да"))),
            (r#"{"fileName": "a.png", "fileSize": 5}"#, Ok(Content::file("a.png", 5))),
            (r#"{"message": " "}"#, Err("empty")),
            (r#"{"fileName": "a.png", "fileSize": 5242881}"#, Err("5 MB")),
            (r#"{"fileName": "a.png"}"#, Err("fileSize")),
            (r#"{"message": "Да", "fileSize": 5}"#, Err("either")),
            (r#"{"text": "Да"}"#, Err("\"text\"")),
            ("{}", Err("message")),
            ("", Err("content_json")),
        ] {
            let owned = OwnedSendContent::from_json(json);
            let read = owned.and_then(|owned| owned.as_content().check());
            match expected {
                Ok(content) => assert_eq!(read, Ok(content), "{json}"),
                Err(word) => {
                    assert!(read.as_ref().unwrap_err().english().contains(word), "{json} {read:?}")
                }
            }
        }
    }
}
