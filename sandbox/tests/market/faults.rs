//! Every kind of fault, and which requests it meets.

use std::io::{Read, Write};
use std::time::Duration;

use serde_json::json;
use ymchat_sandbox::{ErrorKind, Fault, FaultKind, Operation, Sandbox, Traffic, When};

use crate::client::{Reply, client, connect, one_chat, raw, raw_send, shop_texts, try_send};

const SEND: Operation = Operation::SendMessageToChat;

/// Orders a fault for the next send, sends, and gives the answer and whether the text arrived.
fn meet(kind: FaultKind, when: When) -> (Reply, bool) {
    let (sandbox, chat) = one_chat(Sandbox::builder());
    let fault = Fault::new(kind).on(SEND);
    let fault = if when == When::After { fault.after_work() } else { fault };
    sandbox.add_fault(fault).unwrap();
    let reply = client(&sandbox).say(chat, "Привет");
    assert!(!sandbox.traffic().requests[0].acknowledged);
    (reply, !shop_texts(&sandbox, chat).is_empty())
}

#[test]
fn a_fault_comes_before_or_after_the_work() {
    for (kind, status) in [
        (FaultKind::Status(500), 500),
        (FaultKind::Status(418), 418),
        (FaultKind::Error(ErrorKind::ServerError), 500),
        (FaultKind::Error(ErrorKind::Overloaded), 503),
        (FaultKind::Error(ErrorKind::TokenMissing), 401),
        (FaultKind::Error(ErrorKind::TokenInvalid), 401),
        (FaultKind::Error(ErrorKind::TokenPrefixInvalid), 401),
        (FaultKind::Error(ErrorKind::NoAccess), 403),
        (FaultKind::Error(ErrorKind::ScopeMissing), 403),
        (FaultKind::Error(ErrorKind::BusinessInactive), 403),
        (FaultKind::Error(ErrorKind::ShopLocked), 423),
        (FaultKind::Error(ErrorKind::HourlyLimit), 420),
    ] {
        for when in [When::Before, When::After] {
            let (reply, arrived) = meet(kind.clone(), when);
            reply.error(status);
            assert_eq!(arrived, when == When::After, "{kind:?}");
        }
    }
}

#[test]
fn bodies_can_be_anything() {
    let (html, _) = meet(FaultKind::Html(502), When::Before);
    assert_eq!((html.status, html.header("content-type")), (502, Some("text/html")));
    assert!(html.body.starts_with(b"<html>"));
    let (empty, _) = meet(FaultKind::EmptyBody(200), When::Before);
    assert_eq!((empty.status, empty.body.len()), (200, 0));
    let (null, _) = meet(FaultKind::ErrorsNull(400), When::Before);
    assert_eq!((null.status, null.json()), (400, json!({"status": "ERROR", "errors": null})));
    let (error, _) = meet(FaultKind::ErrorWith200, When::Before);
    error.error(200);
    let (nothing, _) = meet(FaultKind::NoResult, When::Before);
    assert_eq!((nothing.status, nothing.json()), (200, json!({"status": "OK"})));
    let (list, _) = meet(FaultKind::WrongJsonKind, When::Before);
    assert!(list.status == 200 && list.json().is_array());
    let (moved, _) = meet(FaultKind::Redirect("http://127.0.0.2/".to_owned()), When::Before);
    assert_eq!((moved.status, moved.header("location")), (302, Some("http://127.0.0.2/")));
}

/// Head and body as they came over the wire.
fn wire(kind: FaultKind) -> (String, Vec<u8>) {
    let (sandbox, chat) = one_chat(Sandbox::builder());
    sandbox.add_fault(Fault::new(kind).after_work()).unwrap();
    let answer = raw(&sandbox, &raw_send(&sandbox, chat, "Привет"));
    assert_eq!(shop_texts(&sandbox, chat), ["Привет"]);
    let Some(end) = answer.windows(4).position(|four| four == b"\r\n\r\n") else {
        return (String::new(), answer);
    };
    (String::from_utf8(answer[..end].to_vec()).unwrap(), answer[end + 4..].to_vec())
}

#[test]
fn answers_break_off_on_the_wire() {
    let whole = br#"{"status":"OK"}"#.as_slice();
    assert_eq!(wire(FaultKind::Close), (String::new(), Vec::new()));
    for (kind, length, sent) in [
        (FaultKind::TruncatedBody, whole.len(), &whole[..whole.len() / 2]),
        (FaultKind::ContentLengthTooLong, whole.len() + 100, whole),
        (FaultKind::ContentLengthTooShort, whole.len() / 2, whole),
    ] {
        let (head, body) = wire(kind.clone());
        assert!(head.starts_with("HTTP/1.1 200 OK\r\n"), "{head}");
        assert!(head.contains(&format!("content-length: {length}\r\n")), "{kind:?} {head}");
        assert_eq!(body, sent, "{kind:?}");
    }
    let (head, body) = wire(FaultKind::TruncatedChunks);
    assert!(head.contains("transfer-encoding: chunked"), "{head}");
    assert_eq!(body, b"f\r\n{\"status\":\"OK\"}\r\n");
}

#[test]
fn an_endless_body_ends_with_its_reader_and_is_in_flight_until_then() {
    let (sandbox, chat) = one_chat(Sandbox::builder());
    sandbox.add_fault(Fault::new(FaultKind::EndlessBody)).unwrap();
    let mut stream = connect(&sandbox);
    stream.write_all(raw_send(&sandbox, chat, "x").as_bytes()).unwrap();
    let mut bytes = vec![0; 3 << 20];
    stream.read_exact(&mut bytes).unwrap();
    assert!(String::from_utf8_lossy(&bytes).contains(r#"{"status":"OK","result":{"chats":[{"#));
    assert_eq!(sandbox.traffic().requests[0].status, None);
    drop(stream);
    let ended =
        |traffic: &Traffic| traffic.requests[0].status.is_some() || traffic.requests[0].client_left;
    assert!(sandbox.wait_for(Duration::from_secs(20), ended));
}

#[test]
fn an_endless_body_hinders_neither_other_requests_nor_the_end() {
    let (sandbox, chat) = one_chat(Sandbox::builder());
    sandbox.add_fault(Fault::new(FaultKind::EndlessBody)).unwrap();
    let mut stream = connect(&sandbox);
    stream.write_all(raw_send(&sandbox, chat, "x").as_bytes()).unwrap();
    stream.read_exact(&mut [0; 1 << 16]).unwrap();
    let reader =
        std::thread::spawn(move || while stream.read(&mut [0; 1 << 16]).is_ok_and(|n| n > 0) {});
    assert_eq!(client(&sandbox).say(chat, "y").status, 200);
    drop(sandbox);
    reader.join().unwrap();
}

#[test]
fn a_gzip_bomb_unpacks_to_what_was_ordered() {
    let (sandbox, chat) = one_chat(Sandbox::builder());
    sandbox.add_fault(Fault::new(FaultKind::GzipBomb(8))).unwrap();
    let packed = raw(&sandbox, &raw_send(&sandbox, chat, "x")).len();
    sandbox.add_fault(Fault::new(FaultKind::GzipBomb(8))).unwrap();
    let unpacked = client(&sandbox).say(chat, "x").body.len();
    assert!(packed < 100 << 10 && unpacked > 8 << 20, "{packed} {unpacked}");
}

#[test]
fn slow_work_is_done_although_the_client_has_left() {
    let (sandbox, chat) = one_chat(Sandbox::builder());
    let slow = Fault::new(FaultKind::Slow).delay_before_work(Duration::from_millis(40));
    sandbox.add_fault(slow).unwrap();
    let mut stream = connect(&sandbox);
    stream.write_all(raw_send(&sandbox, chat, "Дойдёт").as_bytes()).unwrap();
    assert!(sandbox.wait_for(Duration::from_secs(20), |traffic| traffic.requests.len() == 1));
    assert!(shop_texts(&sandbox, chat).is_empty(), "first the delay, then the work");
    drop(stream);
    assert!(sandbox.wait_for(Duration::from_secs(20), |traffic| traffic.requests[0].client_left));
    assert!(sandbox.wait_for(Duration::from_secs(20), |traffic| traffic.requests[0].handled));
    assert_eq!(shop_texts(&sandbox, chat), ["Дойдёт"]);
    let record = sandbox.record();
    assert!(!record.chats[0].messages[1].acknowledged && record.traffic.requests[0].handled);
}

#[test]
fn slow_answers_arrive_whole_with_either_order_of_work_and_delay() {
    let (sandbox, chat) = one_chat(Sandbox::builder());
    let delay = Duration::from_millis(5);
    let slow = Fault::new(FaultKind::Slow);
    sandbox.add_fault(slow.clone().delay_before_work(delay)).unwrap();
    sandbox.add_fault(slow.delay_after_work(delay)).unwrap();
    let start = std::time::Instant::now();
    client(&sandbox).say(chat, "1");
    client(&sandbox).say(chat, "2");
    assert!(start.elapsed() >= 2 * delay);
    assert!(sandbox.record().chats[0].messages[1..].iter().all(|entry| entry.acknowledged));
}

#[test]
fn faults_meet_their_operation_skip_and_count() {
    let (sandbox, chat) = one_chat(Sandbox::builder());
    let client = client(&sandbox);
    sandbox.add_fault(Fault::new(FaultKind::Status(500)).on(SEND).skip(1).times(2)).unwrap();
    sandbox.add_fault(Fault::new(FaultKind::Status(502)).on(Operation::GetChat)).unwrap();
    let statuses: Vec<_> = (0..4).map(|_| client.say(chat, "x").status).collect();
    assert_eq!(statuses, [200, 500, 500, 200]);
    let read = || client.get(&format!("chat?chatId={chat}")).status;
    assert_eq!([read(), read()], [502, 200]);
    assert!(sandbox.faults().is_empty());

    sandbox.add_fault(Fault::new(FaultKind::Status(501))).unwrap();
    sandbox.add_fault(Fault::new(FaultKind::Status(502))).unwrap();
    assert_eq!([read(), client.say(chat, "x").status, read()], [501, 502, 200]);

    sandbox.add_fault(Fault::new(FaultKind::Status(500)).times(u32::MAX)).unwrap();
    assert_eq!([read(), read()], [500, 500]);
    sandbox.clear_faults();
    assert_eq!(read(), 200);
}

#[test]
fn faults_meet_requests_with_wrong_keys_but_no_unknown_paths() {
    let (sandbox, _) = one_chat(Sandbox::builder().fault(Fault::new(FaultKind::Status(503))));
    client(&sandbox).get("nothing").error(404);
    let url = client(&sandbox).url("chat?chatId=1");
    try_send("GET", &url, &[], None).unwrap().error(503);
    try_send("GET", &url, &[], None).unwrap().error(401);
}

#[test]
fn a_fault_that_http_cannot_carry_is_refused() {
    let sandbox = Sandbox::start().unwrap();
    for kind in [
        FaultKind::Status(99),
        FaultKind::Html(1000),
        FaultKind::Redirect("http://x/\r\nset-cookie: a".to_owned()),
        FaultKind::GzipBomb(0),
    ] {
        sandbox.add_fault(Fault::new(kind.clone())).unwrap_err();
        let started = Sandbox::builder().fault(Fault::new(kind)).start();
        assert_eq!(started.unwrap_err().kind(), std::io::ErrorKind::InvalidInput);
    }
}
