//! Starting a sandbox.

use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::sync::Arc;

use tokio::sync::oneshot;

use super::Sandbox;
use super::builder::Builder;
use super::notifications;
use super::server;
use super::state::Shared;

impl Builder {
    /// Starts the sandbox in a thread of its own.
    ///
    /// # Errors
    /// Where the port cannot be opened, the thread not be started, or the configuration is wrong
    /// ([`io::ErrorKind::InvalidInput`]): a business id below 1, a quota for an operation that has
    /// none, a fault that HTTP cannot carry, an offset from UTC of more than a day, an address for
    /// notifications that is not on this computer.
    pub fn start(self) -> io::Result<Sandbox> {
        self.check().map_err(|text| io::Error::new(io::ErrorKind::InvalidInput, text))?;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, self.port)).map_err(|error| {
            let port = self.port;
            match error.kind() {
                io::ErrorKind::AddrInUse => io::Error::new(
                    io::ErrorKind::AddrInUse,
                    format!(
                        "port {port} of 127.0.0.1 is taken by another program: choose another \
                         port, or none to get a free one"
                    ),
                ),
                kind => io::Error::new(
                    kind,
                    format!("it is not possible to listen on port {port} of 127.0.0.1: {error}"),
                ),
            }
        })?;
        listener.set_nonblocking(true)?;
        let base_url = format!("http://{}", listener.local_addr()?);
        let shared = Arc::new(Shared::new(self.config, base_url));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let listener = {
            let _context = runtime.enter();
            tokio::net::TcpListener::from_std(listener)?
        };
        let (stop, stopped) = oneshot::channel();
        let server = Arc::clone(&shared);
        let thread =
            std::thread::Builder::new().name("ymchat-sandbox".to_owned()).spawn(move || {
                runtime.block_on(async {
                    tokio::select! {
                        _ = stopped => {}
                        () = notifications::run(Arc::clone(&server)) => {}
                        () = server::accept(listener, Arc::clone(&server)) => {}
                    }
                });
            })?;
        Ok(Sandbox { shared, stop: Some(stop), thread: Some(thread) })
    }
}
