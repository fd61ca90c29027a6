//! `ymchat completions`.

use clap::Args;
use clap_complete::Shell;

use crate::failure::Failure;
use crate::output::Output;

const EXAMPLES: &str = "\
Examples:
  ymchat completions bash > ~/.local/share/bash-completion/completions/ymchat
  ymchat completions zsh > ~/.zfunc/_ymchat
  ymchat completions fish > ~/.config/fish/completions/ymchat.fish
  ymchat completions powershell >> $PROFILE";

/// For which shell.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Options {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

/// Prints the script.
pub fn run(
    output: &mut Output,
    options: &Options,
    mut command: clap::Command,
) -> Result<(), Failure> {
    let mut script = Vec::new();
    clap_complete::generate(options.shell, &mut command, "ymchat", &mut script);
    output.bytes(&script)
}
