//! What the sandbox saw and did.

use std::collections::BTreeMap;

use serde::Serialize;

use super::access::KeyUse;
use super::faults::Fault;
use super::operation::Operation;
use ymchat::{Chat, ChatMessage};

/// Headers that are worth keeping. A list of what is kept, not of what is hidden: a credential in
/// a header that nobody thought of is not recorded either.
pub(super) const KEPT_HEADERS: [&str; 10] = [
    "accept",
    "accept-encoding",
    "connection",
    "content-length",
    "content-type",
    "expect",
    "host",
    "transfer-encoding",
    "user-agent",
    "x-market-integration",
];

/// How many requests are kept, and how much of their bodies: a sandbox that runs for days keeps to
/// a bounded memory.
const MAX_REQUESTS: usize = 100_000;
const MAX_BODIES: usize = 256 << 20;

/// One request, as it came and as it was answered.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct RequestRecord {
    /// Its place in the order of arrival, from 1. Goes on through a reset.
    pub number: u64,
    /// When it had arrived with its whole body, by the sandbox's clock, in ISO 8601.
    pub at: String,
    /// The operation; `None` where method or path are none of the API's.
    pub operation: Option<Operation>,
    /// The HTTP method.
    pub method: String,
    /// Path and query as they came.
    pub path: String,
    /// Selected headers; never a credential.
    pub headers: BTreeMap<String, String>,
    /// What the authorization was.
    pub key: KeyUse,
    /// The body where it is text and no upload.
    pub body: Option<String>,
    /// The body's size in bytes.
    pub body_size: usize,
    /// The trace id in `traceparent`, where there is a well-formed one.
    pub trace_id: Option<String>,
    /// Requests of the same business in flight when this one had arrived, itself included;
    /// 0 for paths outside `/v2/businesses/`.
    pub in_flight: u32,
    /// The fault that was made, if any.
    pub fault: Option<Fault>,
    /// Whether the request was handled, that is, done or refused: true also where the answer
    /// never left, false where a fault came before the work.
    pub handled: bool,
    /// The status that was sent; `None` while there is none, where the connection was closed
    /// without an answer, and where the client left before it.
    pub status: Option<u16>,
    /// Whether the usual answer was handed over, whole and unharmed, with status 200.
    pub acknowledged: bool,
    /// Whether the client closed the connection before the answer was handed over.
    pub client_left: bool,
    /// The chat that a createChat created; `None` where it was there already.
    pub created_chat: Option<i64>,
    /// The message that a send wrote.
    pub wrote_message: Option<i64>,
    /// Whether its time is over: answered, closed, or left by the client.
    #[serde(skip)]
    pub(super) ended: bool,
    /// The messages that its answer shows, after their chat's id.
    #[serde(skip)]
    pub(super) shown: Option<(i64, Vec<i64>)>,
}

impl RequestRecord {
    fn kept_bytes(&self) -> usize {
        self.body.as_ref().map_or(0, String::len)
    }
}

/// The requests and the limits that they met.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Traffic {
    /// The requests outside the admin API, in the order of arrival: the newest 100,000, or fewer
    /// where their bodies take more than 256 MiB.
    pub requests: Vec<RequestRecord>,
    /// How many older ones were forgotten since the record began.
    pub forgotten: u64,
    /// The bodies of those that are kept, in bytes.
    #[serde(skip)]
    pub(super) body_bytes: usize,
    /// The most requests that were in flight at once, by business: from the arrival of the whole
    /// request until its answer was about to be handed over, or its connection dropped.
    pub max_parallel_seen: BTreeMap<i64, u32>,
    /// Answers 420 for too many parallel requests; faults are not counted.
    pub parallel_refusals: u64,
    /// Answers 420 for a used up quota; faults are not counted.
    pub hourly_refusals: u64,
}

impl Traffic {
    pub(super) fn add(&mut self, request: RequestRecord) {
        self.body_bytes += request.kept_bytes();
        self.requests.push(request);
        if self.requests.len() > MAX_REQUESTS || self.body_bytes > MAX_BODIES {
            // Many at a time, so that it costs next to nothing for each.
            let mut older = 0;
            let mut left = self.body_bytes;
            while older + 1 < self.requests.len()
                && (self.requests.len() - older > MAX_REQUESTS / 10 * 9
                    || left > MAX_BODIES / 10 * 9)
            {
                left -= self.requests[older].kept_bytes();
                older += 1;
            }
            self.requests.drain(..older);
            self.body_bytes = left;
            self.forgotten += older as u64;
        }
    }

    pub(super) fn find(&mut self, number: u64) -> Option<&mut RequestRecord> {
        let first = self.requests.first()?.number;
        self.requests.get_mut(usize::try_from(number.checked_sub(first)?).ok()?)
    }

    /// The requests of one operation.
    pub fn of(&self, operation: Operation) -> impl Iterator<Item = &RequestRecord> {
        self.requests.iter().filter(move |request| request.operation == Some(operation))
    }
}

/// One message and how it came to be.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct MessageRecord {
    /// The message.
    pub message: ChatMessage,
    /// The number of the request that wrote it; `None` for seeds, customers and the admin API.
    pub request: Option<u64>,
    /// Whether that request's usual answer was handed over, whole and unharmed.
    pub acknowledged: bool,
    /// The number of the first request whose answer with this message was handed over, whole and
    /// unharmed; `None` while the shop's program has not read it.
    pub read_by: Option<u64>,
}

/// One chat with all its messages.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ChatRecord {
    /// The chat.
    pub chat: Chat,
    /// The number of the request that created it; `None` for seeds, customers and the admin API.
    pub request: Option<u64>,
    /// Its messages, oldest first.
    pub messages: Vec<MessageRecord>,
}

/// Everything that the sandbox saw and holds.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Record {
    /// The requests.
    #[serde(flatten)]
    pub traffic: Traffic,
    /// The chats, by id.
    pub chats: Vec<ChatRecord>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(number: u64, body: usize) -> RequestRecord {
        RequestRecord {
            number,
            at: String::new(),
            operation: None,
            method: String::new(),
            path: String::new(),
            headers: BTreeMap::new(),
            key: KeyUse {
                valid: true,
                key: None,
                api_key_header: true,
                authorization_header: false,
            },
            body: Some("x".repeat(body)),
            body_size: body,
            trace_id: None,
            in_flight: 0,
            fault: None,
            handled: false,
            status: None,
            acknowledged: false,
            client_left: false,
            created_chat: None,
            wrote_message: None,
            ended: false,
            shown: None,
        }
    }

    #[test]
    fn the_newest_requests_are_kept_and_the_others_counted() {
        let mut traffic = Traffic::default();
        for number in 1..=250_000 {
            traffic.add(request(number, 0));
            assert!(traffic.requests.len() <= MAX_REQUESTS);
            assert_eq!(traffic.requests.len() as u64 + traffic.forgotten, number);
        }
        assert!(traffic.requests.len() > MAX_REQUESTS / 2);
        assert_eq!(traffic.find(250_000).map(|request| request.number), Some(250_000));
        assert!(traffic.find(1).is_none());
    }

    #[test]
    fn great_bodies_are_forgotten_sooner() {
        let mut traffic = Traffic::default();
        for number in 1..=700 {
            traffic.add(request(number, 1 << 20));
            let kept: usize = traffic.requests.iter().map(RequestRecord::kept_bytes).sum();
            assert!(kept <= MAX_BODIES && kept == traffic.body_bytes);
        }
        assert!(traffic.requests.len() > 100 && traffic.find(700).is_some());
    }
}
