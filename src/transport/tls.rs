//! Whose certificates are trusted, and the TLS session over a socket.

use std::io::{self, BufRead};
use std::sync::Arc;

use rustls::client::Resumption;
use rustls::crypto::{CryptoProvider, KeyProvider};
use rustls::sign::SigningKey;
use rustls::{CipherSuite, ClientConfig, ClientConnection, RootCertStore};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer, ServerName};

use super::deadline::Deadline;
use super::error::{Cause, ErrorKind};
use super::socket::Socket;
use crate::sentences::{Sentence, configuration, errors, transport as words};
use crate::settings::{BaseUrl, Trust};
use crate::sorting::sort_by_number;

/// Sessions that are remembered, so that the next connection needs no full handshake: the
/// service closes each connection after its answer.
const MAX_SESSIONS: usize = 32;

/// One read of a page of messages; rustls alone would ask for 4 KiB at a time.
const READ_SIZE: usize = 32 * 1024;

#[derive(Debug)]
pub(super) struct Tls {
    config: Arc<ClientConfig>,
    name: ServerName<'static>,
    /// For sentences.
    peer: String,
}

impl Tls {
    /// To one host. The error is a sentence that goes on from the URL's name.
    pub(super) fn new(config: Arc<ClientConfig>, base: &BaseUrl) -> Result<Self, Sentence> {
        let name = ServerName::try_from(base.host.clone())
            // Not quoted: it may be a key that was put in the wrong place.
            .map_err(|_| configuration::host_without_certificate())?;
        Ok(Tls { config, name, peer: format!("{}:{}", base.host, base.port) })
    }

    /// What is common to all hosts. The error is a sentence that names the setting.
    pub(super) fn config(
        trust: Trust,
        ca_pem: Option<&[u8]>,
    ) -> Result<Arc<ClientConfig>, Sentence> {
        let mut roots = RootCertStore::empty();
        match trust {
            Trust::Bundled => roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned()),
            Trust::System => {
                let found = rustls_native_certs::load_native_certs();
                let (added, _) = roots.add_parsable_certificates(found.certs);
                if added == 0 {
                    return Err(configuration::no_system_certificates());
                }
            }
        }
        if let Some(pem) = ca_pem {
            let mut added = 0;
            for certificate in CertificateDer::pem_slice_iter(pem) {
                let certificate =
                    certificate.map_err(|error| configuration::ca_file_is_no_pem(&error))?;
                roots
                    .add(certificate)
                    .map_err(|error| configuration::ca_file_certificate_is_wrong(&error))?;
                added += 1;
            }
            if added == 0 {
                return Err(configuration::ca_file_is_empty());
            }
        }
        let provider = Arc::new(fast_provider());
        let mut config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| configuration::no_tls(&error))?
            .with_root_certificates(roots)
            .with_no_client_auth();
        config.resumption = Resumption::in_memory_sessions(MAX_SESSIONS);
        Ok(Arc::new(config))
    }

    /// Shakes hands. The last flight is left in the session, to travel with the request.
    pub(super) fn handshake(&self, socket: Socket, deadline: &Deadline) -> io::Result<TlsSession> {
        let connection = ClientConnection::new(Arc::clone(&self.config), self.name.clone())
            .map_err(|error| Cause::new(ErrorKind::Tls, errors::verbatim(&error.to_string())))?;
        let mut session =
            TlsSession { connection, socket, received: Vec::new(), consumed: 0, is_broken: false };
        while session.connection.is_handshaking() {
            deadline.poll_interval()?;
            let step = if session.connection.wants_write() {
                session.send_pending(deadline).map(|()| true)
            } else {
                session.receive_records(deadline).map(|count| count > 0)
            };
            match step {
                Ok(true) => {}
                Ok(false) => {
                    let message = words::closed_during_handshake(&self.peer);
                    return Err(Cause::new(ErrorKind::Connect, message).into());
                }
                Err(error) => return Err(self.handshake_error(error).into()),
            }
        }
        Ok(session)
    }

    fn handshake_error(&self, error: io::Error) -> Cause {
        use rustls::{Error, InvalidMessage};
        let message = words::handshake_failed(&error);
        match error.get_ref().and_then(|inner| inner.downcast_ref::<Error>()) {
            // What came does not begin as a record does.
            Some(Error::InvalidMessage(
                InvalidMessage::InvalidContentType | InvalidMessage::UnknownProtocolVersion,
            )) => Cause::new(ErrorKind::NotTls, words::speaks_no_tls(&self.peer)),
            Some(_) => Cause::new(ErrorKind::Tls, message),
            None => match Cause::of_io(error, ErrorKind::Connect) {
                Cause { kind: kind @ ErrorKind::Connect, .. } => Cause::new(kind, message),
                cause => cause,
            },
        }
    }
}

/// A client that never shows a certificate has no private keys; the code for them would be a part
/// of the library all the same.
#[derive(Debug)]
struct NoKeys;

impl KeyProvider for NoKeys {
    fn load_private_key(
        &self,
        _: PrivateKeyDer<'static>,
    ) -> Result<Arc<dyn SigningKey>, rustls::Error> {
        Err(rustls::Error::General("there are no private keys here".into()))
    }
}

/// The usual suites of ring, AES-128 before AES-256: its SHA-256 is done by the processor, and
/// each handshake hashes more than a page of messages.
fn fast_provider() -> CryptoProvider {
    let mut provider = rustls::crypto::ring::default_provider();
    provider.key_provider = &NoKeys;
    // The order is otherwise the provider's.
    sort_by_number(&mut provider.cipher_suites, |suite| {
        i64::from(suite.suite() != CipherSuite::TLS13_AES_128_GCM_SHA256)
    });
    provider
}

/// An established session.
#[derive(Debug)]
pub(super) struct TlsSession {
    connection: ClientConnection,
    socket: Socket,
    /// Bytes from the socket that rustls has not taken yet: `received[consumed..]`.
    received: Vec<u8>,
    consumed: usize,
    /// The peer takes nothing any more; it may have said something before.
    is_broken: bool,
}

impl TlsSession {
    pub(super) fn socket(&self) -> &Socket {
        &self.socket
    }

    pub(super) fn socket_mut(&mut self) -> &mut Socket {
        &mut self.socket
    }

    pub(super) fn into_socket(self) -> Socket {
        self.socket
    }

    /// Whether the peer still holds an idle connection open, and has said nothing on it, neither in
    /// the socket nor in what was taken from it before.
    pub(super) fn is_idle_and_open(&mut self) -> bool {
        let mut reader = self.connection.reader();
        let silent =
            matches!(reader.fill_buf(), Err(error) if error.kind() == io::ErrorKind::WouldBlock);
        silent && self.consumed == self.received.len() && self.socket.is_idle_and_open()
    }

    /// Encrypts `bytes` and hands all of it to the network.
    pub(super) fn send_all(&mut self, mut bytes: &[u8], deadline: &Deadline) -> io::Result<()> {
        use std::io::Write;
        while !bytes.is_empty() {
            // rustls takes as much as its own buffer limit allows.
            let taken = self.connection.writer().write(bytes)?;
            bytes = &bytes[taken..];
            self.send_pending(deadline)?;
        }
        Ok(())
    }

    /// Decrypts and appends, as far as there is room; 0 is the end, also where the peer did not say
    /// goodbye: whether something is missing is known from the answer's length.
    pub(super) fn receive(
        &mut self,
        input: &mut Vec<u8>,
        deadline: &Deadline,
    ) -> io::Result<usize> {
        loop {
            let mut reader = self.connection.reader();
            match reader.fill_buf() {
                Ok(text) => {
                    let count = text.len().min(input.capacity() - input.len());
                    input.extend_from_slice(&text[..count]);
                    reader.consume(count);
                    return Ok(count);
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(0),
                Err(error) => return Err(error),
            }
            // Acknowledgements such as those of key updates.
            if self.connection.wants_write() && !self.is_broken {
                self.send_pending(deadline)?;
            }
            self.receive_records(deadline)?;
        }
    }

    fn send_pending(&mut self, deadline: &Deadline) -> io::Result<()> {
        while self.connection.wants_write() {
            match self.connection.write_tls(&mut self.socket.writer(deadline)) {
                Ok(1..) => {}
                other => {
                    self.is_broken = true;
                    return other.and(Err(io::ErrorKind::WriteZero.into()));
                }
            }
        }
        Ok(())
    }

    /// Takes what has come; 0 at the end.
    fn receive_records(&mut self, deadline: &Deadline) -> io::Result<usize> {
        if self.consumed == self.received.len() {
            self.received.clear();
            self.received.reserve(READ_SIZE);
            self.consumed = 0;
            self.socket.receive(&mut self.received, deadline)?;
        }
        let mut rest = &self.received[self.consumed..];
        let count = self.connection.read_tls(&mut rest)?;
        self.consumed += count;
        self.connection
            .process_new_packets()
            .map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
        Ok(count)
    }
}
