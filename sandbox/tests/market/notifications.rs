//! The Market calls the shop, again and again, until it is answered.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};
use ymchat::{ChatStatus, ChatType, NotificationOptions, parse_notification};
use ymchat_sandbox::{Misuse, NewChat, NotificationLog, NotificationSettings, Sandbox};

use crate::client::{admin, client};

/// Far more than anything here takes.
const PATIENCE: Duration = Duration::from_secs(60);

/// A shop that answers with the library, or as it is told.
struct Shop {
    url: String,
    bodies: Arc<Mutex<Vec<String>>>,
    /// Answers that come before the right ones: a status and a body; no body: no answer.
    script: Arc<Mutex<Vec<(u16, &'static str)>>>,
}

impl Shop {
    fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/notification", listener.local_addr().unwrap());
        let shop = Self { url, bodies: Arc::default(), script: Arc::default() };
        let (bodies, script) = (Arc::clone(&shop.bodies), Arc::clone(&shop.script));
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (bodies, script) = (Arc::clone(&bodies), Arc::clone(&script));
                thread::spawn(move || answer(stream.unwrap(), &bodies, &script));
            }
        });
        shop
    }

    fn script(self, answers: &[(u16, &'static str)]) -> Self {
        *self.script.lock().unwrap() = answers.iter().rev().copied().collect();
        self
    }

    fn bodies(&self) -> Vec<String> {
        self.bodies.lock().unwrap().clone()
    }
}

fn answer(
    mut stream: TcpStream,
    bodies: &Mutex<Vec<String>>,
    script: &Mutex<Vec<(u16, &'static str)>>,
) {
    let mut request = Vec::new();
    let (head, length) = loop {
        let mut bytes = [0; 4096];
        let read = stream.read(&mut bytes).unwrap();
        if read == 0 {
            return;
        }
        request.extend_from_slice(&bytes[..read]);
        let text = String::from_utf8_lossy(&request).to_lowercase();
        let Some(end) = text.find("\r\n\r\n") else { continue };
        let length = text.split("content-length: ").nth(1).unwrap();
        break (end + 4, length.split("\r\n").next().unwrap().parse::<usize>().unwrap());
    };
    let start = String::from_utf8_lossy(&request[..head]).to_string();
    assert!(start.starts_with("POST /notification HTTP/1.1\r\n"), "{start}");
    assert!(start.contains("content-type: application/json"), "{start}");
    let mut rest = vec![0; head + length - request.len()];
    stream.read_exact(&mut rest).unwrap();
    request.extend_from_slice(&rest);
    let body = &request[head..];
    bodies.lock().unwrap().push(String::from_utf8(body.to_vec()).unwrap());
    // Not from the script: it may arrive after what is told next, or never.
    let is_late = body.windows(6).any(|part| part == b"\"LATE\"");
    let scripted = if is_late { Some((0, "")) } else { script.lock().unwrap().pop() };
    let (status, reply) = match scripted {
        Some((0, _)) => {
            // Until the sandbox has had enough.
            let _ = stream.read(&mut [0]);
            return;
        }
        Some((status, text)) => (status, text.to_owned()),
        None => {
            let told = parse_notification(body, &NotificationOptions::new()).unwrap();
            (told.reply.http_status, told.reply.body)
        }
    };
    let length = reply.len();
    let text = format!("HTTP/1.1 {status} X\r\nContent-Length: {length}\r\n\r\n{reply}");
    stream.write_all(text.as_bytes()).unwrap();
}

fn wait(sandbox: &Sandbox, wanted: impl FnMut(&NotificationLog) -> bool) -> NotificationLog {
    let come = sandbox.wait_for_notifications(PATIENCE, wanted);
    let log = sandbox.notifications();
    assert!(come, "{log:#?}");
    log
}

fn attempts(log: &NotificationLog) -> u64 {
    log.notifications.iter().map(|record| record.attempts_made).sum()
}

/// A sandbox whose clock stands still, and whose first PING was answered and is forgotten.
fn quiet(shop: &Shop, settings: NotificationSettings) -> Sandbox {
    let sandbox = Sandbox::builder().seeded(false).start().unwrap();
    sandbox.freeze_clock(true);
    let script = std::mem::take(&mut *shop.script.lock().unwrap());
    sandbox.set_notifications(settings).unwrap();
    wait(&sandbox, |log| !log.notifications.is_empty() && log.all_answered());
    admin(&sandbox, "DELETE", "/notifications", Value::Null).json();
    *shop.script.lock().unwrap() = script;
    shop.bodies.lock().unwrap().clear();
    sandbox
}

#[test]
fn what_happens_in_the_chats_is_told_in_the_documented_form() {
    let shop = Shop::open();
    let sandbox =
        Sandbox::builder().notifications(NotificationSettings::to(&shop.url)).start().unwrap();
    let ping = wait(&sandbox, NotificationLog::all_answered);
    assert_eq!(ping.notifications.len(), 1, "nothing is told of the seeds: {ping:?}");
    assert_eq!(ping.of("PING").count(), 1);

    let chat = sandbox.start_chat(NewChat::direct("Есть самовары?")).unwrap();
    let mut dispute = NewChat::about_order(7, "Верните деньги");
    dispute.chat_type = ChatType::Arbitrage;
    let dispute = sandbox.start_chat(dispute).unwrap();
    sandbox.set_status(dispute, ChatStatus::Finished).unwrap();
    sandbox.set_status(dispute, ChatStatus::Finished).unwrap();
    let body = json!({"message": "Есть!"});
    client(&sandbox).post(&format!("chats/message?chatId={chat}"), body).json();
    let context = json!({"context": {"type": "ORDER", "id": 99}});
    let created = client(&sandbox).post("chats/new", context).result()["chatId"].clone();

    let log = wait(&sandbox, |log| log.notifications.len() >= 9 && log.all_answered());
    let told: Vec<_> = log.notifications.iter().map(|record| &record.notification).collect();
    let types: Vec<_> =
        told.iter().map(|body| body["notificationType"].as_str().unwrap()).collect();
    let expected = [
        "PING",
        "CHAT_CREATED",
        "CHAT_MESSAGE_SENT",
        "CHAT_CREATED",
        "CHAT_ARBITRAGE_STARTED",
        "CHAT_MESSAGE_SENT",
        "CHAT_ARBITRAGE_FINISHED",
        "CHAT_MESSAGE_SENT",
        "CHAT_CREATED",
    ];
    assert_eq!(types, expected);
    let messages = &sandbox.record().chats.into_iter().find(|c| c.chat.chat_id == chat).unwrap();
    let first = &messages.messages[0].message;
    assert_eq!(told[2]["messageId"], first.message_id.to_string(), "documented as a string");
    assert_eq!(told[2]["sentAt"], json!(first.created_at));
    assert_eq!((&told[2]["chatId"], &told[4]["chatId"]), (&json!(chat), &json!(dispute)));
    assert_eq!(told[8]["chatId"], created);
    assert!(told[1..].iter().all(|body| body["businessId"] == sandbox.business_id()));
    let mut sent = shop.bodies();
    let mut recorded: Vec<_> = told.iter().map(|body| body.to_string()).collect();
    sent.sort();
    recorded.sort();
    assert_eq!(sent, recorded);
    let attempt = &log.notifications[2].attempts[0];
    assert_eq!((attempt.http_status, &attempt.problem), (Some(200), &None));
    assert!(attempt.body.as_ref().unwrap().contains("\"version\""), "{attempt:?}");
}

#[test]
fn an_unanswered_one_is_sent_again_by_the_sandboxs_clock() {
    let shop = Shop::open().script(&[(500, "{}"), (400, ""), (503, "sorry")]);
    let sandbox = quiet(&shop, NotificationSettings::to(&shop.url));
    let start = sandbox.now();
    sandbox.send_notification(json!({"notificationType": "ORDER_CREATED"})).unwrap();
    wait(&sandbox, |log| attempts(log) == 1);
    sandbox.advance_clock(Duration::from_secs(59));
    assert_eq!(attempts(&sandbox.notifications()), 1);
    sandbox.advance_clock(Duration::from_secs(1));
    let log = wait(&sandbox, |log| attempts(log) == 2);
    assert!(!log.notifications[0].answered && log.notifications[0].next_attempt_at.is_some());
    // A jump over two of them makes both, at their own moments.
    sandbox.advance_clock(Duration::from_secs(120));
    let log = wait(&sandbox, NotificationLog::all_answered);
    let record = &log.notifications[0];
    assert_eq!((record.attempts_made, &record.next_attempt_at), (4, &None));
    let statuses: Vec<_> = record.attempts.iter().map(|attempt| attempt.http_status).collect();
    assert_eq!(statuses, [Some(500), Some(400), Some(503), Some(200)]);
    for (minutes, attempt) in (0..).zip(&record.attempts) {
        let at: jiff::Timestamp = attempt.at.parse().unwrap();
        let wanted = jiff::Timestamp::try_from(start).unwrap();
        let since = at.duration_since(wanted).as_millis_f64().round();
        assert_eq!(since, f64::from(minutes) * 60_000.0, "{record:?}");
    }
    sandbox.advance_clock(Duration::from_secs(7200));
    assert_eq!(shop.bodies().len(), 4, "an answered one is not sent again");
}

#[test]
fn after_14_days_without_an_answer_they_are_switched_off_and_a_new_address_switches_them_on() {
    let gone = TcpListener::bind("127.0.0.1:0").unwrap();
    let nobody = format!("http://{}/", gone.local_addr().unwrap());
    drop(gone);
    let shop = Shop::open();
    let sandbox = quiet(&shop, NotificationSettings::to(&shop.url));
    sandbox.advance_clock(Duration::from_secs(1));
    sandbox.set_notifications(NotificationSettings::to(&nobody)).unwrap();
    sandbox.advance_clock(Duration::from_secs(14 * 86_400));
    let log = wait(&sandbox, |log| log.switched_off);
    let record = &log.notifications[0];
    assert_eq!((record.attempts_made, record.attempts.len()), (61 + 92 + 312, 100));
    assert!(record.attempts[0].problem.as_ref().unwrap().starts_with("no answer: "), "{record:?}");
    let chat = sandbox.start_chat(NewChat::direct("Алло?")).unwrap();
    assert_eq!(sandbox.notifications().notifications.len(), 1, "nothing is told of {chat}");
    let refused = sandbox.ping().unwrap_err();
    assert!(refused.to_string().contains("switched off"), "{refused}");

    sandbox.set_notifications(NotificationSettings::to(&shop.url)).unwrap();
    let log = wait(&sandbox, |log| log.notifications.len() == 2 && log.notifications[1].answered);
    assert!(!log.switched_off);
}

#[test]
fn duplicates_come_as_often_as_ordered() {
    let shop = Shop::open();
    let sandbox = quiet(&shop, NotificationSettings::to(&shop.url).duplicates(2));
    sandbox.send_notification(json!({"notificationType": "X", "id": 5})).unwrap();
    wait(&sandbox, |log| log.notifications.len() == 3 && log.all_answered());
    let bodies = shop.bodies();
    assert_eq!((bodies.len(), &bodies[0], &bodies[0]), (3, &bodies[1], &bodies[2]));
}

#[test]
fn late_and_wrong_replies_are_recorded_with_what_is_wrong() {
    let shop = Shop::open().script(&[(200, "OK"), (200, r#"{"name": "x"}"#)]);
    let mut settings = NotificationSettings::to(&shop.url);
    settings.ping_timeout_ms = 60_000;
    let sandbox = quiet(&shop, settings.clone());
    settings.answer_timeout_ms = 1;
    sandbox.set_notifications(settings.clone()).unwrap();
    sandbox.send_notification(json!({"notificationType": "LATE"})).unwrap();
    wait(&sandbox, |log| attempts(log) == 1);
    settings.answer_timeout_ms = 60_000;
    sandbox.set_notifications(settings).unwrap();
    sandbox.send_notification(json!({"notificationType": "TEXT"})).unwrap();
    wait(&sandbox, |log| attempts(log) == 2);
    sandbox.send_notification(json!({"notificationType": "NO_VERSION"})).unwrap();
    let log = wait(&sandbox, |log| attempts(log) == 3);
    let problem = |kind: &str| log.of(kind).next().unwrap().attempts[0].problem.clone().unwrap();
    assert_eq!(problem("LATE"), "no answer within 1 ms");
    assert!(problem("TEXT").contains("no JSON object"), "{}", problem("TEXT"));
    assert!(problem("NO_VERSION").contains("\"version\""), "{}", problem("NO_VERSION"));
}

#[test]
fn what_is_remembered_is_bounded() {
    let gone = TcpListener::bind("127.0.0.1:0").unwrap();
    let nobody = format!("http://{}/", gone.local_addr().unwrap());
    drop(gone);
    let sandbox = Sandbox::builder().seeded(false).start().unwrap();
    sandbox.freeze_clock(true);
    sandbox.set_notifications(NotificationSettings::to(nobody)).unwrap();
    for number in 0..1004 {
        sandbox.send_notification(json!({"notificationType": "X", "number": number})).unwrap();
    }
    let log = sandbox.notifications();
    assert_eq!((log.notifications.len(), log.dropped), (1000, 5));
}

#[test]
fn the_admin_api_does_the_same() {
    let shop = Shop::open();
    let sandbox = Sandbox::builder().seeded(false).start().unwrap();
    let refused = admin(&sandbox, "POST", "/notifications/ping", json!({})).error(400);
    assert!(refused.contains("url"), "{refused}");
    let settings = json!({"url": shop.url, "duplicates": 1});
    let set = admin(&sandbox, "POST", "/notifications/settings", settings).json();
    assert_eq!((&set["duplicates"], &set["answerTimeoutMs"]), (&json!(1), &json!(10_000)));
    let one = json!({"duplicates": 0});
    let set = admin(&sandbox, "POST", "/notifications/settings", one).json();
    assert_eq!(set["url"], shop.url, "only what is named changes");
    admin(&sandbox, "POST", "/notifications/ping", json!({})).json();
    admin(&sandbox, "POST", "/notifications", json!({"notificationType": "GOODS_X"})).json();
    wait(&sandbox, |log| log.notifications.len() == 4 && log.all_answered());
    let page = admin(&sandbox, "GET", "/notifications", Value::Null).json();
    assert_eq!(page["notifications"][3]["notification"], json!({"notificationType": "GOODS_X"}));
    assert_eq!(page["notifications"][3]["attempts"][0]["httpStatus"], 200);
    admin(&sandbox, "DELETE", "/notifications", Value::Null).json();
    assert!(sandbox.notifications().notifications.is_empty());
    for (body, word) in [
        (json!({"url": "http://example.org/"}), "this computer"),
        (json!({"duplicates": 11}), "duplicates"),
        (json!({"duplicate": 1}), "duplicate"),
        (json!({"answerTimeoutMs": "x"}), "answerTimeoutMs"),
    ] {
        let refused = admin(&sandbox, "POST", "/notifications/settings", body).error(400);
        assert!(refused.contains(word), "{refused}");
    }
    admin(&sandbox, "POST", "/notifications/settings", json!({"url": null})).json();
    sandbox.start_chat(NewChat::direct("Алло?")).unwrap();
    assert!(sandbox.notifications().notifications.is_empty(), "nothing without an address");
    assert!(matches!(sandbox.ping(), Err(Misuse::Invalid(_))));
    let wrong = NotificationSettings::to("http://example.org/");
    assert!(Sandbox::builder().notifications(wrong).start().is_err());
}

#[test]
fn a_reset_begins_with_the_address_of_the_start() {
    let shop = Shop::open();
    let settings = NotificationSettings::to(&shop.url);
    let sandbox = Sandbox::builder().notifications(settings).start().unwrap();
    wait(&sandbox, NotificationLog::all_answered);
    sandbox.set_notifications(NotificationSettings::default()).unwrap();
    sandbox.reset();
    let log = wait(&sandbox, NotificationLog::all_answered);
    assert_eq!(log.settings.url.as_ref(), Some(&shop.url));
    let numbers: Vec<_> = log.notifications.iter().map(|record| record.number).collect();
    assert_eq!(numbers, [2], "numbers go on");
}
