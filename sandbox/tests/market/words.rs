//! The page's words: Russian and English say the same things.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

fn words(language: &str) -> Map<String, Value> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/page/words/");
    let text = std::fs::read_to_string(format!("{folder}{language}.json")).unwrap();
    let words: Map<String, Value> = serde_json::from_str(&text).unwrap();
    let lines = text.lines().filter(|line| line.contains("\": ")).count();
    assert_eq!(words.len(), lines, "{language}.json has a key twice, or not each on its own line");
    words
}

/// The forms of a text: one, or those of the language's plural.
fn forms(value: &Value) -> Vec<(&str, &str)> {
    match value {
        Value::String(text) => vec![("", text)],
        Value::Object(forms) => {
            forms.iter().map(|(form, text)| (form.as_str(), text.as_str().unwrap())).collect()
        }
        other => panic!("{other}"),
    }
}

fn names<'a>(forms: &[(&'a str, &str)]) -> BTreeSet<&'a str> {
    forms.iter().map(|(name, _)| *name).collect()
}

fn placeholders(text: &str) -> BTreeSet<&str> {
    text.split('{').skip(1).map(|rest| rest.split_once('}').expect("a closed brace").0).collect()
}

#[test]
fn both_languages_have_the_same_keys_and_placeholders() {
    let (english, russian) = (words("en"), words("ru"));
    let keys = |words: &Map<String, Value>| words.keys().cloned().collect::<BTreeSet<_>>();
    assert_eq!(keys(&english), keys(&russian));
    assert!(english.len() > 150);
    for (key, value) in &english {
        let (english, russian) = (forms(value), forms(&russian[key]));
        let wanted = placeholders(english.last().unwrap().1);
        for (form, text) in english.iter().chain(&russian) {
            let is_one = *form == "one";
            let mut named = placeholders(text);
            // "Request {name}" needs no number.
            named.extend(is_one.then_some("count").filter(|_| wanted.contains("count")));
            assert_eq!(named, wanted, "{key} {form}: {text}");
            assert!(!text.trim().is_empty(), "{key} {form}");
        }
        let counts = names(&english) != BTreeSet::from([""]);
        let (one, few): (&[&str], &[&str]) = match counts {
            true => (&["one", "other"], &["one", "few", "many", "other"]),
            false => (&[""], &[""]),
        };
        assert_eq!(names(&english), one.iter().copied().collect(), "{key}");
        assert_eq!(names(&russian), few.iter().copied().collect(), "{key}");
        assert!(!counts || wanted.contains("count"), "{key} has forms and no count");
    }
}

#[test]
fn every_key_of_the_page_has_words_and_all_words_are_used() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/page");
    let mut sources = String::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|end| end == "js" || end == "html") {
            sources.push_str(&std::fs::read_to_string(path).unwrap());
        }
    }
    let english = words("en");
    for mark in ["data-t=\"", "data-t-label=\"", "data-t-placeholder=\"", "t(\""] {
        for rest in sources.split(mark).skip(1) {
            let key = rest.split('"').next().unwrap();
            // Also the end of other calls, such as `text("…`.
            let is_key = key.contains('.') && !key.contains([' ', '/', '$']);
            assert!(!is_key || english.contains_key(key), "{mark}{key}");
        }
    }
    // Those of a group are found by the API's own names.
    let groups = [
        "sender", "context", "type", "status", "switch", "choice", "fault", "verdict", "decision",
        "key",
    ];
    for key in english.keys() {
        let group = key.split('.').next().unwrap();
        let is_named = groups.contains(&group);
        assert!(is_named || sources.contains(&format!("\"{key}\"")), "nothing says {key}");
    }
}

#[test]
fn every_switch_has_words() {
    let switches = ymchat_sandbox::Sandbox::start().unwrap().switches();
    let switches = serde_json::json!(switches);
    let english = words("en");
    for name in switches.as_object().unwrap().keys() {
        assert!(english.contains_key(&format!("switch.{name}")), "{name}");
    }
}
