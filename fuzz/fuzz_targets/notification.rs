//! Notifications and their options: any bytes get a reply, and the result is always JSON.
#![no_main]

use std::time::UNIX_EPOCH;

use libfuzzer_sys::fuzz_target;
use serde_json::Value;
use ymchat::{NotificationOptions, Status, parse_notification, parse_notification_json};

fuzz_target!(|data: &[u8]| {
    let options = NotificationOptions::new().now(UNIX_EPOCH);
    let parsed = parse_notification(data, &options).expect("these options are right");
    let document: Value = serde_json::from_str(&parsed.to_json()).expect("the result is JSON");
    assert_eq!(document["accepted"], parsed.accepted());
    let reply: Value = serde_json::from_str(&parsed.reply.body).expect("the reply is JSON");
    assert!(parsed.to_json().len() <= 4 * data.len() + 1000);
    match &parsed.notification {
        Some(notification) => {
            assert_eq!(parsed.reply.http_status, 200);
            assert_eq!(reply["name"], "ymchat");
            assert!(notification.key.len() <= 200);
            assert!(notification.key.bytes().all(|byte| byte.is_ascii_graphic()));
            let again = parse_notification(notification.body.as_bytes(), &options).unwrap();
            assert_eq!(again.notification.as_ref(), Some(notification));
        }
        None => {
            assert_eq!(parsed.reply.http_status, 400);
            assert_eq!(reply["error"]["type"], "WRONG_EVENT_FORMAT");
        }
    }
    if let Ok(text) = std::str::from_utf8(data) {
        if let Err(error) = parse_notification_json(data, text) {
            assert_eq!(error.status(), Status::InvalidArgument);
        }
        let _ = parse_notification(data, &options.clone().remote_address(text));
        let anywhere = options.remote_address("::1").allow_from([text]);
        let _ = parse_notification(b"{}", &anywhere);
    }
});
