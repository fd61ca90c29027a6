//! An exact JSON reader for programs that have none: integers of 64 bits stay what they are.

mod canonical;
mod error;
mod index;
mod strings;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::fmt;

use crate::sentences::{Sentence, advice, errors, json as words};
pub use error::{JsonError, JsonErrorReason, JsonKind};
use index::{Index, Slot};

/// The longest text that is parsed, in bytes: 64 MiB.
const MAX_TEXT_BYTES: usize = 64 * 1024 * 1024;

/// The longest part of a pointer that an error repeats, in characters.
const MAX_QUOTED_POINTER: usize = 200;

/// A parsed JSON text, whose values are read by JSON Pointer (RFC 6901).
///
/// A pointer is `""` for the whole document, or a path such as `/messages/0/messageId`. A `/`
/// within a key is written `~1`, a `~` is written `~0`.
///
/// - The text is scanned once. Each reader then takes time that grows with the length of the
///   pointer, and with the logarithm of the number of members of the objects on its way; an
///   array's item is found at once.
/// - Integers are exact: nothing goes through a floating-point number.
/// - A text has at most 64 MiB and nests at most 127 levels deep. Besides the text itself, the
///   document takes 8 to 16 bytes for each value; 7 times the size of the text at most.
/// - An object may have the same key twice: the pointer then finds the last one, as with
///   serde_json, Python and JavaScript. [`count`](Self::count) and [`key`](Self::key) know both.
/// - Half of a surrogate pair in a string reads as U+FFFD.
/// - A document never changes and may be read by many threads at a time.
///
/// ```
/// use ymchat::{JsonDocument, JsonErrorReason};
///
/// let document = JsonDocument::parse(
///     r#"{"messages": [{"messageId": 9007199254740993, "message": "Здравствуйте!"}],
///         "paging": null}"#,
/// )?;
/// for index in 0..document.count("/messages")? {
///     let id = document.int64(&format!("/messages/{index}/messageId"))?;
///     assert_eq!(id, 9_007_199_254_740_993);
/// }
/// assert_eq!(document.text("/messages/0/message")?, "Здравствуйте!");
///
/// let error = document.text("/paging/nextPageToken").unwrap_err();
/// assert_eq!(error.reason(), JsonErrorReason::Absent);
/// # Ok::<(), ymchat::JsonError>(())
/// ```
pub struct JsonDocument {
    text: Box<str>,
    index: Index,
}

impl JsonDocument {
    /// Parses one JSON text.
    ///
    /// # Errors
    /// [`JsonErrorReason::NotJson`], with the place, if the text is not JSON (RFC 8259), nests
    /// deeper than 127 levels, is longer than 64 MiB, or begins with a byte order mark.
    pub fn parse(text: impl Into<Box<str>>) -> Result<Self, JsonError> {
        let text = text.into();
        let not_json = |what, advice| Err(JsonError::new(JsonErrorReason::NotJson, what, advice));
        if text.len() > MAX_TEXT_BYTES {
            return not_json(
                words::text_too_long(text.len(), MAX_TEXT_BYTES),
                advice::ask_for_fewer_items(),
            );
        }
        if text.starts_with('\u{FEFF}') {
            return not_json(words::text_with_mark(), advice::remove_byte_order_mark());
        }
        match Index::build(&text) {
            Ok(index) => Ok(JsonDocument { text, index }),
            Err(error) => not_json(
                words::text_not_json(error.at, &words::syntax(error.what)),
                advice::pass_on_as_received(),
            ),
        }
    }

    /// What stands there, or `None` if nothing does.
    ///
    /// ```
    /// # use ymchat::{JsonDocument, JsonKind};
    /// let document = JsonDocument::parse(r#"{"payload": null}"#)?;
    /// assert_eq!(document.kind("/payload")?, Some(JsonKind::Null));
    /// assert_eq!(document.kind("/message")?, None);
    /// # Ok::<(), ymchat::JsonError>(())
    /// ```
    ///
    /// # Errors
    /// [`JsonErrorReason::InvalidPointer`].
    pub fn kind(&self, pointer: &str) -> Result<Option<JsonKind>, JsonError> {
        check_pointer(pointer)?;
        Ok(self.locate(pointer).ok().map(|slot| self.kind_of(slot)))
    }

    /// The characters of a string. They may hold U+0000, which ends a string in C:
    /// [`text_for_c`](Self::text_for_c) replaces it.
    ///
    /// # Errors
    /// All [reasons](JsonErrorReason) but `NotJson` and `NotInt64`.
    pub fn text(&self, pointer: &str) -> Result<Cow<'_, str>, JsonError> {
        let slot = self.find(pointer)?;
        match self.kind_of(slot) {
            JsonKind::String => Ok(strings::decode(self.raw_of(slot))),
            found => Err(wrong_kind(pointer, &words::a_string(), found)),
        }
    }

    /// As [`text`](Self::text), with each U+0000 replaced by U+FFFD.
    ///
    /// # Errors
    /// Those of [`text`](Self::text).
    pub fn text_for_c(&self, pointer: &str) -> Result<Cow<'_, str>, JsonError> {
        self.text(pointer).map(without_nul)
    }

    /// A number without fraction and exponent, or a string that holds nothing but such a number:
    /// the service gives some ids as strings.
    ///
    /// ```
    /// # use ymchat::JsonDocument;
    /// let document = JsonDocument::parse(r#"["9223372036854775807", -9223372036854775808]"#)?;
    /// assert_eq!(document.int64("/0")?, i64::MAX);
    /// assert_eq!(document.int64("/1")?, i64::MIN);
    /// # Ok::<(), ymchat::JsonError>(())
    /// ```
    ///
    /// # Errors
    /// [`JsonErrorReason::NotInt64`] for a number with a fraction or an exponent, or outside of 64
    /// bits; [`JsonErrorReason::WrongKind`] for a string that is not a decimal number; otherwise
    /// those of [`text`](Self::text).
    pub fn int64(&self, pointer: &str) -> Result<i64, JsonError> {
        let slot = self.find(pointer)?;
        let kind = self.kind_of(slot);
        let digits = match kind {
            JsonKind::Number => Cow::Borrowed(self.raw_of(slot)),
            JsonKind::String => strings::decode(self.raw_of(slot)),
            found => return Err(wrong_kind(pointer, &words::a_number(), found)),
        };
        if !is_integer(&digits) {
            return Err(if kind == JsonKind::Number {
                not_int64(words::is_no_integer(&at(pointer)))
            } else {
                JsonError::new(
                    JsonErrorReason::WrongKind,
                    words::holds_no_integer(&at(pointer)),
                    advice::read_as_text(),
                )
            });
        }
        digits.parse().map_err(|_| not_int64(words::exceeds_64_bits(&at(pointer))))
    }

    /// `true` or `false`.
    ///
    /// # Errors
    /// Those of [`text`](Self::text).
    pub fn boolean(&self, pointer: &str) -> Result<bool, JsonError> {
        let slot = self.find(pointer)?;
        match self.kind_of(slot) {
            JsonKind::Boolean => Ok(self.raw_of(slot) == "true"),
            found => Err(wrong_kind(pointer, &words::a_boolean(), found)),
        }
    }

    /// How many items an array has, or how many members an object.
    ///
    /// # Errors
    /// Those of [`text`](Self::text).
    pub fn count(&self, pointer: &str) -> Result<usize, JsonError> {
        let slot = self.find(pointer)?;
        match self.kind_of(slot) {
            JsonKind::Array => Ok(self.index.count(&self.text, slot, false)),
            JsonKind::Object => Ok(self.index.count(&self.text, slot, true)),
            found => Err(wrong_kind(pointer, &words::an_array_or_object(), found)),
        }
    }

    /// The key of an object's member, by its index in the text's order, from 0 to
    /// [`count`](Self::count) − 1.
    ///
    /// ```
    /// # use ymchat::JsonDocument;
    /// let document = JsonDocument::parse(r#"{"errors": {"chatId": 1, "limit": 2}}"#)?;
    /// assert_eq!(document.key("/errors", 1)?, "limit");
    /// # Ok::<(), ymchat::JsonError>(())
    /// ```
    ///
    /// # Errors
    /// Those of [`text`](Self::text); [`JsonErrorReason::Absent`] if the object has fewer members.
    pub fn key(&self, pointer: &str, index: usize) -> Result<Cow<'_, str>, JsonError> {
        let slot = self.find(pointer)?;
        match self.kind_of(slot) {
            JsonKind::Object => match self.index.child(&self.text, slot, true, index) {
                Some(key) => Ok(strings::decode(self.raw_of(key))),
                None => Err(JsonError::new(
                    JsonErrorReason::Absent,
                    words::fewer_members(
                        &at(pointer),
                        self.index.count(&self.text, slot, true),
                        index,
                    ),
                    advice::count_from_zero(),
                )),
            },
            found => Err(wrong_kind(pointer, &words::an_object(), found)),
        }
    }

    /// As [`key`](Self::key), with each U+0000 replaced by U+FFFD.
    ///
    /// # Errors
    /// Those of [`key`](Self::key).
    pub fn key_for_c(&self, pointer: &str, index: usize) -> Result<Cow<'_, str>, JsonError> {
        self.key(pointer, index).map(without_nul)
    }

    /// The value's own text, of whatever kind, byte for byte as it stands in the document.
    ///
    /// ```
    /// # use ymchat::JsonDocument;
    /// let document = JsonDocument::parse(r#"{"price": 10.50, "tags": [ "a" ]}"#)?;
    /// assert_eq!(document.raw("/price")?, "10.50");
    /// assert_eq!(document.raw("/tags")?, r#"[ "a" ]"#);
    /// # Ok::<(), ymchat::JsonError>(())
    /// ```
    ///
    /// # Errors
    /// [`JsonErrorReason::InvalidPointer`], [`JsonErrorReason::Absent`].
    pub fn raw(&self, pointer: &str) -> Result<&str, JsonError> {
        self.find(pointer).map(|slot| self.raw_of(slot))
    }

    fn find(&self, pointer: &str) -> Result<Slot, JsonError> {
        check_pointer(pointer)?;
        self.locate(pointer).map_err(|missing| self.absent(pointer, &missing))
    }

    fn locate<'p>(&self, pointer: &'p str) -> Result<Slot, Missing<'p>> {
        let mut slot = 0;
        let mut passed = 0;
        // The part before the first slash is empty.
        for part in pointer.split('/').skip(1) {
            let found = match self.kind_of(slot) {
                JsonKind::Object => self.index.member(&self.text, slot, &unescape(part)),
                JsonKind::Array => array_index(part)
                    .and_then(|index| self.index.child(&self.text, slot, false, index)),
                _ => None,
            };
            slot = found.ok_or(Missing { parent: slot, passed, part })?;
            passed += 1 + part.len();
        }
        Ok(slot)
    }

    #[cold]
    fn absent(&self, pointer: &str, missing: &Missing<'_>) -> JsonError {
        let parent = &at(&pointer[..missing.passed]);
        let because = match self.kind_of(missing.parent) {
            JsonKind::Object => words::no_such_member(parent),
            JsonKind::Array if array_index(missing.part).is_none() => {
                words::items_are_numbered(parent)
            }
            JsonKind::Array => {
                let count = self.index.count(&self.text, missing.parent, false);
                words::array_is_shorter(parent, count)
            }
            other => words::parent_is(parent, &other.phrase()),
        };
        JsonError::new(
            JsonErrorReason::Absent,
            words::not_there(&at(pointer), &because),
            advice::ask_kind_if_missing(),
        )
    }

    fn raw_of(&self, slot: Slot) -> &str {
        self.index.raw(&self.text, slot)
    }

    fn kind_of(&self, slot: Slot) -> JsonKind {
        match self.raw_of(slot).as_bytes()[0] {
            b'{' => JsonKind::Object,
            b'[' => JsonKind::Array,
            b'"' => JsonKind::String,
            b't' | b'f' => JsonKind::Boolean,
            b'n' => JsonKind::Null,
            _ => JsonKind::Number,
        }
    }
}

/// Where a pointer leads nowhere.
struct Missing<'p> {
    /// The last value on its way.
    parent: Slot,
    /// The length of the pointer to that.
    passed: usize,
    /// The part that is not found in it.
    part: &'p str,
}

/// Gives the size alone: documents hold what customers write.
impl fmt::Debug for JsonDocument {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "JsonDocument({} bytes)", self.text.len())
    }
}

/// A text as a JSON string, with its quotation marks.
///
/// ```
/// assert_eq!(ymchat::json_quote("Размер 5\" и \\"), r#""Размер 5\" и \\""#);
/// ```
pub fn json_quote(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn check_pointer(pointer: &str) -> Result<(), JsonError> {
    let advice = if !pointer.is_empty() && !pointer.starts_with('/') {
        advice::begin_with_slash()
    } else if pointer.split('~').skip(1).any(|after_tilde| !after_tilde.starts_with(['0', '1'])) {
        advice::escape_tilde()
    } else {
        return Ok(());
    };
    Err(JsonError::new(JsonErrorReason::InvalidPointer, words::not_a_pointer(&at(pointer)), advice))
}

fn unescape(part: &str) -> Cow<'_, str> {
    if part.contains('~') {
        // In this order: "~01" stands for "~1".
        Cow::Owned(part.replace("~1", "/").replace("~0", "~"))
    } else {
        Cow::Borrowed(part)
    }
}

/// Digits without a leading zero, as RFC 6901 has them.
fn array_index(part: &str) -> Option<usize> {
    let is_index = part == "0"
        || !part.starts_with('0') && !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    if is_index { part.parse().ok() } else { None }
}

/// Digits as JSON writes an integer: no plus, no leading zero, no space.
fn is_integer(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    digits == "0"
        || !digits.starts_with('0')
            && !digits.is_empty()
            && digits.bytes().all(|byte| byte.is_ascii_digit())
}

fn without_nul(text: Cow<'_, str>) -> Cow<'_, str> {
    if text.contains('\0') { Cow::Owned(text.replace('\0', "\u{FFFD}")) } else { text }
}

#[cold]
fn wrong_kind(pointer: &str, expected: &Sentence, found: JsonKind) -> JsonError {
    let at = &at(pointer);
    if found == JsonKind::Null {
        return JsonError::new(
            JsonErrorReason::Null,
            words::is_null(at, expected),
            advice::ask_kind_if_null(),
        );
    }
    let advice = match found {
        JsonKind::String => advice::read_as_text(),
        JsonKind::Number => advice::read_as_number(),
        JsonKind::Boolean => advice::read_as_boolean(),
        JsonKind::Array | JsonKind::Object | JsonKind::Null => advice::read_inside(),
    };
    JsonError::new(
        JsonErrorReason::WrongKind,
        words::is_of_wrong_kind(at, &found.phrase(), expected),
        advice,
    )
}

#[cold]
fn not_int64(what: Sentence) -> JsonError {
    JsonError::new(JsonErrorReason::NotInt64, what, advice::read_as_raw())
}

/// A pointer in a sentence.
fn at(pointer: &str) -> Sentence {
    match pointer.char_indices().nth(MAX_QUOTED_POINTER) {
        None if pointer.is_empty() => words::whole_document(),
        None => errors::verbatim(&format!("{pointer:?}")),
        Some((end, _)) => errors::verbatim(&format!("{:?}…", &pointer[..end])),
    }
}
