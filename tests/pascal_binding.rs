//! bindings/pascal/ymchat.pas: compiled by Free Pascal in each of its modes, and run against the
//! simulated Market. The tests themselves are in tests/pascal.
//!
//! Where Free Pascal is not installed nothing can be tested, and that is said. Delphi cannot be had
//! here.
#![cfg(target_os = "linux")]

mod hosts;
#[path = "common/inbox.rs"]
mod inbox;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use hosts::{Servers, is_installed, program, root, run, say, scratch, text};

/// How a program is compiled: its mode, and whether a text is UTF-8 there. SysUtils is made of
/// AnsiString: in mode delphiunicode a program cannot call it without a warning.
#[derive(Debug, Clone, Copy)]
struct Way {
    name: &'static str,
    mode: &'static str,
    flags: &'static [&'static str],
    strict: bool,
}

const WAYS: [Way; 4] = [
    Way { name: "objfpc", mode: "-Mobjfpc", flags: &[], strict: true },
    Way { name: "delphi", mode: "-Mdelphi", flags: &[], strict: true },
    Way {
        name: "utf16",
        mode: "-Mobjfpc",
        flags: &["-dYMCHAT_UNICODESTRING", "-dYMCHAT_UTF16"],
        strict: false,
    },
    Way {
        name: "delphiunicode",
        mode: "-Mdelphiunicode",
        flags: &["-dYMCHAT_UTF16"],
        strict: false,
    },
];

/// Whether Free Pascal is there. Says what was not run, if it is not.
fn has_compiler(test: &str) -> bool {
    let installed = is_installed("fpc", "-iV");
    if !installed {
        say(&format!(
            "NOT RUN: pascal_binding::{test}, because Free Pascal (fpc) is not installed"
        ));
    }
    installed
}

fn fpc(way: Way, strict: bool, directory: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new("fpc");
    command.arg(way.mode).args(way.flags);
    if strict {
        // Warnings are errors.
        command.arg("-Sew");
    }
    command
        .args(["-vw", "-gh", "-gl", "-Fubindings/pascal"])
        .arg(format!("-FE{}", directory.display()))
        .args(arguments);
    program::run(command.current_dir(root()))
}

/// Compiles a program, with the check for leaks in it.
fn compile(source: &str, way: Way, flags: &[&str]) -> PathBuf {
    let stem = Path::new(source).file_stem().unwrap().to_str().unwrap();
    let directory = scratch(&format!("pascal/{stem}-{}{}", way.name, flags.concat()));
    let output = fpc(way, way.strict, &directory, &[flags, &[source]].concat());
    assert!(output.status.success(), "{source}, {way:?}:\n{}", text(&output));
    directory.join(stem)
}

/// Whether heaptrc says at the end that not everything was freed. In some modes it says nothing
/// where all is well.
fn leaks(said: &str) -> bool {
    said.contains(" unfreed memory blocks : ") && !said.contains("\n0 unfreed memory blocks : 0\n")
}

#[test]
fn the_unit_compiles_without_a_warning_in_each_mode() {
    if !has_compiler("the_unit_compiles_without_a_warning_in_each_mode") {
        return;
    }
    for way in WAYS {
        let directory = scratch(&format!("pascal/unit-{}", way.name));
        let output = fpc(way, true, &directory, &["bindings/pascal/ymchat.pas"]);
        assert!(output.status.success(), "{way:?}:\n{}", text(&output));
    }
}

#[test]
fn every_operation_failure_and_misuse_in_each_mode() {
    if !has_compiler("every_operation_failure_and_misuse_in_each_mode") {
        return;
    }
    let source = "tests/pascal/market.pas";
    let listed = fs::read_to_string(root().join(source)).unwrap();
    let tests = listed.lines().filter(|line| line.starts_with("  Run('")).count();
    assert!(tests > 10, "the list of tests is not where it was");
    for way in WAYS {
        let program = compile(source, way, &[]);
        let servers = Servers::start();
        let output = run(&[program.to_str().unwrap()], &servers.settings());
        let said = text(&output);
        assert!(output.status.success(), "{way:?}: {}\n{said}", output.status);
        assert!(said.contains(&format!("{tests} tests, 0 failures\n")), "{way:?}:\n{said}");
        assert!(!leaks(&said), "{way:?}:\n{said}");
    }
}

#[test]
fn a_leak_is_found() {
    if !has_compiler("a_leak_is_found") {
        return;
    }
    let program = compile("tests/pascal/market.pas", WAYS[0], &["-dLEAK"]);
    let servers = Servers::start();
    let said = text(&run(&[program.to_str().unwrap()], &servers.settings()));
    assert!(leaks(&said), "{said}");
}

#[test]
fn a_library_that_does_not_fit_is_refused() {
    if !has_compiler("a_library_that_does_not_fit_is_refused") {
        return;
    }
    let program = compile("tests/pascal/loading.pas", WAYS[0], &[]);
    let directory = scratch("pascal/libraries");
    for (file, words) in hosts::misfits(&directory) {
        let name = file.to_str().unwrap();
        for settings in [vec![], vec![("YMCHAT_LIBRARY", name.to_owned())]] {
            let arguments: &[&str] = if settings.is_empty() { &[name] } else { &[] };
            let output = run(&[&[program.to_str().unwrap()], arguments].concat(), &settings);
            let said = text(&output);
            assert!(said.contains("EYmChatLibrary: ymchat: "), "{said}");
            assert!(said.contains(words) && said.contains(name), "{said}");
            assert!(!leaks(&said), "{said}");
        }
    }
}

#[test]
fn the_inbox_prints_the_transcript() {
    if !has_compiler("the_inbox_prints_the_transcript") {
        return;
    }
    for way in [WAYS[0], WAYS[1]] {
        let directory = scratch(&format!("pascal/inbox-{}", way.name));
        let mut command = Command::new("fpc");
        command
            .args([way.mode, "-Sew", "-vw", "-Fubindings/pascal"])
            .arg(format!("-FE{}", directory.display()))
            .arg("examples/inbox.pas");
        program::succeed(command.current_dir(root()));
        let folder = inbox::fresh_folder(&format!("inbox-pascal-{}", way.name));
        let command = |arguments: &[&str]| {
            let mut command = hosts::command(&[directory.join("inbox").to_str().unwrap()]);
            command.arg(folder.join("inbox.jsonl")).args(arguments);
            command
        };
        inbox::is_the_transcript(&inbox::conversation(command, &folder));
    }
}

#[test]
fn the_quickstart_prints_the_transcript() {
    if !has_compiler("the_quickstart_prints_the_transcript") {
        return;
    }
    for way in [WAYS[0], WAYS[1]] {
        let directory = scratch(&format!("pascal/quickstart-{}", way.name));
        // As a user compiles it.
        let mut command = Command::new("fpc");
        command
            .args([way.mode, "-Sew", "-vw", "-Fubindings/pascal"])
            .arg(format!("-FE{}", directory.display()))
            .arg("examples/quickstart.pas");
        program::succeed(command.current_dir(root()));
        hosts::quickstart(&[directory.join("quickstart").to_str().unwrap()]);
    }
}

#[test]
fn the_examples_of_the_readme_compile() {
    if !has_compiler("the_examples_of_the_readme_compile") {
        return;
    }
    let readme = fs::read_to_string(root().join("bindings/pascal/README.md")).unwrap();
    let examples: Vec<_> = readme.split("```pascal\n").skip(1).collect();
    assert!(!examples.is_empty(), "the README has no example");
    for example in examples {
        let directory = scratch("pascal/readme");
        let source = directory.join("first.pas");
        fs::write(&source, example.split("```").next().unwrap()).unwrap();
        let output = fpc(WAYS[0], true, &directory, &[source.to_str().unwrap()]);
        assert!(output.status.success(), "{}", text(&output));
    }
}
