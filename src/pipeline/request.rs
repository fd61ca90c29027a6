//! A request, from the arguments of a call to the network.

use std::fmt::{Display, Write};

use http::HeaderValue;

use super::operation::Operation;

/// A request as it is sent, however often. The pipeline adds the trace, the transport the
/// credentials.
pub(crate) struct Request {
    pub operation: &'static Operation,
    /// Below the base URL, with the query.
    pub path: String,
    pub content: Option<Content>,
}

/// The body of a request, and its media type.
pub(crate) struct Content {
    pub media_type: HeaderValue,
    pub bytes: Vec<u8>,
}

impl Request {
    pub(crate) fn new(operation: &'static Operation, path: String) -> Self {
        Request { operation, path, content: None }
    }

    /// Adds `name=value` to the query; the value stands as it is.
    pub(crate) fn with_query(mut self, name: &str, value: impl Display) -> Self {
        let separator = if self.path.contains('?') { '&' } else { '?' };
        // Writing to a string cannot fail.
        let _ = write!(self.path, "{separator}{name}={value}");
        self
    }

    pub(crate) fn with_json(self, json: &serde_json::Value) -> Self {
        let bytes = json.to_string().into_bytes();
        self.with_content(HeaderValue::from_static("application/json"), bytes)
    }

    pub(crate) fn with_content(mut self, media_type: HeaderValue, bytes: Vec<u8>) -> Self {
        self.content = Some(Content { media_type, bytes });
        self
    }
}
