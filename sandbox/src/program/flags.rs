//! The flags of the program, and the text that explains them.

use std::ffi::OsString;

use lexopt::ValueExt;
use serde_json::{Map, Value};

use crate::builder::Builder;
use crate::faults::Fault;
use crate::notifications::NotificationSettings;
use crate::operation::Operation;

/// The switches: name in the admin API (the flag is the same in kebab case), values, meaning.
const SWITCHES: [(&str, &str, &str); 16] = [
    ("historyOrder", "ascending|descending", "order of a chat's history [ascending]"),
    ("chatsOrder", "ascending|descending", "order of the list of chats, by id [ascending]"),
    ("messageIdFrom", "inclusive|exclusive", "whether the named message is included [inclusive]"),
    ("keepAlive", "on|off", "keep connections open after an answer [off]"),
    ("autoReply", "on|off", "the customer answers each message of the shop [off]"),
    ("trimTexts", "on|off", "cut spaces off both ends of sent texts [on]"),
    ("fractions", "on|off", "dates with fractions of a second [off]"),
    ("utcOffsetMinutes", "<minutes>", "offset of dates from UTC [180]"),
    ("wrongWeekday", "on|off", "X-RateLimit-Resource-Until names a wrong weekday [off]"),
    ("shopLocked", "on|off", "answer 423 [off]"),
    ("filesNeedOauth", "on|off", "files only for the OAuth token [off]"),
    ("gzip", "on|off", "compress answers where the client accepts it [off]"),
    ("emptyPages", "on|off", "an empty page with a token before each page but the first [off]"),
    ("parallelLimit", "<number>", "requests in flight for one business [4]"),
    ("latencyMs", "<ms>", "how long every request takes [0]"),
    ("bigIds", "on|off", "new chats and messages get ids beyond 2^53 [off]"),
];

const HELP: &str = "\
The simulated Market: seller chats of the Yandex Market Partner API on this computer.

usage: {called} [flags]

  --port <number>                the port of 127.0.0.1 [any free one]
  --business-id <number>         the id of the business [1003417]
  --seed <number>                what the keys and ids are made from [1]
  --seeded on|off                begin with conversations [on]
  --clock-offset-seconds <n>     how far the Market's clock is ahead; negative: behind [0]
  --quota <operation>=<number>   requests per hour, for instance getChats=3; may be repeated
  --fault <json>                 a fault, as in the admin API; may be repeated
  --notify-url <url>             where to send notifications, http://127.0.0.1:8080/ for instance
  -h, --help                     this text
";

const AFTERWORD: &str = "
The admin API under /_sandbox writes as the customer, moves the clock, makes faults and shows
what was received; `curl <address>/_sandbox` lists its calls. Ctrl-C ends the program.
";

pub(super) fn help(called: &str) -> String {
    let mut text = HELP.replace("{called}", called);
    text.push_str("\nWhat the protocol leaves open:\n\n");
    for (name, values, meaning) in SWITCHES {
        let flag = format!("--{} {values}", kebab(name));
        text.push_str(&format!("  {flag:<37} {meaning}\n"));
    }
    text.push_str("\nOperations: ");
    text.push_str(&Operation::all().map(Operation::name).collect::<Vec<_>>().join(", "));
    text.push('\n');
    text.push_str(AFTERWORD);
    text
}

/// The configured builder; `None` where help was asked for.
pub(super) fn read(
    arguments: impl IntoIterator<Item = OsString>,
) -> Result<Option<Builder>, lexopt::Error> {
    use lexopt::Arg::{Long, Short};
    let mut flags = lexopt::Parser::from_args(arguments);
    let mut builder = Builder::default();
    let mut switches = Map::new();
    while let Some(flag) = flags.next()? {
        builder = match flag {
            Short('h') | Long("help") => return Ok(None),
            Long("port") => builder.port(flags.value()?.parse()?),
            Long("business-id") => builder.business_id(flags.value()?.parse()?),
            Long("seed") => builder.seed(flags.value()?.parse()?),
            Long("seeded") => builder.seeded(flags.value()?.parse_with(on_or_off)?),
            Long("clock-offset-seconds") => builder.clock_offset_seconds(flags.value()?.parse()?),
            Long("quota") => {
                let (operation, per_hour) = flags.value()?.parse_with(quota)?;
                builder.quota(operation, per_hour)
            }
            Long("fault") => {
                let fault =
                    flags.value()?.parse_with(|text| serde_json::from_str::<Fault>(text))?;
                builder.fault(fault)
            }
            Long("notify-url") => {
                let url: String = flags.value()?.parse()?;
                builder.notifications(NotificationSettings::to(url))
            }
            Long(name) => {
                let known = SWITCHES.iter().find(|(known, ..)| kebab(known) == name);
                let Some((name, values, _)) = known else { return Err(flag.unexpected()) };
                let value = flags.value()?.parse_with(|text| switch_value(text, values))?;
                switches.insert((*name).to_owned(), value);
                builder
            }
            _ => return Err(flag.unexpected()),
        };
    }
    let mut merged = Ok(());
    builder = builder.switch(|all| merged = all.merge(&switches));
    merged?;
    Ok(Some(builder))
}

fn on_or_off(text: &str) -> Result<bool, &'static str> {
    match text {
        "on" => Ok(true),
        "off" => Ok(false),
        _ => Err("it is on or off"),
    }
}

fn switch_value(text: &str, values: &str) -> Result<Value, String> {
    if values == "on|off" {
        return Ok(on_or_off(text)?.into());
    }
    if values.starts_with('<') {
        let number: i64 = text.parse().map_err(|_| format!("it is a number, {values}"))?;
        return Ok(number.into());
    }
    if values.split('|').any(|value| value == text) {
        return Ok(text.into());
    }
    Err(format!("it is one of {}", values.replace('|', ", ")))
}

fn quota(text: &str) -> Result<(Operation, u32), String> {
    let (operation, per_hour) = text.split_once('=').ok_or("it is <operation>=<number>")?;
    let per_hour = per_hour.parse().map_err(|_| format!("{per_hour:?} is no number"))?;
    Ok((operation.parse()?, per_hour))
}

fn kebab(camel: &str) -> String {
    camel.chars().fold(String::new(), |mut kebab, character| {
        if character.is_ascii_uppercase() {
            kebab.push('-');
        }
        kebab.push(character.to_ascii_lowercase());
        kebab
    })
}
