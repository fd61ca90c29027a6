//! `ymchat send-file`.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::json;
use ymchat::{MAX_FILE_SIZE, RawClient};

use super::sending::{Sending, print_sent};
use crate::failure::Failure;
use crate::program::Program;
use crate::sentences::{failures, notes, reason};

const EXAMPLES: &str = "\
Examples:
  ymchat send-file 10021 invoice.pdf
  ymchat send-file 10021 /tmp/scan-4711.png --name 'накладная.png' --after-message-id 50044";

/// What to send, and where.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Options {
    /// The chat
    #[arg(value_name = "CHAT", value_parser = clap::value_parser!(i64).range(1..))]
    chat: i64,
    /// The file, 1 byte to 5 MB
    #[arg(value_name = "PATH")]
    path: PathBuf,
    /// The name that the customer sees, in place of that of the path
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    #[command(flatten)]
    sending: Sending,
}

impl Options {
    fn file_name(&self) -> Result<String, Failure> {
        let name = self.path.file_name().and_then(|name| name.to_str()).map(str::to_owned);
        self.name.clone().or(name).ok_or_else(|| Failure::Local(failures::path_without_name()))
    }
}

/// Sends a file once, or says honestly what became of it.
pub fn run(program: &mut Program, options: &Options) -> Result<(), Failure> {
    let name = options.file_name()?;
    let data = read(&options.path)?;
    RawClient::check_file_size(&name, data.len())?;
    let client = program.client()?;
    if options.sending.prepare {
        let content = json!({"fileName": name, "fileSize": data.len()}).to_string();
        let prepared = client.raw().prepare_send(options.chat, &content)?;
        return options.sending.print_ticket(program, prepared.as_bytes());
    }
    let waiting = program.spinner(&notes::sending());
    let document = options.sending.document();
    let sent = client.raw().send_file(options.chat, &name, &data, &document);
    waiting.finish_and_clear();
    print_sent(program, sent?.as_bytes())
}

/// One byte more than what is allowed is enough to see that it is too long.
fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    let mut data = Vec::new();
    File::open(path)
        .and_then(|file| file.take(MAX_FILE_SIZE as u64 + 1).read_to_end(&mut data))
        .map_err(|error| {
            Failure::Local(failures::file_unreadable(&path.display(), &reason(&error)))
        })?;
    Ok(data)
}
