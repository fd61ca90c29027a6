//! One request: limits → attempt → classify → retry. Nothing here knows what a chat is.

mod attempt;
mod budget;
mod classify;
mod ended;
pub(crate) mod envelope;
mod error_list;
pub(crate) mod fetch;
mod file_access;
mod governor;
mod headers;
mod not_admitted;
mod operation;
mod rate_headers;
mod request;
mod retry;
mod server_clock;
mod stats;
mod trace;

use std::hash::{BuildHasher, RandomState};
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use crate::cancel::{CancelHandle, CancelToken, POLL_INTERVAL};
use crate::clock::{self, Clock};
use crate::error::Error;
use crate::process;
use crate::secret::{Secret, redact};
use crate::sentences::{Sentence, errors};
use crate::settings::Settings;
use crate::sorting::sort_by_number;
use crate::transport::{HttpRequest, Progress, RequestBody, TimeLimits, Transport};
pub(crate) use attempt::{Answer, AttemptError};
pub(crate) use budget::Budget;
use classify::AttemptFacts;
use ended::AttemptEnd;
use file_access::FileAccess;
use governor::{Governor, NotAdmitted, Reported};
pub(crate) use governor::{SERVICE_TIMEOUT, ServiceId};
use headers::CommonHeaders;
use not_admitted::PLACE_RETRY;
pub(crate) use operation::{CountedBy, Effect, Operation};
use rate_headers::TimeHeaders;
pub(crate) use request::{Request, RequestContent};
use retry::RetryClass;
use server_clock::{Offset, ServerClock};
pub(crate) use server_clock::{unix_ms, whole_ms};
use stats::Counters;
pub use stats::{OperationStats, SendStats, Stats};
use trace::TraceId;

/// A shorter wait is none but the way through the queue.
const MIN_WAIT: Duration = Duration::from_millis(1);

/// Sends requests for one client.
#[derive(Debug)]
pub(crate) struct Pipeline {
    transport: Transport,
    governor: Governor,
    clock: Arc<dyn Clock>,
    /// The state of a `fastrand::Rng`.
    random: AtomicU64,
    counters: Counters,
    server_clock: Mutex<ServerClock>,
    /// What every request carries besides the credentials.
    headers: CommonHeaders,
    secrets: Vec<Secret>,
    file_access: FileAccess,
    connect_timeout: Duration,
    attempt_timeout: Duration,
    call_timeout: Duration,
    max_attempts: u32,
    /// Where it was made.
    process: u32,
}

impl Pipeline {
    /// The error is a sentence that names the setting.
    pub(crate) fn new(
        settings: &Settings,
        operations: &[&'static Operation],
    ) -> Result<Self, Sentence> {
        let proxy_password =
            settings.proxy.as_ref().and_then(|proxy| proxy.user.as_ref()).map(|(_, pw)| pw.clone());
        let mut secrets: Vec<Secret> =
            [settings.api_key.clone(), settings.oauth_token.clone(), proxy_password]
                .into_iter()
                .flatten()
                .collect();
        // One may be the beginning of another, of which nothing must be left over.
        sort_by_number(&mut secrets, |secret| -(secret.expose().len() as i64));
        let headers = CommonHeaders::new(settings)?;
        let transport = Transport::new(settings, &headers.others)?;
        let governor = Governor::open(settings, operations);
        Ok(Pipeline {
            transport,
            governor,
            clock: Arc::clone(&settings.clock),
            random: AtomicU64::new(settings.seed.unwrap_or_else(seed)),
            counters: Counters::new(operations),
            server_clock: Mutex::default(),
            headers,
            secrets,
            file_access: FileAccess::new(settings),
            connect_timeout: settings.connect_timeout,
            attempt_timeout: settings.attempt_timeout,
            call_timeout: settings.call_timeout,
            max_attempts: settings.max_attempts,
            process: process::id(),
        })
    }

    /// A handle that cancels the calls whose budgets have a token of it.
    pub(crate) fn new_cancel_handle(&self) -> CancelHandle {
        CancelHandle::new(Some(self.governor.waking()))
    }

    /// Refuses a client that came along with a fork: its locks may be held by threads that the child
    /// does not have, and its connections are the parent's.
    pub(crate) fn check_process(&self, operation: &Operation) -> Result<(), Error> {
        if self.is_of_this_process() {
            return Ok(());
        }
        Err(Error::invalid(operation.name, errors::other_process()))
    }

    pub(crate) fn is_of_this_process(&self) -> bool {
        self.process == process::id()
    }

    /// What the limits are kept for.
    pub(crate) fn service(&self) -> &ServiceId {
        self.governor.service()
    }

    pub(crate) fn counters(&self) -> &Counters {
        &self.counters
    }

    /// The monotonic time of the business: all its clients see the same.
    pub(crate) fn now(&self) -> Duration {
        self.governor.now()
    }

    /// The service's time of day at a moment of [`Pipeline::now`], in milliseconds since 1970:
    /// its bounds. `None` before the first answer that tells it, and where the service's clock was
    /// set since.
    pub(crate) fn service_time(&self, at: Duration) -> Option<(i64, i64)> {
        let clock = self.server_clock.lock().unwrap_or_else(PoisonError::into_inner);
        let Offset { least, most } = clock.offset(at)?;
        Some((least.saturating_add(whole_ms(at)), most.saturating_add(whole_ms(at))))
    }

    /// The budget of a call that begins now; `timeout` instead of the configured one.
    pub(crate) fn budget(&self, timeout: Option<Duration>, cancel: CancelToken) -> Budget {
        let timeout = timeout.unwrap_or(self.call_timeout);
        Budget { deadline: self.clock.now().saturating_add(timeout), timeout, cancel }
    }

    /// What is left of a call's time.
    pub(crate) fn left(&self, budget: &Budget) -> Duration {
        budget.deadline.saturating_sub(self.clock.now())
    }

    /// The counters, and what is known of the quotas.
    pub(crate) fn stats(&self, operations: &[&'static Operation]) -> Stats {
        if !self.is_of_this_process() {
            // In the child of a fork this client has done nothing.
            return Counters::new(operations).snapshot();
        }
        let mut stats = self.counters.snapshot();
        let now = self.governor.now();
        for (entry, operation) in stats.operations.iter_mut().zip(operations) {
            let known = self.governor.report(operation);
            entry.quota_limit = known.limit.unwrap_or(operation.per_hour);
            entry.quota_remaining = known.remaining.unwrap_or(entry.quota_limit);
            entry.quota_resets_in_ms =
                known.until.map(|until| clock::millis(until.saturating_sub(now)));
        }
        stats
    }

    /// Sends a request until there is an answer, or none is to be expected within the budget.
    pub(crate) fn call(
        &self,
        request: &Request<'_>,
        budget: &Budget,
    ) -> Result<Answer, AttemptError> {
        self.check_process(request.operation)
            .map_err(|error| AttemptError::before_sending(error, self.now()))?;
        let mut attempts = 0;
        let mut last: Option<AttemptError> = None;
        loop {
            let failure = match self.attempt(request, budget, attempts + 1) {
                Ok(mut answer) => {
                    answer.attempts += attempts;
                    return Ok(answer);
                }
                Err(NoAnswer::NotAdmitted(why)) => {
                    return Err(self.not_admitted(request.operation, why, attempts, last, budget));
                }
                Err(NoAnswer::Failed(failure)) => *failure,
            };
            attempts += 1;
            last = Some(self.wait_for_retry(request.operation, failure, attempts, budget)?);
        }
    }

    /// Waits until the next attempt may be made, and gives the failure back; or gives the call's
    /// error. `attempts` have been made.
    fn wait_for_retry(
        &self,
        operation: &Operation,
        failure: AttemptError,
        attempts: u32,
        budget: &Budget,
    ) -> Result<AttemptError, AttemptError> {
        let (random, left) = (self.random(), self.left(budget));
        let pause = retry::pause(failure.retry_class, attempts, failure.requested_wait, random);
        let retries =
            retry::may_retry(operation.effect, failure.retry_class, attempts, self.max_attempts);
        if !retries || pause >= left {
            // Chance may have made the pause as short as nothing, which is no advice.
            let longest = retry::pause(failure.retry_class, attempts, None, u64::MAX);
            let failure = if retries { failure.out_of_time(budget) } else { failure };
            return Err(failure.into_last(attempts, longest));
        }
        log::info!(
            "{}: attempt {attempts} ended with {}, the next one follows in {} ms",
            operation.name,
            AttemptEnd::failed(&failure.error),
            clock::millis(pause)
        );
        if self.sleep(pause, &budget.cancel) {
            return Ok(failure);
        }
        let cancelled = NotAdmitted::Cancelled;
        Err(self.not_admitted(operation, cancelled, attempts, Some(failure), budget))
    }

    fn attempt(
        &self,
        request: &Request<'_>,
        budget: &Budget,
        number: u32,
    ) -> Result<Answer, NoAnswer> {
        let operation = request.operation;
        let left = self.left(budget);
        let permit = self
            .governor
            .acquire(operation, left, &budget.cancel)
            .map_err(NoAnswer::NotAdmitted)?;
        self.counters.attempt(operation, number, permit.waited);
        if permit.waited >= MIN_WAIT {
            let why = if permit.waited_for_quota { "the hourly quota" } else { "a free place" };
            let waited = clock::millis(permit.waited);
            log::info!("{}: waited {waited} ms for {why}", operation.name);
        }

        let trace_id = TraceId::new(self.random_128());
        let http = HttpRequest {
            method: &operation.method,
            path: &request.path,
            headers: self.headers.of_request(request, trace_id, self.random()),
            body: request.content.as_ref().map(body_of).unwrap_or_default(),
            fresh_connection: !operation.effect.may_reuse_connection(),
        };
        let began = permit.given_at;
        let limits = TimeLimits {
            connect: self.connect_timeout,
            attempt: self.attempt_timeout,
            call: budget.timeout,
            call_left: left.saturating_sub(permit.waited),
            #[cfg(test)]
            clock: self.unit_test_clock(),
        };
        let result = self.transport.exchange(http, &limits, &budget.cancel);
        let (ended, received_at) = (self.now(), self.clock.wall());
        let since_written = match &result {
            Ok(incoming) => incoming.since_written,
            Err(failure) => failure.since_written,
        };
        if matches!(&result, Err(failure) if failure.progress != Progress::Written) {
            permit.give_back_quota();
        }

        let http_status = result.as_ref().ok().map(|incoming| incoming.status);
        let times = match &result {
            Ok(incoming) => TimeHeaders::read(&incoming.headers),
            Err(_) => TimeHeaders::default(),
        };
        self.learn(operation, &times, began..ended, received_at);
        let attempted = AttemptFacts {
            operation,
            received_at,
            times: &times,
            limits: &limits,
            redact: &|text| redact(text, self.secrets.iter()),
        };
        let classified = attempted.classify(result);
        let took = clock::millis(ended.saturating_sub(began));
        let ended_with = AttemptEnd::of(&classified, http_status);
        log::debug!(
            "{}: attempt {number}, {ended_with}, {took} ms, trace {trace_id}",
            operation.name
        );
        if matches!(&classified, Err(failure) if failure.maybe_running) {
            permit.abandon(since_written.unwrap_or_default());
        } else {
            drop(permit);
        }
        match classified {
            Ok(mut answer) => {
                answer.trace_id = trace_id;
                Ok(answer)
            }
            Err(mut failure) => {
                (failure.began, failure.ended) = (began, ended);
                self.learn_from_limit(operation, &failure, number);
                failure.error = failure.error.with_trace_id(trace_id);
                Err(NoAnswer::Failed(Box::new(failure)))
            }
        }
    }

    fn learn(
        &self,
        operation: &Operation,
        times: &TimeHeaders,
        exchange: Range<Duration>,
        received_at: SystemTime,
    ) {
        if let Some(date) = times.date {
            let mut clock = self.server_clock.lock().unwrap_or_else(PoisonError::into_inner);
            clock.learn(date, exchange.start, exchange.end);
        }
        if times.limit.is_some() || times.remaining.is_some() {
            let now = exchange.end;
            let until = times.until_window_ends(received_at).map(|wait| now.saturating_add(wait));
            let reported = Reported { limit: times.limit, remaining: times.remaining, until };
            self.governor.learn(operation, now, reported);
        }
    }

    fn learn_from_limit(&self, operation: &Operation, failure: &AttemptError, number: u32) {
        match failure.retry_class {
            RetryClass::Parallel => self.governor.too_many_at_once(operation, failure.allowed),
            RetryClass::Quota => {
                // Where the service names no time, the others wait as long as this call does.
                let wait = failure.requested_wait.unwrap_or_else(|| {
                    retry::pause(RetryClass::Quota, number, None, self.random())
                });
                self.governor.quota_exhausted(operation, wait);
            }
            _ => return,
        }
        self.counters.count(operation, |stats| stats.limited += 1);
    }

    /// The error of a call that ends without another request; `last` is that of the last one.
    fn not_admitted(
        &self,
        operation: &Operation,
        why: NotAdmitted,
        attempts: u32,
        last: Option<AttemptError>,
        budget: &Budget,
    ) -> AttemptError {
        let trace_id = match last {
            // Why the call was to be retried says more than that there was no time for it. What
            // the service asked for then has been waited for.
            Some(last) if why != NotAdmitted::Cancelled => {
                let last = AttemptError { requested_wait: why.wait(), ..last };
                return last.out_of_time(budget).into_last(attempts, PLACE_RETRY);
            }
            last => last.and_then(|last| last.error.trace_id().map(str::to_owned)),
        };
        let error = why.error(operation, budget).with_attempts(attempts);
        let error = match trace_id {
            Some(trace_id) => error.with_trace_id(trace_id),
            None => error,
        };
        AttemptError::before_sending(error, self.now())
    }

    /// Waits; false when the call was cancelled meanwhile.
    pub(crate) fn sleep(&self, pause: Duration, cancel: &CancelToken) -> bool {
        if clock::is_machine(&*self.clock) {
            cancel.sleep(pause);
            return !cancel.is_cancelled();
        }
        let until = self.clock.now().saturating_add(pause);
        loop {
            if cancel.is_cancelled() {
                return false;
            }
            let left = until.saturating_sub(self.clock.now());
            if left.is_zero() {
                return true;
            }
            self.clock.sleep(left.min(POLL_INTERVAL));
        }
    }

    /// The clock by which a unit test has the sockets waited for.
    #[cfg(test)]
    fn unit_test_clock(&self) -> Option<Arc<dyn Clock>> {
        (!clock::is_machine(&*self.clock)).then(|| Arc::clone(&self.clock))
    }

    /// One step of `fastrand::Rng`, without a lock.
    fn random(&self) -> u64 {
        const STEP: u64 = 0x2d35_8dcc_aa6c_78a5;
        fastrand::Rng::with_seed(self.random.fetch_add(STEP, Ordering::Relaxed)).u64(..)
    }

    /// Never zero, which would be no valid trace id.
    pub(crate) fn random_128(&self) -> u128 {
        let random = u128::from(self.random()) << 64 | u128::from(self.random());
        random.max(1)
    }
}

/// Why an attempt brought no answer.
enum NoAnswer {
    /// It was not made.
    NotAdmitted(NotAdmitted),
    Failed(Box<AttemptError>),
}

fn body_of<'a>(content: &'a RequestContent<'_>) -> RequestBody<'a> {
    RequestBody { start: &content.start, lent: content.lent, end: &content.end }
}

/// From the system's randomness, by way of the hasher's keys. `fastrand` would ask for the current
/// thread's id, which leaves a handle behind in each thread of the host.
fn seed() -> u64 {
    RandomState::new().hash_one(0)
}
