//! What differs between the systems. Everything else about sockets is the same everywhere.

use std::io;
use std::time::Duration;

use rustix::event::Timespec;
use socket2::Socket;

/// A connection that is broken must not end the host by SIGPIPE. Apple has a setting of the socket
/// instead, which socket2 makes; Windows has no such signal.
#[cfg(any(target_os = "linux", target_os = "android", target_os = "freebsd"))]
const NO_SIGNAL: i32 = libc::MSG_NOSIGNAL;
#[cfg(not(any(target_os = "linux", target_os = "android", target_os = "freebsd")))]
const NO_SIGNAL: i32 = 0;
#[cfg(not(any(
    target_os = "linux",
    target_os = "android",
    target_os = "freebsd",
    target_vendor = "apple",
    windows
)))]
compile_error!("say in platform.rs how a send raises no SIGPIPE on this system");

/// What is not to wait does not do so either on a socket whose receives wait.
#[cfg(not(windows))]
const NO_WAIT: i32 = libc::MSG_DONTWAIT;
#[cfg(windows)]
const NO_WAIT: i32 = 0;

/// The flags of every send.
pub(super) const SEND_FLAGS: i32 = NO_SIGNAL | NO_WAIT;

/// The flags of a look at what has come. `MSG_PEEK` has this value everywhere.
pub(super) const PEEK_FLAGS: i32 = 2 | NO_WAIT;

/// From now on a receive waits for at most so long, unless it is told not to.
#[cfg(not(windows))]
pub(super) fn wait_in_receives(socket: &Socket, at_most: Duration) -> io::Result<()> {
    socket.set_read_timeout(Some(at_most))?;
    Ok(rustix::io::ioctl_fionbio(socket, false)?)
}

/// Windows rounds the time-out of a socket up to half a second.
#[cfg(windows)]
pub(super) fn wait_in_receives(_: &Socket, _: Duration) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Whether poll may say nothing of a connection that was refused: WSAPoll does not before
/// Windows 10 2004.
pub(super) const POLL_MISSES_REFUSALS: bool = cfg!(windows);

/// Appends what has come, as far as there is room; 0 is the end.
#[cfg(not(windows))]
pub(super) fn receive(socket: &Socket, input: &mut Vec<u8>, may_wait: bool) -> io::Result<usize> {
    use rustix::buffer::spare_capacity;
    use rustix::net::{RecvFlags, recv};
    let flags = if may_wait { RecvFlags::empty() } else { RecvFlags::DONTWAIT };
    // The standard library only reads into memory that was wiped before.
    Ok(recv(socket, spare_capacity(input), flags)?.0)
}

/// Appends what has come, as far as there is room; 0 is the end.
#[cfg(windows)]
pub(super) fn receive(mut socket: &Socket, input: &mut Vec<u8>, _: bool) -> io::Result<usize> {
    let start = input.len();
    input.resize(input.capacity(), 0);
    let received = io::Read::read(&mut socket, &mut input[start..]);
    input.truncate(start + received.as_ref().unwrap_or(&0));
    received
}

/// Whether a connection goes on being made after this error.
pub(super) fn is_in_progress(error: &io::Error) -> bool {
    // Windows says "would block", and a signal may end the call.
    matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted)
        || error.raw_os_error() == Some(rustix::io::Errno::INPROGRESS.raw_os_error())
}

/// The types of the members are not the same everywhere.
pub(super) fn timespec(wait: Duration) -> Timespec {
    Timespec { tv_sec: wait.as_secs() as _, tv_nsec: wait.subsec_nanos() as _ }
}
