//! Code without its comments: these are in the language of the page.

/// Each line without its comment and the blanks before it. Knows `//`, `#` and `/* */` where they
/// begin a word, which `http://` and `#include` do not.
pub fn stripped(code: &str) -> String {
    let mut lines = Vec::new();
    let mut in_comment = false;
    for line in code.lines() {
        lines.push(without_comment(line, &mut in_comment).trim_end().to_owned());
    }
    lines.join("\n").trim_end().to_owned()
}

fn without_comment(line: &str, in_comment: &mut bool) -> String {
    let mut kept = String::new();
    let mut rest = line;
    while !rest.is_empty() {
        if *in_comment {
            let Some((_, after)) = rest.split_once("*/") else { return kept };
            *in_comment = false;
            rest = after;
            continue;
        }
        let begins_word = kept.is_empty() || kept.ends_with(char::is_whitespace);
        if begins_word && (rest.starts_with("// ") || rest.starts_with("# ")) {
            return kept;
        }
        if begins_word && rest.starts_with("/*") {
            *in_comment = true;
            rest = &rest[2..];
            continue;
        }
        let mut letters = rest.chars();
        kept.extend(letters.next());
        rest = letters.as_str();
    }
    kept
}
