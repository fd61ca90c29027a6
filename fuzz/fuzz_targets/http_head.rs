//! The header of an answer: nothing panics, and the pieces in which it comes make no difference.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some((piece, head)) = data.split_first() else { return };
    let answer = [b"HTTP/1.1 200 OK\r\n", head, b"\r\n\r\n{\"status\": \"OK\"}"].concat();
    ymchat::fuzzing::check_answer(&answer, usize::from(*piece) + 1);
});
