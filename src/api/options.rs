//! Options of the calls: from Rust, and from the JSON of the C ABI with the same names.

use std::time::Duration;

use serde_json::{Map, Value, json};

use super::check;
use crate::fields::{self, Fields, Refusal};
use crate::model::{ChatContextRef, ChatStatus, ChatType, ContextType};
use crate::sentences::arguments as words;
use crate::sentences::fields::{must_hold_strings, named};

/// The most that one page of chats can hold; the service's default is 10.
pub(crate) const CHATS_PER_PAGE: u64 = 20;
/// The most that one page of messages can hold; the service's default is 50.
pub(crate) const MESSAGES_PER_PAGE: u64 = 100;
const CAMPAIGNS_PER_PAGE: u64 = 100;
/// What a whole list may hold: a chat of a hundred thousand messages, several times over.
const DEFAULT_MAX_TOTAL_BYTES: u64 = 64 * 1024 * 1024;

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
        check_max_total_bytes(self.max_total_bytes.take())
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
        let Some(mut fields) = parse(json)? else {
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
        options.call_timeout = read_timeout(&mut fields)?;
        fields.finish(&named(WHAT))?;
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

/// Which page of a history.
#[derive(Debug, Clone, Default)]
#[must_use]
pub struct HistoryOptions {
    pub(crate) page_token: Option<String>,
    pub(crate) limit: Option<u64>,
    pub(crate) message_id_from: Option<i64>,
    pub(crate) call_timeout: Option<Duration>,
}

impl HistoryOptions {
    /// The first page, of the service's own size.
    pub fn new() -> Self {
        Self::default()
    }

    /// `limit`: messages per page, 1 to 100.
    pub fn limit(mut self, limit: u32) -> Self {
        self.limit = Some(limit.into());
        self
    }

    /// `pageToken`: the page, as an earlier page named it.
    pub fn page_token(mut self, token: impl Into<String>) -> Self {
        self.page_token = Some(token.into());
        self
    }

    /// `messageIdFrom`: messages from this one on; whether it is among them itself is not
    /// documented.
    pub fn message_id_from(mut self, id: i64) -> Self {
        self.message_id_from = Some(id);
        self
    }

    /// `callTimeoutMs`: for this call instead of the client's.
    pub fn call_timeout(mut self, timeout: Duration) -> Self {
        self.call_timeout = Some(timeout);
        self
    }

    pub(crate) fn from_json(json: Option<&str>) -> Result<Self, Refusal> {
        let mut options = Self::default();
        let Some(mut fields) = parse(json)? else {
            return Ok(options);
        };
        options.page_token = fields.text("pageToken")?;
        options.limit = fields.whole("limit")?;
        options.message_id_from = fields.integer("messageIdFrom")?;
        options.call_timeout = read_timeout(&mut fields)?;
        fields.finish(&named(WHAT))?;
        Ok(options)
    }

    pub(crate) fn check(&self) -> Result<(), Refusal> {
        if let Some(token) = &self.page_token {
            check::page_token(token)?;
        }
        if let Some(limit) = self.limit {
            check::limit(limit, MESSAGES_PER_PAGE)?;
        }
        if let Some(id) = self.message_id_from {
            check::id("messageIdFrom", id)
                .map_err(|refusal| words::leave_out_for_first_message(&refusal))?;
        }
        Ok(())
    }
}

/// How the messages of a chat are collected by [`crate::Client::get_messages_since`], which pages
/// by itself.
#[derive(Debug, Clone, Default)]
#[must_use]
pub struct MessagesOptions {
    pub(crate) limit: Option<u64>,
    pub(crate) call_timeout: Option<Duration>,
    max_total_bytes: Option<u64>,
}

impl MessagesOptions {
    /// Pages of 100 messages, the client's time-out, at most 64 MiB.
    pub fn new() -> Self {
        Self::default()
    }

    /// `limit`: messages per page, 1 to 100; default 100.
    pub fn limit(mut self, limit: u32) -> Self {
        self.limit = Some(limit.into());
        self
    }

    /// `callTimeoutMs`: for all pages together, instead of the client's.
    pub fn call_timeout(mut self, timeout: Duration) -> Self {
        self.call_timeout = Some(timeout);
        self
    }

    /// `maxTotalBytes`: how much JSON is collected before the call fails; 1 KiB or more, default
    /// 64 MiB.
    pub fn max_total_bytes(mut self, bytes: u64) -> Self {
        self.max_total_bytes = Some(bytes);
        self
    }

    pub(crate) fn from_json(json: Option<&str>) -> Result<Self, Refusal> {
        let mut options = Self::default();
        let Some(mut fields) = parse(json)? else {
            return Ok(options);
        };
        options.limit = fields.whole("limit")?;
        options.call_timeout = read_timeout(&mut fields)?;
        options.max_total_bytes = fields.whole("maxTotalBytes")?;
        fields.finish(&named(WHAT))?;
        Ok(options)
    }

    /// Checks the page size, and gives the bound.
    pub(crate) fn check(&self) -> Result<u64, Refusal> {
        if let Some(limit) = self.limit {
            check::limit(limit, MESSAGES_PER_PAGE)?;
        }
        check_max_total_bytes(self.max_total_bytes)
    }
}

fn check_max_total_bytes(bytes: Option<u64>) -> Result<u64, Refusal> {
    match bytes {
        None => Ok(DEFAULT_MAX_TOTAL_BYTES),
        Some(bytes) if bytes >= 1024 => Ok(bytes),
        Some(bytes) => Err(words::max_total_bytes_too_small(bytes)),
    }
}

/// Which page of the shops.
#[derive(Debug, Clone, Default)]
#[must_use]
pub struct CampaignsOptions {
    pub(crate) page_token: Option<String>,
    pub(crate) limit: Option<u64>,
}

impl CampaignsOptions {
    /// The first page, of the service's own size.
    pub fn new() -> Self {
        Self::default()
    }

    /// `limit`: shops per page, 1 to 100.
    pub fn limit(mut self, limit: u32) -> Self {
        self.limit = Some(limit.into());
        self
    }

    /// `pageToken`: the page, as an earlier page named it.
    pub fn page_token(mut self, token: impl Into<String>) -> Self {
        self.page_token = Some(token.into());
        self
    }

    pub(crate) fn from_json(json: Option<&str>) -> Result<Self, Refusal> {
        let mut options = Self::default();
        let Some(mut fields) = parse(json)? else {
            return Ok(options);
        };
        options.page_token = fields.text("pageToken")?;
        options.limit = fields.whole("limit")?;
        fields.finish(&named(WHAT))?;
        Ok(options)
    }

    pub(crate) fn check(&self) -> Result<(), Refusal> {
        if let Some(token) = &self.page_token {
            check::page_token(token)?;
        }
        match self.limit {
            Some(limit) => check::limit(limit, CAMPAIGNS_PER_PAGE).map(drop),
            None => Ok(()),
        }
    }
}

/// What to do when a send's answer is lost.
#[derive(Debug, Clone)]
#[must_use]
pub struct SendOptions {
    pub(crate) after_message_id: Option<i64>,
    pub(crate) resolve: bool,
    pub(crate) resend: Option<bool>,
    pub(crate) return_message_id: bool,
    pub(crate) ticket: Option<String>,
    pub(crate) call_timeout: Option<Duration>,
}

impl Default for SendOptions {
    fn default() -> Self {
        SendOptions {
            after_message_id: None,
            resolve: true,
            resend: None,
            return_message_id: false,
            ticket: None,
            call_timeout: None,
        }
    }
}

impl SendOptions {
    /// A lost answer is resolved by reading the history. What is proven not to have arrived is
    /// sent again where the newest message of the chat was known before; nothing is sent twice.
    pub fn new() -> Self {
        Self::default()
    }

    /// `afterMessageId`: the newest message of the chat that the caller knows. It makes the
    /// search for a lost send shorter and surer. It counts where this process has seen it in the
    /// chat, or finds it there.
    pub fn after_message_id(mut self, id: i64) -> Self {
        self.after_message_id = Some(id);
        self
    }

    /// `resolve`: whether a lost send is looked for in the history; default true.
    pub fn resolve(mut self, resolve: bool) -> Self {
        self.resolve = resolve;
        self
    }

    /// `resend`: whether it is sent again, as often as the call's time allows, when the history
    /// proves that it did not arrive. The proof takes 11 s, and a message of the chat that was
    /// known before. By default it is sent again where one was known anyway; with `true` the chat
    /// is read first where none is; with `false` it is never sent again.
    pub fn resend(mut self, resend: bool) -> Self {
        self.resend = Some(resend);
        self
    }

    /// `ticket`: what [`crate::Client::prepare_send`] gave, or [`crate::Error::ticket`]. However
    /// often and by whichever process a send with it is tried, it arrives once.
    pub fn ticket(mut self, ticket: impl Into<String>) -> Self {
        self.ticket = Some(ticket.into());
        self
    }

    /// `callTimeoutMs`: for this call instead of the client's; the search for a lost send and
    /// further rounds count.
    pub fn call_timeout(mut self, timeout: Duration) -> Self {
        self.call_timeout = Some(timeout);
        self
    }

    /// `returnMessageId`: whether the id of what was sent is looked up after a plain success
    /// (the service does not return it); default false. Costs a read of the history.
    pub fn return_message_id(mut self, wanted: bool) -> Self {
        self.return_message_id = wanted;
        self
    }

    pub(crate) fn from_json(json: Option<&str>) -> Result<Self, Refusal> {
        let mut options = Self::default();
        let Some(mut fields) = parse(json)? else {
            return Ok(options);
        };
        options.after_message_id = fields.integer("afterMessageId")?;
        options.resolve = fields.flag("resolve")?.unwrap_or(options.resolve);
        options.resend = fields.flag("resend")?;
        options.return_message_id =
            fields.flag("returnMessageId")?.unwrap_or(options.return_message_id);
        options.ticket = fields.text("ticket")?;
        options.call_timeout = read_timeout(&mut fields)?;
        fields.finish(&named(WHAT))?;
        Ok(options)
    }

    pub(crate) fn check(&self) -> Result<(), Refusal> {
        if let Some(id) = self.after_message_id {
            check::id("afterMessageId", id)
                .map_err(|refusal| words::leave_out_where_unknown(&refusal))?;
        }
        let needs_resolve = match self {
            Self { resend: Some(true), .. } => words::resend_needs_resolve,
            Self { ticket: Some(_), .. } => words::ticket_needs_resolve,
            _ => return Ok(()),
        };
        if !self.resolve {
            return Err(needs_resolve());
        }
        if let Self { ticket: Some(_), after_message_id: Some(_), .. } = self {
            return Err(words::after_message_with_ticket());
        }
        Ok(())
    }
}

const WHAT: &str = "options_json";

/// An empty text means no options: an empty string of Pascal is a pointer to `""`, not NULL.
pub(super) fn parse(json: Option<&str>) -> Result<Option<Fields>, Refusal> {
    json.filter(|text| !text.is_empty()).map(|text| Fields::parse(&named(WHAT), text)).transpose()
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

pub(super) fn read_timeout(fields: &mut Fields) -> Result<Option<Duration>, Refusal> {
    match fields.whole("callTimeoutMs")? {
        None => Ok(None),
        Some(0) => Err(words::call_timeout_is_zero()),
        Some(ms) => Ok(Some(Duration::from_millis(ms.min(86_400_000)))),
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

    #[test]
    fn whole_lists_are_bounded_by_default() {
        assert_eq!(MessagesOptions::new().check(), Ok(64 << 20));
        assert_eq!(ChatsOptions::new().take_max_total_bytes(), Ok(64 << 20));
        let json = r#"{"maxTotalBytes": 5000}"#;
        assert_eq!(MessagesOptions::from_json(Some(json)).unwrap().check(), Ok(5000));
        let mut all = ChatsOptions::all_from_json(Some(json)).unwrap();
        assert_eq!((all.take_max_total_bytes(), all.check()), (Ok(5000), Ok(())));
        assert!(MessagesOptions::new().max_total_bytes(1023).check().is_err());
        // A page has no whole.
        assert!(
            ChatsOptions::from_json(Some(json)).unwrap_err().english().contains("maxTotalBytes")
        );
        let refusal = ChatsOptions::new().max_total_bytes(5000).check().unwrap_err();
        assert!(refusal.english().contains("maxTotalBytes"), "{refusal:?}");
    }

    #[test]
    fn an_empty_text_is_no_options() {
        assert_eq!(chats("").unwrap().limit, None);
        assert!(HistoryOptions::from_json(Some("")).is_ok());
        assert!(MessagesOptions::from_json(Some("")).is_ok());
        assert!(CampaignsOptions::from_json(Some("")).is_ok());
        assert!(SendOptions::from_json(Some("")).is_ok());
        assert!(chats(" ").is_err());
    }

    #[test]
    fn ids_may_be_strings_of_digits() {
        let options = chats(
            r#"{"orderIds": ["9007199254740993", 5, 6.0],
                "contexts": [{"type": "RETURN", "id": "9007199254740995"}]}"#,
        );
        assert_eq!(
            Value::Object(options.unwrap().filters),
            json!({"orderIds": [9007199254740993_i64, 5, 6],
                "contexts": [{"type": "RETURN", "id": 9007199254740995_i64}]})
        );
        let options = HistoryOptions::from_json(Some(r#"{"messageIdFrom": "9007199254740993"}"#));
        assert_eq!(options.unwrap().message_id_from, Some(9_007_199_254_740_993));
        let options = SendOptions::from_json(Some(r#"{"afterMessageId": "9007199254740993"}"#));
        assert_eq!(options.unwrap().after_message_id, Some(9_007_199_254_740_993));
    }

    #[test]
    fn resend_needs_resolve() {
        let options = SendOptions::from_json(Some(r#"{"resolve": false, "resend": true}"#));
        assert!(options.unwrap().check().is_err());
        let options = SendOptions::from_json(Some(r#"{"resned": true}"#));
        assert!(options.unwrap_err().english().contains("resned"));
    }
}
