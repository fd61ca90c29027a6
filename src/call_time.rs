//! How exactly a call keeps its time. The clock of these tests passes only while something waits,
//! and the waits for the sockets use it, too.

use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use socket2::{Domain, Socket, Type};

use crate::clock::Clock;
use crate::error::{DeliveryStatus, Error};
use crate::internal::TestSettings;
use crate::status::Status;
use crate::{ChatsOptions, Client, ClientBuilder, SendOptions};

const fn ms(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}

/// Each wait is over at once, and has then taken exactly as long as was asked for.
#[derive(Debug, Default)]
struct ExactClock(Mutex<Duration>);

impl Clock for ExactClock {
    fn now(&self) -> Duration {
        *self.0.lock().unwrap()
    }

    fn wall(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH + ms(1_700_000_000_000) + self.now()
    }

    fn sleep(&self, wait: Duration) {
        assert!(!wait.is_zero(), "a wait for nothing would go on for ever");
        *self.0.lock().unwrap() += wait;
    }

    fn is_simulated(&self) -> bool {
        true
    }
}

/// A service that takes connections and never says anything: nobody accepts them.
struct Silent(TcpListener);

impl Silent {
    fn new() -> Self {
        Silent(TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap())
    }

    fn address(&self) -> SocketAddr {
        self.0.local_addr().unwrap()
    }
}

/// An address that leaves clients without an answer: its queue has one place, which is taken.
struct BlackHole {
    address: SocketAddr,
    _listener: Socket,
    _waiting: Vec<TcpStream>,
}

impl BlackHole {
    fn new() -> Self {
        let listener = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
        listener.bind(&SocketAddr::from((Ipv4Addr::LOCALHOST, 0)).into()).unwrap();
        listener.listen(0).unwrap();
        let address = listener.local_addr().unwrap().as_socket().unwrap();
        let mut waiting = Vec::new();
        while let Ok(stream) = TcpStream::connect_timeout(&address, ms(100)) {
            waiting.push(stream);
            assert!(waiting.len() < 100, "this system queues without limit");
        }
        BlackHole { address, _listener: listener, _waiting: waiting }
    }
}

struct World {
    clock: Arc<ExactClock>,
    client: Client,
}

fn world(address: SocketAddr, configure: impl FnOnce(ClientBuilder) -> ClientBuilder) -> World {
    let clock = Arc::new(ExactClock::default());
    let builder = Client::builder()
        .api_key("ACMA:example")
        .business_id(7)
        .base_url(format!("http://{address}"))
        .clock(Arc::clone(&clock) as Arc<dyn Clock>);
    World { client: configure(builder).build().unwrap(), clock }
}

impl World {
    /// The error of a call, and how much time passed.
    fn time<T: std::fmt::Debug>(
        &self,
        call: impl FnOnce(&Client) -> Result<T, Error>,
    ) -> (Error, Duration) {
        let began = self.clock.now();
        let error = call(&self.client).unwrap_err();
        (error, self.clock.now() - began)
    }

    fn read(&self, call_timeout: Duration) -> (Error, Duration) {
        let options = ChatsOptions::new().call_timeout(call_timeout);
        self.time(|client| client.get_chats(&options))
    }
}

/// Not a multiple of any interval that the library waits for.
const CALL: Duration = Duration::from_nanos(1_234_567_891);

#[test]
fn a_wait_for_a_connection_takes_what_is_left_of_the_call() {
    let hole = BlackHole::new();
    let (error, took) = world(hole.address, |b| b).read(CALL);
    assert_eq!((error.status(), took), (Status::Timeout, CALL), "{error}");
    // The limit on a connection is kept as exactly as that on the call.
    let attempt = world(hole.address, |b| b.connect_timeout(CALL).max_attempts(1));
    let (error, took) = attempt.read(10 * CALL);
    assert_eq!((error.status(), took), (Status::Timeout, CALL), "{error}");
}

#[test]
fn a_wait_for_an_answer_takes_what_is_left_of_the_call() {
    let silent = Silent::new();
    let (error, took) = world(silent.address(), |b| b).read(CALL);
    assert_eq!((error.status(), took), (Status::Timeout, CALL), "{error}");
    let attempt = world(silent.address(), |b| b.attempt_timeout(CALL).max_attempts(1));
    let (error, took) = attempt.read(10 * CALL);
    assert_eq!((error.status(), took), (Status::Timeout, CALL), "{error}");
}

#[test]
fn a_handshake_takes_what_is_left_of_the_call() {
    let silent = Silent::new();
    let url = format!("https://{}", silent.address());
    let (error, took) = world(silent.address(), |b| b.base_url(url)).read(CALL);
    assert_eq!((error.status(), took), (Status::Timeout, CALL), "{error}");
    for scheme in ["http", "socks5"] {
        let proxy = format!("{scheme}://{}", silent.address()).parse().unwrap();
        let (error, took) = world(silent.address(), |b| b.proxy(proxy)).read(CALL);
        assert_eq!((error.status(), took), (Status::Timeout, CALL), "{scheme}: {error}");
    }
}

#[test]
fn attempts_with_their_pauses_never_take_more_than_the_call_has() {
    let (hole, mut cut) = (BlackHole::new(), 0);
    for seed in 0..100 {
        let silent = Silent::new();
        for address in [hole.address, silent.address()] {
            let call = ms(300) + Duration::from_micros(seed * 41_717);
            let world = world(address, |b| {
                let b = b.connect_timeout(ms(170)).attempt_timeout(ms(170));
                b.max_attempts(100).max_parallel(16).seed(seed)
            });
            let (error, took) = world.read(call);
            assert!(took <= call, "{seed}: {took:?} of {call:?}: {error}");
            // A call ends early where the next pause would be longer than the time that is left.
            cut += u32::from(took == call);
        }
    }
    assert!((20..180).contains(&cut), "both kinds of end are seen: {cut}");
}

#[test]
fn a_wait_for_a_place_takes_what_is_left_of_the_call() {
    let silent = Silent::new();
    let world = world(silent.address(), |b| b.attempt_timeout(ms(900)).max_attempts(1));
    // The service may still be at work on them: each keeps its place for 10 s.
    for _ in 0..4 {
        assert_eq!(world.read(10 * CALL).1, ms(900));
    }
    // Waiting for that is not worth while, and is not begun.
    let (error, took) = world.read(CALL);
    assert_eq!((error.status(), took), (Status::RateLimited, Duration::ZERO), "{error}");
    // 6.4 s for the first one's place, and the rest for the answer.
    let call = ms(6_400) + Duration::from_nanos(777_777_777);
    let (error, took) = world.read(call);
    assert_eq!((error.status(), took), (Status::Timeout, call), "{error}");
}

#[test]
fn the_search_for_a_lost_send_takes_what_is_left_of_the_call() {
    let mut whole = 0;
    for seed in 0..30 {
        for resend in [None, Some(false), Some(true)] {
            let silent = Silent::new();
            let call = ms(1_000) + Duration::from_micros(seed * 977_777);
            let world = world(silent.address(), |b| {
                b.attempt_timeout(ms(700)).max_attempts(2).max_parallel(16).seed(seed)
            });
            let mut options = SendOptions::new().call_timeout(call);
            options.resend = resend;
            let (error, took) = world.time(|client| client.send_message_with(5, "x", &options));
            assert!(took <= call, "{seed} {resend:?}: {took:?} of {call:?}: {error}");
            whole += u32::from(took == call);
            if resend != Some(true) {
                assert_eq!(error.outcome(), Some(DeliveryStatus::Unknown), "{error}");
            }
        }
    }
    assert!(whole > 0, "some end within a wait");
}
