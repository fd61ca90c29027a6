//! The simulated Market as a program: `ymchat-sandbox`, and a command of other programs.

mod flags;

use std::ffi::OsString;
use std::process::ExitCode;

use crate::Sandbox;
use crate::access::Key;

/// Runs the sandbox until the process ends: reads flags, starts, prints how to begin.
///
/// `called` is what the user types to get here, for instance `ymchat sandbox`: the help text and
/// the errors name it. `arguments` are the flags after it, as `ymchat-sandbox --help` lists them.
/// Returns where there is nothing to run: after `--help` (0), for a wrong flag (2), and where the
/// sandbox does not start (1); the sentence about it is on stderr by then.
///
/// ```
/// use std::process::ExitCode;
/// let code = ymchat_sandbox::program::run("shop sandbox", ["--help".into()]);
/// assert_eq!(format!("{code:?}"), format!("{:?}", ExitCode::SUCCESS));
/// ```
pub fn run(called: &str, arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let builder = match flags::read(arguments) {
        Ok(Some(builder)) => builder,
        Ok(None) => {
            print!("{}", flags::help(called));
            return ExitCode::SUCCESS;
        }
        Err(error) => {
            eprintln!("{called}: {error}. `{called} --help` lists the flags.");
            return ExitCode::from(2);
        }
    };
    match builder.start() {
        Ok(sandbox) => {
            greet(&sandbox);
            loop {
                std::thread::park();
            }
        }
        Err(error) => {
            eprintln!("{called}: {error}.");
            let is_misuse = error.kind() == std::io::ErrorKind::InvalidInput;
            if is_misuse { ExitCode::from(2) } else { ExitCode::FAILURE }
        }
    }
}

fn greet(sandbox: &Sandbox) {
    let (url, key, business) = (sandbox.base_url(), sandbox.api_key(), sandbox.business_id());
    println!("Simulated Market at {url}, Api-Key {key}, businessId {business}");
    println!(
        "Read-only Api-Key {}, OAuth token {}",
        sandbox.key(Key::ReadOnly),
        sandbox.oauth_token()
    );
    println!(
        "Try: curl -H 'Api-Key: {key}' -H 'Content-Type: application/json' -d '{{}}' '{url}/v2/businesses/{business}/chats'"
    );
    println!("In a browser: {url}/");
    println!("Admin API: curl {url}/_sandbox");
}
