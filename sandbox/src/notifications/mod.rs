//! Notifications: the Market calls the shop.

mod book;
mod calls;
mod record;
mod schedule;
mod sender;
mod settings;
mod target;

pub(super) use book::{Book, News};
pub use record::{NotificationAttempt, NotificationLog, NotificationRecord};
pub(super) use sender::run;
pub use settings::NotificationSettings;
