//! What a connection can do, with TLS and without.

use std::io::{Read, Write};

/// Something to ask the service over.
pub trait Connection: Read + Write {}
impl<T: Read + Write> Connection for T {}
