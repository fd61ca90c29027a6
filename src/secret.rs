//! Credentials: masked in every output, wiped when dropped.

use std::fmt;

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

/// Takes every occurrence of the secrets out of a text that somebody else wrote: a service or a
/// proxy may quote the key that it refuses.
pub(crate) fn redact<'a>(text: &str, secrets: impl Iterator<Item = &'a Secret>) -> String {
    let mut text = text.to_owned();
    for secret in secrets {
        let secret = secret.expose();
        if !secret.is_empty() && text.contains(secret) {
            text = text.replace(secret, "***");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_is_masked() {
        let secret = Secret::new("ACMA:very-secret".into());
        assert!(!format!("{secret:?} {:#?}", Some(&secret)).contains("very"));
    }

    #[test]
    fn quoted_secrets_are_taken_out() {
        let secrets = [Secret::new("ACMA:k1".into()), Secret::new("tok".into())];
        assert_eq!(
            redact("Api-Key ACMA:k1 is invalid, so is tok", secrets.iter()),
            "Api-Key *** is invalid, so is ***"
        );
    }
}
