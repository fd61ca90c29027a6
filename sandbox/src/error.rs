//! The documented errors: status, code and sentence in one place.

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::answer::Answer;

/// A documented kind of error; in JSON in camel case (`tokenInvalid`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum ErrorKind {
    /// 400: wrong data.
    BadRequest,
    /// 401: no key at all.
    TokenMissing,
    /// 401: a malformed, unknown or revoked key.
    TokenInvalid,
    /// 401: a key with a prefix such as `Bearer`.
    TokenPrefixInvalid,
    /// 403: the key does not open this business.
    NoAccess,
    /// 403: the key opens it, but not for this operation.
    ScopeMissing,
    /// 403: the business is not active.
    BusinessInactive,
    /// 404: no such chat, message or method.
    NotFound,
    /// 405: the path exists, but not with this method.
    MethodNotAllowed,
    /// 413: the body is larger than documented.
    BodyTooLarge,
    /// 415: the body is not of the documented content type.
    UnsupportedMediaType,
    /// 420: more parallel requests than allowed.
    ParallelLimit,
    /// 420: more requests per hour than allowed.
    HourlyLimit,
    /// 423: the API is locked for this shop.
    ShopLocked,
    /// 500: the service failed.
    ServerError,
    /// 503: the service is overloaded.
    Overloaded,
}

impl ErrorKind {
    /// The HTTP status.
    pub fn status(self) -> u16 {
        self.parts().0
    }

    fn parts(self) -> (u16, &'static str, &'static str) {
        match self {
            Self::BadRequest => (400, "BAD_REQUEST", "Request contains incorrect data"),
            Self::TokenMissing => (401, "UNAUTHORIZED", "Authorization data is not specified"),
            Self::TokenInvalid => (401, "UNAUTHORIZED", "Api-Key token is invalid"),
            Self::TokenPrefixInvalid => (401, "UNAUTHORIZED", "Api-Key token prefix invalid"),
            Self::NoAccess => (403, "FORBIDDEN", "Access to the requested resource is denied"),
            Self::ScopeMissing => (403, "FORBIDDEN", "Scope does not allow access to the method"),
            Self::BusinessInactive => (403, "FORBIDDEN", "Cabinet is not active"),
            Self::NotFound => (404, "NOT_FOUND", "Resource not found"),
            Self::MethodNotAllowed => (405, "METHOD_NOT_ALLOWED", "Method is not supported"),
            Self::BodyTooLarge => (413, "PAYLOAD_TOO_LARGE", "Request body is too large"),
            Self::UnsupportedMediaType => {
                (415, "UNSUPPORTED_MEDIA_TYPE", "Content type is not supported")
            }
            Self::ParallelLimit => (420, "HIT_RATE_LIMIT", "Hit rate limit of parallel requests"),
            Self::HourlyLimit => (420, "HIT_RATE_LIMIT", "Hit rate limit of requests per hour"),
            Self::ShopLocked => (423, "LOCKED", "API is locked for this shop"),
            Self::ServerError => (500, "INTERNAL_SERVER_ERROR", "Internal server error"),
            Self::Overloaded => {
                (503, "SERVICE_UNAVAILABLE", "Service is temporarily unavailable, try again later")
            }
        }
    }
}

/// One error on its way into an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ApiError {
    pub(super) kind: ErrorKind,
    pub(super) message: String,
}

impl ApiError {
    pub(super) fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into() }
    }

    pub(super) fn bad_request(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::BadRequest, message)
    }

    pub(super) fn not_found(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::NotFound, message)
    }

    pub(super) fn answer(&self) -> Answer {
        error_answer(self.kind.status(), self.kind.parts().1, &self.message)
    }
}

impl From<ErrorKind> for ApiError {
    fn from(kind: ErrorKind) -> Self {
        Self::new(kind, kind.parts().2)
    }
}

/// The documented error body under any status.
pub(super) fn error_answer(status: u16, code: &str, message: &str) -> Answer {
    let body = json!({"status": "ERROR", "errors": [{"code": code, "message": message}]});
    Answer::json(status, &body)
}
