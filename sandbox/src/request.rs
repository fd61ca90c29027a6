//! A request that has arrived whole.

use bytes::Bytes;
use hyper::HeaderMap;

use super::multipart::Upload;
use super::operation::{Operation, Route};

#[derive(Debug)]
pub(super) struct Request {
    pub(super) method: String,
    pub(super) path: String,
    pub(super) query: String,
    pub(super) headers: HeaderMap,
    pub(super) route: Route,
    /// Empty where it was too large.
    pub(super) body: Bytes,
    pub(super) body_size: usize,
    pub(super) too_large: bool,
    pub(super) upload: Option<Upload>,
}

impl Request {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// `Content-Type` without its parameters, in lower case.
    pub(super) fn media_type(&self) -> String {
        let value = self.header("content-type").unwrap_or_default();
        value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
    }

    pub(super) fn path_and_query(&self) -> String {
        if self.query.is_empty() {
            self.path.clone()
        } else {
            format!("{}?{}", self.path, self.query)
        }
    }

    pub(super) fn is_download(&self) -> bool {
        self.route.operation() == Some(Operation::DownloadFile)
    }

    /// The trace id of a well-formed W3C `traceparent`.
    pub(super) fn trace_id(&self) -> Option<String> {
        let mut parts = self.header("traceparent")?.split('-');
        let (version, trace, span, flags) =
            (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        let hex = |text: &str, length| {
            text.len() == length
                && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
        };
        let well_formed = hex(version, 2)
            && hex(trace, 32)
            && hex(span, 16)
            && hex(flags, 2)
            && trace.bytes().any(|b| b != b'0')
            && span.bytes().any(|b| b != b'0');
        well_formed.then(|| trace.to_owned())
    }
}
