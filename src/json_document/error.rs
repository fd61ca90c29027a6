//! Why a value could not be read.

use std::fmt;

use crate::error::Error;
use crate::language::Language;
use crate::sentences::{Sentence, json as words};
use crate::status::Status;

/// What a JSON value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum JsonKind {
    /// `null`.
    Null,
    /// `true` or `false`.
    Boolean,
    /// Any number.
    Number,
    /// A string.
    String,
    /// An array.
    Array,
    /// An object.
    Object,
}

impl JsonKind {
    /// The name in JSON Schema: `null`, `boolean`, `number`, `string`, `array`, `object`.
    pub fn as_str(self) -> &'static str {
        match self {
            JsonKind::Null => "null",
            JsonKind::Boolean => "boolean",
            JsonKind::Number => "number",
            JsonKind::String => "string",
            JsonKind::Array => "array",
            JsonKind::Object => "object",
        }
    }

    /// For sentences.
    pub(super) fn phrase(self) -> Sentence {
        match self {
            JsonKind::Null => words::null(),
            JsonKind::Boolean => words::a_boolean(),
            JsonKind::Number => words::a_number(),
            JsonKind::String => words::a_string(),
            JsonKind::Array => words::an_array(),
            JsonKind::Object => words::an_object(),
        }
    }
}

/// Why a value of a [`JsonDocument`](crate::JsonDocument) could not be read, for programs that
/// tell the cases apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum JsonErrorReason {
    /// The text is not JSON, nests too deep, or is too long.
    NotJson,
    /// The pointer itself is not one of RFC 6901.
    InvalidPointer,
    /// Nothing stands where the pointer leads.
    Absent,
    /// `null` stands there.
    Null,
    /// A value of another kind stands there.
    WrongKind,
    /// A number stands there that is no integer of 64 bits.
    NotInt64,
}

/// Why a text could not be parsed, or a value of it not be read.
///
/// `Display` gives a sentence that names the pointer, what stands there instead, and what to do.
/// It holds no value of the document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JsonError {
    reason: JsonErrorReason,
    /// What happened, without a full stop.
    what: Sentence,
    advice: Sentence,
}

impl JsonError {
    pub(super) fn new(reason: JsonErrorReason, what: Sentence, advice: Sentence) -> Self {
        JsonError { reason, what, advice }
    }

    /// Which of the cases it is.
    pub fn reason(&self) -> JsonErrorReason {
        self.reason
    }

    /// The status at the C boundary: `NOT_FOUND` for what is absent or null, `INVALID_ARGUMENT`
    /// for everything else.
    pub fn status(&self) -> Status {
        match self.reason {
            JsonErrorReason::Absent | JsonErrorReason::Null => Status::NotFound,
            JsonErrorReason::NotJson
            | JsonErrorReason::InvalidPointer
            | JsonErrorReason::WrongKind
            | JsonErrorReason::NotInt64 => Status::InvalidArgument,
        }
    }
}

impl fmt::Display for JsonError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [what, advice] =
            [&self.what, &self.advice].map(|text| text.in_language(Language::English));
        write!(formatter, "{what}. {advice}")
    }
}

impl std::error::Error for JsonError {}

impl From<JsonError> for Error {
    fn from(error: JsonError) -> Self {
        Error::new(error.status(), "json", error.what).with_advice(error.advice)
    }
}
