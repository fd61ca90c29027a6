//! Notifications: the Market calls the shop.

mod calls;
mod delivery_queue;
mod record;
mod schedule;
mod sender;
mod settings;
mod target;

pub(super) use delivery_queue::{DeliveryQueue, News};
pub use record::{NotificationAttempt, NotificationLog, NotificationRecord};
pub(super) use sender::run;
pub use settings::NotificationSettings;
