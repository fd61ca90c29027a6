//! Host names, plain and disguised.

use super::tokens::{Gap, Tokens};
use super::words::{self, is_one_of};

/// More parts than any host name that is written in a chat.
const MAX_LABELS: usize = 8;

/// How two parts of a host name are joined.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Dot {
    /// `a.b`
    Plain,
    /// `a . b`, `a. b`: tells whether there is a space before the dot.
    Spaced { before: bool },
    /// `a[.]b`, `a (dot) b`, `a точка b`
    Spelt,
}

/// A part of a host name: words that are joined by hyphens. Token indices, both inclusive.
#[derive(Clone, Copy)]
pub(super) struct Label {
    pub(super) first: usize,
    pub(super) last: usize,
}

/// A host name: its tokens, both inclusive.
#[derive(Clone, Copy)]
pub(super) struct Host {
    pub(super) first: usize,
    pub(super) last: usize,
    /// Whether all its dots are plain.
    pub(super) is_plain: bool,
}

/// The part of a host name that begins with the token at `first`.
pub(super) fn label(tokens: &Tokens<'_>, first: usize) -> Option<Label> {
    tokens.word(first)?;
    let mut last = first;
    while tokens.is(last + 1, "-")
        && tokens.is_tight(last + 1)
        && tokens.is_tight(last + 2)
        && tokens.word(last + 2).is_some()
    {
        last += 2;
    }
    Some(Label { first, last })
}

/// The dot behind a part that ends with the token before `index`, and the token behind the dot.
pub(super) fn dot(tokens: &Tokens<'_>, index: usize) -> Option<(Dot, usize)> {
    let token = tokens.get(index)?;
    let next = |at: usize| tokens.word(at).filter(|token| token.gap != Gap::Line).map(|_| at);
    if token.gap == Gap::Line {
        return None;
    }
    if token.is_word {
        let is_dot = token.gap == Gap::Blank && is_one_of(&token.text, words::DOT_WORDS);
        return if is_dot { Some((Dot::Spelt, next(index + 1)?)) } else { None };
    }
    match token.text.as_str() {
        "." => {
            let before = token.gap == Gap::Blank;
            let after = tokens.get(index + 1)?.gap == Gap::Blank;
            let dot = if before || after { Dot::Spaced { before } } else { Dot::Plain };
            Some((dot, next(index + 1)?))
        }
        "(" | "[" | "{" | "<" => {
            let inner = tokens.get(index + 1)?;
            let is_dot =
                inner.text == "." || inner.is_word && is_one_of(&inner.text, words::DOT_WORDS);
            let closes = [")", "]", "}", ">"].iter().any(|mark| tokens.is(index + 2, mark));
            if is_dot && closes { Some((Dot::Spelt, next(index + 3)?)) } else { None }
        }
        _ => None,
    }
}

/// The host name that begins with the token at `first`, where one does; and the token at which to
/// go on if none does.
pub(super) fn host(tokens: &Tokens<'_>, first: usize) -> Result<Host, usize> {
    let Some(start) = label(tokens, first) else {
        return Err(first + 1);
    };
    // The parts that are joined by plain dots. A long chain is passed over as a whole, so that no
    // part of it is looked at again.
    let mut plain = vec![start];
    let mut end = start.last;
    while let Some((Dot::Plain, next)) = dot(tokens, end + 1)
        && let Some(label) = label(tokens, next)
    {
        end = label.last;
        plain.push(label);
    }
    if plain.len() <= MAX_LABELS {
        let found = (1..plain.len()).rev().find(|n| ends_host(tokens, &plain[..=*n]));
        if let Some(last) = found {
            return Ok(Host { first, last: plain[last].last, is_plain: true });
        }
        if let Some(last) = disguised_end(tokens, &plain, end) {
            return Ok(Host { first, last, is_plain: false });
        }
    }
    Err(end + 1)
}

/// Whether the last one of `labels`, joined by plain dots, makes them a host name.
fn ends_host(tokens: &Tokens<'_>, labels: &[Label]) -> bool {
    let [names @ .., last] = labels else {
        return false;
    };
    let (Some(domain), Some(name)) = (tokens.get(last.first), names.last()) else {
        return false;
    };
    let written = tokens.source_of(last.first, last.last);
    if last.first != last.last || !names.iter().any(|name| has_letter(tokens, *name)) {
        return false;
    }
    let name_text = tokens.source_of(name.first, name.last);
    if domain.text.starts_with("xn__") || is_one_of(&domain.text, words::STRONG_DOMAINS) {
        let whole = tokens.source_of(labels[0].first, last.last).to_lowercase();
        return !words::NO_HOSTS.contains(&whole.as_str()) && name_text.chars().count() > 1
            || is_known(tokens, labels);
    }
    let small = written.chars().all(|letter| !letter.is_uppercase());
    let has_mark = name_text.contains(|c: char| c == '-' || c.is_ascii_digit());
    if is_one_of(&domain.text, words::MEDIUM_DOMAINS) {
        return small && words::is_latin(written) && (name_text.chars().count() >= 3 || has_mark)
            || has_path(tokens, last.last);
    }
    if is_one_of(&domain.text, words::WEAK_DOMAINS) {
        return has_path(tokens, last.last)
            || is_known(tokens, labels)
            || small && has_mark && words::is_latin(name_text) && words::is_latin(written);
    }
    false
}

/// The last token of a host name one of whose dots is spaced or spelt, behind the plain parts.
fn disguised_end(tokens: &Tokens<'_>, plain: &[Label], end: usize) -> Option<usize> {
    let mut labels = plain.to_vec();
    let mut end = end;
    let mut found = None;
    while labels.len() < MAX_LABELS {
        let Some((dot, next)) = dot(tokens, end + 1) else {
            break;
        };
        let Some(label) = label(tokens, next) else {
            break;
        };
        let name = labels[labels.len() - 1];
        labels.push(label);
        end = label.last;
        if is_disguised_domain(tokens, name, dot, label) {
            found = Some(end);
        } else if dot != Dot::Plain && !is_www(tokens, name) {
            break;
        }
    }
    found
}

fn is_disguised_domain(tokens: &Tokens<'_>, name: Label, dot: Dot, domain: Label) -> bool {
    let Some(word) = tokens.get(domain.first) else {
        return false;
    };
    if domain.first != domain.last || !is_one_of(&word.text, words::SPELT_DOMAINS) {
        return false;
    }
    let name_text = tokens.source_of(name.first, name.last);
    let is_messenger = is_one_of(&name_text.to_lowercase(), words::MESSENGER_NAMES);
    if word.text == "me" && !is_messenger && dot != Dot::Spelt {
        return false;
    }
    match dot {
        Dot::Plain => true,
        Dot::Spelt => has_letter(tokens, name) && (name_text.chars().count() > 1 || is_messenger),
        Dot::Spaced { before } => {
            let domain_text = tokens.source_of(domain.first, domain.last);
            let small = |text: &str| text.chars().all(|letter| !letter.is_uppercase());
            let sure = before || is_messenger;
            words::is_latin(name_text)
                && (name_text.len() > 1 || is_messenger)
                && small(domain_text)
                && (sure || small(name_text) && words::is_latin(domain_text))
        }
    }
}

fn has_letter(tokens: &Tokens<'_>, label: Label) -> bool {
    tokens.source_of(label.first, label.last).contains(char::is_alphabetic)
}

fn is_www(tokens: &Tokens<'_>, label: Label) -> bool {
    tokens.get(label.first).is_some_and(|token| token.text == "www")
}

fn is_known(tokens: &Tokens<'_>, labels: &[Label]) -> bool {
    let (Some(first), Some(last)) = (labels.first(), labels.last()) else {
        return false;
    };
    is_host_of(tokens.source_of(first.first, last.last), words::MESSENGER_HOSTS)
        || is_host_of(tokens.source_of(first.first, last.last), words::OWN_HOSTS)
}

/// Whether a path, a query or a port follows right behind the token at `last`.
pub(super) fn has_path(tokens: &Tokens<'_>, last: usize) -> bool {
    tokens.is_tight(last + 1)
        && (tokens.is(last + 1, "/") || tokens.is(last + 1, "?"))
        && tokens.is_tight(last + 2)
        && tokens.word(last + 2).is_some()
}

/// Whether `host` is one of `hosts`, or below one of them.
pub(super) fn is_host_of<T: AsRef<str>>(host: &str, hosts: &[T]) -> bool {
    let host = host.trim_end_matches('.').to_lowercase();
    hosts.iter().any(|known| {
        host.strip_suffix(known.as_ref()).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    })
}
