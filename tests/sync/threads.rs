//! The threads that help a call end with it, however it ends.

use std::fs;
use std::ops::ControlFlow;

use ymchat::{Status, SyncOptions, SyncScope, SyncStart};
use ymchat_sandbox::{Fault, FaultKind, Operation, Sandbox};

use crate::common::run_child;
use crate::support::builder;

#[test]
fn no_thread_is_left_after_a_call() {
    run_child("threads::in_a_process_of_its_own", &[]);
}

/// The threads of sync in this process.
fn helpers() -> usize {
    let tasks = fs::read_dir("/proc/self/task").unwrap();
    // One may end while it is looked at.
    let names = tasks.filter_map(|task| fs::read_to_string(task.ok()?.path().join("comm")).ok());
    names.filter(|name| name.trim() == "ymchat-sync").count()
}

#[test]
#[ignore = "run by no_thread_is_left_after_a_call, in a process of its own"]
fn in_a_process_of_its_own() {
    let sandbox = Sandbox::start().unwrap();
    let client = builder(&sandbox).max_attempts(1).build().unwrap();
    let options = SyncOptions::new().start(SyncStart::All).scope(SyncScope::All).limit(10_000);

    let mut most = 0;
    let told = client.sync_with_progress("", &options, |_| {
        most = helpers().max(most);
        ControlFlow::Continue(())
    });
    assert!(told.unwrap().chats.len() > 10);
    assert!((1..=3).contains(&most), "{most} threads help");
    assert_eq!(helpers(), 0, "after a call");

    let mut calls = 0;
    let ended = client.sync_with_progress("", &options, |_| {
        calls += 1;
        if calls < 4 { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    });
    assert_eq!(ended.unwrap_err().status(), Status::Cancelled);
    assert_eq!(helpers(), 0, "after a call that the program ended");

    let close = Fault::new(FaultKind::Close).on(Operation::GetChatHistory).skip(5);
    sandbox.add_fault(close.times(u32::MAX)).unwrap();
    let _ = client.sync("", &options.limit(10_000));
    assert_eq!(helpers(), 0, "after a call that failed");
}
