//! JSON: what is wrong with a text, and what is not where a program looks for it.

use super::{Sentence, errors, sentences};

/// What the scanners say of the place where they stopped.
pub(crate) fn syntax(problem: &str) -> Sentence {
    match problem {
        "the text ends too early" => ends_too_early(),
        "something follows the value" => something_follows(),
        "expected an object" => expected_object(),
        "expected a value" => expected_value(),
        "expected a comma or a closing brace" => expected_comma_or_brace(),
        "expected a comma or a closing bracket" => expected_comma_or_bracket(),
        "expected a colon" => expected_colon(),
        "expected a string" => expected_string(),
        "expected a digit" => expected_digit(),
        "expected four hexadecimal digits" => expected_hexadecimal(),
        "a control character in a string" => control_character(),
        "unknown or unfinished escape" => wrong_escape(),
        "a number with a leading zero" => leading_zero(),
        "a number with a leading zero before this" => leading_zero_before(),
        "a number too great for a double" => too_great(),
        "more than 127 levels deep" => too_many_levels(),
        "a byte order mark" => byte_order_mark(),
        other => errors::verbatim(other),
    }
}

sentences! {
    ends_too_early() => "the text ends too early", "текст обрывается";
    something_follows() => "something follows the value", "после значения что-то ещё";
    expected_object() => "expected an object", "здесь нужен объект";
    expected_value() => "expected a value", "здесь нужно значение";
    expected_comma_or_brace() =>
        "expected a comma or a closing brace",
        "здесь нужна запятая или закрывающая фигурная скобка";
    expected_comma_or_bracket() =>
        "expected a comma or a closing bracket",
        "здесь нужна запятая или закрывающая квадратная скобка";
    expected_colon() => "expected a colon", "здесь нужно двоеточие";
    expected_string() => "expected a string", "здесь нужна строка";
    expected_digit() => "expected a digit", "здесь нужна цифра";
    expected_hexadecimal() =>
        "expected four hexadecimal digits",
        "здесь нужны четыре шестнадцатеричные цифры";
    control_character() => "a control character in a string", "управляющий знак в строке";
    wrong_escape() =>
        "unknown or unfinished escape",
        "неизвестная или неоконченная последовательность с обратной косой чертой";
    leading_zero() => "a number with a leading zero", "число начинается с нуля";
    leading_zero_before() =>
        "a number with a leading zero before this",
        "перед этим местом число, которое начинается с нуля";
    too_great() => "a number too great for a double", "слишком большое число";
    too_many_levels() => "more than 127 levels deep", "вложенность больше 127 уровней";
    byte_order_mark() => "a byte order mark", "метка порядка байтов";

    answer_not_utf8(at: usize) =>
        "the answer is not UTF-8 at byte {at}",
        "ответ не в UTF-8, байт {at}";
    answer_not_json(at: usize, problem: &Sentence) =>
        "the answer is not JSON at byte {at}: {problem}",
        "ответ не JSON, байт {at}: {problem}";
    answer_half_of_pair(at: usize) =>
        "the answer has half of a surrogate pair at byte {at}",
        "в ответе половина суррогатной пары, байт {at}";
    answer_too_deep(at: usize) =>
        "the answer nests too deep at byte {at}",
        "слишком глубокая вложенность ответа, байт {at}";
    answer_member_twice(member: &str) =>
        "the answer has `{member}` twice in one object",
        "в одном объекте ответа два раза указано `{member}`";
    result_of_wrong_kind(found: &Sentence) =>
        "the result should be an object, but is {found}",
        "вместо объекта пришло другое: {found}";
    member_missing(member: &str) => "the answer has no `{member}`", "в ответе нет `{member}`";
    member_of_wrong_kind(member: &str, expected: &Sentence, found: &Sentence) =>
        "`{member}` should be {expected}, but is {found}",
        "`{member}`: ожидается {expected}, а пришло другое: {found}";

    an_object() => "an object", "объект";
    an_array() => "an array", "массив";
    a_string() => "a string", "строка";
    an_integer() => "an integer", "целое число";
    a_number() => "a number", "число";
    a_fraction() =>
        "a number with a fraction or an exponent",
        "число с дробной частью или порядком";
    a_boolean() => "a boolean", "логическое значение";
    null() => "null", "null";
    an_array_or_object() => "an array or an object", "массив или объект";

    text_too_long(length: usize, most: usize) =>
        "The JSON text has {length} bytes, but at most {most} are parsed",
        "Текст JSON слишком длинный (байт: {length}, предел: {most})";
    text_with_mark() =>
        "The JSON text begins with a byte order mark, which RFC 8259 forbids",
        "Текст JSON начинается с метки порядка байтов, а RFC 8259 её запрещает";
    text_not_json(at: usize, problem: &Sentence) =>
        "The text is not JSON, at byte {at}: {problem}",
        "Это не JSON, байт {at}: {problem}";

    /// Where a pointer leads.
    whole_document() => "\"\" (the whole document)", "\"\" (весь документ)";

    not_a_pointer(at: &Sentence) =>
        "{at} is not a JSON Pointer (RFC 6901)",
        "{at}: это не JSON Pointer (RFC 6901)";
    not_there(at: &Sentence, because: &Sentence) =>
        "{at} is not there: {because}",
        "{at}: такого значения нет, {because}";
    no_such_member(parent: &Sentence) =>
        "the object at {parent} has no such member",
        "в объекте по адресу {parent} нет такого имени";
    items_are_numbered(parent: &Sentence) =>
        "the items of the array at {parent} are numbered, as in /0",
        "элементы массива по адресу {parent} нумеруются, как в /0";
    array_is_shorter(parent: &Sentence, count: usize) =>
        "the array at {parent} has {count} items",
        "в массиве по адресу {parent} элементов: {count}";
    parent_is(parent: &Sentence, found: &Sentence) => "{parent} is {found}", "по адресу {parent} – {found}";
    fewer_members(at: &Sentence, count: usize, index: usize) =>
        "{at} has {count} members, so none has the index {index}",
        "{at}: имён в объекте {count}, поэтому номера {index} нет";
    is_null(at: &Sentence, expected: &Sentence) =>
        "{at} is null, not {expected}",
        "{at}: там null, а ожидается {expected}";
    is_of_wrong_kind(at: &Sentence, found: &Sentence, expected: &Sentence) =>
        "{at} is {found}, not {expected}",
        "{at}: там {found}, а ожидается {expected}";
    holds_no_integer(at: &Sentence) =>
        "{at} is a string that holds no integer",
        "{at}: там строка, в которой нет целого числа";
    is_no_integer(at: &Sentence) =>
        "{at} is a number with a fraction or an exponent, not an integer",
        "{at}: там число с дробной частью или порядком, а не целое";
    exceeds_64_bits(at: &Sentence) =>
        "{at} is an integer that does not fit 64 bits",
        "{at}: там целое число больше 64 бит";
}
