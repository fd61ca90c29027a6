//! No credential leaves the library but to the service: not in a log record of any crate at any
//! level, not in an error, not in a `Debug` output, whatever the other side quotes.
//!
//! A program of its own, because a process has one logger.

mod common;

use std::fmt::Debug;
use std::sync::{LazyLock, Mutex, Once, PoisonError};

use common::serve::{Server, reply_with};
use common::tls::{Authority, TlsServer};
use common::{
    API_KEY, BUSINESS, Dumps, MARKER, OAUTH_TOKEN, PROXY_PASSWORD, SimulatedClock, failure,
};
use ymchat::internal::TestSettings;
use ymchat::{
    ChatsOptions, Client, ClientBuilder, Error, MessagesOptions, Proxy, SendOptions, Status,
};
use ymchat_sandbox::{ErrorKind, Fault, FaultKind, Key, Sandbox};

static RECORDS: Mutex<Vec<String>> = Mutex::new(Vec::new());

static DUMPS: LazyLock<Dumps> = LazyLock::new(Dumps::default);

struct Keeper;

impl log::Log for Keeper {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &log::Record<'_>) {
        let mut texts = vec![format!("{} {} {}", record.level(), record.target(), record.args())];
        if DUMPS.take(record) {
            texts.clear();
        } else if let Some(dump) = DUMPS.of_this_thread() {
            texts.push(format!("TRACE dumped {dump:?}"));
        }
        for text in texts {
            if std::env::var_os("YMCHAT_TEST_LOG").is_some() {
                eprintln!("{text}");
            }
            RECORDS.lock().unwrap_or_else(PoisonError::into_inner).push(text);
        }
    }

    fn flush(&self) {}
}

fn keep_the_log() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        log::set_logger(&Keeper).unwrap();
        log::set_max_level(log::LevelFilter::Trace);
    });
}

/// What must not be found anywhere: the marker, and the proxy's login as its header has it.
fn forms() -> Vec<String> {
    let login = format!("user:{PROXY_PASSWORD}");
    vec![MARKER.to_owned(), base64(&login), base64(API_KEY)]
}

fn base64(text: &str) -> String {
    base64::Engine::encode(&base64::engine::general_purpose::STANDARD, text)
}

fn check(what: &str, text: &str) {
    let text = text.to_lowercase();
    for form in forms() {
        // Nothing is quoted here: this test's own output is searched, too.
        if let Some(at) = text.find(&form.to_lowercase()) {
            panic!("{what} holds a credential, after {at} bytes");
        }
    }
}

fn check_log() {
    // Ends the dump of this thread.
    log::trace!(target: "credentials", "checked");
    let records = RECORDS.lock().unwrap_or_else(PoisonError::into_inner);
    assert!(records.iter().any(|r| r.starts_with("TRACE dumped")), "nothing was dumped at all");
    for record in records.iter() {
        let place = record.split(' ').take(2).collect::<Vec<_>>().join(" ");
        check(&format!("a log record ({place})"), record);
    }
}

fn check_error(error: &Error) {
    check("an error's sentence", &error.to_string());
    check("an error's document", &error.to_json());
    check("an error's Debug", &format!("{error:?} {error:#?}"));
}

fn check_client(client: &Client) {
    check("a client's Debug", &format!("{client:?} {client:#?}"));
    let stats = client.stats();
    check("the statistics", &format!("{stats:?} {}", serde_json::to_string(&stats).unwrap()));
}

/// A configuration with every kind of credential.
fn builder(url: impl Into<String>) -> ClientBuilder {
    keep_the_log();
    Client::builder()
        .api_key(API_KEY)
        .oauth_token(OAUTH_TOKEN)
        .business_id(BUSINESS)
        .base_url(url)
        .clock(SimulatedClock::new())
        .max_attempts(2)
}

/// Reads and sends, and looks at all that comes back; gives the errors' status.
fn talk(client: &Client) -> Vec<Status> {
    let mut statuses = Vec::new();
    let mut look = |result: Result<String, Error>| match result {
        Ok(text) => check("a result", &text),
        Err(error) => {
            check_error(&error);
            statuses.push(error.status());
        }
    };
    fn shown<T: Debug>(result: Result<T, Error>) -> Result<String, Error> {
        result.map(|value| format!("{value:?}"))
    }
    look(shown(client.get_chats(&ChatsOptions::new())));
    look(shown(client.get_chat(5)));
    look(shown(client.get_messages_since(5, 0, &MessagesOptions::new())));
    look(shown(client.send_message_with(5, "Здравствуйте", &SendOptions::new().resolve(false))));
    look(shown(client.send_file_with(5, "a.txt", b"a", &SendOptions::new().resolve(false))));
    look(shown(client.get_token_info()));
    check_client(client);
    check_log();
    statuses
}

#[test]
fn a_service_that_quotes_the_keys_in_its_errors_is_masked() {
    for status in [400, 401, 403, 420, 500, 200] {
        let server = Server::start(move |mut peer| {
            if let Some(request) = peer.request() {
                let header = |name| request.header(name).unwrap();
                let key = header("api-key");
                let body = serde_json::json!({
                    "status": "ERROR",
                    "errors": [
                        {"code": header("api-key"), "message": format!("Not {}!", header("api-key"))},
                        {"code": key.to_uppercase(), "message": key.to_lowercase()},
                        {"code": "W", "message": format!("begins with {}…", &key[..15])},
                        {"code": "V", "message": base64(key)},
                        {"code": "X", "message": header("authorization")},
                        {"code": "Y", "message": format!("{}{}", "x".repeat(490), header("api-key"))},
                        {"code": "Z", "message": request.head},
                    ],
                });
                let _ = peer.send(&reply_with(status, &["connection: close"], body.to_string()));
            }
        });
        let client = builder(server.url()).build().unwrap();
        assert_eq!(talk(&client).len(), 6, "{status}");
    }
}

#[test]
fn a_server_that_quotes_the_keys_in_its_headers_is_masked() {
    let table = [
        (200, "Server"),
        (200, "Content-Type"),
        (302, "Location"),
        (307, "Location"),
        (200, "Content-Encoding"),
        (200, "Date"),
        (420, "Retry-After"),
        (420, "X-RateLimit-Resource-Until"),
        (401, "WWW-Authenticate"),
        (200, "X-Key"),
    ];
    for (status, name) in table {
        for key in [API_KEY, OAUTH_TOKEN] {
            let header = format!("{name}: https://x/?k={key}");
            let answer = reply_with(status, &[&header, "connection: close"], "{}");
            let server = Server::answers([answer]);
            assert!(!talk(&builder(server.url()).build().unwrap()).is_empty(), "{status} {name}");
        }
    }
}

#[test]
fn garbage_and_pages_that_quote_the_keys_are_masked() {
    for answer in [
        format!("{API_KEY}\r\n\r\n"),
        format!("HTTP/1.1 {API_KEY}\r\n\r\n"),
        format!("HTTP/1.1 200 {API_KEY}\r\ncontent-length: 0\r\n\r\n"),
        format!("HTTP/1.1 200 OK\r\n{API_KEY}\r\n\r\n"),
        format!("HTTP/1.1 200 OK\r\n{OAUTH_TOKEN}: x\r\n\r\n"),
        format!("HTTP/1.1 200 OK\r\ncontent-length: {API_KEY}\r\n\r\n"),
        format!("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n{API_KEY}\r\n"),
        format!("HTTP/1.1 200 OK\r\n\r\n<html>{API_KEY} {OAUTH_TOKEN}</html>"),
        format!("HTTP/1.1 502 Bad\r\n\r\n<html>{API_KEY} {OAUTH_TOKEN}</html>"),
        format!("HTTP/1.1 200 OK\r\n\r\n{{\"{API_KEY}\": {API_KEY}"),
        format!("HTTP/1.1 200 OK\r\n\r\n{{\"status\":\"{API_KEY}\",\"result\":\"{API_KEY}\"}}"),
        format!(
            "HTTP/1.1 200 OK\r\n\r\n{{\"status\":\"OK\",\"result\":{{\"chatId\":\"{API_KEY}\"}}}}"
        ),
    ] {
        let server = Server::start(move |mut peer| {
            peer.request();
            let _ = peer.send(answer.as_bytes());
        });
        assert!(!talk(&builder(server.url()).build().unwrap()).is_empty());
    }
}

#[test]
fn a_result_that_cannot_be_read_is_not_quoted_with_the_key_in_it() {
    for result in [
        format!(r#"{{"chatId": 5, "context": "{API_KEY}"}}"#),
        format!(r#"{{"chatId": 5, "type": ["{API_KEY}"]}}"#),
        format!(
            r#"{{"chats": ["{API_KEY}"], "messages": ["{API_KEY}"], "chatId": 5, "orderId": "{OAUTH_TOKEN}"}}"#
        ),
    ] {
        let body = format!(r#"{{"status":"OK","result":{result}}}"#);
        let server = Server::answers([reply_with(200, &["connection: close"], body)]);
        let statuses = talk(&builder(server.url()).build().unwrap());
        assert!(statuses.contains(&Status::Protocol));
    }
}

#[test]
fn proxies_that_quote_what_they_were_told_are_masked() {
    for answer in [
        "HTTP/1.1 407 {}\r\nx: {}\r\n\r\n",
        "HTTP/1.1 {}\r\n\r\n",
        "HTTP/1.1 500 {}\r\n\r\n{}",
        "{}\r\n\r\n",
    ] {
        let proxy = Server::start(move |mut peer| {
            let Some(request) = peer.request() else { return };
            let login = request.header("proxy-authorization").unwrap_or_default();
            let login = login.strip_prefix("Basic ").unwrap_or(login);
            for quoted in [login, PROXY_PASSWORD] {
                let _ = peer.send(answer.replace("{}", quoted).as_bytes());
            }
        });
        let client = builder("http://127.0.0.1:9")
            .proxy(format!("http://user:{PROXY_PASSWORD}@{}", proxy.address).parse().unwrap())
            .build()
            .unwrap();
        assert_eq!(talk(&client).len(), 6);
    }
    let socks = Server::start(|mut peer| {
        let _ = peer.send(&[5, 2, 1, 1]);
        let _ = std::io::copy(&mut peer.stream, &mut std::io::sink());
    });
    let client = builder("http://127.0.0.1:9")
        .proxy(format!("socks5://user:{PROXY_PASSWORD}@{}", socks.address).parse().unwrap())
        .build()
        .unwrap();
    assert_eq!(talk(&client).len(), 6);
}

#[test]
fn a_key_that_begins_like_another_leaves_no_rest() {
    keep_the_log();
    let server = Server::start(|mut peer| {
        peer.request();
        let body = format!(r#"{{"errors":[{{"code":"A","message":"{OAUTH_TOKEN}-{MARKER}"}}]}}"#);
        let _ = peer.send(&reply_with(403, &["connection: close"], body));
    });
    let client = Client::builder()
        .api_key(&OAUTH_TOKEN[..3])
        .oauth_token(format!("{OAUTH_TOKEN}-{MARKER}"))
        .base_url(server.url())
        .build()
        .unwrap();
    let error = client.get_token_info().unwrap_err();
    assert_eq!(error.status(), Status::Forbidden);
    check_error(&error);
}

#[test]
fn tls_with_and_without_success_is_silent_about_the_keys() {
    let authority = Authority::new();
    let file = authority.file();
    let body = r#"{"status":"OK","result":{"chatId":5,"chats":[],"messages":[],"apiKey":{}}}"#;
    let answer = reply_with(200, &["connection: close"], body);
    let server = TlsServer::answering(authority.server("localhost", 2090), answer);
    let client = builder(server.url("localhost")).ca_file(&file.0).build().unwrap();
    assert!(talk(&client).is_empty());
    assert_eq!(talk(&builder(server.url("localhost")).build().unwrap()).len(), 6);
}

#[test]
fn a_refused_configuration_does_not_quote_its_credentials() {
    keep_the_log();
    for builder in [
        Client::builder().api_key(format!("Bearer {API_KEY}")),
        Client::builder().api_key(format!("{API_KEY}\n")),
        Client::builder().api_key(format!("{API_KEY}é")),
        Client::builder().api_key("k").oauth_token(format!("{OAUTH_TOKEN} x")),
        Client::builder().api_key("k").base_url(format!("https://u:{API_KEY}@h")),
        Client::builder().api_key("k").base_url(format!("https://h/?{API_KEY}")),
        Client::builder().api_key("k").proxy(Proxy::http(PROXY_PASSWORD, 0)),
        Client::builder().api_key("k").proxy(Proxy::http("", 1).login(MARKER, PROXY_PASSWORD)),
    ] {
        check("a builder's Debug", &format!("{builder:?}"));
        check_error(&failure(builder.build().map(drop)));
    }
    for proxy in [
        format!("http://u:{PROXY_PASSWORD}@"),
        format!("http://u:{PROXY_PASSWORD}%@h:1"),
        format!("{PROXY_PASSWORD}://h:1"),
        format!("http://h:{PROXY_PASSWORD}"),
    ] {
        check_error(&proxy.parse::<Proxy>().unwrap_err());
    }
    for json in [
        format!(r#"{{"apiKey": ["{API_KEY}"]}}"#),
        format!(r#"{{"apiKey": "{API_KEY}", "businessId": "{API_KEY}"}}"#),
        format!(r#"{{"apiKey": "{API_KEY}" "#),
        format!(r#"{{"apiKey": "k", "trust": "{API_KEY}"}}"#),
        format!(r#""{API_KEY}""#),
    ] {
        check_error(&ClientBuilder::from_json(&json).unwrap_err());
    }
}

#[test]
fn whole_conversations_with_the_sandbox_leave_none_of_its_keys() {
    keep_the_log();
    let sandbox = Sandbox::builder().auto_reply(true).start().unwrap();
    for fault in [
        FaultKind::Error(ErrorKind::TokenInvalid),
        FaultKind::Error(ErrorKind::HourlyLimit),
        FaultKind::Status(500),
        FaultKind::Close,
        FaultKind::Html(502),
        FaultKind::TruncatedBody,
    ] {
        sandbox.add_fault(Fault::new(fault).skip(3)).unwrap();
    }
    let keys = [Key::Full, Key::Revoked, Key::OAuth].map(|key| sandbox.key(key).to_owned());
    let mut texts = Vec::new();
    for key in &keys {
        let client = Client::builder()
            .api_key(key)
            .oauth_token(sandbox.oauth_token())
            .business_id(sandbox.business_id())
            .base_url(sandbox.base_url())
            .clock(SimulatedClock::new())
            .build()
            .unwrap();
        for chat in client.get_all_chats(&ChatsOptions::new()).unwrap_or_default() {
            for result in [
                client.send_message(chat.chat_id, "Добрый день!").map(drop),
                client.get_messages_since(chat.chat_id, 0, &MessagesOptions::new()).map(drop),
            ] {
                if let Err(error) = result {
                    texts.push(format!("{error} {error:?} {}", error.to_json()));
                }
            }
        }
        texts.push(format!("{client:?} {:?}", client.stats()));
    }
    log::trace!(target: "credentials", "checked");
    texts.extend(RECORDS.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned());
    for key in &keys {
        for text in &texts {
            assert!(!text.contains(key.as_str()), "one of the sandbox's keys is in an output");
        }
    }
}

#[test]
fn compressed_errors_that_quote_the_keys_are_masked() {
    use std::io::Write;
    let longer = format!("{API_KEY}-{MARKER}");
    for quoted in [API_KEY, OAUTH_TOKEN, &longer] {
        let body = serde_json::json!({"errors": [{"code": quoted, "message": quoted}]});
        let mut zip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        zip.write_all(body.to_string().as_bytes()).unwrap();
        let headers = ["content-encoding: gzip", "connection: close"];
        let server = Server::answers([reply_with(403, &headers, zip.finish().unwrap())]);
        // One credential is the beginning of the other.
        let longer = quoted == longer;
        let oauth_token = if longer { quoted } else { OAUTH_TOKEN };
        let client = builder(server.url()).oauth_token(oauth_token).build().unwrap();
        assert_eq!(talk(&client), [Status::Forbidden; 6]);
    }
}

#[test]
fn a_header_that_arrives_in_two_parts_is_masked_as_a_whole() {
    let server = Server::start(|mut peer| {
        peer.request();
        let (first, second) = API_KEY.split_at(9);
        let _ = peer.send(format!("HTTP/1.1 302 Found\r\nlocation: http://x/{first}").as_bytes());
        std::thread::sleep(std::time::Duration::from_millis(20));
        let _ = peer.send(format!("{second}\r\ncontent-length: 0\r\n\r\n").as_bytes());
    });
    assert_eq!(talk(&builder(server.url()).build().unwrap())[0], Status::Protocol);
}
