//! Is the message that was sent among those of the history? Pure: the history, the clocks and
//! the other sends come in as arguments.
//!
//! The question is answered by counting. Every message of the same content that is newer than
//! the send has an author: this send, another send of this process that the service acknowledged,
//! or one of this process whose outcome is open. Only where every way to account for the messages
//! gives the same answer, there is one.

use std::borrow::Cow;

use crate::model::{ChatMessage, Sender};
use crate::pipeline::Offset;

use super::ledger::Send;

/// A send that ended this long before another one began cannot be taken for it, as exactly as
/// the clocks are known at best.
const MARGIN_MS: i64 = 3_000;

/// What was sent, as it is compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Content {
    /// Some systems of the Market trim texts.
    Text(String),
    File {
        name: String,
        size: i64,
    },
}

impl Content {
    pub(crate) fn text(text: &str) -> Self {
        Content::Text(normal(text).into_owned())
    }

    /// Whether a message of the shop has this content.
    fn matches(&self, message: &ChatMessage) -> bool {
        message.sender == Sender::Partner
            && match self {
                Content::Text(text) => {
                    message.message.as_deref().is_some_and(|other| normal(other) == *text)
                }
                Content::File { name, size } => message
                    .payload
                    .iter()
                    .any(|file| file.name == *name && file.size.is_none_or(|other| other == *size)),
            }
    }
}

/// A text as it is compared: without what any system may trim (Java's oldest way takes control
/// characters for white space), and with the line ends of all systems alike.
fn normal(text: &str) -> Cow<'_, str> {
    let text = text.trim_matches(|c: char| c.is_whitespace() || c.is_control());
    if text.contains('\r') { text.replace("\r\n", "\n").into() } else { text.into() }
}

/// What is known of the other sends when the history has been read: those `before` the reading,
/// and those `after` it.
pub(crate) fn known_others(before: &[Send], after: Vec<Send>) -> Vec<Send> {
    let was_acknowledged = |send: &Send| {
        before.iter().any(|earlier| earlier.ticket == send.ticket && earlier.acknowledged)
    };
    after
        .into_iter()
        // What was acknowledged while the history was read may be missing in it.
        .map(|send| Send { acknowledged: was_acknowledged(&send), ..send })
        .collect()
}

/// What the history says about a send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Finding {
    /// It arrived; the id where no other send can have it.
    Present(Option<i64>),
    /// It is not there.
    Absent,
    /// More than one explanation remains.
    Unclear(Vec<i64>),
}

/// A message of the right content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Candidate {
    pub id: i64,
    /// The last moment at which it can have been created, by the service's clock, in milliseconds
    /// since 1970; `None` where its date cannot be read.
    created_by: Option<i64>,
}

impl Candidate {
    /// The message as a candidate, where its content is right.
    pub(crate) fn of(message: &ChatMessage, content: &Content) -> Option<Self> {
        if !content.matches(message) {
            return None;
        }
        let created_by = message.created_at.to_system_time().map(|at| {
            // Without fractions it was created at some time within that second.
            let slack = if message.created_at.has_fraction() { 1 } else { 1000 };
            crate::pipeline::unix_ms(at) + slack
        });
        Some(Candidate { id: message.message_id, created_by })
    }

    /// Whether it was certainly created before a moment of the local clock.
    fn is_before(&self, local: i64, offset: Option<Offset>) -> bool {
        match (self.created_by, offset) {
            (Some(created_by), Some(offset)) => created_by < local.saturating_add(offset.least),
            _ => false,
        }
    }
}

/// The search for one send.
#[derive(Debug)]
pub(crate) struct Search<'a> {
    send: &'a Send,
    /// Other sends of the same content whose messages can be among the candidates.
    others: Vec<Send>,
    /// Messages that are known to be those of other sends.
    taken: Vec<i64>,
}

impl<'a> Search<'a> {
    pub(crate) fn new(send: &'a Send, others: Vec<Send>, offset: Option<Offset>) -> Self {
        // Without the service's time every other send of this content counts.
        let margin = match offset {
            Some(offset) => MARGIN_MS + (offset.most - offset.least),
            None => i64::MAX / 4,
        };
        let taken = others.iter().filter_map(|other| other.message_id).collect();
        let mut rest = others;
        rest.retain(|other| other.message_id.is_none());
        let (mut others, mut earliest) = (Vec::new(), send.started);
        // Who overlaps this send may have begun long before it, and what came between that and
        // this send has an author as well: each one that is added may add others.
        loop {
            let (overlapping, before): (Vec<_>, Vec<_>) = rest
                .into_iter()
                .partition(|other| other.ended.is_none_or(|ended| ended + margin >= earliest));
            rest = before;
            if overlapping.is_empty() {
                break;
            }
            earliest = overlapping.iter().fold(earliest, |t, other| t.min(other.started));
            others.extend(overlapping);
        }
        Search { send, others, taken }
    }

    /// The history has to be read from behind this message; 0 for all of it.
    pub(crate) fn baseline(&self) -> i64 {
        let others = self.others.iter().map(|other| other.baseline);
        others.fold(self.send.baseline, i64::min)
    }

    /// Judges the candidates of the whole history behind [`Search::baseline`].
    pub(crate) fn judge(&self, candidates: &[Candidate], offset: Option<Offset>) -> Finding {
        let earliest = self.others.iter().fold(self.send.started, |t, other| t.min(other.started));
        let mut possible: Vec<Candidate> = candidates
            .iter()
            .filter(|c| c.id > self.baseline() && !self.taken.contains(&c.id))
            .filter(|c| !c.is_before(earliest, offset))
            .copied()
            .collect();
        possible.sort_unstable_by_key(|candidate| candidate.id);
        possible.dedup_by_key(|candidate| candidate.id);
        let own: Vec<i64> = possible
            .iter()
            .filter(|c| c.id > self.send.baseline && !c.is_before(self.send.started, offset))
            .map(|candidate| candidate.id)
            .collect();
        if own.is_empty() {
            return Finding::Absent;
        }
        let found = possible.len();
        let acknowledged = self.others.iter().filter(|other| other.acknowledged).count();
        let open = self.others.len() - acknowledged;
        // Each acknowledged message is there for certain. What is more than those has to be
        // explained by the open sends and by this one.
        let unexplained = found.saturating_sub(acknowledged);
        if found < acknowledged {
            // The history lags behind the acknowledgements: it proves nothing yet.
            return Finding::Unclear(own);
        }
        if unexplained == 0 {
            return Finding::Absent;
        }
        if unexplained != open + 1 {
            // Fewer: one of the open sends did not arrive, and nobody knows which. More:
            // somebody else writes the same.
            return Finding::Unclear(own);
        }
        if offset.is_none() || possible.iter().any(|candidate| candidate.created_by.is_none()) {
            // Nobody knows how old they are: they may be anybody's.
            return Finding::Unclear(own);
        }
        let sequential = self.others.iter().all(|other| {
            other.acknowledged && other.ended.is_some_and(|ended| ended <= self.send.started)
        });
        Finding::Present(if sequential { own.last().copied() } else { None })
    }
}

#[cfg(test)]
mod tests {
    use super::super::ledger::Ledger;
    use super::*;

    const EXACT: Option<Offset> = Some(Offset { least: 0, most: 0 });
    /// The local time of the send that is looked for.
    const START: i64 = 1_000_000;

    fn message(id: i64, at_ms: i64, text: &str) -> ChatMessage {
        let at = jiff::Timestamp::from_millisecond(at_ms).unwrap();
        serde_json::from_value(serde_json::json!({
            "messageId": id, "createdAt": format!("{at:.3}"), "sender": "PARTNER", "message": text,
        }))
        .unwrap()
    }

    fn send(started: i64, ended: Option<i64>, acknowledged: bool, baseline: i64) -> Send {
        let content = Content::text("Да");
        Send {
            started,
            ended,
            acknowledged,
            ..Ledger::default().begin(1, &content, Some(baseline), started)
        }
    }

    fn judge(
        send: &Send,
        others: Vec<Send>,
        history: &[(i64, i64)],
        offset: Option<Offset>,
    ) -> Finding {
        let search = Search::new(send, others, offset);
        let candidates: Vec<_> = history
            .iter()
            .filter_map(|(id, at)| Candidate::of(&message(*id, *at, " Да\n"), &send.content))
            .collect();
        search.judge(&candidates, offset)
    }

    #[test]
    fn one_send_alone() {
        let unknown_chat = send(START, None, false, 0);
        let known_chat = send(START, None, false, 100);
        let old = (90, START - 60_000);
        let new = (101, START + 20);
        type Row<'a> = (&'a Send, &'a [(i64, i64)], Finding);
        let table: [Row; 8] = [
            (&unknown_chat, &[], Finding::Absent),
            (&unknown_chat, &[old], Finding::Absent),
            (&unknown_chat, &[new], Finding::Present(Some(101))),
            (&unknown_chat, &[old, new], Finding::Present(Some(101))),
            (&unknown_chat, &[new, old], Finding::Present(Some(101))),
            // Written by somebody else in the very second before: the id tells.
            (&known_chat, &[(100, START - 1)], Finding::Absent),
            (&known_chat, &[(100, START + 1), new], Finding::Present(Some(101))),
            // Two that are new: which of them, if any, is ours?
            (&known_chat, &[new, (102, START + 30)], Finding::Unclear(vec![101, 102])),
        ];
        for (send, history, expected) in table {
            assert_eq!(judge(send, vec![], history, EXACT), expected, "{history:?}");
        }
    }

    #[test]
    fn the_same_text_twice_in_a_row() {
        let second = send(START, None, false, 0);
        let first = || vec![send(START - 500, Some(START - 400), true, 0)];
        let (one, two) = ((7, START - 450), (8, START + 30));
        assert_eq!(judge(&second, first(), &[one], EXACT), Finding::Absent);
        // A coarse clock: the first could be the second by its time, but it is accounted for.
        let coarse = Some(Offset { least: -1500, most: 1500 });
        assert_eq!(judge(&second, first(), &[one], coarse), Finding::Absent);
        assert_eq!(judge(&second, first(), &[one, two], coarse), Finding::Present(Some(8)));
        assert_eq!(judge(&second, first(), &[], coarse), Finding::Absent);
    }

    #[test]
    fn an_open_send_of_the_same_text_leaves_it_unclear() {
        let second = send(START, None, false, 0);
        let first = || vec![send(START - 500, Some(START + 9_000), false, 0)];
        let (one, two) = ((7, START + 10), (8, START + 30));
        assert_eq!(judge(&second, first(), &[], EXACT), Finding::Absent);
        assert_eq!(judge(&second, first(), &[one], EXACT), Finding::Unclear(vec![7]));
        // Both are there; which is which, nobody knows.
        assert_eq!(judge(&second, first(), &[one, two], EXACT), Finding::Present(None));
    }

    #[test]
    fn what_came_while_an_open_send_was_under_way_has_its_author() {
        let ours = send(START, None, false, 0);
        let others = || {
            let long_open = send(START - 20_000, None, false, 0);
            let between = send(START - 15_000, Some(START - 14_000), true, 0);
            let at_its_start = send(START - 21_000, Some(START - 19_900), true, 0);
            vec![between, long_open, at_its_start]
        };
        let history = [(6, START - 20_100), (7, START - 14_500), (8, START + 30)];
        // 8 is ours or that of the open one.
        assert_eq!(judge(&ours, others(), &history, EXACT), Finding::Unclear(vec![8]));
        assert_eq!(judge(&ours, others(), &history[..2], EXACT), Finding::Absent);
    }

    #[test]
    fn a_message_that_is_known_to_be_another_ones_is_not_ours() {
        let ours = send(START, None, false, 0);
        let other = || vec![Send { message_id: Some(7), ..send(START - 9, Some(START), false, 0) }];
        let (seven, eight) = ((7, START + 10), (8, START + 30));
        assert_eq!(judge(&ours, other(), &[seven], EXACT), Finding::Absent);
        assert_eq!(judge(&ours, other(), &[seven, eight], EXACT), Finding::Present(Some(8)));
    }

    #[test]
    fn a_history_that_lags_behind_proves_nothing() {
        let ours = send(START, None, false, 0);
        let acknowledged = || send(START - 100, Some(START + 100), true, 0);
        let others = vec![acknowledged(), acknowledged()];
        assert_eq!(judge(&ours, others, &[(5, START + 1)], EXACT), Finding::Unclear(vec![5]));
    }

    #[test]
    fn a_service_clock_that_is_minutes_off_is_corrected() {
        let ours = send(START, None, false, 0);
        for ahead in [-420_000, 420_000] {
            let offset = Some(Offset { least: ahead - 600, most: ahead + 600 });
            let old = (5, START - 5_000 + ahead);
            let new = (6, START + 40 + ahead);
            assert_eq!(judge(&ours, vec![], &[old], offset), Finding::Absent);
            assert_eq!(judge(&ours, vec![], &[old, new], offset), Finding::Present(Some(6)));
        }
    }

    #[test]
    fn without_any_clock_only_absence_is_certain() {
        let unknown_chat = send(START, None, false, 0);
        let known_chat = send(START, None, false, 6);
        let history = [(6, START - 9_000_000), (7, START)];
        assert_eq!(judge(&unknown_chat, vec![], &history, None), Finding::Unclear(vec![6, 7]));
        // Newer than what is known need not be newer than the send.
        assert_eq!(judge(&known_chat, vec![], &history, None), Finding::Unclear(vec![7]));
        assert_eq!(judge(&known_chat, vec![], &history[..1], None), Finding::Absent);
    }

    #[test]
    fn a_message_without_a_date_may_be_anybodys() {
        let ours = send(START, None, false, 0);
        let mut message = message(9, START, "Да");
        message.created_at = crate::DateTime::new("soon");
        let candidate = Candidate::of(&message, &ours.content).unwrap();
        let search = Search::new(&ours, vec![], EXACT);
        assert_eq!(search.judge(&[candidate], EXACT), Finding::Unclear(vec![9]));
    }

    #[test]
    fn content_is_compared_as_the_market_keeps_it() {
        let text = Content::text("  Здравствуйте! \n");
        let mut message = message(1, START, "Здравствуйте!");
        assert!(text.matches(&message));
        let lines = Content::text("\u{1}Да.\r\nНет.\u{feff}\u{a0}\r\n");
        message.message = Some("Да.\nНет.\u{feff}".into());
        assert!(lines.matches(&message));
        message.sender = Sender::Customer;
        assert!(!text.matches(&message));
        let file: ChatMessage = serde_json::from_value(serde_json::json!({
            "messageId": 1, "createdAt": "2026-01-01T00:00:00Z", "sender": "PARTNER",
            "payload": [null, {"name": "чек.pdf", "url": "u", "size": 5}],
        }))
        .unwrap();
        assert!(Content::File { name: "чек.pdf".into(), size: 5 }.matches(&file));
        assert!(!Content::File { name: "чек.pdf".into(), size: 6 }.matches(&file));
        assert!(!Content::File { name: "чек2.pdf".into(), size: 5 }.matches(&file));
        assert!(!text.matches(&file));
    }

    #[test]
    fn whole_seconds_are_rounded_in_favour_of_the_message() {
        let mut message = message(9, START, "Да");
        // The service drops the fraction: 1000.9 s is shown as 1000 s.
        message.created_at = crate::DateTime::new("1970-01-01T00:16:40Z");
        let ours = send(START + 900, None, false, 0);
        let candidate = Candidate::of(&message, &ours.content).unwrap();
        let search = Search::new(&ours, vec![], EXACT);
        assert_eq!(search.judge(&[candidate], EXACT), Finding::Present(Some(9)));
    }
}
