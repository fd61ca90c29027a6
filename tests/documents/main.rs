//! The documents: what each page in Russian has and lacks beside the English one, and where links
//! lead.

mod comments;
mod links;
mod page;
mod pairs;
mod planted;

use std::fs;
use std::path::Path;

use page::Page;

/// Pages in English that have no Russian one, and why.
const ENGLISH_ALONE: [(&str, &str); 5] = [
    ("docs/cpp.md", "the header documents everything; the calls are those of docs/ru/c.md"),
    ("docs/packaging.md", "for those who build the packages"),
    ("docs/performance.md", "figures, no instructions"),
    ("docs/python.md", "the package documents itself, in `help(ymchat)`"),
    ("docs/rust.md", "the reference on docs.rs is English"),
];

/// Pages in Russian that have no English one, and why.
const RUSSIAN_ALONE: [(&str, &str); 1] =
    [("docs/1c.ru.md", "those who program 1C:Enterprise read Russian; it begins with an abstract")];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(name: &str) -> String {
    fs::read_to_string(root().join(name)).unwrap_or_else(|why| panic!("{name}: {why}"))
}

/// The pages of a directory, as paths from the root, in the order of their names.
fn pages_in(directory: &str) -> Vec<String> {
    let entries = fs::read_dir(root().join(directory)).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let pages = names.filter(|name| name.ends_with(".md"));
    let mut pages: Vec<String> = pages.map(|name| format!("{directory}/{name}")).collect();
    pages.sort();
    pages
}

/// The page in Russian that belongs to a page in English.
fn russian_of(english: &str) -> String {
    match english.strip_prefix("docs/") {
        Some(name) => format!("docs/ru/{name}"),
        None => english.replace(".md", ".ru.md"),
    }
}

#[test]
fn each_page_has_one_in_the_other_language_or_a_reason_to_have_none() {
    let alone = |page: &String, list: &[(&str, &str)]| list.iter().any(|(name, _)| name == page);
    let mut wrong = Vec::new();
    for page in pages_in("docs") {
        if alone(&page, &RUSSIAN_ALONE) {
            continue;
        }
        let russian = russian_of(&page);
        match (root().join(&russian).is_file(), alone(&page, &ENGLISH_ALONE)) {
            (false, false) => wrong.push(format!("{page} has no {russian} and no reason for it")),
            (true, true) => wrong.push(format!("{page} is listed as alone, and has {russian}")),
            _ => {}
        }
    }
    for page in pages_in("docs/ru") {
        if !root().join(page.replace("docs/ru/", "docs/")).is_file() {
            wrong.push(format!("{page} has no page in English"));
        }
    }
    let listed = ENGLISH_ALONE.iter().chain(&RUSSIAN_ALONE);
    for (page, _) in listed.filter(|(page, _)| !root().join(page).is_file()) {
        wrong.push(format!("{page} is listed, and does not exist"));
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn each_russian_page_says_what_the_english_one_says() {
    let mut english: Vec<String> = pages_in("docs");
    let bindings = ["pascal", "csharp"].map(|name| format!("bindings/{name}/README.md"));
    english.extend(bindings.into_iter().chain(["README.md".to_owned()]));
    english.retain(|page| root().join(russian_of(page)).is_file());
    assert!(english.len() > 5, "the pairs were not found: {english:?}");
    let mut wrong = Vec::new();
    for english in &english {
        let russian = russian_of(english);
        let pages = [english, &russian].map(|name| Page::new(name, &read(name)));
        wrong.extend(pairs::differences(&pages[0], &pages[1]));
        wrong.extend(pairs::lacking_links(&pages[0], &pages[1]));
    }
    assert!(wrong.is_empty(), "{} differences:\n{}", wrong.len(), wrong.join("\n"));
}
