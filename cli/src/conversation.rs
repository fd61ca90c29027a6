//! Messages for people.

use console::Style;
use ymchat::{Chat, ChatMessage, ChatType, ContextType, Language, Sender};

use crate::failure::Failure;
use crate::output::Output;
use crate::sentences::{Sentence, counted, results};
use crate::text;

/// What a chat is about, for a person; empty where nothing is known.
pub fn about(chat: &Chat, language: Language) -> String {
    let what = chat.context.as_ref().map(|context| match &context.context_type {
        ContextType::Order => {
            context.order_id.map_or_else(results::about_an_order, results::about_order)
        }
        ContextType::Return => {
            context.return_id.map_or_else(results::about_a_return, results::about_return)
        }
        ContextType::Direct => results::direct(),
        other => results::named(&text::one_line(other.as_str())),
    });
    let said = match (&chat.chat_type, what) {
        (Some(ChatType::Arbitrage), Some(what)) => results::dispute_about(&what),
        (Some(ChatType::Arbitrage), None) => results::dispute(),
        (_, Some(what)) => what,
        (_, None) => return String::new(),
    };
    said.in_language(language).to_owned()
}

/// The customer's name, in one line; empty where there is none.
pub fn customer(chat: &Chat) -> String {
    let customer = chat.context.as_ref().and_then(|context| context.customer.as_ref());
    customer.and_then(|customer| customer.name.as_deref()).map(text::one_line).unwrap_or_default()
}

/// A line above the messages of a chat.
pub fn heading(chat: &Chat, language: Language) -> String {
    let status = chat.status.as_ref().map(|status| text::one_line(status.as_str()));
    let parts = [Some(about(chat, language)), Some(customer(chat)), status];
    let parts: Vec<String> = parts.into_iter().flatten().filter(|part| !part.is_empty()).collect();
    let chat = results::chat(chat.chat_id);
    let line = format!("{}: {}", chat.in_language(language), parts.join(", "));
    Style::new().bold().apply_to(line.trim_end_matches(": ")).to_string()
}

/// Prints a message: who, when and its id, then the text, indented, and the files.
pub fn print(
    output: &mut Output,
    message: &ChatMessage,
    language: Language,
) -> Result<(), Failure> {
    let (who, style) = match &message.sender {
        Sender::Partner => (results::shop(), Style::new().cyan()),
        Sender::Customer => (results::customer(), Style::new().green()),
        Sender::Market => (results::market(), Style::new().dim()),
        Sender::Support => (results::support(), Style::new().yellow()),
        other => (results::named(&text::one_line(other.as_str())), Style::new()),
    };
    let (who, at) = (who.in_language(language), text::date_and_time(&message.created_at));
    let id = message.message_id;
    output.line(&style.apply_to(format!("{at}  {who}  {id}")).to_string())?;
    for line in message.message.as_deref().map(text::printable).unwrap_or_default().lines() {
        output.line(&format!("  {line}"))?;
    }
    for file in &message.payload {
        let name = text::one_line(&file.name);
        let said: Sentence = match file.size.and_then(|size| u64::try_from(size).ok()) {
            Some(size) => results::file_with_size(&name, &counted::bytes(size)),
            None => results::file(&name),
        };
        let url = text::one_line(&file.url);
        output.line(&format!("  {}\n  {url}", said.in_language(language)))?;
    }
    Ok(())
}
