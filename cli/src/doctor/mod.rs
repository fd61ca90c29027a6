//! `ymchat doctor`: one check after the other, from the settings to the limits.

mod check;
mod connection;
mod environment;
mod network;
mod route;
mod service;
mod tls;

pub use check::{Check, Subject, Verdict};
use route::Route;
use ymchat::Language;

use crate::config::Loaded;
use crate::sentences::{Sentence, doctor as words, of_error};

/// Tells of each check as soon as it is made.
pub struct Doctor<'a> {
    language: Language,
    tell: &'a mut dyn FnMut(Check),
}

impl Doctor<'_> {
    /// A doctor who speaks this language.
    pub fn new(language: Language, tell: &mut dyn FnMut(Check)) -> Doctor<'_> {
        Doctor { language, tell }
    }

    fn say(&self, what: &Sentence) -> String {
        what.in_language(self.language).to_owned()
    }

    fn passed(&mut self, subject: Subject, found: &Sentence) {
        let found = self.say(found);
        (self.tell)(Check::passed(subject, found));
    }

    fn failed(&mut self, subject: Subject, found: &Sentence, advice: &Sentence) {
        let (found, advice) = (self.say(found), self.say(advice));
        (self.tell)(Check::failed(subject, found, advice));
    }

    fn not_tried(&mut self, subjects: &[Subject], why: &Sentence) {
        let why = self.say(why);
        for &subject in subjects {
            (self.tell)(Check::not_tried(subject, why.clone()));
        }
    }

    /// Checks everything; `open` gives the client for the calls.
    pub fn examine(
        &mut self,
        loaded: &Loaded,
        open: impl FnOnce() -> Result<ymchat::Client, ymchat::Error>,
    ) {
        use Subject::{
            Businesses, Chats, Clock, Configuration, Key, Name, Parallel, Quotas, Route, Tls,
        };
        // The library looks at all settings. It wants a key, which may be what is missing.
        let client = match loaded.has_credential() {
            true => open().map(Some),
            false => loaded.check().map(|()| None),
        };
        let route = route::Route::of(loaded, |name| std::env::var_os(name));
        let (Some(route), Ok(client)) = (route, &client) else {
            let found = match &client {
                Err(error) => of_error(error),
                Ok(_) => words::no_address(),
            };
            self.failed(Configuration, &found, &words::correct_settings());
            let all = [Name, Route, Tls, Clock, Key, Businesses, Chats, Quotas, Parallel];
            return self.not_tried(&all, &words::after_failure());
        };
        let service = &route.service;
        match &loaded.file {
            Some(file) => {
                self.passed(Configuration, &words::settings_of_file(&file.display(), service));
            }
            None => self.passed(Configuration, &words::settings_of_environment(service)),
        }
        let connected = self.reach(loaded, &route);
        match client {
            Some(client) if connected => self.ask(loaded, client),
            Some(_) => {
                let all = [Key, Businesses, Chats, Quotas, Parallel];
                self.not_tried(&all, &words::after_failure());
            }
            None => {
                self.failed(Key, &words::no_key(), &words::set_key());
                let all = [Businesses, Chats, Quotas, Parallel];
                self.not_tried(&all, &words::after_failure());
            }
        }
    }

    /// Name, route, TLS and clock. False where no call can succeed.
    fn reach(&mut self, loaded: &Loaded, route: &Route) -> bool {
        self.report_proxy(route);
        let Some(stream) = self.connect(route.proxy.as_ref().unwrap_or(&route.service)) else {
            let rest = [Subject::Tls, Subject::Clock];
            self.not_tried(&rest, &words::after_failure());
            return false;
        };
        let Some(connection) = self.secure(loaded, route, stream) else {
            self.not_tried(&[Subject::Clock], &words::after_failure());
            return false;
        };
        self.compare_clocks(&route.service.host, connection);
        true
    }
}
