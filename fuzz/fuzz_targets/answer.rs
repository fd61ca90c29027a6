//! An answer's text: what the scanner accepts, serde_json accepts, and reads the same, after the
//! halves of surrogate pairs have been repaired.
#![no_main]
#![allow(dead_code)]

use libfuzzer_sys::fuzz_target;
use serde_json::Value;

#[path = "../../src/pipeline/envelope.rs"]
mod envelope;
#[path = "../../src/json_scan/mod.rs"]
mod json_scan;

static HISTORY: envelope::Shape = envelope::Shape::new(&[("messages", json_scan::Kind::Array)]);

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
                let result: Value = serde_json::from_slice(&repaired[part.range]).unwrap();
                assert_eq!(Some(&result), whole.get("result"));
                let _ = serde_json::from_value::<ymchat::ChatMessagesResult>(result);
            }
        }
        Err(json_scan::Malformed::Duplicate { .. }) => {}
        Err(_) => assert!(whole.is_err(), "what can be read is passed on"),
    }
});
