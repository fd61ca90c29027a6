//! Names, numbers and parameters, as the host asks for them.

use std::collections::HashSet;
use std::fs;

use crate::host::{everywhere, root};
use crate::table::{DefaultValue, METHODS, PROPERTIES};

#[test]
fn a_host_is_told_what_there_is() {
    everywhere(|host| {
        assert_eq!(host.line(&["classes"]), "YMChat");
        assert_eq!(host.line(&["attach"]), "3");
        assert_eq!(host.line(&["capabilities", "9"]), "3");
        host.object(0);
        assert_eq!(host.line(&["info", "0"]), "2000");
        assert_eq!(host.line(&["extension", "0"]), "1\tYMChat");
        let counts = format!("{}\t{}", PROPERTIES.len(), METHODS.len());
        assert_eq!(host.line(&["count", "0"]), counts);
        host.at(0).delete();
        host.is_clean();
    });
}

#[test]
fn only_its_own_class_is_made() {
    everywhere(|host| {
        assert_eq!(host.line(&["new", "0", "YMChat2"]), "0\t0");
        assert_eq!(host.line(&["new", "0", ""]), "0\t0");
        assert_eq!(host.line(&["new", "0"]), "0\t0");
        assert_eq!(host.line(&["nowhere"]), "0\t-1");
        assert_eq!(host.line(&["new", "0", "YMChat"]), "1\t1");
        assert_eq!(host.line(&["destroy", "0"]), "0\t1");
    });
}

#[test]
fn everything_is_found_by_both_names_in_any_case() {
    everywhere(|host| {
        host.object(0);
        let methods = METHODS.iter().map(|method| method.names).enumerate();
        let methods = methods.map(|found| ("method", found));
        let properties = PROPERTIES.iter().map(|property| property.names).enumerate();
        for (kind, (number, names)) in methods.chain(properties.map(|found| ("property", found))) {
            let number = number.to_string();
            for (alias, name) in names.into_iter().enumerate() {
                for written in [name.to_owned(), name.to_uppercase(), name.to_lowercase()] {
                    let found = host.line(&["find", "0", kind, &written]);
                    assert_eq!(found, number, "{kind} {written}");
                }
                let told = host.line(&["name", "0", kind, &number, &alias.to_string()]);
                assert_eq!(told, name);
            }
        }
        host.at(0).delete();
        host.is_clean();
    });
}

#[test]
fn what_does_not_exist_is_not_found() {
    everywhere(|host| {
        host.object(0);
        for kind in ["method", "property"] {
            assert_eq!(host.line(&["find", "0", kind]), "-1");
            for name in ["", "Отправить", "SendMessage ", "Send\\uD800Message", "КлючAPIКлючAPI"]
            {
                assert_eq!(host.line(&["find", "0", kind, name]), "-1", "{name}");
            }
            for number in ["-1", "1000", "2147483647"] {
                assert_eq!(host.line(&["name", "0", kind, number, "0"]), "null");
            }
            for alias in ["-1", "2"] {
                assert_eq!(host.line(&["name", "0", kind, "0", alias]), "null");
            }
        }
        for number in ["-1", "1000", "-2147483648"] {
            assert_eq!(host.line(&["parameters", "0", number]), "0");
            assert_eq!(host.line(&["result", "0", number]), "0");
            assert_eq!(host.line(&["readable", "0", number]), "0");
            assert_eq!(host.line(&["writable", "0", number]), "0");
            assert_eq!(host.line(&["default", "0", number, "0"]), "0\te");
            assert_eq!(host.line(&["default", "0", "0", number]), "0\te");
            assert_eq!(host.line(&["get", "0", number]), "0\te\t-");
            assert_eq!(host.line(&["set", "0", number, "s:a"]), "0\te\t-");
            assert_eq!(host.line(&["function", "0", number, "s:a"]), "0\te\t-");
            assert_eq!(host.line(&["procedure", "0", number]), "0\te\t-");
        }
        host.at(0).delete();
        host.is_clean();
    });
}

#[test]
fn parameters_are_told_as_the_table_has_them() {
    everywhere(|host| {
        host.object(0);
        for (number, method) in METHODS.iter().enumerate() {
            let number = number.to_string();
            let count = method.parameters.len().to_string();
            assert_eq!(host.line(&["parameters", "0", &number]), count);
            let result = if method.has_result { "1" } else { "0" };
            assert_eq!(host.line(&["result", "0", &number]), result);
            for (index, parameter) in method.parameters.iter().enumerate() {
                let told = host.line(&["default", "0", &number, &index.to_string()]);
                let wanted = match parameter.default {
                    None => "0\te",
                    Some(DefaultValue::EmptyText) => "1\ts:",
                    Some(DefaultValue::Zero) => "1\ti:0",
                };
                assert_eq!(told, wanted, "{} {index}", method.names[0]);
            }
        }
        for (number, property) in PROPERTIES.iter().enumerate() {
            let number = number.to_string();
            let is = |yes| if yes { "1" } else { "0" };
            assert_eq!(host.line(&["readable", "0", &number]), is(property.is_readable()));
            assert_eq!(host.line(&["writable", "0", &number]), is(property.is_writable()));
        }
        host.at(0).delete();
        host.is_clean();
    });
}

/// In the language of 1C, methods and properties of an object share their names, whatever the case.
#[test]
fn names_are_words_of_the_language_and_differ() {
    let methods = METHODS.iter().flat_map(|method| method.names);
    let properties = PROPERTIES.iter().flat_map(|property| property.names);
    let mut seen = HashSet::new();
    for name in methods.chain(properties) {
        assert!(seen.insert(name.to_lowercase()), "{name} twice");
        assert!(name.chars().all(char::is_alphanumeric), "{name}");
        assert!(name.starts_with(char::is_uppercase), "{name}");
    }
    for method in METHODS {
        let optional = method.parameters.iter().skip_while(|one| one.default.is_none());
        let all = optional.clone().all(|one| one.default.is_some());
        assert!(all, "{}: what may be left out stands at the end", method.names[0]);
    }
}

/// Functions of the C header that the add-in has no use for, or has by another name.
fn method_of(function: &str) -> Option<String> {
    let other = match function {
        "client_new" => "Open",
        "client_free" => "Close",
        "client_cancel" => "Cancel",
        "client_stats" => "Stats",
        // The platform reads JSON, has its own memory, and calls no function of its language back.
        "string_free" | "status_name" | "abi_version" | "client_scope" | "set_log_callback" => {
            return None;
        }
        json if json.starts_with("json_") => return None,
        callback if callback.ends_with("_with_progress") => return None,
        name => {
            let words = name.split('_').map(|word| word[..1].to_uppercase() + &word[1..]);
            return Some(words.collect());
        }
    };
    Some(other.to_owned())
}

#[test]
fn every_operation_of_the_c_header_is_a_method() {
    let header = fs::read_to_string(root().join("include/ymchat.h")).unwrap();
    let mut found = 0;
    for part in header.split("ymchat_").skip(1) {
        let name: String =
            part.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
        if !part[name.len()..].starts_with('(') {
            continue;
        }
        if let Some(method) = method_of(&name) {
            found += 1;
            let is_there = METHODS.iter().any(|one| one.names[0] == method);
            assert!(is_there, "ymchat_{name} is no method {method}");
        }
    }
    assert!(found >= 18, "the functions are not where they were: {found}");
}
