//! Every operation × every answer: what the caller is told.

use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use ymchat::Action::{self, *};
use ymchat::DeliveryStatus::{self, NotSent, Unknown};
use ymchat::internal::TestSettings;
use ymchat::{Error, Status};

use crate::calls::{CALLS, Call, Kind};
use crate::common::{SimulatedClock, builder, document};

/// What is told of one answer.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Told {
    status: Status,
    retryable: bool,
    action: Action,
    attempts: u32,
    outcome: Option<DeliveryStatus>,
}

/// `None` stands for success.
type Verdict = Option<Told>;

const fn told(status: Status, retryable: bool, action: Action, attempts: u32) -> Told {
    Told { status, retryable, action, attempts, outcome: None }
}

const fn of_send(told: Told, outcome: DeliveryStatus) -> Told {
    Told { outcome: Some(outcome), ..told }
}

/// A refusal is final for reads and sends alike.
const fn refusal(status: Status, action: Action) -> (Verdict, Verdict) {
    let told = told(status, false, action, 1);
    (Some(told), Some(of_send(told, NotSent)))
}

const UNKNOWN: Told = of_send(told(Status::OutcomeUnknown, false, CheckHistory, 1), Unknown);
/// The answer is no JSON: a proxy's, most likely, so reads are tried once more.
const GARBLED: Told = told(Status::Protocol, false, ContactSupport, 2);
/// The answer is JSON, but not what was promised: another try would bring the same.
const WRONG: Told = told(Status::Protocol, false, ContactSupport, 1);
const FAILED: Told = told(Status::Server, true, Retry, 2);
const LIMITED: Told = told(Status::RateLimited, true, Wait, 2);

struct Case {
    name: &'static str,
    http: u16,
    body: fn(&Call) -> String,
    /// What the service's own list of errors says, where it has one.
    errors: &'static [(&'static str, Option<&'static str>)],
    read: Verdict,
    send: Verdict,
}

const FORBIDDEN: (Verdict, Verdict) = refusal(Status::Forbidden, GrantAccess);
const REFUSED: (Verdict, Verdict) = refusal(Status::BadRequest, FixRequest);
/// Under HTTP 200 an error does not say whether anything was done before it.
const REFUSED_AFTER_ALL: (Verdict, Verdict) = (REFUSED.0, Some(UNKNOWN));

const LISTED: &[(&str, Option<&str>)] = &[("SOME_CODE", Some("Some words"))];

fn listed(_: &Call) -> String {
    json!({"status": "ERROR", "errors": [{"code": "SOME_CODE", "message": "Some words"}]})
        .to_string()
}

fn html(_: &Call) -> String {
    "<html><body><h1>Bad gateway</h1></body></html>".into()
}

/// The answer with another value in place of the result; getCampaigns is its own result.
fn with_result(call: &Call, result: &Value) -> String {
    match call.kind {
        Kind::Document => result.to_string(),
        Kind::Read | Kind::Send => json!({"status": "OK", "result": result}).to_string(),
    }
}

fn documented(http: u16, verdicts: (Verdict, Verdict)) -> Case {
    let (read, send) = verdicts;
    Case { name: "documented", http, body: listed, errors: LISTED, read, send }
}

fn cases() -> Vec<Case> {
    let case = |name, http, body, read, send| Case { name, http, body, errors: &[], read, send };
    vec![
        case("success", 200, Call::success, None, None),
        documented(400, REFUSED),
        documented(401, refusal(Status::Unauthorized, CheckCredentials)),
        documented(403, FORBIDDEN),
        documented(404, refusal(Status::NotFound, FixRequest)),
        documented(405, REFUSED),
        documented(413, REFUSED),
        documented(415, REFUSED),
        documented(420, (Some(LIMITED), Some(of_send(LIMITED, NotSent)))),
        documented(423, refusal(Status::BadRequest, ContactSupport)),
        documented(500, (Some(FAILED), Some(UNKNOWN))),
        documented(503, (Some(FAILED), Some(UNKNOWN))),
        case("HTML", 200, html, Some(GARBLED), Some(UNKNOWN)),
        case("HTML", 502, html, Some(FAILED), Some(UNKNOWN)),
        Case { name: "HTML", body: html, errors: &[], ..documented(403, FORBIDDEN) },
        // "An empty answer", says the documentation of sends, and shows one that says OK: what is
        // less than that may be anybody's.
        case("nothing", 200, |_| String::new(), Some(GARBLED), Some(UNKNOWN)),
        case("nothing", 500, |_| String::new(), Some(FAILED), Some(UNKNOWN)),
        case(
            "half of the JSON",
            200,
            |call| call.success()[..call.success().len() - 1].to_owned(),
            Some(GARBLED),
            Some(UNKNOWN),
        ),
        case("two documents", 200, |call| call.success() + "{}", Some(GARBLED), Some(UNKNOWN)),
        case(
            "errors: null",
            400,
            |_| r#"{"status": "ERROR", "errors": null}"#.into(),
            REFUSED.0,
            REFUSED.1,
        ),
        case(
            "errors: null",
            200,
            |_| r#"{"status": "ERROR", "errors": null}"#.into(),
            REFUSED_AFTER_ALL.0,
            REFUSED_AFTER_ALL.1,
        ),
        Case {
            name: "errors without message",
            http: 400,
            body: |_| r#"{"status":"ERROR","errors":[{"code":"A"},null,{"message":"b"}]}"#.into(),
            errors: &[("A", None), ("", Some("b"))],
            read: REFUSED.0,
            send: REFUSED.1,
        },
        documented(200, REFUSED_AFTER_ALL),
        case("no result", 200, |_| r#"{"status": "OK"}"#.into(), Some(WRONG), None),
        case("result: null", 200, |call| with_result(call, &json!(null)), Some(WRONG), None),
        case("result: array", 200, |call| with_result(call, &json!([])), Some(WRONG), None),
        case("result: text", 200, |call| with_result(call, &json!("OK")), Some(WRONG), None),
        case(
            "a member of the wrong kind",
            200,
            |call| with_result(call, &json!({call.member: "x"})),
            Some(WRONG),
            None,
        ),
        case(
            "a member is null",
            200,
            |call| with_result(call, &json!({call.member: null})),
            Some(WRONG),
            None,
        ),
        // The result is there and sound: a word more or less in the envelope does not spoil it.
        // A send has nothing but that word.
        case(
            "unknown status",
            200,
            |call| call.success().replace("\"OK\"", "\"DONE\""),
            None,
            Some(UNKNOWN),
        ),
        case(
            "no status",
            200,
            |call| call.success().replace("\"status\":\"OK\"", "\"a\":1"),
            None,
            Some(UNKNOWN),
        ),
    ]
}

/// What the document says must be what the error says, and as the design page names it.
fn check_document(error: &Error, call: &Call, case: &str) {
    let found = document(error);
    let outcome = error.outcome().map(|outcome| match outcome {
        NotSent => "notSent",
        Unknown => "unknown",
        other => panic!("{other:?}"),
    });
    let expected = json!({
        "status": error.status().code(),
        "name": error.status().name(),
        "message": error.to_string(),
        "operation": call.name,
        "httpStatus": error.http_status(),
        "retryable": error.is_retryable(),
        "retryAfterMs": error.retry_after().map(|wait| wait.as_nanos().div_ceil(1_000_000)),
        "action": error.action().as_str(),
        "traceId": error.trace_id(),
        "attempts": error.attempts(),
        "outcome": outcome,
        "errors": if error.errors().is_empty() { Value::Null } else { json!(error.errors()) },
        "known": error.known().map(|known| json!(known)),
        "ticket": error.ticket(),
    });
    let expected: serde_json::Map<String, Value> =
        expected.as_object().unwrap().clone().into_iter().filter(|(_, v)| !v.is_null()).collect();
    assert_eq!(found, Value::Object(expected), "{case}");
}

fn check(call: &Call) {
    let mut server = mockito::Server::new();
    for case in cases() {
        let what = format!("{}, {} ({})", call.name, case.name, case.http);
        let traces: Arc<Mutex<Vec<String>>> = Arc::default();
        let seen = Arc::clone(&traces);
        let method = if ["getChat", "getChatMessage", "getCampaigns"].contains(&call.name) {
            "GET"
        } else {
            "POST"
        };
        let mock = server
            .mock(method, mockito::Matcher::Any)
            .match_request(move |request| {
                let parent = request.header("traceparent")[0].to_str().unwrap().to_owned();
                let mut seen = seen.lock().unwrap();
                if !seen.contains(&parent) {
                    seen.push(parent);
                }
                true
            })
            .with_status(case.http.into())
            .with_body((case.body)(call))
            .create();
        // The limits that one case teaches do not reach the next: they go with their clients.
        let client =
            builder(server.url()).max_attempts(2).clock(SimulatedClock::new()).build().unwrap();
        let result = (call.make)(&client);
        let verdict = if call.kind == Kind::Send { case.send } else { case.read };
        let traces = traces.lock().unwrap();
        match (verdict, &result) {
            (None, Ok(())) => assert_eq!(traces.len(), 1, "{what}"),
            (Some(expected), Err(error)) => {
                let found = Told {
                    status: error.status(),
                    retryable: error.is_retryable(),
                    action: error.action(),
                    attempts: error.attempts(),
                    outcome: error.outcome(),
                };
                assert_eq!(found, expected, "{what}: {error}");
                assert_eq!(error.http_status(), Some(case.http), "{what}");
                let errors: Vec<_> = error
                    .errors()
                    .iter()
                    .map(|e| (e.code.as_str(), e.message.as_deref()))
                    .collect();
                assert_eq!(errors, case.errors, "{what}");
                for (code, message) in case.errors {
                    let sentence = error.to_string();
                    assert!(sentence.contains(code), "{what}: {sentence}");
                    assert!(sentence.contains(message.unwrap_or_default()), "{what}: {sentence}");
                }
                assert_eq!(traces.len(), expected.attempts as usize, "{what}");
                assert_eq!(error.trace_id(), traces.last().map(|last| &last[3..35]), "{what}");
                let limited = error.status() == Status::RateLimited;
                assert_eq!(error.retry_after().is_some(), limited, "{what}");
                assert!(error.to_string().starts_with(&format!("{}: ", call.name)), "{what}");
                assert!(!error.to_string().contains("<html>"), "{what}: {error}");
                check_document(error, call, &what);
            }
            (expected, found) => panic!("{what}: {expected:?}, but {found:?}"),
        }
        mock.remove();
    }
}

#[test]
fn the_table_has_all_nine_operations() {
    let mut names: Vec<_> = CALLS.iter().map(|call| call.name).collect();
    names.dedup();
    assert_eq!(names.len(), 9);
}

macro_rules! table {
    ($($test:ident $index:literal,)+) => {
        $(#[test]
        fn $test() {
            check(&CALLS[$index]);
        })+
    };
}

table! {
    every_answer_to_get_chats_is_told 0,
    every_answer_to_get_chat_is_told 1,
    every_answer_to_get_chat_history_is_told 2,
    every_answer_to_get_chat_message_is_told 3,
    every_answer_to_send_message_is_told 4,
    every_answer_to_send_file_is_told 5,
    every_answer_to_create_chat_is_told 6,
    every_answer_to_get_campaigns_is_told 7,
    every_answer_to_get_token_info_is_told 8,
}

#[test]
fn an_item_of_the_wrong_kind_is_a_protocol_error_of_the_attempt() {
    let mut server = mockito::Server::new();
    let bodies = [
        (0, r#"{"chats": [{"chatId": "five"}]}"#),
        (1, r#"{"chatId": 5, "context": []}"#),
        (2, r#"{"messages": [{"messageId": 1}]}"#),
        (3, r#"{"messageId": 1, "createdAt": 5, "sender": "PARTNER"}"#),
        (6, r#"{"chatId": 99999999999999999999999}"#),
        (8, r#"{"apiKey": {"authScopes": "ALL_METHODS"}}"#),
    ];
    for (index, result) in bodies {
        let call = &CALLS[index];
        let mock = server
            .mock(if [1, 3].contains(&index) { "GET" } else { "POST" }, mockito::Matcher::Any)
            .with_body(format!(r#"{{"status": "OK", "result": {result}}}"#))
            .create();
        let client = builder(server.url()).build().unwrap();
        let error = (call.make)(&client).unwrap_err();
        assert_eq!(error.status(), Status::Protocol, "{}: {error}", call.name);
        assert_eq!(
            (error.is_retryable(), error.action()),
            (false, ContactSupport),
            "{}",
            call.name
        );
        assert_eq!(error.http_status(), Some(200), "{}", call.name);
        assert_eq!(error.attempts(), 1, "{}", call.name);
        assert_eq!(error.trace_id().map(str::len), Some(32), "{}", call.name);
        mock.remove();
    }
}

#[test]
fn the_parallel_420_and_the_hourly_one_are_told_apart() {
    let mut server = mockito::Server::new();
    let until = "Thu, 10 Jul 2098 00:42:42 GMT";
    let mut fail = |text: &str| {
        let mock = server
            .mock("POST", mockito::Matcher::Any)
            .with_status(420)
            .with_header("X-RateLimit-Resource-Until", until)
            .with_header("Date", "Thu, 10 Jul 2098 00:42:02 GMT")
            .with_body(json!({"errors": [{"code": "METHOD_FAILURE", "message": text}]}).to_string())
            .create();
        let client =
            builder(server.url()).max_attempts(1).clock(SimulatedClock::new()).build().unwrap();
        let error = client.get_chats(&Default::default()).unwrap_err();
        mock.remove();
        error.retry_after().unwrap().as_millis()
    };
    let hourly = fail("Hit rate limit of 5000 requests per hour");
    assert!((40_000..=40_500).contains(&hourly), "{hourly}");
    let parallel = fail("Hit rate limit of 4 parallel requests for business 77");
    assert!(parallel <= 2000, "{parallel}");
}

/// The advice is what a person does about it: one thing.
#[test]
fn a_403_says_which_of_its_causes_it_has() {
    for (words, advice) in [
        ("Access to the requested resource is denied", "Set businessId to a business that"),
        ("access denied to resource 5", "Set businessId to a business that"),
        ("Scope does not allow access to the method", "Give the key the access \"communication\""),
    ] {
        let body = json!({"status": "ERROR", "errors": [{"code": "FORBIDDEN", "message": words}]});
        let mut server = mockito::Server::new();
        let forbidden = server.mock("GET", mockito::Matcher::Any).with_status(403);
        let _forbidden = forbidden.with_body(body.to_string()).create();
        let client = builder(server.url()).build().unwrap();
        let sentence = client.get_chat(5).unwrap_err().to_string();
        assert!(sentence.contains(advice), "{sentence}");
        assert_eq!(sentence.matches("get_campaigns").count(), usize::from(advice.contains("Set")));
        // Without a business in the request, it is not the business that is wrong.
        let sentence = client.get_campaigns(&Default::default()).unwrap_err().to_string();
        assert!(sentence.contains("Give the key the access"), "{sentence}");
    }
}
