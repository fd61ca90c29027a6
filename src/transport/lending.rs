//! What ureq sees of the connections: they are lent to it for one request each.
//!
//! ureq could keep idle connections by itself. But it copies each body once more than is needed,
//! so a body is read from the connection where its length is known, and ureq, which then never sees
//! its end, cannot know whether the connection may be used again.

use std::fmt;
use std::sync::Arc;

use ureq::unversioned::resolver::{ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{Buffers, ConnectionDetails, Connector, NextTimeout, Transport};

use super::attempt::Attempt;
use super::connection::Connection;
use super::way::Way;

#[derive(Debug, Clone)]
pub(super) struct Lender(pub Arc<Way>);

impl Connector for Lender {
    type Out = Loan;

    fn connect(&self, _: &ConnectionDetails, _: Option<()>) -> Result<Option<Loan>, ureq::Error> {
        let connection = self.0.connection(&*Attempt::current()?)?;
        Ok(Some(Loan { connection: Some(connection), way: Arc::clone(&self.0), progress: false }))
    }
}

/// The way resolves by itself, so that a look-up can be cancelled.
#[derive(Debug)]
pub(super) struct NoResolver;

impl Resolver for NoResolver {
    fn resolve(
        &self,
        _: &http::Uri,
        _: &ureq::config::Config,
        _: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        Ok(self.empty())
    }
}

/// A connection that ureq holds; it comes back to the attempt when ureq is done with it.
pub(super) struct Loan {
    /// `None` only while it is dropped.
    connection: Option<Connection>,
    way: Arc<Way>,
    /// ureq has taken something of what it saw last.
    progress: bool,
}

impl Loan {
    fn get(&self) -> &Connection {
        self.connection.as_ref().expect("the connection is there until the loan is dropped")
    }

    fn get_mut(&mut self) -> &mut Connection {
        self.connection.as_mut().expect("the connection is there until the loan is dropped")
    }
}

impl fmt::Debug for Loan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Loan")
    }
}

impl Drop for Loan {
    fn drop(&mut self) {
        if let Ok(attempt) = Attempt::current() {
            attempt.connection.replace(self.connection.take());
        }
    }
}

impl Transport for Loan {
    fn buffers(&mut self) -> &mut dyn Buffers {
        self
    }

    fn transmit_output(&mut self, amount: usize, _: NextTimeout) -> Result<(), ureq::Error> {
        let way = Arc::clone(&self.way);
        let attempt = Attempt::current()?;
        Ok(self.get_mut().output_filled(amount, &way.credentials, &attempt)?)
    }

    fn await_input(&mut self, _: NextTimeout) -> Result<bool, ureq::Error> {
        let attempt = Attempt::current()?;
        let way = Arc::clone(&self.way);
        Ok(self.get_mut().await_input(&way.credentials, &attempt)?)
    }

    /// ureq asks before it keeps a connection, which it is not to do.
    fn is_open(&mut self) -> bool {
        false
    }

    fn is_tls(&self) -> bool {
        self.get().is_tls()
    }
}

impl Buffers for Loan {
    fn output(&mut self) -> &mut [u8] {
        self.get_mut().output()
    }

    fn input(&self) -> &[u8] {
        self.get().input()
    }

    /// Only transports read into this; ours has its own way.
    fn input_append_buf(&mut self) -> &mut [u8] {
        &mut []
    }

    fn input_appended(&mut self, _: usize) {}

    fn input_consume(&mut self, amount: usize) {
        self.progress = amount > 0;
        self.get_mut().consume(amount);
    }

    fn tmp_and_output(&mut self) -> (&mut [u8], &mut [u8]) {
        // The scratch buffer is for chunked bodies, which are never sent.
        (&mut [], self.get_mut().output())
    }

    fn can_use_input(&self) -> bool {
        self.progress && !self.get().input().is_empty()
    }
}
