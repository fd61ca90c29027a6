//! Pages and their tokens.

use std::collections::HashMap;

use super::error::ApiError;
use super::switches::Order;

/// The list that a token goes through. A token of one list opens no other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum List {
    Chats { business: i64 },
    History { chat: i64 },
    Campaigns { business: i64 },
}

/// Where a list goes on: after an id, so that what arrives between two pages is neither lost nor
/// given twice in ascending order. In descending order it is newer than the first page, and not
/// part of the walk.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cursor {
    pub(super) list: List,
    pub(super) order: Order,
    /// The lowest id of the walk.
    pub(super) from: i64,
    after: Option<i64>,
    /// The next page is to be empty, and to lead to the one after it.
    pause: bool,
}

impl Cursor {
    pub(super) fn start(list: List, order: Order, from: i64) -> Self {
        Self { list, order, from, after: None, pause: false }
    }

    fn includes(&self, id: i64) -> bool {
        let beyond = self.after.is_none_or(|after| match self.order {
            Order::Ascending => id > after,
            Order::Descending => id < after,
        });
        id >= self.from && beyond
    }
}

/// The tokens that were given out.
#[derive(Debug, Default)]
pub(super) struct Tokens {
    cursors: HashMap<String, Cursor>,
}

impl Tokens {
    pub(super) fn find(&self, token: &str, list: List) -> Result<Cursor, ApiError> {
        let cursor = self.cursors.get(token).filter(|cursor| cursor.list == list);
        cursor.copied().ok_or_else(|| {
            ApiError::bad_request(format!("pageToken {token:?} is unknown or of another list"))
        })
    }

    /// A page of ids out of all of a list's, in ascending order, with the token of the next one.
    pub(super) fn page(
        &mut self,
        cursor: Cursor,
        ids: impl DoubleEndedIterator<Item = i64>,
        limit: usize,
        empty_pages: bool,
    ) -> (Vec<i64>, Option<String>) {
        if cursor.pause {
            return (Vec::new(), Some(self.issue(Cursor { pause: false, ..cursor })));
        }
        let ids = ids.filter(|id| cursor.includes(*id));
        let mut page: Vec<_> = match cursor.order {
            Order::Ascending => ids.take(limit + 1).collect(),
            Order::Descending => ids.rev().take(limit + 1).collect(),
        };
        let more = page.len() > limit;
        page.truncate(limit);
        let after = page.last().copied();
        let next = more.then(|| self.issue(Cursor { after, pause: empty_pages, ..cursor }));
        (page, next)
    }

    /// A token full of what a client must encode; `%2B` catches those who decode it.
    fn issue(&mut self, cursor: Cursor) -> String {
        // 64 bits everywhere: the product is larger than a 32-bit usize.
        let number = self.cursors.len() as u64 + 1;
        let token = format!("{number}+/=&?# %é\"%2B;стр/{:x}==", number * 2_654_435_761);
        self.cursors.insert(token.clone(), cursor);
        token
    }
}
