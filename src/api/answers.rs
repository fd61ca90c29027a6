//! From the text of a result to a value.

use serde_json::value::RawValue;

use crate::error::Error;
use crate::pipeline::{Answer, Operation};
use crate::sentences::{Sentence, advice, network};
use crate::status::Status;

/// Reads a result that is known to be JSON of the promised kind.
pub(crate) fn read<'a, T: serde::Deserialize<'a>>(
    operation: &Operation,
    json: &'a [u8],
) -> Result<T, Error> {
    serde_json::from_slice(json).map_err(|error| unreadable(operation, &error))
}

/// Like [`read`]; the error names the request that brought the answer.
pub(crate) fn read_answer<'a, T: serde::Deserialize<'a>>(
    operation: &Operation,
    answer: &'a Answer,
) -> Result<T, Error> {
    read(operation, answer.bytes()).map_err(|error| answer.label(error))
}

/// Reads an item of a list; the error names the request that brought it.
pub(crate) fn read_item<'a, T: serde::Deserialize<'a>>(
    operation: &Operation,
    answer: &Answer,
    item: &'a RawValue,
) -> Result<T, Error> {
    read(operation, item.get().as_bytes()).map_err(|error| answer.label(error))
}

pub(super) fn unreadable(operation: &Operation, error: &serde_json::Error) -> Error {
    Error::new(Status::Protocol, operation.name, network::broken_promise(&without_values(error)))
        .with_http_status(200)
        .with_advice(advice::ask_support())
}

/// serde's message without the values that it quotes: they may be a customer's words.
fn without_values(error: &serde_json::Error) -> Sentence {
    let text = error.to_string();
    match text.rsplit_once(", expected ") {
        _ if text.starts_with("missing field") => {
            let name = text.split('`').nth(1).unwrap_or_default();
            network::missing_field(name, error.line(), error.column())
        }
        Some((_, expected)) => network::expected(expected),
        None => network::at_place(error.line(), error.column()),
    }
}

pub(crate) fn endless_list(operation: &Operation, what: Sentence) -> Error {
    Error::new(Status::Protocol, operation.name, what).with_advice(advice::ask_support())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::operations::GET_CHATS;

    #[test]
    fn lists_that_cannot_be_read_give_one_piece_of_advice() {
        endless_list(&GET_CHATS, crate::sentences::sync::circle_of_pages()).has_one_advice();
        let wrong = serde_json::from_str::<u8>("x").unwrap_err();
        unreadable(&GET_CHATS, &wrong).has_one_advice();
    }

    #[test]
    fn what_serde_says_of_an_answer_is_told_in_both_languages() {
        #[derive(Debug, serde::Deserialize)]
        struct Item {
            #[serde(rename = "chatId")]
            _id: u64,
        }
        let pairs = [
            (
                "{}",
                "missing field `chatId` at line 1 column 2",
                "нет поля `chatId` (строка 1, позиция 2)",
            ),
            (r#"{"chatId": "s3cret"}"#, "expected u64 at line 1 column 19", "нужно: u64"),
            ("{", "at line 1 column 1", "строка 1, позиция 1"),
        ];
        for (json, english, russian) in pairs {
            let wrong = serde_json::from_str::<Item>(json).unwrap_err();
            let what = unreadable(&GET_CHATS, &wrong).what();
            let both = crate::Language::ALL.iter().map(|language| what.in_language(*language));
            for (text, part) in both.zip([english, russian]) {
                assert!(text.contains(part) && !text.contains("s3cret"), "{json}: {text}");
            }
        }
    }
}
