//! A page in Markdown, taken apart into its sections.

use std::collections::BTreeSet;

use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Options, Parser, Tag, TagEnd};

/// What stands below one heading, up to the next of any level.
#[derive(Default)]
pub struct Section {
    pub level: usize,
    pub title: String,
    /// The comment before the heading: in a Russian page the title of the English section, where it differs.
    pub name: Option<String>,
    /// The language after the fence, and the text.
    pub code: Vec<(String, String)>,
    /// The rows of each table, the heading first; names stay in backticks.
    pub tables: Vec<Vec<Vec<String>>>,
    /// Entries of lists.
    pub items: usize,
    /// What stands in backticks.
    pub spans: BTreeSet<String>,
    /// Numbers that are written with digits, without the separators of thousands.
    pub numbers: BTreeSet<String>,
    /// Where links lead, as written.
    pub links: BTreeSet<String>,
}

pub struct Page {
    /// The path from the root of the repository.
    pub path: String,
    /// The first one has the page's title, or what stands before any heading.
    pub sections: Vec<Section>,
}

impl Page {
    pub fn new(path: &str, text: &str) -> Self {
        let mut reader = Reader::default();
        for event in Parser::new_ext(text, Options::ENABLE_TABLES) {
            reader.take(event);
        }
        let mut sections = reader.sections;
        sections.push(reader.section);
        // Nothing stands before the title of most pages.
        if sections.len() > 1 && sections[0].level == 0 {
            sections.remove(0);
        }
        Self { path: path.to_owned(), sections }
    }
}

#[derive(Default)]
struct Reader {
    sections: Vec<Section>,
    section: Section,
    /// The last comment, until something else follows.
    comment: Option<String>,
    /// The prose since the last end of a block: numbers are looked for in it.
    prose: String,
    in_heading: bool,
    in_code: bool,
    in_table: bool,
}

impl Reader {
    fn take(&mut self, event: Event) {
        match event {
            Event::Html(html) => {
                let comment =
                    html.trim().strip_prefix("<!--").and_then(|it| it.strip_suffix("-->"));
                self.comment = comment.map(|it| it.trim().to_owned()).or(self.comment.take());
                return;
            }
            Event::Start(Tag::HtmlBlock) | Event::End(TagEnd::HtmlBlock) => return,
            Event::Start(Tag::Heading { level, .. }) => self.begin(level),
            Event::End(TagEnd::Heading(_)) => self.in_heading = false,
            Event::Start(Tag::CodeBlock(kind)) => {
                let language = match kind {
                    CodeBlockKind::Fenced(language) => language.into_string(),
                    CodeBlockKind::Indented => String::new(),
                };
                self.section.code.push((language, String::new()));
                self.in_code = true;
            }
            Event::End(TagEnd::CodeBlock) => self.in_code = false,
            Event::Start(Tag::Table(_)) => {
                self.section.tables.push(Vec::new());
                self.in_table = true;
            }
            Event::End(TagEnd::Table) => self.in_table = false,
            Event::Start(Tag::TableHead | Tag::TableRow) => {
                self.table().push(Vec::new());
            }
            Event::Start(Tag::TableCell) => self.table().last_mut().unwrap().push(String::new()),
            Event::Start(Tag::Item) => self.section.items += 1,
            Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                self.section.links.insert(dest_url.into_string());
            }
            Event::Text(text) => self.text(&text),
            Event::Code(span) => {
                self.section.spans.insert(span.to_string());
                self.prose.push_str(" … ");
                self.cell(&format!("`{span}`"));
                self.title(&span);
            }
            Event::SoftBreak | Event::HardBreak => self.text(" "),
            Event::End(TagEnd::Paragraph | TagEnd::Item | TagEnd::TableCell) => {
                self.section.numbers.extend(numbers(&self.prose));
                self.prose.clear();
            }
            _ => {}
        }
        self.comment = None;
    }

    fn begin(&mut self, level: HeadingLevel) {
        let next =
            Section { level: level as usize, name: self.comment.take(), ..Default::default() };
        self.sections.push(std::mem::replace(&mut self.section, next));
        self.prose.clear();
        self.in_heading = true;
    }

    fn table(&mut self) -> &mut Vec<Vec<String>> {
        self.section.tables.last_mut().unwrap()
    }

    fn cell(&mut self, text: &str) {
        if self.in_table {
            self.table().last_mut().unwrap().last_mut().unwrap().push_str(text);
        }
    }

    fn title(&mut self, text: &str) {
        if self.in_heading {
            self.section.title.push_str(text);
        }
    }

    fn text(&mut self, text: &str) {
        if self.in_code {
            self.section.code.last_mut().unwrap().1.push_str(text);
            return;
        }
        self.prose.push_str(text);
        self.cell(text);
        self.title(text);
    }
}

/// The numbers in a text, as a program would write them: `10,500` and `10 500` are 10500, `2,4` is 2.4.
pub fn numbers(text: &str) -> Vec<String> {
    let letters: Vec<char> = text.chars().collect();
    let digits = |from: usize| letters[from..].iter().take_while(|it| it.is_ascii_digit()).count();
    let mut found = Vec::new();
    let mut at = 0;
    while at < letters.len() {
        let length = digits(at);
        if length == 0 {
            at += 1;
            continue;
        }
        let mut number: String = letters[at..at + length].iter().collect();
        let mut groups = length <= 3;
        at += length;
        while at < letters.len() && letters[at] != '\n' {
            let next = digits(at + 1);
            match letters[at] {
                ',' | ' ' | '\u{a0}' | '\u{202f}' if groups && next == 3 => {}
                '.' | ',' if next > 0 => {
                    number.push('.');
                    groups = false;
                }
                _ => break,
            }
            number.extend(&letters[at + 1..at + 1 + next]);
            at += 1 + next;
        }
        found.push(number);
    }
    found
}
