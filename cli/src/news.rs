//! Sync in a loop: what is new, again and again.

use std::time::Duration;

use serde_json::Value;
use ymchat::{Client, Error, SyncResult};

use crate::failure::{Failure, INTERRUPTED};
use crate::output::Output;
use crate::program::{Program, read};
use crate::sentences::{Sentence, notes, of_error};

/// The pause before the next try, if the service is out of reach and names no time.
const PAUSE: Duration = Duration::from_secs(15);

/// What comes, one result after the other.
#[derive(Debug)]
pub struct News {
    client: Client,
    position: Position,
}

/// How far it has come.
#[derive(Debug)]
struct Position {
    /// The token of the next call.
    since: String,
    /// How long one call waits.
    wait: Duration,
    /// What was said last of a service that is out of reach.
    trouble: Option<Sentence>,
}

/// The service and the terminal, so that tests can replace both.
trait World {
    fn sync(&mut self, since: &str, options: &str) -> Result<Vec<u8>, Error>;
    fn is_interrupted(&self) -> bool;
    /// Ctrl-C ends it.
    fn pause(&mut self, wait: Duration);
    fn note(&mut self, what: &Sentence);
}

struct Live<'a> {
    client: &'a Client,
    program: &'a Program,
}

impl World for Live<'_> {
    fn sync(&mut self, since: &str, options: &str) -> Result<Vec<u8>, Error> {
        Ok(self.client.raw().sync(since, options)?.as_bytes().to_vec())
    }

    fn is_interrupted(&self) -> bool {
        self.program.interrupt.happened()
    }

    fn pause(&mut self, wait: Duration) {
        self.program.interrupt.sleep(wait);
    }

    fn note(&mut self, what: &Sentence) {
        self.program.note(what);
    }
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
        News { client, position: Position { since: String::new(), wait, trouble: None } }
    }

    /// Shows what comes, for ever: with `--json` the documents, otherwise what `print` makes of them.
    pub fn show(
        self,
        program: &mut Program,
        options: &Value,
        mut print: impl FnMut(&mut Output, &SyncResult) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let News { client, mut position } = self;
        loop {
            let document = position.next(&mut Live { client: &client, program }, options)?;
            if program.json {
                program.output.document(&document)?;
            } else {
                print(&mut program.output, &read(&document)?)?;
            }
            program.output.flush()?;
        }
    }
}

impl Position {
    /// Waits for the next result that holds anything, however long it takes. Says where the service
    /// is out of reach, and when it answers again, and tries again meanwhile.
    fn next(&mut self, world: &mut impl World, options: &Value) -> Result<Vec<u8>, Failure> {
        let mut wait = Duration::ZERO;
        loop {
            let mut options = options.clone();
            options["waitMs"] = u64::try_from(wait.as_millis()).unwrap_or(0).into();
            let result = match world.sync(&self.since, &options.to_string()) {
                Ok(result) => result,
                Err(_) if world.is_interrupted() => return Err(Failure::Said(INTERRUPTED)),
                Err(error) if error.is_retryable() => {
                    self.tell(world, &of_error(&error));
                    world.pause(error.retry_after().unwrap_or(PAUSE));
                    continue;
                }
                Err(error) => return Err(error.into()),
            };
            if self.trouble.take().is_some() {
                world.note(&notes::answers_again());
            }
            let head: Head = read(&result)?;
            self.since = head.since;
            if !head.chats.is_empty() {
                return Ok(result);
            }
            wait = if head.more { Duration::ZERO } else { self.wait };
        }
    }

    /// Says it once, however often it happens: an outage may last for hours.
    fn tell(&mut self, world: &mut impl World, trouble: &Sentence) {
        if self.trouble.as_ref() != Some(trouble) {
            world.note(trouble);
            self.trouble = Some(trouble.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;
    use std::io::{Read, Write};

    use ymchat::Language;

    use super::*;

    /// Answers by a list, and keeps what it was asked and told.
    #[derive(Default)]
    struct Story {
        answers: VecDeque<Result<&'static str, Error>>,
        asked: Vec<(String, Value)>,
        pauses: Vec<Duration>,
        notes: Vec<String>,
        /// Ctrl-C comes during this pause, counted from 1.
        interrupted_in: Option<usize>,
    }

    impl World for Story {
        fn sync(&mut self, since: &str, options: &str) -> Result<Vec<u8>, Error> {
            self.asked.push((since.to_owned(), serde_json::from_str(options).expect("JSON")));
            let answer = self.answers.pop_front().expect("the story has come to its end");
            answer.map(|text| text.as_bytes().to_vec())
        }

        fn is_interrupted(&self) -> bool {
            self.interrupted_in.is_some_and(|pause| self.pauses.len() >= pause)
        }

        fn pause(&mut self, wait: Duration) {
            self.pauses.push(wait);
        }

        fn note(&mut self, what: &Sentence) {
            self.notes.push(what.in_language(Language::English).to_owned());
        }
    }

    fn told(answers: impl IntoIterator<Item = Result<&'static str, Error>>) -> Story {
        Story { answers: answers.into_iter().collect(), ..Story::default() }
    }

    fn position() -> Position {
        let wait = Duration::from_secs(600);
        Position { since: "first".to_owned(), wait, trouble: None }
    }

    /// What the library says of a service that does not answer in so many milliseconds.
    fn out_of_reach_for(milliseconds: u64) -> Error {
        let silent = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        let client = Client::builder()
            .api_key("key")
            .business_id(5)
            .base_url(format!("http://{}", silent.local_addr().expect("an address")))
            .attempt_timeout(Duration::from_millis(milliseconds))
            .max_attempts(1);
        client.build().expect("a client").get_chat(5).expect_err("nobody answers")
    }

    fn out_of_reach() -> Error {
        out_of_reach_for(1)
    }

    /// What the library says of a service that asks for patience.
    fn busy_for(seconds: u64) -> Error {
        let service = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        let client = Client::builder()
            .api_key("key")
            .business_id(5)
            .base_url(format!("http://{}", service.local_addr().expect("an address")))
            .max_attempts(1);
        let answers = std::thread::spawn(move || {
            let (mut connection, _) = service.accept().expect("a connection");
            let _ = connection.read(&mut [0; 4096]).expect("a request");
            let answer = format!(
                "HTTP/1.1 503 Service Unavailable\r\nRetry-After: {seconds}\r\nContent-Length: 0\r\n\r\n"
            );
            connection.write_all(answer.as_bytes()).expect("written");
        });
        let error = client.build().expect("a client").get_chat(5).expect_err("it is busy");
        answers.join().expect("answered");
        error
    }

    const NEWS: &str = r#"{"since": "second", "chats": [{}], "more": false}"#;
    const NOTHING: &str = r#"{"since": "second", "chats": [], "more": false}"#;

    #[test]
    fn an_outage_is_told_once_and_its_end_too_and_nothing_is_skipped() {
        let outage = out_of_reach();
        assert!(outage.is_retryable() && outage.retry_after().is_none(), "{outage}");
        let lost = || Err(outage.clone());
        let mut story = told([lost(), lost(), lost(), Ok(NEWS), Ok(NEWS)]);
        let mut position = position();
        let options = serde_json::json!({"scope": "all"});
        let next = position.next(&mut story, &options).expect("news");
        assert_eq!(next, NEWS.as_bytes());
        assert_eq!(story.pauses, [PAUSE; 3]);
        assert_eq!(story.notes, [outage.to_string(), "the service answers again".to_owned()]);
        assert!(story.asked.iter().all(|(since, _)| since == "first"), "{:?}", story.asked);
        assert!(story.asked.iter().all(|(_, options)| options["scope"] == "all"));
        position.next(&mut story, &options).expect("news");
        assert_eq!(story.asked.last().expect("asked").0, "second");
        assert_eq!(story.notes.len(), 2, "{:?}", story.notes);
    }

    #[test]
    fn another_trouble_and_a_second_outage_are_told_anew() {
        let (one, other) = (out_of_reach_for(1), out_of_reach_for(2));
        assert_ne!(one.to_string(), other.to_string(), "each names its time");
        let answers =
            [Err(one.clone()), Err(other.clone()), Ok(NOTHING), Err(other.clone()), Ok(NEWS)];
        let mut story = told(answers);
        position().next(&mut story, &serde_json::json!({})).expect("news");
        let again = "the service answers again".to_owned();
        let expected =
            [one.to_string(), other.to_string(), again.clone(), other.to_string(), again];
        assert_eq!(story.notes, expected);
    }

    #[test]
    fn a_call_waits_where_nothing_was_new() {
        let mut story = told([Ok(NOTHING), Ok(NEWS)]);
        position().next(&mut story, &serde_json::json!({})).expect("news");
        let waits: Vec<_> = story.asked.iter().map(|(_, options)| &options["waitMs"]).collect();
        assert_eq!(waits, [0, 600_000]);
        assert!(story.pauses.is_empty() && story.notes.is_empty());
    }

    #[test]
    fn a_service_that_asks_for_patience_gets_it() {
        let mut story = told([Err(busy_for(77)), Ok(NEWS)]);
        position().next(&mut story, &serde_json::json!({})).expect("news");
        assert_eq!(story.pauses, [Duration::from_secs(77)]);
    }

    #[test]
    fn ctrl_c_during_a_pause_ends_it() {
        let outage = out_of_reach();
        let mut story = told([Err(outage.clone()), Err(outage.clone()), Err(outage)]);
        story.interrupted_in = Some(2);
        let ended = position().next(&mut story, &serde_json::json!({}));
        assert!(matches!(ended, Err(Failure::Said(INTERRUPTED))), "{ended:?}");
        assert_eq!((story.pauses.len(), story.notes.len()), (2, 1));
    }

    #[test]
    fn what_cannot_get_better_ends_it() {
        let wrong = Client::builder().build().expect_err("there is no key");
        let mut story = told([Err(wrong)]);
        let ended = position().next(&mut story, &serde_json::json!({}));
        assert!(matches!(ended, Err(Failure::Call(_))), "{ended:?}");
        assert!(story.pauses.is_empty());
    }
}
