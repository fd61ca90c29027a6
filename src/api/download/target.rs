//! The place of a file: first beside it, under a name that nobody else uses, then there.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Seek};
use std::path::{Path, PathBuf};

use super::disk::{Disk, SystemDisk};
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
pub(super) struct TemporaryFile<D: Disk = SystemDisk> {
    file: Option<File>,
    path: PathBuf,
    target: Target,
    disk: D,
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
        self.begin_on(SystemDisk, random)
    }

    fn begin_on<D: Disk>(
        self,
        disk: D,
        random: impl Fn() -> u128,
    ) -> Result<TemporaryFile<D>, Refusal> {
        let mut last = None;
        for _ in 0..NAMES {
            // Not made of the target's name, which may be as long as a name can be.
            let path = self.folder.join(format!(".ymchat-{:032x}.part", random()));
            match OpenOptions::new().write(true).create_new(true).open(&path) {
                Ok(file) => {
                    return Ok(TemporaryFile { file: Some(file), path, target: self, disk });
                }
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

fn open(file: &mut Option<File>) -> io::Result<&mut File> {
    file.as_mut().ok_or_else(|| io::ErrorKind::NotFound.into())
}

impl<D: Disk> TemporaryFile<D> {
    /// Forgets what was written.
    pub(super) fn empty(&mut self) -> io::Result<()> {
        let file = open(&mut self.file)?;
        file.rewind()?;
        file.set_len(0)
    }

    pub(super) fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.disk.append(open(&mut self.file)?, bytes)
    }

    /// Brings it to its place, safely on the disk.
    pub(super) fn keep(&mut self) -> io::Result<()> {
        // Before it has its name: after a power cut a file that is there is whole.
        self.disk.sync(open(&mut self.file)?)?;
        // Windows moves no file that is open.
        self.file = None;
        if self.target.overwrite {
            self.disk.rename(&self.path, &self.target.path)?;
        } else {
            self.rename_to_nothing()?;
        }
        self.disk.sync_folder(&self.target.folder);
        Ok(())
    }

    /// A renaming would replace what somebody has put there meanwhile. A second name for a file is
    /// refused by the system where there is one already; the first is removed after it.
    fn rename_to_nothing(&self) -> io::Result<()> {
        let (from, to) = (&self.path, &self.target.path);
        match self.disk.link(from, to) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
                // FAT has no second names, nor have some network drives.
                match to.symlink_metadata() {
                    Ok(_) => Err(io::ErrorKind::AlreadyExists.into()),
                    Err(_) => self.disk.rename(from, to),
                }
            }
            linked => linked,
        }
    }
}

impl<D: Disk> Drop for TemporaryFile<D> {
    fn drop(&mut self) {
        self.file = None;
        // After a renaming there is nothing to remove; and there is nobody left to be told.
        let _ = fs::remove_file(&self.path);
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;

    /// A folder of a test's own, which is removed with what it holds.
    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Self {
            let folder = std::env::temp_dir().join(format!("ymchat-{name}-{}", std::process::id()));
            fs::create_dir_all(&folder).unwrap();
            Folder(folder)
        }

        fn names(&self) -> Vec<String> {
            let entries = fs::read_dir(&self.0).unwrap();
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    /// The system's disk, of which one step fails.
    #[derive(Debug, Default)]
    struct WatchedDisk {
        steps: RefCell<Vec<&'static str>>,
        fails: Option<(&'static str, io::ErrorKind)>,
    }

    impl WatchedDisk {
        fn step(&self, name: &'static str) -> io::Result<()> {
            self.steps.borrow_mut().push(name);
            match self.fails {
                Some((step, kind)) if step == name => Err(kind.into()),
                _ => Ok(()),
            }
        }
    }

    impl Disk for WatchedDisk {
        fn append(&self, file: &mut File, bytes: &[u8]) -> io::Result<()> {
            self.step("write").and_then(|()| SystemDisk.append(file, bytes))
        }

        fn sync(&self, file: &File) -> io::Result<()> {
            self.step("sync").and_then(|()| SystemDisk.sync(file))
        }

        fn link(&self, from: &Path, to: &Path) -> io::Result<()> {
            self.step("link").and_then(|()| SystemDisk.link(from, to))
        }

        fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
            self.step("rename").and_then(|()| SystemDisk.rename(from, to))
        }

        fn sync_folder(&self, folder: &Path) {
            if self.step("sync folder").is_ok() {
                SystemDisk.sync_folder(folder);
            }
        }
    }

    type Steps = Vec<&'static str>;

    /// Brings two parts of a file to a path: the steps, and what came of it.
    fn bring(path: &Path, overwrite: bool, disk: WatchedDisk) -> (Steps, io::Result<()>) {
        let mut file = Target::check(path, overwrite).unwrap().begin_on(disk, || 7).unwrap();
        let kept = ["one ", "two"]
            .iter()
            .try_for_each(|part| file.append(part.as_bytes()))
            .and_then(|()| file.keep());
        (file.disk.steps.take(), kept)
    }

    #[test]
    fn a_file_is_on_the_disk_before_it_has_its_name_and_its_name_is_thereafter() {
        let folder = Folder::new("order");
        let path = folder.0.join("a.bin");
        let no_links = Some(("link", io::ErrorKind::Unsupported));
        for (overwrite, fails, naming) in [
            (false, None, &["link"][..]),
            (true, None, &["rename"]),
            (false, no_links, &["link", "rename"]),
        ] {
            if !overwrite {
                let _ = fs::remove_file(&path);
            }
            let disk = WatchedDisk { fails, ..WatchedDisk::default() };
            let (steps, kept) = bring(&path, overwrite, disk);
            kept.unwrap();
            let expected = [&["write", "write", "sync"], naming, &["sync folder"]].concat();
            assert_eq!(steps, expected, "overwrite {overwrite}");
            assert_eq!(fs::read(&path).unwrap(), b"one two");
            assert_eq!(folder.names(), ["a.bin"]);
        }
    }

    #[test]
    fn a_file_that_is_not_on_the_disk_never_has_its_name() {
        let folder = Folder::new("unsafe");
        let path = folder.0.join("a.bin");
        fs::write(&path, "old").unwrap();
        for (step, steps) in [
            ("write", &["write"][..]),
            ("sync", &["write", "write", "sync"]),
            ("rename", &["write", "write", "sync", "rename"]),
        ] {
            let disk = WatchedDisk {
                fails: Some((step, io::ErrorKind::StorageFull)),
                ..WatchedDisk::default()
            };
            let (made, kept) = bring(&path, true, disk);
            assert_eq!(kept.unwrap_err().kind(), io::ErrorKind::StorageFull, "{step}");
            assert_eq!(made, steps);
            assert_eq!(fs::read(&path).unwrap(), b"old", "{step}");
            assert_eq!(folder.names(), ["a.bin"], "{step}");
        }
    }
}
