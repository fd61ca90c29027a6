//! The service's list of errors, read without the memory that a tree of the whole answer takes: a
//! tree can be thirty times as large as its text.

use std::fmt;

use serde::de::{IgnoredAny, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use serde_json::value::RawValue;

use crate::json_scan::replace_halves_of_pairs;

/// More are not passed on.
const MAX_ERRORS: usize = 10;
/// A longer entry is none that a person wrote.
const MAX_ENTRY: usize = 16 * 1024;

/// One entry, as it stands there.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct ListedError {
    pub code: Option<String>,
    pub message: Option<String>,
}

/// `None` where the answer is no JSON.
pub(super) fn read(body: &[u8]) -> Option<Vec<ListedError>> {
    let document: Document<'_> = serde_json::from_slice(body).ok()?;
    let list = document.errors.and_then(|list| serde_json::from_str(list.get()).ok());
    let entries = list.map_or(Vec::new(), |FirstEntries(entries)| entries);
    Some(entries.into_iter().filter_map(read_entry).collect())
}

fn read_entry(entry: &RawValue) -> Option<ListedError> {
    if entry.get().len() > MAX_ENTRY {
        return entry.get().starts_with('{').then(ListedError::default);
    }
    let mut text = entry.get().as_bytes().to_vec();
    replace_halves_of_pairs(&mut text);
    let entry: Value = serde_json::from_slice(&text).ok()?;
    let entry = entry.as_object()?;
    let text = |name: &str| entry.get(name).and_then(Value::as_str).map(str::to_owned);
    Some(ListedError { code: text("code"), message: text("message") })
}

/// Whatever else stands in it is passed over.
#[derive(Deserialize)]
struct Document<'a> {
    #[serde(borrow, default)]
    errors: Option<&'a RawValue>,
}

struct FirstEntries<'a>(Vec<&'a RawValue>);

impl<'de: 'a, 'a> Deserialize<'de> for FirstEntries<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entries;
        impl<'de> Visitor<'de> for Entries {
            type Value = Vec<&'de RawValue>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list of errors")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
                let mut entries = Vec::new();
                while entries.len() < MAX_ERRORS {
                    match list.next_element()? {
                        Some(entry) => entries.push(entry),
                        None => return Ok(entries),
                    }
                }
                while list.next_element::<IgnoredAny>()?.is_some() {}
                Ok(entries)
            }
        }
        deserializer.deserialize_seq(Entries).map(FirstEntries)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(body: &str) -> Option<Vec<String>> {
        let list = read(body.as_bytes())?;
        Some(list.into_iter().map(|error| error.code.unwrap_or_default()).collect())
    }

    #[test]
    fn entries_are_read_as_far_as_they_are_what_they_should_be() {
        let table: [(&str, Option<&[&str]>); 11] = [
            (r#"{"errors": [{"code": "A", "message": "a"}, {"code": "B"}]}"#, Some(&["A", "B"])),
            (r#"{"status": "ERROR", "errors": [{"code": "A", "x": [1]}], "z": {}}"#, Some(&["A"])),
            (r#"{"errors": [{"code": 5}, 7, "x", null, {"message": "m"}]}"#, Some(&["", ""])),
            (r#"{"errors": {"code": "A"}}"#, Some(&[])),
            (r#"{"errors": null}"#, Some(&[])),
            (r#"{"errors": "A"}"#, Some(&[])),
            ("{}", Some(&[])),
            (r#"{"errors": [{"code": "A\ud83d"}]}"#, Some(&["A\u{fffd}"])),
            ("<html>", None),
            ("", None),
            (r#"{"errors": ["#, None),
        ];
        for (body, expected) in table {
            let expected =
                expected.map(|list| list.iter().map(|code| (*code).to_owned()).collect());
            assert_eq!(codes(body), expected, "{body}");
        }
    }

    #[test]
    fn no_more_than_ten_entries_are_passed_on_and_none_that_is_huge() {
        let many = format!(r#"{{"errors": [{}{{}}]}}"#, r#"{"code": "A"},"#.repeat(5_000));
        assert_eq!(codes(&many), Some(vec!["A".to_owned(); 10]));
        let huge = format!(r#"{{"errors": [{{"code": "{}"}}]}}"#, "A".repeat(MAX_ENTRY));
        assert_eq!(read(huge.as_bytes()), Some(vec![ListedError::default()]));
    }
}
