//! What leaves the library, and what it needs.

use std::process::Command;

use crate::host::library;
use crate::program::{is_installed, say, succeed};

const EXPORTS: [&str; 5] = [
    "DestroyObject",
    "GetAttachType",
    "GetClassNames",
    "GetClassObject",
    "SetPlatformCapabilities",
];

#[test]
fn the_five_entry_points_alone_leave_the_library() {
    if !is_installed("nm", "--version") {
        say("NOT RUN: onec::the_five_entry_points_alone_leave_the_library, because there is no nm");
        return;
    }
    let mut nm = Command::new("nm");
    let listed = succeed(nm.args(["-D", "--defined-only", "--format=posix"]).arg(library()));
    let mut names: Vec<&str> = listed.lines().filter_map(|line| line.split(' ').next()).collect();
    names.sort_unstable();
    assert_eq!(names, EXPORTS);
}

#[test]
fn it_stays_loaded_and_is_whole_from_the_start() {
    if !is_installed("readelf", "--version") {
        say(
            "NOT RUN: onec::it_stays_loaded_and_is_whole_from_the_start, because there is no readelf",
        );
        return;
    }
    let listed = succeed(Command::new("readelf").args(["-d", "-W"]).arg(library()));
    assert!(listed.contains("NODELETE") && listed.contains("NOW"), "{listed}");
    // TLS is inside: a library that a server has not would end the add-in, and the session with it.
    for needed in listed.lines().filter(|line| line.contains("(NEEDED)")) {
        let is_everywhere = [
            "libc.so",
            "libm.so",
            "libgcc_s.so",
            "libpthread.so",
            "libdl.so",
            "ld-linux",
            "librt.so",
        ]
        .iter()
        .any(|name| needed.contains(name));
        assert!(is_everywhere, "{needed}");
    }
}
