//! What the program says of itself.

use crate::support::{Directory, bare, stdout};

/// The commands, as the help lists them.
fn commands() -> Vec<String> {
    let help = stdout(&bare().arg("--help").assert().success());
    let list = help.split("Commands:\n").nth(1).unwrap().split("\n\n").next().unwrap();
    list.lines().filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect()
}

#[test]
fn every_help_text_has_examples() {
    let commands = commands();
    assert!(commands.len() > 3, "{commands:?}");
    for command in commands.iter().filter(|command| *command != "help") {
        let help = stdout(&bare().args(["help", command]).assert().success());
        let example = format!("\n  ymchat {command} ");
        let alone = format!("\n  ymchat {command}\n");
        assert!(
            help.contains("\nExamples:\n") && (help.contains(&example) || help.contains(&alone)),
            "{command}: {help}"
        );
    }
    assert!(stdout(&bare().arg("-h").assert().success()).contains("\nExamples:\n"));
}

#[test]
fn each_shell_has_a_script_that_knows_the_commands() {
    for shell in ["bash", "zsh", "fish", "powershell"] {
        let script = stdout(&bare().args(["completions", shell]).assert().success());
        for command in commands() {
            assert!(script.contains(&command), "{shell}: {command}");
        }
    }
    bare().args(["completions", "dos"]).assert().code(2);
}

#[test]
fn there_is_a_manual_page_for_each_command() {
    let page = stdout(&bare().arg("man").assert().success());
    assert!(page.contains(".TH ymchat 1") && page.contains("YMCHAT_API_KEY"), "{page}");
    let directory = Directory::new();
    bare().arg("man").arg("--dir").arg(directory.path()).assert().success();
    for command in commands().iter().filter(|command| *command != "help") {
        let page = std::fs::read_to_string(directory.join(&format!("ymchat-{command}.1")));
        assert!(page.expect(command).contains("Examples:"), "{command}");
    }
    bare().arg("man").arg("--dir").arg(directory.join("missing")).assert().code(1);
}

#[test]
fn the_version_is_that_of_the_package() {
    let version = concat!("ymchat ", env!("CARGO_PKG_VERSION"), "\n");
    assert_eq!(stdout(&bare().arg("--version").assert().success()), version);
}

#[test]
fn the_sandbox_has_its_own_flags() {
    let help = stdout(&bare().args(["sandbox", "--help"]).assert().success());
    assert!(help.contains("usage: ymchat sandbox") && help.contains("--auto-reply"), "{help}");
    bare().args(["sandbox", "--no-such-flag"]).assert().code(2);
}
