//! One connection to the service: the wire, and what was read from it or is to be written to it.

use std::fmt;
use std::io;

use zeroize::Zeroize;

use super::attempt::{Attempt, FailureKind};
use super::credentials::Credentials;
use super::socket::Socket;
use super::tls::TlsSession;

/// A header and a page of 100 messages in one read.
const INPUT_SIZE: usize = 48 * 1024;
/// Any request but a file's upload fits, without its credentials.
const OUTPUT_SIZE: usize = 16 * 1024;
/// Below this much room the output is sent before more is written into it.
const OUTPUT_RESERVE: usize = 4 * 1024;
/// A shorter body is copied, so that it does not hold on to the memory of a whole page.
const SHORT_BODY: usize = INPUT_SIZE / 4;

/// The body of an answer, in the memory that it was received in.
#[derive(Default)]
pub(crate) struct Body {
    memory: Vec<u8>,
    /// It reaches from here to the memory's end.
    start: usize,
}

impl Body {
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.memory[self.start..]
    }

    /// The same bytes, to be changed without a change of their number.
    pub(crate) fn bytes_mut(&mut self) -> &mut [u8] {
        &mut self.memory[self.start..]
    }

    /// The memory, and where in it the body begins.
    pub(crate) fn into_parts(self) -> (Vec<u8>, usize) {
        (self.memory, self.start)
    }
}

impl From<Vec<u8>> for Body {
    fn from(memory: Vec<u8>) -> Self {
        Body { memory, start: 0 }
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // It holds what customers write.
        write!(f, "Body({} bytes)", self.bytes().len())
    }
}

#[derive(Debug)]
pub(super) enum Wire {
    Plain(Socket),
    Tls(Box<TlsSession>),
}

impl Wire {
    fn is_idle_and_open(&mut self) -> bool {
        match self {
            Wire::Plain(socket) => socket.is_idle_and_open(),
            Wire::Tls(session) => session.is_idle_and_open(),
        }
    }

    fn send_all(&mut self, bytes: &[u8], attempt: &Attempt) -> io::Result<()> {
        match self {
            Wire::Plain(socket) => socket.send_all(bytes, attempt),
            Wire::Tls(session) => session.send_all(bytes, attempt),
        }
    }

    /// Appends what has come, as far as there is room; 0 is the end.
    fn receive(&mut self, input: &mut Vec<u8>, attempt: &Attempt) -> io::Result<usize> {
        match self {
            Wire::Plain(socket) => socket.receive(input, attempt),
            Wire::Tls(session) => session.receive(input, attempt),
        }
    }

    fn socket(&self) -> &Socket {
        match self {
            Wire::Plain(socket) => socket,
            Wire::Tls(session) => session.socket(),
        }
    }
}

/// The memory of a connection that outlives it: the service closes each after its answer.
#[derive(Default)]
pub(super) struct Buffers {
    output: Vec<u8>,
    input: Vec<u8>,
    /// For the next answer, where the input's own memory is handed out with this one.
    next_input: Vec<u8>,
}

/// A connection. A request is collected in it, and goes out in one piece when the answer is waited
/// for.
pub(super) struct Connection {
    wire: Wire,
    buffers: Buffers,
    /// So much of the output is still to be sent.
    pending: usize,
    /// So much of the input has been taken.
    consumed: usize,
    /// The current request has its credentials.
    head_sent: bool,
    /// The server stopped taking the request; it may have said why before it did.
    write_error: Option<io::Error>,
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The buffers hold the customers' messages.
        f.write_str("Connection")
    }
}

impl Connection {
    pub(super) fn new(wire: Wire, mut buffers: Buffers, credentials: &Credentials) -> Self {
        buffers.output.resize(OUTPUT_SIZE + credentials.len(), 0);
        Connection { wire, buffers, pending: 0, consumed: 0, head_sent: false, write_error: None }
    }

    /// Whether the next request may travel on it, as far as one sees from here: the last one was
    /// sent whole, and nothing follows its answer.
    pub(super) fn is_clean(&self) -> bool {
        self.pending == 0 && self.write_error.is_none() && self.input().is_empty()
    }

    /// What comes next is another request. False when the server has closed the connection, or
    /// says something on it that nobody asked for.
    pub(super) fn begin_again(&mut self) -> bool {
        self.head_sent = false;
        self.wire.is_idle_and_open()
    }

    /// Closes it.
    pub(super) fn into_buffers(mut self) -> Buffers {
        // A long header may have made it grow.
        if self.buffers.input.capacity() > 2 * INPUT_SIZE {
            self.buffers.input = Vec::new();
        }
        self.buffers.input.clear();
        self.buffers
    }

    pub(super) fn is_tls(&self) -> bool {
        matches!(self.wire, Wire::Tls(_))
    }

    /// Room for more of the request.
    pub(super) fn output(&mut self) -> &mut [u8] {
        &mut self.buffers.output[self.pending..OUTPUT_SIZE]
    }

    /// So much of that room has been filled.
    pub(super) fn output_filled(
        &mut self,
        amount: usize,
        credentials: &Credentials,
        attempt: &Attempt,
    ) -> io::Result<()> {
        self.pending += amount;
        if self.output().len() < OUTPUT_RESERVE {
            self.wire.socket().do_not_delay()?;
            self.send_output(credentials, attempt)?;
        }
        Ok(())
    }

    fn send_output(&mut self, credentials: &Credentials, attempt: &Attempt) -> io::Result<()> {
        let pending = std::mem::take(&mut self.pending);
        if pending == 0 || self.write_error.is_some() {
            return Ok(());
        }
        let output = &mut self.buffers.output;
        let written = if std::mem::replace(&mut self.head_sent, true) {
            self.wire.send_all(&output[..pending], attempt)
        } else {
            let place = credentials.put_into(output, pending)?;
            let written = self.wire.send_all(&output[..pending + credentials.len()], attempt);
            output[place].zeroize();
            written
        };
        match written {
            Err(error) if is_broken(&error) => self.write_error = Some(error),
            other => other?,
        }
        Ok(())
    }

    /// What has come and was not taken yet.
    pub(super) fn input(&self) -> &[u8] {
        &self.buffers.input[self.consumed..]
    }

    pub(super) fn consume(&mut self, amount: usize) {
        self.consumed += amount;
    }

    /// Sends what is to be sent, and waits until something comes; false at the end.
    pub(super) fn await_input(
        &mut self,
        credentials: &Credentials,
        attempt: &Attempt,
    ) -> io::Result<bool> {
        self.send_output(credentials, attempt)?;
        if self.write_error.is_none() {
            attempt.written();
        }
        self.make_room();
        match (self.wire.receive(&mut self.buffers.input, attempt), self.write_error.take()) {
            (Ok(0), Some(error)) | (Err(_), Some(error)) if !attempt.answered.get() => {
                Err(attempt.fail(FailureKind::Broken, format!("the request: {error}")))
            }
            (Ok(count), error) => {
                self.write_error = error;
                if count > 0 {
                    attempt.answered.set(true);
                }
                // Searching every answer would cost a fiftieth of a call, so only where ureq dumps
                // it.
                if log::log_enabled!(target: "ureq_proto::util", log::Level::Trace) {
                    let from =
                        self.buffers.input.len().saturating_sub(count + credentials.overlap());
                    credentials.mask(&mut self.buffers.input[from.max(self.consumed)..]);
                }
                Ok(count > 0)
            }
            (Err(error), _) => Err(error),
        }
    }

    fn make_room(&mut self) {
        let input = &mut self.buffers.input;
        if self.consumed == input.len() {
            input.clear();
            self.consumed = 0;
        }
        if input.capacity() == 0 {
            // The memory for an answer is made while the one before it is waited for. glibc tidies
            // up at an allocation of such a size, or else at its release, where the program frees a
            // tree that it has made of the answer: 9 µs for a page.
            *input = std::mem::take(&mut self.buffers.next_input);
            self.buffers.next_input = Vec::with_capacity(INPUT_SIZE);
        }
        if input.capacity() - input.len() < INPUT_SIZE / 2 {
            input.drain(..std::mem::take(&mut self.consumed));
            input.reserve(INPUT_SIZE);
        }
    }

    /// Reads a body of known length whose header has been taken. A page of messages is neither
    /// copied nor is its memory wiped before it is received: each would cost as much as half of
    /// checking it.
    pub(super) fn read_body(&mut self, length: usize, attempt: &Attempt) -> io::Result<Body> {
        let here = self.input().len();
        if here >= length && length > SHORT_BODY {
            let start = std::mem::take(&mut self.consumed);
            let mut memory = std::mem::take(&mut self.buffers.input);
            let surplus = memory.split_off(start + length);
            self.buffers.input = surplus;
            return Ok(Body { memory, start });
        }
        // One byte more for the NUL of the C string that this becomes.
        let mut memory = Vec::with_capacity(length + 1);
        let here = here.min(length);
        memory.extend_from_slice(&self.input()[..here]);
        self.consumed += here;
        while memory.len() < length {
            if self.wire.receive(&mut memory, attempt)? == 0 {
                return Err(attempt.fail(
                    FailureKind::Broken,
                    format!("the answer ended after {} of {length} bytes", memory.len()),
                ));
            }
        }
        if memory.len() > length {
            self.buffers.input.extend_from_slice(&memory[length..]);
            memory.truncate(length);
        }
        Ok(memory.into())
    }
}

fn is_broken(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::BrokenPipe
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionAborted
    )
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::net::TcpListener;
    use std::time::Duration;

    use super::super::attempt::Progress;
    use super::super::race;
    use super::*;
    use crate::cancel::CancelHandle;

    #[test]
    fn a_request_that_was_refused_midway_stays_so_however_often_its_answer_is_read() {
        const ANSWER: usize = INPUT_SIZE + 1_000;
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let minute = Duration::from_secs(60);
        let attempt = Attempt::new(&CancelHandle::default().token(), minute, minute, true);
        let address = listener.local_addr().unwrap();
        let socket = race::connect(&[address], &attempt).unwrap().socket;
        attempt.connected();
        let (mut peer, _) = listener.accept().unwrap();
        // An answer, and then a reset: nothing can be sent to this peer.
        peer.write_all(&vec![b'x'; ANSWER]).unwrap();
        socket2::SockRef::from(&peer).set_linger(Some(Duration::ZERO)).unwrap();
        drop(peer);

        let credentials = Credentials::default();
        let mut connection = Connection::new(Wire::Plain(socket), Buffers::default(), &credentials);
        let request = b"POST / HTTP/1.1\r\n\r\n";
        connection.output()[..request.len()].copy_from_slice(request);
        connection.output_filled(request.len(), &credentials, &attempt).unwrap();
        let mut read = 0;
        while read < ANSWER {
            assert!(connection.await_input(&credentials, &attempt).unwrap(), "{read} bytes");
            assert_eq!(attempt.progress.get(), Progress::NotFullyWritten, "{read} bytes");
            read += connection.input().len();
            connection.consume(connection.input().len());
            assert!(!connection.is_clean(), "{read} bytes");
        }
    }
}
