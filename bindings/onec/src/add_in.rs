//! An object of the add-in: its settings, its client, its last error.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, MutexGuard, PoisonError};

use ymchat::internal::defect;
use ymchat::sentences::verbatim;
use ymchat::{Language, RawClient};

use crate::arguments::{Arguments, text};
use crate::calls;
use crate::failure::Failure;
use crate::language::{self, ReportedError, choose, tell};
use crate::mistake::{Mistake, Place, call_name};
use crate::settings::Settings;
use crate::table::{Action, Holds, Method, Property, Takes};
use crate::value::{Answer, Value};

/// What stands behind one object of the host.
#[derive(Default)]
pub(crate) struct AddIn {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    settings: Settings,
    client: Option<Clients>,
    last_error: String,
    /// What the platform said.
    locale: Option<Language>,
    /// What the program said, which counts for more.
    language: Option<Language>,
}

/// One client, by two names.
struct Clients {
    /// Cancels what is under way.
    client: RawClient,
    /// Its calls are made by this one, whose cancel is for good: a call that has entered the object,
    /// but not begun, when the object goes, sends nothing.
    calls: RawClient,
}

impl State {
    /// Russian, where the platform names no language: the platform is used in Russia.
    fn language(&self) -> Language {
        self.language.or(self.locale).unwrap_or(Language::Russian)
    }
}

impl AddIn {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The platform's language; an unknown one changes nothing.
    pub(crate) fn set_locale(&self, code: &str) {
        if let Some(language) = language::of_code(code) {
            self.state().locale = Some(language);
        }
    }

    /// Ends the calls of other threads.
    fn cancel(&self) {
        let client = self.state().client.as_ref().map(|clients| clients.client.clone());
        if let Some(client) = client {
            client.cancel();
        }
    }

    /// Ends the client, and the calls that are in it.
    pub(crate) fn close(&self) {
        let clients = self.state().client.take();
        if let Some(clients) = clients {
            clients.calls.cancel();
        }
    }

    pub(crate) fn get(&self, property: &'static Property) -> Answer {
        let state = self.state();
        match property.holds {
            Holds::Setting { key, takes, .. } => state.settings.get(key, takes),
            Holds::Language => state.language().code().to_owned().into(),
            Holds::LastError => state.last_error.clone().into(),
            Holds::IsOpen => Answer::Flag(state.client.is_some()),
        }
    }

    pub(crate) fn set(
        &self,
        property: &'static Property,
        value: &Value<'_>,
    ) -> Result<(), ReportedError> {
        let mut state = self.state();
        let outcome = match property.holds {
            Holds::Setting { key, takes, .. } => state.settings.set(property, key, takes, value),
            Holds::Language if *value == Value::Empty => {
                state.language = None;
                Ok(())
            }
            Holds::Language => {
                let code = text(Place::Property(property), Takes::Text, value);
                code.and_then(known).map(|language| state.language = Some(language))
            }
            Holds::LastError | Holds::IsOpen => Ok(()),
        };
        outcome.map_err(|mistake| {
            let language = state.language();
            let complaint = mistake.tell(language, choose(language, property.names), "client_new");
            state.last_error.clone_from(&complaint.document);
            complaint
        })
    }

    /// Makes a call. Whatever happens in it, a complaint or an answer comes back.
    pub(crate) fn call(
        &self,
        method: &'static Method,
        values: &[Value<'_>],
    ) -> Result<Answer, ReportedError> {
        self.state().last_error.clear();
        let body = AssertUnwindSafe(|| self.attempt(method, values));
        let outcome = catch_unwind(body).unwrap_or_else(|panic| {
            Err(Failure::Library(defect(method.operation, verbatim(&panic_text(panic)))))
        });
        outcome.map_err(|failure| self.complain(method, &failure))
    }

    /// What to say where the result of a call cannot be handed over.
    pub(crate) fn has_no_memory(&self, method: &'static Method) -> ReportedError {
        self.complain(method, &Failure::Mistake(Mistake::NoMemory))
    }

    fn complain(&self, method: &'static Method, failure: &Failure) -> ReportedError {
        let mut state = self.state();
        let language = state.language();
        let name = call_name(language, method);
        let complaint = match failure {
            Failure::Library(error) => tell(language, name, error),
            Failure::Mistake(mistake) => mistake.tell(language, name, method.operation),
        };
        state.last_error.clone_from(&complaint.document);
        complaint
    }

    fn attempt(&self, method: &'static Method, values: &[Value<'_>]) -> Result<Answer, Failure> {
        let arguments = Arguments::new(method, values)?;
        match method.action {
            Action::Open => self.open(arguments.text(0)?),
            Action::Close => {
                self.close();
                Ok(Answer::Nothing)
            }
            Action::Cancel => {
                self.cancel();
                Ok(Answer::Nothing)
            }
            action => {
                // The lock is not held while the call waits: others may end it.
                let client = self.state().client.as_ref().map(|clients| clients.calls.clone());
                calls::make(action, client.as_ref(), &arguments)
            }
        }
    }

    fn open(&self, json: &str) -> Result<Answer, Failure> {
        self.close();
        let mut state = self.state();
        let (configuration, code) = state.settings.configuration(json, state.language());
        if let Some(code) = code {
            state.language = Some(known(&code)?);
        }
        let client = RawClient::from_json(&configuration)?;
        state.client = Some(Clients { calls: client.scope(), client });
        Ok(Answer::Nothing)
    }
}

fn known(code: &str) -> Result<Language, Mistake> {
    language::of_code(code).ok_or(Mistake::UnknownLanguage)
}

fn panic_text(panic: Box<dyn Any + Send>) -> String {
    let text = match (panic.downcast_ref::<&str>(), panic.downcast_ref::<String>()) {
        (Some(text), _) => (*text).to_owned(),
        (_, Some(text)) => text.clone(),
        _ => "no text".to_owned(),
    };
    // Dropping a payload may panic in its turn.
    std::mem::forget(panic);
    text
}
