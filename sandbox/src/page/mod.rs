//! The page in the browser: its files, and how they are served.

mod live;
mod view;

use bytes::Bytes;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::answer::Answer;
use super::error::ApiError;
use super::state::Shared;

pub(super) use live::{Events, open};

/// Where the page hears what happens.
pub(super) const LIVE: &str = "/page/live";
const FILES: &str = "/page/files/";

const HTML: &str = "text/html; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";
const JS: &str = "text/javascript; charset=utf-8";
const SVG: &str = "image/svg+xml";

const ICON: &str = include_str!("icon.svg");

/// Path, content type and text of each file.
const ASSETS: [(&str, &str, &str); 17] = [
    ("/", HTML, include_str!("index.html")),
    ("/page.css", CSS, include_str!("page.css")),
    ("/page.js", JS, include_str!("page.js")),
    ("/page/api.js", JS, include_str!("api.js")),
    ("/page/dom.js", JS, include_str!("dom.js")),
    ("/page/disputes.js", JS, include_str!("disputes.js")),
    ("/page/faults.js", JS, include_str!("faults.js")),
    ("/page/keys.js", JS, include_str!("keys.js")),
    ("/page/language.js", JS, include_str!("language.js")),
    ("/page/market.js", JS, include_str!("market.js")),
    ("/page/news.js", JS, include_str!("news.js")),
    ("/page/requests.js", JS, include_str!("requests.js")),
    ("/page/talk.js", JS, include_str!("talk.js")),
    ("/page/verdict.js", JS, include_str!("verdict.js")),
    ("/page/words.js", JS, WORDS),
    ("/page/icon.svg", SVG, ICON),
    // Browsers ask for it by themselves.
    ("/favicon.ico", SVG, ICON),
];

const WORDS: &str = concat!(
    "export default {en: ",
    include_str!("words/en.json"),
    ", ru: ",
    include_str!("words/ru.json"),
    "};\n"
);

/// Allows no resources of other hosts, no inline script, and no text that becomes HTML.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
    connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; \
    require-trusted-types-for 'script'; trusted-types 'none'";

/// Whether a request is one of the page's.
pub(super) fn owns(method: &str, path: &str) -> bool {
    let is_read = matches!(method, "GET" | "HEAD");
    is_read && (path.starts_with("/page/") || ASSETS.iter().any(|(known, ..)| *known == path))
}

pub(super) fn answer(shared: &Shared, path: &str) -> Answer {
    if let Some((_, kind, text)) = ASSETS.iter().find(|(known, ..)| *known == path) {
        let mut answer = protect(Answer::new(200, kind, *text));
        answer.set("content-security-policy", POLICY);
        answer.set("cross-origin-opener-policy", "same-origin");
        return answer;
    }
    let id = path.strip_prefix(FILES).and_then(|id| id.parse().ok());
    let found = id.and_then(|id| {
        let state = shared.lock();
        state.conversations.file(id).map(|file| (file.name.clone(), Bytes::clone(&file.bytes)))
    });
    let Some((name, bytes)) = found else {
        return protect(ApiError::not_found(format!("the page has no {path}")).answer());
    };
    // Saved, never shown: a file of a customer may be HTML.
    let mut answer = protect(Answer::new(200, "application/octet-stream", bytes));
    let name = utf8_percent_encode(&name, NON_ALPHANUMERIC);
    answer.set("content-disposition", format!("attachment; filename*=UTF-8''{name}"));
    answer.set("content-security-policy", "default-src 'none'; sandbox");
    answer
}

/// The head of the stream of what happens.
pub(super) fn live_head() -> Answer {
    protect(Answer::new(200, "text/event-stream", Bytes::new()))
}

/// The chat that the page has open, in `chat=4000006`.
pub(super) fn chat_of(query: &str) -> Option<i64> {
    query.split('&').find_map(|pair| pair.strip_prefix("chat=")?.parse().ok())
}

/// For this page alone, never guessed to be anything else, and never out of a cache.
pub(super) fn protect(mut answer: Answer) -> Answer {
    answer.set("x-content-type-options", "nosniff");
    answer.set("cross-origin-resource-policy", "same-origin");
    answer.set("referrer-policy", "no-referrer");
    answer.set("cache-control", "no-store");
    answer
}
