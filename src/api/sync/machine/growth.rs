//! The size of a state between two measurements.

/// How large the state may have become since it was measured.
#[derive(Debug)]
pub(super) struct Growth {
    pub measured: usize,
    pub since: usize,
}
