//! Files: where they come from, and where they go.

use std::fmt::Display;

use super::{Sentence, sentences};

sentences! {
    url_is_wrong(why: &Sentence) => "url {why}", "url: {why}";

    redirect_is_wrong(why: &Sentence) => "a redirect {why}", "перенаправление: {why}";

    leads_elsewhere(host: &str) =>
        "leads to {host}, which is no host of the service",
        "адрес ведёт на {host}, а это не сервер Маркета";

    leads_unencrypted(host: &str) =>
        "leads to {host} without encryption (http)",
        "адрес ведёт на {host} без шифрования (http)";

    names_no_address() => "names no address", "в ответе нет адреса";

    address_is_wrong(why: &Sentence) => "the URL {why}", "адрес: {why}";

    url_too_long(most: usize) =>
        "is longer than {most} bytes",
        "адрес слишком длинный, предел в байтах: {most}";

    url_with_control() =>
        "holds a control character or a line break",
        "в адресе управляющий знак или перевод строки";

    url_without_https() =>
        "must begin with https://",
        "адрес должен начинаться с https://";

    url_with_login() =>
        "holds a user name or a password, which no file of the service has",
        "в адресе имя или пароль, а у файлов Маркета их не бывает";

    url_not_ascii() =>
        "has an international host name: write it in its xn-- form",
        "имя сервера с буквами не из ASCII запишите в форме xn--";

    url_without_host() => "has no host that is one", "в адресе нет имени сервера";

    url_port() =>
        "has a port that is not 1 to 65535",
        "порт должен быть от 1 до 65535";

    path_of_no_file() => "path must be that of a file", "path: нужен путь к файлу";

    path_of_directory() => "path is a directory", "path: это каталог, а не файл";

    path_of_device() =>
        "path is no file, but a device or the like",
        "path: это не файл, а устройство или что-то подобное";

    path_unusable(why: &dyn Display) => "path cannot be used: {why}", "path: путь не подходит: {why}";

    no_directory() =>
        "the directory of path does not exist",
        "path: такого каталога нет";

    directory_is_a_file() =>
        "path cannot be used: its directory is a file",
        "path: путь не подходит, на месте каталога лежит файл";

    directory_takes_no_file(why: &dyn Display) =>
        "the directory of path takes no file: {why}",
        "path: в этом каталоге не создать файл: {why}";

    exists_already() =>
        "path exists already: choose another one, or set overwrite",
        "path: такой файл уже есть, выберите другой путь или включите overwrite";

    not_written(why: &dyn Display) =>
        "path could not be written, and nothing is left there: {why}",
        "path: файл не записан, и по этому пути ничего не осталось: {why}";
}
