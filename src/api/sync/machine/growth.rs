//! The measure of a state.

/// How large the state may have become since it was measured.
#[derive(Debug)]
pub(super) struct Growth {
    pub measured: usize,
    pub since: usize,
}
