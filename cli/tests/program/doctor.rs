//! `ymchat doctor`.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;

use assert_cmd::Command;
use assert_cmd::assert::Assert;
use serde_json::Value;
use ymchat_sandbox::{ErrorKind, Fault, FaultKind, Key, Operation, Sandbox};

use crate::serve::{Server, reply, reply_with};
use crate::support::{Directory, bare, documents, stderr, stdout, ymchat};
use crate::tls::{Authority, TlsServer};

fn doctor(market: &Sandbox) -> Command {
    let mut command = ymchat(market);
    command.args(["--json", "doctor"]);
    command
}

/// The result of one check.
fn check(assert: &Assert, subject: &str) -> Value {
    let found = documents(assert).into_iter().find(|check| check["check"] == subject);
    found.unwrap_or_else(|| panic!("no {subject} in {}", stdout(assert)))
}

fn verdicts(assert: &Assert) -> Vec<(String, String)> {
    let text = |check: &Value, name: &str| check[name].as_str().unwrap().to_owned();
    let checks = documents(assert);
    checks.iter().map(|check| (text(check, "check"), text(check, "verdict"))).collect()
}

#[test]
fn everything_is_checked_and_found_to_be_well() {
    let market = Sandbox::start().unwrap();
    let assert = doctor(&market).assert().success();
    let found = verdicts(&assert);
    let subjects: Vec<&str> = found.iter().map(|(subject, _)| subject.as_str()).collect();
    assert_eq!(
        subjects,
        [
            "configuration",
            "proxy",
            "name",
            "route",
            "tls",
            "clock",
            "key",
            "businesses",
            "chats",
            "parallel",
            "quotas",
        ]
    );
    for (subject, verdict) in &found {
        let expected = if subject == "tls" { "notTried" } else { "passed" };
        assert_eq!(verdict, expected, "{subject}: {}", stdout(&assert));
    }
    assert!(check(&assert, "key")["found"].as_str().unwrap().contains("ALL_METHODS"));
    assert!(check(&assert, "businesses")["found"].as_str().unwrap().contains("Лавка"));
    assert!(check(&assert, "quotas")["found"].as_str().unwrap().contains(" of 5000"));
}

#[test]
fn people_read_a_line_for_each_in_their_language() {
    let market = Sandbox::start().unwrap();
    let english = stdout(&ymchat(&market).arg("doctor").assert().success());
    assert!(english.contains("\npassed     clock: The clock of this computer"), "{english}");
    assert!(english.contains("\nnot tried  TLS: "), "{english}");
    let russian = "\nпройдено   часы: Часы этого компьютера";
    let option = ymchat(&market).args(["doctor", "--language", "ru"]).assert().success();
    assert!(stdout(&option).contains(russian), "{}", stdout(&option));
    for (name, value) in [("YMCHAT_LANGUAGE", "ru"), ("LANG", "ru_RU.UTF-8")] {
        let assert = ymchat(&market).env(name, value).arg("doctor").assert().success();
        assert!(stdout(&assert).contains(russian), "{name}");
    }
    ymchat(&market).env("YMCHAT_LANGUAGE", "de").arg("doctor").assert().code(1);
}

#[test]
fn a_key_that_is_missing_or_wrong_or_narrow_is_named() {
    let market = Sandbox::start().unwrap();
    let with = |key: &str| doctor(&market).env("YMCHAT_API_KEY", key).assert().code(1);
    let missing = with("");
    assert_eq!(check(&missing, "key")["verdict"], "failed");
    assert!(check(&missing, "key")["advice"].as_str().unwrap().contains("YMCHAT_API_KEY"));
    assert_eq!(check(&missing, "clock")["verdict"], "passed");
    assert_eq!(check(&missing, "chats")["verdict"], "notTried");
    let revoked = with(market.key(Key::Revoked));
    assert!(check(&revoked, "key")["found"].as_str().unwrap().contains("getAuthTokenInfo"));
    assert!(!stdout(&revoked).contains(market.key(Key::Revoked)));
    let reads = with(market.key(Key::ReadOnly));
    assert!(check(&reads, "key")["found"].as_str().unwrap().contains("may read and not send"));
    assert_eq!(check(&reads, "chats")["verdict"], "passed");
    let narrow = with(market.key(Key::NoScope));
    assert!(check(&narrow, "key")["advice"].as_str().unwrap().contains("communication"));
    let foreign = with(market.key(Key::OtherBusiness));
    assert_eq!(check(&foreign, "businesses")["verdict"], "failed");
    assert_eq!(check(&foreign, "chats")["verdict"], "failed");
}

#[test]
fn an_oauth_token_has_no_scopes_to_look_at() {
    let market = Sandbox::start().unwrap();
    let mut command = doctor(&market);
    command.env_remove("YMCHAT_API_KEY").env("YMCHAT_OAUTH_TOKEN", market.oauth_token());
    let assert = command.assert().success();
    assert_eq!(check(&assert, "key")["verdict"], "notTried");
    assert_eq!(check(&assert, "chats")["verdict"], "passed");
}

#[test]
fn a_business_that_is_not_set_or_not_granted_is_named() {
    let market = Sandbox::start().unwrap();
    let unset = doctor(&market).env_remove("YMCHAT_BUSINESS_ID").assert().code(1);
    assert!(check(&unset, "businesses")["found"].as_str().unwrap().contains("1003417"));
    let other = doctor(&market).env("YMCHAT_BUSINESS_ID", "5").assert().code(1);
    assert!(
        check(&other, "businesses")["found"].as_str().unwrap().starts_with("Business 5 is not")
    );
}

#[test]
fn wrong_settings_are_named_and_nothing_is_tried() {
    let market = Sandbox::start().unwrap();
    let mut command = doctor(&market);
    let assert = command.env("YMCHAT_BUSINESS_ID", "five").assert().code(1);
    assert!(check(&assert, "configuration")["found"].as_str().unwrap().contains("businessId"));
    assert_eq!(check(&assert, "route")["verdict"], "notTried");
    assert!(market.traffic().requests.is_empty());
}

#[test]
fn a_name_and_a_route_that_do_not_exist_are_told_apart() {
    let market = Sandbox::start().unwrap();
    let with = |url: &str| doctor(&market).env("YMCHAT_BASE_URL", url).assert().code(1);
    let name = with("https://no-such-host.invalid");
    assert_eq!(check(&name, "name")["verdict"], "failed");
    assert_eq!(check(&name, "route")["verdict"], "notTried");
    // Nobody listens where somebody has just stopped listening.
    let gone = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let route = with(&format!("http://{gone}"));
    assert_eq!(check(&route, "name")["verdict"], "passed");
    assert_eq!(check(&route, "route")["verdict"], "failed");
    assert_eq!(check(&route, "key")["verdict"], "notTried");
}

#[test]
fn a_clock_that_is_wrong_is_measured() {
    for (offset, sentence) in [(-600, " s ahead of"), (600, " s behind")] {
        let market = Sandbox::builder().clock_offset_seconds(offset).start().unwrap();
        let clock = check(&doctor(&market).assert().code(1), "clock");
        let found = clock["found"].as_str().unwrap();
        let seconds: i64 = found.split_whitespace().find_map(|word| word.parse().ok()).unwrap();
        assert!(found.contains(sentence) && (590..=660).contains(&seconds), "{found}");
    }
}

#[test]
fn the_certificates_are_shown_and_one_that_is_not_trusted_is_named() {
    let authority = Authority::new();
    let config = authority.server("localhost", 2090);
    let date = "date: Fri, 20 Nov 2026 09:00:00 GMT";
    let server = TlsServer::start(config, move |mut peer| {
        while peer.request().is_some() {
            let _ = peer.send(&reply_with(404, &[date, "connection: close"], "{}"));
        }
    });
    let directory = Directory::new();
    let pem = directory.private("authority.pem", &authority.pem());
    let settings = |more: &str| {
        let text = format!(
            r#"{{"apiKey": "s3cr3t-k3y", "businessId": 5, "baseUrl": "https://localhost:{}"{more}}}"#,
            server.server.address.port()
        );
        directory.private("shop.json", &text)
    };
    let run = |file: &std::path::Path| {
        let mut command = bare();
        command.args(["--json", "doctor", "--config"]).arg(file).assert().code(1)
    };
    let foreign = run(&settings(""));
    let tls = check(&foreign, "tls");
    assert_eq!(tls["verdict"], "failed");
    assert!(tls["found"].as_str().unwrap().contains("Test authority"), "{tls}");
    assert!(tls["advice"].as_str().unwrap().contains("caFile"), "{tls}");
    let trusted = run(&settings(&format!(r#", "caFile": {}"#, serde_json::json!(pem))));
    let tls = check(&trusted, "tls");
    assert_eq!(tls["verdict"], "passed", "{tls}");
    assert!(
        tls["details"][0].as_str().unwrap().contains("by Test authority, until 2090-01-01"),
        "{tls}"
    );
    assert_eq!(check(&trusted, "clock")["verdict"], "failed");
    for assert in [foreign, trusted] {
        assert!(!stdout(&assert).contains("s3cr3t"), "{}", stdout(&assert));
    }
    // The first of them is the doctor's own.
    let first = server.server.requests().first().cloned().unwrap();
    assert!(first.header("api-key").is_none() && first.header("authorization").is_none());
}

#[test]
fn a_proxy_that_refuses_is_named_without_its_password() {
    let proxy = Server::answers([reply(407, "")]);
    let directory = Directory::new();
    let text = format!(
        r#"{{"apiKey": "s3cr3t-k3y", "businessId": 5, "proxy": "http://shop:s3cr3t-pass@{}"}}"#,
        proxy.address
    );
    let file = directory.private("shop.json", &text);
    let report = directory.join("report.txt");
    let mut command = bare();
    command.args(["--json", "doctor", "--config"]).arg(file).arg("--report").arg(&report);
    let assert = command.assert().code(1);
    assert_eq!(check(&assert, "proxy")["verdict"], "passed");
    assert!(check(&assert, "tls")["found"].as_str().unwrap().contains("407"));
    assert!(check(&assert, "tls")["advice"].as_str().unwrap().contains("password"));
    let request = &proxy.requests()[0];
    assert_eq!(request.target(), "CONNECT api.partner.market.yandex.ru:443");
    // shop:s3cr3t-pass
    assert_eq!(request.header("proxy-authorization"), Some("Basic c2hvcDpzM2NyM3QtcGFzcw=="));
    let written = fs::read_to_string(report).unwrap();
    for text in [stdout(&assert), stderr(&assert), written] {
        assert!(!text.contains("s3cr3t") && !text.contains("c2hvcDpz"), "{text}");
    }
}

/// A SOCKS5 proxy in front of this port, which takes this user and password, or wants none.
fn socks_proxy(port: u16, login: Option<(&'static str, &'static str)>) -> Server {
    Server::start(move |mut peer| {
        if talk_socks(&mut peer.stream, login).is_some() {
            peer.tunnel_to(port);
        } else {
            // The caller has read all that there is; now it may see the end.
            let _ = peer.stream.read(&mut [0; 64]);
        }
    })
}

fn talk_socks(stream: &mut TcpStream, login: Option<(&str, &str)>) -> Option<()> {
    let take = |stream: &mut TcpStream, count: usize| -> Option<Vec<u8>> {
        let mut bytes = vec![0; count];
        stream.read_exact(&mut bytes).ok().map(|()| bytes)
    };
    let methods = take(stream, 2)?[1];
    let methods = take(stream, methods.into())?;
    let wanted = if login.is_some() { 2 } else { 0 };
    if !methods.contains(&wanted) {
        stream.write_all(&[5, 255]).ok()?;
        return None;
    }
    stream.write_all(&[5, wanted]).ok()?;
    if let Some((user, password)) = login {
        let length = take(stream, 2)?[1];
        let given = take(stream, length.into())?;
        let length = take(stream, 1)?[0];
        let is_right = (given, take(stream, length.into())?) == (user.into(), password.into());
        stream.write_all(&[1, u8::from(!is_right)]).ok()?;
        is_right.then_some(())?;
    }
    // A name, as the proxy looks it up itself.
    let head = take(stream, 5)?;
    assert_eq!(head[..4], [5, 1, 0, 3]);
    take(stream, usize::from(head[4]) + 2)?;
    stream.write_all(&[5, 0, 0, 1, 0, 0, 0, 0, 0, 0]).ok()
}

#[test]
fn certificates_are_looked_at_through_a_socks_proxy_too() {
    let authority = Authority::new();
    let date = httpdate::fmt_http_date(std::time::SystemTime::now());
    let server = TlsServer::start(authority.server("localhost", 2090), move |mut peer| {
        while peer.request().is_some() {
            let date = format!("date: {date}");
            let _ = peer.send(&reply_with(404, &[&date, "connection: close"], "{}"));
        }
    });
    let port = server.server.address.port();
    let directory = Directory::new();
    let pem = serde_json::json!(directory.private("authority.pem", &authority.pem()));
    let examined = |login, proxy: &str, more: &str| {
        let socks = socks_proxy(port, login);
        let text = format!(
            r#"{{"apiKey": "s3cr3t-k3y", "businessId": 5, "baseUrl": "https://localhost:{port}",
                "proxy": "socks5://{proxy}{}"{more}}}"#,
            socks.address
        );
        let file = directory.private("shop.json", &text);
        let mut command = bare();
        let assert = command.args(["--json", "doctor", "--config"]).arg(file).assert().code(1);
        assert!(!stdout(&assert).contains("s3cr3t"), "{}", stdout(&assert));
        assert_eq!(check(&assert, "proxy")["verdict"], "passed");
        assert_eq!(check(&assert, "route")["verdict"], "passed");
        assert!(socks.connections() > 0);
        assert
    };
    let trusted = format!(r#", "caFile": {pem}"#);
    let login = Some(("shop", "s3cr3t-pass"));
    for (login, user) in [(None, ""), (login, "shop:s3cr3t-pass@")] {
        let assert = examined(login, user, &trusted);
        let tls = check(&assert, "tls");
        assert_eq!(tls["verdict"], "passed", "{tls}");
        assert!(tls["details"][0].as_str().unwrap().contains("by Test authority"), "{tls}");
        assert_eq!(check(&assert, "clock")["verdict"], "passed");
        let foreign = check(&examined(login, user, ""), "tls");
        assert_eq!(foreign["verdict"], "failed");
        assert!(foreign["found"].as_str().unwrap().contains("Test authority"), "{foreign}");
    }
    for (login, user) in [(login, ""), (login, "shop:s3cr3t@"), (None, "shop:s3cr3t@")] {
        let assert = examined(login, user, &trusted);
        let tls = check(&assert, "tls");
        assert_eq!(tls["verdict"], "failed", "{tls}");
        assert!(tls["found"].as_str().unwrap().contains("password"), "{tls}");
        assert!(tls["advice"].as_str().unwrap().contains("\"proxy\""), "{tls}");
        assert_eq!(check(&assert, "key")["verdict"], "notTried");
    }
}

#[test]
fn a_proxy_that_gives_no_way_is_named_where_there_is_no_tls_either() {
    let market = Sandbox::start().unwrap();
    let proxy = Server::answers([reply(403, "")]);
    let directory = Directory::new();
    let file = directory.private("shop.json", &format!(r#"{{"proxy": "{}"}}"#, proxy.url()));
    let assert = doctor(&market).arg("--config").arg(file).assert().code(1);
    let tls = check(&assert, "tls");
    assert!(tls["found"].as_str().unwrap().contains("403"), "{tls}");
    assert!(tls["advice"].as_str().unwrap().contains("127.0.0.1"), "{tls}");
    let target = market.base_url().trim_start_matches("http://");
    assert_eq!(proxy.requests()[0].target(), format!("CONNECT {target}"));
}

#[test]
fn what_the_environment_says_of_proxies_is_told_with_its_effect() {
    let market = Sandbox::start().unwrap();
    let proxy = Server::answers([reply(403, "")]);
    let directory = Directory::new();
    let by_environment = directory.private("env.json", r#"{"proxy": "environment"}"#);
    let by_hand = format!(r#"{{"proxy": "{}"}}"#, proxy.url());
    let by_hand = directory.private("hand.json", &by_hand);
    let url = format!("http://shop:s3cr3t-pass@{}", proxy.address);
    let told = |file: Option<&std::path::Path>, variables: &[(&str, &str)]| {
        let mut command = doctor(&market);
        if let Some(file) = file {
            command.arg("--config").arg(file);
        }
        let assert = command.envs(variables.iter().copied()).assert();
        assert!(!stdout(&assert).contains("s3cr3t"), "{}", stdout(&assert));
        check(&assert, "proxy")
    };
    let set = ("HTTP_PROXY", url.as_str());
    let except = ("no_proxy", "example.org,127.0.0.1");

    let none = told(None, &[("HTTPS_PROXY", &url), except]);
    assert_eq!(none["found"], "Connections are direct: no proxy is set.", "of another scheme");
    let unused = told(None, &[set, except]);
    let found = unused["found"].as_str().unwrap();
    assert!(found.contains("HTTP_PROXY, no_proxy in the environment has no effect"), "{found}");
    let given = told(Some(&by_hand), &[("all_proxy", &url)]);
    assert!(given["found"].as_str().unwrap().contains(&proxy.url()), "{given}");
    assert!(given["details"][0].as_str().unwrap().contains("no effect on it: all_proxy"));
    assert!(told(Some(&by_hand), &[]).get("details").is_none());

    let used = told(Some(&by_environment), &[set]);
    let found = used["found"].as_str().unwrap();
    assert!(found.contains(&proxy.url()) && found.contains("(HTTP_PROXY)"), "{found}");
    let excepted = told(Some(&by_environment), &[set, except]);
    let found = excepted["found"].as_str().unwrap();
    assert!(found.contains("exempts 127.0.0.1") && found.contains("(no_proxy)"), "{found}");
    let missing = told(Some(&by_environment), &[]);
    assert!(missing["found"].as_str().unwrap().contains("names none"), "{missing}");
}

#[test]
fn limits_that_are_used_up_by_others_are_named() {
    let market = Sandbox::start().unwrap();
    let limit = Fault::new(FaultKind::Error(ErrorKind::ParallelLimit));
    market.add_fault(limit.on(Operation::GetChats).skip(1)).unwrap();
    let assert = doctor(&market).assert().code(1);
    assert!(check(&assert, "parallel")["advice"].as_str().unwrap().contains("maxParallel"));
    let market = Sandbox::builder().quota(Operation::GetAuthTokenInfo, 1).start().unwrap();
    let assert = doctor(&market).assert().code(1);
    assert!(
        check(&assert, "quotas")["found"].as_str().unwrap().contains("getAuthTokenInfo 0 of 1")
    );
}

#[test]
fn the_report_has_what_the_support_needs_and_no_secret() {
    let market = Sandbox::start().unwrap();
    let directory = Directory::new();
    let file = directory.join("report.txt");
    let run = || {
        let mut command = ymchat(&market);
        command.arg("doctor").arg("--report").arg(&file);
        command
    };
    let assert = run().assert().success();
    assert!(stderr(&assert).contains("report.txt"), "{}", stderr(&assert));
    let report = fs::read_to_string(&file).unwrap();
    assert!(report.starts_with("ymchat 0."), "{report}");
    assert!(report.contains("businessId") && report.contains("clock: "), "{report}");
    assert!(!report.contains(market.api_key()) && !report.contains('\u{1b}'), "{report}");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    }
    assert!(stderr(&run().assert().code(1)).contains("there already"));
    assert_eq!(fs::read_to_string(&file).unwrap(), report);
}
