//! Each message in a file, once; a notification of the Market, answered; a customer's file, saved;
//! a reply, checked and sent.
//!
//! ```text
//! cargo run --example inbox                             with a simulated Market, in this process
//! YMCHAT_API_KEY=… YMCHAT_BUSINESS_ID=… \
//!     cargo run --example inbox -- FILE                 the real one: brings what is new
//!     cargo run --example inbox -- FILE answer FOLDER TEXT < NOTIFICATION
//! ```
//!
//! The same program exists in C, C++, Python, Pascal and C#: `inbox.c`, `inbox.cpp`, `inbox.py`
//! (which has a table of SQLite in place of the file), `inbox.pas`, `inbox.cs`. All of them print `inbox.txt` when they are started as [`story`] does,
//! which tests see to (`YMCHAT_BLESS=1 cargo test` rewrites it). They may be killed at any moment,
//! and are started again; a reply that must not be lost then has its place in `outbox.py`.
//!
//! # Arguments
//!
//! The environment: `YMCHAT_API_KEY`, `YMCHAT_BUSINESS_ID`, and optionally `YMCHAT_BASE_URL`.
//! Anything wrong is said on stderr, beginning with `inbox: `; the exit code is 1, or 2 for wrong
//! arguments.
//!
//! # Steps and transcript
//!
//! A message is written as at the top of quickstart.rs.
//!
//! `FILE` brings everything that is new, with `sync`, `start` "all" and `scope` "all", and stores
//! each result together with its token:
//!
//! ```text
//! Received COUNT messages.
//! ```
//!
//! `FILE answer FOLDER TEXT` reads the body of a notification from stdin, as a web server gives it
//! to a CGI program (whether the Market sent it is for that server to check). A type without a
//! `chatId`, and what is no notification, end after the first line. The text is checked, then what
//! is new in the chat is stored, with `chatIds`, its files are saved in the folder, as
//! `MESSAGEID-INDEX`, and the text is sent, with `afterMessageId` and `returnMessageId`: if a
//! customer's message is among what is new, because a notification may come several times.
//!
//! ```text
//! The Market says TYPE: answered with HTTPSTATUS.
//! Not sent, because of KIND: PART      (for each finding; that is the end, with exit code 1)
//!   MESSAGE                            (each that is new)
//!   Saved COUNT bytes.                 (for each of its files)
//!   Shop: TEXT
//!   OUTCOME, message MESSAGEID
//! Nothing to answer.                   (in place of these two)
//! ```

use std::error::Error;
use std::fs::{self, OpenOptions};
use std::io::{Read, Write, stdin};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{env, thread};

use ymchat::{
    ChatMessage, Client, DownloadOptions, NotificationOptions, SendOptions, SendOutcome, Sender,
    SyncOptions, SyncResult, SyncScope, SyncStart, check_message, parse_notification,
};
use ymchat_sandbox::{NewFile, NewMessage, NotificationSettings, Sandbox};

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let ended = match *arguments.as_slice() {
        [] => story(),
        [file] => open_client().and_then(|client| receive_all(&client, Path::new(file))),
        [file, "answer", folder, text] => open_client().and_then(|client| {
            let mut body = Vec::new();
            // What is longer is no notification.
            stdin().take(ymchat::MAX_NOTIFICATION_BYTES as u64 + 1).read_to_end(&mut body)?;
            answer(&client, Path::new(file), &body, Path::new(folder), text)
        }),
        _ => {
            eprintln!("inbox: the arguments are: FILE [answer FOLDER TEXT]");
            return ExitCode::from(2);
        }
    };
    match ended {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("inbox: {error}");
            ExitCode::FAILURE
        }
    }
}

fn open_client() -> Outcome<Client> {
    let needed = |_| "YMCHAT_API_KEY and YMCHAT_BUSINESS_ID are both needed";
    let key = env::var("YMCHAT_API_KEY").map_err(needed)?;
    let business = env::var("YMCHAT_BUSINESS_ID").map_err(needed)?;
    let business = business.parse().map_err(|_| "YMCHAT_BUSINESS_ID is not a number")?;
    let mut builder = Client::builder().api_key(key).business_id(business);
    if let Ok(url) = env::var("YMCHAT_BASE_URL") {
        builder = builder.base_url(url);
    }
    Ok(builder.build()?)
}

fn receive_all(client: &Client, file: &Path) -> Outcome<bool> {
    let options = SyncOptions::new().start(SyncStart::All).scope(SyncScope::All);
    println!("Received {} messages.", receive(client, file, &options)?.len());
    Ok(true)
}

/// Stores what is new, and returns it. False where the text must not be sent.
fn answer(client: &Client, file: &Path, body: &[u8], folder: &Path, text: &str) -> Outcome<bool> {
    let told = parse_notification(body, &NotificationOptions::new().name("inbox"))?;
    let status = told.reply.http_status;
    let kind = told.notification.as_ref().map_or("nothing", |told| told.notification_type());
    println!("The Market says {kind}: answered with {status}.");
    let Some(chat_id) = told.notification.and_then(|told| told.chat_id()) else {
        return Ok(status == 200);
    };
    let check = check_message(text, &Default::default())?;
    for finding in &check.findings {
        println!("Not sent, because of {}: {}", finding.kind.as_str(), finding.text);
    }
    if !check.is_ok() {
        return Ok(false);
    }
    let options = SyncOptions::new().start(SyncStart::All).scope(SyncScope::All);
    let messages = receive(client, file, &options.chat_ids([chat_id]))?;
    for message in &messages {
        println!("  {}", message_line(message));
        for (index, attached) in message.payload.iter().enumerate() {
            // The name is the customer's, and no path.
            let path = folder.join(format!("{}-{index}", message.message_id));
            let options = DownloadOptions::new().overwrite(true);
            let saved = client.download_file(&attached.url, &path, &options)?;
            println!("  Saved {} bytes.", saved.bytes);
        }
    }
    let Some(newest) = messages.iter().rfind(|message| message.sender == Sender::Customer) else {
        println!("Nothing to answer.");
        return Ok(true);
    };
    let options = SendOptions::new().after_message_id(newest.message_id).return_message_id(true);
    let sent = client.send_message_with(chat_id, text, &options)?;
    println!("  Shop: {text}");
    let outcome = if sent.outcome == SendOutcome::Confirmed { "confirmed" } else { "sent" };
    println!("  {outcome}, message {}", sent.message_id.unwrap_or_default());
    Ok(true)
}

/// Each line of the file is what one sync gave: messages and token are written together.
fn receive(client: &Client, file: &Path, options: &SyncOptions) -> Outcome<Vec<ChatMessage>> {
    let mut messages = Vec::new();
    let mut since = last_token(file)?;
    loop {
        let news = client.sync(&since, options)?;
        append(file, &news)?;
        messages.extend(news.chats.into_iter().flat_map(|found| found.messages));
        if !news.more {
            return Ok(messages);
        }
        since = news.since;
    }
}

fn last_token(file: &Path) -> Outcome<String> {
    let text = match fs::read_to_string(file) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(String::new()),
        Err(error) => return Err(error.into()),
    };
    let whole = text.rfind('\n').map_or(0, |end| end + 1);
    if whole < text.len() {
        // Half of a line: the step was not taken.
        OpenOptions::new().write(true).open(file)?.set_len(whole as u64)?;
    }
    let Some(last) = text[..whole].lines().next_back() else { return Ok(String::new()) };
    Ok(serde_json::from_str::<SyncResult>(last)?.since)
}

/// The line is on the disk when this returns.
fn append(file: &Path, news: &SyncResult) -> Outcome<()> {
    let mut file = OpenOptions::new().create(true).append(true).open(file)?;
    file.write_all(format!("{}\n", serde_json::to_string(news)?).as_bytes())?;
    Ok(file.sync_all()?)
}

fn message_line(message: &ChatMessage) -> String {
    let who = match &message.sender {
        Sender::Partner => "Shop",
        Sender::Customer => "Customer",
        Sender::Market => "Market",
        Sender::Support => "Support",
        other => other.as_str(),
    };
    let text = message.message.as_deref().unwrap_or_default().replace('\n', " / ");
    let mut line = if text.is_empty() { format!("{who}:") } else { format!("{who}: {text}") };
    for file in &message.payload {
        let size = file.size.map_or(String::new(), |size| format!(", {size} bytes"));
        line.push_str(&format!(" [file: {}{size}]", file.name));
    }
    line
}

/// What tests do with the programs in the other languages: receive everything; a customer writes,
/// and the Market tells of it; answer with a text that must not be sent, with a good one, and once
/// more to the same notification; receive again.
fn story() -> Outcome<bool> {
    let market = Sandbox::builder().big_ids(true).start()?;
    let client = Client::builder()
        .api_key(market.api_key())
        .business_id(market.business_id())
        .base_url(market.base_url())
        .build()?;
    let folder: PathBuf = env::temp_dir().join(format!("ymchat-inbox-{}", std::process::id()));
    fs::create_dir_all(&folder)?;
    let file = folder.join("inbox.jsonl");
    receive_all(&client, &file)?;

    let told = notification_of(&market)?;
    answer(&client, &file, &told, &folder, "Позвоните нам: +7 912 345-67-89")?;
    answer(&client, &file, &told, &folder, "Спасибо, чек получили!")?;
    answer(&client, &file, &told, &folder, "Спасибо, чек получили!")?;
    receive_all(&client, &file)?;
    fs::remove_dir_all(&folder)?;
    Ok(true)
}

/// Has a customer write, and takes the Market's notification as a web server would.
fn notification_of(market: &Sandbox) -> Outcome<Vec<u8>> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let url = format!("http://{}/notification", listener.local_addr()?);
    let server = thread::spawn(move || {
        loop {
            let (mut stream, _) = listener.accept()?;
            let mut request = Vec::new();
            let body = loop {
                let mut part = [0; 4096];
                let read = stream.read(&mut part)?;
                request.extend_from_slice(&part[..read]);
                let text = String::from_utf8_lossy(&request);
                let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
                let length =
                    head.to_lowercase().split("content-length: ").nth(1).map(str::to_owned);
                let length = length.and_then(|text| text.lines().next()?.parse().ok());
                if body.len() >= length.unwrap_or(0) {
                    break body.as_bytes().to_vec();
                }
            };
            let told = parse_notification(&body, &NotificationOptions::new().name("inbox"))
                .map_err(std::io::Error::other)?;
            let (status, reply) = (told.reply.http_status, told.reply.body);
            let length = reply.len();
            write!(stream, "HTTP/1.1 {status} OK\r\nContent-Length: {length}\r\n\r\n{reply}")?;
            if told.notification.is_some_and(|told| told.chat_id().is_some()) {
                return Ok::<_, std::io::Error>(body);
            }
        }
    });
    market.set_notifications(NotificationSettings::to(url))?;
    let chat = market.record().chats[0].chat.chat_id;
    let receipt = NewMessage::text("Вот чек").file(NewFile::new("чек.txt", "Итого 1 290 ₽"));
    market.write(chat, receipt)?;
    Ok(server.join().map_err(|_| "the web server has failed")??)
}
