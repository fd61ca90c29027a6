//! Options of a download: from Rust, and from the JSON of the C ABI with the same names.

use std::time::Duration;

use crate::api::options::reading;
use crate::fields::Refusal;
use crate::sentences::configuration::out_of_range;
use crate::settings::FileHosts;

const DEFAULT_MAX_BYTES: u64 = 50 * 1024 * 1024;
/// A tebibyte: more is a mistake.
const MAX_OF_MAX_BYTES: u64 = 1 << 40;

/// How a file is brought to a path.
///
/// ```
/// use std::time::Duration;
/// use ymchat::DownloadOptions;
/// let options = DownloadOptions::new().overwrite(true).call_timeout(Duration::from_secs(300));
/// ```
#[derive(Debug, Clone, Default)]
#[must_use]
pub struct DownloadOptions {
    pub(super) overwrite: bool,
    max_bytes: Option<u64>,
    allow_hosts: Vec<String>,
    pub(super) call_timeout: Option<Duration>,
}

impl DownloadOptions {
    /// At most 50 MiB from the service's own hosts, to a path where nothing is yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// `overwrite`: whether a file that is at the path is replaced; default false.
    pub fn overwrite(mut self, overwrite: bool) -> Self {
        self.overwrite = overwrite;
        self
    }

    /// `maxBytes`: a longer file is an error, 1 to 2⁴⁰; default 50 MiB.
    pub fn max_bytes(mut self, bytes: u64) -> Self {
        self.max_bytes = Some(bytes);
        self
    }

    /// `allowHosts`: foreign hosts from which the file may come, too, at most 100; default none.
    /// They are written as in [`crate::ClientBuilder::file_hosts`]. They are shown no credential,
    /// and are asked over https, unless they are this machine.
    pub fn allow_hosts(mut self, hosts: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.allow_hosts = hosts.into_iter().map(Into::into).collect();
        self
    }

    /// `callTimeoutMs`: for this call instead of the client's. `attemptTimeoutMs` is how long nothing
    /// may come.
    pub fn call_timeout(mut self, timeout: Duration) -> Self {
        self.call_timeout = Some(timeout);
        self
    }

    pub(crate) fn from_json(json: Option<&str>) -> Result<Self, Refusal> {
        let mut options = Self::default();
        let Some(mut fields) = reading::parse(json)? else {
            return Ok(options);
        };
        options.overwrite = fields.flag("overwrite")?.unwrap_or(false);
        options.max_bytes = fields.whole("maxBytes")?;
        options.allow_hosts = fields.texts("allowHosts")?.unwrap_or_default();
        options.call_timeout = reading::timeout(&mut fields)?;
        reading::finish(fields)?;
        Ok(options)
    }

    /// How long the file may be, and from where else it may come.
    pub(super) fn check(&self) -> Result<(u64, FileHosts), Refusal> {
        let max_bytes = self.max_bytes.unwrap_or(DEFAULT_MAX_BYTES);
        if !(1..=MAX_OF_MAX_BYTES).contains(&max_bytes) {
            return Err(out_of_range("maxBytes", 1, MAX_OF_MAX_BYTES, max_bytes));
        }
        Ok((max_bytes, FileHosts::parse("allowHosts", &self.allow_hosts)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_wrong_option_is_named() {
        for (json, name) in [
            (r#"{"maxBytes": 0}"#, "maxBytes"),
            (r#"{"maxBytes": 1099511627777}"#, "maxBytes"),
            (r#"{"maxBytes": "1"}"#, "maxBytes"),
            (r#"{"overwrite": 1}"#, "overwrite"),
            (r#"{"allowHosts": "cdn.example.org"}"#, "allowHosts"),
            (r#"{"allowHosts": [5]}"#, "allowHosts"),
            (r#"{"allowHosts": ["https://cdn.example.org"]}"#, "allowHosts"),
            (r#"{"callTimeoutMs": 0}"#, "callTimeoutMs"),
            (r#"{"overWrite": true}"#, "overWrite"),
        ] {
            let read = DownloadOptions::from_json(Some(json));
            let refusal = read.and_then(|options| options.check()).unwrap_err();
            assert!(refusal.english().contains(name), "{json}: {refusal:?}");
        }
    }

    #[test]
    fn the_bound_is_fifty_mebibytes_unless_it_is_named() {
        assert_eq!(DownloadOptions::new().check().unwrap().0, 50 << 20);
        let json = r#"{"maxBytes": 1099511627776, "overwrite": true}"#;
        let options = DownloadOptions::from_json(Some(json)).unwrap();
        assert_eq!((options.check().unwrap().0, options.overwrite), (1 << 40, true));
    }
}
