//! The catalogue: every sentence for people, in each language, one beside the other.
//!
//! An entry is a function. It takes what the sentence names, and gives the sentence in both
//! languages at once: errors are rare, so a second text costs nothing that anybody notices, and
//! whoever makes an error need not know who will read it. The patterns are format strings that name
//! arguments, and nothing else. One function fills all of them in: the code that the compiler makes
//! for each format string took more of the library than the texts. It still checks each of them with
//! the tests; an argument that one language leaves out is a warning, and warnings are errors here.
//!
//! Fluent and gettext were looked at. They read catalogues at run time and choose plural forms: that
//! is for programs whose translators are not their programmers. Here both languages are compiled
//! in, and the sentences are written so that no number decides the form of a word: «осталось
//! запросов: 5».
//!
//! For whoever writes an entry:
//! - What happened is said without a full stop at its end. Advice has one, is one sentence, and
//!   stands in `advice`.
//! - An argument is a number, a name, or a phrase of the catalogue. A phrase stands where its
//!   grammar cannot break: after a colon, in brackets.
//! - What others wrote (`&dyn Display`) is quoted as it is, after a colon or in brackets.

pub(crate) mod advice;
pub(crate) mod arguments;
#[doc(hidden)]
pub mod check;
pub(crate) mod configuration;
pub(crate) mod errors;
pub(crate) mod fields;
pub(crate) mod files;
pub(crate) mod json;
pub(crate) mod network;
pub(crate) mod notifications;
pub(crate) mod sends;
mod sentence;
pub(crate) mod sync;
#[cfg(test)]
mod tests;
pub(crate) mod transport;

pub use sentence::{Argument, In, Pattern, Sample, Sentence, Tenths};

/// What others wrote, as it is: for a binding that has to say it.
pub fn verbatim(text: &str) -> Sentence {
    errors::verbatim(text)
}

/// Makes a function of each entry: `name(argument: type, …) => "in English", "по-русски";`.
///
/// Exported for the catalogues of the bindings, and hidden.
#[doc(hidden)]
#[macro_export]
macro_rules! __sentences {
    ($(
        $(#[$meta:meta])*
        $name:ident($($argument:ident: $kind:ty),* $(,)?) => $english:literal, $russian:literal;
    )+) => {
        $(
            $(#[$meta])*
            #[allow(clippy::too_many_arguments, reason = "a sentence has the arguments that it has")]
            #[cold]
            pub(crate) fn $name($($argument: $kind),*) -> $crate::sentences::Sentence {
                $crate::sentences::Sentence::fill(
                    $english,
                    $russian,
                    stringify!($($argument),*),
                    &[$(&$argument),*],
                )
            }
        )+

        /// For the tests, which read all of them.
        #[cfg(test)]
        pub(crate) const PATTERNS: &[$crate::sentences::Pattern] = &[$(
            $crate::sentences::Pattern {
                name: stringify!($name),
                english: $english,
                russian: $russian,
                sample: || $name($(<$kind as $crate::sentences::Sample>::sample()),*),
                formatted: || {
                    $(let $argument = <$kind as $crate::sentences::Sample>::sample();)*
                    [
                        {
                            $(let $argument = $crate::sentences::In(&$argument, $crate::Language::English);)*
                            format!($english)
                        },
                        {
                            $(let $argument = $crate::sentences::In(&$argument, $crate::Language::Russian);)*
                            format!($russian)
                        },
                    ]
                },
            }
        ),+];
    };
}

pub(crate) use __sentences as sentences;
