//! A sentence in both languages, and what stands in one.

use std::borrow::Cow;
use std::fmt::{self, Write as _};

use crate::language::Language;

/// A sentence for people, in both languages.
#[derive(Clone, PartialEq, Eq)]
pub struct Sentence {
    english: Cow<'static, str>,
    russian: Cow<'static, str>,
}

impl Sentence {
    /// For what a catalogue cannot hold.
    #[doc(hidden)]
    pub fn new(english: Cow<'static, str>, russian: Cow<'static, str>) -> Self {
        Sentence { english, russian }
    }

    /// What the catalogue's functions are made of: two patterns, the names of the arguments with
    /// commas between them, and the arguments in the same order.
    #[doc(hidden)]
    #[cold]
    #[inline(never)]
    pub fn fill(
        english: &'static str,
        russian: &'static str,
        names: &str,
        arguments: &[&dyn Argument],
    ) -> Self {
        let fill = |pattern, language| fill(pattern, language, names, arguments);
        Sentence::new(fill(english, Language::English), fill(russian, Language::Russian))
    }

    /// What it is in a language.
    pub fn in_language(&self, language: Language) -> &str {
        match language {
            Language::English => &self.english,
            Language::Russian => &self.russian,
        }
    }

    #[cfg(test)]
    pub(crate) fn english(&self) -> &str {
        &self.english
    }

    /// Without the full stop that others may have written at its end: to stand within another one.
    pub(crate) fn without_stop(mut self) -> Self {
        for text in [&mut self.english, &mut self.russian] {
            let length = text.trim_end_matches('.').len();
            if length < text.len() {
                text.to_mut().truncate(length);
            }
        }
        self
    }

    /// The same with each text changed, for taking credentials out of what others wrote.
    pub(crate) fn map(&self, change: impl Fn(&str) -> String) -> Self {
        Sentence::new(change(&self.english).into(), change(&self.russian).into())
    }
}

/// A text without arguments needs no memory of its own.
#[inline(never)]
fn fill(
    pattern: &'static str,
    language: Language,
    names: &str,
    arguments: &[&dyn Argument],
) -> Cow<'static, str> {
    let mut text = String::new();
    let mut rest = pattern;
    while let Some(at) = rest.find(['{', '}']) {
        text.push_str(&rest[..at]);
        let brace = &rest[at..=at];
        rest = &rest[at + 1..];
        if let Some(after) = rest.strip_prefix(brace) {
            text.push_str(brace);
            rest = after;
            continue;
        }
        let (name, after) = rest.split_once('}').unwrap_or((rest, ""));
        let place = names.split(", ").position(|known| known == name);
        // The tests compare each sentence with what `format!` makes of its patterns.
        if let Some(argument) = place.and_then(|place| arguments.get(place)) {
            let _ = write!(text, "{}", In(*argument, language));
        }
        rest = after;
    }
    if rest.len() == pattern.len() {
        return Cow::Borrowed(pattern);
    }
    text.push_str(rest);
    Cow::Owned(text)
}

/// Names it by its English text.
impl fmt::Debug for Sentence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.english.fmt(f)
    }
}

/// What a sentence can name.
pub trait Argument {
    /// Writes it in a language.
    fn say(&self, language: Language, f: &mut fmt::Formatter<'_>) -> fmt::Result;
}

/// An argument, in the language of the sentence that it stands in.
#[doc(hidden)]
pub struct In<'a>(pub &'a dyn Argument, pub Language);

impl fmt::Display for In<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.say(self.1, f)
    }
}

impl fmt::Debug for In<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// An argument of this type for a test that renders a whole catalogue. No letter in it is Latin.
#[doc(hidden)]
pub trait Sample {
    /// The argument.
    fn sample() -> Self;
}

/// An entry of a catalogue, for tests.
#[doc(hidden)]
#[derive(Debug)]
pub struct Pattern {
    /// Of its function.
    pub name: &'static str,
    /// The format string in English.
    pub english: &'static str,
    /// The format string in Russian.
    pub russian: &'static str,
    /// The sentence with [samples](Sample) as its arguments.
    pub sample: fn() -> Sentence,
    /// What `format!` makes of the patterns with the same samples.
    pub formatted: fn() -> [String; 2],
}

macro_rules! the_same_in_every_language {
    ($($kind:ty = $sample:expr),+ $(,)?) => {$(
        impl Argument for $kind {
            fn say(&self, _: Language, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl Sample for $kind {
            fn sample() -> Self {
                $sample
            }
        }
    )+};
}

the_same_in_every_language! {
    &str = "§",
    &dyn fmt::Display = &"§",
    u8 = 2,
    u16 = 404,
    u32 = 4,

    u64 = 5,
    i64 = -1,
    usize = 21,
}

/// A number of tenths, which each language writes in its own way.
#[derive(Debug, Clone, Copy)]
pub struct Tenths(pub u128);

impl Argument for Tenths {
    fn say(&self, language: Language, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, tenth) = (self.0 / 10, self.0 % 10);
        match language {
            Language::English => write!(f, "{whole}.{tenth}"),
            Language::Russian => write!(f, "{whole},{tenth}"),
        }
    }
}

impl Sample for Tenths {
    fn sample() -> Self {
        Tenths(52)
    }
}

impl Argument for &Sentence {
    fn say(&self, language: Language, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.in_language(language))
    }
}

impl Sample for &Sentence {
    fn sample() -> Self {
        const { &Sentence { english: Cow::Borrowed("§"), russian: Cow::Borrowed("§") } }
    }
}
