//! Sending: one request for each attempt, each on a connection of its own.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http_body_util::{BodyExt, Full};
use hyper::Request;
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpStream;

use super::delivery_queue::{Delivery, Step};
use super::record::NotificationAttempt;
use crate::clock;
use crate::state::Shared;

/// How much of an answer is kept.
const KEPT_BODY: usize = 4096;

/// How much of an answer is read; a longer one is not a reply.
const MAX_REPLY: usize = 64 * 1024;

/// Sends what is due, for ever.
pub(in super::super) async fn run(shared: Arc<Shared>) {
    loop {
        let (step, pause) = {
            let mut state = shared.lock();
            let now = state.clock.now();
            let step = state.notifications.next_step(now);
            // A clock that stands still is moved by somebody, who wakes this task.
            let pause = match &step {
                Step::WaitUntil(due) if !state.clock.is_frozen() => Some(due.duration_since(now)),
                _ => None,
            };
            (step, pause.and_then(|pause| Duration::try_from(pause).ok()))
        };
        match step {
            Step::Send(delivery) => drop(tokio::spawn(send(Arc::clone(&shared), *delivery))),
            Step::WaitUntil(_) | Step::Wait => match pause {
                Some(pause) => tokio::select! {
                    () = shared.woken() => {}
                    () = tokio::time::sleep(pause) => {}
                },
                None => shared.woken().await,
            },
        }
    }
}

async fn send(shared: Arc<Shared>, delivery: Delivery) {
    let answered = tokio::time::timeout(delivery.timeout, exchange(&delivery)).await;
    let (http_status, body, problem) = match answered {
        Ok(Ok((status, body))) => {
            let problem = problem_of(status, &body);
            let kept = &body[..body.len().min(KEPT_BODY)];
            (Some(status), Some(shared.redact(&String::from_utf8_lossy(kept))), problem)
        }
        Ok(Err(error)) => (None, None, Some(format!("no answer: {error}"))),
        Err(_) => {
            let waited = delivery.timeout.as_millis();
            (None, None, Some(format!("no answer within {waited} ms")))
        }
    };
    let mut state = shared.lock();
    let minutes = state.switches.utc_offset_minutes;
    let at = clock::iso(delivery.at, minutes, true);
    let attempt = NotificationAttempt { at, http_status, body, problem };
    state.notifications.attempted(delivery.number, delivery.at, attempt);
    drop(state);
    shared.notify();
}

async fn exchange(delivery: &Delivery) -> Result<(u16, Bytes), Box<dyn Error + Send + Sync>> {
    let stream = TcpStream::connect(delivery.target.address).await?;
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
    let request = Request::post(&delivery.target.path)
        .header("host", &delivery.target.host)
        .header("content-type", "application/json")
        .header("accept", "application/json")
        .header("connection", "close")
        .body(Full::new(Bytes::from(delivery.body.clone())))?;
    let answer = async {
        let response = sender.send_request(request).await?;
        let status = response.status().as_u16();
        let mut body = response.into_body();
        let mut bytes = BytesMut::new();
        while let Some(frame) = body.frame().await {
            if let Ok(data) = frame?.into_data() {
                bytes.extend_from_slice(&data);
            }
            if bytes.len() > MAX_REPLY {
                return Err(format!("the reply is longer than {MAX_REPLY} bytes").into());
            }
        }
        Ok((status, bytes.freeze()))
    };
    tokio::pin!(answer);
    tokio::select! {
        answered = &mut answer => answered,
        // The connection ends before its answer was read only where something is wrong.
        ended = connection => match ended {
            Ok(()) => answer.await,
            Err(error) => Err(error.into()),
        },
    }
}

/// What the documentation demands of the reply to an accepted notification.
fn problem_of(status: u16, body: &[u8]) -> Option<String> {
    if status != 200 {
        return Some(format!("answered with {status} in place of 200"));
    }
    let Ok(Value::Object(reply)) = serde_json::from_slice(body) else {
        return Some("the reply is no JSON object".to_owned());
    };
    for member in ["name", "version"] {
        let text = reply.get(member).and_then(Value::as_str);
        if text.is_none_or(|text| !(1..=100).contains(&text.chars().count())) {
            return Some(format!("the reply needs {member:?}, a text of 1 to 100 characters"));
        }
    }
    let time = reply.get("time").and_then(Value::as_str);
    let is_time = time.is_some_and(|time| time.parse::<jiff::Timestamp>().is_ok());
    (!is_time).then(|| "the reply needs \"time\", a date of ISO 8601 in UTC".to_owned())
}
