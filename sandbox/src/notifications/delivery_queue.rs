//! The notifications that wait, and those that were answered.

use std::collections::VecDeque;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::record::{NotificationAttempt, NotificationLog, NotificationRecord};
use super::schedule;
use super::settings::NotificationSettings;
use super::target::Target;

/// How many notifications are remembered.
const MAX_REMEMBERED: usize = 1000;

/// How many are sent at a time.
const MAX_IN_FLIGHT: usize = 8;

/// How many attempts are remembered of the first ones, and of the last ones.
const KEPT_ATTEMPTS: usize = 50;

/// Something that happened in the chats.
#[derive(Debug, Clone)]
pub(in super::super) enum News {
    ChatCreated { chat: i64 },
    MessageSent { chat: i64, message: i64 },
    ArbitrageStarted { chat: i64 },
    ArbitrageFinished { chat: i64 },
}

impl News {
    pub(in super::super) fn body(&self, business: i64, at: &str) -> Value {
        match *self {
            News::ChatCreated { chat } => json!({
                "notificationType": "CHAT_CREATED", "businessId": business, "chatId": chat,
                "createdAt": at,
            }),
            // The id is documented as a string here.
            News::MessageSent { chat, message } => json!({
                "notificationType": "CHAT_MESSAGE_SENT", "businessId": business, "chatId": chat,
                "messageId": message.to_string(), "sentAt": at,
            }),
            News::ArbitrageStarted { chat } => json!({
                "notificationType": "CHAT_ARBITRAGE_STARTED", "businessId": business,
                "chatId": chat, "startedAt": at,
            }),
            News::ArbitrageFinished { chat } => json!({
                "notificationType": "CHAT_ARBITRAGE_FINISHED", "businessId": business,
                "chatId": chat, "finishedAt": at,
            }),
        }
    }
}

/// One notification.
#[derive(Debug)]
struct Entry {
    number: u64,
    body: Value,
    first: Timestamp,
    /// When it is to be sent; `None` where it is answered or given up.
    due: Option<Timestamp>,
    in_flight: bool,
    answered: bool,
    attempts_made: u64,
    attempts: VecDeque<NotificationAttempt>,
}

/// All notifications, by their numbers.
#[derive(Debug, Default)]
pub(in super::super) struct DeliveryQueue {
    settings: NotificationSettings,
    entries: VecDeque<Entry>,
    last_number: u64,
    last_answer: Option<Timestamp>,
    switched_off: bool,
    dropped: u64,
}

/// One attempt that is to be made.
#[derive(Debug)]
pub(super) struct Delivery {
    pub(super) number: u64,
    pub(super) at: Timestamp,
    pub(super) target: Target,
    pub(super) body: Vec<u8>,
    pub(super) timeout: Duration,
}

/// What the sender does next.
#[derive(Debug)]
pub(super) enum Step {
    Send(Box<Delivery>),
    /// Wait until this moment of the sandbox's clock.
    WaitUntil(Timestamp),
    /// Wait until something happens.
    Wait,
}

impl DeliveryQueue {
    /// Continues with the numbers of the queue before a reset.
    pub(in super::super) fn go_on_after(&mut self, before: &Self) {
        for entry in &mut self.entries {
            entry.number += before.last_number;
        }
        self.last_number += before.last_number;
    }

    pub(in super::super) fn settings(&self) -> &NotificationSettings {
        &self.settings
    }

    /// With an address, notifications are on again, and the address is tried with a PING.
    pub(in super::super) fn set(
        &mut self,
        settings: NotificationSettings,
        now: Timestamp,
        at: &str,
    ) {
        let is_new_address = settings.url != self.settings.url;
        self.settings = settings;
        if self.settings.url.is_some() && (is_new_address || self.switched_off) {
            self.switched_off = false;
            self.ping(now, at);
        }
    }

    pub(in super::super) fn ping(&mut self, now: Timestamp, at: &str) {
        self.add(json!({"notificationType": "PING", "time": at}), now);
    }

    /// Has it sent, with its duplicates; nothing without an address.
    pub(in super::super) fn add(&mut self, body: Value, now: Timestamp) {
        if self.settings.url.is_none() || self.switched_off {
            return;
        }
        for _ in 0..=self.settings.duplicates {
            if self.entries.len() >= MAX_REMEMBERED {
                let Some(done) = self.entries.iter().position(|entry| entry.due.is_none()) else {
                    self.dropped += 1;
                    continue;
                };
                self.entries.remove(done);
            }
            self.last_number += 1;
            self.entries.push_back(Entry {
                number: self.last_number,
                body: body.clone(),
                first: now,
                due: Some(now),
                in_flight: false,
                answered: false,
                attempts_made: 0,
                attempts: VecDeque::new(),
            });
        }
    }

    pub(super) fn next_step(&mut self, now: Timestamp) -> Step {
        let Some(target) = self.settings.url.as_deref().and_then(|url| Target::parse(url).ok())
        else {
            return Step::Wait;
        };
        if self.entries.iter().filter(|entry| entry.in_flight).count() >= MAX_IN_FLIGHT {
            return Step::Wait;
        }
        let waiting = self.entries.iter_mut().filter(|entry| !entry.in_flight);
        let next = waiting.filter_map(|entry| Some((entry.due?, entry)));
        // The oldest first: after a jump of the clock, the attempts are made in their order.
        let Some((due, entry)) = next.min_by_key(|(due, entry)| (*due, entry.number)) else {
            return Step::Wait;
        };
        if due > now {
            return Step::WaitUntil(due);
        }
        entry.in_flight = true;
        let is_ping = entry.body["notificationType"] == "PING";
        let NotificationSettings { ping_timeout_ms, answer_timeout_ms, .. } = self.settings;
        let timeout = if is_ping { ping_timeout_ms } else { answer_timeout_ms };
        Step::Send(Box::new(Delivery {
            number: entry.number,
            at: due,
            target,
            body: entry.body.to_string().into_bytes(),
            timeout: Duration::from_millis(timeout),
        }))
    }

    /// Notes how an attempt ended.
    pub(super) fn attempted(&mut self, number: u64, at: Timestamp, attempt: NotificationAttempt) {
        let Some(entry) = self.entries.iter_mut().find(|entry| entry.number == number) else {
            return;
        };
        entry.in_flight = false;
        entry.attempts_made += 1;
        entry.answered = attempt.http_status == Some(200);
        if entry.attempts.len() == 2 * KEPT_ATTEMPTS {
            entry.attempts.remove(KEPT_ATTEMPTS);
        }
        entry.attempts.push_back(attempt);
        entry.due = match entry.answered {
            true => None,
            false => schedule::next(entry.first, at),
        };
        if entry.answered {
            self.last_answer = self.last_answer.max(Some(at));
        } else if entry.due.is_none() && self.last_answer < Some(entry.first) {
            self.switched_off = true;
            for entry in &mut self.entries {
                entry.due = None;
            }
        }
    }

    /// Forgets all of them; those that wait are not sent any more.
    pub(in super::super) fn clear(&mut self) {
        self.entries.clear();
        self.dropped = 0;
    }

    /// The newest notifications, at most this many.
    pub(in super::super) fn log(
        &self,
        newest: usize,
        date: impl Fn(Timestamp) -> String,
    ) -> NotificationLog {
        let record = |entry: &Entry| NotificationRecord {
            number: entry.number,
            notification: entry.body.clone(),
            answered: entry.answered,
            next_attempt_at: entry.due.map(&date),
            attempts_made: entry.attempts_made,
            attempts: entry.attempts.iter().cloned().collect(),
        };
        NotificationLog {
            settings: self.settings.clone(),
            switched_off: self.switched_off,
            notifications: {
                let older = self.entries.len().saturating_sub(newest);
                self.entries.iter().skip(older).map(record).collect()
            },
            dropped: self.dropped,
        }
    }
}
