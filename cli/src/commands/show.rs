//! `ymchat show`.

use std::time::Duration;

use clap::Args;
use serde_json::json;
use ymchat::ChatMessagesResult;

use crate::conversation;
use crate::failure::Failure;
use crate::news::News;
use crate::program::{Program, read};
use crate::sentences::notes;

const EXAMPLES: &str = "\
Examples:
  ymchat show 10021
  ymchat show 10021 --last 5 --follow
  ymchat --json show 10021 --after-message-id 50044";

/// How long one call waits for a new message.
const WAIT: Duration = Duration::from_secs(600);

/// Which chat, and what of it.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Options {
    /// The chat
    #[arg(value_name = "CHAT", value_parser = clap::value_parser!(i64).range(1..))]
    chat: i64,
    /// Messages that are newer than this one
    #[arg(long, value_name = "ID", value_parser = clap::value_parser!(i64).range(0..), default_value_t = 0,
          hide_default_value = true)]
    after_message_id: i64,
    /// The last messages alone; not with --json, which gives whole documents
    #[arg(long, value_name = "NUMBER")]
    pub last: Option<usize>,
    /// Go on with what is written from now on, until Ctrl-C
    #[arg(long, conflicts_with = "after_message_id")]
    follow: bool,
}

/// Prints the messages of a chat, the oldest first.
pub fn run(program: &mut Program, options: &Options) -> Result<(), Failure> {
    let client = program.client()?;
    if options.follow {
        return follow(program, options, News::new(client, WAIT));
    }
    let waiting = program.spinner(&notes::reading_the_chat());
    let since = client.raw().get_messages_since(options.chat, options.after_message_id, "{}");
    waiting.finish_and_clear();
    let since = since?;
    if program.json {
        return program.output.document(since.as_bytes());
    }
    let chat = client.get_chat(options.chat)?;
    let language = program.language;
    program.output.line(&conversation::heading(&chat, language))?;
    let messages = read::<ChatMessagesResult>(since.as_bytes())?.messages;
    let skipped = options.last.map_or(0, |last| messages.len().saturating_sub(last));
    let mut shown = messages.iter().skip(skipped);
    shown.try_for_each(|one| conversation::print(&mut program.output, one, language))
}

/// The whole history comes first: what is new is then new for certain.
fn follow(program: &mut Program, options: &Options, news: News) -> Result<(), Failure> {
    let chat = options.chat;
    let sync = json!({"start": "all", "scope": "all", "chatIds": [chat], "limit": 100_000});
    let (mut last, language) = (options.last, program.language);
    news.show(program, &sync, |output, result| {
        let messages: Vec<_> = result.chats.iter().flat_map(|chat| &chat.messages).collect();
        // Of the first result alone: what is written later is shown whole.
        let last = last.take().unwrap_or(messages.len());
        let skipped = messages.len().saturating_sub(last);
        let mut shown = messages.iter().skip(skipped);
        shown.try_for_each(|one| conversation::print(output, one, language))
    })
}
