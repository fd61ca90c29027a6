//! The result of a check.

use serde::Serialize;

use crate::sentences::{Sentence, doctor as words};

/// How a check ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Verdict {
    /// All is well.
    Passed,
    /// Something is to be done.
    Failed,
    /// It makes no sense, or needs what failed before.
    NotTried,
}

impl Verdict {
    /// For people.
    pub fn title(self) -> Sentence {
        match self {
            Verdict::Passed => words::passed(),
            Verdict::Failed => words::failed(),
            Verdict::NotTried => words::not_tried(),
        }
    }
}

/// What is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Subject {
    /// Where the settings come from, and whether they are right.
    Configuration,
    /// Whether there is a proxy.
    Proxy,
    /// The look-up of the host's name.
    Name,
    /// A connection.
    Route,
    /// The handshake and the certificates.
    Tls,
    /// The computer's clock.
    Clock,
    /// What the key may do.
    Key,
    /// Which businesses it grants access to.
    Businesses,
    /// Whether chats can be read.
    Chats,
    /// What is left of the quotas.
    Quotas,
    /// Four requests at a time.
    Parallel,
}

impl Subject {
    /// For people.
    pub fn title(self) -> Sentence {
        match self {
            Subject::Configuration => words::configuration(),
            Subject::Proxy => words::proxy(),
            Subject::Name => words::name(),
            Subject::Route => words::route(),
            Subject::Tls => words::tls(),
            Subject::Clock => words::clock(),
            Subject::Key => words::key(),
            Subject::Businesses => words::businesses(),
            Subject::Chats => words::chats(),
            Subject::Quotas => words::quotas(),
            Subject::Parallel => words::parallel(),
        }
    }
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Check {
    /// What was checked.
    #[serde(rename = "check")]
    pub subject: Subject,
    /// How it ended.
    pub verdict: Verdict,
    /// A sentence.
    pub found: String,
    /// What to do, where it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub advice: Option<String>,
    /// More about it, line by line.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub details: Vec<String>,
}

impl Check {
    /// All is well.
    pub fn passed(subject: Subject, found: String) -> Self {
        Check { subject, verdict: Verdict::Passed, found, advice: None, details: Vec::new() }
    }

    /// Something is to be done.
    pub fn failed(subject: Subject, found: String, advice: String) -> Self {
        let advice = Some(advice).filter(|advice| !advice.is_empty());
        Check { subject, verdict: Verdict::Failed, found, advice, details: Vec::new() }
    }

    /// Why it was not tried.
    pub fn not_tried(subject: Subject, found: String) -> Self {
        Check { subject, verdict: Verdict::NotTried, found, advice: None, details: Vec::new() }
    }

    /// With more about it.
    pub fn with_details(mut self, details: Vec<String>) -> Self {
        self.details = details;
        self
    }
}
