//! The stories of an inbox and of a receiver, for the examples in each language.

// Each test program uses its own part of this.
#![allow(dead_code)]

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use ymchat_sandbox::{NewFile, NewMessage, Sandbox};

use crate::program::{feed, start, succeed};

/// Far more than anything here takes.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// The messages of a table: chat and message.
pub type Rows = Vec<(i64, i64)>;

/// The program with a Market in its environment.
pub fn with(mut program: Command, sandbox: &Sandbox) -> Command {
    program
        .env("YMCHAT_BASE_URL", sandbox.base_url())
        .env("YMCHAT_API_KEY", sandbox.api_key())
        .env("YMCHAT_BUSINESS_ID", sandbox.business_id().to_string());
    program
}

/// Runs it with a Market in its environment; returns what it printed.
pub fn run(program: Command, sandbox: &Sandbox) -> String {
    succeed(&mut with(program, sandbox))
}

/// Every message that there is.
pub fn everything(sandbox: &Sandbox) -> Rows {
    let chats = sandbox.record().chats;
    let mut rows: Rows = chats
        .iter()
        .flat_map(|chat| {
            let id = chat.chat.chat_id;
            chat.messages.iter().map(move |message| (id, message.message.message_id))
        })
        .collect();
    rows.sort_unstable();
    rows
}

/// That a table has each message once.
pub fn assert_holds(table: &Rows, sandbox: &Sandbox) {
    let everything = everything(sandbox);
    let missing: Rows = everything.iter().filter(|row| !table.contains(row)).copied().collect();
    assert_eq!(missing, [], "these messages are missing");
    let mut twice = sorted(table.clone());
    twice.dedup();
    assert_eq!((twice.len(), table.len()), (everything.len(), everything.len()), "each once");
}

pub fn sorted(mut rows: Rows) -> Rows {
    rows.sort_unstable();
    rows
}

/// Kills the program at ever later requests, while it writes, and when it has just written, while
/// customers go on writing; then lets it come to its end. `table` reads what it has stored,
/// `written` tells that it has begun to write.
pub fn is_killed_and_receives_each_message_once(
    program: impl Fn() -> Command,
    table: impl Fn() -> Rows,
    written: &mut dyn FnMut() -> bool,
) -> Sandbox {
    let sandbox = Sandbox::start().unwrap();
    let chats: Vec<i64> = sandbox.record().chats.iter().map(|chat| chat.chat.chat_id).collect();
    let mut killed = 0;
    for round in 0..24 {
        // Dates are in whole seconds: what is written in the second of a reading comes later.
        sandbox.advance_clock(Duration::from_secs(5));
        for chat in chats.iter().skip(round % 3).step_by(3) {
            sandbox.write_as_customer(*chat, "Вы ещё здесь?").unwrap();
        }
        let before = sandbox.traffic().requests.len();
        written();
        let mut child = start(&mut with(program(), &sandbox));
        match round % 4 {
            0 | 1 => {
                let wanted = before + 1 + round * 2;
                let arrived = |seen: &ymchat_sandbox::Traffic| seen.requests.len() >= wanted;
                while !sandbox.wait_for(Duration::from_millis(20), arrived) {
                    if child.is_over() {
                        break;
                    }
                }
            }
            // While it writes, or when it has just written.
            kind => {
                let mut runs = || !child.is_over();
                let arrived = |seen: &ymchat_sandbox::Traffic| seen.requests.len() > before;
                while !sandbox.wait_for(Duration::from_millis(20), arrived) && runs() {}
                while !written() && runs() {}
                while kind == 3 && written() && runs() {}
            }
        }
        // SIGKILL, and not an end of its own.
        killed += usize::from(child.kill().code().is_none());
        let stored = sorted(table());
        let known = everything(&sandbox);
        assert!(stored.iter().all(|row| known.binary_search(row).is_ok()), "{stored:?}");
    }
    assert!(killed >= 12, "it was killed {killed} times only");
    run(program(), &sandbox);
    assert_holds(&table(), &sandbox);
    assert_eq!(run(program(), &sandbox), "Received 0 messages.\n");
    sandbox
}

/// What the story at the end of examples/inbox.rs prints, when another program plays it.
/// `program` is given the arguments behind the file.
pub fn conversation(program: impl Fn(&[&str]) -> Command, folder: &Path) -> String {
    let sandbox = Sandbox::builder().big_ids(true).start().unwrap();
    let run = |arguments: &[&str], stdin: &str, code: i32| {
        let output = feed(&mut with(program(arguments), &sandbox), stdin.as_bytes());
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {said}");
        String::from_utf8(output.stdout).unwrap()
    };
    let mut transcript = run(&[], "", 0);
    let chat = sandbox.record().chats[0].chat.chat_id;
    let receipt = NewMessage::text("Вот чек").file(NewFile::new("чек.txt", "Итого 1 290 ₽"));
    let message = sandbox.write(chat, receipt).unwrap();
    let business = sandbox.business_id();
    let told = format!(
        r#"{{"notificationType": "CHAT_MESSAGE_SENT", "businessId": {business}, "chatId": {chat},
            "messageId": "{message}", "sentAt": "2026-03-05T09:00:00+03:00"}}"#
    );
    let folder_name = folder.to_str().unwrap();
    let phone = ["answer", folder_name, "Позвоните нам: +7 912 345-67-89"];
    let thanks = ["answer", folder_name, "Спасибо, чек получили!"];
    transcript += &run(&phone, &told, 1);
    transcript += &run(&thanks, &told, 0);
    let saved = std::fs::read_to_string(folder.join(format!("{message}-0"))).unwrap();
    assert_eq!(saved, "Итого 1 290 ₽");
    transcript += &run(&thanks, &told, 0);
    transcript += &run(&[], "", 0);

    let said = run(&thanks, r#"{"notificationType": "PING"}"#, 0);
    assert_eq!(said, "The Market says PING: answered with 200.\n");
    assert_eq!(run(&thanks, "{", 1), "The Market says nothing: answered with 400.\n");
    assert_eq!(run(&["reply"], "", 2), "");
    transcript
}

/// An empty folder for a test's files.
pub fn fresh_folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// That a transcript is the one of all languages. `YMCHAT_BLESS=1` writes it.
pub fn is_the_transcript(said: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/inbox.txt");
    if std::env::var_os("YMCHAT_BLESS").is_some() {
        std::fs::write(&path, said).unwrap();
    }
    assert_eq!(said, std::fs::read_to_string(&path).unwrap(), "examples/inbox.txt is another one");
}
