//! Numbers with a word whose form they decide.

use ymchat::Language;

use super::Sentence;

ymchat::__sentences! {
    one_byte(count: u64) => "{count} byte", "{count} байт";
    few_bytes(count: u64) => "{count} bytes", "{count} байта";
    many_bytes(count: u64) => "{count} bytes", "{count} байт";
}

/// 1 byte, 2 bytes; 1 байт, 2 байта, 5 байт, 21 байт.
pub fn bytes(count: u64) -> Sentence {
    counted(count, [one_byte(count), few_bytes(count), many_bytes(count)])
}

/// Chooses for each language among the forms for one, for few and for many.
fn counted(count: u64, forms: [Sentence; 3]) -> Sentence {
    let russian = match (count % 10, count % 100) {
        (_, 11..=14) => 2,
        (1, _) => 0,
        (2..=4, _) => 1,
        _ => 2,
    };
    let english = if count == 1 { 0 } else { 2 };
    let form = |index: usize, language| forms[index].in_language(language).to_owned().into();
    Sentence::new(form(english, Language::English), form(russian, Language::Russian))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_has_the_form_of_its_word_in_each_language() {
        for (count, english, russian) in [
            (0, "0 bytes", "0 байт"),
            (1, "1 byte", "1 байт"),
            (2, "2 bytes", "2 байта"),
            (4, "4 bytes", "4 байта"),
            (5, "5 bytes", "5 байт"),
            (11, "11 bytes", "11 байт"),
            (12, "12 bytes", "12 байт"),
            (21, "21 bytes", "21 байт"),
            (102, "102 bytes", "102 байта"),
            (111, "111 bytes", "111 байт"),
            (114, "114 bytes", "114 байт"),
        ] {
            let said = bytes(count);
            assert_eq!(said.in_language(Language::English), english);
            assert_eq!(said.in_language(Language::Russian), russian);
        }
    }
}
