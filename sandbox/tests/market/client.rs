//! A client with no opinion: it sends what a test says, and shows what came back.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::{Value, json};
use ymchat_sandbox::Sandbox;

pub struct Reply {
    pub status: u16,
    pub headers: http::HeaderMap,
    pub body: Vec<u8>,
}

impl Reply {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| {
            panic!("{error} in {:?}", String::from_utf8_lossy(&self.body));
        })
    }

    pub fn result(&self) -> Value {
        let json = self.json();
        assert_eq!((self.status, &json["status"]), (200, &json!("OK")), "{json}");
        json["result"].clone()
    }

    /// The message of the first error, after a look at the shape of the whole.
    pub fn error(&self, status: u16) -> String {
        let json = self.json();
        assert_eq!((self.status, &json["status"]), (status, &json!("ERROR")), "{json}");
        assert!(json["errors"][0]["code"].as_str().is_some_and(|code| !code.is_empty()), "{json}");
        json["errors"][0]["message"].as_str().expect("a message").to_owned()
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}

fn agent() -> ureq::Agent {
    ureq::Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .timeout_global(Some(Duration::from_secs(20)))
        .build()
        .into()
}

/// Sends a request; `body` goes with its own content type.
pub fn try_send(
    method: &str,
    url: &str,
    headers: &[(&str, &str)],
    body: Option<(&str, &[u8])>,
) -> Result<Reply, ureq::Error> {
    let mut request = http::Request::builder().method(method).uri(url);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    if let Some((content_type, _)) = body {
        request = request.header("content-type", content_type);
    }
    let bytes = body.map(|(_, bytes)| bytes.to_vec()).unwrap_or_default();
    let mut response = agent().run(request.body(bytes).expect("a request"))?;
    let mut body = response.body_mut().with_config().limit(64 << 20).read_to_vec()?;
    if response.headers().get("content-encoding").is_some_and(|value| value == "gzip") {
        let packed = std::mem::take(&mut body);
        flate2::read::MultiGzDecoder::new(&packed[..]).read_to_end(&mut body)?;
    }
    Ok(Reply { status: response.status().as_u16(), headers: response.headers().clone(), body })
}

/// A client of one sandbox with its full key.
pub struct Client<'a> {
    pub sandbox: &'a Sandbox,
    pub key: String,
}

pub fn client(sandbox: &Sandbox) -> Client<'_> {
    Client { sandbox, key: sandbox.api_key().to_owned() }
}

impl Client<'_> {
    pub fn url(&self, rest: &str) -> String {
        format!("{}/v2/businesses/{}/{rest}", self.sandbox.base_url(), self.sandbox.business_id())
    }

    pub fn try_post(&self, rest: &str, body: &Value) -> Result<Reply, ureq::Error> {
        let body = body.to_string();
        let key = [("api-key", self.key.as_str())];
        try_send("POST", &self.url(rest), &key, Some(("application/json", body.as_bytes())))
    }

    pub fn post(&self, rest: &str, body: Value) -> Reply {
        self.try_post(rest, &body).expect("an answer")
    }

    pub fn get(&self, rest: &str) -> Reply {
        self.get_url(&self.url(rest))
    }

    pub fn get_url(&self, url: &str) -> Reply {
        try_send("GET", url, &[("api-key", &self.key)], None).expect("an answer")
    }

    pub fn say(&self, chat: i64, text: &str) -> Reply {
        self.post(&format!("chats/message?chatId={chat}"), json!({"message": text}))
    }

    /// All pages of a list, as they came.
    pub fn pages(&self, rest: &str, body: &Value, between: impl Fn(usize)) -> Vec<Value> {
        let mut pages: Vec<Value> = Vec::new();
        let mut url = rest.to_owned();
        loop {
            let page = self.post(&url, body.clone()).result();
            let token = page["paging"]["nextPageToken"].as_str().map(str::to_owned);
            pages.push(page);
            assert!(pages.len() < 500, "the pages never end");
            let Some(token) = token else { return pages };
            between(pages.len());
            url = format!("{rest}&pageToken={}", encode(&token));
        }
    }

    pub fn history(&self, chat: i64, limit: usize) -> Vec<i64> {
        let rest = format!("chats/history?chatId={chat}&limit={limit}");
        message_ids(&self.pages(&rest, &json!({}), |_| ()))
    }
}

pub fn message_ids(pages: &[Value]) -> Vec<i64> {
    let messages = pages.iter().flat_map(|page| page["messages"].as_array().expect("messages"));
    messages.map(|message| message["messageId"].as_i64().expect("an id")).collect()
}

pub fn encode(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

/// Calls the admin API.
pub fn admin(sandbox: &Sandbox, method: &str, call: &str, body: Value) -> Reply {
    let url = format!("{}/_sandbox{call}", sandbox.base_url());
    let text = body.to_string();
    let body = (!body.is_null()).then_some(("application/x-www-form-urlencoded", text.as_bytes()));
    try_send(method, &url, &[], body).expect("an answer")
}

/// Sends bytes and reads all that comes until the connection is closed.
pub fn raw(sandbox: &Sandbox, request: &str) -> Vec<u8> {
    let mut stream = connect(sandbox);
    stream.write_all(request.as_bytes()).expect("to send");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).expect("the connection to be closed in order");
    answer
}

pub fn connect(sandbox: &Sandbox) -> TcpStream {
    let address = sandbox.base_url().strip_prefix("http://").expect("http");
    let stream = TcpStream::connect(address).expect("to connect");
    stream.set_read_timeout(Some(Duration::from_secs(20))).expect("a time-out");
    stream
}

/// A send of a text as bytes.
pub fn raw_send(sandbox: &Sandbox, chat: i64, text: &str) -> String {
    let body = json!({"message": text}).to_string();
    format!(
        "POST /v2/businesses/{}/chats/message?chatId={chat} HTTP/1.1\r\nhost: x\r\napi-key: {}\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        sandbox.business_id(),
        sandbox.api_key(),
        body.len()
    )
}

/// The texts that the shop has written in a chat.
pub fn shop_texts(sandbox: &Sandbox, chat: i64) -> Vec<String> {
    let record = sandbox.record();
    let chat = record.chats.iter().find(|found| found.chat.chat_id == chat).expect("the chat");
    let own = chat.messages.iter().filter(|entry| entry.message.sender == ymchat::Sender::Partner);
    own.filter_map(|entry| entry.message.message.clone()).collect()
}

/// An empty sandbox with one chat in it.
pub fn one_chat(builder: ymchat_sandbox::Builder) -> (Sandbox, i64) {
    let sandbox = builder.seeded(false).start().expect("to start");
    let chat = ymchat_sandbox::NewChat::about_order(77, "Здравствуйте");
    let chat = sandbox.start_chat(chat).expect("a chat");
    (sandbox, chat)
}
