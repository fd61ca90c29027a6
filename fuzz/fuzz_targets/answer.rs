//! An answer's text: what the scanner accepts, serde_json accepts, and reads the same, after the
//! halves of surrogate pairs have been repaired. And the greatest id of a list is that of its items,
//! each looked at by itself.
#![no_main]
#![allow(dead_code)]

use std::collections::BTreeMap;

use libfuzzer_sys::fuzz_target;
use serde_json::Value;
use serde_json::value::RawValue;

#[path = "../../src/pipeline/envelope.rs"]
mod envelope;
#[path = "../../src/json_scan/mod.rs"]
mod json_scan;

static HISTORY: envelope::Shape = envelope::Shape::new(&[("messages", json_scan::Kind::Array)])
    .with_ids_in("messages", "\"messageId\"");

/// The greatest id of a result's messages, each of which is scanned as the only one of a list.
fn greatest_id(result: &[u8]) -> Option<i64> {
    let members: BTreeMap<String, &RawValue> = serde_json::from_slice(result).ok()?;
    let messages: Vec<&RawValue> = serde_json::from_str(members.get("messages")?.get()).ok()?;
    let ids = messages.iter().map(|message| {
        let alone = format!(r#"{{"result":{{"messages":[{message}]}}}}"#);
        let promise = envelope::Promise::Result(&HISTORY);
        envelope::scan(alone.as_bytes(), promise).expect("a part of a text").page.greatest_id
    });
    ids.max().flatten()
}

fuzz_target!(|data: &[u8]| {
    let mut repaired = data.to_vec();
    let scanned = envelope::repair_and_scan(&mut repaired, envelope::Promise::Result(&HISTORY));
    let whole = serde_json::from_slice::<Value>(&repaired);
    if serde_json::from_slice::<Value>(data).is_ok() {
        assert_eq!(data, repaired, "what can be read is not changed");
    }
    match scanned {
        Ok(scanned) => {
            let whole = whole.expect("what is passed on can be read");
            if let Some(part) = scanned.result {
                let text = &repaired[part.range.clone()];
                if scanned.shape.is_ok() {
                    assert_eq!(scanned.page.greatest_id, greatest_id(text));
                }
                let result: Value = serde_json::from_slice(&repaired[part.range]).unwrap();
                assert_eq!(Some(&result), whole.get("result"));
                let _ = serde_json::from_value::<ymchat::ChatMessagesResult>(result);
            }
        }
        Err(json_scan::Malformed::Duplicate { .. }) => {}
        Err(_) => assert!(whole.is_err(), "what can be read is passed on"),
    }
});
