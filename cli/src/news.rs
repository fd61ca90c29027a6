//! Sync in a loop: what is new, again and again.

use std::time::Duration;

use serde_json::Value;
use ymchat::{Client, Error, JsonText, Status, SyncResult};

use crate::failure::{Failure, INTERRUPTED};
use crate::output::Output;
use crate::program::{Program, read};
use crate::sentences;

/// Before the next try where the service is out of reach, and names no time.
const PAUSE: Duration = Duration::from_secs(15);

/// What comes, one result after the other.
#[derive(Debug)]
pub struct News {
    client: Client,
    /// The token of the next call.
    since: String,
    wait: Duration,
}

/// What is needed of a result here.
#[derive(Debug, serde::Deserialize)]
struct Head {
    since: String,
    chats: Vec<serde::de::IgnoredAny>,
    more: bool,
}

impl News {
    /// From the beginning; `wait` is how long one call waits.
    pub fn new(client: Client, wait: Duration) -> Self {
        News { client, since: String::new(), wait }
    }

    /// Shows what comes, for ever: with `--json` the documents, otherwise what `print` makes of them.
    pub fn show(
        mut self,
        program: &mut Program,
        options: &Value,
        mut print: impl FnMut(&mut Output, &SyncResult) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        loop {
            let document = self.next(program, options)?;
            if program.json {
                program.output.document(document.as_bytes())?;
            } else {
                print(&mut program.output, &read(document.as_bytes())?)?;
            }
            program.output.flush()?;
        }
    }

    /// Waits for the next result that holds anything, however long it takes. Says on stderr where
    /// the service is out of reach, and tries again. Ctrl-C ends it.
    fn next(&mut self, program: &Program, options: &Value) -> Result<JsonText, Failure> {
        let mut wait = Duration::ZERO;
        loop {
            let mut options = options.clone();
            options["waitMs"] = u64::try_from(wait.as_millis()).unwrap_or(0).into();
            let result = match self.client.raw().sync(&self.since, &options.to_string()) {
                Ok(result) => result,
                Err(_) if program.interrupt.happened() => return Err(Failure::Said(INTERRUPTED)),
                Err(error) if error.is_retryable() => {
                    self.pause(program, &error);
                    continue;
                }
                Err(error) => return Err(error.into()),
            };
            let head: Head = read(result.as_bytes())?;
            self.since = head.since;
            if !head.chats.is_empty() {
                return Ok(result);
            }
            wait = if head.more { Duration::ZERO } else { self.wait };
        }
    }

    fn pause(&self, program: &Program, error: &Error) {
        let wait = error.retry_after().unwrap_or(PAUSE);
        program.note(&sentences::of_error(error));
        if error.status() != Status::Cancelled {
            program.interrupt.sleep(wait);
        }
    }
}
