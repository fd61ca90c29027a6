//! The body of an answer, and how one is read whose length is not known before.

use std::fmt;
use std::io::{self, Read};

use flate2::read::MultiGzDecoder;
use http::{HeaderMap, header};

use super::error::{Cause, ErrorKind};
use crate::sentences::transport as words;

/// A page of messages, where the answer does not say how long it is.
const DEFAULT_CAPACITY: usize = 48 * 1024;
/// Up to here the memory doubles. Then all that is allowed is reserved at once: memory that grows
/// by copying would for a moment be needed twice, and what is never written to costs nothing.
const MAX_DOUBLING: usize = 512 * 1024;

/// The body of an answer, in the memory that it was received in.
#[derive(Default)]
pub(crate) struct Body {
    memory: Vec<u8>,
    /// It reaches from here to the memory's end.
    start: usize,
}

impl Body {
    pub(super) fn new(memory: Vec<u8>, start: usize) -> Self {
        Body { memory, start }
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.memory[self.start..]
    }

    /// The same bytes, to be changed without a change of their number.
    pub(crate) fn bytes_mut(&mut self) -> &mut [u8] {
        &mut self.memory[self.start..]
    }

    /// The memory, and where in it the body begins.
    pub(crate) fn into_parts(self) -> (Vec<u8>, usize) {
        (self.memory, self.start)
    }
}

impl From<Vec<u8>> for Body {
    fn from(memory: Vec<u8>) -> Self {
        Body { memory, start: 0 }
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // It holds what customers write.
        write!(f, "Body({} bytes)", self.bytes().len())
    }
}

pub(super) fn too_large(limit: usize) -> Cause {
    Cause::new(ErrorKind::TooLarge, words::answer_too_long(limit))
}

/// Whether a body is compressed. Codings are compared without regard to case, and `x-gzip` is
/// another name of `gzip` (RFC 9110, section 8.4.1). Nothing else was asked for.
pub(super) fn is_gzip(headers: &HeaderMap) -> bool {
    let coding = headers.get(header::CONTENT_ENCODING).map(|value| value.as_bytes().trim_ascii());
    coding.is_some_and(|coding| {
        coding.eq_ignore_ascii_case(b"gzip") || coding.eq_ignore_ascii_case(b"x-gzip")
    })
}

/// Reads a compressed body. The limit is for what it becomes.
pub(super) fn read_gzip(body: impl Read, limit: usize) -> io::Result<Vec<u8>> {
    read_to_end(MultiGzDecoder::new(body), limit).map_err(of_gzip)
}

/// What an error of a compressed body means.
pub(super) fn of_gzip(error: io::Error) -> io::Error {
    let kind = match error.kind() {
        // The end came too early.
        io::ErrorKind::UnexpectedEof => ErrorKind::Broken,
        _ => ErrorKind::Malformed,
    };
    Cause::of_io(error, kind).into()
}

/// Reads a body to its end.
pub(super) fn read_to_end(mut body: impl Read, limit: usize) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(DEFAULT_CAPACITY.min(limit + 1));
    loop {
        let room = bytes.capacity() - bytes.len();
        let count = body.by_ref().take(room as u64).read_to_end(&mut bytes)?;
        if bytes.len() > limit {
            return Err(too_large(limit).into());
        }
        if count < room {
            break;
        }
        let capacity = match bytes.capacity() * 2 {
            doubled if doubled <= MAX_DOUBLING.min(limit) => doubled,
            _ => limit + 1,
        };
        bytes
            .try_reserve_exact(capacity.saturating_sub(bytes.len()))
            .map_err(|_| Cause::new(ErrorKind::Broken, words::no_memory_for_answer()))?;
    }
    if bytes.capacity() > 2 * bytes.len() {
        // One byte more for the NUL of the C string that this becomes.
        bytes.shrink_to(bytes.len() + 1);
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;
    use http::HeaderValue;

    use super::*;

    #[test]
    fn gzip_has_two_names_in_any_case() {
        for (coding, expected) in [
            ("gzip", true),
            ("GZIP", true),
            ("x-gzip", true),
            ("X-Gzip ", true),
            ("identity", false),
            ("br", false),
            ("gzip, gzip", false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(coding));
            assert_eq!(is_gzip(&headers), expected, "{coding}");
        }
        assert!(!is_gzip(&HeaderMap::new()));
    }

    #[test]
    fn bodies_up_to_the_limit_are_read_whatever_their_length() {
        let limit = 3 * MAX_DOUBLING;
        for length in [0, 1, DEFAULT_CAPACITY, MAX_DOUBLING - 1, MAX_DOUBLING + 1, limit] {
            let body = vec![b'x'; length];
            let read = read_to_end(&body[..], limit).unwrap();
            assert_eq!(read, body);
            assert!(read.capacity() <= (2 * length).max(DEFAULT_CAPACITY), "{length}");
        }
        for length in [limit + 1, 2 * limit] {
            let error = read_to_end(io::repeat(b'x').take(length as u64), limit).unwrap_err();
            assert_eq!(Cause::of_io(error, ErrorKind::Broken).kind, ErrorKind::TooLarge);
        }
        assert_eq!(read_to_end(&b"abc"[..], 3).unwrap(), b"abc");
        assert!(read_to_end(&b"abcd"[..], 3).is_err());
    }

    #[test]
    fn a_compressed_body_that_ends_early_is_told_from_a_spoiled_one() {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(b"some text that is compressed").unwrap();
        let mut zipped = encoder.finish().unwrap();
        assert_eq!(read_gzip(&zipped[..], 100).unwrap(), b"some text that is compressed");
        let kind = |body: &[u8]| {
            let error = read_gzip(body, 100).unwrap_err();
            Cause::of_io(error, ErrorKind::Tls).kind
        };
        assert_eq!(kind(&zipped[..zipped.len() - 5]), ErrorKind::Broken);
        assert_eq!(kind(b"no gzip at all"), ErrorKind::Malformed);
        let last = zipped.len() - 1;
        zipped[last] ^= 1;
        assert_eq!(kind(&zipped), ErrorKind::Malformed);
    }
}
