//! A request, from the arguments of a call to the network.

use std::fmt::{Display, Write};

use http::HeaderValue;

use super::operation::Operation;

/// A request as it is sent, however often. The pipeline adds the trace, the transport the
/// credentials.
pub(crate) struct Request<'a> {
    pub operation: &'static Operation,
    /// Below the base URL, with the query.
    pub path: String,
    pub content: Option<Content<'a>>,
}

/// The body of a request, and its media type.
pub(crate) struct Content<'a> {
    pub media_type: HeaderValue,
    pub start: Vec<u8>,
    /// What the caller lends, such as a file's bytes.
    pub lent: &'a [u8],
    pub end: Vec<u8>,
}

impl<'a> Request<'a> {
    pub(crate) fn new(operation: &'static Operation, path: String) -> Self {
        Request { operation, path, content: None }
    }

    /// Adds `name=value` to the query; the value stands as it is.
    pub(crate) fn with_query(mut self, name: &str, value: impl Display) -> Self {
        let separator = if self.path.contains('?') { '&' } else { '?' };
        self.path.push(separator);
        self.path.push_str(name);
        // Writing to a string cannot fail.
        let _ = write!(self.path, "={value}");
        self
    }

    pub(crate) fn with_json(self, json: &serde_json::Value) -> Self {
        self.with_content(Content {
            media_type: HeaderValue::from_static("application/json"),
            start: json.to_string().into_bytes(),
            lent: &[],
            end: Vec::new(),
        })
    }

    pub(crate) fn with_content(mut self, content: Content<'a>) -> Self {
        self.content = Some(content);
        self
    }
}
