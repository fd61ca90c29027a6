//! Replies by the thousand through hard weather: equal texts, a client opened for each call, a
//! local clock that is set all the time, dates that lag behind, three requests of ten that fail.
//! After each send the Market holds what was reported, neither more nor less.
//!
//! The short form runs with the other tests. The long one:
//!
//! ```text
//! YMCHAT_SOAK_SENDS=20000 cargo test --test outcomes send_soak -- --nocapture
//! ```
//!
//! `YMCHAT_SOAK_SEED` replays it.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use fastrand::Rng;
use ymchat::internal::{Clock, TestSettings};
use ymchat::{DeliveryStatus, SendContent, SendOptions, Status};

use crate::support::{SteppingClock, ms, s, setting};
use crate::tricky::{CHAT, Market, Ways};

const WORLDS: u64 = 4;
const FAULTS_IN_HUNDRED: u32 = 30;
const PATIENCE: Duration = s(120);
const TEXTS: [&str; 3] = ["Да", "Добрый день!", "Заказ уже в пути"];

#[derive(Debug, Default)]
struct Tally {
    sends: usize,
    /// Acknowledged or confirmed in time.
    arrived: usize,
    ends: BTreeMap<String, usize>,
    longest: Duration,
    requests: usize,
    faults: usize,
}

fn world(seed: u64, sends: usize) -> Tally {
    let mut rng = Rng::with_seed(seed);
    let market = Market::new(Ways {
        descending: rng.bool(),
        exclusive: rng.bool(),
        lag: ms(rng.u64(0..30_000)),
        seconds: [None, Some("Z"), Some(".000Z")][rng.usize(..3)],
        faults: (FAULTS_IN_HUNDRED, seed),
        ..Ways::default()
    });
    let server = market.open();
    let clock = SteppingClock::new(&market.clock, 0, 911, 7_200);
    let client = || market.builder(&server).clock(clock.clone()).build().unwrap();
    let mut tally = Tally::default();
    for number in 0..sends {
        // As many as the hourly quota allows.
        market.clock.advance(ms(rng.u64(4_000..12_000)));
        let text = *rng.choice(&TEXTS).unwrap();
        let before = market.of_shop().len();
        let began = market.clock.now();
        let prepares = rng.u32(..4) == 0;
        let mut ticket = None;
        let end = loop {
            let mut options = SendOptions::new().resend(true);
            if prepares && ticket.is_none() {
                ticket = client().prepare_send(CHAT, &SendContent::Message(text)).ok();
            }
            if let Some(ticket) = &ticket {
                options = options.ticket(ticket);
            }
            let left = PATIENCE.saturating_sub(market.clock.now() - began);
            let options = options.call_timeout(left.clamp(ms(100), s(60)));
            match client().send_message_with(CHAT, text, &options) {
                Ok(sent) => break Ok(sent.outcome),
                Err(error) if error.outcome() == Some(DeliveryStatus::Unknown) => {
                    assert_eq!(error.status(), Status::OutcomeUnknown);
                    ticket = error.ticket().map(str::to_owned);
                    if left < s(1) {
                        break Err(error);
                    }
                }
                Err(error) if left < s(1) => break Err(error),
                Err(_) => {}
            }
            market.clock.advance(s(1));
        };
        let took = market.clock.now() - began;
        let more = market.of_shop().len() - before;
        let what = || format!("seed {seed}, send {number} of {text:?}: {end:?}, {more} more");
        let name = match &end {
            Ok(outcome) => {
                assert_eq!(more, 1, "{}", what());
                tally.arrived += usize::from(took <= PATIENCE);
                tally.longest = tally.longest.max(took);
                format!("{outcome:?}")
            }
            Err(error) if error.outcome() == Some(DeliveryStatus::Unknown) => {
                assert!(more <= 1, "{}", what());
                format!(
                    "unknown: {}",
                    error.known().and_then(|k| k.cause.clone()).unwrap_or_default()
                )
            }
            Err(error) => {
                assert_eq!(more, 0, "{}", what());
                format!("not sent: {}", error.status().name())
            }
        };
        tally.sends += 1;
        *tally.ends.entry(name).or_default() += 1;
    }
    (tally.requests, tally.faults) = market.traffic();
    tally
}

#[test]
fn every_reply_arrives_once() {
    let sends = setting("YMCHAT_SOAK_SENDS").unwrap_or(400) as usize;
    let seed = setting("YMCHAT_SOAK_SEED").unwrap_or_else(|| fastrand::u64(..1 << 32));
    eprintln!("send soak: YMCHAT_SOAK_SEED={seed} YMCHAT_SOAK_SENDS={sends}");
    let start = Instant::now();
    let worlds: Vec<Tally> = std::thread::scope(|scope| {
        let run = |number| scope.spawn(move || world(seed + number, sends / WORLDS as usize));
        let worlds: Vec<_> = (0..WORLDS).map(run).collect();
        worlds.into_iter().map(|world| world.join().unwrap()).collect()
    });
    let mut ends = BTreeMap::new();
    for (name, count) in worlds.iter().flat_map(|world| &world.ends) {
        *ends.entry(name.clone()).or_insert(0) += count;
    }
    let sum = |part: fn(&Tally) -> usize| worlds.iter().map(part).sum::<usize>();
    let (all, arrived) = (sum(|world| world.sends), sum(|world| world.arrived));
    eprintln!(
        "send soak: {all} sends, {arrived} of them in at most {PATIENCE:?} (longest {:?}), {} \
         requests, {} of them met by a fault; {ends:?}; {:?}",
        worlds.iter().map(|world| world.longest).max().unwrap(),
        sum(|world| world.requests),
        sum(|world| world.faults),
        start.elapsed(),
    );
    assert!(arrived * 100 >= all * 99, "{arrived} of {all}: {ends:?}");
}
