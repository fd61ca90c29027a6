//! The transcripts of docs/cli.md and of its twin in Russian are what the program prints in the
//! language of the page. `YMCHAT_BLESS=1` writes them anew.
#![cfg(unix)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, SystemTime};

use ymchat::{ChatStatus, Sender};
use ymchat_sandbox::{NewChat, NewFile, NewMessage, NotificationSettings, Sandbox};

use crate::program;
use crate::support::{Directory, interrupt, named, variables};

/// 20 November 2026, noon in Moscow.
const NOON: u64 = 1_795_165_200;

/// A Market with two conversations, at a time of its own.
struct World {
    market: Sandbox,
    directory: Directory,
    language: &'static str,
}

impl World {
    fn new(language: &'static str) -> Self {
        let market = Sandbox::builder().seeded(false).start().unwrap();
        market.set_clock(SystemTime::UNIX_EPOCH + Duration::from_secs(NOON)).unwrap();
        market.freeze_clock(true);
        let minute = || market.advance_clock(Duration::from_secs(60));
        let anna = NewChat::about_order(52_310_447_118, "Здравствуйте! Где мой заказ?");
        let anna = market.start_chat(named(anna, "Анна К.")).unwrap();
        minute();
        let reply =
            NewMessage::text("Здравствуйте! Покажите, пожалуйста, накладную.").by(Sender::Partner);
        market.write(anna, reply).unwrap();
        minute();
        let photo = NewMessage::text("Вот она.").file(NewFile::new("фото 1.png", "PNG"));
        market.write(anna, photo).unwrap();
        minute();
        let li = named(NewChat::direct("你好！ Есть ли чай?"), "李明");
        let li = market.start_chat(li).unwrap();
        market.set_status(li, ChatStatus::WaitingForPartner).unwrap();
        minute();
        let directory = Directory::new();
        for (name, text) in [
            ("reply.txt", "Посылка придёт завтра.\n"),
            ("invoice.txt", "Оплачено\n"),
            ("store.py", "import sys\nprint(len(sys.stdin.readline()) > 0)\n"),
        ] {
            directory.private(name, text);
        }
        fs::create_dir(directory.join("photos")).unwrap();
        World { market, directory, language }
    }

    /// What a command prints, standard error included.
    fn run(&self, command: &str) -> String {
        // Only there has the clock to be right.
        let today = command.contains("doctor").then(|| Sandbox::start().unwrap());
        let market = today.as_ref().unwrap_or(&self.market);
        let shell = program::run(&mut self.shell(market, &format!("exec 2>&1; {command}")));
        self.settle(market, &String::from_utf8(shell.stdout).unwrap())
    }

    fn shell(&self, market: &Sandbox, command: &str) -> Command {
        let program = Path::new(env!("CARGO_BIN_EXE_ymchat"));
        let mut path = vec![program.parent().unwrap().to_owned()];
        path.extend(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()));
        let mut shell = Command::new("/bin/sh");
        shell
            .args(["-c", command])
            .current_dir(self.directory.path())
            .env_clear()
            .env("PATH", std::env::join_paths(path).unwrap())
            .env("YMCHAT_LANGUAGE", self.language)
            .envs(variables(market));
        shell
    }

    /// What is different each time.
    fn settle(&self, market: &Sandbox, said: &str) -> String {
        let host = market.base_url().trim_start_matches("http://").to_owned();
        let said = said.replace(&host, "127.0.0.1:8787");
        let mut settled = String::new();
        for line in said.split_inclusive('\n') {
            match line.split_once(" was reached in ") {
                Some((before, _)) => settled.push_str(&format!("{before} was reached in 0 ms.\n")),
                None => settled.push_str(line),
            }
        }
        let settled = between(&settled, "установлена за ", " мс", "0");
        let settled = between(&settled, "service differ by ", " s.", "0");
        let settled = between(&settled, "расходятся на ", " с.", "0");
        between(&settled, "\"time\\\":\\\"", "\\\"", "2026-11-20T09:00:00Z")
    }

    /// The first lines of a command that ends with Ctrl-C alone.
    fn begin(&self, command: &str) -> String {
        let (lines, command) = match command {
            "ymchat watch --start all" => (3, command.to_owned()),
            "ymchat receive --port 8080" => (3, command.replace("8080", "0")),
            "ymchat sandbox --port 8787" => (1, command.replace("8787", "0")),
            other => panic!("how many lines does {other} print?"),
        };
        let mut shell = self.shell(&self.market, &format!("exec 2>&1; exec {command}"));
        let mut running = program::start(&mut shell);
        let mut said = String::new();
        for number in 0..lines {
            let before = said.len();
            match running.line() {
                Some(line) => said = said + &line + "\n",
                None => panic!("{command} printed {number} lines alone:\n{said}"),
            }
            let port = said[before..].split("http://127.0.0.1:").nth(1);
            let port =
                port.map(|rest| rest.chars().take_while(char::is_ascii_digit).collect::<String>());
            if number == 0 && command.contains("receive") {
                let url = format!("http://127.0.0.1:{}/", port.as_deref().unwrap());
                self.market.set_notifications(NotificationSettings::to(url)).unwrap();
                self.market.start_chat(NewChat::direct("Добрый день!")).unwrap();
            }
            if let Some(port) = port {
                let shown = if command.contains("receive") { "8080" } else { "8787" };
                said = said.replace(&format!("127.0.0.1:{port}"), &format!("127.0.0.1:{shown}"));
            }
        }
        if command.starts_with("ymchat sandbox") {
            // It has no handler of its own: where these tests are started in the background by a
            // shell, it ignores Ctrl-C as the shell's other jobs do.
            running.kill();
        } else {
            interrupt(&running);
            running.wait();
        }
        if command.contains("receive") {
            // The Market waits for no answer before it sends the next notification.
            let mut lines: Vec<&str> = said.split_inclusive('\n').collect();
            lines[1..].sort_unstable();
            said = lines.concat();
        }
        self.settle(&self.market, &said) + "^C\n"
    }
}

/// Puts something else between these two, wherever they stand.
fn between(text: &str, before: &str, after: &str, what: &str) -> String {
    let mut parts = text.split(before);
    let mut settled = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        settled.push_str(before);
        match part.split_once(after) {
            Some((_, rest)) => settled.push_str(&format!("{what}{after}{rest}")),
            None => settled.push_str(part),
        }
    }
    settled
}

/// Of this path from the root of the repository.
fn page(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(name)
}

/// The page with what the commands of its transcripts print now.
fn played(text: &str, language: &'static str) -> String {
    let world = World::new(language);
    let mut played = String::new();
    let mut in_transcript = false;
    for line in text.lines() {
        let command = line.strip_prefix("$ ").filter(|_| in_transcript);
        if line.starts_with("```") {
            in_transcript = line == "```console";
        } else if in_transcript && command.is_none() {
            continue;
        }
        played.push_str(line);
        played.push('\n');
        if let Some(command) = command {
            let endless = ["ymchat watch", "ymchat receive", "ymchat sandbox"];
            let is_endless = endless.iter().any(|start| command.starts_with(start));
            played.push_str(&if is_endless { world.begin(command) } else { world.run(command) });
        }
    }
    played
}

fn compare(name: &str, language: &'static str) {
    let written = fs::read_to_string(page(name)).unwrap();
    let played = played(&written, language);
    if std::env::var_os("YMCHAT_BLESS").is_some_and(|value| value == "1") {
        fs::write(page(name), played).unwrap();
        return;
    }
    let differs = written.lines().zip(played.lines()).find(|(one, other)| one != other);
    assert!(written == played, "{name}, written and played: {differs:#?}");
}

#[test]
fn the_transcripts_of_the_page_are_what_the_program_prints() {
    compare("docs/cli.md", "en");
}

#[test]
fn the_transcripts_of_the_page_in_russian_are_what_the_program_prints() {
    compare("docs/ru/cli.md", "ru");
}

#[test]
fn the_page_has_a_transcript_of_each_command() {
    let text = fs::read_to_string(page("docs/cli.md")).unwrap();
    let help = program::succeed(Command::new(env!("CARGO_BIN_EXE_ymchat")).arg("--help"));
    let list = help.split("Commands:\n").nth(1).unwrap().split("\n\n").next().unwrap();
    for command in list.lines().filter_map(|line| line.split_whitespace().next()) {
        // Scripts for shells and manual pages are long, and the help is the help.
        if !["help", "completions", "man"].contains(&command) {
            let wanted = format!("ymchat {command}");
            assert!(
                text.lines().any(|line| line.starts_with("$ ") && line.contains(&wanted)),
                "{command}"
            );
        }
    }
}
