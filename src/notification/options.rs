//! How notifications are answered, and from where they are taken.

use std::time::SystemTime;

use super::network::Network;
use crate::fields::{Fields, Refusal};
use crate::sentences::fields::{must_hold_strings, named};
use crate::sentences::notifications as words;

/// The most characters of `name` and of `version`.
const MAX_NAME: usize = 100;

/// The documented addresses of the Market's notifications.
const MARKET: [Network; 3] = [
    Network::v4([5, 45, 207, 0], 25),
    Network::v4([141, 8, 142, 0], 25),
    Network::v4([5, 255, 253, 0], 25),
];

/// What [`parse_notification`](crate::parse_notification) needs to know: all of it is optional.
///
/// ```
/// let options = ymchat::NotificationOptions::new()
///     .name("MyShop")
///     .version("2.1.0")
///     .remote_address("5.45.207.3");
/// ```
#[derive(Debug, Clone, Default)]
#[must_use]
pub struct NotificationOptions {
    name: Option<String>,
    version: Option<String>,
    pub(super) remote_address: Option<String>,
    allow_from: Option<Vec<String>>,
    now: Option<SystemTime>,
}

impl NotificationOptions {
    /// The reply names this library; addresses are not checked.
    pub fn new() -> Self {
        Self::default()
    }

    /// `name`: of the integration, in the reply; 1 to 100 characters. By default `ymchat`.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// `version`: of the integration, in the reply; 1 to 100 characters. By default this
    /// library's.
    pub fn version(mut self, version: impl Into<String>) -> Self {
        self.version = Some(version.into());
        self
    }

    /// `remoteAddress`: where the request came from, an IPv4 or IPv6 address, with a port or
    /// without. A notification from elsewhere than the Market's networks is then refused with
    /// HTTP 403; so is one whose address cannot be read.
    ///
    /// Behind a proxy this has to be the address that the proxy saw. A header of the request
    /// itself proves nothing unless the proxy sets it.
    pub fn remote_address(mut self, address: impl Into<String>) -> Self {
        self.remote_address = Some(address.into());
        self
    }

    /// `allowFrom`: networks (`10.0.0.0/8`, `2001:db8::/32`) and single addresses that take the
    /// place of the documented ones. Needs `remoteAddress`.
    pub fn allow_from<T: Into<String>>(mut self, networks: impl IntoIterator<Item = T>) -> Self {
        self.allow_from = Some(networks.into_iter().map(Into::into).collect());
        self
    }

    /// The time of the reply, for tests. By default the machine's.
    pub fn now(mut self, now: SystemTime) -> Self {
        self.now = Some(now);
        self
    }

    pub(super) fn from_json(json: &str) -> Result<Self, Refusal> {
        if json.is_empty() {
            return Ok(Self::default());
        }
        let mut fields = Fields::parse(&|| named("options_json"), json)?;
        let options = Self {
            name: fields.text("name")?,
            version: fields.text("version")?,
            remote_address: fields.text("remoteAddress")?,
            allow_from: fields
                .list("allowFrom")?
                .map(|networks| {
                    let texts = networks.into_iter().map(|network| match network {
                        serde_json::Value::String(text) => Ok(text),
                        _ => Err(must_hold_strings("allowFrom")),
                    });
                    texts.collect()
                })
                .transpose()?,
            now: None,
        };
        fields.finish(&|| named("options_json"))?;
        Ok(options)
    }

    /// What the options mean, or which of them is wrong.
    pub(super) fn check(&self) -> Result<Checked<'_>, Refusal> {
        if self.allow_from.is_some() && self.remote_address.is_none() {
            return Err(words::allow_from_alone());
        }
        Ok(Checked {
            name: checked_name("name", self.name.as_deref().unwrap_or("ymchat"))?,
            version: checked_name(
                "version",
                self.version.as_deref().unwrap_or(env!("CARGO_PKG_VERSION")),
            )?,
            networks: match &self.allow_from {
                None => MARKET.to_vec(),
                Some(networks) => checked_networks(networks)?,
            },
            now: self.now.unwrap_or_else(SystemTime::now),
        })
    }
}

/// Options that are right.
pub(super) struct Checked<'o> {
    pub(super) name: &'o str,
    pub(super) version: &'o str,
    pub(super) networks: Vec<Network>,
    pub(super) now: SystemTime,
}

fn checked_name<'o>(option: &str, text: &'o str) -> Result<&'o str, Refusal> {
    let length = text.chars().count();
    if text.trim().is_empty() {
        Err(words::name_is_empty(option, MAX_NAME))
    } else if length > MAX_NAME {
        Err(words::name_too_long(option, length, MAX_NAME))
    } else {
        Ok(text)
    }
}

fn checked_networks(networks: &[String]) -> Result<Vec<Network>, Refusal> {
    if networks.is_empty() {
        return Err(words::allow_from_is_empty());
    }
    networks
        .iter()
        .enumerate()
        .map(|(index, network)| network.parse().map_err(|()| words::not_a_network(index)))
        .collect()
}
