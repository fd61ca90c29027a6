//! E-mail addresses, plain and disguised, and names that begin with an at sign.

use super::finding::{Candidate, FindingKind};
use super::hosts::{self, Dot};
use super::tokens::{Gap, Tokens};
use super::words::{self, is_one_of};

/// More parts than an address has on either side of its at sign.
const MAX_PARTS: usize = 8;

/// The shortest name in a messenger that is taken for one.
const MIN_NAME: usize = 4;

/// An at sign in whatever form: its tokens, both inclusive.
struct AtSign {
    first: usize,
    last: usize,
    form: Form,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    /// `@` without a space on either side.
    Plain,
    /// `@` with spaces, or a word in brackets.
    Sign,
    /// `собака`: a word that means something else, too.
    Word,
    /// `at`: a very common one.
    CommonWord,
}

pub(super) fn find(tokens: &Tokens<'_>, found: &mut Vec<Candidate>) {
    let mut index = 0;
    while index < tokens.len() {
        if let Some(at) = at_sign(tokens, index) {
            if let Some(first) = local_part(tokens, &at)
                && let Some(last) = domain(tokens, &at)
            {
                found.push(candidate(tokens, FindingKind::Email, first, last));
                index = last + 1;
                continue;
            }
            if let Some(last) = name(tokens, &at) {
                found.push(candidate(tokens, FindingKind::Messenger, at.first, last));
                index = last + 1;
                continue;
            }
        }
        index += 1;
    }
}

fn candidate(tokens: &Tokens<'_>, kind: FindingKind, first: usize, last: usize) -> Candidate {
    let start = tokens.get(first).map_or(0, |token| token.start);
    let end = tokens.get(last).map_or(start, |token| token.end);
    Candidate { kind, start, end }
}

fn at_sign(tokens: &Tokens<'_>, index: usize) -> Option<AtSign> {
    let token = tokens.get(index)?;
    if token.is_word {
        let form = if is_one_of(&token.text, words::AT_WORDS) {
            Form::Word
        } else if token.text == "at" {
            Form::CommonWord
        } else {
            return None;
        };
        return Some(AtSign { first: index, last: index, form });
    }
    match token.text.as_str() {
        "@" => {
            let tight = token.gap == Gap::None && tokens.is_tight(index + 1);
            let form = if tight { Form::Plain } else { Form::Sign };
            Some(AtSign { first: index, last: index, form })
        }
        "(" | "[" | "{" | "<" => {
            let inner = tokens.get(index + 1)?;
            let is_sign = inner.text == "@"
                || inner.text == "at"
                || inner.text == "dog"
                || is_one_of(&inner.text, words::AT_WORDS);
            let closes = [")", "]", "}", ">"].iter().any(|mark| tokens.is(index + 2, mark));
            let at = AtSign { first: index, last: index + 2, form: Form::Sign };
            if is_sign && closes { Some(at) } else { None }
        }
        _ => None,
    }
}

/// The first token of what stands before the at sign.
fn local_part(tokens: &Tokens<'_>, at: &AtSign) -> Option<usize> {
    let sign = tokens.get(at.first)?;
    let mut first = at.first.checked_sub(1)?;
    tokens.word(first)?;
    if sign.gap == Gap::Line || at.form == Form::Plain && sign.gap != Gap::None {
        return None;
    }
    for _ in 0..MAX_PARTS {
        let joined = tokens.is_tight(first)
            && first >= 2
            && tokens.is_tight(first - 1)
            && [".", "-", "+"].iter().any(|mark| tokens.is(first - 1, mark))
            && tokens.word(first - 2).is_some();
        if !joined {
            break;
        }
        first -= 2;
    }
    if at.form == Form::CommonWord && !words::is_latin(&tokens.get(at.first - 1)?.text) {
        return None;
    }
    Some(first)
}

/// The last token of the domain behind the at sign.
fn domain(tokens: &Tokens<'_>, at: &AtSign) -> Option<usize> {
    let start = at.last + 1;
    let token = tokens.word(start).filter(|token| token.gap != Gap::Line)?;
    let mut end = hosts::label(tokens, start)?.last;
    let is_service = is_one_of(&token.text, words::MAIL_SERVICES);
    let mut known = None;
    let mut dots = 0;
    while dots < MAX_PARTS
        && let Some((dot, next)) = hosts::dot(tokens, end + 1)
        && let Some(label) = hosts::label(tokens, next)
    {
        let text = &tokens.get(label.first)?.text;
        let is_domain = is_one_of(text, words::STRONG_DOMAINS)
            || is_one_of(text, words::SPELT_DOMAINS)
            || is_one_of(text, words::MEDIUM_DOMAINS)
            // Whatever follows a plain at sign and a plain dot is a domain.
            || dot == Dot::Plain
                && at.form == Form::Plain
                && text.chars().count() >= 2
                && text.chars().all(char::is_alphabetic);
        // A sentence goes on behind a dot and a space.
        if !is_domain && dot != Dot::Plain {
            break;
        }
        if matches!(dot, Dot::Spaced { before: false }) && !is_service {
            break;
        }
        end = label.last;
        dots += 1;
        if is_domain {
            known = Some(end);
        }
    }
    if let Some(end) = known {
        let sure = at.form != Form::CommonWord || is_service;
        return sure.then_some(end);
    }
    if !is_service {
        return None;
    }
    // "мейл ру", without a dot.
    let bare = tokens.word(start + 1).filter(|next| {
        next.gap == Gap::Blank && is_one_of(&next.text, &["ру", "ru", "ком", "com"])
    });
    match (bare, at.form) {
        (Some(_), Form::CommonWord) => None,
        (Some(_), _) => Some(start + 1),
        (None, Form::Plain) => Some(start),
        (None, _) => None,
    }
}

/// Whether `Instagram` or `Instagram:` stands before the token at `index`.
fn follows_messenger(tokens: &Tokens<'_>, index: usize) -> bool {
    let Some(before) = index.checked_sub(1) else { return false };
    let last = if tokens.is(before, ":") { before.checked_sub(1) } else { Some(before) };
    let messenger = last.and_then(|last| tokens.word(last));
    messenger.is_some_and(|word| is_one_of(&word.text, words::MESSENGERS))
}

/// The last token of a name such as `@my_shop`.
fn name(tokens: &Tokens<'_>, at: &AtSign) -> Option<usize> {
    let start = at.first + 1;
    let is_sign = at.first == at.last && tokens.is(at.first, "@") && tokens.is_tight(start);
    let joins = tokens.is_tight(at.first) && tokens.before(at.first).is_some_and(|t| t.is_word);
    if !is_sign || joins {
        return None;
    }
    let first = tokens.word(start)?;
    let mut length = first.text.len();
    if !words::is_latin(&first.text) || !first.text.starts_with(|c: char| c.is_ascii_lowercase()) {
        return None;
    }
    // "@shop.ru" may be the end of an address; behind the messenger's name it is a name.
    if hosts::host(tokens, start).is_ok() && !follows_messenger(tokens, at.first) {
        return None;
    }
    let mut last = start;
    for _ in 0..MAX_PARTS {
        let joined = tokens.is(last + 1, ".")
            && tokens.is_tight(last + 1)
            && tokens.is_tight(last + 2)
            && tokens.word(last + 2).is_some_and(|token| words::is_latin(&token.text));
        if !joined {
            break;
        }
        last += 2;
        length += 1 + tokens.get(last)?.text.len();
    }
    (length >= MIN_NAME).then_some(last)
}
