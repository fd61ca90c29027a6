//! Reading a JSON object of options strictly: a wrong or misspelt member is named, never ignored.

use serde_json::{Map, Value};

/// The members of a JSON object, taken one by one; what is left over at the end is an error.
pub(crate) struct Fields {
    members: Map<String, Value>,
    asked: Vec<&'static str>,
}

/// Why an object was refused; a sentence that names the member.
pub(crate) type Refusal = String;

impl Fields {
    /// Reads `text`, which must hold one JSON object. `what` names it in the refusal.
    pub(crate) fn parse(what: &str, text: &str) -> Result<Self, Refusal> {
        match serde_json::from_str::<Value>(text) {
            Ok(Value::Object(members)) => Ok(Fields { members, asked: Vec::new() }),
            Ok(_) => Err(format!("{what} must be a JSON object, like {{\"name\": value}}")),
            // serde_json's text gives the place, and no part of the values.
            Err(error) => Err(format!("{what} is not valid JSON: {error}")),
        }
    }

    /// The member, where it is there and not null.
    pub(crate) fn take(&mut self, name: &'static str) -> Option<Value> {
        self.asked.push(name);
        self.members.remove(name).filter(|value| !value.is_null())
    }

    pub(crate) fn text(&mut self, name: &'static str) -> Result<Option<String>, Refusal> {
        match self.take(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(other) => Err(wrong(name, "a string", &other)),
        }
    }

    pub(crate) fn flag(&mut self, name: &'static str) -> Result<Option<bool>, Refusal> {
        match self.take(name) {
            None => Ok(None),
            Some(Value::Bool(flag)) => Ok(Some(flag)),
            Some(other) => Err(wrong(name, "true or false", &other)),
        }
    }

    /// A whole number of at least 0; ranges are the business of whoever asks.
    pub(crate) fn whole(&mut self, name: &'static str) -> Result<Option<u64>, Refusal> {
        match self.take(name) {
            None => Ok(None),
            Some(value) => match value.as_u64() {
                Some(number) => Ok(Some(number)),
                None => Err(wrong(name, "a whole number of at least 0", &value)),
            },
        }
    }

    /// An id or another signed number; ranges are the business of whoever asks.
    pub(crate) fn integer(&mut self, name: &'static str) -> Result<Option<i64>, Refusal> {
        match self.take(name) {
            None => Ok(None),
            Some(value) => match value.as_i64() {
                Some(number) => Ok(Some(number)),
                None => Err(wrong(name, "a whole number of 64 bits", &value)),
            },
        }
    }

    pub(crate) fn list(&mut self, name: &'static str) -> Result<Option<Vec<Value>>, Refusal> {
        match self.take(name) {
            None => Ok(None),
            Some(Value::Array(items)) => Ok(Some(items)),
            Some(other) => Err(wrong(name, "an array", &other)),
        }
    }

    /// Refuses what nobody asked for.
    pub(crate) fn finish(self, what: &str) -> Result<(), Refusal> {
        match self.members.keys().next() {
            None => Ok(()),
            Some(key) if self.asked.is_empty() => Err(format!("{what} has no option \"{key}\"")),
            Some(key) => {
                Err(format!("{what} has no option \"{key}\"; there are: {}", self.asked.join(", ")))
            }
        }
    }
}

/// Names the kind of what was found, never the value: it may be a credential.
fn wrong(name: &str, wanted: &str, found: &Value) -> Refusal {
    let found = match found {
        Value::Null => "null",
        Value::Bool(_) => "a truth value",
        Value::Number(_) => "a number of another kind",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    };
    format!("{name} must be {wanted}, not {found}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelt_key_is_named_together_with_those_that_exist() {
        let mut fields = Fields::parse("the options", r#"{"limti": 5}"#).unwrap();
        assert_eq!(fields.whole("limit"), Ok(None));
        assert_eq!(
            fields.finish("the options"),
            Err("the options has no option \"limti\"; there are: limit".into())
        );
    }

    #[test]
    fn a_wrong_kind_is_named_without_its_value() {
        let mut fields = Fields::parse("the config", r#"{"apiKey": ["s3cret"]}"#).unwrap();
        let refusal = fields.text("apiKey").unwrap_err();
        assert!(refusal.contains("apiKey") && !refusal.contains("s3cret"), "{refusal}");
    }

    #[test]
    fn null_is_the_same_as_absent() {
        let mut fields = Fields::parse("the config", r#"{"proxy": null}"#).unwrap();
        assert_eq!(fields.text("proxy"), Ok(None));
        assert_eq!(fields.finish("the config"), Ok(()));
    }

    #[test]
    fn what_is_not_an_object_is_refused() {
        for text in ["", "[]", "1", "{", "null", "{}x"] {
            assert!(Fields::parse("the config", text).is_err(), "{text}");
        }
    }
}
