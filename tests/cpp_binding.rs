//! bindings/cpp/ymchat.hpp: compiled, and run against the simulated Market. The tests themselves
//! are in tests/cpp.
//!
//! g++ is needed. clang++ and nlohmann/json are used where they are installed; where they are not,
//! that is said.
#![cfg(target_os = "linux")]

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use mockito::{Matcher, Server, ServerGuard};
use ymchat_sandbox::{Key, Sandbox};

#[path = "common/inbox.rs"]
mod inbox;
#[path = "common/program.rs"]
mod program;

use program::text;

const STRICT: [&str; 7] =
    ["-Wall", "-Wextra", "-Wpedantic", "-Werror", "-Wconversion", "-Wshadow", "-Wold-style-cast"];
const SANITIZERS: [&str; 4] =
    ["-fsanitize=address,undefined", "-fno-sanitize-recover=all", "-fno-omit-frame-pointer", "-g1"];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn say(text: &str) {
    program::say(&format!("cpp_binding: {text}"));
}

fn is_installed(compiler: &str) -> bool {
    program::is_installed(compiler, "--version")
}

/// g++, and clang++ where it is installed.
fn compilers() -> Vec<&'static str> {
    assert!(is_installed("g++"), "g++ is needed to test the C++ binding");
    if is_installed("clang++") {
        vec!["g++", "clang++"]
    } else {
        say("clang++ is not installed: only g++ was used");
        vec!["g++"]
    }
}

/// Where cargo has put the shared library that belongs to this test: beside it.
fn library_directory() -> PathBuf {
    let directory = std::env::current_exe().unwrap().parent().unwrap().to_owned();
    let library = directory.join("libymchat.so");
    assert!(library.exists(), "cargo has built no {}", library.display());
    directory
}

fn compile(compiler: &str, flags: &[&str]) -> Output {
    let mut command = Command::new(compiler);
    command.args(STRICT).args(["-I", "bindings/cpp", "-I", "include"]).args(flags);
    program::run(command.current_dir(root()))
}

fn compiled(compiler: &str, flags: &[&str]) {
    let output = compile(compiler, flags);
    assert!(output.status.success(), "{compiler} {flags:?}\n{}", text(&output));
    assert_eq!(text(&output), "", "{compiler} {flags:?}");
}

/// Builds a program and links it with the library.
fn build(name: &str, compiler: &str, sources: &[&str], flags: &[&str]) -> PathBuf {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join("cpp");
    fs::create_dir_all(&directory).unwrap();
    let program = directory.join(name);
    let library = library_directory().join("libymchat.so");
    let run_path = format!("-Wl,-rpath,{}", library_directory().display());
    let mut all = flags.to_vec();
    all.extend(sources);
    all.extend(["-o", program.to_str().unwrap(), library.to_str().unwrap(), &run_path, "-pthread"]);
    compiled(compiler, &all);
    program
}

fn run(program: &Path, settings: &HashMap<&str, String>) -> Output {
    let mut command = Command::new(program);
    command.envs(settings);
    for variable in ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy"] {
        command.env_remove(variable);
    }
    program::run(&mut command)
}

/// Runs a program of tests/cpp, and sees that it ran all the tests that are in its source.
fn run_tests(program: &Path, source: &str, settings: &HashMap<&str, String>) -> String {
    let output = run(program, settings);
    let said = text(&output);
    assert!(output.status.success(), "{}: {}\n{said}", program.display(), output.status);
    let source = fs::read_to_string(root().join(source)).unwrap();
    let (_, list) = source.split_once("return run_tests({").unwrap();
    let tests = list.lines().filter(|line| line.starts_with("        {\"")).count();
    assert!(tests > 10, "the list of tests is not where it was");
    assert!(said.contains(&format!("\n{tests} tests, 0 failures\n")), "{said}");
    said
}

/// A server whose answers the real one may give one day.
fn odd_server() -> ServerGuard {
    let mut server = Server::new();
    let mut answer = |method: &str, path: &str, chat_id: &str, result: &str| {
        server
            .mock(method, format!("/v2/businesses/1/{path}").as_str())
            .match_query(Matcher::UrlEncoded("chatId".into(), chat_id.into()))
            .with_body(format!(r#"{{"status": "OK", "result": {result}}}"#))
            .expect_at_least(1)
            .create();
    };
    answer(
        "GET",
        "chat",
        "1",
        r#"{"chatId": 9223372036854775807, "type": "PODCAST", "status": "ON_FIRE",
            "createdAt": "yesterday", "updatedAt": null, "future": {"a": [1, 2.50, null]},
            "context": {"type": "GALAXY", "customer": {"name": "Аня 🙂", "vip": true}}}"#,
    );
    // The same page token for ever.
    answer(
        "POST",
        "chats/history",
        "2",
        r#"{"messages": [{"messageId": 1, "createdAt": "x", "sender": "MARKET"}],
            "paging": {"nextPageToken": "again"}}"#,
    );
    answer(
        "POST",
        "chats/history",
        "3",
        r#"{"messages": [{"createdAt": "x", "sender": "MARKET"}]}"#,
    );
    // Escapes, and the documentation's own null.
    answer(
        "POST",
        "chats/history",
        "4",
        r#"{"messages": [
            {"messageId": 1, "createdAt": "x", "sender": "MARKET", "message": "\u0000", "payload": null},
            {"messageId": 2, "createdAt": "x", "sender": "MARKET",
             "message": "whole \uD83D\uDE00 \u0022q\u0022", "payload": [null]}]}"#,
    );
    server
}

fn market_settings(sandbox: &Sandbox, odd: &Server) -> HashMap<&'static str, String> {
    HashMap::from([
        ("MARKET_URL", sandbox.base_url().to_owned()),
        ("MARKET_BUSINESS", sandbox.business_id().to_string()),
        ("MARKET_KEY", sandbox.api_key().to_owned()),
        ("MARKET_REVOKED_KEY", sandbox.key(Key::Revoked).to_owned()),
        ("MARKET_NO_SCOPE_KEY", sandbox.key(Key::NoScope).to_owned()),
        ("ODD_URL", odd.url()),
    ])
}

const MARKET: [&str; 2] = ["tests/cpp/market.cpp", "tests/cpp/other_unit.cpp"];

#[test]
fn the_header_compiles_alone_and_twice() {
    for compiler in compilers() {
        for standard in ["-std=c++17", "-std=c++20"] {
            compiled(compiler, &[standard, "-fsyntax-only", "tests/cpp/header.cpp"]);
        }
    }
    // Each part of it alone: it includes what it needs.
    let parts = fs::read_dir(root().join("bindings/cpp/ymchat")).unwrap();
    let details = fs::read_dir(root().join("bindings/cpp/ymchat/detail")).unwrap();
    let files = parts.chain(details).map(|entry| entry.unwrap().path());
    let headers = files.filter(|file| {
        file.extension().is_some_and(|extension| extension == "hpp")
            && !file.ends_with("nlohmann.hpp")
    });
    let mut count = 0;
    for header in headers {
        let header = header.to_str().unwrap();
        compiled(
            "g++",
            &["-std=c++17", "-fsyntax-only", "-include", header, "-x", "c++", "/dev/null"],
        );
        count += 1;
    }
    assert!(count > 5, "the parts of the header are not where they were");
    let output = compile("g++", &["-std=c++14", "-fsyntax-only", "tests/cpp/header.cpp"]);
    assert!(text(&output).contains("ymchat.hpp needs C++17"), "{}", text(&output));
}

#[test]
fn reading_and_writing_under_sanitizers() {
    let mut flags = vec!["-std=c++17"];
    flags.extend(SANITIZERS);
    let source = "tests/cpp/json.cpp";
    run_tests(&build("json", "g++", &[source], &flags), source, &HashMap::new());
}

#[test]
fn every_operation_and_failure_under_sanitizers() {
    let mut flags = vec!["-std=c++17"];
    flags.extend(SANITIZERS);
    let program = build("market-sanitized", "g++", &MARKET, &flags);
    let (sandbox, odd) = (Sandbox::builder().big_ids(true).start().unwrap(), odd_server());
    let mut settings = market_settings(&sandbox, &odd);
    settings.insert("SANITIZED", "1".into());
    run_tests(&program, MARKET[0], &settings);
}

#[test]
fn every_operation_and_failure_with_each_compiler() {
    for compiler in compilers() {
        let program =
            build(&format!("market-{compiler}"), compiler, &MARKET, &["-std=c++20", "-O1"]);
        let (sandbox, odd) = (Sandbox::builder().big_ids(true).start().unwrap(), odd_server());
        let said = run_tests(&program, MARKET[0], &market_settings(&sandbox, &odd));
        assert!(said.contains("with std::stop_token"), "{said}");
    }
}

#[test]
fn the_sanitizers_are_on() {
    for (bug, report) in [
        ("HEAP", "heap-buffer-overflow"),
        ("OVERFLOW", "signed integer overflow"),
        ("LEAK", "detected memory leaks"),
    ] {
        let define = format!("-D{bug}");
        let mut flags = vec!["-std=c++17", &define];
        flags.extend(SANITIZERS);
        let program = build(bug, "g++", &["tests/cpp/deliberate_bug.cpp"], &flags);
        let output = run(&program, &HashMap::new());
        assert!(!output.status.success(), "{bug} was not caught");
        assert!(text(&output).contains(report), "{bug}: {}", text(&output));
    }
    // And a program without a bug passes.
    let mut flags = vec!["-std=c++17"];
    flags.extend(SANITIZERS);
    let program = build("no-bug", "g++", &["tests/cpp/deliberate_bug.cpp"], &flags);
    assert!(run(&program, &HashMap::new()).status.success());
}

#[test]
fn nlohmann_json_where_it_is_installed() {
    let probe = ["-std=c++17", "-fsyntax-only", "-include", "nlohmann/json.hpp", "-x", "c++"];
    if !compile("g++", &[&probe[..], &["/dev/null"]].concat()).status.success() {
        say("nlohmann/json is not installed: ymchat.hpp was not tried with it");
        return;
    }
    let program = build("nlohmann", "g++", &["tests/cpp/nlohmann.cpp"], &["-std=c++17"]);
    let (sandbox, odd) = (Sandbox::builder().big_ids(true).start().unwrap(), odd_server());
    let output = run(&program, &market_settings(&sandbox, &odd));
    assert!(output.status.success(), "{}", text(&output));
}

#[test]
fn the_inbox_prints_the_transcript() {
    for compiler in compilers() {
        let name = format!("inbox-{compiler}");
        let program = build(&name, compiler, &["examples/inbox.cpp"], &["-std=c++17"]);
        let folder = inbox::fresh_folder(&format!("inbox-cpp-{compiler}"));
        let command = |arguments: &[&str]| {
            let mut command = Command::new(&program);
            command.arg(folder.join("inbox.txt")).args(arguments);
            command
        };
        inbox::is_the_transcript(&inbox::conversation(command, &folder));
    }
}

#[test]
fn quickstart_prints_the_transcript() {
    let expected = fs::read_to_string(root().join("examples/quickstart.txt")).unwrap();
    for compiler in compilers() {
        let name = format!("quickstart-{compiler}");
        let program = build(&name, compiler, &["examples/quickstart.cpp"], &["-std=c++17"]);
        let sandbox = Sandbox::builder().auto_reply(true).big_ids(true).start().unwrap();
        let start = |arguments: &[&str]| {
            let mut command = Command::new(&program);
            command.args(arguments);
            let output = program::run(&mut inbox::with(command, &sandbox));
            (output.status.code(), text(&output))
        };
        assert_eq!(start(&["--simulated"]), (Some(0), expected.clone()));
        let (code, said) = start(&[]);
        assert_eq!(code, Some(0), "{said}");
        assert!(said.ends_with("Nothing was sent. To answer: --send CHAT_ID TEXT\n"), "{said}");
        let (code, said) = start(&["--send", "4000006", "Уже\nищем!"]);
        assert_eq!(code, Some(0), "{said}");
        let end = "New in chat 4000006:\n  Shop: Уже / ищем!\n  Customer: ";
        assert!(said.contains(end), "{said}");
        let (code, said) = start(&["--send", "four", "a"]);
        assert!(code == Some(2) && said.starts_with("quickstart: the arguments"), "{said}");
        let (code, said) = start(&["--send", "1", "a"]);
        assert!(code == Some(1) && said.contains("quickstart: getChatHistory"), "{said}");
    }
}

/// Each is run as it stands, but for the key and the address. A chat without a message waits, too.
#[test]
fn the_examples_of_the_documentation_answer_everybody() {
    for page in ["README.md", "docs/cpp.md"] {
        let written = fs::read_to_string(root().join(page)).unwrap();
        let blocks: Vec<&str> = written.split("```cpp\n").skip(1).collect();
        assert!(!blocks.is_empty(), "{page} has no example in C++");
        for (number, block) in blocks.into_iter().enumerate() {
            let sandbox = Sandbox::start().unwrap();
            let (url, key, business) =
                (sandbox.base_url(), sandbox.api_key(), sandbox.business_id());
            let client = ymchat::Client::builder().api_key(key).business_id(business).base_url(url);
            let order = ymchat::ChatContextRef::Order(900_001);
            let empty = client.build().unwrap().create_chat(order).unwrap().chat_id;
            sandbox.set_status(empty, ymchat::ChatStatus::New).unwrap();

            let name = page.replace(['/', '.'], "-") + &format!("-{number}");
            let source = Path::new(env!("CARGO_TARGET_TMPDIR")).join("cpp").join(&name);
            let source = source.with_extension("cpp");
            fs::create_dir_all(source.parent().unwrap()).unwrap();
            let (example, _) = block.split_once("```").unwrap();
            let theirs = "config.api_key = \"ACMA:…\";\n    config.business_id = 1003417;";
            assert!(example.contains(theirs), "{page}: {example}");
            let mine = format!(
                "config.api_key = \"{key}\";\n    config.business_id = {business};\n    \
                 config.base_url = \"{url}\";"
            );
            fs::write(&source, example.replace(theirs, &mine)).unwrap();
            let program = build(&name, "g++", &[source.to_str().unwrap()], &["-std=c++17"]);
            let output = run(&program, &HashMap::new());
            assert!(output.status.success(), "{page}: {}", text(&output));
            let waits = |chat: &ymchat_sandbox::ChatRecord| {
                let status = chat.chat.status.as_ref().map(ymchat::ChatStatus::as_str);
                status.is_some_and(|status| ["NEW", "WAITING_FOR_PARTNER"].contains(&status))
            };
            let waiting = sandbox.record().chats.into_iter().filter(waits);
            assert_eq!(waiting.count(), 0, "{page}: somebody still waits");
        }
    }
}
