use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::Status;

fn parse(text: &str) -> JsonDocument {
    JsonDocument::parse(text).unwrap_or_else(|error| panic!("{text:?}: {error}"))
}

fn reason<T: fmt::Debug>(result: Result<T, JsonError>) -> JsonErrorReason {
    result.unwrap_err().reason()
}

#[test]
fn integers_are_exact_over_64_bits() {
    for number in [0, 1, -1, (1 << 53) + 1, -(1 << 53) - 1, i64::MAX, i64::MIN, i64::MAX - 1] {
        let document = parse(&format!(r#"[{number}, "{number}"]"#));
        assert_eq!(document.int64("/0"), Ok(number));
        assert_eq!(document.int64("/1"), Ok(number));
    }
    assert_eq!(parse("-0").int64(""), Ok(0));
    assert_eq!(parse(r#""\u0031\u0032""#).int64(""), Ok(12));
}

#[test]
fn what_is_no_integer_of_64_bits_is_never_rounded() {
    for text in ["9223372036854775808", "-9223372036854775809", "1.0", "1e3", "0.5", "1E-400"] {
        assert_eq!(reason(parse(text).int64("")), JsonErrorReason::NotInt64, "{text}");
    }
    assert_eq!(reason(parse(r#""9223372036854775808""#).int64("")), JsonErrorReason::NotInt64);
    for text in ["", "-", "+1", "01", " 1", "1 ", "1.0", "1e3", "0x1", "١", "--1", "-01", "1_0"] {
        let document = parse(&json_quote(text));
        assert_eq!(reason(document.int64("")), JsonErrorReason::WrongKind, "{text:?}");
    }
}

#[test]
fn absent_null_and_another_kind_are_told_apart() {
    let document = parse(r#"{"a": null, "b": {"c": []}, "d": 1, "e": "x", "f": false}"#);
    type Read = fn(&JsonDocument, &str) -> Option<JsonError>;
    let readers: [(Read, &str, JsonKind); 4] = [
        (|d, p| d.text(p).err(), "/e", JsonKind::String),
        (|d, p| d.int64(p).err(), "/d", JsonKind::Number),
        (|d, p| d.boolean(p).err(), "/f", JsonKind::Boolean),
        (|d, p| d.count(p).err(), "/b/c", JsonKind::Array),
    ];
    for (read, right, kind) in readers {
        assert_eq!(read(&document, right), None);
        assert_eq!(document.kind(right), Ok(Some(kind)));
        let absent = read(&document, "/b/x").unwrap();
        assert_eq!((absent.reason(), absent.status()), (JsonErrorReason::Absent, Status::NotFound));
        let null = read(&document, "/a").unwrap();
        assert_eq!((null.reason(), null.status()), (JsonErrorReason::Null, Status::NotFound));
        for (_, other, other_kind) in readers {
            let is_container = |kind| matches!(kind, JsonKind::Array | JsonKind::Object);
            if other == right || is_container(kind) && is_container(other_kind) {
                continue;
            }
            let wrong = read(&document, other).unwrap();
            assert_eq!(wrong.reason(), JsonErrorReason::WrongKind, "{right} {other}");
            assert_eq!(wrong.status(), Status::InvalidArgument);
        }
    }
    assert_eq!(document.kind("/a"), Ok(Some(JsonKind::Null)));
    assert_eq!(document.kind("/b/x"), Ok(None));
    assert_eq!(document.kind("/a/x"), Ok(None));
}

#[test]
fn errors_name_the_pointer_what_is_there_and_what_to_do() {
    let document = parse(r#"{"messages": [{"messageId": 5}], "paging": null, "s3cret": "s3cret"}"#);
    let said = |error: Result<_, JsonError>| error.map(drop).unwrap_err().to_string();
    assert_eq!(
        said(document.int64("/messages/0/mesageId").map(drop)),
        "\"/messages/0/mesageId\" is not there: the object at \"/messages/0\" has no such member. \
         Ask for its kind first where it may be missing."
    );
    assert!(said(document.raw("/messages/1").map(drop)).contains("\"/messages\" has 1 items"));
    assert!(said(document.raw("/messages/x").map(drop)).contains("are numbered"));
    assert!(said(document.raw("/paging/x").map(drop)).contains("\"/paging\" is null"));
    assert!(said(document.text("/paging").map(drop)).contains("\"/paging\" is null, not a string"));
    let wrong = said(parse(r#"{"a": "s3cret"}"#).boolean("/a").map(drop));
    assert_eq!(wrong, "\"/a\" is a string, not a boolean. Read it as a text.");
    // A pointer of any length makes no long error.
    let long = "/я".repeat(100_000);
    assert!(said(document.raw(&long).map(drop)).len() < 1_000);
    // The error of the library's other calls, with its document.
    let error = crate::Error::from(document.text("/nothing").unwrap_err());
    assert_eq!((error.status(), error.operation()), (Status::NotFound, "json"));
    assert_eq!(
        error.to_string(),
        "json: \"/nothing\" is not there: the object at \"\" (the whole document) has no such member. \
         Ask for its kind first where it may be missing."
    );
}

#[test]
fn pointers_are_those_of_the_rfc() {
    // RFC 6901, section 5.
    let document = parse(
        r#"{"foo": ["bar", "baz"], "": 0, "a/b": 1, "c%d": 2, "e^f": 3, "g|h": 4, "i\\j": 5,
            "k\"l": 6, " ": 7, "m~n": 8}"#,
    );
    let pointers = ["/", "/a~1b", "/c%d", "/e^f", "/g|h", "/i\\j", "/k\"l", "/ ", "/m~0n"];
    for (number, pointer) in pointers.into_iter().enumerate() {
        assert_eq!(document.int64(pointer), Ok(number as i64), "{pointer}");
    }
    assert_eq!(document.count("/foo"), Ok(2));
    assert_eq!(document.text("/foo/0").unwrap(), "bar");
    assert_eq!(document.count(""), Ok(10));
    assert_eq!(parse(r#"{"~1": 1}"#).int64("/~01"), Ok(1));
    for pointer in ["foo", "/~", "/~2", "/foo~", "#/foo", "/nothing/~x"] {
        assert_eq!(reason(document.raw(pointer)), JsonErrorReason::InvalidPointer, "{pointer}");
        assert_eq!(reason(document.kind(pointer)), JsonErrorReason::InvalidPointer, "{pointer}");
    }
    for pointer in ["/foo/2", "/foo/-", "/foo/00", "/foo/+1", "/foo/", "/foo/1/", "/foo/1x"] {
        assert_eq!(reason(document.raw(pointer)), JsonErrorReason::Absent, "{pointer}");
    }
    let beyond = format!("/foo/{}0", u64::MAX);
    assert_eq!(reason(document.raw(&beyond)), JsonErrorReason::Absent);
}

#[test]
fn escapes_and_halves_of_pairs_are_resolved() {
    for (text, says) in [
        (r#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{c}\n\r\t"),
        (r#""я\u044Fя""#, "яяя"),
        (r#""\ud83d\ude00""#, "😀"),
        (r#""\ud83d""#, "\u{FFFD}"),
        (r#""a\ud83db""#, "a\u{FFFD}b"),
        (r#""\ude00\ud83d""#, "\u{FFFD}\u{FFFD}"),
        (r#""\ud83d\ud83d\ude00x""#, "\u{FFFD}😀x"),
        (r#""\ud83d\n""#, "\u{FFFD}\n"),
        (r#""\ud83d\u0041\ude00""#, "\u{FFFD}A\u{FFFD}"),
        (r#""\ud83d\\ude00""#, "\u{FFFD}\\ude00"),
    ] {
        let document = parse(text);
        assert_eq!(document.text("").unwrap(), says, "{text}");
        assert_eq!(document.raw(""), Ok(text));
        // As a key, too.
        let object = parse(&format!("{{{text}: 1}}"));
        assert_eq!(object.key("", 0).unwrap(), says, "{text}");
        let pointer = format!("/{}", says.replace('~', "~0").replace('/', "~1"));
        assert_eq!(object.int64(&pointer), Ok(1), "{text}");
    }
    // The same characters, but no escape in what is asked for.
    assert_eq!(parse(r#"{"\n": 1}"#).kind("/\\n"), Ok(None));
}

#[test]
fn a_nul_is_kept_and_replaced_for_c() {
    let document = parse(r#"{"a\u0000b": "по\u0000ка"}"#);
    assert_eq!(document.text("/a\0b").unwrap(), "по\0ка");
    assert_eq!(document.text_for_c("/a\0b").unwrap(), "по\u{FFFD}ка");
    assert_eq!(document.key("", 0).unwrap(), "a\0b");
    assert_eq!(document.key_for_c("", 0).unwrap(), "a\u{FFFD}b");
    assert_eq!(document.raw("/a\0b").unwrap(), r#""по\u0000ка""#);
}

#[test]
fn the_last_of_equal_keys_counts() {
    // Short and long objects are looked through in different ways.
    for others in [0, 100] {
        let mut members: Vec<String> = (0..others).map(|n| format!(r#""k{n}":{n}"#)).collect();
        members.insert(0, r#""a":-1"#.into());
        members.insert(members.len() / 2, r#""\u0061":-2"#.into());
        members.push(r#""a":-3"#.into());
        let document = parse(&format!("{{{}}}", members.join(",")));
        assert_eq!(document.int64("/a"), Ok(-3));
        assert_eq!(document.count(""), Ok(others + 3));
        assert_eq!(document.key("", 0).unwrap(), "a");
        assert_eq!(document.key("", others + 2).unwrap(), "a");
        assert_eq!(reason(document.key("", others + 3)), JsonErrorReason::Absent);
        for n in 0..others {
            assert_eq!(document.int64(&format!("/k{n}")), Ok(n as i64));
        }
        assert_eq!(document.kind("/"), Ok(None));
        assert_eq!(document.kind("/zzz"), Ok(None));
    }
    let equal: Vec<String> = (0..1000).map(|n| format!(r#""{}":{n}"#, n % 3)).collect();
    let document = parse(&format!("{{{}}}", equal.join(",")));
    for (pointer, last) in [("/0", 999), ("/1", 997), ("/2", 998)] {
        assert_eq!(document.int64(pointer), Ok(last));
    }
}

#[test]
fn what_is_not_json_is_refused_with_its_place() {
    for (text, at) in [
        ("", 0),
        (" ", 1),
        ("{", 1),
        ("[1", 2),
        ("[1,", 3),
        ("[1,]", 3),
        ("{\"a\"}", 4),
        ("{\"a\":}", 5),
        ("{\"a\":1,}", 7),
        ("{,}", 1),
        ("[1 2]", 3),
        ("1 2", 2),
        ("01", 1),
        ("-", 1),
        ("1.", 2),
        ("1e", 2),
        ("1e+", 3),
        (".5", 0),
        ("+1", 0),
        ("nul", 0),
        ("nulll", 4),
        ("True", 0),
        ("NaN", 0),
        ("'a'", 0),
        ("\"a", 2),
        ("\"\\x\"", 1),
        ("\"\\u12g4\"", 5),
        ("\"\\", 1),
        ("\"a\nb\"", 2),
        ("[}", 1),
        ("{]", 1),
        ("[1}", 2),
        ("{\"a\":1]", 6),
        ("]", 0),
        ("\u{a0}1", 0),
        ("/**/1", 0),
    ] {
        let error = JsonDocument::parse(text).expect_err(text);
        assert_eq!(error.reason(), JsonErrorReason::NotJson);
        assert!(error.to_string().contains(&format!("at byte {at}:")), "{text:?}: {error}");
    }
    for control in '\0'..' ' {
        let error = JsonDocument::parse(format!("\"{control}\"")).expect_err("a control character");
        assert!(error.to_string().contains("at byte 1: a control"), "{control:?}: {error}");
    }
    let error = JsonDocument::parse("\u{FEFF}{}").unwrap_err();
    assert!(error.to_string().contains("byte order mark"), "{error}");
}

#[test]
fn nesting_is_bounded_where_serde_json_bounds_it() {
    let nested = |levels: usize| "[".repeat(levels) + &"]".repeat(levels);
    assert!(serde_json::from_str::<Value>(&nested(127)).is_ok());
    assert!(serde_json::from_str::<Value>(&nested(128)).is_err());
    assert_eq!(parse(&nested(127)).count(&"/0".repeat(126)), Ok(0));
    assert!(JsonDocument::parse(nested(128)).unwrap_err().to_string().contains("127 levels"));
    // Neither the host's stack nor its memory pays for what will be refused.
    assert!(JsonDocument::parse("[".repeat(10_000_000)).is_err());
    assert!(JsonDocument::parse("{\"a\":".repeat(1_000_000)).is_err());
}

#[test]
fn memory_is_bounded_by_the_length_of_the_text() {
    let repeated = |item: &str| format!("[{}0]", item.repeat(500_000 / item.len()));
    let keys = |n: usize| {
        let members: Vec<String> = (0..n).map(|n| format!("\"{n:x}\":0")).collect();
        format!("{{{}}}", members.join(","))
    };
    for text in
        [repeated("0,"), repeated("[],"), repeated("[0],"), repeated("{\"\":0},"), keys(9999)]
    {
        let document = parse(&text);
        let taken = document.index.bytes();
        assert!(taken <= 7 * text.len() + 64, "{taken} for {} of {}", text.len(), &text[..20]);
    }
    let longest = format!("[{}]", " ".repeat(MAX_TEXT_BYTES - 2));
    assert!(JsonDocument::parse(longest.clone()).is_ok());
    let error = JsonDocument::parse(longest + " ").unwrap_err();
    assert!(error.to_string().contains("67108865 bytes"), "{error}");
}

#[test]
fn one_content_has_one_canonical_text() {
    for (text, canonical) in [
        (r#" { "b" : [ 1.50 , 1e5, -0 ] , "a" : { } } "#, r#"{"a":{},"b":[1.50,1e5,-0,],}"#),
        (r#"{"a":1,"\u0061":2,"b":[],"a":null}"#, r#"{"a":null,"b":[],}"#),
        (r#"["\u044f\/\ud83d", true, false, "\""]"#, "[\"я/\u{FFFD}\",true,false,\"\\\"\",]"),
    ] {
        assert_eq!(parse(text).canonical(), canonical);
    }
}

#[test]
fn threads_share_a_document() {
    fn shared<T: Send + Sync + 'static>() {}
    shared::<JsonDocument>();
    shared::<JsonError>();
}

#[test]
fn debug_output_holds_nothing_of_the_text() {
    assert_eq!(format!("{:?}", parse(r#""s3cret""#)), "JsonDocument(8 bytes)");
}

/// Compares everything that can be read of a document with what serde_json reads.
fn compare(document: &JsonDocument, pointer: &str, value: &Value) {
    let raw = document.raw(pointer).unwrap();
    assert_eq!(&serde_json::from_str::<Value>(raw).unwrap(), value);
    let kind = document.kind(pointer).unwrap().unwrap();
    match value {
        Value::Null => assert_eq!(kind, JsonKind::Null),
        Value::Bool(boolean) => assert_eq!(document.boolean(pointer), Ok(*boolean)),
        Value::Number(number) => {
            assert_eq!(kind, JsonKind::Number);
            match number.as_i64() {
                Some(number) => assert_eq!(document.int64(pointer), Ok(number)),
                None => assert_eq!(reason(document.int64(pointer)), JsonErrorReason::NotInt64),
            }
        }
        Value::String(text) => assert_eq!(document.text(pointer).unwrap(), *text),
        Value::Array(items) => {
            assert_eq!(document.count(pointer), Ok(items.len()));
            for (index, item) in items.iter().enumerate() {
                compare(document, &format!("{pointer}/{index}"), item);
            }
        }
        Value::Object(members) => {
            assert_eq!(document.count(pointer), Ok(members.len()));
            for (key, member) in members {
                let key = key.replace('~', "~0").replace('/', "~1");
                compare(document, &format!("{pointer}/{key}"), member);
            }
        }
    }
}

fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(|number| json!(number)),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 200, 40, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..40).prop_map(Value::from),
            proptest::collection::hash_map("[a-c~/\\\\\"\u{0}я😀]{0,3}", inner, 0..40)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn documents_read_as_with_serde_json(value in any_value(), pretty: bool) {
        let text = if pretty {
            serde_json::to_string_pretty(&value)
        } else {
            serde_json::to_string(&value)
        }
        .unwrap();
        // Read back, because serde_json rounds the last digit of some fractions.
        compare(&parse(&text), "", &serde_json::from_str(&text).unwrap());
    }

    #[test]
    fn any_text_is_taken_or_refused_as_by_serde_json(
        text in "([\\[\\]{}:,\" \\\\u0-9eE+.tfnr-]|null|true|\"a\"|\"\\\\u00e9\"|\\[1,|\\{\"b\":){0,12}",
    ) {
        let whole = serde_json::from_str::<Value>(&text);
        match JsonDocument::parse(&*text) {
            Ok(document) => match whole {
                Ok(value) if !has_equal_keys(&document, "") => compare(&document, "", &value),
                Ok(_) => {}
                Err(error) => {
                    // The two things that are taken here alone.
                    let error = error.to_string();
                    let more = error.contains("out of range") || error.contains("surrogate")
                        || error.contains("hex escape");
                    prop_assert!(more, "{text}: {error}");
                }
            },
            Err(error) => prop_assert!(whole.is_err(), "{text}: {error}"),
        }
    }

    #[test]
    fn quoted_texts_read_back(text: String) {
        let document = parse(&json_quote(&text));
        prop_assert_eq!(document.text("").unwrap(), text);
    }
}

fn has_equal_keys(document: &JsonDocument, pointer: &str) -> bool {
    let value: Value = serde_json::from_str(document.raw(pointer).unwrap()).unwrap();
    let (children, distinct): (Vec<String>, usize) = match &value {
        Value::Array(items) => ((0..items.len()).map(|n| n.to_string()).collect(), items.len()),
        Value::Object(members) => (
            members.keys().map(|key| key.replace('~', "~0").replace('/', "~1")).collect(),
            members.len(),
        ),
        _ => return false,
    };
    document.count(pointer) != Ok(distinct)
        || children.iter().any(|child| has_equal_keys(document, &format!("{pointer}/{child}")))
}
