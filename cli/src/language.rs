//! The language of the sentences for people.

use std::ffi::OsString;

use ymchat::Language;

use crate::sentences::{Sentence, failures};

/// That of the option, of YMCHAT_LANGUAGE, of the configuration file, of the locale, or English.
pub fn choose(
    option: Option<Language>,
    file: Option<Language>,
    variable: impl Fn(&str) -> Option<OsString>,
) -> Result<Language, Sentence> {
    if let Some(language) = option {
        return Ok(language);
    }
    if let Some(code) = text(&variable, "YMCHAT_LANGUAGE") {
        return Language::from_code(&code).ok_or_else(failures::language_unknown);
    }
    Ok(file.unwrap_or_else(|| of_the_locale(variable)))
}

/// The language for what is to be said before the options are read or where they are wrong: as
/// [`choose`] finds it, as far as these arguments say it.
pub fn guess(arguments: &[OsString], variable: impl Fn(&str) -> Option<OsString>) -> Language {
    let mut option = None;
    let mut is_value = false;
    for argument in arguments {
        let argument = argument.to_string_lossy();
        let code = match argument.strip_prefix("--language=") {
            Some(code) => code,
            None if is_value => &argument,
            None => "",
        };
        option = Language::from_code(code).or(option);
        is_value = argument == "--language";
    }
    choose(option, None, &variable).unwrap_or_else(|_| of_the_locale(variable))
}

/// A variable that is set and not empty.
fn text(variable: impl Fn(&str) -> Option<OsString>, name: &str) -> Option<String> {
    let value = variable(name).filter(|value| !value.is_empty());
    value.map(|value| value.to_string_lossy().into_owned())
}

fn of_the_locale(variable: impl Fn(&str) -> Option<OsString>) -> Language {
    // The first one that is set counts, as for other programs.
    let names = ["LC_ALL", "LC_MESSAGES", "LANG"];
    let locale = names.into_iter().find_map(|name| text(&variable, name));
    let locale = locale.or_else(of_the_user).unwrap_or_default();
    let language = locale.split(['_', '-', '.', '@']).next().unwrap_or_default();
    Language::from_code(&language.to_ascii_lowercase()).unwrap_or_default()
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

    fn chosen(
        option: Option<Language>,
        file: Option<Language>,
        variables: &[(&str, &str)],
    ) -> Result<Language, Sentence> {
        choose(option, file, of(variables))
    }

    fn of(variables: &[(&str, &str)]) -> impl Fn(&str) -> Option<OsString> {
        |name| {
            let found = variables.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| OsString::from(value))
        }
    }

    #[test]
    fn the_option_goes_before_the_variable_the_file_and_the_locale() {
        use Language::{English, Russian};
        let locale = ("LANG", "ru_RU.UTF-8");
        let variable = ("YMCHAT_LANGUAGE", "ru");
        assert_eq!(chosen(Some(English), Some(Russian), &[variable, locale]), Ok(English));
        assert_eq!(chosen(None, Some(Russian), &[("YMCHAT_LANGUAGE", "en"), locale]), Ok(English));
        assert_eq!(chosen(None, Some(English), &[("YMCHAT_LANGUAGE", ""), locale]), Ok(English));
        assert_eq!(chosen(None, None, &[("LC_ALL", "C"), locale]), Ok(English));
        let several = [("LC_ALL", ""), ("LC_MESSAGES", "ru"), ("LANG", "C")];
        assert_eq!(chosen(None, None, &several), Ok(Russian));
        assert_eq!(chosen(None, None, &[("LANG", "rue_UA")]), Ok(English));
        assert!(chosen(None, None, &[("YMCHAT_LANGUAGE", "de"), locale]).is_err());
    }

    #[test]
    fn before_the_options_are_read_the_language_is_known_as_well() {
        use Language::{English, Russian};
        let guessed = |arguments: &[&str], variables: &[(&str, &str)]| {
            let arguments: Vec<OsString> = arguments.iter().map(OsString::from).collect();
            guess(&arguments, of(variables))
        };
        let locale = ("LANG", "ru_RU.UTF-8");
        assert_eq!(guessed(&["chats", "--language", "ru"], &[]), Russian);
        assert_eq!(guessed(&["--language=en", "chats"], &[locale]), English);
        assert_eq!(guessed(&["chats", "--language"], &[locale]), Russian);
        assert_eq!(guessed(&["send", "5", "ru"], &[("YMCHAT_LANGUAGE", "en"), locale]), English);
        assert_eq!(guessed(&["chats"], &[("YMCHAT_LANGUAGE", "de"), locale]), Russian);
    }
}
