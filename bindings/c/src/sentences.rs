//! What the boundary itself refuses, in the form of the library's own catalogue.

ymchat_core::__sentences! {
    is_null(name: &str) => "{name} is NULL", "{name}: передан NULL";

    not_utf8(name: &str, at: usize) =>
        "{name} is not UTF-8 (from byte {at} on). Convert the text before the call; Windows \
         programs often hold it as windows-1251 or UTF-16",
        "{name}: текст не в UTF-8, начиная с байта {at}. Перекодируйте его перед вызовом: в Windows \
         он часто в windows-1251 или UTF-16";

    null_with_length(name: &str) =>
        "{name} is NULL, but {name}_len is not 0",
        "{name}: передан NULL, а {name}_len не 0";

    not_a_handle(name: &str) =>
        "{name} is not a live handle",
        "{name}: это не действующий описатель";

    not_a_client(name: &str) =>
        "{name} is not a live handle: it was freed, it is of the process that this one was forked \
         from, or it never came from ymchat_client_new",
        "{name}: это не действующий описатель: он освобождён, остался от процесса до fork или получен \
         не от ymchat_client_new";

    called_by_its_callback() =>
        "it was called by a callback while calls of this client are under way, and would wait for them",
        "функция вызвана изнутри обработчика, пока выполняются вызовы этого клиента, и ждала бы их";

    called_by_the_log() =>
        "it was called by the callback, for which it would wait",
        "функция вызвана изнутри обработчика журнала и ждала бы его завершения";

    level_unknown() => "level must be 1 to 4", "level: допустимо от 1 до 4";

    no_place() => "the place for the value is NULL", "место для значения: передан NULL";
}

#[cfg(test)]
mod tests {
    use ymchat_core::sentences::check::complaints;

    #[test]
    fn both_languages_say_the_same_with_the_same_arguments() {
        let names =
            ["NULL", "UTF", "Windows", "windows", "_len", "fork", "level", "ymchat_client_new"];
        assert_eq!(complaints(super::PATTERNS, &names), Vec::<String>::new());
    }
}
