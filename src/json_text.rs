//! JSON text, in the memory that it was received in.

use std::fmt;
use std::ops::Range;

/// A JSON document: UTF-8, well-formed, and without a NUL.
///
/// An answer of the service stays in the memory that it was received in; the document is a part
/// of it.
#[derive(Clone)]
pub struct JsonText {
    memory: Vec<u8>,
    text: Range<usize>,
}

impl JsonText {
    /// The JSON text in the range `text` of `memory`; the caller has checked it.
    pub(crate) fn new(memory: Vec<u8>, text: Range<usize>) -> Self {
        JsonText { memory, text }
    }

    /// The text of a value that is made here.
    pub(crate) fn from_value(value: &impl serde::Serialize) -> Self {
        // Only strings, numbers and lists of them are in it, which cannot fail.
        JsonText::from_text(serde_json::to_vec(value).unwrap_or_default())
    }

    /// A text that was made here.
    pub(crate) fn from_text(text: Vec<u8>) -> Self {
        let all = 0..text.len();
        JsonText::new(text, all)
    }

    /// The document, as the bytes of its UTF-8.
    pub fn as_bytes(&self) -> &[u8] {
        &self.memory[self.text.clone()]
    }

    /// The memory, and where in it the document stands: for who hands it on without a copy.
    pub fn into_parts(self) -> (Vec<u8>, Range<usize>) {
        (self.memory, self.text)
    }
}

/// Shows the length alone: the text may hold what customers wrote, which no log should have.
impl fmt::Debug for JsonText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "JsonText({} bytes)", self.text.len())
    }
}
