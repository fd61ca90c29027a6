//! Ids prove, clocks do not: whatever a service does to dates, texts and the order of its work,
//! nothing is sent twice and nothing is called confirmed that is not there.

use serde_json::json;
use ymchat::internal::{Clock, TestSettings};
use ymchat::{
    Client, DeliveryStatus, Error, HistoryOptions, SendOptions, SendOutcome, SendResult, Status,
};

use crate::support::{SteppingClock, ms, s};
use crate::tricky::{CHAT, Change, Heard, Market, Resize, Ways, Work};

const LOST: (Work, Heard) = (Work::Now, Heard::Nothing);
const GONE: (Work, Heard) = (Work::Never, Heard::Nothing);

fn resend() -> SendOptions {
    SendOptions::new().resend(true)
}

fn is_unknown(result: &Result<SendResult, Error>) -> bool {
    result.as_ref().is_err_and(|error| {
        (error.status(), error.outcome()) == (Status::OutcomeUnknown, Some(DeliveryStatus::Unknown))
    })
}

/// The four kinds of history.
fn kinds() -> impl Iterator<Item = Ways> {
    [(false, false), (false, true), (true, false), (true, true)]
        .into_iter()
        .map(|(descending, exclusive)| Ways { descending, exclusive, ..Ways::default() })
}

#[test]
fn dates_that_lag_behind_prove_nothing() {
    for lag in [500, 2_000, 30_000] {
        for seconds in [None, Some("Z"), Some(".000Z"), Some(".000000Z")] {
            for ways in kinds() {
                let market = Market::new(Ways { lag: ms(lag), seconds, ..ways });
                let server = market.open();
                let client = market.client(&server);
                market.script([LOST]);
                let sent = client.send_message_with(CHAT, "Да", &resend()).unwrap();
                assert_eq!(sent.outcome, SendOutcome::Confirmed, "{lag} {seconds:?}");
                // Without a baseline it is unclear, and never sent again.
                let server = market.open();
                market.script([LOST]);
                let result = market.client(&server).send_message(CHAT, "Ой");
                assert!(is_unknown(&result) || result.is_ok(), "{result:?}");
                assert_eq!((market.of_shop().len(), market.sends()), (2, 2));
            }
        }
    }
}

#[test]
fn what_the_service_changed_is_not_sent_again() {
    let texts: [(&str, Change, bool); 6] = [
        ("Да  или\tнет", |text| text.split_whitespace().collect::<Vec<_>>().join(" "), true),
        ("Мои\u{306} чай", |text| text.replace("и\u{306}", "\u{439}"), true),
        ("  Да \n", |text| text.trim().to_owned(), true),
        ("Звоните +7 900 000-00-00", |_| "Звоните ***".to_owned(), false),
        ("Люблю ❤\u{fe0f}", |text| text.replace('\u{fe0f}', ""), false),
        ("Чай & кофе", |text| text.replace('&', "&amp;"), false),
    ];
    for (text, change, is_found) in texts {
        for ways in kinds() {
            let market = Market::new(Ways { change, ..ways });
            let server = market.open();
            market.script([LOST]);
            let result = market.client(&server).send_message_with(CHAT, text, &resend());
            assert_eq!(market.sends(), 1, "{text:?} {result:?}");
            assert_eq!(result.is_ok(), is_found, "{text:?} {result:?}");
            assert!(result.is_ok() || is_unknown(&result), "{text:?} {result:?}");
        }
    }
    let files: [(Change, Resize); 2] =
        [(|name| format!("1_{name}"), |size| size), (str::to_owned, |size| size / 2)];
    for (change, resize) in files {
        let market = Market::new(Ways { change, resize, ..Ways::default() });
        let server = market.open();
        market.script([LOST]);
        let result = market.client(&server).send_file_with(CHAT, "a.png", b"png...", &resend());
        assert!(is_unknown(&result), "{result:?}");
        assert_eq!(market.sends(), 1);
    }
}

#[test]
fn work_that_is_done_after_the_answer_is_waited_for() {
    let error = r#"{"status":"ERROR","errors":[{"code":"BAD_REQUEST"}]}"#;
    let lost = [
        Heard::Nothing,
        Heard::Answer("500 Oops", error),
        Heard::Answer("503 Busy", error),
        Heard::Answer("408 Slow", error),
        Heard::Answer("409 Conflict", error),
        Heard::Answer("502 Bad", "<html>"),
        Heard::Answer("200 OK", error),
        Heard::Answer("200 OK", "{"),
        Heard::Answer("303 Other", ""),
        Heard::Answer("307 Other", ""),
    ];
    for heard in lost {
        for after in [2_000, 4_000, 9_900] {
            let market = Market::new(Ways::default());
            let server = market.open();
            let client = market.client(&server);
            market.script([(Work::After(ms(after)), heard)]);
            let sent = client.send_message_with(CHAT, "Да", &resend()).unwrap();
            assert_eq!(sent.outcome, SendOutcome::Confirmed, "{heard:?} {after}");
            assert_eq!((market.of_shop().len(), market.sends()), (1, 1), "{heard:?} {after}");
        }
        // Nothing was done: eleven seconds prove it.
        let market = Market::new(Ways::default());
        let server = market.open();
        let client = market.client(&server);
        market.script([(Work::Never, heard)]);
        let before = market.clock.now();
        let sent = client.send_message_with(CHAT, "Да", &resend()).unwrap();
        assert_eq!((sent.outcome, sent.attempts), (SendOutcome::Sent, 2), "{heard:?}");
        assert!(market.clock.now() - before >= s(11), "{:?}", market.clock.now() - before);
        // Whoever does not want it sent again is told that it may have arrived.
        market.script([(Work::Never, heard)]);
        assert!(is_unknown(&client.send_message_with(
            CHAT,
            "Ой",
            &SendOptions::new().resend(false)
        )));
    }
}

#[test]
fn a_message_id_elsewhere_in_a_message_is_no_baseline() {
    for ways in kinds() {
        let market = Market::new(Ways {
            extra: json!({"quoted": {"messageId": 900_000}, "x": [{"messageId": 900_001}]}),
            ..ways
        });
        let server = market.open();
        let client = market.client(&server);
        client.get_chat_history(CHAT, &HistoryOptions::new()).unwrap();
        market.script([LOST]);
        let sent = client.send_message_with(CHAT, "Да", &resend()).unwrap();
        assert_eq!((sent.outcome, market.sends()), (SendOutcome::Confirmed, 1));
    }
}

#[test]
fn an_id_of_another_chat_is_no_baseline() {
    for claimed in [800_000, i64::MAX] {
        for resend in [None, Some(true)] {
            for ways in kinds() {
                let market = Market::new(ways);
                let server = market.open();
                let client = market.client(&server);
                let mut options = SendOptions::new().after_message_id(claimed);
                if let Some(resend) = resend {
                    options = options.resend(resend);
                }
                market.script([LOST]);
                let sent = client.send_message_with(CHAT, "Да", &options).unwrap();
                assert_eq!((sent.outcome, market.sends()), (SendOutcome::Confirmed, 1));
                // Nobody claims that it is not there, either.
                let server = market.open();
                market.script([GONE]);
                let result = market.client(&server).send_message_with(CHAT, "Ой", &options);
                match resend {
                    None => assert!(is_unknown(&result), "{result:?}"),
                    Some(_) => assert_eq!(result.unwrap().attempts, 2),
                }
            }
        }
    }
    // One of this chat is, though nobody has read it here.
    let market = Market::new(Ways::default());
    let id = market.write("CUSTOMER", json!({"message": "Ау"}), ms(0));
    let server = market.open();
    market.script([GONE]);
    let options = SendOptions::new().after_message_id(id);
    assert_eq!(market.client(&server).send_message_with(CHAT, "Да", &options).unwrap().attempts, 2);
}

#[test]
fn where_a_message_is_known_a_lost_send_is_sent_again_unless_that_is_refused() {
    let market = Market::new(Ways::default());
    let server = market.open();
    let client = market.client(&server);
    market.script([GONE]);
    assert!(is_unknown(&client.send_message(CHAT, "1")), "none is known");
    client.get_chat_history(CHAT, &HistoryOptions::new()).unwrap();
    market.script([GONE, GONE, GONE]);
    let sent = client.send_message(CHAT, "2").unwrap();
    assert_eq!((sent.outcome, sent.attempts), (SendOutcome::Sent, 4));
    market.script([GONE]);
    assert!(is_unknown(&client.send_message_with(CHAT, "3", &SendOptions::new().resend(false))));
    assert_eq!(market.of_shop().len(), 1);
}

/// The local clock is set, forth or back, while the send is under way.
#[test]
fn the_local_time_of_day_takes_no_part() {
    for first in [0, 1_000, 2_000, 3_000, 4_000] {
        for (known, work) in [(true, LOST), (true, GONE), (false, LOST), (false, GONE)] {
            let market = Market::new(Ways::default());
            // An old message of the same text, a quarter of an hour ago.
            market.write("PARTNER", json!({"message": "Да"}), ms(0));
            market.clock.advance(s(900));
            let server = market.open();
            let clock = SteppingClock::new(&market.clock, first, 700, 5_000);
            let client: Client = market.builder(&server).clock(clock).build().unwrap();
            market.script([work]);
            let options = if known { resend() } else { SendOptions::new() };
            let result = client.send_message_with(CHAT, "Да", &options);
            let there = market.of_shop().len() - 1;
            let what = format!("{first} {known} {work:?}: {result:?}, {there} there");
            match result {
                Ok(_) => assert_eq!(there, 1, "{what}"),
                Err(error) => {
                    assert!(there <= 1 && !known, "{what}");
                    assert_eq!(error.status(), Status::OutcomeUnknown, "{what}");
                }
            }
        }
    }
}

/// What is known of sends outlives the clients, so that a program may open one for each call.
#[test]
fn the_same_words_by_clients_that_are_opened_for_a_call() {
    for ways in kinds() {
        let market = Market::new(ways);
        let server = market.open();
        for round in 1..=10 {
            let send = |options: &SendOptions| {
                market.client(&server).send_message_with(CHAT, "Да", options)
            };
            send(&SendOptions::new()).unwrap();
            market.script([GONE]);
            let result = send(&SendOptions::new().resend(false));
            assert!(is_unknown(&result), "{round}: {result:?}");
            // The open one is over by then.
            market.clock.advance(s(12));
            market.script([GONE]);
            assert_eq!(send(&resend()).unwrap().outcome, SendOutcome::Sent);
            assert_eq!(market.of_shop().len(), 2 * round);
        }
    }
}

#[test]
fn the_time_of_a_send_is_an_option_and_bounds_its_rounds() {
    let market = Market::new(Ways::default());
    let server = market.open();
    let client = market.client(&server);
    for (seconds, rounds) in [(10, 1), (20, 2), (60, 6)] {
        market.script(std::iter::repeat_n(GONE, rounds));
        let before = market.clock.now();
        let options = resend().call_timeout(s(seconds));
        let error = client.send_message_with(CHAT, "Да", &options).unwrap_err();
        let took = market.clock.now() - before;
        assert!(took <= s(seconds) + ms(500), "{seconds}: {took:?}");
        assert_eq!(error.attempts() as usize, rounds, "{seconds}: {error}");
    }
    assert!(market.of_shop().is_empty());
}
