//! Texts of messages: no text makes the check panic, and its findings are parts of the text.
#![no_main]

use libfuzzer_sys::fuzz_target;
use ymchat::{MessageCheckOptions, Status, check_message, check_message_json};

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let check = check_message(text, &MessageCheckOptions::new()).expect("these options are right");
    let utf16: Vec<u16> = text.encode_utf16().collect();
    let mut passed = 0;
    for finding in &check.findings {
        assert!(passed <= finding.start_utf8 && finding.length_utf8 > 0);
        passed = finding.start_utf8 + finding.length_utf8;
        assert_eq!(&text[finding.start_utf8..passed], finding.text);
        let part = &utf16[finding.start..finding.start + finding.length];
        assert!(finding.text.encode_utf16().eq(part.iter().copied()));
    }
    assert_eq!(check.is_ok(), check.ensure_ok().is_ok());
    if let Err(error) = check_message_json("", text) {
        assert_eq!(error.status(), Status::InvalidArgument);
    }
});
