//! The header is what the source says. `YMCHAT_BLESS=1 cargo test --test header` rewrites it.

use std::fs;
use std::path::Path;

fn generate() -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut config = cbindgen::Config::from_root_or_default(root);
    let version = env!("CARGO_PKG_VERSION");
    config.after_includes = config.after_includes.map(|text| text.replace("@VERSION@", version));
    let mut header = Vec::new();
    cbindgen::Builder::new()
        .with_config(config)
        .with_src(root.join("bindings/c/src/exports.rs"))
        .generate()
        .expect("bindings/c/src/exports.rs can be read")
        .write(&mut header);
    // How to call a function from Rust is of no use in C.
    let text = String::from_utf8(header).unwrap();
    let mut lines: Vec<&str> = Vec::new();
    let mut skipping = false;
    for line in text.lines() {
        match line.trim_start() {
            "* # Safety" => {
                skipping = true;
                while lines.last().is_some_and(|line| line.trim() == "*") {
                    lines.pop();
                }
            }
            "*/" => skipping = false,
            _ => {}
        }
        if !skipping {
            lines.push(line);
        }
    }
    lines.join("\n") + "\n"
}

#[test]
fn the_committed_header_is_the_generated_one() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("include/ymchat.h");
    let generated = generate();
    if std::env::var_os("YMCHAT_BLESS").is_some() {
        fs::write(&path, &generated).unwrap();
    }
    let committed = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == generated,
        "include/ymchat.h is not what bindings/c/src says: run YMCHAT_BLESS=1 cargo test --test header"
    );
}
