//! A Market of one chat with ways of its own: its dates lag, it changes what it is sent, it works
//! on after it has answered. All of it by a clock that is moved by whoever waits.

use std::collections::VecDeque;
use std::net::TcpStream;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use fastrand::Rng;
use serde_json::{Value, json};
use ymchat::internal::Clock;
use ymchat::internal::TestSettings;
use ymchat::{Client, ClientBuilder};

use crate::support::{
    Builder, Server, SimulatedClock, answer, http_date, iso, ms, read_request, serve,
};

pub const CHAT: i64 = 7;

/// When the work of a send is done; the answer does not wait for it.
#[derive(Debug, Clone, Copy)]
pub enum Work {
    Never,
    Now,
    After(Duration),
}

/// What the sender hears.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Heard {
    Nothing,
    Answer(&'static str, &'static str),
}

pub const OK: Heard = Heard::Answer("200 OK", r#"{"status":"OK"}"#);

pub type Change = fn(&str) -> String;
pub type Resize = fn(u64) -> u64;

#[derive(Debug, Clone)]
pub struct Ways {
    pub descending: bool,
    pub exclusive: bool,
    /// How far the dates of messages are behind the `Date` header.
    pub lag: Duration,
    /// Dates have whole seconds, written so.
    pub seconds: Option<&'static str>,
    /// What becomes of a text, or of a file's name.
    pub change: Change,
    /// What becomes of a file's size.
    pub resize: Resize,
    /// Of a hundred requests, so many meet a fault, and the seed of the chances.
    pub faults: (u32, u64),
    /// Members that a later version of the service adds to each message.
    pub extra: Value,
}

impl Default for Ways {
    fn default() -> Self {
        Ways {
            descending: false,
            exclusive: false,
            lag: Duration::ZERO,
            seconds: None,
            change: str::to_owned,
            resize: |size| size,
            faults: (0, 0),
            extra: json!({}),
        }
    }
}

#[derive(Debug)]
struct Stored {
    /// From when on the history shows it.
    from: Duration,
    id: i64,
    json: Value,
}

#[derive(Debug, Default)]
struct State {
    messages: Vec<Stored>,
    script: VecDeque<(Work, Heard)>,
    sends: usize,
    last_id: i64,
    chances: Option<Rng>,
    faults: usize,
    requests: usize,
}

const ERROR: &str = r#"{"status":"ERROR","errors":[{"code":"SOME","message":"words"}]}"#;
const PARALLEL: &str = r#"{"status":"ERROR","errors":[{"code":"METHOD_FAILURE",
    "message":"Hit rate limit of 4 parallel requests"}]}"#;
const UNSURE: [Heard; 8] = [
    Heard::Nothing,
    Heard::Nothing,
    Heard::Answer("500 Oops", ERROR),
    Heard::Answer("502 Bad", "<html></html>"),
    Heard::Answer("503 Busy", ERROR),
    Heard::Answer("408 Slow", ERROR),
    Heard::Answer("200 OK", ERROR),
    Heard::Answer("200 OK", "{"),
];

#[derive(Debug)]
pub struct Market {
    pub clock: Arc<SimulatedClock>,
    ways: Ways,
    state: Mutex<State>,
}

/// One request and its answer, before they travel.
pub struct Exchange {
    pub request: Vec<u8>,
    work: Option<(Work, Value)>,
    pub heard: Heard,
    pub body: String,
}

impl Market {
    pub fn new(ways: Ways) -> Arc<Market> {
        let chances = (ways.faults.0 > 0).then(|| Rng::with_seed(ways.faults.1));
        let state = State { chances, ..State::default() };
        let market = Market { clock: SimulatedClock::new(), ways, state: state.into() };
        market.write("CUSTOMER", json!({"message": "Здравствуйте!"}), Duration::ZERO);
        Arc::new(market)
    }

    /// An entrance to the Market: for the library another service, as for another process.
    pub fn open(self: &Arc<Self>) -> Server {
        let market = Arc::clone(self);
        serve(move |mut stream, _| {
            if let Some(exchange) = market.read(&mut stream) {
                market.work(&exchange);
                market.tell(&mut stream, &exchange);
            }
        })
    }

    pub fn builder(&self, server: &Server) -> ClientBuilder {
        server.builder().clock(self.clock.clone()).attempt_timeout(ms(20_000))
    }

    pub fn client(&self, server: &Server) -> Client {
        self.builder(server).build().unwrap()
    }

    /// What becomes of the next sends; afterwards all are done and answered.
    pub fn script(&self, steps: impl IntoIterator<Item = (Work, Heard)>) {
        self.state.lock().unwrap().script.extend(steps);
    }

    pub fn write(&self, sender: &str, content: Value, after: Duration) -> i64 {
        let mut state = self.state.lock().unwrap();
        state.last_id += 3;
        let id = state.last_id;
        let at = self.clock.wall() + after - self.ways.lag;
        let created = match self.ways.seconds {
            None => iso(&at),
            Some(ending) => iso(&at)[..19].to_owned() + ending,
        };
        let mut json = json!({"createdAt": created, "sender": sender, "messageId": id});
        let members = json.as_object_mut().unwrap();
        members.extend(content.as_object().unwrap().clone());
        members.extend(self.ways.extra.as_object().unwrap().clone());
        state.messages.push(Stored { from: self.clock.now() + after, id, json });
        id
    }

    /// The messages of the shop that are there, or will be.
    pub fn of_shop(&self) -> Vec<Value> {
        let state = self.state.lock().unwrap();
        let messages = state.messages.iter().map(|message| message.json.clone());
        messages.filter(|message| message["sender"] == "PARTNER").collect()
    }

    /// How many requests to send have arrived.
    pub fn sends(&self) -> usize {
        self.state.lock().unwrap().sends
    }

    pub fn read(&self, stream: &mut TcpStream) -> Option<Exchange> {
        let request = read_request(stream).ok()?;
        let head = String::from_utf8_lossy(&request).lines().next().unwrap_or_default().to_owned();
        let at = request.windows(4).position(|four| four == b"\r\n\r\n")? + 4;
        let body: Value = serde_json::from_slice(&request[at..]).unwrap_or_default();
        let ok = |result: Value| json!({"status": "OK", "result": result}).to_string();
        let number = |name: &str| -> i64 {
            let (_, rest) = head.split_once(name).unwrap_or_default();
            rest.split(['&', ' ']).next().unwrap_or_default().parse().unwrap_or(0)
        };
        if head.contains("/history") {
            let from = body["messageIdFrom"].as_i64().unwrap_or(0);
            let body = ok(json!({"messages": self.history(from), "paging": {}}));
            let heard = self.chance(UNSURE).unwrap_or(OK);
            let body = if heard == OK { body } else { ERROR.to_owned() };
            return Some(Exchange { request, work: None, heard, body });
        }
        if head.starts_with("GET") {
            let id = number("messageId=");
            let found = self.history(0).into_iter().find(|message| message["messageId"] == id);
            let (heard, body) = match found {
                Some(message) => (OK, ok(message)),
                None => (
                    Heard::Answer("404 Not Found", ""),
                    r#"{"status":"ERROR","errors":[{"code":"NOT_FOUND"}]}"#.to_owned(),
                ),
            };
            return Some(Exchange { request, work: None, heard, body });
        }
        let content = if head.contains("/file/") {
            let text = String::from_utf8_lossy(&request[at..]);
            let name = text.split("filename=\"").nth(1)?.split('"').next()?.to_owned();
            let part = text.split("\r\n\r\n").nth(1)?.split("\r\n--").next()?.len() as u64;
            let (name, size) = ((self.ways.change)(&name), (self.ways.resize)(part));
            json!({"payload": [{"name": name, "url": "https://x/1", "size": size}]})
        } else {
            json!({"message": (self.ways.change)(body["message"].as_str()?)})
        };
        let mut state = self.state.lock().unwrap();
        state.sends += 1;
        drop(state);
        let refusal = [Heard::Answer("420 Enhance Your Calm", PARALLEL)];
        let met = if self.chance([Heard::Nothing; 1]).is_none() {
            None
        } else {
            let mut state = self.state.lock().unwrap();
            let rng = state.chances.as_mut().unwrap();
            Some(match rng.u32(..10) {
                0 => (Work::Never, refusal[0]),
                1..5 => (Work::Never, rng.choice(UNSURE).unwrap()),
                5..8 => (Work::Now, rng.choice(UNSURE).unwrap()),
                // Within the ten seconds that a request has.
                _ => (Work::After(ms(rng.u64(500..9_900))), rng.choice(UNSURE).unwrap()),
            })
        };
        let mut state = self.state.lock().unwrap();
        state.script.extend(met);
        let (work, heard) = state.script.pop_front().unwrap_or((Work::Now, OK));
        let body = match heard {
            Heard::Answer(_, body) => body.to_owned(),
            Heard::Nothing => String::new(),
        };
        Some(Exchange { request, work: Some((work, content)), heard, body })
    }

    /// A fault, where chance wants one.
    fn chance<const N: usize>(&self, of: [Heard; N]) -> Option<Heard> {
        let mut state = self.state.lock().unwrap();
        state.requests += 1;
        let in_hundred = self.ways.faults.0;
        let rng = state.chances.as_mut()?;
        let met = (rng.u32(..100) < in_hundred).then(|| rng.choice(of).unwrap());
        state.faults += usize::from(met.is_some());
        met
    }

    /// Requests, and how many of them met a fault by chance.
    pub fn traffic(&self) -> (usize, usize) {
        let state = self.state.lock().unwrap();
        (state.requests, state.faults)
    }

    fn history(&self, from: i64) -> Vec<Value> {
        let now = self.clock.now();
        let state = self.state.lock().unwrap();
        let first = if self.ways.exclusive { from + 1 } else { from };
        let shown = state.messages.iter().filter(|message| message.from <= now);
        let shown = shown.filter(|message| message.id >= first);
        let mut shown: Vec<Value> = shown.map(|message| message.json.clone()).collect();
        if self.ways.descending {
            shown.reverse();
        }
        shown
    }

    pub fn work(&self, exchange: &Exchange) {
        self.work_later(exchange, Duration::ZERO);
    }

    /// The same, begun so late.
    pub fn work_later(&self, exchange: &Exchange, late: Duration) {
        if let Some((work, content)) = &exchange.work {
            let after = match work {
                Work::Never => return,
                Work::Now => Duration::ZERO,
                Work::After(after) => *after,
            };
            self.write("PARTNER", content.clone(), late + after);
        }
    }

    pub fn tell(&self, stream: &mut TcpStream, exchange: &Exchange) {
        if let Heard::Answer(status, _) = exchange.heard {
            let _ = answer(stream, status, &http_date(&self.clock.wall()), &exchange.body);
        }
    }
}
