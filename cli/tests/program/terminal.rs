//! The program on a terminal: one that the test holds the other end of.
#![cfg(target_os = "linux")]

use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::OwnedFd;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{LocalModes, Winsize, tcgetattr, tcsetwinsize};
use ymchat_sandbox::Sandbox;

use crate::support::variables;

const LONG: Duration = Duration::from_secs(60);

struct Terminal {
    ours: File,
    child: Child,
    said: String,
    bytes: Receiver<Vec<u8>>,
}

impl Terminal {
    /// The program with a controlling terminal of 100 columns.
    fn start(arguments: &[&str], variables: &[(&str, String)]) -> Self {
        let ours: OwnedFd = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&ours).unwrap();
        unlockpt(&ours).unwrap();
        let size = Winsize { ws_row: 24, ws_col: 100, ws_xpixel: 0, ws_ypixel: 0 };
        tcsetwinsize(&ours, size).unwrap();
        let name = ptsname(&ours, Vec::new()).unwrap().into_string().unwrap();
        let theirs = || Stdio::from(File::options().read(true).write(true).open(&name).unwrap());
        let child = Command::new("setsid")
            .args(["--ctty", "--wait", env!("CARGO_BIN_EXE_ymchat")])
            .args(arguments)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("TERM", "xterm")
            .envs(variables.iter().map(|(name, value)| (*name, value)))
            .stdin(theirs())
            .stdout(theirs())
            .stderr(theirs())
            .spawn()
            .unwrap();
        let ours = File::from(ours);
        let mut reader = ours.try_clone().unwrap();
        let (tell, bytes) = channel();
        std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            // The end of the other side is an error here.
            while let Ok(count @ 1..) = reader.read(&mut buffer) {
                if tell.send(buffer[..count].to_vec()).is_err() {
                    return;
                }
            }
        });
        Terminal { ours, child, said: String::new(), bytes }
    }

    fn until(&mut self, wanted: &str) {
        while !self.said.contains(wanted) {
            let more = self.bytes.recv_timeout(LONG).unwrap_or_else(|_| panic!("{}", self.said));
            self.said.push_str(&String::from_utf8_lossy(&more));
        }
    }

    /// Everything that was shown, and the exit code.
    fn end(mut self) -> (String, Option<i32>) {
        let code = self.child.wait().unwrap().code();
        while let Ok(more) = self.bytes.recv_timeout(LONG) {
            self.said.push_str(&String::from_utf8_lossy(&more));
        }
        (self.said, code)
    }
}

#[test]
fn the_key_is_asked_for_and_not_shown() {
    let market = Sandbox::start().unwrap();
    let variables: Vec<_> =
        variables(&market).into_iter().filter(|(name, _)| *name != "YMCHAT_API_KEY").collect();
    let mut terminal = Terminal::start(&["chats", "--order", "52310447118"], &variables);
    terminal.until("Api-Key");
    let begun = Instant::now();
    // It stops the echo after it has asked.
    while tcgetattr(&terminal.ours).unwrap().local_modes.contains(LocalModes::ECHO) {
        assert!(begun.elapsed() < LONG, "the key would be shown");
        std::thread::yield_now();
    }
    terminal.ours.write_all(format!("{}\n", market.api_key()).as_bytes()).unwrap();
    let (said, code) = terminal.end();
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("52310447118") && !said.contains(market.api_key()), "{said}");
}

#[test]
fn colours_and_progress_are_for_terminals_and_no_color_is_heard() {
    let market = Sandbox::start().unwrap();
    let with = |no_color: &str| {
        let mut all = variables(&market).to_vec();
        all.push(("NO_COLOR", no_color.to_owned()));
        let (said, code) = Terminal::start(&["chats"], &all).end();
        assert_eq!(code, Some(0), "{said}");
        said
    };
    let bold = "\u{1b}[1m";
    let shown = with("");
    assert!(shown.contains(bold) && shown.contains("reading chats"), "{shown}");
    assert!(!with("1").contains(bold));
}

#[test]
fn a_table_is_not_wider_than_the_terminal() {
    let market = Sandbox::start().unwrap();
    let name = "Очень длинное имя ".repeat(10);
    let chat = ymchat_sandbox::NewChat::direct("Да");
    market.start_chat(crate::support::named(chat, &name)).unwrap();
    let (said, _) = Terminal::start(&["chats"], &variables(&market)).end();
    let line = said.lines().find(|line| line.contains("Очень")).unwrap();
    assert!(line.contains('…') && console::measure_text_width(line) <= 100, "{line}");
}
