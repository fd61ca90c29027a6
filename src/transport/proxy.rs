//! Asking a proxy for a way to the service: HTTP `CONNECT` (RFC 9110) or SOCKS5 (RFC 1928, 1929).

use std::io;

use base64::Engine;
use zeroize::Zeroizing;

use super::deadline::Deadline;
use super::error::{Cause, ErrorKind};
use super::socket::Socket;
use crate::sentences::{Sentence, transport as words};
use crate::settings::{ProxyKind, ProxyServer};

/// An answer to `CONNECT` longer than this is none.
const MAX_ANSWER: usize = 8 * 1024;

pub(super) fn open_tunnel(
    socket: &mut Socket,
    proxy: &ProxyServer,
    host: &str,
    port: u16,
    deadline: &Deadline,
) -> io::Result<()> {
    let result = match proxy.kind {
        ProxyKind::Http => http_connect(socket, proxy, host, port, deadline),
        ProxyKind::Socks5 => socks5(socket, proxy, host, port, deadline),
    };
    result.map_err(|error| {
        let cause = Cause::of_io(error, ErrorKind::Proxy);
        if !matches!(cause.kind, ErrorKind::ProxyLogin | ErrorKind::Proxy) {
            return cause.into();
        }
        let ProxyServer { host: proxy_host, port: proxy_port, .. } = proxy;
        let proxy = format!("{proxy_host}:{proxy_port}");
        let message = words::proxy_gave_no_way(&proxy, host, &cause.message);
        Cause::new(cause.kind, message).into()
    })
}

/// Asking again would bring the same, and might lock the account.
fn wrong_login(what: Sentence) -> io::Error {
    Cause::new(ErrorKind::ProxyLogin, what).into()
}

fn failed(what: Sentence) -> io::Error {
    Cause::new(ErrorKind::Proxy, what).into()
}

fn http_connect(
    socket: &mut Socket,
    proxy: &ProxyServer,
    host: &str,
    port: u16,
    deadline: &Deadline,
) -> io::Result<()> {
    let target =
        if host.contains(':') { format!("[{host}]:{port}") } else { format!("{host}:{port}") };
    let mut request = Zeroizing::new(format!("CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n"));
    if let Some((user, password)) = &proxy.user {
        let pair = Zeroizing::new(format!("{user}:{}", password.expose()));
        let pair = base64::engine::general_purpose::STANDARD.encode(pair.as_bytes());
        request.push_str("Proxy-Authorization: Basic ");
        request.push_str(&pair);
        request.push_str("\r\n");
    }
    request.push_str("\r\n");
    socket.send_all(request.as_bytes(), deadline)?;

    let mut answer = Vec::new();
    while !answer.ends_with(b"\r\n\r\n") {
        if answer.len() == MAX_ANSWER {
            return Err(failed(words::proxy_answer_is_no_http()));
        }
        // Byte by byte: what follows belongs to the connection behind the proxy.
        let mut byte = [0];
        socket.receive_exactly(&mut byte, deadline)?;
        answer.push(byte[0]);
    }
    let line = String::from_utf8_lossy(&answer);
    let line = line.lines().next().unwrap_or_default();
    let mut words = line.split(' ');
    match (words.next(), words.next()) {
        (Some(version), Some(code)) if version.starts_with("HTTP/1.") => {
            match code.parse::<u16>() {
                Ok(200..=299) => Ok(()),
                Ok(407) => Err(wrong_login(words::proxy_wants_other_login())),
                Ok(code) => Err(failed(words::proxy_answered(code))),
                // Not quoted: it may be anything, the password that was sent included.
                Err(_) => Err(failed(words::proxy_answer_is_no_http())),
            }
        }
        _ => Err(failed(words::proxy_answer_is_no_http())),
    }
}

fn socks5(
    socket: &mut Socket,
    proxy: &ProxyServer,
    host: &str,
    port: u16,
    deadline: &Deadline,
) -> io::Result<()> {
    const NO_AUTHENTICATION: u8 = 0;
    const PASSWORD: u8 = 2;
    let method = if proxy.user.is_some() { PASSWORD } else { NO_AUTHENTICATION };
    socket.send_all(&[5, 1, method], deadline)?;
    let mut chosen = [0; 2];
    socket.receive_exactly(&mut chosen, deadline)?;
    if chosen != [5, method] {
        return Err(match chosen {
            [5, _] if proxy.user.is_none() => wrong_login(words::proxy_wants_login()),
            [5, _] => wrong_login(words::proxy_takes_no_login()),
            _ => failed(words::proxy_is_no_socks()),
        });
    }
    if let Some((user, password)) = &proxy.user {
        // The lengths were checked with the configuration.
        let mut request = Zeroizing::new(vec![1, user.len() as u8]);
        request.extend_from_slice(user.as_bytes());
        request.push(password.expose().len() as u8);
        request.extend_from_slice(password.expose().as_bytes());
        socket.send_all(&request, deadline)?;
        let mut verdict = [0; 2];
        socket.receive_exactly(&mut verdict, deadline)?;
        if verdict[1] != 0 {
            return Err(wrong_login(words::proxy_refused_login()));
        }
    }
    let mut request = vec![5, 1, 0];
    match host.parse() {
        Ok(std::net::IpAddr::V4(address)) => {
            request.push(1);
            request.extend_from_slice(&address.octets());
        }
        Ok(std::net::IpAddr::V6(address)) => {
            request.push(4);
            request.extend_from_slice(&address.octets());
        }
        Err(_) => {
            let length =
                u8::try_from(host.len()).map_err(|_| failed(words::name_too_long_for_socks()))?;
            request.extend_from_slice(&[3, length]);
            request.extend_from_slice(host.as_bytes());
        }
    }
    request.extend_from_slice(&port.to_be_bytes());
    socket.send_all(&request, deadline)?;
    let mut head = [0; 4];
    socket.receive_exactly(&mut head, deadline)?;
    if head[1] != 0 {
        let reason = match head[1] {
            2 => words::proxy_not_allowed(),
            3 => words::network_unreachable(),
            4 => words::host_unreachable(),
            5 => words::connection_refused(),
            6 => words::host_did_not_answer(),
            _ => words::proxy_failed(),
        };
        return Err(failed(reason));
    }
    let address_length = match head[3] {
        1 => 4,
        4 => 16,
        3 => {
            let mut length = [0];
            socket.receive_exactly(&mut length, deadline)?;
            usize::from(length[0])
        }
        _ => return Err(failed(words::proxy_is_no_socks())),
    };
    let mut bound = [0; 255 + 2];
    socket.receive_exactly(&mut bound[..address_length + 2], deadline)
}
