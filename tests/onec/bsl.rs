//! bindings/onec/bsl: the calls of the modules are those that the add-in has.
//!
//! Whether the modules are well-formed, bindings/onec/bsl/check.py says.

use std::fs;

use crate::host::root;
use crate::table::{METHODS, PROPERTIES};

/// Variables that hold the object, by what the modules call them.
const OBJECTS: [&str; 2] = ["Клиент", "Компонента"];

fn is_letter(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The text without comments.
fn code(module: &str) -> String {
    let lines = module.lines().map(|line| {
        let mut in_text = false;
        let end = line.char_indices().find(|(at, c)| {
            in_text ^= *c == '"';
            !in_text && line[*at..].starts_with("//")
        });
        &line[..end.map_or(line.len(), |(at, _)| at)]
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// How many arguments stand in the parentheses that open here.
fn arguments(text: &str) -> usize {
    let (mut depth, mut in_text, mut commas, mut any) = (0, false, 0, false);
    for c in text.chars() {
        match c {
            '"' => in_text = !in_text,
            _ if in_text => {}
            '(' => depth += 1,
            ')' if depth == 1 => return commas + usize::from(any),
            ')' => depth -= 1,
            ',' if depth == 1 => commas += 1,
            _ => {}
        }
        any |= depth >= 1 && c != '(' && !c.is_whitespace();
    }
    panic!("a call without an end: {text}");
}

/// What is said of the object: whatever is wrong with it, and how many uses there were.
fn uses(module: &str) -> (Vec<String>, usize) {
    let code = code(module);
    let (mut wrong, mut count) = (Vec::new(), 0);
    for object in OBJECTS {
        for (at, _) in code.match_indices(&format!("{object}.")) {
            if code[..at].ends_with(|c| is_letter(c) || c == '.') {
                continue;
            }
            count += 1;
            let rest = &code[at + object.len() + '.'.len_utf8()..];
            let name: String = rest.chars().take_while(|c| is_letter(*c)).collect();
            let after = rest[name.len()..].trim_start();
            if after.starts_with('(') {
                let given = arguments(after);
                match METHODS.iter().find(|method| method.names[1] == name) {
                    None => wrong.push(format!("no method {name}")),
                    Some(method) => {
                        let least =
                            method.parameters.iter().filter(|one| one.default.is_none()).count();
                        if !(least..=method.parameters.len()).contains(&given) {
                            wrong.push(format!("{name} has {given} parameters"));
                        }
                    }
                }
            } else {
                let assigned = after.starts_with("= ");
                match PROPERTIES.iter().find(|property| property.names[1] == name) {
                    None => wrong.push(format!("no property {name}")),
                    Some(property) if assigned && !property.is_writable() => {
                        wrong.push(format!("{name} cannot be set"));
                    }
                    Some(property) if !assigned && !property.is_readable() => {
                        wrong.push(format!("{name} cannot be read"));
                    }
                    Some(_) => {}
                }
            }
        }
    }
    (wrong, count)
}

#[test]
fn the_modules_call_what_the_add_in_has() {
    let directory = root().join("bindings/onec/bsl");
    let mut all = 0;
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "bsl") {
            let (wrong, count) = uses(&fs::read_to_string(&path).unwrap());
            assert!(wrong.is_empty(), "{}: {wrong:?}", path.display());
            all += count;
        }
    }
    assert!(all >= 15, "the calls are not where they were: {all}");
    let page = fs::read_to_string(root().join("docs/1c.ru.md")).unwrap();
    let examples: Vec<_> = page.split("```bsl\n").skip(1).collect();
    assert_eq!(examples.len(), 2);
    for example in examples {
        let (wrong, count) = uses(example.split("```").next().unwrap());
        assert!(wrong.is_empty() && count > 0, "{wrong:?}");
    }
}

/// The HTTP service and the scheduled job call the common module.
#[test]
fn what_is_called_of_the_module_is_exported_by_it() {
    let module = root().join("bindings/onec/bsl/common_module.bsl");
    let module = fs::read_to_string(module).unwrap();
    let service = root().join("bindings/onec/bsl/http_service.bsl");
    let service = code(&fs::read_to_string(service).unwrap());
    let jobs = code(&module);
    let mut found = 0;
    for text in [&service, &jobs] {
        for (at, before) in text.match_indices("ЧатыМаркета.") {
            // РегистрыСведений.ЧатыМаркета and ОтправкиВЧатыМаркета are others.
            if text[..at].ends_with(|c| is_letter(c) || c == '.') {
                continue;
            }
            let rest = &text[at + before.len()..];
            let name: String = rest.chars().take_while(|c| is_letter(*c)).collect();
            if name == "Отправка" {
                // An event of the log.
                continue;
            }
            found += 1;
            let is_exported = module.lines().any(|line| {
                let declared = line.strip_prefix("Функция ").or(line.strip_prefix("Процедура "));
                declared.is_some_and(|line| {
                    line.starts_with(&format!("{name}(")) && line.ends_with(") Экспорт")
                })
            });
            assert!(is_exported, "{name} is not exported");
        }
    }
    assert!(found >= 5, "{found}");
}

#[test]
fn what_is_wrong_is_found() {
    let wrong = |text: &str| uses(text).0;
    assert_eq!(wrong("Клиент.ПолучитьЧат(Номер(1), 2);"), ["ПолучитьЧат has 2 parameters"]);
    assert_eq!(wrong("А = Клиент.ПолучитьЧат();"), ["ПолучитьЧат has 0 parameters"]);
    assert_eq!(wrong("Клиент.ПолучитьЧаты(\"a, b\");"), [""; 0]);
    assert_eq!(wrong("Клиент.ПолучитьЧатик(1);"), ["no method ПолучитьЧатик"]);
    assert_eq!(wrong("Клиент.Ключ = 1;"), ["no property Ключ"]);
    assert_eq!(wrong("А = Клиент.КлючAPI;"), ["КлючAPI cannot be read"]);
    assert_eq!(wrong("Компонента.ПоследняяОшибка = 1;"), ["ПоследняяОшибка cannot be set"]);
    assert_eq!(wrong("// Клиент.Ключ = 1;\nА = \"//\" + Клиент.Ключ;"), ["no property Ключ"]);
}
