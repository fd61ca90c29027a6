//! Running a program, under valgrind too, with an end to all patience.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::compile;
use crate::market::Market;

/// No program takes nearly so long; one that hangs is ended and reported.
const PATIENCE: Duration = Duration::from_secs(300);

/// Without suppressions: there is nothing to suppress.
const VALGRIND: [&str; 4] = [
    "--quiet",
    "--error-exitcode=9",
    "--leak-check=full",
    "--errors-for-leak-kinds=definite,indirect,possible",
];

/// Says something that is to be seen: what is printed in the usual way is shown for failed tests
/// only.
pub(crate) fn say(text: &str) {
    let _ = writeln!(io::stderr(), "{}", text.trim_end());
}

/// Runs a program against a market; returns what it printed.
pub(crate) fn run(program: &Path, arguments: &[&str], market: &Market) -> String {
    let mut command = Command::new(program);
    command.args(arguments).envs(market.settings());
    command.env("YMCHAT_LIBRARY", compile::library("libymchat.so"));
    finish(command, program)
}

/// Runs a program that needs no market.
pub(crate) fn alone(program: &Path) -> String {
    let mut command = Command::new(program);
    for name in ["YMCHAT_API_KEY", "YMCHAT_BUSINESS_ID", "YMCHAT_BASE_URL"] {
        command.env_remove(name);
    }
    finish(command, program)
}

/// `None` where there is no valgrind, and it is said.
pub(crate) fn under_valgrind(
    program: &Path,
    arguments: &[&str],
    market: &Market,
) -> Option<String> {
    let version = Command::new("valgrind").arg("--version").output();
    if !version.is_ok_and(|output| output.status.success()) {
        let name = program.file_name().unwrap_or_default().to_string_lossy();
        say(&format!("NOT RUN: {name} under valgrind, because valgrind is not installed"));
        return None;
    }
    let mut command = Command::new("valgrind");
    command.args(VALGRIND).arg(program).args(arguments);
    command.envs(market.settings()).env("YMCHAT_SLOW", "1");
    command.env("YMCHAT_LIBRARY", compile::library("libymchat.so"));
    Some(finish(command, &program.with_extension("valgrind")))
}

/// Output goes to files: a pipe that is full would stop the program.
fn finish(mut command: Command, name: &Path) -> String {
    let place = Path::new(env!("CARGO_TARGET_TMPDIR")).join("c_abi");
    fs::create_dir_all(&place).unwrap();
    let file = |kind: &str| -> PathBuf {
        let name = name.file_name().unwrap().to_string_lossy();
        place.join(format!("{name}-{}.{kind}", compile::this_test()))
    };
    let (printed, complained) = (file("out"), file("err"));
    // cargo names the directory above first, where an older library of the same soname may lie.
    command.env_remove("LD_LIBRARY_PATH");
    command.stdin(Stdio::null());
    command.stdout(File::create(&printed).unwrap());
    command.stderr(File::create(&complained).unwrap());
    let mut child = command.spawn().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let start = Instant::now();
    let status = loop {
        match child.try_wait().unwrap() {
            Some(status) => break status.to_string(),
            None if start.elapsed() > PATIENCE => {
                child.kill().unwrap();
                child.wait().unwrap();
                break format!("still running after {PATIENCE:?}");
            }
            None => thread::sleep(Duration::from_millis(5)),
        }
    };
    let output = fs::read_to_string(&printed).unwrap();
    let errors = String::from_utf8_lossy(&fs::read(&complained).unwrap()).into_owned();
    assert!(status == "exit status: 0", "{command:?}\n{status}\n{output}\n{errors}");
    assert_eq!(errors, "", "{command:?} complains");
    output
}
