//! The page in the browser: how it is served, and who may use it.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;

use serde_json::{Value, json};
use ymchat_sandbox::{
    Fault, FaultKind, NewChat, NewFile, NewMessage, NotificationSettings, Operation, Sandbox,
};

use crate::client::{Reply, admin, client, connect, one_chat, try_send};

fn get(sandbox: &Sandbox, path: &str) -> Reply {
    try_send("GET", &format!("{}{path}", sandbox.base_url()), &[], None).unwrap()
}

/// Every file that a file of the page names.
fn named_in(text: &str) -> Vec<String> {
    let quoted = text.split(['"', '\'', '`']);
    let files = quoted.filter(|part| part.starts_with("/page"));
    files.filter(|part| part.contains('.') && !part.contains('$')).map(str::to_owned).collect()
}

#[test]
fn the_page_is_served_with_all_its_files_and_no_request_is_recorded() {
    let sandbox = Sandbox::start().unwrap();
    let mut open = vec!["/".to_owned(), "/favicon.ico".to_owned()];
    let mut seen = Vec::new();
    while let Some(path) = open.pop() {
        if seen.contains(&path) {
            continue;
        }
        let reply = get(&sandbox, &path);
        assert_eq!(reply.status, 200, "{path}");
        let kind = match path.rsplit('.').next().unwrap() {
            "css" => "text/css; charset=utf-8",
            "js" => "text/javascript; charset=utf-8",
            "svg" | "ico" => "image/svg+xml",
            _ => "text/html; charset=utf-8",
        };
        assert_eq!(reply.header("content-type"), Some(kind), "{path}");
        let text = String::from_utf8(reply.body).unwrap();
        // No build step, no CDN: nothing comes from elsewhere.
        let elsewhere =
            text.replace("http://www.w3.org/2000/svg", "").replace("http://127.0.0.1:8080", "");
        assert!(!elsewhere.contains("http://") && !elsewhere.contains("https://"), "{path}");
        open.extend(named_in(&text));
        seen.push(path);
    }
    for wanted in ["/page.js", "/page.css", "/page/words.js"] {
        assert!(seen.iter().any(|path| path == wanted), "{seen:?}");
    }
    assert!(seen.len() > 10, "{seen:?}");
    get(&sandbox, "/page/nothing.js").error(404);
    assert!(sandbox.traffic().requests.is_empty());
    // Other methods and paths are the API's.
    try_send("POST", &format!("{}/", sandbox.base_url()), &[], None).unwrap().error(404);
    assert_eq!(sandbox.traffic().requests.len(), 1);
}

#[test]
fn the_page_may_load_and_run_nothing_but_its_own_files() {
    let sandbox = Sandbox::start().unwrap();
    let page = get(&sandbox, "/");
    let policy = page.header("content-security-policy").unwrap();
    for part in
        ["default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "base-uri 'none'"]
    {
        assert!(policy.contains(part), "{policy}");
    }
    assert!(!policy.contains("unsafe") && !policy.contains("http"), "{policy}");
    for path in ["/", "/page.js", "/_sandbox", "/_sandbox/nothing", "/page/nothing"] {
        let reply = get(&sandbox, path);
        assert_eq!(reply.header("x-content-type-options"), Some("nosniff"), "{path}");
        assert_eq!(reply.header("cross-origin-resource-policy"), Some("same-origin"), "{path}");
        assert!(reply.header("access-control-allow-origin").is_none(), "{path}");
    }
    // No script and no style within the HTML.
    let html = String::from_utf8(page.body).unwrap();
    assert_eq!(html.matches("<script").count(), 1);
    assert!(html.contains("<script type=\"module\" src=\"/page.js\"></script>"));
    for inline in [" onclick", " onload", " style=", "<style", "javascript:"] {
        assert!(!html.contains(inline), "{inline}");
    }
}

#[test]
fn the_files_of_the_page_make_no_html_of_texts() {
    let sandbox = Sandbox::start().unwrap();
    for file in [
        "page",
        "page/api",
        "page/dom",
        "page/disputes",
        "page/faults",
        "page/keys",
        "page/language",
        "page/market",
        "page/news",
        "page/requests",
        "page/talk",
        "page/verdict",
    ] {
        let text = String::from_utf8(get(&sandbox, &format!("/{file}.js")).body).unwrap();
        for word in ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("] {
            assert!(!text.contains(word), "{file} has {word}");
        }
    }
}

/// The names between backquotes in what the sandbox says of a wrong one.
fn expected_names(sandbox: &Sandbox, call: &str, body: Value) -> Vec<String> {
    let refusal = admin(sandbox, "POST", call, body).error(400);
    let names = refusal.split_once("expected").expect("a list of names").1;
    names.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

#[test]
fn what_the_admin_api_can_change_has_a_control_on_the_page() {
    let (sandbox, chat) = one_chat(Sandbox::builder());
    let mut sources = String::from_utf8(get(&sandbox, "/").body).unwrap();
    let scripts = ["disputes", "faults", "keys", "market", "talk"];
    for file in scripts.iter().map(|name| format!("/page/{name}.js")).chain(["/page.js".into()]) {
        sources.push_str(&String::from_utf8(get(&sandbox, &file).body).unwrap());
    }
    let page = admin(&sandbox, "GET", "", Value::Null).json();
    for call in page["calls"].as_array().unwrap() {
        let (method, path) = call.as_str().unwrap().split_once(' ').unwrap();
        let last = path.rsplit('/').next().unwrap();
        let is_there = match method {
            "GET" => true,
            "DELETE" => sources.contains(&format!("call(\"DELETE\", \"/{last}\")")),
            // Those of a dispute are named by their forms.
            _ => [format!("/{last}`"), format!("/{last}\""), format!("setUpForm(\"{last}\"")]
                .iter()
                .any(|end| sources.contains(end)),
        };
        assert!(is_there, "the page has no {call}");
    }
    let wrong = json!({"nothing": 1});
    let chat = |rest: &str| format!("/chats/{chat}/{rest}");
    let mut names = Vec::new();
    for call in [
        "/chats",
        "/clock",
        "/faults",
        &chat("messages"),
        &chat("status"),
        &chat("hidden"),
        &chat("dispute"),
        &chat("decision"),
    ] {
        names.extend(expected_names(&sandbox, call, wrong.clone()));
    }
    names.extend(expected_names(&sandbox, "/quotas", json!({"getChat": {"nothing": 1}})));
    names.extend(expected_names(&sandbox, "/faults", json!({"kind": "nothing"})));
    names.extend(expected_names(&sandbox, "/faults", json!({"kind": {"error": "nothing"}})));
    names.extend(expected_names(&sandbox, "/faults", json!({"kind": "close", "operation": "x"})));
    let settings = json!(sandbox.notifications().settings);
    names.extend(settings.as_object().unwrap().keys().cloned());
    assert!(names.len() > 70, "{names:?}");
    for name in names {
        let forms = [": ", "\"", ",", " }"].map(|end| format!("{name}{end}"));
        assert!(forms.iter().any(|form| sources.contains(form)), "the page has no {name}");
    }
}

#[test]
fn a_file_of_a_message_is_saved_and_never_shown() {
    let (sandbox, chat) = one_chat(Sandbox::builder());
    let html = "<script>alert(1)</script>";
    let file = NewFile::new("счёт \"1\".html", html);
    sandbox.write(chat, NewMessage::text("Вот").file(file)).unwrap();
    let reply = get(&sandbox, "/page/files/1");
    assert_eq!(reply.body, html.as_bytes());
    assert_eq!(reply.header("content-type"), Some("application/octet-stream"));
    let disposition = reply.header("content-disposition").unwrap();
    assert!(disposition.starts_with("attachment; filename*=UTF-8''%D1%81"), "{disposition}");
    assert_eq!(reply.header("x-content-type-options"), Some("nosniff"));
    assert!(reply.header("content-security-policy").unwrap().contains("sandbox"));
    get(&sandbox, "/page/files/2").error(404);
}

#[test]
fn other_sites_cannot_use_the_admin_api() {
    let sandbox = Sandbox::builder().seeded(false).start().unwrap();
    let own = sandbox.base_url();
    let port = own.rsplit(':').next().unwrap();
    let start = |headers: &[(&str, &str)]| {
        let body = Some(("text/plain", b"{\"text\": \"x\"}".as_slice()));
        try_send("POST", &format!("{own}/_sandbox/chats"), headers, body).unwrap().status
    };
    let other_port = "http://127.0.0.1:1";
    for headers in [
        vec![("origin", "https://example.org")],
        vec![("origin", "null")],
        vec![("origin", other_port)],
        vec![("origin", own), ("origin", "https://example.org")],
        vec![("sec-fetch-site", "cross-site")],
        vec![("sec-fetch-site", "same-site"), ("origin", own)],
        // DNS rebinding: a foreign name that leads here, with an origin to match.
        vec![("host", "example.org")],
        vec![("host", "example.org"), ("origin", "http://example.org")],
    ] {
        assert_eq!(start(&headers), 403, "{headers:?}");
    }
    assert!(sandbox.record().chats.is_empty());
    let localhost = format!("localhost:{port}");
    let at_localhost = format!("http://{localhost}");
    for headers in [
        vec![],
        vec![("origin", own), ("sec-fetch-site", "same-origin")],
        vec![("host", localhost.as_str()), ("origin", at_localhost.as_str())],
    ] {
        assert_eq!(start(&headers), 200, "{headers:?}");
    }
    assert_eq!(sandbox.record().chats.len(), 3);

    for method in ["DELETE", "PUT", "OPTIONS"] {
        let url = format!("{own}/_sandbox/record");
        let refused = try_send(method, &url, &[("origin", "https://example.org")], None).unwrap();
        assert!(refused.error(403).contains("another site"));
    }
    for path in ["/", "/page.js", "/page/live", "/page/files/1", "/_sandbox"] {
        let reply = try_send("GET", &format!("{own}{path}"), &[("host", "example.org")], None);
        assert!(reply.unwrap().error(403).contains("127.0.0.1"), "{path}");
    }
}

/// The stream of what happens, event by event.
struct Live {
    lines: std::io::Lines<BufReader<TcpStream>>,
}

impl Live {
    fn open(sandbox: &Sandbox, chat: i64) -> Self {
        let mut stream = connect(sandbox);
        let request = format!("GET /page/live?chat={chat} HTTP/1.1\r\nhost: localhost\r\n\r\n");
        stream.write_all(request.as_bytes()).unwrap();
        let mut lines = BufReader::new(stream).lines();
        let head: Vec<_> =
            lines.by_ref().map(Result::unwrap).take_while(|line| !line.is_empty()).collect();
        assert!(head.contains(&"content-type: text/event-stream".to_owned()), "{head:?}");
        Self { lines }
    }

    /// Waits for a part that is as wanted.
    fn part(&mut self, name: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        let head = format!("event: {name}");
        loop {
            let line = self.lines.next().expect("the stream goes on").unwrap();
            if line == head {
                let data = self.lines.next().unwrap().unwrap();
                let part = serde_json::from_str(data.strip_prefix("data: ").unwrap()).unwrap();
                if wanted(&part) {
                    return part;
                }
            }
        }
    }
}

#[test]
fn what_happens_is_told_as_it_happens() {
    let (sandbox, chat) = one_chat(Sandbox::builder());
    let mut live = Live::open(&sandbox, chat);
    let first = live.part("conversation", |_| true);
    assert_eq!(first["messages"][0]["readBy"], Value::Null);
    client(&sandbox).post(&format!("chats/history?chatId={chat}"), json!({})).result();
    let read = live.part("conversation", |part| !part["messages"][0]["readBy"].is_null());
    assert_eq!(
        (&read["messages"][0]["readBy"], &read["status"]),
        (&json!(1), &json!("WAITING_FOR_PARTNER"))
    );
    client(&sandbox).say(chat, "Уже едет");
    let said = live.part("conversation", |part| part["messages"][1]["acknowledged"] == true);
    assert_eq!(said["messages"][1]["text"], "Уже едет");
    let traffic =
        live.part("traffic", |part| part["total"] == 2 && part["requests"][1]["ended"] == true);
    assert_eq!(traffic["requests"][1]["operation"], "sendMessageToChat");

    // What changes by Rust or by the admin API is told, too.
    sandbox.switch(|switches| switches.shop_locked = true);
    live.part("market", |part| part["switches"]["shopLocked"] == true);
    sandbox.add_fault(Fault::new(FaultKind::Close)).unwrap();
    live.part("market", |part| part["faults"][0]["kind"] == "close");
    admin(&sandbox, "POST", "/quotas", json!({"getChat": {"used": 1000}})).json();
    live.part("quotas", |part| part["getChat"]["used"] == 1000);
    sandbox.start_chat(NewChat::direct("Есть кто?")).unwrap();
    live.part("chats", |part| part["total"] == 2);
    sandbox.hide_chat(chat, true).unwrap();
    live.part("conversation", |part| part["hidden"] == true);
}

#[test]
fn ids_beyond_2_to_the_53_reach_the_page_unharmed() {
    let sandbox = Sandbox::builder().seeded(false).big_ids(true).start().unwrap();
    let order = NewChat::about_order(9_007_199_254_740_993, "Где заказ?");
    sandbox.start_chat(order).unwrap();
    let great = sandbox.record().chats.last().unwrap().clone();
    let id = great.chat.chat_id.to_string();
    let mut live = Live::open(&sandbox, great.chat.chat_id);
    let seen = live.part("conversation", |_| true);
    assert_eq!(seen["chatId"], id);
    assert_eq!(seen["contextId"], "9007199254740993");
    let message = great.messages.last().unwrap().message.message_id.to_string();
    assert_eq!(seen["messages"][0]["messageId"], message);
    let verdict = live.part("verdict", |_| true);
    let missed = verdict["missed"].as_array().unwrap();
    assert!(missed.iter().any(|missed| missed["chatId"] == id), "{missed:?}");
}

#[test]
fn the_page_is_told_a_bounded_part_of_what_may_be_of_any_size() {
    let sandbox = Sandbox::builder().seeded(false).start().unwrap();
    let long = "Ж".repeat(100_000);
    let mut chat = 0;
    for _ in 0..6 {
        let mut new = NewChat::direct(&long);
        new.customer = Some(long.clone());
        chat = sandbox.start_chat(new).unwrap();
    }
    let file = NewFile::new(&long, "x");
    sandbox.write(chat, NewMessage::text(&long).file(file)).unwrap();
    let unheard = NotificationSettings::to("http://127.0.0.1:1/");
    sandbox.set_notifications(unheard).unwrap();
    let body = json!({"notificationType": long, "id": 9_007_199_254_740_993_i64});
    sandbox.send_notification(body).unwrap();
    let body = json!({"notificationType": "NEWS", "id": 9_007_199_254_740_993_i64});
    sandbox.send_notification(body).unwrap();
    let mut live = Live::open(&sandbox, chat);
    let chats = live.part("chats", |_| true);
    assert!(chats.to_string().len() < 30_000, "{} bytes", chats.to_string().len());
    let seen = live.part("conversation", |_| true);
    let message = &seen["messages"][1];
    assert_eq!(message["text"].as_str().unwrap().chars().count(), 10_001);
    assert_eq!(message["textLeftOut"], 90_000);
    assert!(message["files"][0]["name"].as_str().unwrap().ends_with("Ж…"));
    let verdict = live.part("verdict", |_| true);
    assert_eq!((&verdict["missedChats"], &verdict["unread"]), (&json!(6), &json!(6)));
    assert_eq!(verdict["missed"].as_array().unwrap().len(), 3);
    let told = live.part("notifications", |_| true);
    assert!(told.to_string().len() < 30_000, "{} bytes", told.to_string().len());
    // As it is, however great its numbers are.
    assert!(told["notifications"][2]["body"].as_str().unwrap().contains("9007199254740993"));
}

#[test]
fn a_page_that_is_open_does_not_keep_the_sandbox_from_ending() {
    let (sandbox, chat) = one_chat(Sandbox::builder());
    let mut live = Live::open(&sandbox, chat);
    live.part("notifications", |_| true);
    drop(sandbox);
    // The stream ends, cut off or in order, but it does not stay.
    while let Some(Ok(_)) = live.lines.next() {}
}

#[test]
fn the_verdict_tells_what_was_said_twice_and_who_was_missed() {
    let (sandbox, chat) = one_chat(Sandbox::builder());
    let verdict = || admin(&sandbox, "GET", "/verdict", Value::Null).json();
    let waiting = verdict();
    assert_eq!(waiting["missed"][0]["because"], "unread");
    assert_eq!((&waiting["chats"], &waiting["sent"]), (&json!(1), &json!(0)));
    let client = client(&sandbox);
    client.post(&format!("chats/history?chatId={chat}"), json!({})).result();
    assert_eq!(verdict()["missed"][0]["because"], "unanswered");

    let lost = Fault::new(FaultKind::Close).on(Operation::SendMessageToChat).after_work();
    sandbox.add_fault(lost).unwrap();
    let send = format!("chats/message?chatId={chat}");
    assert!(client.try_post(&send, &json!({"message": "Едет"})).is_err());
    let once = verdict();
    assert_eq!(
        (&once["missed"], &once["saidTwice"], &once["sent"]),
        (&json!([]), &json!([]), &json!(1))
    );
    client.say(chat, "Едет");
    let twice = verdict()["saidTwice"][0].clone();
    assert_eq!((&twice["because"], &twice["chatId"]), (&json!("resent"), &json!(chat)));
    assert_eq!((&twice["earlierRequest"], &twice["laterRequest"]), (&json!(2), &json!(3)));
    assert_eq!(json!(sandbox.verdict()), verdict());
}

#[test]
fn files_may_come_in_base64_and_are_at_most_5_mib() {
    let (sandbox, chat) = one_chat(Sandbox::builder());
    let path = format!("/chats/{chat}/messages");
    let file = |file: Value| admin(&sandbox, "POST", &path, json!({"files": [file]}));
    file(json!({"name": "a.png", "base64": "iVBORwD/"})).json();
    assert_eq!(get(&sandbox, "/page/files/1").body, b"\x89PNG\x00\xff");
    let full = "AAAA".repeat((5 << 20) / 3) + "AAA=";
    file(json!({"name": "b", "base64": full})).json();
    assert_eq!(get(&sandbox, "/page/files/2").body.len(), 5 << 20);
    for (wrong, word) in [
        (json!({"name": "c", "base64": "AAAA".repeat((5 << 20) / 3 + 1)}), "5 MiB"),
        (json!({"name": "d", "size": (5 << 20) + 1}), "5 MiB"),
        (json!({"name": "e", "base64": "???"}), "base64"),
        (json!({"name": "f", "base64": "AAAA", "content": "x"}), "both"),
    ] {
        let text = file(wrong).error(400);
        assert!(text.contains(word), "{text}");
    }
}
