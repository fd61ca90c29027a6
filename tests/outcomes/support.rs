//! Clients, clocks and a server that speaks as a test says.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, SystemTime};

use ymchat::internal::TestSettings;
use ymchat::{Client, ClientBuilder};
use ymchat_sandbox::{NewChat, Operation, Record, Sandbox};

pub use crate::clock::{SimulatedClock, SteppingClock};
pub use crate::serve::Server;

pub const fn ms(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}

pub const fn s(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// A number from the environment.
pub fn setting(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|text| text.parse().expect("a number"))
}

pub fn builder(sandbox: &Sandbox) -> ClientBuilder {
    Client::builder()
        .api_key(sandbox.api_key())
        .business_id(sandbox.business_id())
        .base_url(sandbox.base_url())
        .seed(7)
}

pub fn new_chat(sandbox: &Sandbox) -> i64 {
    sandbox.start_chat(NewChat::direct("Здравствуйте!")).unwrap()
}

/// The ids of a chat's messages that the shop wrote with this text, spaces around it or not.
pub fn written(record: &Record, chat_id: i64, text: &str) -> Vec<i64> {
    let chat = record.chats.iter().find(|chat| chat.chat.chat_id == chat_id).unwrap();
    chat.messages
        .iter()
        .filter(|message| message.request.is_some())
        .filter(|message| message.message.message.as_deref().map(str::trim) == Some(text.trim()))
        .map(|message| message.message.message_id)
        .collect()
}

pub fn count(record: &Record, operation: Operation) -> usize {
    record.traffic.of(operation).count()
}

/// A server that hands each connection, and its number, to a function.
pub fn serve(serve: impl Fn(TcpStream, usize) + Send + Sync + 'static) -> Server {
    Server::start(move |peer| serve(peer.stream, peer.number))
}

/// A client's configuration for a server.
pub trait Builder {
    fn builder(&self) -> ClientBuilder;
}

impl Builder for Server {
    fn builder(&self) -> ClientBuilder {
        Client::builder().api_key("ACMA:x").business_id(5).base_url(self.url()).seed(7)
    }
}

/// Reads one request with its body; what came of it where the client leaves before its end.
pub fn read_request(stream: &mut TcpStream) -> Result<Vec<u8>, Vec<u8>> {
    read_some(stream, usize::MAX)
}

/// The same, but reads `most` bytes at most.
pub fn read_some(stream: &mut TcpStream, most: usize) -> Result<Vec<u8>, Vec<u8>> {
    let mut bytes = Vec::new();
    let mut buffer = [0; 16 * 1024];
    loop {
        if is_whole(&bytes) || bytes.len() == most {
            return Ok(bytes);
        }
        let room = (most - bytes.len()).min(buffer.len());
        match stream.read(&mut buffer[..room]) {
            Ok(0) | Err(_) => return Err(bytes),
            Ok(count) => bytes.extend_from_slice(&buffer[..count]),
        }
    }
}

pub fn is_whole(request: &[u8]) -> bool {
    let Some(end) = request.windows(4).position(|four| four == b"\r\n\r\n") else { return false };
    let head = String::from_utf8_lossy(&request[..end]).to_ascii_lowercase();
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length:"))
        .map_or(0, |text| text.trim().parse::<usize>().unwrap());
    request.len() >= end + 4 + length
}

pub fn answer(stream: &mut TcpStream, status: &str, headers: &str, body: &str) -> io::Result<()> {
    let length = body.len();
    let text = format!(
        "HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n{headers}\r\n{body}"
    );
    stream.write_all(text.as_bytes())
}

/// Closes with a reset in place of an orderly end.
pub fn reset(stream: &TcpStream) {
    let _ = socket2::SockRef::from(stream).set_linger(Some(Duration::ZERO));
}

/// A `Date` header, in whole seconds as ever.
pub fn http_date(at: &SystemTime) -> String {
    let at = jiff::Timestamp::try_from(*at).unwrap();
    format!("Date: {}\r\n", at.strftime("%a, %d %b %Y %H:%M:%S GMT"))
}

/// A moment as the API writes it.
pub fn iso(at: &SystemTime) -> String {
    jiff::Timestamp::try_from(*at).unwrap().to_string()
}
