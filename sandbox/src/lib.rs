//! The simulated Market: a stateful service on loopback that speaks the seller chat API.
//!
//! The Market's own test chats never get a customer's reply, so there is nothing to build an
//! integration against. This is that Market: strict in what it accepts, with customers who
//! write, quotas that run out, and faults to order. It runs in the process of a test
//! ([`Sandbox`]) or as a program of its own (`ymchat-sandbox --help`). It keeps everything in
//! memory, and listens on 127.0.0.1 alone.
//!
//! ```
//! use ymchat_sandbox::{Fault, FaultKind, NewChat, Operation, Sandbox};
//!
//! let sandbox = Sandbox::builder().auto_reply(true).start()?;
//! let chat = sandbox.start_chat(NewChat::direct("Есть ли у вас самовары?"))?;
//! // The first message arrives, but the answer to it is lost.
//! sandbox.add_fault(
//!     Fault::new(FaultKind::Close).on(Operation::SendMessageToChat).after_work(),
//! )?;
//! println!("{} {} {}", sandbox.base_url(), sandbox.api_key(), sandbox.business_id());
//! // … the client at work …
//! let record = sandbox.record();
//! assert!(record.chats.iter().any(|record| record.chat.chat_id == chat));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What a request meets, in this order
//!
//! An unknown path (404), a wrong method (405), the key (401), a malformed businessId (400), a
//! foreign business or a missing scope (403), the locked shop (423), the parallel limit (420), the
//! hourly quota (420), the size of the body (413), its content type (415), its data (400), the
//! chat or message (404). What came as far as the quota uses it, whether it succeeds or not.
//!
//! # Choices where the protocol is silent
//!
//! - An hour of a quota begins with its first request, and ends 3600 s later by the sandbox's
//!   clock, rounded up to the whole second.
//! - All JSON operations need a body (`{}` at least) and the content type `application/json`.
//! - `+` in a query is a space, as servlets read it.
//! - A page token belongs to its operation and chat, and carries the order and `messageIdFrom` of
//!   the first page; `limit` and the filters are those of each request. In ascending order, what
//!   arrives between two pages comes at the end; in descending order it is newer than the first
//!   page, and not part of the walk. Nothing is ever lost or given twice.
//! - createChat accepts any order or return id.
//! - A dispute that is opened in a chat waits for the arbiter, and so it does whenever the customer
//!   or the shop writes in it. It ends with the status FINISHED; the chat's type stays ARBITRAGE.
//!
//! # The admin API
//!
//! JSON under `/_sandbox`, without authorization; whatever the content type says. An unknown
//! field is refused (400) and named. What another site has a browser send is refused (403). `docs/sandbox.md` has an example of each.
//!
//! | call | body | answer |
//! |---|---|---|
//! | `GET /_sandbox` | | address, business id, all keys, list of calls |
//! | `GET /_sandbox/chats` | | all chats with their messages |
//! | `POST /_sandbox/chats` | [`NewChat`] | `{"chatId"}` |
//! | `GET /_sandbox/chats/{chatId}` | | one [`ChatRecord`] |
//! | `POST /_sandbox/chats/{chatId}/messages` | [`NewMessage`] | `{"messageId"}` |
//! | `POST /_sandbox/chats/{chatId}/status` | `{"status"}` | |
//! | `POST /_sandbox/chats/{chatId}/hidden` | `{"hidden"}` | |
//! | `POST /_sandbox/chats/{chatId}/dispute` | [`NewDispute`] | `{"messageId"}`, `null` without a text |
//! | `POST /_sandbox/chats/{chatId}/decision` | [`Decision`] | `{"messageId"}` |
//! | `GET`, `POST /_sandbox/switches` | any of [`Switches`] | all [`Switches`] |
//! | `GET`, `POST /_sandbox/quotas` | `{"<operation>": {"limit"?, "used"?}}` | all quotas |
//! | `GET`, `POST /_sandbox/clock` | `{"setTo"?, "frozen"?, "advanceSeconds"?}` | `{"now", "frozen"}` |
//! | `GET`, `POST`, `DELETE /_sandbox/faults` | a [`Fault`] or a list of them | those that wait |
//! | `GET /_sandbox/verdict` | | the [`Verdict`] |
//! | `GET /_sandbox/record` | | the [`Record`] |
//! | `GET /_sandbox/requests` | | the [`Traffic`] alone |
//! | `GET`, `DELETE /_sandbox/notifications` | | the [`NotificationLog`] |
//! | `POST /_sandbox/notifications` | a notification of whatever content | |
//! | `POST /_sandbox/notifications/settings` | any of [`NotificationSettings`] | all of them |
//! | `POST /_sandbox/notifications/ping` | | |
//! | `DELETE /_sandbox/record` | | forgets requests and counters, keeps chats |
//! | `POST /_sandbox/reset` | | everything as at the start, faults and switches included |

mod access;
mod admin;
mod answer;
mod builder;
mod clock;
mod control;
mod conversations;
mod dispute;
mod error;
mod faults;
mod guard;
mod handle;
mod ids;
mod limits;
mod multipart;
mod notifications;
mod operation;
mod own_routes;
mod page;
mod paging;
pub mod program;
mod record;
mod request;
mod sandbox;
mod seed;
mod server;
mod socket;
mod spoil;
mod start;
mod state;
mod switches;
mod validate;
mod verdict;
mod wire;

pub use access::{Key, KeyUse};
pub use builder::Builder;
pub use control::{Misuse, NewChat, NewFile, NewMessage};
pub use dispute::{Decision, DisputeOpener, NewDispute, Winner};
pub use error::ErrorKind;
pub use faults::{Fault, FaultKind, When};
pub use limits::Quota;
pub use notifications::{
    NotificationAttempt, NotificationLog, NotificationRecord, NotificationSettings,
};
pub use operation::Operation;
pub use record::{ChatRecord, MessageRecord, Record, RequestRecord, Traffic};
pub use sandbox::Sandbox;
pub use switches::{Bound, Order, Switches};
pub use verdict::{Missed, MissedBecause, SaidTwice, TwiceBecause, Verdict};
