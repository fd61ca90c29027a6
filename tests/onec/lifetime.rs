//! Beginnings and ends: of objects, of calls, of the library.

use std::time::Duration;

use ymchat_sandbox::{Fault, FaultKind, Operation, Sandbox};

use crate::host::{Reply, everywhere, text};

/// Longer than any test, shorter than for ever.
const LONG: Duration = Duration::from_secs(100);

/// A Market whose histories take their time.
fn slow() -> Sandbox {
    let fault = Fault::new(FaultKind::Slow).on(Operation::GetChatHistory).delay_before_work(LONG);
    Sandbox::builder().fault(fault.times(u32::MAX)).start().unwrap()
}

fn history_is_asked_for(sandbox: &Sandbox) -> bool {
    sandbox.wait_for(LONG, |traffic| traffic.of(Operation::GetChatHistory).next().is_some())
}

#[test]
fn objects_end_as_the_two_hosts_end_them() {
    everywhere(|host| {
        // 1C:Enterprise: Init, then the memory; Done, then DestroyObject.
        assert_eq!(host.line(&["new", "0", "ymchat"]), "1\t1");
        assert_eq!(host.line(&["init", "0"]), "1");
        assert_eq!(host.line(&["memory", "0"]), "1");
        assert_eq!(host.line(&["done", "0"]), "done");
        assert_eq!(host.line(&["destroy", "0"]), "0\t1");
        // OneScript: Done, then delete, from whichever base class.
        for base in ["0", "1", "2", "3"] {
            host.object(0);
            assert_eq!(host.line(&["done", "0"]), "done");
            assert_eq!(host.line(&["delete", "0", base]), "deleted");
        }
        // Nothing was initialised.
        assert_eq!(host.line(&["new", "0", "YMChat"]), "1\t1");
        assert_eq!(host.line(&["destroy", "0"]), "0\t1");
        host.is_clean();
    });
}

#[test]
fn an_object_may_be_called_after_done_and_is_not_open() {
    everywhere(|host| {
        let sandbox = Sandbox::start().unwrap();
        host.object(0).open(&sandbox);
        assert_eq!(host.line(&["done", "0"]), "done");
        let mut object = host.at(0);
        // The host ends at an AddError after Done.
        let reply = object.call("ПолучитьЧаты", &[]);
        assert_eq!((reply.returned, reply.thrown), (false, None));
        assert!(object.last_error()["message"].as_str().unwrap().contains("не открыт"));
        assert_eq!(host.line(&["init", "0"]), "1");
        host.at(0).open(&sandbox);
        assert!(host.at(0).call("ПолучитьЧаты", &[]).returned);
        host.at(0).delete();
        host.is_clean();
    });
}

#[test]
fn a_destroyed_object_that_is_called_does_nothing() {
    everywhere(|host| {
        host.object(0);
        assert_eq!(host.line(&["done", "0"]), "done");
        assert_eq!(host.line(&["destruct", "0", "0"]), "destroyed");
        let number = host.number("Version").to_string();
        assert_eq!(host.line(&["function", "0", &number]), "0\te\t-");
        // What the host clears is whole.
        assert_eq!(host.line(&["get", "0", "0"]), "0\te\t-");
        assert_eq!(host.line(&["default", "0", "0", "0"]), "0\te");
        assert_eq!(host.line(&["set", "0", "0", "s:a"]), "0\te\t-");
        assert_eq!(host.line(&["name", "0", "method", "0", "0"]), "null");
        assert_eq!(host.line(&["delete", "0", "1"]), "deleted");
        host.is_clean();
    });
}

#[test]
fn another_thread_ends_a_call() {
    everywhere(|host| {
        let sandbox = slow();
        host.object(0).open(&sandbox);
        let number = host.number("GetChatHistory").to_string();
        assert_eq!(host.line(&["start", "1", "1", "0", &number, "i:4000006"]), "started");
        assert!(history_is_asked_for(&sandbox));
        assert!(host.at(0).procedure("Отменить", &[]).returned);
        let reply = Reply::parse(&host.line(&["join", "1"]));
        assert!(reply.failure().contains("вызов отменён"), "{reply:?}");
        // The object is open, and may be called again.
        assert!(host.at(0).call("ПолучитьЧаты", &[]).returned);
        host.at(0).delete();
        host.is_clean();
    });
}

#[test]
fn an_object_is_destroyed_in_the_middle_of_a_call() {
    everywhere(|host| {
        let sandbox = slow();
        let number = host.number("GetChatHistory").to_string();
        for end in [vec!["done", "0"], vec!["delete", "0", "0"], vec!["destroy", "0"]] {
            sandbox.clear_record();
            host.object(0).open(&sandbox);
            assert_eq!(host.line(&["start", "1", "1", "0", &number, "i:4000006"]), "started");
            assert!(history_is_asked_for(&sandbox));
            // It waits for the call, which it has ended.
            host.line(&end);
            let reply = Reply::parse(&host.line(&["join", "1"]));
            assert!(!reply.returned && reply.value == "e", "{reply:?}");
            // A call that goes on would ask again after its time-out.
            assert_eq!(sandbox.traffic().of(Operation::GetChatHistory).count(), 1);
            if end[0] == "done" {
                host.line(&["delete", "0", "0"]);
            }
            host.is_clean();
        }
    });
}

/// An exception may unwind the form that holds the object.
#[test]
fn an_object_is_ended_while_the_host_is_told_of_an_error() {
    everywhere(|host| {
        let sandbox = Sandbox::start().unwrap();
        for end in ["done", "delete", "destroy"] {
            host.object(0).open(&sandbox);
            assert_eq!(host.line(&["aterror", "0", end]), "set");
            let reply = host.at(0).call("ПолучитьЧат", &[text("нет")]);
            assert!(reply.failure().contains("целое число"), "{end}: {reply:?}");
            if end == "done" {
                // It is closed, and may begin again.
                let reply = host.at(0).call("ПолучитьЧаты", &[]);
                assert_eq!((reply.returned, reply.thrown), (false, None));
                assert_eq!(host.line(&["init", "0"]), "1");
                host.at(0).open(&sandbox);
                host.at(0).delete();
            }
            // A property is set, and the host ends the object because of what it is told.
            host.object(0);
            assert_eq!(host.line(&["aterror", "0", end]), "set");
            let reply = host.at(0).set("Язык", text("эльфийский"));
            assert!(!reply.returned && reply.thrown.is_some(), "{end}: {reply:?}");
            if end == "done" {
                host.at(0).delete();
            }
            host.is_clean();
        }
    });
}

#[test]
fn two_objects_work_in_two_threads() {
    everywhere(|host| {
        let sandbox = Sandbox::start().unwrap();
        host.object(0).open(&sandbox);
        host.object(1).open(&sandbox);
        let number = host.number("CheckMessage").to_string();
        let wrong = host.number("GetChat").to_string();
        let words = text("Пишите на shop@mail.ru 📦");
        assert_eq!(host.line(&["start", "1", "300", "0", &number, &words]), "started");
        assert_eq!(host.line(&["start", "2", "300", "1", &wrong, "r:0.5"]), "started");
        assert_eq!(host.line(&["start", "3", "5", "0", &wrong, "i:4000006"]), "started");
        let found = Reply::parse(&host.line(&["join", "1"]));
        assert!(found.text().contains("shop@mail.ru"));
        let refused = Reply::parse(&host.line(&["join", "2"]));
        assert!(refused.failure().contains("целое число"));
        let chat = Reply::parse(&host.line(&["join", "3"]));
        assert!(chat.json()["chatId"] == 4_000_006);
        host.at(0).delete();
        host.at(1).delete();
        host.is_clean();
    });
}

/// Rust's thread-local keys are never given back: on Windows, the library would run out of them after
/// some hundred rounds, and end the process, if it did not stay loaded.
#[test]
fn it_is_loaded_and_unloaded_many_times() {
    everywhere(|host| {
        let sandbox = Sandbox::start().unwrap();
        let configuration = format!(
            r#"{{"apiKey": "{}", "baseUrl": "{}"}}"#,
            sandbox.api_key(),
            sandbox.base_url()
        );
        assert_eq!(host.line(&["reload", "1200", &text(&configuration)]), "1200");
        host.is_clean();
    });
}
