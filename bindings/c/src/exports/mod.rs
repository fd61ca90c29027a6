//! The exported functions, each documented for the header: a file for each section of it.

mod chats;
mod files;
mod log;
mod notifications;
mod open;
mod running;
mod sends;
mod shops;
mod sync;
mod versions;

pub use chats::*;
pub use files::*;
pub use log::*;
pub use notifications::*;
pub use open::*;
pub use running::*;
pub use sends::*;
pub use shops::*;
pub use sync::*;
pub use versions::*;

#[cfg(test)]
mod tests {
    use std::ffi::CStr;

    use ymchat_core::Status;

    use super::super::types::*;
    use super::versions::VERSION;
    use super::*;

    #[test]
    fn the_versions_are_those_of_the_package() {
        let version =
            format!("{YMCHAT_VERSION_MAJOR}.{YMCHAT_VERSION_MINOR}.{YMCHAT_VERSION_PATCH}");
        assert_eq!(version, env!("CARGO_PKG_VERSION"));
        assert_eq!(VERSION.to_str(), Ok(env!("CARGO_PKG_VERSION")));
        let number =
            YMCHAT_VERSION_MAJOR * 10_000 + YMCHAT_VERSION_MINOR * 100 + YMCHAT_VERSION_PATCH;
        assert_eq!(YMCHAT_VERSION_NUMBER, number);
    }

    #[test]
    fn the_constants_are_the_statuses() {
        let constants = [
            ("OK", YMCHAT_OK),
            ("INVALID_ARGUMENT", YMCHAT_INVALID_ARGUMENT),
            ("UNAUTHORIZED", YMCHAT_UNAUTHORIZED),
            ("FORBIDDEN", YMCHAT_FORBIDDEN),
            ("NOT_FOUND", YMCHAT_NOT_FOUND),
            ("BAD_REQUEST", YMCHAT_BAD_REQUEST),
            ("RATE_LIMITED", YMCHAT_RATE_LIMITED),
            ("SERVER", YMCHAT_SERVER),
            ("NETWORK", YMCHAT_NETWORK),
            ("TIMEOUT", YMCHAT_TIMEOUT),
            ("OUTCOME_UNKNOWN", YMCHAT_OUTCOME_UNKNOWN),
            ("PROTOCOL", YMCHAT_PROTOCOL),
            ("CANCELLED", YMCHAT_CANCELLED),
            ("REJECTED", YMCHAT_REJECTED),
            ("INTERNAL", YMCHAT_INTERNAL),
        ];
        // A new status fails here until it has its constant.
        let failures = Status::ALL.iter().map(|status| (status.name(), status.code()));
        let statuses: Vec<_> = [("OK", 0)].into_iter().chain(failures).collect();
        assert_eq!(statuses, constants);
        for (name, number) in constants {
            // SAFETY: a static string.
            let text = unsafe { CStr::from_ptr(ymchat_status_name(number)) };
            assert_eq!(text.to_str(), Ok(name));
        }
    }
}
