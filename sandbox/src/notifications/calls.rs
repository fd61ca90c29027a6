//! Notifications in Rust and in the admin API.

use serde_json::{Map, Value, json};

use super::record::NotificationLog;
use super::settings::NotificationSettings;
use crate::clock;
use crate::control::Misuse;
use crate::state::{Shared, State};

impl Shared {
    pub(in super::super) fn notification_log(&self) -> NotificationLog {
        self.newest_notifications(usize::MAX)
    }

    /// The newest of them, so many at most.
    pub(in super::super) fn newest_notifications(&self, count: usize) -> NotificationLog {
        log(&self.lock(), count)
    }

    pub(in super::super) fn set_notifications(
        &self,
        settings: NotificationSettings,
    ) -> Result<(), Misuse> {
        settings.check().map_err(Misuse::Invalid)?;
        self.change(|state| {
            let (now, at) = moment(state);
            state.notifications.set(settings, now, &at);
        });
        Ok(())
    }

    pub(in super::super) fn change_notifications(
        &self,
        changes: &Map<String, Value>,
    ) -> Result<Value, Misuse> {
        let settings = self.lock().notifications.settings().merged(changes);
        let settings = settings.map_err(Misuse::Invalid)?;
        let changed = json!(settings);
        self.set_notifications(settings)?;
        Ok(changed)
    }

    pub(in super::super) fn ping(&self) -> Result<(), Misuse> {
        self.need_address()?;
        self.change(|state| {
            let (now, at) = moment(state);
            state.notifications.ping(now, &at);
        });
        Ok(())
    }

    /// Sends a notification of whatever content.
    pub(in super::super) fn send_notification(&self, body: Value) -> Result<(), Misuse> {
        self.need_address()?;
        self.change(|state| {
            let now = state.clock.now();
            state.notifications.add(body, now);
        });
        Ok(())
    }

    fn need_address(&self) -> Result<(), Misuse> {
        let log = self.notification_log();
        if log.switched_off {
            return Err(Misuse::Invalid(
                "notifications are switched off: nothing was answered for 14 days; set the address \
                 again"
                    .to_owned(),
            ));
        }
        let missing = || Misuse::Invalid("notifications need an address: set url".to_owned());
        log.settings.url.map(drop).ok_or_else(missing)
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.lock());
        self.notify();
    }

    /// Waits until the notifications are as wanted; false where the time is over first.
    pub(in super::super) fn wait_for_notifications(
        &self,
        time: std::time::Duration,
        mut wanted: impl FnMut(&NotificationLog) -> bool,
    ) -> bool {
        self.wait_until(time, |state| wanted(&log(state, usize::MAX)))
    }
}

fn log(state: &State, newest: usize) -> NotificationLog {
    let minutes = state.switches.utc_offset_minutes;
    state.notifications.log(newest, |at| clock::iso(at, minutes, true))
}

/// Now, and how it is written.
fn moment(state: &State) -> (jiff::Timestamp, String) {
    let now = state.clock.now();
    (now, clock::iso(now, state.switches.utc_offset_minutes, state.switches.fractions))
}
