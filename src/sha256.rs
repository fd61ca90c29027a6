//! The hash that stands in tickets and in the keys of notifications.

use std::fmt::Write;

use ring::digest::{Context, SHA256};

/// The first `length` bytes of SHA-256 over all parts, one behind the other, in hexadecimal digits.
pub(crate) fn hex_digest(parts: &[&[u8]], length: usize) -> String {
    let mut context = Context::new(&SHA256);
    for part in parts {
        context.update(part);
    }
    let mut text = String::with_capacity(2 * length);
    for byte in &context.finish().as_ref()[..length] {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_digest_is_that_of_the_standard() {
        // FIPS 180-4, the example of one block.
        assert_eq!(hex_digest(&[b"a", b"bc"], 4), "ba7816bf");
        let whole = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(hex_digest(&[b"abc"], 32), whole);
    }
}
