//! What the log tells: a line for each request, each wait and each retry, and never the text of a
//! message, a credential or a signed address.
//!
//! A program of its own, because a process has one logger; one test, because all share it.

mod common;

use std::sync::{Mutex, PoisonError};

use common::serve::{Server, reply, reply_with};
use common::{MARKER, SimulatedClock, builder, failure};
use log::Level;
use ymchat::DownloadOptions;
use ymchat::internal::TestSettings;

static RECORDS: Mutex<Vec<(Level, String)>> = Mutex::new(Vec::new());

struct Keeper;

impl log::Log for Keeper {
    fn enabled(&self, metadata: &log::Metadata<'_>) -> bool {
        metadata.target().starts_with("ymchat")
    }

    fn log(&self, record: &log::Record<'_>) {
        if self.enabled(record.metadata()) {
            let mut records = RECORDS.lock().unwrap_or_else(PoisonError::into_inner);
            records.push((record.level(), record.args().to_string()));
        }
    }

    fn flush(&self) {}
}

/// What was told since the last time.
fn told() -> Vec<(Level, String)> {
    std::mem::take(&mut *RECORDS.lock().unwrap_or_else(PoisonError::into_inner))
}

/// A line whose numbers are not known: they are written as `#`.
fn shape((level, text): &(Level, String)) -> String {
    let mut shape = format!("{level} ");
    for letter in text.chars() {
        match letter {
            '0'..='9' if shape.ends_with('#') => {}
            '0'..='9' => shape.push('#'),
            letter => shape.push(letter),
        }
    }
    shape
}

const TEXT: &str = "Секрет самовара";

#[test]
fn each_request_wait_and_retry_is_told() {
    log::set_logger(&Keeper).unwrap();
    log::set_max_level(log::LevelFilter::Debug);
    requests_and_retries();
    waits();
    downloads();
    off();
}

fn requests_and_retries() {
    let quoting = format!(r#"{{"status":"ERROR","errors":[{{"code":"X","message":"{TEXT}"}}]}}"#);
    let chat = r#"{"status":"OK","result":{"chatId":5}}"#;
    let server = Server::answers([reply(503, &quoting), reply(200, chat), reply(400, &quoting)]);
    let client = builder(server.url()).clock(SimulatedClock::new()).build().unwrap();
    client.get_chat(5).unwrap();
    failure(client.send_message(5, TEXT));
    let lines = told();
    let ids: Vec<String> =
        server.requests().iter().map(|request| request.trace_id().to_owned()).collect();
    let mut traces = Vec::new();
    let mut shapes = Vec::new();
    for (level, text) in &lines {
        assert!(!text.contains(MARKER) && !text.contains("самовар"), "{text}");
        let (text, trace) = text.split_once(", trace ").unwrap_or((text.as_str(), ""));
        traces.extend(Some(trace.to_owned()).filter(|trace| !trace.is_empty()));
        shapes.push(shape(&(*level, text.to_owned())));
    }
    assert_eq!(
        shapes,
        [
            "DEBUG getChat: attempt #, SERVER (HTTP #), # ms",
            "INFO getChat: attempt # ended with SERVER (HTTP #), the next one follows in # ms",
            "DEBUG getChat: attempt #, OK (HTTP #), # ms",
            "DEBUG sendMessageToChat: attempt #, BAD_REQUEST (HTTP #), # ms",
        ]
    );
    assert_eq!(traces, ids);
}

fn waits() {
    let token = r#"{"status":"OK","result":{"apiKey":{"name":"k","authScopes":[]}}}"#;
    let used_up = [
        "date: Fri, 20 Nov 2026 10:00:00 GMT",
        "x-ratelimit-resource-limit: 100",
        "x-ratelimit-resource-remaining: 0",
        "x-ratelimit-resource-until: Fri, 20 Nov 2026 10:00:20 GMT",
    ];
    let server = Server::answers([reply_with(200, &used_up, token), reply(200, token)]);
    let client = builder(server.url()).clock(SimulatedClock::new()).build().unwrap();
    client.get_token_info().unwrap();
    assert_eq!(told().len(), 1);
    client.get_token_info().unwrap();
    let lines = told();
    assert_eq!(shape(&lines[0]), "INFO getAuthTokenInfo: waited # ms for the hourly quota");
    assert_eq!(lines.len(), 2, "{lines:?}");
}

fn downloads() {
    let server = Server::answers([reply(500, ""), reply(200, "file")]);
    let client = builder(server.url()).clock(SimulatedClock::new()).build().unwrap();
    let path = std::env::temp_dir().join(format!("ymchat-log-{}", std::process::id()));
    let url = format!("{}/files/1?sign=secret-sign", server.url());
    let options = DownloadOptions::new().overwrite(true);
    client.download_file(&url, &path, &options).unwrap();
    std::fs::remove_file(path).unwrap();
    let lines = told();
    assert!(lines.iter().all(|(_, text)| !text.contains("secret-sign")), "{lines:?}");
    let lines: Vec<String> = lines.iter().map(shape).collect();
    assert!(
        lines[0].starts_with("DEBUG download_file: HTTP #, # bytes, # ms, trace "),
        "{lines:?}"
    );
    let retry =
        "INFO download_file: attempt # ended with SERVER (HTTP #), the next one follows in # ms";
    assert_eq!(lines[1], retry);
    assert_eq!(lines.len(), 3, "{lines:?}");
}

fn off() {
    log::set_max_level(log::LevelFilter::Off);
    let server = Server::answers([reply(200, r#"{"status":"OK","result":{"chatId":5}}"#)]);
    builder(server.url()).build().unwrap().get_chat(5).unwrap();
    assert_eq!(told(), []);
}
