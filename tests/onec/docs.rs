//! docs/1c.ru.md: its tables are those of the add-in.

use std::env;
use std::fs;

use crate::host::root;
use crate::table::{Holds, METHODS, Method, PROPERTIES, Property, Takes};

fn kind(takes: Takes) -> &'static str {
    match takes {
        Takes::Text => "Строка",
        Takes::TextOrDate => "Строка, Дата",
        Takes::Id => "Строка, Число",
        Takes::File | Takes::Body => "ДвоичныеДанные, Строка",
        Takes::Whole => "Число",
        Takes::Flag => "Булево",
        Takes::List => "Строка с запятыми",
    }
}

fn method(method: &Method) -> String {
    let parameters: Vec<String> = method
        .parameters
        .iter()
        .map(|one| {
            let name = one.names[1];
            if one.default.is_some() { format!("[{name}]") } else { name.to_owned() }
        })
        .collect();
    let result = if method.has_result { "" } else { " Без ответа." };
    format!(
        "| `{}({})` | `{}` | {}{result} |\n",
        method.names[1],
        parameters.join(", "),
        method.names[0],
        method.about
    )
}

fn property(property: &Property) -> String {
    let (key, takes) = match property.holds {
        Holds::Setting { key, takes, .. } => (format!("`{key}`"), kind(takes)),
        Holds::Language => ("`language`".to_owned(), "Строка"),
        Holds::LastError => (String::new(), "Строка"),
        Holds::IsOpen => (String::new(), "Булево"),
    };
    let access = match (property.is_readable(), property.is_writable()) {
        (true, true) => "",
        (false, _) => ", только запись",
        (_, false) => ", только чтение",
    };
    format!(
        "| `{}` | `{}` | {takes}{access} | {} | {key} |\n",
        property.names[1], property.names[0], property.about
    )
}

/// The page with its tables made anew.
fn with_tables(page: &str) -> String {
    let methods: String = METHODS.iter().map(method).collect();
    let properties: String = PROPERTIES.iter().map(property).collect();
    let methods = format!("| метод | по-английски | что делает |\n|---|---|---|\n{methods}");
    let properties = format!(
        "| свойство | по-английски | тип | что значит | в JSON |\n|---|---|---|---|---|\n{properties}"
    );
    let page = between(page, "methods", &methods);
    between(&page, "properties", &properties)
}

fn between(page: &str, name: &str, table: &str) -> String {
    let (open, close) = (format!("<!-- {name} -->\n"), format!("<!-- /{name} -->"));
    let start = page.find(&open).unwrap() + open.len();
    let end = page.find(&close).unwrap();
    format!("{}\n{table}\n{}", &page[..start], &page[end..])
}

#[test]
fn the_page_lists_all_methods_and_properties() {
    let path = root().join("docs/1c.ru.md");
    let page = fs::read_to_string(&path).unwrap();
    let wanted = with_tables(&page);
    if env::var_os("YMCHAT_BLESS").is_some() {
        fs::write(&path, &wanted).unwrap();
        return;
    }
    assert!(
        page == wanted,
        "the tables of docs/1c.ru.md are not those of the add-in: run YMCHAT_BLESS=1 cargo test \
         --test onec docs"
    );
}
