//! `ymchat sync`: at least once, whatever fails.

use ymchat_sandbox::{Fault, FaultKind, NewChat, Sandbox};

use crate::support::{Directory, documents, stderr, stdout, ymchat};

fn market() -> (Sandbox, i64) {
    let market = Sandbox::builder().seeded(false).start().unwrap();
    let chat = market.start_chat(NewChat::direct("Первое")).unwrap();
    market.write_as_customer(chat, "Второе").unwrap();
    (market, chat)
}

fn sync(market: &Sandbox, directory: &Directory, more: &[&str]) -> assert_cmd::Command {
    let mut command = ymchat(market);
    command.arg("sync").arg("--state").arg(directory.join("shop.state")).args(more);
    command
}

fn texts(out: &assert_cmd::assert::Assert) -> Vec<String> {
    let texts = documents(out).into_iter();
    texts.map(|line| line["message"]["message"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn each_message_is_a_line_and_comes_once() {
    let (market, chat) = market();
    let directory = Directory::new();
    let first = sync(&market, &directory, &[]).assert().success();
    assert_eq!(texts(&first), ["Первое", "Второе"]);
    assert_eq!(documents(&first)[0]["chat"]["chatId"], chat);
    assert_eq!(stdout(&sync(&market, &directory, &[]).assert().success()), "");
    // Dates are in whole seconds: what is of the second of the last look is seen with a later one.
    market.advance_clock(std::time::Duration::from_secs(10));
    market.write_as_customer(chat, "Третье").unwrap();
    assert_eq!(texts(&sync(&market, &directory, &["--limit", "1"]).assert().success()), ["Третье"]);
}

#[test]
fn with_json_a_line_is_the_document_of_sync() {
    let (market, _) = market();
    let directory = Directory::new();
    let assert = sync(&market, &directory, &["--json"]).assert().success();
    let document = &documents(&assert)[0];
    assert_eq!(document["chats"][0]["messages"].as_array().unwrap().len(), 2);
    assert!(document["since"].is_string() && document["more"].is_boolean());
}

#[test]
fn more_results_than_one_are_read_to_the_end() {
    let (market, _) = market();
    let directory = Directory::new();
    let assert = sync(&market, &directory, &["--limit", "1"]).assert().success();
    assert_eq!(texts(&assert), ["Первое", "Второе"]);
}

#[test]
fn an_error_leaves_the_state_as_it_was() {
    let (market, _) = market();
    let directory = Directory::new();
    market.add_fault(Fault::new(FaultKind::Status(400)).times(100)).unwrap();
    sync(&market, &directory, &[]).assert().code(15);
    assert!(!directory.join("shop.state").exists());
    market.clear_faults();
    assert_eq!(texts(&sync(&market, &directory, &[]).assert().success()).len(), 2);
}

#[cfg(unix)]
#[test]
fn the_state_does_not_move_where_the_reader_has_gone() {
    let (market, _) = market();
    let directory = Directory::new();
    let state = directory.join("shop.state");
    let arguments = ["sync", "--state", state.to_str().unwrap()];
    let output =
        crate::program::start_unread(&mut crate::support::beside(&market, &arguments)).finish();
    assert_eq!(output.status.code(), Some(141));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    assert_eq!(texts(&sync(&market, &directory, &[]).assert().success()).len(), 2);
}

#[cfg(unix)]
#[test]
fn a_command_handles_each_message_and_a_failed_one_comes_again() {
    let (market, _) = market();
    let directory = Directory::new();
    let log = directory.join("log");
    // The second message fails as long as there is no file `ready`.
    let command = format!(
        "cat >> '{log}'; echo $YMCHAT_MESSAGE_ID >> '{log}'; \
         [ $(grep -c '^[0-9]' '{log}') = 1 ] || [ -e '{ready}' ]",
        log = log.display(),
        ready = directory.join("ready").display()
    );
    let assert = sync(&market, &directory, &["--exec", &command]).assert().code(1);
    assert!(stderr(&assert).contains("was not handled"), "{}", stderr(&assert));
    let seen = |text: &str| std::fs::read_to_string(&log).unwrap().matches(text).count();
    assert_eq!((seen("Первое"), seen("Второе")), (1, 1));
    sync(&market, &directory, &["--exec", &command]).assert().code(1);
    assert_eq!((seen("Первое"), seen("Второе")), (1, 2), "what was handled does not come again");
    std::fs::write(directory.join("ready"), "").unwrap();
    sync(&market, &directory, &["--exec", &command]).assert().success();
    sync(&market, &directory, &["--exec", &command]).assert().success();
    assert_eq!((seen("Первое"), seen("Второе")), (1, 3));
    // Documents have nothing to do with single messages, wherever the option stands.
    let arguments = ["--json", "sync", "--state", "none", "--exec", "true"];
    ymchat(&market).args(arguments).assert().code(2).stdout("");
}

#[test]
fn two_at_a_time_are_refused() {
    let (market, _) = market();
    let directory = Directory::new();
    let lock = std::fs::File::create(directory.join("shop.state.lock")).unwrap();
    fs4::FileExt::lock(&lock).unwrap();
    let assert = sync(&market, &directory, &[]).assert().code(1);
    assert!(stderr(&assert).contains("Another ymchat"), "{}", stderr(&assert));
    assert!(market.traffic().requests.is_empty());
}

#[test]
fn a_damaged_state_is_not_taken_for_none() {
    let (market, _) = market();
    let directory = Directory::new();
    for text in ["", "{}", "yt", r#"{"version":2,"since":""}"#] {
        directory.private("shop.state", text);
        let assert = sync(&market, &directory, &[]).assert().code(1);
        assert!(stderr(&assert).contains("no state of ymchat"), "{text}: {}", stderr(&assert));
    }
    directory.private("shop.state", r#"{"version":1,"since":"damaged"}"#);
    sync(&market, &directory, &[]).assert().code(11);
}

#[cfg(unix)]
#[test]
fn the_state_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let (market, _) = market();
    let directory = Directory::new();
    sync(&market, &directory, &[]).assert().success();
    let mode = std::fs::metadata(directory.join("shop.state")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}
