//! The pieces of a call, each by itself: `cargo bench`.
//!
//! Most of them are private, so they are built here from their own sources.

#![allow(dead_code, missing_docs, unused_imports, unreachable_pub)]
#![allow(unsafe_code)]

use std::hint::black_box;
use std::net::TcpListener;
use std::ptr;
use std::time::{Duration, Instant};

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use serde_json::value::RawValue;
use ymchat::{ChatMessagesResult, ChatsOptions, Client, Status};

extern crate ymchat as ymchat_core;

#[path = "../bindings/c/src/lib.rs"]
mod ffi;

#[path = "../src/dates.rs"]
mod dates;
#[path = "../src/fields.rs"]
mod fields;
#[path = "../src/json_scan/mod.rs"]
mod json_scan;
#[path = "../src/language.rs"]
mod language;
#[path = "../src/model.rs"]
mod model;
#[path = "../src/sentences/mod.rs"]
mod sentences;
pub use language::Language;
pub use model::Paging;

#[path = "../src/pipeline"]
mod pipeline {
    pub mod envelope;
    mod operation;
    mod request;
    pub(crate) use operation::{CountedBy, Effect, Operation};
    pub(crate) use request::{Request, RequestContent};
}

#[path = "../src/api"]
mod api {
    pub mod check;
    mod multipart;
    pub mod operations;
    pub mod options;
    mod pages;
    pub mod requests;
}

/// A page of 100 Russian messages, about 40 KB.
fn page() -> String {
    let texts = [
        "Здравствуйте! Подскажите, пожалуйста, когда отправите детский комбинезон?",
        "Добрый день! Уже передали в службу доставки, номер отправления 530123456789.",
        "Спасибо большое, всё работает, чайник очень понравился! 👍",
        "Коробка пришла помятой, а внутри не хватает инструкции \\\"по сборке\\\".\\nЧто делать?",
    ];
    let messages: Vec<String> = (0..100)
        .map(|n| {
            let text = format!("{} {}", texts[n % 4], texts[(n / 4) % 4]);
            format!(
                r#"{{"messageId":{},"createdAt":"2026-03-05T09:{:02}:00+03:00","sender":"{}","message":"{text}"}}"#,
                9_007_199_254_741_000 + n as i64,
                n % 60,
                ["CUSTOMER", "PARTNER"][n % 2],
            )
        })
        .collect();
    let messages = messages.join(",");
    format!(
        r#"{{"status":"OK","result":{{"orderId":5,"context":{{"type":"ORDER"}},"messages":[{messages}],"paging":{{"nextPageToken":"eyJ2IjoxfQ=="}}}}}}"#
    )
}

fn decode(c: &mut Criterion) {
    let page = page();
    let promise = api::operations::GET_CHAT_HISTORY.promise;
    let whole = pipeline::envelope::scan(page.as_bytes(), promise).unwrap();
    let result = &page[whole.result.unwrap().range];
    let mut group = c.benchmark_group("page of 100 messages");
    group.throughput(Throughput::Bytes(page.len() as u64));
    // About half the time of `RawValue`, which checks less. The greatest id is found on the way.
    group.bench_function("check and pass on", |b| {
        b.iter(|| pipeline::envelope::scan(black_box(page.as_bytes()), promise).unwrap());
    });
    group.bench_function("typed", |b| {
        b.iter(|| serde_json::from_str::<ChatMessagesResult>(black_box(result)).unwrap());
    });
    group.bench_function("as serde_json's RawValue", |b| {
        b.iter(|| serde_json::from_str::<&RawValue>(black_box(&page)).unwrap());
    });
    group.finish();
}

fn request(c: &mut Criterion) {
    let token = "eyJ2IjoxLCJsIjo1MH0=+/&?% é";
    c.bench_function("request: a page of a history", |b| {
        b.iter(|| {
            let options = api::options::HistoryOptions::new().limit(100).page_token(token);
            api::requests::get_chat_history(1_003_417, black_box(5), &options).unwrap()
        });
    });
    c.bench_function("request: a message", |b| {
        let text = "Здравствуйте! Заказ уже в пути. ".repeat(8);
        b.iter(|| api::requests::send_message(1_003_417, 5, black_box(&text)).unwrap());
    });
    c.bench_function("options: from JSON", |b| {
        b.iter(|| api::options::HistoryOptions::from_json(black_box(Some(r#"{"limit":100}"#))));
    });
}

fn boundary(c: &mut Criterion) {
    let mut client = ptr::null_mut();
    let config = c"{\"apiKey\": \"ACMA:benchmark\", \"businessId\": 5}";
    // SAFETY: a C string and a place for a pointer.
    let status = unsafe { ffi::ymchat_client_new(config.as_ptr(), &mut client, ptr::null_mut()) };
    assert_eq!(status, ffi::YMCHAT_OK);
    c.bench_function("boundary: guard and handle", |b| {
        b.iter(|| assert_eq!(ffi::ymchat_client_cancel(black_box(client)), ffi::YMCHAT_OK));
    });
    c.bench_function("boundary: stale handle, no document", |b| {
        let stale = ptr::without_provenance::<ffi::ymchat_client>(usize::MAX);
        b.iter(|| {
            assert_eq!(ffi::ymchat_client_cancel(black_box(stale)), ffi::YMCHAT_INVALID_ARGUMENT)
        });
    });
    c.bench_function("boundary: error document", |b| {
        b.iter(|| {
            let mut json = ptr::null_mut();
            // SAFETY: a live handle and a place for a pointer; the string is freed once.
            unsafe {
                let status = ffi::ymchat_get_chat(client, black_box(0), &mut json);
                assert_eq!(status, ffi::YMCHAT_INVALID_ARGUMENT);
                ffi::ymchat_string_free(json);
            }
        });
    });
    ffi::ymchat_client_free(client);
}

/// By how much calls outlast `callTimeoutMs` by the machine's own clock. That they wait for no longer
/// than is left is tested by a simulated one.
fn overshoot(_: &mut Criterion) {
    const CALLS: usize = 20;
    let timeout = Duration::from_millis(50);
    let mut times: Vec<Duration> = (0..CALLS)
        .map(|_| {
            // A service of its own each time: what it may be at work on keeps its places.
            let silent = TcpListener::bind("127.0.0.1:0").unwrap();
            let client = Client::builder()
                .api_key("ACMA:benchmark")
                .business_id(5)
                .base_url(format!("http://{}", silent.local_addr().unwrap()))
                .build()
                .unwrap();
            let options = ChatsOptions::new().call_timeout(timeout);
            let began = Instant::now();
            let error = client.get_chats(&options).unwrap_err();
            let took = began.elapsed();
            assert_eq!(error.status(), Status::Timeout, "{error}");
            took.saturating_sub(timeout)
        })
        .collect();
    times.sort_unstable();
    println!(
        "callTimeoutMs: {CALLS} calls of {timeout:?} took {:?} longer (median), {:?} at most",
        times[CALLS / 2],
        times[CALLS - 1]
    );
}

/// A line of the log where nobody listens: a call has three of them.
fn log_off(c: &mut Criterion) {
    log::set_max_level(log::LevelFilter::Off);
    c.bench_function("log: a line that nobody reads", |b| {
        b.iter(|| log::debug!("{}: attempt {}, 200, 5 ms", black_box("getChats"), black_box(1)));
    });
}

criterion_group!(pieces, decode, request, boundary, log_off, overshoot);
criterion_main!(pieces);
