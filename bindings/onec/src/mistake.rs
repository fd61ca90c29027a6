//! What the add-in itself refuses.

use ymchat::Language;
use ymchat::internal::{defect, invalid_argument};
use ymchat::sentences::Sentence;

use crate::language::{ReportedError, choose, tell};
use crate::sentences;
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
        found: Sentence,
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
    ) -> ReportedError {
        let sentence = self.sentence(language);
        let error = match self {
            Mistake::NoMemory => defect(operation, sentence),
            _ => invalid_argument(operation, sentence),
        };
        tell(language, call, &error)
    }

    /// The names in it are those of the language.
    fn sentence(&self, language: Language) -> Sentence {
        let name = |place: &Place| match place {
            Place::Parameter(parameter) => choose(language, parameter.names),
            Place::Property(property) => choose(language, property.names),
        };
        match self {
            Mistake::NotOpen => sentences::not_open(),
            Mistake::TooFew { given, least } => sentences::too_few(*given, *least),
            Mistake::TooMany { given, most } => sentences::too_many(*given, *most),
            Mistake::LeftOut(place) => sentences::left_out(name(place)),
            Mistake::WrongKind { place, takes, found } => {
                sentences::wrong_kind(name(place), &wanted(*takes), found)
            }
            Mistake::BrokenText(place) => sentences::half_of_a_pair(name(place)),
            Mistake::NulInText(place) => sentences::nul_in_text(name(place)),
            Mistake::Inexact(place) => sentences::inexact(name(place)),
            Mistake::NotWhole(place) => sentences::not_whole(name(place)),
            Mistake::NotAnId(place) => sentences::not_an_id(name(place)),
            Mistake::NotADate => sentences::not_a_date(),
            Mistake::FileName => sentences::no_file_name(),
            Mistake::File(why) => sentences::file_not_read(why),
            Mistake::TemporaryFile(why) => sentences::no_temporary_file(why),
            Mistake::UnknownLanguage => sentences::unknown_language(),
            Mistake::NoMemory => sentences::no_memory(),
        }
    }
}

/// What is taken.
fn wanted(takes: Takes) -> Sentence {
    match takes {
        Takes::Text => sentences::a_text(),
        Takes::TextOrDate => sentences::a_text_or_date(),
        Takes::Id => sentences::an_id(),
        Takes::File => sentences::a_file(),
        Takes::Body => sentences::a_body(),
        Takes::Whole => sentences::a_whole_number(),
        Takes::List => sentences::a_list(),
        Takes::Flag => sentences::a_flag(),
    }
}

/// What a method is called in the language of the user.
pub(crate) fn call_name(language: Language, method: &Method) -> &'static str {
    choose(language, method.names)
}
