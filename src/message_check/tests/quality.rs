//! How much of what stands in the chats is found, and how much else.

use super::super::*;

struct Sentence {
    text: String,
    expected: Vec<Candidate>,
}

/// Reads a table: a sentence in each line, findings as `<kind>…</>`.
fn sentences(table: &str) -> Vec<Sentence> {
    let lines = table.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.map(sentence).collect()
}

fn sentence(line: &str) -> Sentence {
    let mut text = String::new();
    let mut expected = Vec::new();
    let mut rest = line;
    let next_mark = |rest: &str| {
        let marks = FindingKind::ALL.iter().filter_map(|kind| {
            let mark = format!("<{}>", kind.as_str());
            rest.find(&mark).map(|at| (at, mark.len(), *kind))
        });
        marks.min_by_key(|(at, ..)| *at)
    };
    while let Some((at, length, kind)) = next_mark(rest) {
        text.push_str(&rest[..at]);
        let (part, behind) = rest[at + length..].split_once("</>").expect(line);
        expected.push(Candidate { kind, start: text.len(), end: text.len() + part.len() });
        text.push_str(part);
        rest = behind;
    }
    text.push_str(rest);
    Sentence { text, expected }
}

struct Quality {
    sentences: usize,
    expected: usize,
    precision: f64,
    recall: f64,
}

/// A finding is right if it is of the kind of an expected one and overlaps it.
fn measure(name: &str, table: &str) -> Quality {
    let sentences = sentences(table);
    let (mut right, mut found, mut expected) = (0, 0, 0);
    for Sentence { text, expected: all } in &sentences {
        let mut left = all.clone();
        expected += left.len();
        for candidate in candidates(&Tokens::of(text), &[]) {
            found += 1;
            let same = left.iter().position(|other| {
                other.kind == candidate.kind
                    && other.start < candidate.end
                    && candidate.start < other.end
            });
            let part = &text[candidate.start..candidate.end];
            match same {
                Some(same) => {
                    let place = left.remove(same);
                    right += 1;
                    if (place.start, place.end) != (candidate.start, candidate.end) {
                        println!("{name}: other span {part:?} in {text:?}");
                    }
                }
                None => println!("{name}: false {:?} {part:?} in {text:?}", candidate.kind),
            }
        }
        for missed in left {
            let part = &text[missed.start..missed.end];
            println!("{name}: missed {:?} {part:?} in {text:?}", missed.kind);
        }
    }
    let share = |of: usize| f64::from(right) / of as f64;
    let quality = Quality {
        sentences: sentences.len(),
        expected,
        precision: share(found),
        recall: share(expected),
    };
    println!(
        "{name}: {} sentences, {expected} to be found, precision {:.3}, recall {:.3}",
        quality.sentences, quality.precision, quality.recall
    );
    quality
}

#[test]
fn contacts_in_sentences_are_found_and_nothing_else() {
    let quality = measure("sentences", include_str!("sentences.txt"));
    assert!(quality.sentences >= 150 && quality.expected >= 100);
    assert_eq!(
        (quality.precision, quality.recall),
        (1.0, 1.0),
        "the lines above name the sentences"
    );
}

#[test]
fn contacts_in_sentences_that_nothing_was_tuned_to_are_found_and_little_else() {
    for (name, table) in
        [("held out", include_str!("held_out.txt")), ("fresh", include_str!("fresh.txt"))]
    {
        let quality = measure(name, table);
        assert!(quality.sentences >= 90 && quality.expected >= 30, "{name}");
        assert!(quality.precision >= 0.97, "{name}: precision {}", quality.precision);
        assert!(quality.recall >= 0.95, "{name}: recall {}", quality.recall);
    }
}
