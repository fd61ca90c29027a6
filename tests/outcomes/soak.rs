//! Eight threads on each of two clients, a Market that fails one request in five, quotas that run
//! out: what was reported is what happened.
//!
//! The short form runs with the other tests. The long one:
//!
//! ```text
//! YMCHAT_SOAK_CALLS=10000 cargo test --release --test outcomes soak -- --nocapture
//! ```
//!
//! `YMCHAT_SOAK_SEED` replays a plan: the calls of each thread and the faults. How the threads
//! take turns is left to chance.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, RwLock, TryLockError};
use std::time::{Duration, Instant};

use fastrand::Rng;
use ymchat::internal::TestSettings;
use ymchat::{
    ChatContextRef, ChatsOptions, Client, DeliveryStatus, Error, HistoryOptions, MessagesOptions,
    SendOptions, SendOutcome, SendResult, Status,
};
use ymchat_sandbox::{ErrorKind, Fault, FaultKind, Operation, Record, Sandbox, Switches, When};

use crate::support::{SimulatedClock, builder, ms, new_chat, s, setting};

const THREADS_PER_CLIENT: usize = 8;
const CHATS: usize = 6;
const ORDERS: i64 = 40;
const TEXTS: [&str; 3] = ["Добрый день!", " Заказ уже в пути. ", "Да"];
const FILES: [(&str, usize); 3] = [("чек.pdf", 900), ("чек.pdf", 901), ("фото.jpg", 40_000)];
/// Time for the sandbox to end what its slowest answers are about.
const SLOWEST: Duration = ms(1_400);

/// What the sends of one content to one chat were reported as.
#[derive(Debug, Default, Clone, PartialEq)]
struct Reported {
    arrived: usize,
    unknown: usize,
    not_sent: usize,
    ids: Vec<i64>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Sent {
    Text(String),
    File(String, i64),
}

#[derive(Default)]
struct Findings {
    sends: HashMap<(i64, Sent), Reported>,
    created: HashMap<i64, HashSet<i64>>,
    outcomes: BTreeMap<String, usize>,
    longest: Duration,
    faults_of_promise: Vec<String>,
}

struct Soak {
    sandbox: Sandbox,
    clock: Arc<SimulatedClock>,
    chats: Vec<i64>,
    call_timeout: Duration,
    long: bool,
    left: AtomicUsize,
    /// Held by every call; the hour is advanced between calls only, because the sandbox's slow
    /// answers do not become quicker by it.
    hour: RwLock<()>,
    /// The hour is about to be advanced: no call begins.
    hour_is_over: AtomicBool,
    used_up: AtomicU32,
    findings: Mutex<Findings>,
}

#[test]
fn soak() {
    let calls = setting("YMCHAT_SOAK_CALLS").unwrap_or(300) as usize;
    let seed = setting("YMCHAT_SOAK_SEED").unwrap_or_else(|| fastrand::u64(..1 << 32));
    eprintln!("soak: YMCHAT_SOAK_SEED={seed} YMCHAT_SOAK_CALLS={calls}");
    let started = Instant::now();
    let mut rng = Rng::with_seed(seed);

    let sandbox = Sandbox::builder().seed(seed).seeded(false).start().unwrap();
    sandbox.switch(|switches| choose_switches(switches, &mut rng));
    for (operation, per_hour) in quotas(calls as u32) {
        sandbox.set_quota(operation, per_hour).unwrap();
    }
    let chats = (0..CHATS).map(|_| new_chat(&sandbox)).collect();
    let long = calls >= 1_000;
    let soak = Soak {
        sandbox,
        clock: SimulatedClock::movable(),
        chats,
        call_timeout: if long { s(15) } else { ms(2_500) },
        long,
        left: AtomicUsize::new(calls),
        hour: RwLock::new(()),
        hour_is_over: AtomicBool::new(false),
        used_up: AtomicU32::new(0),
        findings: Mutex::default(),
    };
    let clients: Vec<Client> = (0..2).map(|_| soak.client()).collect();
    let done = AtomicBool::new(false);
    let (mut hours, mut faults) = (0, 0);
    std::thread::scope(|scope| {
        let controller = scope.spawn(|| soak.control(rng.fork(), &done));
        let workers: Vec<_> = (0..2 * THREADS_PER_CLIENT)
            .map(|number| {
                let (soak, client) = (&soak, &clients[number % 2]);
                let rng = Rng::with_seed(seed ^ (number as u64 + 1) << 40);
                scope.spawn(move || soak.work(client, number, rng))
            })
            .collect();
        let ends: Vec<_> = workers.into_iter().map(std::thread::ScopedJoinHandle::join).collect();
        done.store(true, Ordering::SeqCst);
        (hours, faults) = controller.join().unwrap();
        ends.into_iter().for_each(|end| end.unwrap());
    });
    // What is still being worked on after its client has left arrives now or never.
    std::thread::sleep(SLOWEST);
    soak.judge(&soak.sandbox.record());

    let findings = soak.findings.into_inner().unwrap();
    let traffic = soak.sandbox.traffic();
    eprintln!(
        "soak: {calls} calls, {} requests, {faults} of them met by a fault, {hours} hours, \
         {} in flight at most, {} refused as too many at once, {} over a quota; longest call \
         {:?} of {:?}; {:?}",
        traffic.requests.len(),
        traffic.max_parallel_seen.values().max().unwrap_or(&0),
        traffic.parallel_refusals,
        traffic.hourly_refusals,
        findings.longest,
        soak.call_timeout,
        started.elapsed(),
    );
    for (what, count) in &findings.outcomes {
        eprintln!("soak: {count:6} {what}");
    }
}

fn choose_switches(switches: &mut Switches, rng: &mut Rng) {
    use ymchat_sandbox::{Bound, Order};
    switches.history_order = if rng.bool() { Order::Ascending } else { Order::Descending };
    switches.message_id_from = if rng.bool() { Bound::Inclusive } else { Bound::Exclusive };
    switches.fractions = rng.bool();
    switches.keep_alive = rng.bool();
    switches.empty_pages = rng.bool();
    switches.auto_reply = rng.bool();
    switches.wrong_weekday = rng.bool();
    switches.gzip = rng.bool();
}

/// Low enough that they are hit: a few times in a long run, once or twice in a short one.
fn quotas(calls: u32) -> [(Operation, u32); 9] {
    let hours = if calls >= 1_000 { 5 } else { 2 };
    let share = |of_hundred: u32| (calls * of_hundred / 70 / hours).max(5);
    [
        (Operation::GetChats, share(22)),
        (Operation::GetChat, share(8)),
        (Operation::GetChatHistory, share(60)),
        (Operation::GetChatMessage, share(6)),
        (Operation::SendMessageToChat, share(24)),
        (Operation::SendFileToChat, share(6)),
        (Operation::CreateChat, share(6)),
        (Operation::GetCampaigns, share(4)),
        (Operation::GetAuthTokenInfo, share(3)),
    ]
}

/// What the service would never do is not done here either:
///
/// - A refusal (4xx, 420 above all) says that nothing was done, and the contract is that sends are
///   repeated after a 420. So there is none after the work of a send.
/// - `{"status": "OK"}` is all that a send is acknowledged with. So no send is answered by that
///   without the work (`noResult`).
fn fault(operation: Operation, rng: &mut Rng, long: bool) -> Fault {
    use FaultKind as K;
    let sends = matches!(operation, Operation::SendMessageToChat | Operation::SendFileToChat);
    let when = if rng.bool() { When::Before } else { When::After };
    let done_send = sends && when == When::After;
    let refusals = [
        K::Error(ErrorKind::BadRequest),
        K::Error(ErrorKind::TokenInvalid),
        K::Error(ErrorKind::NoAccess),
        K::Error(ErrorKind::NotFound),
        K::Error(ErrorKind::ShopLocked),
        K::Error(ErrorKind::ParallelLimit),
        K::Error(ErrorKind::HourlyLimit),
        K::ErrorsNull(400),
        K::Html(403),
        K::EmptyBody(404),
        K::Status(420),
        K::Redirect("https://example.org/".into()),
    ];
    let others = [
        K::Error(ErrorKind::ServerError),
        K::Error(ErrorKind::Overloaded),
        K::Status(502),
        K::Status(504),
        K::Status(408),
        K::Close,
        K::Close,
        K::Close,
        K::TruncatedBody,
        K::TruncatedChunks,
        K::ContentLengthTooLong,
        K::ContentLengthTooShort,
        K::Html(200),
        K::Html(502),
        K::EmptyBody(200),
        K::EmptyBody(500),
        K::ErrorsNull(500),
        K::ErrorWith200,
        K::NoResult,
        K::WrongJsonKind,
        K::EndlessBody,
        K::GzipBomb(1),
    ];
    // A time-out holds one of the four places for as long as the service may be at work, ten
    // seconds: the slow ones are few.
    let slow_in = if long { 60 } else { 150 };
    let kind = if rng.usize(..slow_in) == 0 {
        K::Slow
    } else if !done_send && rng.usize(..6) == 0 {
        match rng.choice(refusals).unwrap() {
            // It is believed, and closes the operation for the rest of the hour: not too often.
            K::Error(ErrorKind::HourlyLimit) if rng.usize(..10) > 0 => K::Status(420),
            kind => kind,
        }
    } else {
        loop {
            let kind = rng.choice(others.clone()).unwrap();
            if !(sends && when == When::Before && kind == K::NoResult) {
                break kind;
            }
        }
    };
    let fault = Fault::new(kind.clone()).on(operation);
    let fault = if when == When::After { fault.after_work() } else { fault };
    if kind == K::Slow {
        let around = ms(rng.u64(850..1_200));
        return if rng.bool() {
            fault.delay_before_work(around)
        } else {
            fault.delay_after_work(around)
        };
    }
    if rng.usize(..8) == 0 { fault.delay_after_work(ms(rng.u64(1..40))) } else { fault }
}

impl Soak {
    fn client(&self) -> Client {
        builder(&self.sandbox)
            .clock(self.clock.clone())
            .attempt_timeout(ms(1_000))
            .call_timeout(self.call_timeout)
            .max_response_bytes(256 * 1024)
            .build()
            .unwrap()
    }

    /// Orders the faults, lets customers write, and advances the hour when quotas are used up.
    fn control(&self, mut rng: Rng, done: &AtomicBool) -> (u32, usize) {
        let operations: Vec<Operation> =
            Operation::all().filter(|operation| operation.name() != "downloadFile").collect();
        let (mut hours, mut ordered) = (0, 0);
        let mut round = 0_u32;
        while !done.load(Ordering::SeqCst) {
            let waiting = self.sandbox.faults();
            for operation in &operations {
                let own: Vec<_> =
                    waiting.iter().filter(|fault| fault.operation == Some(*operation)).collect();
                if own.len() >= 8 {
                    continue;
                }
                // One request in five: eight of nine are even chances around four good ones.
                let mut skip = own.last().map_or(0, |last| last.skip);
                for _ in 0..16 {
                    skip += rng.u32(0..=8);
                    let fault = fault(*operation, &mut rng, self.long).skip(skip);
                    self.sandbox.add_fault(fault).unwrap();
                    ordered += 1;
                }
            }
            if round.is_multiple_of(32) {
                let chat = *rng.choice(&self.chats).unwrap();
                self.sandbox.write_as_customer(chat, rng.choice(TEXTS).unwrap()).unwrap();
            }
            round += 1;
            if self.used_up.load(Ordering::SeqCst) >= 20 {
                // The calls that are under way may wait for places, hence for the clock.
                self.hour_is_over.store(true, Ordering::SeqCst);
                let _nobody_calls = loop {
                    match self.hour.try_write() {
                        Ok(guard) => break guard,
                        Err(TryLockError::WouldBlock) => self.pause(),
                        Err(TryLockError::Poisoned(_)) => panic!("a call has panicked"),
                    }
                };
                std::thread::sleep(SLOWEST);
                self.clock.advance(s(3_601));
                self.sandbox.advance_clock(s(3_601));
                self.used_up.store(0, Ordering::SeqCst);
                self.hour_is_over.store(false, Ordering::SeqCst);
                hours += 1;
            }
            self.pause();
        }
        (hours, ordered - self.sandbox.faults().len())
    }

    /// A lost answer keeps its place for ten seconds, which would make days of a long run. They go by
    /// in steps, each only while the Market has nothing at work: what the answer was about has ended
    /// long before its place is free.
    fn pause(&self) {
        if self.long && self.sandbox.in_flight() == 0 {
            self.sandbox.advance_clock(ms(250));
            self.clock.advance(ms(250));
        }
        std::thread::sleep(ms(3));
    }

    fn work(&self, client: &Client, number: usize, mut rng: Rng) {
        let mut newest: HashMap<i64, i64> = HashMap::new();
        let mut count = 0;
        while self
            .left
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |n| n.checked_sub(1))
            .is_ok()
        {
            while self.hour_is_over.load(Ordering::SeqCst) {
                std::thread::sleep(ms(3));
            }
            let _hour = self.hour.read().unwrap();
            count += 1;
            // Some programs open a client for each call.
            let own = (rng.u32(..4) == 0).then(|| self.client());
            let client = own.as_ref().unwrap_or(client);
            let start = Instant::now();
            let (what, error) = self.call(client, number, count, &mut rng, &mut newest);
            let took = start.elapsed();
            let mut findings = self.findings.lock().unwrap();
            findings.longest = findings.longest.max(took);
            if took > self.call_timeout + s(1) {
                findings.faults_of_promise.push(format!("{what} took {took:?}"));
            }
            if let Some(error) = &error
                && matches!(error.status(), Status::Internal | Status::InvalidArgument)
            {
                findings.faults_of_promise.push(format!("{what}: {error}"));
            }
            let end = match &error {
                None => String::new(),
                Some(error) => match error.outcome() {
                    Some(outcome) => format!(": {} ({outcome:?})", error.status().name()),
                    None => format!(": {}", error.status().name()),
                },
            };
            *findings.outcomes.entry(format!("{what}{end}")).or_default() += 1;
            drop(findings);
            if let Some(error) = error
                && error.status() == Status::RateLimited
                && error.retry_after().is_some_and(|wait| wait > s(60))
            {
                self.used_up.fetch_add(1, Ordering::SeqCst);
            }
        }
    }

    fn call(
        &self,
        client: &Client,
        number: usize,
        count: usize,
        rng: &mut Rng,
        newest: &mut HashMap<i64, i64>,
    ) -> (&'static str, Option<Error>) {
        let chat = *rng.choice(&self.chats).unwrap();
        let size = rng.u32(5..=100);
        let page = HistoryOptions::new().limit(size);
        match rng.u32(..100) {
            roll @ 0..40 => {
                let mut options = SendOptions::new()
                    .return_message_id(rng.u32(..4) == 0)
                    .resend(rng.u32(..8) == 0);
                if rng.bool()
                    && let Some(id) = newest.get(&chat)
                {
                    options = options.after_message_id(*id);
                }
                let (content, result) = match roll {
                    0..14 => {
                        let text = format!("Ответ {number}/{count}");
                        let result = client.send_message_with(chat, &text, &options);
                        (Sent::Text(text), result)
                    }
                    14..32 => {
                        let text = rng.choice(TEXTS).unwrap();
                        let result = client.send_message_with(chat, text, &options);
                        (Sent::Text(text.trim().to_owned()), result)
                    }
                    32..36 => {
                        let (name, size) = rng.choice(FILES).unwrap();
                        let result = client.send_file_with(chat, name, &vec![7; size], &options);
                        (Sent::File(name.to_owned(), size as i64), result)
                    }
                    _ => {
                        let (name, size) = (format!("{number}-{count}.png"), rng.usize(1..70_000));
                        let result = client.send_file_with(chat, &name, &vec![7; size], &options);
                        (Sent::File(name, size as i64), result)
                    }
                };
                self.note(chat, content, &result)
            }
            40..48 => {
                let order = rng.i64(1..=ORDERS);
                let result = client.create_chat(ChatContextRef::Order(order));
                if let Ok(created) = &result {
                    let mut findings = self.findings.lock().unwrap();
                    findings.created.entry(order).or_default().insert(created.chat_id);
                }
                ("create_chat", result.err())
            }
            48..56 => ("get_chat", client.get_chat(chat).err()),
            56..64 => ("get_chats", client.get_chats(&ChatsOptions::new()).err()),
            64..74 => ("get_chat_history", client.get_chat_history(chat, &page).err()),
            74..82 => {
                let after = newest.get(&chat).copied().unwrap_or(0);
                let result =
                    client.get_messages_since(chat, after, &MessagesOptions::new().limit(size));
                if let Some(last) = result.as_ref().ok().and_then(|messages| messages.last()) {
                    assert!(last.message_id > after);
                    newest.insert(chat, last.message_id);
                }
                ("get_messages_since", result.err())
            }
            82..88 => {
                let id = newest.get(&chat).copied().unwrap_or(1);
                ("get_chat_message", client.get_chat_message(chat, id).err())
            }
            88..94 => ("get_all_chats", client.get_all_chats(&ChatsOptions::new()).err()),
            94..98 => ("get_campaigns", client.get_campaigns(&Default::default()).err()),
            _ => ("get_token_info", client.get_token_info().err()),
        }
    }

    fn note(
        &self,
        chat: i64,
        content: Sent,
        result: &Result<SendResult, Error>,
    ) -> (&'static str, Option<Error>) {
        let mut findings = self.findings.lock().unwrap();
        let entry = findings.sends.entry((chat, content)).or_default();
        match result {
            Ok(result) => {
                entry.arrived += 1;
                entry.ids.extend(result.message_id);
                let sent = result.outcome == SendOutcome::Sent;
                (if sent { "send: sent" } else { "send: confirmed" }, None)
            }
            Err(error) => {
                match error.outcome().expect("a send's error says what became of it") {
                    DeliveryStatus::NotSent => entry.not_sent += 1,
                    _ => entry.unknown += 1,
                }
                ("send", Some(error.clone()))
            }
        }
    }

    /// Compares what was reported with what the sandbox holds.
    fn judge(&self, record: &Record) {
        let findings = self.findings.lock().unwrap();
        let mut wrong = findings.faults_of_promise.clone();
        let mut there: HashMap<(i64, Sent), Vec<i64>> = HashMap::new();
        for chat in &record.chats {
            for message in chat.messages.iter().filter(|message| message.request.is_some()) {
                let (text, files) = (&message.message.message, &message.message.payload);
                let content = match (text, &files[..]) {
                    (Some(text), _) => Sent::Text(text.trim().to_owned()),
                    (None, [file]) => Sent::File(file.name.clone(), file.size.unwrap()),
                    _ => panic!("{message:?}"),
                };
                let id = message.message.message_id;
                there.entry((chat.chat.chat_id, content)).or_default().push(id);
            }
        }
        for (key, reported) in &findings.sends {
            let ids = there.remove(key).unwrap_or_default();
            if ids.len() < reported.arrived {
                wrong.push(format!("lost: {key:?} {reported:?}, there: {ids:?}"));
            }
            if ids.len() > reported.arrived + reported.unknown {
                wrong.push(format!("too often: {key:?} {reported:?}, there: {ids:?}"));
            }
            let distinct: HashSet<_> = reported.ids.iter().collect();
            if distinct.len() < reported.ids.len() || !distinct.iter().all(|id| ids.contains(id)) {
                wrong.push(format!("wrong ids: {key:?} {reported:?}, there: {ids:?}"));
            }
        }
        wrong.extend(there.iter().map(|(key, ids)| format!("never sent: {key:?} {ids:?}")));
        for (order, ids) in &findings.created {
            let of_order: Vec<i64> = record
                .chats
                .iter()
                .filter(|chat| {
                    let context = chat.chat.context.as_ref();
                    context.is_some_and(|context| context.order_id == Some(*order))
                })
                .map(|chat| chat.chat.chat_id)
                .collect();
            if of_order.len() != 1 || ids.len() != 1 || !ids.contains(&of_order[0]) {
                wrong.push(format!("order {order}: told {ids:?}, there {of_order:?}"));
            }
        }
        let traffic = &record.traffic;
        if let Some(most) = traffic.max_parallel_seen.values().find(|most| **most > 4) {
            let request = traffic.requests.iter().find(|request| request.in_flight > 4).unwrap();
            let around = request.number as usize;
            let shown = &traffic.requests[around.saturating_sub(8)..around];
            wrong.push(format!("{most} requests at once: {shown:#?}"));
        }
        if traffic.hourly_refusals > 0 {
            wrong.push(format!("{} requests beyond a quota", traffic.hourly_refusals));
        }
        assert!(wrong.is_empty(), "{}\n{} in all", wrong.join("\n"), wrong.len());
    }
}
