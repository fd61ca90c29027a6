//! A body in chunks, compressed or not: nothing panics, nothing is longer than it may be, and the
//! pieces in which it comes make no difference.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some((piece, body)) = data.split_first() else { return };
    for coding in ["", "content-encoding: gzip\r\n"] {
        let head = format!("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n{coding}\r\n");
        let answer = [head.as_bytes(), body].concat();
        ymchat::fuzzing::check_answer(&answer, usize::from(*piece) + 1);
    }
});
