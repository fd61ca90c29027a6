//! What the packages of this workspace need of each other, and nobody else.
//!
//! The exports for C and for 1C, and the tests, are crates of their own, so a word of Rust that hides
//! something from everybody but them does not exist: `pub(crate)` is too narrow, and a feature would
//! be public, too. Nothing here is promised to stay.

use std::sync::Arc;

pub use crate::clock::{Clock, SystemClock};
use crate::config::ClientBuilder;
use crate::error::Error;
pub use crate::process::PerProcess;
pub use crate::sentences::{Argument, Sentence};

/// An argument of a binding is refused before anything is sent.
pub fn invalid_argument(operation: &'static str, what: Sentence) -> Error {
    Error::invalid_argument(operation, what)
}

/// A defect of a binding or of this library. Of a send, the outcome is unknown then.
pub fn defect(operation: &'static str, detail: Sentence) -> Error {
    Error::internal(operation, &detail)
}

/// What tests set besides the configuration.
pub trait TestSettings {
    /// Uses another clock, so that a test of an hour's quota does not take an hour.
    #[must_use]
    fn clock(self, clock: Arc<dyn Clock>) -> Self;

    /// Fixes the random numbers of back-offs and trace ids, so that a run can be replayed.
    #[must_use]
    fn seed(self, seed: u64) -> Self;
}

impl TestSettings for ClientBuilder {
    fn clock(self, clock: Arc<dyn Clock>) -> Self {
        self.with_clock(clock)
    }

    fn seed(self, seed: u64) -> Self {
        self.with_seed(seed)
    }
}
