//! What goes to stdout.

use std::io::{self, BufWriter, Stdout, Write};

use crate::failure::Failure;

/// Stdout, buffered.
#[derive(Debug)]
pub struct Output {
    stdout: BufWriter<Stdout>,
}

impl Output {
    /// The stdout of the process.
    pub fn new() -> Self {
        Output { stdout: BufWriter::new(io::stdout()) }
    }

    /// Text as it is.
    pub fn bytes(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        self.stdout.write_all(bytes).map_err(Failure::output)
    }

    /// A line of text.
    pub fn line(&mut self, line: &str) -> Result<(), Failure> {
        writeln!(self.stdout, "{line}").map_err(Failure::output)
    }

    /// A JSON document as one line, otherwise as the library gave it.
    pub fn document(&mut self, json: &[u8]) -> Result<(), Failure> {
        let mut line = in_one_line(json);
        line.push(b'\n');
        self.bytes(&line)
    }

    /// Hands on what is buffered.
    pub fn flush(&mut self) -> Result<(), Failure> {
        self.stdout.flush().map_err(Failure::output)
    }
}

/// In JSON a line can end between two tokens alone, where a space means the same.
pub fn in_one_line(json: &[u8]) -> Vec<u8> {
    let mut line = json.to_vec();
    for byte in &mut line {
        if matches!(byte, b'\n' | b'\r') {
            *byte = b' ';
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_of_several_lines_becomes_one_that_means_the_same() {
        let json = b"{\n  \"a\": \"x\\ny\",\r\n  \"b\": 9007199254740993\n}";
        let line = in_one_line(json);
        assert!(!line.contains(&b'\n') && !line.contains(&b'\r'));
        let read = |json: &[u8]| serde_json::from_slice::<serde_json::Value>(json).unwrap();
        assert_eq!(read(&line), read(json));
    }
}
