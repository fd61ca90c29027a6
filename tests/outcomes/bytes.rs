//! The connection is cut after each single byte of the request and of the answer, in turn.

use std::io::Write;
use std::net::TcpStream;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use ymchat::internal::Clock;
use ymchat::internal::TestSettings;
use ymchat::{ChatContextRef, Client, DeliveryStatus, SendOutcome, Status};

use crate::support::{
    Builder, Server, SimulatedClock, answer, http_date, is_whole, iso, ms, read_request, read_some,
    reset, s, serve,
};

/// Where the next connection for the operation under test is cut.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Cut {
    Request(usize),
    Answer(usize),
}

#[derive(Debug, Clone, Copy)]
enum End {
    Close,
    Reset,
}

#[derive(Debug, Clone, Copy)]
enum Framing {
    Length,
    Chunked,
    Closed,
}

/// A Market of one chat. What it has received whole, it does; its history tells the truth.
#[derive(Debug)]
struct Market {
    cut: Mutex<(Cut, End)>,
    /// Each message with its date, as it was when it came.
    messages: Mutex<Vec<String>>,
    sends: AtomicUsize,
    answer: Vec<u8>,
    clock: Arc<SimulatedClock>,
}

fn framed(framing: Framing, body: &str) -> Vec<u8> {
    let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n";
    // No clock of the service is the same at the next of a thousand requests.
    let date = "";
    let (first, second) = body.split_at(body.len() / 2);
    match framing {
        Framing::Length => {
            format!("{head}{date}Content-Length: {}\r\n\r\n{body}", body.len())
        }
        Framing::Chunked => format!(
            "{head}{date}Transfer-Encoding: chunked\r\n\r\n{:x}\r\n{first}\r\n{:x}\r\n{second}\r\n\
             0\r\n\r\n",
            first.len(),
            second.len()
        ),
        Framing::Closed => format!("{head}{date}Connection: close\r\n\r\n{body}"),
    }
    .into_bytes()
}

impl Market {
    fn serve(&self, mut stream: TcpStream) {
        let _ = stream.set_nodelay(true);
        let mut first = [0; 256];
        let Ok(count) = stream.peek(&mut first) else { return };
        if String::from_utf8_lossy(&first[..count]).contains("/chats/history") {
            self.show_history(&mut stream);
        } else {
            self.operate(&mut stream);
        }
    }

    fn show_history(&self, stream: &mut TcpStream) {
        if read_request(stream).is_err() {
            return;
        }
        let messages = self.messages.lock().unwrap().join(",");
        let body =
            format!(r#"{{"status":"OK","result":{{"messages":[{messages}],"paging":{{}}}}}}"#);
        let _ = answer(stream, "200 OK", &http_date(&self.clock.wall()), &body);
    }

    fn operate(&self, stream: &mut TcpStream) {
        let (cut, end) = *self.cut.lock().unwrap();
        let most = match cut {
            Cut::Request(most) => most,
            Cut::Answer(_) => usize::MAX,
        };
        let Ok(request) = read_some(stream, most) else { return };
        if is_whole(&request) {
            self.work(&request);
        }
        if let Cut::Answer(count) = cut {
            let _ = stream.write_all(&self.answer[..count]);
        }
        if let End::Reset = end {
            reset(stream);
        }
    }

    fn work(&self, request: &[u8]) {
        if !request.starts_with(b"POST") {
            return;
        }
        let body = request.rsplit(|byte| *byte == b'\n').next().unwrap();
        let body: serde_json::Value = serde_json::from_slice(body).unwrap();
        let id = 100 + self.sends.fetch_add(1, Ordering::SeqCst);
        let message = serde_json::json!({
            "messageId": id, "createdAt": iso(&self.clock.wall()), "sender": "PARTNER",
            "message": body["message"],
        });
        self.messages.lock().unwrap().push(message.to_string());
    }

    fn start(framing: Framing, body: &str) -> (Arc<Market>, Server, Client) {
        let clock = SimulatedClock::new();
        let market = Arc::new(Market {
            clock: clock.clone(),
            cut: Mutex::new((Cut::Request(0), End::Close)),
            messages: Mutex::default(),
            sends: AtomicUsize::new(0),
            answer: framed(framing, body),
        });
        let serving = Arc::clone(&market);
        let server = serve(move |stream, _| serving.serve(stream));
        // Neither an hour's quota nor the second look into the history takes any time.
        let client =
            server.builder().clock(clock).max_attempts(1).attempt_timeout(s(10)).build().unwrap();
        (market, server, client)
    }
}

/// How many bytes the request of a call has, found out by having it answered once.
fn length_of(call: impl FnOnce(&Client)) -> usize {
    let length = Arc::new(AtomicUsize::new(0));
    let seen = Arc::clone(&length);
    let server = serve(move |mut stream, _| {
        if let Ok(request) = read_request(&mut stream) {
            seen.fetch_max(request.len(), Ordering::SeqCst);
        }
    });
    call(&server.builder().max_attempts(1).build().unwrap());
    length.load(Ordering::SeqCst)
}

const CHAT: &str = r#"{"status":"OK","result":{"chatId":7,"type":"CHAT","status":"NEW"}}"#;

fn cuts(request: usize, answer: usize) -> Vec<(Cut, End)> {
    let cuts = (0..=request).map(Cut::Request).chain((0..=answer).map(Cut::Answer));
    cuts.flat_map(|cut| [(cut, End::Close), (cut, End::Reset)]).collect()
}

#[test]
fn a_read_is_whole_or_an_error() {
    let request = length_of(|client| drop(client.get_chat(7)));
    for framing in [Framing::Length, Framing::Chunked, Framing::Closed] {
        let (market, _server, client) = Market::start(framing, CHAT);
        for (cut, end) in cuts(request, market.answer.len()) {
            *market.cut.lock().unwrap() = (cut, end);
            let whole = match (cut, framing) {
                (Cut::Request(_), _) => false,
                // The end of the JSON is the end of the answer, whoever closes the connection.
                (Cut::Answer(count), _) => count == market.answer.len(),
            };
            match client.get_chat(7) {
                Ok(chat) => {
                    assert_eq!(chat.chat_id, 7);
                    // ureq reads a chunked body's last line leniently; all of the data is there.
                    let chunked_end = matches!((cut, framing), (Cut::Answer(count), Framing::Chunked)
                        if count + 4 >= market.answer.len());
                    assert!(whole || chunked_end, "{framing:?} {cut:?} {end:?}");
                }
                Err(error) => {
                    // A reset may overtake what was written before it.
                    let overtaken = whole && matches!(end, End::Reset);
                    assert!(!whole || overtaken, "{framing:?} {cut:?} {end:?}: {error}");
                    let status = error.status();
                    assert!(
                        matches!(status, Status::Network | Status::Protocol),
                        "{framing:?} {cut:?} {end:?}: {error}"
                    );
                    assert!(error.outcome().is_none());
                }
            }
        }
    }
}

#[test]
fn a_send_is_reported_as_what_the_service_did() {
    let text = "Здравствуйте";
    let request = length_of(|client| drop(client.send_message(7, &format!("{text} 10000"))));
    assert!(request > 300);
    let (mut confirmed, mut sent, mut unknown) = (0, 0, 0);
    for framing in [Framing::Length, Framing::Chunked, Framing::Closed] {
        let (market, _server, client) = Market::start(framing, r#"{"status":"OK"}"#);
        for (number, (cut, end)) in cuts(request, market.answer.len()).into_iter().enumerate() {
            *market.cut.lock().unwrap() = (cut, end);
            market.messages.lock().unwrap().clear();
            let text = format!("{text} {}", 10_000 + number);
            let result = client.send_message(7, &text);
            let arrived = market.messages.lock().unwrap().len();
            assert!(arrived <= 1);
            let what = format!("{framing:?} {cut:?} {end:?} arrived: {arrived}, {result:?}");
            // The last byte of the request makes it whole.
            assert_eq!(
                arrived == 1,
                cut == Cut::Request(request) || matches!(cut, Cut::Answer(_)),
                "{what}"
            );
            match result {
                Ok(result) => {
                    assert_eq!(arrived, 1, "{what}");
                    match result.outcome {
                        SendOutcome::Sent => {
                            // Of chunks, all of the text but not the empty one at the end.
                            let spare = if let Framing::Chunked = framing { 4 } else { 0 };
                            let all = market.answer.len();
                            assert!(
                                matches!(cut, Cut::Answer(count) if count + spare >= all),
                                "{what}"
                            );
                            sent += 1;
                        }
                        _ => {
                            assert!(result.message_id.is_some(), "{what}");
                            confirmed += 1;
                        }
                    }
                }
                Err(error) => match error.outcome() {
                    Some(DeliveryStatus::NotSent) => assert_eq!(arrived, 0, "{what}"),
                    Some(_) => {
                        // The history was there to be read, and told the truth.
                        assert_eq!(
                            (error.status(), arrived),
                            (Status::OutcomeUnknown, 0),
                            "{what}"
                        );
                        assert!(error.known().unwrap().searched, "{what}");
                        unknown += 1;
                    }
                    None => panic!("{what}"),
                },
            }
        }
    }
    assert!(confirmed > 500 && sent >= 3 && unknown > 500, "{confirmed} {sent} {unknown}");
}

#[test]
fn a_file_that_is_cut_in_the_middle_was_not_sent() {
    // More than the sockets' buffers hold: the end of the request never reaches the network.
    let data = vec![3_u8; 5 * 1024 * 1024];
    let server = serve(|mut stream, number| {
        if number < 3 {
            let _ = read_some(&mut stream, 64 * 1024 * (number + 1));
            std::thread::sleep(ms(20));
            reset(&stream);
        } else if read_request(&mut stream).is_ok() {
            let _ = answer(&mut stream, "200 OK", "", r#"{"status":"OK"}"#);
        }
    });
    let client = server.builder().clock(SimulatedClock::new()).build().unwrap();
    let sent = client.send_file(7, "big.bin", &data).unwrap();
    // None of the three arrived, so that it was repeated without any search.
    assert_eq!((sent.outcome, sent.attempts), (SendOutcome::Sent, 4));
}

/// By the time the request arrives the service may have closed it, and nobody could tell whether
/// it was processed.
#[test]
fn no_idle_connection_is_used_for_a_send() {
    let connections: Arc<Mutex<Vec<Vec<String>>>> = Arc::default();
    let noted = Arc::clone(&connections);
    let server = serve(move |mut stream, _| {
        let place = {
            let mut connections = noted.lock().unwrap();
            connections.push(Vec::new());
            connections.len() - 1
        };
        while let Ok(request) = read_request(&mut stream) {
            let line = String::from_utf8_lossy(&request).lines().next().unwrap().to_owned();
            noted.lock().unwrap()[place].push(line);
            let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", CHAT.len());
            let _ = stream.write_all(format!("{head}{CHAT}").as_bytes());
        }
    });
    let client = server.builder().build().unwrap();
    for _ in 0..3 {
        client.get_chat(7).unwrap();
        client.send_message(7, "Да").unwrap();
        client.send_file(7, "a.png", b"png").unwrap();
        client.create_chat(ChatContextRef::Order(5)).unwrap();
        client.get_chat(7).unwrap();
    }
    let mut lengths: Vec<usize> = connections.lock().unwrap().iter().map(Vec::len).collect();
    lengths.sort_unstable();
    // All reads on one connection, each of the others on its own.
    assert_eq!(lengths, [1, 1, 1, 1, 1, 1, 1, 1, 1, 6]);
}
