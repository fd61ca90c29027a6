//! The URL of a file, and where a redirect leads from it.

use http::uri::Authority;
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use super::base_url::BaseUrl;
use crate::fields::Refusal;
use crate::sentences::files as words;

/// The API allows 2000; addresses that are signed are longer.
const MAX_LENGTH: usize = 16 * 1024;
/// What may stand in a message's URL, but not in the first line of a request.
const ESCAPED: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'<')
    .add(b'>')
    .add(b'\\')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// Where a file is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FileUrl {
    pub origin: BaseUrl,
    /// Begins with a slash.
    pub path_and_query: String,
}

impl FileUrl {
    /// The refusal quotes nothing: an address that is signed is a credential.
    pub(crate) fn parse(text: &str) -> Result<FileUrl, Refusal> {
        if text.len() > MAX_LENGTH {
            return Err(words::url_too_long(MAX_LENGTH));
        }
        if text.contains(char::is_control) {
            return Err(words::url_with_control());
        }
        let (scheme, rest) = text.split_once("://").ok_or_else(words::url_without_https)?;
        let tls = match scheme.to_ascii_lowercase().as_str() {
            "https" => true,
            "http" => false,
            _ => return Err(words::url_without_https()),
        };
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (authority, rest) = rest.split_at(end);
        let origin = origin(tls, authority)?;
        Ok(FileUrl { origin, path_and_query: path_and_query(rest) })
    }

    /// Where the `Location` of an answer leads (RFC 3986, section 5.2).
    pub(crate) fn join(&self, location: &str) -> Result<FileUrl, Refusal> {
        let location = location.trim_matches(' ');
        let scheme = if self.origin.tls { "https" } else { "http" };
        if let Some(rest) = location.strip_prefix("//") {
            return FileUrl::parse(&format!("{scheme}://{rest}"));
        }
        if has_scheme(location) {
            return FileUrl::parse(location);
        }
        let path = self.path_and_query.split('?').next().unwrap_or_default();
        let reference = match location.as_bytes().first() {
            None | Some(b'#') => self.path_and_query.clone(),
            Some(b'/') => location.to_owned(),
            Some(b'?') => format!("{path}{location}"),
            Some(_) => {
                let folder = path.rfind('/').map_or("/", |end| &path[..=end]);
                format!("{folder}{location}")
            }
        };
        // With the checks that any URL has to pass.
        let mut joined = FileUrl::parse(&format!("{scheme}://-{reference}"))?;
        joined.origin = self.origin.clone();
        Ok(joined)
    }
}

fn has_scheme(text: &str) -> bool {
    text.split_once(':').is_some_and(|(scheme, _)| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
    })
}

fn origin(tls: bool, authority: &str) -> Result<BaseUrl, Refusal> {
    if authority.contains('@') {
        return Err(words::url_with_login());
    }
    if !authority.is_ascii() {
        return Err(words::url_not_ascii());
    }
    let parsed: Authority = authority.parse().map_err(|_| words::url_without_host())?;
    let host = parsed.host();
    let bare = host.trim_start_matches('[').trim_end_matches(']').to_ascii_lowercase();
    let is_name = bare.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte));
    let is_address = host.starts_with('[') && bare.parse::<std::net::Ipv6Addr>().is_ok();
    if bare.is_empty() || !(is_name || is_address) {
        return Err(words::url_without_host());
    }
    let port = match authority.strip_prefix(host).unwrap_or_default() {
        "" | ":" => usual_port(tls),
        _ => match parsed.port_u16() {
            Some(port) if port > 0 => port,
            _ => return Err(words::url_port()),
        },
    };
    let scheme = if tls { "https" } else { "http" };
    Ok(BaseUrl { text: format!("{scheme}://{authority}"), tls, host: bare, port })
}

pub(super) fn usual_port(tls: bool) -> u16 {
    if tls { 443 } else { 80 }
}

/// Without the fragment, and without steps to a folder above (RFC 3986, section 5.2.4).
fn path_and_query(text: &str) -> String {
    let text = text.split('#').next().unwrap_or_default();
    let (path, query) = match text.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (text, None),
    };
    let mut parts: Vec<&str> = Vec::new();
    let steps: Vec<&str> = path.split('/').skip(1).collect();
    for (index, step) in steps.iter().enumerate() {
        let is_last = index + 1 == steps.len();
        match *step {
            "." if is_last => parts.push(""),
            "." => {}
            ".." => {
                parts.pop();
                if is_last {
                    parts.push("");
                }
            }
            step => parts.push(step),
        }
    }
    let mut whole = format!("/{}", utf8_percent_encode(&parts.join("/"), ESCAPED));
    if let Some(query) = query {
        whole.push('?');
        whole.extend(utf8_percent_encode(query, ESCAPED));
    }
    whole
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> FileUrl {
        FileUrl::parse(text).unwrap_or_else(|refusal| panic!("{text}: {refusal:?}"))
    }

    #[test]
    fn a_url_is_taken_apart() {
        for (text, tls, host, port, rest) in [
            ("https://files.yandex.net/a?b=c#d", true, "files.yandex.net", 443, "/a?b=c"),
            ("HTTPS://Files.Yandex.NET:8443", true, "files.yandex.net", 8443, "/"),
            ("https://h:?q", true, "h", 443, "/?q"),
            (
                "http://127.0.0.1:80/чек №5.pdf",
                false,
                "127.0.0.1",
                80,
                "/%D1%87%D0%B5%D0%BA%20%E2%84%965.pdf",
            ),
            ("https://[::1]/x", true, "::1", 443, "/x"),
            ("https://h/a%2Fb/%zz\\c", true, "h", 443, "/a%2Fb/%zz%5Cc"),
            ("https://h/a/../../b/./c/..?x=../y", true, "h", 443, "/b/?x=../y"),
        ] {
            let url = parsed(text);
            let origin = &url.origin;
            assert_eq!(
                (origin.tls, origin.host.as_str(), origin.port, url.path_and_query.as_str()),
                (tls, host, port, rest),
                "{text}"
            );
            let path: Result<http::uri::PathAndQuery, _> = url.path_and_query.parse();
            assert!(path.is_ok(), "{text}");
        }
    }

    #[test]
    fn what_could_lead_elsewhere_than_it_seems_is_refused() {
        for (text, why) in [
            ("https://yandex.net@evil.example/", "user name"),
            ("https://user:pw@files.yandex.net/", "user name"),
            ("https://evil.example\\@files.yandex.net/", "user name"),
            ("https://evil.example\\.yandex.net/", "host"),
            ("https://файлы.рф/", "xn--"),
            ("https://ｙandex.net/", "xn--"),
            ("https://files%2eyandex.net/", "host"),
            ("https:///x", "host"),
            ("https://h:0/", "port"),
            ("https://h:99999/", ""),
            ("https://[::1/", "host"),
            ("https://a b/", "host"),
            ("ftp://h/", "https://"),
            ("//h/x", "https://"),
            ("file:///etc/passwd", "https://"),
            ("", "https://"),
            ("https://h/\r\nHost: evil", "control"),
            ("https://h/\0", "control"),
        ] {
            let refusal = FileUrl::parse(text).unwrap_err();
            assert!(refusal.english().contains(why), "{text}: {refusal:?}");
            assert!(
                !refusal.english().contains("evil") && !refusal.english().contains("pw"),
                "{refusal:?}"
            );
        }
        assert!(FileUrl::parse(&format!("https://h/{}", "x".repeat(MAX_LENGTH))).is_err());
    }

    #[test]
    fn a_redirect_may_be_relative() {
        let from = parsed("https://h:8443/a/b/c?q=1");
        for (location, rest) in [
            ("/x?y#z", "/x?y"),
            ("x", "/a/b/x"),
            ("../x", "/a/x"),
            ("./", "/a/b/"),
            ("?p=2", "/a/b/c?p=2"),
            ("", "/a/b/c?q=1"),
            (" /x ", "/x"),
            ("x/http://evil.example", "/a/b/x/http://evil.example"),
            ("/@evil.example", "/@evil.example"),
        ] {
            let to = from.join(location).unwrap();
            assert_eq!(
                (&to.origin, to.path_and_query.as_str()),
                (&from.origin, rest),
                "{location}"
            );
        }
        for (location, host, tls) in [
            ("//other/x", "other", true),
            ("http://other/x", "other", false),
            ("HTTPS://other/x", "other", true),
        ] {
            let to = from.join(location).unwrap();
            assert_eq!((to.origin.host.as_str(), to.origin.tls), (host, tls), "{location}");
        }
        for location in ["javascript:alert(1)", "file:///x", "https://u:p@h/", "data:,x", "/\r\n"] {
            assert!(from.join(location).is_err(), "{location}");
        }
    }
}
