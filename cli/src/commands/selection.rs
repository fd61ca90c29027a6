//! Which chats sync and watch look at.

use clap::Args;
use serde_json::Value;

/// Options of the library's `sync`.
#[derive(Debug, Args)]
pub struct Selection {
    /// Chats that wait for an answer, or all
    #[arg(long, value_name = "SCOPE", value_parser = ["waiting", "all"])]
    scope: Option<String>,
    /// This chat alone, such as a notification names it; may be repeated
    #[arg(long = "chat", value_name = "ID")]
    chats: Vec<i64>,
}

impl Selection {
    /// Adds them to the document of options.
    pub fn add_to(&self, options: &mut Value) {
        if let Some(scope) = &self.scope {
            options["scope"] = scope.as_str().into();
        }
        if !self.chats.is_empty() {
            options["chatIds"] = self.chats.as_slice().into();
        }
    }
}
