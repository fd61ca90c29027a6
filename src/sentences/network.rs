//! What may come of requests: limits, the network, the service's answers.

use super::{Sentence, sentences};

sentences! {
    /// A configured time, for the other sentences.
    time_limit(name: &str, ms: u64) => "{name} ({ms} ms)", "{name} ({ms} мс)";

    nothing_was_sent(why: &Sentence) =>
        "{why}. Nothing was sent",
        "{why}. Ничего не отправлено";

    quota_lasts(seconds: u64, limit: &Sentence) =>
        "the quota of this hour is used up, and is free again in {seconds} s, which is longer than \
         {limit} allows. Nothing was sent",
        "лимит запросов на этот час исчерпан. Он освободится через {seconds} с, а столько ждать не \
         даёт {limit}. Ничего не отправлено";

    places_held(seconds: u64, limit: &Sentence) =>
        "the service may still be at work on requests whose answers were lost, and they take every \
         place for {seconds} s, which is longer than {limit} allows. Nothing was sent",
        "лимит одновременных запросов занят ещё на {seconds} с: возможно, Маркет продолжает обрабатывать запросы, ответы \
         на которые потеряны. Столько ждать не даёт {limit}. Ничего не отправлено";

    no_place(limit: &Sentence) =>
        "other requests of this business took every place until {limit} was over. Nothing was sent",
        "лимит одновременных запросов занимали другие запросы этого кабинета, пока не истекло время \
         вызова: {limit}. Ничего не отправлено";

    no_time_for_another_attempt(limit: &Sentence) =>
        "{limit} left no time for another attempt",
        "На новую попытку не хватило времени вызова: {limit}";

    broke_before_answer(detail: &Sentence) =>
        "the connection broke before the answer was complete: {detail}",
        "соединение оборвалось раньше, чем пришёл весь ответ: {detail}";

    broke_while_sending(detail: &Sentence) =>
        "the connection broke while sending: {detail}",
        "соединение оборвалось при отправке: {detail}";

    no_connection_within(limit: &Sentence) =>
        "no connection within {limit}",
        "соединение не установлено за отведённое время: {limit}";

    no_answer_within(limit: &Sentence) =>
        "no complete answer within {limit}",
        "полный ответ не пришёл за отведённое время: {limit}";

    more_than_max_response_bytes(what: &Sentence) =>
        "{what}, which is what maxResponseBytes allows",
        "{what}, а больше не разрешает maxResponseBytes";

    not_http(detail: &Sentence) =>
        "what came back is not an HTTP answer ({detail})",
        "получен не ответ HTTP ({detail})";

    redirect(status: u16) =>
        "the service answered with a redirect (HTTP {status}), which is not followed, because the \
         credential would go along",
        "Маркет ответил перенаправлением (HTTP {status}). Библиотека не идёт по нему: вместе с \
         запросом ушёл бы ключ";

    market_failed(status: u16, words: &Sentence) =>
        "the Market failed (HTTP {status}{words})",
        "сбой на стороне Маркета (HTTP {status}{words})";

    unexpected_status(status: u16) =>
        "unexpected HTTP status {status}",
        "неожиданный статус HTTP {status}";

    too_many_at_once(status: u16, words: &Sentence) =>
        "too many requests at the same time (HTTP {status}{words}). Nothing was done",
        "слишком много одновременных запросов (HTTP {status}{words}). Запрос не выполнен";

    quota_used_up(status: u16, words: &Sentence) =>
        "the quota of this hour is used up (HTTP {status}{words}). Nothing was done",
        "лимит запросов на этот час исчерпан (HTTP {status}{words}). Запрос не выполнен";

    refused(status: u16, words: &Sentence) =>
        "the Market refused it (HTTP {status}{words})",
        "Маркет отклонил запрос (HTTP {status}{words})";

    answered_with_error(status: u16, words: &Sentence) =>
        "the Market answered with an error (HTTP {status}{words})",
        "Маркет ответил ошибкой (HTTP {status}{words})";

    /// In place of the service's words.
    instead_of_words(page: &Sentence) => ", {page}", ", {page}";

    broken_promise(what: &Sentence) =>
        "the answer is not what the API promises: {what}",
        "ответ не соответствует API: {what}";

    empty_body() => "an empty body", "пустое тело ответа";

    html_page() => "a page of HTML, as proxies send it", "страница HTML, какие отдают прокси";

    answer_before_request() =>
        "it came before the service had all of the request",
        "он пришёл раньше, чем Маркет получил весь запрос";

    answer_without_ok() => "it does not say OK", "в нём нет OK";

    result_is_missing() => "`result` is missing", "нет `result`";

    no_file(status: u16) =>
        "the answer is no file (HTTP {status})",
        "вместо файла пришёл другой ответ (HTTP {status})";

    too_many_redirects(most: u32) =>
        "more than {most} redirects, one after the other",
        "слишком длинная цепочка перенаправлений, допустимо подряд: {most}";

    file_too_long(max_bytes: u64) =>
        "the file is longer than {max_bytes} bytes, which is what maxBytes allows",
        "файл больше, чем разрешает maxBytes (байт: {max_bytes})";

    file_incomplete(received: u64, limit: &Sentence) =>
        "{received} bytes came within {limit}, and that is not all of the file",
        "файл пришёл не весь (получено байт: {received}) за отведённое время: {limit}";

    file_stalled(received: u64, limit: &Sentence) =>
        "{received} bytes came, and then nothing more for {limit}",
        "файл перестал приходить (получено байт: {received}), время ожидания истекло: {limit}";

    /// What serde says of an answer.
    expected(what: &str) => "expected {what}", "значение другого вида, нужно: {what}";

    missing_field(name: &str, line: usize, column: usize) =>
        "missing field `{name}` at line {line} column {column}",
        "нет поля `{name}` (строка {line}, позиция {column})";

    at_place(line: usize, column: usize) =>
        "at line {line} column {column}",
        "строка {line}, позиция {column}";
}
