//! Peers that answer before they were asked, and close.

use std::io::{self, Read};
use std::net::{Shutdown, TcpStream};
use std::time::Duration;

use crate::common::serve::{Peer, Server, reply};
use crate::common::tls::{Authority, TemporaryFile, TlsServer};

pub(crate) struct EarlyClosers {
    plain: Server,
    tls: TlsServer,
    ca_file: TemporaryFile,
    http_proxy: Server,
    socks_proxy: Server,
}

impl EarlyClosers {
    pub(crate) fn start() -> Self {
        let authority = Authority::new();
        let plain = Server::start(|mut peer| {
            let _ = peer.stream.read(&mut [0; 512]);
            let _ = peer.send(&refusal());
            close(&peer.stream);
        });
        let tls = TlsServer::start(authority.server("localhost", 2090), |mut peer| {
            let _ = peer.stream.read(&mut [0; 512]);
            let _ = peer.send(&refusal());
            close(&peer.stream.sock);
        });
        EarlyClosers {
            plain,
            tls,
            ca_file: authority.file(),
            http_proxy: says_yes(b"HTTP/1.1 200 OK\r\n\r\n"),
            socks_proxy: says_yes(&[5, 0, 5, 0, 0, 1, 0, 0, 0, 0, 0, 0]),
        }
    }

    /// What the program is told about them.
    pub(crate) fn arguments(&self) -> [String; 5] {
        [
            self.plain.url(),
            self.tls.url("localhost"),
            self.ca_file.0.to_str().unwrap().to_owned(),
            self.http_proxy.url(),
            format!("socks5://{}", self.socks_proxy.address),
        ]
    }
}

fn refusal() -> Vec<u8> {
    reply(413, r#"{"status":"ERROR","errors":[{"code":"PAYLOAD_TOO_LARGE"}]}"#)
}

fn says_yes(answer: &'static [u8]) -> Server {
    Server::start(move |mut peer: Peer<TcpStream>| {
        let _ = peer.send(answer);
        close(&peer.stream);
    })
}

/// The peer sees the end first, and a reset when it writes on: only then does the kernel send
/// SIGPIPE, and at the second write.
fn close(stream: &TcpStream) {
    let _ = stream.shutdown(Shutdown::Write);
    let _ = stream.set_read_timeout(Some(Duration::from_millis(20)));
    let _ = io::copy(&mut stream.take(64 * 1024), &mut io::sink());
}
