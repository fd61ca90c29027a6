//! The language of a client: all its errors speak it, and nothing else in them changes.

use std::error::Error as _;
use std::ops::ControlFlow::Continue;

use serde_json::Value;
use ymchat::internal::TestSettings;
use ymchat::{Client, Error, Language, SendContent, SendOptions, Status};

use crate::calls::CALLS;
use crate::common::serve::{Server, reply};
use crate::common::{API_KEY, MARKER, SimulatedClock, builder, document};

fn speaks_russian(error: &Error) -> bool {
    error.to_string().contains(|c: char| ('а'..='я').contains(&c))
}

/// A client whose every call ends at once, as cancelled.
fn cancelled(language: Language) -> Client {
    let client = builder("http://127.0.0.1:9").language(language).build().unwrap().scope();
    client.cancel_handle().cancel();
    client
}

#[test]
fn every_call_speaks_the_language_of_its_client() {
    let client = &cancelled(Language::Russian);
    let raw = client.raw();
    assert_eq!(raw.language(), Language::Russian);
    let path = std::env::temp_dir().join(format!("ymchat-language-{}", std::process::id()));
    let (url, file) = ("http://127.0.0.1:9/f", path.to_str().unwrap());
    let mut errors: Vec<(&str, Error)> =
        CALLS.iter().map(|call| (call.name, (call.make)(client).unwrap_err())).collect();
    let mut add = |name, result: Result<(), Error>| errors.push((name, result.unwrap_err()));
    let content = SendContent::Message("x");
    add("prepare_send", client.prepare_send(5, &content).map(drop));
    add("get_all_chats", client.get_all_chats(&Default::default()).map(drop));
    add("get_messages_since", client.get_messages_since(5, 0, &Default::default()).map(drop));
    add("chats", client.chats(&Default::default()).next().unwrap().map(drop));
    add("messages", client.messages(5).next().unwrap().map(drop));
    add("sync", client.sync("", &Default::default()).map(drop));
    let progress = |_| Continue(());
    add("sync…", client.sync_with_progress("", &Default::default(), progress).map(drop));
    add("download", client.download_file(url, file, &Default::default()).map(drop));
    let progress = |_| Continue(());
    let options = Default::default();
    add("download…", client.download_file_with_progress(url, file, &options, progress).map(drop));
    add("raw get_chats", raw.get_chats("").map(drop));
    add("raw get_chat", raw.get_chat(5).map(drop));
    add("raw get_chat_history", raw.get_chat_history(5, "").map(drop));
    add("raw get_chat_message", raw.get_chat_message(5, 6).map(drop));
    add("raw send_message", raw.send_message(5, "x", "").map(drop));
    add("raw send_file", raw.send_file(5, "x.txt", b"x", "").map(drop));
    add("raw prepare_send", raw.prepare_send(5, r#"{"message": "x"}"#).map(drop));
    add("raw create_chat", raw.create_chat("ORDER", 5).map(drop));
    add("raw get_campaigns", raw.get_campaigns("").map(drop));
    add("raw get_token_info", raw.get_token_info().map(drop));
    add("raw get_all_chats", raw.get_all_chats("").map(drop));
    add("raw get_messages_since", raw.get_messages_since(5, 0, "").map(drop));
    add("raw sync", raw.sync("", "").map(drop));
    add("raw sync…", raw.sync_with_progress("", "", |_| Continue(())).map(drop));
    add("raw download", raw.download_file(url, file, "").map(drop));
    let progress = |_| Continue(());
    add("raw download…", raw.download_file_with_progress(url, file, "", progress).map(drop));
    // Refused before anything is done.
    add("options", raw.get_chats(r#"{"limti": 5}"#).map(drop));
    add("content", raw.prepare_send(5, "{}").map(drop));
    for (name, error) in errors {
        assert!(speaks_russian(&error), "{name}: {error}");
    }
}

#[test]
fn a_client_that_says_nothing_of_a_language_speaks_english() {
    for call in &CALLS {
        let error = (call.make)(&cancelled(Language::English)).unwrap_err();
        assert_eq!(error.to_string(), format!("{}: the call was cancelled.", call.name));
    }
    assert_eq!(builder("http://127.0.0.1:9").build().unwrap().raw().language(), Language::English);
}

#[test]
fn a_russian_document_has_russian_sentences_and_the_codes_of_every_other() {
    let body = format!(
        r#"{{"status": "ERROR", "errors": [{{"code": "UNAUTHORIZED", "message": "no {API_KEY}."}}]}}"#
    );
    let refused = |language| {
        let server = Server::answers([reply(401, body.clone())]);
        let client = builder(server.url()).seed(7).language(language).build().unwrap();
        client.get_chat(5).unwrap_err()
    };
    let error = refused(Language::Russian);
    // Where everything is logged, a key that comes back is covered before it is read, byte for byte.
    let covered = "*".repeat(API_KEY.len());
    assert_eq!(
        error.to_string().replace(&covered, "***"),
        "getChat: Маркет отклонил запрос (HTTP 401: UNAUTHORIZED: no ***.). Скопируйте ключ \
         Api-Key из кабинета заново: целиком и без приставки."
    );
    let without_message = |error: &Error| {
        let mut document = document(error);
        document.as_object_mut().unwrap().remove("message");
        document
    };
    let english = refused(Language::English);
    assert_eq!(without_message(&error), without_message(&english));
    assert_eq!(error.clone().in_language(Language::English).to_string(), english.to_string());
    for shown in [error.to_json(), format!("{error:?}"), format!("{error:#?}")] {
        assert!(!shown.contains(MARKER), "{shown}");
    }
}

#[test]
fn a_lost_send_and_the_error_behind_it_speak_the_same_language() {
    // The answer is cut off, and so is the look into the history.
    let server = Server::answers([reply(504, "<html>"), reply(504, "<html>")]);
    let client = builder(server.url())
        .clock(SimulatedClock::new())
        .max_attempts(1)
        .language(Language::Russian)
        .build()
        .unwrap();
    let error = client.send_message_with(5, "Здравствуйте", &SendOptions::new()).unwrap_err();
    assert_eq!(error.status(), Status::OutcomeUnknown);
    assert_eq!(
        error.to_string(),
        "sendMessageToChat: неизвестно, дошло ли сообщение: ответ на отправку потерян (сбой на \
         стороне Маркета (HTTP 504, страница HTML, какие отдают прокси)). Поиск в истории чата не \
         выполнен. Посмотрите чат, прежде чем отправлять снова, или отправьте с билетом из этой \
         ошибки."
    );
    let behind = error.source().unwrap().to_string();
    assert!(behind.starts_with("sendMessageToChat: сбой на стороне Маркета"), "{behind}");
    assert_eq!(document(&error)["known"]["cause"], Value::from("SERVER"));
}
