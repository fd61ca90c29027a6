//! What the methods do.

use time::OffsetDateTime;
use ymchat::{RawClient, check_message_json, json_quote, parse_notification_json};

use crate::arguments::{Arguments, Content, Since};
use crate::failure::Failure;
use crate::files;
use crate::json;
use crate::mistake::Mistake;
use crate::table::Action;
use crate::value::{Answer, Date};

/// Makes a call that needs nothing of the object but its client.
pub(crate) fn make(
    action: Action,
    client: Option<&RawClient>,
    given: &Arguments<'_>,
) -> Result<Answer, Failure> {
    let client = || client.ok_or(Failure::Mistake(Mistake::NotOpen));
    let answer = match action {
        // Those are the object's own.
        Action::Open | Action::Close | Action::Cancel => Answer::Nothing,
        Action::Version => env!("CARGO_PKG_VERSION").to_owned().into(),
        Action::Stats => client()?.stats().into(),
        Action::GetCampaigns => client()?.get_campaigns(given.text(0)?)?.into(),
        Action::GetTokenInfo => client()?.get_token_info()?.into(),
        Action::GetChats => client()?.get_chats(given.text(0)?)?.into(),
        Action::GetAllChats => client()?.get_all_chats(given.text(0)?)?.into(),
        Action::GetChat => client()?.get_chat(given.id(0)?)?.into(),
        Action::GetChatHistory => client()?.get_chat_history(given.id(0)?, given.text(1)?)?.into(),
        Action::GetMessagesSince => {
            client()?.get_messages_since(given.id(0)?, given.id(1)?, given.text(2)?)?.into()
        }
        Action::GetChatMessage => client()?.get_chat_message(given.id(0)?, given.id(1)?)?.into(),
        Action::Sync => sync(client()?, &given.since(0)?, given.text(1)?)?,
        Action::PrepareSend => client()?.prepare_send(given.id(0)?, given.text(1)?)?.into(),
        Action::SendMessage => {
            client()?.send_message(given.id(0)?, given.text(1)?, given.text(2)?)?.into()
        }
        Action::SendFile => files::send(
            client()?,
            given.id(0)?,
            &given.content(1)?,
            given.text(2)?,
            given.text(3)?,
        )?,
        Action::CreateChat => client()?.create_chat(given.text(0)?, given.id(1)?)?.into(),
        Action::CheckMessage => check_message_json(given.text(0)?, given.text(1)?)?.into(),
        Action::ParseNotification => {
            let body = match given.content(0)? {
                Content::Text(text) => text.as_bytes(),
                Content::Binary(bytes) => bytes,
            };
            parse_notification_json(body, given.text(1)?)?.into()
        }
        Action::DownloadFile => {
            client()?.download_file(given.text(0)?, given.text(1)?, given.text(2)?)?.into()
        }
        Action::GetFile => files::get(client()?, given.text(0)?, given.text(1)?)?,
    };
    Ok(answer)
}

fn sync(client: &RawClient, since: &Since<'_>, options: &str) -> Result<Answer, Failure> {
    match since {
        Since::Token(token) => Ok(client.sync(token, options)?.into()),
        Since::Date(date) => {
            let start = json_quote(&rfc3339(*date).ok_or(Mistake::NotADate)?);
            let options = if options.is_empty() { "{}" } else { options };
            // What is no object is refused by the library, which says why; "start" twice, too.
            let merged = json::members(options).map(|own| {
                let own = own.iter().map(|(key, value)| (key.as_str(), value.as_str()));
                json::object(own.chain([("start", start.as_str())]))
            });
            Ok(client.sync("", merged.as_deref().unwrap_or(options))?.into())
        }
    }
}

/// Such as `2026-11-20T07:00:00Z`.
fn rfc3339(date: Date) -> Option<String> {
    let at = OffsetDateTime::from_unix_timestamp(date.unix_seconds).ok()?;
    let (year, month, day) = at.to_calendar_date();
    let (hour, minute, second) = at.to_hms();
    Some(format!("{year:04}-{:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z", u8::from(month)))
}
