//! Errors: the exception's sentence in the user's language, and the document.

use ymchat_sandbox::{Fault, FaultKind, Operation, Sandbox};

use crate::host::{everywhere, text};
use crate::table::{METHODS, Takes};

#[test]
fn the_platform_and_the_program_choose_the_language() {
    everywhere(|host| {
        host.object(0);
        let russian = "ПолучитьЧат: клиент не открыт. Сначала вызовите Открыть.";
        let english = "getChat: no client is open: call Open first.";
        let mut told = |command: &[&str], wanted: &str| {
            if !command.is_empty() {
                assert_eq!(host.line(command), "set");
            }
            let mut object = host.at(0);
            let reply = object.call("GetChat", &["i:5".into()]);
            assert_eq!(reply.failure(), wanted, "{command:?}");
            let document = object.last_error();
            assert_eq!(
                (&document["message"], &document["name"]),
                (&wanted.into(), &"INVALID_ARGUMENT".into())
            );
        };
        told(&[], russian);
        for code in ["en", "en_US", "en-GB", "English_United States"] {
            told(&["locale", "0", code], english);
            told(&["locale", "0", "de_DE"], english);
            told(&["language", "0", "rus_RUS"], russian);
            told(&["language", "0", "en"], english);
            told(&["locale", "0", "ru"], russian);
        }
        let mut object = host.at(0);
        assert_eq!(object.get("Язык").value, "s:ru");
        assert!(object.set("Язык", text("en")).returned);
        assert_eq!(object.get("Language").value, "s:en");
        assert!(object.set("Язык", text("fr")).failure().contains("\"ru\""));
        assert!(object.set("Язык", "i:5".into()).failure().contains("Language"));
        let reply = object.call("GetChat", &["i:5".into()]);
        assert_eq!(reply.failure(), english);
        // The platform's word counts for less than the program's.
        host.line(&["locale", "0", "ru_RU"]);
        let mut object = host.at(0);
        assert_eq!(object.call("GetChat", &["i:5".into()]).failure(), english);
        object.set("Язык", "e".into());
        assert_eq!(object.call("GetChat", &["i:5".into()]).failure(), russian);
        let json = text(r#"{"apiKey": "ACMA:example", "language": "en"}"#);
        assert!(object.procedure("Open", &[json]).returned);
        assert_eq!(object.get("Language").value, "s:en");
        object.delete();
        host.is_clean();
    });
}

#[test]
fn each_failure_has_its_sentence_and_its_document() {
    everywhere(|host| {
        let sandbox = Sandbox::start().unwrap();
        let mut object = host.object(0);
        object.open(&sandbox);
        let reply = object.call("ПолучитьЧат", &["i:5".into()]);
        let sentence = reply.failure();
        assert!(
            sentence.starts_with("ПолучитьЧат: Маркет отклонил запрос (HTTP 404"),
            "{sentence}"
        );
        let document = object.last_error();
        assert_eq!((&document["status"], &document["operation"]), (&4.into(), &"getChat".into()));
        assert_eq!(document["message"], sentence);
        assert!(document["english"].as_str().unwrap().starts_with("getChat: "));
        assert_eq!(document["httpStatus"], 404);

        let reply = object.call("GetChats", &[text(r#"{"limti": 5}"#)]);
        assert!(reply.failure().starts_with("ПолучитьЧаты: Параметры: нет параметра"), "{reply:?}");
        assert!(reply.failure().contains("\"limti\""), "{reply:?}");

        sandbox.set_quota_used(Operation::GetAuthTokenInfo, 100).unwrap();
        let reply = object.call("ПолучитьСведенияОКлюче", &[]);
        assert!(reply.failure().contains("лимит запросов на этот час исчерпан"), "{reply:?}");
        assert!(reply.failure().contains("повторите вызов"), "{reply:?}");
        assert_eq!(object.last_error()["action"], "wait");

        // A call that succeeds leaves no error.
        assert!(object.call("ПолучитьЧаты", &[]).returned);
        assert_eq!(object.get("ПоследняяОшибка").value, "s:");

        object.set("КлючAPI", text("ACMA:другой"));
        assert!(object.procedure("Открыть", &[]).failure().contains("apiKey"));
        object.set("КлючAPI", text("ACMA:other"));
        assert!(object.procedure("Открыть", &[]).returned);
        let reply = object.call("ПолучитьЧаты", &[]);
        assert!(reply.failure().contains("Маркет отклонил запрос (HTTP 401"), "{reply:?}");
        assert!(reply.failure().contains("Скопируйте ключ Api-Key"), "{reply:?}");
        object.delete();
        host.is_clean();
    });
}

/// The library speaks Russian, with the names that the caller has written.
#[test]
fn sentences_are_russian_and_name_what_the_caller_knows() {
    everywhere(|host| {
        let sandbox = Sandbox::builder().fault(Fault::new(FaultKind::NoResult)).start().unwrap();
        let mut object = host.object(0);
        object.open(&sandbox);
        let mut told = |method: &str, values: &[String], wanted: &str| {
            let sentence = object.call(method, values).failure().to_owned();
            assert!(sentence.starts_with(&format!("{method}: ")), "{sentence}");
            assert!(sentence.contains(wanted), "{sentence}");
            assert_eq!(object.last_error()["message"], sentence);
            assert!(!object.last_error()["english"].as_str().unwrap().contains('и'), "{sentence}");
        };
        // What goes to the support stands in the text, too.
        told("ПолучитьЧаты", &[], " traceId: ");
        told("ПолучитьЧат", &["i:0".into()], "ПолучитьЧат: Чат: нужно число не меньше 1");
        let ids = ["i:1".into(), "i:0".into()];
        told("ПолучитьСообщение", &ids, "Сообщение: нужно число не меньше 1");
        told("СоздатьЧат", &[text("DIRECT"), "i:1".into()], "ВидОснования: допустимо ORDER");
        told("ПолучитьНовое", &[text("нет")], "Метка: метка повреждена");
        told("ПолучитьНовое", &[text("нет")], "что вернул ПолучитьНовое.");
        told("ПодготовитьОтправку", &["i:1".into(), text("{}")], "Содержимое: ");
        told("ПроверитьСообщение", &[text("а"), text("[]")], "Параметры: нужен объект JSON");

        object.set("Кабинет", "e".into());
        assert!(object.procedure("Открыть", &[]).returned);
        let sentence = object.call("ПолучитьЧаты", &[]).failure().to_owned();
        assert!(sentence.contains("даёт ПолучитьМагазины"), "{sentence}");
        object.delete();
        host.is_clean();
    });
}

#[test]
fn a_send_whose_outcome_is_open_brings_its_ticket() {
    everywhere(|host| {
        let sandbox = Sandbox::builder().fault(lost()).start().unwrap();
        let mut object = host.object(0);
        object.open(&sandbox);
        let chat = text("4000006");
        let options = text(r#"{"resolve": false, "afterMessageId": 1}"#);
        let reply = object.call("ОтправитьСообщение", &[chat, text("Здравствуйте!"), options]);
        assert!(reply.failure().contains("неизвестно, дошло ли сообщение"), "{reply:?}");
        assert!(reply.failure().contains("Посмотрите чат"), "{reply:?}");
        let document = object.last_error();
        assert_eq!((&document["status"], &document["outcome"]), (&10.into(), &"unknown".into()));
        object.delete();
        host.is_clean();
    });
}

fn lost() -> Fault {
    Fault::new(FaultKind::Close).on(Operation::SendMessageToChat).after_work()
}

#[test]
fn nothing_works_before_it_is_opened_but_what_needs_no_client() {
    everywhere(|host| {
        let mut object = host.object(0);
        for method in METHODS {
            let values: Vec<String> = method
                .parameters
                .iter()
                .map(|parameter| match parameter.takes {
                    Takes::Id => "i:5".into(),
                    _ => text(""),
                })
                .collect();
            let reply = object.call(method.names[0], &values);
            let free = ["Close", "Cancel", "Version", "CheckMessage", "ParseNotification"];
            if free.contains(&method.names[0]) {
                assert!(reply.returned, "{}: {reply:?}", method.names[0]);
            } else if method.names[0] != "Open" {
                let wanted =
                    format!("{}: клиент не открыт. Сначала вызовите Открыть.", method.names[1]);
                assert_eq!(reply.failure(), wanted);
                let document = object.last_error();
                assert_eq!(document["operation"], method.operation);
                let is_send = method.names[0].starts_with("Send");
                assert_eq!(document["outcome"] == "notSent", is_send, "{document}");
            }
        }
        object.delete();
        host.is_clean();
    });
}
