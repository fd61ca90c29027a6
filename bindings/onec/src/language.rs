//! The language of the user, and how an error is told in it.

use ymchat::{Action, Error, Language, json_quote};

use crate::json;
use crate::table::METHODS;

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
pub(crate) struct ReportedError {
    pub(crate) sentence: String,
    pub(crate) document: String,
}

/// Tells an error. In Russian its sentence begins with `call`, the name of the method that was
/// called, and the English one is in the document besides.
pub(crate) fn tell(language: Language, call: &str, error: &Error) -> ReportedError {
    let english = error.clone().in_language(Language::English);
    if language != Language::Russian {
        return ReportedError { sentence: english.to_string(), document: english.to_json() };
    }
    let russian = error.clone().in_language(Language::Russian);
    let sentence = russian.to_string();
    let happened = sentence.split_once(": ").map_or(sentence.as_str(), |(_, happened)| happened);
    let mut sentence = format!("{call}: {}", in_names_of_ours(happened));
    // The exception's text is what ends up in the platform's log.
    if let (Action::ContactSupport, Some(id)) = (error.action(), error.trace_id()) {
        sentence.push_str(&format!(" traceId: {id}."));
    }
    let changed =
        [("message", json_quote(&sentence)), ("english", json_quote(&english.to_string()))];
    ReportedError { document: json::with_members(&russian.to_json(), &changed), sentence }
}

/// What the library calls `get_campaigns` or `options_json` is `ПолучитьМагазины` or `Параметры`
/// here.
fn in_names_of_ours(sentence: &str) -> String {
    let in_name = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    let mut text = String::with_capacity(sentence.len());
    let mut rest = sentence;
    while let Some(start) = rest.find(in_name) {
        let (before, name) = rest.split_at(start);
        let end = name.find(|letter| !in_name(letter)).unwrap_or(name.len());
        let (name, after) = name.split_at(end);
        let argument = || after.starts_with(':').then(|| argument_called(name)).flatten();
        text.push_str(before);
        text.push_str(method_called(name).or_else(argument).unwrap_or(name));
        rest = after;
    }
    text + rest
}

/// The Russian name of the method that the library calls so. A single word may be one of a sentence.
fn method_called(name: &str) -> Option<&'static str> {
    let is_it = |english: &str| english.eq_ignore_ascii_case(&name.replace('_', ""));
    let method = METHODS.iter().find(|method| is_it(method.names[0]))?;
    (name.contains('_') || name == "sync").then_some(method.names[1])
}

/// The Russian name of the parameter that the library calls so, where a sentence begins with it.
/// Options have the names of JSON.
fn argument_called(name: &str) -> Option<&'static str> {
    Some(match name {
        "options_json" => "Параметры",
        "content_json" => "Содержимое",
        "chatId" => "Чат",
        "messageId" => "Сообщение",
        "contextType" => "ВидОснования",
        "contextId" => "Основание",
        "since" => "Метка",
        _ => return None,
    })
}
