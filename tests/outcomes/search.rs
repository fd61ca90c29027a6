//! The search for a send whose answer was lost: whatever the history's order, whatever
//! `messageIdFrom` means, however far off the service's clock is.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use ymchat::internal::Clock;
use ymchat::internal::TestSettings;
use ymchat::{
    Action, ChatContextRef, Client, DeliveryStatus, Error, HistoryOptions, MessagesOptions,
    SendOptions, SendOutcome, SendResult, Sender, Status,
};
use ymchat_sandbox::{
    Bound, ErrorKind, Fault, FaultKind, NewFile, NewMessage, Operation, Order, Sandbox,
};

use crate::support::{
    Builder, SimulatedClock, answer, builder, count, http_date, ms, new_chat, read_request, s,
    serve, written,
};

const SEND: Operation = Operation::SendMessageToChat;
const FILE: Operation = Operation::SendFileToChat;

/// A Market with its own ways, and a client that has never spoken with it.
struct Market {
    sandbox: Arc<Sandbox>,
    clock: Arc<SimulatedClock>,
    client: Client,
}

impl Market {
    fn open(order: Order, from: Bound, fractions: bool, ahead: i64) -> Market {
        let sandbox = Sandbox::builder()
            .history_order(order)
            .message_id_from(from)
            .fractions(fractions)
            .clock_offset_seconds(ahead)
            .start()
            .unwrap();
        let sandbox = Arc::new(sandbox);
        let clock = SimulatedClock::with(&sandbox);
        let client = builder(&sandbox).clock(clock.clone()).build().unwrap();
        Market { sandbox, clock, client }
    }

    fn plain() -> Market {
        Market::open(Order::Ascending, Bound::Inclusive, false, 0)
    }

    /// A client in another process, as it were: it shares nothing with the first one but the
    /// Market. (The base URL is spelt otherwise.)
    fn stranger(&self) -> Client {
        let url = self.sandbox.base_url().replace("127.0.0.1", "localhost");
        builder(&self.sandbox).base_url(url).clock(self.clock.clone()).build().unwrap()
    }

    /// The next request of the operation is done, but its answer is lost.
    fn lose(&self, operation: Operation) {
        self.sandbox.add_fault(Fault::new(FaultKind::Close).on(operation).after_work()).unwrap();
    }

    /// The next request of the operation arrives, but nothing is done.
    fn cut(&self, operation: Operation) {
        self.sandbox.add_fault(Fault::new(FaultKind::Close).on(operation)).unwrap();
    }

    fn chat(&self) -> i64 {
        new_chat(&self.sandbox)
    }

    fn written(&self, chat: i64, text: &str) -> Vec<i64> {
        written(&self.sandbox.record(), chat, text)
    }

    fn write(&self, chat: i64, message: NewMessage) -> i64 {
        self.sandbox.write(chat, message).unwrap()
    }
}

/// The four kinds of history, with and without fractions, with clocks that are off and exact.
fn each_market(test: impl Fn(&Market)) {
    for order in [Order::Ascending, Order::Descending] {
        for from in [Bound::Inclusive, Bound::Exclusive] {
            for (fractions, ahead) in
                [(false, 0), (true, 0), (false, 420), (true, 420), (false, -420), (true, -420)]
            {
                let what = format!("{order:?} {from:?} fractions: {fractions} ahead: {ahead} s");
                let market = Market::open(order, from, fractions, ahead);
                let result =
                    std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| test(&market)));
                assert!(result.is_ok(), "with {what}");
            }
        }
    }
}

fn confirmed(result: Result<SendResult, Error>) -> Option<i64> {
    let result = result.unwrap();
    assert_eq!(result.outcome, SendOutcome::Confirmed);
    result.message_id
}

/// What may have arrived has one status and one advice, whatever the cause, and a ticket to go on
/// with.
fn unknown(result: Result<SendResult, Error>) -> Vec<i64> {
    let error = result.expect_err("an unknown outcome");
    let status = (error.status(), error.outcome(), error.action());
    assert_eq!(
        status,
        (Status::OutcomeUnknown, Some(DeliveryStatus::Unknown), Action::CheckHistory)
    );
    assert!(!error.is_retryable() && error.ticket().is_some());
    let sentence = error.to_string();
    assert_eq!(sentence.matches("Look into the chat").count(), 1, "{sentence}");
    assert!(!sentence.contains("Call again") && !sentence.contains("Correct"), "{sentence}");
    let known = error.known().expect("what was found");
    assert!(known.searched, "{error}");
    known.candidates.clone()
}

/// Nothing is sent a second time.
fn once() -> SendOptions {
    SendOptions::new().resend(false)
}

#[test]
fn a_lost_send_is_found_whatever_is_known_of_the_chat() {
    each_market(|market| {
        for knowledge in ["none", "read", "told", "sent"] {
            let (chat, client) = (market.chat(), &market.client);
            let mut options = SendOptions::new();
            match knowledge {
                "read" => {
                    drop(client.get_messages_since(chat, 0, &MessagesOptions::new()).unwrap())
                }
                "told" => {
                    let newest = market.write(chat, NewMessage::text("Ау?"));
                    options = options.after_message_id(newest);
                }
                "sent" => drop(client.send_message_with(chat, "Одну минуту.", &options).unwrap()),
                _ => {}
            }
            for text in ["Добрый день!", "  с пробелами по краям \n"] {
                market.lose(SEND);
                let id = confirmed(client.send_message_with(chat, text, &options));
                assert_eq!(market.written(chat, text), [id.unwrap()], "{knowledge}");
            }
            market.cut(SEND);
            let options = options.resend(false);
            let found = unknown(client.send_message_with(chat, "Нет меня", &options));
            assert!(found.is_empty() && market.written(chat, "Нет меня").is_empty());
        }
    });
}

#[test]
fn the_same_text_twice_in_a_row_is_told_apart() {
    each_market(|market| {
        for known in [false, true] {
            let (chat, client, options) = (market.chat(), &market.client, once());
            if known {
                client.get_chat_history(chat, &HistoryOptions::new()).unwrap();
            }
            assert_eq!(
                client.send_message_with(chat, "Да", &options).unwrap().outcome,
                SendOutcome::Sent
            );
            // The first is there, the second is not.
            market.cut(SEND);
            assert_eq!(unknown(client.send_message_with(chat, "Да", &options)), [0_i64; 0]);
            assert_eq!(market.written(chat, "Да").len(), 1);
        }
        let (chat, client, options) = (market.chat(), &market.client, SendOptions::new());
        client.send_message_with(chat, "Да", &options).unwrap();
        market.lose(SEND);
        let second = confirmed(client.send_message_with(chat, "Да ", &options)).unwrap();
        let ids = market.written(chat, "Да");
        assert_eq!(ids.last(), Some(&second));
        market.lose(SEND);
        let third = confirmed(client.send_message_with(chat, "Да", &options)).unwrap();
        assert_eq!(market.written(chat, "Да"), [ids[0], second, third]);
    });
}

#[test]
fn a_send_after_one_of_unknown_outcome_is_not_taken_for_it() {
    each_market(|market| {
        let (chat, client) = (market.chat(), &market.client);
        let quick = SendOptions::new().resolve(false);
        // The first is there, but nobody knows; the second is not there.
        market.lose(SEND);
        client.send_message_with(chat, "Да", &quick).unwrap_err();
        market.cut(SEND);
        let found = unknown(client.send_message_with(chat, "Да", &once()));
        assert_eq!(found, market.written(chat, "Да"));
        assert_eq!(found.len(), 1);
    });
}

#[test]
fn an_older_message_of_the_same_text_is_not_taken_for_the_send() {
    each_market(|market| {
        let options = once();
        for (author, text) in [("stranger", "Готово"), ("seller", "Ждём"), ("customer", "Спасибо")]
        {
            let chat = market.chat();
            match author {
                "stranger" => {
                    _ = market.stranger().send_message_with(chat, text, &options).unwrap();
                }
                "seller" => _ = market.write(chat, NewMessage::text(text).by(Sender::Partner)),
                _ => _ = market.write(chat, NewMessage::text(text)),
            }
            // It is older by ids where they are known; a clock alone does not rule it out.
            market.clock.advance(s(4));
            market.cut(SEND);
            let found = unknown(market.client.send_message_with(chat, text, &options));
            assert!(found.is_empty() || author != "customer", "{author}: {found:?}");
            // By now that one cannot arrive any more, which this reading shows.
            market.clock.advance(s(20));
            market.client.get_chat_history(chat, &HistoryOptions::new()).unwrap();
            market.lose(SEND);
            let id = confirmed(market.client.send_message_with(chat, text, &options)).unwrap();
            assert_eq!(market.written(chat, text).last(), Some(&id));
        }
        // What is older by more than ten minutes is ruled out.
        let chat = market.chat();
        market.write(chat, NewMessage::text("Да").by(Sender::Partner));
        market.clock.advance(s(605));
        market.cut(SEND);
        assert_eq!(unknown(market.client.send_message_with(chat, "Да", &options)), [0_i64; 0]);
        // What the customer wrote a moment ago is the customer's, clocks or not.
        let chat = market.chat();
        market.write(chat, NewMessage::text("Да"));
        market.cut(SEND);
        assert_eq!(unknown(market.client.send_message_with(chat, "Да", &options)), [0_i64; 0]);
        // What another hand wrote a moment ago is told apart by the id, where that was known.
        let seen = market.write(chat, NewMessage::text("Ок").by(Sender::Partner));
        market.cut(SEND);
        let options = options.after_message_id(seen);
        assert_eq!(unknown(market.client.send_message_with(chat, "Ок", &options)), [0_i64; 0]);
    });
}

#[test]
fn a_long_history_is_read_to_its_end() {
    each_market(|market| {
        let chat = market.chat();
        for number in 0..130 {
            market.write(chat, NewMessage::text(format!("Сообщение {number}")));
        }
        market.sandbox.switch(|switches| {
            (switches.empty_pages, switches.auto_reply) = (true, true);
        });
        market.lose(SEND);
        let id = confirmed(market.client.send_message(chat, "Отвечаю"));
        assert_eq!(market.written(chat, "Отвечаю"), [id.unwrap()]);
        let read = |request: &&ymchat_sandbox::RequestRecord| {
            request.body.as_deref().is_some_and(|body| body.contains("messageIdFrom"))
        };
        assert!(count(&market.sandbox.record(), Operation::GetChatHistory) >= 2);
        // The second time the client knows where to begin.
        market.sandbox.clear_record();
        market.lose(SEND);
        confirmed(market.client.send_message(chat, "И ещё"));
        let traffic = market.sandbox.traffic();
        assert!(traffic.of(Operation::GetChatHistory).all(|request| read(&request)));
        assert!(traffic.of(Operation::GetChatHistory).count() <= 2, "an empty page and the last");
    });
}

#[test]
fn files_are_found_by_name_and_size() {
    each_market(|market| {
        let (chat, client, options) = (market.chat(), &market.client, once());
        let data = vec![1_u8; 700];
        let file = |name: &str, size: usize| {
            NewMessage::text("").by(Sender::Partner).file(NewFile::new(name, "x".repeat(size)))
        };
        market.write(chat, file("чек.pdf", 701));
        market.write(chat, file("чек2.pdf", 700));
        market.cut(FILE);
        assert_eq!(unknown(client.send_file_with(chat, "чек.pdf", &data, &options)), [0_i64; 0]);
        market.clock.advance(s(20));
        client.get_chat_history(chat, &HistoryOptions::new()).unwrap();
        market.lose(FILE);
        let id = confirmed(client.send_file_with(chat, "чек.pdf", &data, &options)).unwrap();
        let message = client.get_chat_message(chat, id).unwrap();
        assert_eq!((&*message.payload[0].name, message.payload[0].size), ("чек.pdf", Some(700)));
    });
}

#[test]
fn what_is_proven_absent_is_sent_once_more() {
    each_market(|market| {
        let (chat, client) = (market.chat(), &market.client);
        let options = SendOptions::new().resend(true);
        market.cut(SEND);
        let result = client.send_message_with(chat, "Раз", &options).unwrap();
        assert_eq!((result.outcome, result.attempts), (SendOutcome::Sent, 2));
        assert_eq!(market.written(chat, "Раз").len(), 1);
        market.lose(SEND);
        let id = confirmed(client.send_message_with(chat, "Два", &options));
        assert_eq!(market.written(chat, "Два"), [id.unwrap()]);
        // As often as the call's time allows.
        market.cut(SEND);
        market.cut(SEND);
        market.lose(SEND);
        let id = confirmed(client.send_message_with(chat, "Три", &options));
        assert_eq!(market.written(chat, "Три"), [id.unwrap()]);
        let cut = Fault::new(FaultKind::Close).on(SEND);
        market.sandbox.add_fault(cut.times(3)).unwrap();
        let error = client
            .send_message_with(chat, "Четыре", &options.clone().call_timeout(s(35)))
            .expect_err("three rounds of eleven seconds");
        assert_eq!(
            (error.outcome(), error.attempts()),
            (Some(DeliveryStatus::NotSent), 3),
            "{error}"
        );
        assert_eq!(error.status(), Status::Network);
        assert!(error.is_retryable() && market.written(chat, "Четыре").is_empty());
        market.cut(FILE);
        client.send_file_with(chat, "a.png", b"png", &options).unwrap();
        // The same text is there already, by the same client, a moment ago.
        client.send_message_with(chat, "Да", &options).unwrap();
        market.cut(SEND);
        client.send_message_with(chat, "Да", &options).unwrap();
        assert_eq!(market.written(chat, "Да").len(), 2);
    });
}

#[test]
fn a_slow_service_never_gets_a_message_twice() {
    for (order, delay) in [(Order::Ascending, 300), (Order::Descending, 800)] {
        let sandbox = Arc::new(Sandbox::builder().history_order(order).start().unwrap());
        // Ten seconds take one: the service may be at work for so long.
        let clock = SimulatedClock::slower(&sandbox, 10);
        let client =
            builder(&sandbox).clock(clock.clone()).attempt_timeout(ms(150)).build().unwrap();
        let chat = new_chat(&sandbox);
        let slow = Fault::new(FaultKind::Slow).on(SEND).delay_before_work(ms(delay));
        sandbox.add_fault(slow.clone()).unwrap();
        let result =
            client.send_message_with(chat, "Раз", &SendOptions::new().resend(true)).unwrap();
        assert_eq!(result.outcome, SendOutcome::Confirmed);
        assert_eq!(written(&sandbox.record(), chat, "Раз").len(), 1);
        assert_eq!(count(&sandbox.record(), SEND), 1, "the proof was waited for");
        // Whoever does not want it sent again does not wait for that long.
        let hurried = clock.moved();
        sandbox.add_fault(slow).unwrap();
        let _ = client.send_message_with(chat, "Два", &once());
        assert!(clock.moved() - hurried < s(4));
        std::thread::sleep(ms(delay));
        assert_eq!(written(&sandbox.record(), chat, "Два").len(), 1);
    }
}

/// The service's ten seconds begin when it has all of the request.
#[test]
fn a_long_upload_is_no_part_of_the_services_time() {
    let clock = SimulatedClock::new();
    let (at, files) = (Arc::clone(&clock), AtomicUsize::new(0));
    // When the service had all of the first request, and when the second one came.
    let times = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&times);
    let server = serve(move |mut stream, _| {
        let mut first = [0; 64];
        let count = stream.peek(&mut first).unwrap();
        let date = http_date(&at.wall());
        if first[..count].windows(8).any(|part| part == b"/history") {
            let _ = read_request(&mut stream);
            let empty = r#"{"status":"OK","result":{"messages":[]}}"#;
            let _ = answer(&mut stream, "200 OK", &date, empty);
            return;
        }
        let slow = files.fetch_add(1, Ordering::SeqCst) == 0;
        if slow {
            std::thread::sleep(ms(700));
        } else {
            seen.lock().unwrap().push(at.now());
        }
        let whole = read_request(&mut stream).is_ok();
        if slow {
            seen.lock().unwrap().push(at.now());
        } else if whole {
            let _ = answer(&mut stream, "200 OK", &date, r#"{"status":"OK"}"#);
        }
    });
    let client = server.builder().clock(clock.clone()).build().unwrap();
    let data = vec![7; 5 * 1024 * 1024];
    let options = SendOptions::new().resend(true);
    let sent = client.send_file_with(7, "a.bin", &data, &options).unwrap();
    assert_eq!((sent.outcome, sent.attempts), (SendOutcome::Sent, 2));
    let times = times.lock().unwrap();
    let waited = times[1] - times[0];
    assert!(waited > ms(10_800) && waited < s(12), "{waited:?}");
}

#[test]
fn without_resolve_nothing_is_read() {
    let market = Market::plain();
    let chat = market.chat();
    market.lose(SEND);
    let options = SendOptions::new().resolve(false).after_message_id(1);
    let error = market.client.send_message_with(chat, "Раз", &options).unwrap_err();
    assert_eq!(error.status(), Status::OutcomeUnknown);
    let known = error.known().unwrap();
    assert!(!known.searched && known.after_message_id == Some(1));
    assert_eq!(known.cause.as_deref(), Some("NETWORK"));
    assert!(error.trace_id().is_some() && error.attempts() == 1);
    assert_eq!(count(&market.sandbox.record(), Operation::GetChatHistory), 0);
}

#[test]
fn the_id_of_a_plain_success_is_found() {
    each_market(|market| {
        let (chat, client) = (market.chat(), &market.client);
        let options = SendOptions::new().return_message_id(true);
        client.send_message(chat, "Да").unwrap();
        for expected in [2, 3] {
            let sent = client.send_message_with(chat, " Да", &options).unwrap();
            assert_eq!(sent.outcome, SendOutcome::Sent);
            let ids = market.written(chat, "Да");
            assert_eq!((ids.len(), ids.last()), (expected, sent.message_id.as_ref()));
        }
        // The success stands, whatever becomes of the search.
        let broken = Fault::new(FaultKind::Error(ErrorKind::NotFound));
        market.sandbox.add_fault(broken.on(Operation::GetChatHistory)).unwrap();
        let sent = client.send_message_with(chat, "Нет", &options).unwrap();
        assert_eq!((sent.outcome, sent.message_id), (SendOutcome::Sent, None));
    });
}

#[test]
fn two_lost_sends_of_one_text_at_the_same_time() {
    for (order, arrives) in [
        (Order::Ascending, 2),
        (Order::Descending, 2),
        (Order::Ascending, 1),
        (Order::Descending, 1),
    ] {
        for known in [false, true] {
            let sandbox = Sandbox::builder().history_order(order).latency_ms(30).start().unwrap();
            let client = builder(&sandbox).build().unwrap();
            let chat = new_chat(&sandbox);
            if known {
                client.get_messages_since(chat, 0, &MessagesOptions::new()).unwrap();
            }
            let lost = Fault::new(FaultKind::Close).on(SEND);
            sandbox.add_fault(lost.clone().after_work().times(arrives)).unwrap();
            sandbox.add_fault(lost.times(2)).unwrap();
            let results: Vec<_> = std::thread::scope(|scope| {
                let send = || client.send_message(chat, "Да");
                let threads = [scope.spawn(send), scope.spawn(send)];
                threads.map(|thread| thread.join().unwrap()).into()
            });
            let confirmed: Vec<_> = results.iter().flatten().collect();
            let ids = written(&sandbox.record(), chat, "Да");
            assert_eq!(ids.len(), arrives as usize);
            assert!(confirmed.len() <= ids.len(), "{results:?}");
            let told: Vec<_> = confirmed.iter().filter_map(|result| result.message_id).collect();
            assert!(told.len() < 2 || told[0] != told[1], "{told:?}");
            assert!(told.iter().all(|id| ids.contains(id)));
            for error in results.iter().filter_map(|result| result.as_ref().err()) {
                assert_eq!(error.status(), Status::OutcomeUnknown);
            }
        }
    }
}

#[test]
fn a_search_that_is_cancelled_leaves_the_outcome_open() {
    let sandbox = Sandbox::start().unwrap();
    let client = builder(&sandbox).build().unwrap();
    let chat = new_chat(&sandbox);
    sandbox.add_fault(Fault::new(FaultKind::Close).on(SEND).after_work()).unwrap();
    let slow = Fault::new(FaultKind::Slow).on(Operation::GetChatHistory);
    sandbox.add_fault(slow.delay_before_work(s(5))).unwrap();
    let error = std::thread::scope(|scope| {
        let sending = scope.spawn(|| client.send_message(chat, "Да"));
        assert!(sandbox.wait_for(s(5), |seen| seen.of(Operation::GetChatHistory).count() == 1));
        client.cancel_handle().cancel();
        sending.join().unwrap().unwrap_err()
    });
    assert_eq!(error.outcome(), Some(DeliveryStatus::Unknown));
    assert_eq!(error.status(), Status::OutcomeUnknown);
    assert_eq!(error.known().unwrap().cause.as_deref(), Some("CANCELLED"));
    assert!(!error.is_retryable() && error.trace_id().is_some() && error.ticket().is_some());
    // It counts as open for the next one of the same text.
    sandbox.add_fault(Fault::new(FaultKind::Close).on(SEND)).unwrap();
    let found = unknown(client.send_message_with(chat, "Да", &once()));
    assert_eq!(found, written(&sandbox.record(), chat, "Да"));
}

#[test]
fn a_lost_create_chat_is_repeated_and_opens_one_chat() {
    let market = Market::plain();
    let closed = Fault::new(FaultKind::Close).on(Operation::CreateChat);
    market.sandbox.add_fault(closed.after_work().times(3)).unwrap();
    let created = market.client.create_chat(ChatContextRef::Order(424_242)).unwrap();
    let record = market.sandbox.record();
    let chats: Vec<_> = record.chats.iter().filter(|chat| chat.request.is_some()).collect();
    assert_eq!(chats.len(), 1);
    assert_eq!(chats[0].chat.chat_id, created.chat_id);
    assert_eq!(count(&record, Operation::CreateChat), 4);
}

/// The dates of the history mean nothing where the clock was set since the send began.
#[test]
fn a_clock_that_is_set_during_the_search_proves_nothing() {
    for minutes in [-60_i64, 60] {
        let market = Market::plain();
        let chat = market.chat();
        // The client knows the time before.
        market.client.get_chat(chat).unwrap();
        let failing = Fault::new(FaultKind::Status(503)).on(Operation::GetChatHistory);
        market.sandbox.add_fault(failing.delay_before_work(ms(400))).unwrap();
        market.lose(SEND);
        let options = SendOptions::new().resend(true);
        let result = std::thread::scope(|scope| {
            let sending = scope.spawn(|| market.client.send_message_with(chat, "Да", &options));
            let arrived =
                |seen: &ymchat_sandbox::Traffic| seen.of(Operation::GetChatHistory).count() == 1;
            assert!(market.sandbox.wait_for(s(5), arrived));
            let now = market.sandbox.now();
            let by = s(minutes.unsigned_abs() * 60);
            market.sandbox.set_clock(if minutes < 0 { now - by } else { now + by }).unwrap();
            sending.join().unwrap()
        });
        let ids = market.written(chat, "Да");
        assert_eq!(ids.len(), 1, "{minutes}: {result:?}");
        if let Ok(result) = result {
            assert_eq!(result.message_id, Some(ids[0]));
        }
    }
}

/// Which answers leave a send open, and which prove that nothing was done.
#[test]
fn each_kind_of_answer_to_a_send() {
    use FaultKind as K;
    let open = [
        K::Close,
        K::TruncatedBody,
        K::TruncatedChunks,
        K::ContentLengthTooLong,
        K::ContentLengthTooShort,
        K::Html(200),
        K::Html(500),
        K::EmptyBody(200),
        K::EmptyBody(502),
        K::ErrorsNull(500),
        K::ErrorWith200,
        K::WrongJsonKind,
        K::EndlessBody,
        K::GzipBomb(1),
        K::Error(ErrorKind::ServerError),
        K::Error(ErrorKind::Overloaded),
        K::Redirect("https://example.org/".into()),
        K::Status(303),
        K::Status(307),
        K::Status(402),
        K::Status(408),
        K::Status(409),
        K::Status(499),
        K::Status(502),
        K::Status(504),
    ];
    let market = Market::plain();
    let client = builder(&market.sandbox)
        .clock(market.clock.clone())
        .max_response_bytes(256 * 1024)
        .build()
        .unwrap();
    let options = once();
    for (number, kind) in open.into_iter().enumerate() {
        let chat = market.chat();
        let fault = Fault::new(kind.clone()).on(SEND);
        market.sandbox.add_fault(fault.clone()).unwrap();
        let text = format!("Нет {number}");
        let found = unknown(client.send_message_with(chat, &text, &options));
        assert!(found.is_empty() && market.written(chat, &text).is_empty(), "{kind:?}");
        market.sandbox.add_fault(fault.after_work()).unwrap();
        let text = format!("Да {number}");
        let id = confirmed(client.send_message_with(chat, &text, &options));
        assert_eq!(market.written(chat, &text), [id.unwrap()], "{kind:?}");
    }
    let refusals = [
        (K::Error(ErrorKind::BadRequest), Status::BadRequest),
        (K::Error(ErrorKind::TokenInvalid), Status::Unauthorized),
        (K::Error(ErrorKind::NoAccess), Status::Forbidden),
        (K::Error(ErrorKind::NotFound), Status::NotFound),
        (K::Error(ErrorKind::BodyTooLarge), Status::BadRequest),
        (K::Error(ErrorKind::ShopLocked), Status::BadRequest),
    ];
    market.sandbox.clear_record();
    for (kind, status) in refusals {
        market.sandbox.add_fault(Fault::new(kind).on(SEND)).unwrap();
        let error = client.send_message_with(market.chat(), "Да", &options).unwrap_err();
        assert_eq!((error.status(), error.outcome()), (status, Some(DeliveryStatus::NotSent)));
        assert_eq!(error.attempts(), 1);
    }
    assert_eq!(count(&market.sandbox.record(), Operation::GetChatHistory), 0);
    // A 420 says that nothing was done: it is repeated, and counted.
    for kind in [K::Error(ErrorKind::ParallelLimit), K::Status(420)] {
        let chat = market.chat();
        market.sandbox.add_fault(Fault::new(kind.clone()).on(SEND).times(2)).unwrap();
        let sent = client.send_message_with(chat, "Да", &options).unwrap();
        assert_eq!((sent.outcome, sent.attempts), (SendOutcome::Sent, 3), "{kind:?}");
        assert_eq!(market.written(chat, "Да").len(), 1);
    }
    // Where it names a time that is beyond the call's, the caller is told at once.
    let hourly = Fault::new(K::Error(ErrorKind::HourlyLimit)).on(SEND);
    market.sandbox.add_fault(hourly).unwrap();
    let error = client.send_message_with(market.chat(), "Да", &options).unwrap_err();
    assert_eq!((error.status(), error.attempts()), (Status::RateLimited, 1));
    assert_eq!(error.outcome(), Some(DeliveryStatus::NotSent));
    assert!(error.retry_after().is_some_and(|wait| wait > s(3_000)));
}
