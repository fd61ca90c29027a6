//! Items that are passed by the pattern of those before.

use serde_json::value::RawValue;

use super::*;

const ID: QuotedName = QuotedName::new("\"messageId\"");

/// What follows a list: items near a text's end are left to the scanner.
const REST: &str = "                                                                            ";

fn list(items: &[&str]) -> String {
    format!("[{}]{REST}", items.join(","))
}

type Passed = (Result<(Kind, Option<i64>), Malformed>, usize);

fn with_patterns(text: &str) -> Passed {
    let mut scanner = Scanner::new(text);
    let found = scanner.list_with_ids(ID);
    let mut any_processor = Scanner::new(text);
    let same = any_processor.walk(ID);
    assert_eq!(found, same, "{text}");
    if found.is_ok() {
        assert_eq!(scanner.at(), any_processor.at(), "{text}");
    }
    (found, scanner.at())
}

/// The same item by item. Nothing is learned from the only item of a list.
fn item_by_item(text: &str) -> Passed {
    let mut scanner = Scanner::new(text);
    let kind = scanner.value();
    let greatest = || {
        let items: Vec<&RawValue> = serde_json::from_str(&text[..scanner.at()]).unwrap_or_default();
        let ids = items.iter().map(|item| {
            let one = format!("[{item}]");
            Scanner::new(&one).list_with_ids(ID).unwrap().1
        });
        ids.max().flatten()
    };
    (kind.map(|kind| (kind, greatest())), scanner.at())
}

fn compare(text: &str) {
    let (expected, found) = (item_by_item(text), with_patterns(text));
    assert_eq!(found.0, expected.0, "{text}");
    if found.0.is_ok() {
        assert_eq!(found.1, expected.1, "{text}");
    }
}

/// Strings shorter and longer than a block and than two, with escapes and without; a member more.
const ITEMS: [&str; 6] = [
    r#"{"messageId":1000000101,"createdAt":"2024-03-05T10:00:20+03:00","sender":"PARTNER","message":"Да"}"#,
    r#"{"messageId":1000000105,"createdAt":"2024-03-05T10:00:21+03:00","sender":"CUSTOMER","message":"Здравствуйте! Подскажите, пожалуйста, когда отправите чайник?"}"#,
    r#"{"messageId":1000000103,"createdAt":"2024-03-05T10:00:22+03:00","sender":"PARTNER","message":"Заказ № 5: вложение \"инструкция\" \\ забыли.\nВышлем сегодня же 🙏"}"#,
    r#"{"messageId":1000000104,"createdAt":"2024-03-05T10:00:23+03:00","sender":"PARTNER","message":"","payload":[{"name":"a.jpg","messageId":9000000000}]}"#,
    r#"{"messageId":99,"createdAt":"2024-03-05T10:00:24+03:00","sender":"CUSTOMER","message":"abcdefghijklmnopqrstuvwxyz01234"}"#,
    r#"{"messageId":1000000102,"createdAt":"2024-03-05T10:00:25+03:00","sender":"CUSTOMER","message":"abcdefghijklmnopqrstuvwxyz012345"}"#,
];

#[test]
fn all_items_like_the_first_are_passed_at_once() {
    let items = [ITEMS[0], ITEMS[1], ITEMS[2], ITEMS[4], ITEMS[5]];
    let text = list(&items);
    let mut pattern = Pattern::default();
    let mut item = Scanner::new(&text);
    assert!(item.eat(b'['));
    item.teach(&mut pattern, ID);
    let mut ids = Ids::new(ID, 2);
    let end = pattern.pass(text.as_bytes(), 1, true, &mut ids);
    assert_eq!(end, text.find(']'));
    assert_eq!(ids.greatest(), Some(1_000_000_105));
    // Only one of those that stand in an object.
    assert_eq!(pattern.pass(text.as_bytes(), 1, false, &mut ids), Some(1 + items[0].len()));
}

#[test]
fn items_are_passed_as_if_each_were_the_first() {
    for first in 0..ITEMS.len() {
        let mut items = ITEMS;
        items.rotate_left(first);
        compare(&list(&items));
        compare(&list(&items).replace(':', ": "));
        compare(&list(&items).replace(",\"", " , \""));
        compare(&list(&items).replace("\"messageId\"", "\"id\""));
        compare(&list(&items).replace("\"sender\"", "\"a key of more than thirty-two bytes\""));
    }
    let numbers = ["1", "999999999999999", "1000000000000000", "9223372036854775807", "0", "-5"];
    for number in numbers {
        for other in numbers {
            let items = [number, other, "7"].map(|id| format!(r#"{{"messageId":{id},"a":1}}"#));
            compare(&list(&items.each_ref().map(String::as_str)));
        }
    }
}

#[test]
fn of_an_id_that_an_item_has_twice_the_greater_counts() {
    for ids in [(7, 3), (3, 7)] {
        let item = format!(r#"{{"messageId":{},"a":"b","messageId":{}}}"#, ids.0, ids.1);
        let text = list(&["{\"messageId\":1,\"a\":\"b\",\"messageId\":2}", &item, &item]);
        compare(&text);
        assert_eq!(with_patterns(&text).0, Ok((Kind::Array, Some(7))));
    }
}

/// Each byte of a list replaced, left out and put in.
#[test]
fn whatever_is_wrong_with_an_item_is_found() {
    let text = list(&[ITEMS[0], ITEMS[2], ITEMS[3], ITEMS[4]]);
    let places: Vec<usize> = text.char_indices().map(|(place, _)| place).collect();
    for place in &places[..places.len() - REST.len()] {
        let (before, after) = text.split_at(*place);
        let mut rest = after.chars();
        rest.next();
        compare(&format!("{before}{}", rest.as_str()));
        for wrong in [
            "\"", "\\", "\n", "\u{1}", "0", "7", ".", "e", "-", "{", "}", "[", "]", ",", ":", " ",
            "я",
        ] {
            compare(&format!("{before}{wrong}{}", rest.as_str()));
            compare(&format!("{before}{wrong}{after}"));
        }
    }
    for length in places {
        compare(&text[..length]);
    }
}

#[test]
fn of_items_that_all_differ_few_are_learned() {
    let mut pattern = Pattern::default();
    let learned = (0..100).filter(|_| pattern.wants_to_learn()).count();
    assert_eq!(learned, 4);
}
