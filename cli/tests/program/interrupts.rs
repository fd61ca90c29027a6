//! Ctrl-C, and readers that go.
#![cfg(unix)]

use std::process::Command;
use std::sync::mpsc;
use std::time::Duration;

use ymchat_sandbox::{NewChat, Sandbox};

use crate::program::{self, Running};
use crate::serve::{Server, reply_with};
use crate::support::{Directory, beside, interrupt};

/// Long enough for whatever machine; nothing waits for it where the program is right.
const LONG: Duration = Duration::from_secs(60);

/// The program with a key for this service.
fn asks(server: &Server, arguments: &[&str]) -> Running {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ymchat"));
    command
        .args(arguments)
        .env("YMCHAT_BASE_URL", server.url())
        .env("YMCHAT_API_KEY", "ACMA:s3cr3t-k3y-api")
        .env("YMCHAT_BUSINESS_ID", "77");
    program::start(&mut command)
}

/// A service that takes a request, and says so, and never answers; with the program at work on it.
fn unanswered(arguments: &[&str]) -> (Server, Running) {
    let (tell, arrived) = mpsc::channel();
    let server = Server::start(move |mut peer| {
        if peer.request().is_some() {
            let _ = tell.send(());
        }
        // Until the client goes.
        let _ = peer.request();
    });
    let running = asks(&server, arguments);
    arrived.recv_timeout(LONG).expect("a request");
    (server, running)
}

#[test]
fn ctrl_c_says_what_became_of_a_send() {
    let (server, running) = unanswered(&["send", "5", "Привет"]);
    interrupt(&running);
    let output = running.finish();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(130), "{said}");
    assert!(said.contains("\noutcome: unknown\n") && said.contains("\nticket: "), "{said}");
    assert!(!said.contains("s3cr3t"), "{said}");
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn ctrl_c_ends_a_call() {
    for arguments in [&["chats"][..], &["show", "5"], &["watch"], &["show", "5", "--follow"]] {
        let (_server, running) = unanswered(arguments);
        interrupt(&running);
        let output = running.finish();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(130), "{arguments:?}: {said}");
        assert!(output.stdout.is_empty(), "{arguments:?}");
        assert!(!said.contains("panicked"), "{said}");
    }
}

#[test]
fn ctrl_c_ends_a_pause_at_once() {
    // The quota is used up for an hour, and the program waits until then.
    let until = std::time::SystemTime::now() + Duration::from_secs(3600);
    let until = format!("x-ratelimit-resource-until: {}", httpdate::fmt_http_date(until));
    let body = r#"{"status":"ERROR","errors":[{"code":"METHOD_FAILURE"}]}"#;
    for arguments in [&["watch"][..], &["show", "5", "--follow"]] {
        let refusal = reply_with(420, &[&until, "connection: close"], body);
        let server = Server::start(move |mut peer| {
            while peer.request().is_some() {
                let _ = peer.send(&refusal);
            }
        });
        let mut running = asks(&server, arguments);
        let said = running.error_line().unwrap();
        assert!(said.starts_with("ymchat: "), "{said}");
        interrupt(&running);
        let output = running.finish();
        let rest = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(130), "{arguments:?}: {said}\n{rest}");
        assert_eq!(rest.lines().count(), 1, "{said}\n{rest}");
    }
}

#[test]
fn ctrl_c_leaves_the_state_of_sync_as_it_was() {
    let directory = Directory::new();
    let state = directory.join("shop.state");
    let (_server, running) = unanswered(&["sync", "--state", state.to_str().unwrap()]);
    interrupt(&running);
    assert_eq!(running.finish().status.code(), Some(130));
    assert!(!state.exists());
}

#[test]
fn a_second_ctrl_c_ends_at_once() {
    let market = Sandbox::builder().seeded(false).start().unwrap();
    market.start_chat(NewChat::direct("Первое")).unwrap();
    let directory = Directory::new();
    let fifo = directory.join("fifo");
    program::succeed(Command::new("mkfifo").arg(&fifo));
    // It lasts as long as somebody holds the other end of the pipe.
    let command = format!("cat < '{}'", fifo.display());
    let state = directory.join("shop.state");
    let arguments = ["sync", "--state", state.to_str().unwrap(), "--exec", &command];
    let mut running = program::start(&mut beside(&market, &arguments));
    // Opens when the command has begun.
    let held = std::fs::OpenOptions::new().write(true).open(&fifo).unwrap();
    interrupt(&running);
    let said = running.error_line().unwrap();
    assert!(said.contains("Ctrl-C"), "{said}");
    assert!(!running.is_over(), "it waits for the command");
    interrupt(&running);
    assert_eq!(running.wait().code(), Some(130));
    drop(held);
}

#[test]
fn a_reader_that_goes_ends_it_without_a_word() {
    let market = Sandbox::start().unwrap();
    let arguments: [&[&str]; 4] =
        [&["chats"], &["--json", "chats"], &["completions", "bash"], &["man"]];
    for arguments in arguments {
        let output = program::start_unread(&mut beside(&market, arguments)).finish();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!((output.status.code(), said.as_str()), (Some(141), ""), "{arguments:?}");
    }
}
