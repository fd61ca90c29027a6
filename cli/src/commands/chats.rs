//! `ymchat chats`.

use clap::Args;
use serde_json::{Map, Value, json};
use ymchat::{Chat, ChatsResult, ContextType};

use crate::failure::Failure;
use crate::program::{Program, read};
use crate::table::Table;
use crate::text;

const EXAMPLES: &str = "\
Examples:
  ymchat chats --waiting
  ymchat chats --status WAITING_FOR_ARBITER --type ARBITRAGE
  ymchat chats --order 52310447118
  ymchat --json chats | python3 -m json.tool";

/// Which chats.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Options {
    /// Those that wait for the shop: NEW and WAITING_FOR_PARTNER
    #[arg(long, conflicts_with = "status")]
    waiting: bool,
    /// Those with this status; may be repeated
    #[arg(long, value_name = "STATUS", ignore_case = true, value_parser = [
        "NEW", "WAITING_FOR_CUSTOMER", "WAITING_FOR_PARTNER", "WAITING_FOR_ARBITER",
        "WAITING_FOR_MARKET", "FINISHED"])]
    status: Vec<String>,
    /// Chats or disputes alone
    #[arg(long = "type", value_name = "TYPE", ignore_case = true,
          value_parser = ["CHAT", "ARBITRAGE"])]
    types: Vec<String>,
    /// Those about orders, about returns, or started by customers; may be repeated
    #[arg(long, value_name = "CONTEXT", ignore_case = true,
          value_parser = ["ORDER", "RETURN", "DIRECT"])]
    about: Vec<String>,
    /// Those about this order; may be repeated
    #[arg(long, value_name = "ID")]
    order: Vec<i64>,
    /// Those about this return; may be repeated
    #[arg(long = "return", value_name = "ID")]
    returns: Vec<i64>,
}

impl Options {
    fn document(&self) -> Value {
        let capitals = |values: &[String]| -> Value {
            values.iter().map(|value| value.to_ascii_uppercase()).collect()
        };
        let mut document = Map::new();
        let mut add = |name: &str, values: Value| {
            if values.as_array().is_some_and(|values| !values.is_empty()) {
                document.insert(name.to_owned(), values);
            }
        };
        add(
            "statuses",
            match self.waiting {
                true => json!(["NEW", "WAITING_FOR_PARTNER"]),
                false => capitals(&self.status),
            },
        );
        add("types", capitals(&self.types));
        add("contextTypes", capitals(&self.about));
        let context = |kind: &'static str| move |id: &i64| json!({"type": kind, "id": id});
        let orders = self.order.iter().map(context("ORDER"));
        add("contexts", orders.chain(self.returns.iter().map(context("RETURN"))).collect());
        document.into()
    }
}

/// Prints all chats that were asked for, the one with the newest message first.
pub fn run(program: &mut Program, options: &Options) -> Result<(), Failure> {
    let client = program.client()?;
    let waiting = program.spinner("reading chats");
    let answer = client.raw().get_all_chats(&options.document().to_string());
    waiting.finish_and_clear();
    let answer = answer?;
    if program.json {
        return program.output.document(answer.as_bytes());
    }
    let mut chats = read::<ChatsResult>(answer.as_bytes())?.chats;
    if chats.is_empty() {
        return program.output.line("No chats.");
    }
    let moment = |chat: &Chat| chat.updated_at.as_ref().and_then(ymchat::DateTime::to_system_time);
    chats.sort_by_key(|chat| std::cmp::Reverse((moment(chat), chat.chat_id)));
    let mut table = Table::new(["CHAT", "STATUS", "ABOUT", "CUSTOMER", "LAST MESSAGE"]);
    for chat in &chats {
        let status = chat.status.as_ref().map_or("", ymchat::ChatStatus::as_str);
        let customer = chat.context.as_ref().and_then(|context| context.customer.as_ref());
        let customer = customer.and_then(|customer| customer.name.as_deref()).unwrap_or_default();
        let updated = chat.updated_at.as_ref().map(text::moment).unwrap_or_default();
        table.row([
            chat.chat_id.to_string(),
            text::one_line(status),
            about(chat),
            text::one_line(customer),
            updated,
        ]);
    }
    table.print(&mut program.output)
}

/// What a chat is about, for a person.
pub fn about(chat: &Chat) -> String {
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
