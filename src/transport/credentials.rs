//! The credentials of the service, which ureq never sees: at the level `Trace` it dumps every byte
//! that it sends and receives into the log. They are put into a request on its way out, and
//! masked in an answer on its way in.

use std::fmt;
use std::io;

use zeroize::Zeroizing;

use crate::config::Settings;
use crate::secret::Secret;

/// A key of the service is longer than this. Shorter texts may stand anywhere in an answer, which
/// must not be changed for them.
const SHORTEST: usize = 16;

pub(super) struct Credentials {
    /// As header lines.
    lines: Zeroizing<Vec<u8>>,
    masked: Vec<Secret>,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credentials(***)")
    }
}

impl Credentials {
    /// The configuration has checked that they cannot break the header.
    pub(super) fn new(settings: &Settings) -> Self {
        let (api_key, oauth_token) = (&settings.api_key, &settings.oauth_token);
        let mut lines = Zeroizing::new(Vec::with_capacity(1024));
        let headers = [("api-key: ", api_key), ("authorization: Bearer ", oauth_token)];
        for (name, secret) in headers {
            if let Some(secret) = secret {
                for part in [name, secret.expose(), "\r\n"] {
                    lines.extend_from_slice(part.as_bytes());
                }
            }
        }
        let secrets = [api_key, oauth_token].into_iter().flatten();
        let masked = secrets.filter(|secret| secret.expose().len() >= SHORTEST).cloned().collect();
        Credentials { lines, masked }
    }

    /// The beginning of a request, with the credentials after its first line.
    pub(super) fn put_into(&self, request: &[u8]) -> io::Result<Zeroizing<Vec<u8>>> {
        let line = memchr::memchr(b'\n', request)
            .ok_or_else(|| io::Error::other("the request's first line is too long"))?;
        let (first, rest) = request.split_at(line + 1);
        let mut whole = Zeroizing::new(Vec::with_capacity(request.len() + self.lines.len()));
        for part in [first, &self.lines, rest] {
            whole.extend_from_slice(part);
        }
        Ok(whole)
    }

    /// How many of the bytes before new ones may belong to a credential.
    pub(super) fn overlap(&self) -> usize {
        let longest = self.masked.iter().map(|secret| secret.expose().len()).max();
        longest.map_or(0, |length| length - 1)
    }

    /// Replaces every occurrence by as many stars: no length changes.
    pub(super) fn mask(&self, answer: &mut [u8]) {
        for secret in &self.masked {
            let secret = secret.expose().as_bytes();
            while let Some(at) = memchr::memmem::find(answer, secret) {
                answer[at..at + secret.len()].fill(b'*');
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn credentials(secrets: &[&str]) -> Credentials {
        Credentials {
            lines: Zeroizing::new(b"api-key: k\r\n".to_vec()),
            masked: secrets.iter().map(|secret| Secret::new((*secret).to_owned())).collect(),
        }
    }

    #[test]
    fn they_stand_after_the_first_line() {
        let request = credentials(&[]).put_into(b"GET / HTTP/1.1\r\nhost: h\r\n\r\n{}").unwrap();
        assert_eq!(&request[..], b"GET / HTTP/1.1\r\napi-key: k\r\nhost: h\r\n\r\n{}");
        assert!(credentials(&[]).put_into(b"GET /").is_err());
    }

    #[test]
    fn an_answer_keeps_its_length() {
        let mut answer = b"x: ACMA:1, y0_2y0_2".to_vec();
        credentials(&["ACMA:1", "y0_2"]).mask(&mut answer);
        assert_eq!(answer, b"x: ******, ********");
        assert_eq!(credentials(&["ACMA:1", "y0_2"]).overlap(), 5);
        assert_eq!(credentials(&[]).overlap(), 0);
    }

    #[test]
    fn debug_is_masked() {
        assert_eq!(format!("{:?}", credentials(&["ACMA:1"])), "Credentials(***)");
    }
}
