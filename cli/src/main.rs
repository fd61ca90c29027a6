//! `ymchat`: the seller chats of the Yandex Market Partner API on the command line.
//!
//! It stands on the public API of the `ymchat` crate, and shares with it the form of its sentences.
//! `docs/cli.md` shows each command.

mod args;
mod commands;
mod config;
mod conversation;
mod credential_guard;
mod doctor;
mod exec;
mod failure;
mod input;
mod interrupt;
mod language;
mod news;
mod notice;
mod output;
mod program;
mod progress;
mod receiver;
mod sentences;
mod shared;
mod state;
mod table;
mod text;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{CommandFactory, Parser};

use args::{Cli, Command};
use notice::note;
use program::Program;

fn main() -> ExitCode {
    let arguments: Vec<OsString> = std::env::args_os().skip(1).collect();
    let variable = |name: &str| std::env::var_os(name);
    if let Err(refusal) = credential_guard::check(&arguments) {
        note(&refusal, language::guess(&arguments, variable));
        return ExitCode::from(failure::USAGE);
    }
    let cli = Cli::parse();
    if let Some(option) = cli.command.excludes_json().filter(|_| cli.shared.json) {
        let conflict = format!("the argument '--json' cannot be used with '{option}'");
        Cli::command().error(ErrorKind::ArgumentConflict, conflict).exit();
    }
    // It serves until the process ends, and has nothing to finish then.
    if let Command::Sandbox(options) = cli.command {
        return commands::sandbox::run(options);
    }
    let mut program = match Program::new(cli.shared) {
        Ok(program) => program,
        Err(why) => {
            note(&why, language::guess(&arguments, variable));
            return ExitCode::from(failure::LOCAL);
        }
    };
    let result = run(&mut program, cli.command).and_then(|()| program.output.flush());
    let code = match result {
        Ok(()) => 0,
        Err(failure) => {
            failure.report(program.json, program.interrupt.happened(), program.language)
        }
    };
    ExitCode::from(code)
}

fn run(program: &mut Program, command: Command) -> Result<(), failure::Failure> {
    match command {
        Command::Doctor(options) => commands::doctor::run(program, &options),
        Command::Chats(options) => commands::chats::run(program, &options),
        Command::Show(options) => commands::show::run(program, &options),
        Command::Send(options) => commands::send::run(program, &options),
        Command::SendFile(options) => commands::send_file::run(program, &options),
        Command::CreateChat(options) => commands::create_chat::run(program, &options),
        Command::Sync(options) => commands::sync::run(program, &options),
        Command::Watch(options) => commands::watch::run(program, &options),
        Command::Download(options) => commands::download::run(program, &options),
        Command::Check(options) => commands::check::run(program, &options),
        Command::Receive(options) => commands::receive::run(program, &options),
        Command::Sandbox(_) => Ok(()),
        Command::Completions(options) => {
            commands::completions::run(&mut program.output, &options, Cli::command())
        }
        Command::Man(options) => commands::man::run(&mut program.output, &options, Cli::command()),
    }
}
