//! The options that every command has.

use std::path::PathBuf;

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use ymchat::Language;

/// What every command takes.
#[derive(Debug, Args)]
pub struct Shared {
    /// Print the documents of the library, one per line; errors as such a line on stderr
    #[arg(long, global = true, help_heading = "Options of all commands")]
    pub json: bool,
    /// The configuration file
    #[arg(long, value_name = "FILE", global = true, help_heading = "Options of all commands")]
    pub config: Option<PathBuf>,
    /// The business account, in place of that of the environment or the file
    #[arg(long, value_name = "ID", global = true, help_heading = "Options of all commands",
          value_parser = clap::value_parser!(i64).range(1..))]
    pub business_id: Option<i64>,
    /// The language of what is said to people; help and mistakes in options are English
    #[arg(long, global = true, help_heading = "Options of all commands",
          value_parser = PossibleValuesParser::new(["en", "ru"]).map(language))]
    pub language: Option<Language>,
    /// How long a call may take, with its waits and repeats
    #[arg(long, value_name = "SECONDS", global = true, help_heading = "Options of all commands",
          value_parser = clap::value_parser!(u32).range(1..=86_400))]
    pub timeout: Option<u32>,
}

/// The parser lets no other codes through.
#[allow(clippy::needless_pass_by_value)]
fn language(code: String) -> Language {
    Language::from_code(&code).unwrap_or_default()
}
