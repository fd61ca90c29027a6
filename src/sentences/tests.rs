//! The catalogue as a whole.

use super::check::{complaints, latin_words, of};
use super::{
    Pattern, Sentence, advice, arguments, configuration, errors, fields, files, json, network,
    notifications, sends, sync, transport,
};
use crate::language::Language;

const CATALOGUE: &[(&str, &[Pattern])] = &[
    ("advice", advice::PATTERNS),
    ("arguments", arguments::PATTERNS),
    ("configuration", configuration::PATTERNS),
    ("errors", errors::PATTERNS),
    ("fields", fields::PATTERNS),
    ("files", files::PATTERNS),
    ("json", json::PATTERNS),
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
    "HTTP", "http", "https", "id", "int64", "integration", "JSON", "Key", "kinds", "language",
    "limit", "maxBytes", "maxResponseBytes", "maxTotalBytes", "message", "my", "now", "null",
    "OAuth", "oauthToken", "off", "OK", "ORDER", "orderIds", "org", "overwrite", "pageToken",
    "password", "path", "PEM", "Pointer", "port", "prepare_send", "proxy", "raw", "reject",
    "remoteAddress", "resend", "resolve", "result", "RETURN", "RFC", "ru", "scope", "since",
    "SOCKS5", "socks5", "start", "sync", "system", "ticket", "TLS", "traceId", "true",
    "trust", "type", "URL", "url", "user", "UTF", "waiting", "WAITING_FOR_PARTNER", "waitMs",
    "xn", "ymchat",
];

fn all() -> impl Iterator<Item = (&'static str, &'static Pattern)> {
    CATALOGUE.iter().flat_map(|(theme, patterns)| patterns.iter().map(move |p| (*theme, p)))
}

#[test]
fn both_languages_say_the_same_with_the_same_arguments() {
    for (theme, patterns) in CATALOGUE {
        let complaints = complaints(patterns, NOT_TRANSLATED);
        assert!(complaints.is_empty(), "{theme}: {complaints:#?}");
    }
}

#[test]
fn a_bad_pattern_is_complained_of() {
    let found = |english: &'static str, russian: &'static str, sample: fn() -> Sentence| {
        let formatted = || ["apiKey 5".to_owned(), "ключ apiKey 5".to_owned()];
        complaints(&[Pattern { name: "it", english, russian, sample, formatted }], &["apiKey"])
    };
    let good = || Sentence::new("apiKey 5".into(), "ключ apiKey 5".into());
    assert_eq!(found("{a} {b}", "{b} {a} {{c}}", good), Vec::<String>::new());
    assert_eq!(found("{a} {b}", "{a}", good), ["it names other arguments in Russian"]);
    let other = || Sentence::new("apiKey 5".into(), "ключ apiKey".into());
    assert_eq!(found("{a}", "{a}", other), ["it is filled in differently than by format!"]);
    for (english, russian, complaint) in [
        ("apiKey 5", "apiKey is 5", "has the word is in Russian"),
        ("ключ", "ключ", "has Cyrillic letters in English"),
        ("5", "ключ", "says nothing in one of the languages"),
        ("a key", "ключ  такой", "has white space or a full stop too many"),
    ] {
        let sentence = Sentence::new(english.into(), russian.into());
        assert_eq!(of(&sentence, &["apiKey"]), [complaint]);
    }
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
        let occurs = texts.iter().any(|text| latin_words(text).any(|word| word == *name));
        assert!(occurs, "{name} stands in no sentence");
    }
}

/// The scanners know no sentences: a page of messages is read faster without them.
#[test]
fn every_word_of_the_scanners_has_a_sentence() {
    let sources = [
        include_str!("../json_scan/scanner.rs"),
        include_str!("../json_scan/escapes.rs"),
        include_str!("../json_scan/malformed.rs"),
        include_str!("../json_document/index.rs"),
        include_str!("../pipeline/envelope.rs"),
    ];
    let mut found = 0;
    for source in sources {
        let code = source.lines().filter(|line| !line.trim_start().starts_with(['/', '#']));
        for problem in code.flat_map(|line| line.split('"').skip(1).step_by(2)) {
            let is_plain = |c: char| c.is_ascii_alphanumeric() || c == ' ';
            if problem.contains(' ') && problem.chars().all(is_plain) {
                found += 1;
                let sentence = json::syntax(problem);
                assert_eq!(sentence.in_language(Language::English), problem);
                let russian = sentence.in_language(Language::Russian);
                assert!(!russian.contains(problem), "{problem} has no Russian sentence");
            }
        }
    }
    assert!(found > 20, "{found}");
}
