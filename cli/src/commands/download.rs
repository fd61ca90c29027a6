//! `ymchat download`.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::{Map, Value};
use ymchat::{ChatMessagesResult, Client, DownloadProgress};

use crate::failure::Failure;
use crate::program::{Program, read};
use crate::sentences::{failures, notes};
use crate::{progress, text};

const EXAMPLES: &str = "\
Examples:
  ymchat download 10021 --to photos
  ymchat download 10021 --message 50044
  ymchat download https://files.example.yandex.net/1 --to photo.png --overwrite";

/// A name that fits into every file system.
const MAX_NAME_BYTES: usize = 120;

/// What to bring, and where to.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Options {
    /// A chat, whose files are all brought, or the URL of one file
    #[arg(value_name = "CHAT|URL")]
    what: String,
    /// The files of this message of the chat alone
    #[arg(long, value_name = "ID")]
    message: Option<i64>,
    /// For a chat the directory, which must exist [the current one]; for a URL the path of the file
    #[arg(long, value_name = "PATH")]
    to: Option<PathBuf>,
    /// Replace what is there
    #[arg(long)]
    overwrite: bool,
    /// A foreign host that may be asked, without credentials; may be repeated
    #[arg(long, value_name = "HOST")]
    allow_host: Vec<String>,
    /// The longest file [52428800]
    #[arg(long, value_name = "BYTES")]
    max_bytes: Option<u64>,
}

impl Options {
    fn document(&self) -> String {
        let mut document = Map::new();
        document.insert("overwrite".to_owned(), self.overwrite.into());
        if !self.allow_host.is_empty() {
            let hosts = self.allow_host.iter().map(String::as_str).map(Value::from).collect();
            document.insert("allowHosts".to_owned(), hosts);
        }
        if let Some(bytes) = self.max_bytes {
            document.insert("maxBytes".to_owned(), bytes.into());
        }
        Value::Object(document).to_string()
    }
}

/// Brings one file, or those of a chat.
pub fn run(program: &mut Program, options: &Options) -> Result<(), Failure> {
    match options.what.parse::<i64>() {
        Ok(chat) => files_of_chat(program, options, chat),
        Err(_) => {
            let path = options.to.as_deref();
            let path = path.ok_or_else(|| Failure::Local(failures::path_missing()))?;
            let client = program.client()?;
            bring(program, &client, options, &options.what, path)
        }
    }
}

fn files_of_chat(program: &mut Program, options: &Options, chat: i64) -> Result<(), Failure> {
    let client = program.client()?;
    let history = client.raw().get_messages_since(chat, 0, "{}")?;
    let messages = read::<ChatMessagesResult>(history.as_bytes())?.messages;
    let wanted = |id: i64| options.message.is_none_or(|message| message == id);
    let directory = options.to.as_deref().unwrap_or(Path::new("."));
    let mut found = false;
    for message in messages.iter().filter(|message| wanted(message.message_id)) {
        for (index, file) in message.payload.iter().enumerate() {
            found = true;
            let name = format!("{}-{}-{}", message.message_id, index + 1, safe_name(&file.name));
            let path = directory.join(name);
            if !options.overwrite && path.symlink_metadata().is_ok() {
                program.note(&notes::there_already(&path.display()));
                continue;
            }
            bring(program, &client, options, &file.url, &path)?;
        }
    }
    if !found {
        program.note(&notes::no_files());
    }
    Ok(())
}

fn bring(
    program: &mut Program,
    client: &Client,
    options: &Options,
    url: &str,
    path: &Path,
) -> Result<(), Failure> {
    let place = path.to_str().ok_or_else(|| Failure::Local(failures::path_not_utf8()))?;
    let bar = progress::bytes(program.is_watched(), program.language);
    let show = |at: DownloadProgress| {
        if let Some(total) = at.total {
            bar.set_length(total);
        }
        bar.set_position(at.bytes);
        ControlFlow::Continue(())
    };
    let brought = client.raw().download_file_with_progress(url, place, &options.document(), show);
    bar.finish_and_clear();
    let brought = brought?;
    match program.json {
        true => program.output.document(brought.as_bytes()),
        false => program.output.line(&text::one_line(place)),
    }
}

/// The name that the customer gave to the file, as far as it can be one of any system: letters and
/// digits of any script, and `.`, `-` and `_` within it.
fn safe_name(name: &str) -> String {
    let allowed = |c: char| if c.is_alphanumeric() || matches!(c, '.' | '-') { c } else { '_' };
    let mut safe = String::new();
    for letter in name.chars().map(allowed) {
        if safe.len() + letter.len_utf8() > MAX_NAME_BYTES {
            break;
        }
        safe.push(letter);
    }
    let safe = safe.trim_matches(['.', '_']);
    if safe.is_empty() { "file".to_owned() } else { safe.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::safe_name;

    #[test]
    fn the_customers_name_of_a_file_is_never_a_path() {
        for (name, safe) in [
            ("фото упаковки.png", "фото_упаковки.png"),
            ("../../.bashrc", "bashrc"),
            ("C:\\Windows\\system.ini", "C__Windows_system.ini"),
            ("", "file"),
            ("..", "file"),
            ("a\u{0}b\n\u{202e}gnp.exe", "a_b__gnp.exe"),
            ("con?<>|*\"", "con"),
        ] {
            assert_eq!(safe_name(name), safe);
        }
        assert!(safe_name(&"ж".repeat(500)).len() <= 120);
    }
}
