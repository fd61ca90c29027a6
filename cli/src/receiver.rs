//! A small web server for the Market's notifications. The Market waits ten seconds for an answer, and
//! one for that to a PING.

use std::io::{self, Write, stdout};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::mpsc;
use std::time::Duration;

use http::{Method, Request, Response, StatusCode, header};
use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, Semaphore, oneshot};
use tokio::time::timeout;
use ymchat::{
    Language, MAX_NOTIFICATION_BYTES, NotificationEvent, NotificationOptions, parse_notification,
};

use crate::failure::{Failure, INTERRUPTED};
use crate::notice::note;
use crate::output::in_one_line;
use crate::program::Program;
use crate::sentences::{failures, notes, reason};

/// The time to read and answer one request. The Market waits longer.
const REQUEST_TIME: Duration = Duration::from_secs(4);
/// The time in which the reader of stdout must take a line.
const OUTPUT_TIME: Duration = Duration::from_secs(4);
/// The time for answers that are under way when the program ends.
const FAREWELL: Duration = Duration::from_secs(2);
/// How much is read of a body that is refused for its length.
const DRAINED_BYTES: usize = 1024 * 1024;
/// How many connections are served at a time; others wait.
const CONNECTIONS: usize = 64;
/// How many lines may wait for the reader of stdout.
const LINES: usize = 256;

/// Whose address counts as the sender of a notification.
#[derive(Debug, Clone)]
pub enum Sender {
    /// Nobody's: the proxy lets only the Market through.
    Anybody,
    /// That of the peer of the connection.
    Peer,
    /// The address in this header, which the proxy sets.
    Header(String),
}

/// A line for stdout, and where to say whether it was written.
type Line = (Vec<u8>, oneshot::Sender<io::Result<()>>);

#[derive(Debug)]
struct Receiver {
    sender: Sender,
    reply: NotificationOptions,
    lines: mpsc::SyncSender<Line>,
    output_gone: Notify,
    language: Language,
}

/// Serves until Ctrl-C, or until nobody reads stdout any more.
pub fn serve(
    program: &Program,
    place: SocketAddr,
    sender: Sender,
    reply: NotificationOptions,
) -> Result<(), Failure> {
    // Wrong options are found before the first notification comes.
    parse_notification(b"{}", &reply.clone().remote_address("127.0.0.1"))?;
    let (lines, written) = mpsc::sync_channel(LINES);
    std::thread::spawn(move || write_lines(&written));
    let (output_gone, language) = (Notify::new(), program.language);
    let receiver = Arc::new(Receiver { sender, reply, lines, output_gone, language });
    let ended = Arc::new(Notify::new());
    let their_end = Arc::clone(&ended);
    program.interrupt.stops(move || their_end.notify_one());
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::Local(failures::receiver_not_started(&reason(&error))))?;
    runtime.block_on(async {
        let listener = TcpListener::bind(place)
            .await
            .map_err(|error| Failure::Local(failures::not_listening(&place, &reason(&error))))?;
        let address = listener.local_addr().map_err(Failure::output)?;
        program.note(&notes::listening(&address));
        let places = Arc::new(Semaphore::new(CONNECTIONS));
        let result = tokio::select! {
            () = ended.notified() => Err(Failure::Said(INTERRUPTED)),
            () = receiver.output_gone.notified() => Err(Failure::OutputGone),
            () = accept(&listener, &receiver, &places) => Ok(()),
        };
        drop(listener);
        let all = u32::try_from(CONNECTIONS).unwrap_or(u32::MAX);
        // The service sends a notification again that was not answered by then.
        let _ = timeout(FAREWELL, places.acquire_many(all)).await;
        result
    })
}

/// Writes each line at once: whoever reads it may answer before the next one comes.
fn write_lines(lines: &mpsc::Receiver<Line>) {
    while let Ok((line, tell)) = lines.recv() {
        let mut stdout = stdout().lock();
        let result = stdout.write_all(&line).and_then(|()| stdout.flush());
        // Who asked may have given up.
        let _ = tell.send(result);
    }
}

async fn accept(listener: &TcpListener, receiver: &Arc<Receiver>, places: &Arc<Semaphore>) {
    loop {
        let Ok(place) = Arc::clone(places).acquire_owned().await else { return };
        let Ok((stream, peer)) = listener.accept().await else {
            // Too many open files, for instance: others end meanwhile.
            tokio::time::sleep(Duration::from_millis(100)).await;
            continue;
        };
        let receiver = Arc::clone(receiver);
        tokio::spawn(async move {
            converse(stream, peer, receiver).await;
            drop(place);
        });
    }
}

/// One request: the Market's are rare.
async fn converse(stream: TcpStream, peer: SocketAddr, receiver: Arc<Receiver>) {
    let service = service_fn(move |request| {
        let receiver = Arc::clone(&receiver);
        async move { Ok::<_, std::convert::Infallible>(receiver.answer(request, peer).await) }
    });
    let mut server = hyper::server::conn::http1::Builder::new();
    server.keep_alive(false).timer(TokioTimer::new()).header_read_timeout(REQUEST_TIME);
    // A caller who leaves is no trouble of ours.
    let _ = server.serve_connection(TokioIo::new(stream), service).await;
}

impl Receiver {
    async fn answer(&self, request: Request<Incoming>, peer: SocketAddr) -> Response<Full<Bytes>> {
        if request.method() != Method::POST {
            return refusal(StatusCode::METHOD_NOT_ALLOWED, "notifications are posted");
        }
        let mut options = self.reply.clone();
        match &self.sender {
            Sender::Anybody => {}
            Sender::Peer => options = options.remote_address(peer.ip().to_string()),
            Sender::Header(name) => {
                let address = request.headers().get(name).and_then(|value| value.to_str().ok());
                options = options.remote_address(address.unwrap_or_default());
            }
        }
        let Ok(Some(body)) = timeout(REQUEST_TIME, read_body(request)).await else {
            return refusal(StatusCode::REQUEST_TIMEOUT, "the request did not come whole");
        };
        let parsed = match parse_notification(&body, &options) {
            Ok(parsed) => parsed,
            Err(error) => return refusal(StatusCode::INTERNAL_SERVER_ERROR, &error.to_string()),
        };
        let is_ping = |event: &NotificationEvent| matches!(event, NotificationEvent::Ping { .. });
        match &parsed.notification {
            None => note(&notes::refused(parsed.reply.http_status, &peer.ip()), self.language),
            Some(notification) if is_ping(&notification.event) => {}
            Some(_) => {
                if let Err(why) = self.print(&parsed.to_json()).await {
                    return refusal(StatusCode::INTERNAL_SERVER_ERROR, why);
                }
            }
        }
        let status = StatusCode::from_u16(parsed.reply.http_status).unwrap_or(StatusCode::OK);
        response(status, parsed.reply.body)
    }

    /// Has a document written, and waits until it is.
    async fn print(&self, document: &str) -> Result<(), &'static str> {
        let mut line = in_one_line(document.as_bytes());
        line.push(b'\n');
        let (tell, told) = oneshot::channel();
        self.lines.try_send((line, tell)).map_err(|_| "too many notifications wait")?;
        match timeout(OUTPUT_TIME, told).await {
            Ok(Ok(Ok(()))) => Ok(()),
            Ok(_) => {
                self.output_gone.notify_one();
                Err("the notification cannot be stored")
            }
            Err(_) => Err("the notification is not stored yet"),
        }
    }
}

/// A body that is too long is cut after one byte more than is allowed, and refused. The rest is read
/// as well, up to a bound: a client that is still sending when the connection ends does not see the
/// answer. `None` if the caller has gone.
async fn read_body(request: Request<Incoming>) -> Option<Vec<u8>> {
    let mut body = request.into_body();
    let (mut bytes, mut read) = (Vec::new(), 0);
    while read <= DRAINED_BYTES {
        match body.frame().await {
            None => break,
            Some(Err(_)) => return None,
            Some(Ok(frame)) => {
                let Some(data) = frame.data_ref() else { continue };
                read += data.len();
                let room = (MAX_NOTIFICATION_BYTES + 1).saturating_sub(bytes.len());
                bytes.extend_from_slice(&data[..data.len().min(room)]);
            }
        }
    }
    Some(bytes)
}

fn refusal(status: StatusCode, why: &str) -> Response<Full<Bytes>> {
    let body = serde_json::json!({"error": {"type": "UNKNOWN", "message": why}});
    response(status, body.to_string())
}

fn response(status: StatusCode, body: String) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from(body)));
    *response.status_mut() = status;
    let json = header::HeaderValue::from_static("application/json");
    response.headers_mut().insert(header::CONTENT_TYPE, json);
    response
}
