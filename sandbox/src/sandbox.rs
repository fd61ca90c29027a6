//! A sandbox that runs, and what a program can ask of it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, SystemTime};

use tokio::sync::oneshot;

use super::access::Key;
use super::builder::Builder;
use super::clock;
use super::control::{Misuse, NewChat, NewMessage};
use super::dispute::{Decision, NewDispute};
use super::faults::Fault;
use super::limits::{Quota, QuotaChange};
use super::notifications::{NotificationLog, NotificationSettings};
use super::operation::Operation;
use super::record::{Record, Traffic};
use super::state::Shared;
use super::switches::Switches;
use super::verdict::Verdict;
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
    pub(super) shared: Arc<Shared>,
    pub(super) stop: Option<oneshot::Sender<()>>,
    pub(super) thread: Option<JoinHandle<()>>,
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

    /// Opens a dispute in a chat; returns the id of the message that comes with it, if any.
    ///
    /// # Errors
    /// [`Misuse::NoSuchChat`]; [`Misuse::Invalid`] for a chat with an open dispute.
    pub fn open_dispute(&self, chat_id: i64, dispute: NewDispute) -> Result<Option<i64>, Misuse> {
        self.shared.open_dispute(chat_id, dispute)
    }

    /// Has the arbiter write the decision and end the dispute; returns the id of that message.
    ///
    /// # Errors
    /// [`Misuse::NoSuchChat`]; [`Misuse::Invalid`] for a chat without an open dispute.
    pub fn decide_dispute(&self, chat_id: i64, decision: Decision) -> Result<i64, Misuse> {
        self.shared.decide_dispute(chat_id, decision)
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
