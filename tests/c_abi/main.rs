//! The C ABI, from C and C++: the programs in `tests/c` and `examples/quickstart.c` are compiled,
//! linked with the shared and the static library that belong to this very test, and run; under
//! valgrind where it is installed.
//!
//! The compilers are `$CC` and `$CXX`, or `cc` and `c++`.

// Elsewhere libraries are found, and threads are counted, in other ways.
#![cfg(target_os = "linux")]

#[path = "../common/mod.rs"]
mod common;
mod compile;
mod early_close;
mod exports;
#[path = "../common/inbox.rs"]
mod inbox;
mod inbox_examples;
mod market;
#[path = "../common/outbox.rs"]
mod outbox;
mod run;

use common::program::{self, say};
use compile::{Language, Linkage, compile, syntax_only};
use early_close::EarlyClosers;
use market::Market;
use run::run;

/// Compiles a program in each way that there is, and runs it against a fresh market each time.
fn everywhere(source: &str, under_valgrind: bool) -> Vec<String> {
    let ways = [
        (Language::C99, Linkage::Shared),
        (Language::Cpp17, Linkage::Shared),
        (Language::C99, Linkage::Static),
    ];
    let mut outputs = Vec::new();
    for (language, linkage) in ways {
        let program = compile(source, language, linkage);
        let market = Market::start();
        let arguments: &[&str] =
            if source.ends_with("quickstart.c") { &["--simulated"] } else { &[] };
        outputs.push(run(&program, arguments, &market));
        if under_valgrind && language == Language::C99 && linkage == Linkage::Shared {
            outputs.extend(run::under_valgrind(&program, arguments, &Market::start()));
        }
    }
    outputs
}

#[test]
fn the_outbox_is_killed_and_sends_each_reply_once() {
    let program = compile("examples/outbox.c", Language::C99, Linkage::Shared);
    let table = compile::temporary("outbox.jsonl", "");
    outbox::is_killed_and_sends_each_reply_once(|arguments| {
        let mut command = std::process::Command::new(&program);
        command.arg(&table).args(arguments);
        command
    });
    // A line that was cut off is a step that was not taken.
    let lines = std::fs::read_to_string(&table).unwrap();
    std::fs::write(&table, lines + "{\"reply\": 9, \"chat\": 5, \"te").unwrap();
    let mut add = std::process::Command::new(&program);
    program::succeed(add.arg(&table).args(["add", "7", "Ещё"]));
    let lines = std::fs::read_to_string(&table).unwrap();
    let last = "{\"reply\": 4, \"chat\": 7, \"text\": \"Ещё\"}";
    assert_eq!(lines.lines().last(), Some(last), "{lines}");
}

#[test]
fn the_header_stands_alone_and_may_come_twice() {
    for language in [Language::C99, Language::Cpp17] {
        syntax_only("include/ymchat.h", language);
        syntax_only("tests/c/header_alone.c", language);
    }
}

/// The program in the header's introduction.
#[test]
fn the_example_in_the_header_works() {
    let header = std::fs::read_to_string(compile::root().join("include/ymchat.h")).unwrap();
    let lines = header.lines().skip_while(|line| !line.contains("#include <inttypes.h>"));
    let program: Vec<&str> = lines
        .take_while(|line| *line == " *" || line.starts_with(" *     "))
        .map(|line| line.strip_prefix(" *     ").unwrap_or_default())
        .collect();
    let source = compile::temporary("header_example.c", &(program.join("\n") + "\n"));
    for language in [Language::C99, Language::Cpp17] {
        let program = compile(&source, language, Linkage::Shared);
        let market = Market::start();
        let output = run(&program, &[&market.configuration()], &market);
        let sent =
            output.lines().filter(|line| line.ends_with(r#"{"outcome":"sent","attempts":1}"#));
        assert!(sent.count() > 1, "{output}");
        assert_eq!(market.shop_messages(), output.lines().count());
    }
}

/// The program in the README.
#[test]
fn the_example_in_the_readme_works() {
    let readme = std::fs::read_to_string(compile::root().join("README.md")).unwrap();
    let block = readme.split("```c\n").nth(1).expect("the README has an example in C");
    let source = compile::temporary("readme_example.c", block.split("```").next().unwrap());
    let program = compile(&source, Language::C99, Linkage::Shared);
    let market = Market::start();
    let output = run(&program, &[], &market);
    let sent = output.lines().filter(|line| line.contains(r#" OK: {"outcome":"sent","#));
    assert!(sent.count() > 1, "{output}");
    assert_eq!(market.shop_messages(), output.lines().count());
}

#[test]
fn each_function_does_its_work() {
    for output in everywhere("tests/c/smoke.c", true) {
        assert_eq!(output, "smoke: done\n");
    }
}

#[test]
fn each_misuse_is_answered() {
    for output in everywhere("tests/c/misuse.c", true) {
        assert!(output.starts_with("misuse: ") && output.ends_with(" calls refused\n"), "{output}");
    }
}

#[test]
fn errors_speak_the_language_of_the_configuration() {
    for output in everywhere("tests/c/language.c", true) {
        assert_eq!(output, "language: done\n");
    }
}

#[test]
fn notifications_are_answered_and_texts_are_checked_without_a_client() {
    for output in everywhere("tests/c/notification.c", true) {
        assert_eq!(output, "notification: done\n");
    }
}

#[test]
fn threads_share_cancel_and_free_a_client() {
    for output in everywhere("tests/c/threads.c", true) {
        assert_eq!(output, "threads: done\n");
    }
}

/// Valgrind does not know floating-point exceptions; the other programs are enough for it.
#[test]
fn a_host_with_floating_point_exceptions_keeps_its_state() {
    for output in everywhere("tests/c/floats.c", false) {
        if output.starts_with("NOT RUN") {
            say(&format!("tests/c/floats.c: {output}"));
        } else {
            assert_eq!(output, "floats: done\n");
        }
    }
}

/// Not under valgrind, which would do nothing but deliver signals.
#[test]
fn a_host_may_be_interrupted_by_signals() {
    for output in everywhere("tests/c/signals.c", false) {
        assert_eq!(output, "signals: done\n");
    }
}

/// Not under valgrind, which lets one thread run at a time.
#[test]
fn the_child_of_a_fork_begins_anew() {
    let program = compile("tests/c/fork.c", Language::C99, Linkage::Shared);
    assert_eq!(run(&program, &[], &Market::start()), "fork: done\n");
}

/// Not under valgrind, which has nothing to say about signals.
#[test]
fn a_peer_that_closes_early_does_not_end_the_host() {
    let program = compile("tests/c/broken_pipe.c", Language::C99, Linkage::Shared);
    let peers = EarlyClosers::start();
    let arguments = peers.arguments();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    assert_eq!(run(&program, &arguments, &Market::start()), "broken_pipe: done\n");
}

#[test]
fn a_host_may_load_and_unload_the_library() {
    let program = compile("tests/c/plugin.c", Language::C99, Linkage::None);
    let market = Market::start();
    let mut outputs = vec![run(&program, &[], &market)];
    outputs.extend(run::under_valgrind(&program, &[], &market));
    for output in outputs {
        assert!(output.ends_with("plugin: done\n"), "{output}");
    }
}

#[test]
fn quickstart_prints_the_same_in_c_and_in_rust() {
    let mut outputs = everywhere("examples/quickstart.c", true);
    let rust = compile::built_example("quickstart");
    match &rust {
        Some(program) => {
            outputs.push(run(program, &["--simulated"], &Market::start()));
            outputs.push(run::alone(program));
        }
        None => say("NOT RUN: the Rust quickstart, because only `cargo test` as a whole builds it"),
    }
    let path = compile::root().join("examples/quickstart.txt");
    if let (Some(transcript), true) = (outputs.last(), std::env::var_os("YMCHAT_BLESS").is_some()) {
        std::fs::write(&path, transcript).unwrap();
    }
    let expected = std::fs::read_to_string(&path).unwrap();
    for output in outputs {
        assert_eq!(output, expected, "examples/quickstart.txt is another transcript");
    }
}

#[test]
fn quickstart_in_c_sends_nothing_unless_it_is_told_to() {
    let program = compile("examples/quickstart.c", Language::C99, Linkage::Shared);
    let market = Market::start();
    let output = run(&program, &[], &market);
    assert!(output.ends_with("Nothing was sent. To answer: --send CHAT_ID TEXT\n"), "{output}");
    assert_eq!(market.shop_messages(), 0);
    let output = run(&program, &["--send", "4000006", "Уже\nищем!"], &market);
    let end = "New in chat 4000006:\n  Shop: Уже / ищем!\n  Customer: ";
    assert!(output.contains(end), "{output}");
    assert_eq!(market.shop_messages(), 1);
}
