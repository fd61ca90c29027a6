//! Where notifications are sent.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

/// An address on this computer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Target {
    pub(super) address: SocketAddr,
    /// For the header.
    pub(super) host: String,
    pub(super) path: String,
}

impl Target {
    /// # Errors
    /// A sentence about what is wrong with the address.
    pub(super) fn parse(url: &str) -> Result<Self, String> {
        if url.contains('@') {
            return Err("the address for notifications holds no user and no password".to_owned());
        }
        let wrong = |what: &str| format!("the address for notifications {what}, not {url:?}");
        let uri: http::Uri =
            url.parse().map_err(|_| wrong("is like http://127.0.0.1:8080/notification"))?;
        if uri.scheme_str() != Some("http") {
            return Err(wrong("begins with http://"));
        }
        let authority = uri.authority().ok_or_else(|| wrong("names a host"))?;
        let port = match authority.as_str().strip_prefix(authority.host()) {
            Some("") => 80,
            _ => authority.port_u16().ok_or_else(|| wrong("has a port of 1 to 65535"))?,
        };
        let ip = match authority.host().trim_matches(['[', ']']) {
            "localhost" => Some(IpAddr::V4(Ipv4Addr::LOCALHOST)),
            text => text.parse().ok().filter(IpAddr::is_loopback),
        };
        // Nothing leaves the computer.
        let ip = ip.ok_or_else(|| wrong("is on this computer (127.0.0.1, localhost, [::1])"))?;
        let path = uri.path_and_query().map_or("/", |path| path.as_str());
        Ok(Self {
            address: SocketAddr::new(ip, port),
            host: authority.as_str().to_owned(),
            path: path.to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_on_this_computer_are_taken() {
        for (url, address, path) in [
            ("http://127.0.0.1:8080/notification", "127.0.0.1:8080", "/notification"),
            ("http://localhost:81", "127.0.0.1:81", "/"),
            ("http://[::1]:82/a?b=c", "[::1]:82", "/a?b=c"),
            ("http://127.9.9.9", "127.9.9.9:80", "/"),
        ] {
            let target = Target::parse(url).unwrap();
            assert_eq!((target.address.to_string().as_str(), &*target.path), (address, path));
        }
    }

    #[test]
    fn others_are_refused_and_a_password_is_not_repeated() {
        for url in [
            "",
            "127.0.0.1:8080",
            "https://127.0.0.1/",
            "http://example.org/",
            "http://10.0.0.1/",
            "http://127.0.0.1:99999/",
        ] {
            assert!(Target::parse(url).is_err(), "{url}");
        }
        for url in ["http://me:s3cret@127.0.0.1/", "https://me:s3cret@127.0.0.1/"] {
            let refusal = Target::parse(url).unwrap_err();
            assert!(!refusal.contains("s3cret"), "{refusal}");
        }
    }
}
