//! The sentences of all that may come of an attempt: each gives one piece of advice.

use http::{HeaderMap, Method};

use super::*;
use crate::transport::TimeLimit as AttemptEnd;

use crate::json_scan::Kind;
use crate::pipeline::envelope::Shape;
use crate::pipeline::operation::CountedBy;

static CHATS: Shape = Shape::new(&[("chats", Kind::Array)]);
static OPERATIONS: [Operation; 3] = [
    operation("getChats", Effect::Read, Promise::Result(&CHATS)),
    operation("getCampaigns", Effect::Read, Promise::Document(&CHATS)),
    operation("sendMessageToChat", Effect::Send, Promise::Nothing),
];

const fn operation(name: &'static str, effect: Effect, promise: Promise<'static>) -> Operation {
    Operation {
        name,
        method: Method::POST,
        path: "/",
        index: 0,
        per_hour: 1,
        effect,
        counted_by: CountedBy::Business,
        promise,
    }
}

fn limits() -> TimeLimits {
    let hour = Duration::from_secs(3600);
    TimeLimits { connect: hour, attempt: hour, call: hour, call_left: hour, clock: None }
}

fn classify(
    operation: &'static Operation,
    outcome: Result<HttpAnswer, TransportError>,
) -> Result<Answer, AttemptError> {
    let facts = AttemptFacts {
        operation,
        received_at: SystemTime::UNIX_EPOCH,
        times: &TimeHeaders::default(),
        limits: &limits(),
        redact: &str::to_owned,
    };
    facts.classify(outcome)
}

#[test]
fn whatever_ends_an_attempt_gives_one_piece_of_advice() {
    const PROGRESS: [Progress; 3] =
        [Progress::NotConnected, Progress::NotFullyWritten, Progress::Written];
    let kinds = [
        ErrorKind::Connect,
        ErrorKind::Proxy,
        ErrorKind::ProxyLogin,
        ErrorKind::Tls,
        ErrorKind::NotTls,
        ErrorKind::Broken,
        ErrorKind::Timeout(AttemptEnd::Connect),
        ErrorKind::Timeout(AttemptEnd::Attempt),
        ErrorKind::Timeout(AttemptEnd::Call),
        ErrorKind::TooLarge,
        ErrorKind::Malformed,
    ];
    for operation in &OPERATIONS {
        for kind in kinds {
            for progress in PROGRESS {
                let message = "something happened".to_owned();
                let failure = TransportError {
                    kind,
                    message: errors::verbatim(&message),
                    progress,
                    stale: false,
                    since_written: None,
                };
                classify(operation, Err(failure)).unwrap_err().error.has_one_advice();
            }
        }
    }
}

#[test]
fn whatever_is_no_result_gives_one_piece_of_advice() {
    let bodies = [
        "",
        "<html>",
        "{",
        "{}",
        r#"{"status":"ERROR","errors":[{"code":"BAD","message":"it is wrong"}]}"#,
        r#"{"status":"OK","result":[]}"#,
        r#"{"errors":[{"code":"FORBIDDEN","message":"Access to this resource is denied"}]}"#,
        r#"{"errors":[{"code":"METHOD_FAILURE","message":"Hit rate limit of 4 parallel requests"}]}"#,
    ];
    let mut failed = 0;
    for operation in &OPERATIONS {
        for status in
            [200, 204].into_iter().chain(300..=308).chain(400..=431).chain(499..=505).chain([600])
        {
            for body in bodies {
                for progress in [Progress::NotFullyWritten, Progress::Written] {
                    let answer = HttpAnswer {
                        status,
                        headers: HeaderMap::new(),
                        body: Body::from(body.as_bytes().to_vec()),
                        progress,
                        since_written: None,
                    };
                    if let Err(failure) = classify(operation, Ok(answer)) {
                        failure.error.has_one_advice();
                        failed += 1;
                    }
                }
            }
        }
    }
    assert!(failed > 2_000, "{failed}");
}

#[test]
fn what_the_scanner_says_is_the_english_sentence() {
    let malformed = [
        Malformed::NotUtf8 { at: 5 },
        Malformed::Syntax { at: 5, what: "expected a colon" },
        Malformed::HalfOfPair { at: 5 },
        Malformed::TooDeep { at: 5 },
        Malformed::Duplicate { member: "result" },
    ];
    for malformed in malformed {
        assert_eq!(sentence_of(&malformed).english(), malformed.to_string());
    }
    const KINDS: [Kind; 7] = [
        Kind::Object,
        Kind::Array,
        Kind::String,
        Kind::Integer,
        Kind::Number,
        Kind::Bool,
        Kind::Null,
    ];
    for found in KINDS {
        let expected = Kind::Array;
        for wrong in [
            ShapeError::NotAnObject { found },
            ShapeError::Missing("chats"),
            ShapeError::WrongKind { member: "chats", expected, found },
        ] {
            assert_eq!(shape_sentence(&wrong).english(), wrong.to_string());
        }
    }
}
