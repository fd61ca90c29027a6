//! The one error of this library: what happened, to which call, and what to do about it.

use std::fmt;
use std::time::Duration;

use serde::ser::SerializeMap;
use serde::{Deserialize, Serialize, Serializer};

use crate::language::Language;
use crate::sentences::{Sentence, advice, errors};
use crate::status::{Action, Status};

/// One entry of the service's own list of errors.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ApiError {
    /// The service's code, such as `BAD_REQUEST`.
    #[serde(default)]
    pub code: String,
    /// The service's words; it may leave them out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

/// What is known of a send that did not succeed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum DeliveryStatus {
    /// It certainly did not arrive: it may be sent again.
    NotSent,
    /// It may have arrived: look into the chat before it is sent again.
    Unknown,
}

impl DeliveryStatus {
    /// The text in JSON: `notSent`, `unknown`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotSent => "notSent",
            Self::Unknown => "unknown",
        }
    }
}

impl fmt::Display for DeliveryStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What a search for a lost send found out; part of the error document as `known`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct SendSearch {
    /// Whether the history could be read after the send.
    pub searched: bool,
    /// Messages of that content that could be this one, or an earlier one of the same content.
    pub candidates: Vec<i64>,
    /// The newest message that was known before the send.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after_message_id: Option<i64>,
    /// What became of the send's own answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cause: Option<String>,
}

/// Any failure of this library.
///
/// `Display` gives a sentence for a person. No error ever holds a credential.
///
/// ```
/// let error = ymchat::Client::from_json(r#"{"apiKee": "…"}"#).unwrap_err();
/// assert_eq!(error.status(), ymchat::Status::InvalidArgument);
/// assert!(error.to_string().contains("apiKee"));
/// ```
#[derive(Debug, Clone)]
pub struct Error(Box<Details>);

#[derive(Debug, Clone)]
struct Details {
    status: Status,
    what: Sentence,
    advice: Option<Sentence>,
    language: Language,
    operation: &'static str,
    http_status: Option<u16>,
    errors: Vec<ApiError>,
    retryable: bool,
    retry_after: Option<Duration>,
    action: Action,
    trace_id: Option<String>,
    attempts: u32,
    outcome: Option<DeliveryStatus>,
    known: Option<SendSearch>,
    ticket: Option<String>,
    source: Option<Error>,
}

impl Details {
    fn message(&self) -> String {
        let Details { operation, what, advice, language, .. } = self;
        let what = what.in_language(*language);
        let stop = if what.ends_with(['.', '?', '!']) { "" } else { "." };
        match advice {
            Some(advice) => {
                format!("{operation}: {what}{stop} {}", advice.in_language(*language))
            }
            None => format!("{operation}: {what}{stop}"),
        }
    }
}

impl Error {
    /// `what` says what happened, without the operation, which is put before it, and without a
    /// full stop. What to do about it is the [advice](Error::with_advice).
    pub(crate) fn new(status: Status, operation: &'static str, what: Sentence) -> Self {
        Error(Box::new(Details {
            status,
            what,
            advice: None,
            language: Language::default(),
            operation,
            http_status: None,
            errors: Vec::new(),
            retryable: status.usually_retryable(),
            retry_after: None,
            action: status.usual_action(),
            trace_id: None,
            attempts: 0,
            outcome: None,
            known: None,
            ticket: None,
            source: None,
        }))
    }

    /// For bindings to other languages: an argument that is wrong.
    pub(crate) fn invalid_argument(operation: &'static str, what: Sentence) -> Self {
        Error::invalid(operation, what)
    }

    /// For bindings to other languages: a defect, such as a panic, and what is known of it. A send
    /// may have been under way, so its outcome is unknown.
    pub(crate) fn internal(operation: &'static str, detail: &Sentence) -> Self {
        if is_send(operation) {
            let known = SendSearch {
                cause: Some(Status::Internal.name().to_owned()),
                ..SendSearch::default()
            };
            return Error::new(
                Status::OutcomeUnknown,
                operation,
                errors::defect_while_sending(detail),
            )
            .with_advice(advice::look_before_sending_again())
            .with_known(known)
            .with_outcome(DeliveryStatus::Unknown);
        }
        Error::new(Status::Internal, operation, errors::defect(detail))
            .with_advice(advice::report_it())
    }

    /// An argument is refused before anything is sent.
    pub(crate) fn invalid(operation: &'static str, what: Sentence) -> Self {
        let error = Error::new(Status::InvalidArgument, operation, what);
        if is_send(operation) { error.with_outcome(DeliveryStatus::NotSent) } else { error }
    }

    /// One sentence that says what to do. An error that quotes this one leaves it out, and gives
    /// its own.
    pub(crate) fn with_advice(mut self, advice: Sentence) -> Self {
        self.0.advice = Some(advice);
        self
    }

    /// Panics unless there is one piece of advice, in one sentence, in each language.
    #[cfg(test)]
    pub(crate) fn has_one_advice(&self) {
        for language in Language::ALL {
            let advice = self.0.advice.as_ref().map_or("", |advice| advice.in_language(*language));
            let (sentence, stop) = advice.split_at(advice.len().saturating_sub(1));
            assert!(matches!(stop, "." | "?"), "no advice, or no sentence: {self}");
            let several = [". ", "? ", "; "].iter().any(|end| sentence.contains(end));
            assert!(!several, "more than one: {advice}");
        }
    }

    /// What happened, without the operation and without advice, for quoting in another sentence.
    pub(crate) fn what(&self) -> Sentence {
        self.0.what.clone().without_stop()
    }

    /// Adds a sentence, which is no advice.
    pub(crate) fn with_note(mut self, note: &Sentence) -> Self {
        self.0.what = errors::two(&self.what(), note);
        self
    }

    pub(crate) fn with_http_status(mut self, http_status: u16) -> Self {
        self.0.http_status = Some(http_status);
        self
    }

    pub(crate) fn with_errors(mut self, errors: Vec<ApiError>) -> Self {
        self.0.errors = errors;
        self
    }

    pub(crate) fn with_retryable(mut self, retryable: bool) -> Self {
        self.0.retryable = retryable;
        self
    }

    pub(crate) fn with_retry_after(mut self, wait: Duration) -> Self {
        self.0.retry_after = Some(wait);
        self
    }

    pub(crate) fn with_action(mut self, action: Action) -> Self {
        self.0.action = action;
        self
    }

    pub(crate) fn with_trace_id(mut self, trace_id: impl Into<String>) -> Self {
        self.0.trace_id = Some(trace_id.into());
        self
    }

    pub(crate) fn with_attempts(mut self, attempts: u32) -> Self {
        self.0.attempts = attempts;
        self
    }

    pub(crate) fn with_outcome(mut self, outcome: DeliveryStatus) -> Self {
        self.0.outcome = Some(outcome);
        if outcome == DeliveryStatus::Unknown {
            self.0.retryable = false;
            self.0.action = Action::CheckHistory;
        }
        self
    }

    pub(crate) fn with_ticket(mut self, ticket: impl Into<String>) -> Self {
        self.0.ticket = Some(ticket.into());
        self
    }

    /// The same error as that of another operation, which ended by it.
    pub(crate) fn within(
        mut self,
        operation: &'static str,
        doing: impl FnOnce(&Sentence) -> Sentence,
    ) -> Self {
        self.0.what = doing(&self.0.what);
        self.0.operation = operation;
        self
    }

    pub(crate) fn with_known(mut self, known: SendSearch) -> Self {
        self.0.known = Some(known);
        self
    }

    /// The error behind this one.
    pub(crate) fn with_source(mut self, source: Error) -> Self {
        self.0.source = Some(source);
        self
    }

    /// The same error in another language: its sentence and its advice, and those of its
    /// [source](std::error::Error::source). Errors of a client speak the language of its
    /// [configuration](crate::ClientBuilder::language), others English.
    ///
    /// ```
    /// use ymchat::Language;
    ///
    /// let error = ymchat::parse_notification_json(b"", r#"{"name": 5}"#).unwrap_err();
    /// let russian = error.clone().in_language(Language::Russian);
    /// assert!(error.to_string().contains("name must be a string"));
    /// assert!(russian.to_string().contains("name: нужна строка"));
    /// ```
    #[must_use]
    pub fn in_language(mut self, language: Language) -> Self {
        self.0.language = language;
        self.0.source = self.0.source.map(|source| source.in_language(language));
        self
    }

    /// How the call failed.
    pub fn status(&self) -> Status {
        self.0.status
    }

    /// The call, by the API's operationId or, for this library's own calls, by their name.
    pub fn operation(&self) -> &str {
        self.0.operation
    }

    /// The HTTP status, where there was an answer.
    pub fn http_status(&self) -> Option<u16> {
        self.0.http_status
    }

    /// The service's own list of errors; empty where it gave none.
    pub fn errors(&self) -> &[ApiError] {
        &self.0.errors
    }

    /// Whether the same call, made again later, may succeed and can do no harm.
    pub fn is_retryable(&self) -> bool {
        self.0.retryable
    }

    /// How long to wait before the call is made again, where that is known.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// What to do.
    pub fn action(&self) -> Action {
        self.0.action
    }

    /// The W3C trace id of the last attempt: the merchant's log and the support find it by this.
    pub fn trace_id(&self) -> Option<&str> {
        self.0.trace_id.as_deref()
    }

    /// How many requests were sent, or tried to be sent, for this call.
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// For a send: whether it certainly did not arrive. `None` for every other call.
    pub fn outcome(&self) -> Option<DeliveryStatus> {
        self.0.outcome
    }

    /// For a send whose outcome is unknown: what the search found out.
    pub fn known(&self) -> Option<&SendSearch> {
        self.0.known.as_ref()
    }

    /// For a send whose outcome is unknown: the ticket with which to send it again. It arrives
    /// once, even where the first one has arrived.
    pub fn ticket(&self) -> Option<&str> {
        self.0.ticket.as_deref()
    }

    /// The error document of the C ABI.
    ///
    /// ```
    /// # let error = ymchat::Client::from_json("{}").unwrap_err();
    /// let document: serde_json::Value = serde_json::from_str(&error.to_json()).unwrap();
    /// assert_eq!(document["status"], 1);
    /// assert_eq!(document["name"], "INVALID_ARGUMENT");
    /// assert_eq!(document["action"], "fix_request");
    /// ```
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_else(|_| {
            // Only strings and numbers are in it, so this cannot be reached; a document it is.
            format!("{{\"status\":{}}}", self.0.status.code())
        })
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message())
    }
}

impl std::error::Error for Error {
    /// Where the outcome of a send is unknown: the error that its answer was lost by.
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source.as_ref().map(|source| source as _)
    }
}

/// The operations whose errors say what became of the send.
const SENDS: [&str; 2] = ["sendMessageToChat", "sendFileToChat"];

/// Whether the operation sends a message to a customer.
pub(crate) fn is_send(operation: &str) -> bool {
    SENDS.contains(&operation)
}

impl Serialize for Error {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let d = &self.0;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("status", &d.status.code())?;
        map.serialize_entry("name", d.status.name())?;
        map.serialize_entry("message", &d.message())?;
        map.serialize_entry("operation", d.operation)?;
        if let Some(http_status) = d.http_status {
            map.serialize_entry("httpStatus", &http_status)?;
        }
        if !d.errors.is_empty() {
            map.serialize_entry("errors", &d.errors)?;
        }
        map.serialize_entry("retryable", &d.retryable)?;
        if let Some(wait) = d.retry_after {
            map.serialize_entry("retryAfterMs", &crate::clock::millis(wait))?;
        }
        map.serialize_entry("action", &d.action)?;
        if let Some(trace_id) = &d.trace_id {
            map.serialize_entry("traceId", trace_id)?;
        }
        map.serialize_entry("attempts", &d.attempts)?;
        if let Some(outcome) = d.outcome {
            map.serialize_entry("outcome", &outcome)?;
        }
        if let Some(known) = &d.known {
            map.serialize_entry("known", known)?;
        }
        if let Some(ticket) = &d.ticket {
            map.serialize_entry("ticket", ticket)?;
        }
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn document_names_everything_that_is_known() {
        let error = Error::new(Status::RateLimited, "getChats", errors::cancelled())
            .with_advice(advice::call_again())
            .with_http_status(420)
            .with_errors(vec![ApiError { code: "METHOD_FAILURE".into(), message: None }])
            .with_retry_after(Duration::from_micros(1_200_001))
            .with_trace_id("0af7651916cd43dd8448eb211c80319c")
            .with_attempts(3);
        let document: serde_json::Value = serde_json::from_str(&error.to_json()).unwrap();
        assert_eq!(
            document,
            serde_json::json!({
                "status": 6, "name": "RATE_LIMITED", "message": "getChats: the call was cancelled. Call again.",
                "operation": "getChats", "httpStatus": 420,
                "errors": [{"code": "METHOD_FAILURE"}],
                "retryable": true, "retryAfterMs": 1201, "action": "wait",
                "traceId": "0af7651916cd43dd8448eb211c80319c", "attempts": 3,
            })
        );
    }

    #[test]
    fn a_quoted_error_leaves_its_advice_behind() {
        let cause =
            Error::new(Status::Network, "getChats", errors::verbatim("the connection broke."))
                .with_advice(advice::call_again());
        assert_eq!(cause.to_string(), "getChats: the connection broke. Call again.");
        let lost = crate::sentences::network::not_http(&cause.what());
        let error = Error::new(Status::OutcomeUnknown, "getChats", lost);
        assert_eq!(
            error.to_string(),
            "getChats: what came back is not an HTTP answer (the connection broke)."
        );
        let bare = Error::invalid("getChats", errors::verbatim("is it one?"));
        assert_eq!(bare.to_string(), "getChats: is it one?");
    }

    #[test]
    fn an_unknown_outcome_is_never_called_retryable() {
        let error = Error::new(Status::Cancelled, "sendMessageToChat", errors::cancelled())
            .with_outcome(DeliveryStatus::Unknown);
        assert!(!error.is_retryable());
        assert_eq!(error.action(), Action::CheckHistory);
        let error =
            Error::new(Status::Network, "sendMessageToChat", errors::verbatim("no connection"))
                .with_outcome(DeliveryStatus::NotSent);
        assert!(error.is_retryable());
    }
}
