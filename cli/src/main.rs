//! `ymchat`: the seller chats of the Yandex Market Partner API on the command line.
//!
//! It stands on the public API of the `ymchat` crate. `docs/cli.md` shows each command.

mod args;
mod commands;
mod config;
mod credential_guard;
mod failure;
mod interrupt;
mod output;
mod program;
mod progress;
mod shared;
mod table;
mod text;

use std::process::ExitCode;

use clap::{CommandFactory, Parser};

use args::{Cli, Command};
use interrupt::Interrupt;
use program::Program;

fn main() -> ExitCode {
    if let Err(refusal) = credential_guard::check(std::env::args_os().skip(1)) {
        eprintln!("ymchat: {refusal}");
        return ExitCode::from(failure::USAGE);
    }
    let cli = Cli::parse();
    let mut program = match Interrupt::install() {
        Ok(interrupt) => Program::new(cli.shared, interrupt),
        Err(why) => {
            eprintln!("ymchat: {why}");
            return ExitCode::from(failure::LOCAL);
        }
    };
    let result = run(&mut program, cli.command).and_then(|()| program.output.flush());
    let code = match result {
        Ok(()) => 0,
        Err(failure) => failure.report(program.json, program.interrupt.happened()),
    };
    ExitCode::from(code)
}

fn run(program: &mut Program, command: Command) -> Result<(), failure::Failure> {
    match command {
        Command::Chats(options) => commands::chats::run(program, &options),
        Command::Completions(options) => {
            commands::completions::run(&mut program.output, &options, Cli::command())
        }
        Command::Man(options) => commands::man::run(&mut program.output, &options, Cli::command()),
    }
}
