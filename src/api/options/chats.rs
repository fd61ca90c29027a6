//! Options of the calls that list chats.

use std::time::Duration;

use serde_json::{Map, Value, json};

use super::reading;
use crate::api::check;
use crate::fields::{self, Refusal};
use crate::model::{ChatContextRef, ChatStatus, ChatType, ContextType};
use crate::sentences::arguments as words;
use crate::sentences::fields::must_hold_strings;

/// The most that one page of chats can hold; the service's default is 10.
pub(crate) const CHATS_PER_PAGE: u64 = 20;

/// Which chats, and how many at a time. Every filter is optional.
///
/// ```
/// use ymchat::{ChatStatus, ChatsOptions};
/// let waiting = ChatsOptions::new().statuses([ChatStatus::WaitingForPartner]).limit(20);
/// ```
#[derive(Debug, Clone, Default)]
#[must_use]
pub struct ChatsOptions {
    pub(crate) page_token: Option<String>,
    pub(crate) limit: Option<u64>,
    /// The filters as they are sent.
    pub(crate) filters: Map<String, Value>,
    pub(crate) call_timeout: Option<Duration>,
    max_total_bytes: Option<u64>,
}

impl ChatsOptions {
    /// No filter, the service's own page size.
    pub fn new() -> Self {
        Self::default()
    }

    /// `limit`: chats per page, 1 to 20.
    pub fn limit(mut self, limit: u32) -> Self {
        self.limit = Some(limit.into());
        self
    }

    /// `pageToken`: the page, as an earlier page named it.
    pub fn page_token(mut self, token: impl Into<String>) -> Self {
        self.page_token = Some(token.into());
        self
    }

    /// `orderIds`: chats about these orders; deprecated by the API in favour of `contexts`.
    pub fn order_ids(mut self, ids: impl IntoIterator<Item = i64>) -> Self {
        self.filters.insert("orderIds".into(), ids.into_iter().map(Value::from).collect());
        self
    }

    /// `contexts`: chats about these orders and returns.
    pub fn contexts(mut self, contexts: impl IntoIterator<Item = ChatContextRef>) -> Self {
        let contexts = contexts
            .into_iter()
            .map(|context| json!({"type": context.context_type(), "id": context.id()}))
            .collect();
        self.filters.insert("contexts".into(), contexts);
        self
    }

    /// `contextTypes`: chats about orders, about returns, or started by customers.
    pub fn context_types(mut self, types: impl IntoIterator<Item = ContextType>) -> Self {
        self.set_texts("contextTypes", types.into_iter().map(|t| t.as_str().to_owned()));
        self
    }

    /// `types`: chats or disputes.
    pub fn types(mut self, types: impl IntoIterator<Item = ChatType>) -> Self {
        self.set_texts("types", types.into_iter().map(|t| t.as_str().to_owned()));
        self
    }

    /// `statuses`: chats in these states.
    pub fn statuses(mut self, statuses: impl IntoIterator<Item = ChatStatus>) -> Self {
        self.set_texts("statuses", statuses.into_iter().map(|s| s.as_str().to_owned()));
        self
    }

    /// `callTimeoutMs`: for this call instead of the client's; all pages of
    /// [`crate::Client::get_all_chats`] count as one call.
    pub fn call_timeout(mut self, timeout: Duration) -> Self {
        self.call_timeout = Some(timeout);
        self
    }

    /// `maxTotalBytes`: how much JSON [`crate::Client::get_all_chats`] collects before it fails;
    /// 1 KiB or more, default 64 MiB. Any other call refuses it.
    pub fn max_total_bytes(mut self, bytes: u64) -> Self {
        self.max_total_bytes = Some(bytes);
        self
    }

    /// For get_all_chats: takes the bound out.
    pub(crate) fn take_max_total_bytes(&mut self) -> Result<u64, Refusal> {
        reading::max_total_bytes(self.max_total_bytes.take())
    }

    fn set_texts(&mut self, name: &str, texts: impl Iterator<Item = String>) {
        self.filters.insert(name.into(), texts.map(Value::from).collect());
    }

    pub(crate) fn from_json(json: Option<&str>) -> Result<Self, Refusal> {
        Self::read(json, false)
    }

    /// For get_all_chats.
    pub(crate) fn all_from_json(json: Option<&str>) -> Result<Self, Refusal> {
        Self::read(json, true)
    }

    fn read(json: Option<&str>, all: bool) -> Result<Self, Refusal> {
        let mut options = Self::default();
        let Some(mut fields) = reading::parse(json)? else {
            return Ok(options);
        };
        options.page_token = fields.text("pageToken")?;
        options.limit = fields.whole("limit")?;
        if all {
            options.max_total_bytes = fields.whole("maxTotalBytes")?;
        }
        for name in ["orderIds", "contexts", "contextTypes", "types", "statuses"] {
            if let Some(mut items) = fields.list(name)? {
                ids_as_numbers(name, &mut items);
                options.filters.insert(name.into(), items.into());
            }
        }
        options.call_timeout = reading::timeout(&mut fields)?;
        reading::finish(fields)?;
        Ok(options)
    }

    pub(crate) fn check(&self) -> Result<(), Refusal> {
        if let Some(token) = &self.page_token {
            check::page_token(token)?;
        }
        if let Some(limit) = self.limit {
            check::limit(limit, CHATS_PER_PAGE)?;
        }
        if self.max_total_bytes.is_some() {
            return Err(words::max_total_bytes_elsewhere());
        }
        for (name, value) in &self.filters {
            let items = value.as_array().map_or(&[][..], Vec::as_slice);
            check::filter(name, items)?;
            for item in items {
                match name.as_str() {
                    "orderIds" => check_order_id(item)?,
                    "contexts" => check_context(item)?,
                    _ => match item.as_str() {
                        Some(text) => drop(check::enum_value(name, text)?),
                        None => return Err(must_hold_strings(name)),
                    },
                }
            }
        }
        Ok(())
    }
}

fn check_order_id(item: &Value) -> Result<(), Refusal> {
    match item.as_i64() {
        Some(id) => check::id_in("orderIds", id),
        None => Err(words::order_ids_are_wrong()),
    }
}

fn check_context(item: &Value) -> Result<(), Refusal> {
    let wrong = words::contexts_are_wrong;
    let members = item.as_object().ok_or_else(wrong)?;
    if members.keys().any(|key| key != "type" && key != "id") {
        return Err(wrong());
    }
    let context_type = members.get("type").and_then(Value::as_str).ok_or_else(wrong)?;
    if context_type == "DIRECT" {
        return Err(words::contexts_direct());
    }
    check::enum_value("contexts", context_type)?;
    let id = members.get("id").and_then(Value::as_i64).ok_or_else(wrong)?;
    if id >= 1 { Ok(()) } else { Err(words::each_id_at_least_one("contexts", id)) }
}

/// The service takes ids as numbers only.
fn ids_as_numbers(name: &str, items: &mut [Value]) {
    for item in items {
        let place = match (name, item) {
            ("orderIds", item) => Some(item),
            ("contexts", Value::Object(members)) => members.get_mut("id"),
            _ => None,
        };
        // What is no id is refused later, by its name.
        if let Some(place) = place
            && let Some(id) = fields::id(place)
        {
            *place = id.into();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chats(json: &str) -> Result<ChatsOptions, Refusal> {
        let options = ChatsOptions::from_json(Some(json))?;
        options.check().map(|()| options)
    }

    #[test]
    fn wrong_filters_are_named() {
        for (json, name) in [
            (r#"{"limit": 21}"#, "limit"),
            (r#"{"limit": 0}"#, "limit"),
            (r#"{"limit": "5"}"#, "limit"),
            (r#"{"pageToken": ""}"#, "pageToken"),
            (r#"{"page_token": "x"}"#, "page_token"),
            (r#"{"statuses": []}"#, "statuses"),
            (r#"{"statuses": ["NEW", "NEW"]}"#, "statuses"),
            (r#"{"statuses": ["new"]}"#, "statuses"),
            (r#"{"statuses": [1]}"#, "statuses"),
            (r#"{"types": "CHAT"}"#, "types"),
            (r#"{"contextTypes": []}"#, "contextTypes"),
            (r#"{"orderIds": [0]}"#, "orderIds"),
            (r#"{"orderIds": [1, 1]}"#, "orderIds"),
            (r#"{"orderIds": ["x"]}"#, "orderIds"),
            (r#"{"orderIds": ["1", 1]}"#, "orderIds"),
            (r#"{"orderIds": [9007199254740992.0]}"#, "orderIds"),
            (r#"{"contexts": [{"type":"ORDER","id":"5"},{"type":"ORDER","id":5}]}"#, "contexts"),
            (r#"{"limit": 5, "limit": 5}"#, "limit"),
            (r#"{"contexts": [{"type":"ORDER","id":5,"id":6}]}"#, "\"id\" twice"),
            (r#"{"contexts": [{"type": "ORDER"}]}"#, "contexts"),
            (r#"{"contexts": [{"type": "ORDER", "id": 0}]}"#, "contexts"),
            (r#"{"contexts": [{"type": "DIRECT", "id": 5}]}"#, "contextTypes"),
            (r#"{"contexts": [{"type": "ORDER", "id": 5, "x": 1}]}"#, "contexts"),
            (r#"{"contexts": [{"type":"ORDER","id":5},{"id":5,"type":"ORDER"}]}"#, "contexts"),
            (r#"{"callTimeoutMs": 0}"#, "callTimeoutMs"),
        ] {
            let refusal = chats(json).unwrap_err();
            assert!(refusal.english().contains(name), "{json}: {refusal:?}");
        }
    }

    #[test]
    fn rust_and_json_say_the_same() {
        let json = chats(
            r#"{"limit": 7, "pageToken": "a+/=", "statuses": ["NEW", "SOMETHING_NEW"],
                "contexts": [{"type": "RETURN", "id": 9007199254740993}],
                "types": ["ARBITRAGE"], "contextTypes": ["DIRECT"], "orderIds": [5]}"#,
        )
        .unwrap();
        let rust = ChatsOptions::new()
            .limit(7)
            .page_token("a+/=")
            .statuses([ChatStatus::New, ChatStatus::Unknown("SOMETHING_NEW".into())])
            .contexts([ChatContextRef::Return(9_007_199_254_740_993)])
            .types([ChatType::Arbitrage])
            .context_types([ContextType::Direct])
            .order_ids([5]);
        assert_eq!(json.filters, rust.filters);
        assert_eq!((json.limit, json.page_token), (rust.limit, rust.page_token));
        assert!(ChatsOptions::new().statuses([]).check().is_err());
    }
}
