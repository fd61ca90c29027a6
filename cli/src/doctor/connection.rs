//! What a connection can do, with TLS and without.

use std::io::{self, Read, Write};

/// The head of an answer; nothing more is read.
const HEAD_BYTES: usize = 16 * 1024;

/// Something to ask the service over.
pub trait Connection: Read + Write {}
impl<T: Read + Write> Connection for T {}

/// Sends a request without a body, and reads the head of the answer.
pub fn exchange<C: Connection + ?Sized>(connection: &mut C, request: &str) -> io::Result<String> {
    connection.write_all(request.as_bytes())?;
    connection.flush()?;
    let mut head = Vec::new();
    let mut byte = [0];
    // Byte by byte: what comes after the head of a proxy's answer belongs to TLS.
    while !head.ends_with(b"\r\n\r\n") && head.len() < HEAD_BYTES {
        if connection.read(&mut byte)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        head.push(byte[0]);
    }
    Ok(String::from_utf8_lossy(&head).into_owned())
}
