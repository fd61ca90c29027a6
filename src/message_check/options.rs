//! What the check looks for.

use serde_json::Value;

use super::finding::FindingKind;
use crate::fields::{Fields, Refusal};
use crate::sentences::arguments as words;
use crate::sentences::fields::{must_hold_strings, named};

/// What [`check_message`](crate::check_message) looks for: everything, unless told otherwise.
///
/// ```
/// use ymchat::{FindingKind, MessageCheckOptions, check_message};
///
/// let options = MessageCheckOptions::new()
///     .kinds([FindingKind::Link, FindingKind::Email])
///     .allow_hosts(["cdek.ru"]);
/// assert!(check_message("Следите за посылкой: lk.cdek.ru/track", &options)?.is_ok());
/// # Ok::<(), ymchat::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
#[must_use]
pub struct MessageCheckOptions {
    kinds: Option<Vec<FindingKind>>,
    allow_hosts: Vec<String>,
}

/// Options that are right.
pub(super) struct Checked<'o> {
    pub(super) kinds: &'o [FindingKind],
    /// In small letters.
    pub(super) allow_hosts: Vec<String>,
}

impl MessageCheckOptions {
    /// All kinds; no hosts but those of Yandex are allowed.
    pub fn new() -> Self {
        Self::default()
    }

    /// `kinds`: what is looked for; at least one.
    pub fn kinds(mut self, kinds: impl IntoIterator<Item = FindingKind>) -> Self {
        self.kinds = Some(kinds.into_iter().collect());
        self
    }

    /// `allowHosts`: host names, such as `cdek.ru`, to which links are allowed. The hosts below
    /// them are allowed, too.
    pub fn allow_hosts<T: Into<String>>(mut self, hosts: impl IntoIterator<Item = T>) -> Self {
        self.allow_hosts = hosts.into_iter().map(Into::into).collect();
        self
    }

    pub(super) fn from_json(json: &str) -> Result<Self, Refusal> {
        let mut options = Self::default();
        if json.is_empty() {
            return Ok(options);
        }
        let mut fields = Fields::parse(&|| named("options_json"), json)?;
        if let Some(items) = fields.list("kinds")? {
            let kinds: Option<Vec<FindingKind>> = items.iter().map(kind).collect();
            let names: Vec<&str> = FindingKind::ALL.iter().map(|kind| kind.as_str()).collect();
            options.kinds = Some(kinds.ok_or_else(|| words::kinds_unknown(&names.join(", ")))?);
        }
        if let Some(items) = fields.list("allowHosts")? {
            let hosts: Option<Vec<String>> =
                items.into_iter().map(|item| item.as_str().map(str::to_owned)).collect();
            options.allow_hosts = hosts.ok_or_else(|| must_hold_strings("allowHosts"))?;
        }
        fields.finish(&|| named("options_json"))?;
        Ok(options)
    }

    /// What the options mean, or which of them is wrong.
    pub(super) fn checked(&self) -> Result<Checked<'_>, Refusal> {
        let kinds = self.kinds.as_deref().unwrap_or(FindingKind::ALL);
        if kinds.is_empty() {
            return Err(words::kinds_are_empty());
        }
        for (index, host) in self.allow_hosts.iter().enumerate() {
            let labels = host.split('.');
            let is_label = |label: &str| {
                !label.is_empty() && label.chars().all(|c| c.is_alphanumeric() || c == '-')
            };
            if labels.clone().count() < 2 || !labels.into_iter().all(is_label) {
                return Err(words::not_a_host(index));
            }
        }
        let allow_hosts = self.allow_hosts.iter().map(|host| host.to_lowercase()).collect();
        Ok(Checked { kinds, allow_hosts })
    }
}

fn kind(item: &Value) -> Option<FindingKind> {
    FindingKind::ALL.iter().copied().find(|kind| item.as_str() == Some(kind.as_str()))
}
