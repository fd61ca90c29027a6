//! The token: a [`State`] as ASCII text.
//!
//! base64url of: version, CRC-32 of the rest, then the state as numbers of variable length, each
//! chat as the difference to the one before it; deflated where that is shorter.

use std::io::{Read, Write};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use flate2::Crc;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;

use super::numbers::{Reader, Writer};
use super::state::{Entry, Pass, Selection, State};
use crate::sentences::{Sentence, sync as words};

/// No token is longer.
pub(crate) const MAX_TOKEN_LENGTH: usize = 64 * 1024;
/// The bytes of a state: what base64 makes of them and of the head is not longer than a token.
pub(crate) const MAX_STATE_BYTES: usize = MAX_TOKEN_LENGTH / 4 * 3 - HEAD;
const HEAD: usize = 5;
const PLAIN: u8 = 1;
const DEFLATED: u8 = 2;

/// Why a text is no token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Damage {
    /// It was cut, changed, or never was one.
    Broken,
    /// It may be whole, but of a version that is not known here.
    Version(u8),
}

impl Damage {
    pub(crate) fn sentence(self) -> Sentence {
        match self {
            Damage::Broken => words::token_is_damaged(),
            Damage::Version(version) => words::token_of_other_version(version),
        }
    }
}

pub(crate) fn encode(state: &State) -> String {
    let plain = bytes(state);
    let mut encoder = DeflateEncoder::new(Vec::new(), flate2::Compression::default());
    // Writing into memory cannot fail; if it did, the plain bytes say the same.
    let deflated = encoder.write_all(&plain).and_then(|()| encoder.finish()).ok();
    let (version, body) = match deflated {
        Some(deflated) if deflated.len() < plain.len() => (DEFLATED, deflated),
        _ => (PLAIN, plain),
    };
    let mut all = vec![version];
    all.extend(checksum(version, &body).to_le_bytes());
    all.extend(body);
    URL_SAFE_NO_PAD.encode(all)
}

pub(crate) fn decode(text: &str) -> Result<State, Damage> {
    if text.len() > MAX_TOKEN_LENGTH {
        return Err(Damage::Broken);
    }
    let all = URL_SAFE_NO_PAD.decode(text).map_err(|_| Damage::Broken)?;
    let (head, body) = all.split_at_checked(HEAD).ok_or(Damage::Broken)?;
    let (version, sum) = (head[0], [head[1], head[2], head[3], head[4]]);
    if checksum(version, body) != u32::from_le_bytes(sum) {
        return Err(Damage::Broken);
    }
    match version {
        PLAIN => parse(body),
        DEFLATED => {
            let mut plain = Vec::new();
            // One byte more than allowed shows that there are too many.
            let most = MAX_STATE_BYTES as u64 + 1;
            let read = DeflateDecoder::new(body).take(most).read_to_end(&mut plain);
            if read.is_err() || plain.len() > MAX_STATE_BYTES {
                return Err(Damage::Broken);
            }
            parse(&plain)
        }
        other => Err(Damage::Version(other)),
    }
}

fn checksum(version: u8, body: &[u8]) -> u32 {
    let mut crc = Crc::new();
    crc.update(&[version]);
    crc.update(body);
    crc.sum()
}

/// The size of a state before it is deflated, in bytes; this is the size that is limited.
pub(crate) fn size(state: &State) -> usize {
    bytes(state).len()
}

const HAS_UPDATED: u8 = 1;
/// `newest` is the same as `updated`, and not written.
const NEWEST_IS_UPDATED: u8 = 2;
const HAS_DUE: u8 = 4;
const HAS_ABOVE: u8 = 8;
/// `updated` is a whole second, as the service usually writes it.
const WHOLE_SECOND: u8 = 16;
const SOON: u8 = 32;
const KNOWN_FLAGS: u8 = 63;

fn bytes(state: &State) -> Vec<u8> {
    let mut out = Writer::with_capacity(64 + state.chats.len() * 16);
    let selection = &state.selection;
    out.signed(selection.business);
    out.number(selection.all.into());
    out.texts(&selection.types);
    out.texts(&selection.context_types);
    out.optional(state.floor);
    match &state.pass {
        None => out.number(0),
        Some(pass) => {
            out.number(1 + u64::from(pass.waiting));
            out.signed(pass.cursor);
            out.signed(pass.high);
        }
    }
    out.signed(state.checked);
    out.signed(state.checked_at);
    match &state.resume {
        None => out.number(0),
        Some(page) => {
            out.number(1);
            out.text(page);
        }
    }
    out.number(state.chats.len() as u64);
    let mut last = Last::default();
    for (chat, entry) in &state.chats {
        let flags = flags(entry);
        out.byte(flags);
        out.difference(&mut last.chat, *chat);
        out.difference(&mut last.message, entry.through);
        if let Some(updated) = entry.updated {
            if flags & WHOLE_SECOND != 0 {
                let mut seconds = last.time.div_euclid(1000);
                out.difference(&mut seconds, updated / 1000);
                last.time = updated;
            } else {
                out.difference(&mut last.time, updated);
            }
        }
        if flags & NEWEST_IS_UPDATED == 0 {
            out.difference(&mut last.time, entry.newest);
        }
        if let Some(due) = entry.due {
            out.signed(due.wrapping_sub(last.time));
        }
        if flags & HAS_ABOVE != 0 {
            out.number(entry.above.len() as u64);
            let mut before = entry.through;
            for id in &entry.above {
                out.difference(&mut before, *id);
            }
        }
    }
    out.into_bytes()
}

fn flags(entry: &Entry) -> u8 {
    let mut flags = 0;
    if let Some(updated) = entry.updated {
        flags |= HAS_UPDATED;
        if updated == entry.newest {
            flags |= NEWEST_IS_UPDATED;
        }
        if updated % 1000 == 0 {
            flags |= WHOLE_SECOND;
        }
    }
    if entry.due.is_some() {
        flags |= HAS_DUE;
    }
    if !entry.above.is_empty() {
        flags |= HAS_ABOVE;
    }
    if entry.soon {
        flags |= SOON;
    }
    flags
}

/// The values of the chat before, of which the differences are taken.
#[derive(Default)]
struct Last {
    chat: i64,
    message: i64,
    time: i64,
}

fn parse(bytes: &[u8]) -> Result<State, Damage> {
    let mut input = Reader::new(bytes);
    read(&mut input).filter(|_| input.is_at_end()).ok_or(Damage::Broken)
}

fn read(input: &mut Reader<'_>) -> Option<State> {
    let selection = Selection {
        business: input.signed()?,
        all: input.flag()?,
        types: input.texts()?,
        context_types: input.texts()?,
    };
    let floor = input.optional()?;
    let pass = match input.number()? {
        0 => None,
        kind @ 1..=2 => {
            Some(Pass { waiting: kind == 2, cursor: input.signed()?, high: input.signed()? })
        }
        _ => return None,
    };
    let (checked, checked_at) = (input.signed()?, input.signed()?);
    let resume = if input.flag()? { Some(input.text()?) } else { None };
    let mut state =
        State { selection, floor, pass, checked, checked_at, resume, ..State::default() };
    let mut last = Last::default();
    for _ in 0..input.number()? {
        let (chat, entry) = read_entry(input, &mut last)?;
        if state.chats.last_key_value().is_some_and(|(before, _)| *before >= chat) {
            return None;
        }
        state.chats.insert(chat, entry);
    }
    Some(state)
}

fn read_entry(input: &mut Reader<'_>, last: &mut Last) -> Option<(i64, Entry)> {
    let flags = input.byte()?;
    if flags & !KNOWN_FLAGS != 0 {
        return None;
    }
    let has = |flag| flags & flag != 0;
    let chat = input.difference(&mut last.chat)?;
    let through = input.difference(&mut last.message)?;
    let mut entry = Entry { through, soon: has(SOON), ..Entry::default() };
    if has(HAS_UPDATED) {
        if has(WHOLE_SECOND) {
            let mut seconds = last.time.div_euclid(1000);
            last.time = input.difference(&mut seconds)?.checked_mul(1000)?;
        } else {
            input.difference(&mut last.time)?;
        }
        entry.updated = Some(last.time);
    }
    entry.newest =
        if has(NEWEST_IS_UPDATED) { entry.updated? } else { input.difference(&mut last.time)? };
    if has(HAS_DUE) {
        entry.due = Some(input.signed()?.wrapping_add(last.time));
    }
    if has(HAS_ABOVE) {
        let mut before = entry.through;
        for _ in 0..input.number()? {
            let (least, id) = (before, input.difference(&mut before)?);
            if id <= least {
                return None;
            }
            entry.above.push(id);
        }
    }
    // Each state is written in one way.
    (self::flags(&entry) == flags).then_some((chat, entry))
}

/// What must hold of any text, and of any state behind a right checksum: nothing panics or grows, and
/// what is read is written as it was, in a token that is not too long.
#[cfg(any(test, fuzzing))]
pub fn check(bytes: &[u8]) {
    let checked = |text: &str| {
        let Ok(state) = decode(text) else { return };
        let again = encode(&state);
        assert!(again.len() <= MAX_TOKEN_LENGTH, "{} characters", again.len());
        assert_eq!(decode(&again), Ok(state));
    };
    checked(&String::from_utf8_lossy(bytes));
    for version in [PLAIN, DEFLATED, DEFLATED + 1] {
        let sum = checksum(version, bytes).to_le_bytes();
        checked(&URL_SAFE_NO_PAD.encode([&[version][..], &sum, bytes].concat()));
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    fn entries() -> impl Strategy<Value = Entry> {
        let times = prop_oneof![any::<i64>(), (0..2_000_000_000i64).prop_map(|s| s * 1000)];
        (
            any::<i64>(),
            proptest::collection::btree_set(any::<i64>(), 0..4),
            proptest::option::of(times.clone()),
            proptest::option::of(times.clone()),
            proptest::option::of(times),
            any::<bool>(),
        )
            .prop_map(|(through, above, updated, newest, due, soon)| Entry {
                through,
                above: above.into_iter().filter(|id| *id > through).collect(),
                updated,
                newest: newest.or(updated).unwrap_or_default(),
                due,
                soon,
            })
    }

    fn states() -> impl Strategy<Value = State> {
        let texts = || proptest::collection::vec("[A-Z_]{1,8}", 0..3);
        let pass = (any::<i64>(), any::<i64>(), any::<bool>())
            .prop_map(|(cursor, high, waiting)| Pass { cursor, high, waiting });
        (
            (any::<i64>(), any::<bool>(), texts(), texts()),
            any::<Option<i64>>(),
            proptest::option::of(pass),
            any::<(i64, i64)>(),
            any::<Option<String>>(),
            proptest::collection::btree_map(any::<i64>(), entries(), 0..20),
        )
            .prop_map(
                |((business, all, types, context_types), floor, pass, checked, resume, chats)| {
                    let selection = Selection { business, all, types, context_types };
                    let (checked, checked_at) = checked;
                    State { selection, floor, pass, checked, checked_at, resume, chats }
                },
            )
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(state in states()) {
            let text = encode(&state);
            prop_assert!(text.is_ascii());
            prop_assert_eq!(decode(&text), Ok(state));
        }

        #[test]
        fn any_text_is_refused_without_panic(text in ".*", bytes in any::<Vec<u8>>()) {
            prop_assert_eq!(decode(&text), Err(Damage::Broken));
            // Whoever makes a checksum by intent comes further.
            for version in [PLAIN, DEFLATED] {
                let mut all = vec![version];
                all.extend(checksum(version, &bytes).to_le_bytes());
                all.extend(&bytes);
                let _ = decode(&URL_SAFE_NO_PAD.encode(all));
            }
        }
    }

    #[test]
    fn one_changed_or_lacking_character_is_seen() {
        let chats =
            (1..50).map(|chat| (chat * 3, Entry { through: chat * 77, ..Entry::default() }));
        let state = State { chats: chats.collect(), ..State::default() };
        let text = encode(&state);
        assert_eq!(decode(&text), Ok(state));
        for place in 0..text.len() {
            let mut changed = text.clone();
            let other = if &changed[place..=place] == "A" { "B" } else { "A" };
            changed.replace_range(place..=place, other);
            assert_eq!(decode(&changed), Err(Damage::Broken), "{place}");
            changed.remove(place);
            assert_eq!(decode(&changed), Err(Damage::Broken), "{place}");
        }
        assert_eq!(decode(&format!("{text} ")), Err(Damage::Broken));
    }

    #[test]
    fn another_version_is_named() {
        let mut all = vec![9];
        all.extend(checksum(9, b"x").to_le_bytes());
        all.push(b'x');
        assert_eq!(decode(&URL_SAFE_NO_PAD.encode(all)), Err(Damage::Version(9)));
    }

    #[test]
    fn a_small_text_that_unpacks_to_much_is_refused() {
        let mut encoder = DeflateEncoder::new(Vec::new(), flate2::Compression::best());
        encoder.write_all(&vec![0; 30_000_000]).unwrap();
        let body = encoder.finish().unwrap();
        let mut all = vec![DEFLATED];
        all.extend(checksum(DEFLATED, &body).to_le_bytes());
        all.extend(body);
        assert_eq!(decode(&URL_SAFE_NO_PAD.encode(all)), Err(Damage::Broken));
    }

    #[test]
    fn thousands_of_chats_fit() {
        let mut chats = BTreeMap::new();
        let mut random = fastrand::Rng::with_seed(7);
        for chat in 0..4000 {
            let newest = 1_790_000_000_000 + random.i64(0..2_600_000) * 1000;
            let through = 70_000_000 + random.i64(0..10_000_000);
            let updated = Some(newest);
            chats.insert(
                4_000_000 + chat * 7,
                Entry { through, updated, newest, ..Entry::default() },
            );
        }
        let state = State { chats, ..State::default() };
        assert!(size(&state) < MAX_STATE_BYTES, "{}", size(&state));
        assert!(encode(&state).len() <= MAX_TOKEN_LENGTH);
    }

    proptest! {
        #[test]
        fn the_check_of_the_fuzz_target_holds(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            check(&bytes);
        }
    }
}
