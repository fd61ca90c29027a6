//! `ymchat check`.

use clap::Args;
use ymchat::{MessageCheckOptions, Status, check_message};

use crate::failure::{self, Failure};
use crate::input;
use crate::program::Program;
use crate::text;

const EXAMPLES: &str = "\
Examples:
  ymchat check 'Звоните: +7 912 345-67-89'
  ymchat check --allow-host cdek.ru 'Посылка здесь: https://www.cdek.ru/track'
  ymchat check - < reply.txt && ymchat send 10021 - < reply.txt";

/// Which text.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Options {
    /// The text; `-` reads it from stdin
    #[arg(value_name = "TEXT")]
    text: String,
    /// A host to which links are allowed, and those below it; may be repeated
    #[arg(long, value_name = "HOST")]
    allow_host: Vec<String>,
}

/// Prints the contacts and links of a text; ends with the code of REJECTED where there are any.
pub fn run(program: &mut Program, options: &Options) -> Result<(), Failure> {
    let text = input::text(&options.text)?;
    let allowed = MessageCheckOptions::new().allow_hosts(options.allow_host.iter().cloned());
    let check = check_message(&text, &allowed)?;
    if program.json {
        program.output.document(check.to_json().as_bytes())?;
    } else if check.is_ok() {
        program.output.line("No contacts and no links.")?;
    }
    for finding in check.findings.iter().filter(|_| !program.json) {
        let (first, last) = (finding.start + 1, finding.start + finding.length);
        let found = text::one_line(&finding.text);
        let line = format!("{}: {found} (characters {first} to {last})", finding.kind.as_str());
        program.output.line(&line)?;
    }
    match check.is_ok() {
        true => Ok(()),
        false => {
            program.output.flush()?;
            Err(Failure::Said(failure::code(Status::Rejected)))
        }
    }
}
