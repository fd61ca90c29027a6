//! Exchanges whose answer is a text that a test has prepared, and what must hold of every such
//! text. Only tests and fuzz targets are built with this.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use http::HeaderMap;

use super::agent::Agents;
use super::connection::Wire;
use super::connector::Connector;
use super::error::Cause;
use super::exchange::Exchange;
use super::files::Files;
use super::{ErrorKind, HttpRequest, RequestBody, Transport};

/// No answer may have more.
const MAX_RESPONSE: usize = 64 * 1024;

/// An answer, in the pieces in which it arrives; then the server closes the connection.
#[derive(Debug)]
pub(super) struct Script {
    answer: VecDeque<u8>,
    piece: usize,
    work: Arc<Work>,
    /// Where the memory of the input was when something was last received, and how much it held.
    last_input: (usize, usize),
}

/// What an answer costs, in bytes: time cannot be measured on a busy machine.
#[derive(Debug, Default)]
struct Work {
    /// Looked at, by ureq or before.
    looked_at: AtomicUsize,
    /// Moved to another place after they were received.
    moved: AtomicUsize,
}

impl Script {
    pub(super) fn receive(&mut self, input: &mut Vec<u8>) -> usize {
        let place = input.as_ptr() as usize;
        if self.last_input != (place, input.len()) {
            self.work.moved.fetch_add(input.len(), Ordering::Relaxed);
        }
        let room = input.capacity() - input.len();
        let count = self.piece.min(room).min(self.answer.len());
        input.extend(self.answer.drain(..count));
        self.last_input = (place, input.len());
        count
    }

    pub(super) fn is_over(&self) -> bool {
        self.answer.is_empty()
    }

    pub(super) fn count_look(&self, bytes: usize) {
        self.work.looked_at.fetch_add(bytes, Ordering::Relaxed);
    }
}

/// What comes of an answer: status and body.
type Outcome = Result<(u16, Vec<u8>), ErrorKind>;

fn exchange(answer: &[u8], piece: usize) -> Outcome {
    exchange_with(answer, piece, MAX_RESPONSE, &Arc::default())
}

fn exchange_with(
    answer: &[u8],
    piece: usize,
    max_response_bytes: usize,
    work: &Arc<Work>,
) -> Outcome {
    let transport = Transport {
        agents: Agents::new(),
        base: http::Uri::from_static("http://127.0.0.1"),
        connector: Arc::new(Connector::unconnected()),
        max_response_bytes,
        files: Files::unconnected(),
    };
    let request = HttpRequest {
        method: &http::Method::GET,
        path: "/",
        headers: HeaderMap::new(),
        body: RequestBody::default(),
        fresh_connection: true,
    };
    let exchange = Exchange::over(wire(answer, piece, work), &transport.connector);
    match transport.run(request, &Arc::new(exchange)) {
        Ok(answer) => Ok((answer.status, answer.body.bytes().to_vec())),
        Err(Cause { kind, .. }) => Err(kind),
    }
}

/// A connection on which this comes, and then its end.
#[cfg(test)]
pub(super) fn answering(answer: &[u8]) -> Wire {
    wire(answer, usize::MAX, &Arc::default())
}

fn wire(answer: &[u8], piece: usize, work: &Arc<Work>) -> Wire {
    Wire::Script(Script {
        answer: answer.iter().copied().collect(),
        piece: piece.max(1),
        work: Arc::clone(work),
        last_input: (0, 0),
    })
}

/// What must hold of every answer: nothing panics, nothing is longer than it may be, and the
/// pieces in which it comes make no difference.
pub fn check(answer: &[u8], piece: usize) {
    let whole = exchange(answer, usize::MAX);
    if let Ok((_, body)) = &whole {
        assert!(body.len() <= MAX_RESPONSE, "{} bytes", body.len());
    }
    assert_eq!(whole, exchange(answer, piece), "in pieces of {piece} bytes");
}

#[cfg(test)]
mod work_tests;

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    pub(super) fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    pub(super) fn chunked(body: &[u8], size: usize, trailer: &str) -> Vec<u8> {
        let mut bytes = Vec::new();
        for chunk in body.chunks(size) {
            bytes.extend(format!("{:x};a=b\r\n", chunk.len()).into_bytes());
            bytes.extend(chunk);
            bytes.extend(b"\r\n");
        }
        bytes.extend(format!("0\r\n{trailer}\r\n").into_bytes());
        bytes
    }

    pub(super) fn answer(headers: &str, body: &[u8]) -> Vec<u8> {
        [format!("HTTP/1.1 200 OK\r\n{headers}\r\n").as_bytes(), body].concat()
    }

    /// Every way in which this body can come.
    fn answers(body: &[u8]) -> Vec<Vec<u8>> {
        const CHUNKED: &str = "Transfer-Encoding: chunked\r\n";
        const GZIP: &str = "Content-Encoding: gzip\r\n";
        let length = |body: &[u8]| format!("Content-Length: {}\r\n", body.len());
        let zipped = gzip(body);
        let known = answer(&length(body), body);
        vec![
            [&b"HTTP/1.1 103 Hints\r\nx: y\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n"[..], &known]
                .concat(),
            known,
            answer("", body),
            answer(CHUNKED, &chunked(body, 7, "")),
            answer(CHUNKED, &chunked(body, 50_000, "x: y\r\nz: a\r\n")),
            answer(&[GZIP, &length(&zipped)].concat(), &zipped),
            answer(&[GZIP, CHUNKED].concat(), &chunked(&zipped, 11, "")),
        ]
    }

    pub(super) fn body(length: usize) -> Vec<u8> {
        b"{\"status\": \"OK\", \"result\": {}} ".iter().copied().cycle().take(length).collect()
    }

    #[test]
    fn every_answer_is_read_whole_in_any_pieces() {
        for length in [1, 90, 12_287, 12_289, 40_000, 60_000, MAX_RESPONSE] {
            for answer in answers(&body(length)) {
                let shown = String::from_utf8_lossy(&answer[..answer.len().min(60)]).into_owned();
                for piece in [usize::MAX, 1, 2, 61, 4_096, 49_152] {
                    let outcome = exchange(&answer, piece);
                    assert_eq!(outcome.as_ref().map(|(status, _)| *status), Ok(200), "{shown}");
                    assert!(outcome.unwrap().1 == body(length), "{length} {piece}: {shown}");
                }
            }
        }
    }

    #[test]
    fn a_byte_too_many_is_refused_however_it_comes() {
        for answer in answers(&body(MAX_RESPONSE + 1)) {
            assert_eq!(exchange(&answer, usize::MAX), Err(ErrorKind::TooLarge));
            assert_eq!(exchange(&answer, 4_096), Err(ErrorKind::TooLarge));
        }
    }

    #[test]
    fn an_answer_that_is_cut_off_is_never_taken_for_whole() {
        for answer in answers(&body(90)) {
            let until_the_end = answer.starts_with(b"HTTP/1.1 200 OK\r\n\r\n");
            for length in 0..answer.len() {
                match exchange(&answer[..length], 7) {
                    Err(_) => check(&answer[..length], 1),
                    // RFC 9112, section 7.1.2: the last chunk ends the body, trailers or not.
                    Ok((_, text)) => assert!(until_the_end || text == body(90), "{length}"),
                }
            }
        }
    }

    #[test]
    fn whatever_comes_is_read_the_same_in_any_pieces() {
        // The seed stands in the failure's text.
        for seed in 0..600 {
            let mut random = fastrand::Rng::with_seed(seed);
            let text = body(random.usize(0..3_000));
            let mut list = answers(&text);
            let mut answer = list.swap_remove(random.usize(..list.len()));
            for _ in 0..random.usize(1..6) {
                let at = random.usize(..answer.len());
                match random.u8(..6) {
                    0 => answer[at] = random.u8(..),
                    1 => answer[at] ^= 1 << random.u8(..8),
                    2 => answer.truncate(at.max(1)),
                    3 => drop(answer.remove(at)),
                    4 => answer.insert(at, *random.choice(b"\r\n:; 0fx\0").unwrap()),
                    _ => {
                        let part =
                            answer[at..(at + random.usize(1..90)).min(answer.len())].to_vec();
                        let to = random.usize(..answer.len());
                        answer.splice(to..to, part);
                    }
                }
                if answer.is_empty() {
                    answer.push(b'H');
                }
            }
            let piece = random.usize(1..200);
            let checked = std::panic::catch_unwind(|| check(&answer, piece));
            assert!(checked.is_ok(), "seed {seed}: {:?}", String::from_utf8_lossy(&answer));
        }
    }
}
