//! `ymchat sandbox`.

use std::ffi::OsString;
use std::process::ExitCode;

use clap::Args;

const EXAMPLES: &str = "\
Examples:
  ymchat sandbox --port 8787 --auto-reply on
  ymchat sandbox --quota sendMessageToChat=3 --notify-url http://127.0.0.1:8080/

`ymchat sandbox --help` lists the flags.";

/// The flags of `ymchat-sandbox`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES, disable_help_flag = true)]
pub struct Options {
    /// The flags of the simulated Market
    #[arg(value_name = "FLAG", trailing_var_arg = true, allow_hyphen_values = true)]
    flags: Vec<OsString>,
}

/// Serves until the process ends.
pub fn run(options: Options) -> ExitCode {
    ymchat_sandbox::program::run("ymchat sandbox", options.flags)
}
