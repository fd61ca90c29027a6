//! The nine operations, each with arguments that are right and an answer that is.

use serde_json::{Value, json};
use ymchat::{
    CampaignsOptions, ChatContextRef, ChatsOptions, Client, Error, HistoryOptions, SendOptions,
};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Repeated without harm.
    Read,
    /// Repeated only when it certainly did not arrive; answered by an empty OK.
    Send,
    /// A read whose answer has no `result`.
    Document,
}

pub struct Call {
    pub name: &'static str,
    pub kind: Kind,
    /// The member that makes the result what it is.
    pub member: &'static str,
    result: &'static str,
    pub make: fn(&Client) -> Result<(), Error>,
}

impl Call {
    pub fn result(&self) -> Value {
        serde_json::from_str(self.result).unwrap()
    }

    /// The answer of a service that did what it was asked for.
    pub fn success(&self) -> String {
        match self.kind {
            Kind::Read => json!({"status": "OK", "result": self.result()}).to_string(),
            Kind::Send => json!({"status": "OK"}).to_string(),
            Kind::Document => self.result.to_owned(),
        }
    }
}

pub const CALLS: [Call; 9] = [
    Call {
        name: "getChats",
        kind: Kind::Read,
        member: "chats",
        result: r#"{"chats": [{"chatId": 5}], "paging": {}}"#,
        make: |client| client.get_chats(&ChatsOptions::new()).map(drop),
    },
    Call {
        name: "getChat",
        kind: Kind::Read,
        member: "chatId",
        result: r#"{"chatId": 5}"#,
        make: |client| client.get_chat(5).map(drop),
    },
    Call {
        name: "getChatHistory",
        kind: Kind::Read,
        member: "messages",
        result: r#"{"messages": []}"#,
        make: |client| client.get_chat_history(5, &HistoryOptions::new()).map(drop),
    },
    Call {
        name: "getChatMessage",
        kind: Kind::Read,
        member: "messageId",
        result: r#"{"messageId": 6, "createdAt": "2026-01-02T03:04:05+03:00", "sender": "PARTNER"}"#,
        make: |client| client.get_chat_message(5, 6).map(drop),
    },
    Call {
        name: "sendMessageToChat",
        kind: Kind::Send,
        member: "",
        result: "null",
        make: |client| client.send_message_with(5, "Здравствуйте", &unresolved()).map(drop),
    },
    Call {
        name: "sendFileToChat",
        kind: Kind::Send,
        member: "",
        result: "null",
        make: |client| client.send_file_with(5, "чек.pdf", b"%PDF", &unresolved()).map(drop),
    },
    Call {
        name: "createChat",
        kind: Kind::Read,
        member: "chatId",
        result: r#"{"chatId": 5}"#,
        make: |client| client.create_chat(ChatContextRef::Order(9)).map(drop),
    },
    Call {
        name: "getCampaigns",
        kind: Kind::Document,
        member: "campaigns",
        result: r#"{"campaigns": [{"id": 1}]}"#,
        make: |client| client.get_campaigns(&CampaignsOptions::new()).map(drop),
    },
    Call {
        name: "getAuthTokenInfo",
        kind: Kind::Read,
        member: "apiKey",
        result: r#"{"apiKey": {"name": "test", "authScopes": ["COMMUNICATION"]}}"#,
        make: |client| client.get_token_info().map(drop),
    },
];

/// A send that is not looked up: the answer to the send itself is what these tests are about.
fn unresolved() -> SendOptions {
    SendOptions::new().resolve(false)
}
