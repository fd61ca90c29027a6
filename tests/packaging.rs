//! What `bindings/c/install.sh` installs is found by pkg-config and by CMake, from C and C++, and
//! cargo-c is told to install the same.

#![cfg(target_os = "linux")]

use std::collections::BTreeSet;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

#[path = "common/program.rs"]
mod program;

use program::succeed as run;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn is_installed(program: &str) -> bool {
    let found = program::is_installed(program, "--version");
    if !found {
        program::say(&format!("NOT RUN: {program} is not installed"));
    }
    found
}

/// A fresh directory, in which the library of this build is installed under `usr`.
fn installed(name: &str) -> PathBuf {
    let stage = Path::new(env!("CARGO_TARGET_TMPDIR")).join("packaging").join(name);
    let _ = fs::remove_dir_all(&stage);
    fs::create_dir_all(&stage).unwrap();
    let libraries = env::current_exe().unwrap().parent().unwrap().to_owned();
    run(Command::new(root().join("bindings/c/install.sh"))
        .arg("--prefix=/usr")
        .arg(format!("--destdir={}", stage.display()))
        .arg(format!("--from={}", libraries.display())));
    stage
}

fn version_of(program: &Path, stage: &Path) -> String {
    run(Command::new(program).env("LD_LIBRARY_PATH", stage.join("usr/lib")))
}

const VERSION: &str = concat!(env!("CARGO_PKG_VERSION"), "\n");

#[test]
fn the_loader_finds_the_library_by_its_soname() {
    let stage = installed("soname");
    let libraries = stage.join("usr/lib");
    let target = |name: &str| fs::read_link(libraries.join(name)).unwrap();
    assert_eq!(target("libymchat.so"), Path::new("libymchat.so.0"));
    let file = concat!("libymchat.so.", env!("CARGO_PKG_VERSION"));
    assert_eq!(target("libymchat.so.0"), Path::new(file));
    if is_installed("readelf") {
        let dynamic = run(Command::new("readelf").arg("-d").arg(libraries.join(file)));
        assert!(dynamic.contains("Library soname: [libymchat.so.0]"), "{dynamic}");
    }
}

#[test]
fn pkg_config_finds_what_was_installed() {
    if !is_installed("pkg-config") {
        return;
    }
    let stage = installed("pkg-config");
    let flags = |more: &str| {
        let flags = run(Command::new("pkg-config")
            .args(["--cflags", "--libs", "ymchat"])
            .args(Some(more).filter(|more| !more.is_empty()))
            .env("PKG_CONFIG_SYSROOT_DIR", &stage)
            .env("PKG_CONFIG_PATH", stage.join("usr/lib/pkgconfig")));
        flags.split_whitespace().map(str::to_owned).collect::<Vec<_>>()
    };
    let version = run(Command::new("pkg-config")
        .args(["--modversion", "ymchat"])
        .env("PKG_CONFIG_PATH", stage.join("usr/lib/pkgconfig")));
    assert_eq!(version, VERSION);
    let program = stage.join("consumer");
    run(Command::new("cc")
        .arg(root().join("tests/packaging/consumer.c"))
        .args(flags(""))
        .arg("-o")
        .arg(&program));
    assert_eq!(version_of(&program, &stage), VERSION);
    // Without the shared library the linker takes the static one.
    fs::remove_file(stage.join("usr/lib/libymchat.so")).unwrap();
    run(Command::new("cc")
        .arg(root().join("tests/packaging/consumer.c"))
        .args(flags("--static"))
        .arg("-o")
        .arg(&program));
    assert_eq!(run(&mut Command::new(&program)), VERSION);
}

#[test]
fn cmake_finds_what_was_installed() {
    if !is_installed("cmake") {
        return;
    }
    let stage = installed("cmake");
    let build = stage.join("build");
    let configure = |arguments: &[&str]| {
        let mut command = Command::new("cmake");
        command.arg("-S").arg(root().join("tests/packaging")).arg("-B").arg(&build);
        command.arg(format!("-DCMAKE_PREFIX_PATH={}", stage.join("usr").display()));
        command.args(arguments);
        command
    };
    run(&mut configure(&[]));
    run(Command::new("cmake").arg("--build").arg(&build));
    for program in ["c_shared", "c_static", "cpp_shared"] {
        assert_eq!(version_of(&build.join(program), &stage), VERSION, "{program}");
    }
    // It does not pretend to be another version.
    let header = stage.join("usr/include/ymchat.h");
    let text = fs::read_to_string(&header).unwrap();
    for other in ["0.0.9", "0.2.0", "1.0.0"] {
        fs::write(&header, text.replace(env!("CARGO_PKG_VERSION"), other)).unwrap();
        let output = program::run(&mut configure(&[]));
        assert!(!output.status.success(), "{other} was taken for 0.1");
    }
}

/// The files below `directory`, as they are named below `prefix`.
fn files(directory: &Path, prefix: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        let name = format!("{prefix}{}", path.file_name().unwrap().to_str().unwrap());
        if path.is_dir() {
            found.extend(files(&path, &format!("{name}/")));
        } else {
            found.insert(name);
        }
    }
    found
}

/// The files that a list of cargo-c's assets names, where it would put them.
fn assets(package: &Path, list: &serde_json::Value) -> BTreeSet<String> {
    let of_one = |asset: &serde_json::Value| {
        let from = package.join(asset["from"].as_str().unwrap());
        let pattern = from.file_name().unwrap().to_str().unwrap().to_owned();
        let (start, end) = pattern.split_once('*').unwrap_or((&pattern, ""));
        let to = asset["to"].as_str().unwrap();
        let to = if to.is_empty() { String::new() } else { format!("{to}/") };
        let entries = fs::read_dir(from.parent().unwrap()).unwrap();
        let names = entries.map(|entry| entry.unwrap()).filter(|entry| entry.path().is_file());
        let names = names.map(|entry| entry.file_name().into_string().unwrap());
        let fits = |name: &String| name.starts_with(start) && name.ends_with(end);
        let found: Vec<String> = names.filter(fits).map(|name| format!("{to}{name}")).collect();
        assert!(!found.is_empty(), "{asset} names nothing");
        found
    };
    list.as_array().unwrap().iter().flat_map(of_one).collect()
}

#[test]
fn cargo_c_installs_the_same_files() {
    let metadata = run(Command::new(env!("CARGO"))
        .args(["metadata", "--format-version=1", "--no-deps", "--offline"])
        .current_dir(root()));
    let metadata: serde_json::Value = serde_json::from_str(&metadata).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    let package = packages.iter().find(|package| package["name"] == "ymchat-c").unwrap();
    // cargo-c does not build a package without it.
    assert!(package["features"].get("capi").is_some(), "{}", package["features"]);
    let directory = root().join("bindings/c");
    let install = &package["metadata"]["capi"]["install"];
    let stage = installed("cargo-c");
    for (list, place) in [("include", "usr/include"), ("data", "usr/share")] {
        let expected = files(&stage.join(place), "");
        assert_eq!(assets(&directory, &install[list]["asset"]), expected, "{list}");
    }
}
