//! `ymchat receive`.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use clap::Args;
use ymchat::NotificationOptions;

use crate::failure::Failure;
use crate::program::Program;
use crate::receiver::{self, Sender};
use crate::sentences::failures;

const EXAMPLES: &str = "\
Examples:
  ymchat receive --port 8080 --address-header X-Real-IP
  ymchat receive --port 8080 | while read -r line; do ymchat sync --state shop.state; done

It speaks http, and belongs behind a proxy of this computer that speaks https. Each line is the document of
`parse_notification`. A notification is answered with 200 when its line was written, and with 500 where it cannot
be: the Market then sends it again. A PING is answered and not printed.";

/// Where to listen, and who may send.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Options {
    /// The port; 0 for any free one, which is named on stderr
    #[arg(long, value_name = "PORT")]
    port: u16,
    /// The address of this computer to listen on
    #[arg(long, value_name = "ADDRESS", default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    listen: IpAddr,
    /// The header in which the proxy says who has called; others than the Market are refused then
    #[arg(long, value_name = "NAME")]
    address_header: Option<String>,
    /// Networks or addresses to take notifications from, in place of the Market's; may be repeated
    #[arg(long, value_name = "NETWORK")]
    allow_from: Vec<String>,
    /// The name of your program in the answers
    #[arg(long, value_name = "NAME", default_value = "ymchat")]
    name: String,
}

/// Takes notifications until Ctrl-C.
pub fn run(program: &mut Program, options: &Options) -> Result<(), Failure> {
    let sender = match (&options.address_header, options.listen.is_loopback()) {
        (Some(header), _) => Sender::Header(header.clone()),
        (None, false) => Sender::Peer,
        (None, true) if options.allow_from.is_empty() => Sender::Anybody,
        (None, true) => {
            return Err(Failure::Local(failures::caller_is_the_proxy()));
        }
    };
    let mut reply = NotificationOptions::new().name(options.name.clone());
    if !options.allow_from.is_empty() {
        reply = reply.allow_from(options.allow_from.iter().cloned());
    }
    let place = SocketAddr::new(options.listen, options.port);
    receiver::serve(program, place, sender, reply)
}
