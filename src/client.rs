//! The public API: one method per operation, and what is built on them.

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

use crate::api::answers::{read, read_answer};
use crate::api::download::options::DownloadOptions;
use crate::api::download::result::{DownloadProgress, DownloadedFile};
use crate::api::operations;
use crate::api::options::{
    CampaignsOptions, ChatsOptions, HistoryOptions, MessagesOptions, SendOptions,
};
use crate::api::send::SendResult;
use crate::api::send_content::SendContent;
use crate::api::session::Session;
use crate::api::sync::options::SyncOptions;
use crate::api::sync::result::{SyncProgress, SyncResult};
use crate::cancel::CancelHandle;
use crate::config::ClientBuilder;
use crate::error::Error;
use crate::iterators::{Chats, Messages};
use crate::model::{
    CampaignsResult, Chat, ChatContextRef, ChatMessage, ChatMessagesResult, ChatsResult,
    CreateChatResult, TokenInfo,
};
use crate::pipeline::Stats;
use crate::raw::RawClient;

/// A client of the chat API. It may be used by many threads at once.
///
/// Every method blocks until it has its result, at most for the configured `callTimeoutMs`.
///
/// # Limits
/// All clients in a process keep the service's limits together, however they were opened: the four
/// requests at a time and the hourly quotas of a business are shared by all clients of the same host
/// and port with the same `businessId`, whatever their keys. `get_campaigns` and `get_token_info`
/// name no business, so they are counted for the key and for its business as well. A client without
/// a `businessId` counts for each business that its key was used with.
///
/// A request that the service may still be at work on keeps its place, for ten seconds from when it
/// was sent: after a time-out, a broken connection, a cancel, or a gateway's 502 or 504. What is
/// known outlives the last client for as long as it matters, so that a program may open a client
/// for each call.
///
/// # Forks
/// The child of a fork begins with fresh locks and limits, whatever the threads of its parent did at
/// that moment: it opens clients of its own. A client that was opened before belongs to the parent.
/// In the child its calls fail at once ([`crate::Status::InvalidArgument`]), cancelling it does
/// nothing, its statistics are empty, and it may be dropped. Parent and child do not know of each
/// other's requests, like any two processes: where they are too many together, the service says so
/// (420), and both go slower.
///
/// # Errors
/// Each method returns [`Error`], whose [`Error::status`] says how the call ended and whose
/// [`Error::action`] what to do about it. Arguments are checked before anything is sent
/// ([`crate::Status::InvalidArgument`]).
///
/// ```
/// # use ymchat::{Client, ChatsOptions};
/// # use ymchat_sandbox::Sandbox;
/// # let sandbox = Sandbox::builder().start().unwrap();
/// let client = Client::builder()
///     .api_key(sandbox.api_key())
///     .business_id(sandbox.business_id())
///     .base_url(sandbox.base_url())
///     .build()?;
/// let page = client.get_chats(&ChatsOptions::new().limit(5))?;
/// assert!(page.chats.len() <= 5);
/// # Ok::<(), ymchat::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Client {
    raw: RawClient,
}

impl ClientBuilder {
    /// Checks the configuration and opens a client. Nothing is sent.
    ///
    /// # Errors
    /// [`crate::Status::InvalidArgument`], naming the setting.
    pub fn build(self) -> Result<Client, Error> {
        Ok(Client { raw: RawClient::open(self)? })
    }
}

impl Client {
    /// A configuration to fill in.
    pub fn builder() -> ClientBuilder {
        ClientBuilder::default()
    }

    /// Opens a client with the JSON configuration of the C ABI.
    ///
    /// # Errors
    /// [`crate::Status::InvalidArgument`], naming the setting.
    pub fn from_json(config: &str) -> Result<Self, Error> {
        ClientBuilder::from_json(config)?.build()
    }

    /// The same client on JSON text.
    pub fn raw(&self) -> &RawClient {
        &self.raw
    }

    fn session(&self) -> &Session {
        &self.raw.session
    }

    /// Cancels the calls that are blocked in this client, from any thread; in a
    /// [scope](Self::scope) the later ones, too.
    pub fn cancel_handle(&self) -> CancelHandle {
        self.raw.cancel_handle().clone()
    }

    /// The same client, for calls that are to be stopped together: those of a thread, or of a job.
    ///
    /// Cancelling a scope ends its calls and no others, and it is for good: a call that begins later
    /// returns [`crate::Status::Cancelled`] at once, and sends nothing. So no request slips through
    /// between two calls. What is cancelled by the client's own handle is as without a scope. A
    /// scope of a scope is cancelled with it.
    ///
    /// ```
    /// # let client = ymchat::Client::builder().api_key("ACMA:example").business_id(1).build()?;
    /// let job = client.scope();
    /// job.cancel_handle().cancel();
    /// let error = job.get_chat(5).unwrap_err();
    /// assert_eq!((error.status(), error.attempts()), (ymchat::Status::Cancelled, 0));
    /// # Ok::<(), ymchat::Error>(())
    /// ```
    #[must_use]
    pub fn scope(&self) -> Self {
        Client { raw: self.raw.scope() }
    }

    /// What this client has done so far, and what is known of the quotas.
    pub fn stats(&self) -> Stats {
        self.session().stats()
    }

    /// One page of chats (`getChats`, 5000 requests an hour).
    ///
    /// # Errors
    /// [`crate::Status::InvalidArgument`] for an option out of range; otherwise [as
    /// everywhere](Self#errors).
    pub fn get_chats(&self, options: &ChatsOptions) -> Result<ChatsResult, Error> {
        self.raw.call(|session| read_answer(&operations::GET_CHATS, &session.get_chats(options)?))
    }

    /// A chat (`getChat`, 1000 requests an hour).
    ///
    /// # Errors
    /// [`crate::Status::NotFound`] for a chat that is not the business's; otherwise [as
    /// everywhere](Self#errors).
    pub fn get_chat(&self, chat_id: i64) -> Result<Chat, Error> {
        self.raw.call(|session| read_answer(&operations::GET_CHAT, &session.get_chat(chat_id)?))
    }

    /// One page of a chat's messages (`getChatHistory`, 10000 requests an hour).
    ///
    /// The order of the messages is not documented; [`Client::get_messages_since`] sorts them.
    ///
    /// # Errors
    /// [`crate::Status::NotFound`] for a chat that is not the business's; otherwise [as
    /// everywhere](Self#errors).
    pub fn get_chat_history(
        &self,
        chat_id: i64,
        options: &HistoryOptions,
    ) -> Result<ChatMessagesResult, Error> {
        self.raw.call(|session| {
            let budget = session.budget(options.call_timeout);
            let answer = session.get_chat_history(chat_id, options, &budget)?;
            read_answer(&operations::GET_CHAT_HISTORY, &answer)
        })
    }

    /// A message (`getChatMessage`, 1000 requests an hour).
    ///
    /// # Errors
    /// [`crate::Status::NotFound`] for a chat or message that is not there; otherwise [as
    /// everywhere](Self#errors).
    pub fn get_chat_message(&self, chat_id: i64, message_id: i64) -> Result<ChatMessage, Error> {
        self.raw.call(|session| {
            read_answer(
                &operations::GET_CHAT_MESSAGE,
                &session.get_chat_message(chat_id, message_id)?,
            )
        })
    }

    /// Sends a text of 1 to 4096 UTF-16 units (`sendMessageToChat`, 1000 requests an hour).
    ///
    /// It is sent once, or not at all, or the error says [`crate::Status::OutcomeUnknown`]: when
    /// the answer is lost, the message is looked for in the chat's history.
    ///
    /// # Errors
    /// [`Error::outcome`] says what became of the message: it certainly did not arrive, or
    /// [`crate::Status::OutcomeUnknown`]. [`crate::Status::Rejected`] where the [message
    /// check](ClientBuilder::check_messages) rejects the text.
    pub fn send_message(&self, chat_id: i64, text: &str) -> Result<SendResult, Error> {
        self.send_message_with(chat_id, text, &SendOptions::new())
    }

    /// [`Client::send_message`] with options.
    ///
    /// ```
    /// # use ymchat::{Client, SendOptions, SendOutcome};
    /// # use ymchat_sandbox::Sandbox;
    /// # let sandbox = Sandbox::builder().start().unwrap();
    /// # let client = Client::builder().api_key(sandbox.api_key())
    /// #     .business_id(sandbox.business_id()).base_url(sandbox.base_url()).build()?;
    /// # let chat_id = client.get_chats(&Default::default())?.chats[0].chat_id;
    /// let options = SendOptions::new().return_message_id(true);
    /// let sent = client.send_message_with(chat_id, "Добрый день!", &options)?;
    /// assert_eq!(sent.outcome, SendOutcome::Sent);
    /// let message = client.get_chat_message(chat_id, sent.message_id.unwrap())?;
    /// assert_eq!(message.message.as_deref(), Some("Добрый день!"));
    /// # Ok::<(), ymchat::Error>(())
    /// ```
    ///
    /// # Errors
    /// Those of [`Client::send_message`]; [`crate::Status::InvalidArgument`] for a ticket of
    /// another content, chat or business.
    pub fn send_message_with(
        &self,
        chat_id: i64,
        text: &str,
        options: &SendOptions,
    ) -> Result<SendResult, Error> {
        self.raw.call(|session| session.send_message(chat_id, text, options))
    }

    /// Sends a file of 1 byte to 5 MB (`sendFileToChat`, 1000 requests an hour). The name stands
    /// alone, without a path, and may be Cyrillic.
    ///
    /// What is said of [`Client::send_message`] holds for files, too; they are looked for by
    /// name and size.
    ///
    /// # Errors
    /// Those of [`Client::send_message`]; [`crate::Status::InvalidArgument`] for a name or a size
    /// that the service does not take.
    pub fn send_file(
        &self,
        chat_id: i64,
        file_name: &str,
        data: &[u8],
    ) -> Result<SendResult, Error> {
        self.send_file_with(chat_id, file_name, data, &SendOptions::new())
    }

    /// [`Client::send_file`] with options.
    ///
    /// # Errors
    /// Those of [`Client::send_file`] and of [`Client::send_message_with`].
    pub fn send_file_with(
        &self,
        chat_id: i64,
        file_name: &str,
        data: &[u8],
        options: &SendOptions,
    ) -> Result<SendResult, Error> {
        self.raw.call(|session| session.send_file(chat_id, file_name, data, options))
    }

    /// Prepares a send: gives a ticket, a text of at most 512 ASCII characters to be stored with
    /// the program's own document before the send. A send with [`SendOptions::ticket`] arrives
    /// once, however often and by whichever process it is tried, also after a crash or an outage:
    /// the chat's history is looked at first, unless this process knows that the ticket was never
    /// used.
    ///
    /// A ticket is for one content in one chat. Costs a read of the history.
    ///
    /// - Prepare it when the sends before it in this chat are settled: a message of the same
    ///   content that arrives after the preparation may be taken for this one, and any other
    ///   message of the shop that this process has not sent leaves the outcome of a lost send
    ///   unclear.
    /// - One program uses a ticket at a time. Two that use the same one in the same moment cannot
    ///   see each other, and both may send.
    ///
    /// ```
    /// # use ymchat::{Client, SendContent, SendOptions, SendOutcome};
    /// # use ymchat_sandbox::Sandbox;
    /// # let sandbox = Sandbox::builder().start().unwrap();
    /// # let client = Client::builder().api_key(sandbox.api_key())
    /// #     .business_id(sandbox.business_id()).base_url(sandbox.base_url()).build()?;
    /// # let chat_id = client.get_chats(&Default::default())?.chats[0].chat_id;
    /// let ticket = client.prepare_send(chat_id, &SendContent::Message("Добрый день!"))?;
    /// // Stored here, together with the text.
    /// let options = SendOptions::new().ticket(ticket);
    /// assert_eq!(client.send_message_with(chat_id, "Добрый день!", &options)?.outcome, SendOutcome::Sent);
    /// // Once more, as after a crash: it is there already.
    /// let again = client.send_message_with(chat_id, "Добрый день!", &options)?;
    /// assert_eq!((again.outcome, again.attempts), (SendOutcome::Confirmed, 0));
    /// # Ok::<(), ymchat::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`crate::Status::InvalidArgument`] for a content that could not be sent; otherwise those of
    /// [`Client::get_chat_history`]. Nothing was sent.
    pub fn prepare_send(&self, chat_id: i64, content: &SendContent) -> Result<String, Error> {
        self.raw.call(|session| {
            #[derive(serde::Deserialize)]
            struct Prepared {
                ticket: String,
            }
            let json = session.prepare_send(chat_id, content)?;
            let prepared: Prepared = read(&operations::GET_CHAT_HISTORY, json.as_bytes())?;
            Ok(prepared.ticket)
        })
    }

    /// Opens a chat about an order or a return, or finds the one that exists (`createChat`, 1000
    /// requests an hour). Only a customer can start a DIRECT chat.
    ///
    /// ```
    /// # use ymchat::{ChatContextRef, Client};
    /// # use ymchat_sandbox::Sandbox;
    /// # let sandbox = Sandbox::builder().start().unwrap();
    /// # let client = Client::builder().api_key(sandbox.api_key())
    /// #     .business_id(sandbox.business_id()).base_url(sandbox.base_url()).build()?;
    /// let chat_id = client.create_chat(ChatContextRef::Order(52_310_447_118))?.chat_id;
    /// # assert!(chat_id > 0);
    /// # Ok::<(), ymchat::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`crate::Status::NotFound`] or [`crate::Status::BadRequest`] for an order or a return that
    /// is not the business's; otherwise [as everywhere](Self#errors). It may be repeated.
    pub fn create_chat(&self, context: ChatContextRef) -> Result<CreateChatResult, Error> {
        self.raw.call(|session| {
            let (context_type, id) = (context.context_type(), context.id());
            let answer = session.create_chat(context_type.as_str(), id)?;
            read_answer(&operations::CREATE_CHAT, &answer)
        })
    }

    /// One page of the shops that the credential grants access to (`getCampaigns`, 1000 requests an hour);
    /// each names its business. Works without a `businessId`.
    ///
    /// # Errors
    /// [`crate::Status::InvalidArgument`] for an option out of range; otherwise [as
    /// everywhere](Self#errors).
    pub fn get_campaigns(&self, options: &CampaignsOptions) -> Result<CampaignsResult, Error> {
        self.raw.call(|session| {
            read_answer(&operations::GET_CAMPAIGNS, &session.get_campaigns(options)?)
        })
    }

    /// What the Api-Key is allowed to do (`getAuthTokenInfo`, 100 requests an hour). Works
    /// without a `businessId`.
    ///
    /// # Errors
    /// [As everywhere](Self#errors).
    pub fn get_token_info(&self) -> Result<TokenInfo, Error> {
        self.raw.call(|session| {
            read_answer(&operations::GET_AUTH_TOKEN_INFO, &session.get_token_info()?)
        })
    }

    /// All chats, page by page, each once. The whole counts as one call for `callTimeoutMs`, and
    /// fails where it is longer than `maxTotalBytes` ([`crate::Status::Protocol`]);
    /// [`Client::chats`] has one page in memory at a time.
    ///
    /// # Errors
    /// Those of [`Client::get_chats`]. [`crate::Status::Protocol`] also where a page token comes
    /// twice. There is no partial result.
    pub fn get_all_chats(&self, options: &ChatsOptions) -> Result<Vec<Chat>, Error> {
        self.raw.call(|session| {
            let all: ChatsResult =
                read(&operations::GET_CHATS, session.get_all_chats(options)?.as_bytes())?;
            Ok(all.chats)
        })
    }

    /// All messages that are newer than `after_message_id` (0: all), ascending by their ids,
    /// without duplicates. The whole counts as one call for `callTimeoutMs`, and fails where it is
    /// longer than `maxTotalBytes` ([`crate::Status::Protocol`]); [`Client::messages`] has one
    /// page in memory at a time.
    ///
    /// # Errors
    /// Those of [`Client::get_chat_history`]. [`crate::Status::Protocol`] also where a page token
    /// comes twice. There is no partial result.
    pub fn get_messages_since(
        &self,
        chat_id: i64,
        after_message_id: i64,
        options: &MessagesOptions,
    ) -> Result<Vec<ChatMessage>, Error> {
        self.raw.call(|session| {
            let json = session.get_messages_since(chat_id, after_message_id, options)?;
            let all: ChatMessagesResult = read(&operations::GET_CHAT_HISTORY, json.as_bytes())?;
            Ok(all.messages)
        })
    }

    /// What is new since a token, and the next token. `""` is the token of the first call.
    ///
    /// A program that stores token and messages together receives each message once, and none is
    /// left out, whatever fails in between: the same token gives the same messages again (and what
    /// has come since, as far as [`SyncOptions::limit`] reaches), the next token none of them.
    /// `docs/sync.md` says how, and what is assumed of the service.
    ///
    /// ```
    /// # use ymchat::{Client, SyncOptions};
    /// # use ymchat_sandbox::Sandbox;
    /// # let sandbox = Sandbox::start().unwrap();
    /// # let client = Client::builder().api_key(sandbox.api_key())
    /// #     .business_id(sandbox.business_id()).base_url(sandbox.base_url()).build()?;
    /// let mut since = String::new(); // as it was stored
    /// loop {
    ///     let news = client.sync(&since, &SyncOptions::new())?;
    ///     for chat in &news.chats {
    ///         println!("chat {}: {} messages", chat.chat.chat_id, chat.messages.len());
    ///     }
    ///     // Here both are stored, in one transaction.
    ///     since = news.since;
    ///     if !news.more {
    ///         break;
    ///     }
    /// }
    /// assert!(client.sync(&since, &SyncOptions::new())?.chats.is_empty());
    /// # Ok::<(), ymchat::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`crate::Status::InvalidArgument`] for a token that is damaged, or was made for another
    /// business, scope or filter. After any error the old token is still the right one.
    pub fn sync(&self, since: &str, options: &SyncOptions) -> Result<SyncResult, Error> {
        self.raw.call(|session| {
            read(&operations::GET_CHATS, session.sync(since, options, None)?.as_bytes())
        })
    }

    /// The same, telling now and then how far it has come. The function is called on the calling
    /// thread, between requests; where it breaks, the call ends with
    /// [`crate::Status::Cancelled`] after the requests that are under way.
    ///
    /// # Errors
    /// Those of [`Client::sync`].
    pub fn sync_with_progress(
        &self,
        since: &str,
        options: &SyncOptions,
        mut progress: impl FnMut(SyncProgress) -> ControlFlow<()>,
    ) -> Result<SyncResult, Error> {
        self.raw.call(|session| {
            let mut progress = |at| progress(at).is_continue();
            let json = session.sync(since, options, Some(&mut progress))?;
            read(&operations::GET_CHATS, json.as_bytes())
        })
    }

    /// Brings a file to a path: `url` is that of a message's payload.
    ///
    /// The file is received beside the path, under a name of its own, and has its name only when it is
    /// whole and safe on the disk. Whatever fails, the path is as it was. A file that is there already
    /// is replaced only with [`DownloadOptions::overwrite`]. The directory must exist. Choose the path
    /// yourself: the name in a message is what the other side has written.
    ///
    /// Credentials are shown to the service's hosts alone
    /// ([`ClientBuilder::file_hosts`]), over https, the Api-Key first, and the OAuth token where
    /// that one is refused. Each redirect is judged anew. A foreign host is refused, unless
    /// [`DownloadOptions::allow_hosts`] names it; it is shown nothing.
    ///
    /// Network faults and failures of the server are retried, from the file's beginning.
    /// `callTimeoutMs` is for the whole call, `attemptTimeoutMs` for how long nothing may come. No
    /// quota counts downloads, nor do they count among the four requests at a time.
    ///
    /// ```
    /// # use ymchat::{Client, DownloadOptions};
    /// # use ymchat_sandbox::{NewFile, NewMessage, Sandbox};
    /// # let sandbox = Sandbox::start().unwrap();
    /// # let client = Client::builder().api_key(sandbox.api_key())
    /// #     .business_id(sandbox.business_id()).base_url(sandbox.base_url()).build()?;
    /// # let chat_id = client.get_chats(&Default::default())?.chats[0].chat_id;
    /// # let file = NewFile::new("../receipt.txt", "Paid");
    /// # let message_id = sandbox.write(chat_id, NewMessage::text("Here").file(file)).unwrap();
    /// # let folder = std::env::temp_dir().join(format!("ymchat-doc-{}", std::process::id()));
    /// # std::fs::create_dir_all(&folder).unwrap();
    /// let message = client.get_chat_message(chat_id, message_id)?;
    /// for (index, file) in message.payload.iter().enumerate() {
    ///     let path = folder.join(format!("{message_id}-{index}"));
    ///     let file = client.download_file(&file.url, &path, &DownloadOptions::new())?;
    ///     println!("{} has {} bytes", path.display(), file.bytes);
    /// }
    /// # assert_eq!(std::fs::read(folder.join(format!("{message_id}-0"))).unwrap(), b"Paid");
    /// # std::fs::remove_dir_all(&folder).unwrap();
    /// # Ok::<(), ymchat::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`crate::Status::InvalidArgument`] for a URL of a foreign host, a path that exists, and a file
    /// that could not be written; [`crate::Status::Protocol`] for a redirect to a foreign host and a
    /// file that is longer than [`DownloadOptions::max_bytes`].
    pub fn download_file(
        &self,
        url: &str,
        path: impl AsRef<Path>,
        options: &DownloadOptions,
    ) -> Result<DownloadedFile, Error> {
        self.raw.call(|session| session.download_file(url, path.as_ref(), options, None))
    }

    /// The same, telling how far it has come. The function is called on the calling thread, for each
    /// part that is written; where it breaks, the call ends with [`crate::Status::Cancelled`].
    ///
    /// # Errors
    /// Those of [`Client::download_file`].
    pub fn download_file_with_progress(
        &self,
        url: &str,
        path: impl AsRef<Path>,
        options: &DownloadOptions,
        mut progress: impl FnMut(DownloadProgress) -> ControlFlow<()>,
    ) -> Result<DownloadedFile, Error> {
        self.raw.call(|session| {
            let mut progress = |at| progress(at).is_continue();
            session.download_file(url, path.as_ref(), options, Some(&mut progress))
        })
    }

    /// The chats one by one, with one page in memory at a time. Each page is a call of its own
    /// for `callTimeoutMs`. After an error the iterator ends.
    pub fn chats(&self, options: &ChatsOptions) -> Chats {
        Chats::new(Arc::clone(&self.raw.session), options)
    }

    /// The messages of a chat one by one, in the service's order, with one page in memory at a
    /// time. Each page is a call of its own for `callTimeoutMs`. After an error the iterator ends.
    ///
    /// ```
    /// # use ymchat::Client;
    /// # use ymchat_sandbox::Sandbox;
    /// # let sandbox = Sandbox::builder().start().unwrap();
    /// # let client = Client::builder().api_key(sandbox.api_key())
    /// #     .business_id(sandbox.business_id()).base_url(sandbox.base_url()).build()?;
    /// # let chat_id = client.get_chats(&Default::default())?.chats[0].chat_id;
    /// for message in client.messages(chat_id) {
    ///     let message = message?;
    ///     println!("{} {}", message.sender, message.message.unwrap_or_default());
    /// }
    /// # Ok::<(), ymchat::Error>(())
    /// ```
    pub fn messages(&self, chat_id: i64) -> Messages {
        Messages::new(Arc::clone(&self.raw.session), chat_id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_may_be_shared_by_threads() {
        fn shared<T: Send + Sync + 'static>() {}
        shared::<Client>();
        shared::<CancelHandle>();
        shared::<Error>();
    }
}
