//! The Python binding: its own tests, and the quickstart, run by python3 against a simulated
//! Market in this process.

use std::env;
use std::io::Write;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::thread;

use ymchat::ChatStatus;
use ymchat_sandbox::{ChatRecord, Sandbox};

#[path = "common/outbox.rs"]
mod outbox;

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
    let output = command.output().unwrap_or_else(|error| {
        panic!("python3 is needed to test the Python binding, and does not start: {error}")
    });
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

#[test]
fn the_quickstart_prints_the_transcript() {
    let sandbox = Sandbox::builder().auto_reply(true).start().unwrap();
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
