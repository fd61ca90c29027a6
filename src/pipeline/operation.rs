//! What the pipeline has to know about an operation; what it means is the client's business.

use http::Method;

use super::envelope::Promise;

/// One operation of the API.
#[derive(Debug)]
pub(crate) struct Operation {
    /// The API's operationId; it stands in errors and statistics.
    pub name: &'static str,
    pub method: Method,
    /// Below the base URL, with names in braces for what each request fills in.
    pub path: &'static str,
    /// Its place in the table of operations, for quotas and statistics.
    pub index: usize,
    /// The documented quota.
    pub per_hour: u32,
    pub effect: Effect,
    pub counted_by: CountedBy,
    /// What a successful answer holds.
    pub promise: Promise<'static>,
}

/// What the service can tell from a request about whose limits it counts for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CountedBy {
    /// The path names the business.
    Business,
    /// Nothing names a business but the credential.
    Credential,
}

/// What a request does to the service, and so when it may be retried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Effect {
    /// Nothing: it may always be retried.
    Read,
    /// Something, but no more when it is done twice (createChat returns the existing chat).
    Idempotent,
    /// A message to a customer: twice would be one too many.
    Send,
}

impl Effect {
    /// Whether the request may travel on a connection that was idle.
    pub(crate) fn may_reuse_connection(self) -> bool {
        self == Effect::Read
    }
}
