//! Sync against a model: a random world, random faults and crashes, on a simulated clock.
//!
//! A program stores token and messages together. Each message must reach it once, and none may be
//! left out once the world has been quiet for long enough.

use std::collections::{BTreeMap, BTreeSet};

use fastrand::Rng;

use super::bounds::Bounds;
use super::exchange::{
    Ask, ChatItem, ChatsPage, Hint, HistoryPage, MessageItem, Outcome, PageError, Start, Step,
};
use super::machine::Machine;
use super::state::{Millis, Selection, State};
use super::token;

const T0: Millis = 1_790_000_000_000;
const CHATS_PER_PAGE: usize = 3;
const MESSAGES_PER_PAGE: usize = 4;

#[derive(Debug, Clone)]
struct Message {
    id: i64,
    created: Millis,
    visible: Millis,
    /// When `updatedAt` of its chat shows it.
    lifts: Millis,
}

#[derive(Debug, Clone)]
struct Chat {
    waiting: bool,
    created: Millis,
    hidden: bool,
    messages: Vec<Message>,
    last_id: i64,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Order {
    Ascending,
    Descending,
    /// Any, but always the same.
    Scattered,
    /// Those with news first; chats move while the pages are read.
    Newest,
}

#[derive(Debug, Clone)]
struct Nature {
    chats_order: Order,
    history_order: Order,
    inclusive: bool,
    offset_pages: bool,
    whole_seconds: bool,
    late: bool,
    never_lifts: bool,
    hides: bool,
    ids_jump: bool,
    tiny: bool,
    faults: f64,
    crashes: f64,
    all: bool,
    start: Start,
    limit: usize,
    busy: f64,
}

struct World {
    nature: Nature,
    random: Rng,
    now: Millis,
    chats: BTreeMap<i64, Chat>,
    quiet: bool,
    requests: u64,
}

fn scattered(id: i64) -> u64 {
    (id as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 7
}

impl World {
    fn new(seed: u64) -> Self {
        let mut random = Rng::with_seed(seed);
        let tiny = random.f64() < 0.4;
        let orders = [Order::Ascending, Order::Descending, Order::Scattered, Order::Newest];
        // Beyond its room a token says when a chat was read, not which messages: then a chat must
        // not be hidden, and be on one of two walks through the list.
        let choices = if tiny { 3 } else { 4 };
        let start = match random.u8(0..6) {
            0..=2 => Start::All,
            3 => Start::Now,
            4 => Start::At(T0 - random.i64(0..4) * 3_600_000),
            _ => Start::Waiting,
        };
        let nature = Nature {
            chats_order: orders[random.usize(0..choices)],
            history_order: orders[random.usize(0..3)],
            inclusive: random.bool(),
            offset_pages: !tiny && random.bool(),
            whole_seconds: random.bool(),
            late: random.f64() < 0.7,
            never_lifts: !tiny && random.f64() < 0.2,
            hides: !tiny && start != Start::Waiting && random.f64() < 0.4,
            ids_jump: random.bool(),
            tiny,
            faults: [0.0, 0.02, 0.15][random.usize(0..3)],
            crashes: [0.0, 0.2, 0.6][random.usize(0..3)],
            all: random.bool(),
            start,
            limit: [1, 3, 10, 500][random.usize(0..4)],
            busy: [0.02, 0.1, 0.4][random.usize(0..3)],
        };
        let mut world =
            World { nature, random, now: T0, chats: BTreeMap::new(), quiet: false, requests: 0 };
        for _ in 0..world.random.usize(0..if tiny { 60 } else { 14 }) {
            let age = world.random.i64(0..20_000_000);
            world.new_chat(T0 - age);
        }
        world
    }

    fn new_chat(&mut self, created: Millis) {
        let id = self.random.i64(1..500);
        let waiting = self.random.bool();
        let fresh =
            Chat { waiting, created, hidden: false, messages: Vec::new(), last_id: id * 1000 };
        self.chats.entry(id).or_insert(fresh);
        let now = self.now;
        self.now = created;
        for _ in 0..self.random.usize(0..9) {
            self.now += self.random.i64(0..2_000_000);
            if self.now > now {
                break;
            }
            self.write(id);
        }
        self.now = now;
    }

    fn write(&mut self, chat: i64) {
        let late = self.nature.late;
        let random = &mut self.random;
        let Some(chat) = self.chats.get_mut(&chat) else { return };
        chat.last_id += match self.nature.ids_jump {
            true if random.u8(0..5) == 0 => random.i64(1..1 << 40),
            true => random.i64(1..1000),
            false => 1,
        };
        let mut created = self.now;
        if self.nature.whole_seconds {
            created -= created % 1000;
        }
        let mut delay = || if late && random.u8(0..3) == 0 { random.i64(0..10_000) } else { 0 };
        let visible = self.now + delay();
        let mut lifts = self.now + delay();
        if self.nature.never_lifts && random.u8(0..5) == 0 {
            lifts = Millis::MAX;
        }
        chat.messages.push(Message { id: chat.last_id, created, visible, lifts });
    }

    /// Time passes, and things happen.
    fn live(&mut self, time: Millis) {
        self.now += time;
        if self.quiet {
            return;
        }
        let steps = (time / 2000).clamp(1, 20);
        for _ in 0..steps {
            if self.random.f64() >= self.nature.busy || self.chats.is_empty() {
                continue;
            }
            let place = self.random.usize(0..self.chats.len());
            let Some(id) = self.chats.keys().nth(place).copied() else { continue };
            match self.random.u8(0..20) {
                0 => self.new_chat(self.now),
                1..=3 => {
                    let waiting = self.random.bool();
                    if let Some(chat) = self.chats.get_mut(&id) {
                        // Those that wait at the start wait until they were read.
                        let pinned = self.nature.start == Start::Waiting && chat.created <= T0;
                        if !pinned {
                            chat.waiting = waiting;
                        }
                    }
                }
                4 if self.nature.hides => {
                    if let Some(chat) = self.chats.get_mut(&id) {
                        chat.hidden = !chat.hidden;
                    }
                }
                _ => {
                    // Often several at once, of the same time.
                    for _ in 0..1 + self.random.u8(0..3) {
                        self.write(id);
                    }
                }
            }
        }
    }

    fn updated(&self, chat: &Chat) -> Millis {
        let lifted = chat.messages.iter().filter(|message| message.lifts <= self.now);
        let updated = lifted.map(|message| message.created).max().unwrap_or(chat.created);
        if self.nature.whole_seconds { updated - updated % 1000 } else { updated }
    }

    fn answer(&mut self, ask: &Ask) -> Answer {
        self.requests += 1;
        let time = self.random.i64(1..400);
        self.live(time);
        if self.random.f64() < self.nature.faults && !self.quiet {
            let has_page = matches!(
                ask,
                Ask::Chats { page: Some(_), .. } | Ask::History { page: Some(_), .. }
            );
            let error = match self.random.u8(0..4) {
                0 if has_page => PageError::Rejected("the page token has expired"),
                1 if matches!(ask, Ask::History { .. }) => PageError::Chat("this chat is broken"),
                2 => PageError::TimeIsUp,
                _ => PageError::All("the network is down"),
            };
            return match ask {
                Ask::Chats { .. } => Answer::Chats(Err(error)),
                Ask::History { chat, .. } => Answer::History(*chat, Err(error)),
            };
        }
        match ask {
            Ask::Chats { page, waiting } => Answer::Chats(Ok(self.chats_page(page, *waiting))),
            Ask::History { chat, from, page } => {
                Answer::History(*chat, self.history_page(*chat, *from, page))
            }
        }
    }

    fn chats_page(&self, page: &Option<String>, waiting: bool) -> ChatsPage {
        let shown =
            self.chats.iter().filter(|(_, chat)| !chat.hidden && (chat.waiting || !waiting));
        let mut keyed: Vec<(i64, ChatItem)> = shown
            .map(|(id, chat)| {
                let updated = self.updated(chat);
                let key = match self.nature.chats_order {
                    Order::Ascending => *id,
                    Order::Descending => -*id,
                    Order::Scattered => scattered(*id) as i64,
                    Order::Newest => -updated * 512 + *id,
                };
                (key, ChatItem { id: *id, updated: Some(updated), raw: id.to_string().into() })
            })
            .collect();
        keyed.sort_by_key(|(key, item)| (*key, item.id));
        let (items, next) = cut(keyed, page, CHATS_PER_PAGE, self.nature.offset_pages);
        ChatsPage { chats: items, next }
    }

    fn history_page(
        &self,
        chat: i64,
        from: Option<i64>,
        page: &Option<String>,
    ) -> Result<HistoryPage, PageError<&'static str>> {
        let Some(found) = self.chats.get(&chat).filter(|chat| !chat.hidden) else {
            return Err(PageError::Gone("there is no such chat"));
        };
        let shown = found.messages.iter().filter(|message| {
            let behind = match from {
                Some(from) if self.nature.inclusive => message.id >= from,
                Some(from) => message.id > from,
                None => true,
            };
            behind && message.visible <= self.now
        });
        let mut keyed: Vec<(i64, MessageItem)> = shown
            .map(|message| {
                let key = match self.nature.history_order {
                    Order::Ascending => message.id,
                    Order::Descending => -message.id,
                    _ => scattered(message.id) as i64,
                };
                let raw = message.id.to_string().into();
                (key, MessageItem { id: message.id, created: Some(message.created), raw })
            })
            .collect();
        keyed.sort_by_key(|(key, item)| (*key, item.id));
        let (messages, next) = cut(keyed, page, MESSAGES_PER_PAGE, self.nature.offset_pages);
        Ok(HistoryPage { messages, next, about: chat.to_string().into() })
    }
}

/// A page by its offset, or by the key of the item before it.
fn cut<T>(
    items: Vec<(i64, T)>,
    page: &Option<String>,
    size: usize,
    by_offset: bool,
) -> (Vec<T>, Option<String>) {
    let mut offset = 0;
    if let Some(page) = page {
        let number: i64 = page.parse().unwrap();
        offset = if by_offset {
            number as usize
        } else {
            items.iter().take_while(|(key, _)| *key <= number).count()
        };
    }
    let more = items.len() > offset + size;
    let page: Vec<(i64, T)> = items.into_iter().skip(offset).take(size).collect();
    let after =
        if by_offset { (offset + size) as i64 } else { page.last().map_or(0, |(key, _)| *key) };
    (page.into_iter().map(|(_, item)| item).collect(), more.then(|| after.to_string()))
}

enum Answer {
    Chats(Result<ChatsPage, PageError<&'static str>>),
    History(i64, Result<HistoryPage, PageError<&'static str>>),
}

/// Four requests at a time, answered in any order.
fn run(world: &mut World, machine: &mut Machine<&'static str>) -> Result<(), String> {
    let mut under_way: Vec<Answer> = Vec::new();
    let first = world.requests;
    loop {
        if world.requests > first + 5000 {
            return Err("a look does not come to its end".into());
        }
        let mut done = false;
        while under_way.len() < 4 {
            match machine.next(world.now) {
                Step::Ask(ask) => under_way.push(world.answer(&ask)),
                Step::Wait => break,
                Step::Done => {
                    done = true;
                    break;
                }
            }
        }
        if under_way.is_empty() {
            assert!(done, "the machine waits for nothing");
            return Ok(());
        }
        let place = world.random.usize(0..under_way.len());
        match under_way.swap_remove(place) {
            Answer::Chats(result) => machine.chats(result, world.now),
            Answer::History(chat, result) => machine.history(chat, result, world.now),
        }
    }
}

fn bounds(nature: &Nature) -> Bounds {
    let mut bounds = Bounds {
        visibility_delay: 15_000,
        check_interval: 5_000,
        max_waiting_chats: 7,
        max_postponed: 5,
        ..Bounds::default()
    };
    if nature.tiny {
        bounds = Bounds {
            max_state_bytes: 330,
            entry_growth: 60,
            compact_above: 260,
            compact_to: 120,
            floor_lag: 600_000,
            ..bounds
        };
    }
    bounds
}

/// A program that stores token and messages together.
struct Program {
    token: Option<String>,
    received: BTreeSet<(i64, i64)>,
    /// The service's time at the first call.
    began: Option<Millis>,
}

fn call(world: &mut World, program: &mut Program, hints: Option<&[i64]>) -> Result<usize, String> {
    let nature = world.nature.clone();
    let (state, start) = match &program.token {
        None => {
            let selection = Selection { business: 1, all: nature.all, ..Selection::default() };
            (State { selection, ..State::default() }, Some(nature.start))
        }
        Some(token) => {
            (token::decode(token).map_err(|damage| format!("{:?}", damage.sentence()))?, None)
        }
    };
    let limits = bounds(&nature);
    let most = limits.max_state_bytes + 500;
    let began = world.now;
    let hints = hints.map(|ids| ids.iter().map(|id| Hint { chat: *id, raw: None }).collect());
    let mut machine = Machine::new(state, start, hints, nature.limit, limits, world.now);
    run(world, &mut machine)?;
    let Outcome { state, news, failure, .. } = machine.finish(world.now);
    if failure.is_some() && news.is_empty() {
        return Ok(0);
    }
    let mut count = 0;
    for news in &news {
        count += news.messages.len();
        if !news.messages.is_sorted_by(|one, other| one.0 < other.0) || news.messages.is_empty() {
            return Err(format!("the messages of chat {} are not ascending", news.chat));
        }
    }
    if count > nature.limit {
        return Err(format!("{count} messages in one result"));
    }
    if token::size(&state) > most {
        return Err(format!("the state has {} bytes", token::size(&state)));
    }
    if world.random.f64() < nature.crashes && !world.quiet {
        // The program is killed before it has stored anything.
        return Ok(count);
    }
    program.began.get_or_insert(began);
    program.token = Some(token::encode(&state));
    for news in news {
        for (id, _) in news.messages {
            if !program.received.insert((news.chat, id)) {
                return Err(format!("message {id} of chat {} came twice", news.chat));
            }
        }
    }
    Ok(count)
}

fn check(seed: u64) -> Result<(), String> {
    let mut world = World::new(seed);
    let mut program = Program { token: None, received: BTreeSet::new(), began: None };
    let waiting_at_start: BTreeSet<i64> =
        world.chats.iter().filter(|(_, chat)| chat.waiting).map(|(id, _)| *id).collect();
    for _ in 0..world.random.usize(3..40) {
        let hints: Option<Vec<i64>> = (world.random.u8(0..5) == 0).then(|| {
            let known: Vec<i64> = world.chats.keys().copied().collect();
            let some = (0..2).filter_map(|_| world.random.choice(&known).copied());
            some.collect()
        });
        // With start "waiting", a chat that is named brings all of it before the first look ends.
        let hints = hints.filter(|_| world.nature.start != Start::Waiting);
        call(&mut world, &mut program, hints.as_deref())?;
        let pause = match world.random.u8(0..10) {
            0 => 0,
            1 => 400_000,
            _ => world.random.i64(0..30_000),
        };
        world.live(pause);
    }

    world.quiet = true;
    for chat in world.chats.values_mut() {
        chat.hidden = false;
        chat.waiting = true;
    }
    world.now += 30_000;
    let mut idle = 0;
    for round in 0.. {
        if round > 3000 {
            return Err("there is always something new".into());
        }
        let count = call(&mut world, &mut program, None)?;
        world.now += 16_000;
        idle = if count == 0 { idle + 1 } else { 0 };
        // A pass may take a while, and so does the turn of a chat that nothing points to.
        let skipped = skipped(&world, &program, &waiting_at_start);
        match skipped {
            None if idle > 3 => break,
            Some(what) if idle > patience(&world) => return Err(what),
            _ => {}
        }
    }
    Ok(())
}

/// How many calls may bring nothing before everything has come. Where the list points to what is new,
/// the chat is read when it is due: a few calls later, and not only when its turn comes.
fn patience(world: &World) -> usize {
    let nature = &world.nature;
    let is_shown = !nature.tiny && !nature.never_lifts && !nature.hides;
    if is_shown { 4 } else { 60 + 3 * world.chats.len() }
}

/// A message that must have come and has not.
fn skipped(world: &World, program: &Program, waiting_at_start: &BTreeSet<i64>) -> Option<String> {
    let began = program.began.unwrap_or(world.now);
    for (id, chat) in &world.chats {
        for message in &chat.messages {
            let expected = match world.nature.start {
                Start::All => true,
                Start::At(at) => message.created >= at,
                // The service tells its time with the first answer.
                Start::Now => message.created > began + 500,
                Start::Waiting => waiting_at_start.contains(id) || message.created > began + 500,
            };
            if expected && !program.received.contains(&(*id, message.id)) {
                return Some(format!("{message:?} of chat {id} was skipped"));
            }
        }
    }
    None
}

#[test]
fn each_message_comes_once_whatever_happens() {
    let worlds = std::env::var("YMCHAT_SYNC_WORLDS").ok().and_then(|n| n.parse().ok());
    let first = std::env::var("YMCHAT_SYNC_SEED").ok().and_then(|n| n.parse().ok()).unwrap_or(0);
    for seed in first..first + worlds.unwrap_or(400) {
        if let Err(what) = check(seed) {
            let nature = World::new(seed).nature;
            panic!(
                "seed {seed}: {what}\n{nature:#?}\nagain: YMCHAT_SYNC_SEED={seed} YMCHAT_SYNC_WORLDS=1"
            );
        }
    }
}
