//! `ymchat doctor`: one check after the other, from the settings to the limits.

mod check;
mod connection;
mod network;
mod place;
mod service;
mod tls;

pub use check::{Check, Subject, Verdict};
use place::Place;
use ymchat::Language;

use crate::config::Loaded;
use crate::sentences::{Sentence, doctor as words, of_error, reasons};

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
        let service = Place::of_service(loaded);
        let shown = service.as_ref().map(Place::shown).unwrap_or_default();
        // The library looks at all settings. It wants a key, which may be what is missing.
        let client = match loaded.has_credential() {
            true => open().map(Some),
            false => loaded.check().map(|()| None),
        };
        let (Some(service), Ok(client)) = (service, &client) else {
            let found = match &client {
                Err(error) => of_error(error),
                Ok(_) => reasons::of_the_system(&shown),
            };
            self.failed(Configuration, &found, &words::correct_settings());
            let all = [Name, Route, Tls, Clock, Key, Businesses, Chats, Quotas, Parallel];
            return self.not_tried(&all, &words::after_failure());
        };
        match &loaded.file {
            Some(file) => {
                self.passed(Configuration, &words::settings_of_file(&file.display(), &shown));
            }
            None => self.passed(Configuration, &words::settings_of_environment(&shown)),
        }
        let connected = self.reach(loaded, &service);
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
    fn reach(&mut self, loaded: &Loaded, service: &Place) -> bool {
        let proxy = Place::of_proxy(loaded);
        match &proxy {
            Some(proxy) => {
                self.passed(Subject::Proxy, &words::used_proxy(&proxy.shown()));
            }
            None if place::of_environment().is_some() => {
                self.passed(Subject::Proxy, &words::unused_proxy());
            }
            None => self.passed(Subject::Proxy, &words::no_proxy()),
        }
        let Some(stream) = self.connect(proxy.as_ref().unwrap_or(service)) else {
            let rest = [Subject::Tls, Subject::Clock];
            self.not_tried(&rest, &words::after_failure());
            return false;
        };
        if proxy.as_ref().is_some_and(|proxy| proxy.scheme.starts_with("socks")) {
            self.not_tried(&[Subject::Tls, Subject::Clock], &words::tls_socks());
            return true;
        }
        let Some(connection) = self.secure(loaded, service, proxy.as_ref(), stream) else {
            self.not_tried(&[Subject::Clock], &words::after_failure());
            return false;
        };
        self.compare_clocks(service, proxy.as_ref(), connection);
        true
    }
}
