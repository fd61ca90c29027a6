//! `ymchat doctor`.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use clap::Args;
use console::{Alignment, Style, pad_str};
use ymchat::Language;

use crate::config::Loaded;
use crate::doctor::{Check, Doctor, Verdict};
use crate::failure::{Failure, LOCAL};
use crate::program::Program;
use crate::sentences::{Sentence, doctor as words, failures, reason, results};

const EXAMPLES: &str = "\
Examples:
  ymchat doctor
  ymchat doctor --report report.txt
  ymchat --json doctor --language ru

It ends with 1 where a check has failed. It makes some ten requests and sends no message.";

/// What to do besides looking.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Options {
    /// Write a report for the support, without credentials, into this new file
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
}

/// Checks everything between this computer and the chats.
pub fn run(program: &mut Program, options: &Options) -> Result<(), Failure> {
    let mut loaded = program.load_config()?;
    let language = program.language;
    if program.is_watched() {
        loaded.ask_for_key(language)?;
    }
    let mut checks = Vec::new();
    let mut printed = Ok(());
    let interrupt = program.interrupt.clone();
    {
        let (output, json) = (&mut program.output, program.json);
        let mut tell = |mut check: Check| {
            loaded.redact(&mut check.found);
            check.details.iter_mut().for_each(|detail| loaded.redact(detail));
            if printed.is_ok() {
                printed = match json {
                    true => serde_json::to_string(&check)
                        .map_err(|error| Failure::answer(&error))
                        .and_then(|line| output.line(&line)),
                    false => {
                        lines(&check, language, true).iter().try_for_each(|line| output.line(line))
                    }
                }
                .and_then(|()| output.flush());
            }
            checks.push(check);
        };
        Doctor::new(language, &mut tell).examine(&loaded, || {
            let client = ymchat::Client::from_json(&loaded.to_json())?.scope();
            interrupt.cancels(&client);
            Ok(client)
        });
    }
    printed?;
    if let Some(path) = &options.report {
        write_report(path, &report(&loaded, &checks, language))?;
        program.note(&words::report_written(&path.display()));
    }
    match checks.iter().any(|check| check.verdict == Verdict::Failed) {
        true => Err(Failure::Said(LOCAL)),
        false => Ok(()),
    }
}

/// A check for people: a line, and what belongs to it, indented.
fn lines(check: &Check, language: Language, colours: bool) -> Vec<String> {
    let title = |title: Sentence| title.in_language(language).to_owned();
    let style = match check.verdict {
        Verdict::Passed => Style::new().green(),
        Verdict::Failed => Style::new().red().bold(),
        Verdict::NotTried => Style::new().dim(),
    };
    let verdict = pad_str(&title(check.verdict.title()), 11, Alignment::Left, None).into_owned();
    let verdict = if colours { style.apply_to(verdict).to_string() } else { verdict };
    let mut lines = vec![format!("{verdict}{}: {}", title(check.subject.title()), check.found)];
    lines.extend(check.details.iter().map(|detail| format!("             {detail}")));
    lines.extend(check.advice.iter().map(|advice| format!("        ->   {advice}")));
    lines
}

/// What the support needs, and nothing that is a secret.
fn report(loaded: &Loaded, checks: &[Check], language: Language) -> String {
    let now = httpdate::fmt_http_date(SystemTime::now());
    let (system, machine) = (std::env::consts::OS, std::env::consts::ARCH);
    let version = env!("CARGO_PKG_VERSION");
    let head = results::report(version, system, machine, &now, &loaded.shown());
    let mut report = head.in_language(language).to_owned();
    for line in checks.iter().flat_map(|check| lines(check, language, false)) {
        report.push_str(&line);
        report.push('\n');
    }
    loaded.redact(&mut report);
    report
}

/// Into a file that was not there, and that its owner alone may read.
fn write_report(path: &Path, report: &str) -> Result<(), Failure> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let written = options.open(path).and_then(|mut file| file.write_all(report.as_bytes()));
    written.map_err(|error| {
        let what = match error.kind() {
            ErrorKind::AlreadyExists => failures::report_is_there(),
            _ => failures::report_unwritten(&reason(&error)),
        };
        Failure::of_file(path, &what)
    })
}
