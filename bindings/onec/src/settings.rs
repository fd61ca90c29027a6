//! The settings that were given as properties, and the configuration that becomes of them.

use std::collections::BTreeMap;

use ymchat::{JsonDocument, Language, json_quote};
use zeroize::Zeroizing;

use crate::arguments::{flag, id, text, whole};
use crate::json;
use crate::language::of_code;
use crate::mistake::{Mistake, Place};
use crate::table::{Property, Takes};
use crate::value::{Answer, Value};

/// By their name in the configuration, each value as JSON.
#[derive(Default)]
pub(crate) struct Settings {
    values: BTreeMap<&'static str, Zeroizing<String>>,
}

impl Settings {
    /// Keeps a value; Неопределено takes it away.
    pub(crate) fn set(
        &mut self,
        property: &'static Property,
        key: &'static str,
        takes: Takes,
        value: &Value<'_>,
    ) -> Result<(), Mistake> {
        let place = Place::Property(property);
        if *value == Value::Empty {
            self.values.remove(key);
            return Ok(());
        }
        let json = match takes {
            Takes::Id => id(place, value)?.to_string(),
            Takes::Whole => whole(place, value)?.to_string(),
            Takes::Flag => flag(place, value)?.to_string(),
            Takes::List => list(text(place, takes, value)?),
            _ => json_quote(text(place, takes, value)?),
        };
        self.values.insert(key, Zeroizing::new(json));
        Ok(())
    }

    /// A value as it was set; nothing if it was not.
    pub(crate) fn get(&self, key: &'static str, takes: Takes) -> Answer {
        let Some(json) = self.values.get(key) else { return Answer::Nothing };
        match takes {
            Takes::Flag => Answer::Flag(json.as_str() == "true"),
            // Exact as a text, whatever its size.
            Takes::Id => json.to_string().into(),
            Takes::List => from_list(json).map_or(Answer::Nothing, Answer::from),
            Takes::Whole => match json.parse::<i32>() {
                Ok(number) => Answer::Integer(number),
                Err(_) => json.parse().map_or(Answer::Nothing, Answer::Real),
            },
            _ => JsonDocument::parse(json.as_str())
                .ok()
                .and_then(|document| document.text("").ok().map(|text| text.into_owned().into()))
                .unwrap_or(Answer::Nothing),
        }
    }

    /// The configuration: what `json` has, and what was set besides. A text that is no JSON object
    /// is handed on: the library says what is wrong with it. The client speaks the `language` of the
    /// object, unless `json` says another one, which comes second.
    pub(crate) fn configuration(
        &self,
        json: &str,
        language: Language,
    ) -> (Zeroizing<String>, Option<String>) {
        let given = if json.is_empty() { Some(Vec::new()) } else { json::members(json) };
        let Some(given) = given else { return (Zeroizing::new(json.to_owned()), None) };
        let said = given.iter().find(|(key, _)| key == "language");
        let said = said.map(|(_, value)| value.trim_matches('"').to_owned());
        let spoken = said.as_deref().and_then(of_code).unwrap_or(language);
        let spoken = json_quote(spoken.code());
        let own = self.values.iter().map(|(key, value)| (*key, value.as_str()));
        let own = own.filter(|(key, _)| given.iter().all(|(name, _)| name != key));
        let handed_on = given.iter().filter(|(key, _)| key != "language");
        let handed_on = handed_on.map(|(key, value)| (key.as_str(), value.as_str()));
        let all = handed_on.chain(own).chain([("language", spoken.as_str())]);
        (Zeroizing::new(json::object(all)), said)
    }
}

/// A text with commas as a JSON list.
fn list(text: &str) -> String {
    let items = text.split(',').map(str::trim).filter(|item| !item.is_empty());
    let items: Vec<String> = items.map(json_quote).collect();
    format!("[{}]", items.join(","))
}

/// A JSON list of texts as a text with commas.
fn from_list(json: &str) -> Option<String> {
    let list = JsonDocument::parse(json).ok()?;
    let count = list.count("").ok()?;
    let items = (0..count).map(|index| Some(list.text(&format!("/{index}")).ok()?.into_owned()));
    Some(items.collect::<Option<Vec<_>>>()?.join(","))
}
