//! The program as its users run it, against the simulated Market.

mod chats;
mod credentials;
mod support;
