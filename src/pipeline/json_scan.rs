//! A cursor over JSON text that checks the grammar of RFC 8259 and builds nothing.
//!
//! It accepts what `serde_json::from_str::<Value>` accepts, no less and no more, so that no caller
//! is handed a text which a later parser refuses. That asks for three things beyond the grammar:
//! escaped surrogates come in pairs, numbers fit a double, and at most [`MAX_DEPTH`] containers are
//! open at once. serde_json's own way to skip text (`RawValue`) checks none of the three; sonic-rs
//! checks none of them either, takes `"\uZZZZ"` for a string and recurses as deep as the text asks.
//!
//! Over a page of 40 KB it takes a third less time than `RawValue`, UTF-8 check included: 8.2 µs. Of
//! what was tried on the strings, 8 bytes at a time in a word took 9.7 µs, and loops that the compiler
//! turns into SSE2 by itself more than that; the crate `wide` gives SSE2 (or its like on other
//! processors) without `unsafe` here.

use wide::u8x16;

use super::envelope::{Kind, Malformed};

/// How many objects and arrays may be open at once: as many as serde_json allows. The service's
/// answers need six.
pub(super) const MAX_DEPTH: u32 = 127;

/// From this many digits on an integer may be too great for a double; the greatest has 309.
const LONG_INTEGER: usize = 300;

/// A string as it stands in the text, known to be well-formed.
pub(super) struct Quoted<'a> {
    /// With its quotation marks.
    text: &'a [u8],
    escaped: bool,
}

impl Quoted<'_> {
    /// Whether the string, its escapes resolved, is `name`.
    pub(super) fn is(&self, name: &str) -> bool {
        if self.escaped {
            // Nobody writes `"\u0072esult"`, but it is the same key.
            serde_json::from_slice::<String>(self.text).is_ok_and(|string| string == name)
        } else {
            &self.text[1..self.text.len() - 1] == name.as_bytes()
        }
    }
}

/// A position in a text. The methods pass over what they name, or say why it is not there.
pub(super) struct Scanner<'a> {
    text: &'a [u8],
    /// What is left of `text`. With an index instead, each look ahead would have one more check.
    rest: &'a [u8],
    /// Objects and arrays open here.
    depth: u32,
}

impl<'a> Scanner<'a> {
    /// Takes a `str`, because bytes from 0x80 on are let pass in strings.
    pub(super) fn new(text: &'a str) -> Self {
        Self { text: text.as_bytes(), rest: text.as_bytes(), depth: 0 }
    }

    /// The byte offset reached.
    pub(super) fn at(&self) -> usize {
        self.text.len() - self.rest.len()
    }

    /// Passes over white space; gives the byte after it.
    #[inline(always)]
    pub(super) fn peek(&mut self) -> Option<u8> {
        loop {
            match self.rest {
                // The service sends none: the first comparison is nearly always the only one.
                [byte, ..] if *byte > b' ' => return Some(*byte),
                [b' ' | b'\n' | b'\r' | b'\t', rest @ ..] => self.rest = rest,
                other => return other.first().copied(),
            }
        }
    }

    /// White space up to the text's end.
    pub(super) fn end(&mut self) -> Result<(), Malformed> {
        match self.peek() {
            None => Ok(()),
            Some(_) => Err(self.unexpected("something follows the value")),
        }
    }

    /// An object. Each of its keys is given to `member`, which has to pass over the value.
    pub(super) fn object(
        &mut self,
        mut member: impl FnMut(&mut Self, Quoted<'a>) -> Result<(), Malformed>,
    ) -> Result<(), Malformed> {
        self.peek();
        self.open(b'{')?;
        self.peek();
        if !self.eat(b'}') {
            loop {
                self.peek();
                let key = self.quoted()?;
                self.colon()?;
                self.peek();
                member(self, key)?;
                self.peek();
                if self.eat(b'}') {
                    break;
                }
                if !self.eat(b',') {
                    return Err(self.unexpected(COMMA_OR_BRACE));
                }
            }
        }
        self.depth -= 1;
        Ok(())
    }

    /// A string, and what stands in it.
    pub(super) fn quoted(&mut self) -> Result<Quoted<'a>, Malformed> {
        let start = self.at();
        let escaped = self.string()?;
        Ok(Quoted { text: &self.text[start..self.at()], escaped })
    }

    /// Any value. Without recursion, so that the text's nesting takes none of the host's stack.
    pub(super) fn value(&mut self) -> Result<Kind, Malformed> {
        let outside = self.depth;
        // A bit for each container opened here, the innermost lowest: 1 for an object. `MAX_DEPTH`
        // sees to it that none is lost at the top.
        let mut objects = 0u128;
        let mut outermost = None;
        loop {
            let kind = match self.peek() {
                Some(b'"') => {
                    self.string()?;
                    Kind::String
                }
                Some(b'{') => {
                    self.open(b'{')?;
                    outermost.get_or_insert(Kind::Object);
                    self.peek();
                    if !self.eat(b'}') {
                        objects = objects << 1 | 1;
                        self.key()?;
                        continue;
                    }
                    self.depth -= 1;
                    Kind::Object
                }
                Some(b'[') => {
                    self.open(b'[')?;
                    outermost.get_or_insert(Kind::Array);
                    self.peek();
                    if !self.eat(b']') {
                        objects <<= 1;
                        continue;
                    }
                    self.depth -= 1;
                    Kind::Array
                }
                Some(b'-' | b'0'..=b'9') => self.number()?,
                Some(b't') => self.word(b"true", Kind::Bool)?,
                Some(b'f') => self.word(b"false", Kind::Bool)?,
                Some(b'n') => self.word(b"null", Kind::Null)?,
                _ => return Err(self.unexpected("expected a value")),
            };
            // The value may be the last one of several containers.
            loop {
                if self.depth == outside {
                    return Ok(outermost.unwrap_or(kind));
                }
                let in_object = objects & 1 == 1;
                self.peek();
                if self.eat(b',') {
                    if in_object {
                        self.key()?;
                    }
                    break;
                }
                if !self.eat(if in_object { b'}' } else { b']' }) {
                    return Err(self.unexpected(if in_object {
                        COMMA_OR_BRACE
                    } else {
                        "expected a comma or a closing bracket"
                    }));
                }
                self.depth -= 1;
                objects >>= 1;
            }
        }
    }

    /// A key and its colon, white space before each included.
    #[inline(always)]
    fn key(&mut self) -> Result<(), Malformed> {
        self.peek();
        self.string()?;
        self.colon()
    }

    #[inline(always)]
    fn colon(&mut self) -> Result<(), Malformed> {
        self.peek();
        if self.eat(b':') { Ok(()) } else { Err(self.unexpected("expected a colon")) }
    }

    /// The opening bracket or brace of a container.
    #[inline(always)]
    fn open(&mut self, bracket: u8) -> Result<(), Malformed> {
        if self.depth == MAX_DEPTH {
            return Err(Malformed::TooDeep { at: self.at() });
        }
        if !self.eat(bracket) {
            return Err(self.unexpected("expected an object or an array"));
        }
        self.depth += 1;
        Ok(())
    }

    /// A string; tells whether there are escapes in it.
    #[inline(always)]
    fn string(&mut self) -> Result<bool, Malformed> {
        if !self.eat(b'"') {
            return Err(self.unexpected("expected a string"));
        }
        let mut escaped = false;
        loop {
            self.rest = from_special(self.rest);
            match self.rest {
                [b'"', rest @ ..] => {
                    self.rest = rest;
                    return Ok(escaped);
                }
                [b'\\', b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't', rest @ ..] => {
                    self.rest = rest;
                }
                [b'\\', ..] => self.unicode_escape()?,
                _ => return Err(self.unexpected("a control character in a string")),
            }
            escaped = true;
        }
    }

    /// `\uXXXX`, or two of them that are one character together.
    fn unicode_escape(&mut self) -> Result<(), Malformed> {
        match self.utf16_unit()? {
            0xDC00..=0xDFFF => {}
            0xD800..=0xDBFF => {
                if let Ok(0xDC00..=0xDFFF) = self.utf16_unit() {
                    return Ok(());
                }
            }
            _ => return Ok(()),
        }
        Err(self.unexpected("half of a surrogate pair before this"))
    }

    fn utf16_unit(&mut self) -> Result<u16, Malformed> {
        let [b'\\', b'u', a, b, c, d, rest @ ..] = self.rest else {
            return Err(self.unexpected("unknown or unfinished escape"));
        };
        let mut unit = 0;
        for digit in [a, b, c, d] {
            let Some(value) = char::from(*digit).to_digit(16) else {
                return Err(self.unexpected("expected four hexadecimal digits"));
            };
            unit = unit << 4 | value as u16;
        }
        self.rest = rest;
        Ok(unit)
    }

    #[inline(always)]
    fn number(&mut self) -> Result<Kind, Malformed> {
        let start = self.rest;
        self.eat(b'-');
        let leading_zero = self.rest.first() == Some(&b'0');
        let length = self.digits()?;
        if leading_zero && length > 1 {
            return Err(self.unexpected("a number with a leading zero before this"));
        }
        let mut kind = Kind::Integer;
        let mut may_be_too_great = length >= LONG_INTEGER;
        if self.eat(b'.') {
            kind = Kind::Number;
            self.digits()?;
        }
        if self.eat(b'e') || self.eat(b'E') {
            kind = Kind::Number;
            may_be_too_great = true;
            if !self.eat(b'-') {
                self.eat(b'+');
            }
            self.digits()?;
        }
        if may_be_too_great {
            let number = &start[..start.len() - self.rest.len()];
            if serde_json::from_slice::<f64>(number).is_err() {
                let at = self.text.len() - start.len();
                return Err(Malformed::Syntax { at, what: "a number too great for a double" });
            }
        }
        Ok(kind)
    }

    /// One digit or more; gives their number.
    #[inline(always)]
    fn digits(&mut self) -> Result<usize, Malformed> {
        let start = self.rest.len();
        while let [b'0'..=b'9', rest @ ..] = self.rest {
            self.rest = rest;
        }
        match start - self.rest.len() {
            0 => Err(self.unexpected("expected a digit")),
            length => Ok(length),
        }
    }

    #[inline(always)]
    fn word(&mut self, word: &[u8], kind: Kind) -> Result<Kind, Malformed> {
        match self.rest.strip_prefix(word) {
            Some(rest) => self.rest = rest,
            None => return Err(self.unexpected("expected a value")),
        }
        Ok(kind)
    }

    /// Passes over `byte` if it is next.
    #[inline(always)]
    fn eat(&mut self, byte: u8) -> bool {
        match self.rest {
            [first, rest @ ..] if *first == byte => {
                self.rest = rest;
                true
            }
            _ => false,
        }
    }

    #[cold]
    fn unexpected(&self, what: &'static str) -> Malformed {
        let what = if self.rest.is_empty() { "the text ends too early" } else { what };
        Malformed::Syntax { at: self.at(), what }
    }
}

const COMMA_OR_BRACE: &str = "expected a comma or a closing brace";

/// A string's text from its first quotation mark, backslash or control character on.
#[inline(always)]
fn from_special(mut text: &[u8]) -> &[u8] {
    while let Some((block, rest)) = text.split_first_chunk() {
        let found = special_bytes(*block);
        if found != 0 {
            return &text[found.trailing_zeros() as usize..];
        }
        text = rest;
    }
    from_special_in_tail(text)
}

/// Only a text cut off within a string, or one with a string at its very end, comes here.
#[cold]
fn from_special_in_tail(text: &[u8]) -> &[u8] {
    let special = text.iter().position(|byte| matches!(byte, ..0x20 | b'"' | b'\\'));
    &text[special.unwrap_or(text.len())..]
}

/// Looks at sixteen bytes of a string together: a bit for each special one, the first the lowest.
#[inline(always)]
fn special_bytes(block: [u8; 16]) -> u32 {
    let block = u8x16::new(block);
    let control = block.min(u8x16::splat(0x1f)).cmp_eq(block);
    let quote = block.cmp_eq(u8x16::splat(b'"'));
    let backslash = block.cmp_eq(u8x16::splat(b'\\'));
    (control | quote | backslash).move_mask() as u32
}

#[cfg(test)]
mod tests;
