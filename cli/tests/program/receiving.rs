//! `ymchat receive`, with the simulated Market as the one who calls.
#![cfg(unix)]

use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::Command;
use std::time::Duration;

use serde_json::Value;
use ymchat_sandbox::{NewChat, NotificationSettings, Sandbox};

use crate::program::{self, Running};
use crate::support::interrupt;

const LONG: Duration = Duration::from_secs(60);

struct Receiver {
    program: Running,
    address: String,
}

impl Receiver {
    fn start(more: &[&str]) -> Self {
        Self::of(program::start(&mut receive(more)))
    }

    fn of(mut program: Running) -> Self {
        let line = program.error_line().expect("its address");
        let address = line.split("http://").nth(1).expect(&line).split(';').next().unwrap();
        Receiver { address: address.to_owned(), program }
    }

    fn line(&mut self) -> Value {
        let line = self.program.line().expect("a notification");
        serde_json::from_str(&line).expect(&line)
    }

    /// Head and body of the answer.
    fn post(&self, headers: &str, body: &str) -> String {
        self.send(&format!(
            "POST / HTTP/1.1\r\nhost: shop\r\n{headers}content-length: {}\r\n\r\n{body}",
            body.len()
        ))
    }

    fn send(&self, request: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        stream.set_read_timeout(Some(LONG)).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }
}

fn receive(more: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ymchat"));
    command.args(["receive", "--port", "0"]).args(more);
    command
}

fn event(chat: i64) -> String {
    format!(
        r#"{{"notificationType": "CHAT_MESSAGE_SENT", "businessId": 5, "chatId": {chat},
             "messageId": "7", "sentAt": "2026-03-05T09:00:00+03:00"}}"#
    )
}

#[test]
fn the_market_is_answered_and_each_event_is_a_line() {
    let mut receiver = Receiver::start(&[]);
    let market = Sandbox::builder().seeded(false).start().unwrap();
    let url = format!("http://{}/", receiver.address);
    market.set_notifications(NotificationSettings::to(url)).unwrap();
    let chat = market.start_chat(NewChat::direct("Первое")).unwrap();
    let mut kinds = [receiver.line(), receiver.line()];
    kinds.sort_by_key(|line| line["type"].to_string());
    assert_eq!(kinds[0]["type"], "CHAT_CREATED");
    assert_eq!(kinds[1]["type"], "CHAT_MESSAGE_SENT");
    assert!(kinds.iter().all(|line| line["chatId"] == chat && line["accepted"] == true));
    // The PING came first, and is answered and not printed.
    let all_ok = market.wait_for_notifications(LONG, |log| {
        let text = serde_json::to_string(log).unwrap();
        text.matches("PING").count() > 0 && text.matches("\"httpStatus\":200").count() >= 3
    });
    assert!(all_ok, "{:?}", market.notifications());
}

#[test]
fn what_is_no_notification_is_refused_and_not_printed() {
    let mut receiver = Receiver::start(&[]);
    assert!(receiver.post("", "hello").starts_with("HTTP/1.1 400 "));
    assert!(receiver.post("", &" ".repeat(700_000)).starts_with("HTTP/1.1 400 "));
    assert!(receiver.send("GET / HTTP/1.1\r\nhost: shop\r\n\r\n").starts_with("HTTP/1.1 405 "));
    assert!(receiver.post("", &event(9)).starts_with("HTTP/1.1 200 "));
    assert_eq!(receiver.line()["chatId"], 9);
}

#[test]
fn the_proxy_says_who_has_called() {
    let mut receiver = Receiver::start(&["--address-header", "X-Real-IP"]);
    assert!(receiver.post("X-Real-IP: 10.1.2.3\r\n", &event(1)).starts_with("HTTP/1.1 403 "));
    assert!(receiver.post("", &event(2)).starts_with("HTTP/1.1 403 "));
    assert!(receiver.post("X-Real-IP: 5.45.207.9\r\n", &event(3)).starts_with("HTTP/1.1 200 "));
    assert_eq!(receiver.line()["chatId"], 3);
    let own = Receiver::start(&["--address-header", "X-Real-IP", "--allow-from", "10.0.0.0/8"]);
    assert!(own.post("X-Real-IP: 10.1.2.3\r\n", &event(1)).starts_with("HTTP/1.1 200 "));
}

#[test]
fn where_nobody_reads_the_market_is_asked_to_come_again() {
    let receiver = Receiver::of(program::start_unread(&mut receive(&[])));
    assert!(receiver.post("", &event(1)).starts_with("HTTP/1.1 500 "));
    assert_eq!(receiver.program.finish().status.code(), Some(141));
}

#[test]
fn ctrl_c_ends_it() {
    let receiver = Receiver::start(&[]);
    interrupt(&receiver.program);
    assert_eq!(receiver.program.finish().status.code(), Some(130));
}
