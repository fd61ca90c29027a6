//! What was sent, and what was answered.

use serde::Serialize;
use serde_json::Value;

use super::settings::NotificationSettings;

/// One try to hand a notification over.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct NotificationAttempt {
    /// When, by the sandbox's clock, in ISO 8601.
    pub at: String,
    /// The status of the answer; `None` where there was none in time.
    pub http_status: Option<u16>,
    /// The answer's body, its first 4096 bytes.
    pub body: Option<String>,
    /// Why there was no answer, or what the documentation demands of a reply and this one lacks.
    pub problem: Option<String>,
}

/// A notification, and what became of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct NotificationRecord {
    /// Its place in the order of events, from 1. Goes on through a reset.
    pub number: u64,
    /// The body.
    pub notification: Value,
    /// Whether it was answered with 200.
    pub answered: bool,
    /// When it is sent (again); `None` where it is answered or given up.
    pub next_attempt_at: Option<String>,
    /// How often it was sent.
    pub attempts_made: u64,
    /// The attempts; of many the first and the last 50.
    pub attempts: Vec<NotificationAttempt>,
}

/// All notifications, as far as they are remembered.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct NotificationLog {
    /// How they are sent.
    pub settings: NotificationSettings,
    /// Whether the Market has stopped because nothing was answered for 14 days. Setting the address
    /// switches notifications on again.
    pub switched_off: bool,
    /// The last 1000, in the order of events.
    pub notifications: Vec<NotificationRecord>,
    /// Events that were not sent because 1000 notifications waited for an answer.
    pub dropped: u64,
}

impl NotificationLog {
    /// Whether each of them is answered.
    pub fn all_answered(&self) -> bool {
        self.notifications.iter().all(|notification| notification.answered)
    }

    /// Those of one `notificationType`.
    pub fn of(&self, notification_type: &str) -> impl Iterator<Item = &NotificationRecord> {
        self.notifications
            .iter()
            .filter(move |record| record.notification["notificationType"] == notification_type)
    }
}
