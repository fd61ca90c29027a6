//! What a sandbox begins with.

use std::collections::BTreeMap;

use super::faults::Fault;
use super::notifications::NotificationSettings;
use super::operation::Operation;
use super::state::Config;
use super::switches::{Bound, Order, Switches};

/// What a sandbox begins with. Made by [`Sandbox::builder`](super::Sandbox::builder).
///
/// ```
/// use ymchat_sandbox::{Bound, Operation, Order, Sandbox};
/// let sandbox = Sandbox::builder()
///     .history_order(Order::Descending)
///     .message_id_from(Bound::Exclusive)
///     .quota(Operation::SendMessageToChat, 3)
///     .clock_offset_seconds(-420)
///     .start()?;
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct Builder {
    pub(super) port: u16,
    pub(super) config: Config,
}

impl Default for Builder {
    fn default() -> Self {
        Self {
            port: 0,
            config: Config {
                business: 1_003_417,
                seed: 1,
                seeded: true,
                clock_offset_seconds: 0,
                switches: Switches::default(),
                quotas: BTreeMap::new(),
                faults: Vec::new(),
                notifications: NotificationSettings::default(),
            },
        }
    }
}

impl Builder {
    /// The port of 127.0.0.1. Default: 0, any free one.
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// The id of the business, 1 or more. Default: 1003417.
    pub fn business_id(mut self, business_id: i64) -> Self {
        self.config.business = business_id;
        self
    }

    /// What the keys and the gaps between ids are made from. Default: 1.
    pub fn seed(mut self, seed: u64) -> Self {
        self.config.seed = seed;
        self
    }

    /// Whether the seeded conversations are there. Default: yes.
    pub fn seeded(mut self, seeded: bool) -> Self {
        self.config.seeded = seeded;
        self
    }

    /// How many seconds the Market's clock is ahead of this computer's; negative: behind.
    pub fn clock_offset_seconds(mut self, seconds: i64) -> Self {
        self.config.clock_offset_seconds = seconds;
        self
    }

    /// The quota of an operation, in requests per hour. Default: the documented one.
    pub fn quota(mut self, operation: Operation, per_hour: u32) -> Self {
        self.config.quotas.insert(operation, per_hour);
        self
    }

    /// Orders a fault.
    pub fn fault(mut self, fault: Fault) -> Self {
        self.config.faults.push(fault);
        self
    }

    /// Sends notifications, beginning with a PING. Default: none.
    pub fn notifications(mut self, settings: NotificationSettings) -> Self {
        self.config.notifications = settings;
        self
    }

    /// Changes any of the [`Switches`].
    pub fn switch(mut self, change: impl FnOnce(&mut Switches)) -> Self {
        change(&mut self.config.switches);
        self
    }

    /// [`Switches::history_order`].
    pub fn history_order(self, order: Order) -> Self {
        self.switch(|switches| switches.history_order = order)
    }

    /// [`Switches::chats_order`].
    pub fn chats_order(self, order: Order) -> Self {
        self.switch(|switches| switches.chats_order = order)
    }

    /// [`Switches::message_id_from`].
    pub fn message_id_from(self, bound: Bound) -> Self {
        self.switch(|switches| switches.message_id_from = bound)
    }

    /// [`Switches::keep_alive`].
    pub fn keep_alive(self, on: bool) -> Self {
        self.switch(|switches| switches.keep_alive = on)
    }

    /// [`Switches::auto_reply`].
    pub fn auto_reply(self, on: bool) -> Self {
        self.switch(|switches| switches.auto_reply = on)
    }

    /// [`Switches::trim_texts`].
    pub fn trim_texts(self, on: bool) -> Self {
        self.switch(|switches| switches.trim_texts = on)
    }

    /// [`Switches::fractions`].
    pub fn fractions(self, on: bool) -> Self {
        self.switch(|switches| switches.fractions = on)
    }

    /// [`Switches::parallel_limit`].
    pub fn parallel_limit(self, limit: u32) -> Self {
        self.switch(|switches| switches.parallel_limit = limit)
    }

    /// [`Switches::latency_ms`].
    pub fn latency_ms(self, milliseconds: u64) -> Self {
        self.switch(|switches| switches.latency_ms = milliseconds)
    }

    /// [`Switches::big_ids`].
    pub fn big_ids(self, on: bool) -> Self {
        self.switch(|switches| switches.big_ids = on)
    }

    pub(super) fn check(&self) -> Result<(), String> {
        if self.config.business < 1 {
            return Err(format!("a business id is 1 or more, not {}", self.config.business));
        }
        if let Some(operation) =
            self.config.quotas.keys().find(|operation| operation.documented_quota().is_none())
        {
            return Err(format!("{operation} has no hourly quota"));
        }
        self.config.switches.check()?;
        self.config.notifications.check()?;
        self.config.faults.iter().try_for_each(Fault::check)
    }
}
