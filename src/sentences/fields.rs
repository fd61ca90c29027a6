//! JSON objects of settings and options.

use std::fmt::Display;

use super::{Sentence, sentences};

/// Of options: the name of the parameter. Every call makes it, whether something is wrong or not.
pub(crate) fn named(name: &'static str) -> Sentence {
    Sentence::new(name.into(), name.into())
}

sentences! {
    not_an_object(what: &Sentence) =>
        "{what} must be a JSON object, like {{\"name\": value}}",
        "{what}: нужен объект JSON, например {{\"имя\": значение}}";

    member_twice(what: &Sentence, key: &Sentence) =>
        "{what} has {key} twice",
        "{what}: два раза указано имя {key}";

    not_json(what: &Sentence, why: &dyn Display) =>
        "{what} is not valid JSON: {why}",
        "{what}: это не JSON: {why}";

    must_hold_strings(name: &str) => "{name} must hold strings", "{name}: в списке нужны строки";

    name_as_value(what: &Sentence, names: &str) =>
        "{what} has name and value the wrong way round: a name stands where a value should be; the \
         names are: {names}",
        "{what}: имя и значение перепутаны местами, на месте значения стоит имя; имена такие: \
         {names}";

    no_option(what: &Sentence, key: &Sentence) =>
        "{what} has no option {key}",
        "{what}: нет параметра с именем {key}";

    no_option_but(what: &Sentence, key: &Sentence, names: &str) =>
        "{what} has no option {key}; there are: {names}",
        "{what}: нет параметра с именем {key}; есть такие: {names}";

    quoted(name: &str) => "\"{name}\"", "\"{name}\"";

    hidden_name(length: usize) =>
        "of {length} characters (not shown, because it may be a credential)",
        "(знаков: {length}; не показано: это может быть ключ)";

    /// The phrases of the next ones.
    wrong_kind(name: &str, wanted: &Sentence, found: &Sentence) =>
        "{name} must be {wanted}, not {found}",
        "{name}: {wanted}, а передано другое: {found}";

    a_string() => "a string", "нужна строка";
    true_or_false() => "true or false", "нужно true или false";
    a_whole_number() => "a whole number of at least 0", "нужно целое число не меньше 0";
    an_array() => "an array", "нужен массив";
    an_id() =>
        "a whole number of 64 bits, or one as a string of digits",
        "нужно целое число (64 бита) или оно же строкой из цифр";

    found_null() => "null", "null";
    found_flag() => "a truth value", "логическое значение";
    found_number() => "a number of another kind", "число другого вида";
    found_string() => "a string", "строка";
    found_array() => "an array", "массив";
    found_object() => "an object", "объект";
}
