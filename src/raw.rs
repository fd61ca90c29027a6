//! The operations on JSON text: what the C ABI and other languages stand on.

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

use crate::api::content::Content;
use crate::api::download;
use crate::api::download::options::DownloadOptions;
use crate::api::download::result::{DownloadProgress, DownloadedFile};
use crate::api::options::{
    CampaignsOptions, ChatsOptions, HistoryOptions, MessagesOptions, SendOptions,
};
use crate::api::prepare::PREPARE_SEND;
use crate::api::send_content::OwnedSendContent;
use crate::api::session::Session;
use crate::api::sync::options::SyncOptions;
use crate::api::sync::result::SyncProgress;
use crate::api::sync::run;
use crate::api::{check, operations};
use crate::cancel::CancelHandle;
use crate::config::{self, ClientBuilder};
use crate::error::Error;
use crate::fields::Refusal;
use crate::json_text::JsonText;
use crate::language::Language;

/// A client that takes options and gives results as JSON text.
///
/// It is what bindings to other languages stand on; in Rust, [`crate::Client`] says the same in types.
/// Results are the service's own text, unknown members included. Options are a JSON object, or
/// `""` for none; an unknown member is an error that names it.
///
/// ```
/// # use ymchat::RawClient;
/// # use ymchat_sandbox::Sandbox;
/// # let sandbox = Sandbox::start().unwrap();
/// # let config = format!(r#"{{"apiKey": "{}", "businessId": {}, "baseUrl": "{}"}}"#,
/// #     sandbox.api_key(), sandbox.business_id(), sandbox.base_url());
/// let client = RawClient::from_json(&config)?;
/// let page = client.get_chats(r#"{"limit": 5}"#)?;
/// assert!(page.as_bytes().starts_with(b"{"));
/// # Ok::<(), ymchat::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct RawClient {
    pub(crate) session: Arc<Session>,
}

impl RawClient {
    /// Opens a client with a JSON configuration. Nothing is sent.
    ///
    /// # Errors
    /// [`crate::Status::InvalidArgument`], naming the setting.
    pub fn from_json(config: &str) -> Result<Self, Error> {
        RawClient::open(ClientBuilder::from_json(config)?)
    }

    pub(crate) fn open(config: ClientBuilder) -> Result<Self, Error> {
        let language = config.chosen_language();
        let session = Session::new(&config.settings()?)
            .map_err(|refusal| Error::invalid(config::OPERATION, refusal).in_language(language))?;
        Ok(RawClient { session: Arc::new(session) })
    }

    /// Every call goes through here: its error speaks the language of the client.
    pub(crate) fn call<T>(
        &self,
        work: impl FnOnce(&Arc<Session>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        work(&self.session).map_err(|error| error.in_language(self.session.language()))
    }

    /// What its errors speak; see [`ClientBuilder::language`].
    pub fn language(&self) -> Language {
        self.session.language()
    }

    pub(crate) fn cancel_handle(&self) -> &CancelHandle {
        self.session.cancel_handle()
    }

    /// The same client, for calls that are to be stopped together; see
    /// [`Client::scope`](crate::Client::scope).
    #[must_use]
    pub fn scope(&self) -> Self {
        RawClient { session: Arc::new(self.session.scope()) }
    }

    /// Cancels the calls that are blocked in this client, from any thread; in a
    /// [scope](Self::scope) the later ones, too.
    pub fn cancel(&self) {
        self.cancel_handle().cancel();
    }

    /// What this client has done so far, and what is known of the quotas.
    pub fn stats(&self) -> JsonText {
        JsonText::from_value(&self.session.stats())
    }

    /// One page of chats.
    ///
    /// # Errors
    /// Those of [`Client::get_chats`](crate::Client::get_chats); [`crate::Status::InvalidArgument`]
    /// names an unknown option.
    pub fn get_chats(&self, options: &str) -> Result<JsonText, Error> {
        self.call(|session| {
            let options = read(operations::GET_CHATS.name, options, ChatsOptions::from_json)?;
            Ok(session.get_chats(&options)?.into_json())
        })
    }

    /// A chat.
    ///
    /// # Errors
    /// Those of [`Client::get_chat`](crate::Client::get_chat).
    pub fn get_chat(&self, chat_id: i64) -> Result<JsonText, Error> {
        self.call(|session| Ok(session.get_chat(chat_id)?.into_json()))
    }

    /// One page of a chat's messages.
    ///
    /// # Errors
    /// Those of [`Client::get_chat_history`](crate::Client::get_chat_history);
    /// [`crate::Status::InvalidArgument`] names an unknown option.
    pub fn get_chat_history(&self, chat_id: i64, options: &str) -> Result<JsonText, Error> {
        self.call(|session| {
            let options =
                read(operations::GET_CHAT_HISTORY.name, options, HistoryOptions::from_json)?;
            let budget = session.budget(options.call_timeout);
            Ok(session.get_chat_history(chat_id, &options, &budget)?.into_json())
        })
    }

    /// A message.
    ///
    /// # Errors
    /// Those of [`Client::get_chat_message`](crate::Client::get_chat_message).
    pub fn get_chat_message(&self, chat_id: i64, message_id: i64) -> Result<JsonText, Error> {
        self.call(|session| Ok(session.get_chat_message(chat_id, message_id)?.into_json()))
    }

    /// Sends a text.
    ///
    /// # Errors
    /// Those of [`Client::send_message_with`](crate::Client::send_message_with);
    /// [`crate::Status::InvalidArgument`] names an unknown option.
    pub fn send_message(&self, chat_id: i64, text: &str, options: &str) -> Result<JsonText, Error> {
        self.call(|session| {
            let operation = &operations::SEND_MESSAGE_TO_CHAT;
            let options =
                read(operation.name, options, SendOptions::from_json).map_err(|error| {
                    session.refused_send(operation, chat_id, &Content::text(text), options, error)
                })?;
            Ok(JsonText::from_value(&session.send_message(chat_id, text, &options)?))
        })
    }

    /// Sends a file of at most [`crate::MAX_FILE_SIZE`] bytes.
    ///
    /// # Errors
    /// Those of [`Client::send_file_with`](crate::Client::send_file_with);
    /// [`crate::Status::InvalidArgument`] names an unknown option.
    pub fn send_file(
        &self,
        chat_id: i64,
        file_name: &str,
        data: &[u8],
        options: &str,
    ) -> Result<JsonText, Error> {
        self.call(|session| {
            let operation = &operations::SEND_FILE_TO_CHAT;
            let options =
                read(operation.name, options, SendOptions::from_json).map_err(|error| {
                    let content = Content::file(file_name, data.len() as i64);
                    session.refused_send(operation, chat_id, &content, options, error)
                })?;
            Ok(JsonText::from_value(&session.send_file(chat_id, file_name, data, &options)?))
        })
    }

    /// Refuses what is larger than the service takes: for a binding that is given a place and a
    /// length, and must not believe a wrong one.
    ///
    /// # Errors
    /// [`crate::Status::InvalidArgument`] for an empty file, and for one above
    /// [`crate::MAX_FILE_SIZE`].
    pub fn check_file_size(file_name: &str, size: usize) -> Result<(), Error> {
        check::file_size(file_name, size)
            .map_err(|refusal| Error::invalid(operations::SEND_FILE_TO_CHAT.name, refusal))
    }

    /// Prepares a send of `{"message": …}` or `{"fileName": …, "fileSize": …}`, and gives
    /// `{"ticket": …}`; see [`crate::Client::prepare_send`].
    ///
    /// # Errors
    /// Those of [`Client::prepare_send`](crate::Client::prepare_send);
    /// [`crate::Status::InvalidArgument`] names an unknown member.
    pub fn prepare_send(&self, chat_id: i64, content: &str) -> Result<JsonText, Error> {
        self.call(|session| {
            let owned = OwnedSendContent::from_json(content)
                .map_err(|refusal| Error::invalid(PREPARE_SEND, refusal))?;
            session.prepare_send(chat_id, &owned.as_content())
        })
    }

    /// Opens a chat about an order (`"ORDER"`) or a return (`"RETURN"`), or finds the one that
    /// exists.
    ///
    /// # Errors
    /// Those of [`Client::create_chat`](crate::Client::create_chat).
    pub fn create_chat(&self, context_type: &str, context_id: i64) -> Result<JsonText, Error> {
        self.call(|session| Ok(session.create_chat(context_type, context_id)?.into_json()))
    }

    /// One page of the shops that the credential grants access to.
    ///
    /// # Errors
    /// Those of [`Client::get_campaigns`](crate::Client::get_campaigns);
    /// [`crate::Status::InvalidArgument`] names an unknown option.
    pub fn get_campaigns(&self, options: &str) -> Result<JsonText, Error> {
        self.call(|session| {
            let options =
                read(operations::GET_CAMPAIGNS.name, options, CampaignsOptions::from_json)?;
            Ok(session.get_campaigns(&options)?.into_json())
        })
    }

    /// What the Api-Key is allowed to do.
    ///
    /// # Errors
    /// Those of [`Client::get_token_info`](crate::Client::get_token_info).
    pub fn get_token_info(&self) -> Result<JsonText, Error> {
        self.call(|session| Ok(session.get_token_info()?.into_json()))
    }

    /// All chats, page by page, each once.
    ///
    /// # Errors
    /// Those of [`Client::get_all_chats`](crate::Client::get_all_chats);
    /// [`crate::Status::InvalidArgument`] names an unknown option.
    pub fn get_all_chats(&self, options: &str) -> Result<JsonText, Error> {
        self.call(|session| {
            let options = read(operations::GET_CHATS.name, options, ChatsOptions::all_from_json)?;
            session.get_all_chats(&options)
        })
    }

    /// All messages of a chat that are newer than one (0: all), ascending by their ids.
    ///
    /// # Errors
    /// Those of [`Client::get_messages_since`](crate::Client::get_messages_since);
    /// [`crate::Status::InvalidArgument`] names an unknown option.
    pub fn get_messages_since(
        &self,
        chat_id: i64,
        after_message_id: i64,
        options: &str,
    ) -> Result<JsonText, Error> {
        self.call(|session| {
            let operation = operations::GET_CHAT_HISTORY.name;
            let options = read(operation, options, MessagesOptions::from_json)?;
            session.get_messages_since(chat_id, after_message_id, &options)
        })
    }

    /// What is new since a token (`""` at first), with the next token: `{"since", "chats":
    /// [{"chat", "messages"}], "more"}`. See [`Client::sync`](crate::Client::sync).
    ///
    /// # Errors
    /// Those of [`Client::sync`](crate::Client::sync); [`crate::Status::InvalidArgument`] names an
    /// unknown option.
    pub fn sync(&self, since: &str, options: &str) -> Result<JsonText, Error> {
        self.call(|session| {
            let options = read(run::OPERATION, options, SyncOptions::from_json)?;
            session.sync(since, &options, None)
        })
    }

    /// The same, telling how far it has come. See
    /// [`Client::sync_with_progress`](crate::Client::sync_with_progress).
    ///
    /// # Errors
    /// Those of [`Client::sync_with_progress`](crate::Client::sync_with_progress);
    /// [`crate::Status::InvalidArgument`] names an unknown option.
    pub fn sync_with_progress(
        &self,
        since: &str,
        options: &str,
        mut progress: impl FnMut(SyncProgress) -> ControlFlow<()>,
    ) -> Result<JsonText, Error> {
        self.call(|session| {
            let options = read(run::OPERATION, options, SyncOptions::from_json)?;
            session.sync(since, &options, Some(&mut |at| progress(at).is_continue()))
        })
    }

    /// Brings the file of a URL in a message to a path: `{"path", "bytes", "contentType"?}`. See
    /// [`Client::download_file`](crate::Client::download_file).
    ///
    /// # Errors
    /// Those of [`Client::download_file`](crate::Client::download_file);
    /// [`crate::Status::InvalidArgument`] names an unknown option.
    pub fn download_file(&self, url: &str, path: &str, options: &str) -> Result<JsonText, Error> {
        self.call(|session| {
            let options = read(download::OPERATION.name, options, DownloadOptions::from_json)?;
            let file = session.download_file(url, Path::new(path), &options, None)?;
            Ok(downloaded(path, &file))
        })
    }

    /// The same, telling how far it has come. See
    /// [`Client::download_file_with_progress`](crate::Client::download_file_with_progress).
    ///
    /// # Errors
    /// Those of
    /// [`Client::download_file_with_progress`](crate::Client::download_file_with_progress);
    /// [`crate::Status::InvalidArgument`] names an unknown option.
    pub fn download_file_with_progress(
        &self,
        url: &str,
        path: &str,
        options: &str,
        mut progress: impl FnMut(DownloadProgress) -> ControlFlow<()>,
    ) -> Result<JsonText, Error> {
        self.call(|session| {
            let options = read(download::OPERATION.name, options, DownloadOptions::from_json)?;
            let mut progress = |at| progress(at).is_continue();
            let place = Path::new(path);
            let file = session.download_file(url, place, &options, Some(&mut progress))?;
            Ok(downloaded(path, &file))
        })
    }
}

fn downloaded(path: &str, file: &DownloadedFile) -> JsonText {
    let mut json = serde_json::json!({"path": path, "bytes": file.bytes});
    if let Some(content_type) = &file.content_type {
        json["contentType"] = content_type.as_str().into();
    }
    JsonText::from_value(&json)
}

fn read<T>(
    operation: &'static str,
    options: &str,
    from_json: impl FnOnce(Option<&str>) -> Result<T, Refusal>,
) -> Result<T, Error> {
    from_json(Some(options).filter(|options| !options.is_empty()))
        .map_err(|refusal| Error::invalid(operation, refusal))
}
