//! What an exchange brings.

use std::time::Duration;

use http::HeaderMap;

use super::body::Body;
use super::error::Progress;

/// An answer, complete.
#[derive(Debug)]
pub(crate) struct HttpAnswer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Body,
    /// Whether all of the request was sent before the answer came.
    pub progress: Progress,
    /// How long ago the end of the request was handed to the network, where it was.
    pub since_written: Option<Duration>,
}
