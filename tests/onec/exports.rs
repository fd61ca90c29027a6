//! What leaves the library, and what it needs.

use std::process::Command;

use crate::host::{library, say};

const EXPORTS: [&str; 5] = [
    "DestroyObject",
    "GetAttachType",
    "GetClassNames",
    "GetClassObject",
    "SetPlatformCapabilities",
];

#[test]
fn the_five_entry_points_alone_leave_the_library() {
    let mut nm = Command::new("nm");
    nm.args(["-D", "--defined-only", "--format=posix"]).arg(library());
    let Ok(output) = nm.output() else {
        say("NOT RUN: onec::the_five_entry_points_alone_leave_the_library, because there is no nm");
        return;
    };
    assert!(output.status.success());
    let listed = String::from_utf8(output.stdout).unwrap();
    let mut names: Vec<&str> = listed.lines().filter_map(|line| line.split(' ').next()).collect();
    names.sort_unstable();
    assert_eq!(names, EXPORTS);
}
