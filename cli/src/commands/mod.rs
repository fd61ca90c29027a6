//! The commands, one file each: its options, and what it does.

pub mod chats;
pub mod completions;
pub mod man;
