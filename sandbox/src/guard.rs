//! Who may use the page and the admin API: the programs of this computer, and the page itself, but
//! no other site that a browser has open.

use std::net::IpAddr;

use http::uri::Authority;

use super::error::{ApiError, ErrorKind};
use super::request::Request;

/// Refuses what a foreign site has a browser send. Programs that are no browser send neither
/// `Origin` nor `Sec-Fetch-Site`.
pub(super) fn check(request: &Request) -> Result<(), ApiError> {
    let hosts: Vec<_> = request.headers.get_all("host").iter().collect();
    for host in &hosts {
        // A foreign name can be made to lead here (DNS rebinding), a loopback address cannot.
        if !host.to_str().is_ok_and(is_loopback) {
            return Err(refusal(
                "the page and the admin API answer to 127.0.0.1, localhost and [::1] alone: use one \
                 of them as the address",
            ));
        }
    }
    if matches!(request.method.as_str(), "GET" | "HEAD") {
        return Ok(());
    }
    let own = hosts.first().and_then(|host| Some(format!("http://{}", host.to_str().ok()?)));
    let is_own = |origin: &str| own.as_ref().is_some_and(|own| origin.eq_ignore_ascii_case(own));
    for origin in request.headers.get_all("origin") {
        if !origin.to_str().is_ok_and(is_own) {
            return Err(refusal("this request comes from another site: the admin API takes none"));
        }
    }
    for site in request.headers.get_all("sec-fetch-site") {
        if !matches!(site.to_str(), Ok("same-origin" | "none")) {
            return Err(refusal("this request comes from another site: the admin API takes none"));
        }
    }
    Ok(())
}

fn refusal(text: &str) -> ApiError {
    ApiError::new(ErrorKind::NoAccess, text)
}

fn is_loopback(host: &str) -> bool {
    let Ok(authority) = host.parse::<Authority>() else { return false };
    let name = authority.host().trim_matches(['[', ']']);
    !host.contains('@')
        && (name.eq_ignore_ascii_case("localhost")
            || name.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_lead_to_this_computer_alone_are_taken() {
        for host in ["127.0.0.1:8787", "127.0.0.1", "LocalHost:80", "[::1]:8787", "127.9.9.9:1"] {
            assert!(is_loopback(host), "{host}");
        }
        for host in [
            "",
            "example.org:8787",
            "127.0.0.1.example.org",
            "localhost.example.org",
            "10.0.0.1",
            "0.0.0.0:8787",
            "me@127.0.0.1",
            "[::2]:1",
        ] {
            assert!(!is_loopback(host), "{host}");
        }
    }
}
