//! How the shared library is linked. Nothing is generated here: the header is committed, and a
//! test keeps it in step.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    match std::env::var("CARGO_CFG_TARGET_OS").as_deref() {
        Ok("linux") => {
            // A host that binds symbols late must not find a hole in the middle of a call.
            // The coverage counters of a fuzzer are defined in the program that it links.
            if std::env::var_os("CARGO_CFG_FUZZING").is_none() {
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
        _ => {}
    }
}
