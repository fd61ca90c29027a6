//! Where `ymchat sync` keeps how far it has come: a file that is replaced as a whole, and a lock
//! beside it.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::failure::Failure;
use crate::sentences::{Sentence, failures, reason};

const VERSION: u32 = 1;
/// A token has at most 64 KiB, and a result 100,000 messages.
const MAX_BYTES: u64 = 16 * 1024 * 1024;

/// What is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct State {
    version: u32,
    /// The token of the next call.
    pub since: String,
    /// The chat and message ids that were handled already among those that this token gives.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub handled: BTreeSet<(i64, i64)>,
}

impl Default for State {
    fn default() -> Self {
        State { version: VERSION, since: String::new(), handled: BTreeSet::new() }
    }
}

impl State {
    /// A state with this token, of which nothing was handled yet.
    pub fn at(since: String) -> Self {
        State { since, ..State::default() }
    }
}

/// A state that belongs to this process alone.
#[derive(Debug)]
pub struct StateFile {
    path: PathBuf,
    /// Held until the process ends, however it ends.
    _lock: File,
    /// As it is in the file.
    pub state: State,
}

impl StateFile {
    /// Locks and reads it. Where there is none yet, it begins with nothing.
    pub fn open(path: &Path) -> Result<Self, Failure> {
        let failure = |what: &Sentence| Failure::of_file(path, what);
        let lock = lock(&beside(path, ".lock")).map_err(|error| match error.kind() {
            ErrorKind::WouldBlock => failure(&failures::state_in_use()),
            _ => failure(&failures::state_not_locked(&reason(&error))),
        })?;
        let state = match read(path) {
            Ok(text) => serde_json::from_str(&text)
                .ok()
                .filter(|state: &State| state.version == VERSION)
                .ok_or_else(|| failure(&failures::not_a_state()))?,
            Err(error) if error.kind() == ErrorKind::NotFound => State::default(),
            Err(error) => return Err(failure(&failures::state_unreadable(&reason(&error)))),
        };
        Ok(StateFile { path: path.to_owned(), _lock: lock, state })
    }

    /// Replaces the file: it holds the old state or the new one, whenever the machine stops.
    pub fn save(&mut self, state: State) -> Result<(), Failure> {
        let failure = |error: io::Error| {
            Failure::of_file(&self.path, &failures::state_unwritten(&reason(&error)))
        };
        let new = beside(&self.path, ".new");
        let text = serde_json::to_string(&state).map_err(|error| failure(error.into()))?;
        let mut file = private(&new).truncate(true).open(&new).map_err(failure)?;
        file.write_all(text.as_bytes()).and_then(|()| file.write_all(b"\n")).map_err(failure)?;
        file.sync_all().map_err(failure)?;
        drop(file);
        std::fs::rename(&new, &self.path).map_err(failure)?;
        sync_directory(&self.path).map_err(failure)?;
        self.state = state;
        Ok(())
    }
}

/// Only its owner may read it.
fn private(_: &Path) -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

fn lock(path: &Path) -> io::Result<File> {
    let file = private(path).truncate(false).open(path)?;
    // By its full name: the standard library has one of the same name since Rust 1.89.
    match fs4::FileExt::try_lock(&file) {
        Ok(()) => Ok(file),
        Err(fs4::TryLockError::WouldBlock) => Err(ErrorKind::WouldBlock.into()),
        Err(fs4::TryLockError::Error(error)) => Err(error),
    }
}

fn read(path: &Path) -> io::Result<String> {
    let mut text = String::new();
    File::open(path)?.take(MAX_BYTES).read_to_string(&mut text)?;
    Ok(text)
}

/// The path with a suffix after its file name.
fn beside(path: &Path, end: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(end);
    PathBuf::from(name)
}

/// Without this a renamed file may be gone after a power failure.
#[cfg(unix)]
fn sync_directory(path: &Path) -> io::Result<()> {
    let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    File::open(directory.unwrap_or(Path::new(".")))?.sync_all()
}

/// Windows cannot open a directory like a file.
#[cfg(not(unix))]
fn sync_directory(_: &Path) -> io::Result<()> {
    Ok(())
}
