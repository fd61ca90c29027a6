//! Memory: all of it is the host's, and the host may have none.

use std::process::Command;

use ymchat_sandbox::{Operation, Sandbox};

use crate::host::{Host, Reply, everywhere, say, text};
use crate::table::{METHODS, PROPERTIES};

#[test]
fn a_host_without_memory_is_told_so() {
    everywhere(|host| {
        let sandbox = Sandbox::start().unwrap();
        host.object(0).open(&sandbox);
        assert_eq!(host.line(&["grant", "0"]), "granted");
        assert_eq!(host.line(&["extension", "0"]), "0\tnull");
        for (kind, count) in [("method", METHODS.len()), ("property", PROPERTIES.len())] {
            for number in 0..count {
                assert_eq!(host.line(&["name", "0", kind, &number.to_string(), "1"]), "null");
            }
        }
        assert_eq!(host.line(&["default", "0", "0", "0"]), "0\te");
        let mut object = host.at(0);
        for property in ["Кабинет", "АдресСервиса", "Язык"] {
            let reply = object.get(property);
            assert_eq!((reply.returned, reply.value.as_str()), (false, "e"), "{property}");
        }
        let reply = object.call("Версия", &[]);
        assert!(reply.failure().contains("нет памяти"), "{reply:?}");
        // A message that was sent may not look like one that was not.
        let send = [text("4000006"), text("Здравствуйте!")];
        let reply = object.call("ОтправитьСообщение", &send);
        assert!(reply.failure().contains("вызов выполнен"), "{reply:?}");
        object.host.line(&["grant", "-1"]);
        let document = object.last_error();
        assert_eq!((&document["status"], &document["outcome"]), (&10.into(), &"unknown".into()));
        assert_eq!(sandbox.traffic().of(Operation::SendMessageToChat).count(), 1);
        object.delete();
        host.is_clean();
    });
}

#[test]
fn an_object_without_a_memory_manager_refuses() {
    everywhere(|host| {
        assert_eq!(host.line(&["new", "0", "YMChat"]), "1\t1");
        assert_eq!(host.line(&["initnull", "0"]), "0\t0");
        assert_eq!(host.line(&["name", "0", "method", "0", "0"]), "null");
        let version = host.number("Version").to_string();
        assert_eq!(host.line(&["function", "0", &version]), "0\te\t-");
        assert_eq!(host.line(&["locale", "0", "ru"]), "set");
        assert_eq!(host.line(&["delete", "0", "0"]), "deleted");
        host.is_clean();
    });
}

#[test]
fn long_results_have_the_memory_of_their_size() {
    everywhere(|host| {
        let sandbox = Sandbox::start().unwrap();
        let mut object = host.object(0);
        object.open(&sandbox);
        // The host checks the guards of each, and that it ends with a NUL.
        let all = object.call("ПолучитьСообщенияПосле", &[text("4000046")]).json();
        assert!(all["messages"].as_array().unwrap().len() > 200);
        assert_eq!(object.host.line(&["live"]), "0");
        object.delete();
    });
}

/// A whole life under valgrind: nothing is read or written beside what it should be, nothing is
/// lost.
#[test]
fn valgrind_finds_nothing() {
    let test = "onec::valgrind_finds_nothing";
    let options =
        ["-q", "--error-exitcode=9", "--leak-check=full", "--errors-for-leak-kinds=definite"];
    let Some(platform) = Host::valgrind(&options) else {
        say(&format!("NOT RUN: {test}, because there is no valgrind (or no C compiler)"));
        return;
    };
    let sandbox = Sandbox::start().unwrap();
    let mut host = Host::start(&platform);
    let mut object = host.object(0);
    object.open(&sandbox);
    object.call("ПолучитьЧаты", &[text(r#"{"limit": 2}"#)]).json();
    let answer = [text("4000006"), text("Здравствуйте! 📦")];
    assert_eq!(object.call("ОтправитьСообщение", &answer).json()["outcome"], "sent");
    assert!(object.call("ПолучитьЧат", &["r:0.5".into()]).thrown.is_some());
    assert!(object.last_error()["message"].is_string());
    assert!(
        object.call("ОтправитьФайл", &[text("4000006"), "x:00".into(), text("a.bin")]).returned
    );
    object.host.line(&["grant", "0"]);
    assert!(!object.call("Версия", &[]).returned);
    object.host.line(&["grant", "-1"]);
    // As 1C ends it, and as OneScript does.
    host.object(1).open(&sandbox);
    assert_eq!(host.line(&["done", "1"]), "done");
    assert_eq!(host.line(&["destroy", "1"]), "0\t1");
    host.at(0).delete();
    host.is_clean();
    host.end();
}

/// The check is on: memory that the host keeps for ever is found.
#[test]
fn valgrind_would_find_a_leak() {
    let options =
        ["-q", "--error-exitcode=9", "--leak-check=full", "--errors-for-leak-kinds=definite"];
    let Some(platform) = Host::valgrind(&options) else { return };
    let mut command = Command::new(&platform.runner()[0]);
    command.args(&platform.runner()[1..]).arg(platform.program()).arg(platform.library());
    let script = "new\t0\tYMChat\nmemory\t0\nnew\t0\tYMChat\n";
    let output = crate::program::feed(&mut command, script.as_bytes());
    assert_eq!(output.status.code(), Some(9), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn the_host_sees_what_is_left_behind() {
    everywhere(|host| {
        host.object(0);
        let number = host.number("Version").to_string();
        let answer = host.line(&["start", "0", "1", "0", &number]);
        assert_eq!(answer, "started");
        let reply = Reply::parse(&host.line(&["join", "0"]));
        assert!(reply.returned);
        assert_eq!(host.line(&["live"]), "0");
        assert_ne!(host.line(&["total"]), "0");
        host.at(0).delete();
    });
}
