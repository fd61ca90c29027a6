//! Options of the call that lists the shops.

use super::reading;
use crate::api::check;
use crate::fields::Refusal;

const CAMPAIGNS_PER_PAGE: u64 = 100;

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
        let Some(mut fields) = reading::parse(json)? else {
            return Ok(options);
        };
        options.page_token = fields.text("pageToken")?;
        options.limit = fields.whole("limit")?;
        reading::finish(fields)?;
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
