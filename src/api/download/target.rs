//! The place of a file: first beside it, under a name that nobody else uses, then there.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Seek, Write};
use std::path::{Path, PathBuf};

use crate::fields::Refusal;
use crate::sentences::files as words;

/// Names that are tried; chance gives the same one twice only where somebody has fixed it.
const NAMES: u32 = 16;

/// Where a file is to be.
#[derive(Debug)]
pub(super) struct Target {
    path: PathBuf,
    folder: PathBuf,
    overwrite: bool,
}

/// A file that is not there yet. It is removed when it is dropped, unless it was kept.
#[derive(Debug)]
pub(super) struct TemporaryFile {
    file: Option<File>,
    path: PathBuf,
    target: Target,
}

impl Target {
    /// Refuses what can be seen to be no place for a file. The path is not shown: the caller knows
    /// it, and it may be a credential in the wrong place.
    pub(super) fn check(path: &Path, overwrite: bool) -> Result<Self, Refusal> {
        let ends_open = path.as_os_str().to_string_lossy().ends_with(std::path::is_separator);
        if path.file_name().is_none() || ends_open {
            return Err(words::path_of_no_file());
        }
        // Not that of what a link leads to: the link would be replaced, too.
        match path.symlink_metadata() {
            Ok(found) if found.is_dir() => return Err(words::path_of_directory()),
            Ok(_) if !overwrite => return Err(words::exists_already()),
            Ok(found) if !found.is_file() && !found.is_symlink() => {
                return Err(words::path_of_device());
            }
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(words::path_unusable(&error)),
        }
        let folder = match path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
            _ => PathBuf::from("."),
        };
        Ok(Target { path: path.to_owned(), folder, overwrite })
    }

    /// An empty file beside it. A link that stands at its name is not followed.
    pub(super) fn begin(self, random: impl Fn() -> u128) -> Result<TemporaryFile, Refusal> {
        let mut last = None;
        for _ in 0..NAMES {
            // Not made of the target's name, which may be as long as a name can be.
            let path = self.folder.join(format!(".ymchat-{:032x}.part", random()));
            match OpenOptions::new().write(true).create_new(true).open(&path) {
                Ok(file) => return Ok(TemporaryFile { file: Some(file), path, target: self }),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => last = Some(error),
                // Windows says so of a name below a file, too.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {
                    return Err(if self.folder.exists() {
                        words::directory_is_a_file()
                    } else {
                        words::no_directory()
                    });
                }
                Err(error) => return Err(words::directory_takes_no_file(&error)),
            }
        }
        let error = last.unwrap_or_else(|| io::ErrorKind::AlreadyExists.into());
        Err(words::directory_takes_no_file(&error))
    }
}

impl TemporaryFile {
    fn open(&mut self) -> io::Result<&mut File> {
        self.file.as_mut().ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    /// Forgets what was written.
    pub(super) fn empty(&mut self) -> io::Result<()> {
        let file = self.open()?;
        file.rewind()?;
        file.set_len(0)
    }

    pub(super) fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.open()?.write_all(bytes)
    }

    /// Brings it to its place, safely on the disk.
    pub(super) fn keep(&mut self) -> io::Result<()> {
        self.open()?.sync_all()?;
        // Windows moves no file that is open.
        self.file = None;
        let target = &self.target;
        if target.overwrite {
            fs::rename(&self.path, &target.path)?;
        } else {
            rename_to_nothing(&self.path, &target.path)?;
        }
        sync_folder(&target.folder);
        Ok(())
    }
}

impl Drop for TemporaryFile {
    fn drop(&mut self) {
        self.file = None;
        // After a renaming there is nothing to remove; and there is nobody left to be told.
        let _ = fs::remove_file(&self.path);
    }
}

/// A renaming would replace what somebody has put there meanwhile. A second name for a file is
/// refused by the system where there is one already; the first is removed after it.
fn rename_to_nothing(from: &Path, to: &Path) -> io::Result<()> {
    match fs::hard_link(from, to) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
            // FAT has no second names, nor have some network drives.
            match to.symlink_metadata() {
                Ok(_) => Err(io::ErrorKind::AlreadyExists.into()),
                Err(_) => fs::rename(from, to),
            }
        }
        linked => linked,
    }
}

/// The name is safe on the disk, too, where the system lets that be asked for.
fn sync_folder(folder: &Path) {
    if cfg!(unix)
        && let Ok(folder) = File::open(folder)
    {
        // Some file systems refuse it; the file itself is safe.
        let _ = folder.sync_all();
    }
}
