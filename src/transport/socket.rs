//! A TCP connection whose every wait ends at a deadline, or when the call is cancelled.
//!
//! Waiting is done by poll, which is exact everywhere; time-outs of sockets are rounded up to half a
//! second on Windows. Elsewhere, a receive on a connection that serves several requests waits by
//! itself, which is a system call less for each.

use std::io::{self, IoSlice, Read, Write};
use std::mem::MaybeUninit;
use std::net::SocketAddr;

use rustix::event::{PollFd, PollFlags};
use rustix::io::Errno;
use socket2::{Domain, Protocol, Type};

use super::deadline::Deadline;
use super::platform;
use crate::cancel::POLL_INTERVAL;

#[derive(Debug)]
pub(super) struct Socket {
    socket: socket2::Socket,
    /// Something was sent, and nothing was received since: the answer has to be waited for, so
    /// that looking for it first would only cost a system call.
    awaits_answer: bool,
    /// A receive waits by itself, for [`POLL_INTERVAL`].
    waits_in_receives: bool,
}

impl Socket {
    /// Begins to connect; true where the connection stands already.
    pub(super) fn begin_connect(address: SocketAddr) -> io::Result<(Socket, bool)> {
        let domain = Domain::for_address(address);
        #[cfg(any(target_os = "linux", target_os = "android", target_os = "freebsd"))]
        let socket = socket2::Socket::new(domain, Type::STREAM.nonblocking(), Some(Protocol::TCP))?;
        #[cfg(not(any(target_os = "linux", target_os = "android", target_os = "freebsd")))]
        let socket = {
            let socket = socket2::Socket::new(domain, Type::STREAM, Some(Protocol::TCP))?;
            socket.set_nonblocking(true)?;
            socket
        };
        let connected = match socket.connect(&address.into()) {
            Ok(()) => true,
            Err(error) if platform::is_in_progress(&error) => false,
            Err(error) => return Err(error),
        };
        Ok((Socket { socket, awaits_answer: false, waits_in_receives: false }, connected))
    }

    /// For waiting until the connection stands.
    pub(super) fn poll_connect(&self) -> PollFd<'_> {
        PollFd::new(&self.socket, PollFlags::OUT)
    }

    /// Why the connection was not made, where that is known.
    pub(super) fn connect_error(&self) -> io::Result<Option<io::Error>> {
        self.socket.take_error()
    }

    /// Appends what has come, as far as there is room; 0 is the end.
    pub(super) fn receive(
        &mut self,
        input: &mut Vec<u8>,
        deadline: &Deadline,
    ) -> io::Result<usize> {
        let awaits_answer = std::mem::take(&mut self.awaits_answer);
        while self.waits_in_receives && deadline.allows_a_full_interval()? {
            match platform::receive(&self.socket, input, true) {
                Err(error) if is_to_be_repeated(&error) => {}
                other => return other,
            }
        }
        self.when_ready(PollFlags::IN, awaits_answer, deadline, |socket| {
            platform::receive(socket, input, false)
        })
    }

    /// Fills the buffer.
    pub(super) fn receive_exactly(
        &mut self,
        mut buffer: &mut [u8],
        deadline: &Deadline,
    ) -> io::Result<()> {
        while !buffer.is_empty() {
            let awaits_answer = std::mem::take(&mut self.awaits_answer);
            let count = self.when_ready(PollFlags::IN, awaits_answer, deadline, |mut socket| {
                socket.read(buffer)
            })?;
            if count == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            buffer = &mut buffer[count..];
        }
        Ok(())
    }

    /// Hands all of it to the network.
    pub(super) fn send_all(&mut self, mut bytes: &[u8], deadline: &Deadline) -> io::Result<()> {
        self.awaits_answer = true;
        while !bytes.is_empty() {
            let count = self.when_ready(PollFlags::OUT, false, deadline, |socket| {
                socket.send_with_flags(bytes, platform::SEND_FLAGS)
            })?;
            if count == 0 {
                return Err(io::ErrorKind::WriteZero.into());
            }
            bytes = &bytes[count..];
        }
        Ok(())
    }

    /// For layers above that write by the standard traits.
    pub(super) fn writer<'a>(&'a mut self, deadline: &'a Deadline) -> SocketWriter<'a> {
        SocketWriter { socket: self, deadline }
    }

    fn send(
        &mut self,
        deadline: &Deadline,
        send: impl FnMut(&socket2::Socket) -> io::Result<usize>,
    ) -> io::Result<usize> {
        self.awaits_answer = true;
        self.when_ready(PollFlags::OUT, false, deadline, send)
    }

    /// Repeats an operation until it is done or the time is over. The deadline is asked each
    /// time, also where nothing has to be waited for: a peer that gives a byte now and then must
    /// not keep the caller for ever.
    fn when_ready<T>(
        &self,
        flags: PollFlags,
        mut wait: bool,
        deadline: &Deadline,
        mut operation: impl FnMut(&socket2::Socket) -> io::Result<T>,
    ) -> io::Result<T> {
        loop {
            let interval = deadline.poll_interval()?;
            if wait {
                let ready = &mut [PollFd::new(&self.socket, flags)];
                match deadline.poll(ready, interval) {
                    Ok(0) | Err(Errno::INTR) => continue,
                    Ok(_) => {}
                    Err(error) => return Err(error.into()),
                }
            }
            match operation(&self.socket) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => wait = true,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                other => return other,
            }
        }
    }

    /// For a request of several writes: the last one is not to wait until the others are
    /// acknowledged.
    pub(super) fn do_not_delay(&self) -> io::Result<()> {
        self.socket.set_tcp_nodelay(true)
    }

    /// Whether the peer still holds an idle connection open, and has said nothing on it.
    pub(super) fn is_idle_and_open(&self) -> bool {
        let mut byte = [MaybeUninit::uninit()];
        let seen = self.socket.recv_with_flags(&mut byte, platform::PEEK_FLAGS);
        matches!(seen, Err(e) if e.kind() == io::ErrorKind::WouldBlock)
    }

    /// There was a request on this connection before, and another one comes: it pays to have the
    /// receives wait by themselves.
    pub(super) fn serves_again(&mut self) {
        self.waits_in_receives = self.waits_in_receives
            || platform::wait_in_receives(&self.socket, POLL_INTERVAL).is_ok();
    }
}

fn is_to_be_repeated(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted)
}

/// Writes to a socket until the deadline.
pub(super) struct SocketWriter<'a> {
    socket: &'a mut Socket,
    deadline: &'a Deadline,
}

impl Write for SocketWriter<'_> {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        self.socket
            .send(self.deadline, |socket| socket.send_with_flags(buffer, platform::SEND_FLAGS))
    }

    /// The standard library would use `writev`, which cannot be told to raise no signal.
    fn write_vectored(&mut self, buffers: &[IoSlice<'_>]) -> io::Result<usize> {
        self.socket.send(self.deadline, |socket| {
            socket.send_vectored_with_flags(buffers, platform::SEND_FLAGS)
        })
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::net::{TcpListener, TcpStream};
    use std::time::{Duration, Instant};

    use super::super::deadline::TimeLimits;
    use super::super::error::{Cause, ErrorKind, TimeLimit};
    use super::super::race;
    use super::*;
    use crate::cancel::CancelHandle;

    /// A connection that serves its second request, and its peer.
    fn reused() -> (Socket, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let mut socket = race::connect(&[address], &Deadline::far()).unwrap().socket;
        let (peer, _) = listener.accept().unwrap();
        assert!(socket.is_idle_and_open());
        socket.serves_again();
        assert_eq!(socket.waits_in_receives, cfg!(not(windows)));
        (socket, peer)
    }

    fn deadline(limit: Duration, cancel: &CancelHandle) -> Deadline {
        let limits = TimeLimits {
            connect: limit,
            attempt: limit,
            call: Duration::MAX,
            call_left: Duration::MAX,
            clock: None,
        };
        Deadline::for_answer(&limits, Instant::now(), &cancel.token())
    }

    fn kind<T: std::fmt::Debug>(result: io::Result<T>) -> ErrorKind {
        Cause::of_io(result.unwrap_err(), ErrorKind::Broken).kind
    }

    #[test]
    fn a_reused_connection_gives_what_comes_and_its_end() {
        let (mut socket, mut peer) = reused();
        std::thread::scope(|scope| {
            scope.spawn(|| {
                let mut request = [0; 3];
                peer.read_exact(&mut request).unwrap();
                peer.write_all(&request).unwrap();
            });
            socket.send_all(b"abc", &Deadline::far()).unwrap();
            let mut input = Vec::with_capacity(16);
            assert_eq!(socket.receive(&mut input, &Deadline::far()).unwrap(), 3);
            assert_eq!(input, b"abc");
        });
        assert!(socket.is_idle_and_open());
        drop(peer);
        let mut input = Vec::with_capacity(16);
        assert_eq!(socket.receive(&mut input, &Deadline::far()).unwrap(), 0);
        assert!(!socket.is_idle_and_open());
    }

    #[test]
    fn a_wait_on_a_reused_connection_ends_in_time() {
        let (mut socket, _peer) = reused();
        for wait in [Duration::from_millis(30), POLL_INTERVAL * 3 / 2] {
            let deadline = deadline(wait, &CancelHandle::default());
            let received = socket.receive(&mut Vec::with_capacity(16), &deadline);
            assert_eq!(kind(received), ErrorKind::Timeout(TimeLimit::Attempt));
        }
    }

    #[test]
    fn a_wait_on_a_reused_connection_is_cancelled() {
        let (mut socket, _peer) = reused();
        let handle = CancelHandle::default();
        let deadline = deadline(Duration::MAX, &handle);
        std::thread::scope(|scope| {
            let received = scope.spawn(|| socket.receive(&mut Vec::with_capacity(16), &deadline));
            handle.cancel();
            assert_eq!(kind(received.join().unwrap()), ErrorKind::Cancelled);
        });
    }

    #[test]
    fn a_peer_that_takes_nothing_does_not_keep_a_sender_beyond_its_time() {
        let (mut socket, _peer) = reused();
        let deadline = deadline(Duration::from_millis(150), &CancelHandle::default());
        let sent = socket.send_all(&vec![0; 64 * 1024 * 1024], &deadline);
        assert_eq!(kind(sent), ErrorKind::Timeout(TimeLimit::Attempt));
    }
}
