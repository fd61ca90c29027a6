//! The bytes that matter in strings, found many at a time.

use wide::u8x16;

/// The bytes of a text that may end a string or begin an escape, or must not stand in a string:
/// quotation marks, backslashes and control characters. They are found 64 bytes at a time, wherever
/// strings begin: the processor looks at the next block while it still follows the grammar in this
/// one.
#[derive(Clone, Copy)]
pub(super) struct Specials {
    /// One bit for each byte of the block, the lowest for the first byte. The bits of bytes that
    /// have been returned are cleared.
    block: u64,
    /// Where the block begins.
    start: usize,
    /// The same bits for the next block. The processor seldom predicts the end of a block; it
    /// continues sooner when the next block has been examined already.
    ahead: u64,
}

impl Specials {
    pub(super) fn of(text: &[u8]) -> Self {
        Self::behind(text, 0)
    }

    /// For the text from `start` on.
    #[inline(always)]
    pub(super) fn behind(text: &[u8], start: usize) -> Self {
        let block = text.get(start..).map_or(0, special_bytes);
        Self { block, start, ahead: Self::after(start, text) }
    }

    /// The bits of the block after the one that begins at `start`.
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
    pub(super) fn first_from(&mut self, text: &[u8], from: usize) -> usize {
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

pub(super) const BLOCK: usize = u64::BITS as usize;

/// The special ones of the first [`BLOCK`] bytes of a text.
#[inline(always)]
pub(super) fn special_bytes(text: &[u8]) -> u64 {
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
    let of_quarter = |quarter| u64::from(specials_of_half(quarter));
    quarters.iter().rev().fold(0, |bits, quarter| bits << 16 | of_quarter(quarter))
}

#[inline(always)]
pub(super) fn specials_of_half(half: &[u8; 16]) -> u32 {
    let half = u8x16::new(*half);
    // The quotation mark, 0x22, changes places with the space, 0x20: right behind the control
    // characters, of which none leaves their range.
    let swapped = half ^ u8x16::splat(2);
    let low = swapped.min(u8x16::splat(0x20)).cmp_eq(swapped);
    let backslash = half.cmp_eq(u8x16::splat(b'\\'));
    (low | backslash).move_mask() as u32
}

/// How many digits a text begins with, of its first 16 bytes.
#[inline(always)]
pub(super) fn leading_digits(block: &[u8; 16]) -> usize {
    non_digits(block).trailing_zeros().min(16) as usize
}

/// A bit for each byte that is no digit.
#[inline(always)]
pub(super) fn non_digits(block: &[u8; 16]) -> u32 {
    let values = u8x16::new(*block) - u8x16::splat(b'0');
    let digits = values.min(u8x16::splat(9)).cmp_eq(values).move_mask() as u32;
    !digits & 0xFFFF
}

/// A bit for each byte that is the same in both.
#[inline(always)]
pub(super) fn equal(one: &[u8; 16], other: &[u8; 16]) -> u32 {
    u8x16::new(*one).cmp_eq(u8x16::new(*other)).move_mask() as u32
}

#[cold]
pub(super) fn leading_digits_in_tail(text: &[u8]) -> usize {
    text.iter().take_while(|byte| byte.is_ascii_digit()).count()
}
