//! From arguments to a request: path, query and body, as the API's page shows them.

use std::borrow::Cow;
use std::fmt::Write;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use super::options::{CampaignsOptions, ChatsOptions, HistoryOptions};
use super::{check, multipart, operations};
use crate::fields::Refusal;
use crate::pipeline::{Operation, Request};

/// A page token may hold any character; RFC 3986 leaves these as they are.
const QUERY_VALUE: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A request that owns its text.
#[derive(Debug)]
pub(crate) struct Built {
    operation: &'static Operation,
    post: bool,
    path: String,
    content_type: Option<Cow<'static, str>>,
    body: Option<Vec<u8>>,
}

impl Built {
    fn get(operation: &'static Operation, path: String) -> Self {
        Built { operation, post: false, path, content_type: None, body: None }
    }

    fn post(operation: &'static Operation, path: String, body: &Value) -> Self {
        Built {
            operation,
            post: true,
            path,
            content_type: Some("application/json".into()),
            body: Some(body.to_string().into_bytes()),
        }
    }

    pub(crate) fn as_request(&self) -> Request<'_> {
        Request {
            operation: self.operation,
            post: self.post,
            path: &self.path,
            content_type: self.content_type.as_deref(),
            body: self.body.as_deref(),
        }
    }
}

/// Adds `name=value` to a path, after `?` or `&`.
fn add(path: &mut String, name: &str, value: impl std::fmt::Display) {
    let separator = if path.contains('?') { '&' } else { '?' };
    // Writing to a string cannot fail.
    let _ = write!(path, "{separator}{name}={value}");
}

fn add_page(path: &mut String, limit: Option<u64>, token: Option<&str>) {
    if let Some(limit) = limit {
        add(path, "limit", limit);
    }
    if let Some(token) = token {
        add(path, "pageToken", utf8_percent_encode(token, QUERY_VALUE));
    }
}

pub(crate) fn get_chats(business: i64, options: &ChatsOptions) -> Result<Built, Refusal> {
    options.check()?;
    let mut path = format!("/v2/businesses/{business}/chats");
    add_page(&mut path, options.limit, options.page_token.as_deref());
    Ok(Built::post(&operations::GET_CHATS, path, &Value::Object(options.filters.clone())))
}

pub(crate) fn get_chat(business: i64, chat_id: i64) -> Result<Built, Refusal> {
    check::id("chatId", chat_id)?;
    let path = format!("/v2/businesses/{business}/chat?chatId={chat_id}");
    Ok(Built::get(&operations::GET_CHAT, path))
}

pub(crate) fn get_chat_history(
    business: i64,
    chat_id: i64,
    options: &HistoryOptions,
) -> Result<Built, Refusal> {
    check::id("chatId", chat_id)?;
    options.check()?;
    let mut path = format!("/v2/businesses/{business}/chats/history?chatId={chat_id}");
    add_page(&mut path, options.limit, options.page_token.as_deref());
    let body = match options.message_id_from {
        Some(id) => json!({"messageIdFrom": id}),
        None => json!({}),
    };
    Ok(Built::post(&operations::GET_CHAT_HISTORY, path, &body))
}

pub(crate) fn get_chat_message(
    business: i64,
    chat_id: i64,
    message_id: i64,
) -> Result<Built, Refusal> {
    check::id("chatId", chat_id)?;
    check::id("messageId", message_id)?;
    let path =
        format!("/v2/businesses/{business}/chats/message?chatId={chat_id}&messageId={message_id}");
    Ok(Built::get(&operations::GET_CHAT_MESSAGE, path))
}

pub(crate) fn send_message(business: i64, chat_id: i64, text: &str) -> Result<Built, Refusal> {
    check::id("chatId", chat_id)?;
    check::message(text)?;
    let path = format!("/v2/businesses/{business}/chats/message?chatId={chat_id}");
    Ok(Built::post(&operations::SEND_MESSAGE_TO_CHAT, path, &json!({"message": text})))
}

pub(crate) fn send_file(
    business: i64,
    chat_id: i64,
    file_name: &str,
    data: &[u8],
    random: u128,
) -> Result<Built, Refusal> {
    check::id("chatId", chat_id)?;
    check::file(file_name, data.len())?;
    // 128 random bits: no file holds them by chance.
    let boundary = format!("ymchat-{random:032x}");
    Ok(Built {
        operation: &operations::SEND_FILE_TO_CHAT,
        post: true,
        path: format!("/v2/businesses/{business}/chats/file/send?chatId={chat_id}"),
        content_type: Some(format!("multipart/form-data; boundary={boundary}").into()),
        body: Some(multipart::body(&boundary, file_name, data)),
    })
}

pub(crate) fn create_chat(business: i64, context_type: &str, id: i64) -> Result<Built, Refusal> {
    check::context_type(context_type)?;
    check::id("contextId", id)?;
    let path = format!("/v2/businesses/{business}/chats/new");
    let body = json!({"context": {"type": context_type, "id": id}});
    Ok(Built::post(&operations::CREATE_CHAT, path, &body))
}

pub(crate) fn get_campaigns(options: &CampaignsOptions) -> Result<Built, Refusal> {
    options.check()?;
    let mut path = "/v2/campaigns".to_owned();
    add_page(&mut path, options.limit, options.page_token.as_deref());
    Ok(Built::get(&operations::GET_CAMPAIGNS, path))
}

pub(crate) fn get_token_info() -> Built {
    Built {
        operation: &operations::GET_AUTH_TOKEN_INFO,
        post: true,
        path: "/v2/auth/token".into(),
        content_type: None,
        body: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_percent_encoded() {
        let options =
            HistoryOptions::new().limit(100).page_token("a+/=&?#% é\"").message_id_from(7);
        let built = get_chat_history(5, 9_007_199_254_740_993, &options).unwrap();
        assert_eq!(
            built.path,
            "/v2/businesses/5/chats/history?chatId=9007199254740993&limit=100\
             &pageToken=a%2B%2F%3D%26%3F%23%25%20%C3%A9%22"
        );
        assert_eq!(built.body.as_deref(), Some(&br#"{"messageIdFrom":7}"#[..]));
    }

    #[test]
    fn the_first_page_has_no_query_of_its_own() {
        let built = get_chats(5, &ChatsOptions::new()).unwrap();
        assert_eq!((built.path.as_str(), built.post), ("/v2/businesses/5/chats", true));
        assert_eq!(built.body.as_deref(), Some(&b"{}"[..]));
    }

    #[test]
    fn the_body_of_create_chat_is_that_of_the_page() {
        let built = create_chat(5, "RETURN", 12).unwrap();
        let body: Value = serde_json::from_slice(&built.body.unwrap()).unwrap();
        assert_eq!(body, json!({"context": {"type": "RETURN", "id": 12}}));
    }
}
