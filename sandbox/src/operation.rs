//! The API's operations, as one table: names, methods, paths, quotas, scopes.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// An operation of the API, named by its `operationId`; in JSON in camel case (`getChats`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum Operation {
    /// `POST /v2/businesses/{b}/chats`
    GetChats,
    /// `GET /v2/businesses/{b}/chat`
    GetChat,
    /// `POST /v2/businesses/{b}/chats/history`
    GetChatHistory,
    /// `GET /v2/businesses/{b}/chats/message`
    GetChatMessage,
    /// `POST /v2/businesses/{b}/chats/message`
    SendMessageToChat,
    /// `POST /v2/businesses/{b}/chats/file/send`
    SendFileToChat,
    /// `POST /v2/businesses/{b}/chats/new`
    CreateChat,
    /// `GET /v2/campaigns`
    GetCampaigns,
    /// `POST /v2/auth/token`
    GetAuthTokenInfo,
    /// `GET` of a `url` in a message's `payload`; no operation of the API proper.
    DownloadFile,
}

/// What a key must be allowed to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Need {
    Nothing,
    Reading,
    Writing,
}

struct Row {
    operation: Operation,
    name: &'static str,
    method: &'static str,
    path: PathShape<'static>,
    per_hour: Option<u32>,
    need: Need,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum PathShape<'a> {
    /// Below `/v2/businesses/{businessId}/`.
    Business(&'a str),
    Whole(&'a str),
    File,
}

macro_rules! rows {
    ($($operation:ident $name:literal $method:literal $path:expr, $per_hour:expr, $need:ident;)+) => {
        [$(Row {
            operation: Operation::$operation,
            name: $name,
            method: $method,
            path: $path,
            per_hour: $per_hour,
            need: Need::$need,
        }),+]
    };
}

use PathShape::{Business, File, Whole};
static ROWS: [Row; 10] = rows! {
    GetChats "getChats" "POST" Business("chats"), Some(5_000), Reading;
    GetChat "getChat" "GET" Business("chat"), Some(1_000), Reading;
    GetChatHistory "getChatHistory" "POST" Business("chats/history"), Some(10_000), Reading;
    GetChatMessage "getChatMessage" "GET" Business("chats/message"), Some(1_000), Reading;
    SendMessageToChat "sendMessageToChat" "POST" Business("chats/message"), Some(1_000), Writing;
    SendFileToChat "sendFileToChat" "POST" Business("chats/file/send"), Some(1_000), Writing;
    CreateChat "createChat" "POST" Business("chats/new"), Some(1_000), Writing;
    GetCampaigns "getCampaigns" "GET" Whole("/v2/campaigns"), Some(1_000), Reading;
    GetAuthTokenInfo "getAuthTokenInfo" "POST" Whole("/v2/auth/token"), Some(100), Nothing;
    DownloadFile "downloadFile" "GET" File, None, Reading;
};

impl Operation {
    /// Every operation, in the order of the protocol's table.
    pub fn all() -> impl Iterator<Item = Self> {
        ROWS.iter().map(|row| row.operation)
    }

    /// The name in JSON and on the command line, for instance `getChats`.
    pub fn name(self) -> &'static str {
        self.row().name
    }

    /// The documented quota in requests per hour; `None` for the download of a file.
    pub fn documented_quota(self) -> Option<u32> {
        self.row().per_hour
    }

    pub(super) fn need(self) -> Need {
        self.row().need
    }

    /// Method and path as the documentation writes them.
    pub(super) fn resource(self) -> String {
        let row = self.row();
        let path = match row.path {
            Business(rest) => format!("/v2/businesses/{{businessId}}/{rest}"),
            Whole(path) => path.to_owned(),
            File => "/files/{id}".to_owned(),
        };
        format!("{} {path}", row.method)
    }

    fn row(self) -> &'static Row {
        ROWS.iter().find(|row| row.operation == self).expect("ROWS names every operation")
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Operation {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::all().find(|operation| operation.name() == text).ok_or_else(|| {
            let names: Vec<_> = Self::all().map(Self::name).collect();
            format!("there is no operation {text:?}; the operations are {}", names.join(", "))
        })
    }
}

/// Where a request's method and path lead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Route {
    Operation { operation: Operation, business: Option<Result<i64, String>>, file: Option<String> },
    WrongMethod { allowed: Vec<&'static str> },
    Unknown,
}

impl Route {
    pub(super) fn find(method: &str, path: &str) -> Self {
        let (shape, business, file) = if let Some(rest) = path.strip_prefix("/v2/businesses/") {
            let (id, rest) = rest.split_once('/').unwrap_or((rest, ""));
            let business = id.parse::<i64>().ok().filter(|id| *id >= 1);
            (Business(rest), Some(business.ok_or_else(|| id.to_owned())), None)
        } else if let Some(id) = path.strip_prefix("/files/") {
            (File, None, Some(id.to_owned()))
        } else {
            (Whole(path), None, None)
        };
        let rows: Vec<_> = ROWS.iter().filter(|row| row.path == shape).collect();
        match rows.iter().find(|row| row.method == method) {
            Some(row) => Self::Operation { operation: row.operation, business, file },
            None if rows.is_empty() => Self::Unknown,
            None => Self::WrongMethod { allowed: rows.iter().map(|row| row.method).collect() },
        }
    }

    pub(super) fn operation(&self) -> Option<Operation> {
        match self {
            Self::Operation { operation, .. } => Some(*operation),
            Self::WrongMethod { .. } | Self::Unknown => None,
        }
    }

    /// The business that the path names, where it is a number.
    pub(super) fn business(&self) -> Option<i64> {
        match self {
            Self::Operation { business: Some(Ok(id)), .. } => Some(*id),
            _ => None,
        }
    }
}
