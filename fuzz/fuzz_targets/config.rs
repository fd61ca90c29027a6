//! A configuration: accepted or refused, and never a panic.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    // A file that exists by chance would be read: nothing else is to be done with it.
    match ymchat::Client::from_json(text) {
        Ok(client) => drop(client),
        Err(error) => assert_eq!(error.status(), ymchat::Status::InvalidArgument),
    }
});
