//! The service's time, by which sync tells old from new.

use std::time::SystemTime;

use super::state::Millis;
use crate::api::session::Session;
use crate::pipeline::unix_ms;

/// Where the service has not told its time yet, its clock is taken to be this far behind ours: too
/// late costs a second look, too early might cost a message.
const UNKNOWN_CLOCK: Millis = 600_000;

impl Session {
    /// The service's time, or a little less.
    pub(super) fn service_time(&self) -> Millis {
        match self.pipeline.service_time(self.pipeline.now()) {
            Some((least, _)) => least,
            None => unix_ms(SystemTime::now()).saturating_sub(UNKNOWN_CLOCK),
        }
    }
}
