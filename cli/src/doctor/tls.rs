//! The TLS handshake, and who has signed the certificates, also where they are not trusted.

use std::fmt;
use std::io;
use std::net::TcpStream;
use std::sync::{Arc, Mutex, PoisonError};

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring};
use rustls::{
    CertificateError, ClientConfig, ClientConnection, DigitallySignedStruct, RootCertStore,
    SignatureScheme, StreamOwned,
};
use rustls_pki_types::pem::{self, PemObject};
use rustls_pki_types::{CertificateDer, ServerName, UnixTime};

use super::Doctor;
use super::check::{Check, Subject};
use super::connection::Connection;
use crate::config::Loaded;
use crate::sentences::{Sentence, doctor as words, reason, reasons};
use crate::text;

type Stream = StreamOwned<ClientConnection, TcpStream>;

/// What came of a handshake.
pub struct Handshake {
    result: Result<Stream, Trouble>,
    chain: Vec<Certificate>,
}

enum Trouble {
    /// The certificates to trust.
    Roots(Sentence),
    /// The service's certificate.
    Certificate(CertificateError),
    /// Anything else.
    Other(Sentence),
}

/// What a person wants to know of a certificate.
#[derive(Debug, Clone)]
struct Certificate {
    subject: String,
    issuer: String,
    until: String,
}

/// Tells who is there before it is decided whether to trust him.
struct Recorder {
    verifier: Arc<WebPkiServerVerifier>,
    seen: Mutex<Vec<CertificateDer<'static>>>,
}

impl fmt::Debug for Recorder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recorder").finish_non_exhaustive()
    }
}

impl ServerCertVerifier for Recorder {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let chain = std::iter::once(end_entity).chain(intermediates);
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner) =
            chain.map(|certificate| certificate.clone().into_owned()).collect();
        self.verifier.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.verifier.verify_tls12_signature(message, certificate, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.verifier.verify_tls13_signature(message, certificate, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.verifier.supported_verify_schemes()
    }
}

/// The certificates that the configuration trusts.
fn roots(loaded: &Loaded) -> Result<RootCertStore, Sentence> {
    let mut roots = RootCertStore::empty();
    if loaded.text("trust") == Some("system") {
        let found = rustls_native_certs::load_native_certs();
        roots.add_parsable_certificates(found.certs);
    } else {
        roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    }
    if let Some(path) = loaded.text("caFile") {
        let quoted = |error: pem::Error| reasons::of_the_system(&error);
        for certificate in CertificateDer::pem_file_iter(path).map_err(quoted)? {
            let certificate = certificate.map_err(quoted)?;
            roots.add(certificate).map_err(|error| reasons::of_the_system(&error))?;
        }
    }
    Ok(roots)
}

/// Makes the handshake as the library does.
pub fn handshake(loaded: &Loaded, host: &str, stream: TcpStream) -> Handshake {
    let provider = Arc::new(ring::default_provider());
    let verifier = roots(loaded).and_then(|roots| {
        let builder =
            WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider));
        builder.build().map_err(|error| reasons::of_the_system(&error))
    });
    let verifier = match verifier {
        Ok(verifier) => verifier,
        Err(error) => return Handshake { result: Err(Trouble::Roots(error)), chain: Vec::new() },
    };
    let recorder = Arc::new(Recorder { verifier, seen: Mutex::default() });
    let result = complete(provider, Arc::clone(&recorder), host, stream);
    let seen = recorder.seen.lock().unwrap_or_else(PoisonError::into_inner);
    Handshake { result, chain: seen.iter().map(describe).collect() }
}

fn complete(
    provider: Arc<CryptoProvider>,
    recorder: Arc<Recorder>,
    host: &str,
    stream: TcpStream,
) -> Result<Stream, Trouble> {
    let other = |error: &dyn fmt::Display| Trouble::Other(reasons::of_the_system(error));
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| other(&error))?
        .dangerous()
        .with_custom_certificate_verifier(recorder)
        .with_no_client_auth();
    let name = ServerName::try_from(host.to_owned()).map_err(|error| other(&error))?;
    let connection =
        ClientConnection::new(Arc::new(config), name).map_err(|error| other(&error))?;
    let mut stream = StreamOwned::new(connection, stream);
    while stream.conn.is_handshaking() {
        if let Err(error) = stream.conn.complete_io(&mut stream.sock) {
            return Err(trouble(&error));
        }
    }
    Ok(stream)
}

fn trouble(error: &io::Error) -> Trouble {
    let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
    match inner {
        Some(rustls::Error::InvalidCertificate(why)) => Trouble::Certificate(why.clone()),
        Some(other) => Trouble::Other(reasons::of_the_system(other)),
        None => Trouble::Other(reason(error)),
    }
}

fn describe(certificate: &CertificateDer<'_>) -> Certificate {
    let unknown = || "?".to_owned();
    let Ok((_, parsed)) = x509_parser::parse_x509_certificate(certificate) else {
        return Certificate { subject: unknown(), issuer: unknown(), until: unknown() };
    };
    let name = |name: &x509_parser::x509::X509Name<'_>| {
        let common = name.iter_common_name().next().or(name.iter_organization().next());
        let common = common.and_then(|common| common.as_str().ok());
        text::one_line(common.unwrap_or("?"))
    };
    let until = parsed.validity().not_after.to_datetime().date().to_string();
    Certificate { subject: name(parsed.subject()), issuer: name(parsed.issuer()), until }
}

impl Doctor<'_> {
    pub(super) fn report_tls(&mut self, shaken: Handshake) -> Option<Box<dyn Connection>> {
        let Handshake { result, chain } = shaken;
        let link =
            |one: &Certificate| self.say(&words::tls_link(&one.subject, &one.issuer, &one.until));
        let details: Vec<String> = chain.iter().map(link).collect();
        let error = match result {
            Ok(stream) => {
                let version = match stream.conn.protocol_version() {
                    Some(rustls::ProtocolVersion::TLSv1_2) => "TLS 1.2",
                    _ => "TLS 1.3",
                };
                let (subject, until) =
                    chain.first().map(|one| (&*one.subject, &*one.until)).unwrap_or_default();
                let found = self.say(&words::tls_fine(version, subject, until));
                (self.tell)(Check::passed(Subject::Tls, found).with_details(details));
                return Some(Box::new(stream));
            }
            Err(error) => error,
        };
        let issuer = chain.last().map(|one| one.issuer.clone()).unwrap_or_default();
        let failed = |why: &dyn fmt::Display| words::tls_failed(&reasons::of_the_system(why));
        let (found, advice) = match &error {
            Trouble::Certificate(CertificateError::UnknownIssuer) => {
                (words::tls_unknown_issuer(&issuer), words::trust_issuer(&issuer))
            }
            Trouble::Certificate(
                why @ (CertificateError::Expired
                | CertificateError::ExpiredContext { .. }
                | CertificateError::NotValidYet
                | CertificateError::NotValidYetContext { .. }),
            ) => (failed(why), words::check_clock()),
            Trouble::Certificate(why) => (failed(why), words::check_tls()),
            Trouble::Roots(why) => (words::ca_unreadable(why), words::correct_settings()),
            Trouble::Other(why) => (words::tls_failed(why), words::check_tls()),
        };
        let check = Check::failed(Subject::Tls, self.say(&found), self.say(&advice));
        (self.tell)(check.with_details(details));
        None
    }
}
