//! The configuration: from Rust's builder or from JSON, validated as a whole.

mod checks;
#[cfg(test)]
mod tests;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::clock::{Clock, SystemClock};
use crate::error::Error;
use crate::fields::{self, Fields, Refusal};
use crate::language::Language;
use crate::secret::Secret;
use crate::sentences::{arguments, configuration as words};
use crate::settings::{
    BaseUrl, CheckMessages, DEFAULT_FILE_HOSTS, FileHosts, Proxy, Settings, Trust,
};

/// Where errors about the configuration say that they come from.
pub(crate) const OPERATION: &str = "client_new";

/// Collects a configuration; [`ClientBuilder::build`] checks it as a whole.
///
/// The names are those of the JSON configuration. Every setting but a credential has a default.
///
/// ```
/// use std::time::Duration;
///
/// let client = ymchat::Client::builder()
///     .api_key("ACMA:example")
///     .business_id(123_456)
///     .call_timeout(Duration::from_secs(20))
///     .build()?;
/// # Ok::<(), ymchat::Error>(())
/// ```
#[derive(Clone)]
#[must_use]
pub struct ClientBuilder {
    api_key: Option<Secret>,
    oauth_token: Option<Secret>,
    business_id: Option<i64>,
    base_url: String,
    integration: Option<String>,
    connect_timeout: Duration,
    attempt_timeout: Duration,
    call_timeout: Duration,
    max_attempts: u64,
    max_parallel: u64,
    proxy: Option<Proxy>,
    ca_file: Option<PathBuf>,
    trust: Trust,
    max_response_bytes: u64,
    file_hosts: Vec<String>,
    check_messages: CheckMessages,
    language: Language,
    allow_insecure_http: bool,
    clock: Arc<dyn Clock>,
    seed: Option<u64>,
}

impl std::fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("api_key", &self.api_key)
            .field("oauth_token", &self.oauth_token)
            .field("business_id", &self.business_id)
            .finish_non_exhaustive()
    }
}

impl Default for ClientBuilder {
    fn default() -> Self {
        ClientBuilder {
            api_key: None,
            oauth_token: None,
            business_id: None,
            base_url: "https://api.partner.market.yandex.ru".into(),
            integration: None,
            connect_timeout: Duration::from_secs(5),
            attempt_timeout: Duration::from_secs(15),
            call_timeout: Duration::from_secs(60),
            max_attempts: 4,
            max_parallel: 4,
            proxy: None,
            ca_file: None,
            trust: Trust::Bundled,
            max_response_bytes: 16 * 1024 * 1024,
            file_hosts: DEFAULT_FILE_HOSTS.map(str::to_owned).into(),
            check_messages: CheckMessages::Off,
            language: Language::English,
            allow_insecure_http: false,
            clock: Arc::new(SystemClock::new()),
            seed: None,
        }
    }
}

impl ClientBuilder {
    /// `apiKey`: the key of the business account, `ACMA:…`, without a `Bearer` prefix.
    pub fn api_key(mut self, key: impl Into<String>) -> Self {
        self.api_key = Some(Secret::new(key.into()));
        self
    }

    /// `oauthToken`: the deprecated OAuth token. It may be sent along with an Api-Key.
    pub fn oauth_token(mut self, token: impl Into<String>) -> Self {
        self.oauth_token = Some(Secret::new(token.into()));
        self
    }

    /// `businessId`: the business, at least 1. Only `get_campaigns` and `get_token_info` work
    /// without one.
    pub fn business_id(mut self, id: i64) -> Self {
        self.business_id = Some(id);
        self
    }

    /// `baseUrl`: where the API is; default `https://api.partner.market.yandex.ru`.
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base_url = url.into();
        self
    }

    /// `integration`: `name/version`, at most 100 ASCII characters; signs the requests in the
    /// merchant's log (`X-Market-Integration`).
    pub fn integration(mut self, name_and_version: impl Into<String>) -> Self {
        self.integration = Some(name_and_version.into());
        self
    }

    /// `connectTimeoutMs`: for the name look-up, the connection, the proxy and the TLS handshake
    /// together; default 5 s.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// `attemptTimeoutMs`: for one request and its answer; default 15 s. The service's own limit
    /// is 10 s, so that a shorter one only loses answers.
    pub fn attempt_timeout(mut self, timeout: Duration) -> Self {
        self.attempt_timeout = timeout;
        self
    }

    /// `callTimeoutMs`: for a whole call with its waits and repeats; default 60 s.
    pub fn call_timeout(mut self, timeout: Duration) -> Self {
        self.call_timeout = timeout;
        self
    }

    /// `maxAttempts`: how often one request is tried, 1 to 100; default 4. Where the service says
    /// that too many are under way, four times as often, unless it is 1.
    pub fn max_attempts(mut self, attempts: u32) -> Self {
        self.max_attempts = attempts.into();
        self
    }

    /// `maxParallel`: requests at the same time, 1 to 100; default 4, which is what the service
    /// allows a business. A smaller number holds for this client together with the others of its
    /// business that have set no more.
    pub fn max_parallel(mut self, requests: u32) -> Self {
        self.max_parallel = requests.into();
        self
    }

    /// `proxy`: the proxy that connections go through. Default: none; the environment is not looked
    /// at either.
    pub fn proxy(mut self, proxy: Proxy) -> Self {
        self.proxy = Some(proxy);
        self
    }

    /// `caFile`: a PEM file with certificates that are trusted besides those of `trust`.
    pub fn ca_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.ca_file = Some(path.into());
        self
    }

    /// `trust`: whose certificates are trusted; default [`Trust::Bundled`].
    pub fn trust(mut self, trust: Trust) -> Self {
        self.trust = trust;
        self
    }

    /// `checkMessages`: whether messages with contacts or links are rejected before they are sent;
    /// default [`CheckMessages::Off`].
    pub fn check_messages(mut self, check: CheckMessages) -> Self {
        self.check_messages = check;
        self
    }

    /// `language`: of the sentences for people, in errors and their advice; default
    /// [`Language::English`]. An error that refuses the configuration speaks it, too.
    pub fn language(mut self, language: Language) -> Self {
        self.language = language;
        self
    }

    /// `maxResponseBytes`: an answer longer than this, also after decompression, is refused;
    /// 1 KiB to 1 GiB, default 16 MiB.
    pub fn max_response_bytes(mut self, bytes: u64) -> Self {
        self.max_response_bytes = bytes;
        self
    }

    /// `fileHosts`: the hosts of the service that [`crate::Client::download_file`] shows its
    /// credentials to, over https: names, `*.name` for all below one, and `name:port` where the
    /// port is not 443; at most 100. Default: `*.yandex.net`, `*.yandex.ru`, `*.yandex.com`. Scheme,
    /// host and port of `baseUrl` always belong to them.
    pub fn file_hosts(mut self, hosts: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.file_hosts = hosts.into_iter().map(Into::into).collect();
        self
    }

    /// `allowInsecureHttp`: allows `http://` to a host that is not this machine. The key then
    /// travels in the clear.
    pub fn allow_insecure_http(mut self, allow: bool) -> Self {
        self.allow_insecure_http = allow;
        self
    }

    pub(crate) fn with_clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    pub(crate) fn with_seed(mut self, seed: u64) -> Self {
        self.seed = Some(seed);
        self
    }

    /// Checks the configuration.
    pub(crate) fn settings(self) -> Result<Settings, Error> {
        let language = self.language;
        self.validate().map_err(|refusal| Error::invalid(OPERATION, refusal).in_language(language))
    }

    /// The same settings from the JSON of the C ABI.
    ///
    /// # Errors
    /// [`crate::Status::InvalidArgument`]: no JSON object, a key that does not exist, or a value
    /// of the wrong kind. Ranges are checked by [`ClientBuilder::build`].
    pub fn from_json(json: &str) -> Result<Self, Error> {
        Self::read(json).map_err(|refusal| {
            let language = fields::first_text(json, "language");
            let language = language.and_then(|code| Language::from_code(&code)).unwrap_or_default();
            Error::invalid(OPERATION, refusal).in_language(language)
        })
    }

    /// What an error of opening the client speaks.
    pub(crate) fn chosen_language(&self) -> Language {
        self.language
    }

    fn read(json: &str) -> Result<Self, Refusal> {
        let what = &words::the_configuration;
        let mut fields = Fields::parse(what, json)?;
        let usual = ClientBuilder::default();
        let millis = |value: Option<u64>, usual| value.map_or(usual, Duration::from_millis);
        let builder = ClientBuilder {
            api_key: fields.text("apiKey")?.map(Secret::new),
            oauth_token: fields.text("oauthToken")?.map(Secret::new),
            business_id: fields.integer("businessId")?,
            base_url: fields.text("baseUrl")?.unwrap_or(usual.base_url),
            integration: fields.text("integration")?,
            connect_timeout: millis(fields.whole("connectTimeoutMs")?, usual.connect_timeout),
            attempt_timeout: millis(fields.whole("attemptTimeoutMs")?, usual.attempt_timeout),
            call_timeout: millis(fields.whole("callTimeoutMs")?, usual.call_timeout),
            max_attempts: fields.whole("maxAttempts")?.unwrap_or(usual.max_attempts),
            max_parallel: fields.whole("maxParallel")?.unwrap_or(usual.max_parallel),
            proxy: fields.text("proxy")?.map(|text| Proxy::parse(&text)).transpose()?,
            ca_file: fields.text("caFile")?.map(PathBuf::from),
            trust: match fields.text("trust")?.as_deref() {
                None | Some("bundled") => Trust::Bundled,
                Some("system") => Trust::System,
                Some(_) => return Err(words::trust_unknown()),
            },
            max_response_bytes: fields
                .whole("maxResponseBytes")?
                .unwrap_or(usual.max_response_bytes),
            file_hosts: fields.texts("fileHosts")?.unwrap_or(usual.file_hosts),
            check_messages: match fields.text("checkMessages")?.as_deref() {
                None | Some("off") => CheckMessages::Off,
                Some("reject") => CheckMessages::Reject,
                Some(_) => return Err(words::check_messages_unknown()),
            },
            language: match fields.text("language")?.as_deref() {
                None => usual.language,
                Some(code) => Language::from_code(code).ok_or_else(words::language_unknown)?,
            },
            allow_insecure_http: fields.flag("allowInsecureHttp")?.unwrap_or(false),
            clock: usual.clock,
            seed: usual.seed,
        };
        fields.finish(what)?;
        Ok(builder)
    }

    fn validate(self) -> Result<Settings, Refusal> {
        if self.api_key.is_none() && self.oauth_token.is_none() {
            return Err(words::no_credential());
        }
        checks::credential("apiKey", self.api_key.as_ref())?;
        checks::credential("oauthToken", self.oauth_token.as_ref())?;
        if let Some(id) = self.business_id
            && id < 1
        {
            return Err(arguments::at_least_one("businessId", id));
        }
        let base = BaseUrl::parse(&self.base_url, self.allow_insecure_http)?;
        if let Some(integration) = &self.integration {
            checks::integration(integration)?;
        }
        checks::in_range_ms("connectTimeoutMs", self.connect_timeout)?;
        checks::in_range_ms("attemptTimeoutMs", self.attempt_timeout)?;
        checks::in_range_ms("callTimeoutMs", self.call_timeout)?;
        let max_attempts = checks::in_range("maxAttempts", self.max_attempts, 1, 100)? as u32;
        let max_parallel = checks::in_range("maxParallel", self.max_parallel, 1, 100)? as u32;
        checks::in_range("maxResponseBytes", self.max_response_bytes, 1024, 1 << 30)?;
        let file_hosts = FileHosts::parse("fileHosts", &self.file_hosts)?;
        let proxy = match self.proxy {
            None => None,
            Some(proxy) => proxy.resolve(&base)?,
        };
        let ca_pem = match &self.ca_file {
            None => None,
            Some(path) => Some(
                std::fs::read(path)
                    .map_err(|error| words::ca_file_not_read(&checks::shown_path(path), &error))?,
            ),
        };
        Ok(Settings {
            api_key: self.api_key,
            oauth_token: self.oauth_token,
            business_id: self.business_id,
            base,
            integration: self.integration,
            connect_timeout: self.connect_timeout,
            attempt_timeout: self.attempt_timeout,
            call_timeout: self.call_timeout,
            max_attempts,
            max_parallel,
            proxy,
            ca_pem,
            trust: self.trust,
            max_response_bytes: self.max_response_bytes as usize,
            file_hosts,
            check_messages: self.check_messages,
            language: self.language,
            clock: self.clock,
            seed: self.seed,
        })
    }
}
