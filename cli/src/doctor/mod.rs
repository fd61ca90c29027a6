//! `ymchat doctor`: one check after the other, from the settings to the limits.

mod check;
mod connection;
mod network;
mod place;
mod service;
mod tls;

use std::fmt::Display;

pub use check::{Check, Subject, Verdict};
use place::Place;
use ymchat::Language;

use crate::catalogue::{self, Text};
use crate::config::Loaded;

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

    fn say(&self, text: &Text, values: &[(&str, &dyn Display)]) -> String {
        text.say(self.language, values)
    }

    fn passed(&mut self, subject: Subject, text: &Text, values: &[(&str, &dyn Display)]) {
        (self.tell)(Check::passed(subject, text.say(self.language, values)));
    }

    fn failed(
        &mut self,
        subject: Subject,
        (text, advice): (&Text, &Text),
        values: &[(&str, &dyn Display)],
    ) {
        let (found, advice) = (self.say(text, values), self.say(advice, values));
        (self.tell)(Check::failed(subject, found, advice));
    }

    fn not_tried(&mut self, subjects: &[Subject], text: &Text) {
        for &subject in subjects {
            (self.tell)(Check::not_tried(subject, text.say(self.language, &[])));
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
            let error = client.err().map(|error| error.to_string()).unwrap_or(shown);
            let texts = (&catalogue::SETTINGS_WRONG, &catalogue::CORRECT_SETTINGS);
            self.failed(Configuration, texts, &[("error", &error)]);
            let all = [Name, Route, Tls, Clock, Key, Businesses, Chats, Quotas, Parallel];
            return self.not_tried(&all, &catalogue::AFTER_FAILURE);
        };
        match &loaded.file {
            Some(file) => {
                let file = file.display();
                let values: [(&str, &dyn Display); 2] = [("file", &file), ("address", &shown)];
                self.passed(Configuration, &catalogue::SETTINGS_OF_FILE, &values);
            }
            None => {
                let text = &catalogue::SETTINGS_OF_ENVIRONMENT;
                self.passed(Configuration, text, &[("address", &shown)]);
            }
        }
        let connected = self.reach(loaded, &service);
        match client {
            Some(client) if connected => self.ask(loaded, client),
            Some(_) => {
                let all = [Key, Businesses, Chats, Quotas, Parallel];
                self.not_tried(&all, &catalogue::AFTER_FAILURE);
            }
            None => {
                self.failed(Key, (&catalogue::NO_KEY, &catalogue::SET_KEY), &[]);
                let all = [Businesses, Chats, Quotas, Parallel];
                self.not_tried(&all, &catalogue::AFTER_FAILURE);
            }
        }
    }

    /// Name, route, TLS and clock. False where no call can succeed.
    fn reach(&mut self, loaded: &Loaded, service: &Place) -> bool {
        let proxy = Place::of_proxy(loaded);
        match &proxy {
            Some(proxy) => {
                let shown = proxy.shown();
                self.passed(Subject::Proxy, &catalogue::USED_PROXY, &[("proxy", &shown)]);
            }
            None if place::of_environment().is_some() => {
                self.passed(Subject::Proxy, &catalogue::UNUSED_PROXY, &[]);
            }
            None => self.passed(Subject::Proxy, &catalogue::NO_PROXY, &[]),
        }
        let Some(stream) = self.connect(proxy.as_ref().unwrap_or(service)) else {
            let rest = [Subject::Tls, Subject::Clock];
            self.not_tried(&rest, &catalogue::AFTER_FAILURE);
            return false;
        };
        if proxy.as_ref().is_some_and(|proxy| proxy.scheme.starts_with("socks")) {
            self.not_tried(&[Subject::Tls, Subject::Clock], &catalogue::TLS_SOCKS);
            return true;
        }
        let Some(connection) = self.secure(loaded, service, proxy.as_ref(), stream) else {
            self.not_tried(&[Subject::Clock], &catalogue::AFTER_FAILURE);
            return false;
        };
        self.compare_clocks(service, proxy.as_ref(), connection);
        true
    }
}
