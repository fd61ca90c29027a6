//! `baseUrl`: where the API is.

use std::net::IpAddr;

use http::Uri;

use crate::fields::Refusal;
use crate::sentences::configuration as words;

/// `baseUrl`, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BaseUrl {
    /// Without a slash at the end; paths are appended as they are.
    pub text: String,
    pub tls: bool,
    pub host: String,
    pub port: u16,
}

impl BaseUrl {
    /// Reads and checks the setting. Plain http goes to this machine alone, unless `allow_insecure`.
    pub(crate) fn parse(text: &str, allow_insecure: bool) -> Result<BaseUrl, Refusal> {
        if !text.is_ascii() {
            return Err(words::base_url_not_ascii());
        }
        if text.contains('#') {
            return Err(words::base_url_with_fragment());
        }
        let uri: Uri = text.parse().map_err(|_| words::base_url_is_none())?;
        let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
            return Err(words::base_url_without_host());
        };
        if authority.as_str().contains('@') {
            return Err(words::base_url_with_login());
        }
        if uri.query().is_some() {
            return Err(words::base_url_with_query());
        }
        let host = authority.host();
        if host.is_empty() {
            return Err(words::base_url_empty_host());
        }
        let tls = match scheme {
            "https" => true,
            "http" if allow_insecure || is_loopback(host) => false,
            "http" => return Err(words::base_url_in_the_clear()),
            _ => return Err(words::base_url_scheme()),
        };
        let port = match authority.as_str().strip_prefix(host).unwrap_or_default() {
            "" => {
                if tls {
                    443
                } else {
                    80
                }
            }
            _ => match authority.port_u16() {
                Some(port) if port > 0 => port,
                _ => return Err(words::base_url_port()),
            },
        };
        let path = uri.path().trim_end_matches('/');
        Ok(BaseUrl {
            text: format!("{scheme}://{authority}{path}"),
            tls,
            host: host.trim_start_matches('[').trim_end_matches(']').to_ascii_lowercase(),
            port,
        })
    }

    /// Whether both are the same scheme, host and port.
    pub(crate) fn has_origin_of(&self, other: &BaseUrl) -> bool {
        (self.tls, &self.host, self.port) == (other.tls, &other.host, other.port)
    }

    /// Whether the host is this machine.
    pub(crate) fn is_loopback(&self) -> bool {
        is_loopback(&self.host)
    }

    /// The value of the header `Host`.
    pub(crate) fn host_header(&self) -> String {
        let host =
            if self.host.contains(':') { format!("[{}]", self.host) } else { self.host.clone() };
        let usual_port = if self.tls { 443 } else { 80 };
        if self.port == usual_port { host } else { format!("{host}:{}", self.port) }
    }
}

fn is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost")
        || bare.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(url: &str, allow_insecure: bool) -> BaseUrl {
        BaseUrl::parse(url, allow_insecure).unwrap_or_else(|refusal| panic!("{url}: {refusal:?}"))
    }

    #[test]
    fn loopback_may_be_plain() {
        for url in
            ["http://127.0.0.1:8080", "http://localhost/", "http://[::1]:1", "HTTP://127.9.9.9"]
        {
            assert!(!parsed(url, false).tls, "{url}");
        }
        let base = parsed("http://erp.lan:81/m/", true);
        assert_eq!(base.text, "http://erp.lan:81/m");
        assert_eq!((base.host.as_str(), base.port), ("erp.lan", 81));
        let base = parsed("https://[::1]:8443", false);
        assert_eq!((base.host.as_str(), base.port), ("::1", 8443));
    }

    #[test]
    fn the_host_header_names_the_port_where_it_is_not_the_usual_one() {
        for (url, header) in [
            ("https://api.partner.market.yandex.ru", "api.partner.market.yandex.ru"),
            ("https://erp.lan:443/m", "erp.lan"),
            ("https://ERP.lan:8443", "erp.lan:8443"),
            ("http://127.0.0.1", "127.0.0.1"),
            ("http://localhost:443", "localhost:443"),
            ("https://[::1]", "[::1]"),
            ("http://[::1]:81", "[::1]:81"),
        ] {
            assert_eq!(parsed(url, false).host_header(), header, "{url}");
        }
    }
}
