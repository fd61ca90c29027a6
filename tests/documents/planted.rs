//! The comparison finds what it is for: each difference is made here once.

use crate::page::{Page, numbers};
use crate::pairs::{differences, lacking_links};

const ENGLISH: &str = "# Errors\n\
    Up to 10,500 calls. See [sending](sending.md), `message`.\n\n\
    ```c\nopen(\"http://x\"); /* begin */\nclose(); // end\n```\n\n\
    ## What to do\n\n\
    - Wait.\n- Ask.\n\n\
    | status | default | meaning |\n|---|---|---|\n| `OK` | 1,000 | done |\n| `SERVER` | `off` | HTTP 5xx |\n\n\
    ### Details\n\n    run --fast   # quickly\n";

const RUSSIAN: &str = "# Ошибки\n\
    До 10 500 вызовов. См. [отправку](sending.md), `message`.\n\n\
    ```c\nopen(\"http://x\"); /* начало */\nclose(); // конец\n```\n\n\
    <!-- What to do -->\n## Что делать\n\n\
    - Ждать.\n- Спросить.\n\n\
    | статус | обычно | значение |\n|---|---|---|\n| `OK` | 1000 | готово |\n| `SERVER` | `off` | HTTP 5xx |\n\n\
    <!-- Details -->\n### Подробности\n\n    run --fast   # быстро\n";

fn compared(english: &str, russian: &str) -> Vec<String> {
    let english = Page::new("docs/errors.md", english);
    differences(&english, &Page::new("docs/ru/errors.md", russian))
}

/// What is found where this of the Russian page is replaced by that.
fn found(this: &str, that: &str) -> Vec<String> {
    assert!(RUSSIAN.contains(this), "{this}");
    compared(ENGLISH, &RUSSIAN.replacen(this, that, 1))
}

#[test]
fn pages_that_say_the_same_are_not_different() {
    assert_eq!(compared(ENGLISH, RUSSIAN), Vec::<String>::new());
}

#[test]
fn a_section_that_one_page_lacks_is_named() {
    let section = "<!-- Details -->\n### Подробности\n\n    run --fast   # быстро\n";
    let lacks = "docs/ru/errors.md lacks the section \"Details\" of docs/errors.md";
    assert_eq!(found(section, ""), [lacks]);

    let wrong = found(section, &format!("{section}\n## Ещё\n"));
    let extra = "docs/ru/errors.md, «Ещё»: the comment before it, \"\", names no section of \
                 docs/errors.md";
    assert_eq!(wrong, [extra]);

    // The English section has another name by now.
    let wrong = compared(&ENGLISH.replace("Details", "More"), RUSSIAN);
    assert_eq!(wrong.len(), 2, "{wrong:?}");
    assert!(wrong[0].contains("«Подробности»: the comment before it, \"Details\""), "{wrong:?}");
    assert!(wrong[1].contains("lacks the section \"More\""), "{wrong:?}");
}

#[test]
fn the_place_and_level_of_a_section_count() {
    let wrong = found("### Подробности", "## Подробности");
    let level = "docs/ru/errors.md, «Подробности»: is a heading of level 2, the English one is of \
                 level 3";
    assert_eq!(wrong, [level]);

    let moved = "# Ошибки\n<!-- Details -->\n### Подробности\n\n    run --fast   # быстро\n\n";
    let wrong = found("<!-- Details -->\n### Подробности\n\n    run --fast   # быстро\n", "");
    assert_eq!(wrong.len(), 1);
    let russian = RUSSIAN
        .replace("<!-- Details -->\n### Подробности\n\n    run --fast   # быстро\n", "")
        .replace("<!-- What", &format!("{}<!-- What", moved.trim_start_matches("# Ошибки\n")));
    let place = "docs/ru/errors.md, «Подробности»: stands at another place than in docs/errors.md";
    assert_eq!(compared(ENGLISH, &russian), [place]);
}

#[test]
fn code_differs_in_comments_alone() {
    let wrong = found("close();", "shut();");
    let line = "docs/ru/errors.md, «Ошибки»: block of code 1 has the line \"shut();\", the English \
                one \"close();\"";
    assert_eq!(wrong, [line]);
    let wrong = found("http://x", "http://y");
    assert!(wrong.len() == 1 && wrong[0].contains("http://y"), "{wrong:?}");
    let wrong = found("run --fast", "run");
    assert!(wrong.len() == 1 && wrong[0].contains("\"    run\"") || wrong[0].contains("\"run\""));
    let wrong = found("    run --fast   # быстро\n", "");
    let count = "docs/ru/errors.md, «Подробности»: 0 blocks of code, the English one has 1";
    assert_eq!(wrong, [count]);
}

#[test]
fn a_transcript_differs_in_what_the_program_says_alone() {
    let page = |title: &str, said: &str| {
        format!("# {title}\n\n```console\n$ ymchat chats\n{said}\n^C\n```\n")
    };
    let english = page("Chats", "No chats.");
    let found = compared(&english, &page("Чаты", "Чатов нет."));
    assert_eq!(found, Vec::<String>::new());
    let other = page("Чаты", "Чатов нет.").replace("chats", "watch");
    let line = "docs/ru/errors.md, «Чаты»: block of code 1 has the line \"$ ymchat watch\", the \
                English one \"$ ymchat chats\"";
    assert_eq!(compared(&english, &other), [line]);
}

#[test]
fn a_row_that_one_table_lacks_is_named() {
    let row = "| `SERVER` | `off` | HTTP 5xx |\n";
    let wrong = found(row, "");
    assert!(wrong.contains(&said("the table lacks the row `SERVER`")), "{wrong:?}");
    let wrong = found(row, &format!("{row}| `OK` | | |\n"));
    assert_eq!(wrong, [said("the table has 3 rows, the English one 2")]);
    let wrong = found(row, &format!("{row}| `FINE` | | |\n"));
    let extra = "the table has the row `FINE`, which the English one lacks";
    assert!(wrong.contains(&said(extra)), "{wrong:?}");
}

#[test]
fn names_and_numbers_of_a_row_count() {
    let number = "the table's row `OK` has 1001, the English one 1,000";
    assert_eq!(found("| 1000 |", "| 1001 |")[0], said(number));
    let name = "the table's row `SERVER` has , the English one `off`";
    assert_eq!(found("| `off` |", "| |")[0], said(name));
}

#[test]
fn entries_names_numbers_and_links_are_compared() {
    assert_eq!(found("- Спросить.\n", ""), [said("1 entries of lists, the English one has 2")]);
    assert!(found("`message`", "текст")[0].ends_with("«Ошибки»: lacks `message`"));
    assert!(found("`message`", "`message`, `code`")[0].contains("has `code`, which"));
    assert_eq!(found("`message`", "`message`, `Открыть`"), Vec::<String>::new());
    assert!(found("10 500", "10 400")[0].ends_with("lacks the number 10500"));
    assert!(found("(sending.md)", "(sync.md)")[0].ends_with("lacks a link to docs/sending.md"));
}

#[test]
fn a_page_that_does_not_lead_to_the_other_language_is_found() {
    let english = Page::new("docs/errors.md", "# Errors\n[По-русски](ru/errors.md)\n");
    let there = Page::new("docs/ru/errors.md", "# Ошибки\n[In English](../errors.md)\n");
    assert_eq!(lacking_links(&english, &there), Vec::<String>::new());
    let lacks = "docs/ru/errors.md lacks a link to docs/errors.md below its title";
    assert_eq!(lacking_links(&english, &Page::new("docs/ru/errors.md", "# Ошибки\n")), [lacks]);
}

fn said(what: &str) -> String {
    format!("docs/ru/errors.md, «Что делать»: {what}")
}

#[test]
fn numbers_are_the_same_however_they_are_written() {
    assert_eq!(numbers("1 to 100,000, or 2.4 MB"), ["1", "100000", "2.4"]);
    assert_eq!(numbers("от 1 до 100 000, или 2,4 МБ"), ["1", "100000", "2.4"]);
    assert_eq!(numbers("200, 300 and 5.45.207.0/25"), ["200", "300", "5.45.207.0", "25"]);
}
