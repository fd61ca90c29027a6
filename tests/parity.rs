//! Each binding covers the whole of include/ymchat.h: every function, every status, every option
//! and every member of the configuration.

use std::fs;
use std::path::{Path, PathBuf};

/// A binding: where its sources are, and how a status is written there.
struct Binding {
    name: &'static str,
    /// A file, or a directory with files of this extension, those of its directories included.
    sources: &'static str,
    extension: &'static str,
    /// What begins a comment; block comments and docstrings are left out as well.
    comment: &'static str,
    blocks: &'static [(&'static str, &'static str)],
    /// Beginnings of the names of functions that it has no use for: these languages have exact JSON
    /// readers, and names for statuses, of their own.
    without: &'static [&'static str],
    /// Every way of writing `NAME` with its number, as one line without spaces begins.
    status: fn(name: &str, number: &str) -> String,
}

const BINDINGS: [Binding; 4] = [
    Binding {
        name: "C++",
        sources: "bindings/cpp",
        extension: "hpp",
        comment: "//",
        blocks: &[("/*", "*/")],
        without: &["ymchat_json_quote", "ymchat_status_name"],
        status: |name, _| format!("{}=YMCHAT_{name},", name.to_lowercase()),
    },
    Binding {
        name: "Python",
        sources: "bindings/python/ymchat",
        extension: "py",
        comment: "#",
        blocks: &[("\"\"\"", "\"\"\"")],
        without: &["ymchat_json_", "ymchat_status_name"],
        status: |name, number| format!("{name}={number}"),
    },
    Binding {
        name: "Pascal",
        sources: "bindings/pascal/ymchat.pas",
        extension: "pas",
        comment: "//",
        // Braces are left to directives of the compiler.
        blocks: &[("(*", "*)")],
        without: &[],
        status: |name, number| format!("YMCHAT_{name}={number};"),
    },
    Binding {
        name: "C#",
        sources: "bindings/csharp/YmChat.cs",
        extension: "cs",
        comment: "//",
        blocks: &[("/*", "*/")],
        without: &[],
        status: |name, number| format!("{}={number},", pascal_case(name)),
    },
];

/// `NOT_FOUND` as `NotFound`.
fn pascal_case(name: &str) -> String {
    let words = name.split('_').map(|word| word[..1].to_owned() + &word[1..].to_lowercase());
    words.collect()
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn is_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

/// The names in a text.
fn names(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c| !is_name(c)).filter(|name| !name.is_empty())
}

/// A text without its comments.
fn code(text: &str, comment: &str, blocks: &[(&str, &str)]) -> String {
    let mut text = text.to_owned();
    for (open, close) in blocks {
        while let Some(start) = text.find(open) {
            let inside = start + open.len();
            let end = text[inside..].find(close).map_or(text.len(), |at| inside + at + close.len());
            text.replace_range(start..end, " ");
        }
    }
    let lines = text.lines().map(|line| line.split(comment).next().unwrap_or_default());
    lines.collect::<Vec<_>>().join("\n")
}

/// What the header declares and explains.
struct Header {
    functions: Vec<String>,
    statuses: Vec<(String, String)>,
    options: Vec<String>,
}

impl Header {
    /// The functions that a binding has to have.
    fn wanted_functions(&self, binding: &Binding) -> impl Iterator<Item = &String> {
        let without = binding.without;
        self.functions
            .iter()
            .filter(move |name| !without.iter().any(|begin| name.starts_with(begin)))
    }
}

fn header() -> Header {
    let text = fs::read_to_string(root().join("include/ymchat.h")).unwrap();
    let code = code(&text, "//", &[("/*", "*/")]);
    Header { functions: functions(&code), statuses: statuses(&code), options: options(&text) }
}

/// Every function that the header declares.
fn functions(header: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (at, _) in header.match_indices('(') {
        let name = header[..at].rsplit(|c| !is_name(c)).next().unwrap_or_default();
        if name.starts_with("ymchat_") {
            found.push(name.to_owned());
        }
    }
    found
}

/// The members of options and of the configuration that the header explains: the words in quotes
/// that begin with a small letter, after "Options:" or "Members of the configuration" and before
/// the next sentence of another kind.
fn options(documentation: &str) -> Vec<String> {
    let lines = documentation.lines().map(|line| line.trim_start_matches([' ', '*', '/']).trim());
    let text = lines.collect::<Vec<_>>().join("\n");
    let mut found = Vec::new();
    for start in ["\nOptions:", "\nMembers of the configuration"] {
        for part in text.split(start).skip(1) {
            let end = ["\n\n", "\nResult", "\n@param", "\nReturns"];
            let end = end.iter().filter_map(|end| part.find(end)).min().unwrap_or(part.len());
            // Values and examples stand in parentheses.
            let mut depth = 0_usize;
            let outside = part[..end].chars().filter(|c| {
                match c {
                    '(' => depth += 1,
                    ')' => depth = depth.saturating_sub(1),
                    _ => {}
                }
                depth == 0
            });
            let outside: String = outside.collect();
            for word in outside.split('"').skip(1).step_by(2) {
                if word.starts_with(|c: char| c.is_ascii_lowercase())
                    && word.chars().all(is_name)
                    && !found.iter().any(|name| name == word)
                {
                    found.push(word.to_owned());
                }
            }
        }
    }
    found
}

/// Every status that the header defines, without its prefix, and its number.
fn statuses(header: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for line in header.lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        if let ["#define", name, number] = words[..]
            && let Some(name) = name.strip_prefix("YMCHAT_")
            && !name.contains("VERSION")
            && !name.starts_with("LOG_")
            && number.parse::<i32>().is_ok()
        {
            found.push((name.to_owned(), number.to_owned()));
        }
    }
    found
}

/// The files of this extension in a directory and its directories.
fn files_in(directory: &Path, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files_in(&path, extension));
        } else if path.extension().is_some_and(|e| e == extension) {
            found.push(path);
        }
    }
    found
}

/// The code of a binding, without comments.
fn sources(binding: &Binding) -> String {
    let path = root().join(binding.sources);
    let files = if path.is_dir() { files_in(&path, binding.extension) } else { vec![path] };
    assert!(!files.is_empty(), "{}: no sources in {}", binding.name, binding.sources);
    let read = |file: PathBuf| {
        let text = fs::read_to_string(&file);
        let text = text.unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        code(&text, binding.comment, binding.blocks)
    };
    files.into_iter().map(read).collect::<Vec<_>>().join("\n")
}

/// What a binding lacks of the header.
fn missing(header: &Header, binding: &Binding, code: &str) -> Vec<String> {
    let wanted = header.wanted_functions(binding).chain(&header.options);
    let mut missing: Vec<String> =
        wanted.filter(|wanted| !names(code).any(|name| name == *wanted)).cloned().collect();
    let lines: Vec<String> = code.lines().map(|line| line.replace([' ', '\t'], "")).collect();
    for (name, number) in &header.statuses {
        let wanted = (binding.status)(name, number);
        if !lines.contains(&wanted) {
            missing.push(wanted);
        }
    }
    missing
}

#[test]
fn the_header_is_understood() {
    let header = header();
    assert!(header.functions.len() >= 18, "{:?}", header.functions);
    assert!(header.functions.iter().any(|name| name == "ymchat_get_messages_since"));
    assert!(header.statuses.len() >= 15, "{:?}", header.statuses);
    assert!(header.statuses.contains(&("REJECTED".into(), "13".into())));
    for wanted in ["apiKey", "allowInsecureHttp", "statuses", "messageIdFrom", "afterMessageId"] {
        assert!(header.options.iter().any(|name| name == wanted), "{:?}", header.options);
    }
    assert!(header.options.len() >= 27, "{:?}", header.options);
}

#[test]
fn every_binding_covers_the_header() {
    let header = header();
    let mut gaps = Vec::new();
    for binding in &BINDINGS {
        let missing = missing(&header, binding, &sources(binding));
        if !missing.is_empty() {
            gaps.push(format!("{} ({}) lacks {missing:?}", binding.name, binding.sources));
        }
    }
    assert!(gaps.is_empty(), "{}", gaps.join("\n"));
}

#[test]
fn what_is_missing_is_found() {
    let header = header();
    let text = fs::read_to_string(root().join("include/ymchat.h")).unwrap();
    for binding in &BINDINGS {
        // A binding that only speaks of everything in a comment.
        let comment =
            text.replace(['/', '*'], " ").replace('\n', &format!("\n{} ", binding.comment));
        let text = format!("{0} {comment}", binding.comment);
        let code = code(&text, binding.comment, binding.blocks);
        let functions = header.wanted_functions(binding).count();
        assert!((18..=header.functions.len()).contains(&functions), "{}", binding.name);
        let all = functions + header.options.len() + header.statuses.len();
        assert_eq!(missing(&header, binding, &code).len(), all, "{}", binding.name);
    }
    // A function, an option and a status that are new in the header.
    let newer = "#define YMCHAT_TOO_NEW 15\nymchat_status ymchat_new_one(void);\n";
    let newer = Header {
        functions: functions(newer),
        statuses: statuses(newer),
        options: options(
            "/**\n * Options: those of ymchat_get_chats; \"newest\" (or \"x\").\n *\n",
        ),
    };
    let missing = missing(&newer, &BINDINGS[0], &sources(&BINDINGS[0]));
    assert_eq!(missing, ["ymchat_new_one", "newest", "too_new=YMCHAT_TOO_NEW,"]);
}
