//! `ymchat send`, `send-file`, `create-chat` and `check`.

use ymchat::Sender;
use ymchat_sandbox::{Fault, FaultKind, NewChat, Operation, Sandbox};

use crate::support::{Directory, bare, documents, stderr, stdout, ymchat};

fn market() -> (Sandbox, i64) {
    let market = Sandbox::builder().seeded(false).start().unwrap();
    let chat = market.start_chat(NewChat::direct("Добрый день! Когда отправите?")).unwrap();
    (market, chat)
}

/// What the shop has said in this chat.
fn said(market: &Sandbox, chat: i64) -> Vec<String> {
    let record = market.record();
    let chat = record.chats.iter().find(|record| record.chat.chat_id == chat).unwrap();
    let shop = chat.messages.iter().filter(|message| message.message.sender == Sender::Partner);
    shop.map(|message| message.message.message.clone().unwrap_or_default()).collect()
}

#[test]
fn a_text_is_sent_and_said_to_be() {
    let (market, chat) = market();
    let chat_argument = chat.to_string();
    let mut command = ymchat(&market);
    let assert =
        command.args(["send", &chat_argument, "Сегодня 🚚", "--show-id"]).assert().success();
    assert!(stdout(&assert).starts_with("Sent, message "), "{}", stdout(&assert));
    assert_eq!(said(&market, chat), ["Сегодня 🚚"]);
}

#[test]
fn a_text_comes_from_stdin_without_its_line_end() {
    let (market, chat) = market();
    for text in ["Да.\nИ ещё раз да.\n", "-5 %", "Да\r\n"] {
        let mut command = ymchat(&market);
        command.args(["send", &chat.to_string(), "-"]).write_stdin(text).assert().success();
    }
    assert_eq!(said(&market, chat), ["Да.\nИ ещё раз да.", "-5 %", "Да"]);
    let mut command = ymchat(&market);
    let assert =
        command.args(["send", &chat.to_string(), "-"]).write_stdin(vec![0xff]).assert().code(1);
    assert!(stderr(&assert).contains("UTF-8"), "{}", stderr(&assert));
}

#[test]
fn a_misspelt_option_is_never_sent_as_a_text() {
    let (market, chat) = market();
    ymchat(&market).args(["send", &chat.to_string(), "--tikcet"]).assert().code(2);
    ymchat(&market).args(["send", &chat.to_string(), "--", "--tikcet"]).assert().success();
    assert_eq!(said(&market, chat), ["--tikcet"]);
}

#[test]
fn a_ticket_makes_a_send_arrive_once() {
    let (market, chat) = market();
    let chat_argument = chat.to_string();
    let send = |more: &[&str]| {
        let mut command = ymchat(&market);
        command.args(["send", &chat_argument, "Отправили."]).args(more);
        stdout(&command.assert().success())
    };
    let ticket = send(&["--prepare"]);
    assert_eq!(said(&market, chat).len(), 0);
    assert_eq!(send(&["--ticket", ticket.trim()]), "Sent.\n");
    assert!(send(&["--ticket", ticket.trim()]).starts_with("Sent: the chat shows it, message "));
    assert_eq!(said(&market, chat).len(), 1);
}

#[test]
fn a_lost_send_is_found_and_an_unknown_one_gives_a_ticket() {
    let (market, chat) = market();
    let lost = Fault::new(FaultKind::Close).on(Operation::SendMessageToChat).after_work();
    market.add_fault(lost.clone()).unwrap();
    let mut command = ymchat(&market);
    let assert = command.args(["--json", "send", &chat.to_string(), "Да"]).assert().success();
    assert_eq!(documents(&assert)[0]["outcome"], "confirmed");
    // Neither the answer nor the history.
    market.add_fault(lost.clone()).unwrap();
    let blind = Fault::new(FaultKind::Status(403)).on(Operation::GetChatHistory).times(100);
    market.add_fault(blind).unwrap();
    let assert = ymchat(&market).args(["send", &chat.to_string(), "Нет"]).assert().code(20);
    let said = stderr(&assert);
    assert!(said.contains("\noutcome: unknown\n") && said.contains("\nticket: "), "{said}");
}

#[test]
fn a_refused_send_is_said_to_be_not_sent() {
    let (market, chat) = market();
    let assert = ymchat(&market).args(["send", &chat.to_string(), ""]).assert().code(11);
    assert!(stderr(&assert).contains("outcome: notSent"), "{}", stderr(&assert));
    ymchat(&market).args(["send", "99", "Да"]).assert().code(14);
    ymchat(&market).args(["send", "0", "Да"]).assert().code(2);
}

#[test]
fn a_file_is_sent_under_its_name_or_another() {
    let (market, chat) = market();
    let directory = Directory::new();
    let file = directory.private("накладная.txt", "Оплачено");
    let send = |more: &[&str]| {
        let mut command = ymchat(&market);
        command.arg("send-file").arg(chat.to_string()).arg(&file).args(more).assert()
    };
    assert_eq!(stdout(&send(&[]).success()), "Sent.\n");
    send(&["--name", "invoice.txt"]).success();
    let record = market.record();
    let messages = &record.chats[0].messages;
    let names: Vec<_> =
        messages.iter().flat_map(|one| &one.message.payload).map(|file| &file.name).collect();
    assert_eq!(names, ["накладная.txt", "invoice.txt"]);
    let ticket = stdout(&send(&["--prepare"]).success());
    send(&["--ticket", ticket.trim()]).success();
    assert!(stdout(&send(&["--ticket", ticket.trim()]).success()).contains("the chat shows it"));
}

#[test]
fn a_file_that_is_missing_or_too_long_is_refused_before_anything_is_sent() {
    let (market, chat) = market();
    let directory = Directory::new();
    let missing = directory.join("missing");
    ymchat(&market).arg("send-file").arg(chat.to_string()).arg(missing).assert().code(1);
    let long = directory.private("long.bin", &"x".repeat(ymchat::MAX_FILE_SIZE + 1));
    ymchat(&market).arg("send-file").arg(chat.to_string()).arg(long).assert().code(11);
    let empty = directory.private("empty.bin", "");
    ymchat(&market).arg("send-file").arg(chat.to_string()).arg(empty).assert().code(11);
    assert!(market.traffic().requests.is_empty());
}

#[test]
fn a_chat_is_opened_or_found() {
    let market = Sandbox::start().unwrap();
    let create = |arguments: &[&str]| {
        let mut command = ymchat(&market);
        stdout(&command.arg("create-chat").args(arguments).assert().success())
    };
    let id: i64 = create(&["--order", "900001"]).trim().parse().unwrap();
    assert_eq!(create(&["--json", "--order", "900001"]), format!("{{\"chatId\":{id}}}\n"));
    assert_ne!(create(&["--return", "900001"]).trim(), id.to_string());
    bare().args(["create-chat"]).assert().code(2);
    bare().args(["create-chat", "--order", "1", "--return", "1"]).assert().code(2);
}

#[test]
fn a_text_is_checked_without_a_key() {
    assert!(
        stdout(&bare().args(["check", "Отправим завтра."]).assert().success())
            .starts_with("No contacts")
    );
    let assert = bare().args(["check", "Звоните: +7 912 345-67-89"]).assert().code(23);
    assert_eq!(stdout(&assert), "phone: +7 912 345-67-89 (characters 10 to 25)\n");
    let mut command = bare();
    let assert =
        command.args(["--json", "check", "-"]).write_stdin("shop@example.org\n").assert().code(23);
    assert_eq!(documents(&assert)[0]["findings"][0]["kind"], "email");
    bare().args(["check", "https://cdek.ru/1", "--allow-host", "cdek.ru"]).assert().success();
    bare().args(["check", "да", "--allow-host", "https://"]).assert().code(11);
}
