//! What can fail on this computer: what happened, and what to do.

use std::fmt::Display;

use super::Sentence;

ymchat::__sentences! {
    /// A sentence about a file.
    of_file(file: &dyn Display, what: &Sentence) => "{file}: {what}", "{file}: {what}";

    no_key() =>
        "There is no key. Set YMCHAT_API_KEY, or write a configuration file; `ymchat --help` says \
         where.",
        "Ключ не задан. Задайте YMCHAT_API_KEY или запишите ключ в файл настроек; где этот файл, \
         сказано в `ymchat --help`.";

    key_unreadable(why: &Sentence) =>
        "The key cannot be read: {why}.",
        "Ключ не удалось прочитать: {why}.";

    variable_not_utf8(variable: &str) =>
        "{variable} is not UTF-8: correct its value.",
        "{variable}: значение не в UTF-8, исправьте его.";

    language_unknown() =>
        "YMCHAT_LANGUAGE is en or ru: correct it.",
        "YMCHAT_LANGUAGE: допустимо en или ru, исправьте значение.";

    address_is_not_the_files() =>
        "YMCHAT_BASE_URL names another address than the configuration file, whose key is for its \
         own address alone. Set YMCHAT_API_KEY, too, or choose another file with --config.",
        "В YMCHAT_BASE_URL другой адрес, чем в файле настроек, а ключ из файла отправляется только \
         на адрес из этого файла. Задайте и YMCHAT_API_KEY или выберите другой файл с --config.";

    no_such_config() =>
        "There is no such configuration file.",
        "Такого файла настроек нет.";

    config_unreadable(why: &Sentence) =>
        "The configuration cannot be read: {why}.",
        "Настройки не удалось прочитать: {why}.";

    not_a_config() => "This is no configuration file.", "Это не файл настроек.";

    config_is_no_object() =>
        "The configuration is no JSON object.",
        "В файле настроек не объект JSON.";

    config_of_another() =>
        "The configuration file belongs to somebody else: make a copy of your own.",
        "Файл настроек принадлежит другому пользователю: сделайте собственную копию.";

    config_open_to_others(mode: &str) =>
        "Others may read or change the configuration file (mode {mode}): chmod 600 it, and if \
         others were on this computer, make a new key.",
        "Файл настроек доступен другим пользователям (права {mode}): выполните chmod 600, а если \
         на этом компьютере бывают другие, выпустите новый ключ.";

    no_option_for_keys(option: &str, why: &Sentence) =>
        "There is no {option}. {why}",
        "Параметра {option} нет. {why}";

    argument_is_a_key(why: &Sentence) =>
        "An argument looks like a credential. {why}",
        "Один из аргументов похож на ключ. {why}";

    arguments_are_seen() =>
        "Everybody on this computer can read the arguments of a program. Set YMCHAT_API_KEY (or \
         YMCHAT_OAUTH_TOKEN), write a configuration file, or wait for the prompt; `ymchat --help` \
         says more.",
        "Аргументы программы видны всем на этом компьютере. Задайте YMCHAT_API_KEY (или \
         YMCHAT_OAUTH_TOKEN), запишите ключ в файл настроек или введите его, когда программа \
         спросит; подробнее – в `ymchat --help`.";

    ctrl_c_unhandled(why: &dyn Display) =>
        "Ctrl-C cannot be handled: {why}.",
        "Не удалось подключить обработку Ctrl-C: {why}.";

    output_unwritten(why: &Sentence) =>
        "The output cannot be written: {why}.",
        "Вывод не удалось записать: {why}.";

    answer_unreadable(why: &dyn Display) =>
        "The answer cannot be read: {why}.",
        "Ответ не удалось разобрать: {why}.";

    text_unreadable(why: &Sentence) =>
        "The text cannot be read: {why}.",
        "Текст не удалось прочитать: {why}.";

    text_too_long() =>
        "The text is longer than a message may be: make it shorter.",
        "Текст длиннее, чем может быть сообщение: сократите его.";

    text_not_utf8() =>
        "The text is not UTF-8: convert it first.",
        "Текст не в UTF-8: сначала перекодируйте его.";

    file_unreadable(file: &dyn Display, why: &Sentence) =>
        "{file} cannot be read: {why}.",
        "Файл {file} не удалось прочитать: {why}.";

    path_without_name() =>
        "The path has no name that can be sent: give one with --name.",
        "В этом пути нет имени, которое можно отправить: задайте его в --name.";

    path_not_utf8() =>
        "The path is not UTF-8: choose another one with --to.",
        "Путь не в UTF-8: выберите другой в --to.";

    path_missing() =>
        "Say with --to where the file is to be: its name on the server is no path.",
        "Укажите в --to, куда записать файл: его имя на сервере – не путь.";

    report_is_there() =>
        "It is there already: choose another name.",
        "Такой файл уже есть: выберите другое имя.";

    report_unwritten(why: &Sentence) =>
        "The report cannot be written: {why}.",
        "Отчёт не удалось записать: {why}.";

    pages_unwritten(why: &Sentence) =>
        "The pages cannot be written: {why}.",
        "Страницы не удалось записать: {why}.";

    state_in_use() =>
        "Another ymchat works with this state: end it first.",
        "С этим файлом состояния работает другой ymchat: сначала завершите его.";

    state_not_locked(why: &Sentence) =>
        "The state cannot be locked: {why}.",
        "Файл состояния не удалось заблокировать: {why}.";

    not_a_state() =>
        "This is no state of ymchat: choose another file, or bring its backup back.",
        "Это не файл состояния ymchat: выберите другой или восстановите этот из копии.";

    state_unreadable(why: &Sentence) =>
        "The state cannot be read: {why}.",
        "Файл состояния не удалось прочитать: {why}.";

    state_unwritten(why: &Sentence) =>
        "The state cannot be written: {why}.",
        "Файл состояния не удалось записать: {why}.";

    message_not_handled(message: i64, chat: i64, why: &Sentence) =>
        "Message {message} of chat {chat} was not handled: {why}. It comes again.",
        "Сообщение {message} чата {chat} не обработано: {why}. Оно придёт снова.";

    caller_is_the_proxy() =>
        "Behind a proxy the caller is the proxy: name with --address-header the header in which it \
         says who has called.",
        "За прокси всякий запрос приходит от прокси: назовите в --address-header заголовок, в \
         котором он сообщает, кто обратился.";

    receiver_not_started(why: &Sentence) =>
        "The receiver cannot be started: {why}.",
        "Приём уведомлений не удалось начать: {why}.";

    not_listening(place: &dyn Display, why: &Sentence) =>
        "{place} cannot be listened on: {why}.",
        "Принимать уведомления на {place} не удалось: {why}.";
}
