//! Where the URLs of files may lead, and what is shown there.

use std::fmt;

use crate::settings::{BaseUrl, FileHosts, Settings};
use crate::transport::Authorization;

/// Who may be shown what.
#[derive(Debug)]
pub(super) struct FileAccess {
    base: BaseUrl,
    service: FileHosts,
    has_api_key: bool,
    has_oauth_token: bool,
}

/// Why a URL is not asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum NoWay {
    /// The host is neither the service's nor allowed.
    Foreign(String),
    /// It is, but the way there is not encrypted.
    Unencrypted(String),
}

impl fmt::Display for NoWay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NoWay::Foreign(host) => write!(f, "leads to {host}, which is no host of the service"),
            NoWay::Unencrypted(host) => write!(f, "leads to {host} without encryption (http)"),
        }
    }
}

impl NoWay {
    pub(crate) fn advice(&self) -> String {
        match self {
            NoWay::Foreign(host) => format!(
                "If the file is to be fetched from there, without credentials, set allowHosts to \
                 [\"{host}\"]."
            ),
            NoWay::Unencrypted(_) => "Use the https:// address.".into(),
        }
    }
}

impl FileAccess {
    pub(super) fn new(settings: &Settings) -> Self {
        FileAccess {
            base: settings.base.clone(),
            service: settings.file_hosts.clone(),
            has_api_key: settings.api_key.is_some(),
            has_oauth_token: settings.oauth_token.is_some(),
        }
    }

    /// What is shown at a place, one after the other where it is refused.
    pub(super) fn authorizations(
        &self,
        to: &BaseUrl,
        allowed: &FileHosts,
    ) -> Result<&'static [Authorization], NoWay> {
        use Authorization::{ApiKey, Nothing, OAuth};
        if self.base.has_origin_of(to) || to.tls && self.service.hold(to) {
            return Ok(match (self.has_api_key, self.has_oauth_token) {
                (true, true) => &[ApiKey, OAuth],
                (true, false) => &[ApiKey],
                (false, _) => &[OAuth],
            });
        }
        let host = || to.host_header();
        match allowed.hold(to) {
            true if to.tls || to.is_loopback() => Ok(&[Nothing]),
            true => Err(NoWay::Unencrypted(host())),
            false if self.service.hold(to) => Err(NoWay::Unencrypted(host())),
            false => Err(NoWay::Foreign(host())),
        }
    }
}
