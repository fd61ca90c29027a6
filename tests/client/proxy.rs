//! The way through a proxy, and that none is taken that the config does not name.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::{Arc, Mutex};

use ymchat::{Action, Client, Error, Status};

use crate::common::serve::{Peer, Server, reply};
use crate::common::tls::{Authority, TlsServer};
use crate::common::{MARKER, PROXY_PASSWORD, builder, failure, from_parent, run_child};

const CHAT: &str = r#"{"status":"OK","result":{"chatId":5}}"#;

/// An HTTP proxy that answers `CONNECT` with these bytes, and opens the way where they say 200.
fn http_proxy(target: u16, answer: &'static str) -> Server {
    Server::start(move |mut peer| {
        if peer.request().is_some() {
            let _ = peer.send(answer.as_bytes());
            if answer.contains(" 200") {
                peer.tunnel_to(target);
            }
        }
    })
}

const WAY_IS_OPEN: &str = "HTTP/1.1 200 Connection established\r\nVia: test\r\n\r\n";

#[test]
fn http_connect_names_the_target_and_hides_everything_else() {
    let authority = Authority::new();
    let file = authority.file();
    let service = TlsServer::answering(authority.server("localhost", 2090), reply(200, CHAT));
    let port = service.server.address.port();
    let proxy = http_proxy(port, WAY_IS_OPEN);
    let client = builder(service.url("localhost"))
        .ca_file(&file.0)
        .proxy(proxy.url().parse().unwrap())
        .build()
        .unwrap();
    client.get_chat(5).unwrap();
    client.send_message(5, "Здравствуйте").unwrap();
    assert_eq!(service.server.requests().len(), 2);
    let requests = proxy.requests();
    assert_eq!(requests.len(), 2);
    for request in requests {
        assert_eq!(request.target(), format!("CONNECT localhost:{port}"));
        assert_eq!(request.header("host").unwrap(), format!("localhost:{port}"));
        assert_eq!(request.header("proxy-authorization"), None);
        assert!(!request.head.contains(MARKER), "the key is not the proxy's business");
    }
}

#[test]
fn http_connect_carries_user_and_password() {
    let service = Server::answers([reply(200, CHAT)]);
    let proxy = http_proxy(service.address.port(), "HTTP/1.0 200\r\n\r\n");
    let url = format!("http://%D1%8E%40x:{PROXY_PASSWORD}%3A@{}", proxy.address);
    builder(service.url()).proxy(url.parse().unwrap()).build().unwrap().get_chat(5).unwrap();
    let request = &proxy.requests()[0];
    assert_eq!(request.target(), format!("CONNECT {}", service.address));
    let given = request.header("proxy-authorization").unwrap().strip_prefix("Basic ").unwrap();
    let decoded = base64::Engine::decode(&base64::engine::general_purpose::STANDARD, given);
    assert_eq!(decoded.unwrap(), format!("ю@x:{PROXY_PASSWORD}:").as_bytes());
    assert_eq!(service.requests()[0].header("proxy-authorization"), None);
}

#[test]
fn any_2xx_of_a_proxy_opens_the_way() {
    let service = Server::answers([reply(200, CHAT)]);
    let port = service.address.port();
    let proxy = Server::start(move |mut peer| {
        peer.request();
        let _ = peer.send(b"HTTP/1.1 204 Fine\r\n\r\n");
        peer.tunnel_to(port);
    });
    builder(service.url())
        .proxy(proxy.url().parse().unwrap())
        .build()
        .unwrap()
        .get_chat(5)
        .unwrap();
}

/// The error of a proxy that opens no way: nothing was sent.
fn closed_way(proxy: &str) -> Error {
    let service = Server::answers([reply(200, CHAT)]);
    let client =
        builder(service.url()).proxy(proxy.parse().unwrap()).max_attempts(1).build().unwrap();
    let error = failure(client.get_chat(5));
    assert_eq!(error.status(), Status::Network, "{error}");
    assert!(error.to_string().contains("proxy"), "{error}");
    assert!(!error.to_json().contains(MARKER), "{error}");
    let sent = failure(client.send_message(5, "x"));
    assert_eq!(sent.outcome(), Some(ymchat::DeliveryStatus::NotSent), "{sent}");
    assert_eq!(service.connections(), 0);
    error
}

fn with_password(proxy: &Server, scheme: &str) -> String {
    format!("{scheme}://user:{PROXY_PASSWORD}@{}", proxy.address)
}

#[test]
fn a_proxy_that_wants_another_password_is_not_asked_again() {
    let proxy = http_proxy(0, "HTTP/1.1 407 Who are you\r\ncontent-length: 0\r\n\r\n");
    for url in [proxy.url(), with_password(&proxy, "http")] {
        let error = closed_way(&url);
        assert!(error.to_string().contains("407"), "{error}");
        assert!(error.to_string().contains("password"), "{error}");
        assert_eq!((error.is_retryable(), error.action()), (false, Action::FixRequest), "{error}");
    }
    let service = Server::answers([reply(200, CHAT)]);
    let client = builder(service.url()).proxy(proxy.url().parse().unwrap()).build().unwrap();
    let before = proxy.requests().len();
    assert_eq!(failure(client.get_chat(5)).attempts(), 1, "four wrong passwords lock an account");
    assert_eq!(proxy.requests().len(), before + 1);
}

#[test]
fn a_proxy_that_refuses_or_answers_nonsense_is_named() {
    for (answer, named) in [
        ("HTTP/1.1 403 Forbidden\r\n\r\n", "403"),
        ("HTTP/1.1 502 Bad gateway\r\ncontent-length: 3\r\n\r\nabc", "502"),
        ("SSH-2.0-OpenSSH_9\r\n\r\n", "no HTTP"),
        ("HTTP/1.1 s3cr3t-k3y OK\r\n\r\n", "no HTTP"),
        ("", ""),
        ("HTTP/1.1 200", ""),
    ] {
        let proxy = Server::start(move |mut peer| {
            peer.request();
            let _ = peer.send(answer.as_bytes());
        });
        let error = closed_way(&proxy.url());
        assert!(error.to_string().contains(named), "{named}: {error}");
        assert!(error.is_retryable(), "{error}");
    }
    let endless = Server::start(|mut peer| {
        peer.request();
        while peer.send(&[b'x'; 1024]).is_ok() {}
    });
    assert!(closed_way(&endless.url()).to_string().contains("no HTTP"));
}

/// What a SOCKS5 proxy was told.
#[derive(Debug, Default, Clone, PartialEq)]
struct Told {
    methods: Vec<u8>,
    user: String,
    password: String,
    address_type: u8,
    address: Vec<u8>,
    port: u16,
}

/// How a SOCKS5 proxy answers.
#[derive(Debug, Clone, Copy)]
struct Socks {
    method: u8,
    verdict: u8,
    reply: u8,
    bound: &'static [u8],
}

const WILLING: Socks = Socks { method: 0, verdict: 0, reply: 0, bound: &[1, 0, 0, 0, 0, 0, 0] };

fn socks_proxy(target: u16, how: Socks) -> (Server, Arc<Mutex<Vec<Told>>>) {
    let log: Arc<Mutex<Vec<Told>>> = Arc::default();
    let seen = Arc::clone(&log);
    let server = Server::start(move |mut peer| {
        let mut told = Told::default();
        let opened = talk_socks(&mut peer.stream, how, &mut told).is_some();
        seen.lock().unwrap().push(told);
        if opened {
            Peer::tunnel_to(peer, target);
        } else {
            // The client has read all that there is; now it may see the end.
            let _ = peer.stream.read(&mut [0; 64]);
        }
    });
    (server, log)
}

fn talk_socks(stream: &mut TcpStream, how: Socks, told: &mut Told) -> Option<()> {
    let take = |stream: &mut TcpStream, count: usize| -> Option<Vec<u8>> {
        let mut bytes = vec![0; count];
        stream.read_exact(&mut bytes).ok().map(|()| bytes)
    };
    let head = take(stream, 2)?;
    assert_eq!(head[0], 5);
    told.methods = take(stream, head[1].into())?;
    stream.write_all(&[5, how.method]).ok()?;
    if how.method == 2 {
        let length = take(stream, 2)?[1];
        told.user = String::from_utf8(take(stream, length.into())?).unwrap();
        let length = take(stream, 1)?[0];
        told.password = String::from_utf8(take(stream, length.into())?).unwrap();
        stream.write_all(&[1, how.verdict]).ok()?;
        if how.verdict != 0 {
            return None;
        }
    }
    let head = take(stream, 4)?;
    assert_eq!(head[..3], [5, 1, 0]);
    told.address_type = head[3];
    let length = match head[3] {
        1 => 4,
        4 => 16,
        _ => take(stream, 1)?[0],
    };
    told.address = take(stream, length.into())?;
    let port = take(stream, 2)?;
    told.port = u16::from_be_bytes([port[0], port[1]]);
    stream.write_all(&[&[5, how.reply, 0][..], how.bound].concat()).ok()?;
    (how.reply == 0).then_some(())
}

#[test]
fn socks5_is_told_the_name_and_resolves_it_itself() {
    let authority = Authority::new();
    let file = authority.file();
    // No resolver knows this name: only the proxy can find the way.
    let service = TlsServer::answering(authority.server("market.invalid", 2090), reply(200, CHAT));
    let port = service.server.address.port();
    let (proxy, log) = socks_proxy(port, WILLING);
    let client = builder("https://market.invalid:8443")
        .ca_file(&file.0)
        .proxy(format!("socks5://{}", proxy.address).parse().unwrap())
        .build()
        .unwrap();
    client.get_chat(5).unwrap();
    client.send_message(5, "x").unwrap();
    let told = log.lock().unwrap().clone();
    assert_eq!(told.len(), 2);
    assert_eq!(told[0].methods, [0]);
    assert_eq!((told[0].address_type, told[0].address.as_slice()), (3, &b"market.invalid"[..]));
    assert_eq!(told[0].port, 8443);
}

#[test]
fn socks5_carries_user_and_password_and_any_kind_of_address() {
    let service = Server::answers([reply(200, CHAT)]);
    let port = service.address.port();
    for bound in [
        &[1, 127, 0, 0, 1, 0, 80][..],
        &[4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 80],
        &[3, 2, b'a', b'b', 0, 80],
    ] {
        let (proxy, log) = socks_proxy(port, Socks { method: 2, bound, ..WILLING });
        let client = builder(service.url())
            .proxy(with_password(&proxy, "socks5").parse().unwrap())
            .build()
            .unwrap();
        client.get_chat(5).unwrap();
        let told = log.lock().unwrap()[0].clone();
        let expected = Told {
            methods: vec![2],
            user: "user".into(),
            password: PROXY_PASSWORD.into(),
            address_type: 1,
            address: vec![127, 0, 0, 1],
            port,
        };
        assert_eq!(told, expected);
    }
}

#[test]
fn every_refusal_of_a_socks5_proxy_is_named() {
    for (reply, named) in [
        (1, "failed"),
        (2, "not allowed"),
        (3, "network is unreachable"),
        (4, "host is unreachable"),
        (5, "refused"),
        (6, "did not answer"),
        (7, "failed"),
        (99, "failed"),
    ] {
        let (proxy, _) = socks_proxy(0, Socks { reply, ..WILLING });
        let error = closed_way(&format!("socks5://{}", proxy.address));
        assert!(error.to_string().contains(named), "{reply}: {error}");
    }
    let unusual = Socks { bound: &[9, 0, 0], ..WILLING };
    let (proxy, _) = socks_proxy(0, unusual);
    let error = closed_way(&format!("socks5://{}", proxy.address));
    assert!(error.to_string().contains("SOCKS5"), "{error}");
}

#[test]
fn a_socks5_proxy_that_wants_another_password_is_not_asked_again() {
    let (proxy, _) = socks_proxy(0, Socks { method: 2, verdict: 1, ..WILLING });
    let wrong = closed_way(&with_password(&proxy, "socks5"));
    let (proxy, _) = socks_proxy(0, Socks { method: 0xff, ..WILLING });
    let missing = closed_way(&format!("socks5://{}", proxy.address));
    let unwanted = closed_way(&with_password(&proxy, "socks5"));
    for error in [wrong, missing, unwanted] {
        assert!(error.to_string().contains("password"), "{error}");
        assert_eq!((error.is_retryable(), error.action()), (false, Action::FixRequest), "{error}");
    }
    let (proxy, _) = socks_proxy(0, Socks { method: 2, verdict: 1, ..WILLING });
    let client = Client::builder()
        .api_key("ACMA:s3cr3t-k3y")
        .business_id(1)
        .proxy(with_password(&proxy, "socks5").parse().unwrap())
        .build()
        .unwrap();
    assert_eq!(failure(client.get_chat(5)).attempts(), 1);
}

#[test]
fn what_speaks_no_socks_is_named() {
    let web = Server::start(|mut peer| {
        let _ = peer.send(b"HTTP/1.1 400 Bad request\r\n\r\n");
        let _ = peer.stream.read(&mut [0; 64]);
    });
    let error = closed_way(&format!("socks5://{}", web.address));
    assert!(error.to_string().contains("SOCKS5"), "{error}");
}

#[test]
fn a_proxy_that_is_not_there_is_a_network_error() {
    let gone = {
        let server = Server::answers([reply(200, "")]);
        server.address
    };
    let service = Server::answers([reply(200, CHAT)]);
    for scheme in ["http", "socks5"] {
        let proxy = format!("{scheme}://{gone}");
        let client =
            builder(service.url()).proxy(proxy.parse().unwrap()).max_attempts(1).build().unwrap();
        let error = failure(client.get_chat(5));
        assert_eq!((error.status(), error.is_retryable()), (Status::Network, true), "{error}");
        let text = error.to_string();
        assert!(text.contains(&format!("no connection to the proxy {gone}")), "{text}");
        assert!(!text.contains("baseUrl"), "the service is not to blame: {text}");
    }
    assert_eq!(service.connections(), 0);
    let proxy = "http://proxy.invalid:3128";
    let client =
        builder(service.url()).proxy(proxy.parse().unwrap()).max_attempts(1).build().unwrap();
    let text = failure(client.get_chat(5)).to_string();
    assert!(text.contains("the proxy") && text.contains("proxy.invalid"), "{text}");
    // Without a proxy none is spoken of as if it were at fault.
    let client = builder(format!("http://{gone}")).max_attempts(1).build().unwrap();
    let text = failure(client.get_chat(5)).to_string();
    assert!(text.contains(&format!("no connection to {gone}")), "{text}");
}

const VARIABLES: [&str; 6] =
    ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];

#[test]
fn the_environments_proxy_is_not_used_unless_the_config_says_so() {
    let service = Server::answers([reply(200, CHAT)]);
    let proxy = http_proxy(service.address.port(), WAY_IS_OPEN);
    let (url, service_url) = (proxy.url(), service.url());
    let mut environment: Vec<_> = VARIABLES.iter().map(|name| (*name, url.as_str())).collect();
    environment.push(("YMCHAT_TEST_URL", &service_url));
    run_child("proxy::child_without_a_proxy", &environment);
    assert_eq!((proxy.connections(), service.requests().len()), (0, 2));

    for (name, used) in [
        ("HTTP_PROXY", true),
        ("http_proxy", true),
        ("ALL_PROXY", true),
        ("all_proxy", true),
        ("HTTPS_PROXY", false),
    ] {
        let (before, served) = (proxy.connections(), service.requests().len());
        let environment = [(name, url.as_str()), ("YMCHAT_TEST_URL", &service_url)];
        run_child("proxy::child_with_the_environments_proxy", &environment);
        assert_eq!(proxy.connections() - before, usize::from(used), "{name}");
        assert_eq!(service.requests().len() - served, 1, "{name}");
    }
    let before = proxy.connections();
    for except in ["*", "127.0.0.1", "x.org, 127.0.0.1"] {
        let environment =
            [("HTTP_PROXY", &*url), ("NO_PROXY", except), ("YMCHAT_TEST_URL", &service_url)];
        run_child("proxy::child_with_the_environments_proxy", &environment);
    }
    assert_eq!(proxy.connections(), before, "NO_PROXY");
}

#[test]
#[ignore = "run by the_environments_proxy_is_not_used_unless_the_config_says_so"]
fn child_without_a_proxy() {
    let client = builder(from_parent("YMCHAT_TEST_URL")).build().unwrap();
    client.get_chat(5).unwrap();
    client.send_message(5, "x").unwrap();
}

#[test]
#[ignore = "run by the_environments_proxy_is_not_used_unless_the_config_says_so"]
fn child_with_the_environments_proxy() {
    let url = from_parent("YMCHAT_TEST_URL");
    builder(url).proxy("environment".parse().unwrap()).build().unwrap().get_chat(5).unwrap();
}
