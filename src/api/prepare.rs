//! Tickets for sends to come.

use super::check;
use super::send_content::SendContent;
use super::session::Session;
use super::ticket::{self, Ticket};
use crate::error::Error;
use crate::json_text::JsonText;
use crate::sentences::sends;

/// The name of [`Session::prepare_send`] in errors.
pub(crate) const PREPARE_SEND: &str = "prepare_send";

impl Session {
    /// A ticket for a send, as `{"ticket": …}`.
    pub(crate) fn prepare_send(
        &self,
        chat_id: i64,
        content: &SendContent,
    ) -> Result<JsonText, Error> {
        let checked = self.business_id().and_then(|business_id| {
            check::id("chatId", chat_id)?;
            content.check().map(|content| (business_id, content))
        });
        let (business_id, content) =
            checked.map_err(|refusal| Error::invalid(PREPARE_SEND, refusal))?;
        let budget = self.budget(None);
        let baseline = self
            .read_baseline(chat_id, &budget)
            .map_err(|error| error.within(PREPARE_SEND, sends::newest_not_read))?;
        let random = ticket::new_name();
        self.business.ledger.prepare(random, baseline, self.pipeline.now());
        let ticket = Ticket::new(business_id, chat_id, Some(baseline.id), None, &content, random);
        Ok(JsonText::from_value(&serde_json::json!({ "ticket": ticket.to_string() })))
    }
}
