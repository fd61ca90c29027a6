//! Messages for people.

use console::Style;
use ymchat::{Chat, ChatMessage, Sender};

use crate::failure::Failure;
use crate::output::Output;
use crate::text;

/// What a chat is about, for a person.
pub fn about(chat: &Chat) -> String {
    use ymchat::ContextType;
    let dispute = match &chat.chat_type {
        Some(ymchat::ChatType::Arbitrage) => "dispute, ",
        _ => "",
    };
    let Some(context) = &chat.context else { return dispute.trim_end_matches(", ").to_owned() };
    let id = |id: Option<i64>| id.map(|id| format!(" {id}")).unwrap_or_default();
    let what = match &context.context_type {
        ContextType::Order => format!("order{}", id(context.order_id)),
        ContextType::Return => format!("return{}", id(context.return_id)),
        ContextType::Direct => "direct".to_owned(),
        other => text::one_line(other.as_str()),
    };
    format!("{dispute}{what}")
}

/// The customer's name, in one line; empty where there is none.
pub fn customer(chat: &Chat) -> String {
    let customer = chat.context.as_ref().and_then(|context| context.customer.as_ref());
    customer.and_then(|customer| customer.name.as_deref()).map(text::one_line).unwrap_or_default()
}

/// A line above the messages of a chat.
pub fn heading(chat: &Chat) -> String {
    let status = chat.status.as_ref().map(|status| text::one_line(status.as_str()));
    let parts = [Some(about(chat)), Some(customer(chat)), status];
    let parts: Vec<String> = parts.into_iter().flatten().filter(|part| !part.is_empty()).collect();
    let line = format!("Chat {}: {}", chat.chat_id, parts.join(", "));
    Style::new().bold().apply_to(line.trim_end_matches(": ")).to_string()
}

/// Prints a message: who, when and its id, then the text, indented, and the files.
pub fn print(output: &mut Output, message: &ChatMessage) -> Result<(), Failure> {
    let (who, style) = match &message.sender {
        Sender::Partner => ("shop", Style::new().cyan()),
        Sender::Customer => ("customer", Style::new().green()),
        Sender::Market => ("Market", Style::new().dim()),
        Sender::Support => ("support", Style::new().yellow()),
        other => (other.as_str(), Style::new()),
    };
    let (who, at) = (text::one_line(who), text::moment(&message.created_at));
    let id = message.message_id;
    output.line(&style.apply_to(format!("{at}  {who}  {id}")).to_string())?;
    for line in message.message.as_deref().map(text::harmless).unwrap_or_default().lines() {
        output.line(&format!("  {line}"))?;
    }
    for file in &message.payload {
        let size = file.size.map(|size| format!(", {size} bytes")).unwrap_or_default();
        let (name, url) = (text::one_line(&file.name), text::one_line(&file.url));
        output.line(&format!("  file: {name}{size}\n  {url}"))?;
    }
    Ok(())
}
