//! The ids of a list's items.

use super::integer::integer;

/// The name of a member, in its quotation marks.
#[derive(Clone, Copy, Debug)]
pub(crate) struct QuotedName(&'static str);

impl QuotedName {
    /// No member's name.
    pub(super) const NONE: Self = QuotedName("");

    /// `quoted` is the name in quotation marks, without escapes.
    pub(crate) const fn new(quoted: &'static str) -> Self {
        let bytes = quoted.as_bytes();
        assert!(bytes.len() > 2 && bytes[0] == b'"' && bytes[bytes.len() - 1] == b'"');
        QuotedName(quoted)
    }

    /// Whether a key with its quotation marks, but without escapes, is this name.
    pub(super) fn is_written_like(self, key: &[u8]) -> bool {
        self.0.as_bytes() == key
    }

    /// The name itself.
    pub(crate) fn name(self) -> &'static str {
        self.0.trim_matches('"')
    }
}

/// The ids of a list's items, as far as they were passed.
pub(super) struct Ids {
    id: QuotedName,
    /// How many containers are open within an item.
    depth: u32,
    greatest: Option<i64>,
}

impl Ids {
    /// `depth` containers are open within an item.
    #[inline(always)]
    pub(super) fn new(id: QuotedName, depth: u32) -> Self {
        Ids { id, depth, greatest: None }
    }

    #[inline(always)]
    pub(super) fn id(&self) -> QuotedName {
        self.id
    }

    #[inline(always)]
    pub(super) fn greatest(&self) -> Option<i64> {
        self.greatest
    }

    /// Whether members stand at this depth that may be ids.
    #[inline(always)]
    pub(super) fn are_at(&self, depth: u32) -> bool {
        depth == self.depth
    }

    /// Whether an object that begins at this depth is an item with an id.
    #[inline(always)]
    pub(super) fn is_item_at(&self, depth: u32) -> bool {
        let QuotedName(name) = self.id;
        self.are_at(depth + 1) && !name.is_empty()
    }

    /// `before` ends with a key without escapes, `after` begins with its value.
    #[inline(always)]
    pub(super) fn look(&mut self, before: &[u8], after: &[u8]) {
        let QuotedName(name) = self.id;
        // Without escapes, the first of its two quotation marks begins the key.
        if !name.is_empty() && before.ends_with(name.as_bytes()) {
            self.found(integer(after));
        }
    }

    #[inline(always)]
    pub(super) fn found(&mut self, id: Option<i64>) {
        self.greatest = self.greatest.max(id);
    }
}
