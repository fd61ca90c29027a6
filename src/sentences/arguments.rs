//! Arguments and options of calls.

use super::{Sentence, Tenths, sentences};

sentences! {
    at_least_one(name: &str, value: i64) =>
        "{name} must be at least 1, not {value}",
        "{name}: нужно число не меньше 1, а не {value}";

    each_at_least_one(name: &str, value: i64) =>
        "each of {name} must be at least 1, not {value}",
        "{name}: каждый идентификатор – число не меньше 1, а не {value}";

    each_id_at_least_one(name: &str, value: i64) =>
        "each id of {name} must be at least 1, not {value}",
        "{name}: каждый id – число не меньше 1, а не {value}";

    zero_is_from_the_start(why: &Sentence) => "{why} (0: from the start)", "{why} (0 – с начала)";

    leave_out_for_first_message(why: &Sentence) =>
        "{why}; leave it out to begin with the first message",
        "{why}; чтобы начать с первого сообщения, не передавайте его";

    leave_out_where_unknown(why: &Sentence) =>
        "{why}; leave it out where no message of the chat is known",
        "{why}; если сообщений чата вы не знаете, не передавайте его";

    limit_out_of_range(most: u64, value: u64) =>
        "limit must be 1 to {most}, not {value}",
        "limit: допустимо от 1 до {most}, а не {value}";

    page_token_is_empty() =>
        "pageToken is empty; leave it out for the first page",
        "pageToken: значение пустое; для первой страницы не передавайте его";

    page_token_too_long(length: usize, most: usize) =>
        "pageToken has {length} bytes as it is sent, percent-encoded; {most} are allowed: pass it as \
         an earlier page named it",
        "pageToken слишком длинный (в процентной записи байт: {length}, предел: {most}); передайте \
         его таким, каким он пришёл с прошлой страницей";

    message_is_empty() =>
        "the message is empty, or white space alone",
        "текст сообщения пустой или из одних пробелов";

    message_too_long(length: usize, most: usize) =>
        "the message has {length} characters, and {most} are allowed (an emoji counts as two): \
         split it",
        "сообщение слишком длинное (символов: {length}, предел: {most}, эмодзи считается за два): \
         разделите его";

    file_name_is_empty() => "the file name is empty", "имя файла пустое";

    file_name_too_long(most: usize) =>
        "the file name is longer than {most} bytes",
        "имя файла слишком длинное, предел в байтах: {most}";

    file_name_with_path() =>
        "the file name must stand alone, without a path",
        "имя файла нужно без пути";

    file_name_with_quote() =>
        "the file name holds a quote or a control character",
        "в имени файла кавычка или управляющий знак";

    file_is_empty() => "the file is empty", "файл пустой";

    file_too_large(name: &str, megabytes: Tenths, size: usize, most: usize) =>
        "the file {name} has {megabytes} MB ({size} bytes), and the service takes at most 5 MB \
         ({most} bytes): make it smaller",
        "файл {name} занимает {megabytes} МБ (байт: {size}), а Маркет принимает не больше 5 МБ \
         (байт: {most}): уменьшите его";

    not_a_value(name: &str) =>
        "{name} holds a value that is not of the form WAITING_FOR_PARTNER",
        "{name}: значение должно иметь вид WAITING_FOR_PARTNER";

    context_type_unknown() =>
        "contextType must be ORDER or RETURN",
        "contextType: допустимо ORDER или RETURN";

    context_type_direct() =>
        "contextType must be ORDER or RETURN: only a customer can start a DIRECT chat",
        "contextType: допустимо ORDER или RETURN, чат DIRECT начинает только покупатель";

    filter_is_empty(name: &str) =>
        "{name} is empty; leave it out to filter by nothing",
        "{name}: список пустой; если отбор не нужен, не передавайте его";

    item_twice(name: &str) =>
        "{name} holds the same item twice",
        "{name}: одно и то же указано два раза";

    max_total_bytes_elsewhere() =>
        "maxTotalBytes is for get_all_chats alone: a page is bounded by maxResponseBytes of the \
         configuration",
        "maxTotalBytes нужен только для get_all_chats: страницу ограничивает maxResponseBytes из \
         настроек";

    max_total_bytes_too_small(bytes: u64) =>
        "maxTotalBytes must be at least 1024, not {bytes}",
        "maxTotalBytes: нужно число не меньше 1024, а не {bytes}";

    list_too_long(bound: u64) =>
        "the whole list is longer than {bound} bytes, which is what maxTotalBytes allows",
        "весь список больше, чем разрешает maxTotalBytes (байт: {bound})";

    order_ids_are_wrong() =>
        "orderIds must hold ids: whole numbers, or strings of digits",
        "orderIds: нужны идентификаторы: целые числа или строки из цифр";

    contexts_are_wrong() =>
        "contexts must hold objects like {{\"type\": \"ORDER\", \"id\": 123}}",
        "contexts: нужны объекты вида {{\"type\": \"ORDER\", \"id\": 123}}";

    contexts_direct() =>
        "contexts knows ORDER and RETURN; for DIRECT chats use contextTypes",
        "contexts: допустимо ORDER и RETURN; для чатов DIRECT есть contextTypes";

    resend_needs_resolve() =>
        "resend needs resolve: only the history can prove that nothing arrived",
        "resend: нужен и resolve, ведь только история доказывает, что ничего не дошло";

    ticket_needs_resolve() =>
        "a ticket needs resolve: only the history can prove that nothing arrived",
        "ticket: нужен и resolve, ведь только история доказывает, что ничего не дошло";

    after_message_with_ticket() =>
        "afterMessageId is not taken with a ticket, which has its own",
        "afterMessageId: вместе с билетом не передаётся, в билете он уже есть";

    call_timeout_is_zero() =>
        "callTimeoutMs must be at least 1",
        "callTimeoutMs: нужно число не меньше 1";

    content_is_wrong(name: &str) =>
        "{name} needs either message, or fileName and fileSize",
        "{name}: нужно или message, или fileName вместе с fileSize";

    kinds_unknown(names: &str) =>
        "kinds must hold some of {names}",
        "kinds: допустимы значения {names}";

    kinds_are_empty() =>
        "kinds is empty; leave it out to look for everything",
        "kinds: список пустой; чтобы искать всё, не передавайте его";

    not_a_host(index: usize) =>
        "item {index} of allowHosts must be a host name such as cdek.ru, without a path",
        "allowHosts: элемент с номером {index} (счёт с 0) должен быть именем сервера без пути, \
         например cdek.ru";

    finding(kind: &Sentence, first: usize, last: usize, quoted: &str) =>
        "the message has {kind} at characters {first} to {last}: {quoted}",
        "в сообщении есть {kind} (символы {first}–{last}): {quoted}";

    finding_and_another(kind: &Sentence, first: usize, last: usize, quoted: &str) =>
        "the message has {kind} at characters {first} to {last}: {quoted}, and 1 more finding",
        "в сообщении есть {kind} (символы {first}–{last}): {quoted}, и это не всё, найдено ещё: 1";

    finding_and_others(kind: &Sentence, first: usize, last: usize, quoted: &str, others: usize) =>
        "the message has {kind} at characters {first} to {last}: {quoted}, and {others} more findings",
        "в сообщении есть {kind} (символы {first}–{last}): {quoted}, и это не всё, найдено ещё: \
         {others}";

    a_link() => "a link", "ссылка";
    an_email() => "an e-mail address", "адрес электронной почты";
    a_phone() => "a telephone number", "номер телефона";
    a_messenger() => "a messenger contact", "контакт в мессенджере";
}
