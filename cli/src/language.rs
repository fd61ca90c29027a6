//! The language of the sentences for people.

use std::ffi::OsString;

use ymchat::Language;

/// That of the option, of YMCHAT_LANGUAGE, of the configuration file, of the locale, or English.
pub fn choose(
    option: Option<Language>,
    file: Option<&str>,
    variable: impl Fn(&str) -> Option<OsString>,
) -> Result<Language, String> {
    if let Some(language) = option {
        return Ok(language);
    }
    let text = |name| {
        let value = variable(name).filter(|value| !value.is_empty());
        value.map(|value| value.to_string_lossy().into_owned())
    };
    if let Some(code) = text("YMCHAT_LANGUAGE") {
        return Language::from_code(&code)
            .ok_or_else(|| "YMCHAT_LANGUAGE is en or ru: correct it.".to_owned());
    }
    if let Some(language) = file.and_then(Language::from_code) {
        return Ok(language);
    }
    // The first one that is set counts, as for other programs.
    let locale = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().find_map(text);
    let locale = locale.or_else(of_the_user).unwrap_or_default();
    let language = locale.split(['_', '-', '.', '@']).next().unwrap_or_default();
    Ok(Language::from_code(&language.to_ascii_lowercase()).unwrap_or_default())
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
        file: Option<&str>,
        variables: &[(&str, &str)],
    ) -> Result<Language, String> {
        choose(option, file, |name| {
            let found = variables.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| OsString::from(value))
        })
    }

    #[test]
    fn the_option_goes_before_the_variable_the_file_and_the_locale() {
        use Language::{English, Russian};
        let locale = ("LANG", "ru_RU.UTF-8");
        let variable = ("YMCHAT_LANGUAGE", "ru");
        assert_eq!(chosen(Some(English), Some("ru"), &[variable, locale]), Ok(English));
        assert_eq!(chosen(None, Some("ru"), &[("YMCHAT_LANGUAGE", "en"), locale]), Ok(English));
        assert_eq!(chosen(None, Some("en"), &[("YMCHAT_LANGUAGE", ""), locale]), Ok(English));
        assert_eq!(chosen(None, None, &[("LC_ALL", "C"), locale]), Ok(English));
        let several = [("LC_ALL", ""), ("LC_MESSAGES", "ru"), ("LANG", "C")];
        assert_eq!(chosen(None, None, &several), Ok(Russian));
        assert_eq!(chosen(None, None, &[("LANG", "rue_UA")]), Ok(English));
        assert!(chosen(None, None, &[("YMCHAT_LANGUAGE", "de"), locale]).is_err());
    }
}
