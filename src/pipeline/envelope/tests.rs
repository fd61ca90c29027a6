use std::borrow::Cow;
use std::collections::HashMap;

use proptest::prelude::*;
use serde_json::Value;
use serde_json::value::RawValue;

use super::*;

const HISTORY: Shape = Shape::new(&[("messages", Kind::Array), ("orderId", Kind::Integer)]);
const ANY_RESULT: Shape = Shape::new(&[]);
const CAMPAIGNS: Shape = Shape::new(&[("campaigns", Kind::Array)]);

const PAGE: Shape = Shape::new(&[]).with_ids_in("messages", "\"messageId\"");
const MESSAGE: Shape = Shape::new(&[]).with_id("\"messageId\"");

fn page_of(result: &str, shape: &'static Shape) -> PageFacts {
    let text = format!(r#"{{"status":"OK","result":{result}}}"#);
    let scanned = scan(text.as_bytes(), Promise::Result(shape));
    scanned.unwrap_or_else(|e| panic!("{text}: {e}")).page
}

fn scanned(text: &str) -> Envelope {
    scan(text.as_bytes(), Promise::Nothing).unwrap_or_else(|e| panic!("{text}: {e}"))
}

fn shape_of(text: &str, promise: Promise<'_>) -> Result<(), ShapeError> {
    scan(text.as_bytes(), promise).unwrap_or_else(|e| panic!("{text}: {e}")).shape
}

/// A page of the history as the service sends it: Russian texts of varied length, dates, ids, some
/// emoji, escapes and files. With 100 messages it has about 40 KB.
fn history_page(messages: u64) -> String {
    const WORDS: &str = "здравствуйте заказ ещё не пришёл когда привезут пожалуйста товар размер 42, \
        упаковка повреждена верните деньги спасибо! 🙂 курьер экспресс и в пункт выдачи на";
    let words: Vec<_> = WORDS.split(' ').collect();
    let mut random = fastrand::Rng::with_seed(7);
    let mut list = Vec::new();
    for n in 0..messages {
        let count = random.usize(1..43);
        let mut text: String =
            (0..count).map(|_| format!("{} ", words[random.usize(..words.len())])).collect();
        if n % 5 == 2 {
            text.push_str("«\"Яндекс\"»\nс уважением");
        }
        let mut text = serde_json::to_string(&text).unwrap();
        if n % 10 == 3 {
            text = text.replace('з', "\\u0437").replace('🙂', "\\ud83d\\ude42");
        }
        let id = 9_007_199_254_740_993 + n * 17;
        let day = 1 + n % 28;
        let sender = ["CUSTOMER", "PARTNER", "MARKET", "SUPPORT"][random.usize(..4)];
        let file = format!(
            r#"{{"name":"фото_{n}.jpg","url":"https://files.example/{:016x}?size=orig","size":{}}}"#,
            random.u64(..),
            random.u32(..5_000_000)
        );
        let content = match n % 6 {
            0 => format!(r#""message":{text},"payload":[{file}]"#),
            1 => format!(r#""payload":[{file},null]"#),
            2 => format!(r#""message":{text},"payload":null"#),
            _ => format!(r#""message":{text}"#),
        };
        list.push(format!(
            r#"{{"messageId":{id},"createdAt":"2026-01-{day:02}T12:00:00.125+03:00","sender":"{sender}",{content}}}"#
        ));
    }
    format!(
        r#"{{"status":"OK","result":{{"orderId":512345678901,"context":{{"type":"ORDER","customer":{{"name":"Иван"}}}},"messages":[{}],"paging":{{"nextPageToken":"eyJvcCI6Ij4ifQ=="}}}}}}"#,
        list.join(",")
    )
}

#[test]
fn a_page_of_the_history() {
    let page = history_page(100);
    assert!((35_000..45_000).contains(&page.len()), "{}", page.len());
    let envelope = scan(page.as_bytes(), Promise::Result(&HISTORY)).unwrap();
    assert_eq!(envelope.status, EnvelopeStatus::Ok);
    assert_eq!(envelope.shape, Ok(()));
    let result = envelope.result.unwrap();
    assert_eq!(result.kind, Kind::Object);
    let tree: Value = serde_json::from_str(&page[result.range]).unwrap();
    assert_eq!(tree["messages"].as_array().unwrap().len(), 100);
    assert_eq!(tree["messages"][1]["messageId"], 9_007_199_254_741_010_u64);
}

#[test]
fn a_page_cut_off_anywhere_is_refused() {
    let page = history_page(3);
    for end in 0..page.len() {
        let refusal = scan(&page.as_bytes()[..end], Promise::Result(&HISTORY)).unwrap_err();
        assert!(
            matches!(refusal, Malformed::Syntax { .. } | Malformed::NotUtf8 { .. }),
            "{end}: {refusal:?}"
        );
    }
}

#[test]
fn parts_are_without_white_space_around() {
    let text = "\n {\t\"errors\" : null , \"result\" :\r\n [ 1 , 2 ] , \"more\" : 1 } \n";
    let envelope = scanned(text);
    assert_eq!(&text[envelope.errors.clone().unwrap().range], "null");
    assert_eq!(envelope.errors.unwrap().kind, Kind::Null);
    assert_eq!(&text[envelope.result.clone().unwrap().range], "[ 1 , 2 ]");
    assert_eq!(envelope.result.unwrap().kind, Kind::Array);
    assert_eq!(&text[envelope.document.range], text.trim());
    assert_eq!(envelope.document.kind, Kind::Object);
}

#[test]
fn the_result_is_found_whatever_its_kind() {
    for (text, kind) in [
        ("{}", Kind::Object),
        ("[]", Kind::Array),
        ("\"\"", Kind::String),
        ("-1", Kind::Integer),
        ("1.0", Kind::Number),
        ("true", Kind::Bool),
        ("null", Kind::Null),
    ] {
        for promise in [Promise::Nothing, Promise::Result(&HISTORY)] {
            let document = format!(r#"{{"result":{text}}}"#);
            let result = scan(document.as_bytes(), promise).unwrap().result.unwrap();
            assert_eq!((&document[result.range], result.kind), (text, kind));
            let document = scan(text.as_bytes(), promise).unwrap().document;
            assert_eq!((&text[document.range], document.kind), (text, kind));
        }
    }
}

#[test]
fn status() {
    use EnvelopeStatus::*;
    for (text, status) in [
        ("{}", Absent),
        ("[]", Absent),
        (r#"{"status":null}"#, Absent),
        (r#"{"status":"OK"}"#, Ok),
        (r#"{"st\u0061tus":"\u004fK"}"#, Ok),
        (r#"{"status": "ERROR" }"#, Error),
        (r#"{"status":"ok"}"#, Other),
        (r#"{"status":""}"#, Other),
        (r#"{"status":true}"#, Other),
        (r#"{"status":["OK"]}"#, Other),
        (r#"{"result":{"status":"OK"}}"#, Absent),
    ] {
        assert_eq!(scanned(text).status, status, "{text}");
    }
}

#[test]
fn only_the_outermost_members_count() {
    let text = r#"{"x":{"result":1,"errors":2},"y":[{"result":3}],"\u0072esult":{"result":4}}"#;
    let envelope = scanned(text);
    assert_eq!(&text[envelope.result.unwrap().range], r#"{"result":4}"#);
    assert_eq!(envelope.errors, None);
    assert_eq!(scanned(r#"[{"result":1}]"#).result, None);
    assert_eq!(scanned(r#""result""#).result, None);
}

#[test]
fn members_given_twice_are_refused() {
    for member in ["status", "result", "errors"] {
        for second in ["null", "{}", "\"OK\""] {
            let text = format!(r#"{{"{member}":null,"a":1,"a":2,"{member}":{second}}}"#);
            for promise in [Promise::Nothing, Promise::Result(&HISTORY)] {
                let refusal = scan(text.as_bytes(), promise);
                assert_eq!(refusal, Err(Malformed::Duplicate { member }), "{text}");
            }
        }
    }
    let text = br#"{"result":1,"r\u0065sult":1}"#;
    assert_eq!(scan(text, Promise::Nothing), Err(Malformed::Duplicate { member: "result" }));
    // Elsewhere it is no concern of ours: unknown members are passed on.
    assert_eq!(scanned(r#"{"result":{"a":1,"a":2,"messages":3,"messages":4}}"#).shape, Ok(()));
    let text = br#"{"result":{"messages":[],"messages":[]}}"#;
    let twice = Err(Malformed::Duplicate { member: "messages" });
    assert_eq!(scan(text, Promise::Result(&HISTORY)), twice);
}

#[test]
fn shapes_of_results() {
    let promise = Promise::Result(&HISTORY);
    let wrong = |member, expected, found| Err(ShapeError::WrongKind { member, expected, found });
    for (text, verdict) in [
        (r#"{"result":{"messages":[],"orderId":1}}"#, Ok(())),
        (r#"{"result":{"new":{},"orderId":1,"m\u0065ssages":[1]},"x":0}"#, Ok(())),
        ("{}", Err(ShapeError::Missing("result"))),
        ("[]", Err(ShapeError::Missing("result"))),
        (r#"{"messages":[],"orderId":1}"#, Err(ShapeError::Missing("result"))),
        (r#"{"result":null}"#, Err(ShapeError::NotAnObject { found: Kind::Null })),
        (r#"{"result":[]}"#, Err(ShapeError::NotAnObject { found: Kind::Array })),
        (r#"{"result":{}}"#, Err(ShapeError::Missing("messages"))),
        (r#"{"result":{"messages":[]}}"#, Err(ShapeError::Missing("orderId"))),
        (r#"{"result":{"orderId":1,"x":{"messages":[]}}}"#, Err(ShapeError::Missing("messages"))),
        (r#"{"result":{"messages":null}}"#, wrong("messages", Kind::Array, Kind::Null)),
        (r#"{"result":{"messages":{},"orderId":1}}"#, wrong("messages", Kind::Array, Kind::Object)),
        (r#"{"result":{"orderId":1.0}}"#, wrong("orderId", Kind::Integer, Kind::Number)),
        (
            r#"{"result":{"orderId":"1","messages":1}}"#,
            wrong("orderId", Kind::Integer, Kind::String),
        ),
    ] {
        assert_eq!(shape_of(text, promise), verdict, "{text}");
    }
}

#[test]
fn shapes_of_documents() {
    let promise = Promise::Document(&CAMPAIGNS);
    for (text, verdict) in [
        (r#"{"campaigns":[],"paging":{}}"#, Ok(())),
        (r#"{"result":{},"campaigns":[{}]}"#, Ok(())),
        (r#"{"result":{"campaigns":[]}}"#, Err(ShapeError::Missing("campaigns"))),
        ("[]", Err(ShapeError::NotAnObject { found: Kind::Array })),
        ("null", Err(ShapeError::NotAnObject { found: Kind::Null })),
    ] {
        assert_eq!(shape_of(text, promise), verdict, "{text}");
    }
    // The envelope's own members may be asked for too.
    let shape =
        Shape::new(&[("status", Kind::String), ("result", Kind::Object), ("errors", Kind::Null)]);
    let text = r#"{"status":"OK","result":{},"errors":null}"#;
    assert_eq!(shape_of(text, Promise::Document(&shape)), Ok(()));
}

#[test]
fn what_is_no_json_is_refused() {
    let page = b"{\"result\":\"\xd0\x96\xd0\"}";
    assert_eq!(scan(page, Promise::Nothing), Err(Malformed::NotUtf8 { at: 13 }));
    let surrogate = b"\"\xed\xa0\x80\"";
    assert_eq!(scan(surrogate, Promise::Nothing), Err(Malformed::NotUtf8 { at: 1 }));
    let mark = Malformed::Syntax { at: 0, what: "a byte order mark" };
    assert_eq!(scan("\u{feff}{}".as_bytes(), Promise::Nothing), Err(mark));
    for text in
        ["", " ", "<html></html>", r#"{"result":{}"#, r#"{"result":{}}{}"#, r#"{"result":{},}"#]
    {
        let refusal = scan(text.as_bytes(), Promise::Nothing).unwrap_err();
        assert!(matches!(refusal, Malformed::Syntax { .. }), "{text}: {refusal:?}");
    }
}

/// What stands in the result counts towards the limit from the document's start.
#[test]
fn nesting_is_counted_from_the_outside() {
    for promise in [Promise::Nothing, Promise::Result(&HISTORY)] {
        let nested = |levels: usize| {
            format!(r#"{{"result":{{"a":{}{}}}}}"#, "[".repeat(levels), "]".repeat(levels))
        };
        assert!(scan(nested(125).as_bytes(), promise).is_ok());
        let refusal = scan(nested(126).as_bytes(), promise);
        assert_eq!(refusal, Err(Malformed::TooDeep { at: 15 + 125 }));
        // What comes after an object is as deep as what comes before it.
        let (open, close) = ("[".repeat(126), "]".repeat(126));
        let siblings = format!(r#"{{"errors":{open}{close},"result":{{}},"more":{open}{close}}}"#);
        assert!(scan(siblings.as_bytes(), promise).is_ok());
    }
}

#[test]
fn errors_are_sentences() {
    for (error, sentence) in [
        (Malformed::NotUtf8 { at: 7 }.to_string(), "the answer is not UTF-8 at byte 7"),
        (
            scan(b"[1,]", Promise::Nothing).unwrap_err().to_string(),
            "the answer is not JSON at byte 3: expected a value",
        ),
        (Malformed::TooDeep { at: 7 }.to_string(), "the answer nests too deep at byte 7"),
        (
            Malformed::Duplicate { member: "result" }.to_string(),
            "the answer has `result` twice in one object",
        ),
        (
            ShapeError::NotAnObject { found: Kind::Null }.to_string(),
            "the result should be an object, but is null",
        ),
        (ShapeError::Missing("chats").to_string(), "the answer has no `chats`"),
        (
            ShapeError::WrongKind {
                member: "chatId",
                expected: Kind::Integer,
                found: Kind::Number,
            }
            .to_string(),
            "`chatId` should be an integer, but is a number with a fraction or an exponent",
        ),
    ] {
        assert_eq!(error, sentence);
    }
}

// The same with generated texts, compared with serde_json.

fn space() -> impl Strategy<Value = &'static str> {
    prop_oneof![6 => Just(""), 1 => Just(" "), 1 => Just("\n\t"), 1 => Just("\r\n    ")]
}

/// A piece of a string, as it is written.
fn string_piece() -> impl Strategy<Value = String> {
    prop_oneof![
        8 => "[a-zа-яё .,/{}\\[\\]:]{1,12}",
        2 => any::<char>().prop_map(|c| serde_json::to_string(&c).unwrap().trim_matches('"').to_owned())
            .prop_filter("trimmed away", |piece| !matches!(piece.as_str(), "" | "\\")),
        2 => prop::sample::select(&[r#"\""#, r"\\", r"\/", r"\b", r"\f", r"\n", r"\r", r"\t"][..])
            .prop_map(str::to_owned),
        2 => any::<char>().prop_map(|c| {
            c.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04X}")).collect()
        }),
    ]
}

fn string() -> impl Strategy<Value = String> {
    prop::collection::vec(string_piece(), 0..5)
        .prop_map(|pieces| format!("\"{}\"", pieces.concat()))
}

fn json() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        prop::sample::select(
            &["null", "true", "false", "0", "-0", "1.50", "-2E+3", "1e-400", "\"OK\"", "\"ERROR\""]
                [..]
        )
        .prop_map(str::to_owned),
        any::<i64>().prop_map(|n| n.to_string()),
        string(),
    ];
    leaf.prop_recursive(6, 64, 6, |inner| {
        let item = (space(), inner.clone(), space()).prop_map(|(a, v, b)| format!("{a}{v}{b}"));
        let entry = (space(), string(), space(), space(), inner, space())
            .prop_map(|(a, k, b, c, v, d)| format!("{a}{k}{b}:{c}{v}{d}"));
        prop_oneof![
            (space(), prop::collection::vec(item, 0..6)).prop_map(|(s, items)| match &items[..] {
                [] => format!("[{s}]"),
                _ => format!("[{}]", items.join(",")),
            }),
            (space(), prop::collection::vec(entry, 0..6)).prop_map(|(s, entries)| {
                match &entries[..] {
                    [] => format!("{{{s}}}"),
                    _ => format!("{{{}}}", entries.join(",")),
                }
            }),
        ]
    })
}

/// An answer: known and unknown members in any order, keys now and then with escapes.
fn answer() -> impl Strategy<Value = String> {
    let known =
        vec![r#""status""#, r#""result""#, r#""\u0072esult""#, r#""errors""#, r#""error\u0073""#];
    let key = prop_oneof![4 => prop::sample::select(known).prop_map(str::to_owned), 1 => string()];
    let entry = (space(), key, space(), space(), json(), space())
        .prop_map(|(a, k, b, c, v, d)| format!("{a}{k}{b}:{c}{v}{d}"));
    (space(), prop::collection::vec(entry, 1..5), space())
        .prop_map(|(a, entries, b)| format!("{a}{{{}}}{b}", entries.join(",")))
}

/// Bytes that matter to the grammar, more often than others.
fn byte() -> impl Strategy<Value = u8> {
    let grammar = &b"{}[]:,\"\\\\u/n019-+.eEtrfadDcC8 \n\x00\x1f\x7f\x80\xd0\xed\xf0"[..];
    prop_oneof![4 => prop::sample::select(grammar), 1 => any::<u8>()]
}

#[derive(serde::Deserialize)]
#[expect(dead_code)]
struct NoMemberTwice<'a> {
    #[serde(borrow)]
    status: Option<&'a RawValue>,
    #[serde(borrow)]
    result: Option<&'a RawValue>,
    #[serde(borrow)]
    errors: Option<&'a RawValue>,
}

/// Accepted by us exactly if serde_json makes a tree of it; only members given twice, which it
/// takes, are refused.
fn agrees_with_serde_json(bytes: &[u8]) -> Result<(), TestCaseError> {
    for promise in [Promise::Nothing, Promise::Result(&HISTORY), Promise::Document(&CAMPAIGNS)] {
        let ours = scan(bytes, promise);
        let theirs = serde_json::from_slice::<Value>(bytes);
        match &ours {
            Err(Malformed::Duplicate { member: "status" | "result" | "errors" }) => {
                prop_assert!(serde_json::from_slice::<NoMemberTwice>(bytes).is_err(), "{ours:?}");
            }
            _ => prop_assert_eq!(ours.is_ok(), theirs.is_ok(), "{:?} / {:?}", ours, theirs),
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn generated_values_are_accepted(text in json()) {
        agrees_with_serde_json(text.as_bytes())?;
        prop_assert!(scan(text.as_bytes(), Promise::Nothing).is_ok());
    }

    #[test]
    fn parts_of_generated_answers_are_those_of_serde_json(text in answer()) {
        agrees_with_serde_json(text.as_bytes())?;
        let Ok(envelope) = scan(text.as_bytes(), Promise::Result(&HISTORY)) else { return Ok(()) };
        let members: HashMap<Cow<'_, str>, &RawValue> = serde_json::from_str(&text).unwrap();
        let expected = |name: &str| members.get(name).map(|raw| raw.get());
        let found = |part: &Option<Part>| part.as_ref().map(|part| &text[part.range.clone()]);
        prop_assert_eq!(found(&envelope.result), expected("result"));
        prop_assert_eq!(found(&envelope.errors), expected("errors"));
        let document: &RawValue = serde_json::from_str(&text).unwrap();
        prop_assert_eq!(&text[envelope.document.range], document.get());
        if let Some(result) = envelope.result {
            let tree: Value = serde_json::from_str(expected("result").unwrap()).unwrap();
            let agrees = match result.kind {
                Kind::Object => tree.is_object(),
                Kind::Array => tree.is_array(),
                Kind::String => tree.is_string(),
                // A tree knows -0 and what exceeds 64 bits only as a double.
                Kind::Integer => tree.is_number(),
                Kind::Number => tree.is_f64(),
                Kind::Bool => tree.is_boolean(),
                Kind::Null => tree.is_null(),
            };
            prop_assert!(agrees, "{:?} for {}", result.kind, tree);
        }
        let status = match members.get("status").map(|raw| serde_json::from_str(raw.get()).unwrap()) {
            None | Some(Value::Null) => EnvelopeStatus::Absent,
            Some(Value::String(text)) if text == "OK" => EnvelopeStatus::Ok,
            Some(Value::String(text)) if text == "ERROR" => EnvelopeStatus::Error,
            Some(_) => EnvelopeStatus::Other,
        };
        prop_assert_eq!(envelope.status, status);
    }

    #[test]
    fn damaged_answers_are_accepted_if_serde_json_does(
        text in answer(),
        damage in prop::collection::vec((any::<prop::sample::Index>(), byte(), 0..3), 1..4),
    ) {
        let mut bytes = text.into_bytes();
        for (index, byte, how) in damage {
            let at = index.index(bytes.len() + 1);
            match how {
                0 if at < bytes.len() => bytes[at] = byte,
                1 if at < bytes.len() => drop(bytes.remove(at)),
                _ => bytes.insert(at, byte),
            }
        }
        agrees_with_serde_json(&bytes)?;
    }

    /// Whatever units a string holds: std's own lossy conversion is the model.
    #[test]
    fn halves_of_surrogate_pairs_are_read_as_replacement_characters(
        pieces in prop::collection::vec(
            prop_oneof![
                any::<u16>(),
                prop::sample::select(&[0xD800, 0xD83D, 0xDBFF, 0xDC00, 0xDE42, 0xDFFF][..]),
                prop::sample::select(&[0x22, 0x5C, 0x75, 0x64][..]),
            ],
            0..12,
        ),
        whole_characters_as_escapes in any::<bool>(),
        promise_result in any::<bool>(),
    ) {
        let escaped: String = if whole_characters_as_escapes {
            pieces.iter().map(|unit| format!("\\u{unit:04x}")).collect()
        } else {
            char::decode_utf16(pieces.iter().copied())
                .map(|unit| match unit {
                    Ok(c) => serde_json::to_string(&c).unwrap().chars().collect::<String>(),
                    Err(half) => format!("\"\\u{:04X}\"", half.unpaired_surrogate()),
                })
                .map(|quoted| quoted[1..quoted.len() - 1].to_owned())
                .collect()
        };
        let read = String::from_utf16_lossy(&pieces);
        let text = format!(r#"{{"status":"OK","result":{{"k{escaped}":["{escaped}"]}}}}"#);
        let mut body = text.clone().into_bytes();
        let promise =
            if promise_result { Promise::Result(&ANY_RESULT) } else { Promise::Nothing };
        let envelope = repair_and_scan(&mut body, promise).unwrap();
        prop_assert_eq!(body.len(), text.len());
        let tree: Value = serde_json::from_slice(&body[envelope.result.unwrap().range]).unwrap();
        prop_assert_eq!(&tree[format!("k{read}")][0], &Value::from(read));
        if serde_json::from_str::<Value>(&text).is_ok() {
            prop_assert_eq!(body, text.into_bytes());
        }
    }

    #[test]
    fn any_bytes_are_accepted_if_serde_json_does(bytes in prop::collection::vec(byte(), 0..24)) {
        agrees_with_serde_json(&bytes)?;
        // Within a string more of the grammar is reached.
        let mut string = [b"[\"", &bytes[..], b"\"]"].concat();
        agrees_with_serde_json(&string)?;
        let repaired = repair_and_scan(&mut string, Promise::Nothing);
        prop_assert!(!matches!(repaired, Err(Malformed::HalfOfPair { .. })), "{repaired:?}");
        agrees_with_serde_json(&string)?;
    }
}

#[test]
fn the_greatest_id_is_that_of_an_item_alone() {
    let table: [(&str, Option<i64>); 13] = [
        (
            r#"{"messages":[{"messageId":7,"message":"\"messageId\":99"},
            {"message":"messageId", "messageId" : 9007199254740993 }]}"#,
            Some(9_007_199_254_740_993),
        ),
        (r#"{"messages":[{"messageId":8},{"messageId":9},{"messageId":7}]}"#, Some(9)),
        // Whatever a later version of the service adds.
        (
            r#"{"pinned":{"messageId":99},"messageIds":[98],"messages":[
            {"quoted":{"messageId":97},"messageId":7,"tags":[{"messageId":96}]}],
            "paging":{"nextPageToken":"x","messageId":95},"messageId":94}"#,
            Some(7),
        ),
        (r#"{"threads":[{"messageId":9}],"messages":[]}"#, None),
        (r#"{"messages":{"messageId":9,"a":{"messageId":8}}}"#, Some(8)),
        (r#"{"messages":[[{"messageId":9}],{"messageId":6}]}"#, Some(6)),
        (r#"{"messages":[{"messageId":null},{"messageId":"8"},{"messageId":-9}]}"#, None),
        (r#"{"messages":[{"a\"messageId":9},{"messageId2":8},{"xmessageId":7}]}"#, None),
        (r#"{"messages":[{"messageId":9223372036854775807}]}"#, Some(i64::MAX)),
        (r#"{"messages":[{"messageId":9223372036854775808},{"messageId":3}]}"#, Some(3)),
        (r#"{"messages":[{"message":"\\"},{"messageId":0}]}"#, Some(0)),
        (r#"{"messages":[{"a":1,"messageId":4,"b":"c","messageId":5}]}"#, Some(5)),
        ("{}", None),
    ];
    for (result, greatest) in table {
        assert_eq!(page_of(result, &PAGE).greatest_id, greatest, "{result}");
    }
    let message = r#"{"quoted":{"messageId":9},"messageId": 5,"messages":[{"messageId":8}]}"#;
    assert_eq!(page_of(message, &MESSAGE).greatest_id, Some(5));
    assert_eq!(page_of(r#"{"messageId":"5"}"#, &MESSAGE).greatest_id, None);
}

#[test]
fn the_place_of_the_paging_is_noted() {
    let text = r#"{"result":{"paging" : {"nextPageToken":"x"} ,"messages":[{"paging":1}]}}"#;
    let page = scan(text.as_bytes(), Promise::Result(&PAGE)).unwrap().page;
    assert_eq!(&text[page.paging.unwrap()], r#"{"nextPageToken":"x"}"#);
    assert_eq!(page_of(r#"{"messages":[{"paging":{}}]}"#, &PAGE).paging, None);
}

/// A value that may hold members of any name, nested or not.
fn any_value() -> impl Strategy<Value = Value> {
    let name = || prop::sample::select(vec!["messageId", "messages", "paging", "text", "]},"]);
    let leaf = prop_oneof![
        (0..20_i64).prop_map(Value::from),
        name().prop_map(Value::from),
        Just(Value::from("\"messageId\":99],")),
        Just(Value::Null),
    ];
    leaf.prop_recursive(4, 24, 5, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((name(), inner), 0..4).prop_map(|members| {
                members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
            }),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig {
        failure_persistence: None, cases: 4000, ..ProptestConfig::default()
    })]

    /// Whatever stands before, between, within and behind the items.
    #[test]
    fn the_greatest_id_is_what_a_parser_finds(
        items in prop::collection::vec(any_value(), 0..6),
        ids in prop::collection::vec(0..20_i64, 0..6),
        before in any_value(),
        after in any_value(),
        spaced in any::<bool>(),
    ) {
        let mut list = items;
        list.extend(ids.iter().map(|id| serde_json::json!({"a": before, "messageId": id, "b": after})));
        let result = serde_json::json!({"context": before, "messages": list, "threads": after});
        let text = if spaced {
            serde_json::to_string_pretty(&result).unwrap()
        } else {
            result.to_string()
        };
        let greatest = list.iter().filter_map(|item| item.get("messageId")?.as_i64()).max();
        prop_assert_eq!(page_of(&text, &PAGE).greatest_id, greatest, "{}", text);
    }
}
