//! A text as words and punctuation marks, in the form in which they are compared.

#[cfg(test)]
use std::cell::Cell;

/// What stands between a token and the one before it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Gap {
    /// Nothing.
    None,
    /// Spaces or tabs.
    Blank,
    /// The end of a line, or the beginning of the text.
    Line,
}

/// A run of letters, digits and underscores, or a punctuation mark.
#[derive(Debug)]
pub(super) struct Token {
    /// Bytes of the text.
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) gap: Gap,
    pub(super) is_word: bool,
    /// In small letters, without invisible characters; of a dash or bracket its plain form.
    pub(super) text: String,
}

/// The tokens of a text.
pub(super) struct Tokens<'t> {
    pub(super) source: &'t str,
    tokens: Vec<Token>,
    /// How many tokens were looked at, to show that the check takes linear time.
    #[cfg(test)]
    pub(super) looks: Cell<usize>,
}

impl<'t> Tokens<'t> {
    pub(super) fn of(source: &'t str) -> Self {
        let mut tokens: Vec<Token> = Vec::new();
        let mut gap = Gap::Line;
        // Whether the last token is a word that may go on.
        let mut in_word = false;
        for (start, character) in source.char_indices() {
            let end = start + character.len_utf8();
            if is_invisible(character) {
                if let Some(word) = tokens.last_mut().filter(|_| in_word) {
                    word.end = end;
                }
                continue;
            }
            let plain = plain(character);
            if plain.is_whitespace() {
                let line = matches!(plain, '\n' | '\r' | '\u{2028}' | '\u{2029}');
                gap = gap.max(if line { Gap::Line } else { Gap::Blank });
                in_word = false;
                continue;
            }
            let is_word = plain.is_alphanumeric() || plain == '_';
            if let Some(word) = tokens.last_mut().filter(|_| is_word && in_word) {
                word.text.extend(plain.to_lowercase());
                word.end = end;
                continue;
            }
            let text = plain.to_lowercase().collect();
            tokens.push(Token { start, end, gap, is_word, text });
            gap = Gap::None;
            in_word = is_word;
        }
        Tokens {
            source,
            tokens,
            #[cfg(test)]
            looks: Cell::new(0),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.tokens.len()
    }

    pub(super) fn get(&self, index: usize) -> Option<&Token> {
        #[cfg(test)]
        self.looks.set(self.looks.get() + 1);
        self.tokens.get(index)
    }

    /// The token before `index`.
    pub(super) fn before(&self, index: usize) -> Option<&Token> {
        self.get(index.checked_sub(1)?)
    }

    /// The word at `index`.
    pub(super) fn word(&self, index: usize) -> Option<&Token> {
        self.get(index).filter(|token| token.is_word)
    }

    /// Whether the punctuation mark `mark` stands at `index`.
    pub(super) fn is(&self, index: usize, mark: &str) -> bool {
        self.get(index).is_some_and(|token| !token.is_word && token.text == mark)
    }

    /// Whether nothing stands between the token at `index` and the one before it.
    pub(super) fn is_tight(&self, index: usize) -> bool {
        self.get(index).is_some_and(|token| token.gap == Gap::None)
    }

    /// The text from one token to the other, as it was written.
    pub(super) fn source_of(&self, first: usize, last: usize) -> &'t str {
        match (self.get(first), self.get(last)) {
            (Some(first), Some(last)) => &self.source[first.start..last.end],
            _ => "",
        }
    }

    /// The first token that begins at the byte `at` or behind it.
    pub(super) fn index_at(&self, at: usize) -> usize {
        self.tokens.partition_point(|token| token.start < at)
    }
}

/// Characters that are not seen, or that only change how the one before them looks.
fn is_invisible(character: char) -> bool {
    matches!(
        character,
        '\u{AD}' | '\u{300}'..='\u{36F}' | '\u{200B}'..='\u{200F}' | '\u{2060}'..='\u{2064}'
            | '\u{20E3}' | '\u{FE0F}' | '\u{FEFF}'
    )
}

/// The plain form of a wide character, dash or dot.
fn plain(character: char) -> char {
    match character {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(character as u32 - 0xFEE0).unwrap_or(character),
        '\u{2010}'..='\u{2015}' | '\u{2212}' => '-',
        '\u{3002}' | '\u{2024}' => '.',
        _ => character,
    }
}
