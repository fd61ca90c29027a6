//! Files of messages: which hosts are asked, and what they are shown.

use std::sync::{Arc, Mutex};

use ymchat::internal::TestSettings;
use ymchat::{Action, Client, ClientBuilder, DownloadOptions, Error, Status};
use ymchat_sandbox::{Fault, FaultKind, NewFile, NewMessage, Operation, Sandbox};

use crate::common::serve::{Received, Server, reply, reply_with};
use crate::common::tls::{Authority, TemporaryFile, TlsServer};
use crate::common::{API_KEY, MARKER, OAUTH_TOKEN, SimulatedClock, builder, failure};
use crate::download::Folder;

fn get(client: &Client, url: &str, options: &DownloadOptions) -> Result<String, Error> {
    let folder = Folder::new();
    let path = folder.path("f");
    let result = client.download_file(url, &path, options);
    let names = folder.names();
    match result {
        Ok(_) => {
            assert_eq!(names, ["f"]);
            Ok(std::fs::read_to_string(path).unwrap())
        }
        Err(error) => {
            assert_eq!(names, [""; 0], "{error}");
            assert!(!error.to_json().contains(MARKER), "{error}");
            Err(error)
        }
    }
}

fn usual() -> DownloadOptions {
    DownloadOptions::new()
}

fn redirect(to: &str) -> Vec<u8> {
    reply_with(302, &[&format!("location: {to}"), "connection: close"], "<html>Moved</html>")
}

/// What a request has shown.
fn shown(request: &Received) -> (Option<&str>, Option<&str>) {
    (request.header("api-key"), request.header("authorization"))
}

/// Hosts of any name: the way to each leads through a proxy to a server with a certificate for it.
struct Internet {
    proxy: Server,
    asked: Arc<Mutex<Vec<String>>>,
    hosts: Vec<(String, TlsServer)>,
    authority: TemporaryFile,
}

impl Internet {
    fn new(hosts: &[(&str, Vec<u8>)]) -> Self {
        let authority = Authority::new();
        let file = authority.file();
        let hosts: Vec<(String, TlsServer)> = hosts
            .iter()
            .map(|(name, answer)| {
                let config = authority.server(name, 2090);
                ((*name).to_owned(), TlsServer::answering(config, answer.clone()))
            })
            .collect();
        let ports: Vec<(String, u16)> = hosts
            .iter()
            .map(|(name, host)| (format!("CONNECT {name}:443"), host.server.address.port()))
            .collect();
        let asked: Arc<Mutex<Vec<String>>> = Arc::default();
        let seen = Arc::clone(&asked);
        let proxy = Server::start(move |mut peer| {
            let Some(request) = peer.request() else { return };
            seen.lock().unwrap().push(request.target().to_owned());
            if let Some((_, port)) = ports.iter().find(|(name, _)| name == request.target()) {
                let _ = peer.send(b"HTTP/1.1 200 Open\r\n\r\n");
                peer.tunnel_to(*port);
            }
        });
        Internet { proxy, asked, hosts, authority: file }
    }

    fn builder(&self) -> ClientBuilder {
        builder("https://api.partner.market.yandex.ru")
            .ca_file(&self.authority.0)
            .proxy(self.proxy.url().parse().unwrap())
            .clock(SimulatedClock::new())
    }

    fn requests(&self, host: &str) -> Vec<Received> {
        self.hosts.iter().find(|(name, _)| name == host).unwrap().1.server.requests()
    }

    fn asked(&self) -> Vec<String> {
        std::mem::take(&mut *self.asked.lock().unwrap())
    }
}

#[test]
fn the_hosts_of_the_service_are_shown_the_key() {
    let internet = Internet::new(&[("files.messenger.yandex.net", reply(200, "file"))]);
    let client = internet.builder().build().unwrap();
    let url = "https://files.messenger.yandex.net/a/чек.pdf";
    assert_eq!(get(&client, url, &usual()).unwrap(), "file");
    let request = &internet.requests("files.messenger.yandex.net")[0];
    assert_eq!(request.target(), "GET /a/%D1%87%D0%B5%D0%BA.pdf");
    assert_eq!(shown(request), (Some(API_KEY), None));
    assert_eq!(request.header("host"), Some("files.messenger.yandex.net"));
    // Before the certificate is seen, nothing is shown.
    let stranger = Internet::new(&[("files.messenger.yandex.net", reply(200, "file"))]);
    let client = internet.builder().proxy(stranger.proxy.url().parse().unwrap()).build().unwrap();
    assert_eq!(failure(get(&client, url, &usual())).status(), Status::Network);
    assert_eq!(stranger.requests("files.messenger.yandex.net").len(), 0);
}

#[test]
fn a_foreign_host_is_not_even_looked_up() {
    let internet = Internet::new(&[]);
    let client = internet.builder().build().unwrap();
    for (url, host) in [
        ("https://evil.example/x", "evil.example"),
        ("https://files.yandex.net.evil.example/x", "files.yandex.net.evil.example"),
        ("https://evil-yandex.net/x", "evil-yandex.net"),
        ("https://files.yandex.net:8443/x", "files.yandex.net:8443"),
        ("https://api.partner.market.yandex.ru:444/x", "api.partner.market.yandex.ru:444"),
        ("https://xn--80ak6aa92e.com/x", "xn--80ak6aa92e.com"),
        ("https://127.0.0.1/x", "127.0.0.1"),
        ("https://169.254.169.254/latest/meta-data", "169.254.169.254"),
        ("https://10.0.0.1/x", "10.0.0.1"),
        ("https://[::1]/x", "[::1]"),
        ("https://[::ffff:10.0.0.1]/x", "[::ffff:10.0.0.1]"),
        ("https://0x7f.1/x", "0x7f.1"),
        ("http://localhost/x", "localhost"),
    ] {
        let error = failure(get(&client, url, &usual()));
        assert_eq!((error.status(), error.attempts()), (Status::InvalidArgument, 0), "{error}");
        let text = error.to_string();
        assert!(text.contains(host) && text.contains("allowHosts"), "{url}: {text}");
    }
    for (url, why) in [
        ("http://files.yandex.net/x", "without encryption"),
        ("http://api.partner.market.yandex.ru/x", "without encryption"),
        ("https://files.yandex.net@evil.example/x", "user name"),
        ("https://user:pw@files.yandex.net/x", "user name"),
        ("https://evil.example\\.yandex.net/x", "host"),
        ("https://файлы.рф/x", "xn--"),
        ("ftp://files.yandex.net/x", "https://"),
        ("/files/1", "https://"),
        ("", "https://"),
    ] {
        let error = failure(get(&client, url, &usual()));
        assert_eq!((error.status(), error.attempts()), (Status::InvalidArgument, 0), "{error}");
        assert!(error.to_string().contains(why), "{url}: {error}");
    }
    let url = format!("https://{API_KEY}/x").replace("ACMA:", "");
    failure(get(&client, &url, &usual()));
    assert_eq!(internet.asked(), [""; 0]);
}

#[test]
fn an_allowed_host_learns_nothing() {
    let internet = Internet::new(&[("cdn.example.org", reply(200, "file"))]);
    let builder = internet.builder().oauth_token(OAUTH_TOKEN).integration("erp/1");
    let client = builder.build().unwrap();
    let url = "https://cdn.example.org/x";
    let options = usual().allow_hosts(["cdn.example.org"]);
    assert_eq!(get(&client, url, &options).unwrap(), "file");
    let request = &internet.requests("cdn.example.org")[0];
    assert_eq!(request.header_names(), ["accept", "accept-encoding", "host", "user-agent"]);
    assert!(!request.head.contains(MARKER));
    // Not by way of plain http, where anybody could put another file.
    let error = failure(get(&client, "http://cdn.example.org/x", &options));
    assert!(error.to_string().contains("without encryption"), "{error}");
    let other = usual().allow_hosts(["example.org"]);
    assert_eq!(failure(get(&client, url, &other)).status(), Status::InvalidArgument);
}

#[test]
fn the_list_of_the_configuration_takes_the_place_of_the_usual_one() {
    let hosts =
        [("files.example.org", reply(200, "file")), ("files.yandex.net", reply(200, "file"))];
    let internet = Internet::new(&hosts);
    let client = internet.builder().file_hosts(["*.example.org"]).build().unwrap();
    assert_eq!(get(&client, "https://files.example.org/x", &usual()).unwrap(), "file");
    assert_eq!(shown(&internet.requests("files.example.org")[0]), (Some(API_KEY), None));
    let error = failure(get(&client, "https://files.yandex.net/x", &usual()));
    assert!(error.to_string().contains("files.yandex.net"), "{error}");
}

#[test]
fn the_oauth_token_follows_where_the_key_is_refused() {
    for status in [401, 403] {
        let server = Server::answers([reply(status, "{}"), reply(200, "file")]);
        let client = builder(server.url()).oauth_token(OAUTH_TOKEN).build().unwrap();
        let url = format!("{}/files/1", server.url());
        assert_eq!(get(&client, &url, &usual()).unwrap(), "file");
        let requests = server.requests();
        let oauth = format!("OAuth {OAUTH_TOKEN}");
        assert_eq!(shown(&requests[0]), (Some(API_KEY), None));
        assert_eq!(shown(&requests[1]), (None, Some(oauth.as_str())));
        assert_ne!(requests[0].trace_id(), requests[1].trace_id());
    }
    let server = Server::answers([reply(403, "{}")]);
    let url = format!("{}/files/1", server.url());
    let both = builder(server.url()).oauth_token(OAUTH_TOKEN).build().unwrap();
    let error = failure(get(&both, &url, &usual()));
    assert_eq!((error.status(), error.attempts()), (Status::Forbidden, 2), "{error}");
    let error = failure(get(&builder(server.url()).build().unwrap(), &url, &usual()));
    assert_eq!((error.status(), error.attempts()), (Status::Forbidden, 1), "{error}");
    assert!(error.to_string().contains("oauthToken"), "{error}");
    let alone = Client::builder().oauth_token(OAUTH_TOKEN).base_url(server.url()).build().unwrap();
    failure(get(&alone, &url, &usual()));
    let oauth = format!("OAuth {OAUTH_TOKEN}");
    assert_eq!(shown(server.requests().last().unwrap()), (None, Some(oauth.as_str())));
}

#[test]
fn the_sandbox_gives_files_for_the_token_alone_where_it_is_told_to() {
    let sandbox = Sandbox::start().unwrap();
    sandbox.switch(|switches| switches.files_need_oauth = true);
    let chat = sandbox.record().chats[0].chat.chat_id;
    let file = NewFile::new("чек.txt", "Оплачено");
    sandbox.write(chat, NewMessage::text("Чек").file(file)).unwrap();
    let record = sandbox.record();
    let url = &record.chats[0].messages.last().unwrap().message.payload[0].url;
    let key = || Client::builder().api_key(sandbox.api_key()).base_url(sandbox.base_url());
    let client = key().oauth_token(sandbox.oauth_token()).build().unwrap();
    assert_eq!(get(&client, url, &usual()).unwrap(), "Оплачено");
    let error = failure(get(&key().build().unwrap(), url, &usual()));
    assert_eq!(error.status(), Status::Forbidden, "{error}");
    assert!(error.to_string().contains("oauthToken"), "{error}");
}

#[test]
fn each_redirect_is_judged_anew() {
    let hosts = [
        ("files.yandex.net", redirect("https://cdn.example.org/signed?x=1")),
        ("cdn.example.org", redirect("//avatars.mds.yandex.net/y")),
        ("avatars.mds.yandex.net", reply(200, "file")),
    ];
    let internet = Internet::new(&hosts);
    let client = internet.builder().build().unwrap();
    let url = "https://files.yandex.net/x";
    let error = failure(get(&client, url, &usual()));
    assert_eq!((error.status(), error.attempts()), (Status::Protocol, 1), "{error}");
    assert_eq!((error.action(), error.is_retryable()), (Action::FixRequest, false), "{error}");
    let text = error.to_string();
    assert!(text.contains("cdn.example.org") && text.contains("allowHosts"), "{text}");
    assert_eq!(internet.asked(), ["CONNECT files.yandex.net:443"]);

    let options = usual().allow_hosts(["cdn.example.org"]);
    assert_eq!(get(&client, url, &options).unwrap(), "file");
    assert_eq!(shown(&internet.requests("cdn.example.org")[0]), (None, None));
    assert_eq!(shown(&internet.requests("avatars.mds.yandex.net")[0]), (Some(API_KEY), None));
}

#[test]
fn a_redirect_leads_neither_to_plain_http_nor_past_the_check_of_urls() {
    for (to, why) in [
        ("http://files.yandex.net/x", "without encryption"),
        ("http://evil.example/x", "evil.example"),
        ("http://127.0.0.1:1/x", "127.0.0.1:1"),
        ("https://files.yandex.net@evil.example/", "user name"),
        ("file:///etc/passwd", "https://"),
        ("https://[::1/", "host"),
    ] {
        let internet = Internet::new(&[("files.yandex.net", redirect(to))]);
        let client = internet.builder().build().unwrap();
        let error = failure(get(&client, "https://files.yandex.net/x", &usual()));
        assert_eq!((error.status(), error.attempts()), (Status::Protocol, 1), "{to}: {error}");
        assert!(error.to_string().contains(why), "{to}: {error}");
        assert_eq!(internet.asked().len(), 1, "{to}");
    }
}

#[test]
fn redirects_are_followed_within_reason() {
    let server = Server::answers([redirect("../b/2"), redirect("/c"), reply(200, "file")]);
    let client = builder(server.url()).build().unwrap();
    let url = format!("{}/a/1", server.url());
    assert_eq!(get(&client, &url, &usual()).unwrap(), "file");
    let targets: Vec<_> = server.requests().iter().map(|r| r.target().to_owned()).collect();
    assert_eq!(targets, ["GET /a/1", "GET /b/2", "GET /c"]);

    let sandbox = Sandbox::start().unwrap();
    let url = format!("{}/files/1", sandbox.base_url());
    let around = Fault::new(FaultKind::Redirect(url.clone())).on(Operation::DownloadFile);
    sandbox.add_fault(around.times(u32::MAX)).unwrap();
    let client = builder(sandbox.base_url()).api_key(sandbox.api_key()).build().unwrap();
    let error = failure(get(&client, &url, &usual()));
    assert_eq!((error.status(), error.attempts()), (Status::Protocol, 11), "{error}");
    assert!(error.to_string().contains("redirects"), "{error}");

    let nowhere = reply(302, "");
    let error = refused_at(nowhere);
    assert!(error.to_string().contains("names no address"), "{error}");
}

fn refused_at(answer: Vec<u8>) -> Error {
    let server = Server::answers([answer]);
    let client = builder(server.url()).build().unwrap();
    failure(get(&client, &format!("{}/x", server.url()), &usual()))
}

/// A server on this machine, but not that of `baseUrl`.
#[test]
fn another_port_of_the_same_machine_is_a_foreign_host() {
    let service = Server::answers([reply(200, "{}")]);
    let other = Server::answers([reply(200, "file")]);
    let client = builder(service.url()).build().unwrap();
    let url = format!("{}/x", other.url());
    let error = failure(get(&client, &url, &usual()));
    assert!(error.to_string().contains(&other.address.to_string()), "{error}");
    assert_eq!(other.requests().len(), 0);
    let options = usual().allow_hosts([other.address.to_string()]);
    assert_eq!(get(&client, &url, &options).unwrap(), "file");
    assert_eq!(shown(&other.requests()[0]), (None, None));
}
