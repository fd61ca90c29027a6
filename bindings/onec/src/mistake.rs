//! What the add-in itself refuses, in both languages.

use ymchat::internal::{defect, invalid_argument};

use crate::language::{Complaint, Language, in_words_of_ours};
use crate::table::{Method, Parameter, Property, Takes};

/// Where a value stood.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Place {
    Parameter(&'static Parameter),
    Property(&'static Property),
}

/// A mistake in a call, which has sent nothing; but for the last.
#[derive(Debug)]
pub(crate) enum Mistake {
    NotOpen,
    TooFew {
        given: usize,
        least: usize,
    },
    TooMany {
        given: usize,
        most: usize,
    },
    LeftOut(Place),
    WrongKind {
        place: Place,
        takes: Takes,
        found: &'static [&'static str; 2],
    },
    /// Half of a surrogate pair.
    BrokenText(Place),
    /// U+0000.
    NulInText(Place),
    /// A number of 2^53 or more, which a double does not hold exactly.
    Inexact(Place),
    NotWhole(Place),
    NotAnId(Place),
    /// A date that no calendar has.
    NotADate,
    FileName,
    File(String),
    /// There is no place for a file that is to become binary data.
    TemporaryFile(String),
    UnknownLanguage,
    /// The host gave no memory for the result of a call that was made.
    NoMemory,
}

impl Mistake {
    /// Tells the mistake as an error of the library.
    pub(crate) fn tell(
        &self,
        language: Language,
        call: &str,
        operation: &'static str,
    ) -> Complaint {
        let [english, russian] = self.sentences(language);
        let error = match self {
            Mistake::NoMemory => defect(operation, english),
            _ => invalid_argument(operation, english),
        };
        match language {
            Language::English => {
                Complaint { sentence: error.to_string(), document: error.to_json() }
            }
            Language::Russian => in_words_of_ours(&format!("{call}: {russian}"), &error),
        }
    }

    fn sentences(&self, language: Language) -> [String; 2] {
        let name = |place: &Place| match place {
            Place::Parameter(parameter) => language.choose(parameter.names),
            Place::Property(property) => language.choose(property.names),
        };
        match self {
            Mistake::NotOpen => [
                "no client is open: call Open first".into(),
                "клиент не открыт. Сначала вызовите Открыть.".into(),
            ],
            Mistake::TooFew { given, least } => [
                format!("{given} parameters are given, and {least} are needed"),
                format!("передано параметров: {given}, нужно не меньше {least}."),
            ],
            Mistake::TooMany { given, most } => [
                format!("{given} parameters are given, and at most {most} are taken"),
                format!("передано параметров: {given}, можно не больше {most}."),
            ],
            Mistake::LeftOut(place) => {
                let name = name(place);
                [format!("{name} is missing"), format!("не указан параметр {name}.")]
            }
            Mistake::WrongKind { place, takes, found } => {
                let (name, [english, russian]) = (name(place), kinds(*takes));
                [
                    format!("{name} must be {english}, not {}", found[0]),
                    format!("{name}: нужно {russian}, а не {}.", found[1]),
                ]
            }
            Mistake::BrokenText(place) => {
                let name = name(place);
                [
                    format!("{name} holds half of a surrogate pair: a character was cut in two"),
                    format!(
                        "{name}: в тексте половина знака (суррогатной пары). Не режьте строку \
                         посередине знака."
                    ),
                ]
            }
            Mistake::NulInText(place) => {
                let name = name(place);
                [
                    format!("{name} holds the character U+0000: take it out"),
                    format!("{name}: в тексте знак с кодом 0. Уберите его."),
                ]
            }
            Mistake::Inexact(place) => {
                let name = name(place);
                [
                    format!(
                        "{name} is a number of 2^53 or more, which does not arrive exactly: \
                             pass it as a string of digits"
                    ),
                    format!(
                        "{name}: число не меньше 2^53 теряет точность. Передайте его строкой: \
                         Формат(Число, \"ЧГ=0\")."
                    ),
                ]
            }
            Mistake::NotWhole(place) => {
                let name = name(place);
                [
                    format!("{name} must be a whole number of at least 0"),
                    format!("{name}: нужно целое число не меньше 0."),
                ]
            }
            Mistake::NotAnId(place) => {
                let name = name(place);
                [
                    format!(
                        "{name} must be a whole number of 64 bits, or one as a string of digits"
                    ),
                    format!("{name}: нужно целое число или строка из цифр."),
                ]
            }
            Mistake::NotADate => [
                "the date is outside of the years 1 to 9999".into(),
                "дата вне годов 1–9999.".into(),
            ],
            Mistake::FileName => [
                "FileName is missing: binary data has no name of its own".into(),
                "не указано ИмяФайла: у двоичных данных своего имени нет.".into(),
            ],
            Mistake::File(why) => [
                format!("the file cannot be read on this computer: {why}"),
                format!("файл не читается на компьютере, где работает компонента: {why}"),
            ],
            Mistake::TemporaryFile(why) => [
                format!("the directory for temporary files cannot be used: {why}"),
                format!("каталог временных файлов недоступен: {why}"),
            ],
            Mistake::UnknownLanguage => [
                "the language must be \"ru\" or \"en\"".into(),
                "язык должен быть \"ru\" или \"en\".".into(),
            ],
            Mistake::NoMemory => [
                "the host has no memory for the result".into(),
                "вызов выполнен, но у платформы нет памяти для его результата.".into(),
            ],
        }
    }
}

/// What is taken, in both languages.
fn kinds(takes: Takes) -> [&'static str; 2] {
    match takes {
        Takes::Text => ["a string", "Строка"],
        Takes::TextOrDate => ["a string or a date", "Строка или Дата"],
        Takes::Id => ["a number or a string of digits", "Число или строка из цифр"],
        Takes::File => ["binary data, or the path of a file", "ДвоичныеДанные или путь к файлу"],
        Takes::Body => ["binary data, or a string", "ДвоичныеДанные или Строка"],
        Takes::Whole => ["a whole number", "целое Число"],
        Takes::List => ["a string with commas between the items", "Строка: значения через запятую"],
        Takes::Flag => ["a truth value", "Булево"],
    }
}

/// What a method is called in the language of the user.
pub(crate) fn call_name(language: Language, method: &Method) -> &'static str {
    language.choose(method.names)
}
