//! The simulated Market.
