//! The catalogue: every sentence of this program for people, in both languages, in the form of the
//! library's own catalogue.
//!
//! An entry is a function. It takes what the sentence names, and gives both languages; the tests, when
//! they are compiled, check that both have the same arguments. clap's help and its errors stay
//! English, like codes, names, `--json` documents and what others wrote.
//!
//! For whoever writes an entry:
//! - An argument is a number, a name, or a phrase of the catalogue. A phrase stands where its grammar
//!   cannot break: after a colon, in brackets.
//! - No number decides the form of a word beside it: «Осталось запросов: 5». Where it has to, the
//!   sentence has an entry for each form, and [`counted`] chooses.

use std::io::{self, ErrorKind};

use ymchat::Language;
pub use ymchat::sentences::Sentence;

pub mod counted;
pub mod doctor;
pub mod failures;
pub mod notes;
pub mod reasons;
pub mod results;

/// What an error of the library says, in both languages.
pub fn of_error(error: &ymchat::Error) -> Sentence {
    let said = |language| error.clone().in_language(language).to_string();
    Sentence::new(said(Language::English).into(), said(Language::Russian).into())
}

/// Why the computer refuses something: a phrase of the catalogue for what happens to people, and
/// otherwise what the system says.
pub fn reason(error: &io::Error) -> Sentence {
    match error.kind() {
        ErrorKind::NotFound => reasons::no_such_file(),
        ErrorKind::PermissionDenied => reasons::no_access(),
        ErrorKind::AlreadyExists => reasons::there_already(),
        ErrorKind::IsADirectory => reasons::is_a_directory(),
        ErrorKind::NotADirectory => reasons::not_a_directory(),
        ErrorKind::StorageFull => reasons::disk_full(),
        ErrorKind::AddrInUse => reasons::address_in_use(),
        ErrorKind::AddrNotAvailable => reasons::address_of_another(),
        ErrorKind::TimedOut | ErrorKind::WouldBlock => reasons::no_answer_in_time(),
        ErrorKind::ConnectionRefused => reasons::nobody_listens(),
        ErrorKind::ConnectionReset | ErrorKind::ConnectionAborted | ErrorKind::BrokenPipe => {
            reasons::connection_broken()
        }
        ErrorKind::UnexpectedEof => reasons::ended_early(),
        // With an error inside, it is somebody else's: that of TLS, for instance.
        ErrorKind::InvalidData if error.get_ref().is_none() => reasons::not_utf8(),
        _ => reasons::of_the_system(error),
    }
}

#[cfg(test)]
mod tests {
    use ymchat::sentences::Pattern;
    use ymchat::sentences::check::{complaints, latin_words};

    use super::*;

    const CATALOGUE: &[(&str, &[Pattern])] = &[
        ("counted", counted::PATTERNS),
        ("doctor", doctor::PATTERNS),
        ("failures", failures::PATTERNS),
        ("notes", notes::PATTERNS),
        ("reasons", reasons::PATTERNS),
        ("results", results::PATTERNS),
    ];

    /// Codes, names and what is typed: they stand in Russian sentences as they are.
    #[rustfmt::skip]
    const NOT_TRANSLATED: &[&str] = &[
        "Api", "apiKey", "caFile", "chmod", "C", "config", "Ctrl", "DNS", "en", "environment", "header",
        "address", "help", "http", "JSON", "Key", "maxParallel", "name",
        "NTP", "OAuth", "PEM", "proxy", "ru", "SOCKS5", "HTTP", "TLS", "to", "traceId", "UTF", "ymchat",
        "YMCHAT_API_KEY", "YMCHAT_BASE_URL", "YMCHAT_BUSINESS_ID", "YMCHAT_LANGUAGE",
        "YMCHAT_OAUTH_TOKEN", "businessId", "communication",
    ];

    #[test]
    fn both_languages_say_the_same_with_the_same_arguments() {
        for (theme, patterns) in CATALOGUE {
            let complaints = complaints(patterns, NOT_TRANSLATED);
            assert!(complaints.is_empty(), "{theme}: {complaints:#?}");
        }
    }

    #[test]
    fn names_that_are_not_translated_occur() {
        let patterns = CATALOGUE.iter().flat_map(|(_, patterns)| patterns.iter());
        let texts: Vec<String> = patterns
            .map(|pattern| (pattern.sample)().in_language(Language::Russian).to_owned())
            .collect();
        let occurs =
            |name: &str| texts.iter().any(|text| latin_words(text).any(|word| word == name));
        let unused: Vec<&&str> = NOT_TRANSLATED.iter().filter(|name| !occurs(name)).collect();
        assert!(unused.is_empty(), "in no sentence: {unused:?}");
    }

    #[test]
    fn failures_are_sentences_and_what_stands_within_one_is_none() {
        for (theme, pattern) in CATALOGUE.iter().flat_map(|(t, p)| p.iter().map(move |p| (t, p))) {
            let sentence = (pattern.sample)();
            for language in Language::ALL {
                let text = sentence.in_language(*language);
                let name = pattern.name;
                match *theme {
                    "failures" => {
                        assert!(text.ends_with(['.', '§']), "{name}: {text}");
                        let begins_small = text.starts_with(char::is_lowercase);
                        assert!(!begins_small, "{name}: {text}");
                    }
                    "reasons" => {
                        assert!(!text.ends_with('.'), "{name}: {text}");
                        assert!(!text.starts_with(char::is_uppercase), "{name}: {text}");
                    }
                    _ => {}
                }
            }
        }
    }

    #[test]
    fn an_error_of_the_library_is_there_in_both_languages() {
        let error = ymchat::Client::builder().build().expect_err("there is no key");
        let said = of_error(&error);
        assert!(said.in_language(Language::English).contains("apiKey is missing"));
        assert!(said.in_language(Language::Russian).contains("не задан apiKey"));
    }

    #[test]
    fn what_happens_to_people_is_said_in_their_language_and_the_rest_is_quoted() {
        let russian = |error: io::Error| reason(&error).in_language(Language::Russian).to_owned();
        assert_eq!(russian(ErrorKind::NotFound.into()), "такого файла или каталога нет");
        assert_eq!(russian(io::Error::other("§ 5")), "§ 5");
        let not_utf8 = io::read_to_string(&b"\xff"[..]).unwrap_err();
        assert_eq!(russian(not_utf8), reasons::not_utf8().in_language(Language::Russian));
        assert_eq!(russian(io::Error::new(ErrorKind::InvalidData, "bad record")), "bad record");
    }
}
