//! What the sandbox serves beside the Market's API: its page, and the admin API.

use super::admin;
use super::answer::Answer;
use super::guard;
use super::page;
use super::request::Request;
use super::state::Shared;

/// What is sent back.
#[derive(Debug)]
pub(super) enum Reply {
    Whole(Answer),
    /// This head, and then a stream of events, with the messages of one chat.
    Live {
        head: Answer,
        chat: Option<i64>,
    },
}

/// Answers a request to the page or the admin API; `None` if it is one of the Market's API.
pub(super) fn reply(shared: &Shared, request: &Request) -> Option<Reply> {
    let call = request.path.strip_prefix("/_sandbox");
    if call.is_none() && !page::owns(&request.method, &request.path) {
        return None;
    }
    if let Err(refusal) = guard::check(request) {
        return Some(Reply::Whole(page::protect(refusal.answer())));
    }
    if let Some(call) = call {
        let answer = admin::answer(shared, request, call);
        if request.method != "GET" {
            shared.notify();
        }
        return Some(Reply::Whole(page::protect(answer)));
    }
    if request.path == page::LIVE {
        return Some(Reply::Live { head: page::live_head(), chat: page::chat_of(&request.query) });
    }
    Some(Reply::Whole(page::answer(shared, &request.path)))
}
