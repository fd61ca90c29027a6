//! What is said on stderr, beside the output: behind «ymchat: », or as a line of its own.

use std::fmt::Display;

use super::Sentence;

ymchat::__sentences! {
    /// A line of the program.
    of_the_program(what: &Sentence) => "ymchat: {what}", "ymchat: {what}";

    ending() =>
        "ending; Ctrl-C once more ends it at once",
        "программа завершается; ещё одно нажатие Ctrl-C остановит её сразу";

    watching() =>
        "watching; Ctrl-C ends it",
        "показываю новые сообщения; Ctrl-C – конец";

    listening(address: &dyn Display) =>
        "listening on http://{address}; Ctrl-C ends it",
        "принимаю уведомления на http://{address}; Ctrl-C – конец";

    refused(status: u16, peer: &dyn Display) =>
        "refused with {status} what came from {peer}",
        "запрос от {peer} отклонён с кодом {status}";

    answers_again() => "the service answers again", "сервис снова отвечает";

    there_already(file: &dyn Display) => "{file} is there already", "{file} уже есть";

    no_files() => "there are no files", "файлов нет";

    outcome(outcome: &dyn Display) => "outcome: {outcome}", "исход отправки: {outcome}";
    trace_id(id: &str) => "trace id: {id}", "traceId: {id}";
    ticket(ticket: &str) => "ticket: {ticket}", "билет: {ticket}";

    key_prompt() =>
        "Api-Key (it is not shown):",
        "Api-Key (при вводе не показывается):";

    reading_chats() => "reading chats", "читаю чаты";
    reading_the_chat() => "reading the chat", "читаю чат";
    sending() => "sending", "отправляю";
    looking_for_news() => "looking for what is new", "ищу новое";

    /// indicatif's places.
    bytes_of(bytes: &str, total: &str) => "{bytes} of {total}", "{bytes} из {total}";
}
