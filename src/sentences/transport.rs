//! Connections: names, proxies, TLS, and what arrives.

use std::fmt::Display;

use super::{Sentence, sentences};

sentences! {
    no_connection_to(peer: &Sentence) => "no connection to {peer}", "нет соединения с {peer}";

    no_connection_to_proxy(peer: &Sentence) =>
        "no connection to the proxy {peer}",
        "нет соединения с прокси {peer}";

    peer_said(peer: &str, why: &dyn Display) => "{peer}: {why}", "{peer}: {why}";

    no_thread(host: &str, why: &dyn Display) =>
        "{host}: no thread for the look-up: {why}",
        "{host}: не создан поток для поиска адреса: {why}";

    name_not_resolved(host: &str, why: &Sentence) =>
        "{host}: the name cannot be resolved: {why}",
        "{host}: адрес по этому имени не найден: {why}";

    no_address() => "no address", "адресов нет";

    proxy_gave_no_way(proxy: &str, host: &str, why: &Sentence) =>
        "the proxy {proxy} gave no way to {host}: {why}",
        "прокси {proxy} не соединяет с {host}: {why}";

    proxy_answer_is_no_http() => "its answer is no HTTP", "его ответ не HTTP";

    proxy_answered(code: u16) => "it answered {code}", "он ответил {code}";

    proxy_wants_other_login() =>
        "it wants another user name and password (407)",
        "он требует другое имя и пароль (407)";

    proxy_wants_login() => "it wants a user name and a password", "он требует имя и пароль";

    proxy_takes_no_login() =>
        "it does not take the user name and password",
        "он не принимает имя и пароль";

    proxy_refused_login() =>
        "it refused the user name and password",
        "он отклонил имя и пароль";

    proxy_is_no_socks() => "it does not speak SOCKS5", "он не поддерживает SOCKS5";

    name_too_long_for_socks() =>
        "the host's name is too long for SOCKS5",
        "имя сервера слишком длинное для SOCKS5";

    proxy_not_allowed() => "it is not allowed to", "ему это запрещено";

    network_unreachable() => "the network is unreachable", "сеть недоступна";

    host_unreachable() => "the host is unreachable", "сервер недоступен";

    connection_refused() => "the connection was refused", "соединение отклонено";

    host_did_not_answer() => "the host did not answer", "сервер не ответил";

    proxy_failed() => "it failed", "у него произошёл сбой";

    closed_during_handshake(peer: &str) =>
        "{peer} closed the connection during the TLS handshake",
        "{peer} закрывает соединение при установке TLS";

    handshake_failed(why: &dyn Display) =>
        "the TLS handshake failed: {why}",
        "не удалось установить TLS: {why}";

    speaks_no_tls(peer: &str) => "{peer} does not speak TLS", "{peer} не поддерживает TLS";

    request_not_written(why: &dyn Display) => "the request: {why}", "запрос: {why}";

    header_too_long(most: usize) =>
        "its header is longer than {most} bytes",
        "заголовок ответа слишком длинный, предел в байтах: {most}";

    chunk_line_too_long(most: usize) =>
        "a line between chunks is longer than {most} bytes",
        "строка между частями ответа слишком длинная, предел в байтах: {most}";

    ended_after(came: u64, length: u64) =>
        "the answer ended after {came} of {length} bytes",
        "ответ оборвался, получено байт: {came} из {length}";

    ended_too_early() =>
        "the answer ended before it was complete",
        "ответ закончился раньше времени";

    answer_too_long(limit: usize) =>
        "the answer is longer than {limit} bytes",
        "ответ слишком длинный, предел в байтах: {limit}";

    no_memory_for_answer() =>
        "there is no memory for the answer that maxResponseBytes allows",
        "для ответа, который допускает maxResponseBytes, не хватает памяти";

    first_line_too_long() =>
        "the request's first line is too long",
        "первая строка запроса слишком длинная";

    time_is_over() => "the time is over", "время истекло";

    packed_otherwise() =>
        "it is packed in a way that was not asked for",
        "файл сжат способом, который не запрашивался";

    length_not_known() =>
        "it says neither how long it is nor where it ends",
        "в ответе нет ни длины файла, ни его конца";

    receiver_stopped() => "the receiver wants no more", "получатель больше не принимает";
}
