//! Where credentials come from, and where they never go.

use ymchat_sandbox::Sandbox;

use crate::support::{Directory, bare, set_mode, stderr, stdout, variables, ymchat};

const SECRET: &str = "s3cr3t-k3y-of-the-shop";

fn configuration(market: &Sandbox) -> String {
    format!(
        r#"{{"apiKey": "{}", "businessId": "{}", "baseUrl": "{}"}}"#,
        market.api_key(),
        market.business_id(),
        market.base_url()
    )
}

#[test]
fn a_configuration_file_has_the_settings_of_the_library() {
    let (market, directory) = (Sandbox::start().unwrap(), Directory::new());
    let file = directory.private("shop.json", &configuration(&market));
    bare().arg("--config").arg(&file).arg("chats").assert().success();
    set_mode(&file, 0o400);
    bare().arg("chats").arg("--config").arg(&file).assert().success();
}

#[test]
fn the_file_has_a_place_where_it_is_found() {
    let (market, home) = (Sandbox::start().unwrap(), Directory::new());
    std::fs::create_dir_all(home.join(".config/ymchat")).unwrap();
    home.private(".config/ymchat/config.json", &configuration(&market));
    #[cfg(unix)]
    {
        bare().env("HOME", home.path()).arg("chats").assert().success();
        bare().env("XDG_CONFIG_HOME", home.join(".config")).arg("chats").assert().success();
    }
    #[cfg(windows)]
    bare().env("APPDATA", home.join(".config")).arg("chats").assert().success();
}

#[cfg(unix)]
#[test]
fn a_file_that_others_may_read_is_refused() {
    let (market, directory) = (Sandbox::start().unwrap(), Directory::new());
    let file = directory.private("shop.json", &configuration(&market));
    for mode in [0o644, 0o640, 0o604, 0o660, 0o620] {
        set_mode(&file, mode);
        let assert = bare().arg("chats").arg("--config").arg(&file).assert().code(1);
        assert!(stderr(&assert).contains("chmod 600"), "{}", stderr(&assert));
        assert!(!stderr(&assert).contains(market.api_key()), "{}", stderr(&assert));
    }
    assert!(market.traffic().requests.is_empty());
}

#[test]
fn a_wrong_file_is_named_and_nothing_of_it_is_quoted() {
    let directory = Directory::new();
    let missing = directory.join("missing.json");
    let assert = bare().arg("chats").arg("--config").arg(&missing).assert().code(1);
    assert!(stderr(&assert).contains("missing.json"), "{}", stderr(&assert));
    for text in [
        format!(r#"{{"apiKey": "{SECRET}", "apiKee": "{SECRET}"}}"#),
        format!(r#"{{"apiKey": "{SECRET}", "apiKey": "{SECRET}"}}"#),
        format!(r#"{{"apiKey": "{SECRET}""#),
        format!(r#""{SECRET}""#),
        SECRET.to_owned(),
    ] {
        let file = directory.private("shop.json", &text);
        let assert = bare().arg("chats").arg("--config").arg(&file).assert().code(1);
        assert!(stderr(&assert).contains("shop.json"), "{}", stderr(&assert));
        assert!(!stderr(&assert).contains("s3cr3t"), "{}", stderr(&assert));
    }
}

#[test]
fn the_environment_goes_before_the_file() {
    let (market, directory) = (Sandbox::start().unwrap(), Directory::new());
    let text = format!(r#"{{"apiKey": "{SECRET}", "businessId": 1}}"#);
    let file = directory.private("shop.json", &text);
    ymchat(&market).arg("chats").arg("--config").arg(&file).assert().success();
    let id = market.business_id().to_string();
    let mut command = ymchat(&market);
    command.env("YMCHAT_BUSINESS_ID", "1").args(["chats", "--business-id", &id]);
    command.assert().success();
}

#[test]
fn a_key_of_the_file_is_not_sent_to_an_address_of_the_environment() {
    let (market, directory) = (Sandbox::start().unwrap(), Directory::new());
    let text =
        configuration(&market).replace(market.base_url(), "https://api.partner.market.yandex.ru");
    let file = directory.private("shop.json", &text);
    let mut command = bare();
    command.env("YMCHAT_BASE_URL", market.base_url()).arg("chats").arg("--config").arg(&file);
    let assert = command.assert().code(1);
    assert!(stderr(&assert).contains("YMCHAT_API_KEY"), "{}", stderr(&assert));
    assert!(market.traffic().requests.is_empty());
}

#[test]
fn without_a_key_and_without_a_terminal_the_program_says_where_to_put_one() {
    let assert = bare().arg("chats").assert().code(1);
    assert!(stderr(&assert).contains("YMCHAT_API_KEY"), "{}", stderr(&assert));
}

#[test]
fn no_argument_takes_a_credential() {
    let market = Sandbox::start().unwrap();
    for arguments in [
        &["chats", "--api-key", SECRET][..],
        &["--oauth-token", SECRET, "chats"],
        &["chats", "--token=s3cr3t-k3y"],
        &["ACMA:s3cr3t-k3y:1", "chats"],
        &["chats", "--config", "y0_s3cr3t"],
    ] {
        let assert = ymchat(&market).args(arguments).assert().code(2);
        assert!(stderr(&assert).contains("can read the arguments"), "{}", stderr(&assert));
        assert!(!stderr(&assert).contains("s3cr3t") && stdout(&assert).is_empty());
    }
}

#[test]
fn no_output_holds_the_key() {
    let market = Sandbox::start().unwrap();
    let variables = variables(&market);
    for arguments in [&["chats"][..], &["--json", "chats"], &["chats", "--status", "x"]] {
        let assert = ymchat(&market).args(arguments).assert();
        for (_, key) in variables.iter().filter(|(name, _)| *name == "YMCHAT_API_KEY") {
            assert!(!stdout(&assert).contains(key) && !stderr(&assert).contains(key));
        }
    }
}
