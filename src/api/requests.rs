//! From arguments to a request: path, query and body, as the API's page shows them.

use http::HeaderValue;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use super::options::{CampaignsOptions, ChatsOptions, HistoryOptions};
use super::{check, multipart, operations};
use crate::fields::Refusal;
use crate::pipeline::{Operation, Request, RequestContent};
use crate::sentences::{arguments as words, errors};

/// The longest page token, percent-encoded: the crate `http` takes paths of 64 KiB.
const MAX_PAGE_TOKEN: usize = 60_000;

/// A path and its query need not grow to this length.
const PATH_CAPACITY: usize = 128;

/// A page token may hold any character; RFC 3986 leaves these as they are.
const QUERY_VALUE: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

fn of_business(operation: &'static Operation, business: i64) -> Request<'static> {
    // `{businessId}` is the only parameter of a path.
    let (before, rest) = operation.path.split_once('{').unwrap_or((operation.path, ""));
    let (_, after) = rest.split_once('}').unwrap_or_default();
    let mut path = String::with_capacity(PATH_CAPACITY);
    for part in [before, &business.to_string(), after] {
        path.push_str(part);
    }
    Request::new(operation, path)
}

fn with_page(
    mut request: Request<'static>,
    limit: Option<u64>,
    token: Option<&str>,
) -> Result<Request<'static>, Refusal> {
    if let Some(limit) = limit {
        request = request.with_query("limit", limit);
    }
    let Some(token) = token else { return Ok(request) };
    let encoded = utf8_percent_encode(token, QUERY_VALUE);
    let length: usize = encoded.clone().map(str::len).sum();
    if length > MAX_PAGE_TOKEN {
        return Err(words::page_token_too_long(length, MAX_PAGE_TOKEN));
    }
    Ok(request.with_query("pageToken", encoded))
}

pub(crate) fn get_chats(
    business: i64,
    options: &ChatsOptions,
) -> Result<Request<'static>, Refusal> {
    options.check()?;
    let request = of_business(&operations::GET_CHATS, business);
    let request = with_page(request, options.limit, options.page_token.as_deref())?;
    Ok(request.with_json(&Value::Object(options.filters.clone())))
}

pub(crate) fn get_chat(business: i64, chat_id: i64) -> Result<Request<'static>, Refusal> {
    check::id("chatId", chat_id)?;
    Ok(of_business(&operations::GET_CHAT, business).with_query("chatId", chat_id))
}

pub(crate) fn get_chat_history(
    business: i64,
    chat_id: i64,
    options: &HistoryOptions,
) -> Result<Request<'static>, Refusal> {
    check::id("chatId", chat_id)?;
    options.check()?;
    let request =
        of_business(&operations::GET_CHAT_HISTORY, business).with_query("chatId", chat_id);
    let request = with_page(request, options.limit, options.page_token.as_deref())?;
    Ok(request.with_json(&match options.message_id_from {
        Some(id) => json!({"messageIdFrom": id}),
        None => json!({}),
    }))
}

pub(crate) fn get_chat_message(
    business: i64,
    chat_id: i64,
    message_id: i64,
) -> Result<Request<'static>, Refusal> {
    check::id("chatId", chat_id)?;
    check::id("messageId", message_id)?;
    Ok(of_business(&operations::GET_CHAT_MESSAGE, business)
        .with_query("chatId", chat_id)
        .with_query("messageId", message_id))
}

pub(crate) fn send_message(
    business: i64,
    chat_id: i64,
    text: &str,
) -> Result<Request<'static>, Refusal> {
    check::id("chatId", chat_id)?;
    check::message(text)?;
    Ok(of_business(&operations::SEND_MESSAGE_TO_CHAT, business)
        .with_query("chatId", chat_id)
        .with_json(&json!({"message": text})))
}

/// The request lends `data`: it is not copied.
pub(crate) fn send_file<'a>(
    business: i64,
    chat_id: i64,
    file_name: &str,
    data: &'a [u8],
    random: u128,
) -> Result<Request<'a>, Refusal> {
    check::id("chatId", chat_id)?;
    check::file(file_name, data.len())?;
    // 128 random bits: no file holds them by chance.
    let boundary = format!("ymchat-{random:032x}");
    let media_type = HeaderValue::try_from(format!("multipart/form-data; boundary={boundary}"))
        .map_err(|error| errors::verbatim(&error.to_string()))?;
    Ok(of_business(&operations::SEND_FILE_TO_CHAT, business)
        .with_query("chatId", chat_id)
        .with_content(RequestContent {
            media_type,
            start: multipart::start(&boundary, file_name),
            lent: data,
            end: multipart::end(&boundary),
        }))
}

pub(crate) fn create_chat(
    business: i64,
    context_type: &str,
    id: i64,
) -> Result<Request<'static>, Refusal> {
    check::context_type(context_type)?;
    check::id("contextId", id)?;
    Ok(of_business(&operations::CREATE_CHAT, business)
        .with_json(&json!({"context": {"type": context_type, "id": id}})))
}

pub(crate) fn get_campaigns(options: &CampaignsOptions) -> Result<Request<'static>, Refusal> {
    options.check()?;
    let operation = &operations::GET_CAMPAIGNS;
    let request = Request::new(operation, operation.path.to_owned());
    with_page(request, options.limit, options.page_token.as_deref())
}

pub(crate) fn get_token_info() -> Request<'static> {
    let operation = &operations::GET_AUTH_TOKEN_INFO;
    Request::new(operation, operation.path.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body<'a>(request: &'a Request<'_>) -> &'a str {
        let content = request.content.as_ref().unwrap();
        assert_eq!(content.media_type, "application/json");
        std::str::from_utf8(&content.start).unwrap()
    }

    #[test]
    fn tokens_are_percent_encoded() {
        let options =
            HistoryOptions::new().limit(100).page_token("a+/=&?#% é\"").message_id_from(7);
        let request = get_chat_history(5, 9_007_199_254_740_993, &options).unwrap();
        assert_eq!(
            request.path,
            "/v2/businesses/5/chats/history?chatId=9007199254740993&limit=100\
             &pageToken=a%2B%2F%3D%26%3F%23%25%20%C3%A9%22"
        );
        assert_eq!(body(&request), r#"{"messageIdFrom":7}"#);
    }

    #[test]
    fn the_first_page_has_no_query_of_its_own() {
        let request = get_chats(5, &ChatsOptions::new()).unwrap();
        assert_eq!(request.path, "/v2/businesses/5/chats");
        assert_eq!(body(&request), "{}");
    }

    #[test]
    fn the_body_of_create_chat_is_that_of_the_page() {
        let request = create_chat(5, "RETURN", 12).unwrap();
        let body: Value = serde_json::from_str(body(&request)).unwrap();
        assert_eq!(body, json!({"context": {"type": "RETURN", "id": 12}}));
    }
}
