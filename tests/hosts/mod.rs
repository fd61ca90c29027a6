//! What the tests of the Pascal and the C# binding share: whom their programs talk to, and how they
//! are run.

use std::env;
use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use mockito::{Matcher, Server, ServerGuard};
use ymchat_sandbox::Sandbox;

#[path = "../common/program.rs"]
pub mod program;

pub use program::{is_installed, say, text};

/// The part of every fake key that no test may ever print.
const SECRET: &str = "s3cr3t-k3y";

pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The shared library that was built together with this test: it lies beside the test's program.
pub fn library() -> PathBuf {
    let name = format!("{}ymchat{}", env::consts::DLL_PREFIX, env::consts::DLL_SUFFIX);
    let library = env::current_exe().unwrap().with_file_name(name);
    assert!(library.is_file(), "{} is missing: build the whole workspace", library.display());
    library
}

/// An empty directory for what a compiler makes; each caller has its own name.
pub fn scratch(name: &str) -> PathBuf {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&directory);
    fs::create_dir_all(&directory).unwrap();
    directory
}

/// A program with the library in its environment.
pub fn command(command: &[&str]) -> Command {
    let mut all = Command::new(command[0]);
    all.args(&command[1..]).current_dir(root()).env("YMCHAT_LIBRARY", library());
    // Cargo's own would find the library where nobody has put it.
    all.env_remove("LD_LIBRARY_PATH");
    for variable in ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy"] {
        all.env_remove(variable);
    }
    all
}

/// Runs a program with the library in its environment.
pub fn run(command: &[&str], settings: &[(&str, String)]) -> Output {
    let mut all = self::command(command);
    all.envs(settings.iter().map(|(name, value)| (name, value)));
    let output = program::run(&mut all);
    assert!(!text(&output).contains(SECRET), "a credential was printed:\n{}", text(&output));
    output
}

/// The servers of a test program.
pub struct Servers {
    sandbox: Sandbox,
    odd: ServerGuard,
    /// Connections are made, and nobody ever answers.
    silent: TcpListener,
}

impl Servers {
    pub fn start() -> Self {
        Servers {
            sandbox: Sandbox::builder().big_ids(true).start().unwrap(),
            odd: odd_server(),
            silent: TcpListener::bind("127.0.0.1:0").unwrap(),
        }
    }

    /// What a test program finds in its environment.
    pub fn settings(&self) -> Vec<(&'static str, String)> {
        // A port that was free a moment ago, and that nobody will be given soon.
        let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        vec![
            ("MARKET_URL", self.sandbox.base_url().to_owned()),
            ("MARKET_BUSINESS", self.sandbox.business_id().to_string()),
            ("MARKET_KEY", self.sandbox.api_key().to_owned()),
            ("ODD_URL", self.odd.url()),
            ("SILENT_URL", format!("http://{}", self.silent.local_addr().unwrap())),
            ("NOBODY_URL", format!("http://{nobody}")),
            ("LIBRARY_VERSION", env!("CARGO_PKG_VERSION").to_owned()),
        ]
    }
}

/// A server that answers getChat of business 1: chats 400 to 599 with this HTTP status, chat 200
/// with what is no JSON, and chat 1 with what the real service may say one day.
fn odd_server() -> ServerGuard {
    let mut server = Server::new();
    let mut answer = |chat_id: &str, status: usize, body: &str| {
        server
            .mock("GET", "/v2/businesses/1/chat")
            .match_query(Matcher::UrlEncoded("chatId".into(), chat_id.into()))
            .with_status(status)
            .with_body(body)
            .create();
    };
    for status in [401, 403, 404, 420, 500] {
        answer(&status.to_string(), status, r#"{"status": "ERROR", "errors": []}"#);
    }
    answer(
        "400",
        400,
        r#"{"status": "ERROR", "errors": [
            {"code": "BAD_REQUEST", "message": "Чат закрыт 🙂"}, {"code": "OTHER"}]}"#,
    );
    answer("200", 200, "<html>");
    answer(
        "1",
        200,
        r#"{"status": "OK", "result": {
            "chatId": 9223372036854775807, "type": "PODCAST", "status": "ON_FIRE",
            "createdAt": "yesterday", "updatedAt": null, "future": {"a": [1, 2.50, null]},
            "context": {"type": "GALAXY", "customer": {"name": "Аня 🙂", "vip": true}}}}"#,
    );
    server
}

/// The quickstart of a language: its transcript, its arguments, its failures.
pub fn quickstart(command: &[&str]) {
    let expected = fs::read_to_string(root().join("examples/quickstart.txt")).unwrap();
    let sandbox = Sandbox::builder().auto_reply(true).big_ids(true).start().unwrap();
    let start = |arguments: &[&str], base_url: &str| {
        let settings = [
            ("YMCHAT_BASE_URL", base_url.to_owned()),
            ("YMCHAT_API_KEY", sandbox.api_key().to_owned()),
            ("YMCHAT_BUSINESS_ID", sandbox.business_id().to_string()),
        ];
        let output = run(&[command, arguments].concat(), &settings);
        (output.status.code(), text(&output))
    };
    let url = sandbox.base_url();
    assert_eq!(start(&["--simulated"], url), (Some(0), expected));
    let (code, said) = start(&[], url);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.ends_with("Nothing was sent. To answer: --send CHAT_ID TEXT\n"), "{said}");
    let (code, said) = start(&["--send", "4000006", "Уже\nищем!"], url);
    assert_eq!(code, Some(0), "{said}");
    let end = "New in chat 4000006:\n  Shop: Уже / ищем!\n  Customer: ";
    assert!(said.contains(end), "{said}");
    let (code, said) = start(&["--send", "four", "a"], url);
    assert!(code == Some(2) && said.starts_with("quickstart: the arguments"), "{said}");
    let (code, said) = start(&["--send", "1", "a"], url);
    assert!(code == Some(1) && said.contains("quickstart: getChatHistory"), "{said}");
    let (code, said) = start(&["--simulated"], "https://example.org");
    assert!(code == Some(1) && said.starts_with("quickstart: --simulated needs"), "{said}");
}

/// Libraries that do not fit, made in a directory, and what has to be said of each.
pub fn misfits(directory: &Path) -> Vec<(PathBuf, &'static str)> {
    let library = |name: &str, code: &str| {
        let source = directory.join(name).with_extension("c");
        fs::write(&source, code).unwrap();
        let library = directory.join(name).with_extension("so");
        let files = [library.to_str().unwrap(), source.to_str().unwrap()];
        program::succeed(Command::new("cc").args(["-shared", "-fPIC", "-o"]).args(files));
        library
    };
    let abi = |number: &str| format!("unsigned ymchat_abi_version(void) {{ return {number}; }}");
    vec![
        (library("newer", &abi("7 << 16")), " has the ABI 7.0, and "),
        (library("older", &abi("0")), " It is too old: install a newer library."),
        (library("poorer", &abi("0xffff")), " has no function ymchat_"),
        (library("other", "int other;"), " it has no function ymchat_abi_version."),
        (directory.join("absent.so"), " cannot be loaded: "),
    ]
}
