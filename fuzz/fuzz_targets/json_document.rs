//! JSON documents and pointers: whatever serde_json reads, the document reads the same, and no
//! text or pointer makes it panic.
#![no_main]

use libfuzzer_sys::fuzz_target;
use serde_json::Value;
use ymchat::{JsonDocument, JsonErrorReason, json_quote};

fuzz_target!(|data: &[u8]| {
    let Ok(input) = std::str::from_utf8(data) else {
        return;
    };
    // A pointer stands before the first line's end, if there is one.
    let (pointer, text) = input.split_once('\n').unwrap_or(("", input));
    let whole = serde_json::from_str::<Value>(text);
    match JsonDocument::parse(text) {
        Ok(document) => {
            read_all(&document, pointer);
            if let Ok(value) = whole {
                compare(&document, &mut String::new(), &value);
                // serde_json takes a tilde with nothing behind it, which the RFC does not.
                if let Ok(kind) = document.kind(pointer) {
                    assert_eq!(kind.is_some(), value.pointer(pointer).is_some());
                }
            }
        }
        Err(error) => {
            assert_eq!(error.reason(), JsonErrorReason::NotJson);
            assert!(whole.is_err() || text.starts_with('\u{FEFF}'), "{error}");
        }
    }
    let quoted = json_quote(text);
    assert_eq!(JsonDocument::parse(quoted).unwrap().text("").unwrap(), text);
});

fn found<'d>(document: &'d JsonDocument, pointer: &str) -> Option<&'d str> {
    document.raw(pointer).ok()
}

fn read_all(document: &JsonDocument, pointer: &str) {
    let kind = document.kind(pointer).ok().flatten();
    assert_eq!(kind.is_some(), found(document, pointer).is_some());
    let _ = document.text(pointer);
    let _ = document.int64(pointer);
    let _ = document.boolean(pointer);
    if let Ok(count) = document.count(pointer) {
        assert!(document.key(pointer, count).is_err());
        let _ = count.checked_sub(1).map(|last| document.key(pointer, last));
    }
}

fn compare(document: &JsonDocument, pointer: &mut String, value: &Value) {
    match value {
        Value::Null => assert_eq!(document.raw(pointer), Ok("null")),
        Value::Bool(boolean) => assert_eq!(document.boolean(pointer), Ok(*boolean)),
        Value::Number(number) => match number.as_i64() {
            Some(number) => assert_eq!(document.int64(pointer), Ok(number)),
            // serde_json takes -0 for a fraction.
            None => assert!(document.raw(pointer) == Ok("-0") || document.int64(pointer).is_err()),
        },
        Value::String(text) => assert_eq!(document.text(pointer).unwrap(), *text),
        Value::Array(items) => {
            assert_eq!(document.count(pointer), Ok(items.len()));
            for (index, item) in items.iter().enumerate() {
                descend(document, pointer, &index.to_string(), item);
            }
        }
        Value::Object(members) => {
            assert!(document.count(pointer).unwrap() >= members.len());
            for (key, member) in members {
                descend(document, pointer, &key.replace('~', "~0").replace('/', "~1"), member);
            }
        }
    }
}

fn descend(document: &JsonDocument, pointer: &mut String, part: &str, value: &Value) {
    let length = pointer.len();
    pointer.push('/');
    pointer.push_str(part);
    compare(document, pointer, value);
    pointer.truncate(length);
}
