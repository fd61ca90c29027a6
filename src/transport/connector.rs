//! How a connection to the service is made, directly or through a proxy.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use http::HeaderMap;

use super::connection::{Connection, Wire};
use super::credentials::Credentials;
use super::deadline::Deadline;
use super::error::{Cause, ErrorKind};
use super::pool::ConnectionPool;
use super::proxy;
use super::race::{self, Connected};
use super::resolve::Resolver;
use super::tls::Tls;
use crate::sentences::{Sentence, configuration, transport as words};
use crate::settings::{BaseUrl, ProxyServer, Settings};

/// Makes connections to one service, and keeps those that may be used again.
#[derive(Debug)]
pub(super) struct Connector {
    base: BaseUrl,
    proxy: Option<ProxyServer>,
    tls: Option<Tls>,
    /// Resolves the name of the proxy, if there is one, else of the service. A proxy resolves the
    /// service's name itself.
    resolver: Resolver,
    pub credentials: Credentials,
    pub pool: ConnectionPool,
}

impl Connector {
    /// The headers are those that are the same in all requests. The error is a sentence that names
    /// the setting.
    pub(super) fn new(settings: &Settings, headers: &HeaderMap) -> Result<Self, Sentence> {
        let tls = if settings.base.tls {
            let config = Tls::config(settings.trust, settings.ca_pem.as_deref())?;
            let tls = Tls::new(config, &settings.base);
            Some(tls.map_err(|why| configuration::base_url_is_wrong(&why))?)
        } else {
            None
        };
        let credentials = Credentials::new(settings, headers);
        Ok(Connector::to(settings.base.clone(), settings.proxy.clone(), tls, credentials))
    }

    pub(super) fn to(
        base: BaseUrl,
        proxy: Option<ProxyServer>,
        tls: Option<Tls>,
        credentials: Credentials,
    ) -> Self {
        let (host, port) = match &proxy {
            Some(proxy) => (proxy.host.as_str(), proxy.port),
            None => (base.host.as_str(), base.port),
        };
        Connector {
            resolver: Resolver::new(host, port),
            credentials,
            pool: ConnectionPool::default(),
            base,
            proxy,
            tls,
        }
    }

    /// Whether no look-up of a name is under way, which would have to be waited for.
    pub(super) fn is_idle(&self) -> bool {
        self.resolver.is_idle()
    }

    /// One that connects to nothing: its exchanges are given their connections.
    #[cfg(any(test, fuzzing))]
    pub(super) fn unconnected() -> Self {
        let (text, host) = ("http://127.0.0.1".into(), "127.0.0.1".into());
        Connector {
            base: BaseUrl { text, tls: false, host, port: 80 },
            proxy: None,
            tls: None,
            resolver: Resolver::new("127.0.0.1", 80),
            credentials: Credentials::default(),
            pool: ConnectionPool::default(),
        }
    }

    /// Where a new connection goes to, in the order in which the addresses are to be tried.
    pub(super) fn addresses(&self, deadline: &Deadline) -> io::Result<Arc<[SocketAddr]>> {
        self.resolver.addresses(deadline).map_err(|error| self.first_hop(error))
    }

    /// A new connection.
    pub(super) fn connect(
        &self,
        addresses: &[SocketAddr],
        deadline: &Deadline,
    ) -> io::Result<Connection> {
        let Connected { mut socket, address, .. } =
            race::connect(addresses, deadline).map_err(|error| self.first_hop(error))?;
        self.resolver.answered(address);
        if self.proxy.is_some() || self.tls.is_some() {
            // A server that takes one connection after the other would not shake hands before.
            self.pool.end_finished();
        }
        if let Some(proxy) = &self.proxy {
            proxy::open_tunnel(&mut socket, proxy, &self.base.host, self.base.port, deadline)?;
        }
        let wire = match &self.tls {
            None => Wire::Plain(socket),
            Some(tls) => Wire::Tls(Box::new(tls.handshake(socket, deadline)?)),
        };
        Ok(Connection::new(wire, self.pool.buffers()))
    }

    /// Says whom it concerns that nobody answers: the service, or the proxy.
    fn first_hop(&self, error: io::Error) -> io::Error {
        let Cause { kind, message } = Cause::of_io(error, ErrorKind::Connect);
        let cause = match (kind, &self.proxy) {
            (ErrorKind::Connect, None) => Cause::new(kind, words::no_connection_to(&message)),
            (ErrorKind::Connect, Some(_)) => {
                Cause::new(ErrorKind::Proxy, words::no_connection_to_proxy(&message))
            }
            _ => Cause { kind, message },
        };
        cause.into()
    }
}
