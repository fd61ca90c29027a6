//! Texts with contacts, where the configuration says that they are not to be sent.

use ymchat::{Action, CheckMessages, Client, DeliveryStatus, Status};
use ymchat_sandbox::Sandbox;

use crate::common::failure;

fn client(sandbox: &Sandbox, check: CheckMessages) -> Client {
    crate::common::init_logging();
    Client::builder()
        .api_key(sandbox.api_key())
        .business_id(sandbox.business_id())
        .base_url(sandbox.base_url())
        .check_messages(check)
        .build()
        .unwrap()
}

#[test]
fn a_text_with_a_contact_is_rejected_before_anything_is_sent() {
    let sandbox = Sandbox::start().unwrap();
    let client = client(&sandbox, CheckMessages::Reject);
    let text = "Позвоните мне: +7 912 345-67-89";
    let error = failure(client.send_message(1, text));
    assert_eq!((error.status(), error.action()), (Status::Rejected, Action::FixRequest));
    assert_eq!(error.outcome(), Some(DeliveryStatus::NotSent));
    assert_eq!((error.is_retryable(), error.attempts(), error.trace_id()), (false, 0, None));
    assert_eq!(
        error.to_string(),
        "sendMessageToChat: the message has a telephone number at characters 16 to 31: \
         \"+7 912 345-67-89\". Take it out: the rules of the chat forbid contacts and links."
    );
    assert!(sandbox.traffic().requests.is_empty());
}

#[test]
fn a_wrong_argument_comes_before_a_contact() {
    let sandbox = Sandbox::start().unwrap();
    let client = client(&sandbox, CheckMessages::Reject);
    let error = failure(client.send_message(0, "t.me/shop_x"));
    assert_eq!(error.status(), Status::InvalidArgument);
}

#[test]
fn other_texts_are_sent_and_by_default_all_are() {
    let sandbox = Sandbox::start().unwrap();
    let chat = sandbox.record().chats[0].chat.chat_id;
    let text = "Заказ 44512233 собран, спасибо за ожидание!";
    client(&sandbox, CheckMessages::Reject).send_message(chat, text).unwrap();
    let text = "Мой телефон +7 912 345-67-89";
    client(&sandbox, CheckMessages::Off).send_message(chat, text).unwrap();
}
