//! The token of sync: any text, and any state behind a right checksum.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| ymchat::fuzzing::check_token(input));
