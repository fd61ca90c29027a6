//! Putting JSON objects together, without reading more of them than their members.

use ymchat::{JsonDocument, JsonKind, json_quote};

/// The members of an object, as they stand there; `None` for what is no JSON object.
pub(crate) fn members(object: &str) -> Option<Vec<(String, String)>> {
    let document = JsonDocument::parse(object).ok()?;
    if document.kind("").ok()? != Some(JsonKind::Object) {
        return None;
    }
    let count = document.count("").ok()?;
    let mut found = Vec::with_capacity(count);
    for index in 0..count {
        let key = document.key("", index).ok()?.into_owned();
        let pointer = format!("/{}", key.replace('~', "~0").replace('/', "~1"));
        found.push((key, document.raw(&pointer).ok()?.to_owned()));
    }
    Some(found)
}

/// An object of members whose values are JSON already.
pub(crate) fn object<'m>(members: impl IntoIterator<Item = (&'m str, &'m str)>) -> String {
    let members: Vec<String> =
        members.into_iter().map(|(key, value)| format!("{}:{value}", json_quote(key))).collect();
    format!("{{{}}}", members.join(","))
}

/// The object with these members in place of its own, or added to its own.
pub(crate) fn with_members(document: &str, changed: &[(&str, String)]) -> String {
    let own = members(document).unwrap_or_default();
    let kept = own.iter().filter(|(key, _)| changed.iter().all(|(name, _)| name != key));
    object(
        kept.map(|(key, value)| (key.as_str(), value.as_str()))
            .chain(changed.iter().map(|(key, value)| (*key, value.as_str()))),
    )
}
