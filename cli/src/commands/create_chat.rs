//! `ymchat create-chat`.

use clap::{ArgGroup, Args};
use ymchat::CreateChatResult;

use crate::failure::Failure;
use crate::program::{Program, read};

const EXAMPLES: &str = "\
Examples:
  ymchat create-chat --order 52310447118
  ymchat create-chat --return 3000517";

/// What the chat is to be about.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES, group = ArgGroup::new("context").required(true))]
pub struct Options {
    /// The order
    #[arg(long, value_name = "ID", group = "context")]
    order: Option<i64>,
    /// The return
    #[arg(long = "return", value_name = "ID", group = "context")]
    returned: Option<i64>,
}

/// Prints the id of the chat, which is there already or is opened.
pub fn run(program: &mut Program, options: &Options) -> Result<(), Failure> {
    let (context, id) = match options {
        Options { order: Some(order), .. } => ("ORDER", *order),
        Options { returned, .. } => ("RETURN", returned.unwrap_or_default()),
    };
    let client = program.client()?;
    let answer = client.raw().create_chat(context, id)?;
    if program.json {
        return program.output.document(answer.as_bytes());
    }
    let created: CreateChatResult = read(answer.as_bytes())?;
    program.output.line(&created.chat_id.to_string())
}
