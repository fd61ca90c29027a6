//! The credentials of the service, which ureq never sees: at the level `Trace` it dumps every byte
//! that it sends and receives into the log. They are put into a request on its way out, and
//! masked in an answer on its way in.
//!
//! The headers that are the same in all requests go the same way: ureq would check each of them, and
//! print it, anew for every request.

use std::fmt;
use std::io;
use std::ops::Range;

use http::HeaderMap;
use zeroize::Zeroizing;

use super::error::{Cause, ErrorKind};
use crate::secret::{Fingerprints, Secret};
use crate::sentences::transport as words;
use crate::settings::Settings;

/// A key of the service is longer than this. Shorter texts may stand anywhere in an answer, which
/// must not be changed for them.
const MIN_MASKED_LENGTH: usize = 16;

#[derive(Default)]
pub(super) struct Credentials {
    /// As header lines.
    lines: Zeroizing<Vec<u8>>,
    masked: Fingerprints,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credentials(***)")
    }
}

impl Credentials {
    /// Those of the settings, and the headers that are the same in all requests. The configuration
    /// has checked that they cannot break the header.
    pub(super) fn new(settings: &Settings, headers: &HeaderMap) -> Self {
        let (api_key, oauth_token) = (&settings.api_key, &settings.oauth_token);
        let secrets = [("api-key: ", api_key), ("authorization: Bearer ", oauth_token)];
        let mut credentials = Credentials::of(secrets, [api_key, oauth_token]);
        for (name, value) in headers {
            credentials.add_line([name.as_ref(), b": ", value.as_bytes()]);
        }
        credentials
    }

    /// Those that are sent, as the beginnings of header lines, and those that are masked.
    pub(super) fn of<'a>(
        headers: impl IntoIterator<Item = (&'a str, &'a Option<Secret>)>,
        known: [&Option<Secret>; 2],
    ) -> Self {
        let secrets = known.into_iter().flatten();
        let masked = secrets.filter(|secret| secret.expose().len() >= MIN_MASKED_LENGTH);
        let lines = Zeroizing::default();
        let mut credentials = Credentials { lines, masked: Fingerprints::of(masked) };
        for (name, secret) in headers {
            if let Some(secret) = secret {
                credentials.add_line([name.as_bytes(), secret.expose().as_bytes()]);
            }
        }
        credentials
    }

    fn add_line<const N: usize>(&mut self, parts: [&[u8]; N]) {
        let line = Zeroizing::new(parts.concat());
        // A vector that grows leaves its old memory behind as it is.
        self.lines = Zeroizing::new([&self.lines[..], &line, b"\r\n"].concat());
    }

    /// How much longer a request becomes.
    pub(super) fn len(&self) -> usize {
        self.lines.len()
    }

    /// Puts the lines after the first line of a request, which is `length` bytes long; gives
    /// the place where they stand now.
    pub(super) fn put_into(&self, output: &mut [u8], length: usize) -> io::Result<Range<usize>> {
        let line = memchr::memchr(b'\n', &output[..length])
            .ok_or_else(|| Cause::new(ErrorKind::Broken, words::first_line_too_long()))?;
        let place = line + 1..line + 1 + self.len();
        output.copy_within(place.start..length, place.end);
        output[place.clone()].copy_from_slice(&self.lines);
        Ok(place)
    }

    /// How many of the bytes before new ones may belong to a credential.
    pub(super) fn overlap(&self) -> usize {
        self.masked.longest().saturating_sub(1)
    }

    /// Replaces the credentials, and parts of them, by as many stars: no length changes.
    pub(super) fn mask(&self, answer: &mut [u8]) {
        for place in self.masked.find(answer) {
            answer[place].fill(b'*');
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn credentials(secrets: &[&str]) -> Credentials {
        Credentials {
            lines: Zeroizing::new(b"api-key: k\r\n".to_vec()),
            masked: {
                let secrets: Vec<_> = secrets.iter().map(|s| Secret::new((*s).into())).collect();
                Fingerprints::of(secrets.iter())
            },
        }
    }

    #[test]
    fn they_stand_after_the_first_line() {
        let (request, credentials) = (b"GET / HTTP/1.1\r\nhost: h\r\n\r\n{}", credentials(&[]));
        let mut output = [request, &b"................"[..]].concat();
        let place = credentials.put_into(&mut output, request.len()).unwrap();
        let expected = b"GET / HTTP/1.1\r\napi-key: k\r\nhost: h\r\n\r\n{}";
        assert_eq!(output[..request.len() + credentials.len()], expected[..]);
        assert_eq!(output[place], b"api-key: k\r\n"[..]);
        assert!(credentials.put_into(&mut output, 5).is_err());
    }

    #[test]
    fn an_answer_keeps_its_length() {
        let mut answer = b"x: ACMA:1, y0_2y0_2".to_vec();
        credentials(&["ACMA:1", "y0_2"]).mask(&mut answer);
        assert_eq!(answer, b"x: ******, ********");
        // Percent-encoded, the first has eight.
        assert_eq!(credentials(&["ACMA:1", "y0_2"]).overlap(), 7);
        assert_eq!(credentials(&[]).overlap(), 0);
    }

    #[test]
    fn debug_is_masked() {
        assert_eq!(format!("{:?}", credentials(&["ACMA:1"])), "Credentials(***)");
    }
}
