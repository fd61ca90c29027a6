//! The simulated Market as a program.

use std::process::ExitCode;

fn main() -> ExitCode {
    ymchat_sandbox::program::run("ymchat-sandbox", std::env::args_os().skip(1))
}
