//! Ids, read from the text.

/// The positive integer that a value begins with; `None` also where it is too great.
pub(super) fn integer(value: &[u8]) -> Option<i64> {
    /// Any number of so many digits is small enough.
    const SAFE: usize = 18;
    let value = value.trim_ascii_start();
    let (mut number, mut length) = match value.first_chunk().and_then(eight_digits) {
        Some(number) => (number, 8),
        None => (0, 0),
    };
    for byte in &value[length..] {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            break;
        }
        number = number.wrapping_mul(10).wrapping_add(digit.into());
        length += 1;
    }
    match length {
        0 => None,
        1..=SAFE => Some(number),
        _ => std::str::from_utf8(&value[..length]).ok()?.parse().ok(),
    }
}

/// The number that the first digits of a block are, of which there are at most 16.
#[inline(always)]
pub(super) fn of_digits(block: &[u8; 16], length: usize) -> i64 {
    const ZEROS: u128 = u128::from_le_bytes([b'0'; 16]);
    // The last one goes to the block's end; what it is filled up with are zeros.
    let missing = 16_usize.saturating_sub(length) as u32 * u8::BITS;
    let digits = (u128::from_le_bytes(*block) ^ ZEROS).checked_shl(missing).unwrap_or(0);
    // Of eight digits each, so that nothing is lost.
    let (first, last) = (joined(digits as u64), joined((digits >> u64::BITS) as u64));
    (first * 100_000_000 + last) as i64
}

/// The number that eight digits are.
fn eight_digits(text: &[u8; 8]) -> Option<i64> {
    const HIGH: u64 = 0xF0F0_F0F0_F0F0_F0F0;
    const ZEROS: u64 = 0x3030_3030_3030_3030;
    let digits = u64::from_le_bytes(*text);
    // What is above the nine spills over into the higher half of its byte.
    if digits & HIGH != ZEROS || (digits.wrapping_add(0x0606_0606_0606_0606)) & HIGH != ZEROS {
        return None;
    }
    i64::try_from(joined(digits & !HIGH)).ok()
}

/// The number of eight digits, the first in the lowest byte: neighbours are joined to pairs, these
/// to fours, these to one.
#[inline(always)]
fn joined(digits: u64) -> u64 {
    let pairs = digits.wrapping_mul(10 << 8 | 1) >> 8;
    let fours = (pairs & 0x00FF_00FF_00FF_00FF).wrapping_mul(100 << 16 | 1) >> 16;
    (fours & 0x0000_FFFF_0000_FFFF).wrapping_mul(10_000 << 32 | 1) >> 32
}
