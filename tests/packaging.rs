//! What `bindings/c/install.sh` installs is found by pkg-config and by CMake, from C and C++.

#![cfg(target_os = "linux")]

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
