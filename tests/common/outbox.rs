//! The story of an outbox that is killed: for the examples in each language.

use std::process::Command;
use std::time::Duration;

use ymchat_sandbox::{Fault, FaultKind, NewChat, Operation, Sandbox};

use crate::program::{start, succeed};

const TEXTS: [&str; 3] = ["Да", "Да", "Заказ \"в пути\"\n🚚"];

/// Puts replies into the table, kills the program while it prepares and while it sends, and starts
/// it again: each reply is there once, in its order.
pub fn is_killed_and_sends_each_reply_once(program: impl Fn(&[&str]) -> Command) {
    let sandbox = Sandbox::builder().auto_reply(true).start().unwrap();
    let business = sandbox.business_id().to_string();
    let command = |arguments: &[&str]| {
        let mut command = program(arguments);
        command
            .env("YMCHAT_BASE_URL", sandbox.base_url())
            .env("YMCHAT_API_KEY", sandbox.api_key())
            .env("YMCHAT_BUSINESS_ID", &business);
        command
    };
    let run = |arguments: &[&str]| succeed(&mut command(arguments));
    let chat = sandbox.start_chat(NewChat::direct("Где мой заказ?")).unwrap();
    for text in TEXTS {
        run(&["add", &chat.to_string(), text]);
    }
    for operation in [Operation::GetChatHistory, Operation::SendMessageToChat] {
        let slow = Fault::new(FaultKind::Slow).on(operation);
        sandbox.add_fault(slow.delay_before_work(Duration::from_secs(1))).unwrap();
        let before = sandbox.traffic().of(operation).count();
        let killed = start(&mut command(&["send"]));
        let arrived = |seen: &ymchat_sandbox::Traffic| seen.of(operation).count() > before;
        assert!(sandbox.wait_for(Duration::from_secs(60), arrived), "{operation} never came");
        killed.kill();
    }
    let said = run(&["send"]);
    assert_eq!(said.lines().count(), TEXTS.len(), "{said}");
    assert_eq!(run(&["send"]), "", "nothing is left");
    let record = sandbox.record();
    let messages = record.chats.iter().find(|known| known.chat.chat_id == chat).unwrap();
    let written = messages.messages.iter().filter(|message| message.request.is_some());
    let texts: Vec<_> = written.filter_map(|message| message.message.message.clone()).collect();
    assert_eq!(texts, TEXTS);
}
