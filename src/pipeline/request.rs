//! A request on its way into the pipeline.

use super::operation::Operation;

/// A request as the client makes it; the pipeline adds the trace, the transport the credentials.
#[derive(Debug)]
pub(crate) struct Request<'a> {
    pub operation: &'static Operation,
    pub post: bool,
    /// Below the base URL, with the query.
    pub path: &'a str,
    pub content_type: Option<&'a str>,
    pub body: Option<&'a [u8]>,
}
