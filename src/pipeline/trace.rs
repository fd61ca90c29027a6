//! The trace that a request carries, so that the Market's support can find it (W3C Trace Context).

use std::fmt;

/// The id of one request's trace. It stands in errors, and in the header `traceparent`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct TraceId(u128);

impl TraceId {
    /// `id` must not be zero, which would be no valid id.
    pub(crate) fn new(id: u128) -> Self {
        TraceId(id)
    }

    /// The header's value: version, trace, `parent`, and the flag "sampled".
    pub(crate) fn traceparent(self, parent: u64) -> [u8; 55] {
        let mut text = [b'-'; 55];
        text[..2].copy_from_slice(b"00");
        write_hex(&mut text[3..35], self.0);
        write_hex(&mut text[36..52], parent.into());
        text[53..].copy_from_slice(b"01");
        text
    }
}

impl fmt::Display for TraceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

impl From<TraceId> for String {
    fn from(id: TraceId) -> String {
        id.to_string()
    }
}

/// Fills `text` with the lowest digits of `number`. Formatting would take ten times as long.
fn write_hex(text: &mut [u8], mut number: u128) {
    for digit in text.iter_mut().rev() {
        *digit = b"0123456789abcdef"[(number & 15) as usize];
        number >>= 4;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_written_in_full_and_in_lower_case() {
        let id = TraceId::new(0x0af7_6519_16cd_43dd_8448_eb21_1c80_319c);
        assert_eq!(id.to_string(), "0af7651916cd43dd8448eb211c80319c");
        // The specification's own sample.
        let header = id.traceparent(0xb7ad_6b71_6920_3331);
        assert_eq!(&header, b"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
        let header = TraceId::new(1).traceparent(0);
        assert_eq!(&header, b"00-00000000000000000000000000000001-0000000000000000-01");
    }
}
