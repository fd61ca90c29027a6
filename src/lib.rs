//! Blocking client for the seller chats of the Yandex Market Partner API, with a C ABI.
//!
//! A [`Client`] reads chats and their histories completely, sends messages and files once or
//! says honestly that the outcome is unknown, and stays inside the service's limits. It has no
//! event loop and starts no thread that outlives it.
//!
//! ```no_run
//! use ymchat::{ChatStatus, ChatsOptions, Client};
//!
//! let client = Client::builder().api_key("ACMA:…").business_id(123_456).build()?;
//! let waiting = ChatsOptions::new().statuses([ChatStatus::WaitingForPartner]);
//! for chat in client.get_all_chats(&waiting)? {
//!     for message in client.messages(chat.chat_id) {
//!         println!("{}", message?.message.unwrap_or_default());
//!     }
//!     client.send_message(chat.chat_id, "Здравствуйте! Заказ уже в пути.")?;
//! }
//! # Ok::<(), ymchat::Error>(())
//! ```
//!
//! Programs in other languages use the C ABI: `include/ymchat.h`.

#![warn(missing_debug_implementations)]
#![warn(clippy::missing_errors_doc, clippy::return_self_not_must_use)]

mod api;
#[cfg(test)]
mod call_time;
mod cancel;
mod client;
mod clock;
mod config;
mod dates;
mod error;
mod fields;
#[doc(hidden)]
pub mod internal;
mod iterators;
mod json_document;
mod json_scan;
mod json_text;
mod language;
mod message_check;
mod model;
mod notification;
mod pipeline;
mod process;
mod raw;
mod secret;
#[doc(hidden)]
pub mod sentences;
mod settings;
mod sha256;
mod sorting;
mod status;
mod transport;

pub use api::check::MAX_FILE_SIZE;
pub use api::download::options::DownloadOptions;
pub use api::download::result::{DownloadProgress, DownloadedFile};
pub use api::options::{
    CampaignsOptions, ChatsOptions, HistoryOptions, MessagesOptions, SendOptions,
};
pub use api::send::{SendOutcome, SendResult};
pub use api::send_content::SendContent;
pub use api::sync::options::{SyncOptions, SyncScope, SyncStart};
pub use api::sync::result::{SyncChat, SyncProgress, SyncResult};
pub use cancel::CancelHandle;
pub use client::Client;
pub use config::ClientBuilder;
pub use error::{ApiError, DeliveryStatus, Error, SendSearch};
pub use iterators::{Chats, Messages};
pub use json_document::{JsonDocument, JsonError, JsonErrorReason, JsonKind, json_quote};
pub use json_text::JsonText;
pub use language::Language;
pub use message_check::{
    Finding, FindingKind, MessageCheck, MessageCheckOptions, check_message, check_message_json,
};
pub use model::*;
pub use notification::{
    MAX_NOTIFICATION_BYTES, Notification, NotificationEvent, NotificationOptions,
    NotificationReply, ParsedNotification, parse_notification, parse_notification_json,
};
pub use pipeline::{OperationStats, SendStats, Stats};
pub use raw::RawClient;
pub use settings::{CheckMessages, Proxy, Trust};
pub use status::{Action, Status};

/// The examples of the documentation, compiled with the others.
#[cfg(doctest)]
#[doc = include_str!("../docs/rust.md")]
#[doc = include_str!("../docs/files.md")]
mod documentation {}

/// What the fuzz targets call; no other build has it.
#[cfg(fuzzing)]
#[doc(hidden)]
pub mod fuzzing {
    pub use crate::api::sync::token::check as check_token;
    pub use crate::transport::script::check as check_answer;
}
