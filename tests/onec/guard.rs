//! No panic leaves the add-in. Nothing that a host can do makes it panic, so that the guard itself
//! is tested, and that every function which the host calls has one.

use std::fs;

use crate::host::root;

#[path = "../../bindings/onec/src/abi/guard.rs"]
mod guarded;

#[test]
fn a_panic_becomes_what_the_host_is_told_otherwise() {
    struct Nasty;
    impl Drop for Nasty {
        fn drop(&mut self) {
            panic!("dropped");
        }
    }
    assert_eq!(guarded::guard(5, || 6), 6);
    assert_eq!(guarded::guard(5, || panic!("number {}", 7)), 5);
    assert_eq!(guarded::guard(5, || std::panic::panic_any(Nasty)), 5);
}

/// Functions that give a number of their own, which cannot panic, and one that calls its neighbour.
const CONSTANT: [&str; 6] = [
    "get_info",
    "get_n_props",
    "get_n_methods",
    "GetClassNames",
    "SetPlatformCapabilities",
    "GetAttachType",
];

/// The functions of a file that have a calling convention of C, with their bodies.
fn functions(source: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for convention in ["system", "C", "thiscall"] {
        for (at, begin) in source.match_indices(&format!("extern \"{convention}\" fn ")) {
            let rest = &source[at + begin.len()..];
            let name: String =
                rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            let open = rest.find('{').unwrap();
            let mut depth = 0;
            let end = rest[open..].char_indices().find(|(_, c)| {
                depth += i32::from(*c == '{') - i32::from(*c == '}');
                depth == 0
            });
            found.push((name, rest[open..open + end.unwrap().0].to_owned()));
        }
    }
    found
}

#[test]
fn every_function_that_the_host_calls_is_guarded() {
    let mut count = 0;
    for file in ["object.rs", "exports.rs"] {
        let source = root().join("bindings/onec/src/abi").join(file);
        for (name, body) in functions(&fs::read_to_string(source).unwrap()) {
            count += 1;
            // On Windows both forms of the destructor call `run`, which is guarded.
            let is_guarded = body.contains("guard(") || body.contains(" run::<K>(");
            assert!(is_guarded || CONSTANT.contains(&name.as_str()), "{name} in {file}");
        }
    }
    assert!(count >= 28, "the functions are not where they were: {count}");
    let unguarded = "extern \"system\" fn a(b: u8) -> u8 { if b { c() } else { d() } } guard(";
    assert_eq!(functions(unguarded), [("a".to_owned(), "{ if b { c() } else { d() } ".to_owned())]);
}
