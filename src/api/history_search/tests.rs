//! The judge: single cases, and a model of a chat against which its claims are held.

use std::sync::Arc;

use fastrand::Rng;

use super::*;
use crate::api::ledger::Ledger;

/// The send that is looked for began at this time of the process, and of the service.
const START: u64 = 2_000_000;
const SERVICE: i64 = 1_700_000_000_000;
const CHAT: i64 = 1;
/// When the history is read.
const READ: Duration = Duration::from_millis(START + 12_000);

fn ms(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}

fn date(at: i64) -> String {
    jiff::Timestamp::from_millisecond(at).unwrap().to_string()
}

fn message(id: i64, created: String, sender: &str, text: &str) -> HistoryMessage {
    let message: ShownMessage = serde_json::from_value(serde_json::json!({
        "messageId": id, "createdAt": created, "sender": sender, "message": text,
    }))
    .unwrap();
    HistoryMessage::of(&message)
}

/// A message of the shop, created so long after the send began.
fn shop(id: i64, after: i64, text: &str) -> HistoryMessage {
    message(id, date(SERVICE + after), "PARTNER", text)
}

fn baseline(id: i64) -> Option<Baseline> {
    Some(Baseline { id, read_at: Some(ms(START - 1)), complete_from: Some(ms(START - 1)) })
}

fn other(text: &str, began: i64, ended: i64, arrived: bool) -> PendingSend {
    let at = |after: i64| ms(START.saturating_add_signed(after));
    let send = Ledger::default().begin(CHAT, &Arc::new(Content::text(text)), None, None, at(began));
    PendingSend { ended: Some(at(ended)), arrived, ..send }
}

fn judge(
    baseline: Option<Baseline>,
    others: Vec<PendingSend>,
    history: &[HistoryMessage],
) -> SearchFinding {
    let others = OtherSends { sends: others, forgotten: None };
    HistorySearch {
        content: &Content::text("Да"),
        baseline,
        began: Some(ms(START)),
        service_began: Some((SERVICE, SERVICE)),
        others: &others,
        read_from: READ,
    }
    .judge(history)
    .finding
}

#[test]
fn ids_prove_where_a_message_was_known_before() {
    let known = baseline(100);
    let unclear = |ids: &[i64]| SearchFinding::Unclear(ids.to_vec());
    let table = [
        (vec![], SearchFinding::Absent),
        // The baseline itself may be among them, or not.
        (vec![shop(100, -9_000, "Да")], SearchFinding::Absent),
        (vec![message(101, date(SERVICE + 5), "CUSTOMER", "Да")], SearchFinding::Absent),
        (vec![message(101, date(SERVICE + 5), "MARKET", "Да")], SearchFinding::Absent),
        (vec![shop(101, 20, " Да\n")], SearchFinding::Present(Some(101))),
        // Its date lags behind, by seconds or by minutes.
        (vec![shop(101, -500, "Да")], SearchFinding::Present(Some(101))),
        (vec![shop(101, -300_000, "Да")], SearchFinding::Present(Some(101))),
        (vec![message(101, "soon".into(), "PARTNER", "Да")], SearchFinding::Present(Some(101))),
        // Older by more than clocks can differ.
        (vec![shop(101, -602_000, "Да")], unclear(&[])),
        // The order of a history is not documented, nor that ids grow.
        (vec![shop(103, 20, "Да"), shop(100, -9, "Нет")], SearchFinding::Present(Some(103))),
        (vec![shop(99, 20, "Да")], SearchFinding::Present(Some(99))),
        // Two that are new: which of them, if any, is ours?
        (vec![shop(101, 20, "Да"), shop(102, 30, "Да")], unclear(&[101, 102])),
        // The service may have changed its text; nobody else is known to have written this.
        (vec![shop(101, 20, "Дa")], unclear(&[])),
        (vec![shop(101, 20, "")], unclear(&[])),
        // An author of a kind that is new may be the shop.
        (vec![message(101, date(SERVICE), "ROBOT", "Ответ")], unclear(&[])),
        // Ids that grow while the dates go back, by more than clocks can.
        (vec![shop(101, 0, "Да"), shop(102, -700_000, "Ой")], unclear(&[101])),
    ];
    for (history, expected) in table {
        assert_eq!(judge(known, vec![], &history), expected, "{history:?}");
    }
}

#[test]
fn without_one_absence_is_never_proven() {
    let unclear = |ids: &[i64]| SearchFinding::Unclear(ids.to_vec());
    let table = [
        (vec![], unclear(&[])),
        (vec![shop(7, 20, "Да")], SearchFinding::Present(Some(7))),
        // It may be older, or its date lags.
        (vec![shop(7, -4_000, "Да")], unclear(&[7])),
        (vec![shop(7, -598_000, "Да")], unclear(&[7])),
        (vec![shop(7, -602_000, "Да")], unclear(&[])),
        (vec![shop(6, -4_000, "Да"), shop(7, 20, "Да")], SearchFinding::Present(Some(7))),
        (vec![message(7, "soon".into(), "PARTNER", "Да")], unclear(&[7])),
        // Within the second in which the send began, however it is written.
        (vec![message(7, date(SERVICE), "PARTNER", "Да")], SearchFinding::Present(Some(7))),
    ];
    for (history, expected) in table {
        assert_eq!(judge(None, vec![], &history), expected, "{history:?}");
    }
}

#[test]
fn whole_seconds_are_rounded_in_favour_of_the_message() {
    for created in ["2023-11-14T22:13:20Z", "2023-11-14T22:13:20.000Z"] {
        let others = OtherSends::default();
        let search = HistorySearch {
            content: &Content::text("Да"),
            baseline: None,
            began: Some(ms(START)),
            service_began: Some((SERVICE + 900, SERVICE + 900)),
            others: &others,
            read_from: READ,
        };
        let found = search.judge(&[message(7, created.into(), "PARTNER", "Да")]);
        assert_eq!(found.finding, SearchFinding::Present(Some(7)), "{created}");
    }
}

#[test]
fn other_sends_account_for_their_messages() {
    let one = || shop(101, -200, "Да");
    let two = || shop(102, 30, "Да");
    // Before the baseline was read nobody knows; after it, its message is behind the baseline.
    let stale = Some(Baseline { id: 100, read_at: Some(ms(1)), complete_from: None });
    let acknowledged = || vec![other("Да", -300, -100, true)];
    assert_eq!(judge(stale, acknowledged(), &[one()]), SearchFinding::Absent);
    assert_eq!(judge(stale, acknowledged(), &[one(), two()]), SearchFinding::Present(Some(102)));
    assert_eq!(
        judge(stale, acknowledged(), &[]),
        SearchFinding::Unclear(vec![]),
        "the history lags"
    );
    // An open one may be there or not.
    let open = || vec![other("Да", -300, 10_700, false)];
    assert_eq!(judge(stale, open(), &[]), SearchFinding::Absent);
    assert_eq!(judge(stale, open(), &[one()]), SearchFinding::Unclear(vec![101]));
    assert_eq!(judge(stale, open(), &[one(), two()]), SearchFinding::Present(None));
    // Other contents have their authors as well.
    let elsewhere = || vec![other("Нет", -300, -100, true)];
    assert_eq!(judge(stale, elsewhere(), &[shop(101, -200, "Нет")]), SearchFinding::Absent);
    let twice = [shop(101, -200, "Нет"), shop(102, 5, "Нет")];
    assert_eq!(judge(stale, elsewhere(), &twice), SearchFinding::Unclear(vec![]));
    // What was over before a complete reading is no part of what is behind it.
    assert_eq!(
        judge(baseline(100), vec![other("Да", -9_000, -8_000, true)], &[]),
        SearchFinding::Absent
    );
    let shown = |newest| vec![PendingSend { shown_by: Some(newest), ..acknowledged().remove(0) }];
    assert_eq!(judge(stale, shown(100), &[two()]), SearchFinding::Present(Some(102)));
    // A message that is known to be another one's.
    let named = vec![PendingSend { message_id: Some(101), ..acknowledged().remove(0) }];
    assert_eq!(judge(stale, named, &[one()]), SearchFinding::Absent);
}

#[test]
fn a_message_that_was_acknowledged_a_moment_ago_may_not_be_shown_yet() {
    let stale = Some(Baseline { id: 100, read_at: Some(ms(1)), complete_from: None });
    let look = |acknowledged_at, shown_by| {
        let other = PendingSend { shown_by, ..other("Да", 10_000, acknowledged_at, true) };
        judge(stale, vec![other], &[shop(101, 20, "Да")])
    };
    // The one that is shown is the other's, or this one.
    assert_eq!(look(11_500, None), SearchFinding::Unclear(vec![101]));
    assert_eq!(look(11_000, None), SearchFinding::Absent);
    assert_eq!(look(11_500, Some(101)), SearchFinding::Absent);
}

#[test]
fn the_message_of_a_send_ten_minutes_ago_may_have_a_date_that_is_not_ruled_out() {
    let stale = Some(Baseline { id: 100, read_at: Some(ms(1)), complete_from: None });
    let before = || vec![other("Да", -601_000, -600_500, true)];
    // The dates of messages are ahead by two seconds.
    assert_eq!(judge(stale, before(), &[shop(101, -598_700, "Да")]), SearchFinding::Absent);
    let both = [shop(101, -598_700, "Да"), shop(102, 2_020, "Да")];
    assert_eq!(judge(stale, before(), &both), SearchFinding::Present(Some(102)));
}

#[test]
fn what_was_forgotten_proves_nothing() {
    let others = |forgotten: u64| OtherSends { sends: vec![], forgotten: Some(ms(forgotten)) };
    let stale = Some(Baseline { id: 100, read_at: Some(ms(1)), complete_from: None });
    let judge = |others: &OtherSends, service_began| {
        let content = &Content::text("Да");
        let began = Some(ms(START));
        HistorySearch { content, baseline: stale, began, service_began, others, read_from: READ }
            .judge(&[shop(101, 5, "Да")])
            .finding
    };
    let now = Some((SERVICE, SERVICE));
    assert_eq!(judge(&others(START - 1_000), now), SearchFinding::Unclear(vec![101]));
    // A message is ruled out by its date only where the clocks agree to within ten minutes.
    assert_eq!(judge(&others(START - 700_000), now), SearchFinding::Unclear(vec![101]));
    assert_eq!(judge(&others(START - 901_000), now), SearchFinding::Present(Some(101)));
    assert_eq!(judge(&others(START - 901_000), None), SearchFinding::Unclear(vec![101]));
}

/// A send in the model.
#[derive(Debug)]
struct Sent {
    text: usize,
    began: u64,
    /// When its request was over for the process.
    over: u64,
    acknowledged: bool,
    /// When the service did the work, if it did.
    written: Option<u64>,
    /// From when on a history shows its message.
    shown: u64,
    changed: bool,
    /// By another process: nobody here knows of it.
    stranger: bool,
}

fn sent(rng: &mut Rng, began: u64) -> Sent {
    let took = rng.u64(1..3_000);
    let acknowledged = rng.u32(..3) > 0;
    let written = match acknowledged {
        true => Some(began + rng.u64(0..took)),
        // The service works on for ten seconds after the connection is gone.
        false => rng.bool().then(|| began + rng.u64(0..took + 10_000)),
    };
    Sent {
        text: rng.usize(..2),
        began,
        over: began + took,
        acknowledged,
        written,
        shown: written.unwrap_or(0) + rng.u64(..1_000),
        changed: rng.u32(..10) == 0,
        stranger: rng.u32(..12) == 0,
    }
}

/// Random chats, of which the truth is known: what is claimed holds, whatever the clocks and the
/// service do, and something is claimed often enough.
#[test]
fn claims_hold_in_a_model_of_a_chat() {
    let first_seed = fastrand::u64(..1 << 40);
    let (mut absent, mut present, mut unclear) = (0, 0, 0);
    for seed in first_seed..first_seed + 40_000 {
        let mut rng = Rng::with_seed(seed);
        let own = Sent { text: 0, stranger: false, acknowledged: false, ..sent(&mut rng, START) };
        let count = rng.usize(..5);
        let mut others: Vec<Sent> = (0..count)
            .map(|_| {
                let began = match rng.u32(..4) {
                    // About as long ago as the clocks may differ.
                    0 => START - 620_000 + rng.u64(0..30_000),
                    // Until the moment of the look.
                    _ => START - 30_000 + rng.u64(0..44_000),
                };
                sent(&mut rng, began)
            })
            .collect();
        others.sort_by_key(|other| other.began);
        // The reading of the baseline is over before the send begins.
        let read_at = START - rng.u64(1..25_000);
        let read_began = read_at - rng.u64(1..500);
        let looked_at = own.over + 11_000;
        // Ids grow in the order in which messages are written.
        let mut written: Vec<(u64, &Sent)> = others
            .iter()
            .chain([&own])
            .filter_map(|sent| sent.written.map(|at| (at, sent)))
            .filter(|(at, _)| *at < looked_at)
            .collect();
        written.sort_by_key(|(at, _)| *at);
        let id_of = |place: usize| 101 + 3 * place as i64;
        let seen = written.iter().rposition(|(_, sent)| sent.shown < read_began);
        let seen = seen.map_or(0, |newest| newest + 1);
        // The newest message, or an older one where the reading did not go to the end.
        let complete = rng.bool();
        let back = if complete { 0 } else { rng.usize(..=seen) };
        let baseline = rng.bool().then(|| Baseline {
            id: if seen == back { 100 } else { id_of(seen - back - 1) },
            read_at: Some(ms(read_at)),
            complete_from: complete.then(|| ms(read_began)),
        });
        let from = baseline.map_or(0, |baseline| baseline.id);
        // The dates lag behind, or are ahead.
        let (lag, fraction) = (rng.i64(-20_000..30_000), rng.bool());
        let history: Vec<HistoryMessage> = written
            .iter()
            .enumerate()
            .filter(|(_, (_, sent))| sent.shown < looked_at)
            .map(|(place, (at, sent))| {
                let created = SERVICE + *at as i64 - START as i64 - lag;
                let created = if fraction { created } else { created / 1000 * 1000 };
                let text = ["Да", "Нет"][sent.text];
                let text = if sent.changed { format!("{text}!") } else { text.to_owned() };
                message(id_of(place), date(created), "PARTNER", &text)
            })
            .filter(|message| message.id > from)
            .collect();
        let ledger = Ledger::default();
        let known: Vec<PendingSend> = others
            .iter()
            .filter(|sent| !sent.stranger && sent.began < looked_at)
            .map(|sent| {
                let text = ["Да", "Нет"][sent.text];
                let content = Arc::new(Content::text(text));
                let known = ledger.begin(CHAT, &content, None, None, ms(sent.began));
                let over = if sent.acknowledged { sent.over } else { sent.over + 11_000 };
                if sent.over > looked_at {
                    return known;
                }
                PendingSend { ended: Some(ms(over)), arrived: sent.acknowledged, ..known }
            })
            .collect();
        let known = OtherSends { sends: known, forgotten: None };
        let unsure = rng.i64(0..2_000);
        let service_began =
            (rng.u32(..5) > 0).then(|| (SERVICE - unsure, SERVICE + rng.i64(0..2_000)));
        let finding = HistorySearch {
            content: &Content::text("Да"),
            baseline,
            began: Some(ms(START)),
            service_began,
            others: &known,
            read_from: ms(looked_at),
        }
        .judge(&history)
        .finding;
        let place = written.iter().position(|(_, sent)| std::ptr::eq(*sent, &own));
        let what = || format!("seed {seed}: {finding:?}, {own:?}, {baseline:?}, {others:?}");
        match &finding {
            SearchFinding::Absent => {
                assert!(place.is_none(), "{}", what());
                absent += 1;
            }
            SearchFinding::Present(id) => {
                // Nobody can tell the same words of another process from ours.
                if !others.iter().any(|other| other.stranger && other.text == 0) {
                    let place = place.unwrap_or_else(|| panic!("{}", what()));
                    assert!(id.is_none_or(|id| id == id_of(place)), "{}", what());
                }
                present += 1;
            }
            SearchFinding::Unclear(_) => unclear += 1,
        }
    }
    assert!(absent > 1_000 && present > 4_000, "{absent} {present} {unclear}");
}
