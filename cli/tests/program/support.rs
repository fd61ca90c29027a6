//! A simulated Market, the program, and what it said.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use assert_cmd::Command;
use assert_cmd::assert::Assert;
use serde_json::Value;
use ymchat_sandbox::{NewChat, Sandbox};

use crate::program::Running;

/// The program, with no variable of the environment that it looks at but these.
pub fn bare() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ymchat"));
    let kept = ["PATH", "SYSTEMROOT", "TEMP", "TMP", "TMPDIR", "LLVM_PROFILE_FILE"];
    let kept = kept.iter().filter_map(|name| Some((name, std::env::var_os(name)?)));
    command.env_clear().envs(kept).timeout(std::time::Duration::from_secs(120));
    command
}

/// The program with the full key of this Market.
pub fn ymchat(market: &Sandbox) -> Command {
    let mut command = bare();
    command.envs(variables(market));
    command
}

/// The variables with address, key and business of this Market.
pub fn variables(market: &Sandbox) -> [(&'static str, String); 3] {
    [
        ("YMCHAT_BASE_URL", market.base_url().to_owned()),
        ("YMCHAT_API_KEY", market.api_key().to_owned()),
        ("YMCHAT_BUSINESS_ID", market.business_id().to_string()),
    ]
}

/// The program with the full key of this Market, to be run beside the test.
pub fn beside(market: &Sandbox, arguments: &[&str]) -> std::process::Command {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_ymchat"));
    command.args(arguments).envs(variables(market));
    command
}

/// Reads what a program prints up to a line that holds this.
pub fn read_until(running: &mut Running, wanted: &str) -> String {
    let mut seen = String::new();
    while !seen.contains(wanted) {
        let line = running.line().unwrap_or_else(|| panic!("it ended after {seen}"));
        seen.push_str(&line);
        seen.push('\n');
    }
    seen
}

/// Ctrl-C for a program that runs.
#[cfg(unix)]
pub fn interrupt(running: &Running) {
    use rustix::process::{Pid, Signal, kill_process};
    let process = Pid::from_raw(running.id().cast_signed()).expect("a process");
    kill_process(process, Signal::INT).expect("the program still runs");
}

/// The same chat with a customer of this name.
pub fn named(mut chat: NewChat, customer: &str) -> NewChat {
    chat.customer = Some(customer.to_owned());
    chat
}

pub fn stdout(assert: &Assert) -> String {
    String::from_utf8(assert.get_output().stdout.clone()).expect("UTF-8")
}

pub fn stderr(assert: &Assert) -> String {
    String::from_utf8(assert.get_output().stderr.clone()).expect("UTF-8")
}

/// Each line of stdout as a document.
pub fn documents(assert: &Assert) -> Vec<Value> {
    let out = stdout(assert);
    out.lines().map(|line| serde_json::from_str(line).expect(line)).collect()
}

/// A directory that is removed with the test.
pub struct Directory(PathBuf);

impl Directory {
    pub fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("ymchat-cli-{}-{number}", std::process::id());
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path).expect("a directory");
        Directory(path)
    }

    pub fn path(&self) -> &Path {
        &self.0
    }

    pub fn join(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// A file that its owner alone may read.
    pub fn private(&self, name: &str, text: &str) -> PathBuf {
        let path = self.join(name);
        std::fs::write(&path, text).expect("a file");
        set_mode(&path, 0o600);
        path
    }
}

#[cfg(unix)]
pub fn set_mode(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).expect("a mode");
}

#[cfg(not(unix))]
pub fn set_mode(_: &Path, _: u32) {}

impl Drop for Directory {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
