//! The catalogue as a whole.

use std::collections::BTreeSet;

use super::{
    Pattern, advice, arguments, configuration, errors, fields, files, network, notifications,
    sends, sync, transport,
};
use crate::language::Language;

const CATALOGUE: &[(&str, &[Pattern])] = &[
    ("advice", advice::PATTERNS),
    ("arguments", arguments::PATTERNS),
    ("configuration", configuration::PATTERNS),
    ("errors", errors::PATTERNS),
    ("fields", fields::PATTERNS),
    ("files", files::PATTERNS),
    ("network", network::PATTERNS),
    ("notifications", notifications::PATTERNS),
    ("sends", sends::PATTERNS),
    ("sync", sync::PATTERNS),
    ("transport", transport::PATTERNS),
];

/// Codes, names and parts of addresses that stand in Russian sentences as they are. Every other
/// word is Russian.
#[rustfmt::skip]
const NOT_TRANSLATED: &[&str] = &[
    "afterMessageId", "all", "allowFrom", "allowHosts", "allowInsecureHttp", "API", "Api",
    "apiKey", "ASCII", "baseUrl", "BEGIN", "bundled", "businessId", "caFile", "callTimeoutMs",
    "cdek", "CERTIFICATE", "chatIds", "checkMessages", "communication", "contexts",
    "contextType", "contextTypes", "DIRECT", "en", "environment", "erp", "example", "false",
    "fileName", "files", "fileSize", "fork", "get_all_chats", "get_campaigns", "host", "HTML",
    "HTTP", "http", "https", "id", "integration", "JSON", "Key", "kinds", "language", "limit",
    "maxBytes", "maxResponseBytes", "maxTotalBytes", "message", "my", "now", "null", "OAuth",
    "oauthToken", "off", "OK", "ORDER", "orderIds", "org", "overwrite", "pageToken",
    "password", "path", "PEM", "port", "prepare_send", "proxy", "reject", "remoteAddress",
    "resend", "resolve", "result", "RETURN", "ru", "scope", "since", "SOCKS5", "socks5",
    "start", "sync", "system", "ticket", "TLS", "traceId", "true", "trust", "type", "URL",
    "url", "user", "waiting", "WAITING_FOR_PARTNER", "waitMs", "xn", "ymchat",
];

fn all() -> impl Iterator<Item = (&'static str, &'static Pattern)> {
    CATALOGUE.iter().flat_map(|(theme, patterns)| patterns.iter().map(move |p| (*theme, p)))
}

/// The names in braces.
fn arguments(pattern: &str) -> BTreeSet<String> {
    let pattern = pattern.replace("{{", "").replace("}}", "");
    let parts = pattern.split('{').skip(1);
    parts.filter_map(|part| part.split(['}', ':']).next()).map(str::to_owned).collect()
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
        .filter(|word| word.starts_with(|c: char| c.is_ascii_alphabetic()))
}

#[test]
fn both_languages_name_the_same_arguments() {
    for (theme, pattern) in all() {
        let Pattern { name, english, russian, .. } = pattern;
        assert_eq!(arguments(english), arguments(russian), "{theme}::{name}");
    }
}

#[test]
fn russian_sentences_are_russian() {
    let mut strange = Vec::new();
    for (theme, pattern) in all() {
        let sentence = (pattern.sample)();
        let russian = sentence.in_language(Language::Russian);
        let latin = words(russian).filter(|word| !NOT_TRANSLATED.contains(word));
        strange.extend(latin.map(|word| format!("{word} in {theme}::{}", pattern.name)));
        let english = sentence.in_language(Language::English);
        let is_cyrillic = |c: char| ('а'..='ё').contains(&c.to_ascii_lowercase());
        assert!(!english.contains(is_cyrillic), "{theme}::{}: {english}", pattern.name);
        // What is a whole sentence in one language is one in the other.
        let has_words = |text: &str| text.contains(|c: char| c.is_alphabetic());
        assert_eq!(has_words(russian), has_words(english), "{theme}::{}", pattern.name);
    }
    assert_eq!(strange, Vec::<String>::new());
}

#[test]
fn advice_is_one_sentence_with_its_stop_and_nothing_else_has_one() {
    for (theme, pattern) in all() {
        let sentence = (pattern.sample)();
        for language in Language::ALL {
            let text = sentence.in_language(*language);
            let inner = text.trim_end_matches(['.', '?', ' ']);
            let stop = &text[inner.len()..];
            if theme == "advice" {
                assert!(matches!(stop, "." | "?"), "{}: {text}", pattern.name);
                let several = [". ", "? ", "; "].iter().any(|end| inner.contains(end));
                assert!(!several, "{}: {text}", pattern.name);
                assert!(text.starts_with(char::is_uppercase), "{}: {text}", pattern.name);
            } else {
                assert_eq!(stop, "", "{theme}::{}: {text}", pattern.name);
            }
            assert!(!text.contains("  ") && !text.contains(".."), "{}: {text}", pattern.name);
        }
    }
}

#[test]
fn names_that_are_not_translated_occur() {
    let texts: Vec<String> = all()
        .map(|(_, pattern)| (pattern.sample)().in_language(Language::Russian).to_owned())
        .collect();
    for name in NOT_TRANSLATED {
        let occurs = texts.iter().any(|text| words(text).any(|word| word == *name));
        assert!(occurs, "{name} stands in no sentence");
    }
}
