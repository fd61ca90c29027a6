//! What the add-in itself says, in the form of the library's own catalogue.

use ymchat::sentences::Sentence;

ymchat::__sentences! {
    not_open() =>
        "no client is open: call Open first",
        "клиент не открыт. Сначала вызовите Открыть";

    too_few(given: usize, least: usize) =>
        "{given} parameters are given, and {least} are needed",
        "передано параметров: {given}, нужно не меньше {least}";

    too_many(given: usize, most: usize) =>
        "{given} parameters are given, and at most {most} are taken",
        "передано параметров: {given}, можно не больше {most}";

    left_out(name: &str) => "{name} is missing", "не указан параметр {name}";

    wrong_kind(name: &str, wanted: &Sentence, found: &Sentence) =>
        "{name} must be {wanted}, not {found}",
        "{name}: нужно {wanted}, а не {found}";

    half_of_a_pair(name: &str) =>
        "{name} holds half of a surrogate pair: a character was cut in two",
        "{name}: в тексте половина знака (суррогатной пары). Не режьте строку посередине знака";

    nul_in_text(name: &str) =>
        "{name} holds the character U+0000: take it out",
        "{name}: в тексте знак с кодом 0. Уберите его";

    inexact(name: &str) =>
        "{name} is a number of 2^53 or more, which does not arrive exactly: pass it as a string of \
         digits",
        "{name}: число не меньше 2^53 теряет точность. Передайте его строкой: Формат(Число, \
         \"ЧГ=0\")";

    not_whole(name: &str) =>
        "{name} must be a whole number of at least 0",
        "{name}: нужно целое число не меньше 0";

    not_an_id(name: &str) =>
        "{name} must be a whole number of 64 bits, or one as a string of digits",
        "{name}: нужно целое число или строка из цифр";

    not_a_date() =>
        "the date is outside of the years 1 to 9999",
        "дата вне годов 1–9999";

    no_file_name() =>
        "FileName is missing: binary data has no name of its own",
        "не указано ИмяФайла: у двоичных данных своего имени нет";

    file_not_read(why: &str) =>
        "the file cannot be read on this computer: {why}",
        "файл не читается на компьютере, где работает компонента: {why}";

    no_temporary_file(why: &str) =>
        "the directory for temporary files cannot be used: {why}",
        "каталог временных файлов недоступен: {why}";

    unknown_language() =>
        "the language must be \"ru\" or \"en\"",
        "язык должен быть \"ru\" или \"en\"";

    no_memory() =>
        "the host has no memory for the result",
        "вызов выполнен, но у платформы нет памяти для его результата";

    a_text() => "a string", "Строка";
    a_text_or_date() => "a string or a date", "Строка или Дата";
    an_id() => "a number or a string of digits", "Число или строка из цифр";
    a_file() => "binary data, or the path of a file", "ДвоичныеДанные или путь к файлу";
    a_body() => "binary data, or a string", "ДвоичныеДанные или Строка";
    a_whole_number() => "a whole number", "целое Число";
    a_list() => "a string with commas between the items", "Строка: значения через запятую";
    a_flag() => "a truth value", "Булево";

    found_nothing() => "nothing", "Неопределено";
    found_number() => "a number", "Число";
    found_date() => "a date", "Дата";
    found_binary() => "binary data", "ДвоичныеДанные";
    found_other() => "a value of another type", "значение другого типа";
}

#[cfg(test)]
mod tests {
    use ymchat::sentences::check::complaints;

    #[test]
    fn both_languages_say_the_same_with_the_same_arguments() {
        assert_eq!(complaints(super::PATTERNS, &["ru", "en"]), Vec::<String>::new());
    }
}
