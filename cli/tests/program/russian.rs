//! What the program itself says to people, in Russian.

use std::fs;

use assert_cmd::Command;
use ymchat_sandbox::{NewChat, NewFile, NewMessage, Sandbox};

use crate::support::{Directory, bare, named, set_mode, stderr, stdout, ymchat};

fn russian(market: &Sandbox, arguments: &[&str]) -> Command {
    let mut command = ymchat(market);
    command.args(arguments).args(["--language", "ru"]);
    command
}

/// The failure of a command, as it is said on stderr.
fn refused(mut command: Command, code: i32) -> String {
    stderr(&command.assert().code(code))
}

fn is_russian(text: &str) -> bool {
    text.contains(|c| matches!(c, 'а'..='я' | 'ё'))
}

#[test]
fn failures_of_this_computer_are_said_in_russian() {
    let market = Sandbox::start().unwrap();
    let directory = Directory::new();
    let path = |name: &str| directory.join(name).to_str().unwrap().to_owned();
    let missing = path("missing");
    let of = |arguments: &[&str]| refused(russian(&market, arguments), 1);

    let file = of(&["send-file", "5", &missing]);
    assert_eq!(
        file,
        format!("ymchat: Файл {missing} не удалось прочитать: такого файла или каталога нет.\n")
    );
    directory.private("other.state", "{}");
    let state = of(&["sync", "--state", &path("other.state")]);
    assert!(state.ends_with("выберите другой или восстановите этот из копии.\n"), "{state}");
    let config = of(&["chats", "--config", &missing]);
    assert_eq!(config, format!("ymchat: {missing}: Такого файла настроек нет.\n"));
    let open = directory.private("open.json", "{}");
    set_mode(&open, 0o644);
    if cfg!(unix) {
        let open = of(&["chats", "--config", open.to_str().unwrap()]);
        assert!(open.contains("доступен другим пользователям (права 644)"), "{open}");
    }
    let unknown = directory.private("unknown.json", r#"{"apiKye": "x"}"#);
    let unknown = of(&["chats", "--config", unknown.to_str().unwrap()]);
    assert!(unknown.contains("apiKye") && is_russian(&unknown), "{unknown}");
    let place = of(&["download", "https://files.example.yandex.net/1"]);
    assert!(place.contains("Укажите в --to"), "{place}");
    let proxy = of(&["receive", "--port", "0", "--allow-from", "10.0.0.0/8"]);
    assert!(proxy.contains("За прокси всякий запрос"), "{proxy}");
    let mut no_key = russian(&market, &["chats"]);
    no_key.env_remove("YMCHAT_API_KEY");
    let no_key = refused(no_key, 1);
    assert!(no_key.starts_with("ymchat: Ключ не задан."), "{no_key}");
    let mut text = russian(&market, &["send", "5", "-"]);
    text.write_stdin(b"\xff\xfe".to_vec());
    assert_eq!(refused(text, 1), "ymchat: Текст не в UTF-8: сначала перекодируйте его.\n");
}

#[test]
fn a_command_that_fails_is_named_in_russian() {
    let market = Sandbox::builder().seeded(false).start().unwrap();
    let chat = market.start_chat(NewChat::direct("Первое")).unwrap();
    let directory = Directory::new();
    let state = directory.join("shop.state");
    let state = state.to_str().unwrap();
    let said = refused(russian(&market, &["sync", "--state", state, "--exec", "exit 3"]), 1);
    assert!(said.contains(&format!("чата {chat} не обработано: ")), "{said}");
    assert!(said.ends_with("команда завершилась с кодом 3. Оно придёт снова.\n"), "{said}");
    if cfg!(unix) {
        let kill = ["sync", "--state", state, "--exec", "kill -9 $$"];
        let said = refused(russian(&market, &kill), 1);
        assert!(said.contains("команду завершил сигнал 9"), "{said}");
    }
}

#[test]
fn an_argument_that_is_refused_before_anything_is_read_is_refused_in_russian() {
    for arguments in [
        &["chats", "--api-key", "s3cret", "--language", "ru"][..],
        &["--language=ru", "chats", "ACMA:s3cret:1"],
    ] {
        let mut command = bare();
        command.args(arguments);
        let said = refused(command, 2);
        assert!(said.contains("Аргументы программы видны всем"), "{said}");
    }
    let mut command = bare();
    command.env("YMCHAT_LANGUAGE", "de").env("LANG", "ru_RU.UTF-8").args(["check", "Да"]);
    assert!(refused(command, 1).contains("допустимо en или ru"));
}

#[test]
fn the_language_of_the_file_is_that_of_commands_that_need_no_file() {
    let directory = Directory::new();
    let file = directory.private("shop.json", r#"{"apiKey": "ACMA:x", "language": "ru"}"#);
    let mut command = bare();
    command.args(["check", "Добрый день!", "--config"]).arg(&file);
    assert_eq!(stdout(&command.assert().success()), "Контактов и ссылок нет.\n");
    let mut command = bare();
    command.args(["check", "Добрый день!", "--config"]).arg(directory.join("missing.json"));
    assert_eq!(stdout(&command.assert().success()), "No contacts and no links.\n");
    let mut command = bare();
    command.env("YMCHAT_LANGUAGE", "en").args(["check", "Да", "--config"]).arg(&file);
    assert_eq!(stdout(&command.assert().success()), "No contacts and no links.\n");
}

#[test]
fn what_is_found_is_shown_in_russian() {
    let market = Sandbox::builder().seeded(false).start().unwrap();
    let empty = stdout(&russian(&market, &["chats"]).assert().success());
    assert_eq!(empty, "Чатов нет.\n");
    let anna = named(NewChat::about_order(900_001, "Где заказ?"), "Анна К.");
    let chat = market.start_chat(anna).unwrap();
    for (name, text) in [("1.txt", "."), ("2.txt", ".."), ("5.txt", ".....")] {
        market.write(chat, NewMessage::text("").file(NewFile::new(name, text))).unwrap();
    }
    let id = chat.to_string();
    let table = stdout(&russian(&market, &["chats"]).assert().success());
    let titles = table.lines().next().unwrap();
    let titles: Vec<&str> = titles.split("  ").map(str::trim).filter(|t| !t.is_empty()).collect();
    assert_eq!(titles, ["ЧАТ", "СТАТУС", "О ЧЁМ", "ПОКУПАТЕЛЬ", "ПОСЛЕДНЕЕ СООБЩЕНИЕ"]);
    assert!(table.contains("  заказ 900001  "), "{table}");
    let shown = stdout(&russian(&market, &["show", &id]).assert().success());
    assert!(shown.starts_with(&format!("Чат {chat}: заказ 900001, Анна К., ")), "{shown}");
    assert!(shown.contains("  покупатель  "), "{shown}");
    for file in ["1.txt, 1 байт\n", "2.txt, 2 байта\n", "5.txt, 5 байт\n"] {
        assert!(shown.contains(&format!("  файл: {file}")), "{shown}");
    }
    let sent = stdout(&russian(&market, &["send", &id, "В пути."]).assert().success());
    assert_eq!(sent, "Отправлено.\n");
    let refused = refused(russian(&market, &["send", &id, ""]), 11);
    assert!(refused.ends_with("\nисход отправки: notSent\n"), "{refused}");
    let check = russian(&market, &["check", "Звоните: +7 912 345-67-89"]).assert().code(23);
    assert_eq!(stdout(&check), "телефон: +7 912 345-67-89 (символы 10–25)\n");
}

#[test]
fn documents_are_the_same_in_every_language() {
    let market = Sandbox::start().unwrap();
    for arguments in [&["--json", "chats"][..], &["--json", "check", "a@b.ru"]] {
        let english = ymchat(&market).args(arguments).assert();
        assert_eq!(stdout(&english), stdout(&russian(&market, arguments).assert()));
    }
}

#[test]
fn the_report_for_the_support_is_in_the_language_of_its_reader() {
    let market = Sandbox::start().unwrap();
    let directory = Directory::new();
    let file = directory.join("report.txt");
    russian(&market, &["doctor", "--report", file.to_str().unwrap()]).assert().success();
    let report = fs::read_to_string(&file).unwrap();
    assert!(report.contains("\nнастройки: apiKey (задано), "), "{report}");
    assert!(report.contains("\nпройдено   часы: "), "{report}");
}
