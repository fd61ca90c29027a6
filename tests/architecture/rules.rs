//! The rules, each as a function that says what is wrong.

use proc_macro2::{TokenStream, TokenTree};

use crate::modules::{Graph, circles};

/// From the bottom up: a file may use its own layer and those before it. A name is a module, and
/// all that is below it.
const LAYERS: [(&str, &[&str]); 6] = [
    (
        "basics",
        &[
            "cancel",
            "clock",
            "dates",
            "error",
            "fields",
            "json_document",
            "json_scan",
            "json_text",
            "language",
            "process",
            "secret",
            "sentences",
            "sha256",
            "sorting",
            "status",
        ],
    ),
    ("settings", &["settings"]),
    ("transport", &["transport"]),
    ("pipeline", &["pipeline"]),
    ("api", &["api", "message_check", "model", "notification"]),
    ("client", &["call_time", "client", "config", "internal", "iterators", "lib", "raw"]),
];

/// Crates that move bytes.
const WIRE: [&str; 6] = ["ureq", "rustls", "socket2", "rustix", "webpki_roots", "rustls_pki_types"];

pub fn no_circles(graph: &Graph) -> Result<(), String> {
    let circles = circles(graph);
    if circles.is_empty() {
        return Ok(());
    }
    let mut text = String::from("files use each other in circles:");
    for circle in circles {
        text.push_str("\n  a circle:");
        let mut pair = None;
        for used in circle {
            // One path for each pair of files is enough to find it.
            if pair.replace((&used.from, &used.to)) != Some((&used.from, &used.to)) {
                text.push_str(&format!("\n    {} -> {} ({})", used.from, used.to, used.path));
            }
        }
    }
    Err(text)
}

/// The layer of a file such as `src/api/pages.rs`.
fn layer(file: &str) -> Result<usize, String> {
    let below = file.strip_prefix("src/").unwrap_or(file);
    let module = below.split(['/', '.']).next().unwrap_or_default();
    LAYERS
        .iter()
        .position(|(_, modules)| modules.contains(&module))
        .ok_or_else(|| format!("{file} is in no layer: give it one in tests/architecture/rules.rs"))
}

pub fn layers_point_down(graph: &Graph) -> Result<(), String> {
    for file in graph.files.keys() {
        layer(file)?;
    }
    for used in &graph.uses {
        let (from, to) = (layer(&used.from)?, layer(&used.to)?);
        if to > from {
            return Err(format!(
                "{} ({}) uses {} ({}), which is above it: {}",
                used.from, LAYERS[from].0, used.to, LAYERS[to].0, used.path
            ));
        }
    }
    Ok(())
}

pub fn only_the_transport_knows_how_bytes_travel(graph: &Graph) -> Result<(), String> {
    for (file, tokens) in &graph.files {
        if layer(file)? != layer("src/transport.rs")?
            && let Some(word) = find(tokens, &WIRE)
        {
            return Err(format!("{file} names {word}, which is the transport's business"));
        }
    }
    Ok(())
}

pub fn no_unsafe(graph: &Graph) -> Result<(), String> {
    forbid(graph, &["unsafe", "unsafe_code"])
}

pub fn no_exported_symbols(graph: &Graph) -> Result<(), String> {
    forbid(graph, &["no_mangle", "export_name"])
}

/// `ymchat::internal` is for the bindings.
pub fn no_internals(graph: &Graph) -> Result<(), String> {
    forbid(graph, &["internal"])
}

fn forbid(graph: &Graph, words: &[&str]) -> Result<(), String> {
    for (file, tokens) in &graph.files {
        if let Some(word) = find(tokens, words) {
            return Err(format!("{file} has {word}"));
        }
    }
    Ok(())
}

/// The first of these words that stands in the code.
fn find(tokens: &TokenStream, words: &[&str]) -> Option<String> {
    tokens.clone().into_iter().find_map(|token| match token {
        TokenTree::Group(group) => find(&group.stream(), words),
        TokenTree::Ident(word) => {
            let word = word.to_string();
            words.contains(&word.as_str()).then_some(word)
        }
        _ => None,
    })
}
