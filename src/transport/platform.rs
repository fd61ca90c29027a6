//! What differs between the systems. Everything else about sockets is the same everywhere.

use std::io;
use std::time::Duration;

use rustix::event::Timespec;
use socket2::Socket;

/// A flag of every send: a connection that is broken must not end the host by SIGPIPE. Apple has a
/// setting of the socket instead, which socket2 makes; Windows has no such signal.
#[cfg(any(target_os = "linux", target_os = "android", target_os = "freebsd"))]
pub(super) const NO_SIGNAL: i32 = libc::MSG_NOSIGNAL;
#[cfg(not(any(target_os = "linux", target_os = "android", target_os = "freebsd")))]
pub(super) const NO_SIGNAL: i32 = 0;
#[cfg(not(any(
    target_os = "linux",
    target_os = "android",
    target_os = "freebsd",
    target_vendor = "apple",
    windows
)))]
compile_error!("say in platform.rs how a send raises no SIGPIPE on this system");

/// Whether poll may say nothing of a connection that was refused: WSAPoll does not before
/// Windows 10 2004.
pub(super) const POLL_MISSES_REFUSALS: bool = cfg!(windows);

/// Appends what has come, as far as there is room; 0 is the end.
#[cfg(not(windows))]
pub(super) fn receive(socket: &Socket, input: &mut Vec<u8>) -> io::Result<usize> {
    use rustix::buffer::spare_capacity;
    use rustix::net::{RecvFlags, recv};
    // The standard library only reads into memory that was wiped before.
    Ok(recv(socket, spare_capacity(input), RecvFlags::empty())?.0)
}

/// Appends what has come, as far as there is room; 0 is the end.
#[cfg(windows)]
pub(super) fn receive(mut socket: &Socket, input: &mut Vec<u8>) -> io::Result<usize> {
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
