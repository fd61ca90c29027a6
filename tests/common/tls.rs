//! Certificates made for the test, and a TLS server over [`super::serve`].

use std::net::TcpStream;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use rcgen::{
    BasicConstraints, Certificate, CertificateParams, DnType, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, date_time_ymd,
};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{
    HandshakeKind, ServerConfig, ServerConnection, StreamOwned, SupportedProtocolVersion,
};

use super::serve::{Peer, Server};

/// An authority of the test's own.
pub struct Authority {
    certificate: Certificate,
    issuer: Issuer<'static, KeyPair>,
}

impl Authority {
    pub fn new() -> Self {
        let mut params = CertificateParams::new(Vec::<String>::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, "Test authority");
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let key = KeyPair::generate().unwrap();
        let certificate = params.self_signed(&key).unwrap();
        Authority { certificate, issuer: Issuer::new(params, key) }
    }

    /// A server's configuration with a certificate for this name, valid to this year.
    pub fn server(&self, name: &str, until_year: i32) -> ServerConfig {
        self.configure(name, until_year, rustls::DEFAULT_VERSIONS)
    }

    /// A server that speaks one version of TLS.
    pub fn server_of(
        &self,
        name: &str,
        version: &'static SupportedProtocolVersion,
    ) -> ServerConfig {
        self.configure(name, 2090, &[version])
    }

    fn configure(
        &self,
        name: &str,
        until_year: i32,
        versions: &[&'static SupportedProtocolVersion],
    ) -> ServerConfig {
        let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        params.not_before = date_time_ymd(2020, 1, 1);
        params.not_after = date_time_ymd(until_year, 1, 1);
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        let private = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(versions)
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], private)
            .unwrap();
        // TLS 1.2 resumes by it, too.
        config.ticketer = rustls::crypto::ring::Ticketer::new().unwrap();
        config
    }

    pub fn pem(&self) -> String {
        self.certificate.pem()
    }

    /// The certificate in a file that is removed at the end.
    pub fn file(&self) -> TemporaryFile {
        TemporaryFile::new("pem", self.pem().as_bytes())
    }
}

/// A file of a test.
pub struct TemporaryFile(pub PathBuf);

impl TemporaryFile {
    pub fn new(extension: &str, content: &[u8]) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!(
            "ymchat-{}-{}.{extension}",
            std::process::id(),
            NEXT.fetch_add(1, Ordering::SeqCst)
        );
        let path = std::env::temp_dir().join(name);
        std::fs::write(&path, content).expect("to write a temporary file");
        TemporaryFile(path)
    }
}

impl Drop for TemporaryFile {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

pub type TlsPeer = Peer<StreamOwned<ServerConnection, TcpStream>>;

/// A server behind TLS, and how its handshakes went.
pub struct TlsServer {
    pub server: Server,
    pub handshakes: Arc<Mutex<Vec<HandshakeKind>>>,
}

impl TlsServer {
    /// Gives each connection, once hands are shaken, to `serve`.
    pub fn start(
        config: ServerConfig,
        serve: impl Fn(TlsPeer) + Send + Sync + 'static,
    ) -> TlsServer {
        let config = Arc::new(config);
        let handshakes: Arc<Mutex<Vec<HandshakeKind>>> = Arc::default();
        let seen = Arc::clone(&handshakes);
        let server = Server::start(move |mut peer| {
            let mut session = ServerConnection::new(Arc::clone(&config)).unwrap();
            while session.is_handshaking() {
                if session.complete_io(&mut peer.stream).is_err() {
                    // The alert of the other side says why; nothing to do about it here.
                    return;
                }
            }
            seen.lock().unwrap().push(session.handshake_kind().unwrap());
            serve(peer.over(|stream| StreamOwned::new(session, stream)));
        });
        TlsServer { server, handshakes }
    }

    /// Gives every request the same answer, and closes the connection after it.
    pub fn answering(config: ServerConfig, answer: Vec<u8>) -> TlsServer {
        TlsServer::start(config, move |mut peer| {
            if peer.request().is_some() {
                let _ = peer.send(&answer);
                peer.stream.conn.send_close_notify();
                let _ = peer.stream.conn.complete_io(&mut peer.stream.sock);
            }
        })
    }

    /// The address under this name.
    pub fn url(&self, host: &str) -> String {
        format!("https://{host}:{}", self.server.address.port())
    }
}
