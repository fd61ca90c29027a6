//! The arguments of a call, read as its table says.

use std::borrow::Cow;

use crate::mistake::{Mistake, Place};
use crate::sentences;
use crate::table::{DefaultValue, Method, Takes};
use crate::value::{Date, Value};

/// The first whole number that a double may stand for by mistake: 2^53.
const INEXACT: f64 = 9_007_199_254_740_992.0;

/// The arguments of one call.
pub(crate) struct Arguments<'a> {
    method: &'static Method,
    values: &'a [Value<'a>],
}

/// Text or bytes, or what stands for them.
pub(crate) enum Content<'a> {
    Text(&'a str),
    Binary(&'a [u8]),
}

/// A token, or the moment to begin with.
pub(crate) enum Since<'a> {
    Token(&'a str),
    Date(Date),
}

impl<'a> Arguments<'a> {
    /// Refuses a wrong number of them. The host may leave out those at the end that have a default.
    pub(crate) fn new(method: &'static Method, values: &'a [Value<'a>]) -> Result<Self, Mistake> {
        let given = values.len();
        let most = method.parameters.len();
        if given > most {
            return Err(Mistake::TooMany { given, most });
        }
        let least = method.parameters.iter().filter(|one| one.default.is_none()).count();
        if given < least {
            return Err(Mistake::TooFew { given, least });
        }
        Ok(Arguments { method, values })
    }

    /// The value; nothing where it was left out, and may be.
    fn value(&self, index: usize) -> Result<Option<&'a Value<'a>>, Mistake> {
        match self.values.get(index) {
            None | Some(Value::Empty) => {
                let parameter = &self.method.parameters[index];
                match parameter.default {
                    Some(_) => Ok(None),
                    None => Err(Mistake::LeftOut(self.place(index))),
                }
            }
            Some(value) => Ok(Some(value)),
        }
    }

    fn place(&self, index: usize) -> Place {
        Place::Parameter(&self.method.parameters[index])
    }

    fn wrong(&self, index: usize, value: &Value<'_>) -> Mistake {
        wrong_kind(self.place(index), self.method.parameters[index].takes, value)
    }

    pub(crate) fn text(&self, index: usize) -> Result<&'a str, Mistake> {
        match self.value(index)? {
            None => Ok(""),
            Some(value) => text(self.place(index), self.method.parameters[index].takes, value),
        }
    }

    pub(crate) fn id(&self, index: usize) -> Result<i64, Mistake> {
        match self.value(index)? {
            None => match self.method.parameters[index].default {
                Some(DefaultValue::Zero) => Ok(0),
                _ => Err(Mistake::LeftOut(self.place(index))),
            },
            Some(value) => id(self.place(index), value),
        }
    }

    pub(crate) fn content(&self, index: usize) -> Result<Content<'a>, Mistake> {
        match self.value(index)? {
            None => Ok(Content::Text("")),
            Some(Value::Binary(bytes)) => Ok(Content::Binary(bytes)),
            Some(Value::Text(_) | Value::BrokenText) => Ok(Content::Text(self.text(index)?)),
            Some(other) => Err(self.wrong(index, other)),
        }
    }

    pub(crate) fn since(&self, index: usize) -> Result<Since<'a>, Mistake> {
        match self.value(index)? {
            Some(Value::Date(date)) => Ok(Since::Date(*date)),
            _ => Ok(Since::Token(self.text(index)?)),
        }
    }
}

/// A text, for a parameter or a property.
pub(crate) fn text<'a>(
    place: Place,
    takes: Takes,
    value: &'a Value<'_>,
) -> Result<&'a str, Mistake> {
    match value {
        Value::Text(text) if text.contains('\0') => Err(Mistake::NulInText(place)),
        Value::Text(text) => Ok(text),
        Value::BrokenText => Err(Mistake::BrokenText(place)),
        other => Err(wrong_kind(place, takes, other)),
    }
}

/// An id. 1C writes a number as `9 007 199 254 740 993` where nobody asks for another format, with
/// no-break spaces between the groups; they are left out.
pub(crate) fn id(place: Place, value: &Value<'_>) -> Result<i64, Mistake> {
    match value {
        Value::Integer(number) => Ok(*number),
        Value::Real(number) if number.abs() >= INEXACT || number.is_nan() => {
            Err(Mistake::Inexact(place))
        }
        Value::Real(number) if number.fract() == 0.0 => Ok(*number as i64),
        Value::Real(_) => Err(Mistake::NotAnId(place)),
        _ => {
            let text = text(place, Takes::Id, value)?;
            digits(text).parse().map_err(|_| Mistake::NotAnId(place))
        }
    }
}

/// The text without the spaces between groups of three digits; as it is, if they stand elsewhere.
fn digits(text: &str) -> Cow<'_, str> {
    let number = text.trim();
    if number.starts_with('+') {
        return Cow::Borrowed("");
    }
    let is_space = |c: char| matches!(c, ' ' | '\u{a0}' | '\u{202f}');
    let mut groups = number.strip_prefix('-').unwrap_or(number).split(is_space);
    let first = groups.next().unwrap_or_default().len();
    if (1..=3).contains(&first) && groups.all(|group| group.len() == 3) {
        Cow::Owned(number.replace(is_space, ""))
    } else {
        Cow::Borrowed(number)
    }
}

/// A whole number of at least 0.
pub(crate) fn whole(place: Place, value: &Value<'_>) -> Result<i64, Mistake> {
    match value {
        Value::Integer(number) if *number >= 0 => Ok(*number),
        Value::Real(number) if number.fract() == 0.0 && (0.0..INEXACT).contains(number) => {
            Ok(*number as i64)
        }
        Value::Integer(_) | Value::Real(_) => Err(Mistake::NotWhole(place)),
        other => Err(wrong_kind(place, Takes::Whole, other)),
    }
}

/// A truth value.
pub(crate) fn flag(place: Place, value: &Value<'_>) -> Result<bool, Mistake> {
    match value {
        Value::Flag(flag) => Ok(*flag),
        other => Err(wrong_kind(place, Takes::Flag, other)),
    }
}

fn wrong_kind(place: Place, takes: Takes, found: &Value<'_>) -> Mistake {
    let found = match found {
        Value::Empty => sentences::found_nothing(),
        Value::Integer(_) | Value::Real(_) => sentences::found_number(),
        Value::Flag(_) => sentences::a_flag(),
        Value::Text(_) | Value::BrokenText => sentences::a_text(),
        Value::Date(_) => sentences::found_date(),
        Value::Binary(_) => sentences::found_binary(),
        Value::Other(_) => sentences::found_other(),
    };
    Mistake::WrongKind { place, takes, found }
}
