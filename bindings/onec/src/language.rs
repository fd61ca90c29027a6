//! Sentences for people, in Russian and in English.

use ymchat::{Action, DeliveryStatus, Error, Status, json_quote};

use crate::json;

/// The language of a sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Language {
    Russian,
    English,
}

impl Language {
    /// The language of a code such as `ru`, `ru_RU` or `rus_RUS`, as platforms name it.
    pub(crate) fn of_code(code: &str) -> Option<Self> {
        let lower = code.trim().to_lowercase();
        match lower.split(['_', '-', '.', '@']).next().unwrap_or_default() {
            "ru" | "rus" | "russian" => Some(Language::Russian),
            "en" | "eng" | "english" => Some(Language::English),
            _ => None,
        }
    }

    /// The code that a program reads and sets.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Language::Russian => "ru",
            Language::English => "en",
        }
    }

    /// Which of a pair of names, English first, is that of this language.
    pub(crate) fn choose(self, names: [&'static str; 2]) -> &'static str {
        match self {
            Language::English => names[0],
            Language::Russian => names[1],
        }
    }
}

/// An error as it is told: the exception's sentence, and the document.
#[derive(Debug, Clone)]
pub(crate) struct Complaint {
    pub(crate) sentence: String,
    pub(crate) document: String,
}

/// Tells an error of the library. `call` is the name of the method that was called.
pub(crate) fn tell(language: Language, call: &str, error: &Error) -> Complaint {
    match language {
        Language::English => Complaint { sentence: error.to_string(), document: error.to_json() },
        Language::Russian => in_words_of_ours(&format!("{call}: {}", russian(error)), error),
    }
}

/// The same, where the sentence is there already.
pub(crate) fn in_words_of_ours(sentence: &str, error: &Error) -> Complaint {
    let english = ("english", json_quote(&error.to_string()));
    let changed = [("message", json_quote(sentence)), english];
    Complaint {
        sentence: sentence.to_owned(),
        document: json::with_members(&error.to_json(), &changed),
    }
}

/// What happened and what to do about it. Where only the English sentence tells what is wrong, it
/// stands at the end, with its advice.
fn russian(error: &Error) -> String {
    let mut text = happened(error);
    if let Some(code) = error.http_status() {
        text.push_str(&format!(" (HTTP {code})"));
    }
    text.push('.');
    for said in error.errors() {
        let words = said.message.as_deref().unwrap_or_default();
        text.push_str(format!(" Ответ Маркета: {} {words}", said.code).trim_end());
        if !text.ends_with(['.', '!', '?']) {
            text.push('.');
        }
    }
    let tells_all = match error.status() {
        Status::Unauthorized
        | Status::Forbidden
        | Status::NotFound
        | Status::RateLimited
        | Status::Server
        | Status::Timeout
        | Status::Cancelled
        | Status::OutcomeUnknown => true,
        Status::BadRequest => !error.errors().is_empty(),
        _ => false,
    };
    if tells_all {
        text.push_str(&format!(" {}", advice(error)));
    } else {
        text.push_str(&format!(" По-английски: {error}"));
    }
    text
}

fn happened(error: &Error) -> String {
    let text = match error.status() {
        Status::InvalidArgument => "неверный параметр или настройка; в сеть ничего не ушло",
        Status::Unauthorized => "Маркет не принял ключ",
        Status::Forbidden => "у ключа нет доступа к этому кабинету или действию",
        Status::NotFound => "такого чата или сообщения нет",
        Status::BadRequest => "Маркет отклонил запрос",
        Status::RateLimited => "исчерпан лимит запросов",
        Status::Server => "сбой на стороне Маркета",
        Status::Network => "нет связи с Маркетом",
        Status::Timeout => "Маркет не ответил вовремя",
        Status::OutcomeUnknown => "неизвестно, дошло ли сообщение",
        Status::Protocol => "ответ не похож на ответ Маркета",
        Status::Cancelled => "вызов отменён",
        Status::Rejected => "сообщение не отправлено: в тексте контакты или ссылки",
        Status::Internal => "ошибка внутри компоненты",
        _ => "ошибка",
    };
    match error.outcome() {
        Some(DeliveryStatus::NotSent) if error.status() != Status::Rejected => {
            format!("{text}; сообщение не отправлено")
        }
        _ => text.to_owned(),
    }
}

fn advice(error: &Error) -> String {
    match error.action() {
        Action::FixRequest => "Исправьте данные вызова.".into(),
        Action::CheckCredentials => {
            "Проверьте, что ключ скопирован целиком и ещё действует.".into()
        }
        Action::GrantAccess => "Дайте ключу это право в кабинете Маркета.".into(),
        Action::Wait => match error.retry_after() {
            Some(wait) => {
                format!("Повторите через {} с.", wait.as_millis().div_ceil(1000))
            }
            None => "Подождите и повторите вызов.".into(),
        },
        Action::Retry => "Повторите вызов.".into(),
        Action::CheckHistory => "Посмотрите историю чата, прежде чем отправлять снова.".into(),
        Action::ContactSupport => match error.trace_id() {
            Some(id) => format!("Обратитесь в поддержку Маркета и назовите traceId {id}."),
            None => "Сообщите об этом разработчику.".into(),
        },
        _ => "Посмотрите документ ошибки.".into(),
    }
}
