//! A scanner of JSON text that checks the grammar of RFC 8259 and builds nothing.
//!
//! **Why it exists.** An answer's result is handed on as it came. It must be well-formed for every
//! parser that reads it later, and checking it must not cost as much as the parsing. Two crates were
//! tried first. `serde_json::value::RawValue` lets pass single halves of surrogate pairs, numbers that
//! no double holds, and any depth of nesting. sonic-rs lets pass the same, accepts `"\uZZZZ"`, and
//! recurses as deep as the text asks.
//!
//! **What it accepts.** What `serde_json::from_str::<Value>` accepts, no less and no more: the
//! grammar, surrogates in pairs, numbers that a double holds, at most 127 open containers.
//! Halves of pairs have an error of their own, because [`replace_halves_of_pairs`] repairs them.
//!
//! **How that is proven.** The tests compare each text with serde_json, with generated and mutated
//! texts too, on both ways through the code (with and without AVX2). The fuzz target `answer` does
//! the same for as long as one likes. Items that are passed by the pattern of the one before are
//! compared with the same items, each scanned by itself.
//!
//! **How it is quick.** Special bytes of strings are found many at a time, and what stands between the
//! values of a list's items is not read again for each: `items.rs` says how.
//!
//! **What it costs.** These files, and the crates `wide` (SIMD without `unsafe` here) and
//! `multiversion` (one more copy of the code for processors with AVX2). `benches/pieces.rs` measures
//! it and has the figures.

mod escapes;
mod ids;
mod integer;
mod items;
mod kind;
mod malformed;
mod scanner;
mod specials;

pub(crate) use escapes::replace_halves_of_pairs;
pub(crate) use ids::QuotedName;
pub(crate) use kind::Kind;
pub(crate) use malformed::Malformed;
pub(crate) use scanner::{Quoted, Scanner};
