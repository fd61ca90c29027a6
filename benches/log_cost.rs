//! What the log costs: `cargo bench --bench log_cost`. A line by itself, and a whole call, which writes one
//! line at `debug` and none at `info`, over a connection that stays open.

#![allow(missing_docs)]

use std::hint::black_box;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::thread;

use criterion::{Criterion, criterion_group, criterion_main};
use log::{LevelFilter, Log, Metadata, Record};
use ymchat::Client;

/// Makes each line, and throws it away.
struct Discard;

impl Log for Discard {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target().starts_with("ymchat")
    }

    fn log(&self, record: &Record<'_>) {
        if self.enabled(record.metadata()) {
            black_box(record.args().to_string());
        }
    }

    fn flush(&self) {}
}

/// Answers each request for a chat in the same way; gives its port.
fn chat_server() -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    let chat = concat!(
        r#"{"status":"OK","result":{"chatId":5,"status":"NEW","type":"CHAT","#,
        r#""createdAt":"2026-03-05T09:00:00+03:00","updatedAt":"2026-03-05T09:00:00+03:00","#,
        r#""context":{"type":"ORDER","orderId":5}}}"#
    );
    let answer = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\
         X-RateLimit-Resource-Limit: 1000000000\r\nX-RateLimit-Resource-Remaining: 999999999\r\n\
         X-RateLimit-Resource-Until: Fri, 31 Dec 2100 23:59:59 GMT\r\n\r\n{chat}",
        chat.len(),
    );
    thread::spawn(move || {
        for connection in listener.incoming() {
            let mut connection = connection.unwrap();
            let mut head = [0; 4096];
            // A GET arrives as one piece, and nothing follows its head.
            while let Ok(length @ 1..) = connection.read(&mut head) {
                assert!(head[..length].ends_with(b"\r\n\r\n"), "half a request");
                connection.write_all(answer.as_bytes()).unwrap();
            }
        }
    });
    port
}

fn log_cost(c: &mut Criterion) {
    let client = Client::builder()
        .api_key("ACMA:benchmark")
        .business_id(5)
        .base_url(format!("http://127.0.0.1:{}", chat_server()))
        .build()
        .unwrap();
    log::set_logger(&Discard).unwrap();
    for level in [LevelFilter::Off, LevelFilter::Info, LevelFilter::Debug] {
        log::set_max_level(level);
        c.bench_function(&format!("log: a line, {level}"), |b| {
            b.iter(|| {
                let (attempt, status, took) = black_box((1, 200, 42));
                log::debug!(target: "ymchat", "getChat: attempt {attempt}, HTTP {status}, {took} ms");
            });
        });
        c.bench_function(&format!("log: a call, {level}"), |b| {
            b.iter(|| client.get_chat(black_box(5)).unwrap());
        });
    }
}

criterion_group!(costs, log_cost);
criterion_main!(costs);
