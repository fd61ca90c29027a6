//! A server of bytes: it records what arrives and sends what a test says.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

/// A request as it arrived.
#[derive(Debug, Clone)]
pub struct Received {
    /// Which connection it came on, from 0.
    pub connection: usize,
    /// How many bytes the first read gave.
    pub first_read: usize,
    /// Request line and headers.
    pub head: String,
    pub body: Vec<u8>,
}

impl Received {
    /// Method, path and query.
    pub fn target(&self) -> &str {
        let line = self.head.lines().next().unwrap_or_default();
        line.strip_suffix(" HTTP/1.1").unwrap_or(line)
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().skip(1).find_map(|line| {
            let (found, value) = line.split_once(':')?;
            found.eq_ignore_ascii_case(name).then_some(value.trim())
        })
    }

    /// The names of all headers, in small letters, sorted.
    pub fn header_names(&self) -> Vec<String> {
        let lines = self.head.lines().skip(1);
        let mut names: Vec<_> = lines
            .filter_map(|line| line.split_once(':'))
            .map(|(name, _)| name.to_ascii_lowercase())
            .collect();
        names.sort();
        names
    }

    pub fn trace_id(&self) -> &str {
        self.header("traceparent").and_then(|parent| parent.get(3..35)).expect("a traceparent")
    }

    pub fn length(&self) -> usize {
        self.head.len() + self.body.len()
    }
}

type Log = Arc<Mutex<Vec<Received>>>;

/// A connection to one client.
pub struct Peer<S> {
    pub stream: S,
    pub number: usize,
    log: Log,
    rest: Vec<u8>,
}

impl<S: Read + Write> Peer<S> {
    /// The same connection through another layer.
    pub fn over<T>(self, wrap: impl FnOnce(S) -> T) -> Peer<T> {
        Peer { stream: wrap(self.stream), number: self.number, log: self.log, rest: self.rest }
    }

    /// The next request, which is also recorded; `None` when the client has gone.
    pub fn request(&mut self) -> Option<Received> {
        let mut bytes = std::mem::take(&mut self.rest);
        let mut first_read = 0;
        let head = loop {
            if let Some(at) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
                break at + 4;
            }
            let count = self.read_into(&mut bytes)?;
            first_read = if first_read == 0 { count } else { first_read };
        };
        let mut received = Received {
            connection: self.number,
            first_read,
            head: String::from_utf8_lossy(&bytes[..head]).into_owned(),
            body: Vec::new(),
        };
        let length = received.header("content-length").map_or(0, |text| text.parse().unwrap());
        while bytes.len() < head + length {
            self.read_into(&mut bytes)?;
        }
        received.body = bytes[head..head + length].to_vec();
        self.rest = bytes[head + length..].to_vec();
        self.log.lock().unwrap().push(received.clone());
        Some(received)
    }

    fn read_into(&mut self, bytes: &mut Vec<u8>) -> Option<usize> {
        let mut buffer = [0; 64 * 1024];
        match self.stream.read(&mut buffer) {
            Ok(0) | Err(_) => None,
            Ok(count) => {
                bytes.extend_from_slice(&buffer[..count]);
                Some(count)
            }
        }
    }

    /// Sends bytes; the client may have gone.
    pub fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stream.write_all(bytes)?;
        self.stream.flush()
    }
}

impl Peer<TcpStream> {
    /// Passes bytes on between the client and another server until one of them has enough.
    pub fn tunnel_to(self, port: u16) {
        let Ok(there) = TcpStream::connect((Ipv4Addr::LOCALHOST, port)) else { return };
        let here = self.stream;
        let mut up = (here.try_clone().unwrap(), there.try_clone().unwrap());
        let upward = std::thread::spawn(move || {
            let _ = io::copy(&mut up.0, &mut up.1);
            let _ = up.1.shutdown(Shutdown::Write);
        });
        let (mut there, mut here) = (there, here);
        let _ = io::copy(&mut there, &mut here);
        let _ = here.shutdown(Shutdown::Both);
        let _ = upward.join();
    }
}

/// Listens on a free port of 127.0.0.1 until it is dropped.
pub struct Server {
    pub address: SocketAddr,
    log: Log,
    connections: Arc<Mutex<usize>>,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Gives each connection to `serve`, in a thread of its own.
    pub fn start(serve: impl Fn(Peer<TcpStream>) + Send + Sync + 'static) -> Server {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        let address = listener.local_addr().expect("an address");
        let (log, stop) = (Log::default(), Arc::new(AtomicBool::new(false)));
        let connections = Arc::new(Mutex::new(0));
        let (serve, their_log) = (Arc::new(serve), Arc::clone(&log));
        let (their_stop, their_count) = (Arc::clone(&stop), Arc::clone(&connections));
        let thread = std::thread::spawn(move || {
            for stream in listener.incoming() {
                let Ok(stream) = stream else { return };
                if their_stop.load(Ordering::SeqCst) {
                    return;
                }
                // Whatever goes wrong, no thread of a test waits for ever.
                stream.set_read_timeout(Some(Duration::from_secs(20))).expect("a time-out");
                stream.set_write_timeout(Some(Duration::from_secs(20))).expect("a time-out");
                stream.set_nodelay(true).expect("no delay");
                let number = {
                    let mut count = their_count.lock().unwrap();
                    *count += 1;
                    *count - 1
                };
                let (serve, log) = (Arc::clone(&serve), Arc::clone(&their_log));
                let peer = Peer { stream, number, log, rest: Vec::new() };
                std::thread::spawn(move || serve(peer));
            }
        });
        Server { address, log, connections, stop, thread: Some(thread) }
    }

    /// Answers one request after the other, whatever connection it comes on; the last answer is
    /// repeated. A connection is closed after an answer that says so, or that is empty.
    pub fn answers<A: Into<Vec<u8>>>(answers: impl IntoIterator<Item = A>) -> Server {
        let answers: Vec<Vec<u8>> = answers.into_iter().map(Into::into).collect();
        let next = Mutex::new(0);
        Server::start(move |mut peer| {
            while peer.request().is_some() {
                let answer = {
                    let mut next = next.lock().unwrap();
                    let answer = &answers[(*next).min(answers.len() - 1)];
                    *next += 1;
                    answer
                };
                if peer.send(answer).is_err() || closes(answer) {
                    return;
                }
            }
        })
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// All requests so far.
    pub fn requests(&self) -> Vec<Received> {
        self.log.lock().unwrap().clone()
    }

    /// How many connections were opened.
    pub fn connections(&self) -> usize {
        *self.connections.lock().unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        // Wakes the thread up.
        let _ = TcpStream::connect(self.address);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn closes(answer: &[u8]) -> bool {
    answer.is_empty() || answer.windows(17).any(|part| part == b"connection: close")
}

/// An answer after which the connection is closed.
pub fn reply(status: u16, body: impl AsRef<[u8]>) -> Vec<u8> {
    reply_with(status, &["connection: close"], body)
}

/// An answer after which the connection stays open.
pub fn kept(status: u16, body: impl AsRef<[u8]>) -> Vec<u8> {
    reply_with(status, &[], body)
}

/// An answer with these headers and the length of its body.
pub fn reply_with(status: u16, headers: &[&str], body: impl AsRef<[u8]>) -> Vec<u8> {
    let body = body.as_ref();
    let mut head = format!("HTTP/1.1 {status} X\r\ncontent-length: {}\r\n", body.len());
    for header in headers {
        head.push_str(header);
        head.push_str("\r\n");
    }
    head.push_str("\r\n");
    [head.as_bytes(), body].concat()
}
