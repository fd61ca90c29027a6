//! The items of a list that look like one before.
//!
//! The service writes all items of a list alike: what stands between the values of one stands
//! between those of the next. So it is compared, 32 bytes at a time, instead of being read anew. Most
//! of what a reading costs is waiting: where a part begins is known only when the one before has
//! been read. Here the processor takes each value for as long as that of the item before, goes on
//! behind it, and checks meanwhile.
//!
//! Whatever is not like this is left to the scanner, errors included.

use super::escapes::escape;
use super::ids::Ids;
use super::integer::of_digits;
use super::specials::{equal, non_digits, specials_of_half};

/// How many bytes are compared or searched at once.
const BLOCK: usize = 32;
/// The most members that are learned from one item.
const MAX_MEMBERS: usize = 16;
/// How often a pattern is learned; a list whose items differ more often is left to the scanner.
const MAX_LESSONS: u32 = 4;

/// What the items of a list have in common: strings and positive integers, with the same keys in the
/// same order.
#[derive(Default)]
pub(super) struct Pattern {
    members: Vec<Member>,
    lessons: u32,
    /// Whether the previous item did not fit the pattern.
    missed: bool,
}

/// A value, and what stands before it.
struct Member {
    before: [u8; BLOCK],
    /// One bit for each byte of `before` that is not used.
    beyond: u32,
    length: usize,
    kind: ValueKind,
    /// One bit for the byte at which the value of the previous item ended.
    end_bit: u32,
    value_length: usize,
}

/// The kinds of values that a pattern can pass.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum ValueKind {
    String,
    /// An integer that does not begin with 0 or a minus sign.
    Integer,
    /// Such an integer which is the id of the item.
    Id,
}

impl Pattern {
    /// Whether an item that is not like those before is to be learned from; they are forgotten then.
    /// A single one among others, such as a message with a file, is not.
    #[inline(always)]
    pub(super) fn wants_to_learn(&mut self) -> bool {
        let is_single = !self.members.is_empty() && !std::mem::replace(&mut self.missed, true);
        if is_single || self.lessons == MAX_LESSONS {
            return false;
        }
        self.lessons += 1;
        self.members.clear();
        true
    }

    /// Learns what stands before the next value of an item, from the end of the value before it: it
    /// has to be well-formed. False where no more is learned of this item.
    pub(super) fn add(&mut self, before: &[u8], kind: ValueKind) -> bool {
        let Some(member) = Member::new(before, kind) else { return false };
        self.members.push(member);
        self.members.len() < MAX_MEMBERS
    }

    /// The end of the item that begins at `at`, if it is like the one that was learned, or of the
    /// last such item of a list. Notes their ids.
    #[inline(always)]
    pub(super) fn pass(
        &mut self,
        text: &[u8],
        at: usize,
        in_list: bool,
        ids: &mut Ids,
    ) -> Option<usize> {
        if self.members.is_empty() {
            return None;
        }
        let mut passed = None;
        let mut at = at;
        while let Some(end) = self.pass_one(text, at, ids) {
            passed = Some(end);
            self.missed = false;
            if !in_list || text.get(end..end + 2) != Some(b",{") {
                break;
            }
            at = end + 1;
        }
        passed
    }

    #[inline(always)]
    fn pass_one(&mut self, text: &[u8], at: usize, ids: &mut Ids) -> Option<usize> {
        let mut at = at;
        let mut id = 0;
        for member in &mut self.members {
            if !member.follows(block(text, at)?) {
                return None;
            }
            at += member.length;
            match member.kind {
                ValueKind::String => at = member.string(text, at)?,
                ValueKind::Integer => at = member.integer(text, at)?,
                ValueKind::Id => {
                    let digits = text.get(at..)?.first_chunk()?;
                    at = member.integer(text, at)?;
                    id = id.max(of_digits(digits, member.value_length));
                }
            }
            let end = match member.kind {
                ValueKind::String => at + 1,
                ValueKind::Integer | ValueKind::Id => at,
            };
            if text.get(end) == Some(&b'}') {
                if id > 0 {
                    ids.found(Some(id));
                }
                return Some(end + 1);
            }
        }
        None
    }
}

impl Member {
    fn new(before: &[u8], kind: ValueKind) -> Option<Self> {
        let length = before.len();
        let mut padded = [0; BLOCK];
        padded.get_mut(..length)?.copy_from_slice(before);
        let beyond = u32::MAX.checked_shl(length as u32).unwrap_or(0);
        Some(Member { before: padded, beyond, length, kind, end_bit: 1, value_length: 0 })
    }

    /// Whether the value of this member follows.
    #[inline(always)]
    fn follows(&self, text: &[u8; BLOCK]) -> bool {
        equal_bytes(text, &self.before) | self.beyond == u32::MAX
    }

    /// The end of a value whose end is the first of these bits, or of those further on.
    #[inline(always)]
    fn end(&mut self, at: usize, bits: u32) -> usize {
        let end_bit = bits & bits.wrapping_neg();
        // Not the same as to count in any case: the processor foresees this, and does not wait.
        if end_bit != self.end_bit {
            self.end_bit = end_bit;
            self.value_length = bits.trailing_zeros() as usize;
        }
        at + self.value_length
    }

    /// The closing quotation mark of the string that begins at `at`.
    #[inline(always)]
    fn string(&mut self, text: &[u8], at: usize) -> Option<usize> {
        let bits = specials(block(text, at)?);
        let mut at = if bits != 0 { self.end(at, bits) } else { next_special(text, at + BLOCK)? };
        loop {
            match text.get(at)? {
                b'"' => return Some(at),
                b'\\' => at = next_special(text, escape(text, at).ok()?)?,
                _ => return None,
            }
        }
    }

    /// The end of the integer that begins at `at`.
    #[inline(always)]
    fn integer(&mut self, text: &[u8], at: usize) -> Option<usize> {
        let bits = non_digits(text.get(at..)?.first_chunk()?);
        // What follows the digits is compared with what followed those of the item before.
        (matches!(text.get(at), Some(b'1'..=b'9')) && bits != 0).then(|| self.end(at, bits))
    }
}

#[inline(always)]
fn block(text: &[u8], at: usize) -> Option<&[u8; BLOCK]> {
    text.get(at..)?.first_chunk()
}

/// The next special byte, unless the text's end is near.
#[inline(always)]
fn next_special(text: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    let (blocks, _) = text.get(from..)?.as_chunks::<{ 2 * BLOCK }>();
    for block in blocks {
        let [low, high] = block.as_chunks().0 else { unreachable!("two halves") };
        let bits = u64::from(specials(low)) | u64::from(specials(high)) << BLOCK;
        if bits != 0 {
            return Some(at + bits.trailing_zeros() as usize);
        }
        at += 2 * BLOCK;
    }
    None
}

/// A bit for each special byte, the first the lowest. The halves become one where the processor
/// has AVX2.
#[inline(always)]
fn specials(block: &[u8; BLOCK]) -> u32 {
    let (low, high) = halves(block);
    specials_of_half(low) | specials_of_half(high) << 16
}

/// A bit for each byte that is the same in both.
#[inline(always)]
fn equal_bytes(one: &[u8; BLOCK], other: &[u8; BLOCK]) -> u32 {
    let ((low, high), (other_low, other_high)) = (halves(one), halves(other));
    equal(low, other_low) | equal(high, other_high) << 16
}

#[inline(always)]
fn halves(block: &[u8; BLOCK]) -> (&[u8; 16], &[u8; 16]) {
    let [low, high] = block.as_chunks().0 else { unreachable!("two of 16 bytes are 32") };
    (low, high)
}
