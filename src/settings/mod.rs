//! The settings of a client, checked: what the layers below it are made from.

mod base_url;
mod file_hosts;
mod file_url;
mod proxy;

use std::sync::Arc;
use std::time::Duration;

use crate::clock::Clock;
use crate::language::Language;
use crate::secret::Secret;
pub(crate) use base_url::BaseUrl;
pub(crate) use file_hosts::{DEFAULT_FILE_HOSTS, FileHosts};
pub(crate) use file_url::FileUrl;
pub use proxy::Proxy;
pub(crate) use proxy::{ProxyKind, ProxyServer};

/// Whose certificates are trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Trust {
    /// Mozilla's list, compiled into the library.
    #[default]
    Bundled,
    /// The operating system's list.
    System,
}

/// Whether the texts of messages are checked before they are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum CheckMessages {
    /// They are sent as they are.
    #[default]
    Off,
    /// A text in which [`check_message`](crate::check_message) finds anything is not sent: the
    /// call ends with [`Status::Rejected`](crate::Status::Rejected).
    Reject,
}

/// A configuration that has been checked.
pub(crate) struct Settings {
    pub api_key: Option<Secret>,
    pub oauth_token: Option<Secret>,
    pub business_id: Option<i64>,
    pub base: BaseUrl,
    pub integration: Option<String>,
    pub connect_timeout: Duration,
    pub attempt_timeout: Duration,
    pub call_timeout: Duration,
    pub max_attempts: u32,
    pub max_parallel: u32,
    pub proxy: Option<ProxyServer>,
    pub ca_pem: Option<Vec<u8>>,
    pub trust: Trust,
    pub max_response_bytes: usize,
    /// Besides the one of `base`.
    pub file_hosts: FileHosts,
    pub check_messages: CheckMessages,
    pub language: Language,
    pub clock: Arc<dyn Clock>,
    pub seed: Option<u64>,
}
