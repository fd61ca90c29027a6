//! The simulated Market as a program.
fn main() {}
