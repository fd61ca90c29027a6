//! The host of tests/onec/host.c, on the platforms that this machine can run.

use std::collections::HashMap;
use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use serde_json::Value as Json;
use ymchat_sandbox::Sandbox;

pub use crate::program::say;
use crate::program::{Running, is_installed, succeed, talk_to, text as text_of};
use crate::table::{METHODS, PROPERTIES};

/// The part of every fake key that no test may ever print.
const SECRET: &str = "s3cr3t-k3y";

pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A platform on which the add-in is loaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Platform {
    /// What comes before the program: nothing, valgrind, or wine.
    runner: Vec<String>,
    program: PathBuf,
    library: PathBuf,
}

/// Where the library is that was built together with this test: beside the test's program.
///
/// `YMCHAT_ONEC_LINUX` names another, such as that of a package.
pub fn library() -> PathBuf {
    if let Some(library) = env::var_os("YMCHAT_ONEC_LINUX") {
        return library.into();
    }
    let name = format!("{}ymchat_onec{}", env::consts::DLL_PREFIX, env::consts::DLL_SUFFIX);
    let library = env::current_exe().unwrap().with_file_name(name);
    assert!(library.is_file(), "{} is missing: build the whole workspace", library.display());
    library
}

fn compile(compiler: &str, name: &str, libraries: &[&str]) -> Option<PathBuf> {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join("onec");
    fs::create_dir_all(&directory).unwrap();
    let program = directory.join(name);
    if !is_installed(compiler, "--version") {
        return None;
    }
    let mut command = Command::new(compiler);
    command
        .args(["-std=c99", "-O1", "-g", "-Wall", "-Wextra", "-Werror", "-Wno-pedantic", "-o"])
        .arg(&program)
        .arg(root().join("tests/onec/host.c"));
    succeed(command.args(libraries));
    Some(program)
}

/// The platforms of this machine. This one is always among them where there is a C compiler; the
/// others need the library that was built for them, in `YMCHAT_ONEC_WIN64` and `YMCHAT_ONEC_WIN32`,
/// and what starts a program of that kind, in `YMCHAT_WINE64` (wine) and `YMCHAT_WINE32`.
pub fn platforms() -> &'static [Platform] {
    static PLATFORMS: OnceLock<Vec<Platform>> = OnceLock::new();
    PLATFORMS.get_or_init(|| {
        let mut found = Vec::new();
        match compile("cc", "host", &["-ldl", "-lpthread"]) {
            Some(program) => {
                found.push(Platform { runner: Vec::new(), program, library: library() });
            }
            None => say("NOT RUN: onec, because there is no C compiler (cc)"),
        }
        for (bits, compiler, usual) in
            [("64", "x86_64-w64-mingw32-gcc", Some("wine")), ("32", "i686-w64-mingw32-gcc", None)]
        {
            let library = env::var_os(format!("YMCHAT_ONEC_WIN{bits}"));
            let runner = match env::var(format!("YMCHAT_WINE{bits}")) {
                Ok(runner) => (!runner.is_empty()).then_some(runner),
                Err(_) => usual.map(str::to_owned),
            };
            let why = match (&library, &runner) {
                (None, _) => format!("YMCHAT_ONEC_WIN{bits} names no add-in"),
                (_, None) => format!("YMCHAT_WINE{bits} does not say how to start a program"),
                (Some(library), Some(runner)) => {
                    match compile(compiler, &format!("host{bits}.exe"), &[]) {
                        None => format!("{compiler} is not installed"),
                        Some(program) => {
                            found.push(Platform {
                                runner: runner.split(' ').map(str::to_owned).collect(),
                                program,
                                library: library.into(),
                            });
                            continue;
                        }
                    }
                }
            };
            say(&format!("NOT RUN: onec for Windows, {bits} bit, because {why}"));
        }
        found
    })
}

/// Runs a test on every platform.
pub fn everywhere(test: impl Fn(&mut Host)) {
    for platform in platforms() {
        let mut host = Host::start(platform);
        test(&mut host);
        host.end();
    }
}

/// A running host.
pub struct Host {
    pub platform: Platform,
    /// Until it has ended.
    running: Option<Running>,
    numbers: HashMap<String, usize>,
}

impl Platform {
    pub fn runner(&self) -> &[String] {
        &self.runner
    }

    pub fn program(&self) -> &Path {
        &self.program
    }

    pub fn library(&self) -> &Path {
        &self.library
    }
}

impl Host {
    pub fn start(platform: &Platform) -> Self {
        Self::start_with(platform, &[])
    }

    /// With something in its environment.
    pub fn start_with(platform: &Platform, environment: &[(&str, &str)]) -> Self {
        let program = [platform.program.clone().into(), platform.library.clone().into()];
        let mut words = platform.runner.iter().map(OsString::from).chain(program);
        let mut command = Command::new(words.next().unwrap());
        command
            .args(words)
            .envs(environment.iter().copied())
            // A panic's back-trace ends the process under wine, 32 bit.
            .env("RUST_BACKTRACE", "0")
            .env("WINEDEBUG", "-all");
        for variable in ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy"] {
            command.env_remove(variable);
        }
        let running = Some(talk_to(&mut command));
        let mut numbers = HashMap::new();
        for (number, method) in METHODS.iter().enumerate() {
            numbers.extend(method.names.map(|name| (name.to_owned(), number)));
        }
        for (number, property) in PROPERTIES.iter().enumerate() {
            numbers.extend(property.names.map(|name| (name.to_owned(), number)));
        }
        Host { platform: platform.clone(), running, numbers }
    }

    pub fn valgrind(options: &[&str]) -> Option<Platform> {
        let platform = platforms().first().filter(|platform| platform.runner.is_empty())?;
        let is_there = is_installed("valgrind", "--version");
        let runner = [&["valgrind"], options].concat().iter().map(|&part| part.into()).collect();
        is_there.then(|| Platform { runner, ..platform.clone() })
    }

    /// Its files have other names there.
    pub fn is_windows(&self) -> bool {
        self.platform.program.extension().is_some_and(|extension| extension == "exe")
    }

    /// Sends a line and reads its answer.
    pub fn line(&mut self, fields: &[&str]) -> String {
        let running = self.running.as_mut().unwrap();
        running.tell(&fields.join("\t"));
        let Some(answer) = running.line() else {
            let output = self.running.take().unwrap().finish();
            panic!("the host ended at {fields:?}: {}\n{}", output.status, text_of(&output));
        };
        assert!(!answer.contains(SECRET), "a credential was told at {:?}: {answer}", fields[0]);
        answer
    }

    /// A new object in a place, attached in OneScript's order.
    pub fn object(&mut self, place: usize) -> Object<'_> {
        let place = place.to_string();
        assert_eq!(self.line(&["new", &place, "YMChat"]), "1\t1");
        assert_eq!(self.line(&["memory", &place]), "1");
        assert_eq!(self.line(&["init", &place]), "1");
        Object { host: self, place }
    }

    /// An object that is there already.
    pub fn at(&mut self, place: usize) -> Object<'_> {
        Object { host: self, place: place.to_string() }
    }

    /// The number of a method or property.
    pub fn number(&self, name: &str) -> usize {
        *self.numbers.get(name).unwrap_or_else(|| panic!("no {name}"))
    }

    /// Everything that the host gave was given back.
    pub fn is_clean(&mut self) {
        assert_eq!(self.line(&["live"]), "0", "memory of the host is left");
    }

    /// Ends the host. It must end well.
    pub fn end(mut self) {
        let output = self.running.take().unwrap().finish();
        let (status, said) = (output.status, text_of(&output));
        assert!(status.success(), "{:?}: {status}\n{said}", self.platform);
    }
}

/// What a call gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    pub returned: bool,
    /// As the host prints it.
    pub value: String,
    /// The text of the exception.
    pub thrown: Option<String>,
}

impl Reply {
    pub fn parse(answer: &str) -> Self {
        let parts: Vec<&str> = answer.splitn(3, '\t').collect();
        let [returned, value, thrown] = parts[..] else { panic!("{answer}") };
        let thrown = (thrown != "-").then(|| {
            let text = thrown.strip_prefix("1006,1,");
            unescape(text.unwrap_or_else(|| panic!("another kind of error: {thrown}")))
        });
        Reply { returned: returned == "1", value: value.to_owned(), thrown }
    }

    /// The text that a call gave.
    pub fn text(&self) -> String {
        assert!(self.returned && self.thrown.is_none(), "{self:?}");
        let text = self.value.strip_prefix("s:").unwrap_or_else(|| panic!("no text: {self:?}"));
        unescape(text)
    }

    pub fn json(&self) -> Json {
        serde_json::from_str(&self.text()).unwrap()
    }

    /// The exception of a call that failed.
    pub fn failure(&self) -> &str {
        assert!(!self.returned && self.value == "e", "{self:?}");
        self.thrown.as_deref().unwrap_or_else(|| panic!("nothing was thrown: {self:?}"))
    }
}

/// An object of the host.
pub struct Object<'h> {
    pub host: &'h mut Host,
    pub place: String,
}

impl Object<'_> {
    pub fn call(&mut self, name: &str, values: &[String]) -> Reply {
        let number = self.host.number(name).to_string();
        self.call_number(&number, values)
    }

    pub fn call_number(&mut self, number: &str, values: &[String]) -> Reply {
        let mut fields = vec!["function", &self.place, number];
        fields.extend(values.iter().map(String::as_str));
        Reply::parse(&self.host.line(&fields))
    }

    pub fn procedure(&mut self, name: &str, values: &[String]) -> Reply {
        let number = self.host.number(name).to_string();
        let mut fields = vec!["procedure", &self.place, &number];
        fields.extend(values.iter().map(String::as_str));
        Reply::parse(&self.host.line(&fields))
    }

    pub fn get(&mut self, name: &str) -> Reply {
        let number = self.host.number(name).to_string();
        Reply::parse(&self.host.line(&["get", &self.place, &number]))
    }

    pub fn set(&mut self, name: &str, value: String) -> Reply {
        let number = self.host.number(name).to_string();
        Reply::parse(&self.host.line(&["set", &self.place, &number, &value]))
    }

    /// The document of the last error.
    pub fn last_error(&mut self) -> Json {
        self.get("LastError").json()
    }

    /// Opens a client for a simulated Market.
    pub fn open(&mut self, sandbox: &Sandbox) {
        for (name, value) in [
            ("КлючAPI", text(sandbox.api_key())),
            ("Кабинет", text(&sandbox.business_id().to_string())),
            ("АдресСервиса", text(sandbox.base_url())),
        ] {
            let reply = self.set(name, value);
            assert!(reply.returned && reply.thrown.is_none(), "{name}: {reply:?}");
        }
        let reply = self.procedure("Открыть", &[]);
        assert!(reply.returned, "{reply:?}");
    }

    /// Done and delete, as OneScript does.
    pub fn delete(self) {
        assert_eq!(self.host.line(&["done", &self.place]), "done");
        assert_eq!(self.host.line(&["delete", &self.place, "0"]), "deleted");
    }
}

/// A text as a value.
pub fn text(text: &str) -> String {
    format!("s:{}", escape(text))
}

pub fn blob(bytes: &[u8]) -> String {
    let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("x:{digits}")
}

pub fn escape(text: &str) -> String {
    let text = text.replace('\\', "\\\\").replace('\t', "\\t");
    text.replace('\n', "\\n").replace('\r', "\\r").replace('\0', "\\u0000")
}

fn unescape(text: &str) -> String {
    let mut parts = text.split('\\');
    let mut plain = parts.next().unwrap_or_default().to_owned();
    let mut was_backslash = false;
    for part in parts {
        if part.is_empty() && !was_backslash {
            plain.push('\\');
            was_backslash = true;
            continue;
        }
        let (sign, rest) = part.split_at(usize::from(!was_backslash));
        plain.push_str(match sign {
            "t" => "\t",
            "n" => "\n",
            "r" => "\r",
            "" => "",
            other => panic!("an escape {other} in {text}"),
        });
        plain.push_str(rest);
        was_backslash = false;
    }
    plain
}
