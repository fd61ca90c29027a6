//! Texts of others on a terminal, and moments.

use ymchat::DateTime;

/// A text that cannot control the terminal: control characters, and those that turn the direction of
/// writing round, are shown as `�`. Line ends and tabs stay.
pub fn printable(text: &str) -> String {
    let turns_round = |c| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let text = text.replace("\r\n", "\n");
    let safe = |c: char| match c {
        '\n' | '\t' => c,
        c if c.is_control() || turns_round(c) => '\u{fffd}',
        c => c,
    };
    text.chars().map(safe).collect()
}

/// The same in one line.
pub fn one_line(text: &str) -> String {
    printable(text).replace(['\n', '\t'], " ")
}

/// A moment as the service says it, to the minute.
pub fn date_and_time(at: &DateTime) -> String {
    let text = at.as_str();
    match (text.get(..10), text.get(10..11), text.get(11..16)) {
        (Some(day), Some("T"), Some(time)) => one_line(&format!("{day} {time}")),
        _ => one_line(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_customer_cannot_control_the_terminal() {
        assert_eq!(
            printable("\u{1b}[2Jгде\u{202e}заказ\u{9b}\u{7}?"),
            "\u{fffd}[2Jгде\u{fffd}заказ\u{fffd}\u{fffd}?"
        );
        assert_eq!(printable("да\r\nнет\n👩‍👩‍👧"), "да\nнет\n👩‍👩‍👧");
        assert_eq!(one_line("да\r\nнет\tили"), "да нет или");
    }

    #[test]
    fn a_moment_is_shown_to_the_minute_and_whatever_else_as_it_is() {
        let shown = |text| date_and_time(&DateTime::new(text));
        assert_eq!(shown("2026-11-20T10:05:59.123+03:00"), "2026-11-20 10:05");
        assert_eq!(shown("вчера, после обеда"), "вчера, после обеда");
        assert_eq!(shown(""), "");
    }
}
