//! Upload and download.

use serde_json::json;
use ymchat_sandbox::{Key, NewFile, NewMessage, Sandbox};

use crate::client::{Client, Reply, client, one_chat, try_send};

/// A multipart body out of parts, each with its headers and its content.
fn multipart(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut body = Vec::new();
    for (headers, content) in parts {
        body.extend_from_slice(format!("--limit\r\n{headers}\r\n\r\n").as_bytes());
        body.extend_from_slice(content);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(b"--limit--\r\n");
    body
}

fn upload(sandbox: &Sandbox, chat: i64, body: &[u8]) -> Reply {
    let url = client(sandbox).url(&format!("chats/file/send?chatId={chat}"));
    let key = [("api-key", sandbox.api_key())];
    try_send("POST", &url, &key, Some(("multipart/form-data; boundary=limit", body))).unwrap()
}

fn named(name: &str) -> String {
    format!("Content-Disposition: form-data; name=\"file\"; filename={name}")
}

#[test]
fn a_file_arrives_with_its_name_and_can_be_fetched() {
    let (sandbox, chat) = one_chat(Sandbox::builder());
    let content = b"\x00\r\n--limi\xff";
    for (written, name) in [
        ("\"чек №5 🧾.pdf\"", "чек №5 🧾.pdf"),
        ("\"a;b=c.txt\"", "a;b=c.txt"),
        ("plain.txt", "plain.txt"),
        ("\"x\"; filename*=UTF-8''%D1%87%D0%B5%D0%BA.pdf", "чек.pdf"),
        ("\"q%22q\\\"q.txt\"", "q\"q\"q.txt"),
    ] {
        let body = multipart(&[(&named(written), content)]);
        assert_eq!(upload(&sandbox, chat, &body).json(), json!({"status": "OK"}), "{written}");
        let record = sandbox.record();
        let message = &record.chats[0].messages.last().unwrap().message;
        assert_eq!((message.message.as_ref(), message.payload.len()), (None, 1));
        let file = &message.payload[0];
        assert_eq!((file.name.as_str(), file.size), (name, Some(content.len() as i64)));
        assert_eq!(client(&sandbox).get_url(&file.url).body, content);
    }
    let sent = client(&sandbox).get(&format!("chat?chatId={chat}")).result();
    assert_eq!(sent["status"], "WAITING_FOR_CUSTOMER");
}

#[test]
fn a_download_needs_the_same_authorization() {
    let (sandbox, chat) = one_chat(Sandbox::builder());
    let message = NewMessage::text("Вот").file(NewFile::new("письмо.txt", "Текст"));
    sandbox.write(chat, message).unwrap();
    let record = sandbox.record();
    let url = &record.chats[0].messages[1].message.payload[0].url;
    let fetch = |name: &str, value: &str| try_send("GET", url, &[(name, value)], None).unwrap();
    try_send("GET", url, &[], None).unwrap().error(401);
    fetch("api-key", "ACMA:NOPE").error(401);
    fetch("api-key", sandbox.key(Key::NoScope)).error(403);
    fetch("api-key", sandbox.key(Key::OtherBusiness)).error(403);
    assert_eq!(fetch("api-key", sandbox.key(Key::ReadOnly)).body, "Текст".as_bytes());
    let oauth = format!("OAuth {}", sandbox.oauth_token());
    sandbox.switch(|switches| switches.files_need_oauth = true);
    fetch("api-key", sandbox.api_key()).error(403);
    assert_eq!(fetch("authorization", &oauth).status, 200);
    sandbox.switch(|switches| switches.files_need_oauth = false);
    client(&sandbox).get_url(&format!("{}/files/999", sandbox.base_url())).error(404);
}

#[test]
fn uploads_are_checked() {
    let (sandbox, chat) = one_chat(Sandbox::builder());
    let file = named("\"a.txt\"");
    let other = "Content-Disposition: form-data; name=\"other\"; filename=\"a.txt\"";
    let nameless = "Content-Disposition: form-data; name=\"file\"";
    for (parts, text) in [
        (vec![], "Missing required part"),
        (vec![(other, b"x".as_slice())], "but has a part \"other\""),
        (vec![(file.as_str(), b"x".as_slice()), (file.as_str(), b"y")], "only one part"),
        (vec![(nameless, b"x".as_slice())], "must have a file name"),
        (vec![(&named("\"\""), b"x".as_slice())], "must have a file name"),
        (vec![(file.as_str(), b"".as_slice())], "must not be empty"),
    ] {
        let refused = upload(&sandbox, chat, &multipart(&parts)).error(400);
        assert!(refused.contains(text), "{refused}");
    }
    let whole = multipart(&[(&file, b"x")]);
    upload(&sandbox, chat, &whole[..whole.len() - 12]).error(400);
    upload(&sandbox, 1, &whole).error(404);
    let path = format!("chats/file/send?chatId={chat}");
    client(&sandbox).post(&path, json!({"file": "x"})).error(415);
    let read_only = Client { sandbox: &sandbox, key: sandbox.key(Key::ReadOnly).to_owned() };
    read_only.post(&path, json!({})).error(403);
    assert_eq!(sandbox.record().chats[0].messages.len(), 1);
}

#[test]
fn five_megabytes_fit_and_no_byte_more() {
    let (sandbox, chat) = one_chat(Sandbox::builder());
    let file = named("\"a.bin\"");
    let mut content = vec![b'x'; 5 * 1024 * 1024];
    assert_eq!(upload(&sandbox, chat, &multipart(&[(&file, &content)])).status, 200);
    content.push(b'x');
    upload(&sandbox, chat, &multipart(&[(&file, &content)])).error(413);
    content.resize(6 * 1024 * 1024, b'x');
    upload(&sandbox, chat, &multipart(&[(&file, &content)])).error(413);
}
