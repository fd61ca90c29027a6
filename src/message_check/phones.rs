//! Telephone numbers, in digits, in words, and with letters for digits.

use super::finding::{Candidate, FindingKind};
use super::tokens::{Gap, Tokens};
use super::words::{self, is_one_of};

/// More groups of digits than any number is written in.
const MAX_GROUPS: usize = 15;

/// How many words before and behind a number say what it is.
const WORDS_BEFORE: usize = 7;
const WORDS_BEHIND: usize = 3;

/// The groups of digits in which eleven digits are written; with 7 or 8 before the code.
const SHAPES_OF_11: &[&[usize]] = &[
    &[11],
    &[1, 10],
    &[1, 3, 7],
    &[1, 3, 3, 4],
    &[1, 3, 3, 2, 2],
    &[1, 3, 2, 2, 3],
    &[1, 3, 2, 3, 2],
    &[1, 3, 4, 3],
    &[1, 3, 5, 2],
    &[1, 4, 2, 2, 2],
    &[1, 4, 3, 3],
    &[1, 4, 6],
    &[1, 5, 5],
    &[1, 5, 1, 2, 2],
    &[4, 7],
    &[4, 3, 4],
    &[4, 3, 2, 2],
    &[4, 2, 2, 3],
    &[5, 2, 2, 2],
    &[2, 2, 2, 2, 3],
    &[2, 3, 2, 2, 2],
    &[1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1],
];

/// The same without 7 or 8.
const SHAPES_OF_10: &[&[usize]] =
    &[&[3, 7], &[3, 3, 4], &[3, 3, 2, 2], &[3, 2, 2, 3], &[3, 2, 3, 2], &[4, 2, 2, 2], &[10]];

/// The same for a number within a town.
const SHAPES_OF_TOWNS: &[&[usize]] = &[&[3, 2, 2], &[2, 2, 2], &[1, 2, 2, 2]];

/// Digits that stand together.
struct Group {
    digits: String,
    /// Bytes of the text.
    start: usize,
    end: usize,
    is_spelt: bool,
    /// A hyphen or bracket stands right before it.
    is_joined: bool,
    /// A plus sign stands before it.
    has_plus: bool,
    /// Letters stand right before or behind it.
    in_word: bool,
    /// A token of it.
    token: usize,
}

pub(super) fn find(tokens: &Tokens<'_>, found: &mut Vec<Candidate>) {
    let mut index = 0;
    while index < tokens.len() {
        let run = run(tokens, &mut index);
        let mut first = 0;
        while first < run.len() {
            match phone(tokens, &run, first) {
                Some(last) => {
                    let (start, end) = (start_of(tokens, &run[first]), run[last].end);
                    found.push(Candidate { kind: FindingKind::Phone, start, end });
                    first = last + 1;
                }
                None => first += 1,
            }
        }
    }
}

/// With the plus sign or the brackets before it.
fn start_of(tokens: &Tokens<'_>, group: &Group) -> usize {
    let mut start = group.start;
    let mut index = group.token;
    while let Some(before) = tokens.before(index)
        && is_one_of(&before.text, &["+", "(", "плюс", "plus"])
    {
        start = before.start;
        index -= 1;
    }
    start
}

/// The groups of digits that follow one another from `index` on, with nothing but the marks
/// between them that stand in telephone numbers. Goes on behind them.
fn run(tokens: &Tokens<'_>, index: &mut usize) -> Vec<Group> {
    let mut run: Vec<Group> = Vec::new();
    let mut marks = 0;
    let mut is_joined = false;
    let mut has_plus = false;
    while let Some(token) = tokens.get(*index) {
        if token.gap == Gap::Line && !run.is_empty() {
            break;
        }
        if token.is_word {
            let Some(mut group) = group(tokens, *index) else {
                if run.is_empty() {
                    (marks, is_joined, has_plus) = (0, false, false);
                    *index += 1;
                    continue;
                }
                break;
            };
            group.is_joined = is_joined && !run.is_empty();
            group.has_plus = has_plus;
            // Hundreds, tens and units that are spelt make one group.
            match run.last_mut().filter(|last| last.is_spelt && group.is_spelt && marks == 0) {
                Some(last) if adds_up(&last.digits, &group.digits) => {
                    let kept = last.digits.len() - group.digits.len();
                    last.digits.truncate(kept);
                    last.digits.push_str(&group.digits);
                    last.end = group.end;
                }
                _ => run.push(group),
            }
            (marks, is_joined, has_plus) = (0, false, false);
            *index += 1;
            continue;
        }
        match token.text.as_str() {
            "-" | "(" | ")" | "." | "/" | "_" | "~" => {
                is_joined |= matches!(token.text.as_str(), "-" | "(" | ")");
            }
            "+" => has_plus = true,
            // Between spelt digits.
            "," if run.last().is_some_and(|last| last.is_spelt) => {}
            _ if run.is_empty() => {
                (marks, is_joined, has_plus) = (0, false, false);
                *index += 1;
                continue;
            }
            _ => break,
        }
        marks += 1;
        if marks > 3 && !run.is_empty() {
            break;
        }
        *index += 1;
    }
    run
}

/// Whether "twenty" and "five" are one number.
fn adds_up(large: &str, small: &str) -> bool {
    small.len() < large.len()
        && small != "0"
        && large.len() <= 3
        && large[large.len() - small.len()..].bytes().all(|digit| digit == b'0')
}

/// The digits of a word.
fn group(tokens: &Tokens<'_>, index: usize) -> Option<Group> {
    let token = tokens.word(index)?;
    let group = |digits: String, start: usize, end: usize| Group {
        digits,
        start,
        end,
        is_spelt: false,
        is_joined: false,
        has_plus: false,
        in_word: false,
        token: index,
    };
    if let Some(digits) = digits(&token.text) {
        return Some(group(digits, token.start, token.end));
    }
    if let Some(number) = words::number_word(&token.text) {
        let group = group(number.to_string(), token.start, token.end);
        return Some(Group { is_spelt: true, ..group });
    }
    // "тел89123456789": the digits at the end of a word.
    let letters = token.text.trim_end_matches(|c: char| c.is_ascii_digit());
    let digits = &token.text[letters.len()..];
    if digits.len() >= 10 && is_one_of(letters, &["т", "тел", "телефон", "tel", "phone", "номер"])
    {
        return Some(group(digits.to_owned(), token.end - digits.len(), token.end));
    }
    // Digits that begin a word are no number by themselves, and end the run.
    let digits = token.text.chars().take_while(char::is_ascii_digit).count();
    (digits > 0).then(|| Group { in_word: true, ..group(String::new(), token.start, token.end) })
}

/// The digits of a word that has nothing else, but for letters that look like digits.
fn digits(text: &str) -> Option<String> {
    let mut real = 0;
    let mut digits = String::with_capacity(text.len());
    for letter in text.trim_matches('_').chars() {
        let digit = match letter {
            '0'..='9' => {
                real += 1;
                letter
            }
            'o' | 'о' => '0',
            'l' => '1',
            'з' => '3',
            'б' => '6',
            '_' => continue,
            _ => return None,
        };
        digits.push(digit);
    }
    let disguised = digits.len() - real;
    let is_number = real > 0 && (disguised == 0 || disguised <= 3 && digits.len() >= 2);
    is_number.then_some(digits)
}

/// The last group of the telephone number that begins with the group at `first`.
fn phone(tokens: &Tokens<'_>, run: &[Group], first: usize) -> Option<usize> {
    let mut digits = String::new();
    let mut shape = Vec::new();
    let mut found = None;
    let groups = run[first..].iter().take(MAX_GROUPS).enumerate();
    for (offset, group) in groups {
        if group.in_word || offset > 0 && group.has_plus {
            break;
        }
        digits.push_str(&group.digits);
        shape.push(group.digits.len());
        if digits.len() > 15 {
            break;
        }
        let groups = &run[first..=first + offset];
        if is_phone(tokens, groups, &digits, &shape, run.get(first + offset + 1)) {
            found = Some(first + offset);
            // Only an international number may go on.
            if !run[first].has_plus || digits.starts_with('7') {
                break;
            }
        }
    }
    found
}

fn is_phone(
    tokens: &Tokens<'_>,
    groups: &[Group],
    digits: &str,
    shape: &[usize],
    next: Option<&Group>,
) -> bool {
    let (Some(first), Some(last)) = (groups.first(), groups.last()) else {
        return false;
    };
    let length = digits.len();
    if length < 6 {
        return false;
    }
    let goes_on = next.is_some_and(|next| next.is_joined && !next.is_spelt);
    let code = digits.as_bytes();
    let is_russian = length == 11
        && match code[0] {
            b'8' => matches!(code[1], b'3' | b'4' | b'8' | b'9'),
            b'7' => matches!(code[1], b'3' | b'4' | b'7' | b'8' | b'9'),
            _ => false,
        };
    let spelt = groups.iter().filter(|group| group.is_spelt).count();
    if first.has_plus {
        return match code[0] {
            b'7' => is_russian,
            b'0' => false,
            _ => length >= 10 && !goes_on,
        };
    }
    if spelt >= 1 && groups.len() >= 4 {
        let begins = matches!(code, [b'9', ..] if spelt >= 4)
            || matches!(code, [b'7' | b'8', b'3' | b'4' | b'8' | b'9', ..]);
        // "девятьсот 12" may be 912 or 90012.
        let longest = if spelt == groups.len() { 11 } else { 13 };
        return begins && (10..=longest).contains(&length) && next.is_none();
    }
    let joined = groups.iter().any(|group| group.is_joined) || follows_bracket(tokens, first);
    let says = |kind| surroundings(tokens, first, last) == kind;
    if is_russian && SHAPES_OF_11.contains(&shape) {
        let bracketed = follows_bracket(tokens, &groups[1.min(groups.len() - 1)]);
        return !goes_on && (bracketed || !says(Some(Meaning::OtherNumber)));
    }
    if length == 11 && is_russian {
        return !goes_on && says(Some(Meaning::Phone));
    }
    if length == 10 && matches!(code[0], b'3' | b'4' | b'8' | b'9') && SHAPES_OF_10.contains(&shape)
    {
        let formatted =
            shape.len() >= 3 && joined && (code[0] == b'9' || follows_bracket(tokens, first));
        let meaning = surroundings(tokens, first, last);
        return !goes_on
            && (formatted && meaning != Some(Meaning::OtherNumber)
                || meaning == Some(Meaning::Phone));
    }
    let is_foreign = length == 12
        && ["375", "380", "998", "996", "992", "374", "994", "995"]
            .iter()
            .any(|country| digits.starts_with(country));
    if is_foreign {
        return !goes_on && shape.len() >= 3 && !says(Some(Meaning::OtherNumber))
            || says(Some(Meaning::Phone));
    }
    SHAPES_OF_TOWNS.contains(&shape)
        && groups.iter().skip(1).all(|group| group.is_joined)
        && next.is_none()
        && says(Some(Meaning::Phone))
}

fn follows_bracket(tokens: &Tokens<'_>, group: &Group) -> bool {
    tokens.before(group.token).is_some_and(|token| token.text == "(")
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Meaning {
    Phone,
    OtherNumber,
}

/// What the words around a number say that it is: the nearest before it decides.
fn surroundings(tokens: &Tokens<'_>, first: &Group, last: &Group) -> Option<Meaning> {
    let mut words_seen = 0;
    let mut index = first.token;
    while words_seen < WORDS_BEFORE
        && let Some(token) = tokens.before(index)
    {
        index -= 1;
        if tokens.get(index + 1).is_some_and(|later| later.gap == Gap::Line) {
            break;
        }
        if !token.is_word {
            match token.text.as_str() {
                "№" | "#" => return Some(Meaning::OtherNumber),
                "!" | "?" | ";" => break,
                _ => continue,
            }
        }
        words_seen += 1;
        if is_one_of(&token.text, words::PHONE_WORDS) {
            return Some(Meaning::Phone);
        }
        if is_one_of(&token.text, words::NUMBER_WORDS) {
            return Some(Meaning::OtherNumber);
        }
        // What is said before another long number is said of that.
        if token.text.len() >= 4 && token.text.bytes().all(|byte| byte.is_ascii_digit()) {
            break;
        }
    }
    let behind = last.token + 1..=last.token + WORDS_BEHIND;
    behind
        .map_while(|index| tokens.word(index).filter(|token| token.gap != Gap::Line))
        .find(|token| is_one_of(&token.text, words::PHONE_WORDS))
        .map(|_| Meaning::Phone)
}
