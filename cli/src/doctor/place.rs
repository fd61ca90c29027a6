//! Where the connections of the configuration lead.

use http::Uri;

use crate::config::Loaded;

/// The library's own default.
const SERVICE: &str = "https://api.partner.market.yandex.ru";

/// A host and a port, and what is spoken there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// `http`, `https` or `socks5`.
    pub scheme: String,
    /// Without brackets.
    pub host: String,
    /// Given, or the scheme's.
    pub port: u16,
    /// User and password of a proxy, as they stand in its address.
    pub user: Option<String>,
}

impl Place {
    fn parse(url: &str) -> Option<Self> {
        let (scheme, rest) = url.trim().split_once("://").unwrap_or(("http", url.trim()));
        let uri: Uri = format!("http://{rest}").parse().ok()?;
        let authority = uri.authority()?;
        let port = match scheme {
            "https" => 443,
            "socks5" | "socks5h" => 1080,
            _ => 80,
        };
        let user = authority.as_str().rsplit_once('@').map(|(user, _)| user.to_owned());
        Some(Place {
            scheme: scheme.to_owned(),
            host: authority.host().trim_matches(['[', ']']).to_owned(),
            port: authority.port_u16().unwrap_or(port),
            user,
        })
    }

    /// The service of this configuration.
    pub fn of_service(loaded: &Loaded) -> Option<Self> {
        Place::parse(loaded.text("baseUrl").unwrap_or(SERVICE))
    }

    /// The proxy of this configuration.
    pub fn of_proxy(loaded: &Loaded) -> Option<Self> {
        match loaded.text("proxy") {
            Some("environment") => of_environment(),
            Some(proxy) => Place::parse(proxy),
            None => None,
        }
    }

    /// Without user and password.
    pub fn shown(&self) -> String {
        let host =
            if self.host.contains(':') { format!("[{}]", self.host) } else { self.host.clone() };
        format!("{}://{host}:{}", self.scheme, self.port)
    }
}

/// Whether the environment names a proxy.
pub fn of_environment() -> Option<Place> {
    let names = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];
    let value = names
        .into_iter()
        .find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()));
    Place::parse(&value?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_shown_without_its_password() {
        let place = Place::parse("http://user:s3cret@proxy.lan:3128").unwrap();
        assert_eq!((place.host.as_str(), place.port), ("proxy.lan", 3128));
        assert_eq!(place.shown(), "http://proxy.lan:3128");
        assert_eq!(place.user.as_deref(), Some("user:s3cret"));
        assert_eq!(Place::parse("https://[::1]").unwrap().shown(), "https://[::1]:443");
        assert_eq!(Place::parse("proxy.lan:8080").unwrap().port, 8080);
    }
}
