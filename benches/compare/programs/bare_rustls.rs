//! The floor over TLS: a blocking socket, rustls with a resumed session, one write, and reads into
//! one buffer that is never freed. Nothing is parsed but the end of the header and Content-Length.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::Instant;

use rustls::client::Resumption;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{CipherSuite, ClientConfig, ClientConnection, RootCertStore};

const API_KEY: &str = "ACMA:benchmark:0123456789abcdef";
const CHAT_ID: i64 = 530_123_456_789;

struct Client {
    config: Arc<ClientConfig>,
    name: ServerName<'static>,
    port: u16,
    request: Vec<u8>,
    /// What came from the socket.
    records: Vec<u8>,
    answer: Vec<u8>,
}

impl Client {
    /// Fetches a page; gives its place in `answer`.
    fn fetch(&mut self) -> std::ops::Range<usize> {
        let mut socket = TcpStream::connect(("127.0.0.1", self.port)).expect("to connect");
        let mut tls = ClientConnection::new(self.config.clone(), self.name.clone()).unwrap();
        while tls.is_handshaking() {
            if tls.wants_write() {
                tls.write_tls(&mut socket).expect("to shake hands");
            } else {
                receive(&mut tls, &mut socket, &mut self.records, &mut []);
            }
        }
        // The end of the handshake goes out with it.
        tls.writer().write_all(&self.request).unwrap();
        while tls.wants_write() {
            tls.write_tls(&mut socket).expect("to send");
        }
        let (mut have, mut body) = (0, None);
        loop {
            have += receive(&mut tls, &mut socket, &mut self.records, &mut self.answer[have..]);
            body = body.or_else(|| body_of(&self.answer[..have]));
            if let Some(body) = body.take_if(|body| have >= body.end) {
                return body;
            }
        }
    }
}

/// Waits for more, and gives how much of the answer it was.
fn receive(
    tls: &mut ClientConnection,
    socket: &mut TcpStream,
    records: &mut [u8],
    answer: &mut [u8],
) -> usize {
    let count = socket.read(records).expect("to receive");
    assert!(count > 0, "the answer ended early");
    let (mut rest, mut have) = (&records[..count], 0);
    while !rest.is_empty() {
        tls.read_tls(&mut rest).unwrap();
        tls.process_new_packets().expect("sound records");
        while let Ok(count @ 1..) = tls.reader().read(&mut answer[have..]) {
            have += count;
        }
    }
    have
}

/// Where the body stands, once the header is complete.
fn body_of(answer: &[u8]) -> Option<std::ops::Range<usize>> {
    const LENGTH: &str = "\r\nContent-Length: ";
    let start = answer.windows(4).position(|four| four == b"\r\n\r\n")? + 4;
    let head = std::str::from_utf8(&answer[..start]).unwrap();
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");
    let length = head.split_once(LENGTH).expect("a length").1.split_once('\r').unwrap().0;
    Some(start..start + length.parse::<usize>().unwrap())
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, base_url, business, calls, warmup, _, _, ca_file] = &arguments[..] else {
        panic!("BASE_URL BUSINESS CALLS WARMUP text close CA_FILE");
    };
    let port = base_url.strip_prefix("https://127.0.0.1:").expect("only https://127.0.0.1:PORT");
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(ca_file).expect("the CA file") {
        roots.add(certificate.unwrap()).unwrap();
    }
    // The same order as the library's.
    let mut provider = rustls::crypto::ring::default_provider();
    provider
        .cipher_suites
        .sort_by_key(|suite| suite.suite() != CipherSuite::TLS13_AES_128_GCM_SHA256);
    let mut config = ClientConfig::builder_with_provider(Arc::new(provider))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.resumption = Resumption::in_memory_sessions(32);
    let mut client = Client {
        config: Arc::new(config),
        name: ServerName::try_from("127.0.0.1").unwrap(),
        port: port.parse().unwrap(),
        request: format!(
            "POST /v2/businesses/{business}/chats/history?chatId={CHAT_ID}&limit=100 HTTP/1.1\r\n\
             Host: 127.0.0.1:{port}\r\nApi-Key: {API_KEY}\r\nContent-Type: application/json\r\n\
             Content-Length: 2\r\n\r\n{{}}"
        )
        .into_bytes(),
        records: vec![0; 64 * 1024],
        answer: vec![0; 256 * 1024],
    };
    let calls: u32 = calls.parse().unwrap();
    for _ in 0..warmup.parse().unwrap() {
        client.fetch();
    }
    let (began, cpu_before) = (Instant::now(), cpu_ns());
    for _ in 0..calls {
        client.fetch();
    }
    let (wall, cpu) = (began.elapsed().as_nanos(), cpu_ns() - cpu_before);
    let body = client.fetch();
    let text = std::str::from_utf8(&client.answer[body]).expect("UTF-8");
    let messages = text.matches("\"messageId\":").count();
    println!(
        "{{\"wall_ns\":{wall},\"cpu_ns\":{cpu},\"calls\":{calls},\"peak_rss_kib\":{},\
         \"messages\":{messages},\"bytes\":{},\"version\":\"-\"}}",
        peak_rss_kib(),
        text.len()
    );
}

/// User and system time of this process, as the other contestants measure it.
fn cpu_ns() -> i64 {
    unsafe extern "C" {
        safe fn getrusage(who: i32, usage: &mut [i64; 18]) -> i32;
    }
    let mut usage = [0; 18];
    assert_eq!(getrusage(0, &mut usage), 0);
    (usage[0] + usage[2]) * 1_000_000_000 + (usage[1] + usage[3]) * 1_000
}

fn peak_rss_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}
