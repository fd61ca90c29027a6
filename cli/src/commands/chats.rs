//! `ymchat chats`.

use clap::Args;
use serde_json::{Map, Value, json};
use ymchat::{Chat, ChatsResult};

use crate::conversation::{about, customer};
use crate::failure::Failure;
use crate::program::{Program, read};
use crate::sentences::{notes, results};
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
    let waiting = program.spinner(&notes::reading_chats());
    let answer = client.raw().get_all_chats(&options.document().to_string());
    waiting.finish_and_clear();
    let answer = answer?;
    if program.json {
        return program.output.document(answer.as_bytes());
    }
    let mut chats = read::<ChatsResult>(answer.as_bytes())?.chats;
    if chats.is_empty() {
        return program.print(&results::no_chats());
    }
    let moment = |chat: &Chat| chat.updated_at.as_ref().and_then(ymchat::DateTime::to_system_time);
    chats.sort_by_key(|chat| std::cmp::Reverse((moment(chat), chat.chat_id)));
    let titles = [
        results::column_chat(),
        results::column_status(),
        results::column_about(),
        results::column_customer(),
        results::column_last_message(),
    ];
    let titles = titles.each_ref().map(|title| title.in_language(program.language));
    // Customer, what it is about, status: in this order they are cut on a narrow terminal.
    let mut table = Table::new(titles, &[3, 2, 1]);
    for chat in &chats {
        let status = chat.status.as_ref().map_or("", ymchat::ChatStatus::as_str);
        let updated = chat.updated_at.as_ref().map(text::date_and_time).unwrap_or_default();
        table.row([
            chat.chat_id.to_string(),
            text::one_line(status),
            about(chat, program.language),
            customer(chat),
            updated,
        ]);
    }
    table.print(&mut program.output)
}
