//! What every command uses: options, output, and the client.

use std::io::{IsTerminal, stderr, stdout};

use indicatif::ProgressBar;
use serde::de::DeserializeOwned;
use ymchat::{Client, Language};

use crate::config::{self, Loaded};
use crate::failure::Failure;
use crate::interrupt::Interrupt;
use crate::language;
use crate::notice;
use crate::output::Output;
use crate::progress;
use crate::sentences::Sentence;
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
    /// The language of sentences for people.
    pub language: Language,
    shared: Shared,
}

impl Program {
    /// The program with these options.
    pub fn new(shared: Shared) -> Result<Self, Sentence> {
        let environment = config::Environment::of_process();
        let of_file = config::language(shared.config.as_deref(), &environment);
        let language = language::choose(shared.language, of_file, |name| std::env::var_os(name))?;
        let interrupt = Interrupt::install(language)?;
        let no_color = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        console::set_colors_enabled(!no_color && stdout().is_terminal());
        console::set_colors_enabled_stderr(!no_color && stderr().is_terminal());
        let (json, output) = (shared.json, Output::new());
        Ok(Program { json, output, interrupt, language, shared })
    }

    /// The configuration of the environment, the file, and the options.
    pub fn load_config(&self) -> Result<Loaded, Failure> {
        let shared = &self.shared;
        let mut loaded =
            config::load(shared.config.as_deref(), &config::Environment::of_process())?;
        loaded.set("language", self.language.code().into());
        if let Some(id) = shared.business_id {
            loaded.set("businessId", id.into());
        }
        if let Some(seconds) = shared.timeout {
            loaded.set("callTimeoutMs", (u64::from(seconds) * 1000).into());
        }
        Ok(loaded)
    }

    /// A client, whose calls Ctrl-C ends.
    pub fn client(&self) -> Result<Client, Failure> {
        let mut loaded = self.load_config()?;
        loaded.ask_for_key(self.language)?;
        self.open(&loaded)
    }

    /// A client with this configuration, whose calls Ctrl-C ends.
    pub fn open(&self, loaded: &Loaded) -> Result<Client, Failure> {
        let client = Client::from_json(&loaded.to_json())?.scope();
        self.interrupt.cancels(&client);
        Ok(client)
    }

    /// A spinner, where a person is watching.
    pub fn spinner(&self, what: &Sentence) -> ProgressBar {
        progress::spinner(self.is_watched(), what.in_language(self.language))
    }

    /// A line for people on stdout.
    pub fn print(&mut self, what: &Sentence) -> Result<(), Failure> {
        self.output.line(what.in_language(self.language))
    }

    /// Says something on stderr, beside the output.
    pub fn note(&self, what: &Sentence) {
        notice::note(what, self.language);
    }

    /// Whether stderr is a terminal with a person before it.
    pub fn is_watched(&self) -> bool {
        !self.json && stderr().is_terminal()
    }
}

/// Reads a document of the library with its types.
pub fn read<T: DeserializeOwned>(json: &[u8]) -> Result<T, Failure> {
    serde_json::from_slice(json).map_err(|error| Failure::answer(&error))
}
