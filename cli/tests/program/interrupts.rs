//! Ctrl-C, and readers that go.
#![cfg(unix)]

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use ymchat_sandbox::{NewChat, Sandbox};

use crate::serve::{Server, reply_with};
use crate::support::{Directory, variables};

/// Long enough for whatever machine; nothing waits for it where the program is right.
const LONG: Duration = Duration::from_secs(60);

fn interrupt(child: &Child) {
    kill_process(Pid::from_child(child), Signal::INT).unwrap();
}

/// The program with a key for this service.
fn asks(server: &Server, arguments: &[&str]) -> Child {
    Command::new(env!("CARGO_BIN_EXE_ymchat"))
        .args(arguments)
        .env("YMCHAT_BASE_URL", server.url())
        .env("YMCHAT_API_KEY", "ACMA:s3cr3t-k3y-api")
        .env("YMCHAT_BUSINESS_ID", "77")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// A service that takes a request, and says so, and never answers; with the program at work on it.
fn unanswered(arguments: &[&str]) -> (Server, Child) {
    let (tell, arrived) = mpsc::channel();
    let server = Server::start(move |mut peer| {
        if peer.request().is_some() {
            let _ = tell.send(());
        }
        // Until the client goes.
        let _ = peer.request();
    });
    let child = asks(&server, arguments);
    arrived.recv_timeout(LONG).expect("a request");
    (server, child)
}

#[test]
fn ctrl_c_says_what_became_of_a_send() {
    let (server, child) = unanswered(&["send", "5", "Привет"]);
    interrupt(&child);
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(130), "{said}");
    assert!(said.contains("\noutcome: unknown\n") && said.contains("\nticket: "), "{said}");
    assert!(!said.contains("s3cr3t"), "{said}");
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn ctrl_c_ends_a_call() {
    for arguments in [&["chats"][..], &["show", "5"], &["watch"], &["show", "5", "--follow"]] {
        let (_server, child) = unanswered(arguments);
        interrupt(&child);
        let output = child.wait_with_output().unwrap();
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
        let mut child = asks(&server, arguments);
        let process = Pid::from_child(&child);
        let (over, is_over) = mpsc::channel::<()>();
        let guard = std::thread::spawn(move || {
            if is_over.recv_timeout(LONG) == Err(mpsc::RecvTimeoutError::Timeout) {
                let _ = kill_process(process, Signal::KILL);
            }
        });
        let mut stderr = BufReader::new(child.stderr.take().unwrap());
        let mut said = String::new();
        stderr.read_line(&mut said).unwrap();
        assert!(said.starts_with("ymchat: "), "{said}");
        interrupt(&child);
        stderr.read_to_string(&mut said).unwrap();
        // Not reaped yet: the guard can hit no other process.
        drop(over);
        guard.join().unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(130), "{arguments:?}: {said}");
        assert_eq!(said.lines().count(), 2, "{said}");
    }
}

#[test]
fn ctrl_c_leaves_the_state_of_sync_as_it_was() {
    let directory = Directory::new();
    let state = directory.join("shop.state");
    let (_server, child) = unanswered(&["sync", "--state", state.to_str().unwrap()]);
    interrupt(&child);
    assert_eq!(child.wait_with_output().unwrap().status.code(), Some(130));
    assert!(!state.exists());
}

#[test]
fn a_second_ctrl_c_ends_at_once() {
    let market = Sandbox::builder().seeded(false).start().unwrap();
    market.start_chat(NewChat::direct("Первое")).unwrap();
    let directory = Directory::new();
    let fifo = directory.join("fifo");
    assert!(Command::new("mkfifo").arg(&fifo).status().unwrap().success());
    // It lasts as long as somebody holds the other end of the pipe.
    let command = format!("cat < '{}'", fifo.display());
    let mut child = Command::new(env!("CARGO_BIN_EXE_ymchat"))
        .arg("sync")
        .arg("--state")
        .arg(directory.join("shop.state"))
        .args(["--exec", &command])
        .envs(variables(&market))
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // Opens when the command has begun.
    let held = std::fs::OpenOptions::new().write(true).open(&fifo).unwrap();
    interrupt(&child);
    let mut stderr = BufReader::new(child.stderr.take().unwrap());
    let mut said = String::new();
    stderr.read_line(&mut said).unwrap();
    assert!(said.contains("Ctrl-C"), "{said}");
    assert!(child.try_wait().unwrap().is_none(), "it waits for the command");
    interrupt(&child);
    assert_eq!(child.wait().unwrap().code(), Some(130));
    drop(held);
}

#[test]
fn a_reader_that_goes_ends_it_without_a_word() {
    let market = Sandbox::start().unwrap();
    let arguments: [&[&str]; 4] =
        [&["chats"], &["--json", "chats"], &["completions", "bash"], &["man"]];
    for arguments in arguments {
        let mut child = Command::new(env!("CARGO_BIN_EXE_ymchat"))
            .args(arguments)
            .envs(variables(&market))
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        let mut said = String::new();
        child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
        assert_eq!((child.wait().unwrap().code(), said.as_str()), (Some(141), ""), "{arguments:?}");
    }
}
