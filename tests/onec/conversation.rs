//! The conversation of examples/quickstart.rs, through the add-in: the transcript is the same.

use std::fmt::Write;
use std::fs;

use serde_json::Value as Json;
use ymchat_sandbox::Sandbox;

use crate::host::{Object, blob, everywhere, root, text};

const ANSWER: &str = "Здравствуйте, Екатерина! Сахар тоже входит: 200 г. Вот сахарница 👇";
/// A picture has 71 bytes there; which, nobody looks at.
const PICTURE: [u8; 71] = [0x89; 71];

fn chat_line(chat: &Json) -> String {
    let context = &chat["context"];
    let about = match context["type"].as_str() {
        Some("ORDER") => format!("about order {}", context["orderId"]),
        Some("RETURN") => format!("about return {}", context["returnId"]),
        Some("DIRECT") => "a question about no order".into(),
        Some(other) => format!("about {other}"),
        None => "about nothing known".into(),
    };
    let name = context["customer"]["name"].as_str().unwrap_or("a customer");
    format!("chat {}, {name}, {about}", chat["chatId"])
}

fn message_line(message: &Json) -> String {
    let mut line = match message["sender"].as_str().unwrap() {
        "PARTNER" => "Shop:".to_owned(),
        "CUSTOMER" => "Customer:".to_owned(),
        "MARKET" => "Market:".to_owned(),
        "SUPPORT" => "Support:".to_owned(),
        other => format!("{other}:"),
    };
    if let Some(text) = message["message"].as_str() {
        line.push_str(&format!(" {}", text.replace('\n', " / ")));
    }
    for file in message["payload"].as_array().into_iter().flatten().filter(|file| !file.is_null()) {
        line.push_str(&format!(" [file: {}", file["name"].as_str().unwrap()));
        if let Some(size) = file["size"].as_i64() {
            line.push_str(&format!(", {size} bytes"));
        }
        line.push(']');
    }
    line
}

fn since(object: &mut Object<'_>, chat: &Json, message: &str) -> Vec<Json> {
    let values = [text(&chat["chatId"].to_string()), text(message)];
    let answer = object.call("ПолучитьСообщенияПосле", &values).json();
    answer["messages"].as_array().unwrap().clone()
}

fn converse(object: &mut Object<'_>, business: i64) -> String {
    let mut said = String::new();
    let waiting = text(r#"{"statuses": ["NEW", "WAITING_FOR_PARTNER"]}"#);
    let answer = object.call("ПолучитьВсеЧаты", &[waiting]).json();
    let mut chats = answer["chats"].as_array().unwrap().clone();
    chats.sort_by_key(|chat| chat["chatId"].as_i64());
    writeln!(said, "Chats of business {business} that wait for the shop: {}", chats.len()).unwrap();
    let mut longest: Option<(Json, Vec<Json>)> = None;
    for chat in chats.into_iter().take(10) {
        writeln!(said, "  {}", chat_line(&chat)).unwrap();
        let messages = since(object, &chat, "0");
        writeln!(said, "    {}", message_line(messages.last().unwrap())).unwrap();
        if longest.as_ref().is_none_or(|(_, most)| messages.len() > most.len()) {
            longest = Some((chat, messages));
        }
    }
    let (chat, messages) = longest.unwrap();
    let id = chat["chatId"].to_string();
    let known = messages.last().unwrap()["messageId"].to_string();

    writeln!(said, "\nThe longest conversation: {}", chat_line(&chat)).unwrap();
    let (mut all, mut token, mut page) = (Vec::new(), String::new(), 0);
    loop {
        let options = match token.as_str() {
            "" => r#"{"limit": 100}"#.to_owned(),
            token => serde_json::json!({"limit": 100, "pageToken": token}).to_string(),
        };
        let answer = object.call("ПолучитьИсторию", &[text(&id), text(&options)]).json();
        let messages = answer["messages"].as_array().unwrap();
        page += 1;
        writeln!(said, "  page {page}: {} messages", messages.len()).unwrap();
        all.extend_from_slice(messages);
        match answer["paging"]["nextPageToken"].as_str() {
            Some(next) => token = next.to_owned(),
            None => break,
        }
    }
    all.sort_by_key(|message| message["messageId"].as_i64());
    writeln!(said, "  The last three:").unwrap();
    for message in &all[all.len() - 3..] {
        writeln!(said, "    {}", message_line(message)).unwrap();
    }

    let options = text(&format!(r#"{{"afterMessageId": "{known}", "returnMessageId": true}}"#));
    let values = [text(&id), text(ANSWER), options.clone()];
    let sent = object.call("ОтправитьСообщение", &values).json();
    writeln!(said, "\nThe shop answers in chat {id}:\n  Shop: {ANSWER}").unwrap();
    writeln!(said, "  {}, message {}", sent["outcome"].as_str().unwrap(), sent["messageId"])
        .unwrap();
    let values = [text(&id), blob(&PICTURE), text("сахарница.png"), options];
    let sent = object.call("ОтправитьФайл", &values).json();
    writeln!(said, "\nThe shop sends a picture:\n  Shop: [file: сахарница.png, 71 bytes]").unwrap();
    writeln!(said, "  {}, message {}", sent["outcome"].as_str().unwrap(), sent["messageId"])
        .unwrap();

    writeln!(said, "\nNew in chat {id}:").unwrap();
    for message in since(object, &chat, &known) {
        writeln!(said, "  {}", message_line(&message)).unwrap();
    }
    said
}

#[test]
fn the_conversation_has_the_transcript_of_the_other_languages() {
    let expected = fs::read_to_string(root().join("examples/quickstart.txt")).unwrap();
    everywhere(|host| {
        let sandbox = Sandbox::builder().auto_reply(true).big_ids(true).start().unwrap();
        let mut object = host.object(0);
        object.open(&sandbox);
        assert_eq!(converse(&mut object, sandbox.business_id()), expected);
        object.delete();
        host.is_clean();
    });
}
