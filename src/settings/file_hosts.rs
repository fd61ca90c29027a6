//! The hosts that files come from.

use super::base_url::BaseUrl;
use super::file_url::usual_port;
use crate::fields::Refusal;
use crate::sentences::configuration as words;

/// The hosts of the service, as far as is documented.
pub(crate) const DEFAULT_FILE_HOSTS: [&str; 3] = ["*.yandex.net", "*.yandex.ru", "*.yandex.com"];
/// More are no list that anybody looks after.
const MAX_HOSTS: usize = 100;

/// A list of hosts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct FileHosts(Vec<Pattern>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Pattern {
    /// `*.host`: what is below it, but not the host itself.
    below: bool,
    host: String,
    /// Only the usual one of the scheme where it is not named.
    port: Option<u16>,
}

impl FileHosts {
    /// `name` is that of the setting or option.
    pub(crate) fn parse(name: &str, hosts: &[String]) -> Result<FileHosts, Refusal> {
        if hosts.len() > MAX_HOSTS {
            return Err(words::too_many_hosts(name, MAX_HOSTS));
        }
        // Not quoted: it may be a credential in the wrong place.
        let wrong = || words::hosts_are_wrong(name);
        let patterns = hosts.iter().map(|host| Pattern::parse(host).ok_or_else(wrong));
        patterns.collect::<Result<_, _>>().map(FileHosts)
    }

    pub(crate) fn hold(&self, origin: &BaseUrl) -> bool {
        self.0.iter().any(|pattern| pattern.fits(origin))
    }
}

impl Pattern {
    fn parse(text: &str) -> Option<Pattern> {
        let (below, rest) = match text.strip_prefix("*.") {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        // An address of IPv6 stands in brackets.
        let (host, port) = match rest.strip_prefix('[').map(|rest| rest.split_once(']')) {
            Some(Some((host, port))) => {
                host.parse::<std::net::Ipv6Addr>().ok()?;
                (host, port.strip_prefix(':').map_or(port.is_empty().then_some(""), Some)?)
            }
            Some(None) => return None,
            None => rest.split_once(':').unwrap_or((rest, "")),
        };
        let is_name = |part: &str| {
            !part.is_empty()
                && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b))
        };
        let is_address = host.contains(':');
        if !is_address && !host.split('.').all(is_name) {
            return None;
        }
        // Everything below "com" is no list.
        let is_number = host.rsplit('.').next()?.bytes().all(|byte| byte.is_ascii_digit());
        if below && (is_address || is_number || !host.contains('.')) {
            return None;
        }
        let port = match port {
            "" => None,
            digits => Some(digits.parse().ok().filter(|port| *port > 0)?),
        };
        Some(Pattern { below, host: host.to_ascii_lowercase(), port })
    }

    fn fits(&self, origin: &BaseUrl) -> bool {
        let host = if self.below {
            let above = origin.host.strip_suffix(&self.host);
            above.is_some_and(|above| above.len() > 1 && above.ends_with('.'))
        } else {
            origin.host == self.host
        };
        host && origin.port == self.port.unwrap_or(usual_port(origin.tls))
    }
}

#[cfg(test)]
mod tests {
    use super::super::file_url::FileUrl;
    use super::*;

    fn hosts(list: &[&str]) -> Result<FileHosts, Refusal> {
        let list: Vec<String> = list.iter().map(|host| (*host).to_owned()).collect();
        FileHosts::parse("fileHosts", &list)
    }

    #[test]
    fn the_service_is_what_ends_with_its_names_and_nothing_that_looks_like_it() {
        let service = hosts(&DEFAULT_FILE_HOSTS).unwrap();
        for (url, expected) in [
            ("https://files.messenger.yandex.net/x", true),
            ("https://AVATARS.MDS.YANDEX.NET/x", true),
            ("https://market.yandex.ru:443/x", true),
            ("https://disk.yandex.com/x", true),
            ("https://files.yandex.net:8443/x", false),
            ("https://yandex.net/x", false),
            ("https://.yandex.net/x", false),
            ("https://files.yandex.net.evil.example/x", false),
            ("https://filesyandex.net/x", false),
            ("https://evil-yandex.ru/x", false),
            ("https://files.yandex.net./x", false),
            ("https://files.yandex.netx/x", false),
            ("https://xn--yndex-7of.net/x", false),
            ("https://127.0.0.1/x", false),
            ("https://2130706433/x", false),
            ("https://[::ffff:127.0.0.1]/x", false),
            ("https://169.254.169.254/latest", false),
        ] {
            assert_eq!(service.hold(&FileUrl::parse(url).unwrap().origin), expected, "{url}");
        }
    }

    #[test]
    fn an_entry_may_name_a_host_and_a_port() {
        for (entry, url, expected) in [
            ("cdn.example.org", "https://cdn.example.org/", true),
            ("CDN.example.org", "https://cdn.example.org/", true),
            ("cdn.example.org", "https://x.cdn.example.org/", false),
            ("cdn.example.org", "https://cdn.example.org:444/", false),
            ("cdn.example.org:444", "https://cdn.example.org:444/", true),
            ("cdn.example.org:444", "https://cdn.example.org/", false),
            ("localhost", "http://localhost/", true),
            ("127.0.0.1:8080", "http://127.0.0.1:8080/", true),
            ("[::1]:8080", "http://[::1]:8080/", true),
            ("[::1]", "https://[::1]/", true),
            ("*.example.org:444", "https://a.b.example.org:444/", true),
        ] {
            let origin = FileUrl::parse(url).unwrap().origin;
            assert_eq!(hosts(&[entry]).unwrap().hold(&origin), expected, "{entry} {url}");
        }
    }

    #[test]
    fn what_is_no_list_of_hosts_is_refused() {
        for entry in [
            "",
            "*",
            "*.",
            "*.com",
            "*.1.2.3.4",
            "a..b",
            ".a",
            "a.",
            "https://a",
            "a/b",
            "a:0",
            "a:x",
            "a:99999",
            "рынок.рф",
            "u@h",
            "[::1",
            "[::1]x",
            "[x]",
            "::1",
            "*.*.a.b",
            "a b",
        ] {
            let refusal = hosts(&[entry]).unwrap_err();
            assert!(refusal.english().starts_with("fileHosts must hold"), "{entry}: {refusal:?}");
        }
        assert!(hosts(&["h"; MAX_HOSTS + 1]).is_err());
        assert!(!hosts(&[]).unwrap().hold(&FileUrl::parse("https://a.yandex.ru").unwrap().origin));
    }
}
