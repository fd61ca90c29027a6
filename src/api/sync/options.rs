//! Options of sync: from Rust, and from the JSON of the C ABI with the same names.

use std::time::{Duration, SystemTime};

use super::exchange::Start;
use super::state::Selection;
use crate::api::check;
use crate::api::options::reading;
use crate::fields::{self, Refusal};
use crate::model::{ChatType, ContextType};
use crate::pipeline::unix_ms;
use crate::sentences::{fields as kinds, sync as words};

const MESSAGES_PER_RESULT: u64 = 500;
/// The most messages of one result, all of which are in memory together.
const MAX_MESSAGES: u64 = 100_000;
/// The most ids in `chatIds`: beyond this a look at all chats costs less.
const MAX_HINTS: usize = 1_000;
/// The most values of a filter; the API knows three.
const MAX_VALUES: usize = 20;
const MAX_WAIT_MS: u64 = 86_400_000;

/// With what [`crate::Client::sync`] begins where there is no token yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum SyncStart {
    /// Everything in chats that wait for an answer, and in the others what is written from now on.
    #[default]
    Waiting,
    /// What is written from now on.
    Now,
    /// Everything.
    All,
    /// What was written at this time or later.
    At(SystemTime),
}

/// Which chats [`crate::Client::sync`] looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum SyncScope {
    /// Those that wait for an answer: NEW, WAITING_FOR_PARTNER and WAITING_FOR_ARBITER. A chat that
    /// comes up brings all that it has new, whoever wrote it.
    #[default]
    Waiting,
    /// All.
    All,
}

/// What to look for, and for how long.
///
/// A token belongs to one `scope`, `types` and `contextTypes`: give the same ones with each call.
///
/// ```
/// use std::time::Duration;
/// use ymchat::{SyncOptions, SyncScope};
/// let options = SyncOptions::new().scope(SyncScope::All).wait(Duration::from_secs(60));
/// ```
#[derive(Debug, Clone, Default)]
#[must_use]
pub struct SyncOptions {
    start: SyncStart,
    scope: SyncScope,
    limit: Option<u64>,
    types: Option<Vec<String>>,
    context_types: Option<Vec<String>>,
    pub(super) chat_ids: Option<Vec<i64>>,
    pub(super) wait: Duration,
    pub(super) call_timeout: Option<Duration>,
}

impl SyncOptions {
    /// What waits, at most 500 messages, without waiting.
    pub fn new() -> Self {
        Self::default()
    }

    /// `start`: with what to begin where there is no token yet.
    pub fn start(mut self, start: SyncStart) -> Self {
        self.start = start;
        self
    }

    /// `scope`: which chats are looked at.
    pub fn scope(mut self, scope: SyncScope) -> Self {
        self.scope = scope;
        self
    }

    /// `limit`: messages in one result, 1 to 100,000; default 500.
    pub fn limit(mut self, messages: u32) -> Self {
        self.limit = Some(messages.into());
        self
    }

    /// `types`: chats or disputes alone.
    pub fn types(mut self, types: impl IntoIterator<Item = ChatType>) -> Self {
        self.types = Some(types.into_iter().map(|value| value.as_str().to_owned()).collect());
        self
    }

    /// `contextTypes`: chats about orders, about returns, or started by customers alone.
    pub fn context_types(mut self, types: impl IntoIterator<Item = ContextType>) -> Self {
        self.context_types =
            Some(types.into_iter().map(|value| value.as_str().to_owned()).collect());
        self
    }

    /// `chatIds`: these chats alone are looked at, such as those that a notification names; at
    /// most 1000. It costs one request for each.
    pub fn chat_ids(mut self, ids: impl IntoIterator<Item = i64>) -> Self {
        self.chat_ids = Some(ids.into_iter().collect());
        self
    }

    /// `waitMs`: how long to wait until there is something new, at most a day; default not at all.
    pub fn wait(mut self, wait: Duration) -> Self {
        self.wait = wait;
        self
    }

    /// `callTimeoutMs`: for each look, instead of the client's. With `wait`, the call takes as
    /// long as both together at most.
    pub fn call_timeout(mut self, timeout: Duration) -> Self {
        self.call_timeout = Some(timeout);
        self
    }

    pub(crate) fn from_json(json: Option<&str>) -> Result<Self, Refusal> {
        let mut options = Self::default();
        let Some(mut fields) = reading::parse(json)? else {
            return Ok(options);
        };
        if let Some(start) = fields.text("start")? {
            options.start = read_start(&start)?;
        }
        if let Some(scope) = fields.text("scope")? {
            options.scope = match scope.as_str() {
                "waiting" => SyncScope::Waiting,
                "all" => SyncScope::All,
                _ => return Err(words::scope_unknown()),
            };
        }
        options.limit = fields.whole("limit")?;
        options.types = fields.texts("types")?;
        options.context_types = fields.texts("contextTypes")?;
        if let Some(ids) = fields.list("chatIds")? {
            let ids = ids.iter().map(fields::id).collect::<Option<Vec<i64>>>();
            let wrong = || words::chat_ids_are_wrong(&kinds::an_id());
            options.chat_ids = Some(ids.ok_or_else(wrong)?);
        }
        options.wait = Duration::from_millis(fields.whole("waitMs")?.unwrap_or(0));
        options.call_timeout = reading::timeout(&mut fields)?;
        reading::finish(fields)?;
        Ok(options)
    }

    pub(super) fn check(&self) -> Result<(), Refusal> {
        if let Some(limit) = self.limit {
            check::limit(limit, MAX_MESSAGES)?;
        }
        for (name, values) in [("types", &self.types), ("contextTypes", &self.context_types)] {
            let Some(values) = values else { continue };
            if values.is_empty() || values.len() > MAX_VALUES {
                return Err(words::values_too_many(name, MAX_VALUES));
            }
            for value in values {
                check::enum_value(name, value)?;
                if value.len() > 40 {
                    return Err(words::value_too_long(name));
                }
            }
        }
        if let Some(ids) = &self.chat_ids {
            if ids.is_empty() || ids.len() > MAX_HINTS {
                return Err(words::chat_ids_too_many(MAX_HINTS));
            }
            for id in ids {
                check::id_in("chatIds", *id)?;
            }
        }
        if self.wait > Duration::from_millis(MAX_WAIT_MS) {
            return Err(words::wait_too_long(MAX_WAIT_MS));
        }
        Ok(())
    }

    pub(super) fn limit_or_default(&self) -> usize {
        usize::try_from(self.limit.unwrap_or(MESSAGES_PER_RESULT)).unwrap_or(usize::MAX)
    }

    pub(super) fn first(&self) -> Start {
        match self.start {
            SyncStart::Waiting => Start::Waiting,
            SyncStart::Now => Start::Now,
            SyncStart::All => Start::All,
            SyncStart::At(at) => Start::At(unix_ms(at)),
        }
    }

    pub(super) fn selection(&self, business: i64) -> Selection {
        let sorted = |values: &Option<Vec<String>>| {
            let mut sorted = Vec::new();
            for value in values.iter().flatten() {
                if let Err(place) = sorted.binary_search(value) {
                    sorted.insert(place, value.clone());
                }
            }
            sorted
        };
        Selection {
            business,
            all: self.scope == SyncScope::All,
            types: sorted(&self.types),
            context_types: sorted(&self.context_types),
        }
    }
}

fn read_start(text: &str) -> Result<SyncStart, Refusal> {
    match text {
        "waiting" => Ok(SyncStart::Waiting),
        "now" => Ok(SyncStart::Now),
        "all" => Ok(SyncStart::All),
        date => crate::dates::iso8601(date).map(SyncStart::At).ok_or_else(words::start_unknown),
    }
}

/// Says what a token was made for where that is something else.
pub(super) fn check_selection(token: &Selection, wanted: &Selection) -> Result<(), Refusal> {
    if token.business != wanted.business {
        return Err(words::token_of_other_business(token.business, wanted.business));
    }
    let scope = |all: bool| if all { "all" } else { "waiting" };
    if token.all != wanted.all {
        return Err(words::token_of_other_scope(scope(token.all), scope(wanted.all)));
    }
    let filters = [
        ("types", &token.types, &wanted.types),
        ("contextTypes", &token.context_types, &wanted.context_types),
    ];
    for (name, was, is) in filters {
        if was != is {
            let (was, is) = (format!("{was:?}"), format!("{is:?}"));
            return Err(words::token_of_other_filter(name, &was, &is));
        }
    }
    Ok(())
}
