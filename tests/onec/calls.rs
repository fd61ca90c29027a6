//! What the methods do.

use std::fs;
use std::path::Path;

use ymchat_sandbox::{Operation, Sandbox};

use crate::host::{Host, Object, blob, everywhere, say, text};
use crate::table::{METHODS, Takes};

/// Chats of the simulated Market.
const CHAT: &str = "4000006";
const BIG: &str = "9007199254741001";

/// A file for the host to send; under wine, this machine's files are on drive Z.
fn file(name: &str, bytes: &[u8], host: &Host) -> String {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join("onec");
    let path = directory.join(name);
    fs::write(&path, bytes).unwrap();
    let path = path.to_str().unwrap();
    if host.is_windows() { format!("Z:{}", path.replace('/', "\\")) } else { path.to_owned() }
}

/// Every operation once, by the names of a language; English is 0.
fn every_operation(host: &mut Host, language: usize) {
    let sandbox = Sandbox::start().unwrap();
    // The other language's test runs at the same time.
    let photo = format!("photo-{language}.png");
    let path = file(&photo, b"\x89PNG", host);
    let name = |english: &str| {
        METHODS.iter().find(|method| method.names[0] == english).unwrap().names[language]
    };
    let mut object = host.object(0);
    object.open(&sandbox);
    let mut called = Vec::new();
    let mut call = |object: &mut Object<'_>, english: &'static str, values: &[String]| {
        called.push(english);
        object.call(name(english), values)
    };

    let campaigns = call(&mut object, "GetCampaigns", &[text(r#"{"limit": 1}"#)]).json();
    assert_eq!(campaigns["campaigns"][0]["business"]["id"], sandbox.business_id());
    let info = call(&mut object, "GetTokenInfo", &[]).json();
    assert!(info["apiKey"]["authScopes"].is_array());
    let page = call(&mut object, "GetChats", &[text(r#"{"limit": 3}"#)]).json();
    assert_eq!(page["chats"].as_array().unwrap().len(), 3);
    let all = call(&mut object, "GetAllChats", &["e".into()]).json();
    assert!(all["chats"].as_array().unwrap().len() > 20);
    let chat = call(&mut object, "GetChat", &[format!("i:{CHAT}")]).json();
    assert_eq!(chat["chatId"], 4_000_006);
    let history =
        call(&mut object, "GetChatHistory", &[text(CHAT), text(r#"{"limit": 2}"#)]).json();
    assert_eq!(history["messages"].as_array().unwrap().len(), 2);
    let messages = call(&mut object, "GetMessagesSince", &[text(CHAT)]).json();
    let messages = messages["messages"].as_array().unwrap().clone();
    let last = messages.last().unwrap()["messageId"].to_string();
    let none = call(&mut object, "GetMessagesSince", &[text(CHAT), text(&last), text("")]).json();
    assert_eq!(none["messages"].as_array().unwrap().len(), 0);
    let message = call(&mut object, "GetChatMessage", &[text(CHAT), text(&last)]).json();
    assert_eq!(&message, messages.last().unwrap());

    let new = call(&mut object, "Sync", &[]).json();
    assert!(!new["chats"].as_array().unwrap().is_empty());
    let since = new["since"].as_str().unwrap().to_owned();

    let content = text(r#"{"message": "Уже ищем 📦"}"#);
    let ticket = call(&mut object, "PrepareSend", &[text(CHAT), content]).json();
    let options = text(&format!(r#"{{"ticket": {}, "returnMessageId": true}}"#, ticket["ticket"]));
    let send = [text(CHAT), text("Уже ищем 📦"), options];
    let sent = call(&mut object, "SendMessage", &send).json();
    assert_eq!(sent["outcome"], "sent");
    // The ticket is used up: nothing is sent twice.
    let again = call(&mut object, "SendMessage", &send).json();
    assert_eq!(again["messageId"], sent["messageId"]);

    let sent = call(&mut object, "SendFile", &[text(CHAT), text(&path)]).json();
    assert_eq!(sent["outcome"], "sent");
    let bytes = blob(&[0, 255, 10, 13, 9]);
    let values = [text(CHAT), bytes, text("накладная.bin"), text(r#"{"returnMessageId": true}"#)];
    let sent = call(&mut object, "SendFile", &values).json();
    let id = text(&sent["messageId"].to_string());
    let message = call(&mut object, "GetChatMessage", &[text(CHAT), id]).json();
    assert_eq!(message["payload"][0]["name"], "накладная.bin");
    assert_eq!(message["payload"][0]["size"], 5);

    // It brings what is new, the shop's own messages included.
    let options = text(&format!(r#"{{"chatIds": ["{CHAT}"]}}"#));
    let new = call(&mut object, "Sync", &[text(&since), options]).json();
    let found = new["chats"][0]["messages"].as_array().unwrap();
    let texts: Vec<_> = found.iter().filter_map(|message| message["message"].as_str()).collect();
    assert_eq!(texts.iter().filter(|text| **text == "Уже ищем 📦").count(), 1, "{texts:?}");

    let order = text("52310447118");
    let created = call(&mut object, "CreateChat", &[text("ORDER"), order]).json();
    assert_eq!(created["chatId"], 4_000_006);

    let check = call(&mut object, "CheckMessage", &[text("Пишите на shop@mail.ru")]).json();
    assert_eq!((&check["ok"], &check["findings"][0]["kind"]), (&false.into(), &"email".into()));
    let body = r#"{"notificationType": "CHAT_MESSAGE_SENT", "businessId": 5, "chatId": 7,
        "messageId": "9007199254740993", "sentAt": "2026-03-05T09:00:00+03:00"}"#;
    for body in [text(body), blob(body.as_bytes())] {
        let parsed = call(&mut object, "ParseNotification", &[body, text(r#"{"name": "Shop"}"#)]);
        let parsed = parsed.json();
        assert_eq!(parsed["messageId"], 9_007_199_254_740_993_i64);
        assert_eq!(parsed["reply"]["httpStatus"], 200);
    }
    let url = text(message["payload"][0]["url"].as_str().unwrap());
    let to = path.replace(&photo, &format!("downloaded-{language}.bin"));
    let options = text(r#"{"overwrite": true}"#);
    let file = call(&mut object, "DownloadFile", &[url.clone(), text(&to), options]).json();
    assert_eq!((&file["path"], &file["bytes"]), (&to.into(), &5.into()));
    let file = call(&mut object, "GetFile", &[url]);
    assert_eq!((file.returned, file.value), (true, blob(&[0, 255, 10, 13, 9])));

    let stats = call(&mut object, "Stats", &[]).json();
    assert_eq!(stats["sends"]["sent"], 3);
    assert_eq!(call(&mut object, "Version", &[]).text(), env!("CARGO_PKG_VERSION"));
    assert_eq!(call(&mut object, "Cancel", &[]).value, "e");
    assert_eq!(call(&mut object, "Close", &[]).value, "e");
    assert_eq!(object.get("IsOpen").value, "b:0");
    called.push("Open");
    for method in METHODS {
        assert!(called.contains(&method.names[0]), "{} was not called", method.names[0]);
    }
    object.delete();
    host.is_clean();
}

#[test]
fn every_operation_by_its_english_name() {
    everywhere(|host| every_operation(host, 0));
}

#[test]
fn every_operation_by_its_russian_name() {
    everywhere(|host| every_operation(host, 1));
}

#[test]
fn a_wrong_number_of_parameters_is_refused() {
    everywhere(|host| {
        let mut object = host.object(0);
        for method in METHODS {
            let most = method.parameters.len();
            let least = method.parameters.iter().filter(|one| one.default.is_none()).count();
            let reply = object.call(method.names[0], &vec![text("5"); most + 1]);
            let wanted = format!("передано параметров: {}, можно не больше {most}.", most + 1);
            assert_eq!(reply.failure(), format!("{}: {wanted}", method.names[1]));
            if least > 0 {
                let reply = object.call(method.names[0], &vec![text("5"); least - 1]);
                assert!(reply.failure().contains(&format!("нужно не меньше {least}")), "{reply:?}");
            }
        }
        object.delete();
        host.is_clean();
    });
}

#[test]
fn a_wrong_type_is_refused_and_the_parameter_named() {
    everywhere(|host| {
        let sandbox = Sandbox::start().unwrap();
        let mut object = host.object(0);
        object.open(&sandbox);
        for method in METHODS {
            for (index, parameter) in method.parameters.iter().enumerate() {
                let name = parameter.names[1];
                let mut refused = |value: &str, words: &str| {
                    let mut values: Vec<String> = method
                        .parameters
                        .iter()
                        .map(|one| if one.takes == Takes::Id { text("5") } else { text("a") })
                        .collect();
                    values[index] = value.to_owned();
                    let reply = object.call(method.names[0], &values);
                    let said = reply.failure();
                    assert!(said.contains(name) && said.contains(words), "{values:?}: {said}");
                };
                refused("v:9", "значение другого типа");
                refused("b:1", "а не Булево");
                if parameter.default.is_none() {
                    refused("e", "не указан параметр");
                    refused("v:1", "не указан параметр");
                }
                if parameter.takes != Takes::Id {
                    refused("i:5", "а не Число");
                    refused("s:a\\u0000b", "знак с кодом 0");
                    refused("s:a\\uD83D", "половина знака");
                    refused("s:\\uDCE6a", "половина знака");
                }
                if parameter.takes != Takes::TextOrDate {
                    refused("t:2026,11,20,10,0,0", "а не Дата");
                }
                if !matches!(parameter.takes, Takes::File | Takes::Body) {
                    refused("x:00", "а не ДвоичныеДанные");
                }
            }
        }
        let sent = sandbox.traffic().requests;
        assert_eq!(sent.len(), 0, "{sent:?}");
        object.delete();
        host.is_clean();
    });
}

#[test]
fn ids_are_numbers_or_digits_and_exact() {
    everywhere(|host| {
        let sandbox = Sandbox::start().unwrap();
        let mut object = host.object(0);
        object.open(&sandbox);
        for (value, id) in [
            ("i:4000006".into(), CHAT),
            ("l:9007199254741001".into(), BIG),
            ("r:4000006".into(), CHAT),
            (text(BIG), BIG),
            // As Строка(Число) writes it.
            (text("9\u{a0}007\u{a0}199\u{a0}254\u{a0}741\u{a0}001"), BIG),
            (text(" 4 000 006\u{a0}"), CHAT),
            (text("04000006"), CHAT),
        ] {
            let chat = object.call("ПолучитьЧат", std::slice::from_ref(&value)).json();
            assert_eq!(chat["chatId"].to_string(), id, "{value}");
        }
        for (value, words) in [
            ("r:9007199254740992", "Передайте его строкой"),
            ("r:-9007199254740992", "Передайте его строкой"),
            ("r:inf", "Передайте его строкой"),
            ("r:nan", "Передайте его строкой"),
            ("r:4000006.5", "нужно целое число"),
            ("s:4 00 006", "нужно целое число"),
            ("s:4000 006", "нужно целое число"),
            ("s:", "нужно целое число"),
            ("s:+5", "нужно целое число"),
            ("s:5.0", "нужно целое число"),
            ("s:9223372036854775808", "нужно целое число"),
            ("s:четыре", "нужно целое число"),
        ] {
            let reply = object.call("ПолучитьЧат", &[value.to_owned()]);
            assert!(reply.failure().starts_with("ПолучитьЧат: Чат: "), "{value}: {reply:?}");
            assert!(reply.failure().contains(words), "{value}: {reply:?}");
        }
        // The largest double that is exact is an id like any other.
        let reply = object.call("ПолучитьЧат", &["r:9007199254740991".into()]);
        assert!(reply.failure().contains("HTTP 404"), "{reply:?}");
        object.delete();
        host.is_clean();
    });
}

#[test]
fn files_come_as_binary_data_or_as_a_path() {
    everywhere(|host| {
        let sandbox = Sandbox::start().unwrap();
        let large = file("large.bin", &vec![7; 5 * 1024 * 1024 + 1], host);
        let named = file("накладная 📦.txt", b"text", host);
        let mut object = host.object(0);
        object.open(&sandbox);
        for (values, words) in [
            (vec![blob(b"a")], "не указано ИмяФайла"),
            (vec![text("/nowhere/at/all.png")], "файл не читается"),
            (vec![text("")], "файл не читается"),
            (vec![text(&large)], "5 МБ"),
        ] {
            let values = [&[text(CHAT)][..], &values].concat();
            let reply = object.call("ОтправитьФайл", &values);
            assert!(reply.failure().contains(words), "{reply:?}");
            assert_eq!(object.last_error()["outcome"], "notSent");
        }
        let options = text(r#"{"returnMessageId": true}"#);
        for (name, wanted) in [(text(""), "накладная 📦.txt"), (text("b.txt"), "b.txt")]
        {
            let values = [text(CHAT), text(&named), name, options.clone()];
            let sent = object.call("ОтправитьФайл", &values).json();
            let id = text(&sent["messageId"].to_string());
            let message = object.call("ПолучитьСообщение", &[text(CHAT), id]).json();
            assert_eq!(message["payload"][0]["name"], wanted);
        }
        object.delete();
        host.is_clean();
    });
}

#[test]
fn a_file_that_cannot_be_had_leaves_nothing_behind() {
    everywhere(|host| {
        let sandbox = Sandbox::start().unwrap();
        let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join("onec/temporary");
        let _ = fs::remove_dir_all(&directory);
        fs::create_dir_all(&directory).unwrap();
        let place = directory.to_str().unwrap();
        let mut own = Host::start_with(&host.platform, &[("TMPDIR", place), ("TMP", place)]);
        let mut object = own.object(0);
        object.open(&sandbox);
        let url = text(&format!("{}/files/none.png", sandbox.base_url()));
        assert!(object.call("ПолучитьФайл", &[url]).failure().contains("HTTP 404"));
        let reply = object.call("ПолучитьФайл", &[text("https://example.org/a.png")]);
        assert!(reply.failure().contains("example.org"), "{reply:?}");
        let names = fs::read_dir(&directory).unwrap().map(|entry| entry.unwrap().file_name());
        // Wine has temporary files of its own.
        let left: Vec<_> =
            names.filter(|name| name.to_string_lossy().starts_with("ymchat")).collect();
        assert!(left.is_empty(), "{left:?}");
        object.delete();
        own.end();
    });
}

#[test]
fn texts_arrive_as_they_are() {
    everywhere(|host| {
        let sandbox = Sandbox::start().unwrap();
        let mut object = host.object(0);
        object.open(&sandbox);
        let words = "Ёлка 🎄\tи «кавычки» \\ \"двойные\"\r\nвторая строка";
        let options = text(r#"{"returnMessageId": true}"#);
        let sent = object.call("ОтправитьСообщение", &[text(CHAT), text(words), options]).json();
        let id = text(&sent["messageId"].to_string());
        let message = object.call("ПолучитьСообщение", &[text(CHAT), id]).json();
        assert_eq!(message["message"], words);
        object.delete();
        host.is_clean();
    });
}

/// A date of 1C is a local time: the host's time zone says which moment it is.
#[test]
fn a_date_is_where_to_begin() {
    everywhere(|host| {
        if host.is_windows() {
            say(
                "NOT RUN: onec::calls::a_date_is_where_to_begin under Windows, whose time zone is not in the environment",
            );
            return;
        }
        let sandbox = Sandbox::start().unwrap();
        let mut zoned = Host::start_with(&host.platform, &[("TZ", "UTC-9")]);
        let mut object = zoned.object(0);
        object.open(&sandbox);
        let id = sandbox.write_as_customer(4_000_006, "Добрый день").unwrap();
        let written = object.call("ПолучитьСообщение", &[text(CHAT), text(&id.to_string())]).json();
        let written: jiff::Timestamp = written["createdAt"].as_str().unwrap().parse().unwrap();
        let options = text(&format!(r#"{{"chatIds": [{CHAT}]}}"#));
        let mut messages_since = |at: jiff::Timestamp| {
            let local = at.to_zoned(jiff::tz::TimeZone::fixed(jiff::tz::offset(9)));
            let date = local.strftime("t:%Y,%m,%d,%H,%M,%S").to_string();
            let new = object.call("ПолучитьНовое", &[date, options.clone()]).json();
            new["chats"].as_array().unwrap().iter().any(|chat| {
                chat["messages"].as_array().unwrap().iter().any(|one| one["messageId"] == id)
            })
        };
        let second = jiff::SignedDuration::from_secs(1);
        assert!(messages_since(written - second));
        assert!(!messages_since(written + second));
        // Both at once are a contradiction.
        let values = ["t:2026,11,20,10,0,0".into(), text(r#"{"start": "all"}"#)];
        let reply = object.call("ПолучитьНовое", &values);
        assert!(reply.failure().contains("два раза"), "{reply:?}");
        let reply = object.call("ПолучитьНовое", &["t:2026,11,20,10,0,0".into(), text("[]")]);
        assert!(reply.failure().contains("JSON"), "{reply:?}");
        object.delete();
        zoned.end();
    });
}

#[test]
fn a_procedure_may_be_called_as_a_function_and_a_function_as_a_procedure() {
    everywhere(|host| {
        let mut object = host.object(0);
        assert_eq!(object.call("Закрыть", &[]).value, "e");
        assert!(object.procedure("Версия", &[]).returned);
        let number = object.host.number("Version").to_string();
        // No array, and a number of parameters that is none.
        for size in ["0", "-1", "5", "2147483647"] {
            let answer = object.host.line(&["size", "0", &number, size]);
            assert!(answer.starts_with("1\ts:0."), "{answer}");
        }
        object.delete();
        host.is_clean();
    });
}

/// What the sandbox was asked for is what the methods are for.
#[test]
fn each_send_is_one_request() {
    everywhere(|host| {
        let sandbox = Sandbox::start().unwrap();
        let mut object = host.object(0);
        object.open(&sandbox);
        object.call("SendMessage", &[text(CHAT), text("Здравствуйте!")]).json();
        assert_eq!(sandbox.traffic().of(Operation::SendMessageToChat).count(), 1);
        object.delete();
    });
}
