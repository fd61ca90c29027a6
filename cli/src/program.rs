//! What every command has at hand: options, output, and the client.

use std::cell::Cell;
use std::io::{IsTerminal, stderr, stdout};

use indicatif::ProgressBar;
use serde::de::DeserializeOwned;
use ymchat::{Client, Language};

use crate::config::{self, Loaded};
use crate::failure::Failure;
use crate::interrupt::Interrupt;
use crate::language;
use crate::notice::say;
use crate::output::Output;
use crate::progress;
use crate::shared::Shared;

/// The program while it runs.
#[derive(Debug)]
pub struct Program {
    /// Documents in place of texts for people.
    pub json: bool,
    /// Stdout.
    pub output: Output,
    /// Ctrl-C.
    pub interrupt: Interrupt,
    /// A configuration file may name another one than the environment.
    language: Cell<Language>,
    shared: Shared,
}

impl Program {
    /// With these options.
    pub fn new(shared: Shared, interrupt: Interrupt) -> Result<Self, String> {
        let language = language::choose(shared.language, None, |name| std::env::var_os(name))?;
        let no_color = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        console::set_colors_enabled(!no_color && stdout().is_terminal());
        console::set_colors_enabled_stderr(!no_color && stderr().is_terminal());
        let (json, output, language) = (shared.json, Output::new(), Cell::new(language));
        Ok(Program { json, output, interrupt, language, shared })
    }

    /// The configuration of the environment, the file, and the options.
    pub fn load_config(&self) -> Result<Loaded, Failure> {
        let shared = &self.shared;
        let mut loaded =
            config::load(shared.config.as_deref(), &config::Environment::of_process())?;
        let file = loaded.text("language");
        let language = language::choose(shared.language, file, |name| std::env::var_os(name));
        self.language.set(language.map_err(Failure::Local)?);
        loaded.set("language", self.language().code().into());
        if let Some(id) = shared.business_id {
            loaded.set("businessId", id.into());
        }
        if let Some(seconds) = shared.timeout {
            loaded.set("callTimeoutMs", (u64::from(seconds) * 1000).into());
        }
        Ok(loaded)
    }

    /// The language of sentences for people.
    pub fn language(&self) -> Language {
        self.language.get()
    }

    /// A client, whose calls Ctrl-C ends.
    pub fn client(&self) -> Result<Client, Failure> {
        let mut loaded = self.load_config()?;
        loaded.ask_for_key()?;
        self.open(&loaded)
    }

    /// A client with this configuration, whose calls Ctrl-C ends.
    pub fn open(&self, loaded: &Loaded) -> Result<Client, Failure> {
        let client = Client::from_json(&loaded.to_json())?.scope();
        self.interrupt.cancels(&client);
        Ok(client)
    }

    /// A spinner, where a person is watching.
    pub fn spinner(&self, what: &'static str) -> ProgressBar {
        progress::spinner(self.is_watched(), what)
    }

    /// Says something on stderr, beside the output.
    pub fn note(&self, what: &impl std::fmt::Display) {
        say(format_args!("ymchat: {what}"));
    }

    /// Whether stderr is a terminal with a person before it.
    pub fn is_watched(&self) -> bool {
        !self.json && stderr().is_terminal()
    }
}

/// Reads a document of the library with its types.
pub fn read<T: DeserializeOwned>(json: &[u8]) -> Result<T, Failure> {
    serde_json::from_slice(json)
        .map_err(|error| Failure::local(format!("The answer cannot be read: {error}.")))
}
