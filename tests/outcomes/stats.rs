//! The counters, after exchanges that are known.

use std::sync::Arc;

use ymchat::internal::TestSettings;
use ymchat::{DeliveryStatus, OperationStats, SendOptions};
use ymchat_sandbox::{ErrorKind, Fault, FaultKind, Operation, Sandbox};

use crate::support::{SimulatedClock, builder, new_chat, s};

#[test]
fn everything_is_counted() {
    let sandbox = Arc::new(Sandbox::builder().quota(Operation::GetChat, 4).start().unwrap());
    let clock = SimulatedClock::with(&sandbox);
    let client = builder(&sandbox).clock(clock.clone()).call_timeout(s(7_200)).build().unwrap();
    let chat = new_chat(&sandbox);
    let of = |name: &str| -> OperationStats {
        let stats = client.stats();
        stats.operations.into_iter().find(|entry| entry.operation == name).unwrap()
    };
    let fail = |kind: FaultKind, operation| Fault::new(kind).on(operation);
    let get = Operation::GetChat;
    let send = Operation::SendMessageToChat;
    let order = |fault: Fault| sandbox.add_fault(fault).unwrap();

    let before = of("getChat");
    assert_eq!((before.attempts, before.quota_limit, before.quota_remaining), (0, 1_000, 1_000));
    assert_eq!(before.quota_resets_in_ms, None);

    order(fail(FaultKind::Status(503), get).times(2));
    client.get_chat(chat).unwrap();
    let entry = of("getChat");
    assert_eq!((entry.attempts, entry.repeats, entry.limited, entry.waits), (3, 2, 0, 0));
    // The failures were met before the work, and the service has the last word.
    assert_eq!((entry.quota_limit, entry.quota_remaining), (4, 3));
    assert!(entry.quota_resets_in_ms.is_some_and(|left| (3_500_000..=3_602_000).contains(&left)));

    // The quota of four runs out, and is waited for.
    for _ in 0..4 {
        client.get_chat(chat).unwrap();
    }
    let entry = of("getChat");
    assert_eq!((entry.attempts, entry.waits), (7, 1));
    assert!((3_500_000..=3_603_000).contains(&entry.waited_ms), "{entry:?}");
    assert_eq!(entry.quota_remaining, 3);

    let options = SendOptions::new().resend(false);
    client.send_message_with(chat, "Раз", &options).unwrap();
    order(fail(FaultKind::Error(ErrorKind::ParallelLimit), send));
    client.send_message_with(chat, "Два", &options).unwrap();
    order(fail(FaultKind::Close, send).after_work());
    client.send_message_with(chat, "Три", &options).unwrap();
    order(fail(FaultKind::Close, send));
    client.send_message_with(chat, "Четыре", &options).unwrap_err();
    order(fail(FaultKind::Error(ErrorKind::ShopLocked), send));
    client.send_message_with(chat, "Пять", &options).unwrap_err();
    client.send_file_with(chat, "a.png", b"png", &options).unwrap();
    let entry = of("sendMessageToChat");
    assert_eq!((entry.attempts, entry.repeats, entry.limited), (6, 1, 1));
    assert_eq!(of("sendFileToChat").attempts, 1);
    // One search that found it, two looks that did not.
    assert_eq!(of("getChatHistory").attempts, 3);
    let sends = client.stats().sends;
    assert_eq!((sends.sent, sends.confirmed, sends.unknown, sends.not_sent), (3, 1, 1, 1));

    // What never left is no attempt, and another client counts for itself.
    let error = client.send_message_with(0, "Шесть", &options).unwrap_err();
    assert_eq!(error.outcome(), Some(DeliveryStatus::NotSent));
    assert_eq!(of("sendMessageToChat").attempts, 6);
    let other = builder(&sandbox).clock(clock).build().unwrap();
    assert!(other.stats().operations.iter().all(|entry| entry.attempts == 0));
    let shared = &other.stats().operations[1];
    assert_eq!((shared.operation, shared.quota_limit), ("getChat", 4));
}
