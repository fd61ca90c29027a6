//! Options of the calls that read the messages of a chat.

use std::time::Duration;

use super::reading;
use crate::api::check;
use crate::fields::Refusal;
use crate::sentences::arguments as words;

/// The most that one page of messages can hold; the service's default is 50.
pub(crate) const MESSAGES_PER_PAGE: u64 = 100;

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
        let Some(mut fields) = reading::parse(json)? else {
            return Ok(options);
        };
        options.page_token = fields.text("pageToken")?;
        options.limit = fields.whole("limit")?;
        options.message_id_from = fields.integer("messageIdFrom")?;
        options.call_timeout = reading::timeout(&mut fields)?;
        reading::finish(fields)?;
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
        let Some(mut fields) = reading::parse(json)? else {
            return Ok(options);
        };
        options.limit = fields.whole("limit")?;
        options.call_timeout = reading::timeout(&mut fields)?;
        options.max_total_bytes = fields.whole("maxTotalBytes")?;
        reading::finish(fields)?;
        Ok(options)
    }

    /// Checks the page size, and gives the bound.
    pub(crate) fn check(&self) -> Result<u64, Refusal> {
        if let Some(limit) = self.limit {
            check::limit(limit, MESSAGES_PER_PAGE)?;
        }
        reading::max_total_bytes(self.max_total_bytes)
    }
}
