//! `ymchat send`.

use clap::Args;
use serde_json::json;

use super::sending::{Sending, print_sent};
use crate::failure::Failure;
use crate::input;
use crate::program::Program;
use crate::sentences::notes;

const EXAMPLES: &str = "\
Examples:
  ymchat send 10021 'Здравствуйте! Отправим сегодня.'
  ymchat send 10021 --after-message-id 50044 -- '-5 % на следующий заказ'
  ymchat send 10021 - < reply.txt

Once, whatever crashes in between:
  ticket=$(ymchat send 10021 'Готово!' --prepare)
  ymchat send 10021 'Готово!' --ticket \"$ticket\"";

/// What to send, and where.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Options {
    /// The chat
    #[arg(value_name = "CHAT", value_parser = clap::value_parser!(i64).range(1..))]
    chat: i64,
    /// The text; `-` reads it from stdin, without the line end after it
    #[arg(value_name = "TEXT")]
    text: String,
    #[command(flatten)]
    sending: Sending,
}

/// Sends a text once, or says honestly what became of it.
pub fn run(program: &mut Program, options: &Options) -> Result<(), Failure> {
    let text = input::text(&options.text)?;
    let client = program.client()?;
    if options.sending.prepare {
        let content = json!({"message": text}).to_string();
        let prepared = client.raw().prepare_send(options.chat, &content)?;
        return options.sending.print_ticket(program, prepared.as_bytes());
    }
    let waiting = program.spinner(&notes::sending());
    let sent = client.raw().send_message(options.chat, &text, &options.sending.document());
    waiting.finish_and_clear();
    print_sent(program, sent?.as_bytes())
}
