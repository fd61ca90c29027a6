//! What sends of texts and of files have in common.

use clap::Args;
use serde::Deserialize;
use serde_json::{Map, Value};
use ymchat::{SendOutcome, SendResult};

use crate::failure::Failure;
use crate::program::{Program, read};
use crate::sentences::results;

/// How it is sent.
#[derive(Debug, Args)]
pub struct Sending {
    /// Send nothing: print a ticket, with which this content arrives once, whatever happens
    #[arg(long, conflicts_with_all = ["ticket", "after_message_id", "resend", "show_id"])]
    pub prepare: bool,
    /// The ticket of --prepare, or of a send whose outcome is unknown
    #[arg(long, value_name = "TICKET")]
    ticket: Option<String>,
    /// The newest message of the chat that you know: a lost send can then be proven absent
    #[arg(long, value_name = "ID", value_parser = clap::value_parser!(i64).range(1..))]
    after_message_id: Option<i64>,
    /// Whether a send that is proven to be lost is sent again
    #[arg(long, value_name = "yes|no", value_parser = ["yes", "no"])]
    resend: Option<String>,
    /// Look up the message's id; one more request
    #[arg(long)]
    show_id: bool,
}

impl Sending {
    /// The options of the library.
    pub fn document(&self) -> String {
        let mut document = Map::new();
        let mut add = |name: &str, value: Option<Value>| {
            if let Some(value) = value {
                document.insert(name.to_owned(), value);
            }
        };
        add("ticket", self.ticket.as_deref().map(Value::from));
        add("afterMessageId", self.after_message_id.map(Value::from));
        add("resend", self.resend.as_deref().map(|resend| (resend == "yes").into()));
        add("returnMessageId", self.show_id.then_some(true.into()));
        Value::Object(document).to_string()
    }

    /// Prints what `prepare_send` gave: the ticket alone, so that a script can store it.
    pub fn print_ticket(&self, program: &mut Program, json: &[u8]) -> Result<(), Failure> {
        #[derive(Deserialize)]
        struct Prepared {
            ticket: String,
        }
        if program.json {
            return program.output.document(json);
        }
        let Prepared { ticket } = read(json)?;
        program.output.line(&ticket)
    }
}

/// Prints what became of a send that has arrived.
pub fn print_sent(program: &mut Program, json: &[u8]) -> Result<(), Failure> {
    if program.json {
        return program.output.document(json);
    }
    let sent: SendResult = read(json)?;
    program.print(&match (sent.outcome, sent.message_id) {
        (SendOutcome::Confirmed, Some(id)) => results::confirmed_as(id),
        (SendOutcome::Confirmed, None) => results::confirmed(),
        (_, Some(id)) => results::sent_as(id),
        (_, None) => results::sent(),
    })
}
