//! The proxy that connections go through.

use std::fmt;
use std::str::FromStr;

use super::base_url::BaseUrl;
use crate::error::Error;
use crate::fields::Refusal;
use crate::secret::Secret;
use crate::sentences::configuration as words;

/// The proxy that connections go through.
///
/// ```
/// use ymchat::{Client, Proxy};
///
/// let by_hand = Proxy::http("proxy.example.org", 3128).login("user", "password");
/// let as_text: Proxy = "socks5://127.0.0.1:1080".parse()?;
/// let client = Client::builder().api_key("ACMA:example").proxy(by_hand).build()?;
/// # drop(as_text);
/// # Ok::<(), ymchat::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Proxy(Choice);

#[derive(Debug, Clone)]
enum Choice {
    Environment,
    Server(ProxyServer),
}

/// Where a proxy is; its password is a credential.
#[derive(Clone)]
pub(crate) struct ProxyServer {
    pub kind: ProxyKind,
    pub host: String,
    pub port: u16,
    pub user: Option<(String, Secret)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ProxyKind {
    Http,
    Socks5,
}

impl Proxy {
    /// An HTTP proxy, which is asked for a tunnel (`CONNECT`).
    pub fn http(host: impl Into<String>, port: u16) -> Self {
        Proxy::server(ProxyKind::Http, host.into(), port)
    }

    /// A SOCKS proxy of version 5, which looks up the service's name itself.
    pub fn socks5(host: impl Into<String>, port: u16) -> Self {
        Proxy::server(ProxyKind::Socks5, host.into(), port)
    }

    /// What `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY` say when the client is opened. Nothing is
    /// taken from the environment without this.
    pub fn environment() -> Self {
        Proxy(Choice::Environment)
    }

    /// The user name and the password for it, at most 255 bytes each. The environment gives its
    /// own.
    #[must_use]
    pub fn login(mut self, user: impl Into<String>, password: impl Into<String>) -> Self {
        if let Choice::Server(server) = &mut self.0 {
            server.user = Some((user.into(), Secret::new(password.into())));
        }
        self
    }

    fn server(kind: ProxyKind, host: String, port: u16) -> Self {
        Proxy(Choice::Server(ProxyServer { kind, host, port, user: None }))
    }

    pub(crate) fn parse(text: &str) -> Result<Self, Refusal> {
        if text == "environment" {
            return Ok(Proxy::environment());
        }
        read_server("proxy", text).map(|server| Proxy(Choice::Server(server)))
    }

    /// The proxy for a service, if there is one.
    pub(crate) fn resolve(self, base: &BaseUrl) -> Result<Option<ProxyServer>, Refusal> {
        match self.0 {
            Choice::Environment => proxy_from_environment(base),
            Choice::Server(server) => server.check("proxy").map(|()| Some(server)),
        }
    }
}

/// `http://user:password@host:port`, `socks5://…`, or `environment`; user name and password are
/// percent-encoded and may be left out, like the port (8080, 1080).
impl FromStr for Proxy {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        Proxy::parse(text).map_err(|refusal| Error::invalid("client_new", refusal))
    }
}

impl ProxyServer {
    fn check(&self, name: &str) -> Result<(), Refusal> {
        if let Some((user, password)) = &self.user
            && (user.is_empty() || user.len() > 255 || password.expose().len() > 255)
        {
            return Err(words::proxy_login_length(name));
        }
        let host = &self.host;
        let bracketed = if host.contains(':') { format!("[{host}]") } else { host.clone() };
        let is_host = bracketed
            .parse::<http::uri::Authority>()
            .is_ok_and(|authority| authority.host() == bracketed);
        if is_host && self.port > 0 { Ok(()) } else { Err(words::proxy_is_wrong(name)) }
    }
}

/// Any part of it may be a credential.
impl fmt::Debug for ProxyServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProxyServer").field("kind", &self.kind).finish_non_exhaustive()
    }
}

fn read_server(name: &str, text: &str) -> Result<ProxyServer, Refusal> {
    let wanted = || words::proxy_is_wrong(name);
    let (scheme, rest) = text.split_once("://").ok_or_else(wanted)?;
    let (kind, usual_port) = match scheme {
        "http" => (ProxyKind::Http, 8080),
        "socks5" | "socks5h" => (ProxyKind::Socks5, 1080),
        _ => return Err(wanted()),
    };
    let (user, address) = match rest.rsplit_once('@') {
        None => (None, rest),
        Some((user, address)) => {
            let (user, password) = user.split_once(':').unwrap_or((user, ""));
            let (user, password) = (unescape(user), unescape(password));
            let (Some(user), Some(password)) = (user, password) else {
                return Err(words::proxy_escape_is_wrong(name));
            };
            (Some((user, Secret::new(password))), address)
        }
    };
    let address: http::uri::Authority =
        address.trim_end_matches('/').parse().map_err(|_| wanted())?;
    let host = address.host().trim_start_matches('[').trim_end_matches(']').to_owned();
    let port = match address.as_str().strip_prefix(address.host()) {
        Some("") => usual_port,
        _ => address.port_u16().unwrap_or(0),
    };
    let server = ProxyServer { kind, host, port, user };
    server.check(name)?;
    Ok(server)
}

fn unescape(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let digits = [rest.next()?, rest.next()?];
            let digits = std::str::from_utf8(&digits).ok()?;
            bytes.push(u8::from_str_radix(digits, 16).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}

/// Only for `"proxy": "environment"`: nothing is taken from the environment silently.
fn proxy_from_environment(base: &BaseUrl) -> Result<Option<ProxyServer>, Refusal> {
    let variable = |names: [&'static str; 2]| {
        names.into_iter().find_map(|name| {
            std::env::var(name).ok().filter(|value| !value.is_empty()).map(|value| (name, value))
        })
    };
    let except = variable(["NO_PROXY", "no_proxy"]).map_or(String::new(), |(_, value)| value);
    if except.split(',').any(|entry| exempts(entry.trim(), &base.host)) {
        return Ok(None);
    }
    let of_scheme =
        if base.tls { ["HTTPS_PROXY", "https_proxy"] } else { ["HTTP_PROXY", "http_proxy"] };
    match variable(of_scheme).or_else(|| variable(["ALL_PROXY", "all_proxy"])) {
        None => Ok(None),
        Some((name, value)) => read_server(name, &value).map(Some),
    }
}

fn exempts(entry: &str, host: &str) -> bool {
    let entry = entry.trim_start_matches("*.").trim_start_matches('.').to_ascii_lowercase();
    entry == "*"
        || !entry.is_empty()
            && (host == entry || host.strip_suffix(&entry).is_some_and(|s| s.ends_with('.')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn proxies_are_read_with_their_password() {
        let proxy = read_server("proxy", "socks5://u%40x:p%3A1@[::1]:1081").unwrap();
        assert_eq!((proxy.kind, proxy.port), (ProxyKind::Socks5, 1081));
        assert_eq!(proxy.host, "::1");
        let (user, password) = proxy.user.unwrap();
        assert_eq!((user.as_str(), password.expose()), ("u@x", "p:1"));
        assert_eq!(read_server("proxy", "http://proxy.lan").unwrap().port, 8080);
    }

    #[test]
    fn a_proxy_made_by_hand_is_checked_like_one_in_text() {
        let base = BaseUrl::parse("https://example.org", false).unwrap();
        let resolved = |proxy: Proxy| proxy.resolve(&base);
        let server = resolved(Proxy::http("::1", 3128).login("u", "p")).unwrap().unwrap();
        assert_eq!((server.host.as_str(), server.port, server.user.is_some()), ("::1", 3128, true));
        for wrong in [
            Proxy::http("", 1),
            Proxy::http("a b", 1),
            Proxy::http("h", 0),
            Proxy::http("h\r\nX: 1", 1),
            Proxy::socks5("u@h", 1),
            Proxy::http("h", 1).login("", "p"),
            Proxy::http("h", 1).login("u", "p".repeat(256)),
        ] {
            assert!(resolved(wrong.clone()).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn exemptions_cover_the_host_and_what_is_below_it() {
        assert!(exempts("*", "a.ru") && exempts("a.ru", "a.ru") && exempts(".a.ru", "b.a.ru"));
        assert!(!exempts("", "a.ru") && !exempts("a.ru", "ba.ru"));
    }
}
