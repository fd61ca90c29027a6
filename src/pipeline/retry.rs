//! "May it be retried?" and "when?": two pure functions. The pipeline does it.

use std::time::Duration;

use super::operation::Effect;

/// What went wrong, as far as a retry is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RetryClass {
    /// A retry would bring the same answer.
    Permanent,
    /// The request certainly was not processed: it was never fully sent.
    NotArrived {
        /// An idle connection had been closed by the server, as servers do.
        stale: bool,
    },
    /// The answer is lost, and with it the knowledge whether the request was processed.
    AnswerLost {
        /// An idle connection had been closed by the server, as servers do.
        stale: bool,
    },
    /// 420: too many requests at a time. Over in moments.
    Parallel,
    /// 420: the hourly quota.
    Quota,
}

/// A request that found too many under way may be tried so many times as often as others. Nothing was
/// done, it is over in moments, and other programs of the shop may be as busy as this one.
const PARALLEL_PATIENCE: u32 = 4;

/// Whether a request with this effect may be sent once more, after `attempts` of `most`.
pub(crate) fn may_retry(effect: Effect, class: RetryClass, attempts: u32, most: u32) -> bool {
    let harmless = match class {
        RetryClass::Permanent => false,
        RetryClass::NotArrived { .. } | RetryClass::Parallel | RetryClass::Quota => true,
        RetryClass::AnswerLost { .. } => match effect {
            Effect::Read | Effect::Idempotent => true,
            Effect::Send => false,
        },
    };
    let most = match class {
        RetryClass::Parallel if most > 1 => most.saturating_mul(PARALLEL_PATIENCE),
        _ => most,
    };
    harmless && attempts < most
}

/// How long to wait before the next attempt: exponential with full jitter, or what the service
/// asks for. `attempts` have been made; `random` is uniform over all of `u64`.
pub(crate) fn pause(
    class: RetryClass,
    attempts: u32,
    requested_wait: Option<Duration>,
    random: u64,
) -> Duration {
    let (first, most) = match class {
        RetryClass::NotArrived { stale: true } | RetryClass::AnswerLost { stale: true } => {
            return Duration::ZERO;
        }
        // The other requests are over in about a second.
        RetryClass::Parallel => (ms(200), ms(2_000)),
        RetryClass::Quota => (ms(1_000), ms(60_000)),
        RetryClass::Permanent | RetryClass::NotArrived { .. } | RetryClass::AnswerLost { .. } => {
            (ms(500), ms(10_000))
        }
    };
    let ceiling = first.saturating_mul(1 << attempts.saturating_sub(1).min(20)).min(most);
    let jitter = ceiling.mul_f64(random as f64 / u64::MAX as f64);
    match requested_wait {
        // All clients of the shop are told the same moment: they should not all come back in it.
        Some(requested_wait) => requested_wait + jitter.min(ms(500)),
        None => jitter,
    }
}

const fn ms(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_be_retried() {
        use Effect::{Idempotent, Read, Send};
        let not_arrived = RetryClass::NotArrived { stale: false };
        let lost = RetryClass::AnswerLost { stale: false };
        let table = [
            (Read, RetryClass::Permanent, false),
            (Idempotent, RetryClass::Permanent, false),
            (Send, RetryClass::Permanent, false),
            (Read, not_arrived, true),
            (Idempotent, not_arrived, true),
            (Send, not_arrived, true),
            (Read, lost, true),
            (Idempotent, lost, true),
            (Send, lost, false),
            (Send, RetryClass::AnswerLost { stale: true }, false),
            (Read, RetryClass::Parallel, true),
            (Idempotent, RetryClass::Parallel, true),
            (Send, RetryClass::Parallel, true),
            (Read, RetryClass::Quota, true),
            (Idempotent, RetryClass::Quota, true),
            (Send, RetryClass::Quota, true),
        ];
        for (effect, class, expected) in table {
            assert_eq!(may_retry(effect, class, 1, 4), expected, "{effect:?} {class:?}");
            assert!(!may_retry(effect, class, 1, 1), "{effect:?} {class:?} beyond maxAttempts");
            let patient = class == RetryClass::Parallel;
            assert_eq!(may_retry(effect, class, 4, 4), patient, "{effect:?} {class:?}");
            assert!(!may_retry(effect, class, 16, 4), "{effect:?} {class:?} beyond maxAttempts");
        }
    }

    #[test]
    fn pauses_grow_up_to_a_cap() {
        let lost = RetryClass::AnswerLost { stale: false };
        let table = [
            (lost, 1, 500),
            (lost, 2, 1_000),
            (lost, 3, 2_000),
            (lost, 5, 8_000),
            (lost, 6, 10_000),
            (lost, 99, 10_000),
            (RetryClass::Parallel, 1, 200),
            (RetryClass::Parallel, 4, 1_600),
            (RetryClass::Parallel, 9, 2_000),
            (RetryClass::Quota, 1, 1_000),
            (RetryClass::Quota, 4, 8_000),
            (RetryClass::Quota, 9, 60_000),
        ];
        for (class, attempts, ceiling) in table {
            assert_eq!(pause(class, attempts, None, u64::MAX), ms(ceiling), "{class:?} {attempts}");
            assert_eq!(pause(class, attempts, None, 0), ms(0), "full jitter begins at nothing");
            let middle = pause(class, attempts, None, u64::MAX / 2);
            assert!(middle.abs_diff(ms(ceiling / 2)) < ms(1), "{class:?} {attempts}: {middle:?}");
        }
    }

    #[test]
    fn what_the_service_asks_for_is_waited_for() {
        let wait = pause(RetryClass::Quota, 1, Some(ms(90_000)), 0);
        assert_eq!(wait, ms(90_000));
        let wait = pause(RetryClass::Quota, 5, Some(ms(90_000)), u64::MAX);
        assert_eq!(wait, ms(90_500));
    }

    #[test]
    fn a_stale_connection_is_no_reason_to_wait() {
        for class in
            [RetryClass::NotArrived { stale: true }, RetryClass::AnswerLost { stale: true }]
        {
            assert_eq!(pause(class, 1, None, u64::MAX), ms(0));
        }
    }
}
