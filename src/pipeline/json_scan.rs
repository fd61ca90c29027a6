//! A cursor over JSON text that checks the grammar of RFC 8259 and builds nothing.
//!
//! It accepts what `serde_json::from_str::<Value>` accepts, no less and no more, so that no caller
//! is handed a text which a later parser refuses. That asks for three things beyond the grammar:
//! escaped surrogates come in pairs, numbers fit a double, and at most [`MAX_DEPTH`] containers are
//! open at once. Halves of pairs are refused by a name of their own: they can be repaired. serde_json's own way to skip text (`RawValue`) checks none of the three; sonic-rs
//! checks none of them either, takes `"\uZZZZ"` for a string and recurses as deep as the text asks.
//!
//! Over a page of 40 KB it takes half the time of `RawValue`, UTF-8 check included: 5.2 µs. What
//! decides is that the ends of strings are not searched from where each string begins ([`Specials`]):
//! then no search waits for the one before it. The crate `wide` gives SSE2 (or its like on other
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

/// A position in a text. The methods pass over what they name and over white space before it, or
/// say why it is not there.
#[derive(Clone, Copy)]
pub(super) struct Scanner<'a> {
    text: &'a [u8],
    at: usize,
    /// Objects and arrays open here.
    depth: u32,
    specials: Specials,
}

impl<'a> Scanner<'a> {
    /// Takes a `str`, because bytes from 0x80 on are let pass in strings.
    pub(super) fn new(text: &'a str) -> Self {
        let text = text.as_bytes();
        Self { text, at: 0, depth: 0, specials: Specials::of(text) }
    }

    /// The byte offset reached.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    /// Passes over white space; gives the byte after it.
    #[inline(always)]
    pub(super) fn peek(&mut self) -> Option<u8> {
        loop {
            match self.text.get(self.at) {
                Some(b' ' | b'\n' | b'\r' | b'\t') => self.at += 1,
                other => return other.copied(),
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
        if !self.eat(b'{') {
            return Err(self.unexpected("expected an object"));
        }
        self.opened()?;
        if !self.eat(b'}') {
            loop {
                self.peek();
                let key = self.quoted()?;
                self.colon()?;
                self.peek();
                member(self, key)?;
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

    /// A string that begins here, and what stands in it.
    pub(super) fn quoted(&mut self) -> Result<Quoted<'a>, Malformed> {
        let start = self.at;
        let escaped = self.string()?;
        Ok(Quoted { text: &self.text[start..self.at], escaped })
    }

    /// Any value. Without recursion, so that the text's nesting takes none of the host's stack.
    pub(super) fn value(&mut self) -> Result<Kind, Malformed> {
        // A copy that nobody else can see stays in registers; `self` would be written to memory at
        // each step.
        let (copy, kind) = walk(*self);
        *self = copy;
        kind
    }

    #[inline(always)]
    fn walk(&mut self) -> Result<Kind, Malformed> {
        let outside = self.depth;
        // A bit for each container opened here, the innermost lowest: 1 for an object. `MAX_DEPTH`
        // sees to it that none is lost at the top.
        let mut objects = 0u128;
        let mut outermost = None;
        'values: loop {
            let kind = match self.text.get(self.at) {
                Some(b'"') => {
                    self.at += 1;
                    self.string_after_quote()?;
                    Kind::String
                }
                Some(b'-' | b'0'..=b'9') => self.number()?,
                Some(b'{') => {
                    self.at += 1;
                    self.opened()?;
                    outermost.get_or_insert(Kind::Object);
                    if !self.eat(b'}') {
                        objects = objects << 1 | 1;
                        self.key()?;
                        continue;
                    }
                    self.depth -= 1;
                    Kind::Object
                }
                Some(b'[') => {
                    self.at += 1;
                    self.opened()?;
                    outermost.get_or_insert(Kind::Array);
                    if !self.eat(b']') {
                        objects <<= 1;
                        continue;
                    }
                    self.depth -= 1;
                    Kind::Array
                }
                Some(b't') => self.word(b"true", Kind::Bool)?,
                Some(b'f') => self.word(b"false", Kind::Bool)?,
                Some(b'n') => self.word(b"null", Kind::Null)?,
                Some(b' ' | b'\n' | b'\r' | b'\t') => {
                    self.at += 1;
                    continue;
                }
                _ => return Err(self.unexpected("expected a value")),
            };
            // The value may be the last one of several containers.
            loop {
                if self.depth == outside {
                    return Ok(outermost.unwrap_or(kind));
                }
                let in_object = objects & 1 == 1;
                if in_object {
                    // From one member to the next, as it nearly always looks: `","` and `":"`.
                    while self.eat_both(b",\"") {
                        self.string_after_quote()?;
                        if !self.eat_both(b":\"") {
                            self.colon()?;
                            continue 'values;
                        }
                        self.string_after_quote()?;
                    }
                }
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

    /// A key and its colon.
    #[inline(always)]
    fn key(&mut self) -> Result<(), Malformed> {
        self.string()?;
        self.colon()
    }

    #[inline(always)]
    fn colon(&mut self) -> Result<(), Malformed> {
        if self.eat(b':') { Ok(()) } else { Err(self.unexpected("expected a colon")) }
    }

    /// The opening bracket or brace of a container has just been passed.
    #[inline(always)]
    fn opened(&mut self) -> Result<(), Malformed> {
        if self.depth == MAX_DEPTH {
            return Err(Malformed::TooDeep { at: self.at - 1 });
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
        self.string_after_quote()
    }

    /// A string whose opening quotation mark has been passed; tells whether there are escapes in it.
    #[inline(always)]
    fn string_after_quote(&mut self) -> Result<bool, Malformed> {
        let mut escaped = false;
        loop {
            self.at = self.specials.first_from(self.text, self.at);
            match self.text.get(self.at) {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(escaped);
                }
                Some(b'\\') => self.at = escape(self.text, self.at)?,
                _ => return Err(self.unexpected("a control character in a string")),
            }
            escaped = true;
        }
    }

    #[inline(always)]
    fn number(&mut self) -> Result<Kind, Malformed> {
        let start = self.at;
        self.eat_here(b'-');
        let leading_zero = self.text.get(self.at) == Some(&b'0');
        let length = self.digits()?;
        if leading_zero && length > 1 {
            return Err(self.unexpected("a number with a leading zero before this"));
        }
        if length < LONG_INTEGER && !matches!(self.text.get(self.at), Some(b'.' | b'e' | b'E')) {
            return Ok(Kind::Integer);
        }
        let mut copy = *self;
        let kind = copy.number_after_integer(start, length);
        *self = copy;
        kind
    }

    /// What follows the integer, of `length` digits, of a number.
    #[cold]
    fn number_after_integer(&mut self, start: usize, length: usize) -> Result<Kind, Malformed> {
        let mut kind = Kind::Integer;
        let mut may_be_too_great = length >= LONG_INTEGER;
        if self.eat_here(b'.') {
            kind = Kind::Number;
            self.digits()?;
        }
        if self.eat_here(b'e') || self.eat_here(b'E') {
            kind = Kind::Number;
            may_be_too_great = true;
            if !self.eat_here(b'-') {
                self.eat_here(b'+');
            }
            self.digits()?;
        }
        if may_be_too_great {
            let number = &self.text[start..self.at];
            if serde_json::from_slice::<f64>(number).is_err() {
                let what = "a number too great for a double";
                return Err(Malformed::Syntax { at: start, what });
            }
        }
        Ok(kind)
    }

    /// One digit or more; gives their number.
    #[inline(always)]
    fn digits(&mut self) -> Result<usize, Malformed> {
        let start = self.at;
        loop {
            let rest = &self.text[self.at..];
            let (digits, all) = match rest.first_chunk() {
                Some(block) => (leading_digits(block), 16),
                None => (leading_digits_in_tail(rest), usize::MAX),
            };
            self.at += digits;
            if digits < all {
                break;
            }
        }
        match self.at - start {
            0 => Err(self.unexpected("expected a digit")),
            length => Ok(length),
        }
    }

    #[inline(always)]
    fn word(&mut self, word: &[u8], kind: Kind) -> Result<Kind, Malformed> {
        if !self.text[self.at..].starts_with(word) {
            return Err(self.unexpected("expected a value"));
        }
        self.at += word.len();
        Ok(kind)
    }

    /// Passes over `byte` if it is next, white space before it included.
    #[inline(always)]
    fn eat(&mut self, byte: u8) -> bool {
        if self.eat_here(byte) {
            return true;
        }
        // The service sends no white space, so that the first look nearly always suffices.
        matches!(self.text.get(self.at), Some(b' ' | b'\n' | b'\r' | b'\t'))
            && self.peek() == Some(byte)
            && self.eat_here(byte)
    }

    /// Passes over `byte` if it stands right here.
    #[inline(always)]
    fn eat_here(&mut self, byte: u8) -> bool {
        // A branch, which the processor foresees; adding 0 or 1 would have the next look wait.
        if self.text.get(self.at) != Some(&byte) {
            return false;
        }
        self.at += 1;
        true
    }

    /// Passes over two bytes if they stand right here.
    #[inline(always)]
    fn eat_both(&mut self, bytes: &[u8; 2]) -> bool {
        if self.text.get(self.at..self.at + 2) != Some(bytes) {
            return false;
        }
        self.at += 2;
        true
    }

    #[inline(always)]
    fn unexpected(&self, what: &'static str) -> Malformed {
        unexpected(self.text, self.at, what)
    }
}

/// Passes over a value, in the way that suits the processor: those of the last ten years (AVX2, BMI)
/// take a twelfth less time.
#[multiversion::multiversion(targets("x86_64+avx2+bmi1+bmi2+lzcnt+popcnt"))]
fn walk<'a>(mut scanner: Scanner<'a>) -> (Scanner<'a>, Result<Kind, Malformed>) {
    let kind = scanner.walk();
    (scanner, kind)
}

const COMMA_OR_BRACE: &str = "expected a comma or a closing brace";

#[cold]
fn unexpected(text: &[u8], at: usize, what: &'static str) -> Malformed {
    let what = if at >= text.len() { "the text ends too early" } else { what };
    Malformed::Syntax { at, what }
}

/// The end of an escape that begins at `at`.
#[inline(always)]
fn escape(text: &[u8], at: usize) -> Result<usize, Malformed> {
    match text.get(at + 1) {
        Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => Ok(at + 2),
        _ => unicode_escape(text, at),
    }
}

/// The end of `\uXXXX`, or of two of them that are one character together.
#[cold]
fn unicode_escape(text: &[u8], at: usize) -> Result<usize, Malformed> {
    let second = at + "\\uXXXX".len();
    match utf16_unit(text, at)? {
        0xDC00..=0xDFFF => {}
        0xD800..=0xDBFF => {
            if let Ok(0xDC00..=0xDFFF) = utf16_unit(text, second) {
                return Ok(second + "\\uXXXX".len());
            }
        }
        _ => return Ok(second),
    }
    Err(Malformed::HalfOfPair { at })
}

/// Replaces each escape that is half of a surrogate pair by `\ufffd`, which has the same length.
/// Nothing else changes in a text that is JSON apart from them.
pub(crate) fn replace_halves_of_pairs(text: &mut [u8]) {
    const ESCAPE: usize = "\\uXXXX".len();
    let mut from = 0;
    while let Some(found) = memchr::memchr(b'\\', &text[from..]) {
        let at = from + found;
        from = match escape(text, at) {
            Ok(end) => end,
            Err(Malformed::HalfOfPair { .. }) => {
                text[at..at + ESCAPE].copy_from_slice(b"\\ufffd");
                at + ESCAPE
            }
            // No JSON, which the scanner will say.
            Err(_) => return,
        };
    }
}

fn utf16_unit(text: &[u8], at: usize) -> Result<u16, Malformed> {
    let [b'\\', b'u', a, b, c, d, ..] = text[at..] else {
        return Err(unexpected(text, at, "unknown or unfinished escape"));
    };
    let mut unit = 0;
    for digit in [a, b, c, d] {
        let Some(value) = char::from(digit).to_digit(16) else {
            return Err(unexpected(text, at, "expected four hexadecimal digits"));
        };
        unit = unit << 4 | value as u16;
    }
    Ok(unit)
}

/// The bytes of a text that may end a string or begin an escape, or must not stand in a string:
/// quotation marks, backslashes and control characters. They are found 64 bytes at a time, wherever
/// strings begin: the processor looks at the next block while it still follows the grammar in this
/// one.
#[derive(Clone, Copy)]
struct Specials {
    /// A bit for each byte of the block, the first the lowest; those that were asked for are gone.
    block: u64,
    /// Where the block begins.
    start: usize,
    /// The same of the block after it. That a block is over, the processor rarely foresees; it
    /// goes on sooner when the next one needs not be looked at first.
    ahead: u64,
}

impl Specials {
    fn of(text: &[u8]) -> Self {
        Self { block: special_bytes(text), start: 0, ahead: Self::after(0, text) }
    }

    /// Those of the block after the one that begins at `start`.
    #[inline(always)]
    fn after(start: usize, text: &[u8]) -> u64 {
        match text.get(start + BLOCK..) {
            Some(rest) => special_bytes(rest),
            None => 0,
        }
    }

    /// The place of the first one at `from` or after it, or the text's end. Asks for places in
    /// ascending order.
    #[inline(always)]
    fn first_from(&mut self, text: &[u8], from: usize) -> usize {
        loop {
            while self.block == 0 {
                self.start += BLOCK;
                if self.start >= text.len() {
                    return text.len();
                }
                self.block = self.ahead;
                self.ahead = Self::after(self.start, text);
            }
            let at = self.start + self.block.trailing_zeros() as usize;
            self.block &= self.block - 1;
            if at >= from {
                return at;
            }
        }
    }
}

const BLOCK: usize = u64::BITS as usize;

/// The special ones of the first [`BLOCK`] bytes of a text.
#[inline(always)]
fn special_bytes(text: &[u8]) -> u64 {
    match text.first_chunk() {
        Some(block) => special_in_block(block),
        None => special_in_tail(text),
    }
}

#[cold]
fn special_in_tail(text: &[u8]) -> u64 {
    let mut block = [b' '; BLOCK];
    block[..text.len()].copy_from_slice(text);
    special_in_block(&block)
}

#[inline(always)]
fn special_in_block(block: &[u8; BLOCK]) -> u64 {
    let (quarters, _) = block.as_chunks();
    quarters.iter().rev().fold(0, |bits, quarter| bits << 16 | special_in_quarter(quarter))
}

#[inline(always)]
fn special_in_quarter(quarter: &[u8; 16]) -> u64 {
    let quarter = u8x16::new(*quarter);
    // The quotation mark, 0x22, changes places with the space, 0x20: right behind the control
    // characters, of which none leaves their range.
    let swapped = quarter ^ u8x16::splat(2);
    let low = swapped.min(u8x16::splat(0x20)).cmp_eq(swapped);
    let backslash = quarter.cmp_eq(u8x16::splat(b'\\'));
    u64::from((low | backslash).move_mask() as u32)
}

/// How many digits a text begins with, of its first 16 bytes.
#[inline(always)]
fn leading_digits(block: &[u8; 16]) -> usize {
    let values = u8x16::new(*block) - u8x16::splat(b'0');
    let digits = values.min(u8x16::splat(9)).cmp_eq(values).move_mask() as u32;
    digits.trailing_ones() as usize
}

#[cold]
fn leading_digits_in_tail(text: &[u8]) -> usize {
    text.iter().take_while(|byte| byte.is_ascii_digit()).count()
}

#[cfg(test)]
mod tests;
