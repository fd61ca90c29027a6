//! What commands print for people.

use std::fmt::Display;

use super::Sentence;

ymchat::__sentences! {
    column_chat() => "CHAT", "ЧАТ";
    column_status() => "STATUS", "СТАТУС";
    column_about() => "ABOUT", "О ЧЁМ";
    column_customer() => "CUSTOMER", "ПОКУПАТЕЛЬ";
    column_last_message() => "LAST MESSAGE", "ПОСЛЕДНЕЕ СООБЩЕНИЕ";

    no_chats() => "No chats.", "Чатов нет.";

    chat(id: i64) => "Chat {id}", "Чат {id}";

    about_order(id: i64) => "order {id}", "заказ {id}";
    about_an_order() => "order", "заказ";
    about_return(id: i64) => "return {id}", "возврат {id}";
    about_a_return() => "return", "возврат";
    direct() => "direct", "без заказа";
    dispute() => "dispute", "спор";
    dispute_about(what: &Sentence) => "dispute, {what}", "спор, {what}";

    /// A name of the service's.
    named(name: &str) => "{name}", "{name}";

    shop() => "shop", "магазин";
    customer() => "customer", "покупатель";
    market() => "Market", "Маркет";
    support() => "support", "поддержка";

    file(name: &str) => "file: {name}", "файл: {name}";
    file_with_size(name: &str, size: &Sentence) => "file: {name}, {size}", "файл: {name}, {size}";

    sent() => "Sent.", "Отправлено.";
    sent_as(message: i64) => "Sent, message {message}.", "Отправлено, сообщение {message}.";
    confirmed() =>
        "Sent: the chat shows it.",
        "Отправлено: сообщение есть в чате.";
    confirmed_as(message: i64) =>
        "Sent: the chat shows it, message {message}.",
        "Отправлено: сообщение {message} есть в чате.";

    nothing_found() => "No contacts and no links.", "Контактов и ссылок нет.";
    link() => "link", "ссылка";
    email() => "email", "адрес почты";
    phone() => "phone", "телефон";
    messenger() => "messenger", "мессенджер";
    finding(kind: &Sentence, text: &str, first: usize, last: usize) =>
        "{kind}: {text} (characters {first} to {last})",
        "{kind}: {text} (символы {first}–{last})";

    report(version: &str, system: &str, machine: &str, at: &dyn Display, settings: &Sentence) =>
        "ymchat {version} on {system} ({machine}), {at}\nsettings: {settings}\n\n",
        "ymchat {version}, {system} ({machine}), {at}\nнастройки: {settings}\n\n";
    setting(name: &str, value: &dyn Display) => "{name} {value}", "{name} {value}";
    hidden_setting(name: &str) => "{name} (set)", "{name} (задано)";
    also(one: &Sentence, other: &Sentence) => "{one}, {other}", "{one}, {other}";
}
