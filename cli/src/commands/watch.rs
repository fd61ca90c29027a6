//! `ymchat watch`.

use std::time::Duration;

use clap::Args;
use serde_json::json;

use super::selection::Selection;
use crate::conversation;
use crate::failure::Failure;
use crate::news::News;
use crate::program::Program;
use crate::sentences::notes;

const EXAMPLES: &str = "\
Examples:
  ymchat watch
  ymchat watch --start waiting --scope all
  ymchat --json watch | my-program

What comes while nothing watches is shown by `ymchat sync`, which keeps where it was.";

/// How long one call waits for something new.
const WAIT: Duration = Duration::from_secs(600);

/// What to look at.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Options {
    /// With what to begin: now, waiting, all, or a date such as 2026-11-20T10:00:00+03:00
    #[arg(long, value_name = "START", default_value = "now")]
    start: String,
    #[command(flatten)]
    selection: Selection,
}

/// Prints what is written, until Ctrl-C.
pub fn run(program: &mut Program, options: &Options) -> Result<(), Failure> {
    let mut sync = json!({"start": options.start});
    options.selection.add_to(&mut sync);
    let news = News::new(program.client()?, WAIT);
    if program.is_watched() {
        program.note(&notes::watching());
    }
    let language = program.language;
    news.show(program, &sync, |output, result| {
        for chat in &result.chats {
            output.line(&conversation::heading(&chat.chat, language))?;
            let mut messages = chat.messages.iter();
            messages.try_for_each(|one| conversation::print(output, one, language))?;
        }
        Ok(())
    })
}
