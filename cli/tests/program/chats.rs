//! `ymchat chats`.

use ymchat::Client;
use ymchat_sandbox::{Fault, FaultKind, NewChat, Sandbox};

use crate::support::{bare, documents, named, stderr, stdout, ymchat};

#[test]
fn a_table_shows_who_waits_for_what() {
    let market = Sandbox::builder().seeded(false).start().unwrap();
    let first = market
        .start_chat(named(NewChat::about_order(52_310_447_118, "Где мой заказ?"), "Анна К."))
        .unwrap();
    let second = market.start_chat(named(NewChat::direct("你好"), "李明")).unwrap();
    let assert = ymchat(&market).arg("chats").assert().success();
    let text = stdout(&assert);
    let lines: Vec<&str> = text.lines().collect();
    assert!(lines[0].starts_with("CHAT "), "{text}");
    let line = |chat: i64| lines.iter().find(|line| line.starts_with(&chat.to_string())).unwrap();
    assert!(line(first).contains("order 52310447118  Анна К."), "{text}");
    assert!(line(second).contains("direct             李明"), "{text}");
    assert!(!text.contains('\u{1b}'), "no colours into a pipe");
    assert_eq!(stderr(&assert), "");
}

#[test]
fn json_is_the_document_of_the_library_in_one_line() {
    let market = Sandbox::start().unwrap();
    let assert = ymchat(&market).args(["--json", "chats", "--waiting"]).assert().success();
    let client = Client::builder()
        .api_key(market.api_key())
        .business_id(market.business_id())
        .base_url(market.base_url())
        .build()
        .unwrap();
    let options = r#"{"statuses": ["NEW", "WAITING_FOR_PARTNER"]}"#;
    let document = client.raw().get_all_chats(options).unwrap();
    let document = String::from_utf8(document.as_bytes().to_vec()).unwrap();
    assert_eq!(stdout(&assert), document.replace('\n', " ") + "\n");
    assert!(documents(&assert)[0]["chats"].as_array().unwrap().len() > 1);
}

#[test]
fn filters_are_those_of_the_api() {
    let market = Sandbox::start().unwrap();
    let chats = |arguments: &[&str]| {
        let assert = ymchat(&market).args(["--json", "chats"]).args(arguments).assert().success();
        documents(&assert)[0]["chats"].as_array().unwrap().clone()
    };
    let all = chats(&[]);
    for (arguments, pointer, value) in [
        (&["--status", "finished"][..], "/status", "FINISHED"),
        (&["--type", "ARBITRAGE"], "/type", "ARBITRAGE"),
        (&["--about", "return"], "/context/type", "RETURN"),
    ] {
        let found = chats(arguments);
        assert!(!found.is_empty() && found.len() < all.len(), "{arguments:?}");
        assert!(found.iter().all(|chat| chat.pointer(pointer).unwrap() == value), "{arguments:?}");
    }
    let order = chats(&["--order", "52310447118"]);
    assert_eq!(order.len(), 1);
    assert_eq!(order[0]["context"]["orderId"], 52_310_447_118_i64);
}

#[test]
fn no_chats_are_said_to_be_none() {
    let market = Sandbox::builder().seeded(false).start().unwrap();
    assert_eq!(stdout(&ymchat(&market).arg("chats").assert().success()), "No chats.\n");
}

#[test]
fn an_error_is_a_sentence_and_the_exit_code_names_its_status() {
    let market = Sandbox::start().unwrap();
    let assert = ymchat(&market).env("YMCHAT_API_KEY", "wrong").arg("chats").assert().code(12);
    assert!(stderr(&assert).starts_with("ymchat: getChats: "), "{}", stderr(&assert));
    assert!(stderr(&assert).contains("trace id: "), "{}", stderr(&assert));
    assert_eq!(stdout(&assert), "");
    market.add_fault(Fault::new(FaultKind::Status(400))).unwrap();
    ymchat(&market).arg("chats").assert().code(15);
    let nobody = "http://127.0.0.1:9";
    ymchat(&market)
        .env("YMCHAT_BASE_URL", nobody)
        .args(["chats", "--timeout", "1"])
        .assert()
        .code(18);
}

#[test]
fn errors_come_in_the_language_that_was_chosen() {
    let market = Sandbox::start().unwrap();
    for arguments in [&["chats"][..], &["check", "да", "--allow-host", "https://"]] {
        let english = ymchat(&market).env("YMCHAT_API_KEY", "wrong").args(arguments).assert();
        let russian = ymchat(&market)
            .env("YMCHAT_API_KEY", "wrong")
            .args(arguments)
            .args(["--language", "ru"])
            .assert();
        let cyrillic = |text: &str| text.chars().any(|c| ('а'..='я').contains(&c));
        assert!(!cyrillic(&stderr(&english)), "{}", stderr(&english));
        assert!(cyrillic(&stderr(&russian)), "{}", stderr(&russian));
        assert_eq!(english.get_output().status, russian.get_output().status);
    }
    ymchat(&market).args(["chats", "--language", "de"]).assert().code(2);
}

#[test]
fn with_json_an_error_is_a_document_on_stderr() {
    let market = Sandbox::start().unwrap();
    let assert =
        ymchat(&market).env("YMCHAT_API_KEY", "wrong").args(["chats", "--json"]).assert().code(12);
    assert_eq!(stdout(&assert), "");
    let error: serde_json::Value = serde_json::from_str(stderr(&assert).trim_end()).unwrap();
    assert_eq!(error["name"], "UNAUTHORIZED");
    assert_eq!(error["httpStatus"], 401);
}

#[test]
fn the_command_line_is_checked_before_anything_is_asked() {
    bare().args(["chats", "--status", "WAITING"]).assert().code(2);
    bare().args(["chats", "--waiting", "--status", "NEW"]).assert().code(2);
    bare().args(["chat"]).assert().code(2);
    bare().assert().code(2);
}
