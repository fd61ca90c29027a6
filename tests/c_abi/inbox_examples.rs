//! examples/inbox.c and examples/receiver.c.

use std::path::{Path, PathBuf};
use std::process::Command;

use ymchat_sandbox::{NewChat, NotificationLog, NotificationSettings, Sandbox};

use crate::common::serve::{Server, reply};
use crate::compile::{self, Language, Linkage, compile};
use crate::inbox;
use crate::program::{self, say};
use crate::run;

/// The messages in a file of examples/inbox.c.
fn rows(file: &str) -> inbox::Rows {
    let text = std::fs::read_to_string(file).unwrap_or_default();
    let (whole, _) = text.rsplit_once('\n').unwrap_or_default();
    let mut rows = inbox::Rows::new();
    for line in whole.lines() {
        let news: serde_json::Value = serde_json::from_str(line).unwrap();
        for found in news["chats"].as_array().unwrap() {
            let messages = found["messages"].as_array().unwrap().iter();
            let chat = found["chat"]["chatId"].as_i64().unwrap();
            rows.extend(messages.map(|message| (chat, message["messageId"].as_i64().unwrap())));
        }
    }
    rows
}

#[test]
fn the_inbox_is_killed_and_receives_each_message_once() {
    let program = compile("examples/inbox.c", Language::C99, Linkage::Shared);
    let file = compile::temporary("inbox.jsonl", "");
    let command = || {
        let mut command = Command::new(&program);
        command.arg(&file);
        command
    };
    let mut length = 0;
    let mut written = || {
        let before = std::mem::replace(&mut length, std::fs::metadata(&file).unwrap().len());
        length > before
    };
    let read = || rows(&file);
    let sandbox = inbox::is_killed_and_receives_each_message_once(command, read, &mut written);
    // Half of a line is a step that was not taken.
    let whole = std::fs::read_to_string(&file).unwrap();
    let last = whole[..whole.len() - 1].rfind('\n').unwrap() + 1;
    std::fs::write(&file, &whole[..last + 20]).unwrap();
    inbox::run(command(), &sandbox);
    inbox::assert_holds(&rows(&file), &sandbox);
}

/// A web server that has a CGI program answer.
fn web_server(program: &Path, hints: &Path) -> Server {
    let (program, hints) = (program.to_owned(), hints.to_owned());
    Server::start(move |mut peer| {
        let Some(request) = peer.request() else { return };
        let (status, body) = cgi(&program, &hints, "127.0.0.1", &request.body);
        let _ = peer.send(&reply(status.parse().unwrap(), body));
    })
}

/// What a CGI program answers: the status, and the body.
fn cgi(program: &Path, hints: &Path, address: &str, body: &[u8]) -> (String, String) {
    let mut command = Command::new(program);
    command
        .env("REMOTE_ADDR", address)
        .env("CONTENT_LENGTH", body.len().to_string())
        .env("RECEIVER_HINTS", hints)
        .env("RECEIVER_ALLOW_FROM", r#"["127.0.0.1"]"#);
    let output = program::feed(&mut command, body);
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).unwrap();
    let (head, reply) = text.split_once("\r\n\r\n").unwrap();
    let status = head.strip_prefix("Status: ").unwrap().split("\r\n").next().unwrap();
    (status.to_owned(), reply.to_owned())
}

#[test]
fn the_inbox_prints_the_transcript_in_c_and_in_rust() {
    let in_c = compile("examples/inbox.c", Language::C99, Linkage::Shared);
    let in_rust = compile::built_example("inbox");
    let mut told = Vec::new();
    for (name, program) in [("c", Some(in_c)), ("rust", in_rust.clone())] {
        let Some(program) = program else { continue };
        let folder = inbox::fresh_folder(&format!("inbox-{name}"));
        let command = |arguments: &[&str]| {
            let mut command = Command::new(&program);
            command.arg(folder.join("inbox.jsonl")).args(arguments);
            command
        };
        told.push(inbox::conversation(command, &folder));
    }
    match in_rust {
        Some(program) => told.push(run::alone(&program)),
        None => say("NOT RUN: the Rust inbox, because only `cargo test` as a whole builds it"),
    }
    for transcript in told {
        inbox::is_the_transcript(&transcript);
    }
}

#[test]
fn the_receiver_leaves_hints_and_the_inbox_brings_what_they_tell_of() {
    let receiver = compile("examples/receiver.c", Language::C99, Linkage::Shared);
    let program = compile("examples/inbox.c", Language::C99, Linkage::Shared);
    let file = compile::temporary("receiver.jsonl", "");
    let hints = PathBuf::from(format!("{file}.hints"));
    let _ = std::fs::remove_dir_all(&hints);
    std::fs::create_dir(&hints).unwrap();
    let inbox = |sandbox: &Sandbox| {
        let mut command = Command::new(&program);
        command.arg(&file).arg("hints").arg(&hints);
        inbox::run(command, sandbox)
    };
    let sandbox = Sandbox::builder().seeded(false).start().unwrap();
    let chat = sandbox.start_chat(NewChat::direct("Где мой заказ?")).unwrap();
    let other = sandbox.start_chat(NewChat::direct("А мой?")).unwrap();
    assert_eq!(inbox(&sandbox), "Received 0 messages.\n", "no hint, no request");
    assert_eq!(sandbox.traffic().requests.len(), 0);

    let server = web_server(&receiver, &hints);
    sandbox.set_notifications(NotificationSettings::to(server.url()).duplicates(2)).unwrap();
    let message = sandbox.write_as_customer(chat, "Алло?").unwrap();
    let told = |log: &NotificationLog| log.notifications.len() == 6 && log.all_answered();
    let log = || format!("{:#?}", sandbox.notifications());
    assert!(sandbox.wait_for_notifications(inbox::PATIENCE, told), "{}", log());
    let problem = sandbox.notifications().notifications[3].attempts[0].problem.clone();
    assert_eq!(problem, None);
    assert_eq!(inbox(&sandbox), "Received 2 messages.\n");
    assert!(rows(&file).contains(&(chat, message)));
    assert!(rows(&file).iter().all(|(named, _)| *named != other), "only the chat that was named");
    assert_eq!(std::fs::read_dir(&hints).unwrap().count(), 0, "the hint is forgotten");
    // One that was taken before the program was killed is taken up again.
    std::fs::write(hints.join(format!("{other}.taken")), "").unwrap();
    std::fs::write(hints.join("notes.txt"), "").unwrap();
    assert_eq!(inbox(&sandbox), "Received 1 messages.\n");
    assert_eq!(inbox::sorted(rows(&file)), inbox::everything(&sandbox));

    let ping = br#"{"notificationType": "PING"}"#;
    for (address, body, status) in [
        ("127.0.0.1", &ping[..], "200"),
        ("10.0.0.1", &ping[..], "403"),
        ("", &ping[..], "403"),
        ("127.0.0.1", b"{", "400"),
        ("127.0.0.1", &[b' '; 100_000][..], "400"),
    ] {
        assert_eq!(cgi(&receiver, &hints, address, body).0, status, "{address}");
    }
    let message = br#"{"notificationType": "CHAT_CREATED", "businessId": 1, "chatId": 7}"#;
    let nowhere = hints.join("nowhere");
    assert_eq!(cgi(&receiver, &nowhere, "127.0.0.1", message).0, "500", "it will come again");
}
