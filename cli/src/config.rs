//! Where the configuration comes from: the environment, a file, and a prompt for the key.

use std::ffi::OsString;
use std::fmt;
use std::fs::{File, Metadata};
use std::io::{ErrorKind, IsTerminal, Read, stderr, stdin};
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};
use ymchat::{ClientBuilder, Language};

use crate::failure::Failure;
use crate::sentences::{self, Sentence, failures, notes, reason, results};

/// The variables of the environment, each with the setting of the library that it sets.
const VARIABLES: [(&str, &str); 4] = [
    ("YMCHAT_API_KEY", "apiKey"),
    ("YMCHAT_OAUTH_TOKEN", "oauthToken"),
    ("YMCHAT_BUSINESS_ID", "businessId"),
    ("YMCHAT_BASE_URL", "baseUrl"),
];
const CREDENTIALS: [&str; 2] = ["apiKey", "oauthToken"];

/// A configuration file is a few lines.
const MAX_BYTES: u64 = 1024 * 1024;

/// The variables of the environment, so that tests may have others.
pub struct Environment(Box<Lookup>);

type Lookup = dyn Fn(&str) -> Option<OsString>;

impl Environment {
    /// The environment of this process.
    pub fn of_process() -> Self {
        Environment(Box::new(|name| std::env::var_os(name)))
    }

    /// A variable with a value; an empty one counts as none.
    fn get(&self, name: &str) -> Option<OsString> {
        (self.0)(name).filter(|value| !value.is_empty())
    }
}

/// The library's settings as they were found. Its `Debug` names them alone.
pub struct Loaded {
    members: Map<String, Value>,
    /// The file that was read.
    pub file: Option<PathBuf>,
}

impl fmt::Debug for Loaded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&String> = self.members.keys().collect();
        f.debug_struct("Loaded").field("members", &names).field("file", &self.file).finish()
    }
}

impl Loaded {
    /// Sets a member, in place of what was found.
    pub fn set(&mut self, name: &str, value: Value) {
        self.members.insert(name.to_owned(), value);
    }

    /// A setting that is no credential and is a text.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.members.get(name).filter(|_| !CREDENTIALS.contains(&name)).and_then(Value::as_str)
    }

    /// Whether it is set.
    pub fn has(&self, name: &str) -> bool {
        self.members.contains_key(name)
    }

    /// The business account, given as a number or as a text.
    pub fn business(&self) -> Option<i64> {
        let value = self.members.get("businessId")?;
        value.as_i64().or_else(|| value.as_str()?.parse().ok())
    }

    /// Has the library look at all settings but the key, where there is none.
    pub fn check(&self) -> Result<(), ymchat::Error> {
        let mut members = self.members.clone();
        if !self.has_credential() {
            members.insert("apiKey".to_owned(), "none".into());
        }
        ymchat::Client::from_json(&Value::Object(members).to_string()).map(drop)
    }

    /// The settings for a report: names, and the values that say nothing of a person or a secret.
    pub fn shown(&self) -> Sentence {
        let hidden =
            |name: &str| CREDENTIALS.contains(&name) || ["proxy", "caFile"].contains(&name);
        let show = |(name, value): (&String, &Value)| match hidden(name) {
            true => results::hidden_setting(name),
            false => results::setting(name, value),
        };
        let all = self.members.iter().map(show);
        all.reduce(|one, other| results::also(&one, &other)).unwrap_or_else(|| results::named("-"))
    }

    /// Takes credentials out of a text that is to be shown, should the service have sent them back.
    pub fn redact(&self, text: &mut String) {
        for name in CREDENTIALS {
            if let Some(secret) = self.members.get(name).and_then(Value::as_str)
                && !secret.is_empty()
                && text.contains(secret)
            {
                *text = text.replace(secret, "***");
            }
        }
    }

    /// Whether there is a key or a token.
    pub fn has_credential(&self) -> bool {
        CREDENTIALS.iter().any(|name| self.members.contains_key(*name))
    }

    /// Asks for the key on a terminal, without showing it, where there is none.
    pub fn ask_for_key(&mut self, language: Language) -> Result<(), Failure> {
        if self.has_credential() {
            return Ok(());
        }
        if !stdin().is_terminal() || !stderr().is_terminal() {
            return Err(Failure::Local(failures::no_key()));
        }
        let key =
            rpassword::prompt_password(format!("{} ", notes::key_prompt().in_language(language)))
                .map_err(|error| Failure::Local(failures::key_unreadable(&reason(&error))))?;
        self.set("apiKey", key.trim().into());
        Ok(())
    }

    /// The configuration of the library, with the credentials.
    pub fn to_json(&self) -> String {
        Value::Object(self.members.clone()).to_string()
    }
}

/// Reads the file, and puts the variables of the environment above it.
pub fn load(named: Option<&Path>, environment: &Environment) -> Result<Loaded, Failure> {
    let (file, mut members) = match named {
        Some(path) => (Some(path.to_owned()), read_file(path)?),
        None => match default_file(environment).filter(|path| path.exists()) {
            Some(path) => {
                let members = read_file(&path)?;
                (Some(path), members)
            }
            None => (None, Map::new()),
        },
    };
    let mut from_environment = Map::new();
    for (variable, name) in VARIABLES {
        if let Some(value) = environment.get(variable) {
            let value = value
                .into_string()
                .map_err(|_| Failure::Local(failures::variable_not_utf8(variable)))?;
            from_environment.insert(name.to_owned(), value.into());
        }
    }
    check_destination(&members, &from_environment)?;
    members.extend(from_environment);
    members.entry("integration").or_insert(concat!("ymchat/", env!("CARGO_PKG_VERSION")).into());
    Ok(Loaded { members, file })
}

/// The language that the file asks for. Where the file cannot be read, there is none: a command that
/// needs the file fails for it, and the others need not.
pub fn language(named: Option<&Path>, environment: &Environment) -> Option<Language> {
    Language::from_code(load(named, environment).ok()?.text("language")?)
}

/// A key of the file goes to the address that belongs to it, and not to one that a variable names.
fn check_destination(
    file: &Map<String, Value>,
    environment: &Map<String, Value>,
) -> Result<(), Failure> {
    let Some(address) = environment.get("baseUrl") else { return Ok(()) };
    let sends_one_of_the_file =
        CREDENTIALS.iter().any(|name| file.contains_key(*name) && !environment.contains_key(*name));
    if file.get("baseUrl") == Some(address) || !sends_one_of_the_file {
        return Ok(());
    }
    Err(Failure::Local(failures::address_is_not_the_files()))
}

/// Where the file is looked for that `--config` does not name.
fn default_file(environment: &Environment) -> Option<PathBuf> {
    let directory = if cfg!(windows) {
        PathBuf::from(environment.get("APPDATA")?)
    } else {
        match environment.get("XDG_CONFIG_HOME").map(PathBuf::from) {
            // The specification has relative ones ignored.
            Some(directory) if directory.is_absolute() => directory,
            _ => Path::new(&environment.get("HOME")?).join(".config"),
        }
    };
    Some(directory.join("ymchat").join("config.json"))
}

fn read_file(path: &Path) -> Result<Map<String, Value>, Failure> {
    let refusal = |what: &Sentence| Failure::of_file(path, what);
    let unreadable = |error: std::io::Error| match error.kind() {
        ErrorKind::NotFound => refusal(&failures::no_such_config()),
        _ => refusal(&failures::config_unreadable(&reason(&error))),
    };
    let file = File::open(path).map_err(unreadable)?;
    // Of the open file: another one may be at this path by now.
    let metadata = file.metadata().map_err(unreadable)?;
    if !metadata.is_file() || metadata.len() > MAX_BYTES {
        return Err(refusal(&failures::not_a_config()));
    }
    check_access(&metadata).map_err(|what| refusal(&what))?;
    let mut text = String::new();
    file.take(MAX_BYTES).read_to_string(&mut text).map_err(unreadable)?;
    // The library also finds names that occur twice or do not exist.
    let _builder =
        ClientBuilder::from_json(&text).map_err(|error| refusal(&sentences::of_error(&error)))?;
    match serde_json::from_str(&text) {
        Ok(Value::Object(members)) => Ok(members),
        _ => Err(refusal(&failures::config_is_no_object())),
    }
}

/// It may hold a key: nobody else may read it, or have written it.
#[cfg(unix)]
fn check_access(metadata: &Metadata) -> Result<(), Sentence> {
    use std::os::unix::fs::MetadataExt;
    if metadata.uid() != rustix::process::geteuid().as_raw() {
        return Err(failures::config_of_another());
    }
    match metadata.mode() & 0o777 {
        0o600 | 0o400 => Ok(()),
        mode => Err(failures::config_open_to_others(&format!("{mode:o}"))),
    }
}

/// A user's directories are the user's own there.
#[cfg(not(unix))]
fn check_access(_: &Metadata) -> Result<(), Sentence> {
    Ok(())
}
