//! Keys, their scopes, and who may do what.

use hyper::HeaderMap;
use serde::{Deserialize, Serialize};

use super::error::{ApiError, ErrorKind};
use super::operation::Need;

/// The credentials that a sandbox knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum Key {
    /// An Api-Key with the scope `all-methods`.
    Full,
    /// An Api-Key with the scope `all-methods:read-only`.
    ReadOnly,
    /// An Api-Key with the scope `communication`.
    Communication,
    /// An Api-Key without any scope.
    NoScope,
    /// An Api-Key with every scope, but of another business.
    OtherBusiness,
    /// An Api-Key that was revoked: 401.
    Revoked,
    /// An OAuth token with every scope; goes into `Authorization: Bearer`.
    OAuth,
}

impl Key {
    /// Every credential.
    pub const ALL: [Self; 7] = [
        Self::Full,
        Self::ReadOnly,
        Self::Communication,
        Self::NoScope,
        Self::OtherBusiness,
        Self::Revoked,
        Self::OAuth,
    ];

    /// The name in JSON and on the start page, for instance `readOnly`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::ReadOnly => "readOnly",
            Self::Communication => "communication",
            Self::NoScope => "noScope",
            Self::OtherBusiness => "otherBusiness",
            Self::Revoked => "revoked",
            Self::OAuth => "oAuth",
        }
    }

    pub(super) fn scopes(self) -> &'static [&'static str] {
        match self {
            Self::Full | Self::OtherBusiness | Self::OAuth => &["ALL_METHODS"],
            Self::ReadOnly => &["ALL_METHODS_READ_ONLY"],
            Self::Communication => &["COMMUNICATION"],
            Self::NoScope | Self::Revoked => &[],
        }
    }

    pub(super) fn allows(self, need: Need) -> bool {
        match need {
            Need::Nothing => true,
            Need::Reading => !self.scopes().is_empty(),
            Need::Writing => self.scopes().iter().any(|scope| *scope != "ALL_METHODS_READ_ONLY"),
        }
    }
}

/// What a request's authorization was. The credential itself is never kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct KeyUse {
    /// Whether it opened the API at all.
    pub valid: bool,
    /// Which of the sandbox's credentials it was; `None` for none, or an unknown one.
    pub key: Option<Key>,
    /// Whether an `Api-Key` header was there.
    pub api_key_header: bool,
    /// Whether an `Authorization` header was there.
    pub authorization_header: bool,
}

#[derive(Debug)]
pub(super) struct KeyRing {
    secrets: Vec<(Key, String)>,
    pub(super) business: i64,
    pub(super) other_business: i64,
}

impl KeyRing {
    pub(super) fn new(business: i64, seed: u64) -> Self {
        // A client that is built for the sandbox's business must never hit the other one.
        let other_business = if business == 1 { 2 } else { business - 1 };
        let mut random = fastrand::Rng::with_seed(seed);
        let secrets = Key::ALL.map(|key| {
            let tail = random.u64(..);
            let name = key.name().to_uppercase();
            let prefix = if key == Key::OAuth { "y0_" } else { "ACMA:" };
            (key, format!("{prefix}SANDBOX-{name}-{tail:016x}"))
        });
        Self { secrets: secrets.into(), business, other_business }
    }

    pub(super) fn secret(&self, key: Key) -> &str {
        let found = self.secrets.iter().find(|(known, _)| *known == key);
        found.map(|(_, secret)| secret.as_str()).expect("the ring holds every key")
    }

    pub(super) fn business_of(&self, key: Key) -> i64 {
        if key == Key::OtherBusiness { self.other_business } else { self.business }
    }

    /// The text without any of the sandbox's credentials, should one have strayed into it.
    pub(super) fn redact(&self, text: &str) -> String {
        self.secrets.iter().fold(text.to_owned(), |text, (key, secret)| {
            text.replace(secret, &format!("<the key {}>", key.name()))
        })
    }

    /// The credential of a request. `Api-Key` decides where both headers are there.
    /// File hosts know the scheme `OAuth`, too.
    pub(super) fn authenticate(
        &self,
        headers: &HeaderMap,
        download: bool,
    ) -> Result<Key, ApiError> {
        let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or("").trim());
        if let Some(given) = text("api-key") {
            return match self.find(given) {
                Some(Key::OAuth | Key::Revoked) | None if !has_scheme(given) => {
                    Err(ErrorKind::TokenInvalid.into())
                }
                Some(key) => Ok(key),
                None => Err(ErrorKind::TokenPrefixInvalid.into()),
            };
        }
        let Some(given) = text("authorization") else {
            return Err(ErrorKind::TokenMissing.into());
        };
        let (scheme, token) = given.split_once(' ').unwrap_or(("", given));
        let known = scheme.eq_ignore_ascii_case("bearer")
            || (download && scheme.eq_ignore_ascii_case("oauth"));
        match self.find(token.trim()) {
            Some(Key::OAuth) if known => Ok(Key::OAuth),
            _ if token.starts_with("ACMA:") => Err(ErrorKind::TokenPrefixInvalid.into()),
            _ => Err(ApiError::new(ErrorKind::TokenInvalid, "OAuth token is invalid")),
        }
    }

    pub(super) fn key_use(&self, headers: &HeaderMap, download: bool) -> KeyUse {
        let opened = self.authenticate(headers, download).ok();
        let api_key = headers.get("api-key").and_then(|value| value.to_str().ok());
        KeyUse {
            valid: opened.is_some(),
            key: opened.or_else(|| self.find(api_key?.trim())),
            api_key_header: headers.contains_key("api-key"),
            authorization_header: headers.contains_key("authorization"),
        }
    }

    fn find(&self, given: &str) -> Option<Key> {
        self.secrets.iter().find(|(_, secret)| secret == given).map(|(key, _)| *key)
    }
}

/// True for `Bearer ACMA:…` and the like: a key that someone put a scheme in front of.
fn has_scheme(given: &str) -> bool {
    given.split_once(' ').is_some_and(|(_, rest)| rest.trim_start().starts_with("ACMA:"))
}
