//! What a download returns, with types.

use std::path::PathBuf;

/// A file that has been brought to a path.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct DownloadedFile {
    /// The path, as it was given.
    pub path: PathBuf,
    /// Its length.
    pub bytes: u64,
    /// What the server says that it is. Do not open the file by this word alone: nobody has checked
    /// it.
    pub content_type: Option<String>,
}

/// How far a download has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct DownloadProgress {
    /// What has been received. It begins anew where an attempt is repeated.
    pub bytes: u64,
    /// The length of the file, where the server says so.
    pub total: Option<u64>,
}
