//! How a call ended, and what to do about it: the words that errors and bindings share.

use std::fmt;

use serde::Serialize;

/// How a call failed. The numbers are part of the C ABI and pinned for ever; 0 is success there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(i32)]
#[non_exhaustive]
pub enum Status {
    /// An argument, an option or the configuration is wrong; nothing was sent.
    InvalidArgument = 1,
    /// HTTP 401: no credential, or a malformed or revoked one.
    Unauthorized = 2,
    /// HTTP 403: the credential grants no access to this business or this operation.
    Forbidden = 3,
    /// HTTP 404: no such chat or message.
    NotFound = 4,
    /// Another 4xx, or an answer that says ERROR: the service rejected the request.
    BadRequest = 5,
    /// A limit is used up (HTTP 420), or would be before the call's time is over.
    RateLimited = 6,
    /// HTTP 5xx: the service failed.
    Server = 7,
    /// No connection, or it broke.
    Network = 8,
    /// No answer in time.
    Timeout = 9,
    /// A send that may or may not have arrived.
    OutcomeUnknown = 10,
    /// The answer is not what the API promises.
    Protocol = 11,
    /// The call was cancelled.
    Cancelled = 12,
    /// The message check rejected the text.
    Rejected = 13,
    /// A defect of this library.
    Internal = 14,
}

impl Status {
    /// Every status, in the order of the numbers.
    pub const ALL: &[Status] = &[
        Status::InvalidArgument,
        Status::Unauthorized,
        Status::Forbidden,
        Status::NotFound,
        Status::BadRequest,
        Status::RateLimited,
        Status::Server,
        Status::Network,
        Status::Timeout,
        Status::OutcomeUnknown,
        Status::Protocol,
        Status::Cancelled,
        Status::Rejected,
        Status::Internal,
    ];

    /// The name in error documents: `YMCHAT_` in C is followed by the same text.
    pub fn name(self) -> &'static str {
        match self {
            Status::InvalidArgument => "INVALID_ARGUMENT",
            Status::Unauthorized => "UNAUTHORIZED",
            Status::Forbidden => "FORBIDDEN",
            Status::NotFound => "NOT_FOUND",
            Status::BadRequest => "BAD_REQUEST",
            Status::RateLimited => "RATE_LIMITED",
            Status::Server => "SERVER",
            Status::Network => "NETWORK",
            Status::Timeout => "TIMEOUT",
            Status::OutcomeUnknown => "OUTCOME_UNKNOWN",
            Status::Protocol => "PROTOCOL",
            Status::Cancelled => "CANCELLED",
            Status::Rejected => "REJECTED",
            Status::Internal => "INTERNAL",
        }
    }

    /// The pinned number.
    pub fn code(self) -> i32 {
        self as i32
    }

    pub(crate) fn usual_action(self) -> Action {
        match self {
            Status::InvalidArgument | Status::NotFound | Status::BadRequest | Status::Rejected => {
                Action::FixRequest
            }
            Status::Unauthorized => Action::CheckCredentials,
            Status::Forbidden => Action::GrantAccess,
            Status::RateLimited => Action::Wait,
            Status::Server | Status::Network | Status::Timeout | Status::Cancelled => Action::Retry,
            Status::OutcomeUnknown => Action::CheckHistory,
            Status::Protocol | Status::Internal => Action::ContactSupport,
        }
    }

    pub(crate) fn usually_retryable(self) -> bool {
        matches!(
            self,
            Status::RateLimited
                | Status::Server
                | Status::Network
                | Status::Timeout
                | Status::Cancelled
        )
    }
}

/// The [name](Status::name).
impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What the person or the program that made the call should do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Action {
    /// Correct the arguments or the configuration.
    FixRequest,
    /// Look at the key: is it complete, is it still valid?
    CheckCredentials,
    /// Give the key the right, in the business account on the Market.
    GrantAccess,
    /// Wait, `retryAfterMs` where it is given, and call again.
    Wait,
    /// Call again.
    Retry,
    /// Look into the chat's history before anything is sent again.
    CheckHistory,
    /// Ask the Market's support, with the trace id.
    ContactSupport,
}

impl Action {
    /// The text in error documents.
    pub fn as_str(self) -> &'static str {
        match self {
            Action::FixRequest => "fix_request",
            Action::CheckCredentials => "check_credentials",
            Action::GrantAccess => "grant_access",
            Action::Wait => "wait",
            Action::Retry => "retry",
            Action::CheckHistory => "check_history",
            Action::ContactSupport => "contact_support",
        }
    }
}

/// The text in error documents.
impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_order_are_pinned() {
        for (number, status) in (1..).zip(Status::ALL) {
            assert_eq!(status.code(), number);
        }
        assert_eq!(Status::OutcomeUnknown.code(), 10);
        assert_eq!(Status::Internal.code(), 14);
    }
}
