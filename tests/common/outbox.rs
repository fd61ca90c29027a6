//! The story of an outbox that is killed: for the examples in each language.

use std::process::{Child, Command, Stdio};
use std::time::Duration;

use ymchat_sandbox::{Fault, FaultKind, NewChat, Operation, Sandbox};

const TEXTS: [&str; 3] = ["Да", "Да", "Заказ \"в пути\"\n🚚"];

/// Puts replies into the table, kills the program while it prepares and while it sends, and starts
/// it again: each reply is there once, in its order.
pub fn is_killed_and_sends_each_reply_once(program: impl Fn(&[&str]) -> Command) {
    let sandbox = Sandbox::builder().auto_reply(true).start().unwrap();
    let business = sandbox.business_id().to_string();
    let run = |arguments: &[&str]| -> Child {
        program(arguments)
            .env("YMCHAT_BASE_URL", sandbox.base_url())
            .env("YMCHAT_API_KEY", sandbox.api_key())
            .env("YMCHAT_BUSINESS_ID", &business)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    };
    let finish = |child: Child| {
        let output = child.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{said}");
        String::from_utf8(output.stdout).unwrap()
    };
    let chat = sandbox.start_chat(NewChat::direct("Где мой заказ?")).unwrap();
    for text in TEXTS {
        finish(run(&["add", &chat.to_string(), text]));
    }
    for operation in [Operation::GetChatHistory, Operation::SendMessageToChat] {
        let slow = Fault::new(FaultKind::Slow).on(operation);
        sandbox.add_fault(slow.delay_before_work(Duration::from_secs(1))).unwrap();
        let before = sandbox.traffic().of(operation).count();
        let mut killed = run(&["send"]);
        let arrived = |seen: &ymchat_sandbox::Traffic| seen.of(operation).count() > before;
        assert!(sandbox.wait_for(Duration::from_secs(60), arrived), "{operation} never came");
        killed.kill().unwrap();
        killed.wait().unwrap();
    }
    let said = finish(run(&["send"]));
    assert_eq!(said.lines().count(), TEXTS.len(), "{said}");
    assert_eq!(finish(run(&["send"])), "", "nothing is left");
    let record = sandbox.record();
    let messages = record.chats.iter().find(|known| known.chat.chat_id == chat).unwrap();
    let written = messages.messages.iter().filter(|message| message.request.is_some());
    let texts: Vec<_> = written.filter_map(|message| message.message.message.clone()).collect();
    assert_eq!(texts, TEXTS);
}
