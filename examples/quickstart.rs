//! A whole conversation with a customer.
//!
//! ```text
//! cargo run --example quickstart                        a simulated Market, in this process
//! YMCHAT_API_KEY=… YMCHAT_BUSINESS_ID=… \
//!     cargo run --example quickstart                    the real one; nothing is sent
//!     cargo run --example quickstart -- --send CHAT_ID TEXT     … but this
//! ```
//!
//! The same program exists in C, C++, Python, Pascal and C#: `quickstart.c`, `quickstart.cpp`,
//! `quickstart.py`, `quickstart.pas`, `quickstart.cs`. All of them print `quickstart.txt`, byte by byte, which tests see to
//! (`YMCHAT_BLESS=1 cargo test` rewrites it), so all keep to this:
//!
//! # Arguments
//!
//! The environment: `YMCHAT_API_KEY`, `YMCHAT_BUSINESS_ID`, and optionally `YMCHAT_BASE_URL`.
//! The arguments: none; `--send CHAT_ID TEXT`; or `--simulated`, which says that
//! `YMCHAT_BASE_URL` is a `ymchat-sandbox --auto-reply on` of its own and has the whole
//! conversation held with it (with `--big-ids on`, too, the ids are those of the transcript). `--simulated` is refused for a base URL that does not begin with
//! `http://127.0.0.1:`, so that no real customer gets these texts. This program alone starts a
//! simulated Market by itself, where neither of the two variables is set.
//!
//! Anything wrong is said on stderr, beginning with `quickstart: `; the exit code is 1, or 2 for
//! wrong arguments.
//!
//! # Steps and transcript
//!
//! Lines end with LF, are UTF-8, and show neither times nor addresses. A *message* is written
//! `WHO: TEXT`, WHO being `Shop` (PARTNER), `Customer`, `Market`, `Support`, or the API's own
//! word for a sender that is not known. Line feeds in TEXT become ` / `. Each file of the message
//! (null items of `payload` are skipped) follows as ` [file: NAME, SIZE bytes]`, or
//! ` [file: NAME]` where there is no size; without a text the space before `[` is that after the
//! colon. A *chat* is written `chat ID, NAME, ABOUT`: NAME is the customer's, or `a customer`;
//! ABOUT is `about order ORDERID`, `about return RETURNID`, `a question about no order`
//! (DIRECT), `about` and the API's own word, or `about nothing known` without a `context`. Ids are
//! printed exactly, beyond 2^53, too.
//!
//! 1. `get_all_chats` with the statuses NEW and WAITING_FOR_PARTNER, sorted by chat id. For the
//!    first ten of them `get_messages_since` 0:
//!
//!    ```text
//!    Chats of business BUSINESSID that wait for the shop: COUNT
//!      CHAT
//!        MESSAGE                       (the newest; nothing where the chat is empty)
//!    (an empty line)
//!    ```
//!
//! 2. The chat with the most messages, of several the first. Its history page by page, with
//!    `get_chat_history`, `limit` 100 and the page token. Where no chat waits: `Nobody waits for
//!    an answer.` and an empty line instead of this step.
//!
//!    ```text
//!    The longest conversation: CHAT
//!      page 1: 100 messages
//!      page 2: 100 messages
//!      page 3: 61 messages
//!      The last three:                (sorted by message id; fewer where there are fewer)
//!        MESSAGE
//!        MESSAGE
//!        MESSAGE
//!    (an empty line)
//!    ```
//!
//! 3. Without `--send` and `--simulated` the end is `Nothing was sent. To answer: --send CHAT_ID
//!    TEXT` and a line feed. With `--send` the chat is the one that was named; what is known of
//!    it is the newest message of `get_messages_since` 0. Otherwise it is the one of step 2. With
//!    `send_message`, `afterMessageId` (left out for an empty chat) and `returnMessageId` true:
//!
//!    ```text
//!    The shop answers in chat ID:
//!      Shop: TEXT
//!      OUTCOME, message MESSAGEID     (`OUTCOME` alone where the id is not known)
//!    (an empty line)
//!    ```
//!
//! 4. With `--simulated` alone `send_file`, with `afterMessageId` as before:
//!
//!    ```text
//!    The shop sends a picture:
//!      Shop: [file: сахарница.png, 71 bytes]
//!      OUTCOME, message MESSAGEID
//!    (an empty line)
//!    ```
//!
//! 5. `get_messages_since` the newest message that was known before step 3, at most ten times,
//!    a second apart, until a message of the CUSTOMER is among them:
//!
//!    ```text
//!    New in chat ID:
//!      MESSAGE                        (all of them)
//!      The customer has not answered yet.     (where that is so)
//!    ```

use std::env;
use std::process::ExitCode;
use std::thread;
use std::time::Duration;

use ymchat::{
    Chat, ChatMessage, ChatStatus, ChatsOptions, Client, ContextType, Error, HistoryOptions,
    MessagesOptions, SendOptions, SendOutcome, SendResult, Sender,
};
use ymchat_sandbox::Sandbox;

const ANSWER: &str = "Здравствуйте, Екатерина! Сахар тоже входит: 200 г. Вот сахарница 👇";
const PICTURE_NAME: &str = "сахарница.png";

/// A picture of 4 × 4 pixels.
const PICTURE: [u8; 71] = [
    0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0x00, 0x00, 0x00, 0x0d, 0x49, 0x48, 0x44, 0x52,
    0x00, 0x00, 0x00, 0x04, 0x00, 0x00, 0x00, 0x04, 0x01, 0x00, 0x00, 0x00, 0x00, 0x81, 0x8a, 0xa3,
    0xd3, 0x00, 0x00, 0x00, 0x0e, 0x49, 0x44, 0x41, 0x54, 0x78, 0xda, 0x63, 0x48, 0x60, 0xf8, 0x00,
    0x84, 0x09, 0x00, 0x0a, 0x88, 0x02, 0xa1, 0x42, 0x05, 0x3d, 0xdb, 0x00, 0x00, 0x00, 0x00, 0x49,
    0x45, 0x4e, 0x44, 0xae, 0x42, 0x60, 0x82,
];

enum Task<'a> {
    Read,
    Send { chat_id: i64, text: &'a str },
    Converse,
}

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let task = match *arguments.as_slice() {
        [] => Some(Task::Read),
        ["--simulated"] => Some(Task::Converse),
        ["--send", id, text] => id.parse().ok().map(|chat_id| Task::Send { chat_id, text }),
        _ => None,
    };
    let Some(task) = task else {
        eprintln!("quickstart: the arguments are: [--send CHAT_ID TEXT | --simulated]");
        return ExitCode::from(2);
    };
    match run(task) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("quickstart: {message}");
            ExitCode::FAILURE
        }
    }
}

fn run(task: Task) -> Result<(), String> {
    let key = env::var("YMCHAT_API_KEY").ok();
    let business = env::var("YMCHAT_BUSINESS_ID").ok();
    let (Some(key), Some(business)) = (&key, &business) else {
        if key.is_some() || business.is_some() || !matches!(task, Task::Read) {
            return Err("YMCHAT_API_KEY and YMCHAT_BUSINESS_ID are both needed".into());
        }
        let market =
            Sandbox::builder().auto_reply(true).big_ids(true).start().map_err(|e| e.to_string())?;
        let business = market.business_id();
        let client = open(market.api_key(), business, Some(market.base_url()));
        return client
            .and_then(|client| talk(&client, business, &Task::Converse))
            .map_err(|error| error.to_string());
    };
    let business: i64 = business.parse().map_err(|_| "YMCHAT_BUSINESS_ID is not a number")?;
    let base_url = env::var("YMCHAT_BASE_URL").ok();
    let here = base_url.as_deref().is_some_and(|url| url.starts_with("http://127.0.0.1:"));
    if matches!(task, Task::Converse) && !here {
        return Err("--simulated needs a YMCHAT_BASE_URL that begins with http://127.0.0.1:".into());
    }
    open(key, business, base_url.as_deref())
        .and_then(|client| talk(&client, business, &task))
        .map_err(|error| error.to_string())
}

fn open(key: &str, business: i64, base_url: Option<&str>) -> Result<Client, Error> {
    let mut builder = Client::builder().api_key(key).business_id(business);
    if let Some(url) = base_url {
        builder = builder.base_url(url);
    }
    builder.integration("ymchat-quickstart/1.0").build()
}

fn talk(client: &Client, business: i64, task: &Task) -> Result<(), Error> {
    let longest = show_waiting(client, business)?;
    if let Some((chat, _)) = &longest {
        show_history(client, chat)?;
    }
    let (chat_id, known) = match (task, &longest) {
        (Task::Send { chat_id, .. }, _) => {
            let messages = client.get_messages_since(*chat_id, 0, &MessagesOptions::new())?;
            (*chat_id, newest(&messages))
        }
        (Task::Converse, Some((chat, messages))) => (chat.chat_id, newest(messages)),
        _ => {
            println!("Nothing was sent. To answer: --send CHAT_ID TEXT");
            return Ok(());
        }
    };
    let mut options = SendOptions::new().return_message_id(true);
    if known > 0 {
        options = options.after_message_id(known);
    }
    let text = if let Task::Send { text, .. } = task { text } else { ANSWER };
    let sent = client.send_message_with(chat_id, text, &options)?;
    println!("The shop answers in chat {chat_id}:");
    println!("  Shop: {}", on_one_line(text));
    show_outcome(&sent);
    if let Task::Converse = task {
        let sent = client.send_file_with(chat_id, PICTURE_NAME, &PICTURE, &options)?;
        println!("The shop sends a picture:");
        println!("  Shop: [file: {PICTURE_NAME}, {} bytes]", PICTURE.len());
        show_outcome(&sent);
    }
    show_new(client, chat_id, known)
}

/// Lists the chats that wait; returns the one with the most messages, and them.
fn show_waiting(client: &Client, business: i64) -> Result<Option<(Chat, Vec<ChatMessage>)>, Error> {
    let waiting = ChatsOptions::new().statuses([ChatStatus::New, ChatStatus::WaitingForPartner]);
    let mut chats = client.get_all_chats(&waiting)?;
    chats.sort_by_key(|chat| chat.chat_id);
    println!("Chats of business {business} that wait for the shop: {}", chats.len());
    let mut longest: Option<(Chat, Vec<ChatMessage>)> = None;
    for chat in chats.into_iter().take(10) {
        println!("  {}", chat_line(&chat));
        let messages = client.get_messages_since(chat.chat_id, 0, &MessagesOptions::new())?;
        if let Some(message) = messages.last() {
            println!("    {}", message_line(message));
        }
        if longest.as_ref().is_none_or(|(_, most)| messages.len() > most.len()) {
            longest = Some((chat, messages));
        }
    }
    println!();
    if longest.is_none() {
        println!("Nobody waits for an answer.\n");
    }
    Ok(longest)
}

fn show_history(client: &Client, chat: &Chat) -> Result<(), Error> {
    println!("The longest conversation: {}", chat_line(chat));
    let mut messages = Vec::new();
    let mut options = HistoryOptions::new().limit(100);
    for number in 1.. {
        let page = client.get_chat_history(chat.chat_id, &options)?;
        println!("  page {number}: {} messages", page.messages.len());
        messages.extend(page.messages);
        match page.paging.and_then(|paging| paging.next_page_token) {
            Some(token) => options = options.page_token(token),
            None => break,
        }
    }
    // Their order is not documented.
    messages.sort_by_key(|message| message.message_id);
    println!("  The last three:");
    for message in messages.iter().skip(messages.len().saturating_sub(3)) {
        println!("    {}", message_line(message));
    }
    println!();
    Ok(())
}

fn show_outcome(sent: &SendResult) {
    let outcome = match sent.outcome {
        SendOutcome::Confirmed => "confirmed",
        _ => "sent",
    };
    match sent.message_id {
        Some(id) => println!("  {outcome}, message {id}\n"),
        None => println!("  {outcome}\n"),
    }
}

fn show_new(client: &Client, chat_id: i64, known: i64) -> Result<(), Error> {
    let mut answered = false;
    let mut messages = Vec::new();
    for turn in 0..10 {
        if turn > 0 {
            thread::sleep(Duration::from_secs(1));
        }
        messages = client.get_messages_since(chat_id, known, &MessagesOptions::new())?;
        answered = messages.iter().any(|message| message.sender == Sender::Customer);
        if answered {
            break;
        }
    }
    println!("New in chat {chat_id}:");
    for message in &messages {
        println!("  {}", message_line(message));
    }
    if !answered {
        println!("  The customer has not answered yet.");
    }
    Ok(())
}

fn newest(messages: &[ChatMessage]) -> i64 {
    messages.last().map_or(0, |message| message.message_id)
}

fn chat_line(chat: &Chat) -> String {
    let context = chat.context.as_ref();
    let name = context
        .and_then(|context| context.customer.as_ref()?.name.as_deref())
        .unwrap_or("a customer");
    let about = match context {
        Some(context) => match &context.context_type {
            ContextType::Order => format!("about order {}", context.order_id.unwrap_or(0)),
            ContextType::Return => format!("about return {}", context.return_id.unwrap_or(0)),
            ContextType::Direct => "a question about no order".to_owned(),
            other => format!("about {other}"),
        },
        None => "about nothing known".to_owned(),
    };
    format!("chat {}, {name}, {about}", chat.chat_id)
}

fn message_line(message: &ChatMessage) -> String {
    let who = match &message.sender {
        Sender::Partner => "Shop",
        Sender::Customer => "Customer",
        Sender::Market => "Market",
        Sender::Support => "Support",
        other => other.as_str(),
    };
    let mut line = format!("{who}:");
    if let Some(text) = message.message.as_deref().filter(|text| !text.is_empty()) {
        line.push(' ');
        line.push_str(&on_one_line(text));
    }
    for file in &message.payload {
        line.push_str(&format!(" [file: {}", file.name));
        if let Some(size) = file.size {
            line.push_str(&format!(", {size} bytes"));
        }
        line.push(']');
    }
    line
}

fn on_one_line(text: &str) -> String {
    text.replace('\n', " / ")
}
