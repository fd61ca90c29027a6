//! A TCP connection whose every wait ends when the attempt is over or cancelled.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use socket2::{Domain, Protocol, Type};

use super::attempt::{Attempt, FailureKind};
use crate::cancel::SLICE;

#[derive(Debug)]
pub(super) struct Socket(TcpStream);

impl Socket {
    /// Connects to the first address that answers, each with its share of the time.
    pub(super) fn connect(addresses: &[SocketAddr], attempt: &Attempt) -> io::Result<Socket> {
        let mut last = String::from("no address");
        for (index, address) in addresses.iter().enumerate() {
            let share = attempt.left() / (addresses.len() - index) as u32;
            match connect_one(*address, attempt, Instant::now() + share) {
                Ok(stream) => return Ok(Socket(stream)),
                Err(error) => last = format!("{address}: {error}"),
            }
            attempt.slice()?;
        }
        Err(attempt.fail(FailureKind::Connect, format!("no connection to {last}")))
    }

    /// Appends what has come, as far as there is room; 0 is the end.
    #[cfg(not(windows))]
    pub(super) fn receive(&mut self, input: &mut Vec<u8>, attempt: &Attempt) -> io::Result<usize> {
        use rustix::buffer::spare_capacity;
        use rustix::net::{RecvFlags, recv};
        // The standard library only reads into memory that was wiped before.
        patiently(attempt, || Ok(recv(&self.0, spare_capacity(input), RecvFlags::empty())?.0))
    }

    /// Appends what has come, as far as there is room; 0 is the end.
    #[cfg(windows)]
    pub(super) fn receive(&mut self, input: &mut Vec<u8>, attempt: &Attempt) -> io::Result<usize> {
        let start = input.len();
        input.resize(input.capacity(), 0);
        let received = patiently(attempt, || self.0.read(&mut input[start..]));
        input.truncate(start + received.as_ref().unwrap_or(&0));
        received
    }

    /// For a request of several writes: the last one is not to wait until the others are
    /// acknowledged.
    pub(super) fn do_not_delay(&self) -> io::Result<()> {
        self.0.set_nodelay(true)
    }

    /// Whether the peer still holds an idle connection open, and has said nothing on it.
    #[cfg(not(windows))]
    pub(super) fn is_idle_and_open(&self) -> bool {
        use rustix::net::{RecvFlags, recv};
        // One system call, where the portable way below takes three.
        let mut byte = [0; 1];
        matches!(
            recv(&self.0, &mut byte, RecvFlags::PEEK | RecvFlags::DONTWAIT),
            Err(rustix::io::Errno::WOULDBLOCK)
        )
    }

    /// Whether the peer still holds an idle connection open, and has said nothing on it.
    #[cfg(windows)]
    pub(super) fn is_idle_and_open(&self) -> bool {
        let mut byte = [0; 1];
        let silent = self.0.set_nonblocking(true).is_ok()
            && matches!(self.0.peek(&mut byte), Err(e) if e.kind() == io::ErrorKind::WouldBlock);
        silent && self.0.set_nonblocking(false).is_ok()
    }
}

fn connect_one(address: SocketAddr, attempt: &Attempt, until: Instant) -> io::Result<TcpStream> {
    let domain = Domain::for_address(address);
    let socket = socket2::Socket::new(domain, Type::STREAM, Some(Protocol::TCP))?;
    socket.set_read_timeout(Some(SLICE))?;
    socket.set_write_timeout(Some(SLICE))?;
    // Linux lets the time of writes hold for the connection, too (socket(7)): nothing has to be
    // set and set back. A service that closes each connection makes every system call count.
    let patient = cfg!(target_os = "linux");
    if !patient {
        socket.set_nonblocking(true)?;
    }
    match socket.connect(&address.into()) {
        Ok(()) => {}
        Err(error) if in_progress(&error) => {
            wait_until_writable(&socket, attempt, until)?;
            if let Some(error) = socket.take_error()? {
                return Err(error);
            }
        }
        Err(error) => return Err(error),
    }
    if !patient {
        socket.set_nonblocking(false)?;
    }
    Ok(TcpStream::from(socket))
}

/// A connection goes on being made after its time, and after a signal.
fn in_progress(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted)
        || error.raw_os_error() == Some(rustix::io::Errno::INPROGRESS.raw_os_error())
}

fn wait_until_writable(
    socket: &socket2::Socket,
    attempt: &Attempt,
    until: Instant,
) -> io::Result<()> {
    loop {
        let wait = attempt.slice()?.min(until.saturating_duration_since(Instant::now()));
        if wait.is_zero() {
            return Err(io::Error::new(io::ErrorKind::TimedOut, "no answer"));
        }
        let timeout = Timespec { tv_sec: 0, tv_nsec: wait.subsec_nanos().into() };
        match poll(&mut [PollFd::new(socket, PollFlags::OUT)], Some(&timeout)) {
            Ok(0) | Err(rustix::io::Errno::INTR) => {}
            Ok(_) => return Ok(()),
            Err(error) => return Err(error.into()),
        }
    }
}

const _: () = assert!(SLICE.as_nanos() < Duration::from_secs(1).as_nanos());

/// Repeats an operation of at most [`SLICE`] until it is done or the attempt is over. Asked each
/// time, also where it need not wait: a peer that gives a byte now and then keeps nobody for ever.
fn patiently<T>(attempt: &Attempt, mut operation: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    loop {
        attempt.slice()?;
        match operation() {
            Err(error)
                if matches!(
                    error.kind(),
                    io::ErrorKind::WouldBlock
                        | io::ErrorKind::TimedOut
                        | io::ErrorKind::Interrupted
                ) => {}
            other => return other,
        }
    }
}

/// By traits that know nothing of attempts.
impl Read for Socket {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        patiently(&*Attempt::current()?, || self.0.read(buffer))
    }
}

impl Write for Socket {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        patiently(&*Attempt::current()?, || self.0.write(buffer))
    }

    fn write_vectored(&mut self, buffers: &[io::IoSlice<'_>]) -> io::Result<usize> {
        patiently(&*Attempt::current()?, || self.0.write_vectored(buffers))
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
