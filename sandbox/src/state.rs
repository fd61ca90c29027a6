//! Everything that changes while the sandbox runs, behind one lock.

use std::collections::BTreeMap;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use tokio::sync::{Notify, watch};

use super::access::KeyRing;
use super::clock::{self, Clock};
use super::conversations::{Conversations, Draft, StoredChat, Style};
use super::faults::{self, Fault};
use super::limits::{InFlight, Limits, QuotaChange};
use super::notifications::{DeliveryQueue, NotificationSettings};
use super::operation::Operation;
use super::paging::Tokens;
use super::record::{KEPT_HEADERS, RequestRecord, Traffic};
use super::request::Request;
use super::seed;
use super::switches::Switches;
use ymchat::{ChatFullContext, ChatType};

/// What the sandbox begins with, and returns to on a reset.
#[derive(Debug, Clone)]
pub(super) struct Config {
    pub(super) business: i64,
    pub(super) seed: u64,
    pub(super) seeded: bool,
    pub(super) clock_offset_seconds: i64,
    pub(super) switches: Switches,
    pub(super) quotas: BTreeMap<Operation, u32>,
    pub(super) faults: Vec<Fault>,
    pub(super) notifications: NotificationSettings,
}

#[derive(Debug)]
pub(super) struct Shared {
    pub(super) config: Config,
    pub(super) base_url: String,
    pub(super) keys: KeyRing,
    state: Mutex<State>,
    changed: Condvar,
    wake_sender: Notify,
    /// Wakes asynchronous tasks, which cannot block.
    happened: watch::Sender<()>,
}

#[derive(Debug)]
pub(super) struct State {
    pub(super) switches: Switches,
    pub(super) clock: Clock,
    pub(super) conversations: Conversations,
    pub(super) limits: Limits,
    pub(super) tokens: Tokens,
    pub(super) faults: Vec<Fault>,
    pub(super) traffic: Traffic,
    pub(super) notifications: DeliveryQueue,
    in_flight: InFlight,
    last_number: u64,
}

impl State {
    fn new(config: &Config) -> Self {
        let clock = Clock::with_offset(config.clock_offset_seconds);
        let mut conversations = Conversations::new(config.seed);
        if config.seeded {
            seed::fill(&mut conversations, config.business, clock.now());
        }
        conversations.news.clear();
        let mut limits = Limits::default();
        for (operation, limit) in &config.quotas {
            let change = QuotaChange { limit: Some(*limit), used: None };
            // The builder has refused what cannot be changed.
            let _ = limits.change(config.business, *operation, change, clock.now());
        }
        let mut notifications = DeliveryQueue::default();
        let offset = config.switches.utc_offset_minutes;
        let at = clock::iso(clock.now(), offset, config.switches.fractions);
        notifications.set(config.notifications.clone(), clock.now(), &at);
        Self {
            switches: config.switches.clone(),
            clock,
            conversations,
            limits,
            tokens: Tokens::default(),
            faults: config.faults.clone(),
            traffic: Traffic::default(),
            notifications,
            in_flight: InFlight::default(),
            last_number: 0,
        }
    }
}

impl State {
    pub(super) fn open_chat(
        &mut self,
        context: ChatFullContext,
        chat_type: ChatType,
    ) -> &mut StoredChat {
        self.conversations.open(context, chat_type, self.clock.now(), self.switches.big_ids)
    }

    /// Writes a message; `None` where there is no such chat.
    pub(super) fn write(&mut self, chat: i64, draft: Draft) -> Option<i64> {
        self.conversations.write(chat, draft, self.clock.now(), self.switches.big_ids)
    }

    pub(super) fn auto_reply(&mut self, chat: i64) {
        self.conversations.auto_reply(chat, self.clock.now(), self.switches.big_ids);
    }

    /// The requests of a business in flight.
    pub(super) fn in_flight(&self, business: i64) -> u32 {
        self.in_flight.of(business)
    }

    /// Sends what has happened in the chats as notifications.
    pub(super) fn tell(&mut self, business: i64) {
        let now = self.clock.now();
        let at = clock::iso(now, self.switches.utc_offset_minutes, self.switches.fractions);
        for news in std::mem::take(&mut self.conversations.news) {
            self.notifications.add(news.body(business, &at), now);
        }
    }
}

/// A request's way through the limits.
#[derive(Debug, Clone)]
pub(super) struct Admission {
    pub(super) number: u64,
    pub(super) fault: Option<Fault>,
    /// False where too many of the business's requests are in flight.
    pub(super) admitted: bool,
}

impl Shared {
    pub(super) fn new(config: Config, base_url: String) -> Self {
        let state = Mutex::new(State::new(&config));
        let keys = KeyRing::new(config.business, config.seed);
        let (changed, wake_sender) = (Condvar::new(), Notify::new());
        let happened = watch::Sender::new(());
        Self { config, base_url, keys, state, changed, wake_sender, happened }
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn style<'a>(&'a self, switches: &'a Switches) -> Style<'a> {
        Style { switches, base_url: &self.base_url }
    }

    /// Returns to the beginning. Requests in flight are still counted, numbers go on.
    pub(super) fn reset(&self) {
        let mut state = self.lock();
        let mut fresh = State::new(&self.config);
        // No id is ever used twice, whoever still remembers one from before.
        fresh.conversations.go_on_after(&state.conversations);
        fresh.notifications.go_on_after(&state.notifications);
        let in_flight = std::mem::take(&mut state.in_flight);
        *state = State { in_flight, last_number: state.last_number, ..fresh };
        drop(state);
        self.notify();
    }

    /// Waits until the traffic is as wanted; false where the time is over first.
    pub(super) fn wait(
        &self,
        time: std::time::Duration,
        mut wanted: impl FnMut(&Traffic) -> bool,
    ) -> bool {
        self.wait_until(time, |state| wanted(&state.traffic))
    }

    pub(super) fn wait_until(
        &self,
        time: std::time::Duration,
        mut wanted: impl FnMut(&State) -> bool,
    ) -> bool {
        let waited = self
            .changed
            .wait_timeout_while(self.lock(), time, |state| !wanted(state))
            .unwrap_or_else(PoisonError::into_inner);
        !waited.1.timed_out()
    }

    /// A text without the sandbox's credentials.
    pub(super) fn redact(&self, text: &str) -> String {
        self.keys.redact(text)
    }

    /// Until the sender of notifications may have something to do.
    pub(super) async fn woken(&self) {
        self.wake_sender.notified().await;
    }

    /// Records a request that has arrived whole.
    pub(super) fn arrive(&self, request: &Request) -> Admission {
        let operation = request.route.operation();
        let mut state = self.lock();
        let state = &mut *state;
        let fault = operation.and_then(|operation| faults::take(&mut state.faults, operation));
        let (in_flight, admitted) = match request.route.business() {
            Some(business) => {
                let limit = state.switches.parallel_limit;
                let (in_flight, admitted) = state.in_flight.enter(business, limit);
                let most = state.traffic.max_parallel_seen.entry(business).or_default();
                *most = in_flight.max(*most);
                (in_flight, admitted)
            }
            None => (0, true),
        };
        state.last_number += 1;
        let number = state.last_number;
        let kept = KEPT_HEADERS
            .iter()
            .filter_map(|name| Some(((*name).to_owned(), self.keys.redact(request.header(name)?))));
        let text = std::str::from_utf8(&request.body).ok();
        let is_upload = operation == Some(Operation::SendFileToChat);
        state.traffic.add(RequestRecord {
            number,
            at: clock::iso(state.clock.now(), state.switches.utc_offset_minutes, true),
            operation,
            method: request.method.clone(),
            path: self.keys.redact(&request.path_and_query()),
            headers: kept.collect(),
            key: self.keys.key_use(&request.headers, request.is_download()),
            body: text
                .filter(|text| !is_upload && !text.is_empty())
                .map(|text| self.keys.redact(text)),
            body_size: request.body_size,
            trace_id: request.trace_id(),
            in_flight,
            fault: fault.clone(),
            handled: false,
            status: None,
            acknowledged: false,
            client_left: false,
            created_chat: None,
            wrote_message: None,
            ended: false,
            shown: None,
        });
        self.notify();
        Admission { number, fault, admitted }
    }

    /// How many requests are being worked on.
    pub(super) fn in_flight(&self) -> u32 {
        self.lock().in_flight.total()
    }

    /// Ends a request's time in flight.
    pub(super) fn leave(&self, number: u64, business: Option<i64>, admitted: bool, end: End) {
        let mut state = self.lock();
        let state = &mut *state;
        if let Some(business) = business {
            state.in_flight.leave(business, admitted);
        }
        if let Some(request) = state.traffic.find(number) {
            request.ended = true;
            request.client_left = matches!(end, End::ClientLeft);
            if let End::Answered { status, usual } = end {
                request.status = Some(status);
                request.acknowledged = usual && status == 200;
                if let (true, Some(message)) = (request.acknowledged, request.wrote_message) {
                    state.conversations.acknowledge(message);
                }
                let shown = request.shown.take().filter(|_| request.acknowledged);
                if let Some((chat, messages)) = shown {
                    state.conversations.read(chat, &messages, number);
                }
            }
        }
        self.notify();
    }

    /// Wakes those who wait for something to happen.
    pub(super) fn notify(&self) {
        self.changed.notify_all();
        self.wake_sender.notify_one();
        self.happened.send_replace(());
    }

    /// Sees that something has happened.
    pub(super) fn watch(&self) -> watch::Receiver<()> {
        self.happened.subscribe()
    }
}

/// How a request ended.
#[derive(Debug, Clone, Copy)]
pub(super) enum End {
    Answered { status: u16, usual: bool },
    Closed,
    ClientLeft,
}
