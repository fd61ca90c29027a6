//! The headers of a request, but for the credentials.

use http::{HeaderMap, HeaderName, HeaderValue};

use super::request::Request;
use super::trace::TraceId;
use crate::sentences::{Sentence, configuration as words};
use crate::settings::Settings;

const JSON: &str = "application/json";
const AGENT: &str = concat!("ymchat/", env!("CARGO_PKG_VERSION"));

/// ureq would add some of these by itself, and make them anew for each request.
pub(super) fn common(settings: &Settings) -> Result<HeaderMap, Sentence> {
    let mut headers = HeaderMap::new();
    let host = HeaderValue::try_from(settings.base.host_header())
        .map_err(|_| words::base_url_no_header())?;
    headers.insert(http::header::HOST, host);
    if let Some(integration) = &settings.integration {
        let value =
            HeaderValue::from_str(integration).map_err(|_| words::integration_no_header())?;
        headers.insert(HeaderName::from_static("x-market-integration"), value);
    }
    headers.insert(http::header::USER_AGENT, HeaderValue::from_static(AGENT));
    headers.insert(http::header::ACCEPT, HeaderValue::from_static(JSON));
    // What ureq can decompress.
    headers.insert(http::header::ACCEPT_ENCODING, HeaderValue::from_static("gzip"));
    Ok(headers)
}

/// The headers of one request: the common ones, its trace with a random `parent`, and its body's type.
pub(super) fn of_request(
    common: &HeaderMap,
    request: &Request<'_>,
    trace_id: TraceId,
    parent: u64,
) -> HeaderMap {
    let mut headers = common.clone();
    if let Ok(value) = HeaderValue::from_bytes(&trace_id.traceparent(parent)) {
        headers.insert(HeaderName::from_static("traceparent"), value);
    }
    if let Some(content) = &request.content {
        headers.insert(http::header::CONTENT_TYPE, content.media_type.clone());
    }
    headers
}

/// The headers of a request for a file of the service.
pub(super) fn of_file(common: &HeaderMap, trace_id: TraceId, parent: u64) -> HeaderMap {
    let mut headers = common.clone();
    if let Ok(value) = HeaderValue::from_bytes(&trace_id.traceparent(parent)) {
        headers.insert(HeaderName::from_static("traceparent"), value);
    }
    headers.insert(http::header::ACCEPT, HeaderValue::from_static("*/*"));
    // A file is stored as it is; most are packed by their format.
    headers.insert(http::header::ACCEPT_ENCODING, HeaderValue::from_static("identity"));
    headers
}

/// The headers of a request to a host that is not the service's: they say nothing about the shop.
pub(super) fn of_foreign_file() -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert(http::header::USER_AGENT, HeaderValue::from_static(AGENT));
    headers.insert(http::header::ACCEPT, HeaderValue::from_static("*/*"));
    headers.insert(http::header::ACCEPT_ENCODING, HeaderValue::from_static("identity"));
    headers
}
