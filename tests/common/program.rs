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
    let mut running = Running::spawn(command, Stdio::piped(), Stdio::piped());
    let mut stdin = running.child.stdin.take().expect("a pipe");
    thread::scope(|scope| {
        // It may have no need of it, and be gone already.
        scope.spawn(move || stdin.write_all(input));
        running.finish()
    })
}

/// Starts a program with nothing on its standard input.
pub fn start(command: &mut Command) -> Running {
    Running::spawn(command, Stdio::null(), Stdio::piped())
}

/// Starts a program that is spoken to, line by line.
pub fn talk_to(command: &mut Command) -> Running {
    Running::spawn(command, Stdio::piped(), Stdio::piped())
}

/// All that a program printed.
pub fn text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

/// Starts a program whose standard output nobody reads: the other end of the pipe is closed.
pub fn start_unread(command: &mut Command) -> Running {
    let (nobody, stdout) = std::io::pipe().expect("a pipe");
    drop(nobody);
    Running::spawn(command, Stdio::null(), stdout.into())
}

/// A program under way. It is killed when this is dropped.
pub struct Running {
    name: String,
    child: Child,
    stdout: Pipe,
    stderr: Pipe,
    started: Instant,
}

impl Running {
    fn spawn(command: &mut Command, stdin: Stdio, stdout: Stdio) -> Self {
        let name = command.get_program().to_string_lossy().into_owned();
        let child = command.stdin(stdin).stdout(stdout).stderr(Stdio::piped()).spawn();
        let mut child = child.unwrap_or_else(|error| panic!("{name} does not start: {error}"));
        // A pipe that nobody empties would stop the program.
        let (stdout, stderr) = (Pipe::new(child.stdout.take()), Pipe::new(child.stderr.take()));
        Running { name, child, stdout, stderr, started: Instant::now() }
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
        self.stdout.line(&self.name)
    }

    /// The next line of its standard error, or nothing where it has ended.
    pub fn error_line(&mut self) -> Option<String> {
        self.stderr.line(&self.name)
    }

    /// The process's id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Kills it, if it still runs; says how it ended.
    pub fn kill(mut self) -> ExitStatus {
        self.child.kill().expect("a child of this process");
        self.child.wait().expect("a child of this process")
    }

    /// Waits until it ends. What it has started may still run.
    pub fn wait(&mut self) -> ExitStatus {
        drop(self.child.stdin.take());
        while !self.is_over() {
            if self.started.elapsed() > PATIENCE {
                let output = self.end();
                panic!("{} still runs after {PATIENCE:?}:\n{}", self.name, text(&output));
            }
            thread::sleep(Duration::from_millis(5));
        }
        self.child.wait().expect("a child of this process")
    }

    /// Waits until it ends, and until all that it said has come.
    pub fn finish(mut self) -> Output {
        self.wait();
        self.end()
    }

    fn end(&mut self) -> Output {
        let _ = self.child.kill();
        let status = self.child.wait().expect("a child of this process");
        Output { status, stdout: self.stdout.rest(), stderr: self.stderr.rest() }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What comes out of a pipe, piece by piece.
struct Pipe {
    pieces: Receiver<Vec<u8>>,
    /// What has come, as far as nobody has taken it as a line.
    printed: Vec<u8>,
}

impl Pipe {
    fn new(pipe: Option<impl Read + Send + 'static>) -> Self {
        let (sender, pieces) = channel();
        if let Some(mut pipe) = pipe {
            thread::spawn(move || {
                let mut buffer = [0; 16 * 1024];
                while let Ok(count @ 1..) = pipe.read(&mut buffer) {
                    let _ = sender.send(buffer[..count].to_vec());
                }
            });
        }
        Pipe { pieces, printed: Vec::new() }
    }

    fn line(&mut self, name: &str) -> Option<String> {
        let end = loop {
            if let Some(at) = self.printed.iter().position(|byte| *byte == b'\n') {
                break at;
            }
            match self.pieces.recv_timeout(PATIENCE) {
                Ok(more) => self.printed.extend(more),
                Err(RecvTimeoutError::Disconnected) => return None,
                Err(RecvTimeoutError::Timeout) => panic!("{name} says nothing for {PATIENCE:?}"),
            }
        };
        let rest = self.printed.split_off(end + 1);
        let mut line = std::mem::replace(&mut self.printed, rest);
        line.pop();
        Some(String::from_utf8(line).expect("UTF-8"))
    }

    /// All that nobody has taken as a line.
    fn rest(&mut self) -> Vec<u8> {
        // What the program has started may hold the other end of the pipe.
        let until = Duration::from_secs(10);
        let mut rest = std::mem::take(&mut self.printed);
        rest.extend(std::iter::from_fn(|| self.pieces.recv_timeout(until).ok()).flatten());
        rest
    }
}
