//! From the text of a result to a value.

use crate::error::Error;
use crate::pipeline::{Answer, Operation};
use crate::status::Status;

/// The advice where the service does not keep to its own API.
pub(super) const ASK_SUPPORT: &str = "Ask the Market's support, and give the trace id.";

/// Reads a result that is known to be JSON of the promised kind.
pub(crate) fn read<'a, T: serde::Deserialize<'a>>(
    operation: &Operation,
    json: &'a [u8],
) -> Result<T, Error> {
    serde_json::from_slice(json).map_err(|error| unreadable(operation, &error))
}

/// The same, with the requests behind the answer named in the error.
pub(crate) fn read_answer<'a, T: serde::Deserialize<'a>>(
    operation: &Operation,
    answer: &'a Answer,
) -> Result<T, Error> {
    read(operation, answer.bytes()).map_err(|error| answer.label(error))
}

pub(super) fn unreadable(operation: &Operation, error: &serde_json::Error) -> Error {
    Error::new(
        Status::Protocol,
        operation.name,
        format!("the answer is not what the API promises: {}", without_values(error)),
    )
    .with_http_status(200)
    .with_advice(ASK_SUPPORT)
}

/// What serde has to say, but for the values: they are the customers', and may be anything.
fn without_values(error: &serde_json::Error) -> String {
    let text = error.to_string();
    match text.rsplit_once(", expected ") {
        _ if text.starts_with("missing field") => text,
        Some((_, expected)) => format!("expected {expected}"),
        None => format!("at line {} column {}", error.line(), error.column()),
    }
}

pub(crate) fn circular(operation: &Operation, what: &str) -> Error {
    Error::new(Status::Protocol, operation.name, what).with_advice(ASK_SUPPORT)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::operations::GET_CHATS;

    #[test]
    fn lists_that_cannot_be_read_give_one_piece_of_advice() {
        circular(&GET_CHATS, "the same page token came twice").has_one_advice();
        let wrong = serde_json::from_str::<u8>("x").unwrap_err();
        unreadable(&GET_CHATS, &wrong).has_one_advice();
    }
}
