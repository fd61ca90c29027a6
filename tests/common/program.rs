//! The one way in which a test runs a program: it comes to an end, all that it said is kept, and it
//! does not outlive the test.

// Each test program uses its own part of this.
#![allow(dead_code)]

use std::io::{Read, Write};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

/// No program takes nearly so long; one that hangs is ended and reported.
const PATIENCE: Duration = Duration::from_secs(300);

/// Says it even where the test passes; the harness swallows what `eprintln!` prints.
pub fn say(text: &str) {
    let _ = writeln!(std::io::stderr(), "{}", text.trim_end());
}

pub fn is_installed(program: &str, argument: &str) -> bool {
    Command::new(program).arg(argument).output().is_ok_and(|output| output.status.success())
}

/// Runs a program to its end, with nothing on its standard input.
pub fn run(command: &mut Command) -> Output {
    start(command).finish()
}

/// Runs a program that must succeed; returns what it printed.
pub fn succeed(command: &mut Command) -> String {
    let output = run(command);
    assert!(output.status.success(), "{command:?}: {}\n{}", output.status, text(&output));
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// Runs a program to its end, with this on its standard input.
pub fn feed(command: &mut Command, input: &[u8]) -> Output {
    let mut running = Running::spawn(command, Stdio::piped());
    let mut stdin = running.child.stdin.take().expect("a pipe");
    thread::scope(|scope| {
        // It may have no need of it, and be gone already.
        scope.spawn(move || stdin.write_all(input));
        running.finish()
    })
}

/// Starts a program with nothing on its standard input.
pub fn start(command: &mut Command) -> Running {
    Running::spawn(command, Stdio::null())
}

/// Starts a program that is spoken to, line by line.
pub fn talk_to(command: &mut Command) -> Running {
    Running::spawn(command, Stdio::piped())
}

/// All that a program printed.
pub fn text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

/// A program under way. It is killed when this is dropped.
pub struct Running {
    name: String,
    child: Child,
    stdout: Receiver<Vec<u8>>,
    stderr: Receiver<Vec<u8>>,
    /// What it has printed, as far as nobody has taken it as a line.
    printed: Vec<u8>,
    started: Instant,
}

impl Running {
    fn spawn(command: &mut Command, stdin: Stdio) -> Self {
        let name = command.get_program().to_string_lossy().into_owned();
        let child = command.stdin(stdin).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
        let mut child = child.unwrap_or_else(|error| panic!("{name} does not start: {error}"));
        // A pipe that nobody empties would stop the program.
        let stdout = all_of(child.stdout.take().expect("a pipe"));
        let stderr = all_of(child.stderr.take().expect("a pipe"));
        Running { name, child, stdout, stderr, printed: Vec::new(), started: Instant::now() }
    }

    pub fn is_over(&mut self) -> bool {
        self.child.try_wait().expect("a child of this process").is_some()
    }

    /// Sends a line to one that is spoken to.
    pub fn tell(&mut self, line: &str) {
        let stdin = self.child.stdin.as_mut().expect("started by talk_to");
        let told = stdin.write_all(format!("{line}\n").as_bytes());
        told.unwrap_or_else(|error| panic!("{} does not listen: {error}", self.name));
    }

    /// The next line that it prints, or nothing where it has ended.
    pub fn line(&mut self) -> Option<String> {
        let end = loop {
            if let Some(at) = self.printed.iter().position(|byte| *byte == b'\n') {
                break at;
            }
            match self.stdout.recv_timeout(PATIENCE) {
                Ok(more) => self.printed.extend(more),
                Err(RecvTimeoutError::Disconnected) => return None,
                Err(RecvTimeoutError::Timeout) => {
                    panic!("{} says nothing for {PATIENCE:?}", self.name)
                }
            }
        };
        let rest = self.printed.split_off(end + 1);
        let mut line = std::mem::replace(&mut self.printed, rest);
        line.pop();
        Some(String::from_utf8(line).expect("UTF-8"))
    }

    /// Kills it, if it still runs; says how it ended.
    pub fn kill(mut self) -> ExitStatus {
        self.child.kill().expect("a child of this process");
        self.child.wait().expect("a child of this process")
    }

    /// Waits until it ends.
    pub fn finish(mut self) -> Output {
        drop(self.child.stdin.take());
        while !self.is_over() {
            if self.started.elapsed() > PATIENCE {
                let name = self.name.clone();
                let output = self.end();
                panic!("{name} still runs after {PATIENCE:?}:\n{}", text(&output));
            }
            thread::sleep(Duration::from_millis(5));
        }
        self.end()
    }

    fn end(&mut self) -> Output {
        let _ = self.child.kill();
        let status = self.child.wait().expect("a child of this process");
        // What it has started may hold the other end of the pipe.
        let rest = |from: &Receiver<Vec<u8>>| {
            let until = Duration::from_secs(10);
            std::iter::from_fn(|| from.recv_timeout(until).ok()).flatten().collect::<Vec<u8>>()
        };
        let mut stdout = std::mem::take(&mut self.printed);
        stdout.extend(rest(&self.stdout));
        Output { status, stdout, stderr: rest(&self.stderr) }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What comes out of a pipe, piece by piece.
fn all_of(mut pipe: impl Read + Send + 'static) -> Receiver<Vec<u8>> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        let mut buffer = [0; 16 * 1024];
        while let Ok(count @ 1..) = pipe.read(&mut buffer) {
            let _ = sender.send(buffer[..count].to_vec());
        }
    });
    receiver
}
