//! The configuration: from Rust's builder or from JSON, validated as a whole.

use std::path::{Path, PathBuf};
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
const DAY_MS: u64 = 86_400_000;

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

    /// `checkMessages`: whether messages with contacts or links are refused before they are sent;
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
        let what = &words::the_configuration();
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
        check_credential("apiKey", self.api_key.as_ref())?;
        check_credential("oauthToken", self.oauth_token.as_ref())?;
        if let Some(id) = self.business_id
            && id < 1
        {
            return Err(arguments::at_least_one("businessId", id));
        }
        let base = BaseUrl::parse(&self.base_url, self.allow_insecure_http)?;
        if let Some(integration) = &self.integration {
            check_integration(integration)?;
        }
        in_range_ms("connectTimeoutMs", self.connect_timeout)?;
        in_range_ms("attemptTimeoutMs", self.attempt_timeout)?;
        in_range_ms("callTimeoutMs", self.call_timeout)?;
        let max_attempts = in_range("maxAttempts", self.max_attempts, 1, 100)? as u32;
        let max_parallel = in_range("maxParallel", self.max_parallel, 1, 100)? as u32;
        in_range("maxResponseBytes", self.max_response_bytes, 1024, 1 << 30)?;
        let file_hosts = FileHosts::parse("fileHosts", &self.file_hosts)?;
        let proxy = match self.proxy {
            None => None,
            Some(proxy) => proxy.resolve(&base)?,
        };
        let ca_pem = match &self.ca_file {
            None => None,
            Some(path) => Some(
                std::fs::read(path)
                    .map_err(|error| words::ca_file_not_read(&shown_path(path), &error))?,
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

fn in_range(name: &str, value: u64, least: u64, most: u64) -> Result<u64, Refusal> {
    if (least..=most).contains(&value) {
        Ok(value)
    } else {
        Err(words::out_of_range(name, least, most, value))
    }
}

fn in_range_ms(name: &str, value: Duration) -> Result<(), Refusal> {
    in_range(name, value.as_millis().try_into().unwrap_or(u64::MAX), 1, DAY_MS).map(drop)
}

fn check_credential(name: &str, secret: Option<&Secret>) -> Result<(), Refusal> {
    let Some(text) = secret.map(Secret::expose) else {
        return Ok(());
    };
    if text.is_empty() {
        return Err(words::credential_is_empty(name));
    }
    let lower = text.to_ascii_lowercase();
    for prefix in ["bearer", "api-key", "oauth", "authorization"] {
        let rest = lower.strip_prefix(prefix);
        if rest.is_some_and(|rest| rest.starts_with([' ', ':', '\t'])) {
            return Err(words::credential_with_prefix(name, prefix));
        }
    }
    if text.trim() != text {
        return Err(words::credential_with_space_around(name));
    }
    if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(words::credential_with_strange_letters(name));
    }
    Ok(())
}

/// A path for a sentence, with a space before it; nothing where the text is hardly a path: it may
/// be a credential, or the certificates themselves.
fn shown_path(path: &Path) -> String {
    let extension = path.extension().and_then(|extension| extension.to_str());
    let named = extension.is_some_and(|e| ["pem", "crt", "cer", "cert", "ca", "txt"].contains(&e));
    match path.to_str() {
        Some(text) if named && !text.contains(char::is_control) => format!(" {text}"),
        _ => String::new(),
    }
}

fn check_integration(text: &str) -> Result<(), Refusal> {
    let named = text
        .split_once('/')
        .is_some_and(|(name, version)| !name.trim().is_empty() && !version.trim().is_empty());
    if !named {
        return Err(words::integration_without_version());
    }
    if text.len() > 100 || !text.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ') {
        return Err(words::integration_too_long());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;

    fn refusal(json: &str) -> String {
        match ClientBuilder::read(json).and_then(ClientBuilder::validate) {
            Ok(_) => panic!("accepted: {json}"),
            Err(refusal) => refusal.english().to_owned(),
        }
    }

    fn accepted(json: &str) -> Settings {
        match ClientBuilder::read(json).and_then(ClientBuilder::validate) {
            Ok(settings) => settings,
            Err(refusal) => panic!("{json}: {refusal:?}"),
        }
    }

    #[test]
    fn defaults_are_those_of_the_design() {
        let settings = accepted(r#"{"apiKey": "ACMA:k"}"#);
        assert_eq!(settings.base.text, "https://api.partner.market.yandex.ru");
        assert_eq!((settings.base.port, settings.base.tls), (443, true));
        assert_eq!(settings.connect_timeout, Duration::from_millis(5000));
        assert_eq!(settings.attempt_timeout, Duration::from_millis(15000));
        assert_eq!(settings.call_timeout, Duration::from_millis(60000));
        assert_eq!((settings.max_attempts, settings.max_parallel), (4, 4));
        assert_eq!(settings.max_response_bytes, 16 << 20);
        assert_eq!(settings.trust, Trust::Bundled);
        assert_eq!(settings.check_messages, CheckMessages::Off);
        assert_eq!(settings.language, Language::English);
    }

    #[test]
    fn a_refusal_speaks_the_language_that_the_rest_of_the_configuration_asks_for() {
        let sentence = |json: &str| {
            let error = ClientBuilder::from_json(json).and_then(ClientBuilder::build).unwrap_err();
            error.to_string()
        };
        for json in [
            r#"{"language": "ru"}"#,
            r#"{"apiKey": 5, "language": "ru"}"#,
            r#"{"apiKee": "k", "language": "ru"}"#,
            r#"{"apiKey": "k", "apiKey": "k", "language": "ru"}"#,
            r#"{"language": "ru", "apiKey": "k", "limit": {"a": 1, "a": 2}}"#,
            r#"{"language": "ru", "apiKey": "k", "businessId": }"#,
            r#"{"apiKey": "k", "baseUrl": "http://example.org", "language": "ru"}"#,
            r#"{"apiKey": "k", "language": "ru", "caFile": "/nowhere/ca.pem"}"#,
        ] {
            let sentence = sentence(json);
            assert!(sentence.contains(|c: char| ('а'..='я').contains(&c)), "{json}: {sentence}");
        }
        for json in [
            "",
            "ru",
            r#"{"language": "de"}"#,
            r#"{"language": "en", "language": "ru"}"#,
            r#"{"apiKey": {"language": "ru"}}"#,
            r#"{"apiKey": , "language": "ru"}"#,
        ] {
            let sentence = sentence(json);
            assert!(sentence.is_ascii(), "{json}: {sentence}");
        }
    }

    #[test]
    fn messages_are_checked_where_that_is_asked_for() {
        let checking = |value: &str| {
            accepted(&format!(r#"{{"apiKey": "k", "checkMessages": {value}}}"#)).check_messages
        };
        assert_eq!(checking("\"reject\""), CheckMessages::Reject);
        assert_eq!(checking("\"off\""), CheckMessages::Off);
        assert_eq!(checking("null"), CheckMessages::Off);
    }

    #[test]
    fn each_wrong_setting_is_named() {
        for (json, name) in [
            (r#"{}"#, "apiKey"),
            (r#"{"apiKey": ""}"#, "apiKey"),
            (r#"{"apiKey": "Bearer ACMA:k"}"#, "begins with \"bearer\""),
            (r#"{"apiKey": "bearer\tk"}"#, "begins with \"bearer\""),
            (r#"{"apiKey": "ACMA:k\n"}"#, "apiKey"),
            (r#"{"apiKey": "ACMA:k\r\nX-Evil: 1"}"#, "apiKey"),
            (r#"{"apiKey": "ACMA:ключ"}"#, "apiKey"),
            (r#"{"apiKey": 5}"#, "apiKey"),
            (r#"{"oauthToken": "y0 x"}"#, "oauthToken"),
            (r#"{"apiKey": "k", "apikey": "k"}"#, "\"apikey\""),
            (r#"{"apiKey": "k", "businessId": 0}"#, "businessId"),
            (r#"{"apiKey": "k", "businessId": "one"}"#, "businessId"),
            (r#"{"apiKey": "k", "apiKey": "k"}"#, "\"apiKey\" twice"),
            (r#"{"apiKey": "k", "businessId": 1.5}"#, "businessId"),
            (r#"{"apiKey": "k", "baseUrl": "https://u:p@h"}"#, "baseUrl"),
            (r#"{"apiKey": "k", "baseUrl": "https://h/?a=1"}"#, "baseUrl"),
            (r#"{"apiKey": "k", "baseUrl": "https://h/#f"}"#, "baseUrl"),
            (r#"{"apiKey": "k", "baseUrl": "http://example.com"}"#, "allowInsecureHttp"),
            (r#"{"apiKey": "k", "baseUrl": "http://127.0.0.1.example.com"}"#, "baseUrl"),
            (r#"{"apiKey": "k", "baseUrl": "ftp://h"}"#, "baseUrl"),
            (r#"{"apiKey": "k", "baseUrl": "h"}"#, "baseUrl"),
            (r#"{"apiKey": "k", "baseUrl": "https://h:99999"}"#, "baseUrl"),
            (r#"{"apiKey": "k", "baseUrl": "https://h:0"}"#, "baseUrl"),
            (r#"{"apiKey": "k", "baseUrl": "https://рынок.рф"}"#, "xn--"),
            (r#"{"apiKey": "k", "baseUrl": ""}"#, "baseUrl"),
            (r#"{"apiKey": "k", "integration": "erp"}"#, "integration"),
            (r#"{"apiKey": "k", "integration": "учёт/1"}"#, "integration"),
            (r#"{"apiKey": "k", "integration": "a/1\r\nb"}"#, "integration"),
            (r#"{"apiKey": "k", "connectTimeoutMs": 0}"#, "connectTimeoutMs"),
            (r#"{"apiKey": "k", "attemptTimeoutMs": -1}"#, "attemptTimeoutMs"),
            (r#"{"apiKey": "k", "callTimeoutMs": 86400001}"#, "callTimeoutMs"),
            (r#"{"apiKey": "k", "maxAttempts": 0}"#, "maxAttempts"),
            (r#"{"apiKey": "k", "maxParallel": 4294967297}"#, "maxParallel"),
            (r#"{"apiKey": "k", "maxResponseBytes": 1}"#, "maxResponseBytes"),
            (r#"{"apiKey": "k", "trust": "none"}"#, "trust"),
            (r#"{"apiKey": "k", "checkMessages": "on"}"#, "checkMessages"),
            (r#"{"apiKey": "k", "checkMessages": true}"#, "checkMessages"),
            (r#"{"apiKey": "k", "language": "de"}"#, "language"),
            (r#"{"apiKey": "k", "language": "RU"}"#, "language"),
            (r#"{"apiKey": "k", "language": true}"#, "language"),
            (r#"{"apiKey": "k", "fileHosts": "*.yandex.net"}"#, "fileHosts"),
            (r#"{"apiKey": "k", "fileHosts": [1]}"#, "fileHosts"),
            (r#"{"apiKey": "k", "fileHosts": ["*"]}"#, "fileHosts"),
            (r#"{"apiKey": "k", "proxy": "proxy.local"}"#, "proxy"),
            (r#"{"apiKey": "k", "proxy": "https://p:1"}"#, "proxy"),
            (r#"{"apiKey": "k", "proxy": "http://p:eighty"}"#, "proxy"),
            (r#"{"apiKey": "k", "proxy": "socks5://p:99999"}"#, "proxy"),
            (r#"{"apiKey": "k", "proxy": "http://p:"}"#, "proxy"),
            (r#"{"apiKey": "k", "caFile": "/nowhere/ca.pem"}"#, "caFile"),
        ] {
            let refusal = refusal(json);
            assert!(refusal.contains(name), "{json}: {refusal}");
        }
    }

    #[test]
    fn a_key_is_never_quoted_in_its_own_refusal() {
        for json in [
            r#"{"apiKey": "Bearer s3cret"}"#,
            r#"{"apiKey": "s3cret\n"}"#,
            r#"{"oauthToken": "s3 cret"}"#,
            r#"{"apiKey": {"s3cret": 1}}"#,
            r#"{"apiKey": "k", "proxy": "http://u:s3cret@"}"#,
        ] {
            let refusal = refusal(json);
            assert!(!refusal.contains("s3"), "{json}: {refusal}");
        }
    }

    #[test]
    fn a_ca_file_is_named_where_it_is_a_path() {
        let refusal = refusal(r#"{"apiKey": "k", "caFile": "/nowhere/ca.pem"}"#);
        assert!(refusal.starts_with("caFile /nowhere/ca.pem cannot be read"), "{refusal}");
    }

    /// What a key, a token or a password looks like.
    fn secret() -> impl Strategy<Value = String> {
        prop_oneof![
            "ACMA:[A-Za-z0-9/+]{30,40}:[0-9a-f]{8}",
            "y0_[A-Za-z0-9_-]{30,50}",
            "[A-Za-z0-9]{33,50}",
            "[A-Za-z0-9]{6,10}[!-/:-@][A-Za-z0-9!-/:-@]{6,20}",
        ]
    }

    fn name() -> impl Strategy<Value = String> {
        let names = [
            "apiKey",
            "oauthToken",
            "businessId",
            "baseUrl",
            "integration",
            "connectTimeoutMs",
            "attemptTimeoutMs",
            "callTimeoutMs",
            "maxAttempts",
            "maxParallel",
            "proxy",
            "caFile",
            "trust",
            "maxResponseBytes",
            "fileHosts",
            "checkMessages",
            "language",
            "allowInsecureHttp",
            "apikey",
            "key",
        ];
        prop::sample::select(names.to_vec()).prop_map(str::to_owned)
    }

    /// A place for `{}`, the secret, within a value.
    fn value() -> impl Strategy<Value = Value> {
        let texts = [
            "{}",
            "{}",
            "Bearer {}",
            "{}\n",
            " {}",
            "{}é",
            "http://user:{}@proxy.lan:8080",
            "socks5://{}@proxy.lan",
            "http://{}@",
            "https://{}",
            "http://{}.example.org",
            "https://u:{}@h",
            "https://h/?key={}",
            "https://h/#{}",
            "https://h/{}",
            "erp/{}",
            "/etc/{}",
            "-----BEGIN CERTIFICATE-----\n{}",
        ];
        prop_oneof![
            6 => prop::sample::select(texts.to_vec()).prop_map(Value::from),
            1 => Just(serde_json::json!({"{}": "{}"})),
            1 => Just(serde_json::json!(["{}"])),
            1 => Just(serde_json::json!(5)),
            2 => name().prop_map(Value::from),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig {
            failure_persistence: None, cases: 2000, ..ProptestConfig::default()
        })]

        /// Whatever stands where, by mistake or not.
        #[test]
        fn no_part_of_a_credential_is_ever_in_a_refusal(
            secret in secret(),
            has_key in any::<bool>(),
            members in prop::collection::vec(
                (prop_oneof![4 => name(), 1 => Just("{}".to_owned())], value()),
                1..5,
            ),
            damage in prop::option::of(any::<prop::sample::Index>()),
        ) {
            let mut members: Vec<String> =
                members.iter().map(|(name, value)| format!("\"{name}\": {value}")).collect();
            if has_key {
                // The refusal is then that of another member.
                members.retain(|member| !member.contains("apiKey"));
                members.truncate(2);
                members.push(r#""apiKey": "k""#.to_owned());
            }
            let mut json = format!("{{{}}}", members.join(", ")).replace("{}", &secret);
            if let Some(index) = damage {
                let places: Vec<usize> = json.char_indices().map(|(at, _)| at).collect();
                json.remove(places[index.index(places.len())]);
            }
            let result = ClientBuilder::from_json(&json).and_then(|builder| {
                let shown = format!("{builder:?}");
                assert_eq!(part_of(&secret, &shown), None, "Debug");
                builder.build()
            });
            let shown = match result {
                Ok(client) => format!("{client:?}"),
                Err(error) => {
                    let told = Language::ALL.iter().map(|language| {
                        let error = error.clone().in_language(*language);
                        format!("{error} {error:?} {}", error.to_json())
                    });
                    told.collect()
                }
            };
            prop_assert_eq!(part_of(&secret, &shown), None, "{}: {}", json, shown);
        }
    }

    #[test]
    fn a_key_in_place_of_a_host_is_not_quoted() {
        let secret = "y0_a_a00_a0a_Aa0-_aaaAAAA00AA000-";
        let json = format!(r#"{{"apiKey": "k", "baseUrl": "https://{secret}"}}"#);
        let error = ClientBuilder::from_json(&json).and_then(ClientBuilder::build).unwrap_err();
        assert_eq!(part_of(secret, &error.to_string()), None, "{error}");
        assert!(error.to_string().contains("baseUrl"), "{error}");
    }

    /// Eight letters of the secret that stand in the text, in whatever case.
    fn part_of(secret: &str, text: &str) -> Option<String> {
        let text = text.to_lowercase();
        let letters: Vec<char> = secret.to_lowercase().chars().collect();
        letters.windows(8).map(String::from_iter).find(|part| text.contains(part.as_str()))
    }
}
