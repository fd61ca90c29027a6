//! Compares a page in Russian with the page in English that it belongs to. The words are different;
//! sections, code, tables, lists, names in backticks, numbers and links are not.

use std::collections::BTreeSet;

use crate::comments::stripped;
use crate::links::resolved;
use crate::page::{Page, Section};

/// What one page has and the other lacks, a sentence each.
pub fn differences(english: &Page, russian: &Page) -> Vec<String> {
    let mut found = Vec::new();
    for page in [english, russian] {
        let titles = page.sections.iter().filter(|section| section.level <= 1).count();
        if titles != 1 || page.sections[0].level != 1 {
            found.push(format!("{} must begin with its only title", page.path));
        }
    }
    for section in &russian.sections[1..] {
        if !english.sections[1..].iter().any(|other| named(section) == other.title) {
            found.push(format!(
                "{}, «{}»: the comment before it, {:?}, names no section of {}",
                russian.path,
                section.title,
                section.name.as_deref().unwrap_or(""),
                english.path
            ));
        }
    }
    let mut last = 0;
    for (index, section) in english.sections.iter().enumerate() {
        let all = russian.sections.iter().enumerate();
        let mut same = all.skip(1).filter(|(_, other)| named(other) == section.title);
        let counterpart = if index == 0 { Some((0, &russian.sections[0])) } else { same.next() };
        let Some((place, counterpart)) = counterpart else {
            found.push(format!(
                "{} lacks the section \"{}\" of {}",
                russian.path, section.title, english.path
            ));
            continue;
        };
        if place < last {
            found.push(format!(
                "{}, «{}»: stands at another place than in {}",
                russian.path, counterpart.title, english.path
            ));
        }
        last = last.max(place);
        let mut pair =
            Pair { section, counterpart, pages: [&english.path, &russian.path], found: &mut found };
        pair.levels();
        pair.code();
        pair.tables();
        pair.items();
        pair.names();
        pair.numbers();
        pair.links();
    }
    found
}

/// Each page of a pair leads to the other one, at its beginning.
pub fn lacking_links(english: &Page, russian: &Page) -> Vec<String> {
    let mut found = Vec::new();
    for (page, other) in [(english, russian), (russian, english)] {
        let mut targets = page.sections[0].links.iter().filter_map(|it| resolved(&page.path, it));
        if !targets.any(|(file, _)| file == other.path) {
            found.push(format!("{} lacks a link to {} below its title", page.path, other.path));
        }
    }
    found
}

/// The title of the English section that a Russian one belongs to. Titles such as Python are the same.
fn named(section: &Section) -> &str {
    section.name.as_ref().unwrap_or(&section.title)
}

struct Pair<'a> {
    section: &'a Section,
    counterpart: &'a Section,
    pages: [&'a str; 2],
    found: &'a mut Vec<String>,
}

impl Pair<'_> {
    fn say(&mut self, what: &str) {
        let [_, russian] = self.pages;
        let title = &self.counterpart.title;
        self.found.push(format!("{russian}, «{title}»: {what}"));
    }

    fn levels(&mut self) {
        let [wanted, level] = [self.section.level, self.counterpart.level];
        if wanted != level {
            self.say(&format!(
                "is a heading of level {level}, the English one is of level {wanted}"
            ));
        }
    }

    fn code(&mut self) {
        let (wanted, there) = (&self.section.code, &self.counterpart.code);
        if wanted.len() != there.len() {
            self.say(&format!(
                "{} blocks of code, the English one has {}",
                there.len(),
                wanted.len()
            ));
            return;
        }
        for (index, (wanted, there)) in wanted.iter().zip(there).enumerate() {
            let number = index + 1;
            if wanted.0 != there.0 {
                self.say(&format!(
                    "block of code {number} is of {:?}, the English one of {:?}",
                    there.0, wanted.0
                ));
            }
            let lines = match wanted.0.as_str() {
                "console" => [&wanted.1, &there.1].map(|text| commands(text)),
                _ => [&wanted.1, &there.1].map(|text| stripped(text)),
            };
            let [mut wanted, mut there] = lines.each_ref().map(|text| text.lines());
            loop {
                match (wanted.next(), there.next()) {
                    (None, None) => break,
                    (wanted, there) if wanted == there => {}
                    (wanted, there) => {
                        self.say(&format!(
                            "block of code {number} has the line {:?}, the English one {:?}",
                            there.unwrap_or("(end)"),
                            wanted.unwrap_or("(end)")
                        ));
                        break;
                    }
                }
            }
        }
    }

    fn tables(&mut self) {
        let (wanted, there) = (&self.section.tables, &self.counterpart.tables);
        if wanted.len() != there.len() {
            self.say(&format!("{} tables, the English one has {}", there.len(), wanted.len()));
            return;
        }
        for (wanted, there) in wanted.iter().zip(there) {
            if wanted[0].len() != there[0].len() {
                self.say(&format!(
                    "the table has {} columns, the English one {}",
                    there[0].len(),
                    wanted[0].len()
                ));
                continue;
            }
            // Rows whose first cell is a name or a number are known by it, others by their place.
            let keys = |rows: &[Vec<String>]| -> BTreeSet<String> {
                rows[1..].iter().map(|row| row[0].clone()).filter(|key| !has_words(key)).collect()
            };
            let [wanted_keys, there_keys] = [keys(wanted), keys(there)];
            for key in wanted_keys.difference(&there_keys) {
                self.say(&format!("the table lacks the row {key}"));
            }
            for key in there_keys.difference(&wanted_keys) {
                self.say(&format!("the table has the row {key}, which the English one lacks"));
            }
            if wanted.len() != there.len() {
                self.say(&format!(
                    "the table has {} rows, the English one {}",
                    there.len() - 1,
                    wanted.len() - 1
                ));
                continue;
            }
            for (wanted, there) in wanted[1..].iter().zip(&there[1..]) {
                for (wanted, cell) in wanted.iter().zip(there) {
                    let words = |text: &str| {
                        text.replace(|it: char| it.is_whitespace() || ",.".contains(it), "")
                    };
                    if !has_words(wanted) && words(wanted) != words(cell) {
                        self.say(&format!(
                            "the table's row {} has {cell}, the English one {wanted}",
                            there[0]
                        ));
                    }
                }
            }
        }
    }

    fn items(&mut self) {
        let [wanted, there] = [self.section.items, self.counterpart.items];
        if wanted != there {
            self.say(&format!("{there} entries of lists, the English one has {wanted}"));
        }
    }

    fn names(&mut self) {
        for name in self.section.spans.difference(&self.counterpart.spans) {
            self.say(&format!("lacks `{name}`"));
        }
        // Names of 1C belong to the Russian pages alone.
        let russian =
            |name: &&String| name.contains(|letter| matches!(letter, 'а'..='я' | 'А'..='Я'));
        let extra = self.counterpart.spans.difference(&self.section.spans);
        for name in extra.filter(|name| !russian(name)) {
            self.say(&format!("has `{name}`, which the English one lacks"));
        }
    }

    /// A number that the English page writes as a word may be digits in Russian.
    fn numbers(&mut self) {
        for number in self.section.numbers.difference(&self.counterpart.numbers) {
            self.say(&format!("lacks the number {number}"));
        }
    }

    fn links(&mut self) {
        let targets = |section: &Section, page: &str| -> BTreeSet<String> {
            let targets = section.links.iter().map(|link| match resolved(page, link) {
                Some((file, _)) => file.replace("docs/ru/", "docs/").replace("README.ru", "README"),
                None => link.clone(),
            });
            // Each page names the other one.
            let itself = self.pages[0];
            targets.filter(|target| target != itself).collect()
        };
        let there = targets(self.counterpart, self.pages[1]);
        for target in targets(self.section, self.pages[0]).difference(&there) {
            self.say(&format!("lacks a link to {target}"));
        }
    }
}

/// What is typed in a transcript: the programs speak the language of the page.
fn commands(transcript: &str) -> String {
    let typed = transcript.lines().filter(|line| line.starts_with("$ ") || *line == "^C");
    typed.map(|line| format!("{line}\n")).collect()
}

/// Whether a cell says more than names and numbers.
fn has_words(cell: &str) -> bool {
    cell.split('`').step_by(2).any(|words| words.contains(char::is_alphabetic))
}
