//! From a C source to a program.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::SystemTime;

use crate::program;

/// DWARF 4, because valgrind cannot read what clang writes of the fifth.
const STRICT: [&str; 5] = ["-Wall", "-Wextra", "-Werror", "-pedantic", "-gdwarf-4"];

/// What a static Rust library needs of the system: `cargo rustc -- --print native-static-libs`.
const NEEDED_BY_STATIC: [&str; 3] = ["-lpthread", "-ldl", "-lm"];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Language {
    C99,
    Cpp17,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Linkage {
    Shared,
    Static,
    /// The program loads the library itself.
    None,
}

pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Where cargo has put this test and the libraries that it was linked with.
fn dependencies() -> PathBuf {
    env::current_exe().unwrap().parent().unwrap().to_owned()
}

/// `libymchat.so` or `libymchat.a`, of this build.
///
/// Cargo copies them one directory up for `cargo build` alone; those there may be old.
pub(crate) fn library(name: &str) -> PathBuf {
    let path = dependencies().join(name);
    let built = fs::metadata(&path)
        .and_then(|metadata| metadata.modified())
        .unwrap_or_else(|error| panic!("{} is not there: {error}", path.display()));
    assert!(built >= newest_source(), "{} is older than the sources", path.display());
    path
}

fn newest_source() -> SystemTime {
    /// Modules that only tests have: the library is not built anew for them.
    const OF_TESTS: [&str; 3] = ["tests", "tests.rs", "script.rs"];
    fn newest(path: &Path) -> SystemTime {
        if OF_TESTS.iter().any(|name| path.ends_with(name)) {
            return SystemTime::UNIX_EPOCH;
        }
        if path.is_dir() {
            let entries = fs::read_dir(path).unwrap();
            let files = entries.map(|entry| newest(&entry.unwrap().path()));
            return files.max().unwrap_or(SystemTime::UNIX_EPOCH);
        }
        fs::metadata(path).unwrap().modified().unwrap()
    }
    let sources = ["src", "bindings/c/src", "build.rs"].map(|name| newest(&root().join(name)));
    sources.into_iter().max().unwrap()
}

/// An example, if this run of cargo has built it.
pub(crate) fn built_example(name: &str) -> Option<PathBuf> {
    let path = dependencies().parent()?.join("examples").join(name);
    let source = root().join("examples").join(name).with_extension("rs");
    let modified = |path: &Path| fs::metadata(path).ok()?.modified().ok();
    let (built, written) = (modified(&path)?, modified(&source)?);
    (built >= written && built >= newest_source()).then_some(path)
}

fn compiler(language: Language) -> Command {
    let (variable, usual) = match language {
        Language::C99 => ("CC", "cc"),
        Language::Cpp17 => ("CXX", "c++"),
    };
    let value = env::var(variable).ok().filter(|value| !value.trim().is_empty());
    let value = value.unwrap_or_else(|| usual.to_owned());
    let mut words = value.split_whitespace();
    let mut command = Command::new(words.next().unwrap());
    command.args(words).args(STRICT).current_dir(root()).arg("-Iinclude");
    match language {
        Language::C99 => command.args(["-std=c99", "-x", "c"]),
        Language::Cpp17 => command.args(["-std=c++17", "-x", "c++"]),
    };
    command
}

fn finish(mut command: Command) {
    assert!(
        program::is_installed(&command.get_program().to_string_lossy(), "--version"),
        "these tests need a C and a C++ compiler, and {:?} is not there: install gcc and g++ (or \
         clang), or name others in CC and CXX",
        command.get_program()
    );
    let output = program::run(&mut command);
    assert!(output.status.success(), "{command:?}\n{}", program::text(&output));
}

/// Tests run at the same time, and some compile the same source.
pub(crate) fn this_test() -> String {
    let thread = thread::current();
    let name = thread.name().unwrap_or_default();
    // Short enough for a file's name, and different enough.
    name.rsplit("::").next().unwrap_or_default().chars().take(40).collect()
}

/// Checks one file, as if it were a whole program.
pub(crate) fn syntax_only(source: &str, language: Language) {
    let mut command = compiler(language);
    command.args(["-fsyntax-only", source]);
    finish(command);
}

/// A source of this test alone; gives its path.
pub(crate) fn temporary(name: &str, text: &str) -> String {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join("c_abi");
    fs::create_dir_all(&directory).unwrap();
    let path = directory.join(name);
    fs::write(&path, text).unwrap();
    path.into_os_string().into_string().unwrap()
}

pub(crate) fn compile(source: &str, language: Language, linkage: Linkage) -> PathBuf {
    let stem = Path::new(source).file_stem().unwrap().to_str().unwrap();
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join("c_abi");
    fs::create_dir_all(&directory).unwrap();
    let program = directory.join(format!("{stem}-{language:?}-{linkage:?}-{}", this_test()));
    let mut command = compiler(language);
    command.arg(source).args(["-x", "none", "-pthread"]);
    match linkage {
        Linkage::Shared => {
            let shared = library("libymchat.so");
            let mut rpath = std::ffi::OsString::from("-Wl,-rpath,");
            rpath.push(shared.parent().unwrap());
            command.arg(shared).arg(rpath).arg("-lm");
        }
        Linkage::Static => {
            command.arg(library("libymchat.a")).args(NEEDED_BY_STATIC);
        }
        Linkage::None => {
            command.arg("-ldl");
        }
    }
    command.arg("-o").arg(&program);
    finish(command);
    program
}
