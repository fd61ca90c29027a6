//! How the add-in is linked.

use std::env;

#[path = "../c/version_resource.rs"]
mod version_resource;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=../c/version_resource.rs");
    let system = env::var("CARGO_CFG_TARGET_OS");
    if system.as_deref() == Ok("windows") {
        // As packaging/onec names the files.
        let bits = env::var("CARGO_CFG_TARGET_POINTER_WIDTH").unwrap_or_default();
        version_resource::link("YMChat", &format!("YMChatWin{bits}.dll"));
    }
    if system.as_deref() == Ok("linux") {
        // A hole must show here, and not in the middle of a call in somebody's server.
        println!("cargo::rustc-cdylib-link-arg=-Wl,-z,defs");
        println!("cargo::rustc-cdylib-link-arg=-Wl,-z,now");
        // Rust's standard library never gives its thread-local keys back: a host that unloads and
        // loads the add-in a thousand times would run out of them. On Windows the add-in pins
        // itself, see src/abi/stay_loaded.rs.
        println!("cargo::rustc-cdylib-link-arg=-Wl,-z,nodelete");
    }
}
