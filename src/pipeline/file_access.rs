//! Where the URLs of files may lead, and what is shown there.

use crate::sentences::{Sentence, advice, files};
use crate::settings::{BaseUrl, FileHosts, Settings};
use crate::transport::Authorization;

/// Which hosts files may come from, and which credentials they are shown.
#[derive(Debug)]
pub(super) struct FileAccess {
    base: BaseUrl,
    service: FileHosts,
    has_api_key: bool,
    has_oauth_token: bool,
}

/// Why no file is requested from a URL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum AccessDenied {
    /// The host is neither the service's nor allowed.
    Foreign(String),
    /// It is, but the connection would not be encrypted.
    Unencrypted(String),
}

impl AccessDenied {
    /// Goes on from what is said of the URL.
    pub(crate) fn why(&self) -> Sentence {
        match self {
            AccessDenied::Foreign(host) => files::leads_elsewhere(host),
            AccessDenied::Unencrypted(host) => files::leads_unencrypted(host),
        }
    }

    pub(crate) fn advice(&self) -> Sentence {
        match self {
            AccessDenied::Foreign(host) => advice::allow_host(host),
            AccessDenied::Unencrypted(_) => advice::use_https(),
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

    /// What is shown at a place, one after the other where the host rejects it.
    pub(super) fn authorizations(
        &self,
        to: &BaseUrl,
        allowed: &FileHosts,
    ) -> Result<&'static [Authorization], AccessDenied> {
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
            true => Err(AccessDenied::Unencrypted(host())),
            false if self.service.hold(to) => Err(AccessDenied::Unencrypted(host())),
            false => Err(AccessDenied::Foreign(host())),
        }
    }
}
