//! `ymchat check`.

use clap::Args;
use ymchat::{FindingKind, MessageCheck, MessageCheckOptions, Status, check_message};

use crate::failure::{self, Failure};
use crate::input;
use crate::program::Program;
use crate::sentences::results;
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
    } else {
        print(program, &check)?;
    }
    match check.is_ok() {
        true => Ok(()),
        false => {
            program.output.flush()?;
            Err(Failure::Said(failure::code(Status::Rejected)))
        }
    }
}

fn print(program: &mut Program, check: &MessageCheck) -> Result<(), Failure> {
    if check.is_ok() {
        return program.print(&results::nothing_found());
    }
    for finding in &check.findings {
        let (first, last) = (finding.start + 1, finding.start + finding.length);
        let found = text::one_line(&finding.text);
        let kind = match finding.kind {
            FindingKind::Link => results::link(),
            FindingKind::Email => results::email(),
            FindingKind::Phone => results::phone(),
            FindingKind::Messenger => results::messenger(),
            other => results::named(other.as_str()),
        };
        program.print(&results::finding(&kind, &found, first, last))?;
    }
    Ok(())
}
