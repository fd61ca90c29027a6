//! The program `ymchat-sandbox`.

use std::process::{Command, Output};

use serde_json::{Value, json};
use ymchat_sandbox::Sandbox;

use crate::child::{self, Running};
use crate::client::try_send;

fn command(flags: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ymchat-sandbox"));
    command.args(flags);
    command
}

fn start(flags: &[&str]) -> Running {
    child::start(&mut command(flags))
}

fn line(running: &mut Running) -> String {
    running.line().expect("another line")
}

#[test]
fn its_start_line_is_all_that_a_client_needs() {
    let mut running = start(&["--seed", "9", "--business-id", "42"]);
    let first = line(&mut running);
    let words: Vec<_> = first.split([' ', ',']).filter(|word| !word.is_empty()).collect();
    let [_, _, "at", url, "Api-Key", key, "businessId", "42"] = words[..] else {
        panic!("{first}");
    };
    line(&mut running);
    let curl = line(&mut running);
    assert!(curl.starts_with("Try: curl ") && curl.contains(key) && curl.contains(url), "{curl}");
    let page = line(&mut running);
    let page = page.strip_prefix("In a browser: ").expect("the page's address");
    assert_eq!(page, format!("{url}/"));
    let html = try_send("GET", page, &[], None).unwrap();
    assert_eq!(html.header("content-type"), Some("text/html; charset=utf-8"));
    let body = Some(("application/json", b"{}".as_slice()));
    let url = format!("{url}/v2/businesses/42/chats");
    let reply = try_send("POST", &url, &[("api-key", key)], body).unwrap();
    assert_eq!(reply.result()["chats"].as_array().unwrap().len(), 10);
}

#[test]
fn every_switch_is_a_flag() {
    let defaults = json!(Sandbox::builder().seeded(false).start().unwrap().switches());
    let mut flags = Vec::new();
    let mut expected = json!({});
    for (name, value) in defaults.as_object().unwrap() {
        let (text, value) = match value {
            Value::Bool(on) => ((if *on { "off" } else { "on" }).to_owned(), json!(!on)),
            Value::Number(number) => {
                let other = number.as_u64().unwrap() + 1;
                (other.to_string(), json!(other))
            }
            Value::String(first) => {
                let other = match first.as_str() {
                    "ascending" => "descending",
                    _ => "exclusive",
                };
                (other.to_owned(), json!(other))
            }
            other => panic!("{other}"),
        };
        let kebab = name.chars().flat_map(|character| match character {
            'A'..='Z' => vec!['-', character.to_ascii_lowercase()],
            _ => vec![character],
        });
        flags.push(format!("--{}={text}", kebab.collect::<String>()));
        expected[name] = value;
    }
    let mut all: Vec<_> = flags.iter().map(String::as_str).collect();
    let fault = r#"{"kind": "close", "operation": "getChat"}"#;
    all.extend(["--seeded", "off", "--quota", "getChat=3", "--fault", fault]);
    all.extend(["--clock-offset-seconds", "-600"]);
    let mut running = start(&all);
    let url = line(&mut running).split([' ', ',']).nth(3).unwrap().to_owned();
    let admin =
        |call: &str| try_send("GET", &format!("{url}/_sandbox/{call}"), &[], None).unwrap().json();
    assert_eq!(admin("switches"), expected);
    assert_eq!(admin("quotas")["getChat"]["limit"], 3);
    assert_eq!(admin("faults")[0]["kind"], "close");
    assert_eq!(admin("chats"), json!([]));

    let help = child::succeed(&mut command(&["--help"]));
    for flag in flags {
        let name = flag.split('=').next().unwrap();
        assert!(help.contains(name), "--help lacks {name}");
    }
}

#[test]
fn wrong_flags_are_named_and_end_with_2() {
    for (flags, word) in [
        (vec!["--nope"], "--nope"),
        (vec!["-x"], "-x"),
        (vec!["word"], "word"),
        (vec!["--port", "http"], "http"),
        (vec!["--port"], "--port"),
        (vec!["--keep-alive", "yes"], "on or off"),
        (vec!["--history-order", "up"], "ascending, descending"),
        (vec!["--parallel-limit", "-1"], "parallelLimit"),
        (vec!["--quota", "getChats"], "<operation>=<number>"),
        (vec!["--quota", "getCats=1"], "getCats"),
        (vec!["--quota", "downloadFile=1"], "downloadFile"),
        (vec!["--fault", "{\"kind\":\"close\",\"skp\":1}"], "skp"),
        (vec!["--business-id", "0"], "business id"),
    ] {
        let Output { status, stdout, stderr } = child::run(&mut command(&flags));
        let error = String::from_utf8(stderr).unwrap();
        assert_eq!(status.code(), Some(2), "{flags:?} {error}");
        assert!(error.starts_with("ymchat-sandbox: ") && error.contains(word), "{error}");
        assert!(stdout.is_empty());
    }
}

#[test]
fn a_port_that_is_taken_is_an_error() {
    let sandbox = Sandbox::start().unwrap();
    let port = sandbox.base_url().rsplit(':').next().unwrap();
    let output = child::run(&mut command(&["--port", port]));
    assert_eq!(output.status.code(), Some(1));
    let expected = format!(
        "ymchat-sandbox: port {port} of 127.0.0.1 is taken by another program: choose another port, \
         or none to get a free one.\n"
    );
    assert_eq!(String::from_utf8(output.stderr).unwrap(), expected);
}
