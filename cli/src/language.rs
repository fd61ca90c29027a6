//! The language of the sentences for people.

use std::ffi::OsString;

use clap::ValueEnum;

/// English or Russian.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Language {
    /// English.
    En,
    /// Russian.
    Ru,
}

impl Language {
    /// That of the option, of YMCHAT_LANGUAGE, of the locale, or English.
    pub fn choose(
        option: Option<Language>,
        variable: impl Fn(&str) -> Option<OsString>,
    ) -> Result<Language, String> {
        if let Some(language) = option {
            return Ok(language);
        }
        let text = |name| {
            let value = variable(name).filter(|value| !value.is_empty());
            value.map(|value| value.to_string_lossy().into_owned())
        };
        match text("YMCHAT_LANGUAGE").as_deref() {
            Some("en") => return Ok(Language::En),
            Some("ru") => return Ok(Language::Ru),
            Some(_) => return Err("YMCHAT_LANGUAGE is en or ru: correct it.".to_owned()),
            None => {}
        }
        // The first one that is set counts, as for other programs.
        let locale = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().find_map(text);
        let locale = locale.or_else(of_the_user).unwrap_or_default();
        let language = locale.split(['_', '-', '.', '@']).next().unwrap_or_default();
        Ok(if language.eq_ignore_ascii_case("ru") { Language::Ru } else { Language::En })
    }
}

#[cfg(windows)]
fn of_the_user() -> Option<String> {
    sys_locale::get_locale()
}

#[cfg(not(windows))]
fn of_the_user() -> Option<String> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(option: Option<Language>, variables: &[(&str, &str)]) -> Result<Language, String> {
        Language::choose(option, |name| {
            let found = variables.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| OsString::from(value))
        })
    }

    #[test]
    fn the_option_goes_before_the_variable_and_that_before_the_locale() {
        use Language::{En, Ru};
        let russian = ("LANG", "ru_RU.UTF-8");
        assert_eq!(chosen(Some(En), &[("YMCHAT_LANGUAGE", "ru"), russian]), Ok(En));
        assert_eq!(chosen(None, &[("YMCHAT_LANGUAGE", "en"), russian]), Ok(En));
        assert_eq!(chosen(None, &[("LC_ALL", "C"), russian]), Ok(En));
        assert_eq!(chosen(None, &[("LC_ALL", ""), ("LC_MESSAGES", "ru"), ("LANG", "C")]), Ok(Ru));
        assert_eq!(chosen(None, &[("YMCHAT_LANGUAGE", ""), russian]), Ok(Ru));
        assert_eq!(chosen(None, &[("LANG", "rue_UA")]), Ok(En));
        assert!(chosen(None, &[("YMCHAT_LANGUAGE", "de"), russian]).is_err());
    }
}
