//! Options of the calls that send.

use std::time::Duration;

use super::reading;
use crate::api::check;
use crate::fields::Refusal;
use crate::sentences::arguments as words;

/// What to do when a send's answer is lost.
#[derive(Debug, Clone)]
#[must_use]
pub struct SendOptions {
    pub(crate) after_message_id: Option<i64>,
    pub(crate) resolve: bool,
    pub(crate) resend: Option<bool>,
    pub(crate) return_message_id: bool,
    pub(crate) ticket: Option<String>,
    pub(crate) call_timeout: Option<Duration>,
}

impl Default for SendOptions {
    fn default() -> Self {
        SendOptions {
            after_message_id: None,
            resolve: true,
            resend: None,
            return_message_id: false,
            ticket: None,
            call_timeout: None,
        }
    }
}

impl SendOptions {
    /// A lost answer is resolved by reading the history. What is proven not to have arrived is
    /// sent again where the newest message of the chat was known before; nothing is sent twice.
    pub fn new() -> Self {
        Self::default()
    }

    /// `afterMessageId`: the newest message of the chat that the caller knows. It makes the
    /// search for a lost send shorter and surer. It counts where this process has seen it in the
    /// chat, or finds it there.
    pub fn after_message_id(mut self, id: i64) -> Self {
        self.after_message_id = Some(id);
        self
    }

    /// `resolve`: whether a lost send is looked for in the history; default true.
    pub fn resolve(mut self, resolve: bool) -> Self {
        self.resolve = resolve;
        self
    }

    /// `resend`: whether it is sent again, as often as the call's time allows, when the history
    /// proves that it did not arrive. The proof takes 11 s, and a message of the chat that was
    /// known before. By default it is sent again where one was known anyway; with `true` the chat
    /// is read first where none is; with `false` it is never sent again.
    pub fn resend(mut self, resend: bool) -> Self {
        self.resend = Some(resend);
        self
    }

    /// `ticket`: what [`crate::Client::prepare_send`] gave, or [`crate::Error::ticket`]. However
    /// often and by whichever process a send with it is tried, it arrives once.
    pub fn ticket(mut self, ticket: impl Into<String>) -> Self {
        self.ticket = Some(ticket.into());
        self
    }

    /// `callTimeoutMs`: for this call instead of the client's; the search for a lost send and
    /// further rounds count.
    pub fn call_timeout(mut self, timeout: Duration) -> Self {
        self.call_timeout = Some(timeout);
        self
    }

    /// `returnMessageId`: whether the id of what was sent is looked up after a plain success
    /// (the service does not return it); default false. Costs a read of the history.
    pub fn return_message_id(mut self, wanted: bool) -> Self {
        self.return_message_id = wanted;
        self
    }

    pub(crate) fn from_json(json: Option<&str>) -> Result<Self, Refusal> {
        let mut options = Self::default();
        let Some(mut fields) = reading::parse(json)? else {
            return Ok(options);
        };
        options.after_message_id = fields.integer("afterMessageId")?;
        options.resolve = fields.flag("resolve")?.unwrap_or(options.resolve);
        options.resend = fields.flag("resend")?;
        options.return_message_id =
            fields.flag("returnMessageId")?.unwrap_or(options.return_message_id);
        options.ticket = fields.text("ticket")?;
        options.call_timeout = reading::timeout(&mut fields)?;
        reading::finish(fields)?;
        Ok(options)
    }

    pub(crate) fn check(&self) -> Result<(), Refusal> {
        if let Some(id) = self.after_message_id {
            check::id("afterMessageId", id)
                .map_err(|refusal| words::leave_out_where_unknown(&refusal))?;
        }
        let needs_resolve = match self {
            Self { resend: Some(true), .. } => words::resend_needs_resolve,
            Self { ticket: Some(_), .. } => words::ticket_needs_resolve,
            _ => return Ok(()),
        };
        if !self.resolve {
            return Err(needs_resolve());
        }
        if let Self { ticket: Some(_), after_message_id: Some(_), .. } = self {
            return Err(words::after_message_with_ticket());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resend_needs_resolve() {
        let options = SendOptions::from_json(Some(r#"{"resolve": false, "resend": true}"#));
        assert!(options.unwrap().check().is_err());
        let options = SendOptions::from_json(Some(r#"{"resned": true}"#));
        assert!(options.unwrap_err().english().contains("resned"));
    }
}
