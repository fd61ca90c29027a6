//! Which of a host's addresses is connected to: the first that answers (RFC 8305).

use std::io;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags};
use rustix::io::Errno;

use super::deadline::Deadline;
use super::error::{Cause, ErrorKind};
use super::platform;
use super::socket::Socket;
use crate::sentences::transport as words;

/// How long an address is given before the next one is tried as well (RFC 8305, section 8).
const CONNECTION_ATTEMPT_DELAY: Duration = Duration::from_millis(250);

/// A connection, and how it came about.
#[derive(Debug)]
pub(super) struct Connected {
    pub socket: Socket,
    pub address: SocketAddr,
    /// How many addresses were tried.
    #[cfg_attr(not(test), expect(dead_code, reason = "what tests can see of the race"))]
    pub tried: usize,
}

/// Connects to the first address that answers. They are tried in their order; what is not
/// needed is closed.
pub(super) fn connect(addresses: &[SocketAddr], deadline: &Deadline) -> io::Result<Connected> {
    let mut next = addresses.iter().copied();
    let mut tried = 0;
    let mut under_way: Vec<(Socket, SocketAddr)> = Vec::new();
    let mut next_at = None::<Instant>;
    let mut last_error = words::no_address();
    loop {
        let interval = deadline.poll_interval()?;
        let now = deadline.now();
        let until_next = next_at.map_or(Duration::ZERO, |at| at.saturating_duration_since(now));
        if until_next.is_zero()
            && let Some(address) = next.next()
        {
            tried += 1;
            match Socket::begin_connect(address) {
                Ok((socket, true)) => return Ok(Connected { socket, address, tried }),
                Ok((socket, false)) => {
                    under_way.push((socket, address));
                    next_at = Some(now + CONNECTION_ATTEMPT_DELAY);
                }
                Err(error) => last_error = words::peer_said(&address.to_string(), &error),
            }
            continue;
        }
        if under_way.is_empty() {
            return Err(Cause::new(ErrorKind::Connect, last_error).into());
        }
        let wait = if next.len() == 0 { interval } else { interval.min(until_next) };
        let ready = wait_for_any(&under_way, wait, deadline)?;
        // Backwards: what is removed does not move what is still to be looked at.
        for (index, flags) in ready.into_iter().enumerate().rev() {
            if flags.is_empty() && !platform::POLL_MISSES_REFUSALS {
                continue;
            }
            // A failure is said by another flag besides, and asking costs a system call.
            let stands = flags == PollFlags::OUT && !platform::POLL_MISSES_REFUSALS;
            let error = if stands { None } else { under_way[index].0.connect_error()? };
            if let Some(error) = error {
                last_error = words::peer_said(&under_way[index].1.to_string(), &error);
                under_way.remove(index);
                // Nothing is gained by waiting on.
                next_at = None;
            } else if !flags.is_empty() {
                let (socket, address) = under_way.swap_remove(index);
                return Ok(Connected { socket, address, tried });
            }
        }
    }
}

/// What poll says of each connection: nothing of one that is still being made.
fn wait_for_any(
    under_way: &[(Socket, SocketAddr)],
    wait: Duration,
    deadline: &Deadline,
) -> io::Result<Vec<PollFlags>> {
    let mut list: Vec<_> = under_way.iter().map(|(socket, _)| socket.poll_connect()).collect();
    match deadline.poll(&mut list, wait) {
        Ok(_) => Ok(list.iter().map(PollFd::revents).collect()),
        Err(Errno::INTR) => Ok(vec![PollFlags::empty(); under_way.len()]),
        Err(error) => Err(error.into()),
    }
}

/// The order in which addresses are tried: the one that answered last comes first, then the
/// families take turns, beginning with that of the system's first choice.
pub(super) fn in_order(addresses: &[SocketAddr], answered: Option<SocketAddr>) -> Vec<SocketAddr> {
    let mut order: Vec<SocketAddr> = Vec::with_capacity(addresses.len());
    order.extend(answered.filter(|address| addresses.contains(address)));
    let Some(first) = addresses.first() else { return order };
    let (mut same, mut other): (Vec<_>, Vec<_>) =
        addresses.iter().copied().partition(|address| address.is_ipv4() == first.is_ipv4());
    for family in [&mut same, &mut other] {
        family.retain(|address| !order.contains(address));
    }
    // The family of the address that comes first has had its turn.
    if order.first().is_some_and(|address| address.is_ipv4() == first.is_ipv4()) {
        std::mem::swap(&mut same, &mut other);
    }
    let (mut same, mut other) = (same.into_iter(), other.into_iter());
    loop {
        let pair = [same.next(), other.next()];
        if pair == [None, None] {
            return order;
        }
        order.extend(pair.into_iter().flatten());
    }
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, TcpListener, TcpStream};

    use socket2::{Domain, Type};

    use super::super::error::TimeLimit;
    use super::super::resolve::Resolver;
    use super::*;

    /// An address that leaves clients without an answer: its queue has one place, which is taken.
    struct BlackHole {
        address: SocketAddr,
        _listener: socket2::Socket,
        _waiting: Vec<TcpStream>,
    }

    impl BlackHole {
        fn new() -> Self {
            let listener = socket2::Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
            listener.bind(&SocketAddr::from((Ipv4Addr::LOCALHOST, 0)).into()).unwrap();
            listener.listen(0).unwrap();
            let address = listener.local_addr().unwrap().as_socket().unwrap();
            let mut waiting = Vec::new();
            while let Ok(stream) = TcpStream::connect_timeout(&address, Duration::from_millis(100))
            {
                waiting.push(stream);
                assert!(waiting.len() < 100, "this system queues without limit");
            }
            BlackHole { address, _listener: listener, _waiting: waiting }
        }
    }

    fn listener() -> (TcpListener, SocketAddr) {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        (listener, address)
    }

    /// An address where nobody listens.
    fn gone() -> SocketAddr {
        listener().1
    }

    #[test]
    fn an_address_that_does_not_answer_holds_up_the_next_one_only_briefly() {
        let (black_hole, (_listener, good)) = (BlackHole::new(), listener());
        let connected = connect(&[black_hole.address, good], &Deadline::far()).unwrap();
        assert_eq!((connected.address, connected.tried), (good, 2));
    }

    #[test]
    fn the_address_that_answered_is_tried_first_from_then_on() {
        let (black_hole, (_listener, good)) = (BlackHole::new(), listener());
        let resolver = Resolver::with_answer("market.test", vec![black_hole.address, good]);
        let tried: Vec<usize> = (0..3)
            .map(|_| {
                let deadline = Deadline::far();
                let addresses = resolver.addresses(&deadline).unwrap();
                let connected = connect(&addresses, &deadline).unwrap();
                resolver.answered(connected.address);
                connected.tried
            })
            .collect();
        assert_eq!(tried, [2, 1, 1]);
    }

    #[test]
    fn an_address_that_refuses_holds_up_nothing() {
        let (_listener, good) = listener();
        let connected = connect(&[gone(), gone(), good], &Deadline::far()).unwrap();
        assert_eq!((connected.address, connected.tried), (good, 3));
    }

    #[test]
    fn addresses_that_do_not_answer_end_with_the_time_for_the_connection() {
        let (one, two) = (BlackHole::new(), BlackHole::new());
        let deadline = Deadline::after(Duration::from_millis(300));
        let error = connect(&[one.address, gone(), two.address], &deadline).unwrap_err();
        let kind = Cause::of_io(error, ErrorKind::Broken).kind;
        assert_eq!(kind, ErrorKind::Timeout(TimeLimit::Connect));
    }

    #[test]
    fn the_last_refusal_is_named() {
        let (first, last) = (gone(), gone());
        let deadline = Deadline::far();
        let error = connect(&[first, last], &deadline).unwrap_err().to_string();
        assert!(error.contains(&format!("{last}: ")), "{error}");
        assert!(connect(&[], &deadline).unwrap_err().to_string().contains("no address"));
    }

    #[test]
    fn the_families_take_turns() {
        let address = |text: &str| -> SocketAddr { text.parse().unwrap() };
        let [a, b, c] = ["[::1]:1", "[::2]:1", "[::3]:1"].map(address);
        let [x, y] = ["1.1.1.1:1", "1.1.1.2:1"].map(address);
        let table: [(&[SocketAddr], Option<SocketAddr>, &[SocketAddr]); 7] = [
            (&[], Some(a), &[]),
            (&[x], None, &[x]),
            (&[a, b, c, x, y], None, &[a, x, b, y, c]),
            (&[x, y, a], None, &[x, a, y]),
            (&[a, b, x, y], Some(x), &[x, a, y, b]),
            (&[a, b, x, y], Some(b), &[b, x, a, y]),
            (&[a, x], Some(y), &[a, x]),
        ];
        for (addresses, answered, expected) in table {
            assert_eq!(in_order(addresses, answered), expected, "{addresses:?} {answered:?}");
        }
    }
}
