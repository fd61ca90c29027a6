//! What the test programs share: keys with a marker, a log, a clock that takes no time, and
//! servers that do exactly what a test says.

// Each test program uses its own part of this.
#![allow(dead_code, unused_imports)]

pub mod clock;
pub mod program;
pub mod serve;
pub mod tls;

use std::collections::HashMap;
use std::sync::{Mutex, Once, PoisonError};
use std::thread::ThreadId;

use serde_json::Value;
use ymchat::{Client, ClientBuilder, Error};

pub use self::clock::SimulatedClock;

/// Stands in every credential of the tests: no output of them may hold it.
pub const MARKER: &str = "s3cr3t-k3y";
pub const API_KEY: &str = "ACMA:s3cr3t-k3y-api";
pub const OAUTH_TOKEN: &str = "y0_s3cr3t-k3y-oauth";
pub const PROXY_PASSWORD: &str = "s3cr3t-k3y-proxy";
pub const BUSINESS: i64 = 77;

/// Puts together what ureq dumps into the log, 16 bytes to a record: a credential would be split.
#[derive(Debug, Default)]
pub struct Dumps(Mutex<HashMap<ThreadId, Vec<u8>>>);

impl Dumps {
    /// Takes the record if it is part of a dump.
    pub fn take(&self, record: &log::Record<'_>) -> bool {
        if record.target() != "ureq_proto::util" {
            return false;
        }
        // 8 groups of four digits, or dashes where the bytes have ended; then the same as text.
        let row = record.args().to_string();
        let digits: Vec<u8> = row.bytes().take(40).filter(u8::is_ascii_hexdigit).collect();
        let bytes = digits.chunks(2).map(|pair| {
            let pair = std::str::from_utf8(pair).expect("digits");
            u8::from_str_radix(pair, 16).expect("two digits")
        });
        let mut dumps = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        dumps.entry(std::thread::current().id()).or_default().extend(bytes);
        true
    }

    /// What this thread has dumped since the last call.
    pub fn of_this_thread(&self) -> Option<String> {
        let mut dumps = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let bytes = dumps.remove(&std::thread::current().id())?;
        Some(String::from_utf8_lossy(&bytes).into_owned())
    }
}

#[derive(Default)]
struct Stderr(Dumps);

impl log::Log for Stderr {
    fn enabled(&self, metadata: &log::Metadata<'_>) -> bool {
        // A server of the tests: it has to know the key, and logs what it receives.
        !metadata.target().starts_with("mockito")
    }

    fn log(&self, record: &log::Record<'_>) {
        if !self.enabled(record.metadata()) || self.0.take(record) {
            return;
        }
        if let Some(dump) = self.0.of_this_thread() {
            eprintln!("dumped: {dump:?}");
        }
        eprintln!("{} {} {}", record.level(), record.target(), record.args());
    }

    fn flush(&self) {}
}

/// With `YMCHAT_TEST_LOG=1`, everything that any crate logs goes to stderr, so that the output
/// of the whole suite can be searched for [`MARKER`].
pub fn init_logging() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        if std::env::var("YMCHAT_TEST_LOG").is_ok_and(|value| value == "1")
            && log::set_logger(Box::leak(Box::<Stderr>::default())).is_ok()
        {
            log::set_max_level(log::LevelFilter::Trace);
        }
    });
}

/// A configuration with the tests' key and business.
pub fn builder(base_url: impl Into<String>) -> ClientBuilder {
    init_logging();
    Client::builder().api_key(API_KEY).business_id(BUSINESS).base_url(base_url)
}

/// The error document, read back.
pub fn document(error: &Error) -> Value {
    serde_json::from_str(&error.to_json()).expect("the error document is JSON")
}

/// The error of a call that must fail.
pub fn failure<T: std::fmt::Debug>(result: Result<T, Error>) -> Error {
    match result {
        Ok(value) => panic!("it succeeded: {value:?}"),
        Err(error) => error,
    }
}

/// Runs a test of this program, which is marked `#[ignore]`, in a process of its own with these
/// environment variables and no proxy variables but these; returns its output.
pub fn run_child(test: &str, environment: &[(&str, &str)]) -> String {
    let mut command = std::process::Command::new(std::env::current_exe().expect("this program"));
    command.args(["--exact", test, "--ignored", "--nocapture", "--test-threads=1"]);
    for name in ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"] {
        command.env_remove(name).env_remove(name.to_lowercase());
    }
    let output = program::run(command.envs(environment.iter().copied()));
    let text = program::text(&output);
    assert!(output.status.success() && text.contains("1 passed"), "{test}:\n{text}");
    text
}

/// What the parent of this process wants it to know.
pub fn from_parent(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| panic!("only run by another test, which sets {name}"))
}

/// The most memory that this process has had at a time since the last call, in bytes.
#[cfg(target_os = "linux")]
pub fn peak_memory() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    let kibibytes: usize = line.split_whitespace().nth(1).unwrap().parse().unwrap();
    std::fs::write("/proc/self/clear_refs", "5").unwrap();
    kibibytes * 1024
}
