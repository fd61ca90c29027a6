//! Tickets: a program that stores one with each of its replies, and is killed at any moment.

use std::io::Write;
use std::net::{Shutdown, TcpStream};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use fastrand::Rng;
use serde_json::json;
use ymchat::internal::{Clock, TestSettings};
use ymchat::{
    CancelHandle, CheckMessages, Client, DeliveryStatus, SendContent, SendOptions, SendOutcome,
    Status,
};

use crate::support::{Server, SimulatedClock, ms, s, serve};
use crate::tricky::{CHAT, Heard, Market, Ways, Work};

/// A process: an entrance to the Market of its own, through which only so many bytes go before
/// it is killed.
struct Process {
    client: Client,
    killed: Arc<AtomicBool>,
    passed: Arc<AtomicUsize>,
    _server: Server,
}

struct Wire {
    market: Arc<Market>,
    most: usize,
    passed: Arc<AtomicUsize>,
    killed: Arc<AtomicBool>,
    cancel: Mutex<Option<CancelHandle>>,
}

impl Wire {
    fn kill(&self, stream: &TcpStream) {
        self.killed.store(true, Ordering::SeqCst);
        // What is killed waits for nothing: its call ends, and nobody looks at what it says.
        if let Some(cancel) = &*self.cancel.lock().unwrap() {
            cancel.cancel();
        }
        let _ = stream.shutdown(Shutdown::Both);
    }

    fn serve(&self, mut stream: TcpStream) {
        if self.killed.load(Ordering::SeqCst) {
            return;
        }
        let Some(exchange) = self.market.read(&mut stream) else { return };
        let asked = self.passed.fetch_add(exchange.request.len(), Ordering::SeqCst);
        if asked + exchange.request.len() > self.most {
            // Its end was never sent.
            return self.kill(&stream);
        }
        let answered = self.passed.fetch_add(exchange.body.len(), Ordering::SeqCst);
        if answered + exchange.body.len() > self.most {
            // The service is at work when the process is gone already.
            let late = [0, 3_000, 9_900][self.most % 3];
            self.market.work_later(&exchange, ms(late));
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{");
            return self.kill(&stream);
        }
        self.market.work(&exchange);
        self.market.tell(&mut stream, &exchange);
    }
}

impl Process {
    fn start(market: &Arc<Market>, most: usize) -> Process {
        let (killed, passed) = (Arc::<AtomicBool>::default(), Arc::<AtomicUsize>::default());
        let wire = Arc::new(Wire {
            market: Arc::clone(market),
            most,
            passed: Arc::clone(&passed),
            killed: Arc::clone(&killed),
            cancel: Mutex::new(None),
        });
        let serving = Arc::clone(&wire);
        let server = serve(move |stream, _| serving.serve(stream));
        let client = market.client(&server);
        *wire.cancel.lock().unwrap() = Some(client.cancel_handle());
        Process { client, killed, passed, _server: server }
    }

    fn is_killed(&self) -> bool {
        self.killed.load(Ordering::SeqCst)
    }
}

/// A row of the program's table, as it stands on the disk.
#[derive(Debug, Clone)]
struct Row {
    text: &'static str,
    ticket: Option<String>,
    done: bool,
}

fn table() -> Vec<Row> {
    ["Да", "Да", "Заказ в пути", "Да"].map(|text| Row { text, ticket: None, done: false }).into()
}

/// Runs the program until it is done or killed.
fn run(process: &Process, rows: &mut [Row]) {
    for row in rows.iter_mut().filter(|row| !row.done) {
        if row.ticket.is_none() {
            let prepared = process.client.prepare_send(CHAT, &SendContent::Message(row.text));
            if process.is_killed() {
                return;
            }
            row.ticket = Some(prepared.unwrap());
        }
        let options = SendOptions::new().ticket(row.ticket.clone().unwrap());
        let sent = process.client.send_message_with(CHAT, row.text, &options);
        if process.is_killed() {
            return;
        }
        sent.unwrap();
        row.done = true;
    }
}

fn expect_each_once(market: &Market, rows: &[Row], what: &str) {
    assert!(rows.iter().all(|row| row.done), "{what}: {rows:?}");
    let texts: Vec<_> = market.of_shop().iter().map(|m| m["message"].clone()).collect();
    let wanted: Vec<_> = rows.iter().map(|row| json!(row.text)).collect();
    assert_eq!(texts, wanted, "{what}");
}

#[test]
fn a_program_that_is_killed_anywhere_sends_each_reply_once() {
    for (descending, exclusive) in [(false, false), (false, true), (true, false), (true, true)] {
        let ways = Ways { descending, exclusive, ..Ways::default() };
        let market = Market::new(ways.clone());
        let process = Process::start(&market, usize::MAX);
        let mut rows = table();
        run(&process, &mut rows);
        expect_each_once(&market, &rows, "undisturbed");
        let all = process.passed.load(Ordering::SeqCst);
        for place in 0..200 {
            let mut rng = Rng::with_seed(place);
            let market = Market::new(ways.clone());
            let mut rows = table();
            let what = format!("{ways:?}, killed at {place} of 200, {all} bytes");
            // Half of them are killed a second time.
            let mut lives = vec![all * place as usize / 200];
            lives.extend(rng.bool().then(|| rng.usize(..all)));
            lives.push(usize::MAX);
            for most in lives {
                run(&Process::start(&market, most), &mut rows);
            }
            expect_each_once(&market, &rows, &what);
        }
    }
}

#[test]
fn a_ticket_that_another_process_may_have_used_is_looked_for_first() {
    let market = Market::new(Ways::default());
    let (here, there) = (market.open(), market.open());
    let first = market.client(&here);
    let ticket = first.prepare_send(CHAT, &SendContent::Message("Да")).unwrap();
    let options = SendOptions::new().ticket(&ticket);
    // The other process sends at once: it cannot know, so it waits for the proof.
    let before = market.clock.now();
    let sent = market.client(&there).send_message_with(CHAT, "Да", &options).unwrap();
    assert_eq!((sent.outcome, sent.attempts), (SendOutcome::Sent, 1));
    assert!(market.clock.now() - before >= s(11));
    // A third one finds it.
    let other = market.open();
    let sent = market.client(&other).send_message_with(CHAT, "Да", &options).unwrap();
    assert_eq!((sent.outcome, sent.attempts), (SendOutcome::Confirmed, 0));
    assert_eq!(market.of_shop().len(), 1);
    // Where it was prepared a moment ago, nothing is waited for.
    let ticket = first.prepare_send(CHAT, &SendContent::Message("Нет")).unwrap();
    let before = market.clock.moved();
    let options = SendOptions::new().ticket(ticket);
    assert_eq!(first.send_message_with(CHAT, "Нет", &options).unwrap().outcome, SendOutcome::Sent);
    assert_eq!(
        first.send_message_with(CHAT, "Нет", &options).unwrap().outcome,
        SendOutcome::Confirmed
    );
    assert!(market.clock.moved() - before < s(1));
    assert_eq!(market.of_shop().len(), 2);
}

#[test]
fn a_lost_send_goes_on_with_the_ticket_of_its_error() {
    for arrives in [true, false] {
        for elsewhere in [false, true] {
            let market = Market::new(Ways::default());
            let (here, there) = (market.open(), market.open());
            let client = market.client(&here);
            client.get_chat_history(CHAT, &Default::default()).unwrap();
            let work = if arrives { Work::After(s(4)) } else { Work::Never };
            market.script([(work, Heard::Nothing)]);
            let once = SendOptions::new().resolve(false);
            let error = client.send_message_with(CHAT, "Да", &once).unwrap_err();
            assert_eq!(error.status(), Status::OutcomeUnknown);
            let options = SendOptions::new().ticket(error.ticket().unwrap());
            let client = if elsewhere { market.client(&there) } else { client };
            let sent = client.send_message_with(CHAT, "Да", &options).unwrap();
            let expected = if arrives { SendOutcome::Confirmed } else { SendOutcome::Sent };
            assert_eq!(sent.outcome, expected, "{arrives} {elsewhere}");
            assert_eq!(market.of_shop().len(), 1);
        }
    }
    // Where nothing of the chat was known, it is found, or never sent again.
    let market = Market::new(Ways::default());
    let (here, there) = (market.open(), market.open());
    market.script([(Work::Never, Heard::Nothing)]);
    let error = market.client(&here).send_message(CHAT, "Да").unwrap_err();
    let options = SendOptions::new().ticket(error.ticket().unwrap());
    let again = market.client(&there).send_message_with(CHAT, "Да", &options).unwrap_err();
    assert_eq!(again.outcome(), Some(DeliveryStatus::Unknown));
    assert_eq!(again.ticket(), error.ticket());
    assert_eq!(market.sends(), 1);
}

#[test]
fn a_text_that_the_check_refuses_now_may_have_arrived_with_its_ticket_before() {
    const TEXT: &str = "Пишите в телеграм @ivanov_shop";
    for work in [Work::After(s(4)), Work::Never] {
        for elsewhere in [false, true] {
            let market = Market::new(Ways::default());
            let (here, there) = (market.open(), market.open());
            let lax = market.client(&here);
            lax.get_chat_history(CHAT, &Default::default()).unwrap();
            let arrives = matches!(work, Work::After(_));
            market
                .script([(if arrives { Work::After(s(4)) } else { Work::Never }, Heard::Nothing)]);
            let once = SendOptions::new().resolve(false);
            let error = lax.send_message_with(CHAT, TEXT, &once).unwrap_err();
            assert_eq!(error.outcome(), Some(DeliveryStatus::Unknown));
            let options = SendOptions::new().ticket(error.ticket().unwrap());

            let server = if elsewhere { &there } else { &here };
            let strict = market.builder(server).check_messages(CheckMessages::Reject);
            let again = strict.build().unwrap().send_message_with(CHAT, TEXT, &options);
            if arrives {
                assert_eq!(again.unwrap().outcome, SendOutcome::Confirmed, "{elsewhere}");
            } else {
                let error = again.unwrap_err();
                assert_eq!(error.status(), Status::Rejected, "{elsewhere}: {error}");
                assert_eq!(error.outcome(), Some(DeliveryStatus::NotSent), "proven absent");
            }
            assert_eq!(market.sends(), 1, "what is refused is not sent again");
        }
    }
    // Where the history leaves it open, so does the answer.
    let market = Market::new(Ways::default());
    let server = market.open();
    market.script([(Work::Never, Heard::Nothing)]);
    let error = market.client(&server).send_message(CHAT, TEXT).unwrap_err();
    let options = SendOptions::new().ticket(error.ticket().unwrap());
    let strict = market.builder(&server).check_messages(CheckMessages::Reject).build().unwrap();
    let again = strict.send_message_with(CHAT, TEXT, &options).unwrap_err();
    assert_eq!(again.status(), Status::OutcomeUnknown, "{again}");
    assert_eq!(again.outcome(), Some(DeliveryStatus::Unknown));
    // A ticket that nobody has used yet has nothing to be looked for.
    let ticket = strict.prepare_send(CHAT, &SendContent::Message(TEXT)).unwrap();
    let (requests, _) = market.traffic();
    let fresh = strict.send_message_with(CHAT, TEXT, &SendOptions::new().ticket(ticket));
    assert_eq!(fresh.unwrap_err().outcome(), Some(DeliveryStatus::NotSent));
    assert_eq!(market.traffic().0, requests);
}

#[test]
fn a_call_that_is_refused_says_nothing_of_what_its_ticket_did_before() {
    let market = Market::new(Ways::default());
    let (here, there) = (market.open(), market.open());
    let client = market.client(&here);
    let ticket = client.prepare_send(CHAT, &SendContent::Message("Да")).unwrap();
    let wrong = |ticket: &str| {
        [
            SendOptions::new().ticket(ticket).resolve(false),
            SendOptions::new().ticket(ticket).after_message_id(5),
            SendOptions::new().ticket(ticket).after_message_id(0),
        ]
    };
    // Nobody has used it yet.
    for options in wrong(&ticket) {
        let error = client.send_message_with(CHAT, "Да", &options).unwrap_err();
        assert_eq!(error.status(), Status::InvalidArgument, "{error}");
        assert_eq!(error.outcome(), Some(DeliveryStatus::NotSent), "{error}");
    }
    market.script([(Work::After(s(4)), Heard::Nothing)]);
    let once = SendOptions::new().ticket(&ticket).call_timeout(s(1));
    let lost = client.send_message_with(CHAT, "Да", &once).unwrap_err();
    assert_eq!(lost.outcome(), Some(DeliveryStatus::Unknown), "{lost}");

    let elsewhere = market.client(&there);
    let raw = client.raw();
    let text = format!(r#"{{"ticket": "{ticket}", "resolv": true}}"#);
    let broken = format!(r#"{{"ticket": "{ticket}""#);
    let refused = wrong(&ticket)
        .iter()
        .flat_map(|options| {
            [&client, &elsewhere].map(|client| client.send_message_with(CHAT, "Да", options).err())
        })
        .chain([&text, &broken].map(|options| raw.send_message(CHAT, "Да", options).err()))
        .collect::<Vec<_>>();
    assert_eq!(refused.len(), 8);
    for error in refused.into_iter().flatten() {
        assert_eq!(error.status(), Status::OutcomeUnknown, "{error}");
        assert_eq!(error.outcome(), Some(DeliveryStatus::Unknown), "{error}");
        assert_eq!(error.ticket(), Some(ticket.as_str()), "{error}");
        assert_eq!(error.known().unwrap().cause.as_deref(), Some("INVALID_ARGUMENT"));
        assert!(!error.known().unwrap().searched && !error.is_retryable());
    }
    let named = raw.send_message(CHAT, "Да", &text).unwrap_err();
    assert!(named.to_string().contains("resolv"), "{named}");
    // Another text was certainly not sent with it.
    let other = client.send_message_with(CHAT, "Нет", &SendOptions::new().ticket(&ticket));
    assert_eq!(other.unwrap_err().outcome(), Some(DeliveryStatus::NotSent));
    let right = SendOptions::new().ticket(&ticket);
    let sent = client.send_message_with(CHAT, "Да", &right).unwrap();
    assert_eq!(sent.outcome, SendOutcome::Confirmed);
    assert_eq!(market.sends(), 1);
}

#[test]
fn a_history_that_is_too_long_to_be_searched_leaves_the_outcome_open() {
    let market = Market::new(Ways::default());
    let server = market.open();
    let client = market.builder(&server).max_response_bytes(64 << 20).build().unwrap();
    client.get_chat_history(CHAT, &Default::default()).unwrap();
    // Another program of the shop writes 18 MB before this one looks.
    let long = "x".repeat(300_000);
    for _ in 0..60 {
        market.write("PARTNER", json!({ "message": long }), ms(0));
    }
    market.script([(Work::Never, Heard::Nothing)]);
    let error = client.send_message(CHAT, "Да").unwrap_err();
    assert_eq!(error.outcome(), Some(DeliveryStatus::Unknown), "{error}");
    assert!(!error.known().unwrap().searched, "nothing is claimed of what was not read");
    assert_eq!(market.sends(), 1);
}

#[test]
fn a_send_with_a_ticket_that_did_not_arrive_can_be_made_at_once() {
    let market = Market::new(Ways::default());
    let server = market.open();
    let client = market.client(&server);
    let ticket = client.prepare_send(CHAT, &SendContent::Message("Да")).unwrap();
    let options = SendOptions::new().ticket(ticket);
    let refused = Heard::Answer("403 Forbidden", r#"{"status":"ERROR","errors":[]}"#);
    market.script([(Work::Never, refused)]);
    let error = client.send_message_with(CHAT, "Да", &options).unwrap_err();
    assert_eq!(error.outcome(), Some(DeliveryStatus::NotSent));
    let before = market.clock.moved();
    assert_eq!(client.send_message_with(CHAT, "Да", &options).unwrap().outcome, SendOutcome::Sent);
    assert!(market.clock.moved() - before < s(1));
}

/// A clock whose first wait panics, as a logger of the host may do.
#[derive(Debug)]
struct Brittle {
    clock: Arc<SimulatedClock>,
    is_whole: AtomicBool,
}

impl Clock for Brittle {
    fn now(&self) -> Duration {
        self.clock.now()
    }

    fn wall(&self) -> SystemTime {
        self.clock.wall()
    }

    fn sleep(&self, wait: Duration) {
        assert!(self.is_whole.swap(true, Ordering::SeqCst), "the clock is broken");
        self.clock.sleep(wait);
    }

    fn is_simulated(&self) -> bool {
        true
    }
}

#[test]
fn a_call_that_panics_leaves_its_ticket_to_the_next_one() {
    // Lost, and looked for again a little later; or not sent at all, and to be tried again.
    for heard in [Heard::Nothing, Heard::Answer("420 Enhance Your Calm", r#"{"status":"ERROR"}"#)] {
        let market = Market::new(Ways::default());
        let server = market.open();
        let clock = Brittle { clock: Arc::clone(&market.clock), is_whole: AtomicBool::new(false) };
        let client = market.builder(&server).clock(Arc::new(clock)).build().unwrap();
        let ticket = client.prepare_send(CHAT, &SendContent::Message("Да")).unwrap();
        let options = SendOptions::new().ticket(ticket);
        market.script([(Work::Never, heard)]);
        let send = || client.send_message_with(CHAT, "Да", &options);
        assert!(catch_unwind(AssertUnwindSafe(send)).is_err(), "{heard:?}");
        assert_eq!(send().unwrap().outcome, SendOutcome::Sent, "{heard:?}");
        assert_eq!(market.of_shop().len(), 1, "{heard:?}");
    }
}

#[test]
fn a_ticket_is_for_what_it_was_prepared_for() {
    let market = Market::new(Ways::default());
    let server = market.open();
    let client = market.client(&server);
    let ticket = client.prepare_send(CHAT, &SendContent::Message("Да")).unwrap();
    let file = client.prepare_send(CHAT, &SendContent::File { name: "a.png", size: 3 }).unwrap();
    assert!(ticket.is_ascii() && ticket.len() <= 512 && !ticket.contains("ACMA"));
    let with = |ticket: &str| SendOptions::new().ticket(ticket);
    let refusals = [
        (client.send_message_with(CHAT, "Нет", &with(&ticket)), "another text"),
        (client.send_message_with(CHAT + 1, "Да", &with(&ticket)), "another chat"),
        (client.send_message_with(CHAT, "Да", &with(&ticket[1..])), "damaged"),
        (client.send_message_with(CHAT, "Да", &with("")), "damaged"),
        (client.send_file_with(CHAT, "a.png", b"pngs", &with(&file)), "size"),
        (client.send_message_with(CHAT, "Да", &with(&file)), "another text"),
        (client.send_message_with(CHAT, "Да", &with(&ticket).resolve(false)), "needs resolve"),
        (
            client.send_message_with(CHAT, "Да", &with(&ticket).after_message_id(5)),
            "afterMessageId",
        ),
    ];
    for (result, word) in refusals {
        let error = result.unwrap_err();
        assert_eq!(error.status(), Status::InvalidArgument, "{word}");
        assert_eq!(error.outcome(), Some(DeliveryStatus::NotSent), "{word}");
        assert!(error.to_string().contains(word), "{error}");
    }
    let other = market.builder(&server).business_id(6).build().unwrap();
    let error = other.send_message_with(CHAT, "Да", &with(&ticket)).unwrap_err();
    assert!(error.to_string().contains("another business"), "{error}");
    assert_eq!(market.sends(), 0);
    assert_eq!(client.send_file_with(CHAT, "a.png", b"png", &with(&file)).unwrap().attempts, 1);
}
