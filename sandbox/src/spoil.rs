//! Turns a fault and the usual answer into what is sent.

use bytes::Bytes;
use serde_json::json;

use super::answer::{Answer, JSON, gzip, reason};
use super::error::{ApiError, error_answer};
use super::faults::FaultKind;

/// What leaves the sandbox.
#[derive(Debug)]
pub(super) enum Delivery {
    /// A well-formed answer. `usual` where no fault has touched it.
    Answer { answer: Answer, usual: bool },
    /// Bytes that no server library would send.
    Raw(Raw),
    /// Nothing: the connection is closed.
    Close,
}

/// An answer byte by byte, after which the connection is closed.
#[derive(Debug)]
pub(super) struct Raw {
    pub(super) status: u16,
    pub(super) bytes: Vec<u8>,
    /// Sent again and again after `bytes`, where it is not empty.
    pub(super) for_ever: &'static [u8],
}

/// What a fault makes of the usual answer, or of `{"status":"OK"}` where the work was not done.
pub(super) fn spoil(kind: &FaultKind, usual: Option<Answer>, date: &str) -> Delivery {
    use FaultKind as K;
    let usual = usual.unwrap_or_else(|| Answer::json(200, &json!({"status": "OK"})));
    let answer = match kind {
        K::Slow => return Delivery::Answer { answer: usual, usual: true },
        K::Close => return Delivery::Close,
        K::TruncatedBody => {
            let half = usual.body.len() / 2;
            return Delivery::Raw(raw(
                &usual,
                date,
                &length(usual.body.len()),
                &usual.body[..half],
            ));
        }
        K::ContentLengthTooLong => {
            let framing = length(usual.body.len() + 100);
            return Delivery::Raw(raw(&usual, date, &framing, &usual.body));
        }
        K::ContentLengthTooShort => {
            let framing = length(usual.body.len() / 2);
            return Delivery::Raw(raw(&usual, date, &framing, &usual.body));
        }
        K::TruncatedChunks => {
            let mut chunk = format!("{:x}\r\n", usual.body.len()).into_bytes();
            chunk.extend_from_slice(&usual.body);
            chunk.extend_from_slice(b"\r\n");
            return Delivery::Raw(raw(&usual, date, "transfer-encoding: chunked\r\n", &chunk));
        }
        K::EndlessBody => {
            let start = Answer::new(200, JSON, Bytes::new());
            let raw = raw(&start, date, "", br#"{"status":"OK","result":{"chats":["#);
            return Delivery::Raw(Raw { for_ever: br#"{"chatId":1,"type":"CHAT"},"#, ..raw });
        }
        K::EndlessChunks => {
            let start = Answer::new(200, "application/octet-stream", Bytes::new());
            let raw = raw(&start, date, "transfer-encoding: chunked\r\n", b"");
            return Delivery::Raw(Raw { for_ever: b"10\r\n0000000000000000\r\n", ..raw });
        }
        K::Error(kind) => ApiError::from(*kind).answer(),
        K::Status(status) => error_answer(*status, "SANDBOX_FAULT", reason(*status)),
        K::Html(status) => {
            let words = reason(*status);
            let page = format!(
                "<html>\r\n<head><title>{status} {words}</title></head>\r\n<body>\r\n\
                 <center><h1>{status} {words}</h1></center>\r\n<hr><center>nginx</center>\r\n\
                 </body>\r\n</html>\r\n"
            );
            Answer::new(*status, "text/html", page)
        }
        K::EmptyBody(status) => Answer::new(*status, JSON, Bytes::new()),
        K::ErrorsNull(status) => Answer::json(*status, &json!({"status": "ERROR", "errors": null})),
        K::ErrorWith200 => error_answer(200, "INTERNAL_SERVER_ERROR", "Internal server error"),
        K::NoResult => Answer::json(200, &json!({"status": "OK"})),
        K::WrongJsonKind => Answer::json(200, &json!(["OK", 1, null])),
        K::Redirect(to) => {
            let mut answer = Answer::new(302, "text/html", "<html>Moved</html>");
            answer.set("location", to.as_str());
            answer
        }
        K::GzipBomb(mib) => bomb(*mib),
    };
    Delivery::Answer { answer, usual: false }
}

fn length(length: usize) -> String {
    format!("content-length: {length}\r\n")
}

fn raw(answer: &Answer, date: &str, framing: &str, body: &[u8]) -> Raw {
    let status = answer.status;
    let mut head = format!("HTTP/1.1 {status} {}\r\ndate: {date}\r\n", reason(status));
    for (name, value) in &answer.headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str(&format!("{framing}connection: close\r\n\r\n"));
    let mut bytes = head.into_bytes();
    bytes.extend_from_slice(body);
    Raw { status, bytes, for_ever: &[] }
}

/// Members of one MiB each: gzip allows several in a row, and only one has to be packed.
fn bomb(mib: u32) -> Answer {
    let member = gzip(&vec![b' '; 1024 * 1024]);
    let mut body = gzip(br#"{"status":"OK","result":"#);
    for _ in 0..mib {
        body.extend_from_slice(&member);
    }
    body.extend_from_slice(&gzip(b"{}}"));
    let mut answer = Answer::new(200, JSON, body);
    answer.set("content-encoding", "gzip");
    answer
}
