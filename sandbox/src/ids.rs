//! Ids of chats and messages: ordinary ones, and those that a double cannot hold.

/// Beyond 2^53 a JSON number read as a double is no longer exact, as order ids of today show.
pub(super) const BEYOND_DOUBLE: i64 = 9_007_199_254_740_993;

/// The last ids that were given, of both sizes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ids {
    ordinary: i64,
    big: i64,
}

impl Ids {
    /// Ordinary ids are greater than this one.
    pub(super) fn after(ordinary: i64) -> Self {
        Self { ordinary, big: BEYOND_DOUBLE }
    }

    /// The id that is so much greater than the last one of its size.
    pub(super) fn next(&mut self, gap: i64, big: bool) -> i64 {
        let last = if big { &mut self.big } else { &mut self.ordinary };
        *last += gap;
        *last
    }

    /// From here on, ids are greater than those that were given before.
    pub(super) fn go_on_after(&mut self, before: &Self) {
        self.ordinary = self.ordinary.max(before.ordinary);
        self.big = self.big.max(before.big);
    }
}

pub(super) fn is_big(id: i64) -> bool {
    id >= BEYOND_DOUBLE
}
