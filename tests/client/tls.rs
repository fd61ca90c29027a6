//! Whose certificate is accepted, and that the next connection needs no full handshake.

use rustls::HandshakeKind;
use ymchat::internal::TestSettings;
use ymchat::{Action, Client, ClientBuilder, Error, SendOptions, Status, Trust};

use crate::common::serve::{kept, reply};
use crate::common::tls::{Authority, TemporaryFile, TlsServer};
use crate::common::{SimulatedClock, builder, failure, from_parent, run_child};

const CHAT: &str = r#"{"status":"OK","result":{"chatId":5}}"#;

fn serve(config: rustls::ServerConfig) -> TlsServer {
    TlsServer::answering(config, reply(200, CHAT))
}

/// A certificate that is not accepted is nothing that goes away by itself.
fn refused(server: &TlsServer, builder: ClientBuilder) -> Error {
    let clock = SimulatedClock::new();
    let client = builder.clock(clock.clone()).build().unwrap();
    let error = failure(client.get_chat(5));
    assert_eq!(error.status(), Status::Network, "{error}");
    assert_eq!((error.is_retryable(), error.action()), (false, Action::FixRequest), "{error}");
    assert_eq!(error.attempts(), 1, "{error}");
    assert!(clock.moved().is_zero());
    assert!(error.to_string().contains("caFile"), "{error}");
    let sent = failure(client.send_message(5, "x"));
    assert_eq!(sent.status(), Status::Network);
    assert_eq!(sent.outcome(), Some(ymchat::DeliveryStatus::NotSent));
    assert!(server.server.requests().is_empty(), "the key was sent to a stranger");
    error
}

#[test]
fn a_certificate_of_the_ca_file_is_accepted() {
    let authority = Authority::new();
    for host in ["localhost", "127.0.0.1"] {
        let server = serve(authority.server(host, 2090));
        let file = authority.file();
        let client = builder(server.url(host)).ca_file(&file.0).build().unwrap();
        assert_eq!(client.get_chat(5).unwrap().chat_id, 5);
        assert_eq!(server.server.requests()[0].header("host").unwrap(), &server.url(host)[8..]);
    }
}

#[test]
fn a_ca_file_may_hold_several_certificates() {
    let authority = Authority::new();
    let all = format!("# ours\n{}\n{}", Authority::new().pem(), authority.pem());
    let file = TemporaryFile::new("pem", all.as_bytes());
    let server = serve(authority.server("localhost", 2090));
    let client = builder(server.url("localhost")).ca_file(&file.0).build().unwrap();
    client.get_chat(5).unwrap();
}

#[test]
fn an_unknown_authority_is_refused_without_and_with_another_ca_file() {
    let server = serve(Authority::new().server("localhost", 2090));
    refused(&server, builder(server.url("localhost")));
    let other = Authority::new().file();
    refused(&server, builder(server.url("localhost")).ca_file(&other.0));
}

#[test]
fn a_certificate_for_another_name_is_refused() {
    let authority = Authority::new();
    let file = authority.file();
    for (name, host) in [("example.org", "localhost"), ("localhost", "127.0.0.1")] {
        let server = serve(authority.server(name, 2090));
        refused(&server, builder(server.url(host)).ca_file(&file.0));
    }
}

#[test]
fn a_certificate_that_has_expired_is_refused() {
    let authority = Authority::new();
    let server = serve(authority.server("localhost", 2021));
    let file = authority.file();
    let error = refused(&server, builder(server.url("localhost")).ca_file(&file.0));
    assert!(error.to_string().to_lowercase().contains("expired"), "{error}");
}

#[test]
fn plain_http_behind_https_is_refused_as_a_wrong_peer() {
    let server = crate::common::serve::Server::start(|mut peer| {
        let _ = peer.send(b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n");
        let _ = peer.request();
    });
    let url = format!("https://127.0.0.1:{}", server.address.port());
    let error = failure(builder(url).max_attempts(1).build().unwrap().get_chat(5));
    assert_eq!((error.status(), error.is_retryable()), (Status::Network, false), "{error}");
    assert_eq!(error.action(), Action::FixRequest);
    let text = error.to_string();
    assert!(text.contains("does not speak TLS") && text.contains("baseUrl"), "{text}");
    assert!(!text.contains("caFile"), "{text}");
}

#[test]
fn one_connection_per_request_costs_one_full_handshake_in_all() {
    let authority = Authority::new();
    let file = authority.file();
    for versions in [&rustls::version::TLS13, &rustls::version::TLS12] {
        let server = serve(authority.server_of("localhost", versions));
        let client = builder(server.url("localhost")).ca_file(&file.0).build().unwrap();
        for _ in 0..3 {
            client.get_chat(5).unwrap();
            client.send_message(5, "x").unwrap();
        }
        let kinds = server.handshakes.lock().unwrap().clone();
        let resumed = kinds.iter().filter(|kind| **kind == HandshakeKind::Resumed).count();
        assert_eq!((kinds.len(), resumed), (6, 5), "{versions:?}: {kinds:?}");
    }
}

#[test]
fn a_connection_that_stays_open_is_used_again() {
    let authority = Authority::new();
    let file = authority.file();
    let server = TlsServer::start(authority.server("localhost", 2090), |mut peer| {
        while peer.request().is_some() {
            if peer.send(&kept(200, CHAT)).is_err() {
                return;
            }
        }
    });
    let client = builder(server.url("localhost")).ca_file(&file.0).build().unwrap();
    for _ in 0..3 {
        client.get_chat(5).unwrap();
    }
    assert_eq!(server.handshakes.lock().unwrap().len(), 1);
}

#[test]
fn a_large_upload_and_a_large_answer_pass_through_tls() {
    let authority = Authority::new();
    let file = authority.file();
    let text = "я".repeat(1 << 17);
    let body = format!(r#"{{"status":"OK","result":{{"chatId":5,"note":"{text}"}}}}"#);
    let server = TlsServer::answering(authority.server("localhost", 2090), reply(200, body));
    let client = builder(server.url("localhost")).ca_file(&file.0).build().unwrap();
    assert_eq!(client.get_chat(5).unwrap().other["note"], text);
    let data = vec![7; 1 << 20];
    client.send_file(5, "a.bin", &data).unwrap();
    assert!(server.server.requests()[1].body.len() > data.len());
}

#[test]
fn an_answer_that_ends_without_a_goodbye_is_not_taken_for_whole() {
    let authority = Authority::new();
    let file = authority.file();
    for answer in [
        // Of a length that is told, and of one that only the end tells.
        reply(200, CHAT)[..80].to_vec(),
        format!("HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n{}", &CHAT[..20]).into_bytes(),
    ] {
        let server = TlsServer::start(authority.server("localhost", 2090), move |mut peer| {
            if peer.request().is_some() {
                let _ = peer.send(&answer);
            }
        });
        let client =
            builder(server.url("localhost")).ca_file(&file.0).max_attempts(1).build().unwrap();
        let error = failure(client.get_chat(5));
        assert!(matches!(error.status(), Status::Network | Status::Protocol), "{error}");
        let error = failure(client.send_message_with(5, "x", &SendOptions::new().resolve(false)));
        assert_eq!(error.status(), Status::OutcomeUnknown, "{error}");
    }
}

#[test]
#[cfg(target_os = "linux")]
fn the_systems_certificates_count_only_where_the_config_says_so() {
    // What the system lists can be set from outside only for a process of its own.
    let authority = Authority::new();
    let file = authority.file();
    let server = serve(authority.server("localhost", 2090));
    let url = server.url("localhost");
    let environment = [("SSL_CERT_FILE", file.0.to_str().unwrap()), ("YMCHAT_TEST_URL", &url)];
    run_child("tls::child_with_certificates_of_the_system", &environment);
    assert_eq!(server.server.requests().len(), 1);
}

#[test]
#[ignore = "run by the_systems_certificates_count_only_where_the_config_says_so"]
fn child_with_certificates_of_the_system() {
    let client =
        |trust| -> Client { builder(from_parent("YMCHAT_TEST_URL")).trust(trust).build().unwrap() };
    let error = failure(client(Trust::Bundled).get_chat(5));
    assert_eq!((error.status(), error.is_retryable()), (Status::Network, false), "{error}");
    client(Trust::System).get_chat(5).unwrap();
}
