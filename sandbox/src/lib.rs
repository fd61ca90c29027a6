//! The simulated Market: a stateful service on loopback that speaks the seller chat API.
//!
//! The Market's own test chats never get a customer's reply, so there is nothing to build an
//! integration against. This is that Market: strict in what it accepts, with customers who
//! write, quotas that run out, and faults to order. It runs in the process of a test
//! ([`Sandbox`]) or as a program of its own (`ymchat-sandbox --help`). It keeps everything in
//! memory, and listens on 127.0.0.1 alone.
//!
//! ```
//! use ymchat_sandbox::{Fault, FaultKind, NewChat, Operation, Sandbox};
//!
//! let sandbox = Sandbox::builder().auto_reply(true).start()?;
//! let chat = sandbox.start_chat(NewChat::direct("Есть ли у вас самовары?"))?;
//! // The first message arrives, but the answer to it is lost.
//! sandbox.add_fault(
//!     Fault::new(FaultKind::Close).on(Operation::SendMessageToChat).after_work(),
//! )?;
//! println!("{} {} {}", sandbox.base_url(), sandbox.api_key(), sandbox.business_id());
//! // … the client at work …
//! let record = sandbox.record();
//! assert!(record.chats.iter().any(|record| record.chat.chat_id == chat));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What a request meets, in this order
//!
//! An unknown path (404), a wrong method (405), the key (401), a malformed businessId (400), a
//! foreign business or a missing scope (403), the locked shop (423), the parallel limit (420), the
//! hourly quota (420), the size of the body (413), its content type (415), its data (400), the
//! chat or message (404). What came as far as the quota uses it, whether it succeeds or not.
//!
//! # Choices where the protocol is silent
//!
//! - An hour of a quota begins with its first request, and ends 3600 s later by the sandbox's
//!   clock, rounded up to the whole second.
//! - All JSON operations need a body (`{}` at least) and the content type `application/json`.
//! - `+` in a query is a space, as servlets read it.
//! - A page token belongs to its operation and chat, and carries the order and `messageIdFrom` of
//!   the first page; `limit` and the filters are those of each request. In ascending order, what
//!   arrives between two pages comes at the end; in descending order it is newer than the first
//!   page, and not part of the walk. Nothing is ever lost or given twice.
//! - createChat accepts any order or return id.
//!
//! # The admin API
//!
//! JSON under `/_sandbox`, without authorization; whatever the content type says. An unknown
//! field is refused (400) and named. What another site has a browser send is refused (403). `docs/sandbox.md` has an example of each.
//!
//! | call | body | answer |
//! |---|---|---|
//! | `GET /_sandbox` | | address, business id, all keys, list of calls |
//! | `GET /_sandbox/chats` | | all chats with their messages |
//! | `POST /_sandbox/chats` | [`NewChat`] | `{"chatId"}` |
//! | `GET /_sandbox/chats/{chatId}` | | one [`ChatRecord`] |
//! | `POST /_sandbox/chats/{chatId}/messages` | [`NewMessage`] | `{"messageId"}` |
//! | `POST /_sandbox/chats/{chatId}/status` | `{"status"}` | |
//! | `POST /_sandbox/chats/{chatId}/hidden` | `{"hidden"}` | |
//! | `GET`, `POST /_sandbox/switches` | any of [`Switches`] | all [`Switches`] |
//! | `GET`, `POST /_sandbox/quotas` | `{"<operation>": {"limit"?, "used"?}}` | all quotas |
//! | `GET`, `POST /_sandbox/clock` | `{"setTo"?, "frozen"?, "advanceSeconds"?}` | `{"now", "frozen"}` |
//! | `GET`, `POST`, `DELETE /_sandbox/faults` | a [`Fault`] or a list of them | those that wait |
//! | `GET /_sandbox/verdict` | | the [`Verdict`] |
//! | `GET /_sandbox/record` | | the [`Record`] |
//! | `GET /_sandbox/requests` | | the [`Traffic`] alone |
//! | `GET`, `DELETE /_sandbox/notifications` | | the [`NotificationLog`] |
//! | `POST /_sandbox/notifications` | a notification of whatever content | |
//! | `POST /_sandbox/notifications/settings` | any of [`NotificationSettings`] | all of them |
//! | `POST /_sandbox/notifications/ping` | | |
//! | `DELETE /_sandbox/record` | | forgets requests and counters, keeps chats |
//! | `POST /_sandbox/reset` | | everything as at the start, faults and switches included |

mod access;
mod admin;
mod answer;
mod builder;
mod clock;
mod control;
mod desk;
mod error;
mod faults;
mod guard;
mod handle;
mod ids;
mod limits;
mod multipart;
mod notifications;
mod operation;
mod page;
mod paging;
pub mod program;
mod record;
mod request;
mod seed;
mod server;
mod socket;
mod spoil;
mod start;
mod state;
mod switches;
mod talk;
mod validate;
mod verdict;
mod wire;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, SystemTime};

use tokio::sync::oneshot;

pub use access::{Key, KeyUse};
pub use builder::Builder;
pub use control::{Misuse, NewChat, NewFile, NewMessage};
pub use error::ErrorKind;
pub use faults::{Fault, FaultKind, When};
pub use limits::Quota;
pub use notifications::{
    NotificationAttempt, NotificationLog, NotificationRecord, NotificationSettings,
};
pub use operation::Operation;
pub use record::{ChatRecord, MessageRecord, Record, RequestRecord, Traffic};
pub use switches::{Bound, Order, Switches};
pub use verdict::{Missed, MissedBecause, SaidTwice, TwiceBecause, Verdict};

use limits::QuotaChange;
use state::Shared;
use ymchat::ChatStatus;

/// A running simulated Market. Dropping it stops it at once, open connections or not.
///
/// It may be used from several threads.
///
/// ```
/// use ymchat_sandbox::Sandbox;
/// let sandbox = Sandbox::start()?;
/// let chats = sandbox.record().chats;
/// sandbox.write_as_customer(chats[0].chat.chat_id, "Вы ещё здесь?")?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Sandbox {
    shared: Arc<Shared>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Sandbox {
    /// A sandbox to configure first.
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// Starts one with the defaults: seeded, on a free port.
    ///
    /// # Errors
    /// Where no port of 127.0.0.1 can be opened or no thread started.
    pub fn start() -> std::io::Result<Self> {
        Self::builder().start()
    }

    /// The address for the client's configuration, for instance `http://127.0.0.1:40123`.
    pub fn base_url(&self) -> &str {
        &self.shared.base_url
    }

    /// The id of the business.
    pub fn business_id(&self) -> i64 {
        self.shared.config.business
    }

    /// The Api-Key that may do everything.
    pub fn api_key(&self) -> &str {
        self.key(Key::Full)
    }

    /// The token for `Authorization: Bearer`.
    pub fn oauth_token(&self) -> &str {
        self.key(Key::OAuth)
    }

    /// Any of the credentials. They depend on the builder's seed alone.
    pub fn key(&self, key: Key) -> &str {
        self.shared.keys.secret(key)
    }

    /// Has a customer start a chat; returns the chat's id.
    ///
    /// # Errors
    /// [`Misuse::Invalid`] for a chat about an order or a return without its id.
    pub fn start_chat(&self, chat: NewChat) -> Result<i64, Misuse> {
        self.shared.start_chat(chat)
    }

    /// Has the customer write a text; returns the message's id.
    ///
    /// # Errors
    /// [`Misuse::NoSuchChat`].
    pub fn write_as_customer(&self, chat_id: i64, text: &str) -> Result<i64, Misuse> {
        self.write(chat_id, NewMessage::text(text))
    }

    /// Has anyone write a message, with files if wanted; returns the message's id.
    ///
    /// # Errors
    /// [`Misuse::NoSuchChat`]; [`Misuse::Invalid`] for a message without text and files.
    pub fn write(&self, chat_id: i64, message: NewMessage) -> Result<i64, Misuse> {
        self.shared.write(chat_id, message)
    }

    /// Sets a chat's status.
    ///
    /// # Errors
    /// [`Misuse::NoSuchChat`].
    pub fn set_status(&self, chat_id: i64, status: ChatStatus) -> Result<(), Misuse> {
        self.shared.set_status(chat_id, status)
    }

    /// Has the API show a chat no longer, or again.
    ///
    /// # Errors
    /// [`Misuse::NoSuchChat`].
    pub fn hide_chat(&self, chat_id: i64, hidden: bool) -> Result<(), Misuse> {
        self.shared.hide_chat(chat_id, hidden)
    }

    /// Orders a fault; it waits behind those that are there already.
    ///
    /// # Errors
    /// [`Misuse::Invalid`] for what HTTP cannot carry, such as status 700.
    pub fn add_fault(&self, fault: Fault) -> Result<(), Misuse> {
        self.shared.add_fault(fault)
    }

    /// The faults that wait, with what is left of them.
    pub fn faults(&self) -> Vec<Fault> {
        self.shared.lock().faults.clone()
    }

    /// Takes all waiting faults back.
    pub fn clear_faults(&self) {
        self.shared.lock().faults.clear();
        self.shared.notify();
    }

    /// Sets the quota of an operation, in requests per hour. What is used stays used.
    ///
    /// # Errors
    /// [`Misuse::Invalid`] for an operation without a quota.
    pub fn set_quota(&self, operation: Operation, per_hour: u32) -> Result<(), Misuse> {
        self.shared.change_quota(operation, QuotaChange { limit: Some(per_hour), used: None })
    }

    /// Sets how much of a quota is used, as if another program of the shop had used it.
    ///
    /// # Errors
    /// [`Misuse::Invalid`] for an operation without a quota.
    pub fn set_quota_used(&self, operation: Operation, used: u32) -> Result<(), Misuse> {
        self.shared.change_quota(operation, QuotaChange { limit: None, used: Some(used) })
    }

    /// All quotas of the business as they stand.
    pub fn quotas(&self) -> BTreeMap<Operation, Quota> {
        self.shared.quotas()
    }

    /// The time by the sandbox's clock.
    pub fn now(&self) -> SystemTime {
        clock::system_time(self.shared.lock().clock.now())
    }

    /// Moves the clock forward, for instance past the end of a quota's hour.
    pub fn advance_clock(&self, by: Duration) {
        self.shared.lock().clock.advance(by);
        self.shared.notify();
    }

    /// Sets the clock; it goes on from there, unless it stands still.
    ///
    /// # Errors
    /// [`Misuse::Invalid`] for a moment before the year -9999 or after 9999.
    pub fn set_clock(&self, to: SystemTime) -> Result<(), Misuse> {
        self.shared.set_clock(to)
    }

    /// Has the clock stand still, or go on. It can be moved either way.
    pub fn freeze_clock(&self, frozen: bool) {
        self.shared.lock().clock.freeze(frozen);
        self.shared.notify();
    }

    /// The switches as they stand.
    pub fn switches(&self) -> Switches {
        self.shared.lock().switches.clone()
    }

    /// Changes switches, from the next request on.
    ///
    /// ```
    /// # let sandbox = ymchat_sandbox::Sandbox::start()?;
    /// sandbox.switch(|switches| switches.shop_locked = true);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn switch(&self, change: impl FnOnce(&mut Switches)) {
        change(&mut self.shared.lock().switches);
        self.shared.notify();
    }

    /// Sends notifications from now on, beginning with a PING; or no more, where there is no
    /// address.
    ///
    /// # Errors
    /// [`Misuse::Invalid`] for an address that is not on this computer.
    pub fn set_notifications(&self, settings: NotificationSettings) -> Result<(), Misuse> {
        self.shared.set_notifications(settings)
    }

    /// Sends a PING.
    ///
    /// # Errors
    /// [`Misuse::Invalid`] where there is no address, or notifications are switched off.
    pub fn ping(&self) -> Result<(), Misuse> {
        self.shared.ping()
    }

    /// Sends a notification of whatever content, such as one that is not about chats.
    ///
    /// # Errors
    /// As [`ping`](Self::ping).
    pub fn send_notification(&self, body: serde_json::Value) -> Result<(), Misuse> {
        self.shared.send_notification(body)
    }

    /// The notifications that were sent, and what was answered.
    pub fn notifications(&self) -> NotificationLog {
        self.shared.notification_log()
    }

    /// Waits until the notifications are as `wanted`; false where `time` is over first. `wanted` is
    /// asked whenever something happens, and must not call the sandbox.
    pub fn wait_for_notifications(
        &self,
        time: Duration,
        wanted: impl FnMut(&NotificationLog) -> bool,
    ) -> bool {
        self.shared.wait_for_notifications(time, wanted)
    }

    /// Everything that was seen and done so far.
    pub fn record(&self) -> Record {
        self.shared.record()
    }

    /// Whether the shop's program said anything twice, or missed anyone.
    ///
    /// ```
    /// # let sandbox = ymchat_sandbox::Sandbox::builder().seeded(false).start()?;
    /// let verdict = sandbox.verdict();
    /// assert!(verdict.said_twice.is_empty() && verdict.missed.is_empty());
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn verdict(&self) -> Verdict {
        self.shared.verdict()
    }

    /// The requests so far, without the chats.
    pub fn traffic(&self) -> Traffic {
        self.shared.lock().traffic.clone()
    }

    /// How many requests are being worked on now, those included whose client has left.
    pub fn in_flight(&self) -> u32 {
        self.shared.in_flight()
    }

    /// Waits until the traffic is as `wanted`, for instance until a request has arrived; false
    /// where `time` is over first. `wanted` is asked whenever a request arrives, was handled, or
    /// is answered, and must not call the sandbox.
    ///
    /// ```
    /// # use std::time::Duration;
    /// # let sandbox = ymchat_sandbox::Sandbox::start()?;
    /// let come = sandbox.wait_for(Duration::from_millis(1), |seen| !seen.requests.is_empty());
    /// assert!(!come, "nobody has called yet");
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn wait_for(&self, time: Duration, wanted: impl FnMut(&Traffic) -> bool) -> bool {
        self.shared.wait(time, wanted)
    }

    /// Forgets the requests and the counters; chats stay.
    pub fn clear_record(&self) {
        self.shared.clear_record();
    }

    /// Returns to the beginning: chats, switches, quotas, clock, faults, record.
    pub fn reset(&self) {
        self.shared.reset();
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
