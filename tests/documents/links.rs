//! Links within the repository: each leads to a file that exists, and to a heading of it.

use std::collections::HashMap;
use std::fs;
use std::path::{Component, Path, PathBuf};

use crate::page::Page;
use crate::{read, root};

/// The file from the root and the heading that a link leads to; nothing for one that leaves the
/// repository.
pub fn resolved(page: &str, link: &str) -> Option<(String, String)> {
    if link.contains("://") || link.starts_with("mailto:") {
        return None;
    }
    let (file, heading) = link.split_once('#').unwrap_or((link, ""));
    if file.is_empty() {
        return Some((page.to_owned(), heading.to_owned()));
    }
    let mut path = PathBuf::new();
    for part in Path::new(page).parent().unwrap().join(file).components() {
        match part {
            Component::ParentDir => {
                path.pop();
            }
            part => path.push(part),
        }
    }
    Some((path.to_str().unwrap().replace('\\', "/"), heading.to_owned()))
}

/// What GitHub calls the headings of a page in its links.
fn headings(page: &Page) -> Vec<String> {
    let mut seen: HashMap<String, usize> = HashMap::new();
    let titles = page.sections.iter().map(|section| {
        let letters = section.title.to_lowercase();
        let kept =
            letters.chars().filter(|it| it.is_alphanumeric() || matches!(it, ' ' | '-' | '_'));
        kept.map(|letter| if letter == ' ' { '-' } else { letter }).collect::<String>()
    });
    let titles: Vec<String> = titles.collect();
    titles
        .into_iter()
        .map(|title| {
            let times = seen.entry(title.clone()).or_default();
            *times += 1;
            if *times == 1 { title } else { format!("{title}-{}", *times - 1) }
        })
        .collect()
}

/// What is made here, and is no part of the repository.
const MADE: [&str; 6] = [".git", "target", "dist", "build", "node_modules", "__pycache__"];

fn all_pages(directory: &Path, found: &mut Vec<String>) {
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        if path.is_dir() && !path.is_symlink() {
            // A virtual environment has pages of its own.
            if !MADE.contains(&name) && !path.join("pyvenv.cfg").exists() {
                all_pages(&path, found);
            }
        } else if name.ends_with(".md") {
            let path = path.strip_prefix(root()).unwrap();
            found.push(path.to_str().unwrap().replace('\\', "/"));
        }
    }
}

/// Directories of the repository: what stands in backticks and begins with one is a path.
const PARTS: [&str; 9] =
    ["benches", "bindings", "docs", "examples", "fuzz", "include", "packaging", "src", "tests"];

/// Paths from the root that a page names and that lead to nothing.
fn stale(page: &Page, is_there: &dyn Fn(&str) -> bool) -> Vec<String> {
    let names = page.sections.iter().flat_map(|section| &section.spans);
    let paths = names.filter(|name| {
        let in_path = |letter: char| letter.is_ascii_alphanumeric() || "/._-".contains(letter);
        name.split_once('/').is_some_and(|(part, _)| PARTS.contains(&part))
            && name.chars().all(in_path)
    });
    let gone = paths.filter(|path| !is_there(path) && !is_there(&beside(&page.path, path)));
    gone.map(|path| format!("{}: `{path}` does not exist", page.path)).collect()
}

fn beside(page: &str, path: &str) -> String {
    Path::new(page).with_file_name(path).to_str().unwrap().to_owned()
}

/// What is wrong with the links of a page; `read` gives the text of another page, or nothing.
fn broken(
    page: &Page,
    is_there: &dyn Fn(&str) -> bool,
    read: &dyn Fn(&str) -> String,
) -> Vec<String> {
    let mut found = Vec::new();
    for link in page.sections.iter().flat_map(|section| &section.links) {
        let Some((file, heading)) = resolved(&page.path, link) else { continue };
        if !is_there(&file) {
            found.push(format!("{}: the link {link} leads to no file", page.path));
        } else if !heading.is_empty() && file.ends_with(".md") {
            let there = headings(&Page::new(&file, &read(&file)));
            if !there.contains(&heading) {
                found.push(format!("{}: the link {link} leads to no heading", page.path));
            }
        }
    }
    found
}

#[test]
fn each_link_leads_to_a_file_and_a_heading() {
    let mut pages = Vec::new();
    all_pages(root(), &mut pages);
    pages.sort();
    assert!(pages.iter().any(|page| page == "docs/ru/errors.md"), "{pages:?}");
    let mut wrong = Vec::new();
    for page in pages {
        let page = Page::new(&page, &read(&page));
        wrong.extend(broken(&page, &|file| root().join(file).exists(), &read));
        // What is made by a build is there or not.
        wrong.extend(stale(&page, &|file| {
            file.contains("compare/build") || root().join(file).exists()
        }));
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn a_link_that_leads_nowhere_is_found() {
    let page = "# One\n[a](two.md) [b](two.md#the-part) [c](#one) [d](https://example.org/x)\n\
                [e](three.md) [f](two.md#part) [g](#two) [h](../docs/two.md#часть-2-я)\n";
    let page = Page::new("docs/one.md", page);
    let two = "# Two\n## The part\n## Часть 2-я\n";
    let wrong = broken(&page, &|file| ["docs/one.md", "docs/two.md"].contains(&file), &|file| {
        if file == "docs/two.md" { two.to_owned() } else { "# One\n".to_owned() }
    });
    let wanted = [
        "docs/one.md: the link #two leads to no heading",
        "docs/one.md: the link three.md leads to no file",
        "docs/one.md: the link two.md#part leads to no heading",
    ];
    assert_eq!(wrong, wanted);
}

#[test]
fn a_path_that_does_not_exist_is_found() {
    let page = "# One\n`src/gone.rs` `src/lib.rs` `examples/*.c` `name/version` `tests/there`\n";
    let page = Page::new("docs/one.md", page);
    let wrong = stale(&page, &|file| ["src/lib.rs", "docs/tests/there"].contains(&file));
    assert_eq!(wrong, ["docs/one.md: `src/gone.rs` does not exist"]);
}
