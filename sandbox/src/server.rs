//! Connections, requests and answers; hyper speaks HTTP.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http_body_util::{BodyExt, Either, Full};
use hyper::body::{Body, Incoming};
use hyper::ext::ReasonPhrase;
use hyper::header::{HeaderName, HeaderValue};
use hyper::http::request::Parts;
use hyper::{Response, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;

use super::answer::{Answer, reason};
use super::clock;
use super::handle;
use super::multipart;
use super::operation::{Operation, Route};
use super::own_routes::{self, Reply};
use super::page::{self, Events};
use super::request::Request;
use super::socket::Socket;
use super::spoil::{Delivery, Raw, spoil};
use super::state::{Admission, End, Shared};

/// "A request body is at most 512 KB."
const MAX_BODY: usize = 512 * 1024;
/// The file, and the multipart lines around it.
const MAX_UPLOAD: usize = multipart::MAX_FILE + 64 * 1024;
/// A message with files of several MiB, as the admin API takes it.
const MAX_ADMIN: usize = 16 * 1024 * 1024;
/// What is still read of a body that is too large: who closes on a client that is writing makes
/// it see a reset in place of the answer.
const MAX_DISCARDED: usize = 256 * 1024 * 1024;

/// Accepts connections for ever.
pub(super) async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => drop(tokio::spawn(serve_connection(stream, Arc::clone(&shared)))),
            // Out of file descriptors, for instance: the next attempt may find one.
            Err(_) => tokio::time::sleep(Duration::from_millis(5)).await,
        }
    }
}

async fn serve_connection(stream: TcpStream, shared: Arc<Shared>) {
    let _ = stream.set_nodelay(true);
    let socket = Socket::new(stream);
    let service =
        hyper::service::service_fn(|request| serve(Arc::clone(&shared), socket.clone(), request));
    // It fails where a fault closes the connection, or the client does.
    let _ = hyper::server::conn::http1::Builder::new()
        .serve_connection(TokioIo::new(socket.clone()), service)
        .await;
}

/// A whole answer, or one that goes on.
type Outgoing = Either<Full<Bytes>, Events>;

/// The connection must be closed, and nothing more sent.
#[derive(Debug)]
struct Closed;

impl fmt::Display for Closed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the sandbox closes this connection")
    }
}

impl std::error::Error for Closed {}

async fn serve(
    shared: Arc<Shared>,
    socket: Socket,
    request: hyper::Request<Incoming>,
) -> Result<Response<Outgoing>, Closed> {
    let (head, body) = request.into_parts();
    let request = read(head, body).await.ok_or(Closed)?;
    match own_routes::reply(&shared, &request) {
        Some(Reply::Whole(answer)) => return Ok(respond(&shared, answer)),
        Some(Reply::Live { head, chat }) => {
            let response = respond(&shared, head);
            let events = page::open(shared, chat);
            return Ok(response.map(|_| Either::Right(events)));
        }
        None => {}
    }
    let admission = shared.arrive(&request);
    let mut stay = Stay {
        shared: Arc::clone(&shared),
        number: admission.number,
        business: request.route.business(),
        admitted: admission.admitted,
        left: false,
    };
    let accepts_gzip = request.header("accept-encoding").is_some_and(|text| text.contains("gzip"));
    let (sender, receiver) = oneshot::channel();
    // A task of its own: a real server finishes its work also where the client has left.
    tokio::spawn(async move {
        let delivery = deliver(&shared, request, admission).await;
        let _ = sender.send((delivery, shared));
    });
    let (delivery, shared) = receiver.await.map_err(|_| Closed)?;
    match delivery {
        Delivery::Answer { mut answer, usual } => {
            // Before the first byte leaves: a client that keeps four at a time must never be seen
            // with five because it was faster than this server's own bookkeeping.
            stay.end(End::Answered { status: answer.status, usual });
            let plain = !answer.headers.iter().any(|(name, _)| *name == "content-encoding");
            if accepts_gzip && plain && shared.lock().switches.gzip {
                answer.compress();
            }
            Ok(respond(&shared, answer))
        }
        Delivery::Raw(raw) => {
            send_raw(&socket, &raw, stay).await;
            Err(Closed)
        }
        Delivery::Close => {
            stay.end(End::Closed);
            Err(Closed)
        }
    }
}

/// An endless answer is in flight until the client closes, any other until it is handed over.
async fn send_raw(socket: &Socket, raw: &Raw, mut stay: Stay) {
    let end = End::Answered { status: raw.status, usual: false };
    if raw.for_ever.is_empty() {
        stay.end(end);
    }
    let _ = socket.send_raw(raw).await;
    stay.end(end);
}

async fn deliver(shared: &Shared, request: Request, admission: Admission) -> Delivery {
    let Admission { number, fault, admitted } = admission;
    let latency = if admitted { shared.lock().switches.latency_ms } else { 0 };
    let work = || handle::handle(shared, &request, admitted, number);
    let Some(fault) = fault else {
        sleep(latency).await;
        return Delivery::Answer { answer: work(), usual: true };
    };
    sleep(latency.saturating_add(fault.delay_before_work_ms)).await;
    let usual = fault.does_work().then(work);
    sleep(fault.delay_after_work_ms).await;
    if let Some(answer) = handle::ordered_420(shared, &request, &fault.kind) {
        return Delivery::Answer { answer, usual: false };
    }
    let date = clock::http_date(shared.lock().clock.now());
    spoil(&fault.kind, usual, &date)
}

async fn sleep(milliseconds: u64) {
    if milliseconds > 0 {
        tokio::time::sleep(Duration::from_millis(milliseconds)).await;
    }
}

/// Reads a request with its body; `None` where the client leaves in the middle of it.
async fn read(head: Parts, mut body: Incoming) -> Option<Request> {
    let method = head.method.as_str().to_owned();
    let path = head.uri.path().to_owned();
    let route = Route::find(&method, &path);
    let is_upload = route.operation() == Some(Operation::SendFileToChat);
    let max = match path.starts_with("/_sandbox") {
        true => MAX_ADMIN,
        false if is_upload => MAX_UPLOAD,
        false => MAX_BODY,
    };
    let mut bytes = BytesMut::new();
    let mut body_size = 0;
    while !body.is_end_stream() {
        let Some(frame) = body.frame().await else { break };
        if let Ok(data) = frame.ok()?.into_data() {
            body_size += data.len();
            if body_size <= max {
                bytes.extend_from_slice(&data);
            } else if body_size > MAX_DISCARDED {
                break;
            }
        }
    }
    let too_large = body_size > max;
    let body = if too_large { Bytes::new() } else { bytes.freeze() };
    let upload = match is_upload && !too_large {
        true => Some(multipart::read(&head.headers, body.clone()).await),
        false => None,
    };
    Some(Request {
        method,
        path,
        query: head.uri.query().unwrap_or_default().to_owned(),
        headers: head.headers,
        route,
        body,
        body_size,
        too_large,
        upload,
    })
}

fn respond(shared: &Shared, answer: Answer) -> Response<Outgoing> {
    let (keep_alive, date) = {
        let state = shared.lock();
        (state.switches.keep_alive, clock::http_date(state.clock.now()))
    };
    let mut response = Response::new(Either::Left(Full::new(answer.body)));
    *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or_default();
    if response.status().canonical_reason().is_none() {
        response
            .extensions_mut()
            .insert(ReasonPhrase::from_static(reason(answer.status).as_bytes()));
    }
    let headers = response.headers_mut();
    let closing = (!keep_alive).then(|| ("connection", "close".to_owned()));
    for (name, value) in answer.headers.into_iter().chain([("date", date)]).chain(closing) {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(HeaderName::from_static(name), value);
        }
    }
    response
}

/// A request's time in flight. Dropped with its connection where the client leaves early.
struct Stay {
    shared: Arc<Shared>,
    number: u64,
    business: Option<i64>,
    admitted: bool,
    left: bool,
}

impl Stay {
    fn end(&mut self, end: End) {
        if !std::mem::replace(&mut self.left, true) {
            self.shared.leave(self.number, self.business, self.admitted, end);
        }
    }
}

impl Drop for Stay {
    fn drop(&mut self) {
        self.end(End::ClientLeft);
    }
}
