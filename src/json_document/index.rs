//! One pass over a JSON text that notes where each value stands.
//!
//! serde_json cannot give this: its `Value` rounds numbers beyond 64 bits, drops the text of the
//! values and refuses a text with half a surrogate pair anywhere; its `RawValue` gives the text of
//! one level, so that each level below is scanned again. The price of this index is measured in
//! `benches/json_document.rs`, its agreement with serde_json is a fuzz target.

use super::strings;

/// How many objects and arrays may be open at once: as many as serde_json allows.
const MAX_DEPTH: usize = 127;

/// Containers of more children than this have a table of them; in the others, looking through the
/// children is as fast.
const MAX_CHILDREN_WITHOUT_TABLE: u32 = 16;

/// Why a text is not JSON, and the byte at which that shows.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct SyntaxError {
    pub(super) at: usize,
    pub(super) what: &'static str,
}

/// The number of a value in document order.
pub(super) type Slot = u32;

/// Where the values of a text stand. Takes 8 bytes for each string, number and word, 16 for each
/// object and array, and 4 or 8 more for each child of a long one.
#[derive(Debug)]
pub(super) struct Index {
    /// In document order, keys included. An object or array takes two entries: its place, and
    /// what is known of its children.
    slots: Vec<(u32, u32)>,
    /// The children of long containers. Of an array: their number and their slots. Of an object:
    /// their number, the slots of the keys, and these slots again in the order of the keys.
    tables: Vec<u32>,
}

/// A container that is not closed yet.
struct Open {
    slot: Slot,
    children: u32,
    is_object: bool,
}

impl Index {
    /// Indexes `text`, which must be one JSON value, shorter than 4 GiB.
    pub(super) fn build(text: &str) -> Result<Index, SyntaxError> {
        let mut index = Index { slots: Vec::new(), tables: Vec::new() };
        let mut scanner = Scanner { text: text.as_bytes(), at: 0 };
        let mut open: Vec<Open> = Vec::new();
        'values: loop {
            let byte = scanner.peek();
            let start = scanner.at;
            match byte {
                Some(byte @ (b'{' | b'[')) => {
                    if open.len() == MAX_DEPTH {
                        return Err(SyntaxError { at: start, what: "more than 127 levels deep" });
                    }
                    let is_object = byte == b'{';
                    open.push(Open { slot: index.slots.len() as Slot, children: 0, is_object });
                    index.slots.push((start as u32, 0));
                    index.slots.push((0, 0));
                    scanner.at += 1;
                    if scanner.peek() != Some(closing(is_object)) {
                        if is_object {
                            index.key(&mut scanner)?;
                        }
                        continue;
                    }
                    scanner.at += 1;
                    if let Some(empty) = open.pop() {
                        index.close(text, &empty, scanner.at);
                    }
                }
                _ => {
                    scanner.scalar(byte)?;
                    index.slots.push((start as u32, scanner.at as u32));
                }
            }
            // The value may be the last one of several containers.
            loop {
                let next = scanner.peek();
                let Some(container) = open.last_mut() else {
                    index.slots.shrink_to_fit();
                    index.tables.shrink_to_fit();
                    return match next {
                        None => Ok(index),
                        Some(_) => Err(scanner.unexpected("something follows the value")),
                    };
                };
                container.children += 1;
                let is_object = container.is_object;
                if next == Some(b',') {
                    scanner.at += 1;
                    if is_object {
                        index.key(&mut scanner)?;
                    }
                    continue 'values;
                }
                if next != Some(closing(is_object)) {
                    return Err(scanner.unexpected(if is_object {
                        "expected a comma or a closing brace"
                    } else {
                        "expected a comma or a closing bracket"
                    }));
                }
                scanner.at += 1;
                if let Some(closed) = open.pop() {
                    index.close(text, &closed, scanner.at);
                }
            }
        }
    }

    /// A key and its colon.
    fn key(&mut self, scanner: &mut Scanner<'_>) -> Result<(), SyntaxError> {
        if scanner.peek() != Some(b'"') {
            return Err(scanner.unexpected("expected a string"));
        }
        let start = scanner.at;
        scanner.string()?;
        self.slots.push((start as u32, scanner.at as u32));
        if scanner.peek() != Some(b':') {
            return Err(scanner.unexpected("expected a colon"));
        }
        scanner.at += 1;
        Ok(())
    }

    fn close(&mut self, text: &str, container: &Open, end: usize) {
        let slot = container.slot as usize;
        self.slots[slot].1 = end as u32;
        self.slots[slot + 1].0 = self.slots.len() as Slot;
        if container.children > MAX_CHILDREN_WITHOUT_TABLE {
            let table = self.tables.len();
            self.tables.push(container.children);
            let mut child = container.slot + 2;
            for _ in 0..container.children {
                self.tables.push(child);
                child = self.after(text, child + Slot::from(container.is_object));
            }
            if container.is_object {
                let keys = table + 1..self.tables.len();
                self.tables.extend_from_within(keys.clone());
                let (_, sorted) = self.tables.split_at_mut(keys.end);
                let slots = &self.slots;
                // Stable: of equal keys the last one stays the last.
                sorted.sort_by(|a, b| {
                    let key = |slot: Slot| {
                        let (start, end) = slots[slot as usize];
                        strings::decode(&text[start as usize..end as usize])
                    };
                    key(*a).cmp(&key(*b))
                });
            }
            // 0 stands for none.
            self.slots[slot + 1].1 = table as u32 + 1;
        }
    }

    #[cfg(test)]
    pub(super) fn bytes(&self) -> usize {
        self.slots.capacity() * size_of::<(u32, u32)>() + self.tables.capacity() * size_of::<u32>()
    }

    /// The value's own text.
    pub(super) fn raw<'t>(&self, text: &'t str, slot: Slot) -> &'t str {
        let (start, end) = self.slots[slot as usize];
        &text[start as usize..end as usize]
    }

    fn is_container(&self, text: &str, slot: Slot) -> bool {
        matches!(text.as_bytes()[self.slots[slot as usize].0 as usize], b'{' | b'[')
    }

    /// The slot behind a value and all that is in it.
    fn after(&self, text: &str, slot: Slot) -> Slot {
        if self.is_container(text, slot) { self.slots[slot as usize + 1].0 } else { slot + 1 }
    }

    /// The children of a long container in document order, or `None` for a short one.
    fn table(&self, container: Slot) -> Option<&[Slot]> {
        let first = self.slots[container as usize + 1].1 as usize;
        let count = self.tables[first.checked_sub(1)?] as usize;
        Some(&self.tables[first..first + count])
    }

    /// The keys of a long object in the order of their texts, or `None` for a short one.
    fn sorted_keys(&self, object: Slot) -> Option<&[Slot]> {
        let count = self.table(object)?.len();
        let first = self.slots[object as usize + 1].1 as usize + count;
        Some(&self.tables[first..first + count])
    }

    /// The items of a short array, or the keys of a short object, in document order.
    fn children<'i>(
        &'i self,
        text: &'i str,
        container: Slot,
        is_object: bool,
    ) -> impl Iterator<Item = Slot> + 'i {
        let end = self.slots[container as usize + 1].0;
        let mut next = container + 2;
        std::iter::from_fn(move || {
            let child = next;
            (child < end).then(|| {
                next = self.after(text, child + Slot::from(is_object));
                child
            })
        })
    }

    /// How many items an array, or members an object, has.
    pub(super) fn count(&self, text: &str, container: Slot, is_object: bool) -> usize {
        match self.table(container) {
            Some(table) => table.len(),
            None => self.children(text, container, is_object).count(),
        }
    }

    /// The item of an array, or the key of an object, with this index.
    pub(super) fn child(
        &self,
        text: &str,
        container: Slot,
        is_object: bool,
        index: usize,
    ) -> Option<Slot> {
        match self.table(container) {
            Some(table) => table.get(index).copied(),
            None => self.children(text, container, is_object).nth(index),
        }
    }

    /// The value of an object's last member with this key.
    pub(super) fn member(&self, text: &str, object: Slot, key: &str) -> Option<Slot> {
        let found = match self.sorted_keys(object) {
            Some(keys) => {
                let end =
                    keys.partition_point(|slot| *strings::decode(self.raw(text, *slot)) <= *key);
                let last = keys[..end].last().copied();
                last.filter(|slot| strings::is(self.raw(text, *slot), key))
            }
            None => self
                .children(text, object, true)
                .filter(|slot| strings::is(self.raw(text, *slot), key))
                .last(),
        };
        found.map(|slot| slot + 1)
    }
}

/// A position in a text.
struct Scanner<'t> {
    text: &'t [u8],
    at: usize,
}

impl Scanner<'_> {
    /// Passes over white space; gives the byte after it.
    fn peek(&mut self) -> Option<u8> {
        loop {
            match self.text.get(self.at) {
                Some(b' ' | b'\n' | b'\r' | b'\t') => self.at += 1,
                other => return other.copied(),
            }
        }
    }

    /// A string, number or word that begins here with `first`.
    fn scalar(&mut self, first: Option<u8>) -> Result<(), SyntaxError> {
        match first {
            Some(b'"') => self.string(),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b't') => self.word(b"true"),
            Some(b'f') => self.word(b"false"),
            Some(b'n') => self.word(b"null"),
            _ => Err(self.unexpected("expected a value")),
        }
    }

    fn string(&mut self) -> Result<(), SyntaxError> {
        self.at += 1;
        loop {
            while let Some(byte) = self.text.get(self.at)
                && !ENDS_PLAIN_TEXT[usize::from(*byte)]
            {
                self.at += 1;
            }
            match self.text.get(self.at) {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(());
                }
                Some(b'\\') => self.escape()?,
                _ => return Err(self.unexpected("a control character in a string")),
            }
        }
    }

    fn escape(&mut self) -> Result<(), SyntaxError> {
        match self.text.get(self.at + 1) {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => self.at += 2,
            Some(b'u') => {
                self.at += 2;
                for _ in 0..4 {
                    if !self.text.get(self.at).is_some_and(u8::is_ascii_hexdigit) {
                        return Err(self.unexpected("expected four hexadecimal digits"));
                    }
                    self.at += 1;
                }
            }
            _ => return Err(self.unexpected("unknown or unfinished escape")),
        }
        Ok(())
    }

    fn number(&mut self) -> Result<(), SyntaxError> {
        self.pass(b"-");
        if self.pass(b"0") {
            if self.text.get(self.at).is_some_and(u8::is_ascii_digit) {
                return Err(self.unexpected("a number with a leading zero"));
            }
        } else {
            self.digits()?;
        }
        if self.pass(b".") {
            self.digits()?;
        }
        if self.pass(b"eE") {
            self.pass(b"+-");
            self.digits()?;
        }
        Ok(())
    }

    /// Passes over one byte if it is one of `bytes`.
    fn pass(&mut self, bytes: &[u8]) -> bool {
        let passed = self.text.get(self.at).is_some_and(|byte| bytes.contains(byte));
        self.at += usize::from(passed);
        passed
    }

    fn digits(&mut self) -> Result<(), SyntaxError> {
        let start = self.at;
        while self.text.get(self.at).is_some_and(u8::is_ascii_digit) {
            self.at += 1;
        }
        if self.at == start { Err(self.unexpected("expected a digit")) } else { Ok(()) }
    }

    fn word(&mut self, word: &[u8]) -> Result<(), SyntaxError> {
        if !self.text[self.at..].starts_with(word) {
            return Err(self.unexpected("expected a value"));
        }
        self.at += word.len();
        Ok(())
    }

    fn unexpected(&self, what: &'static str) -> SyntaxError {
        let what = if self.at >= self.text.len() { "the text ends too early" } else { what };
        SyntaxError { at: self.at, what }
    }
}

fn closing(is_object: bool) -> u8 {
    if is_object { b'}' } else { b']' }
}

/// The bytes that end a string, begin an escape, or must not stand in a string.
static ENDS_PLAIN_TEXT: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 0x20 {
        table[byte] = true;
        byte += 1;
    }
    table[b'"' as usize] = true;
    table[b'\\' as usize] = true;
    table
};
