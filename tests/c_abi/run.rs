//! Running a program, under valgrind too.

use std::path::Path;
use std::process::Command;

use crate::common::program::{self, text};
use crate::compile;
use crate::market::Market;

/// Without suppressions: there is nothing to suppress.
const VALGRIND: [&str; 4] = [
    "--quiet",
    "--error-exitcode=9",
    "--leak-check=full",
    "--errors-for-leak-kinds=definite,indirect,possible",
];

/// Runs a program against a market; returns what it printed.
pub(crate) fn run(program: &Path, arguments: &[&str], market: &Market) -> String {
    let mut command = Command::new(program);
    command.args(arguments).envs(market.settings());
    command.env("YMCHAT_LIBRARY", compile::library("libymchat.so"));
    finish(command)
}

/// Runs a program that needs no market.
pub(crate) fn alone(program: &Path) -> String {
    let mut command = Command::new(program);
    for name in ["YMCHAT_API_KEY", "YMCHAT_BUSINESS_ID", "YMCHAT_BASE_URL"] {
        command.env_remove(name);
    }
    finish(command)
}

/// `None` where there is no valgrind, and it is said.
pub(crate) fn under_valgrind(tested: &Path, arguments: &[&str], market: &Market) -> Option<String> {
    if !program::is_installed("valgrind", "--version") {
        let name = tested.file_name().unwrap_or_default().to_string_lossy();
        program::say(&format!("NOT RUN: {name} under valgrind, because valgrind is not installed"));
        return None;
    }
    let mut command = Command::new("valgrind");
    command.args(VALGRIND).arg(tested).args(arguments);
    command.envs(market.settings()).env("YMCHAT_SLOW", "1");
    command.env("YMCHAT_LIBRARY", compile::library("libymchat.so"));
    Some(finish(command))
}

fn finish(mut command: Command) -> String {
    // cargo names the directory above first, where an older library of the same soname may lie.
    command.env_remove("LD_LIBRARY_PATH");
    let output = program::run(&mut command);
    assert!(output.status.success(), "{command:?}\n{}\n{}", output.status, text(&output));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{command:?} complains");
    String::from_utf8(output.stdout).unwrap()
}
