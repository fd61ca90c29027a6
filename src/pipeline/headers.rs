//! The headers of a request, but for the credentials.

use http::{HeaderMap, HeaderName, HeaderValue};

use super::request::Request;
use super::trace::TraceId;
use crate::sentences::{Sentence, configuration as words};
use crate::settings::Settings;

const JSON: &str = "application/json";
const AGENT: &str = concat!("ymchat/", env!("CARGO_PKG_VERSION"));

/// The headers that all requests to the service have in common.
#[derive(Debug)]
pub(super) struct CommonHeaders {
    host: HeaderValue,
    /// Those which ureq need not know of.
    pub others: HeaderMap,
}

impl CommonHeaders {
    /// The error is a sentence that names the setting.
    pub(super) fn new(settings: &Settings) -> Result<Self, Sentence> {
        let host = HeaderValue::try_from(settings.base.host_header())
            .map_err(|_| words::base_url_no_header())?;
        let mut others = HeaderMap::new();
        if let Some(integration) = &settings.integration {
            let value =
                HeaderValue::from_str(integration).map_err(|_| words::integration_no_header())?;
            others.insert(HeaderName::from_static("x-market-integration"), value);
        }
        others.insert(http::header::USER_AGENT, HeaderValue::from_static(AGENT));
        others.insert(http::header::ACCEPT, HeaderValue::from_static(JSON));
        // What the transport unpacks.
        others.insert(http::header::ACCEPT_ENCODING, HeaderValue::from_static("gzip"));
        Ok(CommonHeaders { host, others })
    }

    /// What one request has besides: its trace with a random `parent`, and its body's type.
    pub(super) fn of_request(
        &self,
        request: &Request<'_>,
        trace_id: TraceId,
        parent: u64,
    ) -> HeaderMap {
        let mut headers = self.traced(HeaderMap::with_capacity(3), trace_id, parent);
        if let Some(content) = &request.content {
            headers.insert(http::header::CONTENT_TYPE, content.media_type.clone());
        }
        headers
    }

    /// All headers of a request for a file of the service.
    pub(super) fn of_file(&self, trace_id: TraceId, parent: u64) -> HeaderMap {
        let mut headers = self.traced(self.others.clone(), trace_id, parent);
        headers.insert(http::header::ACCEPT, HeaderValue::from_static("*/*"));
        // A file is stored as it is; most are packed by their format.
        headers.insert(http::header::ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        headers
    }

    fn traced(&self, mut headers: HeaderMap, trace_id: TraceId, parent: u64) -> HeaderMap {
        headers.insert(http::header::HOST, self.host.clone());
        if let Ok(value) = HeaderValue::from_bytes(&trace_id.traceparent(parent)) {
            headers.insert(HeaderName::from_static("traceparent"), value);
        }
        headers
    }
}

/// The headers of a request to a host that is not the service's: they say nothing about the shop.
pub(super) fn of_foreign_file() -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert(http::header::USER_AGENT, HeaderValue::from_static(AGENT));
    headers.insert(http::header::ACCEPT, HeaderValue::from_static("*/*"));
    headers.insert(http::header::ACCEPT_ENCODING, HeaderValue::from_static("identity"));
    headers
}
