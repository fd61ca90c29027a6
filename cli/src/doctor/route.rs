//! The route from this computer to the service, as the library takes it: directly, or through a proxy
//! that it asks for a tunnel, HTTP `CONNECT` or SOCKS5 (RFC 1928, 1929), for plain addresses too.

use std::fmt;
use std::io::{self, Read, Write};
use std::net::TcpStream;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::Uri;
use percent_encoding::percent_decode_str;

use super::connection::exchange;
use crate::config::Loaded;
use crate::sentences::{Sentence, reason, reasons};

/// The library's own default.
const SERVICE: &str = "https://api.partner.market.yandex.ru";

/// Variables with a proxy for https, for http, and the hosts that none is for. The first one of a
/// pair goes before the other.
const OF_HTTPS: [[&str; 2]; 2] = [["HTTPS_PROXY", "https_proxy"], ["ALL_PROXY", "all_proxy"]];
const OF_HTTP: [[&str; 2]; 2] = [["HTTP_PROXY", "http_proxy"], ["ALL_PROXY", "all_proxy"]];
const EXCEPTIONS: [&str; 2] = ["NO_PROXY", "no_proxy"];

/// A host on the route. Its `Display` is an address without user and password.
#[derive(Clone, PartialEq, Eq)]
pub struct Hop {
    /// `http`, `https`, `socks5` or `socks5h`.
    pub scheme: String,
    /// Without brackets.
    pub host: String,
    /// The given one, or the usual one.
    pub port: u16,
    /// User and password of a proxy.
    login: Option<(Vec<u8>, Vec<u8>)>,
}

impl fmt::Display for Hop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Hop { scheme, host, port, .. } = self;
        match host.contains(':') {
            true => write!(f, "{scheme}://[{host}]:{port}"),
            false => write!(f, "{scheme}://{host}:{port}"),
        }
    }
}

impl fmt::Debug for Hop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Hop {
    /// The library has looked at the address before.
    fn parse(url: &str) -> Option<Self> {
        let (scheme, rest) = url.trim().split_once("://")?;
        let scheme = scheme.to_ascii_lowercase();
        let uri: Uri = format!("http://{rest}").parse().ok()?;
        let authority = uri.authority()?;
        let usual_port = match scheme.as_str() {
            "https" => 443,
            "http" => 80,
            _ => 1080,
        };
        let login = authority.as_str().rsplit_once('@').map(|(login, _)| {
            let (user, password) = login.split_once(':').unwrap_or((login, ""));
            (percent_decode_str(user).collect(), percent_decode_str(password).collect())
        });
        let host = authority.host().trim_matches(['[', ']']).to_owned();
        let port = authority.port_u16().unwrap_or(usual_port);
        Some(Hop { scheme, host, port, login })
    }

    /// An HTTP proxy has another usual port than a web server.
    fn parse_proxy(url: &str) -> Option<Self> {
        let hop = Hop::parse(url)?;
        let rest = url.rsplit(['@', '/']).find(|part| !part.is_empty()).unwrap_or_default();
        let names_its_port = rest.rsplit_once(':').is_some_and(|(_, port)| !port.contains(']'));
        match hop.scheme == "http" && !names_its_port {
            true => Some(Hop { port: 8080, ..hop }),
            false => Some(hop),
        }
    }

    /// Host and port, as in an HTTP request.
    fn authority(&self) -> String {
        let text = self.to_string();
        text.split_once("://").map(|(_, rest)| rest.to_owned()).unwrap_or(text)
    }
}

/// The route from this computer to the service.
#[derive(Debug)]
pub struct Route {
    /// The last hop: the service.
    pub service: Hop,
    /// The proxy on it.
    pub proxy: Option<Hop>,
    /// Whether the settings have the environment's variables count.
    pub counts_environment: bool,
    /// The environment's variables for this service that are set: those with a proxy, and that with
    /// the hosts that none is for. Their values may hold a password.
    pub variables: Vec<&'static str>,
    /// The variable that names the hosts for which no proxy is used.
    pub exceptions: Option<&'static str>,
}

/// Why a proxy opened no route.
#[derive(Debug)]
pub struct Refusal {
    /// What it said, and no credential.
    pub why: Sentence,
    /// It wants another user name and password.
    pub is_login: bool,
}

impl Route {
    /// The route of a client with these settings.
    pub fn of(
        loaded: &Loaded,
        variable: impl Fn(&str) -> Option<std::ffi::OsString>,
    ) -> Option<Route> {
        let value = |name: &str| {
            let value = variable(name)?.into_string().ok()?;
            Some(value).filter(|value| !value.is_empty())
        };
        // Windows does not tell small letters from capitals: one name of a pair is enough.
        let set = |pair: [&'static str; 2]| pair.into_iter().find(|name| value(name).is_some());
        let service = Hop::parse(loaded.text("baseUrl").unwrap_or(SERVICE))?;
        let of_scheme = if service.scheme == "https" { OF_HTTPS } else { OF_HTTP };
        let variables: Vec<&str> = of_scheme.into_iter().filter_map(set).collect();
        let exceptions = set(EXCEPTIONS);
        let counts_environment = loaded.text("proxy") == Some("environment");
        let proxy = match loaded.text("proxy") {
            Some("environment") => {
                let exempt = exceptions.and_then(value).unwrap_or_default();
                let is_exempt = exempt.split(',').any(|entry| exempts(entry, &service.host));
                let proxy = variables.first().copied().and_then(value);
                proxy.filter(|_| !is_exempt).and_then(|url| Hop::parse_proxy(&url))
            }
            Some(url) => Hop::parse_proxy(url),
            None => None,
        };
        Some(Route { service, proxy, counts_environment, variables, exceptions })
    }

    /// Has the proxy at the other end of this connection connect to the service. Without a proxy,
    /// the connection is there already.
    pub fn through_proxy(&self, stream: &mut TcpStream) -> Result<(), Refusal> {
        match &self.proxy {
            None => Ok(()),
            Some(proxy) if proxy.scheme == "http" => connect(stream, &self.service, proxy),
            Some(proxy) => socks(stream, &self.service, proxy),
        }
    }
}

/// Whether an entry of NO_PROXY covers this host: by its name, or by the end of it.
fn exempts(entry: &str, host: &str) -> bool {
    let entry = entry.trim().trim_start_matches("*.").trim_start_matches('.').to_ascii_lowercase();
    let host = host.to_ascii_lowercase();
    let is_below = || host.strip_suffix(&entry).is_some_and(|before| before.ends_with('.'));
    entry == "*" || !entry.is_empty() && (host == entry || is_below())
}

fn refused(why: Sentence) -> Refusal {
    Refusal { why, is_login: false }
}

fn wrong_login(why: Sentence) -> Refusal {
    Refusal { why, is_login: true }
}

fn broken(error: io::Error) -> Refusal {
    refused(reason(&error))
}

fn connect(stream: &mut TcpStream, service: &Hop, proxy: &Hop) -> Result<(), Refusal> {
    let target = service.authority();
    let login = proxy.login.as_ref().map(|(user, password)| {
        let plain = [user.as_slice(), b":", password.as_slice()].concat();
        format!("Proxy-Authorization: Basic {}\r\n", STANDARD.encode(plain))
    });
    let login = login.unwrap_or_default();
    let request = format!("CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n{login}\r\n");
    let head = exchange(stream, &request).map_err(broken)?;
    let status = head.split(' ').nth(1).and_then(|status| status.trim().parse::<u16>().ok());
    // The rest of the answer is not quoted: it may hold the password that was sent.
    match status {
        Some(200..=299) => Ok(()),
        Some(407) => Err(wrong_login(reasons::proxy_wants_other_login())),
        Some(status) => Err(refused(reasons::proxy_answered(status))),
        None => Err(refused(reasons::proxy_is_no_http())),
    }
}

fn socks(stream: &mut TcpStream, service: &Hop, proxy: &Hop) -> Result<(), Refusal> {
    const NONE: u8 = 0;
    const PASSWORD: u8 = 2;
    let wanted = if proxy.login.is_some() { PASSWORD } else { NONE };
    stream.write_all(&[5, 1, wanted]).map_err(broken)?;
    match received::<2>(stream)? {
        [5, method] if method == wanted => {}
        [5, _] if proxy.login.is_none() => return Err(wrong_login(reasons::proxy_wants_login())),
        [5, _] => return Err(wrong_login(reasons::proxy_takes_no_login())),
        _ => return Err(refused(reasons::proxy_is_no_socks())),
    }
    if let Some((user, password)) = &proxy.login {
        let mut request = vec![1];
        for part in [user, password] {
            request.push(length(part)?);
            request.extend_from_slice(part);
        }
        stream.write_all(&request).map_err(broken)?;
        let [_, verdict] = received::<2>(stream)?;
        if verdict != 0 {
            return Err(wrong_login(reasons::proxy_refused_login()));
        }
    }
    let mut request = vec![5, 1, 0];
    match service.host.parse() {
        Ok(std::net::IpAddr::V4(address)) => {
            request.push(1);
            request.extend_from_slice(&address.octets());
        }
        Ok(std::net::IpAddr::V6(address)) => {
            request.push(4);
            request.extend_from_slice(&address.octets());
        }
        // The proxy looks the name up.
        Err(_) => {
            request.extend_from_slice(&[3, length(service.host.as_bytes())?]);
            request.extend_from_slice(service.host.as_bytes());
        }
    }
    request.extend_from_slice(&service.port.to_be_bytes());
    stream.write_all(&request).map_err(broken)?;
    let [_, reply, _, kind] = received::<4>(stream)?;
    if reply != 0 {
        return Err(refused(match reply {
            2 => reasons::proxy_may_not(),
            3 => reasons::network_unreachable(),
            4 => reasons::host_unreachable(),
            5 => reasons::nobody_listens(),
            6 => reasons::no_answer_in_time(),
            _ => reasons::proxy_failed(reply),
        }));
    }
    // The address that it has there, and its port.
    let address = match kind {
        1 => 4,
        3 => usize::from(received::<1>(stream)?[0]),
        4 => 16,
        _ => return Err(refused(reasons::proxy_is_no_socks())),
    };
    stream.read_exact(&mut vec![0; address + 2]).map_err(broken)
}

/// The library refuses longer ones.
fn length(part: &[u8]) -> Result<u8, Refusal> {
    u8::try_from(part.len()).map_err(|_| refused(reasons::too_long_for_socks()))
}

fn received<const N: usize>(stream: &mut TcpStream) -> Result<[u8; N], Refusal> {
    let mut bytes = [0; N];
    stream.read_exact(&mut bytes).map_err(broken)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stop_is_shown_without_its_password() {
        let proxy = Hop::parse_proxy("http://us%40er:s3cret@proxy.lan:3128").unwrap();
        assert_eq!((proxy.host.as_str(), proxy.port), ("proxy.lan", 3128));
        assert_eq!(proxy.to_string(), "http://proxy.lan:3128");
        assert_eq!(format!("{proxy:?}"), "http://proxy.lan:3128");
        assert_eq!(proxy.login, Some((b"us@er".to_vec(), b"s3cret".to_vec())));
        assert_eq!(Hop::parse("https://[::1]").unwrap().to_string(), "https://[::1]:443");
        assert_eq!(Hop::parse("http://[::1]:81/x").unwrap().authority(), "[::1]:81");
    }

    #[test]
    fn the_usual_ports_are_those_of_the_library() {
        for (url, port) in [
            ("http://proxy.lan", 8080),
            ("http://user:pass@proxy.lan/", 8080),
            ("http://[::1]", 8080),
            ("http://proxy.lan:80", 80),
            ("http://[::1]:3128/", 3128),
            ("socks5://proxy.lan", 1080),
            ("socks5h://u:p@proxy.lan:1081", 1081),
        ] {
            assert_eq!(Hop::parse_proxy(url).unwrap().port, port, "{url}");
        }
    }

    #[test]
    fn exceptions_cover_the_host_and_what_is_below_it() {
        assert!(exempts("*", "a.ru") && exempts(" A.ru", "a.ru") && exempts(".a.ru", "b.a.ru"));
        assert!(!exempts("", "a.ru") && !exempts("a.ru", "ba.ru"));
    }
}
