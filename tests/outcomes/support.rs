//! Clients, clocks and a server that speaks as a test says.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant, SystemTime};

use ymchat::internal::Clock;
use ymchat::internal::TestSettings;
use ymchat::{Client, ClientBuilder};
use ymchat_sandbox::{NewChat, Operation, Record, Sandbox};

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

/// A clock that is moved by whoever waits by it, and that takes the sandbox's clock along: an
/// hour's quota and a search's patience cost no time.
#[derive(Debug)]
pub struct Hurried {
    start: Instant,
    hurried_ms: AtomicU64,
    sandbox: Option<Arc<Sandbox>>,
    /// Waits take this part of their time; nothing where it is 0.
    one_in: u32,
}

impl Hurried {
    pub fn new(sandbox: Option<&Arc<Sandbox>>) -> Arc<Self> {
        Self::by(sandbox, 0)
    }

    /// One whose waits take a part of their time, so that the service can be at work meanwhile.
    pub fn by(sandbox: Option<&Arc<Sandbox>>, one_in: u32) -> Arc<Self> {
        Arc::new(Hurried {
            start: Instant::now(),
            hurried_ms: AtomicU64::new(0),
            sandbox: sandbox.map(Arc::clone),
            one_in,
        })
    }

    /// How long was waited by it.
    pub fn hurried(&self) -> Duration {
        ms(self.hurried_ms.load(Ordering::SeqCst))
    }

    pub fn advance(&self, by: Duration) {
        // Whole milliseconds, and never nothing: a wait must come to an end.
        let by = ms(by.as_nanos().div_ceil(1_000_000) as u64);
        // The sandbox first: another thread must not see an hour over that the service still counts.
        if let Some(sandbox) = &self.sandbox {
            sandbox.advance_clock(by);
        }
        self.hurried_ms.fetch_add(by.as_millis() as u64, Ordering::SeqCst);
    }
}

impl Clock for Hurried {
    fn now(&self) -> Duration {
        self.start.elapsed() + self.hurried()
    }

    fn wall(&self) -> SystemTime {
        SystemTime::now() + self.hurried()
    }

    fn sleep(&self, wait: Duration) {
        let real = wait.checked_div(self.one_in).unwrap_or_default();
        std::thread::sleep(real);
        self.advance(wait - real);
    }

    fn is_simulated(&self) -> bool {
        true
    }
}

/// A clock that runs like any other, but can be moved.
#[derive(Debug)]
pub struct Movable {
    start: Instant,
    moved_ms: AtomicU64,
}

impl Movable {
    pub fn new() -> Arc<Self> {
        Arc::new(Movable { start: Instant::now(), moved_ms: AtomicU64::new(0) })
    }

    pub fn advance(&self, by: Duration) {
        self.moved_ms.fetch_add(by.as_millis() as u64, Ordering::SeqCst);
    }

    fn moved(&self) -> Duration {
        ms(self.moved_ms.load(Ordering::SeqCst))
    }
}

impl Clock for Movable {
    fn now(&self) -> Duration {
        self.start.elapsed() + self.moved()
    }

    fn wall(&self) -> SystemTime {
        SystemTime::now() + self.moved()
    }

    fn sleep(&self, wait: Duration) {
        std::thread::sleep(wait);
    }
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

/// A local server that hands each connection to a function, one after the other or, where that
/// blocks, side by side.
pub struct Server {
    pub address: SocketAddr,
    stopped: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    pub fn start(serve: impl Fn(TcpStream, usize) + Send + Sync + 'static) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let stopped = Arc::new(AtomicBool::new(false));
        let seen = Arc::clone(&stopped);
        let serve = Arc::new(serve);
        let thread = std::thread::spawn(move || {
            for (number, stream) in listener.incoming().enumerate() {
                if seen.load(Ordering::SeqCst) {
                    break;
                }
                let Ok(stream) = stream else { continue };
                let serve = Arc::clone(&serve);
                std::thread::spawn(move || serve(stream, number));
            }
        });
        Server { address, stopped, thread: Some(thread) }
    }

    pub fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub fn builder(&self) -> ClientBuilder {
        Client::builder().api_key("ACMA:x").business_id(5).base_url(self.base_url()).seed(7)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(self.address);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
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
