//! What it costs to receive an answer grows as its length does, however it comes. Bytes are counted,
//! because time cannot be measured on a busy machine.

use std::iter;
use std::ops::ControlFlow;

use super::super::{Authorization, FileRequest, Receiver};
use super::tests::{answer, body, chunked, gzip};
use super::*;
use crate::settings::FileUrl;

/// How often each byte may be looked at: a header that comes byte by byte is read whenever it has
/// doubled, and its end is looked for by more than one byte at a time.
const MOST_LOOKS: usize = 8;
const LONG: usize = 256 * 1024;
const PIECES: [usize; 5] = [1, 3, 100, 5_000, usize::MAX];

const CHUNKED: &str = "Transfer-Encoding: chunked\r\n";
const GZIP: &str = "Content-Encoding: gzip\r\n";

fn headers(count: usize, length: usize) -> String {
    format!("x: {}\r\n", "y".repeat(length)).repeat(count)
}

fn of_length(body: &[u8]) -> Vec<u8> {
    answer(&format!("Content-Length: {}\r\n", body.len()), body)
}

fn in_chunks(body: &[u8], size: usize, trailer: &str) -> Vec<u8> {
    answer(CHUNKED, &chunked(body, size, trailer))
}

/// Compressed, it is as long as before.
fn noise() -> Vec<u8> {
    let mut random = fastrand::Rng::with_seed(1);
    iter::repeat_with(|| random.u8(..)).take(LONG).collect()
}

/// What comes before a body, as long as it may be; and whether it is an answer.
fn heads() -> Vec<(&'static str, bool, Vec<u8>)> {
    let interim = |headers: &str| format!("HTTP/1.1 103 Hints\r\n{headers}\r\n").into_bytes();
    let before = |first: &[u8]| [first, &of_length(b"{}")].concat();
    vec![
        ("a header", true, answer(&headers(1, 60_000), b"{}")),
        ("many headers", true, answer(&headers(90, 600), b"{}")),
        ("too long a header", false, answer(&headers(1, 70_000), b"{}")),
        ("a status line", false, [&b"HTTP/1.1 200 "[..], &[b'K'; 60_000]].concat()),
        ("empty lines alone", false, vec![b'\n'; 60_000]),
        ("empty lines", true, before(&[b'\n'; 60_000])),
        ("empty lines with CR", true, before(&b"\r\n".repeat(30_000))),
        ("an interim header", true, before(&interim(&headers(1, 60_000)))),
        ("many interim headers", true, before(&interim("x: y\r\n").repeat(2_000))),
        ("interim headers between empty lines", true, {
            before(&[&interim("")[..], &[b'\n'; 700]].concat().repeat(80))
        }),
    ]
}

/// Bodies, and whether they are well formed.
fn bodies() -> Vec<(&'static str, bool, Vec<u8>)> {
    let (text, zipped) = (body(LONG), gzip(&noise()));
    vec![
        ("a chunk's length", false, answer(CHUNKED, &[b'0'; 8_000])),
        ("a chunk's extension", false, {
            answer(CHUNKED, &[&b"5;x="[..], &[b'y'; 8_000]].concat())
        }),
        ("a trailer", true, in_chunks(b"{}", 2, &headers(1, 8_000))),
        ("many trailers", true, in_chunks(b"{}", 2, &headers(LONG / 8_000, 8_000))),
        ("a body of known length", true, of_length(&text)),
        ("one chunk", true, in_chunks(&text, LONG, "")),
        ("chunks", true, in_chunks(&text, 1_000, "")),
        ("chunks of one byte", true, in_chunks(&text[..LONG / 8], 1, "")),
        ("a compressed body", true, {
            answer(&format!("{GZIP}Content-Length: {}\r\n", zipped.len()), &zipped)
        }),
        ("a compressed body in chunks", true, {
            answer(&[GZIP, CHUNKED].concat(), &chunked(&zipped, 100, ""))
        }),
    ]
}

fn check_work(what: &str, answer: &[u8], piece: usize, work: &Work) {
    let looked_at = work.looked_at.load(Ordering::Relaxed);
    let limit = MOST_LOOKS * answer.len();
    assert!(looked_at <= limit, "{what} by {piece}: {looked_at} of {limit} looked at");
    let moved = work.moved.load(Ordering::Relaxed);
    assert!(moved <= answer.len(), "{what} by {piece}: {moved} of {} moved", answer.len());
}

#[test]
fn an_answer_takes_work_as_it_is_long() {
    let without_length = ("a body without a length", true, answer("", &body(LONG)));
    for (what, is_answer, answer) in heads().into_iter().chain(bodies()).chain([without_length]) {
        for piece in PIECES {
            let work = Arc::<Work>::default();
            let outcome = exchange_with(&answer, piece, LONG, &work);
            assert_eq!(outcome.is_ok(), is_answer, "{what} by {piece}: {:?}", outcome.err());
            check_work(what, &answer, piece, &work);
        }
    }
}

/// Counts what it is given.
struct Length(usize);

impl Receiver for Length {
    fn begin(&mut self, _: Option<u64>) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }

    fn take(&mut self, part: &[u8]) -> ControlFlow<()> {
        self.0 += part.len();
        ControlFlow::Continue(())
    }
}

#[test]
fn a_file_takes_work_as_it_is_long() {
    let url = FileUrl::parse("http://127.0.0.1/file").unwrap();
    for (what, is_file, answer) in bodies() {
        for piece in PIECES {
            let work = Arc::<Work>::default();
            let connector = Arc::new(Connector::unconnected());
            let exchange = Arc::new(Exchange::over(wire(&answer, piece, &work), &connector));
            let request = FileRequest {
                url: &url,
                authorization: Authorization::Nothing,
                headers: HeaderMap::new(),
                max_bytes: LONG as u64,
            };
            let mut received = Length(0);
            let outcome = Files::unconnected().run(request, &mut received, &exchange);
            assert_eq!(outcome.is_ok(), is_file, "{what} by {piece}: {:?}", outcome.err());
            assert!(received.0 <= LONG && (received.0 > 0 || !is_file), "{what}: {}", received.0);
            check_work(what, &answer, piece, &work);
        }
    }
}
