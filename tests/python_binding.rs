//! The Python binding: its own tests, and the quickstart, run by python3 against a simulated
//! Market in this process.

use std::env;
use std::io::Write;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::thread;
use std::time::Duration;

use ymchat::ChatStatus;
use ymchat_sandbox::{ChatRecord, NewChat, NotificationLog, NotificationSettings, Sandbox};

#[path = "common/inbox.rs"]
mod inbox;
#[path = "common/outbox.rs"]
mod outbox;
#[path = "common/program.rs"]
mod program;

use program::Running;

/// The part of every fake key that no test may ever print.
const SECRET: &str = "s3cr3t-k3y";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The shared library that was built together with this test: it lies beside the test's program.
/// The one in the folder above may be older: only `cargo build` writes it.
fn library() -> PathBuf {
    let name = format!("{}ymchat{}", env::consts::DLL_PREFIX, env::consts::DLL_SUFFIX);
    let library = env::current_exe().unwrap().with_file_name(name);
    assert!(library.is_file(), "{} is missing: build the whole package", library.display());
    library
}

fn python(arguments: &[&str], environment: &[(&str, &str)]) -> Output {
    let mut command = Command::new("python3");
    command
        .args(arguments)
        .current_dir(root())
        .env("YMCHAT_LIBRARY", library())
        .env("PYTHONPATH", root().join("bindings/python"))
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .envs(environment.iter().copied());
    // It is needed here, unlike the other languages.
    let output = program::run(&mut command);
    for said in [&output.stdout, &output.stderr] {
        let said = String::from_utf8_lossy(said);
        assert!(!said.contains(SECRET), "a credential was printed:\n{said}");
    }
    output
}

#[test]
fn python_is_new_enough() {
    let check = "import sys; sys.exit(sys.version_info < (3, 10))";
    assert!(python(&["-c", check], &[]).status.success(), "python3 must be 3.10 or newer");
}

/// Answers each connection with the address of a new Market: tests that run in one process would
/// share what it knows of limits and sends. Gives the address to connect to.
fn new_markets() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    thread::spawn(move || {
        let mut last = None;
        for connection in listener.incoming() {
            let market = Sandbox::start().unwrap();
            connection.unwrap().write_all(market.base_url().as_bytes()).unwrap();
            // The one before ends.
            last = Some(market);
        }
        drop(last);
    });
    address
}

#[test]
fn its_own_tests_pass() {
    let markets = new_markets();
    let tests = ["-W", "error", "-m", "unittest", "discover", "-s", "bindings/python/tests"];
    let output = python(&tests, &[("YMCHAT_TEST_MARKETS", &markets)]);
    let report = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}{report}", String::from_utf8_lossy(&output.stdout));
    // unittest is content with no tests at all.
    let ran = report.split("\nRan ").nth(1).and_then(|rest| rest.split(' ').next());
    let ran: usize = ran.and_then(|number| number.parse().ok()).unwrap_or(0);
    assert!(ran >= 80, "only {ran} tests ran:\n{report}");
    // What could not be tested here has its reason in the report.
    if let Some(skipped) = report.split("skipped=").nth(1) {
        println!("NOT RUN: {} of the Python tests", skipped.split(')').next().unwrap());
    }
}

#[test]
fn the_outbox_is_killed_and_sends_each_reply_once() {
    let table = Path::new(env!("CARGO_TARGET_TMPDIR")).join("outbox.sqlite");
    let _ = std::fs::remove_file(&table);
    outbox::is_killed_and_sends_each_reply_once(|arguments| {
        let mut command = Command::new("python3");
        command.arg("examples/outbox.py").arg(&table).args(arguments).current_dir(root());
        command.env("YMCHAT_LIBRARY", library());
        command.env("PYTHONPATH", root().join("bindings/python"));
        command.env("PYTHONDONTWRITEBYTECODE", "1");
        command
    });
}

/// The messages in a table of examples/inbox.py.
fn rows(table: &Path) -> inbox::Rows {
    let read = "import sqlite3, sys
db = sqlite3.connect(sys.argv[1], timeout=60)
if db.execute(\"SELECT 1 FROM sqlite_master WHERE name = 'message'\").fetchone():
    for row in db.execute('SELECT chat_id, message_id FROM message'):
        print(*row)";
    let output = python(&["-c", read, table.to_str().unwrap()], &[]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    let row = |line: &str| {
        let (chat, message) = line.split_once(' ')?;
        Some((chat.parse().ok()?, message.parse().ok()?))
    };
    text.lines().map(|line| row(line).unwrap()).collect()
}

fn example(name: &str) -> Command {
    let mut command = Command::new("python3");
    command.arg(format!("examples/{name}")).current_dir(root());
    command.env("YMCHAT_LIBRARY", library());
    command.env("PYTHONPATH", root().join("bindings/python"));
    command.env("PYTHONDONTWRITEBYTECODE", "1");
    command
}

fn fresh_table(name: &str) -> PathBuf {
    let table = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    for ending in ["", "-journal"] {
        let _ = std::fs::remove_file(format!("{}{ending}", table.display()));
    }
    table
}

#[test]
fn the_inbox_is_killed_and_receives_each_message_once() {
    let table = fresh_table("inbox.sqlite");
    let program = || {
        let mut command = example("inbox.py");
        command.arg(&table);
        command
    };
    // The table itself has no journal that lasts: it is there while a transaction is written.
    let journal = PathBuf::from(format!("{}-journal", table.display()));
    let mut written = || journal.exists();
    inbox::is_killed_and_receives_each_message_once(program, || rows(&table), &mut written);
}

#[test]
fn the_inbox_prints_the_transcript() {
    let folder = inbox::fresh_folder("inbox-python");
    let program = |arguments: &[&str]| {
        let mut command = example("inbox.py");
        command.arg(folder.join("inbox.sqlite")).args(arguments);
        command
    };
    inbox::is_the_transcript(&inbox::conversation(program, &folder));
}

/// Notifications come twice, and while the receiver is not there.
#[test]
fn the_receiver_brings_what_the_market_tells_of() {
    let table = fresh_table("receiver.sqlite");
    let sandbox = Sandbox::builder().seeded(false).start().unwrap();
    let chat = sandbox.start_chat(NewChat::direct("Где мой заказ?")).unwrap();
    let start = || {
        let mut command = example("receiver.py");
        command.arg(&table).arg("0").env("RECEIVER_ALLOW_FROM", "127.0.0.1");
        let mut receiver = program::start(&mut inbox::with(command, &sandbox));
        let first = receiver.line().unwrap();
        let port = first.strip_prefix("listening on port ").unwrap();
        let url = format!("http://127.0.0.1:{port}/notification");
        sandbox.set_notifications(NotificationSettings::to(url).duplicates(1)).unwrap();
        receiver
    };
    // Each line stands for a commit.
    let wait = |receiver: &mut Running, row: (i64, i64)| {
        while !rows(&table).contains(&row) {
            receiver.line().expect("the message comes");
        }
    };
    let mut receiver = start();
    let message = sandbox.write_as_customer(chat, "Алло?").unwrap();
    wait(&mut receiver, (chat, message));
    let answered = |log: &NotificationLog| log.notifications.len() == 4 && log.all_answered();
    let log = || format!("{:#?}", sandbox.notifications());
    assert!(sandbox.wait_for_notifications(inbox::PATIENCE, answered), "{}", log());
    let problems = sandbox.notifications().notifications.into_iter();
    let problems: Vec<_> =
        problems.flat_map(|record| record.attempts).filter_map(|attempt| attempt.problem).collect();
    assert_eq!(problems, [""; 0]);

    receiver.kill();
    let unanswered = |log: &NotificationLog| {
        log.notifications.len() == 6 && log.notifications[4..].iter().all(|n| n.attempts_made == 1)
    };
    // Dates are in whole seconds: what is written in the second of a reading comes later.
    sandbox.advance_clock(Duration::from_secs(5));
    let message = sandbox.write_as_customer(chat, "Вы здесь?").unwrap();
    assert!(sandbox.wait_for_notifications(inbox::PATIENCE, unanswered), "{}", log());
    let mut receiver = start();
    wait(&mut receiver, (chat, message));
    sandbox.advance_clock(Duration::from_secs(60));
    let answered = NotificationLog::all_answered;
    assert!(sandbox.wait_for_notifications(inbox::PATIENCE, answered), "{}", log());
    let message = sandbox.write_as_customer(chat, "Спасибо").unwrap();
    wait(&mut receiver, (chat, message));
    assert_eq!(inbox::sorted(rows(&table)), inbox::everything(&sandbox));
    receiver.kill();
}

#[test]
fn the_quickstart_prints_the_transcript() {
    let sandbox = Sandbox::builder().auto_reply(true).big_ids(true).start().unwrap();
    let business = sandbox.business_id().to_string();
    let environment = [
        ("YMCHAT_BASE_URL", sandbox.base_url()),
        ("YMCHAT_API_KEY", sandbox.api_key()),
        ("YMCHAT_BUSINESS_ID", &business),
    ];
    let output = python(&["examples/quickstart.py", "--simulated"], &environment);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let wanted = std::fs::read_to_string(root().join("examples/quickstart.txt")).unwrap();
    assert_eq!(String::from_utf8(output.stdout).unwrap(), wanted);

    let output = python(&["examples/quickstart.py", "--simulate"], &environment);
    assert_eq!(output.status.code(), Some(2));
    let elsewhere = [("YMCHAT_BASE_URL", "https://example.org"), environment[1], environment[2]];
    let output = python(&["examples/quickstart.py", "--simulated"], &elsewhere);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).starts_with("quickstart: --simulated needs"));
}

/// The fenced blocks of a page that begin with this line.
fn examples(page: &str, fence: &str) -> Vec<String> {
    let text = std::fs::read_to_string(root().join(page)).unwrap();
    let fence_line = format!("```{fence}\n");
    let blocks = text.split(&fence_line).skip(1);
    let blocks: Vec<String> =
        blocks.map(|block| block.split("```").next().unwrap().to_owned()).collect();
    assert!(!blocks.is_empty(), "{page} has no example that begins with ```{fence}");
    blocks
}

/// Each is run as it stands, but for the key and the address.
#[test]
fn the_examples_of_the_documentation_answer_everybody() {
    for page in ["README.md", "docs/python.md"] {
        for example in examples(page, "python") {
            let sandbox = Sandbox::start().unwrap();
            let mine = format!(
                "ymchat.Client(base_url={:?}, api_key={:?}, business_id={}",
                sandbox.base_url(),
                sandbox.api_key(),
                sandbox.business_id()
            );
            let theirs = "ymchat.Client(api_key=\"ACMA:…\", business_id=1003417";
            assert!(example.contains(theirs), "{page}: {example}");
            let output = python(&["-c", &example.replace(theirs, &mine)], &[]);
            let said = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success() && said.is_empty(), "{page}: {said}");
            let waits = |chat: &ChatRecord| {
                let status = chat.chat.status.as_ref().map(ChatStatus::as_str);
                status.is_some_and(|status| ["NEW", "WAITING_FOR_PARTNER"].contains(&status))
            };
            let waiting = sandbox.record().chats.into_iter().filter(waits);
            assert_eq!(waiting.count(), 0, "{page}: somebody still waits");
        }
    }
}

/// The page shows how to do without the package: the shared library and ctypes.
#[test]
fn the_example_with_ctypes_alone_lists_the_chats() {
    let sandbox = Sandbox::start().unwrap();
    let business = sandbox.business_id().to_string();
    let environment = [
        ("YMCHAT_BASE_URL", sandbox.base_url()),
        ("YMCHAT_API_KEY", sandbox.api_key()),
        ("YMCHAT_BUSINESS_ID", &business),
    ];
    let program = &examples("docs/python.md", "python ctypes")[0];
    // Isolated: no package of this project is in reach.
    let output = python(&["-I", "-c", program], &environment);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.is_empty(), "{said}");
    let printed = String::from_utf8(output.stdout).unwrap();
    assert!(printed.lines().any(|line| line == "4000006 WAITING_FOR_PARTNER"), "{printed}");

    let environment = [environment[0], ("YMCHAT_API_KEY", "ACMA:wrong"), environment[2]];
    let output = python(&["-I", "-c", program], &environment);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("RuntimeError: UNAUTHORIZED: getChats: "), "{said}");
}
