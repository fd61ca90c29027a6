//! Parsing and reading a JSON document, beside serde_json: `cargo bench --bench json_document`.

#![allow(missing_docs)]

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use serde_json::Value;
use ymchat::JsonDocument;

const MESSAGES: usize = 10_000;

/// What getMessagesSince gives for a long chat: about 3 MB.
fn messages() -> String {
    let messages: Vec<String> = (0..MESSAGES)
        .map(|n| {
            format!(
                r#"{{"messageId":{},"createdAt":"2026-03-05T09:{:02}:00+03:00","sender":"CUSTOMER","message":"Здравствуйте! Подскажите, когда отправите заказ?\nОчень жду, \"коробка № {n}\"."}}"#,
                9_007_199_254_741_000 + n,
                n % 60,
            )
        })
        .collect();
    format!(r#"{{"messages":[{}]}}"#, messages.join(","))
}

fn json_document(criterion: &mut Criterion) {
    let text = messages();
    let mut group = criterion.benchmark_group("json_document");
    group.throughput(Throughput::Bytes(text.len() as u64)).sample_size(20);
    group.bench_function("parse", |bench| {
        bench.iter(|| JsonDocument::parse(black_box(&*text)).unwrap());
    });
    group.bench_function("parse, serde_json's Value", |bench| {
        bench.iter(|| serde_json::from_str::<Value>(black_box(&text)).unwrap());
    });
    let document = JsonDocument::parse(&*text).unwrap();
    let value: Value = serde_json::from_str(&text).unwrap();
    group.throughput(Throughput::Elements(3 * MESSAGES as u64));
    group.bench_function("three pointers of each message", |bench| {
        bench.iter(|| {
            for n in 0..MESSAGES {
                black_box(document.int64(&format!("/messages/{n}/messageId")).unwrap());
                black_box(document.text(&format!("/messages/{n}/message")).unwrap());
                black_box(document.kind(&format!("/messages/{n}/payload")).unwrap());
            }
        });
    });
    group.bench_function("three pointers of each message, serde_json's Value", |bench| {
        bench.iter(|| {
            for n in 0..MESSAGES {
                black_box(value.pointer(&format!("/messages/{n}/messageId")).unwrap());
                black_box(value.pointer(&format!("/messages/{n}/message")).unwrap());
                black_box(value.pointer(&format!("/messages/{n}/payload")));
            }
        });
    });
    group.finish();
}

criterion_group!(benches, json_document);
criterion_main!(benches);
