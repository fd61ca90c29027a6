//! `cancel` from another thread ends any wait within 250 ms, and the client is usable afterwards.
//!
//! A name look-up that hangs is not among them: it cannot be made to hang without touching the
//! machine. It is waited for in the same slices as everything else.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use ymchat::{
    CampaignsOptions, ChatContextRef, ChatsOptions, Client, DeliveryStatus, Error, HistoryOptions,
    MessagesOptions, SendOptions, Status, SyncOptions,
};
use ymchat_sandbox::{Fault, FaultKind, Operation, Sandbox};

use crate::support::{Builder, Server, answer, builder, ms, new_chat, read_request, s, serve};

const WITHIN: Duration = ms(250);
const CHAT: &str = r#"{"status":"OK","result":{"chatId":7,"type":"CHAT","status":"NEW"}}"#;

/// How often a call is cancelled, at several moments of its waits.
const ROUNDS: u64 = 5;

/// Cancels a call a few times, once it is where it is wanted.
fn cancel<T: std::fmt::Debug + Send>(
    client: &Client,
    call: impl Fn(&Client) -> Result<T, Error> + Sync,
    mut wait_until_there: impl FnMut(),
) -> Vec<Error> {
    (0..ROUNDS).map(|round| cancel_once(round, client, &call, &mut wait_until_there)).collect()
}

fn cancel_once<T: std::fmt::Debug + Send>(
    round: u64,
    client: &Client,
    call: &(impl Fn(&Client) -> Result<T, Error> + Sync),
    wait_until_there: &mut impl FnMut(),
) -> Error {
    let (error, took) = std::thread::scope(|scope| {
        let calling = scope.spawn(|| (call(client), Instant::now()));
        wait_until_there();
        std::thread::sleep(ms(60 + 27 * round));
        assert!(!calling.is_finished(), "it was to wait: {:?}", calling.join().unwrap().0);
        let start = Instant::now();
        client.cancel_handle().cancel();
        let (result, end) = calling.join().unwrap();
        (result.unwrap_err(), end - start)
    });
    // What may have arrived has one status, whatever the cause.
    let cause = error.known().and_then(|known| known.cause.as_deref());
    let expected = match error.outcome() {
        Some(DeliveryStatus::Unknown) => (Status::OutcomeUnknown, Some("CANCELLED")),
        _ => (Status::Cancelled, None),
    };
    assert_eq!((error.status(), cause), expected, "{error}");
    assert!(took <= WITHIN, "it took {took:?}");
    error
}

/// Waits for one more attempt each time.
fn attempts_of(client: &Client) -> impl FnMut() + '_ {
    let mut wanted = 0;
    move || {
        wanted += 1;
        while client.stats().operations.iter().map(|o| o.attempts).sum::<u64>() < wanted {
            std::thread::sleep(ms(1));
        }
    }
}

/// A server that behaves badly until it is told to behave.
struct Patient {
    server: Server,
    well: Arc<AtomicBool>,
    seen: Arc<AtomicUsize>,
}

impl Patient {
    fn start(misbehave: impl Fn(&mut TcpStream) + Send + Sync + 'static) -> Patient {
        let (well, seen) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
        let (is_well, noted) = (Arc::clone(&well), Arc::clone(&seen));
        let server = serve(move |mut stream, _| {
            let well = is_well.load(Ordering::SeqCst);
            noted.fetch_add(1, Ordering::SeqCst);
            if !well {
                return misbehave(&mut stream);
            }
            if read_request(&mut stream).is_ok() {
                let _ = answer(&mut stream, "200 OK", "", CHAT);
            }
        });
        Patient { server, well, seen }
    }

    /// Cancels `call` of a client, and has the client work afterwards.
    fn check<T: std::fmt::Debug + Send>(
        &self,
        call: impl Fn(&Client) -> Result<T, Error> + Sync,
    ) -> Vec<Error> {
        let mut last = None;
        let cancel_of_another_business = |round| {
            // What was cancelled keeps its place: each time, another business has all of them.
            let client = self.server.builder().business_id(5 + round as i64);
            let client = client.attempt_timeout(s(60)).call_timeout(s(3_600)).build().unwrap();
            let error = cancel_once(round, &client, &call, &mut || self.wait_for_connection());
            last = Some(client);
            error
        };
        let errors = (0..ROUNDS).map(cancel_of_another_business).collect();
        self.well.store(true, Ordering::SeqCst);
        assert_eq!(last.unwrap().get_chat(7).unwrap().chat_id, 7);
        errors
    }

    fn wait_for_connection(&self) {
        let before = self.seen.load(Ordering::SeqCst);
        let start = Instant::now();
        while self.seen.load(Ordering::SeqCst) == before && start.elapsed() < ms(300) {
            std::thread::sleep(ms(1));
        }
    }
}

/// Reads the request, and then nothing happens until the client leaves.
fn fall_silent(stream: &mut TcpStream) {
    let _ = read_request(stream);
    let _ = stream.read(&mut [0]);
}

#[test]
fn from_a_silent_server() {
    Patient::start(fall_silent).check(|client| client.get_chat(7));
}

#[test]
fn a_cancelled_send_says_whether_it_may_have_arrived() {
    let errors = Patient::start(fall_silent).check(|client| client.send_message(7, "Да"));
    for error in errors {
        assert_eq!(error.outcome(), Some(DeliveryStatus::Unknown));
        assert!(!error.is_retryable());
    }
}

#[test]
fn from_an_upload_that_nobody_takes() {
    let data = vec![7; 5 * 1024 * 1024];
    let deaf = Patient::start(|stream| {
        // It holds the connection, and reads nothing.
        std::thread::sleep(s(1));
        let _ = stream.flush();
    });
    let errors = deaf.check(|client| client.send_file(7, "a.bin", &data));
    for error in errors {
        assert_eq!(error.outcome(), Some(DeliveryStatus::NotSent), "its end was never handed over");
        assert!(error.is_retryable());
    }
}

#[test]
fn from_a_body_that_drips() {
    let drips = Patient::start(|stream| {
        let _ = read_request(stream);
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n{");
        while stream.write_all(b" ").is_ok() {
            std::thread::sleep(ms(7));
        }
    });
    drips.check(|client| client.get_chat(7));
}

#[test]
fn from_a_head_that_drips() {
    let drips = Patient::start(|stream| {
        let _ = read_request(stream);
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nX-Long: ");
        while stream.write_all(b"a").is_ok() {
            std::thread::sleep(ms(7));
        }
    });
    drips.check(|client| client.get_chat(7));
}

#[test]
fn from_a_back_off() {
    let busy = Patient::start(|stream| {
        let _ = read_request(stream);
        let _ = answer(stream, "503 Busy", "Retry-After: 600\r\n", r#"{"status":"ERROR"}"#);
    });
    busy.check(|client| client.get_chat(7));
}

#[test]
fn from_a_page_loop_without_end() {
    let page = AtomicUsize::new(0);
    let endless = Patient::start(move |stream| {
        let _ = read_request(stream);
        let page = page.fetch_add(1, Ordering::SeqCst);
        let body = format!(
            r#"{{"status":"OK","result":{{"chats":[{{"chatId":{page}}}],"paging":{{"nextPageToken":"p{page}"}}}}}}"#
        );
        let _ = answer(stream, "200 OK", "", &body);
    });
    endless.check(|client| client.get_all_chats(&ChatsOptions::new()));
}

#[test]
fn from_a_connection_that_does_not_come_about() {
    // A listener whose queue is full: the next connections get no answer at all.
    let listener =
        socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None).unwrap();
    listener.bind(&SocketAddr::from(([127, 0, 0, 1], 0)).into()).unwrap();
    listener.listen(0).unwrap();
    let address = listener.local_addr().unwrap().as_socket().unwrap();
    let mut queue = Vec::new();
    while let Ok(stream) = TcpStream::connect_timeout(&address, ms(200)) {
        queue.push(stream);
        assert!(queue.len() < 100, "the queue is never full");
    }
    let client = Client::builder().api_key("ACMA:x").business_id(5);
    let client = client.base_url(format!("http://{address}"));
    let client = client.connect_timeout(s(60)).build().unwrap();
    let send = |client: &Client| client.send_message(7, "Да");
    for error in cancel(&client, send, attempts_of(&client)) {
        assert_eq!(error.outcome(), Some(DeliveryStatus::NotSent));
    }
    // Nor does it outlast a call whose own time is shorter.
    let hasty = Client::builder().api_key("ACMA:x").business_id(5);
    let hasty = hasty.base_url(format!("http://{address}")).call_timeout(ms(300)).build().unwrap();
    let start = Instant::now();
    let error = send(&hasty).unwrap_err();
    assert!(start.elapsed() < ms(550), "{:?}", start.elapsed());
    assert_eq!((error.status(), error.outcome()), (Status::Timeout, Some(DeliveryStatus::NotSent)));
    drop(hasty);
    // Somebody takes the calls again.
    let listener = std::net::TcpListener::from(listener);
    std::thread::spawn(move || {
        while let Ok((mut stream, _)) = listener.accept() {
            std::thread::spawn(move || {
                if read_request(&mut stream).is_ok() {
                    let _ = answer(&mut stream, "200 OK", "", CHAT);
                }
            });
        }
    });
    drop(queue);
    assert_eq!(client.get_chat(7).unwrap().chat_id, 7);
}

#[test]
fn from_a_handshake_that_nobody_answers() {
    let silent = serve(|mut stream, _| {
        let mut bytes = [0; 4096];
        while stream.read(&mut bytes).is_ok_and(|count| count > 0) {}
    });
    let client = silent.builder().base_url(silent.url().replace("http", "https"));
    let client = client.connect_timeout(s(60)).build().unwrap();
    let send = |client: &Client| client.send_message(7, "Да");
    for error in cancel(&client, send, attempts_of(&client)) {
        assert_eq!(error.outcome(), Some(DeliveryStatus::NotSent));
    }
}

#[test]
fn from_a_quota_that_is_used_up() {
    let sandbox = Sandbox::builder().quota(Operation::SendMessageToChat, 1).start().unwrap();
    let client = builder(&sandbox).call_timeout(s(7_200)).build().unwrap();
    let chat = new_chat(&sandbox);
    let send = |client: &Client| client.send_message(chat, "Да");
    send(&client).unwrap();
    for error in cancel(&client, send, || {}) {
        assert_eq!(error.outcome(), Some(DeliveryStatus::NotSent));
    }
    assert_eq!(sandbox.traffic().requests.len(), 1);
    client.get_chat(chat).unwrap();
}

#[test]
fn from_the_queue_for_a_place() {
    let sandbox = Sandbox::start().unwrap();
    let chat = new_chat(&sandbox);
    let client = builder(&sandbox).build().unwrap();
    let slow = Fault::new(FaultKind::Slow).on(Operation::GetChats).delay_before_work(s(8));
    sandbox.add_fault(slow.times(4)).unwrap();
    let other = builder(&sandbox).build().unwrap();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| other.get_chats(&ChatsOptions::new()).unwrap_err());
        }
        assert!(sandbox.wait_for(s(5), |seen| seen.requests.len() == 4));
        cancel(&client, |client| client.get_chat(chat), || {});
        assert_eq!(sandbox.traffic().requests.len(), 4);
        other.cancel_handle().cancel();
    });
}

#[test]
fn from_the_settling_before_a_second_send() {
    // Each send that is lost keeps its place: so many leave one for the searches.
    const TIMES: u64 = 3;
    let sandbox = Sandbox::start().unwrap();
    let chat = new_chat(&sandbox);
    let client = builder(&sandbox).build().unwrap();
    let cut = Fault::new(FaultKind::Close).on(Operation::SendMessageToChat);
    sandbox.add_fault(cut.times(TIMES as u32)).unwrap();
    let options = SendOptions::new().resend(true);
    let mut searched = 0;
    let mut settles = || {
        searched += 1;
        let read = |seen: &ymchat_sandbox::Traffic| {
            let answered = |request: &&ymchat_sandbox::RequestRecord| request.status == Some(200);
            seen.of(Operation::GetChatHistory).filter(answered).count() >= searched
        };
        assert!(sandbox.wait_for(s(5), read));
    };
    let send = |client: &Client| client.send_message_with(chat, "Да", &options);
    let errors: Vec<Error> =
        (0..TIMES).map(|round| cancel_once(round, &client, &send, &mut settles)).collect();
    assert!(errors.iter().all(|error| error.outcome() == Some(DeliveryStatus::Unknown)));
    assert_eq!(sandbox.traffic().of(Operation::SendMessageToChat).count(), TIMES as usize);
    client.send_message_with(chat, "Да", &options).unwrap();
}

/// A call of each kind, and its error.
type Call = (&'static str, fn(&Client) -> Option<Error>);

const CALLS: [Call; 12] = [
    ("get_chats", |client| client.get_chats(&ChatsOptions::new()).err()),
    ("get_chat", |client| client.get_chat(7).err()),
    ("get_chat_history", |client| client.get_chat_history(7, &HistoryOptions::new()).err()),
    ("get_chat_message", |client| client.get_chat_message(7, 8).err()),
    ("get_all_chats", |client| client.get_all_chats(&ChatsOptions::new()).err()),
    ("get_messages_since", |client| client.get_messages_since(7, 0, &MessagesOptions::new()).err()),
    ("get_campaigns", |client| client.get_campaigns(&CampaignsOptions::new()).err()),
    ("get_token_info", |client| client.get_token_info().err()),
    ("create_chat", |client| client.create_chat(ChatContextRef::Order(5)).err()),
    ("send_message", |client| client.send_message(7, "Да").err()),
    ("send_file", |client| client.send_file(7, "a.txt", b"a").err()),
    ("sync", |client| client.sync("", &SyncOptions::new()).err()),
];

#[test]
fn nothing_is_sent_in_a_scope_that_was_cancelled_before() {
    let sandbox = Sandbox::start().unwrap();
    let client = builder(&sandbox).build().unwrap();
    let scope = client.scope();
    scope.cancel_handle().cancel();
    for (name, call) in CALLS {
        let error = call(&scope).unwrap_or_else(|| panic!("{name} works in a cancelled scope"));
        assert_eq!((error.status(), error.attempts()), (Status::Cancelled, 0), "{name}");
        let outcome = name.starts_with("send_").then_some(DeliveryStatus::NotSent);
        assert_eq!(error.outcome(), outcome, "{name}");
    }
    assert!(sandbox.traffic().requests.is_empty());
    // The client, and another scope of it, go on.
    let chat = new_chat(&sandbox);
    assert_eq!(client.get_chat(chat).unwrap().chat_id, chat);
    assert_eq!(client.scope().get_chat(chat).unwrap().chat_id, chat);
}

#[test]
fn a_scope_ends_its_own_calls_alone() {
    let patient = Patient::start(fall_silent);
    let client = patient.server.builder().attempt_timeout(s(60)).call_timeout(s(3_600));
    let client = client.build().unwrap();
    let (job, other) = (client.scope(), client.scope());
    let connected = |count: usize| {
        while patient.seen.load(Ordering::SeqCst) < count {
            std::thread::yield_now();
        }
    };
    std::thread::scope(|threads| {
        let of_job = threads.spawn(|| job.get_chat(7).unwrap_err());
        let of_other = threads.spawn(|| other.get_chat(7).unwrap_err());
        connected(2);
        job.cancel_handle().cancel();
        assert_eq!(of_job.join().unwrap().status(), Status::Cancelled);
        // The next one of that job does not even connect.
        assert_eq!(job.get_chat(7).unwrap_err().status(), Status::Cancelled);
        assert!(!of_other.is_finished());
        assert_eq!(patient.seen.load(Ordering::SeqCst), 2);
        client.cancel_handle().cancel();
        assert_eq!(of_other.join().unwrap().status(), Status::Cancelled);
    });
    // The client's own cancel leaves the scope usable.
    patient.well.store(true, Ordering::SeqCst);
    assert_eq!(other.get_chat(7).unwrap().chat_id, 7);
}
