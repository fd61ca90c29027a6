//! What each operation of a client works with, and the operations of a single request.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::options::{CampaignsOptions, ChatsOptions};
use super::shared_ledger::SharedLedger;
use super::{operations, requests};
use crate::cancel::{CancelHandle, CancelToken};
use crate::error::Error;
use crate::fields::Refusal;
use crate::language::Language;
use crate::pipeline::{Answer, Budget, Operation, Pipeline, Request, Stats};
use crate::sentences::configuration;
use crate::settings::{CheckMessages, Settings};

/// An open client: its way to the service, its business, and what is known of that one's sends.
pub(crate) struct Session {
    pub pipeline: Arc<Pipeline>,
    pub business: Arc<SharedLedger>,
    cancel: CancelHandle,
    business_id: Option<i64>,
    pub(super) check_messages: CheckMessages,
    language: Language,
}

/// The settings are texts, into any of which a credential may have been pasted by mistake.
impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").field("business_id", &self.business_id).finish_non_exhaustive()
    }
}

impl Session {
    /// The error is a sentence that names the setting.
    pub(crate) fn new(settings: &Settings) -> Result<Self, Refusal> {
        let pipeline = Pipeline::new(settings, &operations::ALL)?;
        let business = SharedLedger::open(pipeline.service(), settings.business_id);
        Ok(Session {
            cancel: pipeline.new_cancel_handle(),
            pipeline: Arc::new(pipeline),
            business: Arc::new(business),
            business_id: settings.business_id,
            check_messages: settings.check_messages,
            language: settings.language,
        })
    }

    /// The same client for calls that are cancelled together and for good.
    pub(crate) fn scope(&self) -> Self {
        Session {
            pipeline: Arc::clone(&self.pipeline),
            business: Arc::clone(&self.business),
            cancel: self.cancel.scope(),
            business_id: self.business_id,
            check_messages: self.check_messages,
            language: self.language,
        }
    }

    /// Of the sentences of its errors.
    pub(crate) fn language(&self) -> Language {
        self.language
    }

    pub(crate) fn cancel_handle(&self) -> &CancelHandle {
        &self.cancel
    }

    /// A token for a call that begins now.
    pub(super) fn cancel_token(&self) -> CancelToken {
        self.cancel.token()
    }

    /// The budget of a call that begins now; `timeout` instead of the configured one.
    pub(crate) fn budget(&self, timeout: Option<Duration>) -> Budget {
        self.pipeline.budget(timeout, self.cancel.token())
    }

    pub(super) fn business_id(&self) -> Result<i64, Refusal> {
        self.business_id.ok_or_else(configuration::no_business)
    }

    pub(crate) fn stats(&self) -> Stats {
        self.pipeline.stats(&operations::ALL)
    }

    /// Makes the request with this business, or refuses the arguments. That the client is not one
    /// of a parent process, [`Pipeline::call`] sees to.
    pub(super) fn request<'a>(
        &self,
        operation: &Operation,
        make: impl FnOnce(i64) -> Result<Request<'a>, Refusal>,
    ) -> Result<Request<'a>, Error> {
        self.business_id().and_then(make).map_err(|refusal| Error::invalid(operation.name, refusal))
    }

    pub(crate) fn get_chats(&self, options: &ChatsOptions) -> Result<Answer, Error> {
        let request =
            self.request(&operations::GET_CHATS, |id| requests::get_chats(id, options))?;
        Ok(self.pipeline.call(&request, &self.budget(options.call_timeout))?)
    }

    pub(crate) fn get_chat(&self, chat_id: i64) -> Result<Answer, Error> {
        let request = self.request(&operations::GET_CHAT, |id| requests::get_chat(id, chat_id))?;
        Ok(self.pipeline.call(&request, &self.budget(None))?)
    }

    pub(crate) fn create_chat(&self, context_type: &str, context_id: i64) -> Result<Answer, Error> {
        let request = self.request(&operations::CREATE_CHAT, |id| {
            requests::create_chat(id, context_type, context_id)
        })?;
        Ok(self.pipeline.call(&request, &self.budget(None))?)
    }

    pub(crate) fn get_campaigns(&self, options: &CampaignsOptions) -> Result<Answer, Error> {
        let request = requests::get_campaigns(options)
            .map_err(|refusal| Error::invalid(operations::GET_CAMPAIGNS.name, refusal))?;
        Ok(self.pipeline.call(&request, &self.budget(None))?)
    }

    pub(crate) fn get_token_info(&self) -> Result<Answer, Error> {
        Ok(self.pipeline.call(&requests::get_token_info(), &self.budget(None))?)
    }
}
