//! The commands, one file each: its options, and what it does.

pub mod chats;
pub mod check;
pub mod completions;
pub mod create_chat;
pub mod doctor;
pub mod download;
pub mod man;
pub mod receive;
pub mod sandbox;
mod selection;
pub mod send;
pub mod send_file;
mod sending;
pub mod show;
pub mod sync;
pub mod watch;
