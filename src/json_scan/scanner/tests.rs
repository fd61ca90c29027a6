use super::super::replace_halves_of_pairs;
use super::*;
use serde_json::Value;

/// What [`Scanner::value`] gives on a processor for which the walk is not compiled specially, and the
/// place that is reached.
fn for_any_processor(text: &str) -> (Result<Kind, Malformed>, usize) {
    let mut scanner = Scanner::new(text);
    (scanner.walk(QuotedName::NONE).map(|(kind, _)| kind), scanner.at())
}

/// The kind of a text that is one value; serde_json has to agree that it is one.
fn accepted(text: &str) -> Kind {
    let mut scanner = Scanner::new(text);
    let kind = scanner.value().unwrap_or_else(|e| panic!("{text}: {e}"));
    assert_eq!(for_any_processor(text), (Ok(kind), scanner.at()), "{text}");
    scanner.end().unwrap_or_else(|e| panic!("{text}: {e}"));
    assert!(serde_json::from_str::<Value>(text).is_ok(), "{text}: serde_json refuses it");
    kind
}

/// The place and the reason of a refusal; serde_json has to refuse the text too.
fn refused(text: &str) -> (usize, &'static str) {
    let mut scanner = Scanner::new(text);
    let value = scanner.value();
    assert_eq!(for_any_processor(text).0, value, "{text}");
    let refusal = value.and_then(|_| scanner.end());
    assert!(serde_json::from_str::<Value>(text).is_err(), "{text}: serde_json accepts it");
    match refusal {
        Err(Malformed::Syntax { at, what }) => (at, what),
        other => panic!("{text}: {other:?}"),
    }
}

#[test]
fn words() {
    assert_eq!(accepted("true"), Kind::Bool);
    assert_eq!(accepted("false"), Kind::Bool);
    assert_eq!(accepted("null"), Kind::Null);
    for text in ["tru", "True", "nul", "NaN", "Infinity", "undefined", "'a'", "f"] {
        assert_eq!(refused(text), (0, "expected a value"), "{text}");
    }
    assert_eq!(refused("nulll"), (4, "something follows the value"));
}

#[test]
fn white_space() {
    for text in [
        " 1",
        "1 ",
        "\t\r\n 1\n\r\t ",
        " [ ] ",
        " { } ",
        " [ 1 , 2 ] ",
        "{ \"a\" : 1 , \"b\" : 2 }",
    ] {
        accepted(text);
    }
    for space in ["\u{b}", "\u{c}", "\u{0}", "\u{1f}"] {
        assert_eq!(refused(&format!("{space}1")).0, 0);
        assert_eq!(refused(&format!("1{space}")).0, 1);
    }
    for space in ["\u{a0}", "\u{2028}", "\u{feff}"] {
        assert_eq!(refused(&format!("[{space}1]")).0, 1);
    }
    for text in ["", " ", "\n"] {
        assert_eq!(refused(text), (text.len(), "the text ends too early"));
    }
}

#[test]
fn numbers() {
    for text in ["0", "-0", "7", "-7", "10", "9007199254740993", "123456789012345678901234567890"] {
        assert_eq!(accepted(text), Kind::Integer, "{text}");
    }
    for text in ["0.0", "-1.50", "1e5", "1E5", "1e+05", "1e-5", "-0.5E-10", "1e-999", "0e999"] {
        assert_eq!(accepted(text), Kind::Number, "{text}");
    }
    for (text, at) in [
        ("01", 2),
        ("-01", 3),
        ("00", 2),
        ("+1", 0),
        (".5", 0),
        ("-a", 1),
        ("1.a", 2),
        ("1.e5", 2),
        ("1ea", 2),
        ("1e+-5", 3),
        ("1e5.0", 3),
        ("0x1", 1),
        ("1_000", 1),
        ("- 1", 1),
        ("--1", 1),
    ] {
        assert_eq!(refused(text).0, at, "{text}");
    }
    for text in ["-", "1.", "1e", "1e+"] {
        assert_eq!(refused(text), (text.len(), "the text ends too early"));
    }
}

#[test]
fn numbers_fit_a_double() {
    let nines = |count: usize| "9".repeat(count);
    assert_eq!(accepted(&nines(308)), Kind::Integer);
    assert_eq!(accepted("1.7976931348623157e308"), Kind::Number);
    for text in
        ["1e309", "-1e309", "1e99999999999999999999", &nines(309), &format!("-{}", nines(400))]
    {
        assert_eq!(refused(text), (0, "a number too great for a double"), "{text}");
    }
    assert_eq!(refused("[1,2e999]").0, 3);
}

#[test]
fn strings() {
    for text in
        [r#""""#, r#""a""#, r#""Здравствуйте 🙂""#, r#""/""#, "\"\u{7f}\u{80}\u{2028}\u{10ffff}\""]
    {
        assert_eq!(accepted(text), Kind::String, "{text}");
    }
    for control in '\0'..' ' {
        assert_eq!(refused(&format!("\"ab{control}\"")), (3, "a control character in a string"));
    }
    for text in ["\"", "\"abc", "\"abcdefghijklmnop", r#""abc\""#] {
        assert_eq!(refused(text), (text.len(), "the text ends too early"), "{text}");
    }
}

#[test]
fn escapes() {
    for text in [
        r#""\"\\\/\b\f\n\r\t""#,
        r#""\u0000\u001f\u0416\uFFFF\uabCD""#,
        r#""\ud83d\ude42""#,
        r#""\uD800\uDC00\uDBFF\uDFFF""#,
        r#""\ud7ff\ue000""#,
    ] {
        assert_eq!(accepted(text), Kind::String, "{text}");
    }
    for text in [
        r#""\a""#,
        r#""\v""#,
        r#""\0""#,
        r#""\x41""#,
        r#""\'""#,
        r#""\U0041""#,
        "\"\\\n\"",
        r#""\я""#,
        r#""\u""#,
        r#""\u041""#,
    ] {
        assert_eq!(refused(text).0, 1, "{text}");
    }
    for text in
        [r#""\u041g""#, r#""\u 041""#, r#""\u+041""#, r#""\u"041""#, r#""\uZZZZ""#, r#""\u04я""#]
    {
        assert_eq!(refused(text), (1, "expected four hexadecimal digits"), "{text}");
    }
    for text in [
        r#""\ud800""#,
        r#""\udbff ""#,
        r#""\ud800\n""#,
        r#""\ud800\ud800""#,
        r#""\ud800\u0041""#,
        r#""\udc00""#,
        r#""\udfff""#,
        r#""\udc00\ud800""#,
        r#""\ud800\udc""#,
        r#"{"\ud800":1}"#,
    ] {
        let at = text.find("\\u").unwrap();
        assert_eq!(Scanner::new(text).value(), Err(Malformed::HalfOfPair { at }), "{text}");
        assert!(serde_json::from_str::<Value>(text).is_err(), "{text}: serde_json accepts it");
    }
}

#[test]
fn halves_of_pairs_are_replaced_in_place() {
    for (before, after) in [
        (r#""\ud83d""#, r#""\ufffd""#),
        (r#""\ud83d\ude42""#, r#""\ud83d\ude42""#),
        (r#""\ude42\ud83d""#, r#""\ufffd\ufffd""#),
        (r#""\ud83d\ud83d\uDE42\ude42""#, r#""\ufffd\ud83d\uDE42\ufffd""#),
        (r#""\ud83d\n\udbff\u0041""#, r#""\ufffd\n\ufffd\u0041""#),
        (r#""\\ud83d\\\udfff\"""#, r#""\\ud83d\\\ufffd\"""#),
        (r#"{"\ud800":["\uDC00 "]}"#, r#"{"\ufffd":["\ufffd "]}"#),
        // Not JSON even so: left alone from there on.
        (r#""\ud83d\ud8""#, r#""\ufffd\ud8""#),
        (r#""\x\ud83d""#, r#""\x\ud83d""#),
        (r"\ud83", r"\ud83"),
        (r"\", r"\"),
        ("", ""),
    ] {
        let mut text = before.as_bytes().to_vec();
        replace_halves_of_pairs(&mut text);
        assert_eq!(String::from_utf8(text).unwrap(), after, "{before}");
    }
}

/// Each byte in each place, with neighbours of all kinds, in whole blocks and behind them.
#[test]
fn the_first_special_byte_is_found_in_any_place() {
    let is_special = |byte: u8| byte < 0x20 || byte == b'"' || byte == b'\\';
    for place in 0..150 {
        for byte in 0..=255 {
            for neighbour in *b"\x00\x1f !\"#[\\]\x7f\x80\xa0\xd0\xff" {
                let mut text = [b'a'; 151];
                text[place] = byte;
                text[place + 1 - 2 * (place % 2)] = neighbour;
                let expected = text.iter().position(|b| is_special(*b)).unwrap_or(text.len());
                let found = Specials::of(&text).first_from(&text, 0);
                assert_eq!(found, expected, "{byte:#x} at {place}, {neighbour:#x} beside it");
            }
        }
    }
}

#[test]
fn special_bytes_before_the_place_asked_for_are_passed_over() {
    let mut text = [b'a'; 200];
    let places = [0, 1, 5, 62, 63, 64, 65, 127, 128, 140, 191, 192, 199];
    for place in places {
        text[place] = b'"';
    }
    for first in 0..=text.len() {
        for step in [1, 2, 7, 64, 65] {
            let mut specials = Specials::of(&text);
            let mut from = first;
            while from <= text.len() {
                let expected = places.into_iter().find(|place| *place >= from);
                let found = specials.first_from(&text, from);
                assert_eq!(found, expected.unwrap_or(text.len()), "from {from}, {first} + {step}n");
                from = found + step;
            }
        }
    }
    assert_eq!(Specials::of(b"").first_from(b"", 0), 0);
}

#[test]
fn containers() {
    for text in ["[]", "[[]]", "[1]", "[1,[2,{}],3]", "[{},{}]", "[[],[]]", "[[[1]],[2]]"] {
        assert_eq!(accepted(text), Kind::Array, "{text}");
    }
    for text in
        ["{}", r#"{"":1}"#, r#"{"a":1,"a":2}"#, r#"{"a":{"b":[{}]},"c":[]}"#, r#"{"a":[],"b":{}}"#]
    {
        assert_eq!(accepted(text), Kind::Object, "{text}");
    }
    for (text, at) in [
        ("[1,]", 3),
        ("[,1]", 1),
        ("[,]", 1),
        ("[1 2]", 3),
        ("[1,,2]", 3),
        ("[1}", 2),
        ("[}", 1),
        ("]", 0),
        ("[1:2]", 2),
        ("[]]", 2),
        ("[][]", 2),
        ("[\"a\":1]", 4),
        ("[[1}]", 3),
        ("[{]}", 2),
        ("[{}}", 3),
        (r#"{"a":1,}"#, 7),
        (r#"{,"a":1}"#, 1),
        ("{,}", 1),
        (r#"{"a"}"#, 4),
        (r#"{"a",1}"#, 4),
        (r#"{"a":}"#, 5),
        (r#"{"a":1 "b":2}"#, 7),
        (r#"{"a"::1}"#, 5),
        ("{1:2}", 1),
        ("{a:1}", 1),
        ("{null:1}", 1),
        (r#"{"a":1]"#, 6),
        ("{]", 1),
        ("}", 0),
        ("{}}", 2),
        ("{}{}", 2),
        (r#"{"a":[1}"#, 7),
        (r#"{"a":[]]"#, 7),
        (r#"{"a":{}]"#, 7),
        ("[/**/]", 1),
        ("[1]//", 3),
    ] {
        assert_eq!(refused(text).0, at, "{text}");
    }
    for text in
        ["[", "[1", "[1,", "[[]", "{", r#"{"a"#, r#"{"a""#, r#"{"a":"#, r#"{"a":1"#, r#"{"a":1,"#]
    {
        assert_eq!(refused(text), (text.len(), "the text ends too early"), "{text}");
    }
}

#[test]
fn nesting_ends_where_that_of_serde_json_does() {
    for (open, close) in [("[", "]"), (r#"{"a":"#, "}"), (r#"[{"a":"#, "}]")] {
        let levels = open.matches(['[', '{']).count();
        let nested = |count: usize| format!("{}1{}", open.repeat(count), close.repeat(count));
        accepted(&nested(127 / levels));
        let too_deep = nested(127 / levels + 1);
        assert!(serde_json::from_str::<Value>(&too_deep).is_err());
        // The bracket of level 128.
        let at = too_deep.match_indices(['[', '{']).nth(127).unwrap().0;
        assert_eq!(Scanner::new(&too_deep).value(), Err(Malformed::TooDeep { at }));
    }
    // Siblings don't add up.
    accepted(&format!("[{}[]]", "[[]],{\"a\":{}},".repeat(200)));
    // No stack is taken: this would overflow it.
    let endless = "[".repeat(10_000_000);
    assert_eq!(Scanner::new(&endless).value(), Err(Malformed::TooDeep { at: 127 }));
}

#[test]
fn a_value_is_measured_within_its_surroundings() {
    let mut scanner = Scanner::new(r#"  {"a" : [1, {"b": 2}] , "c":"d"}"#);
    let mut seen = Vec::new();
    scanner
        .object(|scanner, key| {
            let start = scanner.at();
            let kind = scanner.value()?;
            seen.push((key.is("a"), key.is("c"), kind, start..scanner.at()));
            Ok(())
        })
        .unwrap();
    assert_eq!(seen, [(true, false, Kind::Array, 9..22), (false, true, Kind::String, 29..32)]);
    assert_eq!(scanner.end(), Ok(()));
}

/// `object` has a grammar of its own beside `value`'s.
#[test]
fn an_object_taken_apart_obeys_the_same_rules() {
    for text in [
        "{}",
        " { } ",
        r#"{"a":1}"#,
        r#" { "a" : 1 , "b" : [ ] } "#,
        "[]",
        "",
        "{",
        "{,}",
        r#"{"a"}"#,
        r#"{"a" 1}"#,
        r#"{"a":}"#,
        r#"{"a":1,}"#,
        r#"{"a":1 "b":2}"#,
        r#"{"a":1]"#,
        r#"{1:1}"#,
        r#"{"a":1"#,
        r#"{"a":1,"#,
        r#"{"a\x":1}"#,
        r#"{"a":1}}"#,
        r#"{"a":1} x"#,
    ] {
        let mut scanner = Scanner::new(text);
        let taken_apart = scanner.object(|s, _| s.value().map(drop)).and_then(|()| scanner.end());
        let is_object = serde_json::from_str::<Value>(text).is_ok_and(|value| value.is_object());
        assert_eq!(taken_apart.is_ok(), is_object, "{text}: {taken_apart:?}");
    }
    let deep = format!("{}1{}", r#"{"a":"#.repeat(127), "}".repeat(127));
    assert_eq!(Scanner::new(&deep).object(|s, _| s.value().map(drop)), Ok(()));
    let deep = format!("{}1{}", r#"{"a":"#.repeat(128), "}".repeat(128));
    let refusal = Scanner::new(&deep).object(|s, _| s.value().map(drop));
    assert_eq!(refusal, Err(Malformed::TooDeep { at: 127 * 5 }));
}

#[test]
fn keys_are_the_same_however_they_are_written() {
    for text in [r#""result""#, r#""\u0072esult""#, r#""r\u0065\u0073ult""#] {
        let key = Scanner::new(text).quoted().unwrap();
        assert!(key.is("result"), "{text}");
        assert!(!key.is("results") && !key.is("esult") && !key.is(""), "{text}");
    }
    for text in [
        r#""result ""#,
        r#""Result""#,
        r#""\\u0072esult""#,
        r#""r\nesult""#,
        r#""""#,
        r#""\"result\"""#,
    ] {
        assert!(!Scanner::new(text).quoted().unwrap().is("result"), "{text}");
    }
    assert!(Scanner::new(r#""""#).quoted().unwrap().is(""));
}

#[test]
fn integers_of_every_length_are_read() {
    for length in 1..=21 {
        for digits in ["9999999999999999999999", "1234567890123456789012", "1000000000000000000000"]
        {
            let text = &digits[..length];
            for rest in ["", ",", "}", " ", ":", "/", "a", ",1234567890"] {
                let value = format!("{text}{rest}");
                assert_eq!(integer(value.as_bytes()), text.parse().ok(), "{value}");
            }
        }
    }
    for (text, expected) in [("", None), ("-12345678", None), ("1234567\u{ff}9", Some(1_234_567))] {
        assert_eq!(integer(text.as_bytes()), expected, "{text}");
    }
    // Each byte that is no digit, at each of the first places.
    for place in 0..10 {
        for byte in (0..=255).filter(|byte: &u8| !byte.is_ascii_digit()) {
            let mut text = *b"1234567890";
            text[place] = byte;
            let expected = std::str::from_utf8(&text[..place]).unwrap().parse().ok();
            let space = place == 0 && byte.is_ascii_whitespace();
            assert!(space || integer(&text) == expected, "{text:?}");
        }
    }
}
