//! Files: from a path or from binary data to a chat, and from a message to binary data.

use std::fs::{self, File};
use std::hash::{BuildHasher, RandomState};
use std::io::{Error, Read};
use std::path::{Path, PathBuf};

use ymchat::{MAX_FILE_SIZE, RawClient};

use crate::arguments::Content;
use crate::failure::Failure;
use crate::mistake::Mistake;
use crate::value::Answer;

/// Sends a file.
pub(crate) fn send(
    client: &RawClient,
    chat_id: i64,
    file: &Content<'_>,
    name: &str,
    options: &str,
) -> Result<Answer, Failure> {
    match file {
        Content::Binary(_) if name.is_empty() => Err(Mistake::FileName.into()),
        Content::Binary(bytes) => Ok(client.send_file(chat_id, name, bytes, options)?.into()),
        Content::Text(path) => {
            let path = Path::new(path);
            let own = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            let name = if name.is_empty() { own } else { name };
            let bytes = read(path, name)?;
            Ok(client.send_file(chat_id, name, &bytes, options)?.into())
        }
    }
}

/// Reads a file that may be sent. A larger one is refused before it is read.
fn read(path: &Path, name: &str) -> Result<Vec<u8>, Failure> {
    let unreadable = |error: Error| Failure::Mistake(Mistake::File(error.to_string()));
    let file = File::open(path).map_err(unreadable)?;
    let size = file.metadata().map_err(unreadable)?.len();
    RawClient::check_file_size(name, usize::try_from(size).unwrap_or(usize::MAX))?;
    let mut bytes = Vec::new();
    // It may have grown, or be a device: the library refuses what is longer by a byte.
    file.take(MAX_FILE_SIZE as u64 + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    Ok(bytes)
}

/// Brings a file of a message into memory. The library writes to paths alone, so that it comes by
/// way of a directory that nobody else may enter.
pub(crate) fn get(client: &RawClient, url: &str, options: &str) -> Result<Answer, Failure> {
    let unusable = |error: Error| Failure::Mistake(Mistake::TemporaryFile(error.to_string()));
    let directory = PrivateDirectory::new().map_err(unusable)?;
    let path = directory.path.join("file");
    let Some(text) = path.to_str() else {
        return Err(Mistake::TemporaryFile("its name is not Unicode".into()).into());
    };
    client.download_file(url, text, options)?;
    Ok(Answer::Binary(fs::read(&path).map_err(unusable)?))
}

/// A new directory, which goes with what is in it.
struct PrivateDirectory {
    path: PathBuf,
}

impl PrivateDirectory {
    fn new() -> Result<Self, Error> {
        // The standard library's only random numbers; a name that exists is an error.
        let random = RandomState::new().hash_one(std::process::id());
        let path = std::env::temp_dir().join(format!("ymchat-{random:016x}"));
        create_private(&path)?;
        Ok(PrivateDirectory { path })
    }
}

#[cfg(unix)]
fn create_private(path: &Path) -> Result<(), Error> {
    use std::os::unix::fs::DirBuilderExt;

    fs::DirBuilder::new().mode(0o700).create(path)
}

/// Temporary files are in the user's own directory there.
#[cfg(not(unix))]
fn create_private(path: &Path) -> Result<(), Error> {
    fs::create_dir(path)
}

impl Drop for PrivateDirectory {
    fn drop(&mut self) {
        // What is left lies among temporary files.
        let _ = fs::remove_dir_all(&self.path);
    }
}
