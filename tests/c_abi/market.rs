//! Whom the C programs talk to.

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};

use ymchat_sandbox::Sandbox;

pub(crate) struct Market {
    sandbox: Sandbox,
    /// Connections are made, and nobody ever answers.
    silent: TcpListener,
    /// For files; it is removed at the end.
    folder: PathBuf,
}

impl Drop for Market {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

impl Market {
    pub(crate) fn start() -> Self {
        let silent = TcpListener::bind("127.0.0.1:0").unwrap();
        // No two programs have the same port at a time.
        let folder = format!("market-{}", silent.local_addr().unwrap().port());
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(folder);
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        Market {
            sandbox: Sandbox::builder().auto_reply(true).big_ids(true).start().unwrap(),
            silent,
            folder,
        }
    }

    /// What a program finds in its environment.
    pub(crate) fn settings(&self) -> Vec<(&'static str, String)> {
        let url = self.sandbox.base_url();
        vec![
            ("YMCHAT_API_KEY", self.sandbox.api_key().to_owned()),
            ("YMCHAT_BUSINESS_ID", self.sandbox.business_id().to_string()),
            ("YMCHAT_BASE_URL", url.to_owned()),
            ("YMCHAT_CONFIG", self.configuration()),
            ("YMCHAT_LOCALHOST_URL", url.replace("127.0.0.1", "localhost")),
            ("YMCHAT_FOLDER", self.folder.to_str().unwrap().to_owned()),
            ("YMCHAT_SILENT_URL", format!("http://{}", self.silent.local_addr().unwrap())),
        ]
    }

    /// As a client takes it.
    pub(crate) fn configuration(&self) -> String {
        serde_json::json!({
            "apiKey": self.sandbox.api_key(),
            "businessId": self.sandbox.business_id(),
            "baseUrl": self.sandbox.base_url(),
        })
        .to_string()
    }

    /// How many messages came through the API.
    pub(crate) fn shop_messages(&self) -> usize {
        let chats = self.sandbox.record().chats;
        let messages = chats.iter().flat_map(|chat| &chat.messages);
        messages.filter(|message| message.request.is_some()).count()
    }
}
