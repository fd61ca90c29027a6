//! `ymchat man`.

use std::path::PathBuf;

use clap::Args;
use clap_mangen::Man;

use crate::failure::Failure;
use crate::output::Output;
use crate::sentences::{failures, reason};

const EXAMPLES: &str = "\
Examples:
  ymchat man | man -l -
  ymchat man --dir ~/.local/share/man/man1";

/// Where to.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Options {
    /// Write ymchat.1 and a page for each command into this directory, which must exist
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
}

/// Prints the page of the program, or writes all pages.
pub fn run(
    output: &mut Output,
    options: &Options,
    mut command: clap::Command,
) -> Result<(), Failure> {
    let unwritten = |error| Failure::Local(failures::pages_unwritten(&reason(&error)));
    let Some(directory) = &options.dir else {
        let mut page = Vec::new();
        Man::new(command).render(&mut page).map_err(unwritten)?;
        return output.bytes(&page);
    };
    command = command.disable_help_subcommand(true);
    clap_mangen::generate_to(command, directory)
        .map_err(|error| Failure::of_file(directory, &failures::pages_unwritten(&reason(&error))))
}
