//! Why the computer refuses something: phrases that stand after a colon.

use std::fmt::Display;

use super::Sentence;

ymchat::__sentences! {
    no_such_file() => "there is no such file or directory", "такого файла или каталога нет";
    no_access() => "access is denied", "нет прав доступа";
    there_already() => "it is there already", "такой файл уже есть";
    is_a_directory() => "it is a directory", "это каталог";
    not_a_directory() => "a part of the path is no directory", "часть пути – не каталог";
    disk_full() => "the disk is full", "на диске нет места";
    address_in_use() =>
        "another program listens there already",
        "этот адрес уже занят другой программой";
    address_of_another() =>
        "this computer has no such address",
        "у этого компьютера нет такого адреса";
    no_answer_in_time() => "there was no answer in time", "ответа вовремя не было";
    nobody_listens() => "the connection was refused", "в соединении отказано";
    connection_broken() => "the connection broke off", "соединение оборвалось";
    ended_early() =>
        "the other side ended the connection",
        "другая сторона закрыла соединение";
    not_utf8() => "it is not UTF-8", "это не UTF-8";

    /// As the system says it.
    of_the_system(error: &dyn Display) => "{error}", "{error}";

    proxy_wants_other_login() =>
        "it wants another user name and password (407)",
        "нужны другие имя и пароль (407)";
    proxy_wants_login() => "it wants a user name and a password", "нужны имя и пароль";
    proxy_takes_no_login() =>
        "it takes no user name and password",
        "имя и пароль для него не подходят";
    proxy_refused_login() =>
        "it refused the user name and password",
        "имя и пароль отклонены";
    proxy_answered(status: u16) => "it answered {status}", "он ответил {status}";
    proxy_is_no_http() => "its answer is no HTTP", "его ответ – не HTTP";
    proxy_is_no_socks() => "it does not speak SOCKS5", "он не поддерживает SOCKS5";
    proxy_may_not() => "it is not allowed to", "ему это запрещено";
    proxy_failed(code: u8) => "it failed (SOCKS5 reply {code})", "у него сбой (ответ SOCKS5: {code})";
    too_long_for_socks() => "it is too long for SOCKS5", "это слишком длинно для SOCKS5";
    network_unreachable() => "the network is unreachable", "сеть недоступна";
    host_unreachable() => "the host is unreachable", "сервер недоступен";

    command_not_run(why: &Sentence) =>
        "the command cannot be run: {why}",
        "команду не удалось запустить: {why}";
    command_ended_with_code(code: i64) =>
        "the command ended with code {code}",
        "команда завершилась с кодом {code}";
    command_ended_by_signal(signal: i64) =>
        "signal {signal} ended the command",
        "команду завершил сигнал {signal}";
    command_ended(how: &dyn Display) =>
        "the command ended otherwise than with 0 ({how})",
        "команда завершилась не с кодом 0 ({how})";
    command_not_fed(why: &Sentence) =>
        "the command could not be given it: {why}",
        "команде не удалось его передать: {why}";
}
