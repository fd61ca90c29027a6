//! The settings, as properties and as JSON.

use std::fs;

use ymchat_sandbox::Sandbox;

use crate::host::{everywhere, root, text};
use crate::table::{Holds, PROPERTIES, Takes};

/// Any value that a property takes, and what is read afterwards.
fn example(takes: Takes) -> (String, &'static str) {
    match takes {
        Takes::Text => (text("значение \u{1f4e6}"), "s:значение \u{1f4e6}"),
        Takes::Id => (text("9007199254740993"), "s:9007199254740993"),
        Takes::Whole => ("r:1500".into(), "i:1500"),
        Takes::Flag => ("b:1".into(), "b:1"),
        Takes::List => {
            (text("*.yandex.net, files.example.org:8443"), "s:*.yandex.net,files.example.org:8443")
        }
        other => panic!("no property takes {other:?}"),
    }
}

#[test]
fn every_setting_is_kept_and_taken_away() {
    everywhere(|host| {
        let mut object = host.object(0);
        for property in PROPERTIES {
            let Holds::Setting { takes, is_secret, .. } = property.holds else { continue };
            let name = property.names[0];
            let (value, read) = example(takes);
            if !is_secret {
                assert_eq!(object.get(name).value, "e", "{name}");
            }
            assert!(object.set(name, value).returned, "{name}");
            let got = object.get(name);
            assert_eq!(
                (got.returned, got.value.as_str()),
                if is_secret { (false, "e") } else { (true, read) }
            );
            assert!(object.set(property.names[1], "e".into()).returned);
            assert_eq!(object.get(name).value, "e");
            let wrong = if takes == Takes::Flag { "s:1" } else { "b:1" };
            let reply = object.set(name, wrong.into());
            assert!(reply.failure().contains(property.names[1]), "{reply:?}");
            assert_eq!(object.last_error()["name"], "INVALID_ARGUMENT");
        }
        for (name, number) in [("MaxResponseBytes", "i:-1"), ("MaxResponseBytes", "r:0.5")] {
            assert!(object.set(name, number.into()).failure().contains("НаибольшийОтвет"));
        }
        // More than an I4 holds.
        assert!(object.set("MaxResponseBytes", "r:3000000000".into()).returned);
        assert_eq!(object.get("MaxResponseBytes").value, "r:3000000000");
        object.delete();
        host.is_clean();
    });
}

#[test]
fn read_only_properties_are_not_set() {
    everywhere(|host| {
        let mut object = host.object(0);
        for name in ["LastError", "IsOpen"] {
            assert!(!object.set(name, text("a")).returned);
        }
        assert_eq!(object.get("ПоследняяОшибка").value, "s:");
        assert_eq!(object.get("Открыта").value, "b:0");
        object.delete();
    });
}

#[test]
fn json_counts_for_more_than_properties() {
    everywhere(|host| {
        let sandbox = Sandbox::start().unwrap();
        let mut object = host.object(0);
        object.set("ApiKey", text("ACMA:wrong"));
        object.set("BusinessId", text("5"));
        object.set("CallTimeoutMs", "i:60000".into());
        let json = format!(
            r#"{{"apiKey": "{}", "businessId": "{}", "baseUrl": "{}"}}"#,
            sandbox.api_key(),
            sandbox.business_id(),
            sandbox.base_url()
        );
        assert!(object.procedure("Открыть", &[text(&json)]).returned);
        assert_eq!(object.get("IsOpen").value, "b:1");
        assert!(object.call("ПолучитьЧаты", &[]).json()["chats"].is_array());
        // What was set is a setting all the same.
        assert_eq!(object.get("Кабинет").value, "s:5");
        object.delete();
        host.is_clean();
    });
}

#[test]
fn a_wrong_configuration_is_explained() {
    everywhere(|host| {
        let mut object = host.object(0);
        for (json, words) in [
            ("", "apiKey"),
            ("{}", "apiKey"),
            ("[]", "JSON"),
            ("{", "JSON"),
            (r#"{"apiKee": "a"}"#, "apiKee"),
            (r#"{"apiKey": "a", "apiKey": "b"}"#, "два раза"),
            (r#"{"apiKey": "a", "businessId": 0}"#, "businessId"),
            (r#"{"apiKey": "a", "language": "fr"}"#, "\"ru\""),
        ] {
            let reply = object.procedure("Открыть", &[text(json)]);
            assert!(reply.failure().starts_with("Открыть: "), "{json}: {reply:?}");
            assert!(reply.failure().contains(words), "{json}: {reply:?}");
            assert_eq!(object.last_error()["status"], 1);
            assert_eq!(object.get("IsOpen").value, "b:0");
        }
        // A property that does not fit is found at the same place.
        object.set("ApiKey", text("ACMA:example"));
        object.set("MaxAttempts", "i:1000".into());
        assert!(object.procedure("Open", &[]).failure().contains("maxAttempts"));
        object.set("MaxAttempts", "i:3".into());
        assert!(object.procedure("Open", &[]).returned);
        object.delete();
        host.is_clean();
    });
}

/// Each line of the table in docs/configuration.md begins with the names of its settings.
#[test]
fn every_setting_of_the_library_is_a_property() {
    let page = fs::read_to_string(root().join("docs/configuration.md")).unwrap();
    let rows = page.lines().filter(|line| line.starts_with("| `"));
    let names: Vec<&str> = rows
        .flat_map(|row| row.split('|').nth(1).unwrap_or_default().split('`').skip(1).step_by(2))
        .collect();
    assert!(names.len() >= 16, "the table is not where it was: {names:?}");
    for name in names {
        let found = PROPERTIES.iter().any(|property| match property.holds {
            Holds::Setting { key, .. } => key == name,
            Holds::Language => name == "language",
            _ => false,
        });
        assert!(found, "no property for {name}");
    }
}
