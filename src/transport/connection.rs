//! One connection to the service: the wire, and what was read from it.

use std::fmt;
use std::io;
use std::sync::Arc;
use std::time::Instant;

use zeroize::Zeroize;

use super::body::{Body, too_large};
use super::credentials::Credentials;
use super::deadline::Deadline;
use super::error::{Cause, ErrorKind};
#[cfg(any(test, fuzzing))]
use super::script::Script;
use super::socket::Socket;
use super::tls::TlsSession;
use crate::sentences::transport as words;

/// A header and a page of 100 messages in one read.
pub(super) const INPUT_SIZE: usize = 48 * 1024;
/// A longer header is no answer of this API; those of interim answers count, too.
pub(super) const MAX_HEAD: usize = 64 * 1024;
/// What stands between the chunks of a body is shorter: a length, a trailer.
const MAX_CHUNK_LINE: usize = 8 * 1024;
/// A shorter body is copied, so that it does not hold on to the memory of a whole page.
const SHORT_BODY: usize = INPUT_SIZE / 4;

#[derive(Debug)]
pub(super) enum Wire {
    Plain(Socket),
    Tls(Box<TlsSession>),
    /// Bytes that a test has prepared.
    #[cfg(any(test, fuzzing))]
    Script(Script),
}

impl Wire {
    fn is_idle_and_open(&mut self) -> bool {
        match self {
            Wire::Plain(socket) => socket.is_idle_and_open(),
            Wire::Tls(session) => session.is_idle_and_open(),
            #[cfg(any(test, fuzzing))]
            Wire::Script(script) => script.is_over(),
        }
    }

    fn serves_again(&mut self) {
        match self {
            Wire::Plain(socket) => socket.serves_again(),
            Wire::Tls(session) => session.socket_mut().serves_again(),
            #[cfg(any(test, fuzzing))]
            Wire::Script(_) => {}
        }
    }

    fn send_all(&mut self, bytes: &[u8], deadline: &Deadline) -> io::Result<()> {
        match self {
            Wire::Plain(socket) => socket.send_all(bytes, deadline),
            Wire::Tls(session) => session.send_all(bytes, deadline),
            #[cfg(any(test, fuzzing))]
            Wire::Script(_) => Ok(()),
        }
    }

    /// Appends what has come, as far as there is room; 0 is the end.
    fn receive(&mut self, input: &mut Vec<u8>, deadline: &Deadline) -> io::Result<usize> {
        match self {
            Wire::Plain(socket) => socket.receive(input, deadline),
            Wire::Tls(session) => session.receive(input, deadline),
            #[cfg(any(test, fuzzing))]
            Wire::Script(script) => Ok(script.receive(input)),
        }
    }

    /// So many bytes that have come are looked at.
    #[cfg(any(test, fuzzing))]
    fn count_look(&mut self, bytes: usize) {
        if let Wire::Script(script) = self {
            script.count_look(bytes);
        }
    }

    fn do_not_delay(&self) -> io::Result<()> {
        match self {
            Wire::Plain(socket) => socket.do_not_delay(),
            Wire::Tls(session) => session.socket().do_not_delay(),
            #[cfg(any(test, fuzzing))]
            Wire::Script(_) => Ok(()),
        }
    }
}

/// The memory of a connection that outlives it: the service closes each after its answer.
#[derive(Default)]
pub(super) struct Buffers {
    /// For requests.
    pub output: Vec<u8>,
    input: Arc<Vec<u8>>,
}

/// What is known of the request that is under way on a connection, and of its answer.
#[derive(Debug)]
pub(super) struct RequestState {
    /// The connection had served an earlier request.
    pub reused: bool,
    /// When the end of the request had been handed to the network.
    pub written_at: Option<Instant>,
    /// Something has come back.
    pub answered: bool,
    /// The request has its credentials.
    head_sent: bool,
    /// The server stopped taking the request; it may have said why before it did.
    write_error: Option<io::Error>,
    part: AnswerPart,
    /// How many bytes of that part have been received.
    received: usize,
    /// How much of an incomplete header there was when it was last looked at, and last read.
    head_seen: usize,
    head_read: usize,
}

/// Which part of an answer is received.
#[derive(Debug, Clone, Copy)]
enum AnswerPart {
    Head,
    /// The body, in at most so many bytes, chunk lengths and the like included.
    Body {
        max_received: usize,
        max_body: usize,
    },
}

impl RequestState {
    fn new(reused: bool) -> Self {
        RequestState {
            reused,
            written_at: None,
            answered: false,
            head_sent: false,
            write_error: None,
            part: AnswerPart::Head,
            received: 0,
            head_seen: 0,
            head_read: 0,
        }
    }
}

/// A connection to the service, and the request that is under way on it.
pub(super) struct Connection {
    wire: Wire,
    pub buffers: Buffers,
    /// How many bytes of the input have been taken.
    consumed: usize,
    pub request: RequestState,
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The buffers hold the customers' messages.
        f.write_str("Connection")
    }
}

impl Connection {
    pub(super) fn new(wire: Wire, buffers: Buffers) -> Self {
        Connection { wire, buffers, consumed: 0, request: RequestState::new(false) }
    }

    /// Whether the next request may travel on it, as far as one sees from here: the last one was
    /// sent whole, and nothing follows its answer.
    pub(super) fn is_clean(&self) -> bool {
        self.request.written_at.is_some()
            && self.request.write_error.is_none()
            && self.unread().is_empty()
    }

    /// What comes next is another request. False when the server has closed the connection, or
    /// says something on it that nobody asked for.
    pub(super) fn begin_again(&mut self) -> bool {
        self.request = RequestState::new(true);
        let open = self.wire.is_idle_and_open();
        if open {
            self.wire.serves_again();
        }
        open
    }

    /// What outlives it, and the socket that is still to be closed.
    pub(super) fn into_parts(mut self) -> (Buffers, Option<Socket>) {
        let input = Arc::make_mut(&mut self.buffers.input);
        // A long header may have made it grow.
        if input.capacity() > 2 * INPUT_SIZE {
            *input = Vec::new();
        }
        input.clear();
        let socket = match self.wire {
            Wire::Plain(socket) => Some(socket),
            Wire::Tls(session) => Some(session.into_socket()),
            #[cfg(any(test, fuzzing))]
            Wire::Script(_) => None,
        };
        (self.buffers, socket)
    }

    pub(super) fn is_tls(&self) -> bool {
        matches!(self.wire, Wire::Tls(_))
    }

    /// The request will take more than one write.
    pub(super) fn expect_more_output(&self) -> io::Result<()> {
        self.wire.do_not_delay()
    }

    /// Sends the first `length` bytes of `output`, which has room behind them for the
    /// credentials.
    pub(super) fn send(
        &mut self,
        output: &mut [u8],
        length: usize,
        credentials: &Credentials,
        deadline: &Deadline,
    ) -> io::Result<()> {
        if length == 0 || self.request.write_error.is_some() {
            return Ok(());
        }
        let written = if std::mem::replace(&mut self.request.head_sent, true) {
            self.wire.send_all(&output[..length], deadline)
        } else {
            let place = credentials.put_into(output, length)?;
            let written = self.wire.send_all(&output[..length + credentials.len()], deadline);
            output[place].zeroize();
            written
        };
        match written {
            Err(error) if is_broken(&error) => self.request.write_error = Some(error),
            other => other?,
        }
        Ok(())
    }

    /// Nothing of the request is left to be sent.
    pub(super) fn request_ends(&mut self, now: Instant) {
        if self.request.write_error.is_none() && self.request.written_at.is_none() {
            self.request.written_at = Some(now);
        }
    }

    /// The header has been taken. The limit is for what the body holds: chunk lengths, trailers and
    /// the frames of a compression may take as much again.
    pub(super) fn body_begins(&mut self, max_body: usize) {
        let max_received = max_body.saturating_mul(2).saturating_add(MAX_HEAD);
        self.request.part = AnswerPart::Body { max_received, max_body };
        self.request.received = 0;
    }

    /// What has come and was not taken yet stands in this memory from this place on. Whoever takes
    /// a share of it has to let go of it before more is received, or it is copied.
    pub(super) fn input(&self) -> (&Arc<Vec<u8>>, usize) {
        (&self.buffers.input, self.consumed)
    }

    fn unread(&self) -> &[u8] {
        &self.buffers.input[self.consumed..]
    }

    /// ureq has looked at the input, and taken so much of it.
    pub(super) fn consume(&mut self, amount: usize) {
        #[cfg(any(test, fuzzing))]
        self.wire.count_look(if amount == 0 { self.unread().len() } else { amount });
        self.consumed += amount;
        if amount > 0 {
            (self.request.head_seen, self.request.head_read) = (0, 0);
        }
    }

    /// Waits until more comes; false at the end.
    pub(super) fn receive(
        &mut self,
        credentials: &Credentials,
        deadline: &Deadline,
    ) -> io::Result<bool> {
        loop {
            self.check_length()?;
            self.make_room();
            let input = Arc::make_mut(&mut self.buffers.input);
            let start = input.len();
            let new = match (self.wire.receive(input, deadline), self.request.write_error.take()) {
                (Ok(0), Some(error)) | (Err(_), Some(error)) if !self.request.answered => {
                    let message = words::request_not_written(&error);
                    return Err(Cause::new(ErrorKind::Broken, message).into());
                }
                (Ok(count), error) => {
                    self.request.write_error = error;
                    self.request.received += count;
                    if count == 0 {
                        return Ok(false);
                    }
                    self.request.answered = true;
                    count
                }
                (Err(error), _) => return Err(error),
            };
            // At this level ureq dumps what it receives. Searching every answer would cost a
            // fiftieth of a call.
            if log::max_level() == log::LevelFilter::Trace {
                let from = start.saturating_sub(credentials.overlap()).max(self.consumed);
                credentials.mask(&mut Arc::make_mut(&mut self.buffers.input)[from..]);
            }
            if self.is_worth_reading(new) {
                return Ok(true);
            }
        }
    }

    /// No answer takes more memory than it may, whatever it consists of.
    fn check_length(&self) -> io::Result<()> {
        let (received, unread) = (self.request.received, self.unread().len());
        let cause = match self.request.part {
            AnswerPart::Head if received > MAX_HEAD => {
                let message = words::header_too_long(MAX_HEAD);
                Cause::new(ErrorKind::Malformed, message)
            }
            // Whoever asks for more cannot make sense of what is there.
            AnswerPart::Body { .. } if unread > MAX_CHUNK_LINE => {
                Cause::new(ErrorKind::Malformed, words::chunk_line_too_long(MAX_CHUNK_LINE))
            }
            AnswerPart::Body { max_received, max_body } if received > max_received => {
                too_large(max_body)
            }
            _ => return Ok(()),
        };
        Err(cause.into())
    }

    /// Empty lines before an answer mean nothing (RFC 9112, section 2.2). The parser of headers
    /// would pass over all of them anew with each byte that comes.
    fn skip_empty_lines(&mut self) {
        while let Some(length) = match self.unread() {
            [b'\n', ..] => Some(1),
            [b'\r', b'\n', ..] => Some(2),
            _ => None,
        } {
            self.consume(length);
        }
    }

    /// Whether what has come may be more than a part of a line or of a header. Those are read from
    /// their beginnings each time, so that one which comes byte by byte has to be read only when it
    /// is complete; `new` bytes came last.
    fn is_worth_reading(&mut self, new: usize) -> bool {
        match self.request.part {
            AnswerPart::Head => {
                self.skip_empty_lines();
                self.is_header_worth_reading()
            }
            // ureq leaves nothing of a body but a line without its end.
            AnswerPart::Body { .. } => {
                let unread = &self.buffers.input[self.consumed..];
                let old = unread.len().saturating_sub(new);
                if old == 0 {
                    return true;
                }
                let new = &unread[old - 1..];
                #[cfg(any(test, fuzzing))]
                self.wire.count_look(new.len());
                memchr::memmem::find(new, b"\r\n").is_some()
            }
        }
    }

    /// It is when the header is complete or has doubled: what cannot become one is refused before
    /// it has come to its end.
    fn is_header_worth_reading(&mut self) -> bool {
        let unread = &self.buffers.input[self.consumed..];
        let (length, seen) = (unread.len(), self.request.head_seen);
        self.request.head_seen = length;
        if length == 0 {
            return false;
        }
        if length >= 2 * self.request.head_read {
            self.request.head_read = length;
            return true;
        }
        let new = &unread[seen.saturating_sub(3)..];
        #[cfg(any(test, fuzzing))]
        self.wire.count_look(new.len());
        memchr::memmem::find(new, b"\n\r\n").is_some()
            || memchr::memmem::find(new, b"\n\n").is_some()
    }

    fn make_room(&mut self) {
        let input = Arc::make_mut(&mut self.buffers.input);
        if self.consumed == input.len() {
            input.clear();
            self.consumed = 0;
        }
        if input.capacity() == 0 {
            // Only now, while the answer is waited for: an allocation of this size may take a while.
            *input = Vec::with_capacity(INPUT_SIZE);
        }
        if input.capacity() - input.len() < INPUT_SIZE / 2 {
            input.drain(..std::mem::take(&mut self.consumed));
            input.reserve(INPUT_SIZE);
        }
    }

    /// Reads a body of known length whose header has been taken. A page of messages is neither
    /// copied nor is its memory wiped before it is received: each would cost as much as half of
    /// checking it.
    pub(super) fn read_body(&mut self, length: usize, deadline: &Deadline) -> io::Result<Body> {
        let here = self.unread().len();
        if here >= length && length > SHORT_BODY {
            let start = std::mem::take(&mut self.consumed);
            let mut memory = Arc::unwrap_or_clone(std::mem::take(&mut self.buffers.input));
            let surplus = memory.split_off(start + length);
            self.buffers.input = Arc::new(surplus);
            return Ok(Body::new(memory, start));
        }
        // One byte more for the NUL of the C string that this becomes.
        let mut memory = Vec::with_capacity(length + 1);
        let here = here.min(length);
        memory.extend_from_slice(&self.unread()[..here]);
        self.consumed += here;
        while memory.len() < length {
            if self.wire.receive(&mut memory, deadline)? == 0 {
                let message = words::ended_after(memory.len() as u64, length as u64);
                return Err(Cause::new(ErrorKind::Broken, message).into());
            }
        }
        if memory.len() > length {
            Arc::make_mut(&mut self.buffers.input).extend_from_slice(&memory[length..]);
            memory.truncate(length);
        }
        Ok(memory.into())
    }

    /// Hands a body of known length on, part by part, whatever its length. What is received here is
    /// not masked: ureq does not see it.
    pub(super) fn pass_on_body(
        &mut self,
        length: u64,
        deadline: &Deadline,
        mut pass_on: impl FnMut(&[u8]) -> io::Result<()>,
    ) -> io::Result<()> {
        let mut left = length;
        loop {
            let here = usize::try_from(left).unwrap_or(usize::MAX).min(self.unread().len());
            if here > 0 {
                pass_on(&self.unread()[..here])?;
                self.consumed += here;
                left -= here as u64;
                deadline.part_came();
            }
            if left == 0 {
                return Ok(());
            }
            self.make_room();
            if self.wire.receive(Arc::make_mut(&mut self.buffers.input), deadline)? == 0 {
                let came = length - left;
                let message = words::ended_after(came, length);
                return Err(Cause::new(ErrorKind::Broken, message).into());
            }
        }
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

    use super::super::race;
    use super::*;

    #[test]
    fn a_request_that_was_refused_midway_stays_so_however_often_its_answer_is_read() {
        const ANSWER: usize = INPUT_SIZE + 1_000;
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let deadline = Deadline::far();
        let address = listener.local_addr().unwrap();
        let socket = race::connect(&[address], &deadline).unwrap().socket;
        let (mut peer, _) = listener.accept().unwrap();
        // An answer, and then a reset: nothing can be sent to this peer.
        peer.write_all(&vec![b'x'; ANSWER]).unwrap();
        socket2::SockRef::from(&peer).set_linger(Some(Duration::ZERO)).unwrap();
        drop(peer);

        let credentials = Credentials::default();
        let mut connection = Connection::new(Wire::Plain(socket), Buffers::default());
        let mut request = *b"POST / HTTP/1.1\r\n\r\n";
        let length = request.len();
        connection.send(&mut request, length, &credentials, &deadline).unwrap();
        connection.request_ends(deadline.now());
        let mut read = 0;
        while read < ANSWER {
            assert!(connection.receive(&credentials, &deadline).unwrap(), "{read} bytes");
            connection.request_ends(deadline.now());
            assert_eq!(connection.request.written_at, None, "{read} bytes");
            let count = connection.unread().len();
            connection.consume(count);
            read += count;
            assert!(!connection.is_clean(), "{read} bytes");
        }
    }
}
