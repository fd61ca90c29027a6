//! The name, the connection, and the service's clock: by hand, since the library tells nothing of
//! them where all is well. No credential is shown here.

use std::io;
use std::net::{SocketAddr, TcpStream, ToSocketAddrs};
use std::sync::mpsc;
use std::time::{Duration, Instant, SystemTime};

use super::check::Subject;
use super::connection::{Connection, exchange};
use super::route::{Hop, Refusal, Route};
use super::{Doctor, tls};
use crate::config::Loaded;
use crate::sentences::{Sentence, doctor as words, reason, reasons};

/// For each step.
const STEP: Duration = Duration::from_secs(8);
/// What two clocks may differ by, with the time that the answer was under way.
const CLOCK_DIFFERENCE: u64 = 10;

impl Doctor<'_> {
    /// Looks the name up, and connects.
    pub(super) fn connect(&mut self, to: &Hop) -> Option<TcpStream> {
        let addresses = match look_up(&to.host, to.port) {
            Ok(addresses) => addresses,
            Err(why) => {
                let found = match why.kind() {
                    io::ErrorKind::TimedOut => words::name_too_slow(&to.host, STEP.as_secs()),
                    _ => words::name_not_found(&to.host, &reasons::of_the_system(&why)),
                };
                self.failed(Subject::Name, &found, &words::check_dns());
                self.not_tried(&[Subject::Route], &words::after_failure());
                return None;
            }
        };
        let list: Vec<String> = addresses.iter().map(|address| address.ip().to_string()).collect();
        self.passed(Subject::Name, &words::name_found(&to.host, &list.join(", ")));
        let mut last = io::Error::from(io::ErrorKind::AddrNotAvailable);
        for address in addresses {
            let begun = Instant::now();
            match TcpStream::connect_timeout(&address, STEP) {
                Ok(stream) => {
                    let milliseconds = begun.elapsed().as_millis();
                    let milliseconds = u64::try_from(milliseconds).unwrap_or(u64::MAX);
                    self.passed(Subject::Route, &words::connected(&address, milliseconds));
                    // A time-out of more than 0 is never refused.
                    let _ = stream.set_read_timeout(Some(STEP));
                    let _ = stream.set_write_timeout(Some(STEP));
                    return Some(stream);
                }
                Err(error) => last = error,
            }
        }
        let advice = words::check_firewall(&to.host, to.port);
        self.failed(Subject::Route, &words::not_connected(&reason(&last)), &advice);
        None
    }

    /// Goes through the proxy, and makes the TLS handshake, where there are such.
    pub(super) fn secure(
        &mut self,
        loaded: &Loaded,
        route: &Route,
        mut stream: TcpStream,
    ) -> Option<Box<dyn Connection>> {
        let service = &route.service;
        if let Err(Refusal { why, is_login }) = route.through_proxy(&mut stream) {
            let advice = match is_login {
                true => words::set_proxy_login(),
                false => words::ask_proxy(&service.host),
            };
            self.failed(Subject::Tls, &words::proxy_refuses(&service.host, &why), &advice);
            return None;
        }
        if service.scheme != "https" {
            self.not_tried(&[Subject::Tls], &words::tls_plain());
            return Some(Box::new(stream));
        }
        let result = tls::handshake(loaded, &service.host, stream);
        self.report_tls(result)
    }

    /// Asks for nothing, to see the date of the answer.
    pub(super) fn compare_clocks(&mut self, host: &str, mut connection: Box<dyn Connection>) {
        let begun = SystemTime::now();
        let date = ask(&mut *connection, host)
            .map_err(|error| reason(&error))
            .and_then(|head| date(&head).ok_or_else(|| first_line(&head)));
        let date = match date {
            Ok(date) => date,
            Err(error) => {
                return self.failed(Subject::Clock, &words::no_date(&error), &words::check_tls());
            }
        };
        let middle = begun + begun.elapsed().unwrap_or_default() / 2;
        let ahead = seconds(middle) - seconds(date);
        let difference = ahead.unsigned_abs();
        if difference <= CLOCK_DIFFERENCE {
            self.passed(Subject::Clock, &words::clock_right(difference));
        } else if ahead > 0 {
            self.failed(Subject::Clock, &words::clock_ahead(difference), &words::set_clock());
        } else {
            self.failed(Subject::Clock, &words::clock_behind(difference), &words::set_clock());
        }
    }
}

fn seconds(at: SystemTime) -> i64 {
    let since = at.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}

/// In a thread of its own, since nothing ends a look-up. The thread ends with the process at the latest.
fn look_up(host: &str, port: u16) -> io::Result<Vec<SocketAddr>> {
    let (tell, told) = mpsc::channel();
    let host = host.to_owned();
    std::thread::spawn(move || {
        let found = (host.as_str(), port).to_socket_addrs();
        let _ = tell.send(found.map(Iterator::collect::<Vec<_>>));
    });
    let found = told.recv_timeout(STEP).map_err(|_| io::Error::from(io::ErrorKind::TimedOut))??;
    match found.is_empty() {
        true => Err(io::ErrorKind::NotFound.into()),
        false => Ok(found),
    }
}

/// Asks for `/`, and reads the head of the answer.
fn ask(connection: &mut dyn Connection, host: &str) -> io::Result<String> {
    let agent = concat!("ymchat/", env!("CARGO_PKG_VERSION"));
    let request = format!("GET / HTTP/1.1\r\nHost: {host}\r\nUser-Agent: {agent}\r\n\r\n");
    exchange(connection, &request)
}

fn first_line(head: &str) -> Sentence {
    let line = head.lines().next().unwrap_or_default();
    let line: String = crate::text::one_line(line).chars().take(100).collect();
    reasons::of_the_system(&line)
}

fn date(head: &str) -> Option<SystemTime> {
    head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("date").then(|| httpdate::parse_http_date(value.trim()).ok())?
    })
}
