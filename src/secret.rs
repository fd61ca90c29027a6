//! Credentials: masked in every output, wiped when dropped.

use std::fmt;
use std::ops::Range;

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use zeroize::Zeroizing;

/// A text that no log, error or `Debug` output shows.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Secret(Zeroizing<String>);

impl Secret {
    pub(crate) fn new(text: String) -> Self {
        Secret(Zeroizing::new(text))
    }

    /// The text itself, for the one place that puts it on the wire.
    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(***)")
    }
}

/// This many characters in a row are treated as a part of a credential. The service's keys begin with `ACMA:`,
/// so that of one that is quoted up to here, two characters are seen.
const FRAGMENT: usize = 8;

/// What secrets look like in texts that others write: a service or a proxy may quote the key that
/// it refuses, or the beginning of it, in another case or encoded.
#[derive(Default)]
pub(crate) struct Fingerprints(Vec<Zeroizing<Vec<u8>>>);

impl Fingerprints {
    pub(crate) fn of<'a>(secrets: impl Iterator<Item = &'a Secret>) -> Self {
        let mut forms = Vec::new();
        for secret in secrets.map(Secret::expose).filter(|secret| !secret.is_empty()) {
            forms.push(Zeroizing::new(secret.as_bytes().to_ascii_lowercase()));
            let percent_encoded = utf8_percent_encode(secret, NON_ALPHANUMERIC).to_string();
            if percent_encoded != secret {
                forms.push(Zeroizing::new(percent_encoded.to_ascii_lowercase().into_bytes()));
            }
            // What stands before it, a user name perhaps, moves it within the groups of Base64.
            for before in 0..3 {
                let mut bytes = Zeroizing::new(vec![0; before]);
                bytes.extend_from_slice(secret.as_bytes());
                let mut encoded = Zeroizing::new(STANDARD_NO_PAD.encode(&*bytes).into_bytes());
                encoded.make_ascii_lowercase();
                // Its first and its last letters depend on what stands around it.
                let own = encoded.get((before * 8).div_ceil(6)..encoded.len() - 1);
                if let Some(own) = own.filter(|own| own.len() >= FRAGMENT) {
                    forms.push(Zeroizing::new(own.to_vec()));
                }
            }
        }
        Fingerprints(forms)
    }

    /// The length of the longest one.
    pub(crate) fn longest(&self) -> usize {
        self.0.iter().map(|form| form.len()).max().unwrap_or_default()
    }

    /// The places that hold a secret or a part of one, ascending and apart from each other.
    pub(crate) fn find(&self, text: &[u8]) -> Vec<Range<usize>> {
        let mut places: Vec<Range<usize>> = Vec::new();
        for at in 0..text.len() {
            for form in &self.0 {
                let length = form.len().min(FRAGMENT);
                let Some(here) = text.get(at..at + length) else { continue };
                let first = here[0].to_ascii_lowercase();
                let mut windows = form.windows(length).filter(|window| window[0] == first);
                if !windows.any(|window| window.eq_ignore_ascii_case(here)) {
                    continue;
                }
                match places.last_mut() {
                    Some(last) if last.end >= at => last.end = last.end.max(at + length),
                    _ => places.push(at..at + length),
                }
            }
        }
        places
    }
}

/// Takes the secrets, and parts of them, out of a text that somebody else wrote.
pub(crate) fn redact<'a>(text: &str, secrets: impl Iterator<Item = &'a Secret>) -> String {
    let mut redacted = String::with_capacity(text.len());
    let mut rest = 0;
    for place in Fingerprints::of(secrets).find(text.as_bytes()) {
        // A letter of which one byte belongs to a secret goes with it.
        let is_boundary = |at: &usize| text.is_char_boundary(*at);
        let start = (rest..=place.start).rev().find(is_boundary).unwrap_or(rest);
        redacted.push_str(&text[rest..start]);
        redacted.push_str("***");
        rest = (place.end..text.len()).find(is_boundary).unwrap_or(text.len());
    }
    redacted + &text[rest..]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_is_masked() {
        let secret = Secret::new("ACMA:very-secret".into());
        assert!(!format!("{secret:?} {:#?}", Some(&secret)).contains("very"));
    }

    const KEY: &str = "ACMA:rgw49uy1XK/dLO8PbQ5hTzVt:7e2a90fc";

    fn redacted(text: &str) -> String {
        let secrets = [Secret::new(KEY.into()), Secret::new("tok".into())];
        redact(text, secrets.iter())
    }

    #[test]
    fn quoted_secrets_are_taken_out() {
        let text = format!("Api-Key {KEY} is invalid, so is {KEY}{KEY} and tok, TOK");
        assert_eq!(redacted(&text), "Api-Key *** is invalid, so is *** and ***, ***");
        for untouched in ["", "Api-Key ACMA:rg is wrong", "ж"] {
            assert_eq!(redacted(untouched), untouched);
        }
    }

    #[test]
    fn parts_of_secrets_are_taken_out() {
        for from in 0..KEY.len() {
            for to in from + FRAGMENT..=KEY.len() {
                let part = &KEY[from..to];
                for part in [part.to_owned(), part.to_lowercase(), part.to_uppercase()] {
                    assert_eq!(redacted(&format!("«{part}…»")), "«***…»");
                }
            }
        }
        assert_eq!(
            redacted("starts with ACMA:rg, ends with 90fc"),
            "starts with ACMA:rg, ends with 90fc"
        );
    }

    #[test]
    fn encoded_secrets_are_taken_out() {
        let percent = utf8_percent_encode(KEY, NON_ALPHANUMERIC).to_string();
        assert_eq!(redacted(&format!("?key={percent}&x")), "?key=***&x");
        for user in ["", "u", "us", "use", "user"] {
            let login = STANDARD_NO_PAD.encode(format!("{user}{KEY}"));
            let text = redacted(&login);
            let left = text.replace("***", "");
            assert!(left.len() <= user.len() * 4 / 3 + 3, "{user}: {text}");
        }
    }

    #[test]
    fn a_letter_is_not_cut_in_two() {
        // The last byte of the secret begins a letter that ends differently.
        let secrets = [Secret::new("password-ж".into())];
        assert_eq!(redact("password-з!", secrets.iter()), "***!");
        assert_eq!(redact("ж password-ж", secrets.iter()), "ж ***");
    }
}
