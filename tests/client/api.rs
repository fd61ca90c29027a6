//! What the types promise, whatever the methods do.

use std::error::Error as _;
use std::fmt::Debug;
use std::hash::Hash;
use std::iter::FusedIterator;

use ymchat::{
    Action, CampaignsOptions, CancelHandle, Chat, ChatContextRef, ChatMessage, Chats, ChatsOptions,
    Client, ClientBuilder, DeliveryStatus, Error, HistoryOptions, JsonText, Messages,
    MessagesOptions, Proxy, RawClient, SendOptions, SendResult, Stats, Status,
};

use crate::common::serve::{Server, reply};
use crate::common::{builder, failure};

#[test]
fn everything_public_may_cross_threads_be_shown_and_be_copied() {
    fn shared<T: Send + Sync + Debug + 'static>() {}
    fn cloned<T: Clone + Send + Sync + Debug + 'static>() {}
    fn value<T: Copy + Eq + Hash + Send + Sync + Debug + 'static>() {}
    cloned::<Client>();
    cloned::<RawClient>();
    cloned::<ClientBuilder>();
    cloned::<CancelHandle>();
    cloned::<Proxy>();
    cloned::<Error>();
    cloned::<JsonText>();
    cloned::<Stats>();
    cloned::<SendResult>();
    cloned::<Chat>();
    cloned::<ChatMessage>();
    cloned::<(ChatsOptions, HistoryOptions, MessagesOptions, CampaignsOptions, SendOptions)>();
    shared::<Chats>();
    shared::<Messages>();
    value::<Status>();
    value::<Action>();
    value::<DeliveryStatus>();
    value::<ChatContextRef>();
}

#[test]
fn the_iterators_end_for_good() {
    fn fused<T: FusedIterator>() {}
    fused::<Chats>();
    fused::<Messages>();
    let server = Server::answers([reply(200, r#"{"status":"OK","result":{"messages":[]}}"#)]);
    let mut messages = builder(server.url()).build().unwrap().messages(5);
    assert!(messages.next().is_none() && messages.next().is_none());
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn a_clone_is_the_same_client() {
    let server = Server::answers([reply(200, r#"{"status":"OK","result":{"chatId":5}}"#)]);
    let client = builder(server.url()).build().unwrap();
    let other = client.clone();
    other.get_chat(5).unwrap();
    client.raw().clone().get_chat(5).unwrap();
    let attempts = |client: &Client| client.stats().operations[1].attempts;
    assert_eq!((attempts(&client), attempts(&other)), (2, 2));
}

#[test]
fn an_unknown_outcome_has_its_cause_as_its_source() {
    let server = Server::start(|mut peer| drop(peer.request()));
    let client = builder(server.url()).build().unwrap();
    let options = SendOptions::new().resolve(false);
    let error = failure(client.send_message_with(5, "Да", &options));
    assert_eq!(error.status(), Status::OutcomeUnknown);
    let source = error.source().and_then(|source| source.downcast_ref::<Error>()).unwrap();
    assert_eq!((source.status(), source.attempts()), (Status::Network, 1));
    assert!(!error.is_retryable() && source.source().is_none());
    assert!(failure(client.get_chat(0)).source().is_none());
}

#[test]
fn statuses_are_named_as_in_error_documents() {
    assert_eq!(Status::ALL.len(), 14);
    assert!(Status::ALL.iter().all(|status| status.code() > 0), "0 is no failure");
    assert_eq!(Status::OutcomeUnknown.to_string(), "OUTCOME_UNKNOWN");
    assert_eq!(Action::CheckHistory.to_string(), "check_history");
}
