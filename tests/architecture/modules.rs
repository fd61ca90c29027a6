//! The modules of a package, and which file uses which, read from the sources.
//!
//! Comments and texts are told apart from code by a lexer; what is only compiled for tests counts
//! for nothing.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// A file, by its path below the package.
pub type File = String;

/// Where the sources come from: the disk, or a test.
pub trait Sources {
    fn read(&self, file: &str) -> Option<String>;
}

/// The sources of a package on the disk.
pub struct Disk(pub PathBuf);

impl Sources for Disk {
    fn read(&self, file: &str) -> Option<String> {
        fs::read_to_string(self.0.join(file)).ok()
    }
}

impl Sources for HashMap<&str, &str> {
    fn read(&self, file: &str) -> Option<String> {
        self.get(file).map(|text| (*text).to_owned())
    }
}

/// What one file has of another.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Use {
    pub from: File,
    pub to: File,
    /// The path as it is written, such as `super::pages::Walk`.
    pub path: String,
}

/// A package as a graph of files.
#[derive(Debug, Default)]
pub struct Graph {
    pub files: BTreeMap<File, TokenStream>,
    pub uses: BTreeSet<Use>,
}

#[derive(Debug, Default)]
struct Module {
    file: File,
    children: BTreeSet<String>,
    /// Names that are imported or re-exported, and the paths that they stand for.
    imports: BTreeMap<String, Vec<String>>,
    globs: Vec<Vec<String>>,
    items: BTreeSet<String>,
    /// Every path that code begins with `crate`, `self`, `super` or a name from above.
    paths: Vec<Vec<String>>,
}

type Modules = BTreeMap<Vec<String>, Module>;

/// Reads a package from its root file, such as `src/lib.rs`.
pub fn graph(sources: &impl Sources, root: &str) -> Graph {
    let mut modules = Modules::new();
    let mut graph = Graph::default();
    read_file(sources, root, Vec::new(), &mut modules, &mut graph);
    for (name, module) in &modules {
        for path in &module.paths {
            if let Some(Found::Item(to)) = resolve(&modules, name, path, 0)
                && to != module.file
            {
                let path = path.join("::");
                graph.uses.insert(Use { from: module.file.clone(), to, path });
            }
        }
    }
    graph
}

fn read_file(
    sources: &impl Sources,
    file: &str,
    name: Vec<String>,
    modules: &mut Modules,
    graph: &mut Graph,
) {
    let text = sources.read(file).unwrap_or_else(|| panic!("{file} cannot be read"));
    let tokens: TokenStream = text.parse().unwrap_or_else(|error| panic!("{file}: {error}"));
    graph.files.insert(file.to_owned(), tokens.clone());
    let mut outside = Vec::new();
    read_module(tokens, file, name, modules, &mut outside);
    for child in outside {
        let path = child_file(sources, root_of(file), &child);
        read_file(sources, &path, child, modules, graph);
    }
}

fn root_of(file: &str) -> &Path {
    let first = file.find('/').unwrap_or(0);
    Path::new(&file[..first])
}

fn child_file(sources: &impl Sources, root: &Path, module: &[String]) -> File {
    let below: PathBuf = module.iter().collect();
    let stem = root.join(below);
    let stem = stem.to_str().expect("paths are UTF-8");
    let candidates = [format!("{stem}.rs"), format!("{stem}/mod.rs")];
    let found = candidates.into_iter().find(|file| sources.read(file).is_some());
    found.unwrap_or_else(|| panic!("module {} has no file", module.join("::")))
}

/// Reads what stands in one module; modules with files of their own are added to `outside`.
fn read_module(
    tokens: TokenStream,
    file: &str,
    name: Vec<String>,
    modules: &mut Modules,
    outside: &mut Vec<Vec<String>>,
) {
    let mut module = Module { file: file.to_owned(), ..Module::default() };
    let mut inside = Vec::new();
    let tokens = without_tests(tokens);
    read_items(&tokens, true, &mut module, &mut inside);
    for (child, body) in inside {
        module.children.insert(child.clone());
        let name = [name.as_slice(), &[child]].concat();
        match body {
            Some(body) => read_module(body, file, name, modules, outside),
            None => outside.push(name),
        }
    }
    modules.insert(name, module);
}

/// What is compiled for tests and fuzz targets alone.
const TEST_MARKS: [&str; 3] = ["cfg(test)", "cfg(fuzzing)", "cfg(any(test,fuzzing))"];

/// Leaves out each item that is compiled for tests alone.
pub fn without_tests(tokens: TokenStream) -> Vec<TokenTree> {
    let mut kept = Vec::new();
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        let is_test = is_punct(&token, '#')
            && matches!(tokens.peek(), Some(TokenTree::Group(group))
                if TEST_MARKS.contains(&group.stream().to_string().replace(' ', "").as_str()));
        if !is_test {
            kept.push(token);
            continue;
        }
        for token in tokens.by_ref() {
            let is_body = matches!(&token, TokenTree::Group(group)
                if group.delimiter() == Delimiter::Brace);
            if is_body || is_punct(&token, ';') {
                break;
            }
        }
    }
    kept
}

fn is_punct(token: &TokenTree, wanted: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == wanted)
}

fn ident(token: Option<&TokenTree>) -> Option<String> {
    match token {
        Some(TokenTree::Ident(ident)) => Some(ident.to_string()),
        _ => None,
    }
}

fn is_path_separator(tokens: &[TokenTree], at: usize) -> bool {
    matches!(tokens.get(at..at + 2), Some([a, b]) if is_punct(a, ':') && is_punct(b, ':'))
}

fn read_items(
    tokens: &[TokenTree],
    top: bool,
    module: &mut Module,
    inside: &mut Vec<(String, Option<TokenStream>)>,
) {
    const ITEMS: [&str; 8] = ["struct", "enum", "fn", "trait", "type", "const", "static", "union"];
    let mut at = 0;
    while at < tokens.len() {
        let word = ident(tokens.get(at)).unwrap_or_default();
        let next = ident(tokens.get(at + 1));
        if word == "use" {
            let end = (at..tokens.len()).find(|at| is_punct(&tokens[*at], ';'));
            let end = end.unwrap_or(tokens.len());
            read_use(&tokens[at + 1..end], &[], module);
            at = end + 1;
            continue;
        }
        if let ("mod", Some(child)) = (word.as_str(), &next) {
            let body = match tokens.get(at + 2) {
                Some(TokenTree::Group(group)) => Some(group.stream()),
                _ => None,
            };
            inside.push((child.clone(), body));
            at += 3;
            continue;
        }
        if let (true, Some(item)) = (ITEMS.contains(&word.as_str()) && top, &next) {
            module.items.insert(item.clone());
        }
        let follows = at >= 2 && is_path_separator(tokens, at - 2);
        let after_dot = at >= 1 && is_punct(&tokens[at - 1], '.');
        if !word.is_empty() && !follows && !after_dot && is_path_separator(tokens, at + 1) {
            let mut path = vec![word];
            while is_path_separator(tokens, at + 1)
                && let Some(segment) = ident(tokens.get(at + 3))
            {
                path.push(segment);
                at += 3;
            }
            module.paths.push(path);
        } else if let TokenTree::Group(group) = &tokens[at] {
            // What a function or a macro holds is no item of the module.
            let within = without_tests(group.stream());
            read_items(&within, false, module, inside);
        }
        at += 1;
    }
}

fn read_use(tokens: &[TokenTree], before: &[String], module: &mut Module) {
    let mut path = before.to_vec();
    let mut at = 0;
    while at < tokens.len() {
        match &tokens[at] {
            TokenTree::Ident(word) if *word == "as" => {
                let alias = ident(tokens.get(at + 1)).unwrap_or_default();
                import(alias, path, module);
                return;
            }
            TokenTree::Ident(word) => path.push(word.to_string()),
            TokenTree::Group(group) => {
                let parts: Vec<TokenTree> = group.stream().into_iter().collect();
                for part in parts.split(|token| is_punct(token, ',')) {
                    read_use(part, &path, module);
                }
                return;
            }
            token if is_punct(token, '*') => {
                module.globs.push(path.clone());
                path.push("*".to_owned());
                module.paths.push(path);
                return;
            }
            _ => {}
        }
        at += 1;
    }
    if path.len() > before.len() {
        if path.last().is_some_and(|last| last == "self") {
            path.pop();
        }
        let name = path.last().cloned().unwrap_or_default();
        import(name, path, module);
    }
}

fn import(name: String, path: Vec<String>, module: &mut Module) {
    module.paths.push(path.clone());
    module.imports.insert(name, path);
}

enum Found {
    Module(Vec<String>),
    /// The file that the item is defined in.
    Item(File),
}

/// What a path means in a module; `None` for what other packages define.
fn resolve(modules: &Modules, from: &[String], path: &[String], depth: usize) -> Option<Found> {
    assert!(depth < 20, "{path:?} leads in circles");
    let (first, mut rest) = path.split_first()?;
    let mut here = match first.as_str() {
        "crate" => Vec::new(),
        "self" => from.to_vec(),
        "super" => from[..from.len().checked_sub(1)?].to_vec(),
        name => {
            let module = &modules[from];
            if module.children.contains(name) {
                [from, &[name.to_owned()]].concat()
            } else if let Some(import) = module.imports.get(name) {
                if import == path {
                    return None;
                }
                match resolve(modules, from, import, depth + 1)? {
                    Found::Module(module) => module,
                    // A type, and what belongs to it.
                    item => return Some(item),
                }
            } else {
                return None;
            }
        }
    };
    while let Some((name, after)) = rest.split_first() {
        rest = after;
        let module = &modules[&here];
        if name == "*" {
            return Some(Found::Item(module.file.clone()));
        } else if name == "super" {
            here.pop();
        } else if module.children.contains(name) {
            here.push(name.clone());
        } else if let Some(import) = module.imports.get(name) {
            match resolve(modules, &here, import, depth + 1)? {
                Found::Module(module) => here = module,
                item => return Some(item),
            }
        } else if module.items.contains(name) || module.globs.is_empty() {
            return Some(Found::Item(module.file.clone()));
        } else {
            let globs = module.globs.iter();
            let mut targets = globs.filter_map(|glob| resolve(modules, &here, glob, depth + 1));
            let Some(Found::Module(target)) = targets.next() else { return None };
            return Some(Found::Item(modules[&target].file.clone()));
        }
    }
    Some(Found::Module(here))
}

/// The files that are in circles, each circle with the uses that make it one.
pub fn circles(graph: &Graph) -> Vec<Vec<&Use>> {
    let reaches = |from: &str| {
        let mut seen = BTreeSet::new();
        let mut open = vec![from];
        while let Some(file) = open.pop() {
            for used in graph.uses.iter().filter(|used| used.from == file) {
                if seen.insert(used.to.as_str()) {
                    open.push(&used.to);
                }
            }
        }
        seen
    };
    let reached: BTreeMap<&str, BTreeSet<&str>> =
        graph.files.keys().map(|file| (file.as_str(), reaches(file))).collect();
    let together = |a: &str, b: &str| reached[a].contains(b) && reached[b].contains(a);
    let mut circles: Vec<Vec<&Use>> = Vec::new();
    for used in graph.uses.iter().filter(|used| together(&used.from, &used.to)) {
        match circles.iter_mut().find(|circle| together(&circle[0].from, &used.from)) {
            Some(circle) => circle.push(used),
            None => circles.push(vec![used]),
        }
    }
    circles
}
