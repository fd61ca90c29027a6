//! What the rules of the chat forbid: links, e-mail addresses, telephone numbers, messengers.
//!
//! The text is taken apart into words and marks once; each kind of finding has a reader of its own
//! that looks a bounded number of words ahead and back, so that the time grows with the length of
//! the text alone.

mod emails;
mod finding;
mod hosts;
mod links;
mod messengers;
mod options;
mod phones;
#[cfg(test)]
mod tests;
mod tokens;
mod words;

use std::ops::Range;

use finding::Candidate;
pub use finding::{Finding, FindingKind};
pub use options::MessageCheckOptions;
use serde_json::json;
use tokens::Tokens;

use crate::error::Error;
use crate::fields::Refusal;
use crate::sentences::{advice, arguments};
use crate::sorting::sort_by_number;
use crate::status::Status;

const OPERATION: &str = "check_message";

/// The most characters of a finding that an error repeats.
const MAX_QUOTED: usize = 100;

/// The outcome of [`check_message`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct MessageCheck {
    /// In the order of the text; they do not overlap.
    pub findings: Vec<Finding>,
}

impl MessageCheck {
    /// Whether nothing was found.
    pub fn is_ok(&self) -> bool {
        self.findings.is_empty()
    }

    /// The error of a text that is not to be sent.
    ///
    /// # Errors
    /// `REJECTED` if anything was found. The error says what and where, and repeats the first
    /// finding.
    pub fn ensure_ok(&self) -> Result<(), Error> {
        self.rejection(OPERATION).map_or(Ok(()), Err)
    }

    /// The same for a call that does not send the text because of what was found.
    pub(crate) fn rejection(&self, operation: &'static str) -> Option<Error> {
        let first = self.findings.first()?;
        let (from, to) = (first.start + 1, first.start + first.length);
        let kind = &first.kind.phrase();
        let mut quoted: String = first.text.chars().take(MAX_QUOTED).collect();
        if quoted.len() < first.text.len() {
            quoted.push('…');
        }
        let quoted = &format!("{quoted:?}");
        let what = match self.findings.len() - 1 {
            0 => arguments::finding(kind, from, to, quoted),
            1 => arguments::finding_and_another(kind, from, to, quoted),
            others => arguments::finding_and_others(kind, from, to, quoted, others),
        };
        Some(Error::new(Status::Rejected, operation, what).with_advice(advice::take_it_out()))
    }

    /// The document of the C ABI: `{"ok", "findings": [{"kind", "start", "length", "startUtf8",
    /// "lengthUtf8", "text"}]}`. `start` and `length` count UTF-16 code units, the other two bytes
    /// of UTF-8.
    pub fn to_json(&self) -> String {
        let findings: Vec<_> = self
            .findings
            .iter()
            .map(|finding| {
                json!({
                    "kind": finding.kind.as_str(),
                    "start": finding.start,
                    "length": finding.length,
                    "startUtf8": finding.start_utf8,
                    "lengthUtf8": finding.length_utf8,
                    "text": finding.text,
                })
            })
            .collect();
        json!({"ok": self.is_ok(), "findings": findings}).to_string()
    }
}

/// Looks for what the rules of the chat forbid: links to other sites, e-mail addresses, telephone
/// numbers and messengers, in Russian and English texts, plain or disguised.
///
/// The Market reads the correspondence, and hides the goods of a shop that breaks the rules. The
/// check is advisory: it sees neither all contacts nor contacts alone. Numbers of orders and
/// parcels, prices, dates, sizes, names of models, and addresses of Yandex are none to it.
///
/// The time grows with the length of the text, whatever stands in it.
///
/// ```
/// use ymchat::{FindingKind, MessageCheckOptions, check_message};
///
/// let text = "Заказ 44512233 собран. Звоните: +7 912 345-67-89";
/// let check = check_message(text, &MessageCheckOptions::new())?;
/// let [finding] = &check.findings[..] else { panic!("{check:?}") };
/// assert_eq!(finding.kind, FindingKind::Phone);
/// assert_eq!(finding.text, "+7 912 345-67-89");
/// assert_eq!((finding.start, finding.length), (32, 16));
/// assert_eq!(&text[finding.start_utf8..][..finding.length_utf8], finding.text);
/// # Ok::<(), ymchat::Error>(())
/// ```
///
/// # Errors
/// `INVALID_ARGUMENT` if one of the options is wrong; the error names it.
pub fn check_message(text: &str, options: &MessageCheckOptions) -> Result<MessageCheck, Error> {
    let options = options.checked().map_err(invalid)?;
    let tokens = Tokens::of(text);
    let mut candidates = candidates(&tokens, &options.allow_hosts);
    candidates.retain(|candidate| options.kinds.contains(&candidate.kind));
    Ok(MessageCheck { findings: findings(text, &candidates) })
}

/// As [`check_message`], with the options as a JSON text (`""` for none) and the result as one:
/// what the C ABI has.
///
/// ```
/// let result = ymchat::check_message_json("Пишите на shop@mail.ru", r#"{"kinds": ["email"]}"#)?;
/// let result = ymchat::JsonDocument::parse(result).unwrap();
/// assert_eq!(result.boolean("/ok"), Ok(false));
/// assert_eq!(result.text("/findings/0/text").unwrap(), "shop@mail.ru");
/// # Ok::<(), ymchat::Error>(())
/// ```
///
/// # Errors
/// `INVALID_ARGUMENT` if one of the options is wrong or unknown; the error names it.
pub fn check_message_json(text: &str, options_json: &str) -> Result<String, Error> {
    let options = MessageCheckOptions::from_json(options_json).map_err(invalid)?;
    Ok(check_message(text, &options)?.to_json())
}

fn invalid(refusal: Refusal) -> Error {
    Error::invalid(OPERATION, refusal)
}

fn candidates(tokens: &Tokens<'_>, allow_hosts: &[String]) -> Vec<Candidate> {
    let mut found = Vec::new();
    let with_scheme = links::find_with_scheme(tokens.source, allow_hosts, &mut found);
    let mut harmless = with_scheme.clone();
    emails::find(tokens, &mut found);
    links::find_bare(tokens, allow_hosts, &with_scheme, &mut harmless, &mut found);
    phones::find(tokens, &mut found);
    sort_by_number(&mut harmless, |range| range.start as i64);
    found.retain(|candidate| {
        candidate.kind != FindingKind::Phone || !overlaps(candidate, &harmless)
    });
    let contacts = without_overlaps(found);
    let mut found = contacts.clone();
    messengers::find(tokens, &contacts, &mut found);
    without_overlaps(found)
}

/// Whether a candidate overlaps one of `ranges`, which are sorted and apart from each other.
fn overlaps(candidate: &Candidate, ranges: &[Range<usize>]) -> bool {
    let next = ranges.partition_point(|range| range.end <= candidate.start);
    ranges.get(next).is_some_and(|range| range.start < candidate.end)
}

/// In the order of the text; of two that overlap, the one that was found first stays.
fn without_overlaps(found: Vec<Candidate>) -> Vec<Candidate> {
    let mut numbered: Vec<(usize, Candidate)> = found.into_iter().enumerate().collect();
    sort_by_number(&mut numbered, |(_, candidate)| candidate.start as i64);
    let mut kept: Vec<(usize, Candidate)> = Vec::new();
    for (number, candidate) in numbered {
        match kept.last_mut() {
            Some((last_number, last)) if candidate.start < last.end => {
                if number < *last_number {
                    (*last_number, *last) = (number, candidate);
                }
            }
            _ => kept.push((number, candidate)),
        }
    }
    kept.into_iter().map(|(_, candidate)| candidate).collect()
}

/// Counts the UTF-16 code units up to each candidate in one pass over the text.
fn findings(text: &str, candidates: &[Candidate]) -> Vec<Finding> {
    let utf16_length = |part: &str| part.encode_utf16().count();
    let mut passed = 0;
    let mut passed_utf16 = 0;
    candidates
        .iter()
        .map(|candidate| {
            let found = &text[candidate.start..candidate.end];
            let start = passed_utf16 + utf16_length(&text[passed..candidate.start]);
            let length = utf16_length(found);
            (passed, passed_utf16) = (candidate.end, start + length);
            Finding {
                kind: candidate.kind,
                start,
                length,
                start_utf8: candidate.start,
                length_utf8: found.len(),
                text: found.to_owned(),
            }
        })
        .collect()
}
