//! What happens to a call between its operation and the socket.

pub(crate) mod envelope;
mod json_scan;
