//! Links: with a scheme, as bare host names, and disguised ones.

use std::ops::Range;

use linkify::{LinkFinder, LinkKind};

use super::finding::{Candidate, FindingKind};
use super::hosts::{self, is_host_of};
use super::tokens::{Gap, Tokens};
use super::words;

/// Finds host names without a scheme. Those of the Market and `allowed` ones become harmless, as
/// the links with a scheme are that have been found already.
pub(super) fn find_bare(
    tokens: &Tokens<'_>,
    allowed: &[String],
    with_scheme: &[Range<usize>],
    harmless: &mut Vec<Range<usize>>,
    found: &mut Vec<Candidate>,
) {
    let mut passed = with_scheme.iter().peekable();
    let mut index = 0;
    while let Some(token) = tokens.get(index) {
        while passed.next_if(|link| link.end <= token.start).is_some() {}
        if let Some(link) = passed.peek()
            && link.contains(&token.start)
        {
            index = tokens.index_at(link.end).max(index + 1);
            continue;
        }
        // What follows an at sign belongs to an address or a name.
        if !token.is_word || tokens.is_tight(index) && index > 0 && tokens.is(index - 1, "@") {
            index = if token.is_word { pass_chain(tokens, index) } else { index + 1 };
            continue;
        }
        let host = match hosts::host(tokens, index) {
            Ok(host) => host,
            Err(next) => {
                index = next;
                continue;
            }
        };
        let next = host.last + 1;
        if tokens.is(next, "@") && tokens.is_tight(next) {
            index = next;
            continue;
        }
        let last = path_end(tokens, host.last);
        let name = tokens.source_of(host.first, host.last);
        let is_allowed =
            host.is_plain && (is_host_of(name, words::OWN_HOSTS) || is_host_of(name, allowed));
        let start = tokens.get(host.first).map_or(0, |token| token.start);
        let end = tokens.get(last).map_or(start, |token| token.end);
        if is_allowed {
            harmless.push(start..end);
        } else {
            found.push(Candidate { kind: kind_of(tokens, &host), start, end });
        }
        index = last + 1;
    }
}

/// Finds links with a scheme, and gives the places of all such links, of the Market's own, too.
pub(super) fn find_with_scheme(
    text: &str,
    allowed: &[String],
    found: &mut Vec<Candidate>,
) -> Vec<Range<usize>> {
    let mut finder = LinkFinder::new();
    finder.kinds(&[LinkKind::Url]);
    let mut places = Vec::new();
    for link in finder.links(text) {
        let (start, end) = (link.start(), link.end());
        let Some((scheme, rest)) = link.as_str().split_once("://") else {
            continue;
        };
        places.push(start..end);
        let authority = rest.split(['/', '?', '#', '\\']).next().unwrap_or(rest);
        let has_user = authority.contains('@');
        let host = authority.rsplit('@').next().unwrap_or(authority);
        let host = host.split(':').next().unwrap_or(host);
        if !has_user && (is_host_of(host, words::OWN_HOSTS) || is_host_of(host, allowed)) {
            continue;
        }
        let is_messenger = words::MESSENGER_SCHEMES.contains(&scheme.to_lowercase().as_str())
            || is_host_of(host, words::MESSENGER_HOSTS);
        let kind = if is_messenger { FindingKind::Messenger } else { FindingKind::Link };
        found.push(Candidate { kind, start, end });
    }
    places
}

fn kind_of(tokens: &Tokens<'_>, host: &hosts::Host) -> FindingKind {
    let name: String = (host.first..=host.last)
        .filter_map(|index| tokens.get(index))
        .map(
            |token| if words::is_one_of(&token.text, words::DOT_WORDS) { "." } else { &token.text },
        )
        .filter(|text| !matches!(*text, "(" | ")" | "[" | "]" | "{" | "}" | "<" | ">"))
        .collect();
    if is_host_of(&name, words::MESSENGER_HOSTS) {
        FindingKind::Messenger
    } else {
        FindingKind::Link
    }
}

/// The last token of the path that follows the token at `last`, or `last`.
fn path_end(tokens: &Tokens<'_>, last: usize) -> usize {
    let begins = ["/", "?", ":", "#"].iter().any(|mark| tokens.is(last + 1, mark));
    if !begins || !tokens.is_tight(last + 1) || !tokens.is_tight(last + 2) {
        return last;
    }
    let mut end = last;
    let mut index = last + 1;
    while let Some(token) = tokens.get(index)
        && token.gap == Gap::None
    {
        // Marks at the end belong to the sentence.
        if token.is_word || matches!(token.text.as_str(), "/" | "=" | "-" | "&" | "%" | "+") {
            end = index;
        }
        index += 1;
    }
    end
}

/// The token behind the words that are joined by dots and hyphens, from `index` on.
fn pass_chain(tokens: &Tokens<'_>, index: usize) -> usize {
    let mut index = index + 1;
    while tokens.is_tight(index)
        && (tokens.is(index, ".") || tokens.is(index, "-") || tokens.word(index).is_some())
    {
        index += 1;
    }
    index
}
