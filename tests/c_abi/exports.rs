//! What leaves the shared library is what the header declares.

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

use crate::compile::{library, root};
use crate::program::{is_installed, say, succeed};

/// The functions of the header: names before an opening parenthesis, comments left out.
fn declared() -> BTreeSet<String> {
    let header = fs::read_to_string(root().join("include/ymchat.h")).unwrap();
    let mut code = String::new();
    let mut rest = header.as_str();
    while let Some((before, after)) = rest.split_once("/*") {
        code.push_str(before);
        rest = after.split_once("*/").expect("a comment ends").1;
    }
    code.push_str(rest);
    let parts: Vec<&str> = code.split('(').collect();
    parts[..parts.len() - 1]
        .iter()
        .filter_map(|part| {
            let word = part.rsplit(|c: char| !c.is_ascii_alphanumeric() && c != '_').next()?;
            word.starts_with("ymchat_").then(|| word.to_owned())
        })
        .collect()
}

/// What can be misused is misused in `tests/c/misuse.c`.
#[test]
fn each_function_of_the_header_is_misused_in_a_test() {
    /// These take nothing, or a number that may be any.
    const HARMLESS: [&str; 3] = ["ymchat_abi_version", "ymchat_status_name", "ymchat_version"];
    let misuse = fs::read_to_string(root().join("tests/c/misuse.c")).unwrap();
    let missing: Vec<String> = declared()
        .into_iter()
        .filter(|name| !HARMLESS.contains(&name.as_str()) && !misuse.contains(&format!("{name}(")))
        .collect();
    assert_eq!(missing, Vec::<String>::new(), "not in tests/c/misuse.c");
}

#[test]
fn only_what_the_header_declares_leaves_the_library() {
    let declared = declared();
    assert!(declared.len() >= 18 && declared.contains("ymchat_client_new"), "{declared:?}");
    let nm = std::env::var("NM").unwrap_or_else(|_| "nm".to_owned());
    if !is_installed(&nm, "--version") {
        say(&format!("NOT RUN: the exported symbols, because there is no {nm}"));
        return;
    }
    let mut command = Command::new(&nm);
    command.args(["-D", "--defined-only", "--format=posix"]);
    let text = succeed(command.arg(library("libymchat.so")));
    let exported: BTreeSet<String> =
        text.lines().filter_map(|line| line.split(' ').next()).map(str::to_owned).collect();
    assert_eq!(exported, declared, "exported (left) and declared (right)");
}
