//! Refuses credentials among the arguments, before anything else reads or quotes them.

use std::ffi::OsString;

use crate::sentences::{Sentence, failures};

/// Options that other programs have, and this one on purpose has not.
const NO_OPTIONS: [&str; 7] =
    ["--api-key", "--apikey", "--key", "--oauth-token", "--token", "--password", "--secret"];

/// How the service's keys and tokens begin.
const CREDENTIALS: [&str; 4] = ["ACMA:", "y0_", "Bearer ", "OAuth "];

/// Says why where an argument is or announces a credential. The argument is not quoted.
pub fn check(arguments: &[OsString]) -> Result<(), Sentence> {
    for argument in arguments {
        let argument = argument.to_string_lossy();
        if argument == "--" {
            // What follows is a text or a path, unless it is a key.
            continue;
        }
        let (name, value) = argument.split_once('=').unwrap_or((&argument, ""));
        if let Some(option) = NO_OPTIONS.iter().find(|option| name.eq_ignore_ascii_case(option)) {
            return Err(failures::no_option_for_keys(option, &failures::arguments_are_seen()));
        }
        if CREDENTIALS.iter().any(|start| argument.starts_with(start) || value.starts_with(start)) {
            return Err(failures::argument_is_a_key(&failures::arguments_are_seen()));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use ymchat::Language;

    use super::*;

    fn refusal(arguments: &[&str]) -> Option<String> {
        let arguments: Vec<OsString> = arguments.iter().map(OsString::from).collect();
        check(&arguments).err().map(|refusal| refusal.in_language(Language::English).to_owned())
    }

    #[test]
    fn an_option_for_a_credential_is_refused_with_the_reason() {
        for arguments in [&["chats", "--api-key", "s3cret"][..], &["--token=s3cret"]] {
            let refusal = refusal(arguments).expect("refused");
            assert!(refusal.contains("can read the arguments"), "{refusal}");
            assert!(!refusal.contains("s3cret"), "{refusal}");
        }
    }

    #[test]
    fn a_credential_in_any_place_is_refused_and_not_quoted() {
        for arguments in [
            &["ACMA:s3cret:1"][..],
            &["chats", "--config=y0_s3cret"],
            &["send", "1", "Bearer s3cret"],
        ] {
            let refusal = refusal(arguments).expect("refused");
            assert!(!refusal.contains("s3cret"), "{refusal}");
        }
    }

    #[test]
    fn texts_and_tickets_are_let_through() {
        assert_eq!(
            refusal(&["send", "1", "Здравствуйте!", "--ticket", "yt1.abc", "--", "-"]),
            None
        );
    }
}
