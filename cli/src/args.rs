//! The command line: its commands, and the options that all of them have.

use clap::{Parser, Subcommand};

use crate::commands;
use crate::shared::Shared;

const ABOUT: &str = "The seller chats of the Yandex Market Partner API.";

macro_rules! examples {
    () => {
        "\
Examples:
  ymchat doctor
  ymchat chats --waiting
  ymchat show 10021 --last 5
  ymchat send 10021 'Здравствуйте! Отправим сегодня.'
  ymchat sync --state shop.state >> messages.ndjson

"
    };
}

const AFTER: &str = concat!(
    examples!(),
    "\
Credentials come from YMCHAT_API_KEY or YMCHAT_OAUTH_TOKEN, from a configuration file, or, on a
terminal, from a prompt. There is no option for them: everybody on this computer can read the
arguments of a program."
);

const LONG_AFTER: &str = concat!(
    examples!(),
    "\
Credentials:
  They come from the environment, from a configuration file, or, on a terminal, from a prompt. There
  is no option for them: everybody on this computer can read the arguments of a program.

Environment:
  YMCHAT_API_KEY       the key of the business account, ACMA:…
  YMCHAT_OAUTH_TOKEN   the OAuth token, which is deprecated
  YMCHAT_BUSINESS_ID   the business account
  YMCHAT_LANGUAGE      of what is said to people: en or ru; otherwise the locale decides
  YMCHAT_BASE_URL      where the API is; a key of the configuration file is not sent there
  NO_COLOR             no colours

Configuration file:
  A JSON object with the settings of the library: apiKey, businessId, proxy and others. It is
  ymchat/config.json in $XDG_CONFIG_HOME (~/.config where that is not set), and in %APPDATA% on
  Windows. On Unix nobody else may be able to read it: chmod 600.

Exit codes:
  0    success
  1    something on this computer: a file, a command, the configuration
  2    the command line is wrong
  11   INVALID_ARGUMENT      15   BAD_REQUEST      19   TIMEOUT           23   REJECTED
  12   UNAUTHORIZED          16   RATE_LIMITED     20   OUTCOME_UNKNOWN   24   INTERNAL
  13   FORBIDDEN             17   SERVER           21   PROTOCOL
  14   NOT_FOUND             18   NETWORK          22   CANCELLED
  130  Ctrl-C
  141  the reader of the output has gone"
);

/// The command line.
#[derive(Debug, Parser)]
#[command(
    name = "ymchat",
    version,
    about = ABOUT,
    after_help = AFTER,
    after_long_help = LONG_AFTER,
    max_term_width = 100,
    disable_help_subcommand = false
)]
pub struct Cli {
    #[command(flatten)]
    pub shared: Shared,
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Check everything between this computer and the chats
    Doctor(commands::doctor::Options),
    /// List chats
    Chats(commands::chats::Options),
    /// Show a conversation
    Show(commands::show::Options),
    /// Send a text, once
    Send(commands::send::Options),
    /// Send a file, once
    SendFile(commands::send_file::Options),
    /// Open a chat about an order or a return, or find the one that is there
    CreateChat(commands::create_chat::Options),
    /// Print what is new since the last time
    Sync(commands::sync::Options),
    /// Show what is written from now on
    Watch(commands::watch::Options),
    /// Bring files of messages to the disk
    Download(commands::download::Options),
    /// Look for contacts and links in a text, which the rules of the chat forbid
    Check(commands::check::Options),
    /// Take the Market's notifications
    Receive(commands::receive::Options),
    /// Start a simulated Market on this computer
    Sandbox(commands::sandbox::Options),
    /// Print a script that completes commands in a shell
    Completions(commands::completions::Options),
    /// Print the manual page, or write one for each command
    Man(commands::man::Options),
}

impl Command {
    /// The option given that has no meaning with `--json`. clap sees the conflict only where both
    /// stand behind the command.
    pub fn excludes_json(&self) -> Option<&'static str> {
        match self {
            Command::Show(options) => options.last.map(|_| "--last <NUMBER>"),
            Command::Sync(options) => options.exec.as_ref().map(|_| "--exec <COMMAND>"),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;
    use ymchat::Status;

    use super::Cli;
    use crate::failure::code;

    /// Names, values and help of every option and argument.
    fn words(command: &clap::Command, all: &mut Vec<String>) {
        for argument in command.get_arguments() {
            let names = argument.get_value_names().unwrap_or_default();
            all.push(
                format!("{} {} {names:?}", command.get_name(), argument.get_id()).to_lowercase(),
            );
        }
        command.get_subcommands().for_each(|command| words(command, all));
    }

    #[test]
    fn no_option_takes_a_credential() {
        let mut all = Vec::new();
        words(&Cli::command(), &mut all);
        assert!(all.len() > 30, "{all:?}");
        for option in all {
            for word in ["key", "token", "secret", "password", "credential", "auth"] {
                assert!(!option.contains(word), "{option}");
            }
        }
    }

    #[test]
    fn the_help_has_the_exit_code_of_each_status() {
        let help = Cli::command().render_long_help().to_string();
        for &status in Status::ALL {
            let code = code(status);
            assert!((11..=124).contains(&code), "{status}");
            let line = format!("{code}   {}", status.name());
            assert!(help.contains(&line), "{line}\n{help}");
        }
    }
}
