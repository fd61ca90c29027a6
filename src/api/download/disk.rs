//! What is done on the disk to bring a file to its place: the steps whose order decides what is
//! left after a power cut.

use std::fmt::Debug;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

/// A test looks at the order of the steps, and lets one of them fail.
pub(super) trait Disk: Debug {
    fn append(&self, file: &mut File, bytes: &[u8]) -> io::Result<()>;

    /// What was written survives a power cut.
    fn sync(&self, file: &File) -> io::Result<()>;

    /// Gives a file a second name, unless something has that name.
    fn link(&self, from: &Path, to: &Path) -> io::Result<()>;

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;

    /// The names in a folder survive a power cut, too, where the system lets that be asked for.
    fn sync_folder(&self, folder: &Path);
}

/// The system's own.
#[derive(Debug)]
pub(super) struct SystemDisk;

impl Disk for SystemDisk {
    fn append(&self, file: &mut File, bytes: &[u8]) -> io::Result<()> {
        file.write_all(bytes)
    }

    fn sync(&self, file: &File) -> io::Result<()> {
        file.sync_all()
    }

    fn link(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::hard_link(from, to)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)
    }

    fn sync_folder(&self, folder: &Path) {
        if cfg!(unix)
            && let Ok(folder) = File::open(folder)
        {
            // Some file systems refuse it; the file itself is safe.
            let _ = folder.sync_all();
        }
    }
}
