//! What a look costs, counted in requests and in round trips: four requests at a time, each of
//! which takes one.

use super::bounds::Bounds;
use super::exchange::{Ask, ChatItem, ChatsPage, HistoryPage, MessageItem, PageError, Start, Step};
use super::machine::Machine;
use super::state::{Entry, Millis, Selection, State};

const NOW: Millis = 1_790_000_000_000;
const CHATS: i64 = 10_000;
const WITH_NEWS: i64 = 400;

/// Every 25th chat has a new message; those wait.
fn has_news(chat: i64) -> bool {
    chat % (CHATS / WITH_NEWS) == 0
}

fn chats_page(page: Option<String>, waiting: bool) -> ChatsPage {
    let first: usize = page.map_or(0, |page| page.parse().unwrap());
    let mut ids = (1..=CHATS).filter(|id| !waiting || has_news(*id)).skip(first);
    let item = |id: i64| {
        let age = if has_news(id) { 3_600_000 } else { 90 * 24 * 3_600_000 };
        ChatItem { id, updated: Some(NOW - age), raw: "{}".into() }
    };
    let chats: Vec<ChatItem> = ids.by_ref().take(20).map(item).collect();
    ChatsPage { next: ids.next().map(|_| (first + chats.len()).to_string()), chats }
}

fn history_page(chat: i64) -> HistoryPage {
    let created = Some(NOW - 3_600_000);
    let message = MessageItem { id: chat * 10, created, raw: "{}".into() };
    HistoryPage { messages: vec![message], next: None, about: "{}".into() }
}

/// Requests, round trips, messages and the most that was queued.
fn look(all: bool, limit: usize) -> (u32, u32, usize) {
    let selection = Selection { business: 1, all, ..Selection::default() };
    let mut state = State { selection, floor: Some(NOW - 7_200_000), ..State::default() };
    state.checked_at = NOW;
    state.chats.insert(3, Entry { through: 30, ..Entry::default() });
    let mut machine = Machine::<()>::new(state, None::<Start>, None, limit, Bounds::default(), NOW);
    let (mut requests, mut rounds) = (0, 0);
    loop {
        let mut under_way = Vec::new();
        while under_way.len() < 4 {
            match machine.next(NOW) {
                Step::Ask(ask) => under_way.push(ask),
                Step::Wait | Step::Done => break,
            }
        }
        if under_way.is_empty() {
            break;
        }
        rounds += 1;
        for ask in under_way {
            requests += 1;
            match ask {
                Ask::Chats { page, waiting } => {
                    let page: Result<_, PageError<()>> = Ok(chats_page(page, waiting));
                    machine.chats(page, NOW);
                }
                Ask::History { chat, .. } => machine.history(chat, Ok(history_page(chat)), NOW),
            }
        }
    }
    let outcome = machine.finish(NOW);
    assert!(outcome.failure.is_none());
    (requests, rounds, outcome.news.iter().map(|news| news.messages.len()).sum())
}

#[test]
fn four_places_are_busy_while_there_is_anything_to_do() {
    let (requests, rounds, messages) = look(false, 500);
    // 20 pages and 400 histories.
    assert_eq!((requests, messages), (420, 400));
    assert!(f64::from(rounds) <= 1.05 * f64::from(requests.div_ceil(4)), "{rounds} round trips");
}

#[test]
fn the_pages_of_a_list_are_the_longest_chain() {
    let (requests, rounds, messages) = look(true, 500);
    assert_eq!((requests, messages), (901, 400));
    // Each page names the next one: 500 round trips, whatever goes on beside.
    assert!(rounds <= 500 + 3, "{rounds} round trips");
}

#[test]
fn a_limit_ends_a_look_early() {
    let (requests, _, messages) = look(false, 40);
    assert_eq!(messages, 40);
    assert!(requests <= 40 + 6, "{requests}");
}
