//! The rules find what they are for: each is broken here once.

use std::collections::HashMap;

use crate::modules::{Graph, graph};
use crate::rules;

fn package(files: &[(&'static str, &'static str)]) -> Graph {
    graph(&files.iter().copied().collect::<HashMap<_, _>>(), "src/lib.rs")
}

fn refusal(verdict: Result<(), String>) -> String {
    verdict.expect_err("the rule is broken, and was not found to be")
}

#[test]
fn circles_are_found_however_they_are_written() {
    let circles: [&[(&str, &str)]; 6] = [
        &[
            ("src/lib.rs", "mod a; mod b;"),
            ("src/a.rs", "use crate::b::B; pub struct A(B);"),
            ("src/b.rs", "pub struct B; fn f(_: super::a::A) {}"),
        ],
        // By way of a third file, and a module's name.
        &[
            ("src/lib.rs", "mod a; mod b; mod c;"),
            ("src/a.rs", "use super::b; fn f() { b::g() }"),
            ("src/b.rs", "use crate::c::{self as other, X}; pub fn g() { other::h() }"),
            ("src/c.rs", "pub struct X; pub fn h() { println!(\"{}\", crate::a::N) }"),
        ],
        // By way of a re-export.
        &[
            ("src/lib.rs", "mod room; mod a;"),
            ("src/room/mod.rs", "mod inner; pub use inner::Thing;"),
            ("src/room/inner.rs", "pub struct Thing; use crate::a::A;"),
            ("src/a.rs", "pub struct A; use crate::room::Thing;"),
        ],
        // A room and one of its files.
        &[
            ("src/lib.rs", "mod room;"),
            ("src/room.rs", "mod inner; use inner::Thing; pub struct Room(Thing);"),
            ("src/room/inner.rs", "pub struct Thing; impl super::Room {}"),
        ],
        // A file and the root.
        &[
            ("src/lib.rs", "mod a; pub use a::*; fn helper() {}"),
            ("src/a.rs", "fn f() { crate::helper() }"),
        ],
        // Within a module that has no file of its own.
        &[
            ("src/lib.rs", "mod a; mod b;"),
            ("src/a.rs", "mod linux { use super::super::b::B; }  pub struct A;"),
            ("src/b.rs", "pub struct B; use super::a::A;"),
        ],
    ];
    for files in circles {
        let why = refusal(rules::no_circles(&package(files)));
        assert!(why.contains(" -> "), "{why}");
    }
}

#[test]
fn what_is_no_circle_is_not_called_one() {
    let fine: [&[(&str, &str)]; 3] = [
        // Tests may look up, comments and texts may say anything.
        &[
            ("src/lib.rs", "mod a; mod b; pub use b::B;"),
            (
                "src/a.rs",
                "/// [`crate::b::B`]\npub struct A; const T: &str = \"crate::b::B\";\
                         #[cfg(test)] mod tests { use crate::b::B; } // use crate::b::B;",
            ),
            ("src/b.rs", "use crate::a::A; pub struct B(A);"),
        ],
        // What is re-exported further up is where it is defined.
        &[
            ("src/lib.rs", "mod a; mod b; pub use a::A; pub use b::*;"),
            ("src/a.rs", "pub struct A;"),
            ("src/b.rs", "pub struct B(crate::A); impl B { fn f() { Self::g(); a::h() } }"),
        ],
        // Rooms and their files, one after the other.
        &[
            ("src/lib.rs", "mod room;"),
            ("src/room/mod.rs", "mod one; mod two; use one::One; use two::Two;"),
            ("src/room/one.rs", "pub struct One; use super::two::Two;"),
            ("src/room/two.rs", "pub struct Two;"),
        ],
    ];
    for files in fine {
        assert_eq!(rules::no_circles(&package(files)), Ok(()));
    }
}

#[test]
fn a_dependency_that_points_up_is_found() {
    let files = [
        ("src/lib.rs", "mod error; mod transport; mod pipeline;"),
        ("src/error.rs", ""),
        ("src/pipeline.rs", "use crate::transport::T; pub struct P;"),
        ("src/transport.rs", "use crate::error::E; pub struct T;"),
    ];
    assert_eq!(rules::layers_point_down(&package(&files)), Ok(()));
    let up = [&files[..3], &[("src/transport.rs", "use crate::pipeline::P; struct T;")]].concat();
    let why = refusal(rules::layers_point_down(&package(&up)));
    assert!(why.contains("src/transport.rs (transport) uses src/pipeline.rs"), "{why}");
    let stray = [("src/lib.rs", "mod stray;"), ("src/stray.rs", "")];
    let why = refusal(rules::layers_point_down(&package(&stray)));
    assert!(why.contains("src/stray.rs is in no layer"), "{why}");
}

#[test]
fn bytes_outside_of_the_transport_are_found() {
    let files = [("src/lib.rs", "mod api;"), ("src/api.rs", "fn f() { ureq::get(\"\") }")];
    let why = refusal(rules::only_the_transport_knows_how_bytes_travel(&package(&files)));
    assert!(why.contains("src/api.rs names ureq"), "{why}");
}

#[test]
fn unsafe_code_is_found() {
    for code in [
        "fn f() { unsafe { g() } }",
        "unsafe impl Send for A {}",
        "#[allow(unsafe_code)] mod a {}",
        "macro_rules! m { () => { unsafe { f() } } }",
    ] {
        assert!(rules::no_unsafe(&package(&[("src/lib.rs", code)])).is_err(), "{code}");
    }
    let harmless = [("src/lib.rs", "//! unsafe\nconst T: &str = \"unsafe\";")];
    assert_eq!(rules::no_unsafe(&package(&harmless)), Ok(()));
}

#[test]
fn exported_symbols_are_found() {
    for code in [
        "#[no_mangle] pub extern \"C\" fn f() {}",
        "#[unsafe(no_mangle)] pub extern \"C\" fn f() {}",
        "#[unsafe(export_name = \"f\")] pub extern \"C\" fn g() {}",
    ] {
        assert!(rules::no_exported_symbols(&package(&[("src/lib.rs", code)])).is_err(), "{code}");
    }
}

#[test]
fn what_is_for_the_bindings_is_found_in_the_command_line() {
    let package = package(&[("src/lib.rs", "fn f() { ymchat::internal::guard() }")]);
    assert!(refusal(rules::no_internals(&package)).contains("internal"));
}
