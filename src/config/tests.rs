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
