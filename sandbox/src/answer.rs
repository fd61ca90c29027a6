//! An answer before it becomes HTTP.

use std::io::Write;

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::Value;

pub(super) const JSON: &str = "application/json; charset=utf-8";

/// Status, headers and body; nothing is sent yet.
#[derive(Debug, Clone)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) body: Bytes,
}

impl Answer {
    pub(super) fn new(status: u16, content_type: &str, body: impl Into<Bytes>) -> Self {
        let headers = vec![("content-type", content_type.to_owned())];
        Self { status, headers, body: body.into() }
    }

    pub(super) fn json(status: u16, body: &Value) -> Self {
        Self::new(status, JSON, body.to_string())
    }

    pub(super) fn set(&mut self, name: &'static str, value: impl Into<String>) {
        self.headers.push((name, value.into()));
    }

    pub(super) fn replace(&mut self, name: &'static str, value: impl Into<String>) {
        if let Some(header) = self.headers.iter_mut().find(|(known, _)| *known == name) {
            header.1 = value.into();
        }
    }

    pub(super) fn compress(&mut self) {
        self.body = gzip(&self.body).into();
        self.set("content-encoding", "gzip");
    }
}

pub(super) fn gzip(plain: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(plain).and_then(|()| encoder.finish()).expect("a Vec takes every byte")
}

/// The words after the status in HTTP's first line.
pub(super) fn reason(status: u16) -> &'static str {
    match status {
        // hyper leaves the words of an unregistered status out.
        420 => "Enhance Your Calm",
        status => hyper::StatusCode::from_u16(status)
            .ok()
            .and_then(|status| status.canonical_reason())
            .unwrap_or("Unknown"),
    }
}
