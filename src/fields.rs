//! Reading a JSON object of options strictly: a wrong or misspelt member is named, never ignored.

use std::cell::RefCell;
use std::fmt;

use serde::de::{
    DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor,
};
use serde_json::{Map, Value};

use crate::sentences::{Sentence, fields as words};

/// The members of a JSON object, taken one by one; what is left over at the end is an error.
pub(crate) struct Fields {
    members: Vec<(String, Value)>,
    asked: Vec<&'static str>,
}

/// Why an object was refused; a sentence that names the member.
pub(crate) type Refusal = Sentence;

impl Fields {
    /// Reads `text`, which must hold one JSON object. `what` names it in a refusal, and is asked only
    /// then.
    pub(crate) fn parse(what: &dyn Fn() -> Sentence, text: &str) -> Result<Self, Refusal> {
        let repeated = RefCell::new(None);
        let mut reader = serde_json::Deserializer::from_str(text);
        let read = NoKeyTwice(&repeated).deserialize(&mut reader);
        match read.and_then(|value| reader.end().map(|()| value)) {
            Ok(Value::Object(members)) => {
                Ok(Fields { members: members.into_iter().collect(), asked: Vec::new() })
            }
            Ok(_) => Err(words::not_an_object(&what())),
            Err(error) => match repeated.into_inner() {
                Some(key) => Err(words::member_twice(&what(), &quoted(&key))),
                // serde_json's text gives the place, and no part of the values.
                None => Err(words::not_json(&what(), &error)),
            },
        }
    }

    /// The member, where it is there and not null.
    pub(crate) fn take(&mut self, name: &'static str) -> Option<Value> {
        self.asked.push(name);
        let at = self.members.iter().position(|(member, _)| member == name)?;
        Some(self.members.swap_remove(at).1).filter(|value| !value.is_null())
    }

    pub(crate) fn text(&mut self, name: &'static str) -> Result<Option<String>, Refusal> {
        match self.take(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(other) => Err(wrong(name, &words::a_string(), &other)),
        }
    }

    pub(crate) fn flag(&mut self, name: &'static str) -> Result<Option<bool>, Refusal> {
        match self.take(name) {
            None => Ok(None),
            Some(Value::Bool(flag)) => Ok(Some(flag)),
            Some(other) => Err(wrong(name, &words::true_or_false(), &other)),
        }
    }

    /// A whole number of at least 0; ranges are the business of whoever asks.
    pub(crate) fn whole(&mut self, name: &'static str) -> Result<Option<u64>, Refusal> {
        match self.take(name) {
            None => Ok(None),
            Some(value) => match value.as_u64() {
                Some(number) => Ok(Some(number)),
                None => Err(wrong(name, &words::a_whole_number(), &value)),
            },
        }
    }

    /// An id, as [`id`] reads it; ranges are the business of whoever asks.
    pub(crate) fn integer(&mut self, name: &'static str) -> Result<Option<i64>, Refusal> {
        match self.take(name) {
            None => Ok(None),
            Some(value) => match id(&value) {
                Some(number) => Ok(Some(number)),
                None => Err(wrong(name, &words::an_id(), &value)),
            },
        }
    }

    pub(crate) fn list(&mut self, name: &'static str) -> Result<Option<Vec<Value>>, Refusal> {
        match self.take(name) {
            None => Ok(None),
            Some(Value::Array(items)) => Ok(Some(items)),
            Some(other) => Err(wrong(name, &words::an_array(), &other)),
        }
    }

    /// A list of strings.
    pub(crate) fn texts(&mut self, name: &'static str) -> Result<Option<Vec<String>>, Refusal> {
        let Some(items) = self.list(name)? else { return Ok(None) };
        let texts = items.into_iter().map(|item| match item {
            Value::String(text) => Some(text),
            _ => None,
        });
        texts
            .collect::<Option<Vec<String>>>()
            .map(Some)
            .ok_or_else(|| words::must_hold_strings(name))
    }

    /// Refuses members that nothing has taken.
    pub(crate) fn finish(self, what: &dyn Fn() -> Sentence) -> Result<(), Refusal> {
        let Some((key, value)) = self.members.iter().min_by_key(|(member, _)| member) else {
            return Ok(());
        };
        let names = self.asked.join(", ");
        if value.as_str().is_some_and(|value| self.asked.contains(&value)) {
            // The key may be a credential.
            return Err(words::name_as_value(&what(), &names));
        }
        let key = quoted(key);
        if self.asked.is_empty() {
            return Err(words::no_option(&what(), &key));
        }
        Err(words::no_option_but(&what(), &key, &names))
    }
}

/// An id: a number, or a string of decimal digits, for programs whose numbers are doubles. With a
/// fraction or an exponent it counts below 10¹⁵ only: cJSON writes no more than 15 digits, and
/// serde_json may read the last bit of a double wrong.
pub(crate) fn id(value: &Value) -> Option<i64> {
    const EXACT: f64 = 1e15;
    match value {
        Value::Number(number) => number.as_i64().or_else(|| {
            let double = number.as_f64()?;
            (double.fract() == 0.0 && double.abs() < EXACT).then_some(double as i64)
        }),
        Value::String(text) => {
            let digits = text.strip_prefix('-').unwrap_or(text);
            digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten()
        }
        _ => None,
    }
}

/// An unknown name for a refusal: in quotation marks, unless it may be a credential.
fn quoted(name: &str) -> Sentence {
    // The longest option has 17 letters. Keys are longer, or are full of digits.
    let letters = name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | ' '));
    let digits = name.chars().filter(char::is_ascii_digit).count();
    let length = name.chars().count();
    if letters && length <= 32 && digits <= 2 && (digits == 0 || length <= 16) {
        words::quoted(name)
    } else {
        words::hidden_name(length)
    }
}

/// Reads a value, and refuses an object that has a key twice: parsers differ on which one counts.
struct NoKeyTwice<'a>(&'a RefCell<Option<String>>);

impl<'de> DeserializeSeed<'de> for NoKeyTwice<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for NoKeyTwice<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Value, E> {
        Ok(flag.into())
    }

    fn visit_i64<E>(self, number: i64) -> Result<Value, E> {
        Ok(number.into())
    }

    fn visit_u64<E>(self, number: u64) -> Result<Value, E> {
        Ok(number.into())
    }

    fn visit_f64<E>(self, number: f64) -> Result<Value, E> {
        Ok(number.into())
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(text.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(NoKeyTwice(self.0))? {
            list.push(item);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut members = Map::new();
        while let Some(key) = entries.next_key::<String>()? {
            if members.contains_key(&key) {
                self.0.replace(Some(key));
                return Err(A::Error::custom("a key twice"));
            }
            let value = entries.next_value_seed(NoKeyTwice(self.0))?;
            members.insert(key, value);
        }
        Ok(Value::Object(members))
    }
}

/// A text that an object holds by itself, even where the object is refused; as far as it can be
/// read, from its beginning.
pub(crate) fn first_text(json: &str, name: &str) -> Option<String> {
    let found = RefCell::new(None);
    let mut reader = serde_json::Deserializer::from_str(json);
    // What is wrong with it is for others to say.
    let _ = reader.deserialize_map(FirstText { name, found: &found });
    found.into_inner()
}

struct FirstText<'a> {
    name: &'a str,
    found: &'a RefCell<Option<String>>,
}

impl<'de> Visitor<'de> for FirstText<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<(), A::Error> {
        while let Some(key) = entries.next_key::<String>()? {
            if key == self.name && self.found.borrow().is_none() {
                let value = entries.next_value::<Value>()?;
                self.found.replace(value.as_str().map(str::to_owned));
            } else {
                entries.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }
}

/// Names the kind of what was found, never the value: it may be a credential.
pub(crate) fn wrong(name: &str, wanted: &Sentence, found: &Value) -> Refusal {
    let found = match found {
        Value::Null => words::found_null(),
        Value::Bool(_) => words::found_flag(),
        Value::Number(_) => words::found_number(),
        Value::String(_) => words::found_string(),
        Value::Array(_) => words::found_array(),
        Value::Object(_) => words::found_object(),
    };
    words::wrong_kind(name, wanted, &found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelt_key_is_named_together_with_those_that_exist() {
        let mut fields = Fields::parse(&|| words::named("the options"), r#"{"limti": 5}"#).unwrap();
        assert_eq!(fields.whole("limit"), Ok(None));
        assert_eq!(
            fields.finish(&|| words::named("the options")),
            Err(words::no_option_but(
                &words::named("the options"),
                &words::quoted("limti"),
                "limit"
            ))
        );
    }

    #[test]
    fn a_wrong_kind_is_named_without_its_value() {
        let mut fields =
            Fields::parse(&|| words::named("the config"), r#"{"apiKey": ["s3cret"]}"#).unwrap();
        let refusal = fields.text("apiKey").unwrap_err();
        assert!(
            refusal.english().contains("apiKey") && !refusal.english().contains("s3cret"),
            "{refusal:?}"
        );
    }

    #[test]
    fn a_name_that_may_be_a_credential_is_not_shown() {
        for shown in ["businesId", "LIMIT", "page_token", "maxBytes2", "ключ", "api key"] {
            let fields =
                Fields::parse(&|| words::named("it"), &format!("{{\"{shown}\": 1}}")).unwrap();
            let refusal = fields.finish(&|| words::named("it")).unwrap_err();
            assert!(refusal.english().contains(&format!("\"{shown}\"")), "{refusal:?}");
        }
        for hidden in [
            "ACMA:rgw49uy1",
            "y0_AgAAAABkM3k5AAnX",
            "a1b2c3",
            "pass/word",
            "http://u:p@h",
            &"x".repeat(33),
        ] {
            let fields =
                Fields::parse(&|| words::named("it"), &format!("{{\"{hidden}\": 1}}")).unwrap();
            let refusal = fields.finish(&|| words::named("it")).unwrap_err();
            assert!(!refusal.english().contains(hidden), "{refusal:?}");
            let characters = format!("of {} characters", hidden.len());
            assert!(refusal.english().contains(&characters), "{refusal:?}");
            let twice = format!("{{\"{hidden}\": 1, \"{hidden}\": 1}}");
            let refusal = Fields::parse(&|| words::named("it"), &twice).err().unwrap();
            assert!(
                !refusal.english().contains(hidden) && refusal.english().contains("twice"),
                "{refusal:?}"
            );
        }
        // A password may be a word.
        let mut fields = Fields::parse(&|| words::named("it"), r#"{"sesame": "apiKey"}"#).unwrap();
        assert_eq!(fields.text("apiKey"), Ok(None));
        let refusal = fields.finish(&|| words::named("it")).unwrap_err();
        assert!(
            !refusal.english().contains("sesame") && refusal.english().contains("apiKey"),
            "{refusal:?}"
        );
    }

    #[test]
    fn a_key_twice_is_refused_wherever_it_stands() {
        for text in [
            r#"{"limit": 5, "limit": 5}"#,
            r#"{"limit": 5, "l\u0069mit": 5}"#,
            r#"{"contexts": [{"limit": 1, "limit": 1}]}"#,
            r#"{"a": {"b": {"limit": 1, "x": [], "limit": 1}}}"#,
        ] {
            let refusal = Fields::parse(&|| words::named("the options"), text).err();
            assert_eq!(
                refusal.as_ref().map(Sentence::english),
                Some("the options has \"limit\" twice"),
                "{text}"
            );
        }
        assert!(
            Fields::parse(
                &|| words::named("it"),
                r#"{"a": {"limit": 1}, "limit": [{"limit": 1}]}"#
            )
            .is_ok()
        );
    }

    #[test]
    fn values_are_read_as_serde_json_reads_them() {
        let text = r#"{"a": [null, true, -1, 18446744073709551615, 0.5, "ж\n", {}, [[]]],
            "b": {"c": {"d": ""}}}"#;
        let fields = Fields::parse(&|| words::named("it"), text).unwrap();
        let members = fields.members.into_iter().collect();
        assert_eq!(Value::Object(members), serde_json::from_str::<Value>(text).unwrap());
    }

    #[test]
    fn ids_are_numbers_or_strings_of_digits() {
        for (json, expected) in [
            ("9007199254740993", Some(9_007_199_254_740_993)),
            ("\"9007199254740993\"", Some(9_007_199_254_740_993)),
            ("\"9223372036854775807\"", Some(i64::MAX)),
            ("\"-5\"", Some(-5)),
            ("\"007\"", Some(7)),
            ("5.0", Some(5)),
            ("1e6", Some(1_000_000)),
            ("999999999999999.0", Some(999_999_999_999_999)),
            ("1e15", None),
            ("9007199254740991.0", None),
            ("9.1e18", None),
            ("9223372036854775808", None),
            ("\"9223372036854775808\"", None),
            ("5.5", None),
            ("\"5.0\"", None),
            ("\"+5\"", None),
            ("\" 5\"", None),
            ("\"\"", None),
            ("\"-\"", None),
            ("\"٥\"", None),
            ("true", None),
            ("[5]", None),
        ] {
            let mut fields =
                Fields::parse(&|| words::named("it"), &format!("{{\"id\": {json}}}")).unwrap();
            let read = fields.integer("id");
            match expected {
                Some(id) => assert_eq!(read, Ok(Some(id)), "{json}"),
                None => {
                    assert!(read.unwrap_err().english().starts_with("id must be a whole"), "{json}")
                }
            }
        }
    }

    #[test]
    fn null_is_the_same_as_absent() {
        let mut fields =
            Fields::parse(&|| words::named("the config"), r#"{"proxy": null}"#).unwrap();
        assert_eq!(fields.text("proxy"), Ok(None));
        assert_eq!(fields.finish(&|| words::named("the config")), Ok(()));
    }

    #[test]
    fn what_is_not_an_object_is_refused() {
        for text in ["", "[]", "1", "{", "null", "{}x"] {
            assert!(Fields::parse(&|| words::named("the config"), text).is_err(), "{text}");
        }
    }
}
