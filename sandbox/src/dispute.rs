//! Disputes: the customer or the Market opens one in a chat, and the arbiter decides it.

use serde::{Deserialize, Serialize};

use super::control::Misuse;
use super::conversations::Draft;
use super::state::{Shared, State};
use ymchat::{ChatStatus, Sender};

/// Who opens a dispute.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[non_exhaustive]
pub enum DisputeOpener {
    /// The customer.
    #[default]
    Customer,
    /// The Market itself.
    Market,
}

/// A dispute to open in a chat.
///
/// ```
/// use ymchat_sandbox::{Decision, NewChat, NewDispute, Sandbox, Winner};
/// let sandbox = Sandbox::start()?;
/// let chat = sandbox.start_chat(NewChat::direct("Самовар течёт!"))?;
/// sandbox.open_dispute(chat, NewDispute::by_customer().text("Прошу вернуть деньги"))?;
/// // … the shop's program at work …
/// sandbox.decide_dispute(chat, Decision::in_favour_of(Winner::Partner))?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct NewDispute {
    /// Who opens it. Default: the customer.
    #[serde(default)]
    pub by: DisputeOpener,
    /// What they write about it. Default: nothing.
    #[serde(default)]
    pub text: Option<String>,
}

impl NewDispute {
    /// One that the customer opens.
    pub fn by_customer() -> Self {
        Self::default()
    }

    /// One that the Market opens.
    pub fn by_market() -> Self {
        Self { by: DisputeOpener::Market, text: None }
    }

    /// Has them write something about it.
    #[must_use]
    pub fn text(self, text: impl Into<String>) -> Self {
        Self { text: Some(text.into()), ..self }
    }
}

/// Who is right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[non_exhaustive]
pub enum Winner {
    /// The customer.
    Customer,
    /// The shop.
    Partner,
}

/// What the arbiter decides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct Decision {
    /// Who is right. The API has no field for it: only the arbiter's text tells the shop.
    pub in_favour_of: Winner,
    /// The arbiter's text. Default: a sentence that says who is right.
    #[serde(default)]
    pub text: Option<String>,
}

impl Decision {
    /// A decision with a sentence that says who is right.
    pub fn in_favour_of(winner: Winner) -> Self {
        Self { in_favour_of: winner, text: None }
    }

    /// Has the arbiter say it in other words.
    #[must_use]
    pub fn text(self, text: impl Into<String>) -> Self {
        Self { text: Some(text.into()), ..self }
    }

    fn words(self) -> String {
        self.text.unwrap_or_else(|| match self.in_favour_of {
            Winner::Customer => "Спор решён в пользу покупателя.".to_owned(),
            Winner::Partner => "Спор решён в пользу магазина.".to_owned(),
        })
    }
}

fn has_open_dispute(state: &State, chat: i64) -> Result<bool, Misuse> {
    let stored = state.conversations.chats.get(&chat).ok_or(Misuse::NoSuchChat(chat))?;
    Ok(stored.dispute_is_open)
}

impl Shared {
    pub(super) fn open_dispute(
        &self,
        chat: i64,
        dispute: NewDispute,
    ) -> Result<Option<i64>, Misuse> {
        let mut state = self.lock();
        if has_open_dispute(&state, chat)? {
            let text = format!("chat {chat} has an open dispute already");
            return Err(Misuse::Invalid(text));
        }
        state.conversations.open_dispute(chat);
        let sender = match dispute.by {
            DisputeOpener::Customer => Sender::Customer,
            DisputeOpener::Market => Sender::Market,
        };
        let written = dispute.text.and_then(|text| state.write(chat, Draft::text(sender, text)));
        self.tell(state);
        Ok(written)
    }

    pub(super) fn decide_dispute(&self, chat: i64, decision: Decision) -> Result<i64, Misuse> {
        let mut state = self.lock();
        if !has_open_dispute(&state, chat)? {
            let text = format!("chat {chat} has no open dispute that could be decided");
            return Err(Misuse::Invalid(text));
        }
        // The arbiter is one of the Market's support.
        let draft = Draft::text(Sender::Support, decision.words());
        let written = state.write(chat, draft).ok_or(Misuse::NoSuchChat(chat))?;
        state.conversations.set_status(chat, ChatStatus::Finished);
        self.tell(state);
        Ok(written)
    }
}
