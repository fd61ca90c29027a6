//! Invitations to a messenger, and names in one.

use super::finding::{Candidate, FindingKind};
use super::tokens::{Gap, Token, Tokens};
use super::words::{self, is_one_of};

/// How many tokens before a messenger's name belong to the invitation.
const REACH: usize = 8;

/// The shortest name that is taken for one.
const MIN_NAME: usize = 4;

/// `contacts` are the findings so far, in the text's order.
pub(super) fn find(tokens: &Tokens<'_>, contacts: &[Candidate], found: &mut Vec<Candidate>) {
    for index in 0..tokens.len() {
        let Some(token) = tokens.word(index) else {
            continue;
        };
        if !is_one_of(&token.text, words::MESSENGERS) {
            continue;
        }
        if let Some(name) = name_behind(tokens, index) {
            push(tokens, index, name, found);
            continue;
        }
        // With the contact itself beside it, the invitation says nothing more.
        if contact_follows(tokens, index, contacts) {
            continue;
        }
        if let Some((first, last)) = invitation(tokens, index) {
            push(tokens, first, last, found);
        }
    }
}

fn push(tokens: &Tokens<'_>, first: usize, last: usize, found: &mut Vec<Candidate>) {
    if let (Some(first), Some(last)) = (tokens.get(first), tokens.get(last)) {
        let kind = FindingKind::Messenger;
        found.push(Candidate { kind, start: first.start, end: last.end });
    }
}

/// The name in `телеграм: ivan_shop`.
fn name_behind(tokens: &Tokens<'_>, messenger: usize) -> Option<usize> {
    let mut index = messenger + 1;
    let mut colons = 0;
    while index <= messenger + 3
        && let Some(token) = tokens.get(index).filter(|token| token.gap != Gap::Line)
        && !token.is_word
        && matches!(token.text.as_str(), ":" | "-" | "=" | "(")
    {
        colons += usize::from(token.text == ":");
        index += 1;
    }
    let name = tokens.word(index).filter(|token| token.gap != Gap::Line)?;
    let is_name = words::is_latin(&name.text)
        && name.text.len() >= MIN_NAME
        && name.text.starts_with(|letter: char| letter.is_ascii_lowercase())
        && !is_one_of(&name.text, words::MESSENGERS);
    let has_underscore = name.text.trim_matches('_').contains('_');
    let has_digit = name.text.ends_with(|letter: char| letter.is_ascii_digit());
    let stands_out = has_underscore || colons == 1 && has_digit;
    // Two colons stand in programs.
    (is_name && stands_out && colons <= 1).then_some(index)
}

/// Whether a telephone number, a name or an address follows the word at `index`.
fn contact_follows(tokens: &Tokens<'_>, index: usize, contacts: &[Candidate]) -> bool {
    let Some(word) = tokens.get(index) else {
        return false;
    };
    let next = contacts.partition_point(|contact| contact.start < word.end);
    let Some(contact) = contacts.get(next) else {
        return false;
    };
    let first = tokens.index_at(contact.start);
    first <= index + 4
        && (index + 1..=first).all(|at| tokens.get(at).is_some_and(|t| t.gap != Gap::Line))
}

/// The tokens of `пишите в телеграм`, where there is such an invitation.
fn invitation(tokens: &Tokens<'_>, messenger: usize) -> Option<(usize, usize)> {
    let before: Vec<(usize, &Token)> = sentence_before(tokens, messenger);
    let is = |at: usize, list: &[&str]| {
        before.get(at).is_some_and(|(_, token)| is_one_of(&token.text, list))
    };
    // "дайте ваш вотсап", "есть у вас вотсап"
    if is(0, words::YOUR_WORDS) {
        let give =
            before.iter().take(4).find(|(_, token)| is_one_of(&token.text, words::GIVE_WORDS));
        if let Some((first, _)) = give {
            return Some((*first, messenger));
        }
    }
    if is(0, &["есть"]) && is(1, &["вас", "тебя"]) && is(2, &["у"]) {
        return Some((before[2].0, messenger));
    }
    // "в телеграм", "в наш телеграм"
    let preposition = (0..=1).find(|at| is(*at, words::PREPOSITIONS))?;
    let earlier = &before[preposition + 1..];
    for (at, (index, token)) in earlier.iter().enumerate() {
        if is_one_of(&token.text, words::CONTACT_WORDS) {
            return Some((*index, messenger));
        }
        let near = |list: &[&str]| {
            let from = at.saturating_sub(2);
            let until = (at + 3).min(earlier.len());
            earlier[from..until].iter().find(|(_, token)| is_one_of(&token.text, list))
        };
        if is_one_of(&token.text, words::CONTACT_INFINITIVES)
            && let Some((possible, _)) = near(words::POSSIBLE_WORDS)
        {
            return Some((*index.min(possible), messenger));
        }
        if is_one_of(&token.text, &["me", "us"])
            && let Some((_, verb)) = earlier.get(at + 1)
            && is_one_of(&verb.text, words::ENGLISH_CONTACT_WORDS)
        {
            return Some((earlier[at + 1].0, messenger));
        }
    }
    // "в телеграм пишите"
    let behind = tokens.word(messenger + 1).filter(|token| token.gap == Gap::Blank)?;
    is_one_of(&behind.text, words::CONTACT_WORDS).then(|| (before[preposition].0, messenger + 1))
}

/// The words of the sentence before `index`, the nearest first.
fn sentence_before<'t>(tokens: &'t Tokens<'_>, index: usize) -> Vec<(usize, &'t Token)> {
    let mut words = Vec::new();
    for at in (index.saturating_sub(REACH)..index).rev() {
        let later_begins_line = tokens.get(at + 1).is_some_and(|later| later.gap == Gap::Line);
        let Some(token) = tokens.get(at) else {
            break;
        };
        if later_begins_line || matches!(token.text.as_str(), "." | "!" | "?" | ";" | "«" | "\"") {
            break;
        }
        if token.is_word {
            words.push((at, token));
        }
    }
    words
}
