//! Two processes on one business know nothing of each other: the service's 420s are all that they
//! learn, and both finish their work.

use std::process::Command;

use ymchat::{Client, HistoryOptions};
use ymchat_sandbox::{Operation, Sandbox};

use crate::program;
use crate::support::{new_chat, s, written};

const CHILD: &str = "YMCHAT_TEST_CHILD";
const THREADS: usize = 6;
const ROUNDS: usize = 6;

/// Not a test of its own: what the other process does.
#[test]
fn child() {
    let Ok(config) = std::env::var(CHILD) else { return };
    let config: serde_json::Value = serde_json::from_str(&config).unwrap();
    let (name, chat) = (config["name"].as_str().unwrap(), config["chat"].as_i64().unwrap());
    work(&Client::from_json(&config["client"].to_string()).unwrap(), name, chat);
    println!("{name} is done");
}

fn text(name: &str, thread: usize, round: usize) -> String {
    format!("{name} {thread}/{round}")
}

fn work(client: &Client, name: &str, chat: i64) {
    std::thread::scope(|scope| {
        for thread in 0..THREADS {
            scope.spawn(move || {
                for round in 0..ROUNDS {
                    let text = text(name, thread, round);
                    client.send_message(chat, &text).unwrap();
                    let page = client.get_chat_history(chat, &HistoryOptions::new()).unwrap();
                    assert!(!page.messages.is_empty());
                    client.get_chat(chat).unwrap();
                }
            });
        }
    });
    let stats = client.stats();
    let sum = |of: fn(&ymchat::OperationStats) -> u64| stats.operations.iter().map(of).sum::<u64>();
    println!(
        "{name}: {} attempts, {} repeats, {} 420s",
        sum(|operation| operation.attempts),
        sum(|operation| operation.repeats),
        sum(|operation| operation.limited)
    );
}

#[test]
fn both_finish_all_their_work() {
    for parallel_limit in [4, 2] {
        let sandbox =
            Sandbox::builder().parallel_limit(parallel_limit).latency_ms(25).start().unwrap();
        let chat = new_chat(&sandbox);
        let child = |name: &str| {
            let config = serde_json::json!({
                "name": name, "chat": chat,
                "client": {
                    "apiKey": sandbox.api_key(), "businessId": sandbox.business_id(),
                    "baseUrl": sandbox.base_url(),
                },
            });
            let mut command = Command::new(std::env::current_exe().unwrap());
            command.args(["--exact", "two_processes::child", "--nocapture"]);
            program::start(command.env(CHILD, config.to_string()))
        };
        let children = ["first", "second"].map(child);
        // Both stand in each other's way only while both are there.
        assert!(sandbox.wait_for(s(20), |seen| seen.parallel_refusals > 0));
        let ends = children.map(program::Running::finish);
        for (name, end) in ["first", "second"].into_iter().zip(ends) {
            let said = String::from_utf8_lossy(&end.stdout);
            eprintln!("{said}");
            let errors = String::from_utf8_lossy(&end.stderr);
            assert!(end.status.success() && said.contains("is done"), "{name}: {said}{errors}");
        }
        let record = sandbox.record();
        for name in ["first", "second"] {
            for (thread, round) in (0..THREADS).flat_map(|t| (0..ROUNDS).map(move |r| (t, r))) {
                let text = text(name, thread, round);
                assert_eq!(written(&record, chat, &text).len(), 1, "{text}");
            }
        }
        let refused = record.traffic.requests.iter().filter(|r| r.status == Some(420)).count();
        let sends = record.traffic.of(Operation::SendMessageToChat).count();
        eprintln!("{refused} 420s, {sends} sends");
        assert!(refused > 0);
    }
}
