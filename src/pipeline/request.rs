//! A request, from the arguments of a call to the network.

use http::HeaderValue;

use super::operation::Operation;

/// A request as it is sent, however often. The pipeline adds the trace, the transport the
/// credentials.
pub(crate) struct Request<'a> {
    pub operation: &'static Operation,
    /// Below the base URL, with the query.
    pub path: String,
    pub content: Option<RequestContent<'a>>,
}

/// The body of a request, and its media type.
pub(crate) struct RequestContent<'a> {
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
    pub(crate) fn with_query(mut self, name: &str, value: impl ToString) -> Self {
        self.path.push(if self.path.contains('?') { '&' } else { '?' });
        for part in [name, "=", &value.to_string()] {
            self.path.push_str(part);
        }
        self
    }

    pub(crate) fn with_json(self, json: &serde_json::Value) -> Self {
        self.with_content(RequestContent {
            media_type: HeaderValue::from_static("application/json"),
            // Names and texts, which cannot fail.
            start: serde_json::to_vec(json).unwrap_or_default(),
            lent: &[],
            end: Vec::new(),
        })
    }

    pub(crate) fn with_content(mut self, content: RequestContent<'a>) -> Self {
        self.content = Some(content);
        self
    }
}
