//! All that a server says: nothing panics, nothing is longer than it may be, and the pieces in
//! which it comes make no difference.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some((piece, answer)) = data.split_first() else { return };
    ymchat::fuzzing::check_answer(answer, usize::from(*piece) + 1);
});
