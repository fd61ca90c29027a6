//! The header is what the source says. `YMCHAT_BLESS=1 cargo test --test header` rewrites it.

use std::fs;
use std::path::Path;

/// The files of bindings/c/src/exports, in the order of the header's sections.
const SECTIONS: [&str; 10] = [
    "open",
    "shops",
    "chats",
    "sync",
    "files",
    "notifications",
    "sends",
    "running",
    "log",
    "versions",
];

fn generate() -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut config = cbindgen::Config::from_root_or_default(root);
    let version = env!("CARGO_PKG_VERSION");
    config.after_includes = config.after_includes.map(|text| text.replace("@VERSION@", version));
    let mut header = Vec::new();
    let sources = root.join("bindings/c/src");
    let exports = SECTIONS.iter().map(|name| sources.join("exports").join(name));
    let files = exports.chain([sources.join("json.rs")]);
    let builder = cbindgen::Builder::new().with_config(config).with_src(sources.join("types.rs"));
    files
        .fold(builder, |builder, file| builder.with_src(file.with_extension("rs")))
        .generate()
        .expect("bindings/c/src can be read")
        .write(&mut header);
    let text = String::from_utf8(header).unwrap();
    let (text, titles) = with_sections(&without_safety(&text));
    let contents: Vec<String> = titles
        .iter()
        .enumerate()
        .map(|(index, title)| format!(" * {:2}. {title}", index + 1))
        .collect();
    with_calling_convention(&text.replace("@CONTENTS@", &contents.join("\n")))
}

/// How to call a function from Rust is of no use in C.
fn without_safety(text: &str) -> String {
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

/// A comment that begins with `==== title ====` begins a section: up to `====` stands what is said
/// of all of it, and then the function's own comment. Gives the titles, too.
fn with_sections(text: &str) -> (String, Vec<String>) {
    let rule = "-".repeat(90);
    let mut titles = Vec::new();
    let mut out: Vec<String> = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let title = line.trim_start_matches([' ', '*']);
        let Some(title) = title.strip_prefix("==== ").and_then(|rest| rest.strip_suffix(" ===="))
        else {
            out.push(line.to_owned());
            continue;
        };
        assert_eq!(out.pop().as_deref(), Some("/**"), "{title} begins a comment");
        titles.push(title.to_owned());
        out.push(format!("/* {rule}"));
        out.push(format!(" * {}. {}", titles.len(), title.to_uppercase()));
        out.push(" *".to_owned());
        out.extend(lines.by_ref().take_while(|line| line.trim() != "* ====").map(str::to_owned));
        out.push(format!(" * {rule} */"));
        out.push(String::new());
        out.push("/**".to_owned());
        // The empty line after it.
        lines.next();
    }
    (out.join("\n") + "\n", titles)
}

/// Puts the macros around each function's return type (`__cdecl` has to stand after it, where
/// cbindgen writes nothing), and the arguments into as few lines as there is room for.
fn with_calling_convention(text: &str) -> String {
    const WIDTH: usize = 100;
    let mut out: Vec<String> = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let declared = line.split_once('(').filter(|(before, _)| {
            !line.starts_with([' ', '/', '#', '*']) && before.contains("ymchat_")
        });
        let Some((before, arguments)) = declared else {
            // A type of functions: the macro belongs to the pointer.
            out.push(line.replace("(*ymchat_", "(YMCHAT_CALL *ymchat_"));
            continue;
        };
        let name = before.rfind("ymchat_").expect("it has a name");
        let (result, name) = before.split_at(name);
        let head = format!("YMCHAT_API {result}YMCHAT_CALL {name}(");
        let mut arguments = arguments.to_owned();
        while !arguments.ends_with(");") {
            arguments.push(' ');
            arguments.push_str(lines.next().expect("the declaration ends").trim());
        }
        if head.len() + arguments.len() <= WIDTH {
            out.push(head + &arguments);
            continue;
        }
        out.push(head);
        let mut part = "   ".to_owned();
        for argument in arguments.split_inclusive(", ") {
            if part.len() + 1 + argument.trim_end().len() > WIDTH {
                out.push(std::mem::replace(&mut part, "   ".to_owned()));
            }
            part.push(' ');
            part.push_str(argument.trim_end());
        }
        out.push(part);
    }
    out.join("\n") + "\n"
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
