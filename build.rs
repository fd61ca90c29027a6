//! How the C library is linked; it is the build script of `bindings/c`. Nothing is generated here:
//! the header is committed, and a test keeps it in step.

use std::env;
use std::path::Path;

#[path = "bindings/c/version_resource.rs"]
mod version_resource;

fn main() {
    println!("cargo::rerun-if-changed=../../build.rs");
    println!("cargo::rerun-if-changed=version_resource.rs");
    match env::var("CARGO_CFG_TARGET_OS").as_deref() {
        Ok("linux") => {
            // It carries the major number of the ABI alone.
            println!("cargo::rustc-cdylib-link-arg=-Wl,-soname,{SONAME}");
            link_for_the_loader();
            // A host that binds symbols late must not find a hole in the middle of a call.
            // The coverage counters of a fuzzer are defined in the program that it links.
            if env::var_os("CARGO_CFG_FUZZING").is_none() {
                println!("cargo::rustc-cdylib-link-arg=-Wl,-z,defs");
            }
            println!("cargo::rustc-cdylib-link-arg=-Wl,-z,now");
            // Rust's standard library never gives its thread-local keys back. A host that
            // unloads and loads a plug-in a thousand times would run out of them and be aborted,
            // and a key's destructor would be code that is gone. So the library stays where it
            // is when it is closed.
            println!("cargo::rustc-cdylib-link-arg=-Wl,-z,nodelete");
        }
        Ok("macos") => {
            // Found beside the program, wherever that is installed.
            println!("cargo::rustc-cdylib-link-arg=-Wl,-install_name,@rpath/libymchat.dylib");
        }
        Ok("windows") => version_resource::link("ymchat", "ymchat.dll"),
        _ => {}
    }
}

const SONAME: &str = "libymchat.so.0";

/// A program that was linked with `libymchat.so` asks the loader for its soname, and cargo knows
/// nothing of that: beside the library, and beside the one of the tests, a link has that name.
#[cfg(unix)]
fn link_for_the_loader() {
    // target/release/build/ymchat-c-…/out
    let out = env::var_os("OUT_DIR").unwrap_or_default();
    let Some(profile) = Path::new(&out).ancestors().nth(3) else { return };
    for directory in [profile.to_owned(), profile.join("deps")] {
        let link = directory.join(SONAME);
        if directory.is_dir()
            && !link.is_symlink()
            && let Err(error) = std::os::unix::fs::symlink("libymchat.so", &link)
        {
            println!("cargo::warning=no link {}: {error}", link.display());
        }
    }
}

#[cfg(not(unix))]
fn link_for_the_loader() {}
