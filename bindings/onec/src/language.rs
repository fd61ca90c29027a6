//! The language of the user, and how an error is told in it.

use ymchat::{Error, Language, json_quote};

use crate::json;

/// The language of a code such as `ru`, `ru_RU` or `rus_RUS`, as platforms name it.
pub(crate) fn of_code(code: &str) -> Option<Language> {
    let lower = code.trim().to_lowercase();
    match lower.split(['_', '-', '.', '@']).next().unwrap_or_default() {
        "ru" | "rus" | "russian" => Some(Language::Russian),
        "en" | "eng" | "english" => Some(Language::English),
        _ => None,
    }
}

/// Which of a pair of names, English first, is that of a language.
pub(crate) fn choose(language: Language, names: [&'static str; 2]) -> &'static str {
    if language == Language::Russian { names[1] } else { names[0] }
}

/// An error as it is told: the exception's sentence, and the document.
#[derive(Debug, Clone)]
pub(crate) struct Complaint {
    pub(crate) sentence: String,
    pub(crate) document: String,
}

/// Tells an error. In Russian its sentence begins with `call`, the name of the method that was
/// called, and the English one is in the document besides.
pub(crate) fn tell(language: Language, call: &str, error: &Error) -> Complaint {
    let english = error.clone().in_language(Language::English);
    if language != Language::Russian {
        return Complaint { sentence: english.to_string(), document: english.to_json() };
    }
    let russian = error.clone().in_language(Language::Russian);
    let sentence = russian.to_string();
    let happened = sentence.split_once(": ").map_or(sentence.as_str(), |(_, happened)| happened);
    let sentence = format!("{call}: {happened}");
    let changed =
        [("message", json_quote(&sentence)), ("english", json_quote(&english.to_string()))];
    Complaint { document: json::with_members(&russian.to_json(), &changed), sentence }
}
