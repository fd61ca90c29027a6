//! The cursor: the grammar of values, objects, strings and numbers.

use super::escapes::escape;
use super::ids::{Ids, QuotedName};
use super::integer::integer;
use super::items::{Pattern, ValueKind};
use super::kind::Kind;
use super::malformed::{Malformed, unexpected};
use super::specials::{Specials, leading_digits, leading_digits_in_tail};

/// How many objects and arrays may be open at once: as many as serde_json allows. The service's
/// answers need six.
const MAX_DEPTH: u32 = 127;

/// From this many digits on an integer may be too great for a double; the greatest has 309.
const MAX_DIGITS_CHECKED: usize = 300;

/// A string as it stands in the text, known to be well-formed.
pub(crate) struct Quoted<'a> {
    /// With its quotation marks.
    text: &'a [u8],
    escaped: bool,
}

impl Quoted<'_> {
    /// Whether the string, its escapes resolved, is `name`.
    pub(crate) fn is(&self, name: &str) -> bool {
        if self.escaped {
            // Nobody writes `"\u0072esult"`, but it is the same key.
            serde_json::from_slice::<String>(self.text).is_ok_and(|string| string == name)
        } else {
            &self.text[1..self.text.len() - 1] == name.as_bytes()
        }
    }

    fn is_written_like(&self, name: QuotedName) -> bool {
        name.is_written_like(self.text)
    }
}

/// A position in a text. The methods pass over what they name and over white space before it, or
/// say why it is not there.
#[derive(Clone, Copy)]
pub(crate) struct Scanner<'a> {
    text: &'a [u8],
    at: usize,
    /// Objects and arrays open here.
    depth: u32,
    specials: Specials,
}

impl<'a> Scanner<'a> {
    /// Takes a `str`, because bytes from 0x80 on are let pass in strings.
    pub(crate) fn new(text: &'a str) -> Self {
        let text = text.as_bytes();
        Self { text, at: 0, depth: 0, specials: Specials::of(text) }
    }

    /// The byte offset reached.
    pub(crate) fn at(&self) -> usize {
        self.at
    }

    /// Passes over white space; gives the byte after it.
    #[inline(always)]
    pub(crate) fn peek(&mut self) -> Option<u8> {
        loop {
            match self.text.get(self.at) {
                Some(b' ' | b'\n' | b'\r' | b'\t') => self.at += 1,
                other => return other.copied(),
            }
        }
    }

    /// White space up to the text's end.
    pub(crate) fn end(&mut self) -> Result<(), Malformed> {
        match self.peek() {
            None => Ok(()),
            Some(_) => Err(self.unexpected("something follows the value")),
        }
    }

    /// An object. Each of its keys is given to `member`, which has to pass over the value.
    pub(crate) fn object(
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
    pub(crate) fn quoted(&mut self) -> Result<Quoted<'a>, Malformed> {
        let start = self.at;
        let escaped = self.string()?;
        Ok(Quoted { text: &self.text[start..self.at], escaped })
    }

    /// Any value. Without recursion, so that the text's nesting takes none of the host's stack.
    pub(crate) fn value(&mut self) -> Result<Kind, Malformed> {
        self.list_with_ids(QuotedName::NONE).map(|(kind, _)| kind)
    }

    /// Any value; where it is a list of objects, also the greatest positive integer that one of
    /// them, and nothing within it, has as its member `id`. Where the name is written with escapes, it
    /// is not known.
    pub(crate) fn list_with_ids(
        &mut self,
        id: QuotedName,
    ) -> Result<(Kind, Option<i64>), Malformed> {
        // A copy that nobody else can see stays in registers; `self` would be written to memory at
        // each step.
        let (copy, found) = walk(*self, id);
        *self = copy;
        found
    }

    /// The positive integer that a value at `at` begins with; `None` also where it is too great.
    pub(crate) fn integer_at(&self, at: usize) -> Option<i64> {
        integer(&self.text[at..])
    }

    #[inline(always)]
    fn walk(&mut self, id: QuotedName) -> Result<(Kind, Option<i64>), Malformed> {
        let outside = self.depth;
        let mut ids = Ids::new(id, outside + 2);
        // A bit for each container opened here, the innermost lowest: 1 for an object. `MAX_DEPTH`
        // sees to it that none is lost at the top.
        let mut objects = 0u128;
        let mut pattern = Pattern::default();
        let mut outermost = None;
        'values: loop {
            let kind = match self.text.get(self.at) {
                Some(b'"') => {
                    self.at += 1;
                    self.string_after_quote()?;
                    Kind::String
                }
                Some(b'-' | b'0'..=b'9') => self.number()?,
                Some(b'{')
                    if ids.is_item_at(self.depth)
                        && self.items(&mut pattern, objects, &mut ids) =>
                {
                    Kind::Object
                }
                Some(b'{') => {
                    self.at += 1;
                    self.opened()?;
                    outermost.get_or_insert(Kind::Object);
                    if !self.eat(b'}') {
                        objects = objects << 1 | 1;
                        self.key(&mut ids)?;
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
                    return Ok((outermost.unwrap_or(kind), ids.greatest()));
                }
                let in_object = objects & 1 == 1;
                if in_object {
                    // From one member to the next, as it nearly always looks: `","` and `":"`.
                    while self.eat_both(b",\"") {
                        let escaped = self.string_after_quote()?;
                        if !self.eat_both(b":\"") {
                            self.colon_of_key(escaped, &mut ids)?;
                            continue 'values;
                        }
                        self.string_after_quote()?;
                    }
                }
                if self.eat(b',') {
                    if in_object {
                        self.key(&mut ids)?;
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

    /// Items of a list that are like those before, from here on; false if there is none.
    #[inline(always)]
    fn items(&mut self, pattern: &mut Pattern, objects: u128, ids: &mut Ids) -> bool {
        if self.depth == MAX_DEPTH {
            return false;
        }
        let in_list = objects & 1 == 0;
        let Some(end) = pattern.pass(self.text, self.at, in_list, ids) else {
            if pattern.wants_to_learn() {
                self.teach(pattern, ids.id());
            }
            return false;
        };
        self.at = end;
        self.specials = Specials::behind(self.text, end);
        true
    }

    /// Tells what the item that begins here looks like, as far as it is well-formed.
    #[cold]
    #[inline(never)]
    fn teach(self, pattern: &mut Pattern, id: QuotedName) {
        let mut item = self;
        let mut from = item.at;
        item.eat_here(b'{');
        loop {
            item.peek();
            let Ok(key) = item.quoted() else { return };
            if !item.eat(b':') {
                return;
            }
            let kind = match item.peek() {
                Some(b'"') => ValueKind::String,
                Some(b'1'..=b'9') if key.is_written_like(id) => ValueKind::Id,
                Some(b'1'..=b'9') => ValueKind::Integer,
                _ => return,
            };
            let is_string = usize::from(kind == ValueKind::String);
            let more = pattern.add(&self.text[from..item.at + is_string], kind);
            if !more || item.value().is_err() {
                return;
            }
            from = item.at - is_string;
            if !item.eat(b',') {
                return;
            }
        }
    }

    /// A key and its colon.
    #[inline(always)]
    fn key(&mut self, ids: &mut Ids) -> Result<(), Malformed> {
        let escaped = self.string()?;
        self.colon_of_key(escaped, ids)
    }

    /// The colon after a key that has just been passed.
    #[inline(always)]
    fn colon_of_key(&mut self, escaped: bool, ids: &mut Ids) -> Result<(), Malformed> {
        let end = self.at;
        self.colon()?;
        if ids.are_at(self.depth) && !escaped {
            ids.look(&self.text[..end], &self.text[self.at..]);
        }
        Ok(())
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
        if length < MAX_DIGITS_CHECKED
            && !matches!(self.text.get(self.at), Some(b'.' | b'e' | b'E'))
        {
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
        let mut may_be_too_great = length >= MAX_DIGITS_CHECKED;
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

/// Passes over a value, in the way that suits the processor: it is faster with AVX2 and BMI.
#[multiversion::multiversion(targets("x86_64+avx2+bmi1+bmi2+lzcnt+popcnt"))]
fn walk<'a>(
    mut scanner: Scanner<'a>,
    id: QuotedName,
) -> (Scanner<'a>, Result<(Kind, Option<i64>), Malformed>) {
    let found = scanner.walk(id);
    (scanner, found)
}

const COMMA_OR_BRACE: &str = "expected a comma or a closing brace";

#[cfg(test)]
mod items_tests;
#[cfg(test)]
mod tests;
