//! What goes into the machine, and what comes out of it.

use super::state::{Millis, State};

/// A chat as the list shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ChatItem {
    pub id: i64,
    pub updated: Option<Millis>,
    /// Its JSON.
    pub raw: Box<str>,
}

/// A message as a history shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MessageItem {
    pub id: i64,
    pub created: Option<Millis>,
    /// Its JSON.
    pub raw: Box<str>,
}

/// Which messages are new to a caller without a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Start {
    /// Everything in chats that wait, and what is written from now on in the others.
    Waiting,
    /// What is written from now on.
    Now,
    All,
    /// What was written at this time or later.
    At(Millis),
}

/// A chat that the caller wants to be looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Hint {
    pub chat: i64,
    /// Its JSON, where it was read already.
    pub raw: Option<Box<str>>,
}

/// A request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Ask {
    /// A page of the list.
    Chats { page: Option<String>, waiting: bool },
    /// A page of a history, from a message on.
    History { chat: i64, from: Option<i64>, page: Option<String> },
}

/// What to do next.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Step {
    Ask(Ask),
    /// An answer must come first.
    Wait,
    Done,
}

#[derive(Debug)]
pub(crate) struct ChatsPage {
    pub chats: Vec<ChatItem>,
    pub next: Option<String>,
}

#[derive(Debug)]
pub(crate) struct HistoryPage {
    pub messages: Vec<MessageItem>,
    pub next: Option<String>,
    /// What the history says of its chat, as JSON.
    pub about: Box<str>,
}

/// Why a request brought no page.
#[derive(Debug)]
pub(crate) enum PageError<E> {
    /// There is no such chat.
    Gone(E),
    /// The service rejects the request: the page token may have expired, the message be deleted.
    Rejected(E),
    /// This chat cannot be read; another one may be.
    Chat(E),
    /// The call has no time for it.
    TimeIsUp,
    /// Every further request would fail, too.
    All(E),
}

#[derive(Debug)]
pub(crate) enum LookError<E> {
    Request(E),
    /// The service named a page of the list that was read before.
    PageLoop,
}

/// New messages of one chat.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct News {
    pub chat: i64,
    pub raw: Box<str>,
    pub messages: Vec<(i64, Box<str>)>,
}

/// What a look comes to.
#[derive(Debug)]
pub(crate) struct Outcome<E> {
    pub state: State,
    pub news: Vec<News>,
    pub more: bool,
    /// What kept the look from being complete.
    pub failure: Option<LookError<E>>,
    /// The call had no time to end the look.
    pub out_of_time: bool,
    /// When a chat is to be read again although nothing points to it.
    pub due: Option<Millis>,
}
