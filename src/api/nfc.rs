//! Unicode's form NFC, from the tables of the canonical forms alone.
//!
//! The iterators of `unicode-normalization` bring the tables of the compatible forms along, which
//! nothing here uses: 60 KB of the library. The algorithm is that of the Unicode Standard,
//! section 3.11; the tests hold it against those iterators.

use unicode_normalization::char::{canonical_combining_class, compose, decompose_canonical};

use crate::sorting::sort_by_number;

/// The text in the form NFC.
pub(super) fn nfc(text: &str) -> String {
    if text.is_ascii() {
        return text.to_owned();
    }
    let mut decomposed: Vec<(u8, char)> = Vec::with_capacity(text.len());
    for character in text.chars() {
        decompose_canonical(character, |part| {
            decomposed.push((canonical_combining_class(part), part));
        });
    }
    for marks in decomposed.split_mut(|(class, _)| *class == 0) {
        sort_by_number(marks, |(class, _)| i64::from(*class));
    }
    let mut composed: Vec<char> = Vec::with_capacity(decomposed.len());
    // The last starter, and the class of what stands between it and the next character.
    let (mut starter, mut between) = (None::<usize>, None::<u8>);
    for (class, character) in decomposed {
        if let Some(starter) = starter
            && between.is_none_or(|between| between < class)
            && let Some(pair) = compose(composed[starter], character)
        {
            composed[starter] = pair;
            continue;
        }
        if class == 0 {
            (starter, between) = (Some(composed.len()), None);
        } else {
            between = Some(class);
        }
        composed.push(character);
    }
    composed.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use unicode_normalization::UnicodeNormalization;

    use super::*;

    #[test]
    fn what_can_be_composed_is_composed() {
        for (text, expected) in [
            ("plain", "plain"),
            ("и\u{306} е\u{308}", "й ё"),
            // Two marks in the other order, and one that is in the way of its like.
            ("a\u{323}\u{306}", "\u{1eb7}"),
            ("a\u{306}\u{323}", "\u{1eb7}"),
            ("a\u{305}\u{301}", "a\u{305}\u{301}"),
            // Hangul, a sign that is another one's, and marks without a base.
            ("\u{1100}\u{1161}\u{11a8}", "\u{ac01}"),
            ("\u{212b}\u{2126}", "\u{c5}\u{3a9}"),
            ("\u{308}е", "\u{308}е"),
        ] {
            assert_eq!(nfc(text), expected, "{text:?}");
        }
    }

    #[test]
    fn every_character_alone_and_with_marks_is_as_the_iterators_make_it() {
        for character in '\0'..=char::MAX {
            let text = format!("{character}\u{308}x\u{323}{character}\u{301}");
            assert!(nfc(&text).chars().eq(text.nfc()), "{text:?}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn any_text_is_as_the_iterators_make_it(
            parts in prop::collection::vec(
                prop_oneof![
                    any::<char>(),
                    prop::char::range('\u{300}', '\u{36f}'),
                    prop::char::range('\u{1100}', '\u{11ff}'),
                    prop::char::range('а', 'я'),
                ],
                0..40,
            ),
        ) {
            let text: String = parts.into_iter().collect();
            prop_assert_eq!(nfc(&text), text.nfc().collect::<String>());
        }
    }
}
