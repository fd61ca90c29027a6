//! What goes wrong at the service, and what the caller makes of it.

use std::time::Duration;

use ymchat::{Status, SyncOptions};
use ymchat_sandbox::{ErrorKind, Fault, FaultKind, NewMessage, Operation};

use crate::support::{Inbox, builder, chat, client, empty_market};

#[test]
fn a_message_that_appears_late_comes_though_newer_ones_came_before() {
    let sandbox = empty_market();
    let client = client(&sandbox);
    let talk = chat(&sandbox, "Здравствуйте!");
    let late = sandbox.write(talk, NewMessage::text("поздно").visible_after_ms(10_000)).unwrap();
    let newer = sandbox.write_as_customer(talk, "Алло?").unwrap();
    assert!(late < newer);
    let (mut inbox, options) = (Inbox::default(), SyncOptions::new());
    let new = inbox.news(&client, &options);
    assert!(new.contains(&(talk, newer)) && !new.contains(&(talk, late)));

    sandbox.advance_clock(Duration::from_secs(600));
    assert_eq!(inbox.news(&client, &options), [(talk, late)]);
    assert_eq!(inbox.news(&client, &options), []);
}

#[test]
fn a_second_message_of_the_same_second_comes_within_seconds() {
    let sandbox = empty_market();
    let client = client(&sandbox);
    sandbox.freeze_clock(true);
    let talk = chat(&sandbox, "Здравствуйте!");
    let (mut inbox, options) = (Inbox::default(), SyncOptions::new());
    assert_eq!(inbox.news(&client, &options).len(), 1);
    // `updatedAt` is in whole seconds, and stays the same.
    let second = sandbox.write_as_customer(talk, "Алло?").unwrap();
    sandbox.advance_clock(Duration::from_secs(6));
    assert_eq!(inbox.news(&client, &options), [(talk, second)]);
}

#[test]
fn a_chat_that_was_hidden_brings_what_was_missed() {
    let sandbox = empty_market();
    let client = client(&sandbox);
    let talk = chat(&sandbox, "Здравствуйте!");
    let (mut inbox, options) = (Inbox::default(), SyncOptions::new());
    assert_eq!(inbox.news(&client, &options).len(), 1);
    sandbox.hide_chat(talk, true).unwrap();
    let missed = sandbox.write_as_customer(talk, "Вы там?").unwrap();
    assert_eq!(inbox.news(&client, &options), []);
    assert_eq!(inbox.news(&client, &options.clone().chat_ids([talk])), []);
    sandbox.advance_clock(Duration::from_secs(40 * 24 * 3600));
    sandbox.hide_chat(talk, false).unwrap();
    assert_eq!(inbox.news(&client, &options), [(talk, missed)]);
}

#[test]
fn one_chat_that_cannot_be_read_keeps_no_other_one_back() {
    let sandbox = empty_market();
    let client = builder(&sandbox).max_attempts(1).max_parallel(1).build().unwrap();
    let all = [chat(&sandbox, "1"), chat(&sandbox, "2"), chat(&sandbox, "3")];
    let broken = || Fault::new(FaultKind::Error(ErrorKind::ServerError));
    sandbox.add_fault(broken().on(Operation::GetChatHistory)).unwrap();
    let (mut inbox, options) = (Inbox::default(), SyncOptions::new());
    let (result, new) = inbox.call(&client, &options).unwrap();
    assert_eq!(new.len(), 2);
    assert!(result.more);
    // It fails again, and there is nothing else: now the caller is told.
    sandbox.add_fault(broken().on(Operation::GetChatHistory)).unwrap();
    let error = inbox.call(&client, &options).unwrap_err();
    assert_eq!((error.status(), error.operation()), (Status::Server, "getChatHistory"));
    let last = inbox.news(&client, &options);
    assert_eq!(last.len(), 1);
    let mut chats: Vec<i64> = inbox.received.iter().map(|(chat, _)| *chat).collect();
    chats.sort_unstable();
    assert_eq!(chats, all);
}

#[test]
fn expired_page_tokens_cost_a_second_walk_and_no_message() {
    let sandbox = empty_market();
    let client = client(&sandbox);
    for _ in 0..50 {
        chat(&sandbox, "Здравствуйте!");
    }
    let expired = Fault::new(FaultKind::Error(ErrorKind::BadRequest));
    sandbox.add_fault(expired.on(Operation::GetChats).skip(2)).unwrap();
    assert_eq!(Inbox::default().news(&client, &SyncOptions::new()).len(), 50);
}

#[test]
fn a_failed_look_changes_nothing() {
    let sandbox = empty_market();
    let client = builder(&sandbox).max_attempts(1).build().unwrap();
    let talk = chat(&sandbox, "Здравствуйте!");
    sandbox.add_fault(Fault::new(FaultKind::Close).on(Operation::GetChats)).unwrap();
    let (mut inbox, options) = (Inbox::default(), SyncOptions::new());
    let error = inbox.call(&client, &options).unwrap_err();
    assert_eq!(error.status(), Status::Network);
    assert_eq!(inbox.news(&client, &options)[0].0, talk);
}
