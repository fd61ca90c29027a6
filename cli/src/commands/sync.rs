//! `ymchat sync`.

use std::path::PathBuf;

use clap::Args;
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use ymchat::Client;

use super::selection::Selection;
use crate::exec;
use crate::failure::Failure;
use crate::output::Output;
use crate::program::{Program, read};
use crate::sentences::notes;
use crate::state::{State, StateFile};

const EXAMPLES: &str = "\
Examples:
  ymchat sync --state shop.state >> messages.ndjson
  ymchat sync --state shop.state --wait 60
  ymchat sync --state shop.state --exec 'python3 store.py'
  ymchat --json sync --state shop.state

Without --json, each line is {\"chat\": …, \"message\": …}. The state moves on when the lines were written, with
--exec when the command has ended with 0: each message comes at least once, also after a crash.";

/// Where it keeps how far it has come, and what it does with what is new.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Options {
    /// The file that says what was there already; it is made where it is missing
    #[arg(long, value_name = "FILE")]
    state: PathBuf,
    /// Run this command of the shell for each message, which it finds on its stdin as one line
    #[arg(long, value_name = "COMMAND")]
    pub exec: Option<String>,
    /// Wait so long until something is there
    #[arg(long, value_name = "SECONDS", default_value_t = 0, hide_default_value = true,
          value_parser = clap::value_parser!(u32).range(0..=86_400))]
    wait: u32,
    /// With what to begin where there is no state: waiting, now, all, or a date [waiting]
    #[arg(long, value_name = "START")]
    start: Option<String>,
    /// Messages to read at a time, 1 to 100000 [500]
    #[arg(long, value_name = "NUMBER")]
    limit: Option<u32>,
    #[command(flatten)]
    selection: Selection,
}

impl Options {
    fn document(&self, wait: u32) -> Value {
        let mut document = json!({"waitMs": u64::from(wait) * 1000});
        if let Some(start) = &self.start {
            document["start"] = start.as_str().into();
        }
        if let Some(limit) = self.limit {
            document["limit"] = limit.into();
        }
        self.selection.add_to(&mut document);
        document
    }
}

/// What the library gives, with the service's own texts.
#[derive(Debug, Deserialize)]
struct Document<'a> {
    since: String,
    #[serde(borrow)]
    chats: Vec<ChatNews<'a>>,
    more: bool,
}

#[derive(Debug, Deserialize)]
struct ChatNews<'a> {
    #[serde(borrow)]
    chat: &'a RawValue,
    #[serde(borrow)]
    messages: Vec<&'a RawValue>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct ChatId {
    chat_id: i64,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct MessageId {
    message_id: i64,
}

/// Prints what is new since the state, and moves the state on.
pub fn run(program: &mut Program, options: &Options) -> Result<(), Failure> {
    let mut file = StateFile::open(&options.state)?;
    let client = program.client()?;
    let mut wait = options.wait;
    while one_result(program, options, &client, &mut file, wait)? {
        wait = 0;
    }
    Ok(())
}

/// Says whether there is more to fetch.
fn one_result(
    program: &mut Program,
    options: &Options,
    client: &Client,
    file: &mut StateFile,
    wait: u32,
) -> Result<bool, Failure> {
    let waiting = program.spinner(&notes::looking_for_news());
    let result = client.raw().sync(&file.state.since, &options.document(wait).to_string());
    waiting.finish_and_clear();
    let json = result?;
    let news: Document =
        serde_json::from_slice(json.as_bytes()).map_err(|error| Failure::answer(&error))?;
    if program.json {
        program.output.document(json.as_bytes())?;
    }
    for chat in news.chats.iter().filter(|_| !program.json) {
        let ChatId { chat_id } = read(chat.chat.get().as_bytes())?;
        for message in &chat.messages {
            let MessageId { message_id } = read(message.get().as_bytes())?;
            let line = format!("{{\"chat\":{},\"message\":{}}}", chat.chat.get(), message.get());
            match &options.exec {
                Some(command) => {
                    handle(&mut program.output, file, command, (chat_id, message_id), &line)?;
                }
                None => program.output.document(line.as_bytes())?,
            }
        }
    }
    // Who reads the output has it before the state says so.
    program.output.flush()?;
    file.save(State::at(news.since))?;
    Ok(news.more)
}

/// Runs the command for a message that was not handled yet, and keeps that it was.
fn handle(
    output: &mut Output,
    file: &mut StateFile,
    command: &str,
    message: (i64, i64),
    line: &str,
) -> Result<(), Failure> {
    if file.state.handled.contains(&message) {
        return Ok(());
    }
    output.flush()?;
    exec::run(command, message, line)?;
    let mut state = file.state.clone();
    state.handled.insert(message);
    file.save(state)
}
