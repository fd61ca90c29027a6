//! A shop with an inbox.

use ymchat::internal::TestSettings;
use ymchat::{Client, ClientBuilder, Error, SyncOptions, SyncResult};
use ymchat_sandbox::{NewChat, Sandbox};

/// A Market without chats.
pub fn empty_market() -> Sandbox {
    Sandbox::builder().seeded(false).start().unwrap()
}

pub fn builder(sandbox: &Sandbox) -> ClientBuilder {
    Client::builder()
        .api_key(sandbox.api_key())
        .business_id(sandbox.business_id())
        .base_url(sandbox.base_url())
        .seed(7)
}

pub fn client(sandbox: &Sandbox) -> Client {
    builder(sandbox).build().unwrap()
}

pub fn chat(sandbox: &Sandbox, text: &str) -> i64 {
    sandbox.start_chat(NewChat::direct(text)).unwrap()
}

/// A program that stores token and messages together.
#[derive(Default)]
pub struct Inbox {
    pub since: String,
    pub received: Vec<(i64, i64)>,
}

impl Inbox {
    /// One call, whose result is stored. The new messages are those returned.
    pub fn call(
        &mut self,
        client: &Client,
        options: &SyncOptions,
    ) -> Result<(SyncResult, Vec<(i64, i64)>), Error> {
        let result = client.sync(&self.since, options)?;
        let new = ids(&result);
        for id in &new {
            assert!(!self.received.contains(id), "message {id:?} came twice");
        }
        self.since.clone_from(&result.since);
        self.received.extend(&new);
        Ok((result, new))
    }

    /// The new messages of one call.
    pub fn news(&mut self, client: &Client, options: &SyncOptions) -> Vec<(i64, i64)> {
        self.call(client, options).unwrap().1
    }
}

/// Chat and message of everything in a result.
pub fn ids(result: &SyncResult) -> Vec<(i64, i64)> {
    let chats = result.chats.iter();
    chats.flat_map(|chat| chat.messages.iter().map(|m| (chat.chat.chat_id, m.message_id))).collect()
}
