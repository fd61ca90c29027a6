//! What the protocol leaves open, as switches.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::clock;

/// The order of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Order {
    /// Lowest id, and so the oldest, first.
    #[default]
    Ascending,
    /// Highest id, and so the newest, first.
    Descending,
}

/// Whether `messageIdFrom` names the first message of the history, or the one before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Bound {
    /// The named message is part of the history.
    #[default]
    Inclusive,
    /// The history begins after the named message.
    Exclusive,
}

/// The sandbox's behaviour where the protocol leaves it open, or where real systems differ.
///
/// Every switch can be set when the sandbox is built, while it runs ([`Sandbox::switch`]), on the
/// command line (`--history-order descending`), and by the admin API (`{"historyOrder":
/// "descending"}`).
///
/// [`Sandbox::switch`]: super::Sandbox::switch
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct Switches {
    /// The order of a chat's history. Default: ascending.
    pub history_order: Order,
    /// The order of the list of chats, by chat id. Default: ascending.
    pub chats_order: Order,
    /// Whether `messageIdFrom` is inclusive. Default: inclusive.
    pub message_id_from: Bound,
    /// Whether connections stay open after an answer. Default: off, as documented.
    pub keep_alive: bool,
    /// Whether the customer answers each message of the shop at once. Default: off.
    pub auto_reply: bool,
    /// Whether spaces at both ends of a sent text are cut off. Default: on.
    pub trim_texts: bool,
    /// Whether `createdAt` and `updatedAt` have fractions of a second. Default: off.
    pub fractions: bool,
    /// Offset of those two from UTC, in minutes, -1559 to 1559. Default: 180 (Moscow, as in the
    /// documentation).
    pub utc_offset_minutes: i32,
    /// Whether `X-RateLimit-Resource-Until` names the wrong weekday, as the documentation's own
    /// sample does. Default: off.
    pub wrong_weekday: bool,
    /// Whether the API is locked for the shop (423). Default: off.
    pub shop_locked: bool,
    /// Whether files are given only for the OAuth token (403 for an Api-Key). Default: off.
    pub files_need_oauth: bool,
    /// Whether answers are compressed where the client accepts gzip. Default: off.
    pub gzip: bool,
    /// Whether an empty page with a token comes before each page but the first. Default: off.
    pub empty_pages: bool,
    /// Requests that one business may have in flight. Default: 4.
    pub parallel_limit: u32,
    /// How long every admitted request takes, in milliseconds. Default: 0.
    pub latency_ms: u64,
    /// Whether new chats and messages get ids beyond 2^53, which a double cannot hold. Default:
    /// off; one of the seeded chats has such ids in any case.
    pub big_ids: bool,
}

impl Default for Switches {
    fn default() -> Self {
        Self {
            history_order: Order::Ascending,
            chats_order: Order::Ascending,
            message_id_from: Bound::Inclusive,
            keep_alive: false,
            auto_reply: false,
            trim_texts: true,
            fractions: false,
            utc_offset_minutes: 180,
            wrong_weekday: false,
            shop_locked: false,
            files_need_oauth: false,
            gzip: false,
            empty_pages: false,
            parallel_limit: 4,
            latency_ms: 0,
            big_ids: false,
        }
    }
}

impl Switches {
    /// Sets the switches that `changes` names, in the JSON names of the admin API.
    ///
    /// # Errors
    /// A sentence that names the switch, where there is none of that name or the value is not one
    /// of its values. Nothing is changed then.
    pub fn merge(&mut self, changes: &Map<String, Value>) -> Result<(), String> {
        let Ok(Value::Object(mut all)) = serde_json::to_value(&*self) else {
            unreachable!("switches are a JSON object")
        };
        let mut changed = self.clone();
        for (name, value) in changes {
            all.insert(name.clone(), value.clone());
            // One at a time: serde names an unknown field, but not the field of a wrong value.
            changed = serde_json::from_value(Value::Object(all.clone()))
                .map_err(|error| format!("switch {name:?}: {error}"))?;
        }
        changed.check()?;
        *self = changed;
        Ok(())
    }

    /// Refuses what no date can be written with.
    pub(super) fn check(&self) -> Result<(), String> {
        if clock::offset(self.utc_offset_minutes).is_none() {
            let minutes = self.utc_offset_minutes;
            return Err(format!("utcOffsetMinutes is -1559 to 1559, not {minutes}"));
        }
        Ok(())
    }
}
