//! What the tests ask of each catalogue: of this one, and of those of the bindings.

use std::collections::BTreeSet;

use super::{Pattern, Sentence};
use crate::language::Language;

/// What is wrong with a catalogue; nothing, as it should be. `not_translated` are codes, names and
/// parts of addresses that stand in Russian sentences as they are; every other word is Russian.
pub fn complaints(patterns: &[Pattern], not_translated: &[&str]) -> Vec<String> {
    let mut complaints = Vec::new();
    for pattern in patterns {
        let Pattern { name, english, russian, sample, formatted } = pattern;
        if arguments(english) != arguments(russian) {
            complaints.push(format!("{name} names other arguments in Russian"));
        }
        let sentence = sample();
        let both = [Language::English, Language::Russian];
        if formatted() != both.map(|language| sentence.in_language(language)) {
            complaints.push(format!("{name} is filled in differently than by format!"));
        }
        let of_sample = of(&sentence, not_translated);
        complaints.extend(of_sample.iter().map(|complaint| format!("{name} {complaint}")));
    }
    complaints
}

/// What is wrong with a sentence.
pub(super) fn of(sentence: &Sentence, not_translated: &[&str]) -> Vec<String> {
    let mut complaints = Vec::new();
    let english = sentence.in_language(Language::English);
    let russian = sentence.in_language(Language::Russian);
    for word in latin_words(russian).filter(|word| !not_translated.contains(word)) {
        complaints.push(format!("has the word {word} in Russian"));
    }
    if english.contains(is_cyrillic) {
        complaints.push("has Cyrillic letters in English".to_owned());
    }
    // What has words of its own in one language has some in the other.
    let has_words = |text: &str| text.contains(char::is_alphabetic);
    if has_words(russian) != has_words(english) {
        complaints.push("says nothing in one of the languages".to_owned());
    }
    if [english, russian].iter().any(|t| t.contains("  ") || t.contains("..") || t.ends_with(' ')) {
        complaints.push("has white space or a full stop too many".to_owned());
    }
    complaints
}

/// Latin words of a text.
pub fn latin_words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
        .filter(|word| word.starts_with(|c: char| c.is_ascii_alphabetic()))
}

fn is_cyrillic(c: char) -> bool {
    ('\u{400}'..='\u{4ff}').contains(&c)
}

/// The names in braces.
fn arguments(pattern: &str) -> BTreeSet<String> {
    let pattern = pattern.replace("{{", "").replace("}}", "");
    let parts = pattern.split('{').skip(1);
    parts.filter_map(|part| part.split(['}', ':']).next()).map(str::to_owned).collect()
}
