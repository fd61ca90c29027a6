//! The first look at an answer's text: is it JSON, where in it is the `result`, and is that of the
//! promised kind? The text of the result is then handed on as it came.

use std::ops::Range;

use crate::json_scan::{Kind, Malformed, Quoted, QuotedName, Scanner, replace_halves_of_pairs};

/// What a result must be to be of the promised kind: an object with certain members.
#[derive(Debug)]
pub(crate) struct Shape {
    required: &'static [(&'static str, Kind)],
    ids: Option<Ids>,
}

/// Where the ids in a result are whose greatest is noted.
#[derive(Debug)]
struct Ids {
    /// The member whose items have the ids; `None` where the result itself has one.
    list: Option<&'static str>,
    id: QuotedName,
}

impl Shape {
    /// `required` members are present, and of exactly the kind given. Others are not looked at.
    pub(crate) const fn new(required: &'static [(&'static str, Kind)]) -> Self {
        assert!(required.len() <= u32::BITS as usize, "Check::seen has a bit for each");
        Self { required, ids: None }
    }

    /// A result of this shape that has an id, given in quotation marks.
    pub(crate) const fn with_id(self, id: &'static str) -> Self {
        Self { ids: Some(Ids { list: None, id: QuotedName::new(id) }), ..self }
    }

    /// A page of this shape, whose `list` has items with an id, given in quotation marks.
    pub(crate) const fn with_ids_in(self, list: &'static str, id: &'static str) -> Self {
        Self { ids: Some(Ids { list: Some(list), id: QuotedName::new(id) }), ..self }
    }
}

/// What an operation's answer holds.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Promise<'s> {
    /// Nothing that matters: sending a message gives an empty OK, and an error has no shape.
    Nothing,
    /// A `result` of this shape.
    Result(&'s Shape),
    /// A document which itself is of this shape: getCampaigns has no `result`.
    Document(&'s Shape),
}

/// A value's place in the text, without white space around it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Part {
    pub(crate) range: Range<usize>,
    pub(crate) kind: Kind,
}

/// The value of `status`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum EnvelopeStatus {
    /// Or null.
    Absent,
    Ok,
    Error,
    /// Something that is not documented.
    Other,
}

/// An answer's well-formed text, taken apart as far as every operation needs.
#[derive(PartialEq, Eq, Debug)]
pub(crate) struct Envelope {
    pub(crate) status: EnvelopeStatus,
    /// The value of `result`, of whatever kind.
    pub(crate) result: Option<Part>,
    /// The value of `errors`, of whatever kind: it may be null.
    pub(crate) errors: Option<Part>,
    /// The whole.
    pub(crate) document: Part,
    /// Whether the promise was kept. Has no meaning if the answer is an error.
    pub(crate) shape: Result<(), ShapeError>,
    pub(crate) page: PageFacts,
}

/// What a result says that has ids, as its shape knows.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct PageFacts {
    /// The greatest id.
    pub(crate) greatest_id: Option<i64>,
    /// Where in the body its `paging` stands.
    pub(crate) paging: Option<Range<usize>>,
}

/// The text is JSON, but not what the operation answers.
#[derive(PartialEq, Eq, Debug, thiserror::Error)]
pub(crate) enum ShapeError {
    #[error("the result should be an object, but is {}", found.name())]
    NotAnObject { found: Kind },
    #[error("the answer has no `{0}`")]
    Missing(&'static str),
    #[error("`{member}` should be {}, but is {}", expected.name(), found.name())]
    WrongKind { member: &'static str, expected: Kind, found: Kind },
}

/// Like [`scan`], but first replaces halves of surrogate pairs by U+FFFD where there are any. A
/// program that cuts a message between the halves of an emoji leaves one; without the repair, a
/// single such message would make its chat unreadable for ever.
pub(crate) fn repair_and_scan(
    body: &mut [u8],
    promise: Promise<'_>,
) -> Result<Envelope, Malformed> {
    match scan(body, promise) {
        Err(Malformed::HalfOfPair { .. }) => {
            replace_halves_of_pairs(body);
            scan(body, promise)
        }
        scanned => scanned,
    }
}

/// Takes an answer apart, and refuses what is not JSON, in one pass after the UTF-8 check.
///
/// A byte order mark is refused: RFC 8259 forbids to send one, and the parsers that the text may be
/// handed to differ on it.
pub(crate) fn scan(body: &[u8], promise: Promise<'_>) -> Result<Envelope, Malformed> {
    let text = simdutf8::basic::from_utf8(body).map_err(|_| not_utf8(body))?;
    if text.starts_with('\u{FEFF}') {
        return Err(Malformed::Syntax { at: 0, what: "a byte order mark" });
    }
    let mut in_result = None;
    let mut in_document = None;
    match promise {
        Promise::Nothing => {}
        Promise::Result(shape) => in_result = Some(Check::new(shape)),
        Promise::Document(shape) => in_document = Some(Check::new(shape)),
    }
    let mut status = None;
    let mut result = None;
    let mut errors = None;
    let mut page = PageFacts::default();
    let mut scanner = Scanner::new(text);
    let document = members(&mut scanner, |scanner, key| {
        let part = if key.is("status") {
            let (part, value) = read_status(scanner)?;
            set(&mut status, value, "status")?;
            part
        } else if key.is("result") {
            let part = match &mut in_result {
                Some(check) => members(scanner, |scanner, key| {
                    let part = page.member(check.shape.ids.as_ref(), scanner, &key)?;
                    check.member(&key, part.kind)
                })?,
                None => value(scanner)?,
            };
            set(&mut result, part.clone(), "result")?;
            part
        } else {
            let part = value(scanner)?;
            if key.is("errors") {
                set(&mut errors, part.clone(), "errors")?;
            }
            part
        };
        match &mut in_document {
            Some(check) => check.member(&key, part.kind),
            None => Ok(()),
        }
    })?;
    scanner.end()?;
    let shape = match (in_result, in_document) {
        (Some(check), _) => match &result {
            Some(result) => check.verdict(result.kind),
            None => Err(ShapeError::Missing("result")),
        },
        (None, Some(check)) => check.verdict(document.kind),
        (None, None) => Ok(()),
    };
    let status = status.unwrap_or(EnvelopeStatus::Absent);
    Ok(Envelope { status, result, errors, document, shape, page })
}

/// Looks for the place only now: to keep count of it would slow down the check of sound texts.
#[cold]
fn not_utf8(body: &[u8]) -> Malformed {
    Malformed::NotUtf8 { at: std::str::from_utf8(body).map_or_else(|e| e.valid_up_to(), str::len) }
}

/// Passes over a value that begins here.
fn value(scanner: &mut Scanner<'_>) -> Result<Part, Malformed> {
    let start = scanner.at();
    let kind = scanner.value()?;
    Ok(Part { range: start..scanner.at(), kind })
}

impl PageFacts {
    /// Passes over the value of a result's member.
    fn member(
        &mut self,
        ids: Option<&Ids>,
        scanner: &mut Scanner<'_>,
        key: &Quoted<'_>,
    ) -> Result<Part, Malformed> {
        let Some(ids) = ids else { return value(scanner) };
        let start = scanner.at();
        if ids.list.is_some_and(|list| key.is(list)) {
            let (kind, greatest) = scanner.list_with_ids(ids.id)?;
            self.greatest_id = self.greatest_id.max(greatest);
            return Ok(Part { range: start..scanner.at(), kind });
        }
        let part = value(scanner)?;
        if ids.list.is_none() && key.is(ids.id.name()) {
            self.greatest_id = scanner.integer_at(start);
        } else if ids.list.is_some() && key.is("paging") {
            self.paging = Some(part.range.clone());
        }
        Ok(part)
    }
}

/// Passes over a value; if it is an object, `member` is given its keys and passes over its values.
fn members<'a>(
    scanner: &mut Scanner<'a>,
    member: impl FnMut(&mut Scanner<'a>, Quoted<'a>) -> Result<(), Malformed>,
) -> Result<Part, Malformed> {
    if scanner.peek() != Some(b'{') {
        return value(scanner);
    }
    let start = scanner.at();
    scanner.object(member)?;
    Ok(Part { range: start..scanner.at(), kind: Kind::Object })
}

fn read_status(scanner: &mut Scanner<'_>) -> Result<(Part, EnvelopeStatus), Malformed> {
    if scanner.peek() != Some(b'"') {
        let part = value(scanner)?;
        let status = match part.kind {
            Kind::Null => EnvelopeStatus::Absent,
            _ => EnvelopeStatus::Other,
        };
        return Ok((part, status));
    }
    let start = scanner.at();
    let text = scanner.quoted()?;
    let status = if text.is("OK") {
        EnvelopeStatus::Ok
    } else if text.is("ERROR") {
        EnvelopeStatus::Error
    } else {
        EnvelopeStatus::Other
    };
    Ok((Part { range: start..scanner.at(), kind: Kind::String }, status))
}

fn set<T>(slot: &mut Option<T>, value: T, member: &'static str) -> Result<(), Malformed> {
    match slot.replace(value) {
        None => Ok(()),
        Some(_) => Err(Malformed::Duplicate { member }),
    }
}

/// A shape, and what was seen of it.
struct Check<'s> {
    shape: &'s Shape,
    /// A bit for each required member.
    seen: u32,
    wrong: Option<ShapeError>,
}

impl<'s> Check<'s> {
    fn new(shape: &'s Shape) -> Self {
        Self { shape, seen: 0, wrong: None }
    }

    fn member(&mut self, key: &Quoted<'_>, found: Kind) -> Result<(), Malformed> {
        let required = self.shape.required;
        let Some(index) = required.iter().position(|(name, _)| key.is(name)) else {
            return Ok(());
        };
        let (member, expected) = required[index];
        if self.seen & 1 << index != 0 {
            return Err(Malformed::Duplicate { member });
        }
        self.seen |= 1 << index;
        if found != expected {
            self.wrong.get_or_insert(ShapeError::WrongKind { member, expected, found });
        }
        Ok(())
    }

    fn verdict(self, found: Kind) -> Result<(), ShapeError> {
        if found != Kind::Object {
            return Err(ShapeError::NotAnObject { found });
        }
        if let Some(wrong) = self.wrong {
            return Err(wrong);
        }
        for (index, (member, _)) in self.shape.required.iter().enumerate() {
            if self.seen & 1 << index == 0 {
                return Err(ShapeError::Missing(member));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
