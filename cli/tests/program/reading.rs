//! `ymchat show`, `watch` and `download`.

use ymchat::Sender;
use ymchat_sandbox::{NewChat, NewFile, NewMessage, Operation, Sandbox};

use crate::program;
use crate::support::{Directory, beside, documents, named, read_until, stderr, stdout, ymchat};

fn market() -> (Sandbox, i64) {
    let market = Sandbox::builder().seeded(false).start().unwrap();
    let chat =
        market.start_chat(named(NewChat::about_order(900_001, "Где заказ?"), "Анна К.")).unwrap();
    let reply = NewMessage::text("В пути.\nЗавтра будет.").by(Sender::Partner);
    market.write(chat, reply).unwrap();
    let photo = NewMessage::text("А \u{1b}[2Jэто?").file(NewFile::new("../фото 1.png", "PNG"));
    market.write(chat, photo).unwrap();
    (market, chat)
}

#[test]
fn a_chat_is_shown_as_a_conversation() {
    let (market, chat) = market();
    let assert = ymchat(&market).args(["show", &chat.to_string()]).assert().success();
    let text = stdout(&assert);
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[0], format!("Chat {chat}: order 900001, Анна К., WAITING_FOR_PARTNER"));
    let heads = lines.iter().filter(|line| line.starts_with("20"));
    let who: Vec<&str> = heads.filter_map(|line| line.split("  ").nth(1)).collect();
    assert_eq!(who, ["customer", "shop", "customer"]);
    assert!(text.contains("\n  В пути.\n  Завтра будет.\n"), "{text}");
    assert!(text.contains("  file: ../фото 1.png, 3 bytes\n"), "{text}");
    assert!(!text.contains('\u{1b}'), "{text:?}");
    let last = ymchat(&market).args(["show", &chat.to_string(), "--last", "1"]).assert().success();
    assert!(!stdout(&last).contains("Где заказ?") && stdout(&last).contains("фото"));
    // A document is never cut: the option would have no effect.
    let both = ["--json", "show", &chat.to_string(), "--last", "1"];
    ymchat(&market).args(both).assert().code(2).stdout("");
    let both = ["show", &chat.to_string(), "--last", "1", "--json"];
    ymchat(&market).args(both).assert().code(2).stdout("");
}

#[test]
fn json_holds_the_messages_since_one() {
    let (market, chat) = market();
    let show = |more: &[&str]| {
        let mut command = ymchat(&market);
        let assert =
            command.args(["--json", "show", &chat.to_string()]).args(more).assert().success();
        documents(&assert)[0]["messages"].as_array().unwrap().clone()
    };
    let all = show(&[]);
    assert_eq!(all.len(), 3);
    let second = all[1]["messageId"].to_string();
    assert_eq!(show(&["--after-message-id", &second]), all[2..]);
}

#[test]
fn a_chat_that_is_not_there_is_not_found() {
    let (market, _) = market();
    ymchat(&market).args(["show", "99"]).assert().code(14);
}

#[test]
fn follow_goes_on_with_what_is_written_later() {
    let (market, chat) = market();
    let arguments = ["show", &chat.to_string(), "--follow", "--last", "1"];
    let mut show = program::start(&mut beside(&market, &arguments));
    assert!(!read_until(&mut show, "file: ").contains("Где заказ?"));
    market.write_as_customer(chat, "Вы здесь?").unwrap();
    read_until(&mut show, "  Вы здесь?\n");
}

#[test]
fn watch_shows_what_is_written_from_now_on() {
    let (market, chat) = market();
    // What is of the same second as its first look counts as new.
    market.advance_clock(std::time::Duration::from_secs(60));
    let mut watch = program::start(&mut beside(&market, &["watch", "--scope", "all"]));
    // It knows what was there when it has read the list, and looked again.
    let minute = std::time::Duration::from_secs(60);
    let seen = market.wait_for(minute, |seen| {
        seen.requests.iter().filter(|one| one.operation == Some(Operation::GetChats)).count() > 1
    });
    assert!(seen);
    market.write_as_customer(chat, "Вы здесь?").unwrap();
    let text = read_until(&mut watch, "  Вы здесь?\n");
    assert!(text.contains(&format!("Chat {chat}: ")) && !text.contains("Где заказ?"), "{text}");
}

#[test]
fn the_files_of_a_chat_come_under_safe_names_and_once() {
    let (market, chat) = market();
    let directory = Directory::new();
    let bring = |more: &[&str]| {
        let mut command = ymchat(&market);
        command.args(["download", &chat.to_string(), "--to"]).arg(directory.path()).args(more);
        command.assert().success()
    };
    let line = stdout(&bring(&[]));
    let path = line.trim();
    assert!(
        path.ends_with("-1-фото_1.png") && path.starts_with(directory.path().to_str().unwrap()),
        "{path}"
    );
    assert_eq!(std::fs::read_to_string(path).unwrap(), "PNG");
    let again = bring(&[]);
    assert!(stdout(&again).is_empty() && stderr(&again).contains("is there already"));
    let json = documents(&bring(&["--overwrite", "--json"]));
    assert_eq!((json[0]["bytes"].as_i64(), json[0]["path"].as_str()), (Some(3), Some(path)));
    let none = bring(&["--message", "1"]);
    assert!(stderr(&none).contains("no files"), "{}", stderr(&none));
}

#[test]
fn one_file_comes_to_the_path_that_was_chosen() {
    let (market, chat) = market();
    let directory = Directory::new();
    let shown = ymchat(&market).args(["--json", "show", &chat.to_string()]).assert().success();
    let document = &documents(&shown)[0];
    let url = document.pointer("/messages/2/payload/0/url").unwrap().as_str().unwrap().to_owned();
    ymchat(&market).args(["download", &url]).assert().code(1);
    let path = directory.join("photo.png");
    ymchat(&market).args(["download", &url, "--to"]).arg(&path).assert().success();
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "PNG");
    ymchat(&market).args(["download", &url, "--to"]).arg(&path).assert().code(11);
    ymchat(&market)
        .args(["download", "https://example.org/x", "--to"])
        .arg(directory.join("x"))
        .assert()
        .code(11);
}
