//! How notifications are sent.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::target::Target;

const MAX_DUPLICATES: u32 = 10;

/// How the simulated Market sends notifications.
///
/// ```
/// let settings = ymchat_sandbox::NotificationSettings::to("http://127.0.0.1:8080/").duplicates(1);
/// assert_eq!(settings.answer_timeout_ms, 10_000);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct NotificationSettings {
    /// Where: an address on this computer, `http://127.0.0.1:8080/notification`. Without one
    /// nothing is sent. Default: none.
    pub url: Option<String>,
    /// How many more copies of each notification are sent at the same moment, 0 to 10. Each copy
    /// is repeated until it is answered. Default: 0.
    pub duplicates: u32,
    /// How long an answer may take, in milliseconds of this computer's clock. Default: 10000.
    pub answer_timeout_ms: u64,
    /// The same for a PING. Default: 1000.
    pub ping_timeout_ms: u64,
}

impl Default for NotificationSettings {
    fn default() -> Self {
        Self { url: None, duplicates: 0, answer_timeout_ms: 10_000, ping_timeout_ms: 1000 }
    }
}

impl NotificationSettings {
    /// To this address, as the Market does it.
    pub fn to(url: impl Into<String>) -> Self {
        Self { url: Some(url.into()), ..Self::default() }
    }

    /// Sends so many more copies of each.
    #[must_use]
    pub fn duplicates(self, copies: u32) -> Self {
        Self { duplicates: copies, ..self }
    }

    /// Sets the members that `changes` names; refuses what is wrong, and names it.
    pub(super) fn merged(&self, changes: &Map<String, Value>) -> Result<Self, String> {
        let Ok(Value::Object(mut all)) = serde_json::to_value(self) else {
            unreachable!("settings are a JSON object")
        };
        let mut changed = self.clone();
        for (name, value) in changes {
            all.insert(name.clone(), value.clone());
            // One at a time: serde names an unknown field, but not the field of a wrong value.
            changed = serde_json::from_value(Value::Object(all.clone()))
                .map_err(|error| format!("{name:?}: {error}"))?;
        }
        changed.check()?;
        Ok(changed)
    }

    pub(in super::super) fn check(&self) -> Result<(), String> {
        if self.duplicates > MAX_DUPLICATES {
            return Err(format!("duplicates is at most {MAX_DUPLICATES}, not {}", self.duplicates));
        }
        self.url.as_deref().map_or(Ok(()), |url| Target::parse(url).map(drop))
    }
}
