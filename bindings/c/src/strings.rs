//! The strings that are handed out, in the memory in which the answer was received.
//!
//! A page of messages is some forty kilobytes: copying it, measuring it or searching it for a NUL
//! would each cost as much as a tenth of checking it. So the text stays where it is, a NUL goes
//! behind it, and right before it, over bytes of the answer that nobody needs any more, stand the
//! two words that it takes to free it.

use std::mem::ManuallyDrop;
use std::ops::Range;
use std::ptr;

use libc::c_char;

use ymchat_core::JsonText;

/// Where the allocation begins, and how long it is.
type Header = (*mut u8, usize);

const HEADER: usize = size_of::<Header>();

/// What is to be handed out: JSON text somewhere in its memory.
pub(super) struct Document {
    memory: Vec<u8>,
    text: Range<usize>,
}

impl From<JsonText> for Document {
    fn from(json: JsonText) -> Self {
        let (memory, text) = json.into_parts();
        Document { memory, text }
    }
}

impl From<String> for Document {
    fn from(json: String) -> Self {
        let memory = json.into_bytes();
        Document { text: 0..memory.len(), memory }
    }
}

/// Makes a C string of a text; [`free`] takes it back. JSON holds no NUL.
pub(super) fn hand_out(document: Document) -> *mut c_char {
    let Document { memory: mut bytes, text } = document;
    let start = if text.start >= HEADER {
        bytes.truncate(text.end);
        text.start
    } else {
        let mut moved = Vec::with_capacity(HEADER + text.len() + 1);
        moved.resize(HEADER, 0);
        moved.extend_from_slice(&bytes[text]);
        bytes = moved;
        HEADER
    };
    bytes.push(0);
    let mut bytes = ManuallyDrop::new(bytes);
    let header: Header = (bytes.as_mut_ptr(), bytes.capacity());
    // SAFETY: `start` is at least the header's length and within the vector, so that the header
    // lies within it, too; nothing is aligned there.
    unsafe {
        let text = header.0.add(start);
        text.sub(HEADER).cast::<Header>().write_unaligned(header);
        text.cast()
    }
}

/// Frees a string; NULL is fine.
///
/// # Safety
/// `string` is NULL, or came from [`hand_out`] and was not freed yet.
pub(super) unsafe fn free(string: *mut c_char) {
    if string.is_null() {
        return;
    }
    // SAFETY: `hand_out` wrote the header there, from a vector that it then forgot.
    unsafe {
        let header = string.cast::<u8>().sub(HEADER).cast::<Header>();
        let (start, capacity) = ptr::read_unaligned(header);
        drop(Vec::from_raw_parts(start, 0, capacity));
    }
}

#[cfg(test)]
mod tests {
    use std::ffi::CStr;

    use super::*;

    #[test]
    fn texts_come_out_whole_wherever_they_stood() {
        let body = b"{\"status\":\"OK\",\"result\":{\"a\":1}}".to_vec();
        for (range, expected) in [(24..31, "{\"a\":1}"), (0..32, ""), (3..5, ""), (32..32, "")] {
            let expected =
                if expected.is_empty() { &body[range.clone()] } else { expected.as_bytes() };
            let string = hand_out(Document { memory: body.clone(), text: range.clone() });
            // SAFETY: it is a C string of ours, freed once.
            unsafe {
                assert_eq!(CStr::from_ptr(string).to_bytes(), expected, "{range:?}");
                free(string);
            }
        }
        // SAFETY: NULL is fine.
        unsafe { free(ptr::null_mut()) };
    }
}
